"""`/search` 查找: an exact code, number or position leads to its page, anything else to a list."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from api.export.formats import Row
from api.http.caller import Caller, Installed, unhurried
from api.installation.wiring import Installation
from api.questions.certificates import by_number
from api.questions.clocks import Asked
from api.questions.entry_context import around
from api.questions.lists import VIEWS
from api.questions.policy import READS
from api.questions.problems import Fault, Problem
from api.questions.queries import ask
from api.questions.questions import RosterQuestion
from api.web.enterprise.enterprise_context import firm
from api.web.frame.clocks import PARAMETERS
from api.web.frame.frame import address, framed
from api.web.frame.reading import read
from api.web.frame.rendering import render
from domain.terms.envelope import Actor
from domain.terms.folding import folded
from domain.terms.identifiers import is_uscc
from domain.terms.vocabulary import Standing

router = APIRouter(include_in_schema=False)
ROWS = 50
_POSITION = re.compile(r"#([0-9]{1,15})")
_NUMBER = re.compile(r"(?=.*[0-9])[^/\\]{6,200}")
"""What may be the number of a certificate; numbers come from the authority, in more than one form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """What was found."""

    q: str
    """What was looked for."""
    faults: tuple[Fault, ...]
    """What could not be understood."""
    items: Sequence[Row]
    """Enterprises of the roster."""
    unlisted: Sequence[Row]
    """Enterprises that are not on it, as far as the reader sees them."""
    next: str | None
    """Cursor of the page behind this one."""


@router.get("/search")
def search(request: Request, house: Installed, actor: Caller) -> Response:
    """Lead to what was named exactly, or list the enterprises whose name or code holds it."""
    question, seen = read(request, RosterQuestion)
    q = (question.q or "").strip()
    if q and question.cursor is None:
        exact = _exact(request, house, actor, q, question.asked())
        if exact is not None:
            kept = {n: v for n, v in request.query_params.items() if n in PARAMETERS}
            return Response(status_code=303, headers={"Location": address(exact, kept)})
    found = ask(house, actor, VIEWS["roster"], _named(question, q, None))
    unlisted: Sequence[Row] = ()
    if q and "enterprises" in READS.get(actor.role, frozenset()):
        asked = found.standing.asked
        clocks = {"valid_at": asked.valid_at, "position": asked.position, "known_at": None}
        at = question.model_copy(update={**clocks, "cursor": None})
        unlisted = ask(house, actor, VIEWS["roster"], _named(at, q, Standing.UNLISTED)).page.items
    frame = framed(request, house, actor, found.standing, twin="/v1/roster")
    page = SearchPage(
        q=q,
        faults=seen.faults,
        items=found.page.items if q else (),
        unlisted=unlisted,
        next=found.page.next if q else None,
    )
    return render(frame, "search.html", page, seen.status)


def _named(question: RosterQuestion, q: str, standing: Standing | None) -> RosterQuestion:
    return question.model_copy(update={"q": q, "standing": standing, "limit": ROWS})


def _exact(request: Request, house: Installation, actor: Actor, q: str, asked: Asked) -> str | None:
    """Return the address of what `q` names exactly, if it is there for this reader."""
    # As it is compared: what is copied from paper or a chat comes in full width and with blanks.
    named = folded(q)
    if position := _POSITION.fullmatch(named):
        number = position[1]
        return f"/entries/{number}" if _there(around, house, actor, number, asked) else None
    code = named.replace("-", "")
    if is_uscc(code):
        return f"/enterprises/{code}" if _there(firm, house, actor, code, asked) else None
    if _NUMBER.fullmatch(named):
        unhurried(request, house, actor)
        there = _there(by_number, house, actor, named, asked)
        return f"/certificates/{quote(named)}" if there else None
    return None


def _there(
    read_one: Callable[[Installation, Actor, str, Asked], object],
    house: Installation,
    actor: Actor,
    key: str,
    asked: Asked,
) -> bool:
    try:
        read_one(house, actor, key, asked)
    except Problem as problem:
        if problem.status not in {401, 403, 404}:
            raise
        return False
    return True
