"""What the checks say of a ledger on a day, by the fold alone: no views, no database."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from domain.checks import CHECKS
from domain.checks.outcome import Context
from domain.checks.procedure import overdue_days
from domain.supervision.duplicates import Twins
from domain.supervision.flags import case_of
from domain.supervision.supervision import Supervision
from domain.terms.envelope import Recorded
from ledger.deciding.amending import apply
from ledger.reference import installed
from projections.places.places import installed_places


class Judged(NamedTuple):
    """What is shown of one flag."""

    verdict: str
    severity: str
    case: str


def verdicts(entries: Iterable[Recorded[Any]], today: date) -> dict[str, Judged]:
    """Return every flag that was ever raised, by its key, as judged on `today`."""
    told = list(entries)
    found = {**dict(_by_enterprise(told, today)), **dict(_twins(told))}
    return {
        key: Judged(verdict, CHECKS[key.partition("-")[0]].severity.value, case)
        for key, (verdict, case) in found.items()
    }


def _by_enterprise(
    entries: list[Recorded[Any]], today: date
) -> Iterator[tuple[str, tuple[str, str]]]:
    context = Context(installed(), installed_places())
    for uscc in sorted({e.subject for e in entries if e.subject}):
        of = Supervision(uscc, context, apply)
        for entry in entries:
            if entry.subject == uscc or entry.type.startswith("catalogue."):
                of.read(entry)
        for key, flag in of.flags.items():
            review = of.file.reviews.get(key)
            case = case_of(flag.then, flag.outcome.verdict, review)
            yield key, (flag.outcome.verdict.value, case.label)
        yield from _overdue(of, today)


def _overdue(of: Supervision, today: date) -> Iterator[tuple[str, tuple[str, str]]]:
    for finding in of.file.findings.values():
        for order in finding.orders:
            days = overdue_days(finding, order)
            if days is not None and today in days:
                yield f"Q2-{order.position}", ("breach", "then_and_now")
            elif days is not None and days.start <= today:
                yield f"Q2-{order.position}", ("clear", "then_not_now")


def _twins(entries: list[Recorded[Any]]) -> Iterator[tuple[str, tuple[str, str]]]:
    twins = Twins(apply)
    for entry in entries:
        twins.read(entry)
    for entry in entries:
        shown = twins.flag(entry.position)
        if shown is not None:
            flag, review = shown
            case = case_of(flag.then, flag.outcome.verdict, review)
            yield flag.key, (flag.outcome.verdict.value, case.label)
