"""Rows on a terminal or in a file: a table, JSON, NDJSON, CSV, Parquet or XLSX."""

import io
import shutil
import sys
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from api.cli.failures import Failure, tell
from api.cli.language import language
from api.export.formats import NAMED
from api.export.whole_file import whole_file
from projections.items.shape import Field

if TYPE_CHECKING:
    from rich.console import Console

    from api.export.files import Origin


NOBODY_WRAPS = 10_000
"""The width beyond a terminal: lines stay whole in a pipe and in a file."""
LEAST_TEXT = 14
"""Columns of a terminal below which words become hard to read."""
GAP = 3


class Format(StrEnum):
    """How rows are written."""

    TABLE = "table"
    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"
    PARQUET = "parquet"
    XLSX = "xlsx"


_FORMS = {form.value: form for form in Format if form is not Format.TABLE}
"""What the end of a file's name says."""
_UNSAID = frozenset({"", "txt"})
"""Ends of a name that say nothing against any form: such a file holds what a terminal would show."""


FormatOption = Annotated[
    Format | None,
    typer.Option(
        "--format",
        help="输出格式，默认由文件扩展名决定，否则为 table / form; by default that of the file's "
        "extension, else table",
    ),
]
OutOption = Annotated[
    Path | None, typer.Option("-o", "--output", help="写入文件 / write to this file")
]


JsonOption = Annotated[
    bool, typer.Option("--json", help="JSON 输出，同 --format json / as JSON, like --format json")
]


def form_of(given: Format | None, out: Path | None, *, json: bool = False) -> Format:
    """Return how to write: as asked, else as the extension of the file says, else as a table.

    Raises:
        Failure: what was asked and the file's extension, or `--json`, say two things; or nothing
            says it, and the extension is none that we know.
    """
    suffix = "" if out is None else out.suffix.lower().removeprefix(".")
    named = _FORMS.get(suffix)
    said = {each for each in (given, named, Format.JSON if json else None) if each is not None}
    if len(said) > 1:
        listed = sorted(said)
        raise Failure(
            f"输出格式互相矛盾：{'、'.join(listed)}；请改 --format 或文件的扩展名",
            f"the forms contradict each other: {', '.join(listed)}; change --format or the file's name",
        )
    if not said and suffix not in _UNSAID:
        known = [f".{each}" for each in (*_FORMS, "txt")]
        raise Failure(
            f"扩展名 .{suffix} 不说明输出格式；请改为 {'、'.join(known)} 之一，或加 --format",
            f"the extension .{suffix} names no form: take one of {', '.join(known)}, or say --format",
        )
    return said.pop() if said else Format.TABLE


def write_few(  # noqa: PLR0913, PLR0917 - what is written, and how
    rows: Sequence[Mapping[str, Any]],
    fields: Sequence[Field],
    name: str,
    form: Format,
    out: Path | None,
    document: object = None,
) -> None:
    """Write rows that are all there and stand on no basis. `document`: what JSON says instead of them."""
    import orjson  # noqa: PLC0415 - start-up time

    from api.export import files  # noqa: PLC0415

    _require_file(form, out)
    if form is Format.TABLE and out is None:
        table(rows, fields)
        return
    with destination(out) as file:
        if form is Format.TABLE:
            drawn = io.StringIO()
            _draw(rows, fields, drawn, NOBODY_WRAPS)
            file.write(drawn.getvalue().encode())
        elif form is Format.JSON:
            said = rows if document is None else document
            file.write(orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE))
        else:
            origin = files.Origin(name, {}, {})
            file.writelines(files.pieces(NAMED[form.value], fields, [rows], origin))


def write(
    batches: Iterable[Sequence[Mapping[str, Any]]],
    fields: Sequence[Field],
    origin: "Origin",
    form: Format,
    out: Path | None,
) -> None:
    """Write the rows in one of the forms, in NDJSON, CSV, Parquet and XLSX without holding them all."""
    _require_file(form, out)
    if form is Format.TABLE and out is None:
        rows = list(chain.from_iterable(batches))
        table(rows, fields)
        _say(rows, origin.basis)
        return
    with destination(out) as file:
        if form is Format.TABLE:
            rows = list(chain.from_iterable(batches))
            drawn = io.StringIO()
            _draw(rows, fields, drawn, NOBODY_WRAPS)
            file.write(drawn.getvalue().encode())
            _say(rows, origin.basis)
        else:
            file.writelines(_pieces(batches, fields, origin, form))


@contextmanager
def destination(out: Path | None) -> Generator[IO[bytes]]:
    """Yield where bytes go: a file that has its name once it is whole, else standard output.

    Raises:
        Failure: the folder of the file is not there.
    """
    if out is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if not out.parent.is_dir():
        raise no_folder(out)
    with whole_file(out) as file:
        yield file


