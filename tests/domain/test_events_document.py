"""`docs/events.md` says what the code says: every event, field, role and refusal."""

from dataclasses import fields

import pytest

from docs.generate_events import TARGET, refusals, render
from domain.permissions import MAY
from domain.registry import EVENTS
from ledger.members import member


def test_the_document_is_written_from_the_code_as_it_is():
    """If this fails: python -m docs.generate_events."""
    assert TARGET.read_text(encoding="utf-8") == render()


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_every_event_is_described_with_its_fields_and_roles(name: str):
    text = TARGET.read_text(encoding="utf-8")
    _, found, after = text.partition(f"### {name}\n")
    assert found
    section = after.split("\n## ")[0].split("\n### ")[0]
    assert f"`{EVENTS[name].stored}`" in section
    assert all(f"| `{member(field.name)}` |" in section for field in fields(EVENTS[name].cls))
    assert all(f"`{role.value}`" in section for role in MAY[name])


def test_every_event_says_what_it_means():
    assert all((event.cls.__doc__ or "").strip().endswith(".") for event in EVENTS.values())


def test_refusals_are_found_with_their_words_in_both_languages():
    modules = {event.module for event in EVENTS.values()}
    found = {words for module in modules for words in refusals(module)}
    codes = {code for code, _, _ in found}
    assert {"same-person", "window-closed", "unknown-application", "listing-expired"} <= codes
    assert all(zh and en for _, zh, en in found)
