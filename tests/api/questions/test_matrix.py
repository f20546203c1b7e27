"""Every role at every address: what the one policy table says, and nothing else (role × path × district)."""

from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute

from api.http.command_paths import PATHS
from api.http.rights import RIGHTS
from api.questions.policy import Action, decide
from api.questions.problems import Problem
from api.web.app import describe
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from tests.api.desk import Desk
from tests.api.lines import Json
from tests.api.questions.test_isolation import ROLES, Town

pytestmark = pytest.mark.postgres

OPEN = "open"
"""Anybody: published, or nothing of the business."""
READS: dict[str, str | tuple[Action, str]] = {
    "/healthz": OPEN,
    "/readyz": OPEN,
    "/metrics": "metrics",
    "/log/checkpoint": OPEN,
    "/log/verifier-key": OPEN,
    "/log/tile/{level}/{number:path}": OPEN,
    "/v1/roster": OPEN,
    "/v1/roster/changes": OPEN,
    "/v1/certificates/{number:path}": OPEN,
    "/v1/applications": "applications",
    "/v1/applications/{key}": "applications",
    "/v1/assessments": "assessments",
    "/v1/assessments/{key}": "assessments",
    "/v1/backlog": "flags",
    "/v1/catalogues": "catalogues",
    "/v1/catalogues/{sha256}": "catalogues",
    "/v1/catalogues/{sha256}/file": "catalogues",
    "/v1/catalogues/{sha256}/preview": "catalogues",
    "/v1/certificates": "certificates",
    "/v1/complaints": "complaints",
    "/v1/complaints/{key}": "complaints",
    "/v1/coverage": "inspections",
    "/v1/diff": "diff",
    "/v1/delay-distribution": "flags",
    "/v1/delays": "flags",
    "/v1/digest": "saved-questions",
    "/v1/draws": "draws",
    "/v1/draws/{draw_id}": "draws",
    "/v1/enterprises/{uscc}": "enterprises",
    "/v1/enterprises/{uscc}/bundle": "events",
    "/v1/enterprises/{uscc}/certificates": "assessments",
    "/v1/enterprises/{uscc}/history": "enterprises",
    "/v1/enterprises/{uscc}/report.pdf": "enterprises",
    "/v1/enterprises/{uscc}/scope": "enterprises",
    "/v1/enterprises/{uscc}/standing": "enterprises",
    "/v1/enterprises/{uscc}/timeline": "enterprises",
    "/v1/enterprises/{uscc}/units": "enterprises",
    "/v1/events": "events",
    "/v1/events/{position}": "events",
    "/v1/events/{position}/context": "events",
    "/v1/events/{position}/document.pdf": "events",
    "/v1/events/{position}/proof": "events",
    "/v1/evidence/{sha256}": "evidence",
    "/v1/evidence/{sha256}/preview": "evidence",
    "/v1/field/devices": (Action.RECORD, "SpotCheckRecorded"),
    "/v1/field/list": (Action.RECORD, "SpotCheckRecorded"),
    "/v1/findings": "findings",
    "/v1/findings/{key}": "findings",
    "/v1/flags": "flags",
    "/v1/flags/{key}": "flags",
    "/v1/flags/{key}/explanation": "flags",
    "/v1/imports/{import_id}": (Action.IMPORT, "imports"),
    "/v1/imports/{import_id}/errors.xlsx": (Action.IMPORT, "imports"),
    "/v1/imports/{import_id}/marked": (Action.IMPORT, "imports"),
    "/v1/inspections": "inspections",
    "/v1/inspections/{key}": "inspections",
    "/v1/integrity": "integrity",
    "/v1/late": "events",
    "/v1/overview": "flags",
    "/v1/plan-comparisons": "plans",
    "/v1/plans": "plans",
    "/v1/plans/{uscc}/{year}": "plans",
    "/v1/registers": "registers",
    "/v1/registers/{key}": "registers",
    "/v1/requests": "requests",
    "/v1/requests/{request_id}": "requests",
    "/v1/saved-questions": "saved-questions",
    "/v1/stats": "stats",
    "/v1/tables": "tables",
    "/v1/tables/links": "tables",
    "/v1/tables/{name}.parquet": "tables",
    "/v1/templates": (Action.IMPORT, "imports"),
    "/v1/templates/{name}.xlsx": (Action.IMPORT, "imports"),
    "/v1/unvisited": "inspections",
    "/v1/what-if": "what-if",
    "/v1/what-if/{id}": "what-if",
    "/v1/what-if/{id}/diff": "what-if",
    "/v1/what-if/{id}/tables/applications": "what-if",
    "/v1/what-if/{id}/tables/assessments": "what-if",
    "/v1/what-if/{id}/tables/complaints": "what-if",
    "/v1/what-if/{id}/tables/findings": "what-if",
    "/v1/what-if/{id}/tables/flags": "what-if",
    "/v1/what-if/{id}/tables/inspections": "what-if",
    "/v1/what-if/{id}/tables/plans": "what-if",
    "/v1/what-if/{id}/tables/registers": "what-if",
    "/v1/what-if/{id}/tables/roster": "what-if",
    "/v1/what-if/{id}/tables/{name}.parquet": "what-if",
}
"""Address → the row of the policy table that it goes by."""
ASKS_MORE = frozenset(
    {"/v1/enterprises/{uscc}/bundle", "/v1/catalogues/{sha256}/preview", "/v1/tables/links"}
)
"""Addresses for those alone who see every row, or every person, of what they read elsewhere."""


