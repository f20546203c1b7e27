"""Coordinates: what may be wrong with them, and what they say all the same."""

from decimal import Decimal
from math import cos, radians, sin

import pytest

from domain.terms.place import Place, Side, Step
from domain.terms.vocabulary import Datum
from ledger import reference
from projections.places.coordinates import coordinates_clue
from projections.places.datum import gcj02_to_bd09, wgs84_to_gcj02
from projections.places.outline import Outline

OUTLINE = Outline(reference.OUTLINE, reference.packaged(reference.OUTLINE_FILE))
TIANANMEN = (116.3913, 39.9055)


def clue(lon, lat, datum=Datum.WGS84, accuracy_m=None, digits=7):
    place = Place(
        lon=None if lon is None else Decimal(f"{lon:.{digits}f}"),
        lat=None if lat is None else Decimal(f"{lat:.{digits}f}"),
        datum=datum,
        accuracy_m=None if accuracy_m is None else Decimal(str(accuracy_m)),
    )
    return coordinates_clue(OUTLINE, place)


def towards(degrees, metres):
    """Return the WGS-84 point `metres` outside the line (negative: inside), seen from Tian'anmen.

    The line is crossed where it is left for good, and then followed until its distance is right.
    """
    step = (cos(radians(degrees)), sin(radians(degrees)))

    def at(reach):
        return TIANANMEN[0] + reach * step[0], TIANANMEN[1] + reach * step[1]

    def signed(reach):
        point = OUTLINE.locate(*at(reach))
        return point.distance_m * (1 if point.side is Side.OUTSIDE else -1)

    low, high = 0.2, 3.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if signed(middle) < metres else (low, middle)
    assert signed(low) == pytest.approx(metres, abs=1)
    return at(low)


EAST, NORTH, WEST, SOUTH = 15, 80, 190, 262


@pytest.mark.parametrize("degrees", [EAST, NORTH, WEST, SOUTH])
@pytest.mark.parametrize(
    ("metres", "accuracy_m", "side"),
    [
        (149, None, Side.UNDECIDED),
        (151, None, Side.OUTSIDE),
        (-149, None, Side.UNDECIDED),
        (-151, None, Side.INSIDE),
        (160, 20, Side.UNDECIDED),
        (-160, 20, Side.UNDECIDED),
        (240, 80, Side.OUTSIDE),
        (-240, 80, Side.INSIDE),
        (240, 100, Side.UNDECIDED),
    ],
)
def test_a_point_nearer_than_its_error_decides_nothing(degrees, metres, accuracy_m, side):
    found = clue(*towards(degrees, metres), accuracy_m=accuracy_m)
    assert found.side is side
    assert found.step is Step.COORDINATES
    assert re_metres(found.zh) == re_metres(found.en)
    assert re_metres(found.en)[0] == pytest.approx(abs(metres), abs=2)


def re_metres(text):
    return [
        int(word) for word in text.replace("(", " ").replace(",", " ").split() if word.isdigit()
    ]


@pytest.mark.parametrize("degrees", [EAST, NORTH, WEST, SOUTH])
@pytest.mark.parametrize("metres", [300, -300])
def test_three_hundred_metres_from_the_line_every_datum_gives_the_same_answer(degrees, metres):
    wgs = towards(degrees, metres)
    gcj = wgs84_to_gcj02(*wgs)
    expected = Side.OUTSIDE if metres > 0 else Side.INSIDE
    for point, datum in (
        (wgs, Datum.WGS84),
        (wgs, Datum.CGCS2000),
        (gcj, Datum.GCJ02),
        (gcj02_to_bd09(*gcj), Datum.BD09),
    ):
        found = clue(*point, datum)
        assert found.side is expected
        assert datum.value in found.zh
        assert datum.value in found.en
        assert re_metres(found.en)[0] == pytest.approx(300, abs=2)


