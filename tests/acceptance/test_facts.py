"""Facts that cannot be are refused, with line, field and reason."""

import json

from tests.acceptance.lines import (
    ANALYST,
    BUREAU,
    CENTRE,
    ELECTRICIAN,
    FAR,
    acted_by,
    certificate,
    changed,
    item,
    line,
    listed,
    reporter,
    session,
    suspended,
    uscc,
    way_of,
    wrong_check,
)


def test_facts_that_cannot_be_are_refused(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")))
    good = session(code, ELECTRICIAN, "4", "2025-03-10")
    bad = [
        session(code, ELECTRICIAN, "4", FAR),
        changed(good, held_to="2025-03-09"),
        changed(good, level="7"),
        changed(good, level=4),
        changed(good, mode="telepathy"),
        changed(good, candidates={**good["data"]["candidates"], "employee": -1}),
        changed(good, candidates={**good["data"]["candidates"], "employee": "ten"}),
        changed(good, occupation={"code": "6-31-01-03"}),
        changed(good, venue={"lon": 400, "lat": 39, "datum": "WGS-84"}),
        changed(good, venue={"lon": 116, "lat": 39, "datum": "MARS-1"}),
        changed(good, uscc=wrong_check(code)),
        changed(good, unit_uscc=wrong_check(uscc())),
        {**good, "valid_from": "2025-02-30"},
        {**good, "valid_from": "10.3.2025"},
        changed(good, assessment_id=""),
    ]
    office.refuse(*bad)
    office.load(good)
    assert office.breaches(code) == []


def test_a_refusal_names_the_field_and_the_input(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")))
    bad = changed(session(code, ELECTRICIAN, "4", "2025-03-10"), level="7", mode="magic")
    (found,) = office.refuse(bad)
    fields = " ".join(e["field"] for e in found["errors"])
    assert "level" in fields, found
    assert "mode" in fields, found
    assert all(e["reason"] for e in found["errors"]), found
    assert found["input"] == bad


def test_a_session_of_an_unregistered_enterprise_is_refused(office):
    code = uscc()
    office.refuse(session(code, ELECTRICIAN, "4", "2025-03-10"))


def test_a_session_reported_by_another_enterprise_is_refused(office):
    code, other = uscc(), uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")), *listed(other, item(ELECTRICIAN, "4")))
    office.refuse(acted_by(session(code, ELECTRICIAN, "4", "2025-03-10"), reporter(other)))


def test_a_session_id_is_used_once(office):
    code = uscc()
    good = session(code, ELECTRICIAN, "4", "2025-03-10")
    office.load(*listed(code, item(ELECTRICIAN, "4", "5")), good)
    office.refuse(changed(good, level="5"))
    office.refuse({**good, "idempotency_key": f"k-{code}"})


def test_invalid_check_characters_are_refused(office):
    for bad in (
        "91110302MA222LU88A",
        "91110302562134916A",
        "9111030256213491",
        "９1110302562134916R",
        "91110302562134916R\n",
    ):
        office.refuse(
            changed(way_of(uscc())["EnterpriseRegistered"][0], uscc=bad) | {"actor": CENTRE},
            field="uscc",
        )


def test_the_named_examples_are_valid(office):
    for good in ("91110302562134916R", "91110000710939135P", "911100005858054799"):
        office.load(
            line(
                "EnterpriseRegistered",
                "2024-03-01",
                reporter(good),
                uscc=good,
                name="范例",
                kind="private",
                district="BDA",
                address="北京市",
            )
        )


def test_an_identity_number_with_a_wrong_check_is_refused(office):
    code = uscc()
    held = session(code, ELECTRICIAN, "4", "2025-03-10")
    office.load(*listed(code, item(ELECTRICIAN, "4")), held)
    found = office.refuse(certificate(held, id_no="110105194912310021"))
    assert any("id_no" in e["field"] for e in found[0]["errors"]), found


def test_certificates_that_cannot_be_are_refused(office):
    code, _cert, held = office.certified()
    held["data"]["assessment_id"]

    def c(**more):
        return changed(certificate(held), **more)

    office.refuse(
        c(assessment_id="as-nothing"),
        c(issuer_uscc=wrong_check(code)),
        c(level="0"),
        c(certificate_no=""),
        c(issued_on="2025-02-30"),
        certificate(held, day=FAR),
        acted_by(c(), reporter(uscc())),
        acted_by(c(), ANALYST),
        acted_by(c(), BUREAU),
    )


def test_the_same_certificate_under_another_key_is_refused(office):
    code, cert, _ = office.certified()
    office.refuse({**cert, "idempotency_key": f"again-{code}"})


def test_a_certificate_is_revoked_once_and_only_where_it_exists(office):
    code, cert, _ = office.certified()
    no = cert["data"]["certificate_no"]
    gone = line(
        "CertificateRevoked", "2025-05-01", reporter(code), certificate_no=no, reason="弄虚作假"
    )
    office.mix(
        (
            line(
                "CertificateRevoked",
                "2025-05-01",
                reporter(code),
                certificate_no="Y000011999999254000001",
                reason="x",
            ),
            False,
        ),
        (line("CertificateRevoked", "2025-05-01", reporter(code), certificate_no=no), False),
        (acted_by(gone, reporter(uscc())), False),
        (gone, True),
        (
            line(
                "CertificateRevoked",
                "2025-05-02",
                reporter(code),
                certificate_no=no,
                reason="又一次",
            ),
            False,
        ),
    )


def test_a_reason_within_data_is_as_good(office):
    code, cert, _ = office.certified()
    gone = line(
        "CertificateRevoked",
        "2025-05-01",
        reporter(code),
        certificate_no=cert["data"]["certificate_no"],
    )
    office.load(changed(gone, reason="弄虚作假"))
    assert office.history(code, "CertificateRevoked")[0]["reason"] == "弄虚作假"


def test_an_enterprise_is_registered_once(office):
    code = uscc()
    first = way_of(code)["EnterpriseRegistered"][0]
    office.load(first)
    office.refuse(changed(first, name="另一个名字"))
    office.refuse(changed(way_of(uscc())["EnterpriseRegistered"][0], kind="secret"), field="kind")


def test_a_plan_is_filed_once_and_then_revised(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4"), plans=()))
    plan = line(
        "AnnualPlanFiled",
        "2025-01-10",
        reporter(code),
        uscc=code,
        year=2025,
        summary={"sessions": 1, "candidates": 2, "certificates": 3},
        sessions=[
            {
                "occupation": ELECTRICIAN,
                "levels": ["4"],
                "planned_on": "2025-05-01",
                "headcount": 20,
            }
        ],
    )
    office.mix(
        ({**plan, "type": "AnnualPlanRevised"}, False),
        (plan, True),
        (changed(plan, sessions=[]), False),
        (
            {**changed(plan, sessions=[]), "type": "AnnualPlanRevised", "valid_from": "2025-02-01"},
            True,
        ),
        (changed(plan, year="next"), False),
        (
            changed(
                plan,
                year=2026,
                sessions=[
                    {"occupation": ELECTRICIAN, "levels": ["4"], "planned_on": "x", "headcount": 20}
                ],
            ),
            False,
        ),
    )
    assert list(office.items("/v1/plans", uscc=code)), "the plan is listed"


def test_units_are_for_municipal_enterprises(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")))
    unit = uscc()
    office.refuse(
        line("UnitReleased", "2025-01-01", reporter(code), uscc=code, unit_uscc=unit),
        line(
            "UnitCovered",
            "2025-01-01",
            reporter(code),
            uscc=code,
            unit_uscc=wrong_check(unit),
            unit_name="x",
        ),
        line(
            "UnitCovered", "2025-01-01", reporter(uscc()), uscc=code, unit_uscc=unit, unit_name="x"
        ),
    )


def test_the_day_may_come_from_the_data(office):
    code = uscc()
    lines = listed(code, item(ELECTRICIAN, "4"))
    held = session(code, ELECTRICIAN, "4", "2025-03-10")
    cert = certificate(held)

    def bare(x):
        return {k: v for k, v in x.items() if k != "valid_from"}

    office.load(
        *[bare(x) if x["type"] in ("RosterPublished", "ReceiptIssued") else x for x in lines],
        bare(held),
        bare(cert),
    )
    assert office.breaches(code) == []
    assert office.history(code, "AssessmentHeld")[0]["valid_from"] == "2025-03-10"
    found = office.refuse(bare(suspended(code, "2025-01-01")))
    assert "valid_from" in json.dumps(found[0]["errors"]), found


def test_a_level_in_words_is_the_same_level(office):
    code = uscc()
    office.load(
        *listed(code, item(ELECTRICIAN, "4")),
        *[
            {
                **session(code, ELECTRICIAN, "4", d),
                "data": {**session(code, ELECTRICIAN, "4", d)["data"], "level": w},
            }
            for d, w in (("2025-03-10", "四级"), ("2025-03-11", "中级工"), ("2025-03-12", "中级"))
        ],
    )
    assert office.breaches(code) == []
