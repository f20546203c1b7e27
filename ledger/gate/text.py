"""Which characters a text may hold (ids of the Unicode categories in brackets).

Stored as received, in normal form C. Refused: control characters [Cc], lone surrogates [Cs],
private use [Co], line and paragraph separators [Zl, Zp], non-characters, and the controls
that turn the direction of writing. Line breaks stand only in prose. Rare characters are welcome,
also those younger than this Python.
"""

import unicodedata
from typing import Any, cast

from ledger.canonical import is_everyday
from ledger.gate.faults import Fault, path_text

PROSE = frozenset(
    {
        "basis",
        "comment",
        "note",
        "outcome",
        "own_method",
        "reason",
        "requirement",
        "statement",
        "text",
        "unit_statement",
    }
)
"""Fields that hold paragraphs."""

_REFUSED = frozenset({"Cc", "Cs", "Co", "Zl", "Zp"})
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def is_plain(raw: bytes) -> bool:
    """Return whether no string of the JSON text `raw`, which holds no escapes, needs a look."""
    if is_everyday(raw):
        return True
    text = raw.translate(None, b"\t\r\n").decode()
    return text.isprintable() and unicodedata.is_normalized("NFC", text)


def scrubbed(value: Any) -> tuple[Any, list[Fault]]:  # noqa: ANN401 - any JSON value
    """Return a JSON value with its strings in normal form, and a fault for each refused character."""
    faults: list[Fault] = []
    return _scrub(value, (), faults), faults


def as_object(value: object) -> dict[str, Any] | None:
    """Return a parsed JSON value if it is an object."""
    return cast("dict[str, Any]", value) if type(value) is dict else None


def as_list(value: object) -> list[Any] | None:
    """Return a parsed JSON value if it is a list."""
    return cast("list[object]", value) if type(value) is list else None


def _scrub(value: Any, path: tuple[str | int, ...], faults: list[Fault]) -> Any:  # noqa: ANN401
    if type(value) is str:
        return _cleaned(value, path, faults)
    if (members := as_object(value)) is not None:
        return {
            _cleaned(key, (*path, key), faults): _scrub(inner, (*path, key), faults)
            for key, inner in members.items()
        }
    if (items := as_list(value)) is not None:
        return [_scrub(inner, (*path, index), faults) for index, inner in enumerate(items)]
    return value


def _cleaned(text: str, path: tuple[str | int, ...], faults: list[Fault]) -> str:
    text = unicodedata.normalize("NFC", text)
    if text.isprintable():
        return text
    if path and path[-1] in PROSE:
        text = text.replace("\r\n", "\n")
        allowed = "\n\t"
    else:
        allowed = ""
    refused = sorted({c for c in text if c not in allowed and _is_refused(c)})
    if not refused:
        return text
    names = ", ".join(f"U+{ord(c):04X}" for c in refused[:5])
    faults.append(
        Fault(
            # Faults of a command's data are named as the domain names them: without `data.`
            path_text(path[1:] if path[:1] == ("data",) and len(path) > 1 else path),
            f"含有不允许的字符 {names}(控制字符、书写方向控制符或私用区字符)",
            f"holds characters that are not allowed: {names} (control, bidi control or private use)",
        )
    )
    return "".join(c for c in text if c not in refused)


def _is_refused(character: str) -> bool:
    if character in _TURNING or unicodedata.category(character) in _REFUSED:
        return True
    code = ord(character)
    return (code & 0xFFFE) == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