def test_a_wrong_datum_would_have_turned_the_answer():
    inside = towards(EAST, -300)
    shifted = gcj02_to_bd09(*wgs84_to_gcj02(*inside))
    assert clue(*shifted, Datum.BD09).side is Side.INSIDE
    assert clue(*shifted, Datum.WGS84).side is Side.OUTSIDE


@pytest.mark.parametrize("degrees", [EAST, NORTH, WEST, SOUTH])
@pytest.mark.parametrize("metres", [300, 990, -300, -990])
def test_without_a_datum_a_kilometre_from_the_line_decides_nothing(degrees, metres):
    assert clue(*towards(degrees, metres), datum=None).side is Side.UNDECIDED


def test_without_a_datum_the_accuracy_widens_the_kilometre():
    assert clue(*towards(WEST, -1700), datum=None).side is Side.INSIDE
    assert clue(*towards(WEST, -1700), datum=None, accuracy_m=750).side is Side.UNDECIDED
    assert clue(*towards(WEST, -2600), datum=None, accuracy_m=750).side is Side.INSIDE


@pytest.mark.parametrize(("degrees", "metres"), [(0, 1200), (30, 1200), (190, -1200)])
def test_without_a_datum_a_point_that_bd09_would_bring_across_is_undecided(degrees, metres):
    found = clue(*towards(degrees, metres), datum=None)
    assert found.side is Side.UNDECIDED
    assert "BD-09" in found.zh
    assert "BD-09" in found.en


@pytest.mark.parametrize(
    ("degrees", "metres", "side"),
    [(150, 1200, Side.OUTSIDE), (300, -1200, Side.INSIDE), (0, 1700, Side.OUTSIDE)],
)
def test_without_a_datum_a_point_that_no_datum_brings_across_is_decided(degrees, metres, side):
    assert clue(*towards(degrees, metres), datum=None).side is side


def test_the_last_digit_written_is_an_error_too():
    lon, lat = towards(EAST, -400)
    assert clue(lon, lat, digits=5).side is Side.INSIDE
    coarse = clue(lon, lat, digits=2)
    assert coarse.side is Side.UNDECIDED


def test_one_lost_zero_does_not_make_a_point_coarse():
    place = Place(lon=Decimal("116.4"), lat=Decimal("39.90551"), datum=Datum.WGS84)
    assert coordinates_clue(OUTLINE, place).side is Side.INSIDE


def test_no_coordinates_are_no_clue():
    assert clue(None, None) is None


@pytest.mark.parametrize(
    ("lon", "lat", "accuracy_m", "zh", "en"),
    [
        ("116.4", None, None, "之一", "only one"),
        (None, "39.9", None, "之一", "only one"),
        ("39.9", "116.4", None, "写反", "swapped"),
        ("0", "0", None, "超出中国", "outside China"),
        ("116.4", "0", None, "超出中国", "outside China"),
        ("-116.4", "39.9", None, "超出中国", "outside China"),
        ("1E+400", "39.9", None, "超出中国", "outside China"),
        ("NaN", "39.9", None, "不是数值", "not numbers"),
        ("sNaN", "39.9", None, "不是数值", "not numbers"),
        ("116.4", "Infinity", None, "不是数值", "not numbers"),
        ("116.4", "39.9", "-1", "精度", "accuracy"),
        ("116.4", "39.9", "NaN", "精度", "accuracy"),
        ("116.4", "39.9", "1E+400", "未超出误差", "within the error"),
    ],
)
def test_unusable_coordinates_decide_nothing_and_say_why(lon, lat, accuracy_m, zh, en):
    number = {None: None}.get
    place = Place(
        lon=number(lon, lon and Decimal(lon)),
        lat=number(lat, lat and Decimal(lat)),
        datum=Datum.WGS84,
        accuracy_m=number(accuracy_m, accuracy_m and Decimal(accuracy_m)),
    )
    found = coordinates_clue(OUTLINE, place)
    assert found.side is Side.UNDECIDED
    assert zh in found.zh
    assert en in found.en
