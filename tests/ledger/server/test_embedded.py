"""The server from the wheel: shared by processes, started again whatever ended it."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from ledger.connect import Unsafe, check_settings, open_database
from ledger.log.postgres_log import PostgresLog
from ledger.server import embedded, postmaster, settings
from tests.ledger.drafts import single

pytestmark = pytest.mark.postgres

ROOT = Path(__file__).parents[3]
ATTACH = """
import sys
from pathlib import Path
from ledger.server import embedded
server = embedded.attach(Path(sys.argv[1]))
print("attached", flush=True)
sys.stdin.readline()
server.close()
"""


@pytest.fixture
def fresh() -> Iterator[Path]:
    # Not pytest's folder: as root it is closed to the account that the server runs under.
    with tempfile.TemporaryDirectory(prefix="dudao-embedded-") as name:
        yield Path(name)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder in which servers have run; no test leaves one running."""
    with tempfile.TemporaryDirectory(prefix="dudao-embedded-") as name:
        yield Path(name)


def another_process(folder: Path) -> subprocess.Popen:
    process = subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-c", ATTACH, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "attached\n"
    return process


def test_a_data_folder_that_is_made_is_closed_to_others(fresh: Path) -> None:
    folder = fresh / "data"
    embedded.attach(folder).close()
    assert folder.stat().st_mode & 0o066 == 0


def answers(server: embedded.Embedded) -> bool:
    try:
        with psycopg.connect(server.conninfo(embedded.APP)) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def test_who_is_told_to_end_while_it_starts_leaves_no_server_behind(
    fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_conninfo: str) -> None:
        raise SystemExit(0)

    monkeypatch.setattr(embedded, "_prepare", interrupted)
    with pytest.raises(SystemExit):
        embedded.attach(fresh)
    assert not postmaster.is_alive(fresh / "postgres")


def test_the_last_to_leave_stops_the_server(folder: Path):
    other = another_process(folder)
    with embedded.attach(folder) as server:
        other.communicate("leave\n")
        assert answers(server)
    assert not answers(server)
    assert not postmaster.is_alive(folder / "postgres")


def test_who_is_killed_leaves_no_hold_behind(folder: Path):
    other = another_process(folder)
    other.kill()
    other.communicate()
    with embedded.attach(folder) as server:
        assert answers(server)
    assert not answers(server)


def _postmaster(folder: Path) -> int | None:
    """The process that the server's file names; None while it is taken away or written anew."""
    try:
        first = (folder / "postgres" / "postmaster.pid").read_text().splitlines()[:1]
    except FileNotFoundError:
        return None
    return int(first[0]) if first else None


def test_a_killed_server_comes_back_and_readers_do_not_notice(folder: Path):
    with open_database(folder) as database, database.pool(4) as pool:
        log = PostgresLog(pool)
        log.append([single("a/1", key="k")])
        killed = _postmaster(folder)
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        while log.head().position == 1:
            if _postmaster(folder) not in {None, killed}:
                break
        assert log.head().position == 1


@pytest.mark.parametrize("pid", [1, os.getpid(), 2**22 - 7], ids=["first", "own", "unused"])
def test_a_process_id_left_behind_is_not_taken_for_the_server(folder: Path, pid: int):
    """After a restart of a container the number may belong to anybody."""
    with embedded.attach(folder):
        pass
    stale = folder / "postgres" / "postmaster.pid"
    lines = [pid, folder / "postgres", 1, 5432, folder / "postgres", "", "1 1", "ready"]
    stale.write_text("\n".join(map(str, lines)) + "\n")
    postmaster.hand_over(stale)
    with embedded.attach(folder) as server:
        assert answers(server)


def test_an_initdb_killed_half_way_is_begun_again(fresh: Path):
    (fresh / "postgres.making").mkdir()
    (fresh / "postgres.making" / "PG_VERSION").write_text("18")
    with embedded.attach(fresh) as server:
        assert answers(server)


def test_nobody_is_trusted_and_nothing_listens_on_the_network(folder: Path):
    with embedded.attach(folder) as server:
        rules = (folder / "postgres" / "pg_hba.conf").read_text()
        assert "trust" not in rules
        with psycopg.connect(server.conninfo("postgres", "postgres")) as connection:
            shown = connection.execute("SHOW listen_addresses").fetchone()
        assert shown == ("",)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(server.conninfo("dudao_unknown"))


def test_a_long_path_gets_its_socket_elsewhere(fresh: Path):
    long = fresh / ("x" * 60) / ("y" * 60)
    with embedded.attach(long) as server:
        assert answers(server)
        assert settings.socket_folder(long / "postgres") != long / "postgres"


def test_the_settings_are_written_once_and_again_when_they_changed(folder: Path):
    with embedded.attach(folder):
        pgdata = folder / "postgres"
        assert settings.write(pgdata) is False
        (pgdata / "dudao.conf").write_text("fsync = off\n")
        assert settings.write(pgdata) is True
        assert (pgdata / "postgresql.conf").read_text().count("dudao.conf") == 1


def test_a_server_that_may_lose_what_it_acknowledged_is_not_used(folder: Path):
    setting = "synchronous_commit=off"
    with embedded.attach(folder) as server:
        conninfo = make_conninfo(server.conninfo(embedded.APP), options=f"-c {setting}")
        with psycopg.connect(conninfo) as connection, pytest.raises(Unsafe, match=setting):
            check_settings(connection)


def test_a_url_is_used_in_the_role_of_the_application(folder: Path):
    with embedded.attach(folder) as server:
        url = server.conninfo(embedded.OWNER)
        with open_database(folder, url) as database, psycopg.connect(database.addresses.app) as app:
            who = app.execute("SELECT current_user, session_user").fetchone()
        assert who == ("dudao_app", "dudao_owner")
