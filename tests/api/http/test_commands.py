"""Commands over HTTP: recorded, flagged, refused, repeated."""

import threading
import uuid

import pytest

from api.http.command_paths import PATHS
from domain.registry import EVENTS
from tests.api.desk import Desk
from tests.api.lines import (
    BUREAU,
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
    published,
    registered,
    reporter,
    session,
    submitted,
    uscc,
)

pytestmark = pytest.mark.postgres


def test_every_event_has_a_path_and_every_path_an_event() -> None:
    decided_below_its_request, of_no_role = (
        {"ActDecided"},
        {
            "ClockSet",
            "DayClosed",
            "DemonstrationBegun",
        },
    )
    named = {name for names in PATHS.values() for name in names}
    assert named | decided_below_its_request | of_no_role == set(EVENTS)


def test_a_fact_within_the_rules_is_recorded_and_raises_nothing(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "5", "4"))
    answer = desk.post("/v1/assessments", session(code)["data"], reporter(code))
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert said["flags"] == []
    assert said["positions"] == [said["position"]]
    assert said["stream"] == f"assessment/as-{code[-8:]}-4-2025-03-10"
    assert said["version"] == 1
    entry = desk.get(answer.headers["location"]).json()
    assert (entry["type"], entry["position"]) == ("AssessmentHeld", said["position"])


def test_a_fact_that_breaks_a_rule_is_recorded_and_lists_the_flags_it_raised(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "5", "4"))
    held = session(code, occupation=COOK)["data"]
    said = desk.post("/v1/assessments", held, reporter(code)).json()
    assert [(flag["code"], flag["verdict"]) for flag in said["flags"]] == [("S1", "breach")]
    assert said["flags"][0]["because"][-1] <= said["position"] or said["flags"][0]["because"]


def test_flags_raised_on_other_records_of_the_enterprise_are_in_the_answer_once(desk: Desk) -> None:
    code = uscc()
    few = {"employee": 1, "dispatched": 0, "student": 0, "apprentice": 0, "other": 0}
    held = session(code, candidates=few)
    name = held["data"]["assessment_id"]
    desk.send(*listed(code, "5", "4"), held, certificate(code, name))

    def issue() -> list[tuple[str, str]]:
        body = certificate(code, name)["data"]
        said = desk.post("/v1/certificates", body, reporter(code)).json()
        return [(flag["code"], flag["assessment_id"]) for flag in said["flags"]]

    assert issue() == [("C3", name)]
    assert issue() == []  # its sentence counts one more; raised it was before


def test_a_session_that_is_reported_once_more_under_another_id_is_warned_of(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "5", "4"))
    held = session(code)["data"]
    first = desk.post("/v1/assessments", held, reporter(code)).json()
    assert "warnings" not in first
    again, key = {**held, "assessment_id": f"{held['assessment_id']}-b"}, str(uuid.uuid4())
    (warning,) = desk.post("/v1/assessments", again, reporter(code), key).json()["warnings"]
    assert held["assessment_id"] in warning["reason"]
    said = desk.post("/v1/assessments", again, reporter(code), key)
    assert said.json()["warnings"] == [warning]
    page = desk.get(f"/assessments/{held['assessment_id']}", accept="text/html").text
    assert f"/assessments/{again['assessment_id']}" in page
    other = {**again, "assessment_id": f"{held['assessment_id']}-c", "assessors": ["另一位"]}
    assert "warnings" not in desk.post("/v1/assessments", other, reporter(code)).json()


def test_a_publication_records_two_entries_in_one_answer(desk: Desk) -> None:
    code = uscc()
    lines = listed(code, "5")
    at = next(n for n, line in enumerate(lines) if line["type"] == "RosterPublished")
    before, publication = lines[:at], lines[at]
    desk.send(*before)
    said = desk.post("/v1/publications", publication["data"], PUBLISHER).json()
    assert len(said["positions"]) == 2
    types = [desk.get(f"/v1/events/{p}").json()["type"] for p in said["positions"]]
    assert types == ["RosterPublished", "EnterpriseListed"]


def test_a_decision_against_the_rules_is_refused_and_nothing_is_recorded(desk: Desk) -> None:
    code = uscc()
    scope = [{**ELECTRICIAN, "levels": ["5"]}]
    desk.send(registered(code), submitted(code, scope))
    before = desk.get("/readyz").json()["position"]
    answer = desk.post("/v1/publications", published(code, scope)["data"], PUBLISHER)
    assert answer.status_code == 409, answer.text
    assert answer.json()["rule"] == "not-confirmed"
    assert desk.get("/readyz").json()["position"] == before


def test_a_reason_of_the_event_is_that_of_the_entry_too(desk: Desk) -> None:
    code = uscc()
    desk.send(registered(code), submitted(code, [{**ELECTRICIAN, "levels": ["5"]}]))
    body = {"type": "ApplicationReturned", "application_id": f"app-{code[-8:]}", "reason": "缺章"}
    answer = desk.post("/v1/acceptances", body | {"valid_from": "2024-05-25"}, CENTRE)
    assert answer.status_code == 201, answer.text
    entry = desk.get(f"/v1/events/{answer.json()['position']}").json()
    assert (entry["data"]["reason"], entry["reason"]) == ("缺章", "缺章")


