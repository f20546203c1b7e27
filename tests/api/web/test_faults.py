"""Two servers on one database, and everything that can befall them: nothing acknowledged is lost.

`DUDAO_TEST_FAULTS` says how many faults, `DUDAO_TEST_SEED` which; `./run long faults` does many.
"""

# ruff: noqa: S311 - chance here chooses victims, not keys

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import httpx2
import psycopg
import pytest

from api.access.tokens import load_key
from api.installation.settings import Settings
from api.installation.wiring import Installation
from ledger.log.verify import verify
from ledger.server import embedded
from replay.audit import check
from replay.engines import InProcess
from tests.api.desk import Desk
from tests.api.intake.test_operations import ndjson
from tests.api.lines import Json, registered, reporter, session, uscc
from tests.postgres import Machine, peopled, private
from tests.serving import own_settings

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

FAULTS = int(os.environ.get("DUDAO_TEST_FAULTS", "5"))
SEED = int(os.environ.get("DUDAO_TEST_SEED", "7"))
ROOT = Path(__file__).parents[3]
PATIENCE = 120.0
CLIENTS = 3
LINES = 25
"""Of one import."""


class Served:
    """One server in a process of its own, which can be replaced."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self.start()

    def start(self) -> None:
        """Start it and wait until it says where it serves."""
        command = [sys.executable, "-m", "api.cli.main", "serve", "--port", "0"]
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            command, cwd=ROOT, env=self._environment, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stderr is not None
        told = ""
        while (found := re.search(r"serves at (http://\S+)", told)) is None:
            line = self.process.stderr.readline()
            assert line, told
            told += line
        self.base = found[1]
        # Whoever fills the pipe would stand still.
        self._drained = threading.Thread(target=self.process.stderr.read, daemon=True)
        self._drained.start()

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()
        self._drained.join()
        assert self.process.stderr is not None
        self.process.stderr.close()


class Field:
    """Two servers, clients that never give up, and what they were told."""

    def __init__(self, machine: Machine, settings: Settings) -> None:
        self.machine, self.settings = machine, settings
        assert settings.database_url is not None
        environment = {
            **os.environ,
            "DUDAO_DATABASE_URL": settings.database_url.get_secret_value(),
            "DUDAO_DATA": str(settings.data),
        }
        self.servers = [Served(environment) for _ in range(2)]
        self.key = load_key(settings.folder)
        self.acknowledged: dict[str, int] = {}
        """Enterprise → position at which its registration was said to be."""
        self.imports: dict[str, Json] = {}
        """Operation → who asked for it."""
        self.statuses: Counter[int] = Counter()
        self.stopped = threading.Event()
        self._lock = threading.Lock()
        self._clients = [
            *(threading.Thread(target=self._register, args=(n,)) for n in range(CLIENTS)),
            threading.Thread(target=self._upload),
        ]
        for client in self._clients:
            client.start()

    def _new_uscc(self) -> str:
        with self._lock:
            return uscc()

    def _ask(self, work: Callable[[Desk], httpx2.Response], *good: int) -> httpx2.Response | None:
        """Ask one server after the other until one answers so; None when the trial is over."""
        for number in count():
            server = self.servers[number % 2]
            desk = Desk(server.base, self.key)
            try:
                answer = work(desk)
            except httpx2.TransportError:
                answer = None
            finally:
                desk.http.close()
            if answer is not None:
                self.statuses[answer.status_code] += 1
                if answer.status_code in good:
                    return answer
            if self.stopped.wait(0.05) and number > 20:
                return None
        return None

    def _register(self, number: int) -> None:
        for serial in count():
            if self.stopped.is_set():
                return
            line = registered(self._new_uscc())
            body = {**line["data"], "valid_from": line["valid_from"]}
            key = f"{number}-{serial}"
            answer = self._ask(
                lambda desk, b=body, w=line["actor"], k=key: desk.post(  # type: ignore[misc]
                    "/v1/commands/EnterpriseRegistered", b, w, k
                ),
                201,
            )
            if answer is not None:
                self.acknowledged[line["data"]["uscc"]] = answer.json()["position"]

    def _upload(self) -> None:
        while not self.stopped.wait(1.0):
            code = self._new_uscc()
            who = reporter(code)
            held = [session(code, day=f"2025-03-{1 + n:02}") for n in range(LINES - 1)]
            files = {"file": ("in.ndjson", ndjson(registered(code), *held))}
            answer = self._ask(
                lambda desk, f=files, w=who: desk.http.post(  # type: ignore[misc]
                    "/v1/imports", files=f, headers=desk.auth(w)
                ),
                202,
            )
            if answer is not None:
                self.imports[answer.json()["id"]] = who

    def wait_for_progress(self, more: int = 10) -> None:
        """Return when so many more commands were acknowledged."""
        before, deadline = len(self.acknowledged), time.monotonic() + PATIENCE
        while len(self.acknowledged) < before + more:
            assert time.monotonic() < deadline, f"no progress: {self.statuses}"
            time.sleep(0.05)

    def settle(self) -> None:
        """Let the clients end, and every import come to its own."""
        self.stopped.set()
        for client in self._clients:
            client.join(PATIENCE)
            assert not client.is_alive()
        for id_, who in self.imports.items():
            deadline = time.monotonic() + PATIENCE
            while (said := self._import(id_, who))["stage"] != "done":
                assert time.monotonic() < deadline, said
                time.sleep(0.1)
            assert (said["lines"], said["taken"], said["refused"]) == (LINES, LINES, 0), said

    def _import(self, id_: str, who: Json) -> Json:
        desk = Desk(self.servers[0].base, self.key)
        try:
            found: Json = desk.get(f"/v1/imports/{id_}", who).json()
        finally:
            desk.http.close()
        return found

    def close(self) -> None:
        """Stop everything that was started here."""
        self.stopped.set()
        for server in self.servers:
            server.process.send_signal(signal.SIGCONT)
            server.kill()


def kill_a_server(field: Field, chance: random.Random) -> None:
    server = chance.choice(field.servers)
    server.kill()
    field.wait_for_progress()  # the other one goes on by itself
    server.start()


def stop_a_server_for_a_while(field: Field, chance: random.Random) -> None:
    server = chance.choice(field.servers)
    server.process.send_signal(signal.SIGSTOP)
    other = next(each for each in field.servers if each is not server)
    # Commands are taken, and shown, by the other one, though the session of the first is open.
    deadline = time.monotonic() + PATIENCE
    while httpx2.get(f"{other.base}/readyz", timeout=30).status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    server.process.send_signal(signal.SIGCONT)


def kill_a_backend(field: Field, chance: random.Random) -> None:
    with psycopg.connect(field.machine.superuser) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = 'dudao_faults'"
        ).fetchall()
    if rows:
        os.kill(chance.choice(rows)[0], signal.SIGKILL)


def end_a_connection(field: Field, chance: random.Random) -> None:
    with psycopg.connect(field.machine.superuser, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = 'dudao_faults'"
        ).fetchall()
        if rows:
            connection.execute("SELECT pg_terminate_backend(%s)", chance.choice(rows))


def take_the_database_away(field: Field, chance: random.Random) -> None:
    field.machine.stop()
    time.sleep(chance.random() * 3)
    field.machine.start()


KINDS: tuple[Callable[[Field, random.Random], None], ...] = (
    kill_a_server,
    kill_a_backend,
    take_the_database_away,
    stop_a_server_for_a_while,
    end_a_connection,
)


@contextmanager
def afield(folder: Path) -> Iterator[Field]:
    with private(embedded.programs()) as machine:
        settings = own_settings(peopled(machine.superuser), "dudao_faults", folder)
        with Installation(settings, connections=2):
            pass  # the keys are made once, for both
        field = Field(machine, settings)
        try:
            yield field
        finally:
            field.close()


def test_nothing_acknowledged_is_lost_or_doubled_and_nobody_is_answered_with_a_fault(
    tmp_path: Path,
) -> None:
    chance = random.Random(SEED)
    with afield(tmp_path) as field:
        field.wait_for_progress()
        for number in range(FAULTS):
            KINDS[number % len(KINDS)](field, chance)
            field.wait_for_progress()
        field.settle()
        with Installation(field.settings, connections=4) as house:
            told: dict[str, list[int]] = {}
            for entry in house.log.entries():
                if "registered" in entry.type:
                    told.setdefault(entry.subject or "", []).append(entry.position)
            lost = {
                code: position
                for code, position in field.acknowledged.items()
                if told.get(code) != [position]
            }
            assert lost == {}
            assert [code for code, positions in told.items() if len(positions) > 1] == []
            assert verify(house.pool).difference is None
            position = house.runner.catch_up()
            conninfo, rules = house.database.addresses.app, house.folding
            assert check(conninfo, rules, InProcess(rules), position) == []
    faults = {status for status in field.statuses if status >= 500 and status != 503}
    assert faults == set(), field.statuses
