"""Counts of sessions, certificates, breaches and open findings, as known at a basis."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from operator import itemgetter
from types import MappingProxyType
from typing import Any

from psycopg import Connection

from domain.checks import CHECKS, OF_SUPERVISORS
from domain.finding.finding import ENDED
from domain.terms.identifiers import flag_parts
from domain.terms.naming import METHODS
from domain.terms.vocabulary import Level
from ledger.reference import authorities
from projections.counts import tallies
from projections.counts.tallies import EVERYWHERE, Told, Where
from projections.items.changes import COLUMNS, COUNTS
from projections.views.asking import asked
from projections.views.basis import HOLDS, KNOWN, Basis
from projections.views.row import item
from projections.views.sorting import Column, Sorting

BY = tuple(tallies.BY)
_NAMES = {"sessions": "sessions", "certificates": "certificates", "breaches": "flags"}
"""Count → table whose rows are counted."""
_OF_SESSIONS = ("edition", "occupation_code", "occupation", "level", "method")
"""Columns that a finding has by the sessions that it concerns."""
SORTED: Mapping[str, Column] = MappingProxyType({name: Column(name, "number") for name in COUNTS})
"""By what the lines may be sorted: there are few of them, and all are there."""


def stats(
    conn: Connection[Any], basis: Basis, by: str, where: Where = EVERYWHERE, *, zeros: bool = False
) -> list[dict[str, Any]]:
    """Return `{by, sessions, certificates, breaches, open_findings}` for each value of `by`.

    `by` is one of `items.changes.COLUMNS`, or two of them with a comma between; `where` narrows
    everything to one authority, to what one enterprise did. Certificates are those that hold on the
    day; a finding counts once for each occupation, level, method or code that it concerns; what has
    no meaning for `by` (sessions by code) is 0. Values in order, none last; with `zeros` also values
    of which there is nothing.
    """
    named = columns(by)
    numbers = tallies.crossed(conn, basis, named, where)
    findings = _findings(conn, basis, where)
    counts: dict[str, Mapping[Told, int]] = {name: numbers[table] for name, table in _NAMES.items()}
    counts["breaches"] = _breaches(named, numbers, where)
    counts["open_findings"] = _open_findings(conn, basis, findings, named)
    groups = {told for count in counts.values() for told in count}
    values = _whole(named, groups, basis, where) if zeros else groups
    return [
        {
            **dict(zip(named, told, strict=True)),
            **{name: count.get(told, 0) for name, count in counts.items()},
        }
        for told in ordered(values)
    ]


def in_order(lines: Sequence[dict[str, Any]], order: Sorting | None) -> list[dict[str, Any]]:
    """Return the lines sorted by a count; of equal ones the order by what is counted stays."""
    if order is None:
        return list(lines)
    return sorted(lines, key=itemgetter(order.name), reverse=order.backwards)


def columns(by: str) -> tuple[str, ...]:
    """Return the members of a row that say what is counted, for one or two words of `COLUMNS`."""
    return tuple(dict.fromkeys(name for word in by.split(",") for name in COLUMNS[word]))


def ordered(values: Iterable[Told]) -> list[Told]:
    """Return values in order, none last."""
    return sorted(values, key=lambda told: tuple((value is None, value or "") for value in told))


def _breaches(
    named: Sequence[str], numbers: Mapping[str, Mapping[Told, int]], where: Where
) -> Mapping[Told, int]:
    if "code" not in named or where.uscc is not None:
        return numbers["flags"]
    # A line of its own; elsewhere, and of one enterprise, only what an enterprise did is counted.
    return {**numbers["flags"], **numbers["procedure"]}


def _whole(named: Sequence[str], groups: set[Told], basis: Basis, where: Where) -> set[Told]:
    """Return every value that there might be, and those that were found beside them."""
    if set(tallies.OF_OCCUPATION) & set(named):
        # No list of all occupations is meant: those of which there is something, with all the others.
        rest = [at for at, name in enumerate(named) if name not in _OF_SESSIONS[:3]]
        own = [at for at, name in enumerate(named) if name in _OF_SESSIONS[:3]]
        occupations = {tuple(told[at] for at in own) for told in groups}
        others = product(
            *(_values(named[at], {t[at] for t in groups}, basis, where) for at in rest)
        )
        made = {(*occupation, *other) for other in list(others) for occupation in occupations}
        order = [*own, *rest]
        return groups | {
            tuple(value for _, value in sorted(zip(order, told, strict=True))) for told in made
        }
    return groups | set(
        product(
            *(
                _values(name, {told[at] for told in groups}, basis, where)
                for at, name in enumerate(named)
            )
        )
    )


def _values(name: str, values: set[str | None], basis: Basis, where: Where) -> list[str | None]:
    """Return the values of a column: all that there are where they are closed, else those found."""
    whole: Iterable[str] = ()
    match name:
        case "district" if where.district is not None:
            whole = (where.district,)
        case "district" if where.uscc is None:
            whole = authorities()
        case "level":
            whole = (level.value for level in Level)
        case "method":
            whole = METHODS
        case "code":
            whole = (code for code in CHECKS if where.uscc is None or code not in OF_SUPERVISORS)
        case "month":
            whole = _months(values, basis)
        case _:
            pass
    return [*dict.fromkeys((*whole, *values))]


def _months(named: set[str | None], basis: Basis) -> list[str]:
    """Return the months from the first of which there is something to that of the day."""
    last = basis.valid_at.isoformat()[:7]
    known = [month for month in named if month is not None] or [last]
    year, month = map(int, min(known).split("-"))
    months: list[str] = []
    while (name := f"{year:04}-{month:02}") <= max(last, *known):
        months.append(name)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return months


def several(
    conn: Connection[Any], basis: Basis, by: Sequence[str], where: Where
) -> dict[str, list[dict[str, Any]]]:
    """Return the same by each column of `by`, read together; all of them stand in the same sums."""
    numbers = tallies.numbers(conn, basis, by, where)
    findings = _findings(conn, basis, where)
    by_column: dict[str, list[dict[str, Any]]] = {}
    for column in by:
        counts = {name: numbers[table][column] for name, table in _NAMES.items()}
        open_findings = _open_findings(conn, basis, findings, (column,))
        counts["open_findings"] = {value: n for (value,), n in open_findings.items()}
        by_column[column] = _lines(column, counts)
    return by_column


def _lines(by: str, counts: Mapping[str, Mapping[str | None, int]]) -> list[dict[str, Any]]:
    values = {value for count in counts.values() for value in count}
    return [
        {by: value, **{name: count.get(value, 0) for name, count in counts.items()}}
        for value in sorted(values, key=lambda value: (value is None, value or ""))
    ]


OPEN_FINDINGS = f"""
SELECT doc FROM projections.cases
 WHERE {HOLDS}
   AND kind = 'findings' AND stage <> ALL (%(ended)s)
   AND (%(district)s::text IS NULL OR district = %(district)s)
   AND (%(uscc)s::text IS NULL OR subject = %(uscc)s)
