"""Sums of what is counted, kept by blocks of positions: a count looks at no row that lies in one.

Every row that counts is one more from its first day on and one less from its last, since the entry
with which it became known; where a later entry ended it, the same the other way round. A block
holds the sum of these changes over 2,048 positions by day. It follows from the rows alone and is
final once the views have passed its end, so what it says holds at any later position and is the
same however the entries were cut into batches.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, LiteralString, NamedTuple, TypeAlias

from psycopg import Connection, sql

from domain.checks import OF_SUPERVISORS
from projections.views.asking import asked
from projections.views.basis import HOLDS, ON_DAY, Basis, known

BLOCK = 2_048
"""Positions summed up together: at most about as many rows are looked at beside the sums."""


class Counted(NamedTuple):
    """Rows of a table that count under a name, and where their check stands."""

    table: str
    condition: sql.Composable
    code: LiteralString
    name: str


_BREACH = "verdict = 'breach' AND code {} ({})"
_OF_SUPERVISORS = sql.Literal(list(OF_SUPERVISORS))
COUNTED = (
    Counted("sessions", sql.SQL("true"), "NULL::text", "sessions"),
    Counted("certificates", sql.SQL("state = 'valid'"), "NULL::text", "certificates"),
    Counted("flags", sql.SQL(_BREACH).format(sql.SQL("<> ALL"), _OF_SUPERVISORS), "code", "flags"),
    # The supervisors' own faults are no breach of an enterprise and counted apart.
    Counted(
        "flags", sql.SQL(_BREACH).format(sql.SQL("= ANY"), _OF_SUPERVISORS), "code", "procedure"
    ),
)
BY: Mapping[str, str] = MappingProxyType(
    {
        "district": "month",
        "month": "month",
        "occupation": "kind",
        "level": "kind",
        "method": "kind",
        "code": "kind",
    }
)
"""Column that counts are told apart by → the sums that have it. All have the district."""

SUMMED = """
WITH known AS (
    SELECT (known_from - 1) / {block} AS block, valid_from, valid_to, district,
           to_char(day, 'YYYY-MM') AS month, occupation, level, method, {code} AS code, 1 AS change
      FROM {table}
     WHERE known_from > %(after)s AND known_from <= %(upto)s AND {condition}
    UNION ALL
    SELECT (known_to - 1) / {block}, valid_from, valid_to, district,
           to_char(day, 'YYYY-MM'), occupation, level, method, {code}, -1
      FROM {table}
     WHERE known_to > %(after)s AND known_to <= %(upto)s AND {condition}
), summed AS (
    SELECT block, valid_from, valid_to, district, month, occupation, level, method, code,
           sum(change) AS change
      FROM known GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9 HAVING sum(change) <> 0
), changes AS (
    SELECT block, valid_from AS day, district, month, occupation, level, method, code, change
      FROM summed
    UNION ALL
    SELECT block, valid_to, district, month, occupation, level, method, code, -change
      FROM summed WHERE valid_to IS NOT NULL
)
SELECT {name}::text COLLATE "C" AS counted, CASE WHEN grouping(month) = 0 THEN 'month' ELSE 'kind' END AS told_apart,
       block, day, district, month, occupation, level, method, code, sum(change)::bigint AS change
  FROM changes
 GROUP BY block, day, district, GROUPING SETS ((month), (occupation, level, method, code))
HAVING sum(change) <> 0
"""
KEEP = """
INSERT INTO tallies
       (counted, told_apart, block, day, district, month, occupation, level, method, code, change)
{summed} ORDER BY told_apart, block, day
"""


def keep(writer: Connection[Any], at: int, upto: int) -> None:
    """Sum up the blocks that the tables pass on their way from `at` to `upto`.

    In the transaction that writes the rows, once they are written.
    """
    values = {"after": whole(at), "upto": whole(upto)}
    if values["after"] == values["upto"]:
        return
    for counted in COUNTED:
        writer.execute(sql.SQL(KEEP).format(summed=_of(counted, SUMMED)), values)


WRONG = """
WITH again AS ({summed}), kept AS (
    SELECT counted, told_apart, block, day, district, month, occupation, level, method, code, change
      FROM tallies WHERE counted = {name} AND block < %(upto)s / {block}
)
SELECT DISTINCT block FROM ((TABLE again EXCEPT ALL TABLE kept)
                            UNION ALL (TABLE kept EXCEPT ALL TABLE again)) AS different
 ORDER BY block
