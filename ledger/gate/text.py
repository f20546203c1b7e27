"""The gate for text: what a text may hold, whichever way it came in (ids of Unicode categories in brackets).

Kept as received, in normal form C. Refused: control characters [Cc], what cannot be seen and what
turns the direction of writing [Cf and fillers], lone surrogates [Cs], private use [Co], line and
paragraph separators [Zl, Zp], non-characters. Line breaks stand only in prose. Rare characters are
welcome, also those younger than this Python.

A resident identity number stands nowhere but in a holder's `id_no`, which goes to the vault: the
ledger cannot forget it.
"""

import re
import unicodedata
from typing import Any, cast

from domain.terms.identifiers import is_identity_number, is_uscc
from ledger.canonical import is_everyday
from ledger.gate.faults import Fault, Invalid, path_text

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

_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_UNSEEN = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0")
"""Fillers: letters, marks and symbols by category, and blank on every screen."""
_TABLE = str.maketrans("", "", "".join(_UNSEEN))
CLEAR_NUMBER = ("holder", "id_no")
"""The end of the one path under which an identity number may stand."""
NUMBER_HERE = (
    "含有居民身份证号码；除证书持有人的证件号码外，任何地方都不得填写",
    "holds a resident identity number, which may stand nowhere but as the holder's own",
)

_GROUPED = r"(?<![0-9])[0-9]{6}[ -]?[0-9]{8}[ -]?[0-9]{3}[0-9Xx](?![0-9])"
_CANDIDATE = re.compile(_GROUPED)
_WIDE_DIGIT = re.compile(b"\xef\xbc[\x90-\x99]")
_DIGEST = re.compile(r"[0-9A-Fa-f]{32,}")
_PROVINCES = frozenset(
    f"{code}"
    for region in (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55))
    for code in region
) | {"61", "62", "63", "64", "65", "71", "81", "82", "83", "91", "92", "93", "94", "95", "96"}
_CENTURIES = ("18", "19", "20")
_DIGITS = 18
_SHAPE = bytes.maketrans(b"123456789x-", b"000000000X ")
"""Every digit as 0, x as X, a hyphen between the groups of a number as a blank."""
_RUN = re.compile(b"0" * (_DIGITS - 1) + b"0*X?")
_SPACED = (b"000000 00000000 000", b"000000 00000000000", b"00000000000000 000")
_AS_NUMBER = (b'"id_no":"', b'"id_no": "')


def holds_identity_number(text: str) -> bool:
    """Return whether a resident identity number stands anywhere in `text`, however it is spaced.

    A run of digits inside a longer number is none, nor is what lies in a digest or is a USCC.
    """
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return any(_is_number(plain, candidate) for candidate in _CANDIDATE.finditer(plain))


def _is_number(text: str, candidate: re.Match[str]) -> bool:
    number = candidate[0].replace(" ", "").replace("-", "").upper()
    return (
        number[:2] in _PROVINCES
        and number[6:8] in _CENTURIES
        and is_identity_number(number)
        # One identity number in thirty-one ends like a code of an enterprise; its division tells them apart.
        and not (is_uscc(number) and number[2:4] in _PROVINCES)
        and not any(
            digest.start() <= candidate.start() < digest.end() for digest in _DIGEST.finditer(text)
        )
    )


def _may_hold_number(raw: bytes) -> bool:
    """Return whether a JSON text may hold an identity number at a place where none may stand.

    Nearly every line is asked, so digits are looked for as zeros: a tenth of the time of a pattern.
    """
    if b"\xef\xbc" in raw and _WIDE_DIGIT.search(raw):
        return True
    shape = raw.translate(_SHAPE)
    if any(spaced in shape for spaced in _SPACED):
        return True
    return any(
        _DIGITS <= run.end() - run.start() <= _DIGITS + 1
        and not raw.endswith(_AS_NUMBER, 0, run.start())
        and is_identity_number(raw[run.start() :][:_DIGITS].decode().upper())
        for run in _RUN.finditer(shape)
    )


def is_plain(raw: bytes) -> bool:
    """Return whether no string of the JSON text `raw`, which holds no escapes, needs a look."""
    if _may_hold_number(raw):
        return False
    if is_everyday(raw):
        return True
    text = raw.translate(None, b"\t\r\n").decode()
    return (
        text.isprintable()
        and text.translate(_TABLE) == text
        and unicodedata.is_normalized("NFC", text)
        and not holds_identity_number(text)
    )


def admitted(value: Any) -> tuple[Any, list[Fault]]:  # noqa: ANN401 - any JSON value
    """Return a JSON value as it may come in, its strings in normal form, and what must not come in.

    Every way in calls this: import lines, rows of sheets, bodies and keys over HTTP, forms.
    """
    faults: list[Fault] = []
    return _scrub(value, (), faults), faults


def require_plain(text: str, field: str) -> str:
    """Return one text that comes in beside a body (a file's name, a key), in normal form.

    Raises:
        Invalid: it must not come in.
    """
    value, faults = admitted(text)
    if faults:
        raise Invalid([fault._replace(field=field) for fault in faults])
    return str(value)


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
    if path[-2:] != CLEAR_NUMBER and holds_identity_number(text):
        faults.append(Fault(_named(path), *NUMBER_HERE))
    if text.isprintable() and text.translate(_TABLE) == text:
        return text
    if path and path[-1] in PROSE:
        text = text.replace("\r\n", "\n")
        allowed = "\n\t"
    else:
        allowed = ""
    refused = sorted({c for c in text if c not in allowed and _is_refused(c)})
    if not refused:
        return text
    names = [f"U+{ord(c):04X}" for c in refused[:5]]
    faults.append(
        Fault(
            _named(path),
            f"含有不允许的字符 {'、'.join(names)}（控制字符、不可见字符、书写方向控制符或私用区字符）",
            f"holds characters that are not allowed: {', '.join(names)}"
            " (control, invisible, bidi control or private use)",
        )
    )
    return "".join(c for c in text if c not in refused)


def _named(path: tuple[str | int, ...]) -> str:
    """Return a path as faults name it: of a command's data as the domain does, without `data.`."""
    return path_text(path[1:] if path[:1] == ("data",) and len(path) > 1 else path)


def _is_refused(character: str) -> bool:
    if character in _UNSEEN or unicodedata.category(character) in _REFUSED:
        return True
    code = ord(character)
    return (code & 0xFFFE) == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
