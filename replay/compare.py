"""What differs between two bases, line by line, with the entries that explain each line."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Literal, LiteralString, NamedTuple, TypeAlias

from psycopg import Connection, sql

from domain.checks import DERIVED
from domain.terms.identifiers import flag_parts
from domain.terms.reference import Occupation
from ledger.log.log import Log
from projections.views.asking import asked
from projections.views.basis import HOLDS, BadCursor, Basis, Page, holds
from projections.views.roster import by_occupation
from projections.views.row import item
from replay.causes import ChangedRecord, causes

Of: TypeAlias = Literal["roster", "scope", "flags", "standings"]
Clock: TypeAlias = Literal["day", "knowledge", "both"]
Item: TypeAlias = dict[str, Any]


class Line(NamedTuple):
    """One difference, before its causes are looked up."""

    key: str
    before: Item | None
    after: Item | None
    change: ChangedRecord
    record: str
    """Key of the record in its view, which may have several lines."""


def diff(  # noqa: PLR0913 - two bases, and where to look
    conn: Connection[Any],
    log: Log,
    kind: Of,
    before: Basis,
    after: Basis,
    *,
    where: "Where | None" = None,
    cursor: str | None = None,
    limit: int = 100,
) -> Page:
    """Return lines `{change, key, uscc, clock, before, after, because}` in order of key.

    `clock` is which of the two clocks, moved alone, makes the difference; `change` is `added`,
    `removed` or `changed`; `because` lists `{position, type, actor, reason, document_no,
    recorded_at, valid_from}` of the entries that explain the line. Both positions must have been
    reached by the live tables. A page looks at `limit` records; of scopes (`kind`) there is a line for each
    occupation of an enterprise, and a record that differs in nothing shown has none.
    """
    lines, more = _lines(conn, kind, before, after, where or Where(), cursor, limit)
    explained = causes(log, [line.change for line in lines], before, after)
    clocks = _clocks(conn, kind, lines, before, after)
    return Page([*map(_shown, lines, clocks, explained)], more)


def changed(
    conn: Connection[Any], before: Basis, after: Basis, cursor: str | None, limit: int
) -> Page:
    """Return lines `{change, key, uscc, before, after}` in which two rosters differ, unexplained.

    Who recorded what and why is not for everybody; what the roster says is.
    """
    lines, more = _lines(conn, "roster", before, after, Where(), cursor, limit)
    return Page([_difference(line) for line in lines], more)


class Where(NamedTuple):
    """The enterprise or the district to which a comparison is narrowed."""

    uscc: str | None = None
    district: str | None = None
    without: Collection[int] = ()
    """Positions of judged records whose flags are left out."""


class Counts(NamedTuple):
    """How many lines a comparison has; `whole` is False where it has more than were counted."""

    added: int
    removed: int
    changed: int
    whole: bool


MOST_COUNTED = 1_000
# What came or went as a whole is told by a column: no document of it is read.
SIDES = sql.SQL("""
coalesce(old.shown, false), coalesce(new.shown, false),
       CASE WHEN old.shown AND new.shown THEN old.doc END,
       CASE WHEN old.shown AND new.shown THEN new.doc END
