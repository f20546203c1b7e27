"""The list of protections that are taken away in `./run long mutation` speaks of sources and tests that there are."""

import json
from pathlib import Path

import pytest

from tests import mutations
from tests.mutations import DOCUMENT, MUTATIONS, ROOT, changed


@pytest.mark.parametrize("name", MUTATIONS)
def test_every_protection_still_stands_where_the_list_says(name: str) -> None:
    mutation = MUTATIONS[name]
    before = (ROOT / mutation.file).read_text("utf-8")
    after = changed(mutation)
    assert after != before
    if mutation.file.endswith(".py"):
        compile(after, mutation.file, "exec")
    for test in mutation.tests:
        assert (ROOT / test).exists(), test


def test_what_was_found_is_written_down_for_every_protection() -> None:
    text = DOCUMENT.read_text("utf-8")
    missing = [
        each.protection for each in MUTATIONS.values() if f"| {each.protection} |" not in text
    ]
    assert missing == []
    assert "survived" not in text


def test_what_nobody_notices_has_survived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(status: int) -> str:
        class Done:
            returncode, stdout = status, "FAILED tests/a.py::test_b[c] - no\n"

        monkeypatch.setattr(mutations, "pytest_in", lambda _folder, _tests: Done)
        monkeypatch.setattr(mutations, "copied", lambda _mutation: _Nowhere())
        passed = mutations.carry_out("leaf", tmp_path) == 0
        found = json.loads((tmp_path / "leaf.json").read_text("utf-8"))
        assert passed is (found["outcome"] == "noticed")
        return str(found["outcome"])

    assert [ended(0), ended(2), ended(1)] == ["survived", "not run", "noticed"]
    assert "`tests/a.py::test_b`" in mutations.table(tmp_path)


class _Nowhere:
    def __enter__(self) -> Path:
        return Path()

    def __exit__(self, *_: object) -> None:
        return None
