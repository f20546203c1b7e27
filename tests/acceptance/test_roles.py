"""Every event by every role over HTTP: who may records it, who may not is refused and nothing is written.

Each refusal is of the very command that the role which may give it then gives with success, in the
same situation: it cannot be refused for another reason.
"""

import uuid
from typing import Any

import pytest

from api.http.command_paths import PATHS
from domain.registry import EVENTS
from domain.terms.vocabulary import Role
from tests.acceptance.lines import Json, district, reporter, uscc
from tests.acceptance.office import Office, problem
from tests.acceptance.situations import (
    SITUATIONS,
    closed_by,
    corrected_by,
    ordered_by,
    reinspected_by,
    situation,
    withdrawn_by,
)
from tests.domain.test_permissions import LETTERS, MATRIX

ORGANISATIONS = {
    Role.QUALITY_SUPERVISOR: "centre",
    Role.CENTRE_OFFICER: "centre",
    Role.BUREAU_PUBLISHER: "bureau",
    Role.DISTRICT_INSPECTOR: "110108",
    Role.EXPERT: "单位1",
    Role.ANALYST: "centre",
    Role.PUBLIC: "public",
    Role.SECURITY_ADMIN: "centre",
    Role.AUDIT_ADMIN: "centre",
    Role.SYSTEM_ADMIN: "centre",
}
FOLLOWS = "EnterpriseListed"
"""The one event that nobody submits: it follows from a publication."""
OF_NO_ROLE: dict[str, Json] = {
    "ClockSet": {"from": "2099-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z", "reason": "x"},
    "DemonstrationBegun": {"clock": "2023-01-01T00:00:00Z"},
    "DayClosed": {"day": "2026-01-01", "upto": 0, "subjects": 0, "root": "0" * 64},
}
"""The events that no role has recorded: the owner's and the server's."""
REQUESTS = {"ActRequested", "ActDecided"}
"""Whoever may record these may do so for the acts of their own role alone."""
NEED_TWO = {"ScopeChanged", "ListingRemoved", "CatalogueAdopted"}
"""Over HTTP one person asks for these; they wait for another one."""
OWN = {
    "RecordCorrected": corrected_by,
    "FindingWithdrawn": withdrawn_by,
    "FindingClosed": closed_by,
    "RectificationOrdered": ordered_by,
    "ReinspectionRecorded": reinspected_by,
}
"""What a role does to acts of its own alone → the command for such an act."""
MAY = {event: {LETTERS[letter] for letter in letters} for event, letters in MATRIX.items()}


def acting(role: Role, code: str, command: Json) -> Json:
    """Somebody in that role for the enterprise or its district; the usual actor where it is theirs."""
    if command["actor"]["role"] == role:
        return dict(command["actor"])
    organisation = ORGANISATIONS.get(role, code)
    return {"account": f"{role}-7", "role": role.value, "organisation": organisation}


def doors(event: str) -> list[str]:
    """Every address that takes the event."""
    named = [f"/v1/{path}" for path, names in PATHS.items() if event in names]
    return [*named, f"/v1/commands/{event}"]


def taken(event: str) -> int:
    """The status of an answer to who may: recorded, or asked for."""
    return 202 if event in {*NEED_TWO, "ActRequested", "CorrectionRequested"} else 201


def send(office: Office, door: str, command: Json, actor: Json | None) -> Any:
    """Send the command; again under its key while the views are behind: an adoption concerns everybody."""
    beside = ("valid_from", "reason", "document_no")
    body = {**{name: command[name] for name in beside if name in command}, **command["data"]}
    body, key = {"type": command["type"], **body}, str(uuid.uuid4())
    answer = office.post(door, body, actor, key)
    while answer.status_code == 503:
        answer = office.post(door, body, actor, key)
    return answer


def test_there_is_a_situation_for_every_event():
    assert {*SITUATIONS, *OF_NO_ROLE} == set(EVENTS) == set(MAY)
    assert all(len(doors(event)) > 1 for event in set(SITUATIONS) - {"ActDecided"})


@pytest.mark.parametrize("role", sorted(Role))
def test_what_owner_and_server_record_is_recorded_for_no_role(office: Office, role: Role):
    actor = {"account": "x", "role": role.value, "organisation": ORGANISATIONS.get(role, uscc())}
    for event, body in OF_NO_ROLE.items():
        command = {"type": event, "valid_from": "2026-01-01", "data": body}
        (door,) = doors(event)
        answer = problem(send(office, door, command, actor), 403)
        assert answer["rule"] == "role-not-allowed"