""")


def count(
    conn: Connection[Any],
    kind: Literal["roster", "flags"],
    before: Basis,
    after: Basis,
    where: Where,
) -> Counts:
    """Return how many lines `diff` would show, of the first `MOST_COUNTED` records."""
    rows = _rows(conn, kind, SIDES, before, after, where, None, MOST_COUNTED + 1)
    added = removed = changed = 0
    for was, is_now, old, new in rows[:MOST_COUNTED]:
        if was and is_now:
            changed += _visible(item(old)) != _visible(item(new))
        else:
            added += is_now
            removed += was
    return Counts(added, removed, changed, whole=len(rows) <= MOST_COUNTED)


def _lines(  # noqa: PLR0913, PLR0917 - two bases, and where to look
    conn: Connection[Any],
    kind: Of,
    before: Basis,
    after: Basis,
    where: Where,
    cursor: str | None,
    limit: int,
) -> tuple[list[Line], str | None]:
    """Return the lines of a page, and the cursor of the page behind it."""
    _, documents, lines_of = _OF[kind]
    columns = sql.SQL(documents)
    rows = _rows(conn, kind, columns, before, after, where, cursor, limit + 1)
    more = rows[limit - 1][0] if len(rows) > limit else None
    lines = [
        line
        for key, subject, old, new in rows[:limit]
        for line in lines_of(key, subject, item(old) if old else None, item(new) if new else None)
    ]
    return lines, more


def _rows(  # noqa: PLR0913, PLR0917 - two bases, and where to look
    conn: Connection[Any],
    kind: Of,
    columns: sql.SQL,
    before: Basis,
    after: Basis,
    where: Where,
    cursor: str | None,
    limit: int,
) -> list[tuple[Any, ...]]:
    """Return `columns` of the records that are not the same row at both bases."""
    values = {
        "from_at": before.position,
        "from_day": before.valid_at,
        "to_at": after.position,
        "to_day": after.valid_at,
        "from_until": _knowledge_ends(conn, before, after),
        "to_until": _knowledge_ends(conn, after, before),
        "derived": sorted(DERIVED),
        "limit": limit,
        **where._asdict(),
        "without": list(where.without),
        **_behind(kind, cursor),
    }
    return asked(conn, sql.SQL(_OF[kind][0]).format(columns=columns), values).fetchall()


KNOWLEDGE_ENDS: LiteralString = """
SELECT (recorded_at AT TIME ZONE 'Asia/Shanghai')::date FROM ledger.entry WHERE position = %(next)s
"""


def _knowledge_ends(conn: Connection[Any], side: Basis, other: Basis) -> date | None:
    """Return the day on which more was learnt than a side knows, where the other side knows more.

    What the passing of time brings behind that day nobody could say by what the side knows (0282).
    """
    if side.position >= other.position:
        return None
    row = conn.execute(KNOWLEDGE_ENDS, {"next": side.position + 1}).fetchone()
    return None if row is None else row[0]


def _behind(kind: Of, cursor: str | None) -> dict[str, Any]:
    if kind != "flags":
        return {"after": cursor or ""}
    parts = flag_parts(cursor) if cursor else ("", 0)
    if parts is None:
        raise BadCursor(cursor)
    return {"after_code": parts[0], "after_record": parts[1], "after_key": cursor or ""}


def _shown(line: Line, clock: Clock, because: list[Item]) -> Item:
    return {**_difference(line), "clock": clock, "because": because}


def differing(
    kind: Of, key: str, uscc: str, before: Item | None, after: Item | None
) -> Iterator[Line]:
    """Yield the lines in which a row of the roster, or of the flags, differs from another."""
    yield from _OF[kind][2](key, uscc, before, after)


def _clocks(
    conn: Connection[Any], kind: Of, lines: Sequence[Line], before: Basis, after: Basis
) -> list[Clock]:
    """Return for each line which clock made the difference."""
    only = moved(before, after)
    if only is not None:
        return [only] * len(lines)
    keys = sorted({line.record for line in lines})
    by_day = _as_of(conn, kind, keys, Basis(after.valid_at, before.position))
    by_knowledge = _as_of(conn, kind, keys, Basis(before.valid_at, after.position))
    shown = _where if kind == "standings" else _visible
    return [
        clock(
            *(
                shown(side)
                for side in (by_day.get(line.key), by_knowledge.get(line.key), line.after)
            )
        )
        for line in lines
    ]


def moved(before: Basis, after: Basis) -> Clock | None:
    """Return the clock in which two bases differ; None where they differ in both."""
    if before.position == after.position:
        return "day"
    return "knowledge" if before.valid_at == after.valid_at else None


def clock(by_day: object, by_knowledge: object, after: object) -> Clock:
    """Return which clock leads to `after`, given what each of them, moved alone, leads to."""
    if (by_day == after) == (by_knowledge == after):
        return "both"
    return "day" if by_day == after else "knowledge"


def _as_of(
    conn: Connection[Any], kind: Of, keys: Sequence[str], basis: Basis
) -> dict[str, Item | None]:
    """Return what stands at a basis in the place of lines of these records."""
    table = sql.Identifier("projections", "flags" if kind == "flags" else "roster")
    subject = sql.Identifier("subject" if kind == "flags" else "key")
    statement = sql.SQL(AS_OF).format(table=table, subject=subject)
    values = {"keys": [*keys], "position": basis.position, "valid_at": basis.valid_at}
    lines_of = _OF[kind][2]
    return {
        line.key: line.after
        for key, uscc, doc in asked(conn, statement, values)
        for line in lines_of(key, uscc, None, item(doc))
    }


AS_OF: LiteralString = f"""
SELECT key, {{subject}}, doc FROM {{table}}
 WHERE key = ANY (%(keys)s)
   AND {HOLDS}
