"""How far supervision and plans reach: who was not visited this year, who filed no plan, what was held."""

import json
from typing import Any

import pytest

from tests.api.desk import Desk
from tests.api.lines import BUREAU, CENTRE, Json, district, line, listed, reporter, session, uscc

pytestmark = pytest.mark.postgres
PLACE = {"name": "现场", "division": "110108"}


def visit(code: str, day: str, kind: str = "现场督导", number: int = 1) -> Json:
    who = district("110108")
    return line(
        "SpotCheckRecorded",
        day,
        who,
        inspection_id=f"ins-{code[-8:]}-{number}",
        uscc=code,
        district="110108",
        kind=kind,
        inspectors=[
            {"account": f"i-{n}", "name": "甲", "card_no": "R11240001", "recusal_declared": False}
            for n in range(2)
        ],
        captured_at=f"{day}T10:00:00+08:00",
        place=PLACE,
        device_id="d-1",
        offline=False,
        checklist=[],
        evidence=[],
        signature_refused=False,
    )


@pytest.fixture
def firm(desk: Desk) -> str:
    """An enterprise that was listed in July 2024 and filed its plans up to 2025."""
    code = uscc()
    desk.send(*listed(code, "4"))
    return code


def covered(desk: Desk, code: str, day: str) -> tuple[int, int]:
    (line,) = desk.items("/v1/coverage", uscc=code, valid_at=day)
    assert line["listed"] == line["visited"] + line["unvisited"]
    return line["visited"], line["unvisited"]


def test_an_enterprise_is_visited_from_the_day_of_the_visit_to_the_end_of_the_year(
    desk: Desk, firm: str
) -> None:
    desk.send(visit(firm, "2025-03-10"))
    assert covered(desk, firm, "2025-03-09") == (0, 1)
    assert covered(desk, firm, "2025-03-10") == (1, 0)
    assert covered(desk, firm, "2025-12-31") == (1, 0)
    assert covered(desk, firm, "2026-01-01") == (0, 1)
    assert desk.items("/v1/unvisited", uscc=firm, valid_at="2025-12-31") == []
    (left,) = desk.items("/v1/unvisited", uscc=firm, valid_at="2026-01-01")
    assert (left["uscc"], left["last_visit"]) == (firm, "2025-03-10")


def test_an_inspection_online_is_no_visit(desk: Desk, firm: str) -> None:
    desk.send(visit(firm, "2025-03-10", "线上督导"))
    (left,) = desk.items("/v1/unvisited", uscc=firm, valid_at="2025-06-01")
    assert left["last_visit"] is None


def test_who_is_on_no_roster_is_not_counted(desk: Desk, firm: str) -> None:
    assert desk.items("/v1/coverage", uscc=firm, valid_at="2020-01-01") == []
    assert desk.items("/v1/unvisited", uscc=firm, valid_at="2020-01-01") == []


def test_a_district_sees_its_own_and_a_list_goes_on(desk: Desk, firm: str) -> None:
    desk.send(*listed(other := uscc(), "4"))
    own = desk.items("/v1/unvisited", district("110108"), valid_at="2026-06-01", limit=1)
    assert {firm, other} <= {each["uscc"] for each in own}
    assert {each["district"] for each in own} == {"110108"}
    there = desk.items("/v1/unvisited", district("110105"), valid_at="2026-06-01", uscc=firm)
    assert there == []


def plans(desk: Desk, code: str, **asked: Any) -> list[Json]:
    return desk.items("/v1/plan-comparisons", uscc=code, **asked)


def test_who_filed_no_plan_is_found_and_none_is_owed_for_the_first_year(
    desk: Desk, firm: str
) -> None:
    on_file = [each["year"] for each in desk.items("/v1/plans", uscc=firm)]
    assert on_file
    year = max(on_file) + 1
    (missing,) = plans(desk, firm, year=year, plan="missing", valid_at="2026-06-01")
    assert (missing["filed_on"], missing["planned_sessions"]) == (None, None)
    assert plans(desk, firm, year=max(on_file), plan="missing", valid_at="2026-06-01") == []
    (there,) = plans(desk, firm, year=max(on_file), plan="filed", valid_at="2026-06-01")
    assert there["filed_on"]
    assert plans(desk, firm, year=2024, plan="missing", valid_at="2024-12-01") == []


def test_who_is_suspended_is_not_asked_for_a_plan(desk: Desk, firm: str) -> None:
    """The law says "a listed enterprise without a plan"; that it is on the roster shows in the whole list."""
    desk.send(line("ListingSuspended", "2026-03-01", BUREAU, uscc=firm, basis="督导"))
    (before,) = plans(desk, firm, year=2027, plan="missing", valid_at="2026-02-28")
    assert before["filed_on"] is None
    assert plans(desk, firm, year=2027, plan="missing", valid_at="2026-03-01") == []
    (there,) = plans(desk, firm, year=2027, valid_at="2026-03-01")
    assert there["filed_on"] is None


def test_who_comes_back_after_a_gap_is_asked_for_a_plan_as_its_sessions_are(desk: Desk) -> None:
    """None is owed for the year of the first listing of all, and this is not that year."""
    code = uscc()
    way = [each for each in listed(code, "4") if each["data"].get("year") != 2026]
    desk.send(*way, line("ListingRemoved", "2025-11-01", BUREAU, uscc=code, basis="移出"))
    later = json.dumps(way[1:-2]).replace("2024-", "2025-").replace("app-", "again-")
    again: list[Json] = json.loads(later)
    for each in again:
        if each["type"] == "RosterPublished":
            (entry,) = each["data"]["entries"]
            each["valid_from"] = each["data"]["published_on"] = "2026-03-01"
            entry |= {"valid_from": "2026-03-01", "valid_to": "2029-03-01"}
            each["data"]["batch"] += "-again"
    desk.send(*again)
    (missing,) = plans(desk, code, year=2026, plan="missing", valid_at="2026-06-01")
    assert missing["uscc"] == code


def test_what_was_held_stands_beside_what_was_planned(desk: Desk, firm: str) -> None:
    held = session(firm)
    desk.send(held)
    (line,) = plans(desk, firm, year=2025, valid_at="2025-12-31")
    assert line["sessions"] == 1
    assert line["candidates"] == sum(held["data"]["candidates"].values())
    (before,) = plans(desk, firm, year=2025, valid_at="2025-03-09")
    assert before["sessions"] == 0
    page = desk.get(f"/plans/{firm}/2025", CENTRE, accept="text/html", valid_at="2025-12-31").text
    assert "计划与实际" in page


def test_the_pages_list_the_same(desk: Desk, firm: str) -> None:
    for path, words in (("/coverage", "督导覆盖"), ("/plans/compared", "谁还没报备")):
        page = desk.get(path, CENTRE, accept="text/html", uscc=firm, valid_at="2026-06-01")
        assert page.status_code == 200
        assert words in page.text
        assert firm in page.text
    assert desk.get("/coverage", reporter(firm), accept="text/html").status_code == 200
