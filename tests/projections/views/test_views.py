"""What the views answer on any day, as known at any position."""

from datetime import date, timedelta

import pytest

from domain.certificate.certificate import CertificateReissued
from domain.terms.decider import Command, New
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.codec import draft
from ledger.log.log import Append
from ledger.reference import installed
from projections.counts import statistics
from projections.counts.tallies import Where
from projections.views import cases, certificates, flags, roster, scope, sessions
from projections.views.basis import BadCursor, Basis
from tests.api.lines import (
    BUREAU,
    CENTRE,
    COOK,
    ELECTRICIAN,
    SUPERVISOR,
    certificate,
    line,
    listed,
    registered,
    reporter,
    session,
    uscc,
)
from tests.projections.desk import Desk

pytestmark = pytest.mark.postgres

MARCH = date(2025, 3, 10)
EXPIRY = date(2027, 7, 1)


def scope_changed(code, day, added=(), removed=(), **top):
    return line(
        "ScopeChanged",
        day,
        BUREAU,
        uscc=code,
        added=[{**ELECTRICIAN, "levels": [level]} for level in added],
        removed=[{**ELECTRICIAN, "levels": [level]} for level in removed],
        basis="依据",
        **top,
    )


def test_a_clean_session_raises_nothing(desk: Desk):
    code = uscc()
    held = session(code)
    desk.load(*listed(code, "5", "4"), held, certificate(code, held["data"]["assessment_id"]))
    assert desk.flags(code) == []
    (shown,) = desk.roster(MARCH, q=code)
    assert (shown["standing"], shown["valid_to"]) == ("listed", "2027-07-01")
    granted = {"batch": shown["batch"], "valid_from": "2024-07-01", "valid_to": "2027-07-01"}
    assert shown["scope"] == [{**ELECTRICIAN, "levels": ["5", "4"], **granted}]


def test_an_occupation_outside_the_scope_is_s1_and_a_level_outside_it_s2(desk: Desk):
    code = uscc()
    desk.load(
        *listed(code, "5", "4"),
        session(code, occupation=COOK, assessment_id="a-cook"),
        session(code, level="3"),
    )
    assert desk.breaches(code) == ["S1", "S2"]
    s2 = next(x for x in desk.flags(code) if x["code"] == "S2")
    assert s2["clause"] == "七(三)"
    assert set(s2["message"]) == {"zh", "en"}
    assert s2["because"]
    assert s2["case"] == "then_and_now"
    assert s2["rule"] == "2020-3/S2.2"
    assert s2["responsible"] == [
        {"uscc": code, "role": "assessing"},
        {"uscc": None, "district": "110108", "role": "supervising"},
    ]


def test_a_place_in_hebei_is_g1_by_code_and_by_coordinates_and_online_has_none(desk: Desk):
    code = uscc()
    yanjiao = {"name": "燕郊", "lon": 116.82, "lat": 39.95, "datum": "WGS-84", "accuracy_m": 20}
    desk.load(
        *listed(code, "4"),
        session(code, day="2025-03-10", venue={"division": "131082"}),
        session(code, day="2025-03-11", venue=yanjiao),
        session(code, day="2025-03-12", mode="online", venue=None),
    )
    assert desk.breaches(code) == ["G1", "G1"]


def test_scope_granted_later_clears_the_flag_but_not_its_history(desk: Desk):
    code = uscc()
    then = desk.load(*listed(code, "5", "4"), session(code, level="3"))
    assert desk.breaches(code) == ["S2"]
    cleared_at = desk.load(scope_changed(code, "2025-03-01", added=("3",)))
    assert desk.breaches(code) == []
    assert desk.breaches(code, position=then) == ["S2"]
    (cleared,) = desk.flags(code, case="then_not_now")
    assert (cleared["code"], cleared["verdict"]) == ("S2", "clear")
    assert (cleared["known_from"], cleared["known_to"]) == (then, cleared_at)
    known_then = flags.one(desk.conn, desk.basis(position=then), cleared["key"])
    assert known_then is not None
    assert known_then["known_to"] is None