"""


def wrong(conn: Connection[Any], upto: int) -> list[tuple[str, int]]:
    """Return the sums up to a position that do not follow from the rows: table and block."""
    values = {"after": 0, "upto": whole(upto)}
    return [
        (each.name, block)
        for each in COUNTED
        for (block,) in conn.execute(_of(each, WRONG, summed=_of(each, SUMMED)), values)
    ]


def whole(position: int) -> int:
    """Return the last position of the last whole block up to `position`, 0 if there is none."""
    return position // BLOCK * BLOCK


_RELEASED: LiteralString = "record <> ALL (%(without)s)"


def _of(counted: Counted, template: LiteralString, **more: sql.Composable) -> sql.Composed:
    """Return a statement about one of the tables."""
    return sql.SQL(template).format(
        block=sql.Literal(BLOCK),
        table=sql.Identifier(counted.table),
        name=sql.Literal(counted.name),
        condition=counted.condition,
        code=sql.SQL(counted.code),
        released=sql.SQL(_RELEASED if counted.table == "flags" else "true"),
        **more,
    )


SUMS = """
SELECT counted, {columns}, change FROM projections.tallies
 WHERE told_apart = %(told_apart)s AND counted = ANY (%(counted)s)
   AND block < %(at)s / {block} AND day <= %(valid_at)s
   AND (%(district)s::text IS NULL OR district = %(district)s)
"""
# What became known behind the blocks is counted row by row, and what ceased to hold there taken off.
BEHIND = f"""
SELECT {{name}}, {{columns}}, 1 FROM {{rows}}
 WHERE known_from > %(at)s AND {HOLDS}
   AND {{condition}} AND {{released}}
   AND (%(district)s::text IS NULL OR district = %(district)s)
   AND (%(uscc)s::text IS NULL OR subject = %(uscc)s)
UNION ALL
SELECT {{name}}, {{columns}}, -1 FROM {{rows}}
 WHERE known_to > %(at)s AND known_to <= %(position)s AND known_from <= %(at)s
   AND {ON_DAY}
   AND {{condition}} AND {{released}}
   AND (%(district)s::text IS NULL OR district = %(district)s)
   AND (%(uscc)s::text IS NULL OR subject = %(uscc)s)
"""
FOUND = """
SELECT counted, {columns}, sum(change)::bigint FROM ({rows}) AS found (counted, {columns}, change)
 GROUP BY counted, {columns} HAVING sum(change) <> 0
