"""Imports over HTTP: taken in, carried out behind, looked up by whoever asked."""

import json
import time
from collections.abc import Callable

import pytest

from api.installation.wiring import Installation
from api.intake.operations import Operations
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from tests.api.desk import Desk
from tests.api.lines import CENTRE, Json, line, registered, reporter, session, uscc

pytestmark = pytest.mark.postgres


def upload(desk: Desk, actor: Json, content: bytes, name: str = "in.ndjson") -> Json:
    answer = desk.http.post(
        "/v1/imports", files={"file": (name, content)}, headers=desk.auth(actor)
    )
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"/v1/imports/{answer.json()['id']}"
    found: Json = answer.json()
    return found


def finished(desk: Desk, actor: Json, id_: str) -> Json:
    return until(
        lambda: desk.get(f"/v1/imports/{id_}", actor).json(),
        lambda said: said["stage"] in {"done", "failed"},
    )


def until(ask: Callable[[], Json], enough: Callable[[Json], bool]) -> Json:
    """Ask again until it is enough: the work is another thread's."""
    deadline = time.monotonic() + 30
    while not enough(said := ask()):
        assert time.monotonic() < deadline, said
        time.sleep(0.01)
    return said


def ndjson(*lines: Json) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in lines)


def test_a_file_is_taken_line_by_line_and_what_is_refused_is_listed(desk: Desk) -> None:
    code = uscc()
    wrong = session(code) | {"valid_from": "2025-03-10"}
    wrong["data"] = wrong["data"] | {"level": "9"}
    held = session(code, "4", "2025-05-05")
    content = ndjson(registered(code), wrong, held)
    said = finished(desk, reporter(code), upload(desk, reporter(code), content)["id"])
    assert (said["stage"], said["lines"], said["taken"], said["refused"]) == ("done", 3, 2, 1)
    assert said["rejects"][0]["line"] == 2
    assert "input" not in said["rejects"][0]
    asked = desk.get(f"/v1/imports/{said['id']}", reporter(code), accept="application/x-ndjson")
    assert json.loads(asked.content)["input"]["data"]["level"] == "9"
    assert desk.get(f"/v1/assessments/{held['data']['assessment_id']}").status_code == 200


def test_the_same_file_again_adds_nothing(desk: Desk) -> None:
    code = uscc()
    content = ndjson(registered(code))
    finished(desk, reporter(code), upload(desk, reporter(code), content)["id"])
    said = finished(desk, reporter(code), upload(desk, reporter(code), content)["id"])
    assert (said["taken"], said["known"]) == (0, 1)


def test_nobody_imports_in_the_name_of_another(desk: Desk) -> None:
    code = uscc()
    said = finished(desk, CENTRE, upload(desk, CENTRE, ndjson(registered(code)))["id"])
    assert (said["taken"], said["refused"]) == (0, 1)
    assert said["rejects"][0]["code"] == "other-actor"
    own = line("EnterpriseRegistered", "2024-03-01", CENTRE, **registered(code)["data"])
    said = finished(desk, CENTRE, upload(desk, CENTRE, ndjson(own))["id"])
    assert said["taken"] == 1


def test_an_operation_is_for_who_asked_for_it(desk: Desk) -> None:
    code = uscc()
    id_ = upload(desk, reporter(code), ndjson(registered(code)))["id"]
    finished(desk, reporter(code), id_)
    assert desk.get(f"/v1/imports/{id_}", CENTRE).status_code == 404
    assert desk.get("/v1/imports/none", CENTRE).status_code == 404
    assert desk.get("/v1/imports/../x", CENTRE).status_code == 404


def test_a_file_that_cannot_be_used_fails_with_its_reason(desk: Desk) -> None:
    for name, content in (("x.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), ("e.ndjson", b"")):
        said = finished(desk, CENTRE, upload(desk, CENTRE, content, name)["id"])
        assert said["stage"] == "failed"
        assert said["errors"]


def test_what_is_no_form_with_a_file_is_refused(desk: Desk) -> None:
    headers = desk.auth(CENTRE)
    assert desk.http.post("/v1/imports", json={}, headers=headers).status_code == 415
    assert desk.http.post("/v1/imports", files={"x": b""}, headers=headers).status_code == 422
    broken = headers | {"Content-Type": "multipart/form-data"}
    assert desk.http.post("/v1/imports", content=b"x", headers=broken).status_code == 400
    analyst = {"account": "a", "role": "analyst", "organisation": "centre"}
    refused = desk.http.post("/v1/imports", files={"file": b""}, headers=desk.auth(analyst))
    assert refused.status_code == 403


def test_an_unfinished_import_goes_on_with_the_next_start(house: Installation) -> None:
    code = uscc()
    who = reporter(code)
    actor = Actor(
        account=who["account"], role=Role.ENTERPRISE_REPORTER, organisation=who["organisation"]
    )
    folder = house.settings.folder / "imports-before"
    before = Operations(folder, house.bench)
    operation, path = before.new("in.ndjson", actor)
    path.write_bytes(ndjson(registered(code)))
    before.enqueue(operation)  # its thread was never started: the process died here
    after = Operations(folder, house.bench)
    after.start()
    after.close()
    found = after.find(operation.id)
    assert found is not None
    assert (found.stage, found.taken) == ("done", 1)
    assert not path.exists()
