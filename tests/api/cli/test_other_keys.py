"""A forgotten data folder beside a database in use, as a user meets it on the command line."""

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.api.cli.test_cli import Shell
from tests.api.lines import certificate, listed, session, uscc
from tests.postgres import Server

pytestmark = pytest.mark.postgres

COUNTS = """
SELECT (SELECT size FROM ledger.log_state), (SELECT count(*) FROM vault.person),
       (SELECT count(*) FROM vault.key_fingerprint), (SELECT count(*) FROM ledger.catalogue)
"""


@pytest.fixture
def own(server: Server, tmp_path: Path) -> Iterator[Shell]:
    """A ledger with a certificate in it."""
    server.drop("dudao_keys")
    addresses = server.create("dudao_keys", "template0")
    (tmp_path / "own").mkdir()
    made = Shell(
        tmp_path / "own",
        DUDAO_DATABASE_URL=addresses.app,
        DUDAO_OWNER_URL=addresses.owner,
    )
    made.run("init")
    code = uscc()
    held = session(code)
    made.load(*listed(code, "5", "4"), held, certificate(code, held["data"]["assessment_id"]))
    yield made
    server.drop("dudao_keys")


def counted(shell: Shell) -> tuple[int, ...]:
    with psycopg.connect(shell.environment["DUDAO_OWNER_URL"]) as connection:
        row = connection.execute(COUNTS).fetchone()
    assert row is not None
    return row


def test_an_import_from_a_forgotten_folder_adds_nothing_and_says_why(own: Shell, tmp_path: Path):
    (again,) = json.loads(own.run("import", "in.ndjson", "--json").stdout)
    assert (again["taken"], again["known"]) == (0, again["lines"])
    before = counted(own)
    assert before[1:3] == (1, 3)
    forgotten = Shell(tmp_path, **{k: v for k, v in own.environment.items() if "DUDAO" in k})
    for command in (("import", "own/in.ndjson"), ("init",), ("serve", "--port", "0"), ("roster",)):
        said = forgotten.run(*command, "--lang", "en", status=2).stderr
        assert "keys are missing" in said, command
        assert str(tmp_path / ".dudao" / "keys") in said
    assert not (tmp_path / ".dudao" / "keys").exists()
    # An auditor without keys may recompute the ledger.
    assert json.loads(forgotten.run("verify", "--json").stdout)["vault"] is None
    assert counted(own) == before


def test_the_keys_of_another_ledger_are_refused_by_every_command(own: Shell, tmp_path: Path):
    before = counted(own)
    keys = tmp_path / ".dudao" / "keys"
    keys.mkdir(parents=True)
    for name in ("identity", "wrapping", "token"):
        (keys / f"{name}.key").write_bytes(bytes(32))
        (keys / f"{name}.key").chmod(0o600)
    other = Shell(tmp_path, **{k: v for k, v in own.environment.items() if "DUDAO" in k})
    for command in (
        ("import", "own/in.ndjson"),
        ("init",),
        ("migrate",),
        ("verify",),
        ("users", "list"),
        ("serve", "--port", "0"),
    ):
        said = other.run(*command, "--lang", "en", status=2).stderr
        assert "not those of this ledger" in said, command
        assert "DUDAO_DATA" in said
    (finding,) = json.loads(other.run("doctor", "--json", status=1).stdout)
    assert "identity.key" in finding["en"]
    assert counted(own) == before