def test_scope_withdrawn_later_raises_a_flag_that_nobody_knew(desk: Desk):
    code = uscc()
    then = desk.load(*listed(code, "5", "4", "3"), session(code, level="3"))
    desk.load(scope_changed(code, "2025-03-01", removed=("3",)))
    assert desk.breaches(code) == ["S2"]
    assert desk.breaches(code, position=then) == []
    assert [x["code"] for x in desk.flags(code, case="now_not_then")] == ["S2"]


def test_a_flag_is_shown_from_the_day_of_its_record_on(desk: Desk):
    code = uscc()
    desk.load(*listed(code, "4"), session(code, level="3"))
    assert desk.breaches(code, MARCH - timedelta(days=1)) == []
    assert desk.breaches(code, MARCH) == ["S2"]


def test_the_issuer_must_be_the_assessor_and_is_responsible_too(desk: Desk):
    code, other = uscc(), uscc()
    held = session(code)
    given = certificate(code, held["data"]["assessment_id"])
    given["data"]["issuer_uscc"] = other
    desk.load(*listed(code, "4"), *listed(other, "4"), held, given)
    (flag,) = desk.flags(code)
    assert (flag["code"], flag["certificate_no"]) == ("R1", given["data"]["certificate_no"])
    assert {"uscc": other, "role": "issuing"} in flag["responsible"]


def test_a_covered_unit_acts_for_the_applicant_and_both_are_responsible(desk: Desk):
    code, unit = uscc(), uscc()
    cover = line(
        "UnitCovered", "2024-08-01", reporter(code), uscc=code, unit_uscc=unit, unit_name="分公司"
    )
    desk.load(*listed(code, "4"), cover, session(code, level="3", unit_uscc=unit))
    (flag,) = desk.flags(code)
    roles = {(body["uscc"], body["role"]) for body in flag["responsible"]}
    assert {(unit, "implementing"), (code, "applicant"), (code, "assessing")} < roles


def test_a_correction_changes_what_is_known_from_then_on(desk: Desk):
    code = uscc()
    lines = [*listed(code, "4"), session(code, venue={"division": "131082"})]
    wrong = desk.load(*lines)
    assert desk.breaches(code) == ["G1"]
    desk.load(
        line(
            "RecordCorrected",
            "2025-03-10",
            SUPERVISOR,
            position=wrong,
            fields={"venue.division": "110105"},
            reason="录入错误",
        )
    )
    assert desk.breaches(code) == []
    assert desk.breaches(code, position=wrong) == ["G1"]
    (now,) = sessions.page(desk.conn, desk.basis(), sessions.Filters(uscc=code), None, 9).items
    assert now["venue"]["division"] == "110105"
    assert now["because"] == [wrong, wrong + 1]


def test_one_number_on_two_certificates_is_c2_across_enterprises(desk: Desk):
    one, other = uscc(), uscc()
    held, again = session(one), session(other)
    first = certificate(one, held["data"]["assessment_id"])
    second = certificate(other, again["data"]["assessment_id"])
    second["data"]["certificate_no"] = first["data"]["certificate_no"]
    second["data"]["issued_on"] = "2025-03-21"
    desk.load(*listed(one, "4"), *listed(other, "4"), held, again, first)
    at = desk.load(second)
    assert desk.breaches(one) == []
    assert "C2" in desk.breaches(other)
    number = first["data"]["certificate_no"]
    found = of_number(desk, desk.basis(), number)
    assert [x["uscc"] for x in found] == [one, other]
    # The bureau sees both, so it says which one it means.
    meant = {"certificate_no": number, "reason": "重复", "position": at}
    desk.load(line("CertificateRevoked", "2025-05-01", BUREAU, **meant))
    (flag,) = desk.flags(other, code="C2", case="then_and_now")
    assert (flag["verdict"], flag["known_to"]) == ("clear", desk.position())
    (before,) = desk.flags(other, date(2025, 4, 30), code="C2")
    assert before["verdict"] == "breach"


