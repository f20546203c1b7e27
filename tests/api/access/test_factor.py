"""The second factor: RFC 6238, and no code twice."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from api.access import factor
from tests.api.access.house import code

SECRET = b"12345678901234567890"


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize(
    ("seconds", "digits"), [(59, "287082"), (1111111109, "081804"), (2000000000, "279037")]
)
def test_the_codes_are_those_of_the_standard(seconds: int, digits: str) -> None:
    assert factor.step_of(SECRET, digits, at(seconds), None) == seconds // 30


def test_a_clock_may_be_off_by_one_step_and_no_more() -> None:
    moment = at(1_800_000_000)
    for later in (-1, 0, 1):
        assert factor.step_of(SECRET, code(SECRET, moment, later), moment, None) is not None
    for later in (-2, 2):
        assert factor.step_of(SECRET, code(SECRET, moment, later), moment, None) is None


def test_a_code_is_good_once_and_so_are_all_before_it() -> None:
    moment = at(1_800_000_000)
    step = factor.step_of(SECRET, code(SECRET, moment), moment, None)
    assert step is not None
    assert factor.step_of(SECRET, code(SECRET, moment), moment, step) is None
    assert factor.step_of(SECRET, code(SECRET, moment, -1), moment, step) is None
    after = moment + timedelta(seconds=30)
    assert factor.step_of(SECRET, code(SECRET, after), after, step) == step + 1


@pytest.mark.parametrize(
    "typed", ["", "abcdef", "12345", "1234567", "１２３４５６", "-12345", "0x1234"]
)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert factor.step_of(SECRET, typed, at(59), None) is None


def test_blanks_in_a_code_do_not_matter() -> None:
    assert factor.step_of(SECRET, " 287 082 ", at(59), None) == 1


def test_one_occasion_offers_one_secret_and_another_another() -> None:
    key = bytes(32)
    assert factor.proposed(key, b"a") == factor.proposed(key, b"a")
    assert factor.proposed(key, b"a") != factor.proposed(key, b"b")
    assert factor.proposed(key, b"a") != factor.proposed(bytes([1] * 32), b"a")
    assert len(factor.proposed(key, b"a")) == 20


def test_the_picture_is_an_element_without_style_or_script() -> None:
    picture = factor.picture(SECRET, '<script>"王"&')
    root = ET.fromstring(picture)  # noqa: S314 - our own text
    assert root.tag.endswith("svg")
    assert not [e for e in root.iter() if "style" in e.attrib or e.tag.endswith("script")]
