"""How long it took from a breach until something followed, against the days of what was recorded."""

from datetime import date
from typing import Any

import pytest

from ledger.log.clock import today
from projections.items.flags import STEPS
from tests.api.desk import Desk
from tests.api.lines import SUPERVISOR, Json, line, listed, reporter, session, uscc

pytestmark = pytest.mark.postgres

DAYS = ("2025-03-10", "2025-04-10", "2025-05-10")
"""On each of them a session at a level that was not confirmed was held."""


@pytest.fixture(scope="module")
def told(desk: Desk) -> tuple[str, list[str]]:
    """An enterprise with three breaches: one dismissed, one closed, one that nobody looked at."""
    code = uscc()
    desk.send(*listed(code, "4"), *(session(code, "3", day) for day in DAYS))
    keys = [each["key"] for each in desk.items("/v1/flags", uscc=code, code="S2")]
    named = f"f-{code[-6:]}"
    finding = {
        "finding_id": named,
        "uscc": code,
        "kind": "超范围",
        "severity": "major",
        "rule": "2020-3/S2.1",
        "statement": "超等级开展认定",
        "assessments": [],
        "certificates": [],
        "flags": [keys[1]],
    }
    report = {"finding_id": named, "statement": "已停办", "evidence": []}
    order = {"finding_id": named, "requirement": "停止超范围认定", "due_on": "2025-07-31"}
    desk.send(
        line(
            "FlagReviewed",
            "2025-06-01",
            SUPERVISOR,
            flag=keys[0],
            decision="dismissed",
            reason="误",
        ),
        line("FindingRaised", "2025-06-02", SUPERVISOR, **finding),
        line("RectificationOrdered", "2025-06-12", SUPERVISOR, **order),
        line("RectificationReported", "2025-07-01", reporter(code), **report),
        line(
            "ReinspectionRecorded",
            "2025-07-05",
            SUPERVISOR,
            finding_id=named,
            passed=True,
            note="好",
        ),
        line("FindingClosed", "2025-07-09", SUPERVISOR, finding_id=named, outcome="已整改"),
    )
    return code, keys


def asked(code: str, day: str = "2025-12-31") -> dict[str, Any]:
    return {"uscc": code, "valid_at": day, "code": "S2"}


def days(row: Json) -> list[int | None]:
    return [row[f"days_to_{step}"] for step in STEPS]


def test_each_breach_has_the_days_until_each_thing_followed(
    desk: Desk, told: tuple[str, list[str]]
) -> None:
    code, keys = told
    rows = desk.items("/v1/delays", limit=2, **asked(code))
    assert [row["key"] for row in rows] == keys
    known = [(today() - date.fromisoformat(day)).days for day in DAYS]
    assert days(rows[0]) == [known[0], 83, None, None, None]
    assert days(rows[1]) == [known[1], None, 53, 63, 90]
    assert days(rows[2]) == [known[2], None, None, None, None]
    assert rows[1]["finding_id"] == f"f-{code[-6:]}"
    assert [row["backfilled"] for row in rows] == [False] * 3
    (open_yet,) = [
        row for row in desk.items("/v1/delays", **asked(code, "2025-06-30")) if row["finding_id"]
    ]
    assert (open_yet["ordered_on"], open_yet["closed_on"]) == ("2025-06-12", None)
    (one,) = desk.items("/v1/delays", from_="2025-04-01", to="2025-04-30", **asked(code))
    assert one["key"] == keys[1]


def test_the_distribution_counts_those_rows(desk: Desk, told: tuple[str, list[str]]) -> None:
    code, _ = told
    rows = desk.items("/v1/delays", **asked(code))
    said = desk.items("/v1/delay-distribution", **asked(code))
    assert [line["step"] for line in said] == [*STEPS]
    for line_ in said:
        counted = sorted(
            row[f"days_to_{line_['step']}"]
            for row in rows
            if row[f"days_to_{line_['step']}"] is not None
        )
        assert (line_["breaches"], line_["reached"]) == (3, len(counted))
        parts = ("days_7", "days_30", "days_90", "days_365", "older")
        assert sum(line_[part] for part in parts) == len(counted)
        assert (line_["least"], line_["most"]) == (counted[0], counted[-1])
        assert line_["median"] == counted[(len(counted) - 1) // 2]
        assert line_["small"] is True
    (closed,) = [line_ for line_ in said if line_["step"] == "closure"]
    assert (closed["days_90"], closed["days_365"]) == (1, 0)
    by_month = desk.items("/v1/delay-distribution", by="month", **asked(code))
    assert [line_["month"] for line_ in by_month] == [
        month for month in ("2025-03", "2025-04", "2025-05") for _ in STEPS
    ]


def test_the_page_shows_the_same(desk: Desk, told: tuple[str, list[str]]) -> None:
    code, keys = told
    page = desk.get("/delays", accept="text/html", **asked(code)).text
    assert page.count("<figure") == len(STEPS)
    assert all(f"/flags/{key}" in page for key in keys)
    assert "中位数 83 天" in page
    assert "/v1/delays?" in page
    assert "自违规之日（所判记录的业务日期）至台账得知之日" in page or "台账得知之日" in page
    own = desk.items("/v1/delays", reporter(code), code="S2", valid_at="2025-12-31")
    assert [row["key"] for row in own] == keys
    assert desk.items("/v1/delays", reporter(uscc()), code="S2") == []
