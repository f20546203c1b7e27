"""Shares of what was found in breach, with what they are shares of: numbers of unlike size compared."""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import Connection, sql

from domain.checks import OF_SUPERVISORS
from projections.counts import tallies
from projections.counts.statistics import columns
from projections.counts.tallies import Told, Where
from projections.views.asking import asked
from projections.views.basis import HOLDS, Basis

FEW = 30
"""Below so many a share says more of chance than of what it is a share of: it is marked."""
DIGITS = 4

# What is in breach is itself among the rows that it is a share of: same day, same values. Each is found by its key
# before anything else is asked of it: with all conditions at once PostgreSQL 18 takes an index of districts and
# looks into it once for each of them. A quote inside a string has a backslash before it, so what says that a flag
# is of no certificate stands nowhere else, and a whole document is read of sessions alone.
IN_BREACH = f"""
WITH broken AS MATERIALIZED (
    SELECT record, code, doc, strpos(doc, '"certificate_no":null,') > 0 AS of_session
      FROM projections.flags
     WHERE {HOLDS}
       AND verdict = 'breach' AND code <> ALL (%(of_supervisors)s) AND record <> ALL (%(without)s)
       AND (%(uscc)s::text IS NULL OR subject = %(uscc)s))
SELECT 'sessions', {{sessions}}, count(DISTINCT key)
  FROM broken CROSS JOIN LATERAL (
           SELECT * FROM {{held}} WHERE key = broken.doc::json ->> 'assessment_id' OFFSET 0) AS session
 WHERE of_session AND {HOLDS}
   AND (%(district)s::text IS NULL OR district = %(district)s)
   AND (%(uscc)s::text IS NULL OR subject = %(uscc)s)
 GROUP BY {{sessions}}
UNION ALL
SELECT 'certificates', {{certificates}}, count(DISTINCT key)
  FROM broken CROSS JOIN LATERAL (
           SELECT * FROM {{issued}} WHERE key = broken.record::text OFFSET 0) AS certificate
 WHERE NOT of_session AND {HOLDS}
   AND state = 'valid'
   AND (%(district)s::text IS NULL OR district = %(district)s)
   AND (%(uscc)s::text IS NULL OR subject = %(uscc)s)
 GROUP BY {{certificates}}
"""


def rated(
    conn: Connection[Any], basis: Basis, by: str, where: Where, lines: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return the lines of `statistics.stats` by the same, each with its shares and what they are of.

    By check the base is everything that was held or issued, whatever it was judged by; else it is what
    the line itself counts.
    """
    named = columns(by)
    broken = _in_breach(conn, basis, named, where)
    base = [name for name in named if name != "code"]
    by_check = _of_all(conn, basis, base, where) if len(base) < len(named) else None
    rated_lines: list[dict[str, Any]] = []
    for line in lines:
        told = tuple(line[name] for name in named)
        group = tuple(line[name] for name in base)
        shares: dict[str, Any] = {}
        few: list[str] = []
        for name, one in (("sessions", "session"), ("certificates", "certificate")):
            whole = line[name] if by_check is None else by_check[name].get(group, 0)
            part = broken[name].get(told, 0)
            shares |= {
                f"{name}_in_breach": part,
                f"of_{name}": whole,
                f"{one}_rate": round(part / whole, DIGITS) if whole else None,
            }
            if whole < FEW:
                few.append(name)
        rated_lines.append({**line, **shares, "small": few})
    return rated_lines


def _of_all(
    conn: Connection[Any], basis: Basis, base: Sequence[str], where: Where
) -> Mapping[str, Mapping[Told, int]]:
    """Return how much there is whatever it was judged by; without any column one sum under `()`."""
    if base:
        return tallies.crossed(conn, basis, base, where)
    by_district = tallies.crossed(conn, basis, ["district"], where)
    return {name: {(): sum(numbers.values())} for name, numbers in by_district.items()}


def _in_breach(
    conn: Connection[Any], basis: Basis, named: Sequence[str], where: Where
) -> Mapping[str, Mapping[Told, int]]:
    columns = tallies.columns("broken.code", named)
    statement = sql.SQL(IN_BREACH).format(
        sessions=columns,
        certificates=columns,
        held=tallies.rows_of("sessions", named),
        issued=tallies.rows_of("certificates", named),
    )
    values = {
        "valid_at": basis.valid_at,
        "position": basis.position,
        **where._asdict(),
        "without": list(where.without),
        "of_supervisors": list(OF_SUPERVISORS),
    }
    numbers: dict[str, dict[Told, int]] = {"sessions": {}, "certificates": {}}
    for table, *told, number in asked(conn, statement, values):
        numbers[table][tuple(told)] = number
    return numbers
