"""Whether a sentence speaks in words: no code of ours stands in what a person reads (domain.md §6).

Codes of catalogues, of checks and of enterprises are the field's own words and stay.
"""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_type_hints

from domain.registry import EVENTS
from domain.terms import vocabulary
from domain.terms.vocabulary import Role

_WORD = re.compile(r"(?<![A-Za-z0-9_/-])[A-Za-z][A-Za-z0-9_]*(?![A-Za-z0-9_-])")
"""Parts of an address, /v1/catalogues, are written as they are asked for."""
_CHOICE = re.compile("只能是 .* 之一")
"""What a sender has to write is said as it is written."""
ACCOUNTS = re.compile(r"(?:centre|bureau|sup|ins|rep)-[0-9A-Z]+")
"""Accounts as the tests' people bear them."""


@cache
def codes() -> frozenset[str]:
    """Return every name of an event, of a role and of a field of an event."""
    found = {*EVENTS, *(role.value for role in Role), "valid_from", "document_no", "approved_by"}
    for kind in EVENTS.values():
        found |= set(_fields(kind.cls))
    for each in vars(vocabulary).values():
        if isinstance(each, type) and issubclass(each, StrEnum) and each is not StrEnum:
            found |= {value.value for value in each if value.value.isascii()}
    return frozenset(found)


def _fields(hint: Any) -> Iterator[str]:
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        for field in fields(hint):
            yield field.name
            yield from _fields(hints[field.name])
    for argument in get_args(hint):
        yield from _fields(argument)


def code_words(zh: str) -> list[str]:
    """Return what stands in a Chinese sentence that is a code and no word."""
    zh = _CHOICE.sub("", zh)
    return [word for word in _WORD.findall(zh) if word in codes()] + ACCOUNTS.findall(zh)
