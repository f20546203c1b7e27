"""What the API tells of one enterprise: its days, its units, what ends soon, what stands around an entry."""

from datetime import timedelta
from hashlib import sha256

import pytest

from api.installation.wiring import Installation
from ledger.log import clock
from tests.api.desk import Desk
from tests.api.lines import (
    CENTRE,
    COOK,
    ELECTRICIAN,
    PUBLISHER,
    SUPERVISOR,
    Json,
    certificate,
    district,
    line,
    listed,
    registered,
    reporter,
    session,
    uscc,
)

pytestmark = pytest.mark.postgres
ANALYST = {"account": "analyst-1", "role": "analyst", "organisation": "centre"}


def test_what_the_supervisors_did_wrong_is_in_no_count_of_the_enterprise(
    desk: Desk, firm: str
) -> None:
    assert desk.items("/v1/flags", uscc=firm, code="Q1") != []
    for who in (SUPERVISOR, reporter(firm)):
        assert "Q1" not in {each["code"] for each in desk.items("/v1/backlog", who, uscc=firm)}
        by_code = desk.get("/v1/stats", who, by="code", uscc=firm).json()["items"]
        assert "Q1" not in {each["code"] for each in by_code}
    assert "Q1" in {each["code"] for each in desk.items("/v1/backlog", SUPERVISOR)}


def test_a_listed_enterprise_that_moves_out_of_beijing_is_warned_of(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "4"))

    def move(address: str, day: str) -> Json:
        body = {"type": "EnterpriseProfileChanged", "uscc": code, "address": address}
        answer = desk.post("/v1/enterprises", body | {"valid_from": day}, CENTRE)
        assert answer.status_code == 201, answer.text
        return answer.json()

    (warning,) = move("天津市滨海新区第三大街51号", "2025-05-01")["warnings"]
    assert warning["field"] == "address"
    shown = desk.get(f"/v1/enterprises/{code}", valid_at="2025-06-01").json()
    assert "天津市滨海新区" in shown["address_outside"]["zh"]
    assert (
        desk.get(f"/v1/enterprises/{code}", valid_at="2025-04-30").json()["address_outside"] is None
    )
    assert "warnings" not in move("北京市海淀区上地十街10号", "2025-07-01")


def test_a_name_that_another_enterprise_bears_is_taken_with_a_warning(desk: Desk) -> None:
    code, other, private = uscc(), uscc(), uscc()
    desk.send(*listed(code, "4"), registered(other), registered(private))
    name = desk.get(f"/v1/enterprises/{code}").json()["name"]

    def bears(whose: str, name: str) -> Json:
        body = {"type": "EnterpriseProfileChanged", "uscc": whose, "valid_from": "2025-05-01"}
        answer = desk.post("/v1/enterprises", body | {"name": name}, CENTRE)
        assert answer.status_code == 201, answer.text
        return answer.json()

    (warning,) = bears(other, f" {name[:2]} {name[2:]}")["warnings"]
    assert warning["field"] == "name"
    assert code in warning["reason"]
    assert "warnings" not in bears(private, f"{name}独有")
    fresh = uscc()
    said = desk.post(
        "/v1/enterprises",
        registered(fresh)["data"]
        | {"type": "EnterpriseRegistered", "name": f"{name}独有", "valid_from": "2025-06-01"},
        reporter(fresh),
    ).json()
    assert "warnings" not in said, "a reporter learns of nobody who is not public"


