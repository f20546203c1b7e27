"""What is followed, and what of it changed from one day to another: to its owner alone."""

from datetime import timedelta
from typing import Any

import pytest

from api.access import saved_questions as kept
from api.access.saved_questions import SavedQuestion
from api.installation import digest, saved_questions
from api.installation.wiring import Installation
from api.questions.clocks import Asked
from api.questions.queries import settle
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.log.clock import today
from tests.api.desk import Desk
from tests.api.lines import SUPERVISOR, Json, listed, reporter, session, uscc

pytestmark = pytest.mark.postgres
FOLLOWER: Json = {"account": "analyst-follows", "role": "analyst", "organisation": "centre"}
ACTOR = Actor(account="analyst-follows", role=Role.ANALYST, organisation="centre")


def post(desk: Desk, actor: Json, **given: str) -> Any:
    headers = {**desk.auth(actor), "Origin": desk.base}
    return desk.http.post("/following", data=given, headers=headers)


def test_an_enterprise_and_an_occupation_are_followed_and_told_day_by_day(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "4"))
    page = desk.get(f"/enterprises/{code}", FOLLOWER, accept="text/html").text
    assert "＋ 关注" in page
    assert post(desk, FOLLOWER, uscc=code).status_code == 303
    assert "✓ 已关注" in desk.get(f"/enterprises/{code}", FOLLOWER, accept="text/html").text
    assert post(desk, FOLLOWER, occupation="电工").status_code == 303
    addresses = {each["address"] for each in desk.items("/v1/saved-questions", FOLLOWER)}
    assert f"/v1/flags?uscc={code}" in addresses
    assert len(addresses) == 5

    desk.send(session(code, "3"))
    (flag,) = desk.items("/v1/flags", uscc=code)
    told = desk.get("/v1/digest", FOLLOWER).json()["items"]
    mine = [each for each in told if each["key"] == flag["key"]]
    # The enterprise and its occupation: both are followed.
    assert [each["list"] for each in mine] == ["flags", "flags"]
    assert {each["page"] for each in mine} == {f"/flags/{flag['key']}"}
    assert flag["message"]["zh"] in mine[0]["message"]["zh"]
    assert "history" in {each["list"] for each in told}
    html = desk.get("/digest", FOLLOWER, accept="text/html").text
    assert f"/flags/{flag['key']}" in html
    file = desk.get("/v1/digest", FOLLOWER, format="csv").text
    assert file.count(f'"{flag["key"]}"') == 2

    week = str(today() - timedelta(days=7))
    earlier = {"from": week, "to": str(today() - timedelta(days=2))}
    assert desk.get("/v1/digest", FOLLOWER, **earlier).json()["items"] == []
    assert desk.get("/v1/digest", SUPERVISOR).json()["items"] == []
    tomorrow = str(today() + timedelta(days=1))
    for days in ({"from": str(today()), "to": week}, {"from": tomorrow}, {"to": tomorrow}):
        assert desk.get("/v1/digest", FOLLOWER, **days).status_code == 422
    assert post(desk, FOLLOWER, uscc=code, stop="yes").status_code == 303
    assert post(desk, FOLLOWER, occupation="电工", stop="yes").status_code == 303
    assert desk.items("/v1/saved-questions", FOLLOWER) == []


def test_nobody_follows_what_they_may_not_see(desk: Desk) -> None:
    code, other = uscc(), uscc()
    desk.send(*listed(code, "4"), *listed(other, "4"))
    assert post(desk, reporter(code), uscc=other).status_code == 404
    assert post(desk, reporter(code)).status_code == 422
    assert desk.items("/v1/saved-questions", reporter(code)) == []


def test_a_row_that_changes_is_told_with_what_of_it_changed_and_one_that_goes_as_gone(
    desk: Desk, house: Installation
) -> None:
    code = uscc()
    desk.send(*listed(code, "4"), session(code, "3"))
    (flag,) = desk.items("/v1/flags", uscc=code)
    before = settle(house, Asked())
    review = {"flag": flag["key"], "decision": "upheld", "reason": "属实"}
    body = {**review, "valid_from": "2025-04-01"}
    assert desk.post("/v1/commands/FlagReviewed", body, SUPERVISOR).status_code == 201
    after = settle(house, Asked(position=house.ends().head, valid_at=before.basis.valid_at))
    compared = digest.Days(before, after)

    (changed,) = _changes(house, f"/v1/flags?uscc={code}", compared)
    assert (changed["change"], changed["key"]) == ("changed", flag["key"])
    assert "复核 – → 维持" in changed["message"]["zh"]
    assert {"path": "review", "before": None, "after": "upheld"} in changed["fields"]
    (gone,) = _changes(house, f"/v1/flags?uscc={code}&review=none", compared)
    assert (gone["change"], gone["key"]) == ("removed", flag["key"])
    assert _changes(house, f"/v1/flags?uscc={code}&position=1", compared) == []
    assert _changes(house, "/v1/draws", digest.Days(after, after)) == []


def _changes(house: Installation, address: str, compared: digest.Days) -> list[dict[str, Any]]:
    question = saved_questions.asked(address)
    seen = saved_questions.answered(house, ACTOR, question).answer
    saved = SavedQuestion(kept.new_id(), "问", "", question.address, seen.at, seen)
    return digest.changes(house, ACTOR, saved, compared)
