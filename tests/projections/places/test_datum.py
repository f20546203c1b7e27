"""Datum conversion against published values and against itself."""

from math import cos, hypot, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.terms.vocabulary import Datum
from projections.places.datum import gcj02_to_bd09, to_wgs84, wgs84_to_gcj02

# WGS-84, GCJ-02 and BD-09 of one point each, from the test data of eviltransform 0.2.2 and
# from gcoord 1.0.7, two implementations that others wrote.
PUBLISHED = [
    ((116.377817, 39.911954), (116.38404722, 39.91334546), (116.39045471, 39.91957555)),
    ((121.5272106, 31.1774276), (121.53154186, 31.17530398), (121.53801569, 31.18132861)),
    ((116.65, 39.95), (116.65587257, 39.95109225), (116.66228327, 39.95732524)),
    ((117.2, 40.6), (117.20649693, 40.60144494), (117.21303475, 40.60738622)),
]

around = st.tuples(st.floats(114, 119), st.floats(38, 43))


def metres(a, b):
    return hypot((a[0] - b[0]) * 111_320 * cos(radians(a[1])), (a[1] - b[1]) * 111_320)


@pytest.mark.parametrize(("wgs", "gcj", "bd"), PUBLISHED)
def test_the_formulas_give_the_published_values(wgs, gcj, bd):
    assert metres(wgs84_to_gcj02(*wgs), gcj) < 0.01
    assert metres(gcj02_to_bd09(*gcj), bd) < 0.01


@pytest.mark.parametrize(("wgs", "gcj", "bd"), PUBLISHED)
def test_published_points_come_back_to_wgs84(wgs, gcj, bd):
    assert metres(to_wgs84(*gcj, Datum.GCJ02), wgs) < 0.01
    assert metres(to_wgs84(*bd, Datum.BD09), wgs) < 0.01


@given(around)
def test_there_and_back_is_less_than_a_decimetre(point):
    gcj = wgs84_to_gcj02(*point)
    assert metres(to_wgs84(*gcj, Datum.GCJ02), point) < 0.1
    assert metres(to_wgs84(*gcj02_to_bd09(*gcj), Datum.BD09), point) < 0.1


@given(around)
def test_bd09_is_never_further_from_wgs84_than_is_allowed_for(point):
    assert 100 < metres(point, wgs84_to_gcj02(*point)) < 900
    assert metres(point, gcj02_to_bd09(*wgs84_to_gcj02(*point))) < 1600


@pytest.mark.parametrize("datum", [Datum.WGS84, Datum.CGCS2000])
def test_wgs84_and_cgcs2000_are_taken_as_they_are(datum):
    assert to_wgs84(116.4, 39.9, datum) == (116.4, 39.9)
