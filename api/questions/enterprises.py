"""One enterprise: who it is and where it stands, its scope and standing over time, its history."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from psycopg import Connection

from api.questions import cursors, histories
from api.questions.answers import AnswerBasis, ListPage
from api.questions.clocks import LAST_DAY, Asked
from api.questions.cursors import AskedList
from api.questions.policy import Action, Rows, decide
from api.questions.queries import Found, further, missing, opened, settle
from api.questions.questions import AsOf, HistoryQuestion
from api.questions.reading import Reading
from api.questions.visibility import within
from api.questions.withheld import rows_at
from domain.checks.venue import located
from domain.finding.finding import ENDED
from domain.terms.envelope import Actor
from domain.terms.place import Place as Venue
from domain.terms.place import Side
from domain.terms.vocabulary import Mode, ReviewDecision, Verdict
from projections.counts import dossier
from projections.counts.dossier import Whose
from projections.items.disclosure import shower
from projections.items.entries import EntryItem
from projections.views import roster, scope
from projections.views.basis import Basis
from projections.views.entry_docs import shown

Reader = Callable[[Connection[Any], Basis, str], list[dict[str, Any]]]


def one(
    house: Reading, actor: Actor, uscc: str, asked: Asked
) -> tuple[AnswerBasis, dict[str, Any]]:
    """Return profile, standing and scope on the day, with the early warning of its end and counts.

    `counts`: `breaches` (of them `dismissed` in review), `undecided`, `open_findings`.

    Raises:
        Problem: 404, it is not known on the day, or the caller may not see it.
    """
    grant = decide(actor, Action.READ, "enterprises")
    settled = settle(house, asked)
    with house.reading() as connection:
        row = roster.one(connection, settled.basis, uscc)
        profile = None if row is None else within(row, grant.rows)
        if profile is None:
            raise missing()
        counts = _counts(connection, settled.basis, Whose(uscc, grant.rows.district))
    ahead = house.rule_set(settled.basis.valid_at, settled.basis.position).early_warning_days
    soon = warning(profile, settled.basis.valid_at, ahead)
    elsewhere = None
    if profile["standing"] in _ON_THE_ROSTER:
        at = settled.basis
        elsewhere = outside(house, profile["address"], at.valid_at, at.position)
    item = {**profile, "warning": soon, "counts": counts, "address_outside": elsewhere}
    from projections.items.records import EnterpriseItem  # noqa: PLC0415 - start-up time

    return settled.answer_basis, shower(EnterpriseItem, grant.audience)(item)


_ON_THE_ROSTER = frozenset({"listed", "suspended"})


def outside(house: Reading, address: str, day: date, position: int) -> dict[str, str] | None:
    """Say that a registered address is decidedly outside Beijing; None where it is not, or in doubt (一(一)).

    An enterprise may move, and that is recorded like any fact: whether its listing goes on is for the bureau.
    """
    context = replace(house.folding.context, reference=house.reference_at(position))
    if located(Venue(address=address), Mode.ON_SITE, day, context).side is not Side.OUTSIDE:
        return None
    return {
        "zh": f"登记地址“{address[:80]}”在本市行政区域外，请按一（一）核实是否仍可留在名单内",
        "en": f"the registered address {address[:80]!r} lies outside Beijing (一(一)): see whether the"
        " enterprise may stay on the roster",
    }


def known(house: Reading, uscc: str) -> bool:
    """Return whether the ledger holds anything about a unit at all."""
    return next(iter(house.log.history(uscc)), None) is not None


def _counts(connection: Connection[Any], basis: Basis, whose: Whose) -> dict[str, int]:
    judged = dossier.flag_counts(connection, basis, whose)
    stages = dossier.cases(connection, basis, whose, "findings", 0).stages
    breaches = [each for each in judged if each.verdict == Verdict.BREACH]
    dismissed = [each for each in breaches if each.review == ReviewDecision.DISMISSED]
    return {
        "breaches": sum(each.number for each in breaches),
        "dismissed": sum(each.number for each in dismissed),
        "undecided": sum(each.number for each in judged if each.verdict == Verdict.UNDECIDED),
        "open_findings": open_findings(stages),
    }


def open_findings(stages: Mapping[str, int]) -> int:
    """Return how many findings are open, of their numbers by stage."""
    return sum(number for stage, number in stages.items() if stage not in ENDED)


def intervals(house: Reading, actor: Actor, uscc: str, question: AsOf, read: Reader) -> Found:
    """Return stretches of days of one enterprise, all at once.

    Raises:
        Problem: 404, nobody has registered it. Who sees only a part gets an empty answer instead.
    """
    grant = decide(actor, Action.READ, "enterprises")
    settled = settle(house, question.asked())
    with house.reading() as connection:
        is_visible = visible(connection, settled.basis.position, uscc, grant.rows)
        items = read(connection, settled.basis, uscc) if is_visible else []
    return Found(settled.answer_basis, ListPage(items, None, grant.rows.limits), grant.audience)


def scope_intervals(house: Reading, actor: Actor, uscc: str, question: AsOf) -> Found:
    """Return what the enterprise may certify over all days."""
    return intervals(house, actor, uscc, question, scope.intervals)


def standing_intervals(house: Reading, actor: Actor, uscc: str, question: AsOf) -> Found:
    """Return where the enterprise stands over all days."""
    return intervals(house, actor, uscc, question, roster.standings)


def visible(connection: Connection[Any], position: int, uscc: str, rows: Rows) -> bool:
    """Return whether the caller sees the enterprise by its latest profile."""
    row = roster.one(connection, Basis(LAST_DAY, position), uscc)
    if row is None and rows.everything:
        raise missing()
    return row is not None and within(row, rows) is not None


def ever_seen(connection: Connection[Any], basis: Basis, uscc: str, rows: Rows) -> bool:
    """Return whether the caller sees the enterprise by its profile on the day, or by its latest one.

    An enterprise may have gone over to another district: its former one still sees those days.
    """
    row = roster.one(connection, basis, uscc)
    if row is not None and within(row, rows) is not None:
        return True
    return visible(connection, basis.position, uscc, rows)


def history(
    house: Reading,
    actor: Actor,
    uscc: str,
    question: HistoryQuestion,
    *,
    in_lines: int | None = None,
) -> Found:
    """Return a page of the entries about one enterprise, newest first.

    `in_lines`: so many entries at most, of which certificates of one session in a row count as one
    towards the limit of the question.
    """
    grant = decide(actor, Action.READ, "enterprises")
    place = AskedList("history", {"uscc": uscc, "type": question.type or ""})
    settled, after = opened(house, question, place)
    nothing = Found(settled.answer_basis, ListPage([], None, grant.rows.limits), grant.audience)
    if grant.rows.uscc not in {None, uscc}:
        return nothing
    with cursors.fitting(), house.reading() as connection:
        # The whole history goes with the enterprise to whoever is competent for it now (0065).
        if grant.rows.district and not visible(
            connection, settled.basis.position, uscc, grant.rows
        ):
            return nothing
        rows = rows_at(connection, grant.rows, settled.basis.position)
        wanted = histories.Wanted(uscc, question.type, rows.withheld)
        limit = question.limit
        if in_lines is not None:
            lines = histories.Lines(limit, in_lines)
            limit = histories.told_in(connection, settled.basis, wanted, after, lines)
        page = histories.history(connection, settled.basis, wanted, after, limit)
    if not page.entries and grant.rows.everything and question.type is None and after is None:
        raise missing()
    show = shower(EntryItem, grant.audience)
    items = [show(shown(entry)) for entry in page.entries]
    more = further(settled, page.next, place)
    return Found(settled.answer_basis, ListPage(items, more, grant.rows.limits), grant.audience)


def days_left(profile: Mapping[str, Any], day: date) -> int | None:
    """Return the days from `day` until the listing ends; None where there is none."""
    if profile["standing"] not in {"listed", "suspended"} or profile["valid_to"] is None:
        return None
    return (date.fromisoformat(profile["valid_to"]) - day).days


def warning(profile: Mapping[str, Any], day: date, ahead: Sequence[int]) -> dict[str, int] | None:
    """Return the early warning of a listing that ends soon: days left, and within which bound."""
    left = days_left(profile, day)
    if left is None:
        return None
    within_days = min((bound for bound in ahead if left <= bound), default=None)
    return None if within_days is None else {"days_left": left, "within_days": within_days}
