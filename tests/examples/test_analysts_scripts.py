"""What an analyst asks, by the scripts that we hand out: on files, and over HTTP."""

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.cli.test_cli import ROOT, Shell
from tests.api.lines import SUPERVISOR, certificate, line, listed, session, uscc
from tests.postgres import Server

pytestmark = pytest.mark.postgres
SCRIPTS = ROOT / "examples" / "analysts"


@pytest.fixture(scope="module")
def shell(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    server.drop("dudao_scripts")
    addresses = server.create("dudao_scripts", "template0")
    made = Shell(
        tmp_path_factory.mktemp("scripts"),
        DUDAO_DATABASE_URL=addresses.app,
        DUDAO_OWNER_URL=addresses.owner,
    )
    made.run("init")
    yield made
    server.drop("dudao_scripts")


@pytest.fixture(scope="module")
def code(shell: Shell) -> str:
    """An enterprise with a session outside its scope and a certificate."""
    found = uscc()
    held = session(found)
    issued = certificate(found, held["data"]["assessment_id"])
    wide = session(found, "3", "2025-05-10")
    shell.load(*listed(found, "4"), held, wide, issued)
    flags = json.loads(shell.run("flags", "--code", "S2", "--format", "json").stdout)["items"]
    key = flags[0]["key"]
    finding = {
        "finding_id": "f-script",
        "uscc": found,
        "kind": "超范围",
        "severity": "major",
        "rule": "2020-3/S2.1",
        "statement": "超等级开展认定",
        "assessments": [],
        "certificates": [],
        "flags": [key],
    }
    order = {"finding_id": "f-script", "requirement": "停止", "due_on": "2025-07-31"}
    shell.load(
        line("FlagReviewed", "2025-05-31", SUPERVISOR, flag=key, decision="upheld", reason="属实"),
        line("FindingRaised", "2025-06-02", SUPERVISOR, **finding),
        line("RectificationOrdered", "2025-06-12", SUPERVISOR, **order),
    )
    shell.run("export", "tables")
    return found


def script(shell: Shell, name: str, *arguments: str, status: int = 0) -> list[str]:
    """The lines that a script prints, run in a folder of its own with nothing of Dudao in reach."""
    # As in the analyst's own shell: nothing of ours on the path, and the script's folder is.
    ours = {"PYTHONPATH", "PYTHONSAFEPATH"}
    own = {key: value for key, value in os.environ.items() if key not in ours}
    done = subprocess.run(  # noqa: S603 - ours
        [sys.executable, str(SCRIPTS / name), str(shell.folder / "tables"), *arguments],
        check=False,
        capture_output=True,
        text=True,
        env={**own, "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=shell.folder,
    )
    assert done.returncode == status, done.stderr
    return (done.stderr if status else done.stdout).splitlines()


def test_ten_days_as_known_at_ten_positions(shell: Shell, code: str) -> None:
    lines = script(shell, "as_of.py")
    assert len(lines) == 22
    first, last = (line.split() for line in (lines[1], lines[10]))
    assert (len(first), len(last)) == (11, 11)
    assert last[-1] == "1"


def test_breaches_by_month_and_district_with_a_picture(shell: Shell, code: str) -> None:
    head, *months = script(shell, "flags_by_month.py", "bars.svg")
    assert "海淀区" in head
    assert sum(int(line.split("\t")[-1]) for line in months) > 0
    picture = (shell.folder / "bars.svg").read_text(encoding="utf-8")
    assert picture.count("<rect") == len(months)


def test_what_came_between_two_days_and_what_it_rests_on(shell: Shell, code: str) -> None:
    lines = script(shell, "causes.py", "2024-01-01", "2026-10-01")
    assert any(line.startswith("S2-") and "\t-\t→\tbreach\t" in line for line in lines)
    assert any("AssessmentHeld" in line for line in lines if line.startswith("#"))
    day = dt.date(2026, 10, 1).isoformat()
    assert script(shell, "causes.py", day, day) == []


def test_the_story_of_one_enterprise(shell: Shell, code: str) -> None:
    lines = script(shell, "story.py", code)
    assert any("EnterpriseRegistered" in line for line in lines)
    at = next(n for n, line in enumerate(lines) if "→ S2-" in line)
    assert "AssessmentHeld" in lines[at - 1] or "→" in lines[at - 1]


def test_days_from_breach_until_something_followed_are_those_of_the_list(
    shell: Shell, code: str
) -> None:
    *lines, known, reviewed, raised, ordered, closed = script(shell, "delay.py")
    said = json.loads(shell.run("delays", "--format", "json").stdout)["items"]
    assert {row["finding_id"] for row in said} == {None, "f-script"}
    columns = [f"days_to_{step}" for step in ("knowledge", "review", "finding", "order", "closure")]
    assert sorted(lines) == sorted(
        "\t".join(
            [row["key"], row["district"], *("" if row[c] is None else str(row[c]) for c in columns)]
        )
        for row in said
    )
    assert known.startswith(f"# knowledge: {len(said)} flags, ")
    assert reviewed == "# review: 1 flags, median 21 days"
    assert (raised, ordered) == (
        "# finding: 1 flags, median 23 days",
        "# order: 1 flags, median 33 days",
    )
    assert closed == "# closure: 0 flags, median - days"


@pytest.mark.parametrize("name", ["causes.py", "story.py", "occupation.py"])
def test_a_script_without_what_it_needs_says_how_it_is_called(
    shell: Shell, code: str, name: str
) -> None:
    done = script(shell, name, status=1)
    assert any(line.strip().startswith(f"python {name} PLACE ") for line in done)


def test_certificates_of_an_occupation_by_level_and_state(shell: Shell, code: str) -> None:
    lines = script(shell, "occupation.py", "电工")
    assert lines[-1] == "# 1 certificates"
    assert lines[0].split("\t")[2:] == ["4", "valid", "1"]
    assert script(shell, "occupation.py", "电工", "2020-01-01") == ["# 0 certificates"]


def test_the_client_is_about_a_hundred_lines() -> None:
    lines = (SCRIPTS / "client.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 130
    assert {path.name for path in Path(SCRIPTS).glob("*.py")} == {
        "as_of.py",
        "causes.py",
        "client.py",
        "delay.py",
        "flags_by_month.py",
        "follow.py",
        "occupation.py",
        "recompute.py",
        "story.py",
    }
