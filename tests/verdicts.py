"""What the checks say of a ledger on a day, by the fold alone: no views, no database."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from domain.checks import CHECKS
from domain.flag import Said, shown
from domain.supervision.duplicates import Duplicates
from domain.supervision.flags import case_of, on_day
from domain.supervision.supervision import Supervision
from domain.terms.envelope import Recorded
from examples.sample.trial import held
from ledger.deciding.amending import apply
from projections.places.installed import installed_context
from projections.views.flag_rows import rows
from projections.views.row import item


class Judged(NamedTuple):
    """What is shown of one flag."""

    verdict: str
    severity: str
    case: str


def verdicts(entries: Iterable[Recorded[Any]], today: date) -> dict[str, Judged]:
    """Return every flag that was ever raised, by its key, as judged on `today`."""
    found = dict(_by_enterprise(list(entries), today))
    return {
        key: Judged(verdict, CHECKS[key.partition("-")[0]].severity.value, case)
        for key, (verdict, case) in found.items()
    }


def _by_enterprise(
    entries: list[Recorded[Any]], today: date
) -> Iterator[tuple[str, tuple[str, str]]]:
    context = replace(installed_context(), reference=held())
    told = list(with_duplicates(entries))
    for uscc in sorted({e.subject for e in entries if e.subject}):
        of = Supervision(uscc, context, apply)
        for entry in told:
            if entry.subject == uscc or entry.type.startswith("catalogue."):
                of.read(entry)
        for key, flag in of.flags.items():
            said = of.file.said.get(key, Said())
            standing = shown(said, flag.outcome.verdict, flag.name, of.file.findings)
            case = case_of(flag.then, flag.outcome.verdict, standing.holding)
            yield key, (on_day(flag.outcome, today).verdict.value, case.label)
        yield from _brought_by_time(of, today)


def _brought_by_time(of: Supervision, today: date) -> Iterator[tuple[str, tuple[str, str]]]:
    for key in of.passing:
        for row in rows(of, key):
            if row.valid_from <= today and (row.valid_to is None or today < row.valid_to):
                said = item(row.doc)
                yield key, (said["verdict"], said["case"])


def with_duplicates(entries: Iterable[Recorded[Any]]) -> Iterator[Recorded[Any]]:
    """Yield the entries of all enterprises, each followed by what C2 says since it."""
    duplicates = Duplicates(apply)
    for entry in entries:
        yield entry
        yield from duplicates.read(entry)
