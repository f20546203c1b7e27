"""An upgrade under load: an earlier release, a later one beside it, take-over, a kill, and the way back.

The clients do what a proxy does: they ask another server where one cannot be reached. Apart from that
nothing may go wrong: whatever a server answers is right, and is never "try again".
"""

import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import NamedTuple

import httpx2
import psycopg
import pytest

from api.access.tokens import load_key
from api.installation.settings import Settings
from api.installation.wiring import folding
from projections.follow.runner import position
from projections.follow.version import FOLD
from replay.audit import check
from replay.engines import InProcess
from tests.api.desk import Desk
from tests.api.lines import registered, uscc
from tests.postgres import Server
from tests.programs import Program
from tests.serving import own_settings

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

ROOT = Path(__file__).parents[3]
PATIENCE = 60.0
# The release before: its fold has the number before, and it knows nothing of the migration that came last.
EARLIER = f"""
import sys
from projections.follow import version
version.FOLD = {FOLD - 1}
from api.installation import wiring
wiring.FOLD = version.FOLD
from api.cli.main import main
sys.exit(main())
"""
# The later one, which gets as far as letting the two sets of tables change places, and no further.
HALF_WAY = """
import sys, threading
from projections.follow import rebuild

def stand_still(*_):
    sys.stderr.write("about to switch\\n")
    threading.Event().wait()

rebuild._switch = stand_still
from api.cli.main import main
sys.exit(main())
"""
LATER = "import sys; from api.cli.main import main; sys.exit(main())"


class Clients:
    """Three threads that record and read without pause, from whichever servers there are."""

    def __init__(self, key: bytes, base: str) -> None:
        self._key = key
        self.bases = [base]
        self._known = [uscc() for _ in range(3)]
        desk = Desk(base, key)
        self._at = desk.send(*map(registered, self._known))[-1]["position"]
        desk.http.close()
        self.wrong: list[str] = []
        self.acknowledged: list[str] = []
        self.asked: Counter[str] = Counter()
        self.waits = True
        """Whether who has recorded something sees it at once."""
        self._pinned: bytes | None = None
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._work, args=(each, n))
            for n, each in enumerate((self._record, self._record, self._read))
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()

    def go_on(self, more: int = 5) -> None:
        """Return when each kind of question was answered so many times more, all of them well."""
        before, deadline = self.asked.copy(), time.monotonic() + PATIENCE
        while any(self.asked[kind] < before[kind] + more for kind in ("recorded", "read")):
            assert not self.wrong, self.wrong
            assert time.monotonic() < deadline, self.asked
            time.sleep(0.02)

    def _work(self, turn: Callable[[int, int], None], number: int) -> None:
        try:
            for serial in count():
                if self._over.is_set():
                    return
                turn(number, serial)
        except Exception as error:  # noqa: BLE001 - told by the thread that looks on
            self.wrong.append(repr(error))

    def _ask(self, serial: int, work: Callable[[Desk], httpx2.Response]) -> httpx2.Response:
        """Ask one server, and another where that one is gone."""
        for attempt in count(serial):
            bases = self.bases
            desk = Desk(bases[attempt % len(bases)], self._key)
            try:
                return work(desk)
            except httpx2.TransportError:
                if attempt > serial + 200:
                    raise
            finally:
                desk.http.close()
        raise AssertionError

    def _record(self, number: int, serial: int) -> None:
        with self._lock:
            code = uscc()
        line = registered(code)
        body = {**line["data"], "valid_from": line["valid_from"]}
        path, key = "/v1/commands/EnterpriseRegistered", f"{number}-{serial}"
        said = self._ask(serial, lambda desk: desk.post(path, body, line["actor"], key))
        self._expect(said.status_code == 201, said)
        if self.waits:
            at = said.json()["position"]
            address = f"/v1/enterprises/{code}"
            seen = self._ask(serial + 1, lambda desk: desk.get(address, min_position=at))
            self._expect(
                seen.status_code == 200 and seen.json()["name"] == line["data"]["name"], seen
            )
        self.acknowledged.append(code)
        self.asked["recorded"] += 1

    def _read(self, _number: int, serial: int) -> None:
        pinned = {"valid_at": "2025-01-01", "position": self._at}
        address = f"/v1/enterprises/{self._known[0]}"
        then = self._ask(serial, lambda desk: desk.get(address, **pinned))
        self._expect(then.status_code == 200, then)
        # Within one version of the fold the same question gets the same bytes; here both fold alike.
        answer = re.sub(rb'"rules":"[^"]*"', b"", then.content)
        self._pinned = self._pinned or answer
        self._expect(self._pinned == answer, then)
        ready = self._ask(serial, lambda desk: desk.get("/readyz", None))
        self._expect(ready.status_code == 200, ready)
        self.asked["read"] += 1

    def _expect(self, good: bool, answer: httpx2.Response) -> None:  # noqa: FBT001 - an assertion
        if not good:
            self.wrong.append(f"{answer.request.url} {answer.status_code} {answer.text[:500]}")


