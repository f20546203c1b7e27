"""What supervisors watch: flags by check and age, what came late, why a flag says what it says."""

from datetime import date, timedelta

import pytest

from ledger.log.clock import today
from tests.api.desk import Desk
from tests.api.lines import (
    BUREAU,
    ELECTRICIAN,
    SUPERVISOR,
    Json,
    certificate,
    district,
    line,
    listed,
    reporter,
    session,
    uscc,
)

pytestmark = pytest.mark.postgres

AGES = ("days_7", "days_30", "days_90", "older")
ELSEWHERE = {"name": "分部", "address": "河北省廊坊市三河市燕郊镇", "division": "131082"}


@pytest.fixture
def firm(desk: Desk) -> str:
    """An enterprise with one session in scope and one outside."""
    code = uscc()
    desk.send(*listed(code, "4"), session(code), session(code, "3"))
    return code


def reviewed(flag: str, decision: str, **more: str) -> Json:
    day = today().isoformat()
    return line(
        "FlagReviewed", day, SUPERVISOR, flag=flag, decision=decision, reason="核实", **more
    )


def only_flag(desk: Desk, of: str, **asked: str) -> Json:
    (flag,) = desk.items("/v1/flags", uscc=of, **asked)
    return flag


@pytest.mark.parametrize(
    ("later", "column"),
    [(0, "days_7"), (7, "days_7"), (8, "days_30"), (31, "days_90"), (91, "older")],
)
def test_a_breach_grows_older_with_the_day(desk: Desk, firm: str, later: int, column: str) -> None:
    day = today() + timedelta(days=later)
    (counted,) = desk.items("/v1/backlog", uscc=firm, valid_at=day.isoformat())
    assert counted["code"] == "S2"
    assert {age: counted[age] for age in AGES} == {age: int(age == column) for age in AGES}
    assert (counted["breaches"], counted["unreviewed"], counted["undecided"]) == (1, 1, 0)


def test_a_review_takes_a_flag_out_of_what_waits_but_leaves_it_a_breach(
    desk: Desk, firm: str
) -> None:
    desk.send(reviewed(only_flag(desk, firm)["key"], "dismissed"))
    (counted,) = desk.items("/v1/backlog", uscc=firm)
    assert (counted["breaches"], counted["unreviewed"]) == (1, 0)
    assert desk.items("/v1/flags", uscc=firm, review="none") == []
    assert only_flag(desk, firm, review="any")["review"] == "dismissed"


def test_undecided_is_counted_by_itself(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "4"), session(code, venue=None))
    (counted,) = desk.items("/v1/backlog", uscc=code)
    assert (counted["code"], counted["breaches"]) == ("G1", 0)
    assert (counted["undecided"], counted["undecided_unreviewed"]) == (1, 1)


def test_flags_are_found_by_the_days_on_which_they_became_known(desk: Desk, firm: str) -> None:
    day, before = today().isoformat(), (today() - timedelta(days=1)).isoformat()
    assert only_flag(desk, firm, learnt_from=day, learnt_to=day)["code"] == "S2"
    assert desk.items("/v1/flags", uscc=firm, learnt_to=before) == []
    after = (today() + timedelta(days=1)).isoformat()
    assert desk.items("/v1/flags", uscc=firm, learnt_from=after) == []


def test_flags_are_found_by_the_record_that_they_judge(desk: Desk, firm: str) -> None:
    flag = only_flag(desk, firm)
    record = int(flag["key"].partition("-")[2])
    assert desk.items("/v1/flags", record=record) == [flag]
    assert desk.items("/v1/flags", record=record - 1) == []


def test_what_came_late_is_listed_newest_first_page_by_page(desk: Desk, firm: str) -> None:
    late = desk.items("/v1/late", uscc=firm, days=30, limit=3)
    positions = [entry["position"] for entry in late]
    assert positions == sorted(positions, reverse=True)
    history = desk.items(f"/v1/enterprises/{firm}/history")
    assert positions == [entry["position"] for entry in history]
    newest = late[0]
    assert newest["type"] == "AssessmentHeld"
    assert newest["days_late"] == (today() - date(2025, 3, 10)).days


