"""The words of a report in one language: the vocabulary of the pages, and what only reports say.

Names of organisations and what people wrote stay as given.
"""

from collections.abc import Mapping

from api.words.authority_words import DISTRICTS
from api.words.language import Language
from api.words.language import Words as Pair
from api.words.last_day import last_day
from api.words.words import LEVELS


class Words:
    """Texts in one language; a key without words stays as it is."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language

    def __call__(self, zh: str, en: str) -> str:
        """Return the text of this language."""
        return en if self.language == "en" else zh

    def of(self, table: Mapping[str, Pair], key: str | None) -> str:
        """Return the word for a key of a table."""
        if key is None:
            return self("未填", "not given")
        return table[key].speak(self.language) if key in table else key

    def level(self, level: str) -> str:
        """Return the name of a level."""
        return self.of(LEVELS, level)

    def district(self, code: str | None) -> str:
        """Return name and code of a district authority."""
        if code is None:
            return self("未登记", "not recorded")
        if code not in DISTRICTS:
            return code
        return self(f"{DISTRICTS[code].zh}（{code}）", f"{DISTRICTS[code].en} ({code})")

    def listed(self, words: list[str]) -> str:
        """Return words in a row."""
        return self("、", ", ").join(words)

    def days(self, start: str | None, end: str | None) -> str:
        """Return a half-open interval of days as it is printed: from its first day to its last."""
        first = start or self("起始不详", "open")
        return f"{first} – {last_day(end) or self('未定', 'open')}"

    def number(self, count: int) -> str:
        """Return a number with its thousands set apart."""
        return f"{count:,}"