"""


def _findings(conn: Connection[Any], basis: Basis, where: Where) -> list[dict[str, Any]]:
    values = {
        "valid_at": basis.valid_at,
        "position": basis.position,
        "district": where.district,
        "uscc": where.uscc,
        "ended": [*ENDED],
    }
    return [item(doc) for (doc,) in asked(conn, OPEN_FINDINGS, values)]


def _open_findings(
    conn: Connection[Any], basis: Basis, findings: Sequence[dict[str, Any]], by: Sequence[str]
) -> Counter[Told]:
    """Count a finding once for each value, or pair of values, that it concerns."""
    of_sessions = [name for name in by if name in _OF_SESSIONS]
    sessions: Mapping[str, Told] = {}
    if of_sessions:
        keys = {one for finding in findings for one in finding["assessments"]}
        sessions = _of_sessions(conn, basis, of_sessions, sorted(keys))
    nowhere = (None,) * len(of_sessions)
    counted: Counter[Told] = Counter()
    for finding in findings:
        concerned = {sessions.get(one, nowhere) for one in finding["assessments"]} or {nowhere}
        parts: list[Iterable[Mapping[str, str | None]]] = [
            [dict(zip(of_sessions, told, strict=True)) for told in concerned]
        ]
        if "district" in by:
            parts.append([{"district": finding["district"]}])
        if "month" in by:
            parts.append([{"month": finding["raised_on"][:7]}])
        if "code" in by:
            parts.append([{"code": code} for code in _codes(finding) or (None,)])
        for combined in product(*parts):
            values = {name: value for part in combined for name, value in part.items()}
            counted[tuple(values[name] for name in by)] += 1
    return counted


def _codes(finding: dict[str, Any]) -> set[str]:
    """Return the checks that a finding names: by the flags it concerns, else by its rule."""
    named = (*finding["flags"], f"{finding['rule'].rpartition('/')[2].partition('.')[0]}-1")
    parts = [flag_parts(key) for key in named]
    return {part[0] for part in parts if part is not None}


OF_SESSIONS = f"""
SELECT key, doc::json -> 'occupation' ->> 'edition', doc::json -> 'occupation' ->> 'code',
       occupation, level, method
  FROM projections.sessions
 WHERE key = ANY (%(keys)s)
   AND {KNOWN}
"""


def _of_sessions(
    conn: Connection[Any], basis: Basis, by: Sequence[str], keys: list[str]
) -> dict[str, Told]:
    places = [_OF_SESSIONS.index(name) for name in by]
    rows = asked(conn, OF_SESSIONS, {"position": basis.position, "keys": keys})
    return {key: tuple(told[place] for place in places) for key, *told in rows}
