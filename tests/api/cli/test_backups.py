"""Backup, restore and rotation as an operator meets them on the command line."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from ledger.connect import Addresses
from ledger.vault.erasures import listed as listed_in
from tests.api.cli.test_cli import Shell
from tests.api.lines import COOK, certificate, listed, registered, session, uscc
from tests.postgres import Server

pytestmark = pytest.mark.postgres

PHRASE = "correct horse battery"


@pytest.fixture
def make(server: Server, tmp_path: Path) -> Iterator[Callable[[str], Shell]]:
    """Return what makes an empty database and a data folder of its own."""
    names: list[str] = []

    def made(name: str) -> Shell:
        names.append(f"dudao_backups_{name}")
        server.drop(names[-1])
        addresses: Addresses = server.create(names[-1], "template0")
        folder = tmp_path / name
        folder.mkdir()
        return Shell(folder, DUDAO_DATABASE_URL=addresses.app, DUDAO_OWNER_URL=addresses.owner)

    yield made
    for name in names:
        server.drop(name)


def test_a_ledger_goes_to_a_bare_server_with_its_keys_and_the_old_files_add_nothing(
    make: Callable[[str], Shell], tmp_path: Path
):
    (tmp_path / "phrase").write_text(f"{PHRASE}\n")
    phrase = ("--passphrase-file", str(tmp_path / "phrase"))
    old = make("old")
    old.run("init")
    code = uscc()
    held = session(code, occupation=COOK)
    old.load(*listed(code, "5", "4"), held, certificate(code, held["data"]["assessment_id"]))
    archive, sealed = str(tmp_path / "ledger.zip"), str(tmp_path / "ledger.keys")
    made = json.loads(old.run("backup", archive, "--json").stdout)
    assert made["root"] == json.loads(old.run("verify", "--json").stdout)["root"]
    assert "already" in old.run("backup", archive, "--lang", "en", status=2).stderr
    assert "destroy it on" in old.run("keys", "backup", sealed, *phrase, "--lang", "en").stdout
    for kept in (archive, sealed):
        assert Path(kept).stat().st_mode & 0o777 == 0o600

    new = make("new")
    refused = new.run("restore", archive, "--lang", "en", status=2).stderr
    assert "keys are missing" in refused
    assert (
        "keys are missing"
        in Shell(new.folder).run("restore", archive, "--lang", "en", status=2).stderr
    )
    assert list(new.folder.iterdir()) == []
    said = new.run("verify", "--lang", "en", status=2).stderr
    assert "no ledger here" in said
    came = json.loads(new.run("restore", archive, "--keys", sealed, *phrase, "--json").stdout)
    assert (came["position"], came["root"]) == (made["position"], made["root"])
    new.run("verify", "--expect-root", made["root"], "--min-position", str(made["position"]))
    asked = ("flags", "--valid-at", "2025-06-01", "--format", "json")
    shown = json.loads(old.run(*asked).stdout)["items"]
    assert shown
    assert json.loads(new.run(*asked).stdout)["items"] == shown
    # The same file once more: every person and every request is found again.
    (tmp_path / "new" / "in.ndjson").write_bytes((tmp_path / "old" / "in.ndjson").read_bytes())
    (report,) = json.loads(new.run("import", "in.ndjson", "--json").stdout)
    assert (report["taken"], report["known"]) == (0, report["lines"])
    new.load(registered(uscc()))
    assert "already" in new.run("restore", archive, "--lang", "en", status=2).stderr


def test_an_old_backup_brings_back_nobody_who_is_in_the_list_outside(
    make: Callable[[str], Shell], tmp_path: Path
):
    old, code = make("erasing"), uscc()
    old.run("init")
    held = session(code)
    paper = certificate(code, held["data"]["assessment_id"])
    old.load(*listed(code, "5", "4"), held, paper)
    archive = str(tmp_path / "ledger.zip")
    old.run("backup", archive)
    old.run("erase", paper["data"]["certificate_no"], "--basis", "2026-7")
    kept = old.folder / ".dudao" / "erased.ndjson"
    assert kept.stat().st_mode & 0o777 == 0o600
    new = make("erased")
    shutil.copytree(old.folder / ".dudao" / "keys", new.folder / ".dudao" / "keys")
    came = json.loads(new.run("restore", archive, "--erased", str(kept), "--json").stdout)
    assert came["erased"] == 1
    assert listed_in(new.folder / ".dudao" / "erased.ndjson") == listed_in(kept)
    assert json.loads(new.run("verify", "--json").stdout)["vault"]["opened"] == 0


def test_keys_are_shown_rotated_and_never_those_of_identity(make: Callable[[str], Shell]):
    shell = make("rotated")
    shell.run("init")
    before = json.loads(shell.run("keys", "show", "--json").stdout)
    for name in ("wrapping", "token"):
        shell.run("keys", "rotate", name)
    after = json.loads(shell.run("keys", "show", "--json").stdout)
    assert {name for name in before if before[name] != after[name]} == {"wrapping", "token"}
    said = shell.run("keys", "rotate", "identity", "--lang", "en", status=2).stderr
    assert "never rotated" in said
    shell.run("keys", "rotate", "colour", status=2)
    with psycopg.connect(shell.environment["DUDAO_OWNER_URL"]) as connection:
        connection.execute(
            "INSERT INTO office.operation VALUES"
            " (gen_random_uuid(), 1, 'a', 'analyst', 'centre', 'queued', now(), '')"
        )
    assert "imports" in shell.run("keys", "rotate", "token", "--lang", "en", status=2).stderr
    assert json.loads(shell.run("keys", "show", "--json").stdout) == after
    shell.run("verify")


@pytest.mark.parametrize(
    "arguments",
    [
        ["backup", "nowhere/ledger.zip"],
        ["restore", "nowhere.zip"],
        ["restore", "no-archive"],
        ["keys", "restore", "no-archive"],
        ["keys", "backup", "ledger.keys"],
    ],
)
def test_a_mistake_gets_a_sentence_and_leaves_nothing(
    make: Callable[[str], Shell], arguments: list[str]
):
    shell = make("mistaken")
    shell.run("init")
    (shell.folder / "no-archive").write_text("x")
    there = set(shell.folder.iterdir())
    assert shell.run(*arguments, status=2).stderr.strip()
    assert set(shell.folder.iterdir()) == there


def test_a_list_of_erasures_that_cannot_be_read_stops_a_restore(
    make: Callable[[str], Shell], tmp_path: Path
):
    shell = make("listed")
    shell.run("init")
    archive = str(tmp_path / "ledger.zip")
    shell.run("backup", archive)
    (shell.folder / "erased").write_text('{"who": 1}\n')
    said = shell.run("restore", archive, "--erased", "erased", "--lang", "en", status=2).stderr
    assert "erased:1" in said
