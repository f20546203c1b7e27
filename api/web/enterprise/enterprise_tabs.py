"""`/enterprises/{uscc}/…`: the lists about one enterprise, each on a page of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from fastapi import APIRouter, Request, Response

from api.export.formats import Row
from api.http.caller import Caller, Installed
from api.installation.wiring import Installation
from api.questions import enterprises, issued
from api.questions.clocks import Asked
from api.questions.lists import VIEWS
from api.questions.queries import Found, ask
from api.questions.questions import (
    CasesQuestion,
    FindingsQuestion,
    FlagsQuestion,
    HistoryQuestion,
    Listed,
    PlansQuestion,
    SessionsQuestion,
)
from api.web.enterprise.enterprise_context import EnterpriseShown, full
from api.web.frame.frame import FILES, framed
from api.web.frame.lists import ROWS, Shown, at_most, shown
from api.web.frame.reading import Read, read
from api.web.frame.rendering import render
from domain.terms.envelope import Actor

router = APIRouter(include_in_schema=False)
BESIDE = 20
"""Rows of a list on a page that has a second one."""
WIDEST = 240
"""Entries that one page of a history looks at, where many of them are told in one line."""

Q = TypeVar("Q", bound=Listed)


@dataclass(frozen=True, slots=True, kw_only=True)
class TabPage:
    """A list about one enterprise."""

    enterprise: EnterpriseShown
    """Which enterprise."""
    tab: str
    """The end of the page's address."""
    list: Shown
    """The rows."""
    others: Sequence[Row] = ()
    """The first rows of the second list of the page."""
    others_more: bool = False
    """Whether it has more rows."""
    remarks: Mapping[int, Row] = field(default_factory=dict[int, Row])
    """Position of a record of an inspection → what is to be said of how it was carried out (Q1)."""
    lines: Sequence["Line"] = ()
    """Entries as they are told: certificates of one session in one line."""


class Line(NamedTuple):
    """What is told in one line of a history: an entry, or the certificates of one session in a row."""

    entries: Sequence[Row]
    session: str | None
    """The session whose certificates these are; None: it is one entry."""


class Room(NamedTuple):
    """Who asks what of which enterprise."""

    request: Request
    house: Installation
    actor: Actor
    uscc: str


def _shown(  # noqa: PLR0913 - one argument a part of the page
    room: Room,
    tab: str,
    answer: Found,
    reading: Read,
    twin: str,
    *,
    beside: Mapping[str, str] | None = None,
    others: Found | None = None,
    remarks: Mapping[int, Row] = MappingProxyType({}),
    offers: Mapping[str, str] | None = None,
    lines: Sequence[Line] = (),
) -> Response:
    """Return the page of a list, on the basis of the list."""
    known = full(room.house, room.actor, room.uscc, answer.answer_basis.asked)
    frame = framed(
        room.request,
        room.house,
        room.actor,
        answer.answer_basis,
        subject=room.uscc,
        twin=twin,
        beside=beside,
        formats=FILES,
    )
    page = TabPage(
        enterprise=known,
        tab=f"/{tab}",
        list=shown(frame, room.house, reading, answer, offers=offers, whose=None),
        others=others.page.items if others else (),
        others_more=bool(others and others.page.next),
        remarks=remarks,
        lines=lines,
    )
    return render(frame, f"enterprise_{tab}.html", page, reading.status)


def _asked(room: Room, model: type[Q], most: int = ROWS) -> tuple[Q, Read]:
    """Return the question of the address, about the enterprise."""
    question, reading = read(room.request, model)
    limit = min(question.limit, most)
    return question.model_copy(update={"uscc": room.uscc, "limit": limit}), reading


def _beside(room: Room, view: str, asked: Asked) -> Found:
    """Return the first rows of a second list, on the basis of the first."""
    question = CasesQuestion.model_construct(
        uscc=room.uscc, valid_at=asked.valid_at, position=asked.position, limit=BESIDE
    )
    return ask(room.house, room.actor, VIEWS[view], question)


