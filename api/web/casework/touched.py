"""What an act touches that is there already: the sessions and certificates from the day on which it takes effect."""

from typing import NamedTuple

from api.installation.wiring import Installation
from api.questions.lists import VIEWS
from api.questions.paging import pages
from api.questions.queries import ask
from api.questions.questions import CertificatesQuestion, SessionsQuestion
from domain.terms.envelope import Actor


class Touched(NamedTuple):
    """How many there are."""

    sessions: int
    certificates: int


NOTHING = Touched(0, 0)


def touched(house: Installation, actor: Actor, uscc: str, day: str | None) -> Touched:
    """Return what an enterprise has held and issued from a day on."""
    given = {"uscc": uscc, "from": day}
    sessions = pages(
        SessionsQuestion.model_validate(given),
        lambda each: ask(house, actor, VIEWS["assessments"], each),
    )
    issued = pages(
        CertificatesQuestion.model_validate(given),
        lambda each: ask(house, actor, VIEWS["certificates"], each),
    )
    return Touched(
        *(sum(len(page.page.items) for page in answers) for answers in (sessions, issued))
    )