def no_folder(path: Path) -> Failure:
    """Return what to say of a file whose folder is not there."""
    return Failure(
        f"没有文件夹 {path.parent}；请先建立，或换一个位置",
        f"there is no folder {path.parent}: make it, or write elsewhere",
    )


def _require_file(form: Format, out: Path | None) -> None:
    if out is not None:
        return
    if form is Format.XLSX:
        raise Failure("XLSX 须用 -o 写入文件", "XLSX goes into a file: use -o")
    if form is Format.PARQUET and sys.stdout.isatty():
        raise Failure("Parquet 须用 -o 写入文件", "Parquet goes into a file: use -o")


def _pieces(
    batches: Iterable[Sequence[Mapping[str, Any]]],
    fields: Sequence[Field],
    origin: "Origin",
    form: Format,
) -> Iterator[bytes]:
    import orjson  # noqa: PLC0415 - start-up time

    from api.export import files  # noqa: PLC0415

    if form is Format.JSON:
        rows = list(chain.from_iterable(batches))
        whole = {"basis": origin.basis, "items": rows, "next": None}
        return iter([orjson.dumps(whole, option=orjson.OPT_APPEND_NEWLINE)])
    return files.pieces(NAMED[form.value], fields, batches, origin)


def _say(rows: Sequence[object], basis: Mapping[str, Any]) -> None:
    """Say on stderr what the rows stand on, so that a pipe holds rows alone."""
    tell(
        f"{len(rows)} 条；业务日期 {basis['valid_at']}，入账位置 {basis['position']}，"
        f"规则 {basis['rules'] or '无'}",
        f"{len(rows)} rows; day {basis['valid_at']}, position {basis['position']}, "
        f"rules {basis['rules'] or 'none'}",
    )


def table(rows: Sequence[Mapping[str, Any]], fields: Sequence[Field]) -> None:
    """Write the rows to standard output as a table for people."""
    if sys.stdout.isatty():
        _draw(rows, fields, sys.stdout, shutil.get_terminal_size().columns)
    else:
        _draw(rows, fields, sys.stdout, NOBODY_WRAPS)


def _draw(
    rows: Sequence[Mapping[str, Any]], fields: Sequence[Field], file: IO[str], width: int
) -> None:
    """Write the rows as a table, or row by row where a key or a number would not fit in it."""
    from rich.cells import cell_len  # noqa: PLC0415 - start-up time
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    console = Console(file=file, width=width, markup=False, highlight=False, soft_wrap=False)
    heads = [_head(field) for field in fields]
    cells = [[_cell(row, field) for field in fields] for row in rows]
    whole = [_is_whole(row[place] for row in cells) for place in range(len(fields))]
    widest = [max(map(cell_len, column)) for column in zip(heads, *cells, strict=True)]
    needed = [
        wide if unbroken else min(wide, LEAST_TEXT)
        for wide, unbroken in zip(widest, whole, strict=True)
    ]
    if sum(needed) + GAP * len(needed) > width:
        _draw_one_by_one(heads, cells, console)
        return
    drawn = Table(show_edge=False, pad_edge=False, header_style="bold")
    for title, field, wide, unbroken in zip(heads, fields, needed, whole, strict=True):
        drawn.add_column(
            title,
            justify="right" if field.kind in {"integer", "number"} else "left",
            min_width=wide,
            no_wrap=unbroken,
            overflow="fold",
        )
    for row in cells:
        drawn.add_row(*row)
    console.print(drawn)


def _is_whole(cells: Iterable[str]) -> bool:
    """Return whether the column holds keys, codes, days or numbers: what cut in two is another."""
    return all(text.isascii() and " " not in text for text in cells)


def _draw_one_by_one(
    heads: Sequence[str], rows: Sequence[Sequence[str]], console: "Console"
) -> None:
    """Write each row as lines of head and cell; a key stays on one line, however narrow it is."""
    from rich.cells import cell_len, set_cell_size  # noqa: PLC0415 - start-up time
    from rich.text import Text  # noqa: PLC0415

    margin = max(map(cell_len, heads), default=0) + GAP
    for row in rows:
        for title, cell in zip(heads, row, strict=True):
            room = max(console.width - margin, LEAST_TEXT)
            lines = Text(cell).wrap(console, room, overflow="fold")
            said = [cell] if _is_whole([cell]) else [line.plain.rstrip() for line in lines]
            for number, line in enumerate(said or [""]):
                label = Text(set_cell_size("" if number else title, margin), style="bold")
                console.print(label.append(line, style="not bold"), soft_wrap=True)
        console.print()


def _head(field: Field) -> str:
    return field.head.en if language() == "en" else field.head.zh


def _cell(row: Mapping[str, Any], field: Field) -> str:
    from api.export.readable import cell  # noqa: PLC0415 - start-up time

    return _printable(cell(row, field, language()))


def _printable(text: str) -> str:
    """Return text without what would steer a terminal."""
    return "".join(character if character.isprintable() else "�" for character in text)
