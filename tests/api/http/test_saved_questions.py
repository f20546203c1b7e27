"""Saved questions: a name on a list with its filters, told when the answer changes, to its owner alone."""

from typing import Any

import pytest
from psycopg.errors import QueryCanceled

from api.access.saved_questions import MOST
from api.installation import saved_questions
from api.questions.problems import Problem
from tests.api.desk import Desk
from tests.api.lines import SUPERVISOR, Json, identity, listed, reporter, session, uscc

pytestmark = pytest.mark.postgres

ANALYST: Json = {"account": "analyst-saves", "role": "analyst", "organisation": "centre"}
PATH = "/v1/saved-questions"


def save(desk: Desk, name: str, address: str, actor: Json = ANALYST, **more: Any) -> Any:
    return desk.post(PATH, {"name": name, "address": address, **more}, actor)


def saved(desk: Desk, name: str, actor: Json = ANALYST) -> Json:
    (found,) = [each for each in desk.items(PATH, actor) if each["name"] == name]
    return found


def forget(desk: Desk, id_: str, actor: Json = ANALYST) -> int:
    return desk.http.delete(f"{PATH}/{id_}", headers=desk.auth(actor)).status_code


def test_a_question_says_whether_rows_are_left_that_nobody_compares(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = uscc()
    desk.send(*listed(code, "4"), session(code), session(code, day="2025-03-11"))
    made = save(desk, "全部认定活动", f"/v1/assessments?uscc={code}").json()
    assert (made["rows_now"], made["more_rows"]) == (2, False)
    monkeypatch.setattr("api.installation.saved_questions.ROWS", 1)
    found = saved(desk, "全部认定活动")
    assert (found["rows_now"], found["more_rows"]) == (1, True)
    assert forget(desk, made["id"]) == 200


def test_who_saved_a_question_is_told_when_its_answer_changes(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "4"))
    answer = save(desk, "海淀某企业的疑点", f"/flags?uscc={code}&cursor=x", description="每周看")
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["address"], made["page"]) == (f"/v1/flags?uscc={code}", f"/flags?uscc={code}")
    assert (made["state"], made["rows"]) == ("unchanged", 0)
    todo = desk.get("/todo", ANALYST, accept="text/html").text
    assert "海淀某企业的疑点" not in todo

    desk.send(session(code, "3"))
    found = saved(desk, "海淀某企业的疑点")
    assert (found["state"], found["rows"], found["rows_now"]) == ("changed", 0, 1)
    todo = desk.get("/todo", ANALYST, accept="text/html").text
    assert "海淀某企业的疑点" in todo
    assert f"/saved-questions#question-{made['id']}" in todo

    page = desk.get("/saved-questions", ANALYST, accept="text/html").text
    assert f'id="question-{made["id"]}"' in page
    assert f"/saved-questions/{made['id']}/seen" in page
    looked = desk.http.post(f"{PATH}/{made['id']}/seen", headers=desk.auth(ANALYST)).json()
    assert (looked["state"], looked["rows"]) == ("unchanged", 1)
    assert "海淀某企业的疑点" not in desk.get("/todo", ANALYST, accept="text/html").text
    assert forget(desk, made["id"]) == 200
    assert forget(desk, made["id"]) == 404


def test_a_question_is_its_owners_alone_and_asked_with_their_own_rights(desk: Desk) -> None:
    code, other = uscc(), uscc()
    desk.send(*listed(code, "4"), session(code, "3"), *listed(other, "4"), session(other, "3"))
    made = save(desk, "全市违规", "/v1/flags?verdict=breach&code=S2").json()
    assert made["rows"] >= 2
    own = reporter(code)
    assert desk.items(PATH, own) == []
    for method, path in (("POST", f"{PATH}/{made['id']}/seen"), ("DELETE", f"{PATH}/{made['id']}")):
        assert desk.http.request(method, path, headers=desk.auth(own)).status_code == 404
    assert save(desk, "本企业", "/v1/flags?code=S2", own).json()["rows"] == 1
    assert save(desk, "别家", f"/v1/flags?uscc={other}", own).json()["rows"] == 0
    desk.send(session(other, "3", "2025-05-10"))
    assert {each["state"] for each in desk.items(PATH, own)} == {"unchanged"}
    assert saved(desk, "全市违规")["state"] == "changed"
    assert forget(desk, made["id"]) == 200


