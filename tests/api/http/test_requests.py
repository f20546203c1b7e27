"""Acts that take two persons over HTTP: asked for, listed, taken with somebody else's sign-in or refused."""

import pytest

from ledger.log import clock
from tests.api.desk import Desk
from tests.api.lines import (
    BUREAU,
    CENTRE,
    COOK,
    PUBLISHER,
    SUPERVISOR,
    Json,
    listed,
    reporter,
    session,
    uscc,
)

pytestmark = pytest.mark.postgres


@pytest.fixture
def firm(desk: Desk) -> str:
    code = uscc()
    desk.send(*listed(code, "5"))
    return code


def _more(code: str) -> Json:
    added = [{**COOK, "levels": ["5"]}]
    about = {"uscc": code, "added": added, "removed": [], "basis": "扩项"}
    return {**about, "valid_from": "2025-06-01", "reason": "专家已评估"}


def _scope(desk: Desk, code: str) -> list[str]:
    items = desk.items("/v1/roster", q=code, valid_at="2025-07-01")
    return [unit["name"] for item in items for unit in item["scope"]]


def test_an_act_that_takes_two_waits_and_has_no_effect(desk: Desk, firm: str) -> None:
    asked = desk.post("/v1/scope-changes", _more(firm), BUREAU)
    assert asked.status_code == 202, asked.text
    assert asked.headers["Location"] == f"/v1/requests/{asked.json()['request_id']}"
    found = desk.get(asked.headers["Location"]).json()
    assert (found["type"], found["state"], found["subject"]) == ("ScopeChanged", "waiting", firm)
    assert (found["data"]["basis"], found["reason"]) == ("扩项", "专家已评估")
    assert _scope(desk, firm) == ["电工"]
    waiting = desk.items("/v1/requests", uscc=firm, state="waiting")
    assert [item["request_id"] for item in waiting] == [found["request_id"]]


def test_a_second_person_takes_it_and_it_holds_from_its_day(desk: Desk, firm: str) -> None:
    asked = desk.post("/v1/scope-changes", _more(firm), BUREAU).json()["request_id"]
    path = f"/v1/requests/{asked}/decision"
    alone = desk.post(path, {"taken": True}, BUREAU)
    assert (alone.status_code, alone.json()["rule"]) == (409, "same-person")
    shouting = desk.post(path, {"taken": True}, {**BUREAU, "account": BUREAU["account"].upper()})
    assert (shouting.status_code, shouting.json()["rule"]) == (409, "same-person")
    assert desk.post(path, {"taken": True}, CENTRE).status_code == 403
    taken = desk.post(path, {"taken": True}, PUBLISHER)
    assert taken.status_code == 201, taken.text
    assert set(_scope(desk, firm)) == {"电工", "中式烹调师"}
    entry = desk.get(f"/v1/events/{taken.json()['positions'][1]}").json()
    assert (entry["type"], entry["actor"], entry["approved_by"]) == (
        "ScopeChanged",
        BUREAU,
        PUBLISHER,
    )
    found = desk.get(f"/v1/requests/{asked}").json()
    assert (found["state"], found["decided_by"]) == ("taken", PUBLISHER)


def test_a_refused_request_never_holds(desk: Desk, firm: str) -> None:
    asked = desk.post("/v1/scope-changes", _more(firm), BUREAU).json()["request_id"]
    path = f"/v1/requests/{asked}/decision"
    assert desk.post(path, {"taken": False}, PUBLISHER).status_code == 422
    no = {"taken": False, "reason": "缺评估结论"}
    assert desk.post(path, no, PUBLISHER).status_code == 201
    assert _scope(desk, firm) == ["电工"]
    assert desk.get(f"/v1/requests/{asked}").json()["refusal"] == "缺评估结论"
    assert desk.post(path, {"taken": True}, PUBLISHER).status_code == 409


def test_an_enterprise_asks_for_another_name_and_the_centre_takes_it(desk: Desk, firm: str) -> None:
    """The name shows once an authority has looked; the address is the enterprise's own to say."""
    own, name = reporter(firm), f"更名企业{firm[-6:]}"
    today = {"valid_from": clock.today().isoformat()}
    path = "/v1/commands/EnterpriseProfileChanged"
    asked = desk.post(path, {"uscc": firm, "name": name, **today}, own)
    assert asked.status_code == 202, asked.text
    assert desk.items("/v1/roster", q=name) == []
    decision = f"/v1/requests/{asked.json()['request_id']}/decision"
    assert desk.post(decision, {"taken": True}, own).status_code == 403
    assert desk.post(decision, {"taken": True}, CENTRE).status_code == 201
    assert [row["uscc"] for row in desk.items("/v1/roster", q=name)] == [firm]
    assert desk.post(path, {"uscc": firm, "address": "北京市", **today}, own).status_code == 201


