"""The two languages of the pages: which one a reader gets, and texts that come in pairs.

Every text for people is written as a pair, Chinese first, where it is used: so neither language
can be forgotten, and a reviewer sees both at once (decision 0083). Chinese is written with the
marks of print, here and everywhere (decision 0271).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

Language: TypeAlias = Literal["zh", "en"]


class Words(NamedTuple):
    """A text in both languages."""

    zh: str
    en: str

    def speak(self, language: Language) -> str:
        """Return the text in `language`."""
        return self.en if language == "en" else self.zh


Names: TypeAlias = Mapping[str, Words]
"""What the values of a vocabulary are called."""


def names(**pairs: tuple[str, str]) -> Names:
    """Return names by value."""
    return MappingProxyType({value: Words(*pair) for value, pair in pairs.items()})


def as_words(called: Mapping[str, tuple[str, str]]) -> Names:
    """Return the names that the domain gives."""
    return MappingProxyType({value: Words(*pair) for value, pair in called.items()})


def one_language(text: str, language: Language) -> str:
    """Return one half of a text that says the same twice, `中文 / English`; any other text whole."""
    zh, parted, en = text.partition(" / ")
    if not parted:
        return text
    return en if language == "en" else zh
