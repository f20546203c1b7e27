"""What goes wrong with input, row by row: refused in words, line by line, and never half taken."""

import json

import pytest

from tests.acceptance.lines import (
    BUREAU,
    ELECTRICIAN,
    SUPERVISOR,
    certificate,
    changed,
    corrected,
    dispatched,
    district,
    identity,
    item,
    line,
    listed,
    planned,
    registered,
    reporter,
    serial,
    session,
    spot_check,
    uscc,
)


@pytest.mark.parametrize(
    "make",
    [
        lambda c: c.lower(),
        lambda c: c[:-1],
        lambda c: c + "1",
        lambda c: f" {c}",
        lambda c: f"{c}\n",
        lambda c: c.replace("0", "O"),
        lambda c: c.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
        lambda c: c.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
        lambda c: c[1] + c[0] + c[2:],
    ],
)
def test_a_code_that_is_nearly_one_is_none(office, make):
    wrong = make(uscc())
    of = {**registered(uscc()), "actor": reporter(uscc())}
    (refused,) = office.refuse(changed(of, uscc=wrong))
    assert refused["reason"]


@pytest.mark.parametrize(
    "number",
    [
        "110105194912310021",
        "11010519490229002X",
        "11010519491331002X",
        "１１０１０５１９４９１２３１００２X",
        "1101051949123100",
        "11010519491231002Y",
        "",
    ],
)
def test_an_identity_number_that_is_none_is_refused(office, number):
    code = uscc()
    held = session(code, ELECTRICIAN, "4", "2025-03-10")
    office.load(*listed(code, item(ELECTRICIAN, "4")), held)
    paper = certificate(held)
    paper["data"]["holder"]["id_no"] = number
    (refused,) = office.refuse(paper, field="holder")
    assert number == "" or number not in json.dumps(refused["errors"], ensure_ascii=False)


def test_a_small_x_is_the_same_person_and_another_document_is_not(office):
    code, who = uscc(), "11010519491231002X"
    one, two = (session(code, ELECTRICIAN, level, "2025-03-10") for level in ("5", "4"))
    three = session(code, ELECTRICIAN, "5", "2025-04-10")
    office.load(*listed(code, item(ELECTRICIAN, "5", "4")), one, two, three)
    office.load(certificate(one, id_no=who), certificate(two, id_no=who.lower()))
    assert office.breaches(code) == []
    passport = certificate(three, day="2025-04-20", id_no="E12345678")
    passport["data"]["holder"]["id_type"] = "414"
    office.load(passport)
    assert office.breaches(code) == []
    office.load(certificate(three, day="2025-04-20", id_no=who.lower()))
    assert office.breaches(code) == ["C2"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("held_from", "2025-02-29"),
        ("held_from", "2025-3-10"),
        ("held_from", 20250310),
        ("held_from", "2025-03-10T00:00:00Z"),
        ("level", "六级"),
        ("level", 4.0),
        ("level", ""),
        ("method", ""),
        ("mode", "hybrid"),
        ("candidates", {"employee": -1}),
        ("candidates", {"employee": 1.5}),
        ("candidates", {"employee": "10"}),
        ("candidates", {"visitors": 1}),
        ("venue", {"lon": 181, "lat": 40, "datum": "WGS-84"}),
        ("venue", {"lon": 116, "lat": 91, "datum": "WGS-84"}),
        ("venue", {"lon": 116, "lat": 40, "datum": "WGS84"}),
        ("venue", {"lon": "116", "lat": 40}),
        ("occupation", {"edition": "2022", "code": "6-31-01-03"}),
        ("assessment_id", "with blank"),
        ("assessment_id", "a/b"),
        ("assessment_id", ""),
        ("assessors", "甲"),
        ("assessors", ["甲\u202e乙"]),
        ("assessors", ["甲\u0000"]),
        ("quality_staff", [None]),
        ("remark", "x"),
    ],
)
def test_a_value_that_cannot_be_is_named(office, field, value):
    code = uscc()
    office.load(registered(code))
    before = office.position()
    wrong = changed(session(code, ELECTRICIAN, "4", "2025-03-10"), **{field: value})
    (refused,) = office.attempt([wrong])
    assert refused["code"] in {"invalid", "malformed"}, refused
    assert any(field.split(".")[0] in e["field"] for e in refused["errors"]), refused
    assert office.position() == before


@pytest.mark.parametrize(
    ("word", "stored"),
    [
        ("初级工", "5"),
        ("五级", "5"),
        ("5", "5"),
        ("初级", "5"),
        ("高级技师", "1"),
        ("首席技师", "chief"),
        ("学徒工", "apprentice"),
        ("特级技师", "special"),
        ("二级/技师", "2"),
    ],
)
def test_a_level_is_stored_in_one_form(office, word, stored):
    code = uscc()
    held = changed(session(code, ELECTRICIAN, word, "2025-03-10"), assessment_id=f"as-{code}")
    office.load(registered(code), held)
    (held,) = office.items("/v1/assessments", uscc=code)
    assert held["level"] == stored