def test_a_correction_that_an_enterprise_asks_for_waits_beside_the_acts(
    desk: Desk, firm: str
) -> None:
    held = session(firm, "3")
    desk.send(held)
    (at,) = [
        e["position"]
        for e in desk.items(f"/v1/enterprises/{firm}/history", CENTRE)
        if e["type"] == "AssessmentHeld"
    ]
    day = {"valid_from": clock.today().isoformat(), "reason": "误录"}
    wish = {"position": at, "fields": {"level": "5"}, **day}
    asked = desk.post("/v1/corrections", {"type": "RecordCorrected", **wish}, reporter(firm))
    assert asked.status_code == 202, asked.text
    (found,) = desk.items("/v1/requests", CENTRE, uscc=firm, state="waiting")
    number = f"correction-{asked.json()['position']}"
    assert (found["request_id"], found["kind"], found["type"]) == (
        number,
        "correction",
        "RecordCorrected",
    )
    assert found["data"] == {"position": at, "fields": {"level": "5"}}
    assert desk.get(f"/v1/requests/{number}", CENTRE).json()["state"] == "waiting"
    path = f"/v1/requests/{number}/decision"
    assert desk.post(path, {"taken": True, "reason": "属实"}, reporter(firm)).status_code == 403
    taken = desk.post(path, {"taken": True, "reason": "属实"}, CENTRE)
    assert taken.status_code == 201, taken.text
    assert desk.get(f"/v1/requests/{number}", CENTRE).json()["state"] == "taken"
    assert desk.items("/v1/requests", CENTRE, uscc=firm, state="waiting") == []
    assert [f["code"] for f in desk.items("/v1/flags", CENTRE, uscc=firm, code="S2")] == []


OUTSIDE = {"name": "考点", "address": "河北省三河市燕郊镇", "division": "131082"}
INSIDE = {"venue.division": "110105", "venue.address": "北京市朝阳区望京街10号"}


def test_a_correction_that_ends_a_severe_breach_waits_for_a_second_person(
    desk: Desk, firm: str
) -> None:
    (held,) = desk.send(session(firm, "5", venue=OUTSIDE))
    wish = {"position": held["position"], "fields": INSIDE, "reason": "录入错误"}
    wish |= {"valid_from": clock.today().isoformat()}
    asked = desk.post("/v1/corrections", {"type": "RecordCorrected", **wish}, CENTRE)
    assert asked.status_code == 202, asked.text
    severe = {"uscc": firm, "code": "G1"}
    assert [flag["verdict"] for flag in desk.items("/v1/flags", CENTRE, **severe)] == ["breach"]
    path = f"/v1/requests/{asked.json()['request_id']}/decision"
    assert desk.post(path, {"taken": True}, CENTRE).json()["rule"] == "same-person"
    assert desk.post(path, {"taken": True}, SUPERVISOR).status_code == 201
    assert desk.items("/v1/flags", CENTRE, **severe) == []


def test_so_does_the_taking_of_one_that_the_enterprise_asked_for(desk: Desk, firm: str) -> None:
    (held,) = desk.send(session(firm, "5", venue=OUTSIDE))
    wish = {"position": held["position"], "fields": INSIDE, "reason": "录入错误"}
    wish |= {"valid_from": clock.today().isoformat()}
    own = desk.post("/v1/corrections", {"type": "RecordCorrected", **wish}, reporter(firm))
    path = f"/v1/requests/correction-{own.json()['position']}/decision"
    asked = desk.post(path, {"taken": True, "reason": "属实"}, CENTRE)
    assert asked.status_code == 202, asked.text
    assert len(desk.items("/v1/flags", CENTRE, uscc=firm, code="G1")) == 1
    path = f"/v1/requests/{asked.json()['request_id']}/decision"
    taken = desk.post(path, {"taken": True}, SUPERVISOR)
    assert taken.status_code == 201, taken.text
    assert desk.items("/v1/flags", CENTRE, uscc=firm, code="G1") == []


@pytest.mark.parametrize("number", ["nothing", "correction-999999999", "correction-1"])
def test_a_decision_on_what_no_reading_shows_is_not_found_either(desk: Desk, number: str) -> None:
    assert desk.get(f"/v1/requests/{number}", CENTRE).status_code == 404
    path = f"/v1/requests/{number}/decision"
    assert desk.post(path, {"taken": True, "reason": "属实"}, CENTRE).status_code == 404


def test_nobody_speaks_for_a_second_person_over_http(desk: Desk, firm: str) -> None:
    spoken = desk.post("/v1/scope-changes", {**_more(firm), "approved_by": PUBLISHER}, BUREAU)
    assert [each["field"] for each in spoken.json()["errors"]] == ["approved_by"]


def test_a_reporter_states_no_day_of_receipt_and_their_own_day_decides_nothing(
    desk: Desk, firm: str
) -> None:
    plan = {
        "uscc": firm,
        "year": 2030,
        "summary": {"sessions": 0, "candidates": 0, "certificates": 0},
        "sessions": [],
        "valid_from": "2025-01-10",
    }
    stated = desk.post("/v1/plans", {**plan, "received_on": "2025-01-10"}, reporter(firm))
    assert [each["field"] for each in stated.json()["errors"]] == ["received_on"]
    filed = desk.post("/v1/plans", plan, reporter(firm)).json()
    entry = desk.get(f"/v1/events/{filed['position']}", SUPERVISOR).json()
    assert entry["claimed_on"] == "2025-01-10"
    assert entry["received_on"] == entry["valid_from"] > "2026"


def test_the_centre_states_the_day_on_which_it_received_a_paper(desk: Desk, firm: str) -> None:
    unit = {"uscc": firm, "unit_uscc": uscc(), "unit_name": "一分公司"}
    body = {**unit, "valid_from": "2025-01-01", "received_on": "2025-02-03"}
    covered = desk.post("/v1/units", body, CENTRE)
    assert covered.status_code == 201, covered.text
    entry = desk.get(f"/v1/events/{covered.json()['position']}").json()
    assert (entry["valid_from"], entry["received_by"]) == ("2025-02-03", CENTRE)
    assert (entry["received_on"], entry["claimed_on"]) == ("2025-02-03", "2025-01-01")
