"""What is offered while somebody types: enterprises by name, code or first letters, occupations by name or code."""

import re
from itertools import islice
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from api.export.formats import JSON, Row
from api.http.caller import Caller, Installed
from api.installation.wiring import Installation
from api.questions.lists import VIEWS
from api.questions.paging import pages
from api.questions.policy import Action, decide
from api.questions.queries import ask
from api.questions.questions import RosterQuestion
from api.words.initials import initials
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Datum
from ledger.log.clock import today
from projections.places.drawing import degrees_at

router = APIRouter(include_in_schema=False)
MOST = 12
LOOKED_AT = 10
"""Pages of the roster, of a thousand each, in which first letters are looked for."""
_LETTERS = re.compile(r"[a-z0-9]{2,20}")


def by_initials(house: Installation, actor: Actor, typed: str, most: int = MOST) -> list[Row]:
    """Return the enterprises of the roster whose name has these first letters, in order of the list."""
    wanted = typed.strip().lower()
    if not _LETTERS.fullmatch(wanted):
        return []
    question = RosterQuestion.model_validate({"limit": 1000})
    answers = pages(question, lambda each: ask(house, actor, VIEWS["roster"], each))
    rows = (item for page in islice(answers, LOOKED_AT) for item in page.page.items)
    return list(islice((row for row in rows if wanted in initials(row["name"])), most))


@router.get("/suggestions/enterprises")
def of_enterprises(request: Request, house: Installed, actor: Caller) -> Response:
    """Return enterprises of the roster that fit what was typed."""
    typed = request.query_params.get("q", "").strip()[:60]
    enterprises: list[Row] = []
    if typed:
        question = RosterQuestion.model_construct(q=typed, limit=MOST)
        enterprises = list(ask(house, actor, VIEWS["roster"], question).page.items)
        enterprises = enterprises or by_initials(house, actor, typed)
    return _answer([{"value": row["uscc"], "label": row["name"]} for row in enterprises])


@router.get("/suggestions/occupations")
def of_occupations(request: Request, house: Installed, actor: Caller) -> Response:
    """Return occupations of the dictionary in force that fit what was typed."""
    decide(actor, Action.READ, "catalogues")
    typed = request.query_params.get("q", "").strip()[:60]
    dictionary = house.reference_at(house.ends().head).offered(today())
    if not typed or dictionary is None:
        return _answer([])
    letters = typed.lower() if _LETTERS.fullmatch(typed.lower()) else None
    fitting = [
        (code, name)
        for code, name in dictionary.names.items()
        if typed in name or code.startswith(typed) or (letters and letters in initials(name))
    ]
    # Who has typed a whole name is offered it first.
    fitting.sort(key=lambda one: (len(one[1]), one[0]))
    return _answer([{"value": name, "label": code} for code, name in fitting[:MOST]])


@router.get("/suggestions/places")
def of_places(request: Request) -> Response:
    """Return the coordinates of a point of the map of the city, in kilometres from its corner; none: outside it."""
    try:
        x, y = (float(request.query_params.get(name, "")) for name in ("x", "y"))
    except ValueError:
        return _answer([])
    degrees = degrees_at(x, y)
    if degrees is None:
        return _answer([])
    return _answer(
        [{"lon": round(degrees[0], 5), "lat": round(degrees[1], 5), "datum": Datum.WGS84}]
    )


def _answer(items: list[dict[str, Any]]) -> Response:
    return Response(orjson.dumps(items), media_type=JSON)
