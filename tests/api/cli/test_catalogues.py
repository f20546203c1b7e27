"""`dudao init` and `dudao catalogue`: an operator's morning at the terminal."""

import json
from pathlib import Path

from tests.api.cli.test_cli import Shell, shell

__all__ = ["shell"]


def test_an_operator_stores_a_batch_and_looks_at_what_it_would_turn(shell: Shell, tmp_path: Path):
    file = tmp_path / "batch.csv"
    file.write_text("code,name\n4-99-03-01,终端测试员\n", encoding="utf-8")
    digest = shell.run("catalogue", "add", "new_occupations", str(file)).stdout.strip()
    assert len(digest) == 64
    listed = json.loads(shell.run("catalogue", "list", "--json").stdout)
    (stored,) = [each for each in listed["items"] if each["sha256"] == digest]
    assert (stored["state"], stored["rows"]) == ("stored", 1)
    asked = ("catalogue", "preview", digest[:12], "--from", "2025-01-01", "--json")
    found = json.loads(shell.run(*asked).stdout)
    assert found["flips"] == 0
    assert shell.run("catalogue", "show", digest).stdout == file.read_text(encoding="utf-8")


def test_a_file_that_is_wrong_is_refused_with_its_rows(shell: Shell, tmp_path: Path):
    file = tmp_path / "wrong.csv"
    file.write_text("code,name\n4-99,某工\n", encoding="utf-8")
    said = shell.run("catalogue", "add", "new_occupations", str(file), status=2).stderr
    assert "第 2 行" in said
    assert "没有目录类别" in shell.run("catalogue", "add", "nonsense", str(file), status=2).stderr
