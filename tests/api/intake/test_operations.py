"""Imports over HTTP: taken in, carried out behind, looked up by whoever asked."""

import errno
import json
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from threading import Event
from typing import Any

import msgspec
import pytest
from psycopg import OperationalError

from api.access.sealing import derived, seal, unseal
from api.installation.wiring import Installation
from api.intake import operations
from api.intake.imports import files
from api.intake.imports.items import Item
from api.intake.operation_store import Operation, Stage, Store
from api.intake.operations import Operations
from api.intake.sealed_jobs import Seals
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.gate.faults import Fault
from tests.api.desk import Desk
from tests.api.lines import CENTRE, Json, line, registered, reporter, session, uscc
from tests.postgres import Server
from tests.serving import own_settings

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


@pytest.fixture
def waiting(server: Server, tmp_path: Path) -> Iterator[Installation]:
    """An installation whose imports nobody carries out yet."""
    with Installation(own_settings(server, "dudao_waiting", tmp_path), connections=6) as house:
        yield house


def another(house: Installation) -> Operations:
    """The imports of another server of the same installation, with a folder of its own."""
    key = derived(house.key, "dudao imports")
    store = Store(house.pool, Seals(partial(seal, key), partial(unseal, key)))
    folder = house.settings.folder / str(uuid.uuid4())
    return Operations(folder, house.bench, store, house.database.addresses.app)


def ended(operations: Operations, id_: str) -> Operation:
    """The operation once it has ended."""
    deadline = time.monotonic() + 30
    while True:
        found = operations.find(id_)
        assert found is not None
        if found.stage not in {Stage.QUEUED, Stage.RUNNING}:
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.01)


def as_actor(who: Json) -> Actor:
    return Actor(account=who["account"], role=Role(who["role"]), organisation=who["organisation"])


def asked(house: Installation, content: bytes, who: Json) -> str:
    """Ask one server for an import; return its id."""
    return house.operations.take_in("in.ndjson", as_actor(who), BytesIO(content)).id


def test_another_server_carries_out_what_was_asked_of_one_that_is_gone_in_the_order_of_arrival(
    waiting: Installation,
) -> None:
    code = uscc()
    # The second file rests on the first: before it, every line of it would be refused.
    first = asked(waiting, ndjson(registered(code)), reporter(code))
    changes = [session(code, day=f"2025-03-0{n}") for n in (1, 2, 3)]
    others = [asked(waiting, ndjson(each), reporter(code)) for each in changes]
    other = another(waiting)
    other.start()
    try:
        found = [ended(other, id_) for id_ in (first, *others)]
    finally:
        other.stop()
        other.thread.join()
    assert [(each.stage, each.taken, each.refused) for each in found] == [("done", 1, 0)] * 4
    seen = [each.position for each in waiting.log.entries() if each.subject == code]
    assert len(seen) == 4
    assert not list(waiting.settings.folder.glob("imports/*"))


