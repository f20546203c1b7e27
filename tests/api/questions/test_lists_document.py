"""The document of lists and items says what the code declares, and every answer that is a list is declared."""

from typing import Any

from api.export.formats import CSV, JSON
from api.installation.every_list import EVERY_LIST
from api.words.list_names import COMMANDS
from api.words.list_names import LISTS as NAMES
from docs.generate_items import TARGET, render
from tests.api.described import DESCRIPTION


def test_the_document_is_that_of_the_code() -> None:
    """If this fails: python -m docs.generate_items."""
    assert TARGET.read_text(encoding="utf-8") == render()


def test_every_name_of_a_list_is_that_of_a_list() -> None:
    assert set(EVERY_LIST) == set(NAMES)
    assert set(COMMANDS) < set(NAMES)


NO_LISTS = {
    "preview_catalogue": "one answer: how many verdicts would flip, with the first of them beside the numbers",
}
"""Operation whose answer has items and is no list → why."""
BESIDE_ROWS = {"basis", "next", "limited_to", "note"}


def is_a_list(operation: dict[str, Any]) -> bool:
    """Whether an answer has items, is rows and nothing else, or comes as a sheet."""
    content = operation["responses"].get("200", {}).get("content", {})
    named = content.get(JSON, {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
    members = DESCRIPTION["components"]["schemas"].get(named, {}).get("properties", {})
    rows = [each for name, each in members.items() if name not in BESIDE_ROWS]
    alone = len(rows) == 1 and rows[0].get("type") == "array"
    return CSV in content or "items" in members or alone


def test_every_answer_that_is_a_list_is_declared_or_named_with_its_reason() -> None:
    reads = [methods["get"] for methods in DESCRIPTION["paths"].values() if "get" in methods]
    lists = {operation["operationId"] for operation in reads if is_a_list(operation)}
    assert lists - set(NO_LISTS) == {each.operation_id for each in EVERY_LIST.values()}
    assert set(NO_LISTS) <= lists
