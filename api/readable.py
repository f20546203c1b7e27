"""Values with structure in few words, for cells that people read: a sheet, a table on a terminal."""

from collections.abc import Mapping, Sequence
from typing import cast

from domain.vocabulary import Level

_LEVELS = {level.value: level.zh for level in Level}


def readable(value: object) -> str:
    """Return a value in few words; the whole of it stands in JSON, NDJSON and CSV."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):
        return _record(cast("dict[str, object]", value))
    if isinstance(value, list | tuple):
        return "、".join(readable(each) for each in cast("Sequence[object]", value))
    return str(value)


def _record(value: Mapping[str, object]) -> str:
    """Return what a record is called, or else all that it says."""
    if {"code", "name", "edition"} <= value.keys():
        return _occupation(value)
    for key in ("zh", "name", "uscc", "account", "type"):
        if isinstance(value.get(key), str):
            return str(value[key])
    return ", ".join(f"{key}={readable(each)}" for key, each in value.items())


def _occupation(value: Mapping[str, object]) -> str:
    """Return an occupation or a scope item: name, 工种, code, and its levels where it has some."""
    name = str(value["name"])
    if value.get("trade"):
        name = f"{name}({value['trade']})"
    name = f"{name} {value['code']}"
    levels = value.get("levels")
    if not isinstance(levels, list | tuple):
        return name
    named = [_LEVELS.get(str(level), str(level)) for level in cast("Sequence[object]", levels)]
    return f"{name}:{'/'.join(named)}" if named else name
