"""Places: the first decisive step wins, every clue is kept, and nothing raises."""

import json
import pickle
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from decimal import Decimal
from multiprocessing import get_context

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.terms.place import Bounds, Place, Side, Step
from domain.terms.vocabulary import CatalogueKind, Datum, Mode
from ledger import catalogue_forms
from projections.places.places import REMEMBERED, installed_places

PLACES = installed_places()

IN_HAIDIAN = {"lon": Decimal("116.31000"), "lat": Decimal("39.98000"), "datum": Datum.WGS84}
IN_YANJIAO = {"lon": Decimal("116.82000"), "lat": Decimal("39.95000"), "datum": Datum.WGS84}
ADDRESS_IN = "北京市海淀区中关村大街1号"
ADDRESS_OUT = "河北省三河市燕郊镇行宫大街"


def judge(**place):
    return PLACES(Mode.ON_SITE, Place(**place))


@pytest.mark.parametrize("mode", [Mode.ONLINE, Mode.NO_SESSION])
@pytest.mark.parametrize("place", [None, Place(division="131082")])
def test_what_has_no_place_is_inside_by_its_mode(mode, place):
    found = PLACES(mode, place)
    assert (found.side, found.step, found.contradiction) == (Side.INSIDE, Step.MODE, False)
    assert [clue.step for clue in found.clues] == [Step.MODE]


@pytest.mark.parametrize("place", [None, Place(), Place(name="北京饭店"), Place(address=" ")])
def test_a_session_on_site_without_a_place_is_undecided(place):
    found = PLACES(Mode.ON_SITE, place)
    assert (found.side, found.step) == (Side.UNDECIDED, None)
    assert [clue.en for clue in found.clues] == ["no place reported"]


@pytest.mark.parametrize(
    ("place", "side", "step", "contradiction"),
    [
        ({"division": "110108"}, Side.INSIDE, Step.DIVISION, False),
        ({"division": "131082"}, Side.OUTSIDE, Step.DIVISION, False),
        (IN_HAIDIAN, Side.INSIDE, Step.COORDINATES, False),
        (IN_YANJIAO, Side.OUTSIDE, Step.COORDINATES, False),
        ({"address": ADDRESS_IN}, Side.INSIDE, Step.ADDRESS, False),
        ({"address": ADDRESS_OUT}, Side.OUTSIDE, Step.ADDRESS, False),
        ({"division": "999999", **IN_YANJIAO}, Side.OUTSIDE, Step.COORDINATES, False),
        ({"division": "110115406", **IN_YANJIAO}, Side.OUTSIDE, Step.COORDINATES, False),
        (
            {"division": "110108", **IN_HAIDIAN, "address": ADDRESS_IN},
            Side.INSIDE,
            Step.DIVISION,
            False,
        ),
        ({"division": "110108", **IN_YANJIAO}, Side.INSIDE, Step.DIVISION, True),
        ({"division": "110108", "address": ADDRESS_OUT}, Side.INSIDE, Step.DIVISION, True),
        ({**IN_HAIDIAN, "address": ADDRESS_OUT}, Side.INSIDE, Step.COORDINATES, True),
        (
            {"division": "131082", **IN_YANJIAO, "address": ADDRESS_IN},
            Side.OUTSIDE,
            Step.DIVISION,
            True,
        ),
        ({"division": "110108", "address": "北京市燕郊镇"}, Side.INSIDE, Step.DIVISION, False),
    ],
)
def test_the_first_decisive_step_wins_and_disagreement_is_told(place, side, step, contradiction):
    found = judge(**place)
    assert (found.side, found.step, found.contradiction) == (side, step, contradiction)


def test_every_clue_is_kept_in_the_order_in_which_they_decide():
    found = judge(address=ADDRESS_OUT, **IN_HAIDIAN, division="0")
    assert [(clue.step, clue.side) for clue in found.clues] == [
        (Step.DIVISION, Side.UNDECIDED),
        (Step.COORDINATES, Side.INSIDE),
        (Step.ADDRESS, Side.OUTSIDE),
    ]
    assert found.outline == "beijing-2020-echarts-wgs84"
    assert found.parsers == "gazetteer/2+suffixes/2"


