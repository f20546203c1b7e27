"""The one shape of every answer that is not the one asked for."""

import json
import re

import pytest

from api.questions.problems import KINDS, Fault, Problem, from_refusal
from domain.terms.decider import Refused
from tests.api.desk import Desk
from tests.api.lines import SUPERVISOR

MEMBERS = {"type", "title", "status", "detail", "instance"}


def test_a_problem_has_the_members_of_rfc_9457_and_ours_only_where_they_exist() -> None:
    plain = json.loads(Problem("not-found", "没有", "none").body("urn:uuid:1"))
    assert plain == {
        "type": "urn:dudao:problem:not-found",
        "title": "没有找到",
        "status": 404,
        "detail": "没有 / none",
        "instance": "urn:uuid:1",
    }
    full = Problem("refused", "不", "no", errors=[Fault("a", "b")], rule="r", position=3)
    said = json.loads(full.body())
    assert said["errors"] == [{"field": "a", "reason": "b"}]
    assert (said["rule"], said["position"]) == ("r", 3)


@pytest.mark.parametrize("code", KINDS)
def test_every_kind_has_a_status_that_is_an_error_and_a_chinese_title(code: str) -> None:
    status, title = KINDS[code]
    assert 400 <= status < 600
    assert re.search("[\u4e00-\u9fff]", title)


@pytest.mark.parametrize(
    ("code", "field", "status"),
    [
        ("role-not-allowed", "actor.role", 403),
        ("other-district", "actor.organisation", 403),
        ("same-person", "actor", 403),
        ("not-own-sheet", "expert_id", 403),
        ("other-enterprise", "uscc", 409),
        ("unknown-enterprise", "uscc", 422),
        ("invalid-uscc", "uscc", 422),
        ("day-in-the-future", "valid_from", 422),
        ("not-confirmed", "entries.0.application_id", 409),
        ("duplicate", "", 409),
    ],
)
def test_a_refusal_has_the_status_of_its_kind(code: str, field: str, status: int) -> None:
    problem = from_refusal(Refused(code, "不行", "no", field))
    assert (problem.status, problem.rule) == (status, code)
    assert [fault.field for fault in problem.errors] == ([field] if field else [])


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nothing", 404),
        ("DELETE", "/v1/roster", 405),
        ("GET", "/v1/flags?valid_at=yesterday", 422),
        ("GET", "/v1/flags?colour=red", 422),
        ("GET", "/v1/flags?code=S1&code=S2", 422),
        ("GET", "/v1/flags?cursor=abc", 422),
        ("GET", "/v1/flags/S1-999999", 404),
        ("POST", "/v1/assessments", 415),
    ],
)
def test_every_failure_is_a_problem(desk: Desk, method: str, path: str, status: int) -> None:
    answer = desk.http.request(method, path, headers=desk.auth(SUPERVISOR))
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert set(said) >= MEMBERS
    assert said["status"] == status
    assert said["instance"] == f"urn:uuid:{answer.headers['x-request-id']}"


@pytest.mark.postgres
def test_an_unacceptable_format_is_406_and_a_missing_token_401(desk: Desk) -> None:
    assert desk.get("/v1/flags", accept="image/png").status_code == 406
    anonymous = desk.get("/v1/flags", None)
    assert anonymous.status_code == 401
    assert anonymous.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.postgres
def test_what_was_sent_is_not_repeated(desk: Desk) -> None:
    answer = desk.get("/v1/flags", code="hunter2<script>")
    assert answer.status_code == 422
    assert "hunter2" not in answer.text


@pytest.mark.postgres
def test_a_405_says_what_the_address_knows(desk: Desk) -> None:
    answer = desk.http.request("PUT", "/v1/roster")
    assert set(answer.headers["allow"].split(", ")) >= {"GET", "HEAD"}
