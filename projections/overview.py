"""Counts of sessions, certificates, breaches and open findings, as known at a basis."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from psycopg import Connection

from domain.identifiers import flag_parts
from projections.basis import Basis
from projections.row import item

BY = ("district", "occupation", "level", "method", "month", "code")


def stats(
    conn: Connection[Any],
    basis: Basis,
    by: str,
    district: str | None = None,
    uscc: str | None = None,
) -> list[dict[str, Any]]:
    """Return `{by, sessions, certificates, breaches, open_findings}` for each value of `by`.

    `by` is one of `BY`; `district` and `uscc` narrow everything to one authority, to what one
    enterprise did. Certificates are those that
    hold on the day; a finding counts once for each occupation, level, method or code that it
    concerns; what has no meaning for `by` (sessions by code) is 0. Values in order, none last.
    """
    values = {
        "valid_at": basis.valid_at,
        "position": basis.position,
        "by": by,
        "district": district,
        "uscc": uscc,
    }
    counts = {
        "sessions": _counted(conn.execute(SESSIONS, values, prepare=False)),
        "certificates": _counted(conn.execute(CERTIFICATES, values, prepare=False)),
        "breaches": _counted(conn.execute(BREACHES, values, prepare=False)),
        "open_findings": _open_findings(conn, values, by),
    }
    found = {value for count in counts.values() for value in count}
    return [
        {by: value, **{name: count[value] for name, count in counts.items()}}
        for value in sorted(found, key=lambda value: (value is None, value or ""))
    ]


def _counted(rows: Iterable[tuple[str | None, int]]) -> Counter[str | None]:
    return Counter(dict(rows))


SESSIONS = """
SELECT CASE %(by)s WHEN 'district' THEN district WHEN 'occupation' THEN occupation
                   WHEN 'level' THEN level WHEN 'method' THEN method
                   ELSE to_char(day, 'YYYY-MM') END AS value, count(*)
  FROM projections.sessions
 WHERE known_from <= %(position)s AND (known_to IS NULL OR known_to > %(position)s)
   AND valid_from <= %(valid_at)s AND (valid_to IS NULL OR valid_to > %(valid_at)s)
   AND (%(district)s::text IS NULL OR district = %(district)s) AND %(by)s <> 'code'
   AND (%(uscc)s::text IS NULL OR subject = %(uscc)s)
 GROUP BY 1
"""
CERTIFICATES = """
SELECT CASE %(by)s WHEN 'district' THEN c.district WHEN 'occupation' THEN c.occupation
                   WHEN 'level' THEN c.level
                   WHEN 'method' THEN (
                       SELECT s.method FROM projections.sessions s
                        WHERE s.key = c.session AND s.known_from <= %(position)s
                          AND (s.known_to IS NULL OR s.known_to > %(position)s) LIMIT 1)
                   ELSE to_char(c.day, 'YYYY-MM') END AS value, count(*)
  FROM projections.certificates c
 WHERE c.known_from <= %(position)s AND (c.known_to IS NULL OR c.known_to > %(position)s)
   AND c.valid_from <= %(valid_at)s AND (c.valid_to IS NULL OR c.valid_to > %(valid_at)s)
   AND c.state = 'valid'
   AND (%(district)s::text IS NULL OR c.district = %(district)s) AND %(by)s <> 'code'
   AND (%(uscc)s::text IS NULL OR c.subject = %(uscc)s)
 GROUP BY 1
"""
BREACHES = """
SELECT CASE %(by)s WHEN 'district' THEN district WHEN 'occupation' THEN occupation
                   WHEN 'level' THEN level WHEN 'method' THEN method WHEN 'code' THEN code
                   ELSE to_char(day, 'YYYY-MM') END AS value, count(*)
  FROM projections.flags
 WHERE known_from <= %(position)s AND (known_to IS NULL OR known_to > %(position)s)
   AND valid_from <= %(valid_at)s AND (valid_to IS NULL OR valid_to > %(valid_at)s)
   AND verdict = 'breach' AND (%(district)s::text IS NULL OR district = %(district)s)
   AND (%(uscc)s::text IS NULL OR subject = %(uscc)s)
 GROUP BY 1
"""

OPEN_FINDINGS = """
SELECT doc FROM projections.cases
 WHERE known_from <= %(position)s AND (known_to IS NULL OR known_to > %(position)s)
   AND valid_from <= %(valid_at)s AND (valid_to IS NULL OR valid_to > %(valid_at)s)
   AND kind = 'findings' AND stage NOT IN ('closed', 'withdrawn')
   AND (%(district)s::text IS NULL OR district = %(district)s)
   AND (%(uscc)s::text IS NULL OR subject = %(uscc)s)
"""


def _open_findings(conn: Connection[Any], values: dict[str, Any], by: str) -> Counter[str | None]:
    found = [item(doc) for (doc,) in conn.execute(OPEN_FINDINGS, values, prepare=False)]
    if by == "district":
        return Counter(finding["district"] for finding in found)
    if by == "month":
        return Counter(finding["raised_on"][:7] for finding in found)
    if by == "code":
        return Counter(code for finding in found for code in _codes(finding) or (None,))
    assessments = {one for finding in found for one in finding["assessments"]}
    of_session = _of_sessions(conn, values, by, sorted(assessments))
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


OF_SESSIONS = """
SELECT key, CASE %(by)s WHEN 'occupation' THEN occupation WHEN 'level' THEN level ELSE method END
  FROM projections.sessions
 WHERE key = ANY (%(keys)s)
   AND known_from <= %(position)s AND (known_to IS NULL OR known_to > %(position)s)
"""


def _of_sessions(
    conn: Connection[Any], values: dict[str, Any], by: str, keys: list[str]
) -> dict[str, str]:
    rows = conn.execute(OF_SESSIONS, {**values, "by": by, "keys": keys}, prepare=False)
    return dict(rows)
