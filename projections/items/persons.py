"""Documents without people: what an analyst sees, who sees everything but personal data (§1)."""

from collections.abc import Mapping
from typing import Any, cast

from domain.terms.identifiers import masked_name

_NAMES = frozenset({"assessors", "quality_staff", "assessors_absent"})
_PEOPLE = frozenset({"experts", "inspectors"})
_DROPPED = frozenset({"masked_name", "subject_id", "card_no"})


def without_persons(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with names masked and pseudonyms taken out."""
    kept = {name: _member(name, each) for name, each in value.items() if name not in _DROPPED}
    if "staff_id" in value and isinstance(value.get("name"), str):
        kept["name"] = masked_name(value["name"])
    return kept


def _member(name: str, value: object) -> object:
    if name in _NAMES and isinstance(value, list):
        return [masked_name(str(each)) for each in cast("list[object]", value)]
    if name in _PEOPLE and isinstance(value, list):
        return [_person(each) for each in cast("list[object]", value)]
    return _any(value)


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
    if isinstance(value, list):
        return [_any(each) for each in cast("list[object]", value)]
    return value
