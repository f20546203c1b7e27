"""`/overview` 总览: what a supervisor looks at first, and `/late`, the list behind what came late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response

from api import arrivals, overviewing
from api.caller import Caller, Installed
from api.formats import Row
from api.pages.choices import Choices, choices
from api.pages.frame import framed
from api.pages.overview_charts import MEASURES, Chart, Month, Tile, charts, months, tiles
from api.pages.reading import read
from api.pages.rendering import render
from api.problems import Fault
from api.questions import LateQuestion, OverviewQuestion
from projections.backlog import AGES, Aged, ages
from projections.basis import Basis
from projections.names import names

router = APIRouter(include_in_schema=False)
ROWS = 50
LATE = (7, 30, 90, 365)
"""Days of delay that are offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewPage:
    """What waits, what ends, what is overdue, what came late, what changed."""

    asked: Mapping[str, str]
    """The filters as typed."""
    faults: tuple[Fault, ...]
    """Filters that could not be understood."""
    districts: Choices
    """The authorities to choose from; none for whom one is given."""
    district: str | None
    """The authority to which everything is narrowed."""
    uscc: str | None
    """The enterprise to which everything is narrowed."""
    name: str | None
    """Its name."""
    found: Mapping[str, Any]
    """As `GET /v1/overview` gives it."""
    total: Mapping[str, int]
    """The sums of the backlog."""
    overdue: int
    """Rectifications past their deadline."""
    ages: Sequence[tuple[str, Aged]]
    """Column of the backlog → the days on which its flags became known."""
    bounds: Sequence[int]
    """`AGES`, for the heads of the columns."""
    measures: Sequence[str]
    """What the tiles may show."""
    measure: str
    """What they show."""
    tiles: Sequence[Tile | None]
    """The cells of the grid, empty where the reader sees a single district."""
    months: Sequence[Month]
    """The last 24 months; empty for who may not read counts."""
    charts: Sequence[Chart]
    """Their bars."""
    open_findings: int | None
    """Findings that are neither closed nor withdrawn; None for who may not read counts."""


@router.get("/overview")
def overview(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the overview."""
    question, seen = read(request, OverviewQuestion, "measure")
    standing, found = overviewing.overview(house, actor, question)
    frame = framed(request, house, actor, standing, twin="/v1/overview", own=("measure",))
    limits: Mapping[str, str] = found["limited_to"] or {}
    asked_measure = request.query_params.get("measure", "")
    measure = asked_measure if asked_measure in MEASURES else MEASURES[0]
    months_shown = [] if found["months"] is None else months(found["months"], standing.day)
    counted: list[dict[str, Any]] | None = found["districts"]
    cells: Sequence[Tile | None] = ()
    if counted is not None and not limits and question.district is None:
        cells = tiles(counted, measure)
    uscc = limits.get("uscc")
    with house.reading() as connection:
        called = names(connection, Basis(standing.day, standing.position), {uscc} if uscc else ())
    page = OverviewPage(
        asked=dict(request.query_params),
        faults=seen.faults,
        districts=choices(frame.language, "district") if counted is not None and not limits else [],
        district=limits.get("district") or question.district,
        uscc=uscc,
        name=called.get(uscc) if uscc else None,
        found=found,
        total=_total(found["backlog"]),
        overdue=sum(line["breaches"] for line in found["backlog"] if line["code"] == "Q2"),
        ages=list(zip(OF_AGE, ages(standing.day), strict=True)),
        bounds=AGES,
        measures=MEASURES,
        measure=measure,
        tiles=cells,
        months=months_shown,
        charts=charts(months_shown) if months_shown else [],
        open_findings=None if counted is None else sum(line["open_findings"] for line in counted),
    )
    return render(frame, "overview.html", page, seen.status)


OF_AGE = ("days_7", "days_30", "days_90", "older")
_COUNTS = ("breaches", *OF_AGE, "unreviewed", "undecided", "undecided_unreviewed")


def _total(backlog: Sequence[Row]) -> dict[str, int]:
    return {name: sum(line[name] for line in backlog) for name in _COUNTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class LatePage:
    """Entries that came long after their day, a page of them."""

    asked: Mapping[str, str]
    """The filters as typed."""
    faults: tuple[Fault, ...]
    """Filters that could not be understood."""
    choices: Choices
    """Days of delay that are offered."""
    districts: Choices
    """The 17 authorities."""
    types: Choices
    """Every event."""
    days: int
    """More than so many days late."""
    recorded_from: date | None
    """First day of the entries."""
    items: Sequence[Row]
    """As `GET /v1/late` gives them."""
    names: Mapping[str, str]
    """Names of the enterprises by USCC."""
    next: str | None
    """Cursor of the page behind this one."""
    limited: Mapping[str, Any] | None
    """What the reader sees is limited to."""


@router.get("/late")
def late(request: Request, house: Installed, actor: Caller) -> Response:
    """Show what came late."""
    question, seen = read(request, LateQuestion)
    found = arrivals.late(house, actor, question.model_copy(update={"limit": ROWS}))
    items = found.page.items
    basis = Basis(found.standing.day, found.standing.position)
    with house.reading() as connection:
        called = names(connection, basis, {item["subject"] for item in items if item["subject"]})
    frame = framed(
        request,
        house,
        actor,
        found.standing,
        twin="/v1/late",
        formats=("csv", "xlsx", "parquet"),
    )
    page = LatePage(
        asked={"days": str(question.days), **request.query_params},
        faults=seen.faults,
        choices=[(str(days), str(days)) for days in sorted({*LATE, question.days})],
        districts=choices(frame.language, "district"),
        types=choices(frame.language, "event"),
        days=question.days,
        recorded_from=question.recorded_from,
        items=items,
        names=called,
        next=found.page.next,
        limited=found.page.limited,
    )
    return render(frame, "late.html", page, seen.status)
