"""One form for each value that could be written in several: decimals, instants, whole numbers.

Walks are made once for each event class from its type hints; classes without such values
have none, and cost nothing.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType, NoneType, UnionType
from typing import Any, TypeAlias, Union, get_args, get_origin, get_type_hints

from ledger.log.entry import Malformed

Plain: TypeAlias = Callable[[Any], Any]

EXACT = 2**53
"""Below this every JSON reader gets a whole number right."""


_ASCII = bytes(range(0x20, 0x7F)) + b"\t\r\n"
# Blocks whose characters are all assigned, printable and unchanged by normalisation, also next to
# any other: CJK ideographs, common CJK punctuation, full-width forms of ASCII.
_EVERYDAY = re.compile("[\u4e00-\u9fef\u3400-\u4db5\u3001-\u3011\uff01-\uff5e]*")


def is_everyday(text: bytes) -> bool:
    """Return whether a JSON text in UTF-8 holds only characters that are surely in normal form C.

    Most texts do, and finding that out takes a third of the time of a full look.
    """
    beyond = text.translate(None, _ASCII)
    return not beyond or _EVERYDAY.fullmatch(beyond.decode()) is not None


def plain_form(hint: Any) -> Plain | None:  # noqa: ANN401 - any type hint
    """Return what brings a value of type `hint` into its one form; None where there is only one.

    It is not asked about None, whose form is to be absent.
    """
    if hint in _ONE_FORM:
        return _ONE_FORM[hint]
    if is_dataclass(hint):
        return _of_fields(hint)
    arguments = get_args(hint)
    if get_origin(hint) is tuple:
        inner = plain_form(arguments[0])
        return None if inner is None else _of_items(inner)
    if get_origin(hint) in {Union, UnionType}:
        forms = [form for a in arguments if a is not NoneType and (form := plain_form(a))]
        return forms[0] if forms else None
    return None


def plain_decimal(value: Decimal) -> Decimal:
    """Return `value` without trailing zeros, without exponent and without a negative zero.

    Raises:
        Malformed: not a number, or so near zero (below 0.000001) that Python writes an exponent.
    """
    if str(value).isdigit():
        return value
    if not value.is_finite():
        raise Malformed(f"{value} is not a number")
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").removesuffix(".")
    if text == "-0":
        text = "0"
    plain = Decimal(text)
    if str(plain) != text:
        raise Malformed(f"{text} is finer than any quantity recorded here")
    return value if str(value) == text else plain


def _utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise Malformed(f"{value} has no time zone")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def _exact(value: int) -> int:
    if not -EXACT < value < EXACT:
        raise Malformed(f"{value} is too large for other readers of the ledger")
    return value


def _of_items(inner: Plain) -> Plain:
    return lambda values: tuple(map(inner, values))


def _of_fields(cls: Any) -> Plain | None:  # noqa: ANN401 - a dataclass
    hints = get_type_hints(cls)
    forms = [(f.name, plain_form(hints[f.name])) for f in fields(cls)]
    walks = [(name, walk) for name, walk in forms if walk is not None]
    if not walks:
        return None

    def plain(value: Any) -> Any:  # noqa: ANN401 - an instance of cls
        changed = {}
        for name, walk in walks:
            old = getattr(value, name)
            if old is None:
                continue
            new = walk(old)
            # 80.0 equals 80 but is written otherwise; what is plain comes back as it is.
            if new is not old:
                changed[name] = new
        return replace(value, **changed) if changed else value

    return plain


_ONE_FORM: Mapping[Any, Plain] = MappingProxyType(
    {Decimal: plain_decimal, datetime: _utc, int: _exact}
)
