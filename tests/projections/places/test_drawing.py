"""Pictures of the outline: they show what the judge of places says."""

import re
from decimal import Decimal
from itertools import pairwise

import pytest

from domain.terms.place import USUAL, Bounds, Place, Side
from domain.terms.vocabulary import Datum
from projections.places.drawing import MOST_M, Surroundings, city, surroundings
from projections.places.outline import project


def rings(path: str) -> list[list[tuple[float, float]]]:
    """The rings of a path."""
    found = re.findall(r"M([^MZ]*)", path)
    return [[(float(x), float(y)) for x, y in re.findall(r"([-\d.]+),([-\d.]+)", f)] for f in found]


def covers(path: str, x: float, y: float) -> bool:
    """Whether the point lies in the area: by the number of lines to its right."""
    crossed = 0
    for ring in rings(path):
        for (ax, ay), (bx, by) in pairwise([*ring, ring[0]]):
            if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
                crossed += 1
    return crossed % 2 == 1


def at(lon: str, lat: str, datum: Datum | None = Datum.WGS84, accuracy: str = "10") -> Place:
    return Place(lon=Decimal(lon), lat=Decimal(lat), datum=datum, accuracy_m=Decimal(accuracy))


def middle(drawn: Surroundings) -> tuple[float, float]:
    return drawn.size / 2, drawn.size / 2


@pytest.mark.parametrize(
    ("code", "lon", "lat"),
    [
        ("110108", 116.298, 39.959),
        ("110105", 116.486, 39.921),
        ("110111", 115.85, 39.72),
        ("110118", 116.99, 40.50),
        ("110119", 116.10, 40.54),
    ],
)
def test_a_point_of_a_district_lies_in_its_shape_and_in_no_other(code: str, lon: float, lat: float):
    drawn = city()
    x, y = project(lon, lat)
    east, south = (x - drawn.left) / 1_000, (drawn.top - y) / 1_000
    within = [area.code for area in drawn.areas if covers(area.path, east, south)]
    assert within == [code]


@pytest.mark.parametrize(("lon", "lat"), [("116.298", "39.959"), ("116.82013", "39.95011")])
def test_the_picture_says_on_which_side_it_draws_the_place(lon: str, lat: str):
    drawn = surroundings(at(lon, lat), USUAL)
    assert drawn is not None
    assert (drawn.side is Side.INSIDE) == covers(drawn.inside, *middle(drawn))
    assert drawn.distance > 0


def test_every_shape_lies_in_the_picture():
    drawn = city()
    assert len(drawn.areas) == 16
    for area in drawn.areas:
        for x, y in (point for ring in rings(area.path) for point in ring):
            assert 0 <= x <= drawn.width
            assert 0 <= y <= drawn.height


@pytest.mark.parametrize(
    ("place", "inside"),
    [
        (at("116.95", "39.95"), False),
        (at("116.298", "39.959"), True),
        (at("116.70", "39.90"), True),
        (at("116.8170", "39.9500"), False),
    ],
)
def test_the_place_lies_on_the_side_of_the_line_that_was_judged(place: Place, *, inside: bool):
    drawn = surroundings(place, USUAL)
    assert drawn is not None
    assert covers(drawn.inside, *middle(drawn)) == inside
    assert drawn.band == 150


def test_the_line_is_in_the_picture_of_a_place_near_it_and_its_band_is_that_of_the_rules():
    drawn = surroundings(at("116.8170", "39.9500"), Bounds(error_m=300))
    assert drawn is not None
    assert drawn.line
    assert drawn.band == 300


def test_a_place_far_away_is_drawn_alone():
    drawn = surroundings(at("121.47", "31.23"), USUAL)
    assert drawn is not None
    assert (drawn.inside, drawn.line) == ("", "")
    assert drawn.size == 2 * MOST_M


def test_a_place_without_usable_coordinates_is_not_drawn():
    assert surroundings(Place(address="北京市海淀区"), USUAL) is None
    assert surroundings(at("39.9", "116.4"), USUAL) is None
    assert surroundings(Place(lon=Decimal("116.4")), USUAL) is None