def test_what_came_in_time_is_not_late(desk: Desk, firm: str) -> None:
    desk.send(reviewed(only_flag(desk, firm)["key"], "upheld"))
    types = {entry["type"] for entry in desk.items("/v1/late", uscc=firm, days=1)}
    assert "AssessmentHeld" in types
    assert "FlagReviewed" not in types
    assert desk.items("/v1/late", uscc=firm, days=3000) == []
    held = desk.items("/v1/late", uscc=firm, type="AssessmentHeld")
    assert [entry["type"] for entry in held] == ["AssessmentHeld"] * 2
    assert desk.get("/v1/late", uscc=firm, type="Nothing").status_code == 422


def test_late_entries_can_be_asked_for_since_a_day(desk: Desk, firm: str) -> None:
    tomorrow = (today() + timedelta(days=1)).isoformat()
    assert desk.items("/v1/late", uscc=firm, recorded_from=today().isoformat())
    assert desk.items("/v1/late", uscc=firm, recorded_from=tomorrow) == []


def test_late_entries_stay_within_what_the_caller_may_see(desk: Desk, firm: str) -> None:
    own = desk.items("/v1/late", reporter(firm), days=30)
    assert {entry["subject"] for entry in own} == {firm}
    other = desk.get("/v1/late", reporter(uscc()), uscc=firm).json()
    assert other["items"] == []
    assert other["limited_to"]
    there = desk.items("/v1/late", district("110105"), days=30, uscc=firm)
    assert there == []
    assert desk.items("/v1/late", district("110108"), days=30, uscc=firm)


def test_a_flag_that_nobody_could_have_seen_says_what_made_it_one(desk: Desk) -> None:
    code = uscc()
    (*_, said) = desk.send(*listed(code, "4", "3"), session(code, "3"))
    change = {"added": [], "removed": [{**ELECTRICIAN, "levels": ["3"]}], "basis": "核查"}
    desk.send(
        line(
            "ScopeChanged",
            "2025-03-01",
            BUREAU,
            uscc=code,
            document_no="京人社〔2025〕1号",
            **change,
        )
    )
    key = only_flag(desk, code)["key"]
    found = desk.get(f"/v1/flags/{key}/explanation").json()
    assert found["case"] == "now_not_then"
    assert (found["then"], found["then_said"]["verdict"]) == ("clear", "clear")
    assert found["then_said"]["position"] == said["position"]
    assert found["now_said"]["verdict"] == "breach"
    assert [version["type"] for version in found["history"]] == ["ScopeChanged"]
    changed = found["history"][0]["position"]
    by_position = {entry["position"]: entry for entry in found["rests_on"]}
    assert by_position[changed]["document_no"] == "京人社〔2025〕1号"
    assert found["clause_text"]["number"] == "七(三)"
    assert found["responsible"][0]["name"]


def test_a_flag_cleared_later_keeps_what_was_said_then(desk: Desk, firm: str) -> None:
    key = only_flag(desk, firm)["key"]
    change = {"added": [{**ELECTRICIAN, "levels": ["3"]}], "removed": [], "basis": "补充确认"}
    desk.send(line("ScopeChanged", "2025-03-01", BUREAU, uscc=firm, **change))
    found = desk.get(f"/v1/flags/{key}/explanation").json()
    assert found["case"] == "then_not_now"
    assert [version["verdict"] for version in found["history"]] == ["breach", "clear"]
    assert found["then_said"] == found["history"][0]
    assert found["now_said"] == found["history"][1]


def test_reviews_of_a_flag_are_kept_one_by_one(desk: Desk, firm: str) -> None:
    key = only_flag(desk, firm)["key"]
    desk.send(reviewed(key, "upheld"), reviewed(key, "dismissed"))
    found = desk.get(f"/v1/flags/{key}/explanation").json()
    assert [review["decision"] for review in found["reviews"]] == ["dismissed", "upheld"]
    assert found["case"] == "overturned"
    assert [version["review"] for version in found["history"]] == [None, "upheld", "dismissed"]


def test_a_flag_of_a_place_comes_with_every_piece_of_evidence(desk: Desk) -> None:
    code = uscc()
    venue = {**ELSEWHERE, "lon": 116.82013, "lat": 39.95011, "datum": "WGS-84"}
    desk.send(*listed(code, "4"), session(code, venue=venue))
    key = only_flag(desk, code, code="G1")["key"]
    place = desk.get(f"/v1/flags/{key}/explanation").json()["place"]
    assert (place["side"], place["step"]) == ("outside", "division")
    assert {clue["step"] for clue in place["clues"]} >= {"division", "coordinates"}
    assert place["outline"]
    assert place["parsers"]
    assert place["map"]["band"] == 150
    assert place["map"]["line"].startswith("M")