class Served(NamedTuple):
    """A server of some release."""

    program: Program
    base: str


class Place:
    """One ledger, and releases that serve it."""

    def __init__(self, settings: Settings, programs_: ExitStack) -> None:
        assert settings.database_url is not None
        self.settings = settings
        self.url = settings.database_url.get_secret_value()
        self._programs = programs_

    def command(self, release: str, *arguments: str) -> tuple[list[str], dict[str, str]]:
        environment = {
            **os.environ,
            "DUDAO_DATABASE_URL": self.url,
            "DUDAO_DATA": str(self.settings.data),
            "PYTHONPATH": str(ROOT),
        }
        return [sys.executable, "-c", release, *arguments], environment

    def serve(self, release: str) -> Served:
        command, environment = self.command(release, "serve", "--port", "0")
        pipe = subprocess.PIPE
        program = Program(
            subprocess.Popen(  # noqa: S603 - our own program
                command, cwd=ROOT, env=environment, stdout=pipe, stderr=pipe, text=True
            )
        )
        self._programs.callback(program.let_go)
        found = re.search(r"http://\S+", program.line_with("serves at"))
        assert found is not None
        return Served(program, found[0])

    def run(self, release: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command, environment = self.command(release, *arguments)
        return subprocess.run(  # noqa: S603 - our own program
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )

    def fold(self) -> int:
        with psycopg.connect(self.url) as connection:
            row = connection.execute("SELECT fold FROM projections.progress").fetchone()
        assert row is not None
        return int(row[0])

    def until(self, fold: int) -> None:
        deadline = time.monotonic() + PATIENCE
        while self.fold() != fold:
            assert time.monotonic() < deadline
            time.sleep(0.05)


@pytest.fixture
def place(server: Server, tmp_path: Path) -> Iterator[Place]:
    settings = own_settings(server, "dudao_upgrade", tmp_path)
    with ExitStack() as stack:
        yield Place(settings, stack)


LATEST = """
INSERT INTO ledger.migration (namespace, number, name, digest) VALUES ('ledger', 9001, '9001_of_then.sql', '')
"""
TAKEN = """
SELECT subject, count(*) FROM ledger.entry
 WHERE type LIKE 'enterprise.enterprise-registered/%%' GROUP BY subject
"""


def take_over(place: Place, clients: Clients, earlier: Served) -> Served:
    """A later release beside the earlier one, which ends; killed in the moment in which its views are
    complete and do not answer yet; and the one that goes on."""
    killed = place.serve(HALF_WAY)
    clients.bases = [earlier.base, killed.base]
    clients.go_on()
    clients.bases = [killed.base]
    earlier.program.end()
    killed.program.line_with("about to switch")
    clients.go_on()
    later = place.serve(LATER)
    clients.bases = [killed.base, later.base]
    clients.go_on()
    killed.program.process.kill()
    clients.bases = [later.base]
    clients.go_on()
    place.until(FOLD)
    clients.go_on()
    return later


def go_back(place: Place, clients: Clients, later: Served) -> Served:
    """The earlier release beside the later one answers from the views of that; alone it records and
    answers, and its views go on once it was told to make its own."""
    again = place.serve(EARLIER)
    clients.bases = [again.base, later.base]
    clients.go_on()
    clients.bases, clients.waits = [again.base], False
    clients.go_on(1)  # each command waits for the views for a while, and is answered that they lag
    later.program.end()
    told = place.run(EARLIER, "projections", "rebuild")
    assert told.returncode == 0, told.stderr
    assert place.fold() == FOLD - 1
    clients.waits = True
    clients.go_on()
    return again


def migrate_further(place: Place, clients: Clients) -> None:
    """Tables of a release that is later still: who runs goes on, who starts says just that."""
    assert place.settings.owner_url is not None
    with psycopg.connect(place.settings.owner_url.get_secret_value()) as owner:
        owner.execute(LATEST)
    refused = place.run(EARLIER, "serve", "--port", "0")
    assert refused.returncode == 2, refused.stderr
    assert "ledger/9001" in refused.stderr
    assert "Traceback" not in refused.stderr
    clients.go_on()


def test_every_request_is_answered_through_an_upgrade_a_kill_and_the_way_back(place: Place) -> None:
    earlier = place.serve(EARLIER)
    clients = Clients(load_key(place.settings.folder), earlier.base)
    place.until(FOLD - 1)
    clients.start()
    try:
        clients.go_on()
        later = take_over(place, clients, earlier)
        again = go_back(place, clients, later)
        migrate_further(place, clients)
    finally:
        clients.stop()
    assert not clients.wrong
    again.program.end()
    with psycopg.connect(place.url) as connection:
        taken = dict(connection.execute(TAKEN).fetchall())
        at = position(connection)
    assert set(clients.acknowledged) <= taken.keys()
    assert set(taken.values()) == {1}
    rules = folding()
    assert check(place.url, rules, InProcess(rules), at) == []
