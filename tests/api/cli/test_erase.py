"""`dudao erase`: the key goes, the ledger says so, and every proof holds as before."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.api.cli.test_cli import Shell
from tests.api.lines import certificate, listed, session, uscc
from tests.postgres import Server
from tests.serving import own_settings

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

DATABASE = "dudao_cli_erase"


@pytest.fixture
def shell(server: Server, tmp_path: Path) -> Iterator[Shell]:
    settings = own_settings(server, DATABASE, tmp_path / "data")
    assert settings.url is not None
    yield Shell(tmp_path, DUDAO_DATABASE_URL=settings.url, DUDAO_DATA=str(tmp_path / "data"))
    server.drop(DATABASE)


def everything(server: Server) -> str:
    """Return all that stands in the database, as text."""
    conninfo = psycopg.conninfo.make_conninfo(server.superuser, dbname=DATABASE)
    with psycopg.connect(conninfo) as connection:
        tables = connection.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        rows = [
            connection.execute(f"SELECT t::text FROM {table} t").fetchall()  # noqa: S608 - own names
            for (table,) in tables
        ]
    return "\n".join(text for part in rows for (text,) in part)


def test_a_person_is_erased_and_every_proof_holds(
    shell: Shell, server: Server, tmp_path: Path
) -> None:
    code = uscc()
    held = session(code)
    paper = certificate(code, held["data"]["assessment_id"])
    shell.load(*listed(code, "4"), held, paper)
    number = paper["data"]["certificate_no"]
    shell.environment["DUDAO_TRIAL"] = "true"
    shell.run("bundle", code, "-o", "before.zip")
    del shell.environment["DUDAO_TRIAL"]
    done = shell.run("erase", number, "--basis", "本人申请 2026-7", "--lang", "en")
    subject = done.stdout.split()[1].rstrip(":")
    assert "destroyed" in done.stderr
    conninfo = psycopg.conninfo.make_conninfo(server.superuser, dbname=DATABASE)
    with psycopg.connect(conninfo) as connection:
        count = "SELECT count(*) FROM {} WHERE subject_id = %s"
        for table in ("vault.person", "vault.spelling"):
            assert connection.execute(count.format(table), (subject,)).fetchone() == (0,)
        types = connection.execute(
            "SELECT type FROM ledger.entry ORDER BY position DESC LIMIT 1"
        ).fetchone()
    assert types == ("person.person-erased/1",)
    holder = paper["data"]["holder"]
    noted = (shell.folder / "data" / "erased.ndjson").read_text()
    assert subject in noted, "a restore of an older backup erases again"
    text = everything(server)
    assert holder["name"] not in text
    assert holder["id_no"] not in text
    # What was proved before is proved still, by itself and by the ledger as it is now.
    shell.run("verify", "--bundle", "before.zip")
    assert "whole" in shell.run("verify", "--lang", "en").stdout
    again = shell.run("erase", subject, "--basis", "本人申请 2026-7", "--lang", "en")
    assert again.stdout == done.stdout, "asked for again, it is the same receipt"
    missing = shell.run("erase", "没有这张证书", "--basis", "x", "--lang", "en", status=2)
    assert "neither a pseudonym nor a certificate" in missing.stderr
