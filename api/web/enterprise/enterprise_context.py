"""The enterprise that a page is about, as far as its reader sees it, and the pages about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from api.installation.wiring import Installation
from api.questions import enterprises
from api.questions.answers import AnswerBasis
from api.questions.clocks import LAST_DAY, Asked
from api.questions.lists import VIEWS
from api.questions.policy import READS
from api.questions.problems import Problem
from api.questions.queries import ask, missing
from api.questions.questions import RosterQuestion
from api.words.language import Words
from domain.terms.envelope import Actor


class Tab(NamedTuple):
    """One page about an enterprise: the end of its address, its title."""

    end: str
    title: Words


TABS = (
    Tab("", Words("概况", "Overview")),
    Tab("/flags", Words("疑点", "Flags")),
    Tab("/sessions", Words("认定活动", "Sessions")),
    Tab("/certificates", Words("证书", "Certificates")),
    Tab("/supervision", Words("督导与问题", "Supervision")),
    Tab("/plans", Words("计划与申报", "Plans")),
    Tab("/history", Words("历史", "History")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterpriseShown:
    """One enterprise."""

    uscc: str
    """Its code."""
    name: str
    """Its name on the day; where it is not known on the day, its last one."""
    profile: Mapping[str, Any] | None
    """What it is on the day, with `warning` and `counts` where `full`; None: not known on the day."""
    full: bool
    """Whether the reader sees more than what was published."""
    left: int | None
    """Days until the listing ends; None where there is none."""
    tabs: tuple[Tab, ...]
    """The pages about it that the reader may open."""


def enterprise_for(
    house: Installation, actor: Actor, uscc: str, asked: Asked
) -> tuple[AnswerBasis, EnterpriseShown]:
    """Return the enterprise.

    Raises:
        Problem: 404, there is none, or none of which the reader may know.
    """
    own = _own(house, actor, uscc, asked)
    if own is not None:
        return own[0], _shown(uscc, own[1], own[1], own[0], full=True)
    answer_basis, known = _published(house, actor, uscc, asked)
    latest = known
    if latest is None:
        _, latest = _published(house, actor, uscc, answer_basis.asked._replace(valid_at=LAST_DAY))
    if latest is None:
        raise missing()
    return answer_basis, _shown(uscc, known, latest, answer_basis, full=False)


def full(house: Installation, actor: Actor, uscc: str, asked: Asked) -> EnterpriseShown:
    """Return an enterprise of which the reader sees everything.

    Raises:
        Problem: 404, there is none; 401 or 403, not for this reader.
    """
    answer_basis, known = enterprises.one(house, actor, uscc, asked)
    return _shown(uscc, known, known, answer_basis, full=True)


def name_of(house: Installation, actor: Actor, uscc: str, asked: Asked) -> str | None:
    """Return the name of an enterprise on the day, None where the reader knows of none."""
    _, known = _published(house, actor, uscc, asked)
    return None if known is None else str(known["name"])


def _own(
    house: Installation, actor: Actor, uscc: str, asked: Asked
) -> tuple[AnswerBasis, dict[str, Any]] | None:
    if "enterprises" not in READS.get(actor.role, frozenset()):
        return None
    try:
        return enterprises.one(house, actor, uscc, asked)
    except Problem as problem:
        if problem.code != "not-found":
            raise
        return None


def _published(
    house: Installation, actor: Actor, uscc: str, asked: Asked
) -> tuple[AnswerBasis, Mapping[str, Any] | None]:
    question = RosterQuestion.model_construct(uscc=uscc, limit=1, **asked._asdict())
    answer = ask(house, actor, VIEWS["roster"], question)
    return answer.answer_basis, next(iter(answer.page.items), None)


def _shown(
    uscc: str,
    known: Mapping[str, Any] | None,
    latest: Mapping[str, Any],
    answer_basis: AnswerBasis,
    *,
    full: bool,
) -> EnterpriseShown:
    return EnterpriseShown(
        uscc=uscc,
        name=latest["name"],
        profile=known,
        full=full,
        left=None if known is None else enterprises.days_left(known, answer_basis.day),
        tabs=TABS if full else (),
    )
