"""A slip in a value of a closed vocabulary is said, and never answered by an empty list."""

from typing import Any

import pytest

from domain.registry import EVENTS
from projections.items.cases import STAGES
from tests.api.desk import Desk
from tests.api.lines import uscc

pytestmark = pytest.mark.postgres

OF_DISTRICTS = (
    "roster",
    "flags",
    "assessments",
    "certificates",
    "applications",
    "inspections",
    "findings",
    "plans",
    "registers",
    "complaints",
    "late",
    "requests",
    "backlog",
    "stats",
    "diff",
    "overview",
)
BESIDE: dict[str, dict[str, str]] = {"stats": {"by": "month"}, "diff": {"of": "roster"}}


def fault(desk: Desk, path: str, field: str, **asked: Any) -> str:
    """The reason that is given for the one field."""
    answer = desk.get(path, **asked)
    assert answer.status_code == 422, answer.text
    (said,) = answer.json()["errors"]
    assert said["field"] == field
    return str(said["reason"])


@pytest.mark.parametrize("name", OF_DISTRICTS)
def test_no_authority_of_that_code_is_said_with_those_that_there_are(desk: Desk, name: str) -> None:
    reason = fault(desk, f"/v1/{name}", "district", district="110188", **BESIDE.get(name, {}))
    assert "110108" in reason
    assert "BDA" in reason


@pytest.mark.parametrize("name", [each for each in OF_DISTRICTS if each != "overview"])
def test_a_code_with_a_wrong_check_character_is_said(desk: Desk, name: str) -> None:
    code = uscc()
    slipped = code[:17] + ("A" if code[17] != "A" else "B")
    assert "校验码" in fault(desk, f"/v1/{name}", "uscc", uscc=slipped, **BESIDE.get(name, {}))


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_is_one_of_its_kind(desk: Desk, name: str) -> None:
    reason = fault(desk, f"/v1/{name}", "stage", stage="confirmd")
    assert all(stage in reason for stage in STAGES[name])
    for stage in STAGES[name]:
        assert desk.get(f"/v1/{name}", stage=stage).status_code == 200


def test_a_stage_of_another_kind_is_none_of_this_one(desk: Desk) -> None:
    fault(desk, "/v1/plans", "stage", stage="confirmed")


def test_a_kind_of_entry_is_an_event(desk: Desk) -> None:
    for path in ("/v1/late", f"/v1/enterprises/{uscc()}/history"):
        reason = fault(desk, path, "type", type="AssessmentHold")
        assert all(name in reason for name in EVENTS)


@pytest.mark.parametrize(
    ("path", "first", "last"),
    [
        ("/v1/flags", "from", "to"),
        ("/v1/flags", "learnt_from", "learnt_to"),
        ("/v1/assessments", "from", "to"),
        ("/v1/certificates", "from", "to"),
    ],
)
def test_days_the_wrong_way_round_are_said(desk: Desk, path: str, first: str, last: str) -> None:
    asked = {first: "2025-03-02", last: "2025-03-01"}
    assert "2025-03-02" in fault(desk, path, last, **asked)
    assert desk.get(path, **{first: "2025-03-01", last: "2025-03-01"}).status_code == 200


def test_positions_and_days_between_which_there_is_nothing_are_said(desk: Desk) -> None:
    fault(desk, "/v1/events", "upto", after="5", upto="4")
    fault(desk, "/v1/roster/changes", "since", since="2025-03-02", valid_at="2025-03-01")


def test_certificates_of_an_enterprise_that_there_is_not_are_not_found(desk: Desk) -> None:
    assert desk.get(f"/v1/enterprises/{uscc()}/certificates").status_code == 404


def test_only_counts_are_by_something(desk: Desk) -> None:
    days = {"from_valid_at": "2025-01-01", "to_valid_at": "2025-02-01"}
    assert "of=counts" in fault(desk, "/v1/diff", "by", of="roster", by="month", **days)
    assert desk.get("/v1/diff", of="counts", by="month", **days).status_code == 200
