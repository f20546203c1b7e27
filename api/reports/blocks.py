"""What a report is made of: headings, texts, tables, a picture. `report.typ` knows how each looks.

Texts reach the typesetter as data and are never part of its program.
"""

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias
from unicodedata import east_asian_width

Block: TypeAlias = dict[str, Any]
Cell: TypeAlias = str | Sequence[str]
"""One paragraph, or several; the first is the head of the cell."""

LINE = 92
"""Half-width characters of a table's type across the page."""
TALLEST_ROW = 24
"""Lines; a higher row may be parted at the end of a page."""
TALLEST_WHOLE = 14
"""Lines; a higher table may be parted between its rows."""


def short(text: str, width: int) -> str:
    """Return `text` cut to `width` half-width characters; an ideograph takes two."""
    if _width(text) <= width:
        return text
    kept = text
    while kept and _width(kept) > width - 2:
        kept = kept[:-1]
    return f"{kept}…"


def _width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def head(text: str) -> Block:
    """Return the heading of a section."""
    return {"kind": "head", "text": text}


def new_page() -> Block:
    """Return the end of a page."""
    return {"kind": "page"}


def text(words: str, *, strong: bool = False) -> Block:
    """Return a paragraph."""
    return {"kind": "text", "text": words, "strong": strong}


def note(words: str) -> Block:
    """Return a remark in small print."""
    return {"kind": "note", "text": words}


def pairs(*rows: tuple[str, str]) -> Block:
    """Return names and values, one pair a line."""
    return {"kind": "pairs", "rows": [[name, value] for name, value in rows]}


class Col:
    """A column of a table: its head, its share of the width, how it is set."""

    def __init__(
        self,
        title: str,
        width: float,
        align: Literal["left", "right"] = "left",
        *,
        mono: bool = False,
    ) -> None:
        self.width = width
        self.shown = {"head": title, "width": width, "align": align, "mono": mono}


def table(columns: Sequence[Col], rows: Sequence[Sequence[Cell]], name: str) -> Block:
    """Return a table whose head is repeated on every page; `name` says what it is, for readers aloud."""
    cells = [[_cell(cell) for cell in row] for row in rows]
    heights = [_height(columns, row) for row in cells]
    return {
        "kind": "table",
        "columns": [column.shown for column in columns],
        "rows": cells,
        "tall": [height > TALLEST_ROW for height in heights],
        "whole": sum(heights) <= TALLEST_WHOLE,
        "name": name,
    }


def _height(columns: Sequence[Col], row: Sequence[Sequence[str]]) -> int:
    """Return about how many lines the row takes."""
    share = LINE / sum(column.width for column in columns)
    return max(
        sum(-(-_width(line) // max(int(share * column.width), 1)) for line in cell)
        for column, cell in zip(columns, row, strict=True)
    )


def _cell(cell: Cell) -> list[str]:
    lines = [cell] if isinstance(cell, str) else list(cell)
    return [line for line in lines if line]