@pytest.fixture(scope="module")
def firm(desk: Desk) -> str:
    """An enterprise with sessions inside and outside its scope, a suspension and a spot check."""
    code = uscc()
    held, wrong = session(code), session(code, "3", "2025-04-01")
    cook = session(code, "4", "2025-05-02", assessment_id=f"as-{code[-8:]}-cook", occupation=COOK)
    check = line(
        "SpotCheckRecorded",
        "2025-03-10",
        district("110108"),
        inspection_id=f"in-{code[-8:]}",
        uscc=code,
        assessment_id=held["data"]["assessment_id"],
        district="110108",
        kind="日常监督检查",
        inspectors=[{"account": "i", "name": "督导一", "card_no": "R1", "recusal_declared": False}],
        captured_at="2025-03-10T02:00:00Z",
        place={"address": "北京市海淀区上地十街10号"},
        device_id="pad",
        offline=False,
        checklist=[{"item": "考场视频监控", "value": "是"}],
        evidence=[],
        signature_refused=False,
    )
    pause = line(
        "ListingSuspended", "2025-06-01", PUBLISHER, uscc=code, basis="整改", until="2025-09-01"
    )
    units = [
        line("UnitCovered", "2024-08-01", CENTRE, uscc=code, unit_uscc=unit, unit_name="分公司")
        for unit in (uscc(), uscc())
    ]
    gone = line(
        "UnitReleased", "2025-02-01", CENTRE, uscc=code, unit_uscc=units[0]["data"]["unit_uscc"]
    )
    issued = certificate(code, held["data"]["assessment_id"])
    desk.send(*listed(code, "5", "4"), *units, gone, held, wrong, cook, check, issued, pause)
    return code


def _row(desk: Desk, code: str, name: str) -> Json:
    rows = desk.get(f"/v1/enterprises/{code}/timeline").json()["occupations"]
    return next(row for row in rows if row["occupation"]["name"] == name)


def test_a_timeline_tells_scope_and_sessions_inside_and_outside(desk: Desk, firm: str) -> None:
    row = _row(desk, firm, "电工")
    assert [(bar["valid_from"], bar["valid_to"]) for bar in row["scope"]] == [
        ("2024-07-01", "2027-07-01")
    ]
    within = {each["held_from"]: each["within"] for each in row["sessions"]}
    assert within == {"2025-03-10": "inside", "2025-04-01": "outside"}
    assert [each["within"] for each in _row(desk, firm, "中式烹调师")["sessions"]] == ["outside"]
    assert _row(desk, firm, "中式烹调师")["scope"] == []


def test_a_timeline_tells_suspensions_and_spot_checks_whatever_the_day(
    desk: Desk, firm: str
) -> None:
    found = desk.get(f"/v1/enterprises/{firm}/timeline", valid_at="2025-01-01").json()
    paused = [each for each in found["standings"] if each["standing"] == "suspended"]
    assert [(each["valid_from"], each["valid_to"]) for each in paused] == [
        ("2025-06-01", "2025-09-01")
    ]
    assert [check["seen_on"] for check in found["spot_checks"]] == ["2025-03-10"]


def test_a_timeline_says_of_each_day_what_was_so_on_it_and_marks_what_lies_behind(
    desk: Desk,
) -> None:
    """No number holds both: of a past day the lists and the timeline say the same."""
    code = uscc()
    held = session(code)
    later = session(code, day="2025-05-02", assessment_id=f"as-{code[-8:]}-b")
    other = certificate(code, held["data"]["assessment_id"])
    other["data"]["level"] = "3"  # outside of the scope: S2, from the day of issue on
    desk.send(*listed(code, "4"), held, later, other)
    issued = desk.items("/v1/certificates", uscc=code)[0]["issued_on"]

    def told(day: str) -> Json:
        answer: Json = desk.get(f"/v1/enterprises/{code}/timeline", valid_at=day).json()
        return answer

    before, after = told("2025-03-15"), told("2025-12-31")
    marks = [
        [
            (each["held_from"], each["later"])
            for row in at["occupations"]
            for each in row["sessions"]
        ]
        for at in (before, after)
    ]
    assert marks == [
        [("2025-05-02", True), ("2025-03-10", False)],
        [("2025-05-02", False), ("2025-03-10", False)],
    ]
    assert issued > "2025-03-15"
    counted = [
        [(each["certificates"], each["certificates_later"]) for each in at["certificates"]]
        for at in (before, after)
    ]
    assert counted == [[(0, 1)], [(1, 0)]]
    of_year = [
        [
            (each["held"], each["held_later"], each["later"])
            for each in at["plans"]
            if each["year"] == 2025
        ]
        for at in (before, after)
    ]
    assert of_year[0][0][:2] == (1, 1)
    assert of_year[1][0][:2] == (2, 0)
    for day, at in (("2025-03-15", before), ("2025-12-31", after)):
        until = [e for row in at["occupations"] for e in row["sessions"] if not e["later"]]
        numbers = {each["assessment_id"] for each in until}
        on_day = desk.items("/v1/flags", uscc=code, valid_at=day)
        wanted = {each["key"] for each in on_day if each["assessment_id"] in numbers}
        assert {key for each in until for key in each["flags"]} == wanted
        assert ("S2" in {each["code"] for each in on_day}) == (at is after)
        (first,) = (each for each in until if each["held_from"] == "2025-03-10")
        assert first["verdict"] == ("breach" if at is after else "clear")


