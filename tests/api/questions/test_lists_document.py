"""The document of lists and items says what the code declares."""

from api.questions.declared import LISTS
from api.words.list_names import LISTS as NAMES
from docs.generate_items import EVERY, TARGET, render


def test_the_document_is_that_of_the_code() -> None:
    """If this fails: python -m docs.generate_items."""
    assert TARGET.read_text(encoding="utf-8") == render()


def test_every_name_of_a_list_is_that_of_a_list() -> None:
    assert {each.name for each in EVERY} == set(NAMES)
    assert set(LISTS) <= set(NAMES)
