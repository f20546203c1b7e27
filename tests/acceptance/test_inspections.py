"""Inspections, findings and their rectification: Q1, Q2, and the order of steps."""

import json

from tests.acceptance.lines import (
    ANALYST,
    ELECTRICIAN,
    FAR,
    SUPERVISOR,
    changed,
    closed,
    dispatched,
    district,
    finding,
    inspector,
    item,
    line,
    listed,
    ordered,
    rectified,
    registered,
    reinspected,
    reporter,
    spot_check,
    uscc,
)


def test_one_inspector_is_q1(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4")),
        dispatched(code, [inspector(1)]),
        spot_check(code, [inspector(1)]),
    )
    found = office.breaches(code)
    assert found, found
    assert set(found) == {"Q1"}, found


def test_a_missing_card_is_q1(office):
    code = uscc()
    two = [inspector(1), inspector(2, card_no="")]
    office.load(*listed(code, item(ELECTRICIAN, "4")), dispatched(code, two), spot_check(code, two))
    assert set(office.breaches(code)) == {"Q1"}


def test_a_null_card_is_q1(office):
    code = uscc()
    two = [inspector(1), inspector(2, card_no=None)]
    office.load(*listed(code, item(ELECTRICIAN, "4")), dispatched(code, two))
    assert set(office.breaches(code)) == {"Q1"}