def test_an_import_that_is_interrupted_tells_all_that_it_took(
    waiting: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = uscc()
    lines = [registered(code), *(session(code, day=f"2025-03-{n:02}") for n in range(1, 21))]
    again = lines[1]
    id_ = asked(waiting, ndjson(*lines, again), reporter(code))
    other = another(waiting)
    monkeypatch.setattr("api.intake.imports.files.BATCH", 5)
    monkeypatch.setattr("api.intake.imports.files.STEP", 5)
    append, gone = waiting.bench.log.append, Event()

    def fails_once(*given: Any, **named: Any) -> Any:
        if not gone.is_set() and waiting.bench.log.head().position >= 10:
            gone.set()
            raise OperationalError("server closed the connection unexpectedly")
        return append(*given, **named)

    monkeypatch.setattr(waiting.bench.log, "append", fails_once)
    other.start()
    try:
        found = ended(other, id_)
    finally:
        other.stop()
        other.thread.join()
    assert gone.is_set()
    assert (found.stage, found.lines, found.taken, found.known) == ("done", 22, 21, 1)


def test_a_full_disk_stops_no_import_for_good_and_loses_no_upload(
    waiting: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = uscc()
    id_ = asked(waiting, ndjson(registered(code)), reporter(code))
    fetch, full = Store.fetch, Event()

    def no_space(store: Store, operation: Operation, path: Path) -> Path:
        if not full.is_set():
            full.set()
            raise OSError(errno.ENOSPC, "No space left on device")
        return fetch(store, operation, path)

    monkeypatch.setattr(Store, "fetch", no_space)
    other = another(waiting)
    other.start()
    try:
        found = ended(other, id_)
    finally:
        other.stop()
        other.thread.join()
    assert full.is_set()
    assert (found.stage, found.taken) == ("done", 1)


def test_what_an_earlier_release_kept_in_the_folder_is_taken_over(waiting: Installation) -> None:
    code = uscc()
    other = another(waiting)
    folder = other._folder
    folder.mkdir()
    operation = Operation(
        id=str(uuid.uuid4()),
        file_name="in.ndjson",
        suffix=".ndjson",
        actor=as_actor(reporter(code)),
        asked_at="2026-11-01T00:00:00.000000Z",
    )
    (folder / f"{operation.id}.json").write_bytes(msgspec.json.encode(operation))
    (folder / f"{operation.id}.upload.ndjson").write_bytes(ndjson(registered(code)))
    other.start()
    try:
        deadline = time.monotonic() + 30
        while other.find(operation.id) is None:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        found = ended(other, operation.id)
    finally:
        other.stop()
        other.thread.join()
    assert (found.stage, found.taken) == ("done", 1)
    assert not list(folder.glob("*.*"))


def test_neither_file_nor_refused_lines_can_be_read_in_the_database(
    waiting: Installation,
) -> None:
    code = uscc()
    wrong = session(code, venue={"name": "金丝雀丙"})
    id_ = asked(waiting, ndjson(registered(code), wrong | {"type": "金丝雀丁"}), reporter(code))
    with waiting.reading() as connection:
        stored = connection.execute(
            "SELECT octets FROM office.operation_piece UNION ALL SELECT state FROM office.operation"
        ).fetchall()
    needles = ("金丝雀丙".encode(), "金丝雀丁".encode(), code.encode())
    assert stored
    assert not [octets for (octets,) in stored if any(each in bytes(octets) for each in needles)]
    other = another(waiting)
    other.start()
    try:
        found = ended(other, id_)
    finally:
        other.stop()
        other.thread.join()
    assert found.refused == 1
    assert other.refused(found)[0]["line"] == 2
    with waiting.reading() as connection:
        stored = connection.execute("SELECT octets FROM office.operation_piece").fetchall()
    assert stored
    assert not [octets for (octets,) in stored if any(each in bytes(octets) for each in needles)]


def test_an_account_imports_so_much_at_once_and_in_a_day(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = uscc()
    for bound, most in (("MOST_A_DAY", 1), ("MOST_OPEN", 0)):
        with monkeypatch.context() as patched:
            own = reporter(code) | {"account": f"{bound}-{code}"}
            if most:
                finished(desk, own, upload(desk, own, ndjson(registered(code)))["id"])
            patched.setattr(operations, bound, most)
            answer = desk.http.post(
                "/v1/imports", files={"file": ("in.ndjson", b"{}")}, headers=desk.auth(own)
            )
            assert answer.status_code == 429
            assert answer.headers["retry-after"]
        assert upload(desk, own, b"{}")


def test_no_file_is_taken_where_the_disk_is_nearly_full(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = reporter(uscc())
    monkeypatch.setattr(operations, "FREE_FLOOR", 2**62)
    answer = desk.http.post(
        "/v1/imports", files={"file": ("in.ndjson", b"{}")}, headers=desk.auth(own)
    )
    assert answer.status_code == 503
    assert answer.headers["retry-after"]


def test_lists_of_refused_lines_are_let_go_of_after_a_month(
    desk: Desk, house: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = reporter(uscc())
    said = finished(desk, own, upload(desk, own, b"{}\n")["id"])
    assert desk.get(f"/v1/imports/{said['id']}", own).json()["rejects"]
    monkeypatch.setattr(operations, "REJECTS_KEPT", timedelta(days=-1))
    house.operations._forget()
    assert desk.get(f"/v1/imports/{said['id']}", own).json()["rejects"] == []


def test_short_bad_lines_do_not_fill_a_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "WHOLE_REJECTS", 2_000)
    rejects = files.Rejects(tmp_path / "rejects.ndjson")
    faults = [Fault(f"field-{n}", "很长的理由" * 200, "a long reason" * 90) for n in range(500)]
    for number in range(1, 1_001):
        rejects.add(Item(number, None, (), "invalid", {"a": 1}, 0), "invalid", faults)
    path = rejects.close()
    assert path is not None
    lines = [json.loads(each) for each in path.read_bytes().splitlines()]
    assert [each["line"] for each in lines] == list(range(1, 1_001))
    assert lines[0]["input"] == {"a": 1}
    assert (lines[-1]["code"], lines[-1]["input"]) == ("invalid", None)
    assert path.stat().st_size < 1_000 * 120 + 200_000
