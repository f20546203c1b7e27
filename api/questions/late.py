"""What came late, is overdue, waits, and took how long: late entries, orders, flags by age, delays."""

from collections.abc import Iterable, Mapping
from typing import Any

from psycopg import Connection

from api.questions.answers import AnswerBasis
from api.questions.lists import ListView, PageAsked
from api.questions.queries import Counts, Found, ask, ask_counts
from api.questions.questions import (
    BacklogQuestion,
    DelayDistributionQuestion,
    DelaysQuestion,
    LateQuestion,
)
from api.questions.reading import Reading
from api.questions.visibility import Narrowed, narrowed
from domain.checks import OVERDUE
from domain.registry import EVENTS
from domain.terms.envelope import Actor, Recorded
from domain.terms.identifiers import flag_key
from ledger.log.clock import SHANGHAI
from projections.counts import delays as delayed
from projections.counts import dossier
from projections.counts.backlog import backlog as counted
from projections.items.entries import LateItem
from projections.items.flags import DelayCountItem, DelayItem
from projections.views import arrivals
from projections.views.basis import Basis, Page
from projections.views.entry_docs import shown


def _backlog(
    conn: Connection[Any], basis: Basis, _: BacklogQuestion, allowed: Narrowed
) -> list[dict[str, Any]]:
    return counted(conn, basis, allowed.where)


BACKLOG = Counts("flags", _backlog)


def backlog(house: Reading, actor: Actor, question: BacklogQuestion) -> Found:
    """Return the flags that `actor` may see, counted by check and by how long they have been known."""
    return ask_counts(house, actor, BACKLOG, question)


def _late(
    conn: Connection[Any], basis: Basis, question: LateQuestion, allowed: Narrowed, part: PageAsked
) -> Page:
    floor = 0
    if question.recorded_from is not None:
        floor = arrivals.position_before(conn, question.recorded_from)
    wanted = arrivals.Wanted(
        question.days,
        floor,
        basis.position,
        allowed.uscc,
        allowed.district,
        None if question.type is None else EVENTS[question.type].stored,
        allowed.rows.withheld.positions,
    )
    page = arrivals.late(conn, wanted, part.after, part.limit)
    return Page([late_item(entry) for entry in page.entries], page.next)


LATE = ListView("late", LateQuestion, narrowed, _late, LateItem, of="events")


def late(house: Reading, actor: Actor, question: LateQuestion) -> Found:
    """Return a page of the entries that were recorded long after their day, newest first."""
    return ask(house, actor, LATE, question)


def overdue(
    house: Reading, answer_basis: AnswerBasis, findings: Iterable[Mapping[str, Any]]
) -> frozenset[str]:
    """Return the ids of those of the findings of which an order is past its deadline, as the check says."""
    flag_of = {
        flag_key(OVERDUE, order["position"]): finding["finding_id"]
        for finding in findings
        for order in finding["orders"]
    }
    if not flag_of:
        return frozenset()
    with house.reading() as connection:
        basis = Basis(answer_basis.day, answer_basis.position)
        late = dossier.in_breach(connection, basis, list(flag_of))
    return frozenset(flag_of[key] for key in late)


def late_item(entry: Recorded[Any]) -> dict[str, Any]:
    """Return an entry with the days between its day and the day on which it was recorded."""
    recorded_on = entry.recorded_at.astimezone(SHANGHAI).date()
    return {**shown(entry), "days_late": (recorded_on - entry.valid_from).days}


def _delays(
    conn: Connection[Any],
    basis: Basis,
    question: DelaysQuestion,
    allowed: Narrowed,
    part: PageAsked,
) -> Page:
    return delayed.page(conn, basis, _breaches(question, allowed), part.after, part.limit)


DELAYS = ListView("delays", DelaysQuestion, narrowed, _delays, DelayItem, of="flags")


def delays(house: Reading, actor: Actor, question: DelaysQuestion) -> Found:
    """Return a page of the breaches that `actor` may see, with the days until each thing followed."""
    return ask(house, actor, DELAYS, question)


def _distribution(
    conn: Connection[Any], basis: Basis, question: DelayDistributionQuestion, allowed: Narrowed
) -> list[dict[str, Any]]:
    return delayed.distribution(conn, basis, _breaches(question, allowed), question.by)


DISTRIBUTION = Counts("flags", _distribution, DelayCountItem)


def distribution(house: Reading, actor: Actor, question: DelayDistributionQuestion) -> Found:
    """Return how many breaches came to each step within how many days."""
    return ask_counts(house, actor, DISTRIBUTION, question)


def _breaches(
    question: DelaysQuestion | DelayDistributionQuestion, allowed: Narrowed
) -> delayed.Asked:
    return delayed.Asked(
        question.code,
        allowed.uscc,
        allowed.district,
        question.from_,
        question.to,
        allowed.rows.withheld.positions,
    )
