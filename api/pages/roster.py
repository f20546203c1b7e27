"""`/roster` 名单: which enterprises may certify, on which day, as known when."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from api.caller import Caller, Installed
from api.formats import Row
from api.pages.choices import Choices, choices
from api.pages.frame import framed
from api.pages.reading import read
from api.pages.rendering import render
from api.problems import Fault
from api.queries import ask
from api.questions import RosterQuestion
from api.views import VIEWS

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterPage:
    """The published roster, a page of it."""

    asked: dict[str, str]
    """The filters as typed."""
    faults: tuple[Fault, ...]
    """Filters that could not be understood."""
    districts: Choices
    """The 17 authorities."""
    standings: Choices
    """What an enterprise may be on a day."""
    levels: Choices
    """The eight levels by rank."""
    items: Sequence[Row]
    """Enterprises as `GET /v1/roster` gives them."""
    next: str | None
    """Cursor of the page behind this one."""
    limited: dict[str, str] | None
    """What the reader sees is limited to."""


@router.get("/roster")
def roster(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the roster on the day."""
    question, seen = read(request, RosterQuestion)
    found = ask(house, actor, VIEWS["roster"], question)
    frame = framed(
        request,
        house,
        actor,
        found.standing,
        twin="/v1/roster",
        formats=("csv", "xlsx", "parquet"),
    )
    page = RosterPage(
        asked=dict(request.query_params),
        faults=seen.faults,
        districts=choices(frame.language, "district"),
        standings=choices(frame.language, "standing"),
        levels=choices(frame.language, "level"),
        items=found.page.items,
        next=found.page.next,
        limited=dict(found.page.limited) if found.page.limited else None,
    )
    return render(frame, "roster.html", page, seen.status)
