"""How many certificates each session of an enterprise came to."""

from collections.abc import Mapping
from typing import Any

from api.questions.enterprises import visible
from api.questions.lists import VIEWS
from api.questions.policy import Action, decide
from api.questions.queries import Found, ask
from api.questions.questions import SessionsQuestion
from api.questions.reading import Reading
from domain.terms.envelope import Actor
from projections.views import certificates
from projections.views.basis import Basis


def by_session(house: Reading, actor: Actor, question: SessionsQuestion) -> Found:
    """Return a page of sessions, each with the number of its certificates that hold on the day.

    Each: `assessment_id, uscc, occupation, level, held_from, candidates` (their number),
    `certificates`, `position`. A page counts the certificates of its own sessions alone.

    Raises:
        Problem: 404, nobody has registered the enterprise.
    """
    grant = decide(actor, Action.READ, "certificates")
    found = ask(house, actor, VIEWS["assessments"], question)
    basis = Basis(found.answer_basis.day, found.answer_basis.position)
    with house.reading() as connection:
        if question.uscc is not None and not found.page.items:
            visible(connection, basis.position, question.uscc, grant.rows)
        names = [session["assessment_id"] for session in found.page.items]
        numbers = certificates.counted(connection, basis, names)
    items = [_counted(session, numbers) for session in found.page.items]
    return found._replace(page=found.page._replace(items=items))


def _counted(session: Mapping[str, Any], numbers: dict[str, int]) -> dict[str, Any]:
    return {
        "assessment_id": session["assessment_id"],
        "uscc": session["uscc"],
        "occupation": session["occupation"],
        "level": session["level"],
        "held_from": session["held_from"],
        "candidates": sum(session["candidates"].values()),
        "certificates": numbers.get(session["assessment_id"], 0),
        "position": session["position"],
    }
