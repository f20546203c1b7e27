"""JSON from outside, read strictly: what two readers could take for different things is refused.

Duplicate keys, numbers that a reader would round, NaN, lone surrogates, a byte order mark
inside a file and deep nesting are all refused. The text rules of `ledger.gate.text` are
applied on the way.
"""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import orjson

from ledger.canonical import EXACT
from ledger.gate.faults import Fault, Invalid, malformed, path_text
from ledger.gate.text import admitted, as_list, as_object, is_plain

MAX_DEPTH = 64
MAX_NUMBER = 40
"""Characters of one number."""

_BLANKS = b" \t\r\n"


def read(raw: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """Return the value of a JSON text, its strings in normal form C.

    Raises:
        Invalid: with every fault found in the text.
    """
    value, faults = examine(raw)
    if faults:
        raise Invalid(faults)
    return value


def read_object(raw: bytes) -> tuple[dict[str, Any], list[Fault]]:
    """Return a JSON object and what is wrong with its strings, which come back without it."""
    value, faults = examine(raw)
    members = as_object(value)
    if members is None:
        raise malformed("应为一个 JSON 对象 {…}", "a JSON object {…} is expected")
    return members, faults


def examine(raw: bytes) -> tuple[Any, list[Fault]]:
    """Return the value with its strings cleaned, and what had to be cleaned."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise _unreadable(raw, error) from None
    # What comes back byte for byte, blanks aside, lost nothing: no key stood twice, no number
    # was rounded, nothing was escaped. Nearly every line passes here.
    if raw.count(b"{") + raw.count(b"[") > MAX_DEPTH:
        _check_depth(value)
    again = orjson.dumps(value)
    same = again == raw or again.translate(None, _BLANKS) == raw.translate(None, _BLANKS)
    if same and b"\\" not in raw and is_plain(raw):
        return value, []
    if not same:
        value = _exactly(raw)
    return admitted(value)


def _unreadable(raw: bytes, error: orjson.JSONDecodeError) -> Invalid:
    if not raw.strip():
        return malformed("内容为空", "there is nothing in it")
    return malformed(
        f"不是有效的 JSON：第 {error.pos + 1} 个字符处无法读取",
        f"not valid JSON: unreadable at character {error.pos + 1}",
    )


def _check_depth(value: Any) -> None:  # noqa: ANN401 - any JSON value
    layer: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        layer = [inner for each in layer for inner in _inside(each)]
        if not layer:
            return
    raise malformed(f"嵌套超过 {MAX_DEPTH} 层", f"nested more than {MAX_DEPTH} levels deep")


def _inside(value: object) -> Iterable[Any]:
    members = as_object(value)
    return members.values() if members is not None else as_list(value) or ()


def _exactly(raw: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """Read again with the slow parser, which shows every key and every number as written."""
    return json.loads(
        raw.decode(),
        object_pairs_hook=_members,
        parse_int=_whole,
        parse_float=_fraction,
    )


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    keys: set[str] = set()
    for key, _ in pairs:
        if key in keys:
            raise malformed(
                "同一对象中键重复，无法判断以哪个值为准",
                "the same key twice in one object: which value holds cannot be told",
                path_text([key]),
            )
        keys.add(key)
    return members


def _whole(text: str) -> int:
    if len(text) > MAX_NUMBER or not -EXACT < (number := int(text)) < EXACT:
        raise malformed(
            "整数过大（绝对值须小于 2 的 53 次方）；编号请用文本",
            "a whole number of 2^53 or more; write identifiers as text",
        )
    return number


def _fraction(text: str) -> float | Decimal:
    if len(text) > MAX_NUMBER:
        raise malformed("数字过长", "a number is too long")
    exact = Decimal(text)
    nearest = float(text)
    return nearest if Decimal(repr(nearest)) == exact else exact


def value_text(value: object) -> str:
    """Return a JSON value as one text: sorted, without blanks, numbers as they were written."""
    return canonical(value).decode()


def canonical(value: object) -> bytes:
    """Return the one JSON text of a value: keys sorted, no blanks."""
    return orjson.dumps(value, default=_plain_number, option=orjson.OPT_SORT_KEYS)


def _plain_number(value: object) -> object:
    if isinstance(value, Decimal):
        return orjson.Fragment(f"{value:f}")
    raise TypeError(f"{type(value).__name__} is no JSON value")