def routes(method: str) -> Iterator[str]:
    included = (r.original_router for r in describe().routes if hasattr(r, "original_router"))
    for route in (each for router in included for each in router.routes):
        api = isinstance(route, APIRoute) and method in (route.methods or ())
        if api and route.path.startswith(("/v1/", "/log/", "/healthz", "/readyz", "/metrics")):
            yield route.path


@pytest.fixture(scope="module")
def town(desk: Desk) -> Town:
    return Town(desk)


def filled(path: str, town: Town) -> str:
    """The address, asked about the enterprise of another district."""
    given = {"uscc": town.there, "year": "2025", "position": "1", "name": "flags"}
    for name in ("uscc", "year", "position", "name"):
        path = path.replace(f"{{{name}}}", given[name])
    path = path.replace("{number:path}", town.numbers[town.there])
    for name in ("key", "sha256", "draw_id", "request_id", "import_id", "level", "id"):
        path = path.replace(f"{{{name}}}", "none")
    return path


def granted(actor: Json | None, row: str | tuple[Action, str]) -> int:
    """What the table says: 200 for a grant, else the status of the refusal."""
    if row == OPEN:
        return 200
    action, resource = (Action.READ, row) if isinstance(row, str) else row
    who = actor or {"account": "anonymous", "role": "public", "organisation": "public"}
    asking = Actor(account=who["account"], role=Role(who["role"]), organisation=who["organisation"])
    try:
        decide(asking, action, resource)
    except Problem as problem:
        return problem.status
    return 200


def test_every_address_that_is_read_stands_in_the_table() -> None:
    assert sorted(set(routes("GET"))) == sorted(READS)
    rights = {p: (Action.READ, r) if isinstance(r, str) else r for p, r in READS.items()}
    assert {p: r for p, r in rights.items() if r != (Action.READ, OPEN)} == dict(RIGHTS)


@pytest.mark.parametrize("role", ROLES)
def test_the_right_is_judged_before_what_is_asked(desk: Desk, town: Town, role: str) -> None:
    actor = town.actor(role)
    wrong = []
    for path, row in READS.items():
        expected = granted(actor, row)
        asked = filled(path, town)
        if expected == 200 or row == OPEN:
            continue
        statuses = [
            desk.get(asked, actor, accept="*/*", nothing="1", position="x").status_code,
            desk.get(asked, actor, accept="text/nothing").status_code,
            desk.http.get(f"{asked}?a=1&a=2", headers=desk.auth(actor)).status_code,
        ]
        if statuses != [expected] * 3:
            wrong.append((path, statuses, expected))
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_who_reads_where(desk: Desk, town: Town, role: str) -> None:
    actor = town.actor(role)
    wrong = []
    for path, row in READS.items():
        answer = desk.get(filled(path, town), actor, accept="*/*")
        said = answer.status_code if answer.status_code in {401, 403} else 200
        # What lies behind a grant may ask for more, what lies behind none is never opened.
        more = path in ASKS_MORE and said == 403
        if said != granted(actor, row) and not more:
            wrong.append((path, answer.status_code, granted(actor, row)))
    assert wrong == []


