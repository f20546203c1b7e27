"""Identifiers: the examples of the sources, and that a slip of one character is always seen."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.terms.identifiers import (
    USCC_ALPHABET,
    certificate_number,
    flag_key,
    flag_parts,
    is_card_number,
    is_identity_number,
    is_uscc,
    masked_name,
    uscc_check_character,
)
from domain.terms.vocabulary import Level, level_from

USCCS = st.text(USCC_ALPHABET, min_size=17, max_size=17).map(
    lambda head: head + uscc_check_character(head)
)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def identity_number(region: int, born: date, serial: int) -> str:
    head = f"{region:06d}{born:%Y%m%d}{serial:03d}"
    remainder = sum(int(c) * w for c, w in zip(head, WEIGHTS, strict=True)) % 11
    return head + str((12 - remainder) % 11).replace("10", "X")


IDENTITY_NUMBERS = st.builds(
    identity_number,
    st.integers(110000, 659999),
    st.dates(date(1900, 1, 1), date(2020, 12, 31)),
    st.integers(0, 999),
)


@pytest.mark.parametrize("text", ["91110302562134916R", "91110000710939135P", "911100005858054799"])
def test_the_published_codes_are_valid(text: str):
    assert is_uscc(text)


@pytest.mark.parametrize(
    "text",
    [
        "91110302MA222LU88A",
        "",
        "91110302562134916",
        "91110302562134916RR",
        "91110302562134916r",
        "91110302562134916R\n",
        " 91110302562134916R",
        "9111030256213491６R",  # full width
        "91110302I62134916R",
        "91110302O62134916R",
        "91110302S62134916R",
        "91110302V62134916R",
        "91110302Z62134916R",
    ],
)
def test_a_code_of_wrong_form_or_check_character_is_not_valid(text: str):
    assert not is_uscc(text)


@given(USCCS, st.integers(0, 17), st.sampled_from(USCC_ALPHABET))
def test_any_single_substitution_breaks_a_uscc(text: str, place: int, character: str):
    assume(text[place] != character)
    assert is_uscc(text)
    assert not is_uscc(text[:place] + character + text[place + 1 :])


@given(IDENTITY_NUMBERS, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_any_single_substitution_breaks_an_identity_number(text: str, place: int, character: str):
    assume(text[place] != character)
    assert is_identity_number(text)
    assert not is_identity_number(text[:place] + character + text[place + 1 :])


@pytest.mark.parametrize("text", ["11010519491231002X", "440524188001010014"])
def test_the_examples_of_the_standard_are_identity_numbers(text: str):
    assert is_identity_number(text)


@pytest.mark.parametrize(
    "text",
    ["11010519491231002x", "110105194912310021", "1101051949123100", "", "１1010519491231002X"],
)
def test_a_slip_is_no_identity_number(text: str):
    assert not is_identity_number(text)


@given(st.integers(0, 999))
def test_a_day_that_never_was_is_in_no_identity_number(serial: int):
    head = f"11010519490230{serial:03d}"
    remainder = sum(int(c) * w for c, w in zip(head, WEIGHTS, strict=True)) % 11
    assert not is_identity_number(head + str((12 - remainder) % 11).replace("10", "X"))


def test_a_certificate_number_is_taken_apart():
    parts = certificate_number("Y000011123456254000001")
    assert parts is not None
    assert (parts.category, parts.institution, parts.province) == ("Y", "0000", "11")
    assert (parts.serial_of_institution, parts.year, parts.level_mark) == ("123456", 25, "4")
    assert (parts.serial, parts.level) == ("000001", Level.FOUR)


def test_a_letter_as_level_mark_names_no_level_by_itself():
    parts = certificate_number("S00001112345625T000001")
    assert parts is not None
    assert parts.level is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "X000011123456254000001",
        "Y000011123456256000001",
        "Y00001112345625400001",
        "Y0000111234562540000011",
        "y000011123456254000001",
        "Y000011123456254000001 ",
        "Y00001112345625400000１",
    ],
)
def test_another_pattern_has_no_parts(text: str):
    assert certificate_number(text) is None


@pytest.mark.parametrize(("text", "valid"), [
    ("R11240001", True),
    ("R31999999", True),
    ("R1124001", False),
    ("r11240001", False),
    ("R112400011", False),
    ("S11240001", False),
])  # fmt: skip
def test_only_the_shape_of_a_card_number_is_checked(text: str, valid: bool):  # noqa: FBT001
    assert is_card_number(text) is valid


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("张三丰", "张**"),
        ("欧阳娜娜", "欧阳**"),
        ("欧阳娜", "欧阳*"),
        ("东方", "东*"),
        ("张", "张*"),
    ],
)
def test_a_masked_name_keeps_the_surname_alone(name: str, masked: str):
    assert masked_name(name) == masked


@given(st.text(min_size=1))
def test_no_masked_name_shows_the_whole_name(name: str):
    assert masked_name(name).endswith("*")


@given(
    st.sampled_from(["S1", "S9", "S10", "G2", "R2", "C3", "T2", "V1", "Q2"]), st.integers(1, 10**15)
)
def test_a_flag_key_is_taken_apart_again(code: str, position: int):
    assert flag_parts(flag_key(code, position)) == (code, position)


@pytest.mark.parametrize(
    "key",
    ["", "S1", "S1-", "S1-0", "S1-01", "S1-1 ", "X1-1", "S11-1", "S1--1", "P1-1", "S1-1-2025"],
)
def test_other_text_is_no_flag_key(key: str):
    assert flag_parts(key) is None


def test_the_key_of_a_late_plan_names_its_year():
    assert flag_parts("P1-7-2026") == ("P1", 7)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("初级工", Level.FIVE),
        ("五级", Level.FIVE),
        ("5", Level.FIVE),
        ("初级", Level.FIVE),
        ("五级／初级工", Level.FIVE),
        (" 一级 / 高级技师 ", Level.ONE),
        ("技师", Level.TWO),
        ("学徒工", Level.APPRENTICE),
        ("首席技师", Level.CHIEF),
        ("六级", None),
        ("", None),
    ],
)
def test_a_level_is_read_in_the_forms_that_people_write(text: str, level: Level | None):
    assert level_from(text) is level


def test_levels_rise_by_rank_while_their_digits_fall():
    assert [level.value for level in sorted(Level, key=lambda level: level.rank)] == [
        "apprentice", "5", "4", "3", "2", "1", "special", "chief",
    ]  # fmt: skip


def test_every_level_has_its_names_in_both_languages_and_is_read_back():
    assert len({level.zh for level in Level}) == len({level.en for level in Level}) == len(Level)
    assert all(
        level_from(level.zh) is level and level_from(level.value) is level for level in Level
    )


def test_a_day_is_no_part_of_the_check():
    assert is_identity_number(identity_number(110105, date(1949, 12, 31) + timedelta(days=1), 2))