def test_a_permanent_link_never_changes(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "4"))
    at = desk.get("/v1/flags", ANALYST).json()["basis"]
    pinned = (
        f"/v1/stats?by=month,level&uscc={code}&valid_at={at['valid_at']}&position={at['position']}"
    )
    made = save(desk, "固定", pinned).json()
    desk.send(session(code, "3"))
    found = saved(desk, "固定")
    assert (found["state"], found["rows_now"]) == ("pinned", made["rows"])
    assert found["page"].startswith("/statistics?by=month%2Clevel&")
    assert desk.get(found["page"], ANALYST, accept="text/html").status_code == 200
    assert forget(desk, made["id"]) == 200


@pytest.mark.parametrize(
    "failure", [QueryCanceled("statement timeout"), Problem("forbidden", "无权", "not allowed")]
)
def test_a_question_that_cannot_be_answered_keeps_nobody_from_the_others(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def fails(*_: object) -> saved_questions.Answered:
        raise failure

    made = save(desk, f"不能回答 {type(failure).__name__}", "/v1/draws").json()
    with monkeypatch.context() as patch:
        patch.setattr(saved_questions, "answered", fails)
        found = saved(desk, made["name"])
        assert (found["state"], found["rows_now"]) == ("unanswerable", None)
        assert desk.get("/todo", ANALYST, accept="text/html").status_code == 200
        assert forget(desk, made["id"]) == 200


@pytest.mark.parametrize(
    ("name", "address", "field"),
    [
        ("", "/v1/flags", "name"),
        ("长" * 61, "/v1/flags", "name"),
        (identity(77), "/v1/flags", "name"),
        ("一", "/v1/nothing", "address"),
        ("一", "/v1/flags?colour=red", "address"),
        ("一", "/v1/stats", "address"),
        ("一", "https://elsewhere.example/v1/events", "address"),
        ("一", "", "address"),
    ],
)
def test_what_is_no_question_is_refused_with_its_field(
    desk: Desk, name: str, address: str, field: str
) -> None:
    answer = save(desk, name, address)
    assert answer.status_code == 422, answer.text
    assert {each["field"] for each in answer.json()["errors"]} == {field}


def test_a_name_stands_once_and_an_account_keeps_a_few(desk: Desk) -> None:
    keeper: Json = {**ANALYST, "account": "analyst-keeps-many"}
    made = [save(desk, f"问题{number}", "/v1/draws", keeper) for number in range(MOST)]
    assert {answer.status_code for answer in made} == {201}
    assert save(desk, "再一个", "/v1/draws", keeper).status_code == 409
    for answer in made[1:]:
        forget(desk, answer.json()["id"], keeper)
    again = save(desk, "问题0", "/v1/draws", keeper)
    assert again.status_code == 409
    assert "问题0" in again.json()["detail"]


def test_a_blank_filter_of_a_page_is_none_and_one_of_the_api_is_a_slip(desk: Desk) -> None:
    blank = {"uscc": "", "code": "S2", "from": " "}
    assert desk.get("/v1/flags", ANALYST, **blank).status_code == 422
    fields = {each["field"] for each in desk.get("/v1/flags", ANALYST, **blank).json()["errors"]}
    assert fields == {"uscc", "from"}
    page = desk.get("/flags", ANALYST, accept="text/html", **blank)
    assert page.status_code == 200
    assert "/saved-questions?address=%2Fv1%2Fflags%3Fcode%3DS2#new" in page.text
    keeper = {**ANALYST, "account": "analyst-blank"}
    assert (
        save(desk, "页面", "/flags?uscc=&code=S2", keeper).json()["address"] == "/v1/flags?code=S2"
    )
    assert save(desk, "接口", "/v1/flags?uscc=&code=S2", keeper).status_code == 422


def test_every_list_offers_to_be_saved_with_its_filters(desk: Desk) -> None:
    page = desk.get("/flags", ANALYST, accept="text/html", code="S2", cursor="", limit=5).text
    assert "/saved-questions?address=%2Fv1%2Fflags%3Fcode%3DS2#new" in page
    assert (
        "%2Fv1%2Fstats%3Fby%3Dmonth%252Clevel"
        in desk.get("/statistics", ANALYST, accept="text/html", by="month", and_by="level").text
    )
    assert "/saved-questions?" not in desk.get("/overview", ANALYST, accept="text/html").text
    form = desk.get(
        "/saved-questions", ANALYST, accept="text/html", address="/v1/flags?code=S2"
    ).text
    assert 'value="/v1/flags?code=S2"' in form
    assert desk.get("/saved-questions", SUPERVISOR, accept="text/html").status_code == 200