def test_the_picture_is_of_what_was_reported_whatever_is_judged(desk: Desk) -> None:
    code = uscc()
    far = {"lon": 116.82013, "lat": 39.95011, "datum": "WGS-84", "division": "110108"}
    venue = {"name": "分部", "address": "北京市海淀区上地十街10号", **far}
    desk.send(*listed(code, "4"), session(code, venue=venue))
    key = only_flag(desk, code, code="G2")["key"]
    place = desk.get(f"/v1/flags/{key}/explanation").json()["place"]
    assert (place["side"], place["map"]["side"]) == ("inside", "outside")
    page = desk.get(f"/flags/{key}", accept="text/html").text
    assert "所报坐标画在本市行政区域外" in page.replace("\n", "")


def test_of_several_places_the_evidence_is_that_of_the_one_that_decides(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "4"), session(code, venues=[ELSEWHERE]))
    key = only_flag(desk, code, code="G1")["key"]
    place = desk.get(f"/v1/flags/{key}/explanation").json()["place"]
    assert place["side"] == "outside"
    assert place["venue"]["division"] == ELSEWHERE["division"]


def test_other_flags_of_the_record_are_named(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "4"), session(code, "3", venue=ELSEWHERE))
    keys = {flag["key"]: flag for flag in desk.items("/v1/flags", uscc=code)}
    assert {flag["code"] for flag in keys.values()} == {"S2", "G1"}
    one = next(key for key in keys if key.startswith("S2"))
    found = desk.get(f"/v1/flags/{one}/explanation").json()
    assert [other["code"] for other in found["same_record"]] == ["G1"]
    assert found["place"] is None


def test_entries_behind_a_flag_that_a_reporter_may_not_see_are_positions_alone(desk: Desk) -> None:
    mine, theirs = uscc(), uscc()
    desk.send(*listed(mine, "4"), *listed(theirs, "4"))
    here, there = session(mine), session(theirs)
    issued = certificate(mine, here["data"]["assessment_id"])
    duplicate = certificate(theirs, there["data"]["assessment_id"])
    duplicate["data"]["certificate_no"] = issued["data"]["certificate_no"]
    desk.send(here, there, issued, duplicate)
    key = only_flag(desk, theirs, code="C2")["key"]
    whole = desk.get(f"/v1/flags/{key}/explanation").json()["rests_on"]
    own = desk.get(f"/v1/flags/{key}/explanation", reporter(theirs)).json()["rests_on"]
    assert {entry.get("subject") for entry in whole} == {mine, theirs}
    hidden = [entry for entry in own if entry.get("subject") != theirs]
    assert hidden
    assert all(set(entry) == {"position"} for entry in hidden)


def test_a_flag_of_another_enterprise_is_not_there(desk: Desk, firm: str) -> None:
    key = only_flag(desk, firm)["key"]
    assert desk.get(f"/v1/flags/{key}/explanation", reporter(uscc())).status_code == 404
    assert desk.get(f"/v1/flags/{key}/explanation", district("110105")).status_code == 404
    assert desk.get(f"/v1/flags/{key}/explanation", district("110108")).status_code == 200


def test_findings_are_found_by_whether_they_are_open(desk: Desk, firm: str) -> None:
    raised = line(
        "FindingRaised",
        "2025-04-01",
        SUPERVISOR,
        finding_id=f"fd-{firm}",
        uscc=firm,
        kind="超范围",
        severity="major",
        rule="七(三)",
        statement="超范围开展认定",
    )
    key = only_flag(desk, firm)["key"]
    assert desk.get(f"/v1/flags/{key}/explanation").json()["covered_by"] == []
    raised["data"]["flags"] = [key]
    desk.send(raised)
    (covering,) = desk.get(f"/v1/flags/{key}/explanation").json()["covered_by"]
    assert (covering["finding_id"], covering["stage"]) == (f"fd-{firm}", "raised")
    assert len(desk.items("/v1/findings", uscc=firm, open="yes")) == 1
    assert desk.items("/v1/findings", uscc=firm, open="no") == []
    desk.send(
        line("FindingClosed", "2025-04-02", SUPERVISOR, finding_id=f"fd-{firm}", outcome="已处理")
    )
    assert desk.items("/v1/findings", uscc=firm, open="yes") == []


