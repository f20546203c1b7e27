"""`dudao what-if`: other rules, a catalogue, lines that are only supposed; told and written."""

import json
from collections.abc import Iterator

import orjson
import pyarrow.parquet as pq
import pytest

from tests.api.cli.test_cli import CHINESE, Shell
from tests.api.lines import BUREAU, ELECTRICIAN, Json, line, listed, session, uscc
from tests.postgres import Server

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def shell(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    server.drop("dudao_what_if")
    addresses = server.create("dudao_what_if", "template0")
    made = Shell(
        tmp_path_factory.mktemp("what_if"),
        DUDAO_DATABASE_URL=addresses.app,
        DUDAO_OWNER_URL=addresses.owner,
    )
    made.run("init")
    yield made
    server.drop("dudao_what_if")


@pytest.fixture(scope="module")
def code(shell: Shell) -> str:
    """An enterprise with a session at a level that it was not confirmed for."""
    found = uscc()
    shell.load(*listed(found, "5"), session(found, level="3"))
    return found


def supposing(shell: Shell, *lines: Json) -> str:
    path = shell.folder / "suppose.ndjson"
    path.write_bytes(b"".join(orjson.dumps(each) + b"\n" for each in lines))
    return path.name


def widened(code: str) -> Json:
    change = {"added": [{**ELECTRICIAN, "levels": ["3"]}], "removed": [], "basis": "补充确认"}
    return line("ScopeChanged", "2025-01-01", BUREAU, uscc=code, **change)


def position(shell: Shell) -> int:
    at: int = json.loads(shell.run("roster", "--format", "json").stdout)["basis"]["position"]
    return at


def test_what_a_supposed_line_would_change_is_told_and_nothing_is_recorded(
    shell: Shell, code: str
) -> None:
    before = position(shell)
    path = supposing(shell, widened(code))
    done = shell.run("what-if", "--suppose", path, "--json", "-o", "out")
    said = json.loads(done.stdout)
    assert (said["flips"], said["taken"], said["refused"]) == (1, 1, 0)
    assert said["by_check"] == [{"code": "S2", "before": "breach", "after": "clear", "number": 1}]
    assert said["basis"]["position"] == before == position(shell)
    folder = shell.folder / "out"
    (flag,) = pq.read_table(folder / "diff-flags.parquet").to_pylist()
    assert (flag["change"], flag["uscc"]) == ("removed", code)
    assert [(each["line"], each["type"]) for each in flag["supposed"]] == [(1, "ScopeChanged")]
    scope = pq.read_table(folder / "diff-scope.parquet").to_pylist()
    assert [each["change"] for each in scope] == ["changed"]
    flags = pq.read_table(folder / "flags.parquet").to_pylist()
    assert "S2" not in {each["code"] for each in flags if each["verdict"] == "breach"}
    (listed_row,) = pq.read_table(folder / "roster.parquet").to_pylist()
    assert {level for each in listed_row["scope"] for level in each["levels"]} == {"5", "3"}
    assert json.loads((folder / "what-if.json").read_text()) == said


def test_a_line_that_would_be_refused_is_named_and_the_others_count(
    shell: Shell, code: str
) -> None:
    path = supposing(shell, widened(uscc()), widened(code))
    done = shell.run("what-if", "--suppose", path, "--json", status=3)
    said = json.loads(done.stdout)
    assert (said["taken"], said["refused"], said["flips"]) == (1, 1, 1)
    assert said["refusals"][0]["line"] == 1
    assert CHINESE.search(done.stderr)


def test_other_rules_hold_on_every_day_and_the_rules_in_force_change_nothing(
    shell: Shell, code: str
) -> None:
    rules = shell.folder / "rules.json"
    rules.write_text(json.dumps({"edition": "假如", "checks_off": ["S2"]}))
    told = shell.run("what-if", "--rules", "rules.json")
    assert "S2-" in told.stdout
    assert "1 处结论会改变" in told.stderr
    shell.run("what-if", "--rules", "rules.json", "--json", "-o", "off")
    assert pq.read_table(shell.folder / "off" / "diff-flags.parquet").num_rows == 1
    held = [each for each in catalogues(shell) if each["kind"] == "rules" and each["adopted"]]
    in_force = shell.run("catalogue", "show", held[0]["sha256"]).stdout
    rules.write_text(in_force)
    said = json.loads(shell.run("what-if", "--rules", "rules.json", "--json").stdout)
    assert (said["flips"], said["differences"]) == (0, {})


def catalogues(shell: Shell) -> list[Json]:
    found: list[Json] = json.loads(shell.run("catalogue", "list", "--json").stdout)["items"]
    return found


def test_a_catalogue_is_supposed_from_its_file(shell: Shell, code: str) -> None:
    (shell.folder / "lenient.json").write_text(json.dumps({"edition": "宽", "checks_off": ["S2"]}))
    asked = ("--catalogue", "lenient.json", "--kind", "rules", "--from", "2025-01-01")
    said = json.loads(shell.run("what-if", *asked, "--json").stdout)
    assert said["by_check"] == [{"code": "S2", "before": "breach", "after": "clear", "number": 1}]
    assert "宽" not in shell.run("catalogue", "list").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--rules", "nowhere.json"],
        ["--catalogue", "lenient.json", "--from", "2025-01-01"],
        ["--catalogue", "lenient.json", "--kind", "rules"],
        ["--catalogue", "lenient.json", "--kind", "rules", "--from", "soon"],
        ["--catalogue", "0" * 64, "--from", "2025-01-01"],
        ["--suppose", "nowhere.ndjson"],
    ],
)
def test_what_cannot_be_supposed_is_said_to_be(shell: Shell, arguments: list[str]) -> None:
    (shell.folder / "lenient.json").write_text('{"edition": "宽"}')
    assert CHINESE.search(shell.run("what-if", *arguments, status=2).stderr)
