"""The command line as a user meets it: a process, its output, its exit status."""

import csv
import io
import json
import os
import re
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import orjson
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from api.cli.main import app
from api.installation.every_list import EVERY_LIST
from api.questions.declared import DeclaredList
from tests.api.lines import (
    COOK,
    Json,
    certificate,
    listed,
    registered,
    session,
    uscc,
)
from tests.commands import dudao
from tests.postgres import Server
from tests.programs import running

pytestmark = pytest.mark.postgres

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = "import sys; sys.argv[0] = 'dudao'; from api.cli.main import main; sys.exit(main())"
CHINESE = re.compile("[\u4e00-\u9fff]")


class Shell:
    """Runs `dudao` in a folder of its own against a database of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        own = {k: v for k, v in os.environ.items() if not k.startswith("DUDAO_")}
        self.environment = {**own, "PYTHONPATH": str(ROOT), **environment}

    def command(self, *arguments: str) -> list[str]:
        """How a program is started that goes on beside a test."""
        return [sys.executable, "-c", PROGRAM, *arguments]

    def run(self, *arguments: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        done = dudao(arguments, self.folder, self.environment)
        assert done.returncode == status, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    def load(self, *lines: Json) -> None:
        path = self.folder / "in.ndjson"
        path.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
        self.run("import", "in.ndjson")


@pytest.fixture(scope="module")
def shell(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    server.drop("dudao_cli")
    addresses = server.create("dudao_cli", "template0")
    made = Shell(
        tmp_path_factory.mktemp("cli"),
        DUDAO_DATABASE_URL=addresses.app,
        DUDAO_OWNER_URL=addresses.owner,
    )
    made.run("init")
    yield made
    server.drop("dudao_cli")


@pytest.fixture(scope="module")
def code(shell: Shell) -> str:
    """An enterprise with a session out of scope."""
    found = uscc()
    shell.load(*listed(found, "5", "4"), session(found, occupation=COOK))
    return found


def test_everything_has_help_in_both_languages(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    said = shell.run("--help").stdout
    commands = re.findall(r"^  ([a-z]+)  ", said, re.MULTILINE)
    assert set(commands) >= {
        "demo", "serve", "import", "roster", "flags", "history", "diff", "stats", "replay",
        "projections", "verify", "token", "users", "doctor",
    }  # fmt: skip
    assert CHINESE.search(said)
    for command in commands:
        # Not a process for each: that one starts and prints is seen above.
        app([command, "--help"], standalone_mode=False)
        text = capsys.readouterr().out
        first = text.split("\n\n")[1]
        assert CHINESE.search(first), command
        assert re.search("[A-Za-z]{3}", first), command


def test_an_import_ends_with_what_became_of_its_lines(shell: Shell) -> None:
    good = registered(uscc())
    bad = registered("91110108MA00000000")
    path = shell.folder / "mixed.ndjson"
    path.write_bytes(orjson.dumps(good) + b"\n" + orjson.dumps(bad) + b"\n{not json\n")
    done = shell.run("import", "mixed.ndjson", "--reject", "out.ndjson", status=3)
    assert "out.ndjson" in done.stdout
    rejects = [json.loads(x) for x in (shell.folder / "out.ndjson").read_text().splitlines()]
    assert [each["line"] for each in rejects] == [2, 3]
    assert set(rejects[0]) == {"line", "code", "reason", "errors", "input"}
    assert rejects[0]["input"]["data"]["uscc"] == "91110108MA00000000"
    again = shell.run("import", "mixed.ndjson", "--reject", "out.ndjson", "--json", status=3)
    (report,) = json.loads(again.stdout)
    assert (report["lines"], report["taken"], report["known"], report["refused"]) == (3, 0, 1, 2)


def test_a_file_that_cannot_be_used_is_said_to_be(shell: Shell) -> None:
    (shell.folder / "array.ndjson").write_text("[{}]")
    for arguments in (["nowhere.ndjson"], ["array.ndjson"], ["array.ndjson", "--actor", "x"]):
        done = shell.run("import", *arguments, status=2)
        assert CHINESE.search(done.stderr)
        assert done.stdout == ""


def test_lists_answer_as_the_api_does(shell: Shell, code: str) -> None:
    said = json.loads(shell.run("flags", "--uscc", code, "--format", "json").stdout)
    assert list(said) == ["basis", "items", "next"]
    assert [item["code"] for item in said["items"]] == ["S1"]
    table = shell.run("flags", "--uscc", code)
    assert "S1" in table.stdout
    assert str(said["basis"]["position"]) in table.stderr
    sheet = shell.run("roster", "--q", code, "--format", "csv").stdout
    (row,) = csv.DictReader(io.StringIO(sheet.removeprefix("\ufeff")))
    assert (row["uscc"], row["standing"]) == (code, "listed")
    shell.run("roster", "--uscc", code, "--format", "parquet", "-o", "roster.parquet")
    assert pq.read_table(shell.folder / "roster.parquet").column("uscc").to_pylist() == [code]


@pytest.mark.parametrize("listed", EVERY_LIST.values(), ids=lambda listed: listed.name)
def test_every_list_is_a_command_with_every_filter(
    shell: Shell, code: str, listed: DeclaredList
) -> None:
    command = listed.command.split()
    said = shell.run(*command, "--help").stdout
    named = {info.alias or name for name, info in listed.question.model_fields.items()}
    hidden = {"cursor", "format", "all", "limit", "min_position"}
    for name in named - hidden:
        assert f"--{name.replace('_', '-')}" in said
    if listed.parts == ("id",):
        shell.run(*command, code, status=2)
        return
    parts = [code for _ in listed.parts]
    found = json.loads(shell.run(*command, *parts, "--format", "json", "--limit", "1").stdout)
    assert list(found) == ["basis", "items", "next"]
    assert len(found["items"]) <= 1


def test_a_list_becomes_a_spreadsheet_in_a_file(shell: Shell, code: str) -> None:
    shell.run("flags", "--uscc", code, "--format", "xlsx", "-o", "flags.xlsx")
    book = CalamineWorkbook.from_path(shell.folder / "flags.xlsx")
    data = book.get_sheet_by_index(0).to_python()
    assert data[0][0] == "疑点编号"
    assert len(data) > 2
    assert ["筛选条件 / filters", f"uscc={code}"] in book.get_sheet_by_index(1).to_python()
    refused = shell.run("flags", "--format", "xlsx", status=2)
    assert "-o" in refused.stderr


def test_a_report_is_the_same_bytes_from_the_same_basis(shell: Shell, code: str) -> None:
    position = json.loads(shell.run("flags", "--format", "json").stdout)["basis"]["position"]
    basis = ("--valid-at", "2025-12-31", "--position", str(position))
    for name in ("one.pdf", "two.pdf"):
        said = shell.run("report", code, "-o", name, *basis).stderr
        assert "2025-12-31" in said
    one, two = ((shell.folder / name).read_bytes() for name in ("one.pdf", "two.pdf"))
    assert one.startswith(b"%PDF")
    assert one == two
    missing = shell.run("report", "91110108MA00000000", "-o", "none.pdf", status=2)
    assert "没有这条记录" in missing.stderr
    assert not (shell.folder / "none.pdf").exists()


def test_lists_can_be_asked_for_any_day_as_known_at_any_position(shell: Shell, code: str) -> None:
    before = shell.run("roster", "--uscc", code, "--valid-at", "2024-06-30", "--format", "json")
    assert json.loads(before.stdout)["items"][0]["standing"] == "unlisted"
    nothing = shell.run("flags", "--uscc", code, "--position", "0", "--format", "json")
    assert json.loads(nothing.stdout)["items"] == []


def test_a_list_may_name_the_rules_it_was_answered_under(shell: Shell, code: str) -> None:
    asked = ("roster", "--uscc", code, "--format", "json")
    said = json.loads(shell.run(*asked, "--rules", "2020-3/1").stdout)
    assert said["basis"]["asked_rules"] == "2020-3/1"
    same = json.loads(shell.run(*asked, "--rules", said["basis"]["rules"], "--exact").stdout)
    assert "asked_rules" not in same["basis"]
    refused = shell.run(*asked, "--rules", "2020-3/1", "--exact", status=2)
    assert said["basis"]["rules"] in refused.stderr


def test_catalogues_are_listed_as_known_at_any_position(shell: Shell) -> None:
    now = json.loads(shell.run("catalogue", "list", "--json").stdout)
    first = json.loads(shell.run("catalogue", "list", "--json", "--position", "0").stdout)
    assert first["basis"]["position"] == 0 < now["basis"]["position"]
    positions = {e["position"] for each in now["items"] for e in each["adopted"]}
    assert positions - {None}
    assert {e["position"] for each in first["items"] for e in each["adopted"]} <= {None}


def test_a_history_and_a_comparison_name_their_entries(shell: Shell, code: str) -> None:
    said = json.loads(shell.run("history", code, "--format", "json").stdout)
    assert said["items"][-1]["type"] == "EnterpriseRegistered"
    lines = shell.run(
        "diff", "--of", "roster", "--uscc", code, "--from-valid-at", "2024-06-30",
        "--to-valid-at", "2024-07-01", "--format", "json",
    )  # fmt: skip
    (line,) = json.loads(lines.stdout)["items"]
    assert (line["change"], line["after"]["standing"]) == ("added", "listed")
    assert "EnterpriseListed" in {cause["type"] for cause in line["because"]}


def test_entries_are_asked_for_behind_a_position_and_waited_for(shell: Shell, code: str) -> None:
    asked = ("events", "--subject", code, "--type", "AssessmentHeld", "--format", "json")
    (held,) = json.loads(shell.run(*asked).stdout)["items"]
    said = json.loads(shell.run(*asked, "--after", str(held["position"]), "--wait", "1").stdout)
    assert said["items"] == []
    assert said["basis"]["position"] >= held["position"]


def test_counts_are_by_what_is_asked(shell: Shell, code: str) -> None:
    said = json.loads(shell.run("stats", "--by", "code", "--format", "json").stdout)
    assert {item["code"]: item["breaches"] for item in said["items"]}["S1"] >= 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["roster", "--valid-at", "yesterday"],
        ["roster", "--rules", "2020-3"],
        ["roster", "--exact"],
        ["flags", "--code", "X9"],
        ["flags", "--position", "999999"],
        ["flags", "--known-at", "2024-01-01"],
        ["stats", "--by", "colour"],
        ["diff", "--of", "everything"],
        ["history", "91110108MA0000000X"],
        ["token", "--role", "district_inspector"],
        ["token", "--role", "enterprise_reporter", "--uscc", "91110108MA00000000"],
        ["token", "--role", "analyst", "--ttl", "9999d"],
        ["token", "--role", "king"],
        ["users", "disable", "nobody"],
        ["projections", "rebuild", "nothing"],
        ["replay", "--engine", "steam"],
        ["flags", "--colour", "red"],
        ["roster", "--district", "110188"],
        ["flags", "--uscc", "91110108MA0000000B"],
        ["flags", "--from", "2025-03-02", "--to", "2025-03-01"],
        ["history", "91110302562134916R", "--type", "AssessmentHold"],
    ],
)
def test_a_mistake_gets_a_sentence_and_no_traceback(shell: Shell, arguments: list[str]) -> None:
    done = shell.run(*arguments, status=2)
    assert done.stderr.strip()
    assert done.stdout == ""


def test_a_wrong_setting_is_named(shell: Shell) -> None:
    wrong = Shell(shell.folder, DUDAO_PORT="eighty")
    assert "DUDAO_PORT" in wrong.run("serve", status=2).stderr


def test_a_database_that_is_not_there_is_said_not_to_be(shell: Shell) -> None:
    away = Shell(shell.folder, DUDAO_DATABASE_URL="postgresql://127.0.0.1:1/x?connect_timeout=2")
    assert "DUDAO_DATABASE_URL" in away.run("roster", status=2).stderr


def test_a_replay_equals_the_views_and_a_rebuild_finds_no_difference(
    shell: Shell, code: str
) -> None:
    assert json.loads(shell.run("replay", "--check", "--workers", "1", "--json").stdout) == {
        "position": json.loads(shell.run("verify", "--json").stdout)["position"],
        "differences": 0,
        "shown": [],
    }
    folded = json.loads(shell.run("replay", "--workers", "1", "--json").stdout)
    assert folded["days"] == "all"
    whole = folded["tables"]
    day = shell.run("replay", "--valid-at", "2024-08-01", "--workers", "1", "--json").stdout
    assert json.loads(day)["days"] == "2024-08-01"
    assert json.loads(day)["tables"]["roster"]["rows"] < whole["roster"]["rows"]
    said = json.loads(shell.run("projections", "rebuild", "--compare", "--json").stdout)
    assert said["differences"] == 0


def test_the_whole_ledger_is_verified(shell: Shell, code: str) -> None:
    said = json.loads(shell.run("verify", "--json").stdout)
    assert said["difference"] is None
    assert said["vault"]["failed"] == []
    assert len(said["root"]) == 64
    assert "dudao_cli" in said["place"]


def test_a_root_that_was_noted_is_looked_for(shell: Shell, code: str) -> None:
    noted = json.loads(shell.run("verify", "--json").stdout)
    root, position = noted["root"], str(noted["position"])
    shell.load(registered(uscc()))
    shell.run("verify", "--expect-root", root, "--min-position", position)
    shell.run("verify", "--min-position", str(noted["position"] + 1))
    said = shell.run("verify", "--expect-root", root, "--lang", "en", status=1).stderr
    assert "not the one that was noted" in said
    other = shell.run("verify", "--expect-root", "0" * 64, "--min-position", position, status=1)
    assert "dudao_cli" in other.stderr
    shell.run("verify", "--min-position", str(noted["position"] + 2), status=1)
    shell.run("verify", "--expect-root", "xyz", status=2)


def test_the_installation_is_looked_over(shell: Shell, code: str) -> None:
    found = {each["check"]: each for each in json.loads(shell.run("doctor", "--json").stdout)}
    assert found["append-only"]["state"] == "ok"
    assert found["keys token.key"]["state"] == found["vault"]["state"] == "ok"
    assert re.fullmatch("fingerprint [0-9a-f]{4}(-[0-9a-f]{4}){3}", found["keys token.key"]["en"])
    key = shell.folder / ".dudao" / "keys" / "token.key"
    key.chmod(0o644)
    try:
        said = shell.run("doctor", "--json", status=1).stdout
    finally:
        key.chmod(0o600)
    (opening,) = json.loads(said)
    assert opening["state"] == "fault"
    assert "chmod 600" in opening["en"]


def test_accounts_bind_their_tokens(shell: Shell) -> None:
    shell.run("users", "add", "wang", "--role", "district_inspector", "--district", "110108")
    assert (
        "wang\tdistrict_inspector\t110108\tenabled"
        in shell.run("users", "list", "--lang", "en").stdout
    )
    again = shell.run("users", "add", "wang", "--role", "analyst", status=2)
    assert "wang" in again.stderr
    shell.run("token", "--account", "wang", "--role", "district_inspector", "--district", "110108")
    shell.run("token", "--account", "wang", "--role", "analyst", status=2)
    shell.run("users", "disable", "wang")
    ended = ["--account", "wang", "--role", "district_inspector", "--district", "110108"]
    shell.run("token", *ended, status=2)
    (row,) = json.loads(shell.run("users", "list", "--json").stdout)
    assert row["disabled_at"] is not None


def test_a_demo_without_its_files_says_so(shell: Shell) -> None:
    program = "import pathlib, api.cli.demonstration as d; d.SAMPLE = pathlib.Path('/nowhere'); "
    done = subprocess.run(  # noqa: S603 - a fixed program
        [sys.executable, "-c", program + PROGRAM, "demo", "--port", "0"],
        cwd=shell.folder,
        env=shell.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 2
    assert "dudao import" in done.stderr


def test_a_server_comes_up_and_goes_down_in_order(shell: Shell, code: str) -> None:
    with running(shell.command("serve", "--port", "0"), shell.folder, shell.environment) as program:
        where = re.search(r"http://\S+:[0-9]+", program.line_with("http://"))
        assert where
        port = where[0].rpartition(":")[2]
        taken = shell.run("serve", "--port", port, status=2)
        assert port in taken.stderr
        # What the command line records meanwhile is seen through the server at once.
        new = uscc()
        shell.load(registered(new))
        token = shell.run("token", "--role", "quality_supervisor").stdout.strip()
        asked = urllib.request.Request(  # noqa: S310
            f"{where[0]}/v1/enterprises/{new}", headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310
            assert json.load(answer)["uscc"] == new
        # Not before: what was recorded while nobody followed may have waited for longer than is well.
        with urllib.request.urlopen(f"{where[0]}/readyz", timeout=10) as answer:  # noqa: S310
            assert json.load(answer)["ready"] is True


def test_what_holds_names_is_for_its_owner_alone(shell: Shell) -> None:
    found = uscc()
    held = session(found)
    wrong = certificate(found, held["data"]["assessment_id"])
    wrong["data"]["level"] = "9"
    path = shell.folder / "names.ndjson"
    path.write_bytes(orjson.dumps(wrong) + b"\n")
    shell.run("import", "names.ndjson", status=3)
    reject = shell.folder / "names.ndjson.reject.ndjson"
    assert stat.S_IMODE(reject.stat().st_mode) == 0o600


SMALL = {"catalogue list": "sha256", "users list": "account"}


@pytest.mark.parametrize("command", SMALL)
def test_small_lists_are_written_in_every_form_too(shell: Shell, command: str) -> None:
    shell.run("users", "add", f"form-{command[:3]}", "--role", "analyst")
    asked, key = command.split(), SMALL[command]
    said = json.loads(shell.run(*asked, "--json").stdout)
    assert said == json.loads(shell.run(*asked, "--format", "json").stdout)
    rows = said["items"] if command == "catalogue list" else said
    keys = {row[key] for row in rows}
    written = csv.DictReader(
        io.StringIO(shell.run(*asked, "--format", "csv").stdout.lstrip("\ufeff"))
    )
    assert {row[key] for row in written} == keys
    shell.run(*asked, "-o", "few.parquet")
    assert set(pq.read_table(shell.folder / "few.parquet").column(key).to_pylist()) == keys
    shell.run(*asked, "-o", "few.xlsx")
    assert CalamineWorkbook.from_path(shell.folder / "few.xlsx").sheet_names
    assert all(each in shell.run(*asked, "--format", "table").stdout for each in keys)


@pytest.mark.parametrize("command", ["roster", "users list", "catalogue list"])
def test_a_form_that_contradicts_the_name_of_the_file_is_refused(
    shell: Shell, command: str
) -> None:
    said = shell.run(
        *command.split(), "--format", "json", "-o", "x.csv", "--lang", "en", status=2
    ).stderr
    assert "contradict" in said
    assert not (shell.folder / "x.csv").exists()


def test_a_list_is_written_line_by_line_for_who_reads_line_by_line(shell: Shell) -> None:
    code = uscc()
    shell.load(*listed(code, "4"))
    asked = ("roster", "--uscc", code)
    rows = json.loads(shell.run(*asked, "--format", "json").stdout)["items"]
    said = shell.run(*asked, "--format", "ndjson").stdout
    shell.run(*asked, "-o", "roster.ndjson")
    assert [json.loads(line) for line in said.splitlines()] == rows
    assert (shell.folder / "roster.ndjson").read_text("utf-8") == said


@pytest.mark.parametrize("command", ["roster", "users list", "catalogue list", "saved list"])
def test_a_name_that_says_no_form_is_refused_with_those_that_do(shell: Shell, command: str) -> None:
    said = shell.run(*command.split(), "-o", "x.foo", "--lang", "en", status=2).stderr
    assert ".ndjson, .csv, .parquet, .xlsx" in said
    assert not (shell.folder / "x.foo").exists()
    shell.run(*command.split(), "--format", "csv", "-o", "x.foo")
    assert (shell.folder / "x.foo").read_bytes().startswith(b"\xef\xbb\xbf")
    (shell.folder / "x.foo").unlink()
