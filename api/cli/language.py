"""The language of the terminal: `--lang`, else `DUDAO_LANG`, else Chinese where it can be shown.

What goes to a machine (JSON, CSV, Parquet, reject files) keeps both languages or none.
"""

import os
import sys
from collections.abc import Sequence
from typing import Literal

from api.questions.problems import Problem

LANGUAGES = ("zh", "en")
VARIABLE = "DUDAO_LANG"


def is_english() -> bool:
    """Return whether English was chosen.

    Read from the environment and not from the settings: it must be known when those are wrong.
    """
    told = os.environ.get(VARIABLE, "").strip().lower()
    return told == "en" if told else not _shows_chinese()


def _shows_chinese() -> bool:
    """Return whether the terminal has the characters, as far as its encoding tells."""
    try:
        "督导".encode(getattr(sys.stderr, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def language() -> Literal["zh", "en"]:
    """Return the chosen language."""
    return "en" if is_english() else "zh"


def chosen(zh: str, en: str) -> str:
    """Return the one of two texts that is in the chosen language."""
    return en if is_english() else zh


def one_of(both: str) -> str:
    """Return the chosen language's part of a text that has both, the Chinese before ` / `."""
    zh, _, en = both.rpartition(" / ")
    return chosen(zh, en) if zh else both


def take_from(arguments: Sequence[str]) -> list[str]:
    """Return the arguments without `--lang`, wherever it stands, and let it hold from here on.

    Raises:
        Problem: 422 for a language that there is not.
    """
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            return [*rest, argument, *waiting]
        name, given, value = argument.partition("=")
        if name != "--lang":
            rest.append(argument)
            continue
        language = value if given else next(waiting, "")
        if language not in LANGUAGES:
            raise Problem(
                "invalid",
                f"--lang 应为 {' 或 '.join(LANGUAGES)}",
                f"--lang is {' or '.join(LANGUAGES)}",
            )
        os.environ[VARIABLE] = language
    return rest
