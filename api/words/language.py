"""The two languages of the pages: which one a reader gets, and texts that come in pairs.

Every text for people is written as a pair, Chinese first, where it is used: so neither language
can be forgotten, and a reviewer sees both at once (decision 0083). Chinese is typed with the marks
of a keyboard and shown with those of print (decision 0102).
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

Language: TypeAlias = Literal["zh", "en"]


class Words(NamedTuple):
    """A text in both languages."""

    zh: str
    en: str

    def speak(self, language: Language) -> str:
        """Return the text in `language`."""
        return self.en if language == "en" else in_print(self.zh)


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
    return en if language == "en" else in_print(zh)


_HAN = "\u3400-\u9fff"
_WIDE = {ord(mark): ord(mark) + 0xFEE0 for mark in ",;:?!"}
"""A mark of the keyboard → the same mark as wide as a Chinese character."""
_PAUSE = re.compile(r"(?<![0-9A-Za-z])[,;](?! )|[,;](?![0-9A-Za-z ])")
_STOP = re.compile(rf"(?<=[{_HAN}”》\uff09}}])[:?!](?! )|:(?=[{_HAN}])|^[:?!]$")
_AROUND = re.compile(rf"(?:(?<=([{_HAN}”》])) ?| ?(?=\([^()]*[{_HAN}]))\(([^()]*)\)")


@lru_cache(4096)
def in_print(zh: str) -> str:
    """Return a Chinese text of ours with the punctuation of print (GB/T 15834).

    Marks inside figures, codes and Latin words stay: 1,000 · SHA-256 · `{scope:items}`.
    """
    bracketed = _AROUND.sub("\uff08\\2\uff09", zh)
    paused = _PAUSE.sub(lambda mark: mark[0].translate(_WIDE), bracketed)
    return _STOP.sub(lambda mark: mark[0].translate(_WIDE), paused)