def of_number(desk, basis, number):
    """What the public look-up finds."""
    return certificates.by_number(desk.conn, basis, number, lambda _: installed())


def test_a_certificate_says_whether_its_issuer_was_in_scope_that_day(desk: Desk):
    code = uscc()
    held = session(code)
    given = certificate(code, held["data"]["assessment_id"])
    number = given["data"]["certificate_no"]
    then = desk.load(*listed(code, "4"), held, given)
    (shown,) = of_number(desk, desk.basis(), number)
    assert (shown["issuer_in_scope"], shown["state"]) == (True, "valid")
    desk.load(
        scope_changed(code, "2025-03-10", added=("5",), removed=("4",)),
        line("CertificateRevoked", "2025-06-01", BUREAU, certificate_no=number, reason="撤销"),
    )
    (shown,) = of_number(desk, desk.basis(), number)
    assert (shown["issuer_in_scope"], shown["state"]) == (False, "revoked")
    (before,) = of_number(desk, desk.basis(date(2025, 5, 31)), number)
    assert before["state"] == "valid"
    (known,) = of_number(desk, desk.basis(position=then), number)
    assert (known["issuer_in_scope"], known["state"]) == (True, "valid")
    assert of_number(desk, desk.basis(date(2025, 3, 19)), number) == []


def test_the_roster_shows_standing_by_day_and_by_position(desk: Desk):
    code = uscc()
    then = desk.load(*listed(code, "4"))
    desk.load(
        line(
            "ListingSuspended",
            "2025-01-01",
            BUREAU,
            uscc=code,
            basis="督导发现",
            until="2025-02-01",
        )
    )
    days = (date(2024, 6, 30), date(2025, 1, 15), date(2025, 2, 1), EXPIRY)
    shown = [[x["standing"] for x in desk.roster(day, uscc=code)] for day in days]
    assert shown == [["unlisted"], ["suspended"], ["listed"], ["expired"]]
    assert [x["standing"] for x in desk.roster(date(2025, 1, 15), then, uscc=code)] == ["listed"]
    assert desk.roster(date(2024, 6, 30), q=code) == []
    stretches = roster.standings(desk.conn, desk.basis(), code)
    assert [(x["standing"], x["valid_from"], x["valid_to"]) for x in stretches] == [
        ("unlisted", "2024-03-01", "2024-07-01"),
        ("listed", "2024-07-01", "2025-01-01"),
        ("suspended", "2025-01-01", "2025-02-01"),
        ("listed", "2025-02-01", "2027-07-01"),
        ("expired", "2027-07-01", None),
    ]


def test_the_roster_is_found_by_part_of_name_by_district_occupation_and_level(desk: Desk):
    one, other = uscc(), uscc()
    desk.load(*listed(one, "4"), *listed(other, "5", where="110105"), registered(uscc()))
    found = desk.roster
    assert {x["uscc"] for x in found(MARCH)} == {one, other}
    assert [x["uscc"] for x in found(MARCH, district="110105")] == [other]
    assert [x["uscc"] for x in found(MARCH, q=f"企业{one[-6:]}")] == [one]
    assert [x["uscc"] for x in found(MARCH, q=one[4:].lower())] == [one]
    assert [x["uscc"] for x in found(MARCH, level="5")] == [other]
    assert [x["uscc"] for x in found(MARCH, occupation="电工", level="4")] == [one]
    assert len(found(MARCH, occupation="6-31-01-03")) == 2
    assert found(MARCH, occupation="6-31-01") == []
    assert len(found(MARCH, standing="unlisted")) == 1


