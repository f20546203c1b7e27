"""How far supervision and plans reach: who was not visited, what visits left to do, who filed no plan or departed."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from api.questions import cursors
from api.questions.answers import ListPage
from api.questions.clocks import Asked
from api.questions.cursors import AskedList
from api.questions.policy import Action, decide
from api.questions.queries import Found, further, opened, settle
from api.questions.questions import (
    CoverageQuestion,
    InspectionsQuestion,
    PlanComparisonQuestion,
    UnvisitedQuestion,
)
from api.questions.reading import Reading
from api.questions.visibility import narrowed
from domain.terms.envelope import Actor
from projections.counts import asked_findings as asked_for
from projections.counts import coverage as counts
from projections.counts import planned
from projections.views.basis import Basis


def coverage(house: Reading, actor: Actor, question: CoverageQuestion) -> Found:
    """Return how many enterprises of the roster were visited this year, by district."""
    grant = decide(actor, Action.READ, "inspections")
    seen = narrowed(question, grant.rows)
    settled = settle(house, question.asked())
    items: list[dict[str, Any]] = []
    if not seen.nothing:
        with house.reading() as connection:
            items = counts.coverage(
                connection, settled.basis, uscc=seen.uscc, district=seen.district
            )
    return Found(settled.answer_basis, ListPage(items, None, seen.limited), grant.audience)


def unvisited(house: Reading, actor: Actor, question: UnvisitedQuestion) -> Found:
    """Return a page of the enterprises that nobody visited this year."""
    grant = decide(actor, Action.READ, "inspections")
    seen = narrowed(question, grant.rows)
    place = AskedList("unvisited", _chosen(question, ("uscc", "district")))
    settled, after = opened(house, question, place)
    if seen.nothing:
        return Found(settled.answer_basis, ListPage([], None, seen.limited), grant.audience)
    with cursors.fitting(), house.reading() as connection:
        page = counts.unvisited(
            connection,
            settled.basis,
            after,
            question.limit,
            uscc=seen.uscc,
            district=seen.district,
        )
    more = further(settled, page.next, place)
    return Found(settled.answer_basis, ListPage(page.items, more, seen.limited), grant.audience)


def compared(house: Reading, actor: Actor, question: PlanComparisonQuestion) -> Found:
    """Return a page of enterprises with what they planned for a year and what they held."""
    grant = decide(actor, Action.READ, "plans")
    seen = narrowed(question, grant.rows)
    place = AskedList("plan-comparisons", _chosen(question, ("uscc", "district", "year", "plan")))
    settled, after = opened(house, question, place)
    if seen.nothing:
        return Found(settled.answer_basis, ListPage([], None, seen.limited), grant.audience)
    with cursors.fitting(), house.reading() as connection:
        page = planned.compared(
            connection,
            settled.basis,
            question.year or settled.basis.valid_at.year,
            after,
            question.limit,
            plan=question.plan,
            uscc=seen.uscc,
            district=seen.district,
        )
    more = further(settled, page.next, place)
    return Found(settled.answer_basis, ListPage(page.items, more, seen.limited), grant.audience)


def asked_findings(house: Reading, actor: Actor) -> list[dict[str, Any]]:
    """Return the findings that were asked for on the spot and nobody has raised yet, as of now."""
    grant = decide(actor, Action.READ, "inspections")
    seen = narrowed(InspectionsQuestion.model_validate({}), grant.rows)
    settled = settle(house, Asked())
    if seen.nothing:
        return []
    with house.reading() as connection:
        seen = seen.at(connection, settled.basis.position)
        return asked_for.asked_findings(
            connection,
            settled.basis,
            uscc=seen.uscc,
            district=seen.district,
            without=seen.rows.withheld.visits,
        )


def _chosen(
    question: UnvisitedQuestion | PlanComparisonQuestion, kept: tuple[str, ...]
) -> dict[str, str]:
    given = question.model_dump(mode="json", exclude_none=True)
    return {name: str(given[name]) for name in kept if name in given}


class Line(NamedTuple):
    """One occupation of a plan: what was planned, and what was held up to the day."""

    occupation: str
    planned_sessions: int
    planned_candidates: int
    sessions: int
    candidates: int


class Summary(NamedTuple):
    """One count of last year's summary: what the plan says, and what the ledger holds."""

    name: str
    said: int
    ledger: int


class Beside(NamedTuple):
    """A plan beside the ledger."""

    lines: tuple[Line, ...]
    summary: tuple[Summary, ...]


def beside_ledger(house: Reading, basis: Basis, plan: Mapping[str, Any]) -> Beside:
    """Return what a plan says beside what the ledger holds of the same years."""
    with house.reading() as connection:
        now, _ = planned.held(connection, basis, plan["uscc"], plan["year"])
        before, issued = planned.held(connection, basis, plan["uscc"], plan["year"] - 1)
    meant: dict[str, tuple[int, int]] = {}
    for session in plan["sessions"]:
        name = session["occupation"]["name"]
        sessions, people = meant.get(name, (0, 0))
        meant[name] = (sessions + 1, people + session["headcount"])
    lines = tuple(
        Line(name, *meant.get(name, (0, 0)), *now.get(name, (0, 0)))
        for name in dict.fromkeys((*meant, *sorted(now)))
    )
    ledger = {
        "sessions": sum(sessions for sessions, _ in before.values()),
        "candidates": sum(people for _, people in before.values()),
        "certificates": issued,
    }
    summary = (Summary(name, plan["summary"][name], number) for name, number in ledger.items())
    return Beside(lines, tuple(summary))
