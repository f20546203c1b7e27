"""Pictures of the outline that G1 is judged by, as paths: the districts, and the line around a place.

North is on top. A path is SVG's, in the unit that its picture names; who draws gives colour and words.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from domain.terms.contents import Outline as OutlineContent
from domain.terms.place import Bounds, Place, Side
from domain.terms.vocabulary import Datum
from ledger import reference
from projections.places.coordinates import position
from projections.places.datum import to_wgs84
from projections.places.outline import Outline, Ring, districts, project, unproject

FINE_M = 400
"""What a map of the whole city leaves out."""
LEAST_M, MOST_M = 2_000, 120_000
"""How far the picture around a place reaches, to each side."""


class Area(NamedTuple):
    """A district: its code, and its path in kilometres."""

    code: str
    path: str


class City(NamedTuple):
    """The districts in a picture of that many kilometres."""

    left: float
    """Where its corner lies, in projected metres."""
    top: float
    width: float
    height: float
    areas: tuple[Area, ...]


class Surroundings(NamedTuple):
    """The city's line around a place, which lies in the middle of a square; all in metres."""

    size: int
    inside: str
    """Path of what is Beijing; empty where nothing of it is near."""
    line: str
    band: int
    """How far the line may be wrong, to each side."""
    error: int
    """How far the place may be wrong."""
    datum: Datum | None
    """As reported; without one the place is drawn as if it were WGS-84."""
    side: Side
    """On which side of the line it is drawn, whatever is judged of it."""
    distance: int
    """How far from the line it is drawn."""


@lru_cache(maxsize=1)
def city() -> City:
    """Return the districts of the outline that comes with the product."""
    rings_of = districts(reference.packaged(reference.OUTLINE_FILE), FINE_M)
    points = [point for rings in rings_of.values() for ring in rings for point in ring]
    left, top = min(x for x, _ in points), max(y for _, y in points)
    right, bottom = max(x for x, _ in points), min(y for _, y in points)
    areas = tuple(
        Area(code, _path(rings, left, top, 1_000, closed=True)) for code, rings in rings_of.items()
    )
    width, height = round((right - left) / 1_000, 1), round((top - bottom) / 1_000, 1)
    return City(left, top, width, height, areas)


def degrees_at(x: float, y: float) -> tuple[float, float] | None:
    """Return WGS-84 longitude and latitude of a point of the picture of the city; None: it is not on it."""
    map_ = city()
    if not (0 <= x <= map_.width and 0 <= y <= map_.height):
        return None
    return unproject(map_.left + 1_000 * x, map_.top - 1_000 * y)


class Dot(NamedTuple):
    """A point of the picture of the city, in its kilometres."""

    x: float
    y: float
    beyond: bool
    """It lies beside the picture, and is drawn at its edge."""


def on_city(lon: float, lat: float) -> Dot:
    """Return where WGS-84 longitude and latitude lie on the picture of the city."""
    map_ = city()
    east, north = project(lon, lat)
    x, y = (east - map_.left) / 1_000, (map_.top - north) / 1_000
    inside = (min(max(x, 0), map_.width), min(max(y, 0), map_.height))
    return Dot(round(inside[0], 1), round(inside[1], 1), inside != (x, y))


def surroundings(place: Place, bounds: Bounds) -> Surroundings | None:
    """Return what lies around the coordinates of a place; None where it has none that can be used."""
    fix = position(place)
    if fix is None:
        return None
    lon, lat = to_wgs84(fix.lon, fix.lat, place.datum or Datum.WGS84)
    outline = _outline(bounds.outline)
    point = outline.locate(lon, lat)
    far = 1.5 * (point.distance_m + fix.error_m + bounds.error_m)
    reach = round(min(max(LEAST_M, far), MOST_M))
    x, y = project(lon, lat)
    rings, lines = outline.near(x, y, reach)
    left, top = x - reach, y + reach
    return Surroundings(
        size=2 * reach,
        inside=_path(rings, left, top, 1, closed=True),
        line=_path(lines, left, top, 1, closed=False),
        band=bounds.error_m,
        error=round(fix.error_m),
        datum=place.datum,
        side=point.side,
        distance=round(point.distance_m),
    )


@lru_cache(maxsize=4)
def _outline(adopted: OutlineContent | None) -> Outline:
    if adopted is None:
        return Outline(reference.OUTLINE, reference.packaged(reference.OUTLINE_FILE))
    return Outline(adopted.edition, adopted.content)


def _path(lines: Iterable[Ring], left: float, top: float, unit: int, *, closed: bool) -> str:
    digits = 0 if unit == 1 else 1
    end = "Z" if closed else ""
    return "".join(
        "M"
        + "L".join(
            f"{round((x - left) / unit, digits):g},{round((top - y) / unit, digits):g}"
            for x, y in line
        )
        + end
        for line in lines
    )
