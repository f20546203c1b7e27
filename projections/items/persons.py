"""Documents without people: what an analyst sees, who sees everything but personal data (§1)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import NoneType
from typing import Any, cast

from domain.terms.identifiers import masked_name
from ledger.gate.output import json_number

LEFT_OUT = "〔从略〕"
"""In the place of what somebody wrote in words of their own: it may name anybody."""
WRITTEN = frozenset(
    {
        "answer",
        "basis",
        "comment",
        "file_name",
        "main_business",
        "note",
        "own_method",
        "reason",
        "refusal",
        "requirement",
        "review_reason",
        "statement",
        "text",
        "title",
        "unit_statement",
        "where",
    }
)
"""Members that hold such words, or the name of a file; `outcome` and `subject` where they are words."""
NAMES = frozenset({"assessors", "quality_staff", "assessors_absent"})
PEOPLE = frozenset({"experts", "inspectors"})
DROPPED = frozenset({"card_no", "device_id", "masked_name", "subject_id"})


_BY_NAME = WRITTEN | NAMES | PEOPLE | DROPPED
_PLAIN = frozenset({str, int, bool, NoneType})
"""Values that hold nobody unless their member's name says so."""
_KEPT = 10_000


class _Ruled(dict[str, bool]):
    """Name of a member → whether its value goes by the name; kept, since the same few come a million times."""

    def __missing__(self, name: str) -> bool:
        last = _last(name)
        ruled = last in _BY_NAME or (last == "name" and "." in name)
        # Paths of corrections are whatever somebody sent.
        if len(self) < _KEPT:
            self[name] = ruled
        return ruled


_ruled = _Ruled()


def without_persons(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with names masked, and pseudonyms and free words taken out.

    Exact decimals come out as the numbers that JSON has: whoever exports millions walks once.
    """
    kept: dict[str, Any] = {}
    for name, member in value.items():
        if not _ruled[name]:
            kept[name] = member if type(member) in _PLAIN else _any(member)
        elif _last(name) not in DROPPED:
            kept[name] = at_path(name, member)
    if "staff_id" in value:
        if isinstance(value.get("name"), str):
            kept["name"] = masked_name(value["name"])
        kept.pop("staff_id", None)
    # Elsewhere an outcome is the id of what a check found, and a subject a USCC.
    ends = "finding_id" in value and value.keys().isdisjoint({"flag", "verdict"})
    if ends and isinstance(value.get("outcome"), str):
        kept["outcome"] = LEFT_OUT
    if "complaint_id" in value and isinstance(value.get("subject"), str):
        kept["subject"] = LEFT_OUT
    return kept


def at_path(path: str, value: object) -> object:
    """Return a value without people that stands at a path: a member's name, or several with dots."""
    name = _last(path)
    if name in WRITTEN and isinstance(value, str):
        return LEFT_OUT
    if name in NAMES:
        return _masked(value)
    if name in PEOPLE and isinstance(value, list | tuple):
        return [_person(person) for person in cast("Sequence[object]", value)]
    if name == "name" and not PEOPLE.isdisjoint(path.split(".")):
        return _masked(value)
    return _any(value)


def _last(path: str) -> str:
    """Return the member that a path ends at; of an element, the list that holds it."""
    if "." not in path:
        return path
    return next((name for name in reversed(path.split(".")) if not name.isdecimal()), path)


def _masked(value: object) -> object:
    if isinstance(value, list | tuple):
        return [masked_name(str(name)) for name in cast("Sequence[object]", value)]
    return masked_name(value) if isinstance(value, str) else value


def _person(value: object) -> object:
    if not isinstance(value, dict):
        return value
    person = without_persons(cast("dict[str, Any]", value))
    if isinstance(person.get("name"), str):
        person["name"] = masked_name(person["name"])
    return person


def _any(value: object) -> object:
    if isinstance(value, dict):
        return without_persons(cast("dict[str, Any]", value))
    if isinstance(value, list | tuple):
        return [_any(member) for member in cast("Sequence[object]", value)]
    return json_number(value) if isinstance(value, Decimal) else value