def test_a_session_outside_beijing_is_outside_on_the_timeline_as_in_the_report(desk: Desk) -> None:
    """What a check tells about stands on the check: no picture has a list of its own."""
    code = uscc()
    hebei = {"name": "廊坊分部", "address": "河北省廊坊市广阳区金光道1号", "division": "131003"}
    desk.send(*listed(code, "4"), session(code, venue=hebei))
    (flag,) = desk.items("/v1/flags", uscc=code, code="G1")
    (held,) = _row(desk, code, "电工")["sessions"]
    assert (held["within"], held["flags"]) == ("outside", [flag["key"]])


def test_a_dismissed_flag_puts_its_session_inside_again(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "4"), session(code, "3"))
    [flag] = desk.items("/v1/flags", uscc=code)
    assert _row(desk, code, "电工")["sessions"][0]["flags"] == [flag["key"]]
    review = {"flag": flag["key"], "decision": "dismissed", "reason": "等级录错"}
    body = {**review, "valid_from": "2025-04-01"}
    assert desk.post("/v1/commands/FlagReviewed", body, SUPERVISOR).status_code == 201
    assert _row(desk, code, "电工")["sessions"][0]["within"] == "inside"
    counts = desk.get(f"/v1/enterprises/{code}").json()["counts"]
    assert counts == {"breaches": 1, "dismissed": 1, "undecided": 0, "open_findings": 0}


def test_units_are_those_covered_on_the_day(desk: Desk, firm: str) -> None:
    path = f"/v1/enterprises/{firm}/units"
    assert len(desk.items(path, valid_at="2024-12-01")) == 2
    assert len(desk.items(path, valid_at="2025-03-01")) == 1
    assert desk.items(path, valid_at="2024-07-01") == []


def test_certificates_are_counted_by_session(desk: Desk, firm: str) -> None:
    found = desk.items(f"/v1/enterprises/{firm}/certificates")
    assert {each["held_from"]: each["certificates"] for each in found} == {
        "2025-03-10": 1,
        "2025-04-01": 0,
        "2025-05-02": 0,
    }
    early = desk.items(f"/v1/enterprises/{firm}/certificates", valid_at="2025-03-15")
    assert [each["certificates"] for each in early] == [0]


@pytest.mark.parametrize("part", ["timeline", "units", "certificates"])
def test_nobody_learns_of_another_districts_enterprise(desk: Desk, firm: str, part: str) -> None:
    path = f"/v1/enterprises/{firm}/{part}"
    for stranger in (district("110105"), reporter(uscc())):
        answer = desk.get(path, stranger)
        assert answer.status_code == 404 or answer.json()["items"] == []
    assert desk.get(path, district("110108")).status_code == 200
    assert desk.get(path, None).status_code == 401
    assert desk.get(path, {**SUPERVISOR, "role": "audit_admin"}).status_code == 403


def test_flags_of_a_session_are_its_own_and_its_certificates(desk: Desk, firm: str) -> None:
    wrong = f"as-{firm[-8:]}-3-2025-04-01"
    found = desk.items("/v1/flags", assessment_id=wrong)
    assert {flag["code"] for flag in found} == {"S2"}
    assert {flag["assessment_id"] for flag in found} == {wrong}
    assert desk.items("/v1/flags", assessment_id="as-of-nobody") == []