def test_the_name_of_the_venue_decides_nothing():
    assert judge(name="北京市海淀区培训学校", address=ADDRESS_OUT).side is Side.OUTSIDE


def test_a_point_coarsely_written_is_not_confused_with_its_equal_in_the_memory():
    lon, lat = Decimal("116.7"), Decimal("40.0")
    coarse = judge(lon=lon, lat=lat, datum=Datum.WGS84)
    fine = judge(lon=lon.quantize(Decimal("0.00001")), lat=lat, datum=Datum.WGS84)
    assert coarse.side is Side.UNDECIDED
    assert fine.side is Side.INSIDE


def test_the_same_place_is_judged_once_and_the_memory_is_bounded():
    places = installed_places()
    first = places(Mode.ON_SITE, Place(address=ADDRESS_IN))
    assert places(Mode.ON_SITE, Place(address=ADDRESS_IN, name="another hall")) is first
    assert places._judge.cache_parameters()["maxsize"] == REMEMBERED


numbers = st.none() | st.decimals() | st.decimals(min_value=38, max_value=118, places=4)
texts = (
    st.none()
    | st.text(max_size=30)
    | st.text("北京市海淀区河路县省厂公司号()燕郊1， ", max_size=30)
)
places = st.builds(
    Place,
    name=texts,
    address=texts,
    division=texts | st.from_regex(r"\d{6,12}", fullmatch=True),
    lon=numbers,
    lat=numbers,
    datum=st.none() | st.sampled_from(Datum),
    accuracy_m=numbers,
)


@given(st.sampled_from(Mode), st.none() | places)
def test_any_recorded_place_is_judged_and_the_verdict_follows_from_its_clues(mode, place):
    found = PLACES(mode, place)
    decisive = [clue for clue in found.clues if clue.side is not Side.UNDECIDED]
    assert found.clues
    assert found.side is (decisive[0].side if decisive else Side.UNDECIDED)
    assert found.step is (decisive[0].step if decisive else None)
    assert found.contradiction == (len({clue.side for clue in decisive}) == 2)
    assert all(clue.zh and clue.en for clue in found.clues)


@given(places)
def test_a_second_judge_says_the_same(place):
    assert SECOND(Mode.ON_SITE, place) == PLACES(Mode.ON_SITE, place)


SECOND = pickle.loads(pickle.dumps(PLACES))  # noqa: S301


@pytest.mark.parametrize("start", ["fork", "spawn"])
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_other_processes_judge_the_same(start):
    place = Place(address=ADDRESS_OUT, **IN_HAIDIAN)
    with ProcessPoolExecutor(1, mp_context=get_context(start)) as pool:
        assert pool.submit(PLACES, Mode.ON_SITE, place).result() == PLACES(Mode.ON_SITE, place)


def test_the_rule_sets_tolerance_decides_how_near_the_line_is_too_near():
    place = Place(**IN_YANJIAO)
    assert PLACES(Mode.ON_SITE, place).side is Side.OUTSIDE
    wide = Bounds(error_m=20_000)
    assert PLACES(Mode.ON_SITE, place, wide).side is Side.UNDECIDED
    assert PLACES(Mode.ON_SITE, place).side is Side.OUTSIDE, "what was judged before stays"


def test_an_outline_that_the_ledger_adopted_takes_the_place_of_the_installations():
    square = [[116.0, 39.5], [117.5, 39.5], [117.5, 40.5], [116.0, 40.5], [116.0, 39.5]]
    feature = {
        "type": "Feature",
        "properties": {"code": "110000"},
        "geometry": {"type": "Polygon", "coordinates": [square]},
    }
    raw = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    found = catalogue_forms.read(CatalogueKind.OUTLINE, raw).content
    bounds = Bounds(outline=replace(found, edition="2030"))
    judged = PLACES(Mode.ON_SITE, Place(**IN_YANJIAO), bounds)
    assert (judged.side, judged.outline) == (Side.INSIDE, "2030")
    assert PLACES(Mode.ON_SITE, Place(**IN_YANJIAO)).side is Side.OUTSIDE
