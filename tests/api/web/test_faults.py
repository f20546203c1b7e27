"""Two servers on one database, and everything that can befall them: nothing acknowledged is lost.

`DUDAO_TEST_FAULTS` says how many faults, `DUDAO_TEST_SEED` which; `./run long faults` does many.
"""

# ruff: noqa: S311 - chance here chooses victims, not keys

import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path

import httpx2
import psycopg
import pytest

from api.access.tokens import load_key
from api.installation.settings import Settings
from api.installation.wiring import Installation
from ledger.log.verify import verify
from ledger.server import embedded, postmaster
from replay.audit import check
from replay.engines import InProcess
from tests.api.desk import Desk
from tests.api.intake.test_operations import ndjson
from tests.api.lines import SUPERVISOR, Json, registered, reporter, session, uscc
from tests.postgres import Machine, peopled, private
from tests.serving import own_settings

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

FAULTS = int(os.environ.get("DUDAO_TEST_FAULTS", "5"))
SEED = int(os.environ.get("DUDAO_TEST_SEED", "7"))
ROOT = Path(__file__).parents[3]
PATIENCE = 120.0
CLIENTS = 3
IMPORTERS = 2
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

    def __init__(self, machine: Machine, settings: Settings, folder: Path) -> None:
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
        self.files: dict[str, int] = {}
        """Enterprise → lines of the file that an importer took in whole."""
        self.broken: list[str] = []
        """What readers of whole lists were given that is not whole."""
        self.statuses: Counter[int] = Counter()
        self.importers: list[subprocess.Popen[bytes]] = []
        self.environment, self._folder = environment, folder
        self.stopped = threading.Event()
        self._lock = threading.Lock()
        self._clients = [
            *(threading.Thread(target=self._register, args=(n,)) for n in range(CLIENTS)),
            threading.Thread(target=self._upload),
            threading.Thread(target=self._read),
            *(threading.Thread(target=self._import_files, args=(n,)) for n in range(IMPORTERS)),
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

    def _read(self) -> None:
        """Download all entries; half of the readers hang up in the middle."""
        for number in count():
            if self.stopped.wait(0.5):
                return
            desk = Desk(self.servers[number % 2].base, self.key)
            form = {**desk.auth(SUPERVISOR), "Accept": "application/x-ndjson"}
            try:
                with desk.http.stream(
                    "GET", "/v1/events", params={"all": "true"}, headers=form
                ) as got:
                    self.statuses[got.status_code] += 1
                    if got.status_code == 200 and number % 4 > 1:
                        lines = [json.loads(line) for line in got.iter_lines() if line]
                        found = [each["position"] for each in lines if "position" in each]
                        if found != list(range(1, len(found) + 1)):
                            self.broken.append(f"{len(found)} entries, the last {found[-1:]}")
            except httpx2.TransportError:
                pass  # it says by itself that it is not whole
            finally:
                desk.http.close()

    def _import_files(self, number: int) -> None:
        """Take files in on the command line, each again until it was taken in whole."""
        while not self.stopped.wait(0.5):
            code = self._new_uscc()
            held = [session(code, day=f"2025-04-{1 + n:02}") for n in range(LINES - 1)]
            path = self._folder / f"{number}-{code}.ndjson"
            path.write_bytes(ndjson(registered(code), *held))
            command = [sys.executable, "-m", "api.cli.main", "import", str(path)]
            for _ in range(50):
                with subprocess.Popen(  # noqa: S603 - our own program
                    command,
                    cwd=ROOT,
                    env=self.environment,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                ) as process:
                    self.importers.append(process)
                    status = process.wait()
                    self.importers.remove(process)
                if status == 0:
                    self.files[code] = LINES
                    break

    def wait_for_progress(self, more: int = 10) -> None:
        """Return when so many more commands were acknowledged."""
        before, deadline = len(self.acknowledged), time.monotonic() + PATIENCE
        while len(self.acknowledged) < before + more:
            assert time.monotonic() < deadline, f"no progress: {self.statuses}"
            time.sleep(0.05)

    @property
    def owner(self) -> str:
        """How the owner of the tables connects."""
        assert self.settings.owner_url is not None
        return self.settings.owner_url.get_secret_value()

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
        for process in [*self.importers]:
            process.kill()


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


def an_importer(field: Field, chance: random.Random) -> subprocess.Popen[bytes]:
    """Wait until one is at work."""
    deadline = time.monotonic() + PATIENCE
    while not (running := [*field.importers]):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(chance.random() * 2)  # anywhere between its start and its end
    return chance.choice(running)


def kill_an_importer(field: Field, chance: random.Random) -> None:
    an_importer(field, chance).kill()


def stop_an_importer_for_a_while(field: Field, chance: random.Random) -> None:
    stopped = an_importer(field, chance)
    stopped.send_signal(signal.SIGSTOP)
    field.wait_for_progress()  # whatever it holds
    stopped.send_signal(signal.SIGCONT)


def fill_the_disk_of_a_server(field: Field, chance: random.Random) -> None:
    """No file of it may grow any more: what the kernel says of a full disk in other words."""
    server = chance.choice(field.servers).process.pid
    before = resource.prlimit(server, resource.RLIMIT_FSIZE)
    resource.prlimit(server, resource.RLIMIT_FSIZE, (4_096, before[1]))
    try:
        field.wait_for_progress()
    finally:
        resource.prlimit(server, resource.RLIMIT_FSIZE, before)


def fill_the_disk_of_the_database(field: Field, chance: random.Random) -> None:
    """Its log cannot be written: it stops as a whole and starts anew."""
    del chance
    for pid in field.machine.processes()[1:]:
        # As the server's own account: not even root may do that to another's process everywhere.
        subprocess.run(  # noqa: S603 - a fixed program
            [LIMIT, f"--pid={pid}", "--fsize=65536:"], check=False, user=postmaster.account()
        )


def set_the_clock_wrong(field: Field, chance: random.Random) -> None:
    by = chance.choice((timedelta(hours=-1), timedelta(hours=2), timedelta(days=400)))
    with psycopg.connect(field.owner, autocommit=True) as owner:
        (true,) = owner.execute(CLOCK).fetchone() or ("",)
        owner.execute(WRONG.format(by.total_seconds()).encode())
        try:
            time.sleep(1 + chance.random())
        finally:
            owner.execute(true.encode())


LIMIT = "/usr/bin/prlimit"
CLOCK = "SELECT pg_get_functiondef('ledger.clock()'::regprocedure)"
WRONG = """
CREATE OR REPLACE FUNCTION ledger.clock() RETURNS timestamptz LANGUAGE sql VOLATILE
AS $$ SELECT clock_timestamp() + {} * interval '1 second' $$
"""

KINDS: tuple[Callable[[Field, random.Random], None], ...] = (
    kill_a_server,
    kill_a_backend,
    take_the_database_away,
    stop_a_server_for_a_while,
    end_a_connection,
    kill_an_importer,
    set_the_clock_wrong,
    fill_the_disk_of_the_database,
    stop_an_importer_for_a_while,
    fill_the_disk_of_a_server,
)


@contextmanager
def afield(folder: Path) -> Iterator[Field]:
    with private(embedded.programs()) as machine:
        settings = own_settings(peopled(machine.superuser), "dudao_faults", folder)
        with Installation(settings, connections=2):
            pass  # the keys are made once, for both
        files = folder / "files"
        files.mkdir()
        field = Field(machine, settings, files)
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
        for number in range(SEED, SEED + FAULTS):
            KINDS[number % len(KINDS)](field, chance)
            field.wait_for_progress()
        field.settle()
        with Installation(field.settings, connections=4) as house:
            told: dict[str, list[int]] = {}
            entries: Counter[str] = Counter()
            for entry in house.log.entries():
                entries[entry.subject or ""] += 1
                if "registered" in entry.type:
                    told.setdefault(entry.subject or "", []).append(entry.position)
            assert {code: entries[code] for code in field.files} == field.files
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
    assert field.broken == []
