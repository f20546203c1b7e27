"""Rows as lines of PostgreSQL's COPY text format.

Text and not binary: joining strings costs a third of packing bytes in Python, and the server has a
core to spare for reading them. The lines also serve a replay to compare: what the server writes
for a stored row is, byte for byte, what is written here for a folded one.
"""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

NULL = "\x02"
"""Stands for no value, in place of COPY's own `\\N`: so a plain line has no backslash at all."""
OPTIONS = "(NULL E'\\x02')"

_SPECIAL = re.compile(r"[\\\x08-\x0d]")
_ESCAPES = {
    "\\": r"\\",
    "\b": r"\b",
    "\t": r"\t",
    "\n": r"\n",
    "\v": r"\v",
    "\f": r"\f",
    "\r": r"\r",
}
_RARE = (b"\\", b"\r", b"\b", b"\v", b"\f")


def lines(rows: Sequence[Sequence[str]]) -> bytes:
    """Return rows of texts as lines; all rows have as many values."""
    joined = "".join(["\t".join(row) + "\n" for row in rows]).encode()
    # A few searches over all lines instead of some for each value; nearly all are plain.
    plain = (
        joined.count(b"\n") == len(rows)
        and joined.count(b"\t") == sum(map(len, rows)) - len(rows)
        and not any(special in joined for special in _RARE)
    )
    return joined if plain else "".join(map(_escaped, rows)).encode()


def _escaped(row: Sequence[str]) -> str:
    return "\t".join([_SPECIAL.sub(lambda match: _ESCAPES[match[0]], v) for v in row]) + "\n"


@lru_cache(maxsize=16_384)
def day_text(day: date) -> str:
    """Return a day as a column has it; millions of rows name some thousands."""
    return str(day)


def text(value: object) -> str:
    """Return a value of a column as text: a text, a whole number, a day, or none."""
    return NULL if value is None else str(value)
