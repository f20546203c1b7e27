"""The line: which side, how far, and metres that are metres."""

import itertools
import json
import pickle
from math import cos, hypot, radians, sin, sqrt

import pytest

from domain.terms.place import Side
from ledger import reference
from projections.places.outline import Outline, project, unproject

CONTENT = reference.packaged(reference.OUTLINE_FILE)
OUTLINE = Outline(reference.OUTLINE, CONTENT)

INSIDE = {
    "天安门": (116.3913, 39.9055),
    "延庆城区 (north-west)": (115.975, 40.457),
    "怀柔喇叭沟门 (north)": (116.62, 40.93),
    "密云古北水镇 (north-east)": (117.25, 40.65),
    "平谷城区 (east)": (117.12, 40.14),
    "通州张家湾 (south-east)": (116.71, 39.85),
    "大兴榆垡镇 (south)": (116.30, 39.52),
    "房山十渡 (south-west)": (115.61, 39.63),
    "门头沟斋堂 (west)": (115.69, 39.97),
}
OUTSIDE = {
    "怀来 (north-west)": (115.52, 40.41),
    "丰宁 (north)": (116.65, 41.21),
    "承德 (north-east)": (117.94, 40.97),
    "蓟州 (east)": (117.41, 40.04),
    "三河 (enclave)": (117.07, 39.98),
    "燕郊 (enclave)": (116.82, 39.95),
    "大厂 (enclave)": (116.98, 39.89),
    "香河 (enclave)": (117.00, 39.76),
    "武清 (south-east)": (117.04, 39.38),
    "廊坊 (south-east)": (116.70, 39.52),
    "固安 (south)": (116.30, 39.44),
    "涿州 (south-west)": (115.97, 39.49),
    "涞水 (west)": (115.20, 39.75),
    "天津": (117.20, 39.13),
    "上海": (121.47, 31.23),
    "喀什": (75.99, 39.47),
}


@pytest.mark.parametrize("name", INSIDE)
def test_places_well_inside_are_inside(name):
    point = OUTLINE.locate(*INSIDE[name])
    assert point.side is Side.INSIDE
    assert point.distance_m > 1000


@pytest.mark.parametrize("name", OUTSIDE)
def test_places_well_outside_are_outside(name):
    point = OUTLINE.locate(*OUTSIDE[name])
    assert point.side is Side.OUTSIDE
    assert point.distance_m > 1000


def radii(lat):
    """Return metres per degree of longitude and latitude on the WGS-84 ellipsoid."""
    e2 = 0.00669437999014
    bend = 1 - e2 * sin(radians(lat)) ** 2
    along = 6378137.0 / sqrt(bend) * cos(radians(lat))
    return radians(along), radians(6378137.0 * (1 - e2) / bend**1.5)


@pytest.mark.parametrize("lon", [115.4, 116.0, 116.46, 117.0, 117.5])
@pytest.mark.parametrize("lat", [39.4, 40.0, 40.6, 41.1])
def test_a_projected_kilometre_is_true_to_less_than_a_metre(lon, lat):
    east_m, north_m = radii(lat)
    x, y = project(lon, lat)
    for step in ((1000 / east_m, 0.0), (0.0, 1000 / north_m)):
        to_x, to_y = project(lon + step[0], lat + step[1])
        assert hypot(to_x - x, to_y - y) == pytest.approx(1000, abs=0.3)


def test_the_distance_is_measured_to_the_nearest_point_of_the_line():
    ring = next(
        feature["geometry"]["coordinates"][0]
        for feature in json.loads(CONTENT)["features"]
        if feature["properties"]["code"] == "110000"
    )
    for lon, lat in (INSIDE["天安门"], OUTSIDE["燕郊 (enclave)"], OUTSIDE["承德 (north-east)"]):
        x, y = project(lon, lat)
        corners = [project(*point) for point in ring]
        nearest = min(to_segment(x, y, a, b) for a, b in itertools.pairwise(corners))
        assert OUTLINE.locate(lon, lat).distance_m == pytest.approx(nearest, abs=0.01)


def to_segment(x, y, a, b):
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    along = max(0.0, min(1.0, ((x - a[0]) * dx + (y - a[1]) * dy) / length)) if length else 0.0
    return hypot(a[0] + along * dx - x, a[1] + along * dy - y)


def test_the_middle_of_every_stretch_of_the_line_lies_on_the_line():
    ring = json.loads(CONTENT)["features"][-1]["geometry"]["coordinates"][0]
    assert len(ring) > 2900
    for (lon, lat), (to_lon, to_lat) in itertools.pairwise(ring):
        assert OUTLINE.locate((lon + to_lon) / 2, (lat + to_lat) / 2).distance_m < 1


def test_the_outline_can_be_sent_to_another_process():
    sent = pickle.loads(pickle.dumps(OUTLINE))  # noqa: S301
    assert sent.locate(116.4, 39.9) == OUTLINE.locate(116.4, 39.9)


def test_an_outline_that_crosses_itself_is_refused():
    knot = [[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]
    geometry = {"type": "Polygon", "coordinates": [knot]}
    feature = {"properties": {"code": "110000"}, "geometry": geometry}
    with pytest.raises(ValueError, match="Self-intersection"):
        Outline("knot", json.dumps({"features": [feature]}).encode())


def test_an_outline_without_the_city_is_refused():
    with pytest.raises(ValueError, match="110000"):
        Outline("empty", b'{"features": []}')


def test_an_outline_of_several_parts_is_read():
    squares = [[[[x, 40], [x + 1, 40], [x + 1, 41], [x, 41], [x, 40]]] for x in (115, 117)]
    geometry = {"type": "MultiPolygon", "coordinates": squares}
    feature = {"properties": {"code": "110000"}, "geometry": geometry}
    outline = Outline("two", json.dumps({"features": [feature]}).encode())
    sides = [outline.locate(lon, 40.5).side for lon in (115.5, 116.5, 117.5)]
    assert sides == [Side.INSIDE, Side.OUTSIDE, Side.INSIDE]


@pytest.mark.parametrize("place", [(116.4, 39.9), (115.42, 39.44), (117.5, 41.06)])
def test_what_is_projected_comes_back_to_where_it_was(place: tuple[float, float]):
    assert unproject(*project(*place)) == pytest.approx(place, abs=1e-9)
