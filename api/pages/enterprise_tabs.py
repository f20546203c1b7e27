"""`/enterprises/{uscc}/…`: the lists about one enterprise, each on a page of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from fastapi import APIRouter, Request, Response

from api import enterprises, issued
from api.caller import Caller, Installed
from api.formats import Row
from api.pages.choices import Choices, choices
from api.pages.firm import Firm, full
from api.pages.frame import Frame, framed
from api.pages.language import Language
from api.pages.reading import read
from api.pages.rendering import render
from api.pages.summaries import summary
from api.problems import Fault
from api.queries import Found, ask
from api.questions import CasesQuestion, FlagsQuestion, HistoryQuestion, SessionsQuestion
from api.time_travel import Asked
from api.views import VIEWS
from api.wiring import Installation
from domain.envelope import Actor

router = APIRouter(include_in_schema=False)
ROWS = 50
BESIDE = 20
"""Rows of a second list on a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TabPage:
    """A list about one enterprise."""

    firm: Firm
    """Which enterprise."""
    tab: str
    """The end of the page's address."""
    asked: Mapping[str, str]
    """The filters as typed."""
    faults: tuple[Fault, ...]
    """Filters that could not be understood."""
    items: Sequence[Row]
    """The rows as the API gives them."""
    next: str | None
    """Cursor of the page behind this one."""
    limited: Mapping[str, Any] | None
    """What the reader sees is limited to."""
    others: Sequence[Row] = ()
    """The first rows of the second list of the page."""
    others_more: bool = False
    """Whether it has more rows."""
    offered: Mapping[str, Choices] = field(default_factory=dict[str, Choices])
    """What the filters offer, by name."""


class Room(NamedTuple):
    """Who asks what of which enterprise."""

    request: Request
    house: Installation
    actor: Actor
    uscc: str


def _shown(  # noqa: PLR0913 - one argument a part of the page
    room: Room,
    tab: str,
    found: Found,
    faults: tuple[Fault, ...],
    twin: str,
    *,
    beside: Mapping[str, str] | None = None,
    others: Found | None = None,
    offers: Mapping[str, str] | None = None,
) -> Response:
    """Return the page of a list, on the basis of the list."""
    known = full(room.house, room.actor, room.uscc, found.standing.asked)
    frame = framed(
        room.request,
        room.house,
        room.actor,
        found.standing,
        subject=room.uscc,
        twin=twin,
        beside=beside,
        formats=("csv", "xlsx", "parquet"),
    )
    page = TabPage(
        firm=known,
        tab=f"/{tab}",
        asked=dict(room.request.query_params),
        faults=faults,
        items=_spoken(frame, found.page.items),
        next=found.page.next,
        limited=found.page.limited,
        others=others.page.items if others else (),
        others_more=bool(others and others.page.next),
        offered=_offered(frame.language, offers or {}),
    )
    return render(frame, f"enterprise_{tab}.html", page, 422 if faults else 200)


def _offered(language: Language, offers: Mapping[str, str]) -> Mapping[str, Choices]:
    return {name: choices(language, vocabulary) for name, vocabulary in offers.items()}


def _spoken(frame: Frame, items: Sequence[Row]) -> Sequence[Row]:
    """Return rows; those of a history with their summary."""
    return [
        {**item, "summary": summary(frame.language, item["type"], item["data"])}
        if "data" in item
        else item
        for item in items
    ]


def _cases(room: Room, view: str, asked: Asked) -> Found:
    question = CasesQuestion.model_construct(
        uscc=room.uscc, valid_at=asked.valid_at, position=asked.position, limit=BESIDE
    )
    return ask(room.house, room.actor, VIEWS[view], question)


@router.get("/enterprises/{uscc}/flags")
def flags(request: Request, house: Installed, actor: Caller, uscc: str) -> Response:
    """Show its flags."""
    room = Room(request, house, actor, uscc)
    question, seen = read(request, FlagsQuestion)
    found = ask(
        house, actor, VIEWS["flags"], question.model_copy(update={"uscc": uscc, "limit": ROWS})
    )
    offers = {"verdict": "verdict", "review": "review", "case": "case", "code": "check"}
    beside = {"uscc": uscc}
    return _shown(room, "flags", found, seen.faults, "/v1/flags", beside=beside, offers=offers)


@router.get("/enterprises/{uscc}/sessions")
def sessions(request: Request, house: Installed, actor: Caller, uscc: str) -> Response:
    """Show its sessions."""
    room = Room(request, house, actor, uscc)
    question, seen = read(request, SessionsQuestion)
    wanted = question.model_copy(update={"uscc": uscc, "limit": ROWS})
    found = ask(house, actor, VIEWS["assessments"], wanted)
    offers, beside = {"level": "level"}, {"uscc": uscc}
    twin = "/v1/assessments"
    return _shown(room, "sessions", found, seen.faults, twin, beside=beside, offers=offers)


@router.get("/enterprises/{uscc}/certificates")
def certificates(request: Request, house: Installed, actor: Caller, uscc: str) -> Response:
    """Show how many certificates each session came to; the certificates are on its page."""
    room = Room(request, house, actor, uscc)
    question, seen = read(request, SessionsQuestion)
    wanted = question.model_copy(update={"uscc": uscc, "limit": ROWS})
    found = issued.by_session(house, actor, wanted)
    return _shown(room, "certificates", found, seen.faults, f"/v1/enterprises/{uscc}/certificates")


@router.get("/enterprises/{uscc}/supervision")
def supervision(request: Request, house: Installed, actor: Caller, uscc: str) -> Response:
    """Show findings with their orders and measures, and the inspections."""
    room = Room(request, house, actor, uscc)
    question, seen = read(request, CasesQuestion)
    wanted = question.model_copy(update={"uscc": uscc, "limit": BESIDE})
    found = ask(house, actor, VIEWS["findings"], wanted)
    others = _cases(room, "inspections", found.standing.asked)
    beside = {"uscc": uscc}
    twin = "/v1/findings"
    return _shown(room, "supervision", found, seen.faults, twin, beside=beside, others=others)


@router.get("/enterprises/{uscc}/plans")
def plans(request: Request, house: Installed, actor: Caller, uscc: str) -> Response:
    """Show the annual plans, and the applications."""
    room = Room(request, house, actor, uscc)
    question, seen = read(request, CasesQuestion)
    wanted = question.model_copy(update={"uscc": uscc, "limit": BESIDE})
    found = ask(house, actor, VIEWS["plans"], wanted)
    others = _cases(room, "applications", found.standing.asked)
    beside = {"uscc": uscc}
    return _shown(room, "plans", found, seen.faults, "/v1/plans", beside=beside, others=others)


@router.get("/enterprises/{uscc}/history")
def history(request: Request, house: Installed, actor: Caller, uscc: str) -> Response:
    """Show every entry about it, newest first."""
    room = Room(request, house, actor, uscc)
    question, seen = read(request, HistoryQuestion)
    wanted = question.model_copy(update={"limit": ROWS})
    found = enterprises.history(house, actor, uscc, wanted)
    twin = f"/v1/enterprises/{uscc}/history"
    return _shown(room, "history", found, seen.faults, twin, offers={"type": "event"})
