"""Certificates: R1, C1, C2, C3, T1, and what cannot be one."""

from tests.acceptance.lines import (
    ALL_PARTS,
    ELECTRICIAN,
    certificate,
    corrected,
    ended,
    identity,
    item,
    line,
    listed,
    reporter,
    serial,
    session,
    uscc,
)


def test_r1_names_the_issuer_as_responsible(office):
    other = uscc()
    office.load(*listed(other, item(ELECTRICIAN, "4")))
    code, cert, _ = office.certified(issuer=other)
    assert office.breaches(code) == ["R1"]
    (flag,) = office.flags(code)
    assert {code, other} <= {r["uscc"] for r in flag["responsible"]}, flag
    assert flag["clause"] == "七(二)", flag
    assert flag["certificate_no"] == cert["data"]["certificate_no"], flag


def test_a_number_of_another_level_is_c1(office):
    code, _, _ = office.certified(number="Y000011000001253900001")
    assert office.breaches(code) == ["C1"]


def test_a_number_of_another_year_is_c1(office):
    code, _, _ = office.certified(number="Y000011000001194900002")
    assert office.breaches(code) == ["C1"]


def test_a_number_of_another_province_is_c1(office):
    code, _, _ = office.certified(number="Y000013000001254900003")
    assert office.breaches(code) == ["C1"]


def test_an_unknown_pattern_is_undecided_and_kept_as_given(office):
    number = f"京证 {next(serial)}/旧"
    code, _, _ = office.certified(number=number)
    assert office.breaches(code) == []
    assert office.verdicts(code, "C1") == ["undecided"]
    assert (
        office.history(code, "CertificateIssued")[0]["data"]["certificate_no"] == number
        if "data" in office.history(code, "CertificateIssued")[0]
        else True
    )


def test_the_same_number_on_two_holders_is_c2(office):
    code = uscc()
    held = session(code, ELECTRICIAN, "4", "2025-03-10")
    first = certificate(held)
    second = certificate(held, number=first["data"]["certificate_no"], name="李四")
    office.load(*listed(code, item(ELECTRICIAN, "4")), held, first, second)
    found = office.breaches(code)
    assert found, found
    assert set(found) == {"C2"}, found


def test_two_people_of_one_masked_name_are_two_people(office):
    code = uscc()
    held = session(code, ELECTRICIAN, "4", "2025-03-10")
    first = certificate(held)
    second = certificate(held, number=first["data"]["certificate_no"])
    office.load(*listed(code, item(ELECTRICIAN, "4")), held, first, second)
    # Of one day: on both.
    assert office.breaches(code) == ["C2", "C2"]


def test_the_same_number_in_two_enterprises_is_c2(office):
    a, b = uscc(), uscc()
    number = f"Y000011000777254{next(serial):06d}"
    for code in (a, b):
        held = session(code, ELECTRICIAN, "4", "2025-03-10")
        office.load(*listed(code, item(ELECTRICIAN, "4")), held, certificate(held, number=number))
    for code in (a, b):
        (flag,) = office.flags(code, verdict="breach")
        assert flag["code"] == "C2"
        named = {body["uscc"] for body in flag["responsible"] if body["role"] == "assessing"}
        assert named == {a, b}


def test_two_certificates_of_one_holder_for_one_level_are_c2(office):
    code, who = uscc(), identity()
    one, two = (
        session(code, ELECTRICIAN, "4", "2025-03-10"),
        session(code, ELECTRICIAN, "4", "2025-04-10"),
    )
    office.load(
        *listed(code, item(ELECTRICIAN, "4")),
        one,
        two,
        certificate(one, id_no=who),
        certificate(two, day="2025-04-20", id_no=who),
    )
    found = office.breaches(code)
    assert found, found
    assert set(found) == {"C2"}, found


def test_one_holder_in_two_enterprises_for_one_level_is_c2(office):
    who, found = identity(), []
    codes = uscc(), uscc()
    for code in codes:
        held = session(code, ELECTRICIAN, "4", "2025-03-10")
        office.load(*listed(code, item(ELECTRICIAN, "4")), held, certificate(held, id_no=who))
    for code in codes:
        found += office.breaches(code)
    assert found, found
    assert set(found) == {"C2"}, found


