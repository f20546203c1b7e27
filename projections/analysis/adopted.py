"""What was adopted as catalogues, and their occupations, as rows: for files, and for who asks in SQL.

Their content is in files of the store, which SQL does not read: the follower keeps the rows beside its tables.
"""

from collections.abc import Iterator
from datetime import date
from itertools import chain
from typing import Any, TypeAlias, cast

from psycopg import Connection, sql

from domain.terms.contents import SKILLS_CLASSES, Dictionary, NewOccupations
from domain.terms.reference import Edition, Reference
from domain.terms.vocabulary import CatalogueKind, Level

Row: TypeAlias = dict[str, Any]


def catalogues(reference: Reference) -> Iterator[Row]:
    """Yield the catalogues that were adopted."""
    for adopted in reference.adopted:
        yield {
            "kind": adopted.kind,
            "edition": adopted.edition,
            "sha256": adopted.sha256,
            **_days(adopted),
        }


def occupations(reference: Reference) -> Iterator[Row]:
    """Yield the occupations of all dictionaries and batches that were adopted."""
    for edition in reference.adopted:
        yield from _occupations(reference, edition)


def _days(edition: Edition) -> Row:
    start, end = edition.days.start, edition.days.end
    return {
        "valid_from": None if start == date.min else start.isoformat(),
        "valid_to": None if end is None else end.isoformat(),
        "known_from": edition.position,
    }


def _occupations(reference: Reference, edition: Edition) -> Iterator[Row]:
    content = reference.content(edition)
    about = {"edition": edition.edition, "kind": edition.kind, **_days(edition)}
    match content:
        case Dictionary():
            for code, name in content.names.items():
                levels = content.levels.get(code)
                yield {
                    **about,
                    "code": code,
                    "name": name,
                    "skills": code[:1] in SKILLS_CLASSES,
                    "levels": None if levels is None else sorted(levels, key=_rank),
                }
        case NewOccupations():
            for new in content.by_name.values():
                row = {"code": new.code, "name": new.name, "skills": new.skills, "levels": None}
                yield {**about, **row}
        case _:
            return


def _rank(level: Level) -> int:
    return level.rank


THERE = "SELECT to_regclass('analysis.occupation') IS NOT NULL"


def keep(writer: Connection[Any], reference: Reference) -> None:
    """Let the tables of the schema `analysis` say what was adopted; where there is none, nothing is done.

    They are written whole: what comes with the installation is another one after an upgrade.
    """
    row: Any = writer.execute(THERE).fetchone()
    if not row[0]:
        return
    with writer.transaction():
        _fill(writer, "adopted", catalogues(reference))
        _fill(writer, "occupation", occupations(reference))


EMPTY = "DELETE FROM {}"
FILL = "COPY {} ({}) FROM STDIN"


def _fill(writer: Connection[Any], name: str, rows: Iterator[Row]) -> None:
    table = sql.Identifier("analysis", name)
    writer.execute(sql.SQL(EMPTY).format(table))
    first = next(rows, None)
    if first is None:
        return
    columns = tuple(first)
    fill = sql.SQL(FILL).format(table, sql.SQL(", ").join(map(sql.Identifier, columns)))
    with writer.cursor() as cursor, cursor.copy(fill) as copy:
        for row in chain((first,), rows):
            copy.write_row([_plain(row[column]) for column in columns])


def _plain(value: Any) -> object:  # noqa: ANN401 - of any column
    """Return a value without the names of its members, which the driver would write."""
    if isinstance(value, list):
        return [str(level) for level in cast("list[Level]", value)]
    return str(value) if isinstance(value, CatalogueKind) else value
