"""The occupation and the level are confirmed on the day: S1 to S4."""

import re

from tests.acceptance.lines import (
    COOK,
    ELECTRICIAN,
    FIREMAN,
    GHOST,
    GUARD,
    WELDER,
    granted,
    item,
    listed,
    registered,
    session,
    uscc,
)


def test_s1_stands_alone_without_s2(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "5")), session(code, COOK, "1", "2025-03-10"))
    assert office.breaches(code) == ["S1"]


def test_s1_when_the_trade_differs(office):
    code = uscc()
    a, b = {**ELECTRICIAN, "trade": "维修电工"}, {**ELECTRICIAN, "trade": "变电站电工"}
    office.load(*listed(code, item(a, "4")), session(code, a, "4", "2025-03-10"))
    assert office.breaches(code) == []
    office.load(session(code, b, "4", "2025-03-11"))
    assert office.breaches(code) == ["S1"]


def test_s1_when_the_name_differs_under_the_same_code(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4")),
        session(code, {**ELECTRICIAN, "name": "中式烹调师"}, "4", "2025-03-10"),
    )
    found = {(f["code"], f["verdict"]) for f in office.flags(code)}
    assert ("S1", "breach") in found or ("S1", "undecided") in found, found


def test_an_occupation_of_another_edition_is_never_matched_by_its_bare_code(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4")),
        session(code, {**ELECTRICIAN, "edition": "2015"}, "4", "2025-03-10"),
    )
    found = {(f["code"], f["verdict"]) for f in office.flags(code)}
    assert {("S1", "breach"), ("S1", "undecided")} & found, found


def test_s2_names_level_and_occupation_in_both_languages(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "5", "4"), item(COOK, "3")),
        session(code, ELECTRICIAN, "3", "2025-03-10"),
    )
    (flag,) = office.flags(code)
    assert flag["code"] == "S2", flag
    assert "电工" in flag["message"]["zh"], flag
    assert re.search("[a-z]", flag["message"]["en"]), flag


def test_two_items_of_one_occupation_add_their_levels(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "5"), item(COOK, "4")))
    office.load(granted(code, "2025-01-01", added=(item(ELECTRICIAN, "3"),)))
    office.load(*[session(code, ELECTRICIAN, x, "2025-03-10") for x in ("5", "3")])
    assert office.breaches(code) == []
    office.load(session(code, ELECTRICIAN, "4", "2025-03-10"))
    assert office.breaches(code) == ["S2"]


def test_a_level_added_counts_from_its_day_on(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "5")),
        granted(code, "2025-03-10", added=(item(ELECTRICIAN, "4"),)),
        session(code, ELECTRICIAN, "4", "2025-03-10"),
    )
    assert office.breaches(code) == []
    office.load(session(code, ELECTRICIAN, "4", "2025-03-09"))
    assert office.breaches(code) == ["S2"]


def test_a_level_taken_away_counts_from_its_day_on(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "5", "4")),
        granted(code, "2025-03-10", removed=(item(ELECTRICIAN, "4"),)),
        session(code, ELECTRICIAN, "4", "2025-03-09"),
        session(code, ELECTRICIAN, "5", "2025-03-11"),
    )
    assert office.breaches(code) == []
    office.load(session(code, ELECTRICIAN, "4", "2025-03-10"))
    assert office.breaches(code) == ["S2"]


def test_taking_away_every_level_of_an_occupation_makes_s1(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "5", "4"), item(COOK, "5")),
        granted(code, "2025-03-10", removed=(item(ELECTRICIAN, "5", "4"),)),
        session(code, ELECTRICIAN, "4", "2025-03-10"),
    )
    assert office.breaches(code) == ["S1"]


def test_half_a_grant_turns_s1_into_s2(office):
    code = uscc()
    office.load(*listed(code, item(COOK, "5")), session(code, ELECTRICIAN, "4", "2025-03-10"))
    then = office.position()
    office.load(granted(code, "2025-03-01", added=(item(ELECTRICIAN, "5"),)))
    assert office.breaches(code) == ["S2"]
    assert office.breaches(code, position=then) == ["S1"]
    assert [f["code"] for f in office.flags(code, case="then_not_now")] == ["S1"]
    assert [f["code"] for f in office.flags(code, case="now_not_then")] == ["S2"]


def test_special_levels_are_levels(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "1", "special")),
        session(code, ELECTRICIAN, "special", "2025-03-10"),
        session(code, ELECTRICIAN, "chief", "2025-03-11"),
    )
    assert office.breaches(code) == ["S2"]


def test_s3_stands_beside_s1(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")), session(code, GUARD, "4", "2025-03-10"))
    assert office.breaches(code) == ["S1", "S3"]


def barred(office, occupation, day):
    code = uscc()
    office.load(registered(code, on="2020-05-01"), session(code, occupation, "4", day))
    return "S3" in office.breaches(code)


def test_a_guard_is_barred_from_23_november_2021(office):
    for edition in ("2022", "2015"):
        assert not barred(office, {**GUARD, "edition": edition}, "2021-11-22"), edition
    assert barred(office, GUARD, "2021-11-23")


def test_a_fireman_is_barred_from_23_november_2021(office):
    assert not barred(office, FIREMAN, "2021-11-22")
    assert barred(office, FIREMAN, "2021-11-23")


def test_a_welder_is_barred_until_22_november_2021(office):
    assert barred(office, WELDER, "2021-11-22")
    assert not barred(office, WELDER, "2021-11-23")


def test_a_welder_of_the_2015_edition_is_barred_until_22_november_2021(office):
    assert barred(office, {**WELDER, "edition": "2015"}, "2021-11-22")
    assert not barred(office, {**WELDER, "edition": "2015"}, "2021-11-23")


def test_s3_also_where_the_enterprise_is_unlisted(office):
    code = uscc()
    office.load(registered(code, on="2024-05-01"), session(code, GUARD, "4", "2025-03-10"))
    assert office.breaches(code) == ["S3", "S7"]


def test_an_occupation_in_no_edition_is_s4(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")), session(code, GHOST, "4", "2025-03-10"))
    assert office.breaches(code) == ["S1", "S4"]


def test_an_unknown_edition_is_never_clear_for_s4(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4")),
        session(code, {**ELECTRICIAN, "edition": "1999"}, "4", "2025-03-10"),
    )
    assert office.verdicts(code, "S4") in (["breach"], ["undecided"])
