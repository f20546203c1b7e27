"""Rows as lines of PostgreSQL's COPY text format.

Text and not binary: joining strings costs half of packing bytes in Python, and the server has a
core to spare for reading them. The lines also serve a replay to compare: what the server writes
for a stored row is, byte for byte, what is written here for a folded one.
"""

import re
from collections.abc import Sequence
from typing import Any

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


def line(values: Sequence[Any]) -> str:
    """Return one row: texts, whole numbers, days, or None."""
    joined = "\t".join(
        ["\\N" if v is None else v if v.__class__ is str else str(v) for v in values]
    )
    # A few searches over the whole line instead of some for each value; nearly all are plain.
    plain = (
        joined.count("\\") == values.count(None)
        and joined.count("\t") == len(values) - 1
        and not ("\n" in joined or "\r" in joined or "\b" in joined)
        and not ("\v" in joined or "\f" in joined)
    )
    return f"{joined}\n" if plain else "\t".join([_escaped(v) for v in values]) + "\n"


def _escaped(value: Any) -> str:  # noqa: ANN401 - any value of a column
    if value is None:
        return "\\N"
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], str(value))
