"""A second set of tables beside the live ones: filled from the ledger, compared, and switched in.

Whoever asks meanwhile gets answers from the live tables. The switch is one transaction that
moves tables between schemas; a question under way ends on the tables on which it began.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from threading import Event
from typing import Any, LiteralString, NamedTuple

import psycopg
from psycopg import Connection, sql

from projections.analysis import schema as analysis
from projections.follow.fold import Rules
from projections.follow.runner import Executors, Runner, Sizes, here
from projections.follow.runner import position as live_position
from projections.follow.schema import LAST, LIVE, NEXT
from projections.follow.version import LaterFold
from projections.views.views import TABLES

ALL = ("progress", "tallies", "set_apart", *TABLES)


class Unlike(NamedTuple):
    """A row that only one of the two sets of tables has."""

    table: str
    key: str
    known_from: int
    valid_from: Any
    only: str
    """`live` or `rebuilt`."""


class Rebuilt(NamedTuple):
    """What a rebuild came to: the position of both sets of tables, and where they differ."""

    position: int
    differences: list[Unlike]


def rebuild(  # noqa: PLR0913 - what is rebuilt, with what, and whether it is wanted
    conninfo: str,
    rules: Rules,
    *,
    switch: bool = True,
    sizes: Sizes | None = None,
    executors: Executors = here,
    stopped: Event | None = None,
) -> Rebuilt:
    """Fill the second set of tables from the whole ledger, compare it, and switch it in.

    The comparison is of all that the two sets say up to the same position; the live ones are
    brought there first, unless a later version of the fold has made them. `switch` False leaves the live
    tables as they are; so does `stopped`, which says that nobody waits for it any more.

    Raises:
        Busy: another rebuild is under way.
    """
    with psycopg.connect(conninfo, autocommit=True) as conn, _alone(conn):
        conn.execute(PATIENT)
        _empty(conn)
        beside = Runner(conninfo, rules, sizes, NEXT, executors, stopped)
        position = beside.catch_up()
        with suppress(LaterFold):
            Runner(conninfo, rules, sizes, stopped=stopped).catch_up(position)
        position = min(position, live_position(conn))
        differences = [
            difference for table in TABLES for difference in _compared(conn, table, position)
        ]
        if switch and not beside.stopped:
            _switch(conn, beside)
        _empty(conn)
    return Rebuilt(position, differences)


PATIENT = "SET statement_timeout = 0; SET lock_timeout = '20s'"


class Busy(RuntimeError):  # noqa: N818 - reads as what it says
    """Another rebuild is under way."""


ALONE = "SELECT pg_try_advisory_lock(6077, hashtext('rebuild'))"
LEAVE = "SELECT pg_advisory_unlock(6077, hashtext('rebuild'))"


@contextmanager
def _alone(conn: Connection[Any]) -> Generator[None]:
    row: Any = conn.execute(ALONE).fetchone()
    if not row[0]:
        raise Busy("another rebuild is under way; wait for it to end")
    try:
        yield
    finally:
        if not conn.closed:
            conn.execute(LEAVE)


START_OVER = "UPDATE {} SET position = 0"


def _empty(conn: Connection[Any]) -> None:
    with conn.transaction():
        for table in ("tallies", "set_apart", *TABLES):
            conn.execute(_on("TRUNCATE {}", NEXT, table))
        conn.execute(_on(START_OVER, NEXT, "progress"))


COMPARE = """
WITH live AS (
    SELECT {names}, CASE WHEN known_to <= {position} THEN known_to END AS known_to
      FROM {live} WHERE known_from <= {position}
), rebuilt AS (
    SELECT {names}, CASE WHEN known_to <= {position} THEN known_to END AS known_to
      FROM {rebuilt} WHERE known_from <= {position}
)
SELECT key, known_from, valid_from, 'live' FROM (TABLE live EXCEPT TABLE rebuilt) l
UNION ALL
SELECT key, known_from, valid_from, 'rebuilt' FROM (TABLE rebuilt EXCEPT TABLE live) r
 ORDER BY 1, 3, 2, 4 LIMIT {most}
"""
MOST = 100_000
"""Differences of a table that are told: another version of the fold may change every row."""
NAMES = ("key", "subject", "district", "known_from", "valid_from", "valid_to", "doc")


def _compared(conn: Connection[Any], table: str, position: int) -> Iterator[Unlike]:
    """Yield the rows that only one set has, as it was when the entry at `position` was the last."""
    names = (*NAMES, *TABLES[table].columns)
    statement = sql.SQL(COMPARE).format(
        names=sql.SQL(", ").join(map(sql.Identifier, names)),
        position=sql.Literal(position),
        live=sql.Identifier(LIVE, table),
        rebuilt=sql.Identifier(NEXT, table),
        most=sql.Literal(MOST),
    )
    for key, known_from, valid_from, only in conn.execute(statement).fetchall():
        yield Unlike(table, key, known_from, valid_from, only)


HOLD_STILL = "SELECT position FROM projections.progress FOR UPDATE"
MOVE = "ALTER TABLE {} SET SCHEMA {}"


def _switch(conn: Connection[Any], beside: Runner) -> None:
    """Let the two sets change places, once the rebuilt one is as far as the live one."""
    with conn.transaction():
        # The live runner takes this row before it writes: from here on both sets stand still.
        row: Any = conn.execute(HOLD_STILL).fetchone()
        if beside.catch_up(row[0]) < row[0]:
            return  # told to end: the tables stay where they are
        views = analysis.views_in_place(conn)
        for table in ALL:
            for here, there in ((LIVE, LAST), (NEXT, LIVE), (LAST, NEXT)):
                place = sql.Identifier(here, table)
                conn.execute(sql.SQL(MOVE).format(place, sql.Identifier(there)))
        analysis.bind(conn, views)


def _on(template: LiteralString, schema: str, table: str) -> sql.Composed:
    return sql.SQL(template).format(sql.Identifier(schema, table))