@pytest.mark.parametrize("event", sorted(SITUATIONS))
def test_an_event_is_recorded_for_the_roles_that_may_and_for_nobody_else(
    office: Office, event: str
):
    code, command = situation(office, event)
    before = office.position()
    for door in doors(event):
        assert problem(send(office, door, command, None), 401)
        for role in set(Role) - MAY[event]:
            answer = problem(send(office, door, command, acting(role, code, command)), 403)
            assert answer["rule"] == "role-not-allowed", (role, answer)
    assert office.position() == before
    for number, role in enumerate(sorted(MAY[event])):
        if number:  # what one has recorded, the next one would only repeat
            code, command = situation(office, event)
        if event in OWN:
            command = OWN[event](office, acting(role, uscc(), command))
            code = command["actor"]["organisation"]
        answer = send(office, doors(event)[0], command, acting(role, code, command))
        if event in REQUESTS and role not in MAY["ScopeChanged"]:
            assert problem(answer, 403)["rule"] == "role-not-allowed", (role, answer)
            continue
        if event == FOLLOWS:
            assert problem(answer, 422)["rule"] == "listed-by-publication"
            continue
        wish = event == "RecordCorrected" and role is Role.ENTERPRISE_REPORTER
        assert answer.status_code == (202 if wish else taken(event)), (role, answer.text)
        entry = office.get(f"/v1/events/{answer.json()['position']}")
        if wish:
            assert entry["type"] == "CorrectionRequested"
        elif event in NEED_TWO:
            assert (entry["type"], entry["data"]["type"]) == ("ActRequested", event)
        else:
            assert entry["type"] == event
        assert entry["actor"]["role"] == role


@pytest.mark.parametrize(
    "event", sorted(e for e, may in MAY.items() if Role.ENTERPRISE_REPORTER in may)
)
def test_a_reporter_acts_for_the_own_enterprise_alone(office: Office, event: str):
    code, command = situation(office, event)
    before = office.position()
    refused = problem(send(office, doors(event)[0], command, reporter(uscc())), 403)
    assert refused["rule"] == "other-enterprise"
    assert office.position() == before
    answer = send(office, doors(event)[0], command, reporter(code))
    wish = event == "RecordCorrected"  # of a registration: the centre takes it
    assert answer.status_code == (202 if wish else taken(event)), answer.text


@pytest.mark.parametrize(
    "event", sorted(e for e, may in MAY.items() if Role.DISTRICT_INSPECTOR in may)
)
def test_an_inspector_acts_in_the_own_district_alone(office: Office, event: str):
    _, command = situation(office, event)
    if event in OWN:
        command = OWN[event](office, district("110108"))
    if event == "InspectionDrawn":
        other, _ = situation(office, "ApplicationSubmitted")
        command["data"]["pool"] = [other]
    before = office.position()
    for elsewhere in ("110105", "BDA"):
        refused = problem(send(office, doors(event)[0], command, district(elsewhere)), 403)
        assert refused["rule"] == "other-district"
    assert office.position() == before
    assert send(office, doors(event)[0], command, district("110108")).status_code == 201


@pytest.mark.parametrize("event", sorted(set(SITUATIONS) - {FOLLOWS}))
def test_a_role_belongs_to_its_organisation(office: Office, event: str):
    """A supervisor of the bureau, a publisher of the centre, an inspector of nowhere are nobody."""
    code, command = situation(office, event)
    before = office.position()
    for role in MAY[event] - {Role.EXPERT}:
        wrong = {"bureau": "centre"}.get(ORGANISATIONS.get(role, ""), "bureau")
        actor = {**acting(role, code, command), "organisation": wrong}
        refused = problem(send(office, doors(event)[0], command, actor), 403)
        assert refused["rule"] == "organisation-mismatch", (role, refused)
    assert office.position() == before
    usual = send(office, doors(event)[0], command, command["actor"])
    assert usual.status_code == taken(event), usual.text


@pytest.mark.parametrize("event", ["EvaluationScored", "EvaluationScoreRevised"])
def test_an_expert_fills_in_the_own_sheet_alone(office: Office, event: str):
    _, command = situation(office, event)
    before = office.position()
    for account, rule in (("e2", "not-own-sheet"), ("e9", "expert-not-assigned")):
        other = {"account": account, "role": "expert", "organisation": "单位2"}
        refused = problem(send(office, doors(event)[0], command, other), 403)
        assert refused["rule"] == rule
    stranger = {**command, "data": {**command["data"], "expert_id": "e9"}}
    refused = problem(send(office, doors(event)[0], stranger, {**command["actor"]}), 403)
    assert refused["rule"] == "expert-not-assigned"
    assert office.position() == before
    assert send(office, doors(event)[0], command, command["actor"]).status_code == 201
