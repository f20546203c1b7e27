"""The database goes away and comes back: every address says so in a sentence, and works again by itself."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import psycopg
import pytest
from psycopg import errors

from api.http.outages import outage
from api.installation.wiring import Installation
from api.web.app import create_app
from ledger.log.clock import ClockRefused
from ledger.log.log import OutcomeUnknown
from ledger.pool import SESSION, Away, Busy
from ledger.server import embedded
from tests.api.desk import Desk
from tests.api.lines import Json, registered, uscc
from tests.postgres import Machine, peopled, private
from tests.serving import own_settings, serving

ADDRESSES = ("/v1/roster", "/v1/flags", "/v1/certificates/X1", "/v1/assessments", "/readyz")
PAGES = ("/", "/roster", "/flags", "/system")


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    """A server of the database that a test may stop."""
    with private(embedded.programs()) as made:
        yield made


@pytest.fixture(scope="module")
def alone(machine: Machine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A client of an installation on that server."""
    folder = tmp_path_factory.mktemp("away")
    with pytest.MonkeyPatch.context() as patch:
        # So that nobody waits for what is known.
        patch.setattr("ledger.pool.SESSION", SESSION.replace("10s", "500ms"))
        yield from served(machine, folder)


def served(machine: Machine, folder: Path) -> Iterator[Desk]:
    """A client of an installation on the server."""
    settings = own_settings(peopled(machine.superuser), "dudao_away", folder)
    with Installation(settings, connections=8) as house:
        house.follow()
        with serving(create_app(house)) as base:
            client = Desk(base, house.key)
            yield client
            client.http.close()


def is_told(answer: httpx2.Response) -> bool:
    """Whether the answer says, for people and programs, to come again later."""
    return (
        answer.status_code == 503
        and int(answer.headers["Retry-After"]) > 0
        and "稍后重试" in answer.text
    )


def record(desk: Desk, line: Json) -> httpx2.Response:
    """Send the command, under the same key each time."""
    body = {**line["data"], "valid_from": line["valid_from"]}
    return desk.post(f"/v1/commands/{line['type']}", body, line["actor"], line["data"]["uscc"])


def settled(desk: Desk) -> httpx2.Response:
    """Ask until the installation is ready; the last answer, however it is."""
    deadline = time.monotonic() + 60
    answer = desk.get("/readyz", None)
    while answer.status_code != 200 and time.monotonic() < deadline:
        time.sleep(0.1)
        answer = desk.get("/readyz", None)
    return answer


@pytest.mark.postgres
def test_every_address_says_that_the_database_is_away_and_all_is_well_when_it_is_back(
    machine: Machine, alone: Desk
) -> None:
    alone.send(registered(uscc()))
    for address in (*ADDRESSES, *PAGES):
        alone.get(address)
    machine.stop()
    try:
        told = {path: alone.get(path) for path in ADDRESSES}
        told |= {path: alone.get(path, accept="text/html") for path in PAGES}
        line = registered(uscc())
        command = record(alone, line)
    finally:
        machine.start()
    assert {path: answer.status_code for path, answer in told.items() if not is_told(answer)} == {}
    assert is_told(command)
    assert all("</html>" in told[path].text for path in PAGES)
    assert settled(alone).status_code == 200
    # Nothing of the pool is left that leads nowhere, and the views follow again.
    sent = record(alone, line)
    assert sent.status_code == 201, sent.text
    again = {path: alone.get(path).status_code for path in ADDRESSES}
    assert set(again.values()) <= {200, 404}


@pytest.mark.postgres
def test_a_server_that_hangs_and_closes_nothing_is_away_too(
    machine: Machine, alone: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.pool.HANGS_AFTER", 1.0)
    assert settled(alone).status_code == 200
    stopped = machine.processes()
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        told = {path: alone.get(path) for path in ADDRESSES}
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    assert {path: answer.status_code for path, answer in told.items() if not is_told(answer)} == {}
    assert settled(alone).status_code == 200


@pytest.mark.postgres
def test_a_lock_that_somebody_forgot_is_said_and_is_no_fault(machine: Machine, alone: Desk) -> None:
    owner = machine.superuser.replace("dbname=postgres", "dbname=dudao_away")
    with psycopg.connect(owner) as forgotten:
        forgotten.execute("LOCK TABLE ledger.log_state IN ACCESS EXCLUSIVE MODE")
        told = {path: alone.get(path) for path in ADDRESSES}
        line = registered(uscc())
        command = record(alone, line)
        forgotten.rollback()
    assert {path: answer.status_code for path, answer in told.items() if not is_told(answer)} == {}
    assert is_told(command)
    assert settled(alone).status_code == 200


@pytest.mark.parametrize(
    "error",
    [
        Away(),
        Busy(),
        OutcomeUnknown(),
        ClockRefused("时钟为 2030", "the clock reads 2030"),
        psycopg.OperationalError("server closed the connection unexpectedly"),
        errors.AdminShutdown(),
        errors.CannotConnectNow(),
        errors.DiskFull(),
        errors.LockNotAvailable(),
        errors.QueryCanceled(),
        errors.ReadOnlySqlTransaction(),
        errors.TransactionTimeout(),
        errors.IdleInTransactionSessionTimeout(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_is_temporary_is_said_with_the_time_to_come_again(error: Exception) -> None:
    problem = outage(error)
    assert problem is not None
    assert problem.status == 503
    assert int(problem.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    "error",
    [errors.UndefinedTable(), errors.UniqueViolation(), errors.ProgramLimitExceeded(), KeyError()],
    ids=lambda error: type(error).__name__,
)
def test_what_would_fail_again_stays_a_fault(error: Exception) -> None:
    assert outage(error) is None
