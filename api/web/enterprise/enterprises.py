"""`/enterprises/{uscc}` 企业: where it stands, in a sentence and in a picture of its days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from fastapi import APIRouter, Request, Response

from api.export.formats import Row
from api.http.caller import Caller, Installed
from api.installation import saved_questions
from api.questions import enterprises, timelines, units
from api.questions.lists import VIEWS
from api.questions.policy import READS, Action, decide
from api.questions.problems import Fault, Problem
from api.questions.queries import ask
from api.questions.questions import AsOf, FlagsQuestion
from api.web.enterprise.chronicle import Happening, chronicle
from api.web.enterprise.enterprise_context import EnterpriseShown, enterprise_for
from api.web.enterprise.picture import SIGNS, Picture, picture
from api.web.frame.frame import address, framed
from api.web.frame.reading import read
from api.web.frame.rendering import render
from api.words.language import Words
from domain.permissions import MAY
from domain.terms.identifiers import is_uscc
from domain.terms.vocabulary import Role

router = APIRouter(include_in_schema=False)
FLAGS_SHOWN = 5
OFFERED = ("ScopeChanged", "InspectionDispatched", "FindingRaised")


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterprisePage:
    """One enterprise on the day."""

    enterprise: EnterpriseShown
    """Which enterprise, and what it is on the day."""
    tab: str
    """Which of the pages about it this is."""
    faults: tuple[Fault, ...]
    """What could not be understood of the address."""
    timeline: Mapping[str, Any] | None
    """Its days, as `GET /v1/enterprises/{uscc}/timeline` gives them; None: not for this reader."""
    picture: Picture | None
    """The same as a picture."""
    happenings: Sequence[Happening]
    """What the picture draws up to the day, as a table, the latest first."""
    signs: Mapping[str, Words]
    """What the signs of the picture mean."""
    drawn: int
    """How many sessions the picture has, later ones too."""
    units: Sequence[Row]
    """The units that are covered on the day."""
    flags: Sequence[Row]
    """The first flags of the enterprise."""
    followed: bool | None
    """Whether the reader follows it; None: they cannot."""
    may: frozenset[str]
    """Events about it that the reader may record from here."""


class Unregistered(NamedTuple):
    """A unit that nobody has registered: it may hold sessions for an enterprise all the same."""

    uscc: str


@router.get("/enterprises")
def own(actor: Caller) -> Response:
    """Lead a reporter to their enterprise, anybody else to the roster."""
    reporter = actor.role is Role.ENTERPRISE_REPORTER
    path = f"/enterprises/{actor.organisation}" if reporter else "/roster"
    return Response(status_code=303, headers={"Location": address(path, {})})


@router.get("/enterprises/{uscc}")
def enterprise(request: Request, house: Installed, actor: Caller, uscc: str) -> Response:
    """Show one enterprise: all of it to who sees all of it, what was published to anyone."""
    question, reading = read(request, AsOf)
    try:
        answer_basis, known = enterprise_for(house, actor, uscc, question.asked())
    except Problem as problem:
        # Whoever sees everything is told so; to anybody else what is not there and what is not
        # theirs are alike.
        everything = (
            "enterprises" in READS.get(actor.role, ())
            and decide(actor, Action.READ, "enterprises").rows.everything
        )
        if problem.code != "not-found" or not is_uscc(uscc) or not everything:
            raise
        if enterprises.known(house, uscc):
            raise
        return render(framed(request, house, actor), "unregistered.html", Unregistered(uscc))
    asked = answer_basis.asked
    timeline: Mapping[str, Any] | None = None
    covered: Sequence[Row] = ()
    raised: Sequence[Row] = ()
    if known.full:
        _, timeline = timelines.timeline(house, actor, uscc, asked)
        at = AsOf.model_construct(valid_at=asked.valid_at, position=asked.position)
        covered = units.units(house, actor, uscc, at).page.items
        flags = FlagsQuestion.model_construct(
            uscc=uscc,
            procedure="without",  # the supervisors' own faults are remarks on their inspections
            valid_at=asked.valid_at,
            position=asked.position,
            limit=FLAGS_SHOWN,
        )
        raised = ask(house, actor, VIEWS["flags"], flags).page.items
    frame = framed(
        request,
        house,
        actor,
        answer_basis,
        subject=uscc if known.full else None,
        twin=f"/v1/enterprises/{uscc}" if known.full else "/v1/roster",
        beside={} if known.full else {"uscc": uscc},
    )
    page = EnterprisePage(
        enterprise=known,
        tab="",
        faults=reading.faults,
        timeline=timeline,
        picture=None if timeline is None else picture(timeline, answer_basis.day),
        happenings=() if timeline is None else chronicle(timeline, answer_basis.day),
        signs=SIGNS,
        drawn=_drawn(timeline),
        units=covered,
        flags=raised,
        followed=(
            saved_questions.follows(house, actor, uscc, None)
            if known.full and frame.opens("saved-questions")
            else None
        ),
        may=frozenset(name for name in OFFERED if known.full and actor.role in MAY[name]),
    )
    return render(frame, "enterprise.html", page, reading.status)


def _drawn(timeline: Mapping[str, Any] | None) -> int:
    return sum(len(row["sessions"]) for row in timeline["occupations"]) if timeline else 0
