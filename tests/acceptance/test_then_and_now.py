"""What was known then and what is known now; reviews and corrections."""

import json
import urllib.parse

from tests.acceptance.lines import (
    ANALYST,
    BUREAU,
    ELECTRICIAN,
    SUPERVISOR,
    corrected,
    finding,
    granted,
    item,
    line,
    listed,
    reporter,
    serial,
    session,
    uscc,
)


def test_breach_then_and_now(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "5")), session(code, ELECTRICIAN, "4", "2025-03-10")
    )
    (flag,) = office.flags(code, case="then_and_now")
    mine = office.history(code, "AssessmentHeld")[0]["position"]
    assert flag["case"] == "then_and_now", (flag, mine)
    assert flag["known_from"] == mine, (flag, mine)
    assert flag["known_to"] is None, (flag, mine)
    assert mine in flag["because"], (flag, mine)
    assert (
        office.flags(code, case="then_not_now")
        == office.flags(code, case="now_not_then")
        == office.flags(code, case="overturned")
        == []
    )


def test_a_flag_has_every_field_that_the_contract_names(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "5")), session(code, ELECTRICIAN, "4", "2025-03-10")
    )
    (flag,) = office.flags(code)
    assert {
        "key",
        "code",
        "verdict",
        "severity",
        "clause",
        "rule",
        "subject",
        "district",
        "valid_at",
        "known_from",
        "known_to",
        "review",
        "case",
        "responsible",
        "message",
        "because",
    } <= set(flag), flag
    assert flag["subject"] == code, flag
    assert flag["district"] == "110108", flag
    assert flag["valid_at"] == "2025-03-10", flag
    assert flag["rule"], flag
    assert flag["severity"], flag
    assert flag["assessment_id"].startswith("as-")
    one = office.get("/v1/flags/" + urllib.parse.quote(flag["key"], safe=""))
    assert (one.get("item") or one.get("flag") or one)["key"] == flag["key"], one


def test_a_dismissed_flag_is_overturned(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "5")), session(code, ELECTRICIAN, "4", "2025-03-10")
    )
    then = office.position()
    (flag,) = office.flags(code)
    office.load(
        line(
            "FlagReviewed",
            "2025-04-01",
            SUPERVISOR,
            flag=flag["key"],
            decision="dismissed",
            reason="已另行批准",
        )
    )
    (found,) = office.flags(code, case="overturned")
    assert found["key"] == flag["key"], found
    assert found["review"], found
    assert "dismissed" in json.dumps(found["review"]), found
    assert office.flags(code, position=then)[0]["review"] in (None, {}), (
        "the review was not known then"
    )
    assert [f["key"] for f in office.flags(code, review="dismissed")] == [flag["key"]]


def test_an_upheld_flag_stays_a_breach_and_shows_its_review(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "5")), session(code, ELECTRICIAN, "4", "2025-03-10")
    )
    (flag,) = office.flags(code)
    office.load(
        line(
            "FlagReviewed",
            "2025-04-01",
            SUPERVISOR,
            flag=flag["key"],
            decision="upheld",
            reason="属实",
        )
    )
    assert office.breaches(code) == ["S2"]
    assert "upheld" in json.dumps(office.flags(code)[0]["review"])


def test_a_converted_flag_names_its_finding(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "5")), session(code, ELECTRICIAN, "4", "2025-03-10")
    )
    (flag,) = office.flags(code)
    office.mix(
        (
            line(
                "FlagReviewed",
                "2025-04-01",
                SUPERVISOR,
                flag=flag["key"],
                decision="converted",
                reason="立案",
            ),
            False,
        ),
        (finding(code, flags=[flag["key"]], assessments=[flag["assessment_id"]]), True),
        (
            line(
                "FlagReviewed",
                "2025-04-01",
                SUPERVISOR,
                flag=flag["key"],
                decision="converted",
                reason="立案",
                finding_id=f"f-{code[-8:]}",
            ),
            True,
        ),
    )
    one = office.get(f"/v1/findings/f-{code[-8:]}")
    assert flag["key"] in json.dumps(one, ensure_ascii=False), one


def test_a_review_needs_a_reason_a_supervisor_and_a_flag(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "5")), session(code, ELECTRICIAN, "4", "2025-03-10")
    )
    (flag,) = office.flags(code)

    def review(actor, key=flag["key"], **more):
        return line(
            "FlagReviewed", "2025-04-01", actor, flag=key, **({"decision": "dismissed"} | more)
        )

    office.refuse(
        review(SUPERVISOR),
        review(reporter(code), reason="x"),
        review(BUREAU, reason="x"),
        review(ANALYST, reason="x"),
        review(SUPERVISOR, "S1:nothing", reason="x"),
        review(SUPERVISOR, reason="x", decision="maybe"),
    )


def test_a_corrected_level_clears_for_good_and_keeps_its_history(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "5")), session(code, ELECTRICIAN, "4", "2025-03-10")
    )
    then = office.position()
    where = office.history(code, "AssessmentHeld")[0]["position"]
    office.load(corrected(where, level="5"))
    assert office.breaches(code) == []
    assert office.breaches(code, position=then) == ["S2"]
    assert [f["code"] for f in office.flags(code, case="then_not_now")] == ["S2"]
    assert office.history(code, "RecordCorrected")


def test_a_correction_may_be_corrected_again(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "5")), session(code, ELECTRICIAN, "4", "2025-03-10")
    )
    where = office.history(code, "AssessmentHeld")[0]["position"]
    for level, expected in (("5", []), ("3", ["S2"]), ("5", [])):
        office.load(
            line(
                "RecordCorrected",
                "2025-03-10",
                SUPERVISOR,
                position=where,
                fields={"level": level},
                reason=f"改为{level}{expected}{next(serial)}",
                document_no="更正",
            )
        )
        assert office.breaches(code) == expected


def test_a_correction_of_the_day_moves_the_session(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4")), session(code, ELECTRICIAN, "4", "2024-06-30")
    )
    assert office.breaches(code) == ["S7"]
    where = office.history(code, "AssessmentHeld")[0]["position"]
    office.load(corrected(where, held_from="2024-07-02", held_to="2024-07-02"))
    assert office.breaches(code) == []


def test_a_correction_needs_a_reason_a_record_and_real_fields(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "5")), session(code, ELECTRICIAN, "4", "2025-03-10")
    )
    where = office.history(code, "AssessmentHeld")[0]["position"]

    def fix(at, fields, actor=SUPERVISOR, **more):
        return line("RecordCorrected", "2025-03-10", actor, position=at, fields=fields, **more)

    office.refuse(
        fix(where, {"level": "5"}),
        fix(10**9, {"level": "5"}, reason="x", document_no="y"),
        fix(where, {"level": "九级"}, reason="x", document_no="y"),
        fix(where, {"no_such_field": 1}, reason="x", document_no="y"),
        fix(where, {"held_from": "2025-13-40"}, reason="x", document_no="y"),
        fix(where, {"level": "5"}, ANALYST, reason="x", document_no="y"),
    )
    assert office.breaches(code) == ["S2"]


def test_known_at_an_instant_is_as_good_as_a_position(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "5")), session(code, ELECTRICIAN, "4", "2025-03-10")
    )
    basis = office.get("/v1/flags", uscc=code)["basis"]
    assert {"valid_at", "known_at", "position", "rules"} <= set(basis), basis
    office.load(granted(code, "2025-03-01", added=(item(ELECTRICIAN, "4"),)))
    assert office.breaches(code) == []
    assert office.breaches(code, known_at=basis["known_at"]) == ["S2"]
