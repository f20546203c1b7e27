"""`/search` 查找: any number that a page prints leads to its page, anything else to a list."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from api.export.formats import Row
from api.http.caller import Caller, Installed, unhurried
from api.installation.wiring import Installation
from api.questions import draws
from api.questions.certificates import by_number
from api.questions.clocks import Asked
from api.questions.entry_context import in_context
from api.questions.lists import VIEWS
from api.questions.policy import READS
from api.questions.problems import Fault, Problem
from api.questions.queries import ask, ask_one
from api.questions.questions import RosterQuestion
from api.web.enterprise.enterprise_context import enterprise_for
from api.web.frame.clocks import PARAMETERS
from api.web.frame.frame import address, framed
from api.web.frame.reading import read
from api.web.frame.rendering import render
from api.web.watch.suggestions import by_initials
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
    question, reading = read(request, RosterQuestion)
    q = (question.q or "").strip()
    if q and question.cursor is None:
        exact = _exact(request, house, actor, q, question.asked())
        if exact is not None:
            kept = {n: v for n, v in request.query_params.items() if n in PARAMETERS}
            return Response(status_code=303, headers={"Location": address(exact, kept)})
    answer = ask(house, actor, VIEWS["roster"], _named(question, q, None))
    items = answer.page.items if q else ()
    if q and not items and question.cursor is None:
        items = by_initials(house, actor, q, ROWS)
    unlisted: Sequence[Row] = ()
    if q and "enterprises" in READS.get(actor.role, frozenset()):
        asked = answer.answer_basis.asked
        clocks = {"valid_at": asked.valid_at, "position": asked.position, "known_at": None}
        at = question.model_copy(update={**clocks, "cursor": None})
        unlisted = ask(house, actor, VIEWS["roster"], _named(at, q, Standing.UNLISTED)).page.items
    frame = framed(request, house, actor, answer.answer_basis, twin="/v1/roster")
    page = SearchPage(
        q=q,
        faults=reading.faults,
        items=items,
        unlisted=unlisted,
        next=answer.page.next if q else None,
    )
    return render(frame, "search.html", page, reading.status)


def _named(question: RosterQuestion, q: str, standing: Standing | None) -> RosterQuestion:
    return question.model_copy(update={"q": q, "standing": standing, "limit": ROWS})


def _exact(request: Request, house: Installation, actor: Actor, q: str, asked: Asked) -> str | None:
    """Return the address of what `q` names exactly, if it is there for this reader."""
    # As it is compared: what is copied from paper or a chat comes in full width and with blanks.
    named = folded(q)
    if position := _POSITION.fullmatch(named):
        number = position[1]
        return f"/entries/{number}" if _there(in_context, house, actor, number, asked) else None
    if sees_records(actor):
        printed = _printed(house, actor, q.strip(), asked)
        if printed is not None:
            return printed
    code = named.replace("-", "")
    if is_uscc(code):
        return f"/enterprises/{code}" if _there(enterprise_for, house, actor, code, asked) else None
    if _NUMBER.fullmatch(named):
        unhurried(request, house, actor)
        if _there(by_number, house, actor, named, asked):
            return f"/certificates/{quote(named)}"
    if named.isdecimal() and len(named) <= 9 and _there(in_context, house, actor, named, asked):
        return f"/entries/{int(named)}"
    return None


PRINTED = (
    ("assessments", "/assessments/"),
    ("applications", "/applications/"),
    ("findings", "/findings/"),
    ("inspections", "/inspections/"),
    ("flags", "/flags/"),
)
"""Lists whose numbers lead to a page each."""


def sees_records(actor: Actor) -> bool:
    """Return whether the reader sees more than what was published."""
    return bool(READS.get(actor.role))


def _printed(house: Installation, actor: Actor, q: str, asked: Asked) -> str | None:
    """Return the page of what bears this number: a case, a flag, a draw, a receipt, a complaint."""
    reads = READS.get(actor.role, frozenset())
    for name, path in PRINTED:
        if name in reads and _there(partial(_one, name), house, actor, q, asked):
            return f"{path}{quote(q, safe='')}"
    if "draws" in reads and _there(draws.one, house, actor, q, asked):
        return f"/draws/{quote(q, safe='')}"
    if "applications" in reads:
        with house.reading() as connection:
            row = connection.execute(BY_RECEIPT, {"receipt": q}).fetchone()
        number = row[0].partition("/")[2] if row is not None else ""
        if number and _there(partial(_one, "applications"), house, actor, number, asked):
            return f"/applications/{quote(number, safe='')}"
    return None


BY_RECEIPT = """
SELECT key FROM projections.cases
 WHERE starts_with(key, 'applications/') AND known_to IS NULL
   AND doc::json ->> 'receipt_no' = %(receipt)s
 LIMIT 1
"""


def _one(name: str, house: Installation, actor: Actor, key: str, asked: Asked) -> object:
    return ask_one(house, actor, name, asked, key)


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
