"""Who was assessed, how, by which unit, with receipt and plan: S5, S6, S8, S9."""

from tests.acceptance.lines import (
    CENTRE,
    COOK,
    ELECTRICIAN,
    item,
    line,
    listed,
    municipal,
    planned,
    reporter,
    session,
    uscc,
)


def test_a_candidate_of_no_category_is_s5(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4")),
        session(code, ELECTRICIAN, "4", "2025-03-10", candidates={"other": 1}),
    )
    assert office.breaches(code) == ["S5"]
    assert office.flags(code)[0]["clause"] == "二(一)"


def test_the_four_categories_are_clear(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4")),
        session(
            code,
            ELECTRICIAN,
            "4",
            "2025-03-10",
            candidates={"dispatched": 2, "student": 3, "apprentice": 4},
        ),
    )
    assert office.flags(code) == []


def test_an_own_method_without_declaration_is_s6(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4")),
        session(code, ELECTRICIAN, "4", "2025-03-10", method="own"),
    )
    assert office.breaches(code) == ["S6"]
    assert office.flags(code)[0]["clause"] == "二(三)"


def test_an_own_method_that_was_declared_is_clear(office):
    code = uscc()
    office.load(
        *listed(
            code, item(ELECTRICIAN, "4"), methods=("examination", "own"), own_method="岗位练兵积分"
        ),
        session(code, ELECTRICIAN, "4", "2025-03-10", method="own"),
    )
    assert office.flags(code) == []


def test_each_of_the_four_methods_is_clear(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "5", "4", "3", "2")),
        *[
            session(code, ELECTRICIAN, lv, "2025-03-10", method=m)
            for m, lv in (("examination", "5"), ("process", "4"), ("performance", "3"))
        ],
        session(code, ELECTRICIAN, "2", "2025-03-11", method="direct", mode="no_session"),
    )
    assert [f for f in office.flags(code) if f["code"] == "S6"] == []


def test_a_session_without_a_receipt_is_s8(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4"), receipt=False),
        session(code, ELECTRICIAN, "4", "2025-03-10"),
    )
    assert office.breaches(code) == ["S8"]
    assert office.flags(code)[0]["clause"] == "六(四)"


def test_a_receipt_counts_from_its_day(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4"), receipt=False),
        line(
            "ReceiptIssued",
            "2025-03-10",
            CENTRE,
            application_id=f"app-{code[-8:]}",
            receipt_no=f"R-{code[-8:]}",
            issued_on="2025-03-10",
        ),
        session(code, ELECTRICIAN, "4", "2025-03-10"),
    )
    assert office.breaches(code) == []
    office.load(session(code, ELECTRICIAN, "4", "2025-03-09"))
    assert office.breaches(code) == ["S8"]


def test_a_year_without_a_plan_is_s8(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4"), plans=(2024, 2025)),
        session(code, ELECTRICIAN, "4", "2025-12-31"),
    )
    assert office.breaches(code, valid_at="2026-01-31") == []
    office.load(session(code, ELECTRICIAN, "4", "2026-01-01"))
    assert office.breaches(code) == ["P1", "S8"]
    assert office.breaches(code, valid_at="2026-01-31") == []  # it is not due yet


def test_a_session_before_the_deadline_is_in_order_if_the_plan_came_by_then(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4")), session(code, ELECTRICIAN, "4", "2025-01-09")
    )
    assert office.breaches(code) == []


def test_a_plan_filed_in_time_but_learnt_late_clears(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4"), plans=(2024,)),
        session(code, ELECTRICIAN, "4", "2025-03-10"),
    )
    assert office.breaches(code) == ["P1", "S8"]
    office.load(
        planned(code, 2026),
        line(
            "AnnualPlanFiled",
            "2025-02-01",
            reporter(code),
            uscc=code,
            year=2025,
            summary={"sessions": 0, "candidates": 0, "certificates": 0},
            sessions=[],
        ),
    )
    assert office.breaches(code) == []
    assert [f["code"] for f in office.flags(code, case="then_not_now")] == ["S8"]


def test_a_unit_that_is_not_covered_is_s9(office):
    code, unit = uscc(), uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4")),
        session(code, ELECTRICIAN, "4", "2025-03-10", unit=unit),
    )
    assert office.breaches(code) == ["S9"]
    assert office.flags(code)[0]["clause"] == "六(一)"


def test_a_covered_unit_is_clear_from_its_day_until_its_release(office):
    code, unit = uscc(), uscc()
    office.load(
        *municipal(code, unit),
        line("UnitReleased", "2025-05-01", reporter(code), uscc=code, unit_uscc=unit),
        *[session(code, ELECTRICIAN, "4", d, unit=unit) for d in ("2024-08-01", "2025-04-30")],
    )
    assert office.breaches(code) == []
    office.load(
        *[session(code, ELECTRICIAN, "4", d, unit=unit) for d in ("2024-07-31", "2025-05-01")]
    )
    assert office.breaches(code) == ["S9", "S9"]


def test_the_applicant_itself_as_unit_is_clear(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4")),
        session(code, ELECTRICIAN, "4", "2025-03-10", unit=code),
    )
    assert office.breaches(code) == []


def test_a_unit_covered_late_for_an_earlier_day_clears(office):
    code, unit = uscc(), uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4"), kind="municipal"),
        session(code, ELECTRICIAN, "4", "2025-03-10", unit=unit),
    )
    assert office.breaches(code) == ["S9"]
    office.load(
        line(
            "UnitCovered",
            "2025-03-01",
            reporter(code),
            uscc=code,
            unit_uscc=unit,
            unit_name="第一分公司",
        )
    )
    assert office.breaches(code) == []
    assert [f["code"] for f in office.flags(code, case="then_not_now")] == ["S9"]


def test_a_flag_on_a_covered_unit_names_applicant_and_unit(office):
    code, unit = uscc(), uscc()
    office.load(*municipal(code, unit), session(code, COOK, "4", "2025-03-10", unit=unit))
    (flag,) = office.flags(code)
    assert flag["code"] == "S1", flag
    assert any(r["uscc"] == code for r in flag["responsible"]), flag
    assert len({r["role"] for r in flag["responsible"]}) >= 2, flag
