"""Every check at its borders: the first and the last day, the half of a condition, the day after."""

import pytest

from tests.acceptance.lines import (
    ALL_PARTS,
    BUREAU,
    CENTRE,
    COOK,
    ELECTRICIAN,
    LATHE,
    PUBLISHER,
    WELDER,
    certificate,
    changed,
    closed,
    corrected,
    dispatched,
    ended,
    entry_of,
    finding,
    granted,
    identity,
    inspector,
    item,
    line,
    listed,
    municipal,
    ordered,
    planned,
    received,
    rectified,
    renewed,
    reporter,
    serial,
    session,
    spot_check,
    suspended,
    uscc,
    way_of,
)


def lasting(held, until: str):
    """The session over several days."""
    return changed(held, held_to=until)


# Several days


@pytest.mark.parametrize(
    ("first", "last", "breach"),
    [
        ("2024-06-30", "2024-07-01", True),
        ("2024-07-01", "2024-07-03", False),
        ("2027-06-29", "2027-06-30", None),
    ],
)
def test_a_session_of_several_days_is_listed_on_each_of_them(office, first, last, breach):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4"), until="2026-07-01"))
    if breach is None:
        first, last = "2026-06-30", "2026-07-01"
    office.load(lasting(session(code, ELECTRICIAN, "4", first), last))
    assert ("S7" in office.breaches(code)) is (breach is not False)


def test_a_suspension_of_one_day_in_the_middle_is_seen(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4")),
        suspended(code, "2025-03-12", until="2025-03-13"),
        lasting(session(code, ELECTRICIAN, "4", "2025-03-10"), "2025-03-14"),
        lasting(session(code, ELECTRICIAN, "4", "2025-03-13"), "2025-03-14"),
        lasting(session(code, ELECTRICIAN, "4", "2025-03-09"), "2025-03-11"),
    )
    days = [f["valid_at"] for f in office.flags(code, check="S7")]
    assert days == ["2025-03-10"]


def test_a_scope_that_ends_during_the_session_is_s1(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4"), item(COOK, "4")),
        granted(code, "2025-03-12", removed=(item(ELECTRICIAN, "4"),)),
        lasting(session(code, ELECTRICIAN, "4", "2025-03-10"), "2025-03-12"),
        lasting(session(code, ELECTRICIAN, "4", "2025-03-08"), "2025-03-11"),
    )
    assert [f["valid_at"] for f in office.flags(code, check="S1")] == ["2025-03-10"]


# S3


@pytest.mark.parametrize(
    ("trade", "day", "verdict"),
    [
        (None, "2021-11-22", ["breach"]),
        (None, "2021-11-23", ["undecided"]),
        ("民用核安全设备焊工", "2021-11-23", ["breach"]),
        ("电焊工", "2021-11-23", []),
        ("电焊工", "2021-11-22", ["breach"]),
    ],
)
def test_welders_are_barred_altogether_and_then_for_nuclear_work_alone(office, trade, day, verdict):
    code = uscc()
    held = session(code, {**WELDER, "trade": trade}, "4", day)
    office.load(*listed(code, item(ELECTRICIAN, "4")), held)
    assert office.verdicts(code, "S3") == verdict


# S5


def test_a_holder_of_no_category_is_s5_once(office):
    code, paper, held = office.certified()
    other = certificate(held)
    other["data"]["holder"]["category"] = "other"
    office.load(other)
    (flag,) = office.flags(code, check="S5")
    assert flag["certificate_no"] == other["data"]["certificate_no"]
    people = session(code, ELECTRICIAN, "5", "2025-03-11", candidates={"other": 1})
    paper = certificate(people)
    paper["data"]["holder"]["category"] = "other"
    office.load(people, paper)
    flags = office.flags(code, check="S5", from_="2025-03-11", to="2025-03-11")
    assert [f["assessment_id"] for f in flags] == [people["data"]["assessment_id"]]
    assert len(office.flags(code, check="S5")) == 2


# S6