"""


def _difference(line: Line) -> Item:
    return {**sides(line.key, line.before, line.after), "uscc": line.change.uscc}


def sides(key: str, before: Item | None, after: Item | None) -> Item:
    """Return what a line says of its two sides."""
    change = "added" if before is None else "removed" if after is None else "changed"
    return {"change": change, "key": key, "before": before, "after": after}


AT_FROM: LiteralString = holds("%(from_at)s", "%(from_day)s")
AT_TO: LiteralString = holds("%(to_at)s", "%(to_day)s")
BY_TIME: LiteralString = "code = ANY (%(derived)s)"
"""Flags that no entry raises."""
# A row that holds at both bases is the same at both: only what does not is read.
ROSTER: LiteralString = f"""
WITH old AS (
    SELECT key, doc, standing <> 'unlisted' AS shown FROM projections.roster
     WHERE {AT_FROM}
       AND NOT ({AT_TO})
       AND key > %(after)s
       AND (%(uscc)s::text IS NULL OR key = %(uscc)s)
       AND (%(district)s::text IS NULL OR district = %(district)s)
), new AS (
    SELECT key, doc, standing <> 'unlisted' AS shown FROM projections.roster
     WHERE {AT_TO}
       AND NOT ({AT_FROM})
       AND key > %(after)s
       AND (%(uscc)s::text IS NULL OR key = %(uscc)s)
       AND (%(district)s::text IS NULL OR district = %(district)s)
)
SELECT {{columns}} FROM old FULL JOIN new USING (key)
 WHERE old.doc IS DISTINCT FROM new.doc ORDER BY key LIMIT %(limit)s
