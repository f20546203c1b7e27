"""The terminal speaks one language, the one that was chosen; rule sets come from files."""

import json
import os
import re
from pathlib import Path

import pytest

from domain.terms.vocabulary import CatalogueKind
from ledger.reference import SHIPPED
from tests.acceptance.lines import (
    COOK,
    ELECTRICIAN,
    dispatched,
    inspector,
    item,
    listed,
    session,
    uscc,
)
from tests.commands import dudao

CHINESE = re.compile("[\u4e00-\u9fff]")


def spoken(office, *arguments, lang: str | None = None):
    env = {k: v for k, v in os.environ.items() if k != "DUDAO_LANG"}
    named = {} if lang is None else {"DUDAO_LANG": lang}
    return dudao(arguments, Path.cwd(), {**env, **named, "DUDAO_DATA": str(office.folder)})


@pytest.fixture(scope="module")
def flagged(office) -> str:
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")), session(code, COOK, "4", "2025-03-10"))
    return code


@pytest.mark.parametrize("way", [{"lang": "en"}, {"arguments": ["--lang", "en"]}])
def test_english_is_spoken_where_it_is_chosen(office, flagged, way):
    asked = ["flags", "--uscc", flagged, *way.get("arguments", [])]
    done = spoken(office, *asked, lang=way.get("lang"))
    head, *rows = done.stdout.splitlines()
    assert "verdict" in head
    assert not CHINESE.search(head)
    assert any("confirmed scope" in row for row in rows), rows
    assert not CHINESE.search(done.stderr), done.stderr
    assert "rows" in done.stderr


def test_chinese_is_spoken_where_nothing_is_chosen(office, flagged):
    done = spoken(office, "flags", "--uscc", flagged)
    head, *rows = done.stdout.splitlines()
    assert "结论" in head
    assert "verdict" not in head
    assert any("确认的范围" in row for row in rows)
    assert "rows" not in done.stderr


def test_the_option_wins_over_the_environment_and_stands_anywhere(office, flagged):
    asked = ["--lang", "zh", "roster", "--q", flagged]
    assert "状态" in spoken(office, *asked, lang="en").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["roster", "--position", "9999999"],
        ["import", "missing.ndjson"],
        ["replay", "--valid-at", "2025-02-30"],
    ],
)
def test_a_mistake_is_answered_in_the_chosen_language(office, arguments):
    zh, en = spoken(office, *arguments), spoken(office, *arguments, lang="en")
    assert (zh.returncode, en.returncode) == (2, 2)
    assert CHINESE.search(zh.stderr), zh.stderr
    assert not CHINESE.search(en.stderr), en.stderr
    assert "Traceback" not in zh.stderr + en.stderr
    assert (zh.stdout, en.stdout) == ("", "")


def test_a_language_that_there_is_not_is_refused(office):
    assert spoken(office, "roster", "--lang", "fr").returncode == 2
    wrong = spoken(office, "roster", lang="fr")
    assert wrong.returncode == 2
    assert "DUDAO_LANG" in wrong.stderr


def test_json_keeps_both_languages(office, flagged):
    done = spoken(office, "flags", "--uscc", flagged, "--format", "json", "--lang", "en")
    (flag,) = json.loads(done.stdout)["items"]
    assert set(flag["message"]) == {"zh", "en"}


def rules(tmp_path, content) -> str:
    path = tmp_path / "rules.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return str(path)


def flags_of(office, *arguments) -> dict:
    done = spoken(office, "replay", "--workers", "1", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_replay_under_other_rules_finds_other_flags(office, tmp_path):
    code = uscc()
    three = [inspector(number) for number in (1, 2, 3)]
    office.load(*listed(code, item(ELECTRICIAN, "4")), dispatched(code, three))
    assert office.found(code) == []
    as_it_is = flags_of(office)
    # A rule set switches later checks on itself: what is left out is as in the notice's own.
    shipped = next(each for each in SHIPPED if each.kind is CatalogueKind.RULES)
    later = json.loads(shipped.content())["checks_from"]
    told = {"edition": "试", "inspectors_minimum": 4, "checks_from": later}
    stricter = flags_of(office, "--rules", rules(tmp_path, told))
    assert (stricter["rules"], "rules" in as_it_is) == ("试", False)
    assert stricter["tables"]["flags"]["rows"] > as_it_is["tables"]["flags"]["rows"]
    assert stricter["tables"]["roster"] == as_it_is["tables"]["roster"]
    assert office.found(code) == []


def test_other_rules_cannot_be_checked_against_the_views(office, tmp_path):
    done = spoken(office, "replay", "--check", "--rules", rules(tmp_path, {"edition": "x"}))
    assert done.returncode == 2
    assert "--check" in done.stderr
