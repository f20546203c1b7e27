"""Every definition of docs/statistics.md against the rows themselves, on days and as known then and now."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from projections.items.changes import COUNTS
from tests.api.desk import Desk
from tests.api.lines import (
    CENTRE,
    SUPERVISOR,
    Json,
    certificate,
    line,
    listed,
    session,
    uscc,
)

pytestmark = pytest.mark.postgres

DOCUMENT = Path(__file__).parents[3] / "docs" / "statistics.md"
DAYS = ("2025-03-15", "2025-04-15", "2025-06-15", "2025-12-31")


@pytest.fixture(scope="module")
def told(desk: Desk) -> tuple[str, int]:
    """An enterprise with something of each kind, and a position in the middle of it."""
    code = uscc()
    held = session(code, "4", "2025-03-10")
    issued = [certificate(code, held["data"]["assessment_id"]) for _ in range(3)]
    wide = [session(code, "3", f"2025-0{month}-10") for month in (3, 4, 5)]
    sent = desk.send(*listed(code, "4"), held, *issued, *wide)
    middle = sent[-1]["position"]
    flags = desk.items("/v1/flags", uscc=code, code="S2")
    assert len(flags) == 3
    review = {"flag": flags[0]["key"], "decision": "dismissed", "reason": "误报"}
    finding = {
        "finding_id": f"f-{code[-6:]}",
        "uscc": code,
        "kind": "超范围",
        "severity": "major",
        "rule": "2020-3/S2.1",
        "statement": "超等级开展认定",
        "assessments": [wide[1]["data"]["assessment_id"]],
        "certificates": [],
        "flags": [flags[1]["key"]],
    }
    revoked = {"certificate_no": issued[0]["data"]["certificate_no"], "reason": "误发"}
    desk.send(
        line("FlagReviewed", "2025-06-01", SUPERVISOR, **review),
        line("FindingRaised", "2025-06-02", SUPERVISOR, **finding),
        line("CertificateRevoked", "2025-06-03", CENTRE, **revoked),
    )
    return code, middle


def rows(desk: Desk, code: str, day: str, position: int | None) -> dict[str, list[Json]]:
    """What the lists show that the table names."""
    at: dict[str, Any] = {"uscc": code, "valid_at": day, "position": position}
    return {
        "sessions": desk.items("/v1/assessments", **at),
        "certificates": desk.items("/v1/certificates", state="valid", **at),
        "breaches": desk.items(
            "/v1/flags", verdict="breach", procedure="without", review="any", **at
        ),
        "open_findings": desk.items("/v1/findings", open="yes", **at),
    }


MONTH = {
    "sessions": "held_from",
    "certificates": "issued_on",
    "breaches": "valid_at",
    "open_findings": "raised_on",
}


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("now", [True, False])
def test_counts_are_those_of_the_rows_by_month_and_district(
    desk: Desk, told: tuple[str, int], day: str, *, now: bool
) -> None:
    code, middle = told
    position = None if now else middle
    shown = rows(desk, code, day, position)
    for by in ("month", "district"):
        said = desk.get("/v1/stats", by=by, uscc=code, valid_at=day, position=position).json()
        for count in COUNTS:
            counted = Counter(
                each[MONTH[count]][:7] if by == "month" else each["district"]
                for each in shown[count]
            )
            told_of = {each[by]: each[count] for each in said["items"] if each[count]}
            assert told_of == dict(counted), (by, count)


def totals(desk: Desk, code: str, day: str, position: int | None = None) -> dict[str, int]:
    asked = {"by": "district", "uscc": code, "valid_at": day, "position": position}
    items = desk.get("/v1/stats", **asked).json()["items"]
    return {count: sum(each[count] for each in items) for count in COUNTS}


def test_a_dismissed_flag_is_a_breach_and_a_revoked_certificate_is_none(
    desk: Desk, told: tuple[str, int]
) -> None:
    code, middle = told
    reviewed = desk.items("/v1/flags", uscc=code, review="dismissed")
    assert [each["verdict"] for each in reviewed] == ["breach"]
    assert totals(desk, code, "2025-12-31") == {
        "sessions": 4,
        "certificates": 2,
        "breaches": 3,
        "open_findings": 1,
    }
    before = totals(desk, code, "2025-06-02")
    assert before["certificates"] == 3
    as_known_before = totals(desk, code, "2025-12-31", middle)
    assert (as_known_before["certificates"], as_known_before["open_findings"]) == (3, 0)


def test_a_finding_counts_for_the_checks_that_it_names(desk: Desk, told: tuple[str, int]) -> None:
    code, _ = told
    asked = {"by": "code", "uscc": code, "valid_at": "2025-12-31"}
    said = {each["code"]: each for each in desk.get("/v1/stats", **asked).json()["items"]}
    assert (said["S2"]["breaches"], said["S2"]["open_findings"]) == (3, 1)
    assert (said["S2"]["sessions"], said["S2"]["certificates"]) == (0, 0)


def test_every_count_is_defined() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert all(f"| `{count}` " in text for count in COUNTS)
