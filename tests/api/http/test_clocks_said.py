"""The clocks of an answer: what was not asked for is said, and no clock moves in silence."""

from datetime import timedelta

import pytest

from ledger.log.clock import today
from tests.api.desk import Desk
from tests.api.lines import COOK, SUPERVISOR, line, listed, registered, session, uscc

pytestmark = pytest.mark.postgres


def test_a_position_without_a_day_names_the_day_as_taken_from_the_recording(desk: Desk) -> None:
    (said,) = desk.send(registered(uscc()))
    past = desk.get("/v1/roster", position=said["position"]).json()["basis"]
    assert past["defaulted"] == ["valid_at"]
    assert past["valid_at"] == today().isoformat()
    whole = desk.get("/v1/roster", position=said["position"], valid_at=past["valid_at"])
    assert "defaulted" not in whole.json()["basis"]
    assert "defaulted" not in desk.get("/v1/roster").json()["basis"]


def test_a_day_that_is_missing_in_a_comparison_is_that_of_the_other_side(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "4"))
    then = desk.get("/readyz").json()["position"]
    desk.send(session(code, "4"))

    def basis(**asked: object) -> dict[str, object]:
        found: dict[str, object] = desk.get("/v1/diff", of="flags", **asked).json()["basis"]
        return found

    day = "2025-03-10"
    for asked in ({"from_valid_at": day}, {"to_valid_at": day}):
        found = basis(**asked, from_position=then)
        earlier = found["from"]
        assert isinstance(earlier, dict)
        assert (found["valid_at"], earlier["valid_at"]) == (day, day)
        assert earlier["position"] == then
        assert found["defaulted"] == [f"{'to' if 'from_valid_at' in asked else 'from'}_valid_at"]
    neither = basis(from_position=then)
    earlier = neither["from"]
    assert isinstance(earlier, dict)
    assert neither["valid_at"] == earlier["valid_at"] == today().isoformat()
    assert neither["defaulted"] == ["from_valid_at", "to_valid_at"]
    both = basis(from_valid_at=day, to_valid_at=day, from_position=then, to_position=then)
    assert "defaulted" not in both


def test_an_order_that_is_due_next_month_is_not_answered_as_overdue(desk: Desk) -> None:
    code, finding = uscc(), f"fd-{uscc()}"
    day = today()
    raised = line(
        "FindingRaised",
        day.isoformat(),
        SUPERVISOR,
        finding_id=finding,
        uscc=code,
        kind="考评记录缺失",
        severity="major",
        rule="四",
        statement="没有评分记录",
    )

    def ordered(due: int) -> dict[str, object]:
        return line(
            "RectificationOrdered",
            day.isoformat(),
            SUPERVISOR,
            finding_id=finding,
            requirement="补齐评分记录",
            due_on=(day + timedelta(days=due)).isoformat(),
        )

    desk.send(registered(code), raised)
    (said,) = desk.send(ordered(30))
    assert said["flags"] == []
    address = f"/v1/events/{said['position']}/context"
    assert desk.get(address).json()["flags"] == []
    later = (day + timedelta(days=40)).isoformat()
    (flag,) = desk.get(address, valid_at=later).json()["flags"]
    assert flag["code"] == "Q2"


def test_a_write_lists_the_flags_of_its_day(desk: Desk) -> None:
    code = uscc()
    held = session(code, "4")
    held["data"]["occupation"] = COOK
    said = desk.send(*listed(code, "4"), held)
    assert [flag["code"] for flag in said[-1]["flags"]] == ["S1"]
