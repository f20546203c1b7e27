"""What whoever sets Dudao up gets wrong is said in a sentence, on any terminal, before anything happens."""

import io
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.cli.output import _draw
from projections.items.shape import plain
from tests.api.cli.test_cli import Shell
from tests.api.lines import registered, uscc
from tests.postgres import Server


@pytest.fixture(scope="module")
def taking(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """Who imports into a ledger of their own."""
    server.drop("dudao_standing_up")
    made = server.create("dudao_standing_up", "template0")
    shell = Shell(
        tmp_path_factory.mktemp("taking"), DUDAO_DATABASE_URL=made.app, DUDAO_OWNER_URL=made.owner
    )
    shell.run("init")
    yield shell
    server.drop("dudao_standing_up")


READING = [("verify",), ("doctor",), ("roster",), ("users", "list"), ("migrate",), ("serve",)]


@pytest.mark.parametrize("command", READING)
def test_a_wrong_address_of_the_database_shows_nobody_the_password(
    tmp_path: Path, command: tuple[str, ...]
):
    wrong = Shell(tmp_path, DUDAO_DATABASE_URL="postgresql://u:ge heim@127.0.0.1:1/x")
    status = 1 if command == ("doctor",) else 2
    for language in ("zh", "en"):
        said = wrong.run(*command, "--lang", language, status=status)
        assert "DUDAO_DATABASE_URL" in said.stdout + said.stderr
        assert "heim" not in said.stdout + said.stderr


def test_a_server_that_is_not_there_shows_nobody_the_password(tmp_path: Path):
    absent = Shell(tmp_path, DUDAO_DATABASE_URL="postgresql://u:geheim@127.0.0.1:1/x")
    said = absent.run("verify", "--lang", "en", status=2).stderr
    assert "refused" in said
    assert "geheim" not in said


def test_a_name_that_is_no_setting_is_told_and_stops_nobody(taking: Shell):
    told = Shell(
        taking.folder,
        DUDAO_DATABASE_URL=taking.environment["DUDAO_DATABASE_URL"],
        DUDAO_PUBLC_URL="https://x",
        DUDAO_PORT_8000_TCP="tcp://10.0.0.1:8000",
    )
    said = told.run("token", "--role", "analyst", "--lang", "en")
    assert "DUDAO_PUBLC_URL is no setting" in said.stderr
    assert "is DUDAO_PUBLIC_URL meant?" in said.stderr
    assert "DUDAO_PORT_8000_TCP is no setting" in said.stderr
    assert said.stdout.startswith("dudao2.")


def test_where_no_ledger_is_no_token_is_given_for_one(tmp_path: Path):
    said = Shell(tmp_path).run("token", "--role", "analyst", "--lang", "en", status=2)
    assert "no ledger here" in said.stderr
    assert said.stdout == ""


@pytest.mark.parametrize("command", [("init",), ("serve", "--port", "0"), ("import", "in.ndjson")])
def test_no_ledger_is_begun_where_another_place_was_meant(tmp_path: Path, command: tuple[str, ...]):
    (tmp_path / "in.ndjson").write_text(json.dumps(registered(uscc())))
    lost = Shell(tmp_path, DUDAO_DATABSE_URL="postgresql://db/x")
    said = lost.run(*command, "--lang", "en", status=2).stderr
    assert "no ledger is begun" in said
    assert [each.name for each in tmp_path.iterdir()] == ["in.ndjson"]


def test_the_version_is_told_wherever_it_is_asked_for(tmp_path: Path):
    shell = Shell(tmp_path)
    said = {
        shell.run(*asked).stdout
        for asked in (("--version",), ("roster", "--version"), ("users", "list", "--version"))
    }
    assert said == {"dudao 0.1.0\n"}
    assert shell.run("import", "--", "--version", status=2).stdout == ""


@pytest.mark.parametrize("option", ["--reject", "--marked"])
def test_nothing_is_taken_where_a_report_has_no_folder(tmp_path: Path, option: str):
    (tmp_path / "in.ndjson").write_text(json.dumps(registered(uscc())))
    asked = ("import", "in.ndjson", option, "nowhere/out.ndjson", "--lang", "en")
    assert "there is no folder nowhere" in Shell(tmp_path).run(*asked, status=2).stderr
    assert [each.name for each in tmp_path.iterdir()] == ["in.ndjson"]


@pytest.mark.parametrize("encoding", ["ascii", "ascii:strict", "latin-1"])
def test_a_terminal_without_the_characters_gets_sentences(tmp_path: Path, encoding: str):
    bare = Shell(tmp_path, PYTHONIOENCODING=encoding, LC_ALL="C", PYTHONUTF8="0", DUDAO_PORT="8o")
    for command in (("verify",), ("导入",), ("serve",)):
        assert bare.run(*command, status=2).stderr.count("\n") == 1


WIDE = tuple(plain(name, name, name) for name in ("sha256", "name", "message"))
KEY = "8f43f347643ca3f7b48f9ac12776dd5fd7f0bba000cbad5d9f28a452573106f6"


@pytest.mark.parametrize("width", [20, 40, 80, 120])
def test_a_terminal_of_any_width_leaves_keys_whole(width: int, monkeypatch):
    monkeypatch.setenv("DUDAO_LANG", "zh")
    rows = [{"sha256": KEY, "name": "虚构企业", "message": "认定当日企业不在公布名单内" * 5}]
    drawn = io.StringIO()
    _draw(rows, WIDE, drawn, width)
    (line,) = (line for line in drawn.getvalue().splitlines() if KEY in line)
    assert "…" not in drawn.getvalue()
    assert line.startswith(("sha256", KEY))


@pytest.mark.postgres
@pytest.mark.parametrize("status", [0, 3])
def test_a_pipe_for_refused_lines_is_neither_replaced_nor_removed(
    tmp_path: Path, taking: Shell, status: int
):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    lines = [registered(uscc()), *([registered("91110108MA00000000")] if status else [])]
    (tmp_path / "in.ndjson").write_text("\n".join(map(json.dumps, lines)))
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    taking.run("import", str(tmp_path / "in.ndjson"), "--reject", str(pipe), status=status)
    refused = os.read(reading, 65_536)
    os.close(reading)
    assert [json.loads(line)["line"] for line in refused.splitlines()] == [2] * bool(status)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.postgres
def test_a_full_disk_under_the_refused_lines_is_said(tmp_path: Path, taking: Shell):
    path = tmp_path / "in.ndjson"
    path.write_text(json.dumps(registered("91110108MA00000000")))
    full = tmp_path / "full"
    full.symlink_to("/dev/full")
    said = taking.run("import", str(path), "--reject", str(full), "--lang", "en", status=2).stderr
    assert "No space left" in said
    assert full.is_symlink()
