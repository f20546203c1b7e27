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
    answer = ask(house, actor, VIEWS["assessments"], question)
    basis = Basis(answer.answer_basis.day, answer.answer_basis.position)
    with house.reading() as connection:
        if question.uscc is not None and not answer.page.items:
            visible(connection, basis.position, question.uscc, grant.rows)
        names = [session["assessment_id"] for session in answer.page.items]
        numbers = certificates.counted(connection, basis, names)
    items = [_counted(session, numbers) for session in answer.page.items]
    return answer._replace(page=answer.page._replace(items=items))


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
