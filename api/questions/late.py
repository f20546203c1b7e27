"""What came late, is overdue, waits, and took how long: late entries, orders, flags by age, delays."""

from collections.abc import Iterable, Mapping
from typing import Any

from api.questions import cursors
from api.questions.answers import AnswerBasis, ListPage
from api.questions.cursors import AskedList
from api.questions.policy import Action, decide
from api.questions.queries import Found, Settled, further, opened, settle
from api.questions.questions import (
    BacklogQuestion,
    DelayDistributionQuestion,
    DelaysQuestion,
    LateQuestion,
)
from api.questions.reading import Reading
from api.questions.visibility import Narrowed, narrowed
from domain.registry import EVENTS
from domain.terms.envelope import Actor, Recorded
from ledger.log.clock import SHANGHAI
from projections.counts import delays as delayed
from projections.counts import dossier
from projections.counts.backlog import backlog as counted
from projections.counts.tallies import Where
from projections.items.disclosure import shower
from projections.items.entries import LateItem
from projections.items.flags import DelayCountItem, DelayItem
from projections.views import arrivals
from projections.views.basis import Basis
from projections.views.entry_docs import shown


def backlog(house: Reading, actor: Actor, question: BacklogQuestion) -> Found:
    """Return the flags that `actor` may see, counted by check and by how long they have been known."""
    grant = decide(actor, Action.READ, "flags")
    seen = narrowed(question, grant.rows)
    settled = settle(house, question.asked())
    items: list[dict[str, Any]] = []
    if not seen.nothing:
        with house.reading() as connection:
            seen = seen.at(connection, settled.basis.position)
            where = Where(seen.district, seen.uscc, seen.rows.withheld.positions)
            items = counted(connection, settled.basis, where)
    return Found(settled.answer_basis, ListPage(items, None, seen.limited), grant.audience)


def late(house: Reading, actor: Actor, question: LateQuestion) -> Found:
    """Return a page of the entries that were recorded long after their day, newest first."""
    grant = decide(actor, Action.READ, "events")
    seen = narrowed(question, grant.rows)
    chosen = question.model_dump(mode="json", exclude_none=True)
    kept = ("days", "uscc", "district", "recorded_from", "type")
    place = AskedList("late", {name: str(chosen[name]) for name in kept if name in chosen})
    settled, after = opened(house, question, place)
    if seen.nothing:
        return Found(settled.answer_basis, ListPage([], None, seen.limited), grant.audience)
    with cursors.fitting(), house.reading() as connection:
        floor = 0
        if question.recorded_from is not None:
            floor = arrivals.position_before(connection, question.recorded_from)
        seen = seen.at(connection, settled.basis.position)
        wanted = _wanted(question, seen, settled, floor)
        page = arrivals.late(connection, wanted, after, question.limit)
    show = shower(LateItem, grant.audience)
    items = [show(late_item(entry)) for entry in page.entries]
    more = further(settled, page.next, place)
    return Found(settled.answer_basis, ListPage(items, more, seen.limited), grant.audience)


def overdue(
    house: Reading, answer_basis: AnswerBasis, findings: Iterable[Mapping[str, Any]]
) -> frozenset[str]:
    """Return the ids of those of the findings of which an order is past its deadline, as Q2 says."""
    flag_of = {
        f"Q2-{order['position']}": finding["finding_id"]
        for finding in findings
        for order in finding["orders"]
    }
    if not flag_of:
        return frozenset()
    with house.reading() as connection:
        basis = Basis(answer_basis.day, answer_basis.position)
        late = dossier.in_breach(connection, basis, list(flag_of))
    return frozenset(flag_of[key] for key in late)


def _wanted(
    question: LateQuestion, seen: Narrowed, settled: Settled, floor: int
) -> arrivals.Wanted:
    stored = None if question.type is None else EVENTS[question.type].stored
    return arrivals.Wanted(
        question.days,
        floor,
        settled.basis.position,
        seen.uscc,
        seen.district,
        stored,
        seen.rows.withheld.positions,
    )


def late_item(entry: Recorded[Any]) -> dict[str, Any]:
    """Return an entry with the days between its day and the day on which it was recorded."""
    recorded_on = entry.recorded_at.astimezone(SHANGHAI).date()
    return {**shown(entry), "days_late": (recorded_on - entry.valid_from).days}


def delays(house: Reading, actor: Actor, question: DelaysQuestion) -> Found:
    """Return a page of the breaches that `actor` may see, with the days until each thing followed."""
    grant = decide(actor, Action.READ, "flags")
    seen = narrowed(question, grant.rows)
    chosen = question.model_dump(mode="json", exclude_none=True)
    kept = ("code", "uscc", "district", "from_", "to")
    place = AskedList("delays", {name: str(chosen[name]) for name in kept if name in chosen})
    settled, after = opened(house, question, place)
    if seen.nothing:
        return Found(settled.answer_basis, ListPage([], None, seen.limited), grant.audience)
    with cursors.fitting(), house.reading() as connection:
        seen = seen.at(connection, settled.basis.position)
        wanted = _breaches(question, seen)
        page = delayed.page(connection, settled.basis, wanted, after, question.limit)
    items = [*map(shower(DelayItem, grant.audience), page.items)]
    more = further(settled, page.next, place)
    return Found(settled.answer_basis, ListPage(items, more, seen.limited), grant.audience)


def distribution(house: Reading, actor: Actor, question: DelayDistributionQuestion) -> Found:
    """Return how many breaches came to each step within how many days."""
    grant = decide(actor, Action.READ, "flags")
    seen = narrowed(question, grant.rows)
    settled = settle(house, question.asked())
    items: list[dict[str, Any]] = []
    if not seen.nothing:
        with house.reading() as connection:
            seen = seen.at(connection, settled.basis.position)
            wanted = _breaches(question, seen)
            items = delayed.distribution(connection, settled.basis, wanted, question.by)
    items = [*map(shower(DelayCountItem, grant.audience), items)]
    return Found(settled.answer_basis, ListPage(items, None, seen.limited), grant.audience)


def _breaches(
    question: DelaysQuestion | DelayDistributionQuestion, seen: Narrowed
) -> delayed.Asked:
    return delayed.Asked(
        question.code,
        seen.uscc,
        seen.district,
        question.from_,
        question.to,
        seen.rows.withheld.positions,
    )
