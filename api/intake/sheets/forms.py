"""The sheets that offices send: the published roster and the eleven-column certificate upload.

Each row becomes what an NDJSON line would be, so that the same gate and the same deciders take it.
What a sheet leaves out (application, session, USCC) is looked up in the ledger; where that is not
certain the row is refused with its reason, never guessed.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from api.intake.sheets import roster_form, upload_form
from api.intake.sheets.cells import Row
from api.intake.sheets.directory import Directory
from api.intake.sheets.file import Book
from api.intake.sheets.heads import Form, Table, nearest, shortened, table_in
from api.intake.sheets.roster_form import ROSTER, roster
from api.intake.sheets.upload_form import UPLOAD, upload
from ledger.gate.faults import Invalid, malformed

Interpret = Callable[[Table, Directory, Mapping[str, str], list[str]], Iterator[Row]]

FORMS: tuple[Form, ...] = (roster_form.FORM, upload_form.FORM)
INTERPRETERS: Mapping[str, Interpret] = MappingProxyType(
    {roster_form.FORM.name: roster, upload_form.FORM.name: upload}
)


class Recognised(NamedTuple):
    """The tables of a file, and what is to be said about its other sheets."""

    tables: tuple[Table, ...]
    notes: tuple[str, ...]


def recognise(book: Book) -> Recognised:
    """Return the tables of all visible sheets with a known head.

    Raises:
        Invalid: none of the sheets has one.
    """
    tables: list[Table] = []
    notes = list(book.notes)
    for sheet in book.sheets:
        table = table_in(sheet, FORMS)
        if table is None:
            notes.append(
                f"工作表“{sheet.name}”没有已知的表头，未读取 / sheet {sheet.name} has no known head, not read"
            )
            continue
        tables.append(table)
        notes += table.notes()
    if not tables:
        raise _unknown(book)
    if all(table.faults() for table in tables):
        raise Invalid([fault for table in tables for fault in table.faults()], "malformed")
    return Recognised(tuple(tables), tuple(notes))


def rows_of(
    table: Table, directory: Directory, actor: Mapping[str, str], notes: list[str]
) -> Iterator[Row]:
    """Yield the rows of a table as commands, or the one that says what is wrong with its heads."""
    faults = table.faults()
    if faults:
        yield Row(table.head, None, faults, {}, table.sheet.name)
        return
    yield from INTERPRETERS[table.form.name](table, directory, actor, notes)


def _unknown(book: Book) -> Invalid:
    hidden = "".join(f"；{note.partition(' / ')[0]}" for note in book.notes)
    near = max(
        (table for sheet in book.sheets if (table := nearest(sheet, FORMS)) is not None),
        key=lambda table: len(table.columns),
        default=None,
    )
    if near is not None:
        where = f"工作表“{near.sheet.name}”" if near.sheet.name else ""
        known, others = "、".join(near.columns), "、".join(map(shortened, near.unknown))
        hidden += f"；{where}第 {near.head} 行像是表头，认得的列：{known}" + (
            f"，不认识的列：{others}" if others else ""
        )
    return malformed(
        "找不到表头。名单的列为："
        + "、".join(ROSTER)
        + "；证书上传的列为："
        + "、".join(UPLOAD)
        + hidden,
        "no known header. A roster has the columns "
        + ", ".join(ROSTER)
        + "; an upload "
        + ", ".join(UPLOAD),
    )