def test_an_own_method_counts_from_the_plan_that_declares_it(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4"), own_method="车间比武", methods=("own",)))
    for method, found in (("own", []), ("车间比武", []), ("examination", []), ("抓阄", ["S6"])):
        day = f"2025-03-{10 + len(method)}"
        office.load(session(code, ELECTRICIAN, "4", day, method=method))
        assert [f["code"] for f in office.flags(code, from_=day, to=day)] == found, method


def test_before_the_listing_no_plan_declares_a_method(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4"), own_method="车间比武", methods=("own",)))
    office.load(session(code, ELECTRICIAN, "4", "2024-06-30", method="own"))
    assert office.breaches(code) == ["S6", "S7"]


# S8


def test_a_plan_is_for_its_own_year(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4"), plans=(2024, 2026)),
        session(code, ELECTRICIAN, "4", "2024-12-31"),
        session(code, ELECTRICIAN, "4", "2025-01-01"),
        session(code, ELECTRICIAN, "4", "2026-01-09"),
        session(code, ELECTRICIAN, "4", "2026-01-10"),
    )
    days = [f["valid_at"] for f in office.flags(code, check="S8")]
    assert sorted(days) == ["2025-01-01"]  # the plan of 2026 came before the deadline


def test_no_receipt_and_no_plan_are_one_flag(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4"), plans=(), receipt=False),
        session(code, ELECTRICIAN, "4", "2025-03-10"),
    )
    (flag,) = office.flags(code)
    assert flag["code"] == "S8"
    assert "回执" in flag["message"]["zh"]
    assert "2025" in flag["message"]["zh"]
    office.load(received(code, on="2025-03-10"))
    assert office.breaches(code) == ["P1", "S8"]  # of 2026, for which no plan came either
    office.load(planned(code, 2025, on="2025-03-10"), planned(code, 2026))
    assert office.breaches(code) == []


# S9


def test_a_unit_is_covered_again_after_its_release(office):
    code, unit = uscc(), uscc()
    on = [
        line("UnitReleased", "2025-02-01", reporter(code), uscc=code, unit_uscc=unit),
        line(
            "UnitCovered",
            "2025-03-01",
            reporter(code),
            uscc=code,
            unit_uscc=unit,
            unit_name="第一分公司",
        ),
    ]
    office.load(*municipal(code, unit), *on)
    days = ("2024-07-31", "2024-08-01", "2025-01-31", "2025-02-01", "2025-02-28", "2025-03-01")
    office.load(*(session(code, ELECTRICIAN, "4", day, unit=unit) for day in days))
    found = sorted(f["valid_at"] for f in office.flags(code, check="S9"))
    assert found == ["2024-07-31", "2025-02-01", "2025-02-28"]


# C1


@pytest.mark.parametrize(
    ("number", "verdict"),
    [
        ("Y{i}11{s}254{n}", []),
        ("S{i}11{s}254{n}", ["breach"]),
        ("Y{i}12{s}254{n}", ["breach"]),
        ("Y{i}11{s}244{n}", ["breach"]),
        ("Y{i}11{s}255{n}", ["breach"]),
        ("Y{i}11{s}25A{n}", ["breach"]),
        ("Y{i}11{s}256{n}", ["undecided"]),
        ("y{i}11{s}254{n}", ["undecided"]),
        ("Y{i}11{s}254{n}1", ["undecided"]),
        ("Y{i}11{s}254１{s}", ["undecided"]),
    ],
)
def test_each_part_of_a_number_is_held_against_the_record(office, number, verdict):
    s, n = f"{next(serial):06d}", f"{next(serial):06d}"
    code, _, _ = office.certified(number=number.format(i="0000", s=s, n=n))
    assert office.verdicts(code, "C1") == verdict


def test_a_letter_stands_for_a_special_technician(office):
    code = uscc()
    held = session(code, ELECTRICIAN, "special", "2025-03-10")
    paper = certificate(held, number=f"Y000011{next(serial):06d}25T{next(serial):06d}")
    digit = certificate(held, number=f"Y000011{next(serial):06d}251{next(serial):06d}")
    office.load(*listed(code, item(ELECTRICIAN, "special")), held, paper, digit)
    flags = office.flags(code, check="C1")
    assert [f["certificate_no"] for f in flags] == [digit["data"]["certificate_no"]]


# C2, C3, T1


def test_a_revoked_certificate_does_not_stand_in_the_way(office):
    who = identity()
    code, paper, _ = office.certified(id_no=who)
    no = paper["data"]["certificate_no"]
    again = session(code, ELECTRICIAN, "4", "2025-06-10")
    office.load(again, certificate(again, day="2025-06-20", id_no=who))
    assert office.breaches(code) == ["C2"]
    office.load(ended("CertificateRevoked", no, code, reason="弄虚作假"))
    assert office.breaches(code) == []
    (flag,) = office.flags(code, case="then_not_now")
    assert flag["code"] == "C2"


def test_a_revocation_after_the_second_certificate_leaves_it_a_second_one(office):
    who = identity()
    code, paper, _ = office.certified(id_no=who)
    again = session(code, ELECTRICIAN, "4", "2025-04-10")
    office.load(again, certificate(again, day="2025-04-20", id_no=who))
    no = paper["data"]["certificate_no"]
    office.load(ended("CertificateRevoked", no, code, reason="弄虚作假"))
    assert office.breaches(code) == ["C2"]


def test_the_same_occupation_of_another_trade_is_another_certificate(office):
    code, who = uscc(), identity()
    trades = [{**ELECTRICIAN, "trade": t} for t in ("甲", "乙")]
    held = [session(code, t, "4", f"2025-03-1{n}") for n, t in enumerate(trades)]
    held[1] = changed(held[1], assessment_id=f"as-{code}-2")
    office.load(
        *listed(code, *(item(t, "4") for t in trades)),
        *held,
        *(certificate(each, id_no=who) for each in held),
    )
    assert office.breaches(code) == []


def test_as_many_certificates_as_candidates_are_clear(office):
    code, _, held = office.certified(people={"employee": 1, "student": 1})
    office.load(certificate(held))
    assert office.found(code) == []
    office.load(certificate(held))
    (flag,) = office.flags(code)
    assert (flag["code"], flag["clause"], flag["case"]) == ("C3", "七(二)", "now_not_then")


@pytest.mark.parametrize("level", ["special", "chief", "3", "apprentice"])
def test_only_technicians_need_the_added_parts(office, level):
    code = uscc()
    held = session(code, ELECTRICIAN, level, "2025-03-10")
    paper = certificate(held, number=f"Y000011{next(serial):06d}25Z{next(serial):06d}")
    office.load(*listed(code, item(ELECTRICIAN, level)), held, paper)
    assert office.verdicts(code, "T1") == []


def test_content_that_was_not_reported_is_undecided(office):
    code = uscc()
    held = session(code, ELECTRICIAN, "2", "2025-03-10")
    paper = certificate(held, content=ALL_PARTS)
    del paper["data"]["results"]["content"]
    office.load(*listed(code, item(ELECTRICIAN, "2")), held, paper)
    assert office.verdicts(code, "T1") == ["undecided"]


def test_a_certificate_that_departs_from_its_session_is_judged_by_what_it_says(office):
    code, _, held = office.certified()
    office.load(granted(code, "2024-07-02", removed=(item(ELECTRICIAN, "3"),)))
    other = changed(certificate(held), level="3")
    other = changed(other, certificate_no=f"Y000011{next(serial):06d}253{next(serial):06d}")
    third = changed(certificate(held), occupation=LATHE)
    office.load(other, third)
    found = {(f["code"], f["certificate_no"]) for f in office.flags(code, verdict="breach")}
    assert found == {
        ("S2", other["data"]["certificate_no"]),
        ("R2", other["data"]["certificate_no"]),
        ("S1", third["data"]["certificate_no"]),
        ("R2", third["data"]["certificate_no"]),
    }


# Q1, Q2


@pytest.mark.parametrize(
    ("inspectors", "found"),
    [
        ([inspector(1), inspector(2)], []),
        ([inspector(1)], ["Q1"]),
        ([inspector(1), inspector(1)], ["Q1"]),
        ([inspector(1), inspector(2, card_no="")], ["Q1"]),
        ([inspector(1), inspector(2, recusal_declared=True)], ["Q1"]),
        (
            [inspector(1), {k: v for k, v in inspector(2).items() if k != "recusal_declared"}],
            ["Q1"],
        ),
        ([], ["Q1"]),
    ],
)
def test_a_spot_check_needs_two_with_cards_and_no_ground_for_recusal(office, inspectors, found):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")), spot_check(code, inspectors))
    assert office.breaches(code) == found


def test_who_declared_a_ground_for_recusal_is_not_sent(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")))
    declared = [inspector(1), inspector(2, recusal_declared=True)]
    (refused,) = office.refuse(dispatched(code, declared), field="inspectors.1")
    assert refused["code"] == "inspector-recused"


def test_a_deadline_has_passed_on_the_day_after_it_until_the_report(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4")),
        finding(code),
        ordered(code, "2025-04-10"),
        rectified(code, "2025-04-15"),
    )
    for day, found in (
        ("2025-04-10", []),
        ("2025-04-11", ["Q2"]),
        ("2025-04-14", ["Q2"]),
        ("2025-04-15", []),
    ):
        assert office.breaches(code, valid_at=day) == found, day
    (flag,) = office.flags(code, check="Q2", valid_at="2025-04-12")
    assert flag["finding_id"] == f"f-{code[-8:]}"
    assert flag["clause"] == "七"


def test_another_order_puts_another_deadline_in_the_place_of_the_first(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4")),
        finding(code),
        ordered(code, "2025-04-10"),
        ordered(code, "2025-04-30", day="2025-04-05"),
        ordered(code, "2025-05-31", day="2025-05-11"),
        rectified(code, "2025-06-02"),
    )
    for day, due in (
        ("2025-04-10", []),
        ("2025-04-11", []),  # extended in time
        ("2025-04-30", []),
        ("2025-05-01", ["2025-04-30"]),
        ("2025-05-10", ["2025-04-30"]),
        ("2025-05-11", []),  # extended too late
        ("2025-05-31", []),
        ("2025-06-01", ["2025-05-31"]),
        ("2025-06-02", []),
    ):
        flags = office.flags(code, check="Q2", verdict="breach", valid_at=day)
        assert len(flags) == len(due), day
        assert all(d in flag["message"]["en"] for d, flag in zip(due, flags, strict=True)), day


def test_a_finding_that_was_withdrawn_has_no_deadline(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")), finding(code), ordered(code, "2025-04-10"))
    assert office.breaches(code) == ["Q2"]
    withdrawn = changed(closed(code, "2025-05-01"), reason="有误")
    del withdrawn["data"]["outcome"]
    office.load({**withdrawn, "type": "FindingWithdrawn"})
    assert office.breaches(code) == []
    assert office.breaches(code, valid_at="2025-04-30") == []  # it never was overdue


# Standing


def test_a_listing_that_begins_on_29_february_ends_with_february(office):
    way = way_of(uscc(), receipt=False)
    entry = {"valid_from": "2028-02-29"}  # never before its publication
    steps = [x for kind, lines in way.items() if kind != "RosterPublished" for x in lines]
    office.load(*(x for x in steps if x["type"] != "AnnualPlanFiled"))
    (refused,) = office.refuse(entry_of(way, **entry, valid_to="2031-03-02"), field="valid_to")
    assert refused["code"] == "period-too-long"
    office.load(entry_of(way, **entry, valid_to="2031-03-01"))  # 28 February is the last day


def _again(step, code: str):
    """The step as one of a second application, published from 1 January 2025 on."""
    named = {"application_id", "batch", "receipt_no"}
    data = {k: f"{v}-2" if k in named else v for k, v in step["data"].items()}
    if "entries" not in data:
        return {**step, "data": data}
    first = "2025-01-01"
    entry = {**data["entries"][0], "application_id": f"app-{code[-8:]}-2", "valid_from": first}
    return {
        **step,
        "valid_from": first,
        "data": {**data, "published_on": first, "entries": [entry]},
    }


def test_a_second_application_brings_its_own_scope_and_needs_its_own_receipt(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")))
    steps = [
        x
        for x in listed(code, item(COOK, "4"), plans=())
        if "uscc" not in x["data"] or "window" in x["data"]
    ]
    second = [_again(x, code) for x in steps]
    office.load(*second[:-1])
    office.load(
        session(code, ELECTRICIAN, "4", "2024-12-31"),
        session(code, ELECTRICIAN, "4", "2025-01-10"),
        session(code, COOK, "4", "2025-01-10"),
    )
    found = {(f["code"], f["assessment_id"][-13:]) for f in office.flags(code)}
    assert {c for c, _ in found} == {"S8"}  # the second grant adds to the first, without a receipt
    office.load(second[-1])
    assert office.breaches(code) == [], office.flags(code)


def test_a_measure_of_the_kind_suspension_changes_no_standing(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")), finding(code))
    office.load(
        line(
            "MeasureImposed",
            "2025-03-20",
            BUREAU,
            finding_id=f"f-{code[-8:]}",
            measure_id="m-1",
            kind="暂停",
            effective_from="2025-04-01",
        ),
        session(code, ELECTRICIAN, "4", "2025-04-10"),
    )
    assert office.standing(code, "2025-04-10") == ["listed"]
    assert office.breaches(code) == []


def test_a_removal_outlasts_a_renewal_that_was_decided_before_it(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4"), until="2026-01-01"),
        renewed(code, "2025-10-01", "2026-01-01", "2029-01-01"),
    )
    then = office.position()
    removal = line("ListingRemoved", "2025-11-01", BUREAU, uscc=code, basis="严重违规")
    office.load(removal, session(code, ELECTRICIAN, "4", "2026-03-10"))
    for day, known, now in (
        ("2025-10-31", "listed", "listed"),
        ("2025-11-01", "listed", "removed"),
        ("2026-01-01", "listed", "removed"),
        ("2028-12-31", "listed", "removed"),
    ):
        assert office.standing(code, day, position=then) == [known]
        assert office.standing(code, day) == [now]
    assert office.breaches(code) == ["S7"]


def test_a_removed_enterprise_may_be_listed_again_by_another_publication(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4")),
        line("ListingRemoved", "2025-01-01", BUREAU, uscc=code, basis="严重违规"),
    )
    (refused,) = office.refuse(renewed(code, "2025-02-01", "2025-02-01", "2026-02-01"))
    assert refused["code"] == "listing-removed"
    (again,) = office.refuse(suspended(code, "2025-02-01"))
    assert again["code"] == "listing-removed"
    assert office.standing(code, "2025-01-01") == ["removed"]
    assert office.standing(code, "2024-12-31") == ["listed"]


@pytest.mark.parametrize(
    ("day", "window", "taken"),
    [
        ("2024-05-31", "2024-05", True),
        ("2024-06-01", "2024-05", False),
        ("2024-10-31", "2024-10", True),
        ("2024-11-01", "2024-10", False),
        ("2024-11-01", "2025-05", True),
        ("2024-05-10", "2024-10", True),
    ],
)
def test_windows_close_on_their_last_day(office, day, window, taken):
    way = way_of(uscc())
    office.load(*way["EnterpriseRegistered"])
    asked = {**changed(way["ApplicationSubmitted"][0], window=window), "valid_from": day}
    if taken:
        office.load(asked)
    else:
        assert office.refuse(asked, field="window")[0]["code"] == "window-closed"


def test_the_centre_does_not_publish_and_the_bureau_issues_no_receipt(office):
    way = way_of(uscc())
    published = {**way["RosterPublished"][0], "actor": CENTRE}
    receipt = {**way["ReceiptIssued"][0], "actor": PUBLISHER}
    for refused in office.refuse(published, receipt):
        assert refused["code"] == "role-not-allowed"


def test_a_correction_of_the_units_day_moves_what_rests_on_it(office):
    code, unit = uscc(), uscc()
    office.load(*municipal(code, unit), session(code, ELECTRICIAN, "4", "2024-07-20", unit=unit))
    assert office.breaches(code) == ["S9"]
    where = office.history(code, "UnitCovered")[0]["position"]
    office.load(corrected(where, valid_from="2024-07-20"))
    assert office.breaches(code) == []
