"""Counts of sessions, certificates, breaches and open findings, as known at a basis."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import Connection

from domain.terms.identifiers import flag_parts
from projections.counts import tallies
from projections.counts.tallies import EVERYWHERE, Where
from projections.views.asking import asked
from projections.views.basis import HOLDS, KNOWN, Basis
from projections.views.row import item

BY = tuple(tallies.BY)
_NAMES = {"sessions": "sessions", "certificates": "certificates", "breaches": "flags"}
"""Count → table whose rows are counted."""


def stats(
    conn: Connection[Any], basis: Basis, by: str, where: Where = EVERYWHERE
) -> list[dict[str, Any]]:
    """Return `{by, sessions, certificates, breaches, open_findings}` for each value of `by`.

    `by` is one of `BY`; `where` narrows everything to one authority, to what one
    enterprise did. Certificates are those that
    hold on the day; a finding counts once for each occupation, level, method or code that it
    concerns; what has no meaning for `by` (sessions by code) is 0. Values in order, none last.
    """
    return several(conn, basis, (by,), where)[by]


def several(
    conn: Connection[Any], basis: Basis, by: Sequence[str], where: Where
) -> dict[str, list[dict[str, Any]]]:
    """Return the same by each column of `by`, read together; all of them stand in the same sums."""
    numbers = tallies.numbers(conn, basis, by, where)
    findings = _findings(conn, basis, where)
    found: dict[str, list[dict[str, Any]]] = {}
    for column in by:
        counts = {name: numbers[table][column] for name, table in _NAMES.items()}
        if column == "code" and where.uscc is None:
            # A line of its own; elsewhere, and of one enterprise, only what an enterprise did is counted.
            counts["breaches"] = {**counts["breaches"], **numbers["procedure"][column]}
        counts["open_findings"] = _open_findings(conn, basis, findings, column)
        found[column] = _lines(column, counts)
    return found


def _lines(by: str, counts: Mapping[str, Mapping[str | None, int]]) -> list[dict[str, Any]]:
    values = {value for count in counts.values() for value in count}
    return [
        {by: value, **{name: count.get(value, 0) for name, count in counts.items()}}
        for value in sorted(values, key=lambda value: (value is None, value or ""))
    ]


OPEN_FINDINGS = f"""
SELECT doc FROM projections.cases
 WHERE {HOLDS}
   AND kind = 'findings' AND stage NOT IN ('closed', 'withdrawn')
   AND (%(district)s::text IS NULL OR district = %(district)s)
   AND (%(uscc)s::text IS NULL OR subject = %(uscc)s)
"""


def _findings(conn: Connection[Any], basis: Basis, where: Where) -> list[dict[str, Any]]:
    values = {
        "valid_at": basis.valid_at,
        "position": basis.position,
        "district": where.district,
        "uscc": where.uscc,
    }
    return [item(doc) for (doc,) in asked(conn, OPEN_FINDINGS, values)]


def _open_findings(
    conn: Connection[Any], basis: Basis, found: Sequence[dict[str, Any]], by: str
) -> Counter[str | None]:
    if by == "district":
        return Counter(finding["district"] for finding in found)
    if by == "month":
        return Counter(finding["raised_on"][:7] for finding in found)
    if by == "code":
        return Counter(code for finding in found for code in _codes(finding) or (None,))
    assessments = {one for finding in found for one in finding["assessments"]}
    of_session = _of_sessions(conn, basis, by, sorted(assessments))
    return Counter(
        value
        for finding in found
        for value in {of_session.get(one) for one in finding["assessments"]} or (None,)
    )


def _codes(finding: dict[str, Any]) -> set[str]:
    """Return the checks that a finding names: by the flags it concerns, else by its rule."""
    named = (*finding["flags"], f"{finding['rule'].rpartition('/')[2].partition('.')[0]}-1")
    parts = [flag_parts(key) for key in named]
    return {part[0] for part in parts if part is not None}


OF_SESSIONS = f"""
SELECT key, CASE %(by)s WHEN 'occupation' THEN occupation WHEN 'level' THEN level ELSE method END
  FROM projections.sessions
 WHERE key = ANY (%(keys)s)
   AND {KNOWN}
"""


def _of_sessions(conn: Connection[Any], basis: Basis, by: str, keys: list[str]) -> dict[str, str]:
    values = {"position": basis.position, "by": by, "keys": keys}
    return dict(asked(conn, OF_SESSIONS, values))
