"""`/overview` 总览: what a supervisor looks at first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from api.export.formats import Row
from api.http.caller import Caller, Installed
from api.questions import overview as overviewing
from api.questions.problems import Fault
from api.questions.questions import OverviewQuestion
from api.web.frame.choices import Choices, choices
from api.web.frame.enterprise_names import names_at
from api.web.frame.frame import framed
from api.web.frame.reading import read
from api.web.frame.rendering import render
from api.web.watch.overview_charts import MEASURES, Chart, Month, Tile, charts, months, tiles
from domain.checks import OF_SUPERVISORS, OVERDUE
from projections.counts.backlog import AGES, Aged, ages
from projections.places.drawing import City, Dot, city, on_city

router = APIRouter(include_in_schema=False)


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
    overdue_code: str
    """The check that says so."""
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
    city: City
    """The districts' shapes."""
    dots: Sequence[tuple[Dot, Row]]
    """Where sessions were held: the point of the map, and the place as the twin tells it."""
    by_district: Mapping[str, Tile]
    """The same tiles by authority."""
    months: Sequence[Month]
    """The last 24 months; empty for who may not read counts."""
    charts: Sequence[Chart]
    """Their bars."""
    open_findings: int | None
    """Findings that are neither closed nor withdrawn; None for who may not read counts."""


@router.get("/overview")
def overview(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the overview."""
    question, reading = read(request, OverviewQuestion, "measure")
    answer_basis, members = overviewing.overview(house, actor, question)
    frame = framed(request, house, actor, answer_basis, twin="/v1/overview", own=("measure",))
    limits: Mapping[str, str] = members["limited_to"] or {}
    asked_measure = request.query_params.get("measure", "")
    measure = asked_measure if asked_measure in MEASURES else MEASURES[0]
    months_shown = [] if members["months"] is None else months(members["months"], answer_basis.day)
    counted: list[dict[str, Any]] | None = members["districts"]
    cells: Sequence[Tile | None] = ()
    if counted is not None and not limits and question.district is None:
        cells = tiles(counted, measure)
    uscc = limits.get("uscc")
    page = OverviewPage(
        asked=dict(request.query_params),
        faults=reading.faults,
        districts=choices(frame.language, "district") if counted is not None and not limits else [],
        district=limits.get("district") or question.district,
        uscc=uscc,
        name=names_at(house, answer_basis, [uscc]).get(uscc) if uscc else None,
        found=members,
        total=_total(members["backlog"]),
        overdue=sum(line["breaches"] for line in members["backlog"] if line["code"] == OVERDUE),
        overdue_code=OVERDUE,
        ages=list(zip(OF_AGE, ages(answer_basis.day), strict=True)),
        bounds=AGES,
        measures=MEASURES,
        measure=measure,
        tiles=cells,
        city=city(),
        dots=_dots(members["venues"]),
        by_district={tile.district: tile for tile in cells if tile is not None},
        months=months_shown,
        charts=charts(months_shown) if months_shown else [],
        open_findings=None if counted is None else sum(line["open_findings"] for line in counted),
    )
    return render(frame, "overview.html", page, reading.status)


def _dots(venues: Mapping[str, Any] | None) -> list[tuple[Dot, Row]]:
    """Return the places with their points, what lies outside last: it is drawn above the others."""
    if venues is None:
        return []
    dots = [(on_city(each["lon"], each["lat"]), each) for each in venues["places"]]
    return sorted(dots, key=lambda dot: dot[1]["outside"] > 0)


OF_AGE = ("days_7", "days_30", "days_90", "older")
_COUNTS = ("breaches", *OF_AGE, "backfilled", "unreviewed", "undecided", "undecided_unreviewed")


def _total(backlog: Sequence[Row]) -> dict[str, int]:
    """Sum up what is the enterprises'; the supervisors' own faults stand in lines of their own."""
    own = [line for line in backlog if line["code"] not in OF_SUPERVISORS]
    return {name: sum(line[name] for line in own) for name in _COUNTS}