def test_another_kind_of_document_or_a_made_up_trade_hides_no_second_certificate(office):
    for change, verdict in (
        ({"holder": {"id_type": "护照", "name": " 张 三"}}, "breach"),
        ({"occupation": {"trade": "自编工种"}}, "undecided"),
    ):
        code, who = uscc(), identity()
        one, two = (
            session(code, ELECTRICIAN, "4", "2025-03-10"),
            session(code, ELECTRICIAN, "4", "2025-04-10"),
        )
        second = certificate(two, day="2025-04-20", id_no=who)
        for part, fields in change.items():
            second["data"][part] = {**second["data"][part], **fields}
        office.load(
            *listed(code, item(ELECTRICIAN, "4")), one, two, certificate(one, id_no=who), second
        )
        (flag,) = office.flags(code)
        assert (flag["code"], flag["verdict"]) == ("C2", verdict)
        assert flag["certificate_no"] == second["data"]["certificate_no"]


def test_a_number_on_two_holders_is_revoked_for_the_one_that_is_named(office):
    code = uscc()
    held = session(code, ELECTRICIAN, "4", "2025-03-10")
    first = certificate(held)
    number = first["data"]["certificate_no"]
    office.load(
        *listed(code, item(ELECTRICIAN, "4")), held, first, certificate(held, number=number)
    )
    positions = [entry["position"] for entry in office.history(code, "CertificateIssued")]
    (refused,) = office.refuse(ended("CertificateRevoked", number, code, reason="违规"))
    assert refused["code"] == "ambiguous-certificate"
    assert all(str(position) in refused["reason"] for position in positions)
    office.load(ended("CertificateRevoked", number, code, reason="违规", position=positions[0]))
    states = {
        each["position"]: each["state"] for each in office.items("/v1/certificates", uscc=code)
    }
    assert states == {positions[0]: "revoked", positions[1]: "valid"}


def test_two_levels_of_one_holder_are_no_c2(office):
    code, who = uscc(), identity()
    one, two = (
        session(code, ELECTRICIAN, "5", "2025-03-10"),
        session(code, ELECTRICIAN, "4", "2025-04-10"),
    )
    office.load(
        *listed(code, item(ELECTRICIAN, "5", "4")),
        one,
        two,
        certificate(one, id_no=who),
        certificate(two, day="2025-04-20", id_no=who),
    )
    assert office.breaches(code) == []


def test_a_reissued_certificate_is_no_second_certificate(office):
    code, cert, _ = office.certified(people={"employee": 1})
    new = cert["data"]["certificate_no"][:-6] + "900001"
    office.load(
        line(
            "CertificateReissued",
            "2025-05-01",
            reporter(code),
            certificate_no=cert["data"]["certificate_no"],
            new_certificate_no=new,
            reason="遗失补发",
        )
    )
    assert office.breaches(code) == []
    old = office.get(f"/v1/certificates/{cert['data']['certificate_no']}")
    assert old["replaced_by"] == new


def test_more_certificates_than_candidates_is_c3(office):
    code = uscc()
    held = session(
        code, ELECTRICIAN, "4", "2025-03-10", candidates={"employee": 1, "apprentice": 1}
    )
    office.load(*listed(code, item(ELECTRICIAN, "4")), held, *[certificate(held) for n in (1, 2)])
    assert office.breaches(code) == []
    office.load(certificate(held))
    found = office.breaches(code)
    assert found, found
    assert set(found) == {"C3"}, found


def test_a_corrected_number_of_candidates_clears_c3(office):
    code = uscc()
    held = session(code, ELECTRICIAN, "4", "2025-03-10", candidates={"employee": 1})
    office.load(*listed(code, item(ELECTRICIAN, "4")), held, *[certificate(held) for n in (1, 2)])
    assert set(office.breaches(code)) == {"C3"}
    where = office.history(code, "AssessmentHeld")[0]["position"]
    office.load(corrected(where, **{"candidates.employee": 2}))
    assert office.breaches(code) == []


def test_a_technician_without_the_added_parts_is_t1(office):
    code, _, _ = office.certified(level="2")
    assert office.breaches(code) == ["T1"]
    assert office.flags(code)[0]["clause"] == "二(二)2"


def test_a_senior_technician_without_one_part_is_t1(office):
    code, _, _ = office.certified(level="1", content=ALL_PARTS[:3])
    assert office.breaches(code) == ["T1"]


def test_a_technician_with_all_parts_is_clear(office):
    for level in ("2", "1"):
        code, _, _ = office.certified(level=level, content=ALL_PARTS)
        assert office.flags(code) == [], level


def test_an_advanced_worker_needs_no_added_parts(office):
    code, _, _ = office.certified(level="3")
    assert office.flags(code) == []


def test_a_certificate_before_its_session_is_refused_by_reference(office):
    code = uscc()
    held = session(code, ELECTRICIAN, "4", "2025-03-10")
    cert = certificate(held)
    office.mix(
        *[(x, True) for x in listed(code, item(ELECTRICIAN, "4"))], (cert, False), (held, True)
    )
    office.load(cert)
    assert office.breaches(code) == []
