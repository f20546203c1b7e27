"""Values with structure in few words, for cells that people read: a sheet, a table on a terminal."""

from collections.abc import Mapping, Sequence
from typing import cast

from domain.terms.vocabulary import Level

_LEVELS = {level.value: level.zh for level in Level}
_LEVELS_EN = {level.value: level.en for level in Level}


def readable(value: object, *, english: bool = False) -> str:
    """Return a value in few words; the whole of it stands in JSON, NDJSON and CSV."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return ("yes" if value else "no") if english else ("是" if value else "否")
    if isinstance(value, dict):
        return _record(cast("dict[str, object]", value), english=english)
    if isinstance(value, list | tuple):
        items = cast("Sequence[object]", value)
        return (", " if english else "、").join(readable(each, english=english) for each in items)
    return str(value)


def _record(value: Mapping[str, object], *, english: bool) -> str:
    """Return what a record is called, or else all that it says."""
    if {"code", "name", "edition"} <= value.keys():
        return _occupation(value, english=english)
    for key in ("en" if english else "zh", "name", "uscc", "account", "type"):
        if isinstance(value.get(key), str):
            return str(value[key])
    return ", ".join(f"{key}={readable(each, english=english)}" for key, each in value.items())


def _occupation(value: Mapping[str, object], *, english: bool) -> str:
    """Return an occupation or a scope item: name, 工种, code, and its levels where it has some."""
    name = str(value["name"])
    if value.get("trade"):
        name = f"{name}({value['trade']})"
    name = f"{name} {value['code']}"
    levels = value.get("levels")
    if not isinstance(levels, list | tuple):
        return name
    words = _LEVELS_EN if english else _LEVELS
    named = [words.get(str(level), str(level)) for level in cast("Sequence[object]", levels)]
    return f"{name}:{'/'.join(named)}" if named else name
