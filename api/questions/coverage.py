"""How far supervision and plans reach: who was not visited, what visits left to do, who filed no plan or departed."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from psycopg import Connection

from api.questions.clocks import Asked
from api.questions.lists import ListView, PageAsked
from api.questions.policy import Action, decide
from api.questions.queries import Counts, Found, ask, ask_counts, settle
from api.questions.questions import (
    CoverageQuestion,
    InspectionsQuestion,
    PlanComparisonQuestion,
    UnvisitedQuestion,
)
from api.questions.reading import Reading
from api.questions.visibility import Narrowed, narrowed
from domain.terms.envelope import Actor
from projections.counts import asked_findings as asked_for
from projections.counts import coverage as counts
from projections.counts import planned
from projections.items.coverage import PlanComparisonItem, UnvisitedItem
from projections.views.basis import Basis, Page


def _coverage(
    conn: Connection[Any], basis: Basis, _: CoverageQuestion, allowed: Narrowed
) -> list[dict[str, Any]]:
    return counts.coverage(conn, basis, uscc=allowed.uscc, district=allowed.district)


COVERAGE = Counts("inspections", _coverage)


def coverage(house: Reading, actor: Actor, question: CoverageQuestion) -> Found:
    """Return how many enterprises of the roster were visited this year, by district."""
    return ask_counts(house, actor, COVERAGE, question)


def _unvisited(
    conn: Connection[Any], basis: Basis, _: UnvisitedQuestion, allowed: Narrowed, part: PageAsked
) -> Page:
    limits = {"uscc": allowed.uscc, "district": allowed.district}
    return counts.unvisited(conn, basis, part.after, part.limit, **limits)


UNVISITED = ListView(
    "unvisited", UnvisitedQuestion, narrowed, _unvisited, UnvisitedItem, of="inspections"
)


def unvisited(house: Reading, actor: Actor, question: UnvisitedQuestion) -> Found:
    """Return a page of the enterprises that nobody visited this year."""
    return ask(house, actor, UNVISITED, question)


def _compared(
    conn: Connection[Any],
    basis: Basis,
    question: PlanComparisonQuestion,
    allowed: Narrowed,
    part: PageAsked,
) -> Page:
    return planned.compared(
        conn,
        basis,
        question.year or basis.valid_at.year,
        part.after,
        part.limit,
        plan=question.plan,
        uscc=allowed.uscc,
        district=allowed.district,
    )


COMPARED = ListView(
    "plan-comparisons", PlanComparisonQuestion, narrowed, _compared, PlanComparisonItem, of="plans"
)


def compared(house: Reading, actor: Actor, question: PlanComparisonQuestion) -> Found:
    """Return a page of enterprises with what they planned for a year and what they held."""
    return ask(house, actor, COMPARED, question)


def asked_findings(house: Reading, actor: Actor) -> list[dict[str, Any]]:
    """Return the findings that were asked for on the spot and nobody has raised yet, as of now."""
    grant = decide(actor, Action.READ, "inspections")
    allowed = narrowed(InspectionsQuestion.model_validate({}), grant.rows)
    settled = settle(house, Asked())
    if allowed.nothing:
        return []
    with house.reading() as connection:
        allowed = allowed.at(connection, settled.basis.position)
        return asked_for.asked_findings(
            connection,
            settled.basis,
            uscc=allowed.uscc,
            district=allowed.district,
            without=allowed.rows.withheld.visits,
        )


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
