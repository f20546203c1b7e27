"""Sentences that people read speak in words: no names of events, roles, fields or accounts in them.

Every refusal and every flag that any test of the domain brings about is held to it as well
(`tests/given.py`, `tests/story.py`).
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import domain
from domain.registry import EVENTS
from domain.terms import naming
from domain.terms.vocabulary import Role
from ledger.reference import authorities
from tests.facts import register, session
from tests.given import CENTRE, OTHER, SUPERVISOR, given, order, reporter
from tests.sentences import code_words

ROOT = Path(next(iter(domain.__path__)))
_HAN = re.compile("[\u3400-\u9fff]")


def written() -> Iterator[tuple[str, str]]:
    """Yield every Chinese text of the domain that is no docstring, with where it stands."""
    for path in sorted(ROOT.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if id(node) in told or not isinstance(node, ast.Constant | ast.JoinedStr):
                continue
            if isinstance(node, ast.JoinedStr):
                parts = (part.value for part in node.values if isinstance(part, ast.Constant))
                text = " ".join(str(part) for part in parts)
            else:
                text = node.value if isinstance(node.value, str) else ""
            if _HAN.search(text) and path.name not in {"vocabulary.py", "naming.py"}:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", text


def test_no_text_of_the_domain_names_a_code():
    found = [
        (where, words)
        for where, text in written()
        if (words := [w for w in code_words(text.partition(" / ")[0]) if w in EVENTS or "_" in w])
    ]
    assert found == []


def test_everything_that_a_sentence_may_name_has_a_name():
    assert set(naming.EVENTS) == set(EVENTS)
    assert set(naming.ROLES) == {role.value for role in Role}
    assert {code: each.zh for code, each in naming.DISTRICTS.items()} == dict(authorities())


@pytest.mark.parametrize("organisation", ["centre", "bureau", "110108", OTHER, "某研究所"])
def test_a_body_is_named_in_words(organisation):
    said = naming.body_of(organisation)
    assert code_words(said.zh) == []
    assert said.zh


def test_who_may_not_correct_is_told_in_words_whose_it_is():
    held = order(session(), by=reporter())
    corrected = given(register(), held)
    refused = corrected.when(order(session(), by=SUPERVISOR)).refusal
    assert refused is not None
    assert code_words(refused.zh) == []
    assert "质量督导员" in refused.zh
    assert "开展认定" in refused.zh
    assert naming.role_of(CENTRE.role).zh == "中心经办"