"""


def _roster_lines(key: str, uscc: str, old: Item | None, new: Item | None) -> Iterator[Line]:
    before, after = _listed(old), _listed(new)
    if _visible(before) != _visible(after):
        rests_on = (_because(old), _because(new))
        yield Line(key, before, after, ChangedRecord(uscc, *rests_on), key)


def _listed(shown: Item | None) -> Item | None:
    """The roster does not show who is not on it."""
    return None if shown is None or shown["standing"] == "unlisted" else shown


def _visible(shown: Item | None) -> Item | None:
    """Leave out what a line is explained by: it is no difference in itself."""
    return shown and {name: value for name, value in shown.items() if name != "because"}


def _because(shown: Item | None) -> frozenset[int]:
    return frozenset(shown["because"]) if shown else frozenset()


_STANDING = ("uscc", "name", "district", "standing", "batch", "valid_from", "valid_to")


def _standing_lines(key: str, uscc: str, old: Item | None, new: Item | None) -> Iterator[Line]:
    """Yield a line where the enterprise stands otherwise, on the roster or not yet."""
    before, after = (shown and {name: shown[name] for name in _STANDING} for shown in (old, new))
    if _where(before) != _where(after):
        yield Line(key, before, after, ChangedRecord(uscc, _because(old), _because(new)), key)


def _where(shown: Item | None) -> tuple[Any, ...] | None:
    return None if shown is None else tuple(shown[name] for name in _STANDING[3:])


def _scope_lines(_: str, uscc: str, old: Item | None, new: Item | None) -> Iterator[Line]:
    """Yield a line for each occupation; its key is USCC, edition, code, name and 工种."""
    before, after = (by_occupation(shown["scope"] if shown else ()) for shown in (old, new))
    # The first entry behind a row of the roster is the profile's.
    rests_on = [
        frozenset(shown["because"][1:]) if shown else frozenset[int]() for shown in (old, new)
    ]
    for occupation in sorted({*before, *after}):
        one, other = before.get(occupation), after.get(occupation)
        if one != other:
            change = ChangedRecord(uscc, rests_on[0], rests_on[1], _occupation(one or other or {}))
            yield Line(f"{uscc}/{occupation}", one, other, change, uscc)


def _occupation(shown: Item) -> Occupation:
    return Occupation(**{name: shown[name] for name in ("edition", "code", "name", "trade")})


FLAGS: LiteralString = f"""
WITH old AS (
    SELECT record, code, key, subject, doc, verdict <> 'clear' AS shown FROM projections.flags
     WHERE {AT_FROM}
       AND NOT ({AT_TO})
       AND NOT ({BY_TIME} AND coalesce(valid_from > %(from_until)s::date, false))
       AND (record, code, key) > (%(after_record)s, %(after_code)s, %(after_key)s)
       AND (%(uscc)s::text IS NULL OR subject = %(uscc)s)
       AND (%(district)s::text IS NULL OR district = %(district)s)
       AND record <> ALL (%(without)s)
), new AS (
    SELECT record, code, key, subject, doc, verdict <> 'clear' AS shown FROM projections.flags
     WHERE {AT_TO}
       AND NOT ({AT_FROM})
       AND NOT ({BY_TIME} AND coalesce(valid_from > %(to_until)s::date, false))
       AND (record, code, key) > (%(after_record)s, %(after_code)s, %(after_key)s)
       AND (%(uscc)s::text IS NULL OR subject = %(uscc)s)
       AND (%(district)s::text IS NULL OR district = %(district)s)
       AND record <> ALL (%(without)s)
)
SELECT {{columns}} FROM old FULL JOIN new USING (record, code, key, subject)
 WHERE old.doc IS DISTINCT FROM new.doc ORDER BY record, code, key LIMIT %(limit)s
"""


def _flag_lines(key: str, uscc: str, old: Item | None, new: Item | None) -> Iterator[Line]:
    before, after = _raised(old), _raised(new)
    if _visible(before) != _visible(after):
        change = ChangedRecord(uscc, _flag_because(old), _flag_because(new))
        yield Line(key, before, after, change, key)


def _raised(shown: Item | None) -> Item | None:
    """The list of flags does not show what is clear."""
    return None if shown is None or shown["verdict"] == "clear" else shown


def _flag_because(shown: Item | None) -> frozenset[int]:
    if shown is None:
        return frozenset()
    also = (shown["known_from"], shown["known_to"], shown["review_position"])
    return frozenset((*shown["because"], *(at for at in also if at is not None)))


_Lines: TypeAlias = Callable[[str, str, Item | None, Item | None], Iterator[Line]]
_OF: Mapping[Of, tuple[LiteralString, LiteralString, _Lines]] = MappingProxyType(
    {
        "roster": (ROSTER, "key, key, old.doc, new.doc", _roster_lines),
        "scope": (ROSTER, "key, key, old.doc, new.doc", _scope_lines),
        "flags": (FLAGS, "key, subject, old.doc, new.doc", _flag_lines),
        "standings": (ROSTER, "key, key, old.doc, new.doc", _standing_lines),
    }
)