def test_the_same_key_and_body_get_the_first_answer(desk: Desk) -> None:
    code, key = uscc(), str(uuid.uuid4())
    desk.send(*listed(code, "5"))
    held = session(code, "4")["data"]
    first = desk.post("/v1/assessments", held, reporter(code), key)
    desk.send(line("ListingSuspended", "2026-01-01", BUREAU, uscc=code, basis="督导发现"))
    again = desk.post("/v1/assessments", held, reporter(code), key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["location"] == first.headers["location"]


def test_a_key_means_one_request(desk: Desk) -> None:
    code, key = uscc(), str(uuid.uuid4())
    desk.send(*listed(code, "5", "4"))
    desk.post("/v1/assessments", session(code)["data"], reporter(code), key)
    other = desk.post("/v1/assessments", session(code, "5")["data"], reporter(code), key)
    assert other.status_code == 422
    assert other.json()["type"].endswith("idempotency-key-reused")


def test_keys_of_two_accounts_never_meet(desk: Desk) -> None:
    one, two, key = uscc(), uscc(), str(uuid.uuid4())
    for code in (one, two):
        body = registered(code)["data"] | {"valid_from": "2024-03-01"}
        assert desk.post("/v1/enterprises", body, reporter(code), key).status_code == 201


def test_a_key_is_mandatory(desk: Desk) -> None:
    answer = desk.http.post("/v1/assessments", json={}, headers=desk.auth(reporter(uscc())))
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("idempotency-key-missing")


def test_if_match_holds_a_command_to_the_version_that_was_seen(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "5"))
    change: Json = {"uscc": code, "basis": "督导", "valid_from": "2025-06-01"}
    stale = desk.post("/v1/listings", change, BUREAU, If_Match='"7"')
    assert stale.status_code == 412, stale.text
    good = desk.post("/v1/listings", change, BUREAU, If_Match='"1"')
    assert (good.status_code, good.json()["version"]) == (201, 2)
    for tag in ('"97f8c502"', 'W/"2"', '""'):
        other = desk.post("/v1/listings", change, BUREAU, If_Match=tag)
        assert other.status_code == 412, other.text
    for nonsense in ("2", '"2'):
        answer = desk.post("/v1/listings", change, BUREAU, If_Match=nonsense)
        assert answer.status_code == 422, answer.text


def test_what_changes_nothing_is_said_to_change_nothing(desk: Desk) -> None:
    code = uscc()
    desk.send(registered(code))
    body = registered(code)["data"] | {"valid_from": "2024-03-01"}
    answer = desk.post("/v1/enterprises", body, reporter(code))
    assert (answer.status_code, answer.json()["positions"]) == (200, [])


def test_the_actor_is_who_the_token_says(desk: Desk) -> None:
    code = uscc()
    body = registered(code)["data"] | {"valid_from": "2024-03-01", "actor": CENTRE}
    answer = desk.post("/v1/enterprises", body, reporter(code))
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == ["actor"]


def test_the_body_may_name_another_event_of_the_path(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "5"))
    body = {
        "type": "ListingReinstated",
        "uscc": code,
        "basis": "整改到位",
        "valid_from": "2026-02-01",
        "document_no": "京人社〔2026〕3号",
    }
    suspended = {"uscc": code, "basis": "督导", "valid_from": "2026-01-01"}
    assert desk.post("/v1/listings", suspended, BUREAU).status_code == 201
    position = desk.post("/v1/listings", body, BUREAU).json()["position"]
    entry = desk.get(f"/v1/events/{position}").json()
    assert (entry["type"], entry["document_no"]) == ("ListingReinstated", "京人社〔2026〕3号")
    wrong = desk.post("/v1/listings", body | {"type": "AssessmentHeld"}, BUREAU)
    assert wrong.status_code == 422


@pytest.mark.parametrize(
    ("actor", "code"),
    [
        (district("110105"), "other-district"),
        (SUPERVISOR, "role-not-allowed"),
        (CENTRE, "role-not-allowed"),
    ],
)
def test_an_act_by_who_may_not_is_403(desk: Desk, actor: Json, code: str) -> None:
    enterprise = uscc()
    desk.send(registered(enterprise), submitted(enterprise, [{**ELECTRICIAN, "levels": ["5"]}]))
    body = {
        "application_id": f"app-{enterprise[-8:]}",
        "district": actor["organisation"] if actor["organisation"] == "110105" else "110108",
        "opinion": "support",
        "text": "同意",
        "valid_from": "2024-05-20",
    }
    answer = desk.post("/v1/opinions", body, actor)
    assert (answer.status_code, answer.json()["rule"]) == (403, code)


def test_a_reporter_acts_for_nobody_else(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "4"))
    answer = desk.post("/v1/assessments", session(code)["data"], reporter(uscc()))
    assert (answer.status_code, answer.json()["rule"]) == (403, "other-enterprise")


def test_every_fault_of_a_body_is_named_at_once(desk: Desk) -> None:
    body = session(uscc())["data"] | {"level": "9", "mode": "moon", "held_from": "2025-02-30"}
    answer = desk.post("/v1/assessments", body, reporter(body["uscc"]))
    assert answer.status_code == 422
    fields = {fault["field"] for fault in answer.json()["errors"]}
    assert fields >= {"level", "mode", "held_from"}


def test_sixteen_at_once_are_all_recorded_once(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "4"))
    days = [f"2025-04-{day:02d}" for day in range(1, 17)]
    positions: list[int] = []

    def report(day: str) -> None:
        answer = desk.post("/v1/assessments", session(code, "4", day)["data"], reporter(code))
        positions.append(answer.json()["position"])

    threads = [threading.Thread(target=report, args=(day,)) for day in days]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(positions)) == 16


def test_a_holder_is_masked_in_everything_that_is_shown(desk: Desk) -> None:
    code = uscc()
    held = session(code)
    issued = certificate(code, held["data"]["assessment_id"], name="欧阳上清")
    desk.send(*listed(code, "4"), held, issued)
    for path in ("/v1/certificates", f"/v1/enterprises/{code}/history", "/v1/events"):
        text = desk.get(path, uscc=code if path == "/v1/certificates" else None, limit=1000).text
        assert "欧阳上清" not in text
        assert issued["data"]["holder"]["id_no"] not in text