"""

Numbers: TypeAlias = dict[str | None, int]


class Where(NamedTuple):
    """To which district or enterprise a count is narrowed; None: not at all."""

    district: str | None = None
    uscc: str | None = None
    without: Collection[int] = ()
    """Positions of judged records whose flags do not count; of meaning for one enterprise alone."""


EVERYWHERE = Where()


def numbers(
    conn: Connection[Any], basis: Basis, by: Sequence[str], where: Where
) -> dict[str, dict[str, Numbers]]:
    """Return `{name: {column: {value: number}}}` of what counts at the basis, by each column of `by`.

    All of `by` stand in the same sums (`BY`). Of an enterprise every row is looked at.
    """
    by_table: dict[str, dict[str, Numbers]] = {
        each.name: {column: {} for column in by} for each in COUNTED
    }
    for table, of_table in crossed(conn, basis, by, where).items():
        for told, number in of_table.items():
            for column, value in zip(by, told, strict=True):
                by_value = by_table[table][column]
                by_value[value] = by_value.get(value, 0) + number
    return by_table


Told: TypeAlias = tuple[str | None, ...]
"""A value of each column that is counted by."""


def crossed(
    conn: Connection[Any], basis: Basis, by: Sequence[str], where: Where
) -> dict[str, dict[Told, int]]:
    """Return `{name: {values: number}}` of what counts at the basis, by all columns of `by` together.

    Columns that stand in no one sum together are counted row by row: a second or so with a million.
    """
    apart = {BY.get(column) for column in by if column != "district"} or {BY["district"]}
    summed = len(apart) == 1 and None not in apart and where.uscc is None
    tables = [each for each in COUNTED if "code" not in by or each.table == "flags"]
    values = {
        "position": basis.position,
        "valid_at": basis.valid_at,
        "at": whole(basis.position) if summed else 0,
        "told_apart": apart.pop(),
        "counted": [each.name for each in tables],
        **where._asdict(),
        "without": list(where.without),
    }
    by_table: dict[str, dict[Told, int]] = {each.name: {} for each in COUNTED}
    for table, *told, number in asked(conn, _statement(tables, by, summed=summed), values):
        by_table[table][tuple(told)] = number
    return by_table


def _statement(tables: Iterable[Counted], by: Sequence[str], *, summed: bool) -> sql.Composed:
    named = sql.SQL(", ").join(map(sql.Identifier, by))
    rows = [sql.SQL(SUMS).format(columns=named, block=sql.Literal(BLOCK))] if summed else []
    rows += [
        _of(each, BEHIND, columns=columns(each.code, by), rows=rows_of(each.table, by))
        for each in tables
    ]
    return sql.SQL(FOUND).format(columns=named, rows=sql.SQL(" UNION ALL ").join(rows))


OF_OCCUPATION = ("edition", "occupation_code")
"""Columns that no table has: they are read from what its row shows."""
# Edition and code are cut out of the text where they stand there without escapes: a fifth of what reading
# the whole document costs. A quote inside a string has a backslash before it, so nothing else looks like it.
SHOWN: LiteralString = r"""projections.{table} CROSS JOIN LATERAL (
    SELECT split_part(split_part(doc, '"occupation":{{"edition":"', 2), '","name":"', 1) AS cut
    OFFSET 0) AS held CROSS JOIN LATERAL (
    SELECT CASE WHEN plain THEN split_part(cut, '","code":"', 1)
                ELSE doc::json -> 'occupation' ->> 'edition' END AS edition,
           CASE WHEN plain THEN split_part(cut, '","code":"', 2)
                ELSE doc::json -> 'occupation' ->> 'code' END AS occupation_code
      FROM (SELECT cut LIKE '%%_","code":"_%%' AND strpos(cut, '\') = 0 AS plain OFFSET 0) AS found
    OFFSET 0) AS shown"""
# A flag says the name of its record's occupation alone. A certificate is found by its key before anything else is
# asked of it (`rates.IN_BREACH` says why).
JUDGED = f"""projections.flags LEFT JOIN LATERAL (
    SELECT c.doc::json -> 'occupation' ->> 'edition' AS edition,
           c.doc::json -> 'occupation' ->> 'code' AS occupation_code
      FROM (SELECT * FROM projections.certificates WHERE key = flags.record::text OFFSET 0) c
     WHERE {known(row="c.")}
    UNION ALL
    SELECT s.doc::json -> 'occupation' ->> 'edition', s.doc::json -> 'occupation' ->> 'code'
      FROM projections.sessions s
     WHERE flags.occupation IS NOT NULL AND (flags.doc::json ->> 'certificate_no') IS NULL
       AND s.key = flags.doc::json ->> 'assessment_id' AND {known(row="s.")}
    LIMIT 1) AS shown ON true"""


def rows_of(table: str, by: Sequence[str]) -> sql.Composed:
    """Return where the rows of a table stand, with what `columns` reads of them."""
    if not set(OF_OCCUPATION) & set(by):
        return sql.SQL("projections.{table}").format(table=sql.Identifier(table))
    if table == "flags":
        return sql.SQL(JUDGED).format()
    return sql.SQL(SHOWN).format(table=sql.Identifier(table))


def columns(code: LiteralString, by: Sequence[str]) -> sql.Composed:
    """Return the columns of a table that say what the sums have under these names."""
    computed: Mapping[str, LiteralString] = {
        "month": "to_char(day, 'YYYY-MM')",
        "code": code,
    }
    return sql.SQL(", ").join(
        sql.SQL(computed[column]) if column in computed else sql.Identifier(column) for column in by
    )