def test_names_are_kept_as_they_came(office):
    code = uscc()
    name = "𠮷野\u3000东方·ＡＢＣ"
    office.load(changed(registered(code), name=name))
    assert office.get(f"/v1/enterprises/{code}")["name"] == name
    for wrong in ("东\u202e方", "东\u0007方", "\ue000", "", " " * 3):
        refused = office.attempt([changed(registered(uscc()), name=wrong)])
        assert refused, repr(wrong)


def test_two_ends_of_one_number_in_two_enterprises_are_their_own(office):
    number = f"Y000011{next(serial):06d}254{next(serial):06d}"
    codes = []
    for _ in range(2):
        code, _, _ = office.certified(number=number)
        codes.append(code)
    ending = line(
        "CertificateRevoked", "2025-05-01", reporter(codes[0]), certificate_no=number, reason="x"
    )
    office.load(ending)
    states = {
        c["uscc"]: c["state"] for code in codes for c in office.items("/v1/certificates", uscc=code)
    }
    assert states == {codes[0]: "revoked", codes[1]: "valid"}
    found = office.get(f"/v1/certificates/{number}", None)
    assert found["state"] == "valid"
    assert [other["state"] for other in found["others"]] == ["revoked"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"uscc": "91110302562134916R"}, "uscc"),
        ({"assessment_id": "other"}, "assessment_id"),
        ({"level": "9"}, "level"),
        ({"held_to": "2025-03-09"}, "held_to"),
        ({"held_from": "2199-01-01"}, "fields"),
        ({"valid_from": "2025-03-11"}, "valid_from"),
        ({"venue.lon": "east"}, "venue.lon"),
        ({"nothing": 1}, "nothing"),
        ({"candidates.employee": -1}, "candidates"),
        ({}, "fields"),
    ],
)
def test_a_correction_to_what_could_not_be_recorded_is_refused(office, fields, field):
    code = uscc()
    office.load(registered(code), session(code, ELECTRICIAN, "4", "2025-03-10"))
    where = office.history(code, "AssessmentHeld")[0]["position"]
    wrong = corrected(where)
    wrong["data"]["fields"] = fields
    (refused,) = office.attempt([wrong])
    assert refused["errors"], refused
    assert any(
        field in e["field"] or field in e["reason"] or "held" in e["field"]
        for e in refused["errors"]
    ), refused


def test_who_may_correct_what(office):
    code = uscc()
    # Nothing is wrong with the session, or its enterprise could only ask for a correction.
    office.load(*listed(code, item(ELECTRICIAN, "4")))
    office.load(session(code, ELECTRICIAN, "4", "2025-03-10"))
    held = office.history(code, "AssessmentHeld")[0]["position"]
    own = changed(corrected(held, reporter(code)), fields={"level": "5"})
    theirs = changed(corrected(held, reporter(uscc())), fields={"level": "5"})
    inspectors = changed(corrected(held, district("110108")), fields={"level": "5"})
    assert [x["code"] for x in office.refuse(theirs, inspectors)] == [
        "other-enterprise",
        "not-yours-to-correct",
    ]
    office.load(own)
    again = office.history(code, "RecordCorrected")[0]["position"]
    (refused,) = office.refuse(corrected(again, level="5"))
    assert refused["code"] == "not-correctable"


def test_a_reported_fact_names_what_exists(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")))
    for wrong, expected in (
        (spot_check(code, assessment_id="nothing"), "other-district"),
        (dispatched(uscc()), "unknown-enterprise"),
        (changed(dispatched(code), kind="散步"), "unknown-kind"),
        (planned(uscc(), 2025), "unknown-enterprise"),
        (corrected(10_000_000, level="5"), "unknown-position"),
        (
            line(
                "FlagReviewed", "2025-03-01", SUPERVISOR, flag="S1-1", decision="upheld", reason="x"
            ),
            "unknown-flag",
        ),
        (
            line("UnitReleased", "2025-03-01", reporter(code), uscc=code, unit_uscc=uscc()),
            "not-covered",
        ),
        (
            line("ListingReinstated", "2023-01-01", BUREAU, uscc=code, basis="x"),
            "not-listed",
        ),
    ):
        (refused,) = office.refuse(wrong)
        assert refused["code"] == expected, refused


def test_one_person_is_known_by_name_and_number_whatever_the_document(office):
    code, who = uscc(), identity()
    held = session(code, ELECTRICIAN, "4", "2025-03-10")
    office.load(*listed(code, item(ELECTRICIAN, "4")), held)
    paper = certificate(held, id_no=who)
    other = certificate(held, id_no=who)
    other["data"]["holder"]["id_type"] = "414"
    office.load(paper, other)
    assert office.breaches(code) == ["C2", "C2"]
