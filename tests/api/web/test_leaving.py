"""A server that was told to end ends: at any moment of its life, whatever holds it up."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import enumerate as running

import psycopg
import pytest

from api.installation import wiring
from api.installation.settings import Settings
from api.installation.wiring import Installation
from tests import programs
from tests.postgres import Server
from tests.serving import own_settings

ROOT = Path(__file__).parents[3]
PATIENCE = 60.0
# The main thread is interrupted with the lock in hand that whoever is told wants; later it hangs for good.
HELD_UP = """
import os, signal, sys, threading
from api.web import leaving, server

leaving.LAST = 0.5
news, done = threading.Lock(), threading.Event()

def told():
    with news:
        print("told", flush=True)
    done.set()

end = leaving.Leaving(0.5)
end.tell(told)
end.let_go(lambda: print("let go of", flush=True))
end.watch()
server.break_off(end)
threading.Thread(target=threading.Event().wait, name="forgotten").start()
try:
    with news:
        os.kill(os.getpid(), signal.SIGTERM)
except SystemExit:
    done.wait()
    os.kill(os.getpid(), signal.SIGTERM)  # once more: what is let go of goes on
    print("going", flush=True)
"""
# The moment in which the start is over and the server does not listen to signals yet.
BETWEEN = """
import signal, sys, uvicorn
from api.cli.main import main

class Config(uvicorn.Config):
    def get_loop_factory(self):
        signal.raise_signal(signal.SIGTERM)
        return super().get_loop_factory()

uvicorn.Config = Config
sys.exit(main())
"""


def script(text: str, *arguments: str, **options: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", text, *arguments]
    return subprocess.Popen(command, cwd=ROOT, **options)  # type: ignore[call-overload,no-any-return]  # noqa: S603


def test_what_holds_up_the_end_is_named_and_given_up() -> None:
    with script(HELD_UP, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        out, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert out.split(b"\n")[:3] == [b"told", b"going", b"let go of"]
    assert b"given up: " in said
    assert b"forgotten (" in said


def test_an_end_that_cannot_even_be_said_comes() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    try:
        while True:
            os.write(writing, b"x")
    except BlockingIOError:
        os.set_blocking(writing, True)
    try:
        process = script(HELD_UP, stdout=subprocess.DEVNULL, stderr=writing)
        assert process.wait(PATIENCE) == 1
    finally:
        os.close(reading)
        os.close(writing)


@pytest.fixture
def own(server: Server, tmp_path: Path) -> Settings:
    return own_settings(server, "dudao_leaving", tmp_path)


@pytest.mark.postgres
def test_a_signal_between_start_and_first_request_is_heard(own: Settings) -> None:
    assert own.database_url is not None
    environment = {
        **os.environ,
        "DUDAO_DATABASE_URL": own.database_url.get_secret_value(),
        "DUDAO_DATA": str(own.data),
    }
    command = [sys.executable, "-c", BETWEEN, "serve", "--port", "0"]
    with programs.running(command, ROOT, environment) as program:
        program.line_with("leaving")


@pytest.fixture
def locked(own: Settings) -> Iterator[psycopg.Connection]:
    """Somebody forgot a transaction that holds what the views are written to."""
    assert own.owner_url is not None
    with psycopg.connect(own.owner_url.get_secret_value()) as forgotten:
        yield forgotten


@pytest.mark.postgres
def test_views_that_wait_for_a_lock_keep_no_server_from_its_end(
    own: Settings, locked: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = set(running())
    monkeypatch.setattr(wiring, "BROKEN_OFF_AFTER", wiring.BROKEN_OFF_AFTER * 0)
    with Installation(own, connections=4) as house:
        locked.execute("LOCK TABLE projections.progress IN ACCESS EXCLUSIVE MODE")
        house.follow()
        with house.bench.pool.connection() as look:
            waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'AccessShareLock'"
            while look.execute(waiting).fetchone() == (0,):
                pass
    assert {each.name for each in set(running()) - before if not each.daemon} == set()
    assert "runner" not in {each.name for each in set(running()) - before}
