"""What a field offers: the values of a vocabulary with their names in the reader's language."""

from collections.abc import Iterable

from api.words.language import Language
from api.words.words import VOCABULARY

Choices = list[tuple[str, str]]
"""Pairs of a value and what it is called."""


def choices(language: Language, vocabulary: str, only: Iterable[str] | None = None) -> Choices:
    """Return the values of a vocabulary in its order, or those of `only`."""
    names = VOCABULARY[vocabulary]
    wanted = names if only is None else set(only)
    return [(value, words.speak(language)) for value, words in names.items() if value in wanted]