def test_certificates_are_found_by_day_and_state(desk: Desk) -> None:
    code = uscc()
    held = session(code)
    desk.send(*listed(code, "4"), held, certificate(code, held["data"]["assessment_id"]))
    march = {"from": "2025-03-01", "to": "2025-03-31"}
    assert len(desk.items("/v1/certificates", uscc=code, state="valid", **march)) == 1
    assert desk.items("/v1/certificates", uscc=code, state="revoked", **march) == []
    assert desk.items("/v1/certificates", uscc=code, to="2025-03-19") == []


def test_the_overview_counts_what_its_lists_hold(desk: Desk, firm: str) -> None:
    inspector = district("110108")
    found = desk.get("/v1/overview", inspector).json()
    basis = {k: found["basis"][k] for k in ("valid_at", "position")}
    lines = {line["code"]: line for line in found["backlog"]}
    asked = {"code": "S2", "verdict": "breach", **basis}
    assert lines["S2"]["breaches"] == len(desk.items("/v1/flags", inspector, **asked))
    late, week = found["late"], found["week"]
    listed_late = desk.items(
        "/v1/late", inspector, days=late["days"], recorded_from=late["recorded_from"], **basis
    )
    assert late["whole"]
    assert late["number"] == len(listed_late)
    assert late["items"][0]["position"] == listed_late[0]["position"]
    for of in ("roster", "flags"):
        differing = desk.items(
            "/v1/diff",
            inspector,
            of=of,
            from_valid_at=week["from"]["valid_at"],
            from_position=week["from"]["position"],
            to_valid_at=basis["valid_at"],
            to_position=basis["position"],
        )
        counts = week[of]
        assert counts["added"] == sum(each["change"] == "added" for each in differing)
        assert counts["whole"]
    assert {line["district"] for line in found["districts"]} == {"110108"}
    assert firm


def test_the_overview_of_a_reporter_is_of_their_own_enterprise(desk: Desk, firm: str) -> None:
    found = desk.get("/v1/overview", reporter(firm)).json()
    assert found["limited_to"] == {"uscc": firm}
    assert [(line["code"], line["breaches"]) for line in found["backlog"]] == [("S2", 1)]
    assert [(each["district"], each["breaches"]) for each in found["districts"]] == [("110108", 1)]
    assert sum(each["breaches"] for each in found["months"]) == 1
    assert {entry["subject"] for entry in found["late"]["items"]} == {firm}


def test_listings_that_end_soon_are_counted_within_their_bounds(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "4"))
    day = date(2027, 7, 1) - timedelta(days=100)
    found = desk.get("/v1/overview", reporter(code), valid_at=day.isoformat()).json()
    assert found["expiring"]["within"] == {"60": 0, "180": 1}
    assert found["expiring"]["items"][0]["days_left"] == 100
    rows = desk.items("/v1/roster", uscc=code, expiring_within=180, valid_at=day.isoformat())
    assert [row["uscc"] for row in rows] == [code]
    assert desk.items("/v1/roster", uscc=code, expiring_within=60, valid_at=day.isoformat()) == []


def test_an_inspector_asking_for_another_district_gets_nothing_and_is_told(desk: Desk) -> None:
    found = desk.get("/v1/overview", district("110108"), district="110105").json()
    assert found["backlog"] == []
    assert found["limited_to"] == {"district": "110108"}


@pytest.mark.parametrize(
    ("actor", "status"),
    [
        (None, 401),
        ({"account": "expert-9", "role": "expert", "organisation": "大学"}, 403),
        ({"account": "security-9", "role": "security_admin", "organisation": "centre"}, 403),
        ({"account": "analyst-9", "role": "analyst", "organisation": "centre"}, 200),
    ],
)
@pytest.mark.parametrize("path", ["/v1/overview", "/v1/backlog", "/v1/late"])
def test_who_may_watch(desk: Desk, path: str, actor: Json | None, status: int) -> None:
    assert desk.get(path, actor).status_code == status