def test_pages_go_on_where_the_last_one_ended(desk: Desk):
    codes = [uscc() for _ in range(5)]
    for code in codes:
        desk.load(registered(code), *(session(code, day=f"2025-03-0{n}") for n in range(1, 4)))
    seen: list[str] = []
    cursor = None
    while True:
        page = flags.page(desk.conn, desk.basis(), flags.Filters(code="S7"), cursor, 4)
        seen += [x["key"] for x in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 15
    first = roster.page(desk.conn, desk.basis(MARCH), roster.Filters(standing="unlisted"), None, 2)
    rest = roster.page(
        desk.conn, desk.basis(MARCH), roster.Filters(standing="unlisted"), first.next, 9
    )
    assert [x["uscc"] for x in (*first.items, *rest.items)] == sorted(codes)
    with pytest.raises(BadCursor):
        flags.page(desk.conn, desk.basis(), flags.Filters(), "nonsense", 4)


def test_scope_has_its_intervals(desk: Desk):
    code = uscc()
    desk.load(*listed(code, "4"), scope_changed(code, "2025-06-01", added=("5",)))
    found = scope.intervals(desk.conn, desk.basis(), code)
    assert [(x["valid_from"], x["valid_to"]) for x in found] == [
        ("2024-07-01", "2025-06-01"),
        ("2025-06-01", "2027-07-01"),
    ]
    items = [[(i["levels"], i["valid_from"], i["valid_to"]) for i in x["scope"]] for x in found]
    first = (["4"], "2024-07-01", "2027-07-01")
    # What a change of scope added was not confirmed from the first day of the grant on.
    assert items == [[first], [first, (["5"], "2025-06-01", "2027-07-01")]]
    assert scope.one(desk.conn, desk.basis(date(2024, 1, 1)), code) is None


def order_of(code, due_on):
    finding = {"finding_id": f"f-{code[-6:]}"}
    raised = line(
        "FindingRaised",
        "2025-04-01",
        SUPERVISOR,
        **finding,
        uscc=code,
        kind="管理不规范",
        severity="minor",
        rule="2020-3/S8.2",
        statement="台账缺失",
        assessments=[],
        certificates=[],
        flags=[],
    )
    ordered = line(
        "RectificationOrdered",
        "2025-04-02",
        SUPERVISOR,
        **finding,
        requirement="补齐",
        due_on=due_on,
    )
    reported = line(
        "RectificationReported",
        "2025-05-20",
        reporter(code),
        **finding,
        statement="已补齐",
        evidence=[],
    )
    return raised, ordered, reported


def test_a_rectification_is_overdue_from_the_day_after_its_deadline_until_the_report(desk: Desk):
    code = uscc()
    raised, ordered, reported = order_of(code, "2025-05-02")
    then = desk.load(*listed(code, "4"), raised, ordered)
    day = date(2025, 5, 3)
    assert desk.breaches(code, day - timedelta(days=1)) == []
    assert desk.breaches(code, day) == ["Q2"]
    assert desk.breaches(code, date(2026, 1, 1)) == ["Q2"]
    reported_at = desk.load(reported)
    assert desk.breaches(code, date(2025, 5, 19)) == ["Q2"]
    assert desk.breaches(code, date(2025, 5, 20)) == []
    assert desk.breaches(code, date(2026, 1, 1), then) == ["Q2"]
    (flag,) = desk.flags(code, date(2026, 1, 1), case="then_and_now")
    assert (flag["key"], flag["known_to"]) == (f"Q2-{then}", reported_at)
    assert flag["verdict"] == "clear", "it is over; that it was late stays"
    assert "2025-05-03 至 2025-05-19 逾期" in flag["message"]["zh"]
    assert desk.flags(code, date(2026, 1, 1), case="then_not_now") == []
    (case,) = cases.page(
        desk.conn, desk.basis(date(2025, 5, 10)), cases.Filters(kind="findings"), None, 9
    ).items
    assert case["stage"] == "rectification_ordered", "as of a day before the report"


def test_a_rectification_in_time_was_never_overdue(desk: Desk):
    code = uscc()
    desk.load(*listed(code, "4"), *order_of(code, "2025-06-30"))
    assert desk.breaches(code, date(2026, 1, 1)) == []
    for case in ("then_and_now", "then_not_now", "now_not_then"):
        assert desk.flags(code, date(2025, 7, 1), case=case) == []


def test_a_review_shows_with_its_reason_and_a_dismissed_flag_is_overturned(desk: Desk):
    code = uscc()
    position = desk.load(*listed(code, "4"), session(code, level="3"))
    key = f"S2-{position}"
    reviewed = desk.load(
        line(
            "FlagReviewed", "2025-04-01", SUPERVISOR, flag=key, decision="dismissed", reason="误报"
        )
    )
    (flag,) = desk.flags(code, review="dismissed")
    assert (flag["case"], flag["review_reason"], flag["review_position"]) == (
        "overturned",
        "误报",
        reviewed,
    )
    assert desk.flags(code, review="none") == []
    (before,) = desk.flags(code, position=position)
    assert before["review"] is None


def test_an_application_is_shown_as_far_as_it_had_come_on_the_day(desk: Desk):
    code = uscc()
    desk.load(*listed(code, "4"))
    stages = [
        cases.one(desk.conn, desk.basis(day), "applications", f"app-{code[-8:]}")
        for day in (date(2024, 5, 9), date(2024, 5, 21), date(2024, 6, 16), date(2025, 1, 1))
    ]
    assert [x and x["stage"] for x in stages] == [
        None,
        "opinion_given",
        "concluded",
        "receipt_issued",
    ]


def test_counts_are_those_of_the_lists(desk: Desk):
    one, other = uscc(), uscc()
    held = session(one)
    raised, ordered, _ = order_of(one, "2025-05-02")
    desk.load(
        *listed(one, "4"),
        *listed(other, "4", where="110105"),
        held,
        certificate(one, held["data"]["assessment_id"]),
        session(other, level="3", day="2025-04-01"),
        raised,
        ordered,
    )
    at = desk.basis(date(2025, 4, 30))
    assert statistics.stats(desk.conn, at, "district") == [
        {"district": "110105", "sessions": 1, "certificates": 0, "breaches": 1, "open_findings": 0},
        {"district": "110108", "sessions": 1, "certificates": 1, "breaches": 0, "open_findings": 1},
    ]
    assert [x["month"] for x in statistics.stats(desk.conn, at, "month")] == ["2025-03", "2025-04"]
    by_code = {x["code"]: x for x in statistics.stats(desk.conn, at, "code")}
    assert by_code["S2"]["breaches"] == 1
    assert by_code["S8"]["open_findings"] == 1
    (by_occupation,) = statistics.stats(desk.conn, at, "occupation", Where("110105"))
    assert by_occupation["sessions"] == 1
    for by in statistics.BY:
        assert statistics.stats(desk.conn, Basis(MARCH, 0), by) == []


def test_before_anything_was_recorded_nothing_is_known(desk: Desk):
    code = uscc()
    desk.load(*listed(code, "4"))
    nothing = desk.basis(position=0)
    assert roster.one(desk.conn, nothing, code) is None
    assert sessions.one(desk.conn, nothing, "a") is None
    assert cases.one(desk.conn, nothing, "plans", f"{code}/2024") is None
    assert flags.one(desk.conn, nothing, "S1-1") is None
    assert scope.page(desk.conn, nothing, scope.Filters(), None, 9).items == []
    assert certificates.page(desk.conn, nothing, certificates.Filters(), None, 9).items == []


def test_what_a_record_raised_is_found_by_its_position(desk: Desk):
    code = uscc()
    position = desk.load(*listed(code, "4"), session(code, level="3"))
    now = desk.basis(date(2025, 6, 1), position)
    found = flags.of_records(desk.conn, now, [position])
    assert [x["key"] for x in found] == [f"S2-{position}"]
    assert flags.of_records(desk.conn, now, [position - 1]) == []
    before = desk.basis(date(2025, 1, 1), position)
    assert flags.of_records(desk.conn, before, [position]) == []
    assert len(flags.on_any_day(desk.conn, [position], position)) == 1


def test_an_enterprise_that_moves_takes_all_its_records_to_the_new_district(desk: Desk):
    code = uscc()
    held = session(code, "3")
    one = certificate(code, held["data"]["assessment_id"])
    duplicate = certificate(code, held["data"]["assessment_id"])
    duplicate["data"]["certificate_no"] = one["data"]["certificate_no"]
    raised, ordered, _ = order_of(code, "2025-05-02")
    then = desk.load(*listed(code, "4"), held, one, duplicate, raised, ordered)
    moved = line("EnterpriseProfileChanged", "2025-09-01", CENTRE, uscc=code, district="BDA")
    now = desk.load(moved)
    before, after = date(2025, 8, 31), date(2025, 9, 1)
    for day, at, district in (
        (after, then, "110108"),
        (before, now, "110108"),
        (after, now, "BDA"),
    ):
        shown = _by_district(desk, Basis(day, at), code)
        assert set(shown) == {district}, (day, at)
        assert {"flags C2", "flags Q2", "flags S2", "sessions", "findings", "plans"} <= shown[
            district
        ]
        assert {"certificates", "applications", "roster", "scope"} <= shown[district]
    wrong = next(e.position for e in desk.log.history(code) if "registered" in e.type)
    correction = line(
        "RecordCorrected",
        "2025-03-10",
        CENTRE,
        position=wrong,
        fields={"district": "110106"},
        reason="登记有误",
    )
    desk.load(correction)
    assert set(_by_district(desk, desk.basis(before), code)) == {"110106"}
    assert set(_by_district(desk, desk.basis(after), code)) == {"BDA"}


def _by_district(desk: Desk, basis: Basis, code: str) -> dict[str, set[str]]:
    """Under which district which records of the enterprise are found."""
    found: dict[str, set[str]] = {}
    for district in ("110108", "BDA", "110106"):
        pages = {
            "sessions": sessions.page(
                desk.conn, basis, sessions.Filters(uscc=code, district=district), None, 9
            ),
            "certificates": certificates.page(
                desk.conn, basis, certificates.Filters(uscc=code, district=district), None, 9
            ),
            "roster": roster.page(
                desk.conn, basis, roster.Filters(uscc=code, district=district), None, 9
            ),
            "scope": scope.page(
                desk.conn, basis, scope.Filters(uscc=code, district=district), None, 9
            ),
            **{
                kind: cases.page(
                    desk.conn,
                    basis,
                    cases.Filters(kind=kind, uscc=code, district=district),
                    None,
                    9,
                )
                for kind in ("findings", "plans", "applications")
            },
        }
        names = {name for name, page in pages.items() if page.items}
        wanted = flags.Filters(uscc=code, district=district)
        raised = flags.page(desk.conn, basis, wanted, None, 99).items
        names |= {f"flags {flag['code']}" for flag in raised}
        items = [item for page in pages.values() for item in page.items] + raised
        assert {item["district"] for item in items if "district" in item} <= {district}
        if names:
            found[district] = names
    return found


def _store_reissue(desk: Desk, code: str, number: str, day: date) -> None:
    """An entry as ledgers before this release took it: dated before the issue."""
    issued = next(
        e for e in desk.log.history(code) if e.type.startswith("certificate.certificate-issued")
    )
    event = CertificateReissued(certificate_no=number, new_certificate_no="旧-1", reason="换发")
    tags = (*issued.tags, "certificate:旧-1")
    new = New(issued.stream, event, code, issued.district, tags, day)
    who = Actor(account="r", role=Role.ENTERPRISE_REPORTER, organisation=code)
    command = Command(body=event, actor=who, valid_from=day, today=day)
    desk.log.append([Append((draft(new, command),))])
    desk.runner.catch_up()


def test_a_certificate_replaced_before_the_day_of_its_issue_is_found_by_that_day(desk: Desk):
    code, other = uscc(), uscc()
    held, also = session(code), session(other)
    given, plain = (
        certificate(c, s["data"]["assessment_id"]) for c, s in ((code, held), (other, also))
    )
    desk.load(*listed(code, "4"), *listed(other, "4"), held, also, given, plain)
    _store_reissue(desk, code, given["data"]["certificate_no"], date(2025, 1, 10))
    issued_on = date.fromisoformat(given["data"]["issued_on"])
    before = desk.basis(issued_on - timedelta(days=1))
    ahead = certificates.Filters(day_from=issued_on)
    shown = certificates.page(desk.conn, before, ahead, None, 9).items
    assert [x["certificate_no"] for x in shown] == ["旧-1"]
    later = certificates.Filters(day_from=issued_on + timedelta(days=1))
    assert certificates.page(desk.conn, before, later, None, 9).items == []
    assert len(certificates.page(desk.conn, desk.basis(issued_on), ahead, None, 9).items) == 3


def test_a_flag_made_a_finding_waits_again_from_the_withdrawal_of_the_finding_on(desk: Desk):
    code = uscc()
    held = session(code, "3")
    desk.load(*listed(code, "4"), held)
    (key,) = (flag["key"] for flag in desk.flags(code))
    number = f"f-{code[-6:]}"
    raised = order_of(code, "2025-05-02")[0]
    made = line(
        "FlagReviewed",
        "2025-04-01",
        SUPERVISOR,
        flag=key,
        decision="converted",
        finding_id=number,
        reason="立案",
    )
    at = desk.load(raised, made)
    assert desk.flags(code, review="none") == []
    assert cases.one(desk.conn, desk.basis(), "findings", number)["flags"] == [key]
    gone = line(
        "FindingWithdrawn", "2025-04-20", SUPERVISOR, finding_id=number, reason="疑点不成立"
    )
    withdrawn = desk.load(gone)
    (waiting,) = desk.flags(code, review="none")
    assert (waiting["key"], waiting["review"], waiting["review_stale"]) == (key, "converted", True)
    assert waiting["review_lapse"] == "finding_withdrawn"
    assert waiting["review_lapsed_by"] == withdrawn
    assert desk.flags(code, position=at, review="none") == []


def test_a_certificate_s_double_use_waits_again_with_its_finding_like_any_other_flag(desk: Desk):
    code = uscc()
    held = session(code)
    sitting = held["data"]["assessment_id"]
    first, second = certificate(code, sitting), certificate(code, sitting, serial=2)
    second["data"]["certificate_no"] = first["data"]["certificate_no"]
    desk.load(*listed(code, "4"), held, first, second)
    key, other = (flag["key"] for flag in desk.flags(code, code="C2", verdict="breach"))
    number = f"f-{code[-6:]}"
    made = line(
        "FlagReviewed",
        "2025-04-01",
        SUPERVISOR,
        flag=key,
        decision="converted",
        finding_id=number,
        reason="立案",
    )
    at = desk.load(order_of(code, "2025-05-02")[0], made)
    assert [flag["key"] for flag in desk.flags(code, code="C2", review="none")] == [other]
    gone = line(
        "FindingWithdrawn", "2025-04-20", SUPERVISOR, finding_id=number, reason="疑点不成立"
    )
    withdrawn = desk.load(gone)
    waiting = {flag["key"]: flag for flag in desk.flags(code, code="C2", review="none")}
    assert waiting.keys() == {key, other}
    assert waiting[key]["review_lapsed_by"] == withdrawn
    then = desk.flags(code, position=at, code="C2", review="none")
    assert [flag["key"] for flag in then] == [other]
