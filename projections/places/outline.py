"""The city's boundary: on which side a WGS-84 point lies, how many metres from the line, and its shape.

The only module that knows shapely. Points are projected first (transverse Mercator on the
WGS-84 ellipsoid, the meridian through the middle of the city), because degrees are no metres:
lengths are true to 0.3 m in a kilometre anywhere in Beijing.
"""

import json
from dataclasses import dataclass
from math import cos, degrees, radians, sin, sqrt, tan
from typing import Any, TypeAlias

import shapely

from domain.terms.place import Side

_AXIS_M = 6378137.0
_FLATTENING = 1 / 298.257223563
_E2 = _FLATTENING * (2 - _FLATTENING)
_SECOND_E2 = _E2 / (1 - _E2)
_MERIDIAN = 116.46
_CITY = "110000"
# Vertices in one piece of the line; pieces are indexed, so one distance looks at two or three.
_PIECE = 16

Ring: TypeAlias = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class PointAndLine:
    """Where a point lies: its side, never undecided, and its distance from the line in metres."""

    side: Side
    distance_m: float


class Outline:
    """The boundary of Beijing, read from GeoJSON (WGS-84) that has a feature of code 110000."""

    __slots__ = ("_area", "_content", "_line", "name")

    def __init__(self, name: str, content: bytes) -> None:
        self.name = name
        self._content = content
        polygons = _polygons(content)
        self._area = shapely.MultiPolygon([shapely.Polygon(p[0], p[1:]) for p in polygons])
        if not self._area.is_valid:
            raise ValueError(f"outline {name}: {shapely.is_valid_reason(self._area)}")
        pieces = [
            shapely.LineString(ring[start : start + _PIECE + 1])
            for polygon in polygons
            for ring in polygon
            for start in range(0, len(ring) - 1, _PIECE)
        ]
        self._line = shapely.STRtree(pieces)
        shapely.prepare(self._area)
        # Both indexes are built at their first use, and that is not safe from two threads.
        self.locate(_MERIDIAN, 40.0)

    def __reduce__(self) -> tuple[type["Outline"], tuple[str, bytes]]:
        return Outline, (self.name, self._content)

    def locate(self, lon: float, lat: float) -> PointAndLine:
        """Return where the WGS-84 point lies."""
        x, y = project(lon, lat)
        inside = bool(shapely.contains_xy(self._area, x, y))
        _, distances = self._line.query_nearest(
            shapely.Point(x, y), return_distance=True, all_matches=False
        )
        return PointAndLine(Side.INSIDE if inside else Side.OUTSIDE, float(distances[0]))

    def near(self, x: float, y: float, reach_m: float) -> tuple[list[Ring], list[Ring]]:
        """Return the rings of the area and the pieces of the line in a square around a projected point.

        What is finer than a four hundredth of the square's half is left out: nobody sees it.
        """
        square = shapely.box(x - reach_m, y - reach_m, x + reach_m, y + reach_m)
        fine = reach_m / 400
        area = shapely.intersection(self._area, square).simplify(fine)
        line = shapely.intersection(self._area.boundary, square).simplify(fine)
        return _rings(area), [list(part.coords) for part in _parts(line, "LineString")]


def districts(content: bytes, fine_m: float) -> dict[str, list[Ring]]:
    """Return the rings of each district by its code, projected, without what is finer than `fine_m`."""
    features = {
        feature["properties"]["code"]: shapely.from_geojson(json.dumps(feature["geometry"]))
        for feature in json.loads(content)["features"]
        if feature["properties"]["code"] != _CITY
    }
    return {code: _rings(_projected(area).simplify(fine_m)) for code, area in features.items()}


def _projected(area: shapely.Geometry) -> shapely.MultiPolygon:
    return shapely.MultiPolygon(
        [
            shapely.Polygon(
                [project(*point) for point in polygon.exterior.coords],
                [[project(*point) for point in hole.coords] for hole in polygon.interiors],
            )
            for polygon in _parts(area, "Polygon")
        ]
    )


def _rings(area: shapely.Geometry) -> list[Ring]:
    return [
        list(ring.coords)
        for polygon in _parts(area, "Polygon")
        for ring in (polygon.exterior, *polygon.interiors)
    ]


def _parts(geometry: shapely.Geometry, kind: str) -> list[Any]:
    return [
        part for part in shapely.get_parts(geometry) if part.geom_type == kind and not part.is_empty
    ]


def unproject(east: float, north: float) -> tuple[float, float]:
    """Return longitude and latitude of a projected point near Beijing, to a millimetre: `project` the other way."""
    lon, lat = _MERIDIAN, degrees(north / _METRES_PER_RADIAN)
    for _ in range(_ROUNDS):
        x, y = project(lon, lat)
        lat += degrees((north - y) / _METRES_PER_RADIAN)
        lon += degrees((east - x) / (_METRES_PER_RADIAN * cos(radians(lat))))
    return lon, lat


_METRES_PER_RADIAN = 6_371_000
_ROUNDS = 12
"""Each takes off nine tenths of what is left and more."""


def project(lon: float, lat: float) -> tuple[float, float]:
    """Return metres east of the meridian and north of the equator (Snyder 1987, 8-9 to 8-15)."""
    phi = radians(lat)
    sine, cosine, t = sin(phi), cos(phi), tan(phi) ** 2
    c = _SECOND_E2 * cosine * cosine
    a = radians(lon - _MERIDIAN) * cosine
    normal = _AXIS_M / sqrt(1 - _E2 * sine * sine)
    east = a + (1 - t + c) * a**3 / 6
    east += (5 - 18 * t + t * t + 72 * c - 58 * _SECOND_E2) * a**5 / 120
    north = a * a / 2 + (5 - t + 9 * c + 4 * c * c) * a**4 / 24
    north += (61 - 58 * t + t * t + 600 * c - 330 * _SECOND_E2) * a**6 / 720
    return normal * east, _meridian_arc(phi) + normal * tan(phi) * north


def _meridian_arc(phi: float) -> float:
    e4, e6 = _E2**2, _E2**3
    return _AXIS_M * (
        (1 - _E2 / 4 - 3 * e4 / 64 - 5 * e6 / 256) * phi
        - (3 * _E2 / 8 + 3 * e4 / 32 + 45 * e6 / 1024) * sin(2 * phi)
        + (15 * e4 / 256 + 45 * e6 / 1024) * sin(4 * phi)
        - 35 * e6 / 3072 * sin(6 * phi)
    )


def _polygons(content: bytes) -> list[list[Ring]]:
    for feature in json.loads(content)["features"]:
        if feature["properties"]["code"] == _CITY:
            geometry = feature["geometry"]
            many = geometry["type"] == "MultiPolygon"
            polygons = geometry["coordinates"] if many else [geometry["coordinates"]]
            return [[[project(*point) for point in ring] for ring in rings] for rings in polygons]
    raise ValueError(f"outline without a feature of code {_CITY}")