def test_listings_that_end_soon_are_found_with_their_last_day(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "4"))

    def found(day: str, days: int) -> list[str]:
        return [
            item["uscc"]
            for item in desk.items("/v1/roster", uscc=code, valid_at=day, expiring_within=days)
        ]

    assert found("2027-05-02", 60) == [code]
    assert found("2027-05-01", 60) == []
    assert found("2027-07-01", 60) == []
    assert desk.get("/v1/roster", expiring_within="0").status_code == 422
    assert desk.get("/v1/roster", expiring_within="soon").status_code == 422


def test_a_listing_ends_soon_though_a_change_comes_between(desk: Desk) -> None:
    code = uscc()
    added = [{**COOK, "levels": ["4"]}]
    change = line(
        "ScopeChanged", "2026-01-01", PUBLISHER, uscc=code, added=added, removed=[], basis="扩项"
    )
    desk.send(*listed(code, "4"), change)
    asked = {"uscc": code, "valid_at": "2025-12-15"}
    assert desk.items("/v1/roster", **asked, expiring_within=60) == []
    assert desk.items("/v1/roster", **asked, expiring_within=600) != []


def test_around_an_entry_stand_its_neighbours_and_its_leaf(
    desk: Desk, firm: str, house: Installation
) -> None:
    newest, middle, *_ = desk.items(f"/v1/enterprises/{firm}/history")
    found = desk.get(f"/v1/events/{middle['position']}/context").json()
    assert found["entry"] == {key: middle[key] for key in found["entry"]}
    assert found["next"] == newest["position"]
    assert found["previous"] < middle["position"]
    [stored] = house.log.at([middle["position"]])
    assert found["leaf"]["hash"] == stored.leaf_hash().hex()
    assert found["leaf"]["sha256"] == sha256(stored.hashed_bytes()).hexdigest()
    assert found["leaf"]["index"] == middle["position"] - 1
    assert found["leaf"]["header"].startswith("dudao/entry/v2\nstream ")


def test_a_correction_shows_beside_what_was_recorded_and_not_before_it_was_known(
    desk: Desk,
) -> None:
    code = uscc()
    done = desk.send(*listed(code, "4"), session(code, "3"))
    at = done[-1]["position"]
    correction = {
        "position": at,
        "fields": {"level": "4"},
        "reason": "录入错误",
        "valid_from": "2025-03-10",
    }
    [before] = [desk.get(f"/v1/events/{at}/context").json()]
    assert before["now"] is None
    assert [flag["code"] for flag in before["flags"]] == ["S2"]
    answer = desk.post("/v1/commands/RecordCorrected", correction, SUPERVISOR)
    assert answer.status_code == 201, answer.text
    after = desk.get(f"/v1/events/{at}/context").json()
    assert after["entry"]["data"]["level"] == "3"
    assert after["now"]["data"]["level"] == "4"
    assert [each["reason"] for each in after["corrections"]] == ["录入错误"]
    assert after["flags"] == []
    then = desk.get(f"/v1/events/{at}/context", position=at).json()
    assert then["now"] is None
    assert then["next"] is None
    assert desk.get(f"/v1/events/{at}/context", position=at - 1).status_code == 404


def test_beside_a_late_entry_stands_what_it_raised_on_earlier_ones(desk: Desk) -> None:
    code = uscc()
    (*_, held) = desk.send(*listed(code, "4"), session(code, "4"))
    (late,) = desk.send(
        line(
            "ListingSuspended", "2025-03-01", PUBLISHER, uscc=code, basis="检查", until="2025-04-01"
        )
    )
    found = desk.get(f"/v1/events/{late['position']}/context").json()
    assert [flag["key"] for flag in found["flags"]] == [f"S7-{held['position']}"]
    assert desk.get(f"/v1/events/{late['position']}/context", reporter(uscc())).status_code == 404