@router.get("/enterprises/{uscc}/flags")
def flags(request: Request, house: Installed, actor: Caller, uscc: str) -> Response:
    """Show its flags."""
    room = Room(request, house, actor, uscc)
    asked, reading = _asked(room, FlagsQuestion)
    # What the supervisors answer for (Q1) is a remark on their inspection.
    wanted = asked.model_copy(update={"procedure": "without"})
    answer = ask(house, actor, VIEWS["flags"], wanted)
    offers = {"verdict": "verdict", "review": "review", "case": "case", "code": "check"}
    beside = {"uscc": uscc, "procedure": "without"}
    return _shown(room, "flags", answer, reading, "/v1/flags", beside=beside, offers=offers)


@router.get("/enterprises/{uscc}/sessions")
def sessions(request: Request, house: Installed, actor: Caller, uscc: str) -> Response:
    """Show its sessions."""
    room = Room(request, house, actor, uscc)
    wanted, reading = _asked(room, SessionsQuestion)
    answer = ask(house, actor, VIEWS["assessments"], wanted)
    offers, beside = {"level": "level"}, {"uscc": uscc}
    twin = "/v1/assessments"
    return _shown(room, "sessions", answer, reading, twin, beside=beside, offers=offers)


@router.get("/enterprises/{uscc}/certificates")
def certificates(request: Request, house: Installed, actor: Caller, uscc: str) -> Response:
    """Show how many certificates each session came to; the certificates are on its page."""
    room = Room(request, house, actor, uscc)
    wanted, reading = _asked(room, SessionsQuestion)
    answer = issued.by_session(house, actor, wanted)
    return _shown(room, "certificates", answer, reading, f"/v1/enterprises/{uscc}/certificates")


@router.get("/enterprises/{uscc}/supervision")
def supervision(request: Request, house: Installed, actor: Caller, uscc: str) -> Response:
    """Show findings with their orders and measures, and the inspections."""
    room = Room(request, house, actor, uscc)
    wanted, reading = _asked(room, FindingsQuestion, BESIDE)
    answer = ask(house, actor, VIEWS["findings"], wanted)
    others = _beside(room, "inspections", answer.answer_basis.asked)
    beside = {"uscc": uscc}
    twin = "/v1/findings"
    remarks = _remarks(room, answer.answer_basis.asked)
    return _shown(
        room, "supervision", answer, reading, twin, beside=beside, others=others, remarks=remarks
    )


def _remarks(room: Room, asked: Asked) -> Mapping[int, Row]:
    """Return what the inspectors answer for themselves, by the position of their record."""
    question = FlagsQuestion.model_construct(
        uscc=room.uscc,
        procedure="only",
        valid_at=asked.valid_at,
        position=asked.position,
        limit=ROWS,
    )
    flags = ask(room.house, room.actor, VIEWS["flags"], question).page.items
    return {int(each["key"].rpartition("-")[2]): each for each in flags}


@router.get("/enterprises/{uscc}/plans")
def plans(request: Request, house: Installed, actor: Caller, uscc: str) -> Response:
    """Show the annual plans, and the applications."""
    room = Room(request, house, actor, uscc)
    wanted, reading = _asked(room, PlansQuestion, BESIDE)
    answer = ask(house, actor, VIEWS["plans"], wanted)
    others = _beside(room, "applications", answer.answer_basis.asked)
    beside = {"uscc": uscc}
    return _shown(room, "plans", answer, reading, "/v1/plans", beside=beside, others=others)


@router.get("/enterprises/{uscc}/history")
def history(request: Request, house: Installed, actor: Caller, uscc: str) -> Response:
    """Show every entry about it, newest first; the certificates of a session in one line."""
    room = Room(request, house, actor, uscc)
    question, reading = read(request, HistoryQuestion)
    answer = enterprises.history(house, actor, uscc, at_most(question), in_lines=WIDEST)
    twin = f"/v1/enterprises/{uscc}/history"
    lines = _lines(answer.page.items)
    return _shown(room, "history", answer, reading, twin, offers={"type": "event"}, lines=lines)


def _lines(entries: Sequence[Row]) -> list[Line]:
    return [
        line
        for session, run in groupby(entries, _session_of)
        for line in ([Line(list(run), session)] if session else [Line([e], None) for e in run])
    ]


def _session_of(entry: Row) -> str | None:
    issued = entry["type"] == "CertificateIssued"
    return entry["data"].get("assessment_id") if issued else None
