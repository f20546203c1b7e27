"""A rule set in a file: what it changes, and what is no rule set."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.cli.failures import Failure
from api.cli.language import one_of, take_from
from api.cli.rules_file import MOST_OCTETS, read
from api.questions.problems import Problem
from domain.catalogue import reference_after
from domain.terms.intervals import Days
from domain.terms.reference import Edition, RuleSet
from domain.terms.vocabulary import CatalogueKind
from ledger import catalogue_forms
from ledger.reference import RULE_SET, SHIPPED, installed


def written(folder: Path, content: Any) -> Path:
    path = folder / "rules.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def test_what_the_file_leaves_out_is_as_installed(tmp_path: Path) -> None:
    found = read(written(tmp_path, {"edition": "试", "pass_mark": 70, "early_warning_days": [90]}))
    assert found == replace(RULE_SET, edition="试", pass_mark=70, early_warning_days=(90,))
    assert read(written(tmp_path, {"edition": "2020-3"})) == RULE_SET


def test_what_a_supposed_set_leaves_out_is_as_in_force_later_checks_too(tmp_path: Path) -> None:
    shipped = next(each for each in SHIPPED if each.kind is CatalogueKind.RULES)
    in_force = replace(catalogue_forms.rules(shipped.content()), pass_mark=70)
    path = written(tmp_path, {"edition": "试", "inspectors_minimum": 3})
    assert read(path, in_force) == replace(in_force, edition="试", inspectors_minimum=3)
    assert read(path, in_force).judges("S10", date(2026, 12, 1))
    none = read(written(tmp_path, {"edition": "试", "checks_from": {}}), in_force)
    assert not none.judges("S10", date(2026, 12, 1))


def test_it_is_in_force_on_every_day_whatever_the_ledger_adopts() -> None:
    other = RuleSet(edition="试", inspectors_minimum=3)
    adopted = Edition(
        kind=CatalogueKind.RULES, edition="2026", days=Days(date(2026, 1, 1)), sha256="", position=9
    )
    reference = reference_after(installed().under(other), (adopted,))
    for day in (date(1999, 1, 1), date(2020, 4, 21), date(2026, 6, 1)):
        assert reference.rules(day) is other
    assert reference.in_force(CatalogueKind.DICTIONARY, date(2023, 1, 1)) is not None


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "空"),
        (b"pass_mark: 60", "JSON"),
        (b"[]", "JSON"),
        (b"\xff\xfe", "JSON"),
        ({}, "edition"),
        ({"edition": 7}, "edition"),
        ({"edition": " "}, "edition"),
        ({"edition": "x", "pass_marks": 60}, "pass_marks"),
        ({"edition": "x", "pass_mark": "60"}, "pass_mark"),
        ({"edition": "x", "inspectors_minimum": 0}, "inspectors_minimum"),
        ({"edition": "x", "inspectors_minimum": True}, "inspectors_minimum"),
        ({"edition": "x", "early_warning_days": 180}, "early_warning_days"),
        (b'{"edition": "x", "edition": "y"}', "edition"),
        (b'{"edition": "x", "pass_mark": NaN}', "JSON"),
    ],
)
def test_a_file_that_holds_no_rules_is_said_to_hold_none(
    tmp_path: Path, content: Any, named: str
) -> None:
    with pytest.raises(Failure) as failed:
        read(written(tmp_path, content))
    assert failed.value.status == 2
    assert named in failed.value.zh
    assert named.replace("空", "nothing") in failed.value.en


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="KiB"):
        read(written(tmp_path, b" " * (MOST_OCTETS + 1)))
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "none.json")


def test_the_language_is_taken_from_wherever_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUDAO_LANG", "zh")
    for given, rest in (
        (["roster", "--lang", "en", "--q", "x"], ["roster", "--q", "x"]),
        (["--lang=en", "roster"], ["roster"]),
        (["import", "--", "--lang", "fr"], ["import", "--", "--lang", "fr"]),
    ):
        assert take_from(given) == rest
    assert one_of("甲 / first") == "first"
    for wrong in (["--lang", "fr"], ["--lang"], ["--lang="]):
        with pytest.raises(Problem):
            take_from(wrong)
    assert take_from(["--lang", "zh"]) == []
    assert one_of("甲 / first") == "甲"
    assert one_of("甲") == "甲"