@pytest.mark.parametrize("role", ["district_inspector", "enterprise_reporter"])
def test_no_address_tells_of_another_district_or_enterprise(
    desk: Desk, town: Town, role: str
) -> None:
    actor = town.actor(role)
    told = []
    for path, row in READS.items():
        if row == OPEN:
            continue
        asked = filled(path, town)
        text = desk.get(asked, actor, accept="*/*").text.replace(asked, "")
        if town.there in text or town.numbers[town.there] in text:
            told.append(path)
    assert told == []


@pytest.mark.parametrize("role", ROLES)
def test_who_sends_what_is_judged_before_what_is_sent(desk: Desk, town: Town, role: str) -> None:
    actor = town.actor(role)
    wrong = []
    for path, names in PATHS.items():
        for name in names:
            expected = granted(actor, (Action.RECORD, name))
            for body in ({}, {"type": name, "uscc": 7, "nothing": []}):
                status = desk.post(f"/v1/commands/{name}", body, actor).status_code
                said = status if status in {401, 403} else 200
                if said != expected:
                    wrong.append((path, name, status, expected))
    assert wrong == []


IMPORT, WHAT_IF = (Action.IMPORT, "imports"), (Action.READ, "what-if")
SAVED = (Action.READ, "saved-questions")
UPLOAD, FIELD = (Action.UPLOAD, "evidence"), (Action.RECORD, "SpotCheckRecorded")
WRITES: dict[tuple[str, str], str | tuple[Action, str]] = {
    ("POST", "/v1/certificates/lookup"): OPEN,
    ("POST", "/v1/catalogues"): (Action.RECORD, "CatalogueAdopted"),
    ("POST", "/v1/field/devices"): FIELD,
    ("POST", "/v1/imports"): IMPORT,
    ("POST", "/v1/imports/{import_id}/confirmation"): IMPORT,
    ("DELETE", "/v1/imports/{import_id}"): IMPORT,
    ("POST", "/v1/integrity/verifications"): (Action.READ, "integrity"),
    ("POST", "/v1/requests/{request_id}/decision"): (Action.RECORD, "ActDecided"),
    ("POST", "/v1/saved-questions"): SAVED,
    ("POST", "/v1/saved-questions/{id}/seen"): SAVED,
    ("DELETE", "/v1/saved-questions/{id}"): SAVED,
    ("POST", "/v1/what-if"): WHAT_IF,
    ("DELETE", "/v1/what-if/{id}"): WHAT_IF,
    ("PUT", "/v1/evidence/{sha256}"): UPLOAD,
    ("PUT", "/v1/evidence/{sha256}/preview"): UPLOAD,
}
"""Address that changes something and takes no command of an event → the row that it goes by."""


def changing() -> set[tuple[str, str]]:
    """Every address that changes something, but those of commands, which stand in PATHS."""
    named = {(m, path) for m in ("POST", "PUT", "PATCH", "DELETE") for path in routes(m)}
    commands = {f"/v1/{path}" for path in (*PATHS, "commands/{name}")}
    return {each for each in named if each[1] not in commands}


def test_every_address_that_changes_something_stands_in_a_table() -> None:
    assert changing() == set(WRITES)


@pytest.mark.parametrize("role", ROLES)
def test_who_changes_what_beside_commands(desk: Desk, town: Town, role: str) -> None:
    actor = town.actor(role)
    wrong = []
    for (method, path), row in WRITES.items():
        answer = desk.http.request(
            method, filled(path, town), headers={**desk.auth(actor), "Idempotency-Key": "k"}
        )
        said = answer.status_code if answer.status_code in {401, 403} else 200
        # A credential of a device is given to who is signed in; the whole ledger is verified by few.
        asks_more = {"/v1/integrity/verifications", "/v1/field/devices"}
        more = path in asks_more and said == 403
        if said != granted(actor, row) and not more:
            wrong.append((method, path, answer.status_code, granted(actor, row)))
    assert wrong == []
