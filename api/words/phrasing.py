"""Values as people read them, in one language: the one way for templates, summaries and comparisons."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from api.words.language import Language
from api.words.words import VOCABULARY


def word(language: Language, vocabulary: str, value: str | None) -> str:
    """Return what a value of a vocabulary is called; a value without a name stays as it is."""
    if value is None:
        return ""
    name = VOCABULARY[vocabulary].get(value)
    return name.speak(language) if name else value


def listed(language: Language, words: Iterable[str]) -> str:
    """Return words in a row."""
    return ("、" if language == "zh" else ", ").join(words)


def levels(language: Language, values: Collection[str]) -> str:
    """Return levels by rank, lowest first."""
    names = VOCABULARY["level"]
    return listed(language, (names[o].speak(language) for o in names if o in values))


def occupation(item: Mapping[str, Any]) -> str:
    """Return an occupation: its name, and its 工种 where there is one."""
    return f"{item['name']}({item['trade']})" if item.get("trade") else str(item["name"])