def test_what_time_brings_is_known_from_the_day_that_brought_it(desk: Desk) -> None:
    code, today = uscc(), clock.today()
    finding, due = f"fd-{code[-8:]}", today + timedelta(days=30)
    about = {"severity": "minor", "rule": "2020-3", "statement": "评分记录不全", "kind": "record"}
    nothing: Json = {"assessments": [], "certificates": [], "flags": []}
    raised = line(
        "FindingRaised",
        today.isoformat(),
        SUPERVISOR,
        finding_id=finding,
        uscc=code,
        **about,
        **nothing,
    )
    ordered = line(
        "RectificationOrdered",
        today.isoformat(),
        SUPERVISOR,
        finding_id=finding,
        requirement="补齐",
        due_on=due.isoformat(),
    )
    desk.send(*listed(code, "4"), raised, ordered)
    asked = {"uscc": code, "valid_at": (due + timedelta(days=3)).isoformat()}
    (line_,) = [each for each in desk.items("/v1/backlog", **asked) if each["code"] == "Q2"]
    assert (line_["breaches"], line_["days_7"], line_["days_90"]) == (1, 1, 0)
    after = (due + timedelta(days=1)).isoformat()
    (flag,) = desk.items("/v1/flags", **asked, code="Q2")
    assert flag["valid_at"] == after
    headers = {**desk.auth(SUPERVISOR), "Accept": "text/html"}
    shown = desk.http.get(f"/flags/{flag['key']}?valid_at={asked['valid_at']}", headers=headers)
    assert f"当时：{after} 终了时" in shown.text
    assert "记录入账时" not in shown.text
    assert len(desk.items("/v1/flags", **asked, code="Q2", learnt_from=after)) == 1
    assert desk.items("/v1/flags", **asked, code="Q2", learnt_to=today.isoformat()) == []


def test_an_entry_of_others_looks_absent_and_an_analyst_sees_no_people(
    desk: Desk, firm: str
) -> None:
    [issued] = desk.items(f"/v1/enterprises/{firm}/history", type="CertificateIssued")
    path = f"/v1/events/{issued['position']}/context"
    assert desk.get(path, district("110105")).status_code == 404
    assert desk.get(path, reporter(uscc())).status_code == 404
    assert desk.get("/v1/events/nonsense/context").status_code == 404
    subject = issued["data"]["holder"]["subject_id"]
    assert subject in desk.get(path).text
    seen = desk.get(path, ANALYST)
    assert seen.status_code == 200
    assert subject not in seen.text
    assert "masked_name" not in seen.text


def test_anyone_learns_what_changed_on_the_roster_and_nothing_else(desk: Desk) -> None:
    code, quiet = uscc(), uscc()
    done = desk.send(*listed(code, "4"), registered(quiet))
    asked = {"since": "2024-06-30", "valid_at": "2024-07-02", "position": done[-1]["position"]}
    lines = {each["uscc"]: each for each in desk.items("/v1/roster/changes", None, **asked)}
    assert quiet not in lines
    assert lines[code]["change"] == "added"
    assert lines[code]["before"] is None
    shown = lines[code]["after"]
    assert shown["standing"] == "listed"
    assert {"address", "because"} & set(shown) == set()
    assert [item["name"] for item in shown["scope"]] == [ELECTRICIAN["name"]]


def test_what_changed_of_what_is_not_published_is_no_change_to_anyone(desk: Desk) -> None:
    code = uscc()
    moved = line(
        "EnterpriseProfileChanged", "2024-08-15", CENTRE, uscc=code, address="北京市昌平区"
    )
    done = desk.send(*listed(code, "4"), moved)
    asked = {"since": "2024-08-01", "valid_at": "2024-09-01", "position": done[-1]["position"]}
    assert code not in {each["uscc"] for each in desk.items("/v1/roster/changes", None, **asked)}


def test_changes_of_the_roster_come_page_by_page(desk: Desk) -> None:
    desk.send(*listed(uscc(), "4"), *listed(uscc(), "4"))
    asked = {"since": "2024-06-30", "valid_at": "2024-07-02"}
    whole = desk.items("/v1/roster/changes", None, **asked, limit=1000)
    assert len(whole) >= 2
    paged = desk.items(
        "/v1/roster/changes", None, since="2024-06-30", valid_at="2024-07-02", limit=1
    )
    assert paged == whole
