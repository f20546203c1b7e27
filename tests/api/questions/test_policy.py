"""The policy, role by role: what is read, what is recorded, which rows."""

import pytest

from api.questions.policy import (
    ALL,
    ANYONE,
    BUSINESS,
    INTEGRITY,
    NOTHING,
    PUBLIC,
    READS,
    Action,
    Rows,
    decide,
)
from api.questions.problems import Problem
from domain.permissions import MAY
from domain.registry import EVENTS
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role

USCC = "91110000710939135P"
WHO = {
    Role.QUALITY_SUPERVISOR: "centre",
    Role.CENTRE_OFFICER: "centre",
    Role.BUREAU_PUBLISHER: "bureau",
    Role.DISTRICT_INSPECTOR: "110108",
    Role.EXPERT: "大学",
    Role.ENTERPRISE_REPORTER: USCC,
    Role.ANALYST: "centre",
    Role.PUBLIC: "public",
    Role.SECURITY_ADMIN: "centre",
    Role.AUDIT_ADMIN: "centre",
    Role.SYSTEM_ADMIN: "centre",
}
KEPT = {
    "accounts": Role.SECURITY_ADMIN,
    "access-log": Role.AUDIT_ADMIN,
    "system": Role.SYSTEM_ADMIN,
}
"""What each of the three administrators keeps, and nobody else sees."""
BESIDE = {"evidence", "materials", "metrics", "tables", "what-if"}
RESOURCES = sorted(BUSINESS | PUBLIC | INTEGRITY | BESIDE | set(KEPT))
EVERYTHING = {
    Role.QUALITY_SUPERVISOR,
    Role.CENTRE_OFFICER,
    Role.BUREAU_PUBLISHER,
    Role.ANALYST,
}


def someone(role: Role) -> Actor:
    return Actor(account="a", role=role, organisation=WHO[role])


SEEN = {
    **dict.fromkeys(EVERYTHING, ALL),
    Role.DISTRICT_INSPECTOR: Rows(district="110108"),
    Role.ENTERPRISE_REPORTER: Rows(uscc=USCC),
}
APART: dict[tuple[Role, str], Rows | None] = {
    (Role.EXPERT, "applications"): Rows(expert="a"),
    (Role.EXPERT, "materials"): Rows(expert="a"),
    (Role.EXPERT, "evidence"): Rows(expert="a"),
    (Role.ENTERPRISE_REPORTER, "draws"): None,
    (Role.ENTERPRISE_REPORTER, "complaints"): None,  # who complained of it is not its business
    # A file is not narrowed: it is for who sees all of it.
    (Role.DISTRICT_INSPECTOR, "tables"): None,
    (Role.ENTERPRISE_REPORTER, "tables"): None,
    (Role.DISTRICT_INSPECTOR, "what-if"): None,
    (Role.ENTERPRISE_REPORTER, "what-if"): None,
    (Role.ANALYST, "evidence"): None,
    (Role.ANALYST, "materials"): None,
    (Role.AUDIT_ADMIN, "integrity"): NOTHING,
    (Role.SYSTEM_ADMIN, "integrity"): NOTHING,
}


def expected(role: Role, resource: str) -> Rows | None:
    """What the table of the domain says, written a second time."""
    if resource in {"certificate", "certificate-lookup"}:
        return NOTHING
    if resource in KEPT:
        return NOTHING if role is KEPT[resource] else None
    if resource == "integrity" and role in {Role.AUDIT_ADMIN, Role.SYSTEM_ADMIN}:
        return NOTHING
    if resource == "metrics":
        keepers = {Role.AUDIT_ADMIN: NOTHING, Role.SYSTEM_ADMIN: NOTHING}
        return (keepers | {Role.QUALITY_SUPERVISOR: ALL}).get(role)
    if (role, resource) in APART:
        return APART[role, resource]
    return SEEN.get(role, NOTHING if resource == "roster" else None)


@pytest.mark.parametrize("resource", RESOURCES)
@pytest.mark.parametrize("role", Role)
def test_each_role_reads_what_is_its_business(role: Role, resource: str) -> None:
    rows = expected(role, resource)
    if rows is None:
        with pytest.raises(Problem) as raised:
            decide(someone(role), Action.READ, resource)
        assert raised.value.status == 403
        return
    assert decide(someone(role), Action.READ, resource).rows == rows


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("role", Role)
def test_each_role_records_what_it_may(role: Role, event: str) -> None:
    if role in MAY[event]:
        decide(someone(role), Action.RECORD, event)
        return
    with pytest.raises(Problem) as raised:
        decide(someone(role), Action.RECORD, event)
    assert raised.value.status == 403


@pytest.mark.parametrize("role", [Role.ANALYST, Role.PUBLIC, *(r for r in Role if "admin" in r)])
def test_some_never_write(role: Role) -> None:
    for event in EVENTS:
        with pytest.raises(Problem):
            decide(someone(role), Action.RECORD, event)
    with pytest.raises(Problem):
        decide(someone(role), Action.IMPORT, "imports")


@pytest.mark.parametrize("role", Role)
def test_only_the_security_administrator_keeps_accounts(role: Role) -> None:
    if role is Role.SECURITY_ADMIN:
        assert decide(someone(role), Action.ADMINISTER, "accounts").rows == NOTHING
        return
    with pytest.raises(Problem) as raised:
        decide(someone(role), Action.ADMINISTER, "accounts")
    assert raised.value.status == 403


@pytest.mark.parametrize("role", [r for r in Role if "admin" in r])
def test_no_administrator_reads_business_data(role: Role) -> None:
    for resource in BUSINESS:
        with pytest.raises(Problem):
            decide(someone(role), Action.READ, resource)
    assert decide(someone(role), Action.READ, "roster").rows == NOTHING


def test_an_analyst_sees_everything_but_people() -> None:
    assert not decide(someone(Role.ANALYST), Action.READ, "assessments").persons
    assert decide(someone(Role.QUALITY_SUPERVISOR), Action.READ, "assessments").persons


def test_nobody_in_particular_is_asked_for_a_token() -> None:
    with pytest.raises(Problem) as raised:
        decide(ANYONE, Action.READ, "flags")
    assert raised.value.status == 401


def test_what_is_not_named_is_denied() -> None:
    for role in Role:
        with pytest.raises(Problem):
            decide(someone(role), Action.READ, "vault")
    assert {resource for reads in READS.values() for resource in reads} <= set(RESOURCES)


@pytest.mark.parametrize("role", Role)
def test_who_inspects_or_puts_right_may_store_evidence(role: Role) -> None:
    may = {
        Role.QUALITY_SUPERVISOR,
        Role.CENTRE_OFFICER,
        Role.DISTRICT_INSPECTOR,
        Role.ENTERPRISE_REPORTER,
    }
    if role in may:
        assert decide(someone(role), Action.UPLOAD, "evidence").rows == SEEN[role]
        return
    with pytest.raises(Problem) as raised:
        decide(someone(role), Action.UPLOAD, "evidence")
    assert raised.value.status == 403