def test_a_rectification_past_its_deadline_is_q2(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")), finding(code), ordered(code, "2025-04-01"))
    assert office.breaches(code) == ["Q2"]
    assert office.breaches(code, valid_at="2025-03-31") == []
    assert office.breaches(code, valid_at="2025-04-02") == ["Q2"]


def test_a_rectification_not_yet_due_is_no_q2(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")), finding(code), ordered(code, FAR))
    assert office.breaches(code) == []


def test_a_rectification_done_in_time_is_no_q2(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4")),
        finding(code),
        ordered(code, "2025-04-01"),
        rectified(code, "2025-03-25"),
        reinspected(code, "2025-03-28"),
        closed(code, "2025-03-30"),
    )
    assert office.breaches(code) == []
    assert office.breaches(code, valid_at="2025-04-02") == []


def test_an_inspector_keeps_to_the_own_district(office):
    code = uscc()
    two = [inspector(1), inspector(2)]
    office.load(*listed(code, item(ELECTRICIAN, "4")))
    office.mix(
        (dispatched(code, two, actor=reporter(code)), False),
        (dispatched(code, two, actor=ANALYST), False),
        (dispatched(code, two, actor=district("110105")), False),
        (dispatched(code, two), True),
        (spot_check(code, two, where="110105"), False),
        (spot_check(code, two, actor=district("110105")), False),
        (spot_check(code, two, actor=reporter(code)), False),
        (spot_check(code, two), True),
    )
    one = office.get(f"/v1/inspections/in-{code[-8:]}")
    assert "in-" in json.dumps(one), one


def test_an_inspection_by_the_district_itself(office):
    code = uscc()
    two = [inspector(1), inspector(2)]
    office.load(
        *listed(code, item(ELECTRICIAN, "4")),
        dispatched(code, two, actor=district("110108"), kind="日常监督检查"),
        spot_check(code, two),
    )
    assert office.breaches(code) == []


def test_an_inspection_of_nothing_is_refused(office):
    code = uscc()
    two = [inspector(1), inspector(2)]
    office.load(*listed(code, item(ELECTRICIAN, "4")), dispatched(code, two))
    office.refuse(
        dispatched(uscc(), two),
        dispatched(code, two, kind="散步", inspection_id=f"x-{code}"),
        spot_check(code, two, assessment_id="as-nothing"),
        spot_check(code, two, day=FAR),
        changed(
            spot_check(code, two),
            evidence=[{"sha256": "short", "media_type": "image/jpeg", "file_name": "x"}],
        ),
        changed(spot_check(code, two), captured_at="yesterday"),
    )


def test_a_late_offline_check_keeps_both_times(office):
    code = uscc()
    two = [inspector(1), inspector(2)]
    office.load(*listed(code, item(ELECTRICIAN, "4")), dispatched(code, two), spot_check(code, two))
    e = office.history(code, "SpotCheckRecorded")[0]
    assert e["valid_from"] == "2025-03-10", e
    assert e["recorded_at"][:4] >= "2026", e


def test_the_clock_of_a_device_is_evidence_and_never_a_day(office):
    code = uscc()
    ahead = spot_check(code, captured_at="2099-01-01T00:10:00+08:00", inspection_id=f"in-a-{code}")
    night = spot_check(code, captured_at="2025-03-09T16:30:00Z", inspection_id=f"in-n-{code}")
    office.load(registered(code), ahead, night)
    shown = {e["data"]["captured_at"]: e["valid_from"] for e in office.history(code)[:2]}
    assert shown == {"2098-12-31T16:10:00Z": "2025-03-10", "2025-03-09T16:30:00Z": "2025-03-10"}
    office.refuse(
        spot_check(code, captured_at="2025-03-10T10:00:00", inspection_id="in-x"),
        field="captured_at",
    )
    office.refuse(spot_check(code, day=FAR, inspection_id="in-y"), field="valid_from")


def test_a_finding_goes_its_whole_way(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4")),
        finding(code),
        ordered(code, "2025-04-01"),
        rectified(code, "2025-03-25"),
        reinspected(code, "2025-03-28"),
        closed(code, "2025-03-30"),
    )
    one = office.get(f"/v1/findings/f-{code[-8:]}")
    assert "closed" in json.dumps(one), one
    assert {
        "FindingRaised",
        "RectificationOrdered",
        "RectificationReported",
        "ReinspectionRecorded",
        "FindingClosed",
    } <= {e["type"] for e in office.items(f"/v1/enterprises/{code}/history")}


def test_a_finding_is_not_closed_with_open_rectification(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")), finding(code), ordered(code, "2025-04-01"))
    office.mix(
        (closed(code, "2025-03-20"), False),
        (rectified(code, "2025-03-25"), True),
        (closed(code, "2025-03-26"), False),
        (reinspected(code, "2025-03-27", passed=False), True),
        (closed(code, "2025-03-28"), False),
        (rectified(code, "2025-03-29"), True),
        (reinspected(code, "2025-03-30"), True),
        (closed(code, "2025-03-31"), True),
        (closed(code, "2025-04-01"), False),
        (ordered(code, "2025-06-01", day="2025-04-02"), False),
        (rectified(code, "2025-04-03"), False),
    )


def test_a_finding_needs_what_it_concerns(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")))
    office.refuse(
        finding(code, actor=reporter(code)),
        finding(code, actor=ANALYST),
        finding(code, actor=district("110105")),
        finding(uscc()),
        finding(code, severity="deadly"),
        finding(code, assessments=["as-nothing"]),
        finding(code, certificates=["nothing"]),
        finding(code, flags=["nothing"]),
        finding(code, inspection_id="in-nothing"),
        finding(code, day=FAR),
    )


def test_steps_of_a_finding_need_the_finding(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")))
    office.refuse(
        ordered(code, "2025-04-01"),
        rectified(code, "2025-03-25"),
        reinspected(code, "2025-03-26"),
        closed(code, "2025-03-27"),
        line("FindingWithdrawn", "2025-03-27", SUPERVISOR, finding_id=f"f-{code[-8:]}", reason="x"),
        line(
            "FindingDisputed",
            "2025-03-27",
            reporter(code),
            finding_id=f"f-{code[-8:]}",
            statement="x",
        ),
        line(
            "MeasureImposed",
            "2025-03-27",
            SUPERVISOR,
            finding_id=f"f-{code[-8:]}",
            measure_id="m",
            kind="约谈",
            effective_from="2025-03-28",
        ),
    )


def test_a_report_needs_an_order_and_the_own_enterprise(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")), finding(code))
    office.mix(
        (rectified(code, "2025-03-25"), False),
        (ordered(code, "2025-04-01", actor=reporter(code)), False),
        (ordered(code, "2025-03-01"), False),
        (ordered(code, "2025-04-01"), True),
        (rectified(code, "2025-03-25", actor=reporter(uscc())), False),
        (rectified(code, "2025-03-25"), True),
        (reinspected(code, "2025-03-26", actor=reporter(code)), False),
        (reinspected(code, "2025-03-26"), True),
    )


def test_a_finding_is_disputed_and_withdrawn(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")), finding(code))
    gone = line("FindingWithdrawn", "2025-03-27", SUPERVISOR, finding_id=f"f-{code[-8:]}")
    office.mix(
        (
            line(
                "FindingDisputed",
                "2025-03-20",
                reporter(uscc()),
                finding_id=f"f-{code[-8:]}",
                statement="不服",
            ),
            False,
        ),
        (
            line(
                "FindingDisputed",
                "2025-03-20",
                reporter(code),
                finding_id=f"f-{code[-8:]}",
                statement="不服",
            ),
            True,
        ),
        (gone, False),
        ({**gone, "reason": "查无实据"}, True),
        (ordered(code, "2025-04-01", day="2025-03-28"), False),
    )


def test_measures_have_days_of_their_own(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")), finding(code))
    f, m = f"f-{code[-8:]}", f"m-{code[-8:]}"

    def act(type_, day, actor=SUPERVISOR, **more):
        return line(type_, day, actor, measure_id=m, finding_id=f, **more)

    office.mix(
        (act("MeasureStayed", "2025-03-20", effective_from="2025-03-20"), False),
        (
            act(
                "MeasureImposed",
                "2025-03-20",
                reporter(code),
                kind="通报",
                effective_from="2025-03-21",
            ),
            False,
        ),
        (
            act(
                "MeasureImposed",
                "2025-03-20",
                kind="通报",
                effective_from="2025-03-21",
                effective_to="2025-03-20",
            ),
            False,
        ),
        (act("MeasureImposed", "2025-03-20", kind="通报", effective_from="2025-03-21"), True),
        (act("MeasureStayed", "2025-03-25", effective_from="2025-03-25", reason="复议"), True),
        (act("MeasureLifted", "2025-04-25", effective_from="2025-04-25", reason="期满"), True),
    )
