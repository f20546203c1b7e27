"""Values in words, for cells that people read: a sheet, a table on a terminal.

A code is said by its vocabulary, an instant in the time of Shanghai, an end by the last day that
counts, a record by what tells it from others. The whole of it stands in JSON, NDJSON and CSV.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from api.words.instants import instant
from api.words.language import Language, Words
from api.words.last_day import last_day
from api.words.phrasing import word
from api.words.summaries import SUMMARIES, summary
from projections.items.shape import Field, Shape

_YES, _NO = Words("是", "yes"), Words("否", "no")
_PAUSE = Words("、", ", ")
_STOP = Words("；", "; ")
_COLON = Words("：", ":")
_IS = Words("：", ": ")
_OPENS, _CLOSES = Words("（", " ("), Words("）", ")")


def cell(row: Mapping[str, Any], field: Field, language: Language = "zh") -> str:
    """Return what stands in a row's cell; an event's data are summed up by its kind."""
    value = row.get(field.name)
    if field.kind == "json" and value is not None and row.get("type") in SUMMARIES:
        return summary(language, row["type"], value)
    return readable(value, field, language)


def readable(value: object, field: Field, language: Language = "zh") -> str:
    """Return a value in few words."""
    if value is None:
        return ""
    if field.many:
        said = [_one(each, field, language) for each in cast("Sequence[object]", value)]
        between = _PAUSE if field.shape is None else _STOP
        return between.speak(language).join(said)
    return _one(value, field, language)


def _one(value: object, field: Field, language: Language) -> str:
    if field.shape is not None:
        return _record(cast("Mapping[str, Any]", value), field.shape, language)
    if isinstance(value, bool):
        return (_YES if value else _NO).speak(language)
    if isinstance(value, dict | list):
        return _members(cast("Any", value), language)
    text = str(value)
    if field.said is not None:
        return word(language, field.said, text)
    if field.kind == "instant":
        return instant(text)
    return last_day(text) if field.until else text


def _record(value: Mapping[str, Any], shape: Shape, language: Language) -> str:
    """Return what a record is called, or else all that it says, each under its head."""
    names = {field.name for field in shape.fields}
    if {"code", "name", "edition"} <= names:
        return _occupation(value, shape, language)
    if {"zh", "en"} == names:
        return str(value[language])
    if {"path", "before", "after"} == names:
        return _difference(value, language)
    if {"edition", "valid_from", "last_day"} <= names:
        return _edition(value, language)
    by_name = {field.name: field for field in shape.fields}
    if shape.brief:
        said = [
            readable(value.get(name), by_name[name], language)
            for name in shape.brief
            if name in by_name
        ]
        return " ".join(filter(None, said))
    members = (
        (
            field.head.en if language == "en" else field.head.zh,
            readable(value.get(field.name), field, language),
        )
        for field in shape.fields
    )
    return _PAUSE.speak(language).join(f"{head} {said}" for head, said in members if said)


def _difference(value: Mapping[str, Any], language: Language) -> str:
    """Return a field that differs, with both sides."""
    before, after = (_members(value[side], language) or "–" for side in ("before", "after"))
    return f"{value['path']}{_IS.speak(language)}{before} → {after}"


def _edition(value: Mapping[str, Any], language: Language) -> str:
    """Return an edition with the days for which it was adopted, the last one included."""
    days = f"{value['valid_from']}–{value['last_day'] or ''}"
    return f"{value['edition']}{_OPENS.speak(language)}{days}{_CLOSES.speak(language)}"


def _occupation(value: Mapping[str, Any], shape: Shape, language: Language) -> str:
    """Return an occupation or a scope item: name, 工种, code, and its levels where it has some."""
    name = str(value["name"])
    if value.get("trade"):
        name = f"{name}({value['trade']})"
    name = f"{name} {value['code']}".rstrip()
    levels = next((field for field in shape.fields if field.name == "levels"), None)
    if levels is None or not value.get("levels"):
        return name
    return f"{name}{_COLON.speak(language)}{readable(value['levels'], levels, language)}"


def _members(value: Any, language: Language) -> str:  # noqa: ANN401 - any JSON value
    """Return data without fixed members, each under its name."""
    if isinstance(value, dict):
        members = cast("Mapping[str, Any]", value)
        said = ((name, _members(each, language)) for name, each in members.items())
        return _STOP.speak(language).join(
            f"{name}{_IS.speak(language)}{each}" for name, each in said if each
        )
    if isinstance(value, list):
        return _PAUSE.speak(language).join(
            _members(each, language) for each in cast("Sequence[Any]", value)
        )
    if isinstance(value, bool):
        return (_YES if value else _NO).speak(language)
    return "" if value is None else str(value)
