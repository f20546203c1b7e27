"""Certificates as they were issued or replaced, and whether they still hold (七(二)).

A number may stand on several certificates (C2), so the key is the position of the entry.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, LiteralString, NamedTuple

import msgspec
from msgspec import UNSET, UnsetType
from psycopg import Connection

from domain.certificate.certificate import CertificateIssued, End, Holder, Results
from domain.certificate.lifetime import CertificateRecord
from domain.checks import OF_SCOPE, within_confirmed
from domain.supervision.subject_file import Stretch, SubjectFile
from domain.supervision.supervision import Supervision
from domain.terms.envelope import Recorded
from domain.terms.folding import folded
from domain.terms.reference import Occupation, Reference
from domain.terms.vocabulary import Level, Verdict
from projections.views import flags, scope, sessions
from projections.views.basis import HOLDS, Basis, Page
from projections.views.lines import NULL, day_text
from projections.views.row import Row, Rows, View, document, item, row_of
from projections.views.sorting import Column, Sorting, key_of, sorted_page


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the list is narrowed to; None: not at all."""

    uscc: str | None = None
    district: str | None = None
    assessment_id: str | None = None
    number: str | None = None
    day_from: date | None = None
    """First day of issue, included."""
    day_to: date | None = None
    """Last day of issue, included."""
    state: str | None = None
    """`valid`, `reissued`, `revoked`."""


def rows(supervision: Supervision, key: str) -> Rows:
    """Return the certificate that was entered at the position `key`."""
    record = supervision.file.certificate(int(key))
    return () if record is None else rows_of(supervision.file, record)


def rows_of(file: SubjectFile, record: CertificateRecord) -> Rows:
    """Return a certificate while it holds and, from the day it ends, as ended."""
    entry, end = record.entry, record.end
    before, method = record.before, _method(file, entry)
    replaces = None if before is None else (before.number, record.first.number)
    if end is None:
        return as_issued(file, entry, None, replaces)
    start = entry.valid_from
    rows = as_issued(file, entry, end.day, replaces) if start < end.day else ()
    for stretch in file.supervised(max(start, end.day)):
        rows += (_row(entry, stretch, method, end, replaces),)
    return rows


def as_issued(
    file: SubjectFile,
    entry: Recorded[CertificateIssued],
    end: date | None = None,
    replaces: tuple[str, str] | None = None,
) -> Rows:
    """Return the certificate as it is until something ends it.

    `replaces`: the number that it replaced, and the one under which it was first issued.
    """
    stretches, method = file.supervised(entry.valid_from, end), _method(file, entry)
    return tuple([_row(entry, stretch, method, None, replaces) for stretch in stretches])


def _method(file: SubjectFile, entry: Recorded[CertificateIssued]) -> str:
    """Return how its session was held, as a column has it."""
    session = file.sessions.get(entry.event.assessment_id)
    return NULL if session is None else session.entry.event.method


class _Item(msgspec.Struct, gc=False):
    """The item as it is stored. A struct, because a dictionary costs as much as its encoding."""

    certificate_no: str
    assessment_id: str
    uscc: str | None
    issuer_uscc: str
    district: str | None
    occupation: Occupation
    level: Level
    holder: Holder
    results: Results
    issued_on: date
    state: str
    ended_on: date | None
    ended_position: int | None
    replaced_by: str | None
    position: int
    replaces: str | UnsetType = UNSET
    """The number of the certificate that this one replaced; without, it was issued for itself."""
    issued_as: str | UnsetType = UNSET
    """The number under which it was first issued, through all that were replaced."""
    reissued_on: date | UnsetType = UNSET


_HOLDING = ("valid", None, None, None)


def _row(
    entry: Recorded[CertificateIssued],
    stretch: Stretch,
    method: str,
    end: End | None,
    replaces: tuple[str, str] | None,
) -> Row:
    event = entry.event
    number, assessment_id = event.certificate_no, event.assessment_id
    occupation, level, district = event.occupation, event.level, stretch.district
    state, ended, ended_position, replaced_by = (
        _HOLDING if end is None else (end.state, end.day, end.position, end.replaced_by)
    )
    # fmt: off
    shown = _Item(
        number, assessment_id, entry.subject, event.issuer_uscc, district, occupation, level,
        event.holder, event.results, event.issued_on, state, ended, ended_position, replaced_by,
        entry.position,
    )
    # fmt: on
    if replaces is not None:
        shown.replaces, shown.issued_as = replaces
        shown.reissued_on = entry.valid_from
    # fmt: off
    columns = (
        folded(number), assessment_id, occupation.name, level, state, day_text(event.issued_on), method,
    )
    # fmt: on
    return row_of((*stretch, columns, document(shown)))


CERTIFICATES = View(
    "certificates", ("number", "session", "occupation", "level", "state", "day", "method"), rows
)

BY_NUMBER = f"""
SELECT doc FROM projections.certificates
 WHERE number = %(number)s
   AND {HOLDS}
 ORDER BY length(key), key
"""


def by_number(
    conn: Connection[Any], basis: Basis, number: str, reference_at: Callable[[int], Reference]
) -> list[dict[str, Any]]:
    """Return every certificate under that number, however it is written, in order of entry.

    `issuer_in_scope`: whether the issuer's confirmed scope held the occupation at that level on
    the days of the assessment (`assessed_on`, `assessed_to`), as known at the basis' position; None
    where that cannot be decided.
    `holder.subject_id` leads to the vault and
    `results` are the holder's own: neither is for the public.
    """
    values = {"valid_at": basis.valid_at, "position": basis.position, "number": folded(number)}
    certificates = [item(doc) for (doc,) in conn.execute(BY_NUMBER, values).fetchall()]
    for certificate in certificates:
        session = sessions.one(conn, Basis(date.max, basis.position), certificate["assessment_id"])
        certificate["assessed_on"] = session["held_from"] if session else certificate["issued_on"]
        certificate["assessed_to"] = session["held_to"] if session else certificate["issued_on"]
        if session is not None and session["uscc"] == certificate["issuer_uscc"]:
            records = [session["position"], certificate["position"]]
            certificate["issuer_in_scope"] = _as_flagged(conn, basis, records)
        else:
            reference = reference_at(basis.position)
            certificate["issuer_in_scope"] = _of_another(conn, basis, certificate, reference)
    return certificates


def _as_flagged(conn: Connection[Any], basis: Basis, records: list[int]) -> bool | None:
    """Say of the assessment what its flags say: two answers to one question would be one too many.

    What a supervisor has dismissed is no departure any more.
    """
    return _in_scope(
        Verdict(flag["verdict"])
        for flag in flags.on_any_day(conn, records, basis.position)
        if flag["code"] in OF_SCOPE
        and not (flag["review"] == "dismissed" and not flag["review_stale"])
    )


def _in_scope(verdicts: Iterable[Verdict]) -> bool | None:
    worst = max(verdicts, key=lambda verdict: verdict.gravity, default=Verdict.CLEAR)
    return None if worst is Verdict.UNDECIDED else worst is Verdict.CLEAR


def _of_another(
    conn: Connection[Any], basis: Basis, certificate: dict[str, Any], reference: Reference
) -> bool | None:
    """Say by the same checks whether an issuer that held no such assessment might have: no flag does."""
    outcomes = within_confirmed(
        certificate["position"],
        _Paper(msgspec.convert(certificate["occupation"], Occupation), Level(certificate["level"])),
        date.fromisoformat(certificate["assessed_on"]),
        date.fromisoformat(certificate["assessed_to"]),
        scope.as_checked(conn, basis, certificate["issuer_uscc"]),
        reference,
    )
    return _in_scope(outcome.verdict for outcome in outcomes.values())


class _Paper(NamedTuple):
    """What a certificate says was assessed."""

    occupation: Occupation
    level: Level


COUNTED = f"""
SELECT session, count(*) FROM projections.certificates
 WHERE session = ANY (%(sessions)s) AND state = 'valid'
   AND {HOLDS}
 GROUP BY session
"""


def counted(conn: Connection[Any], basis: Basis, sessions: list[str]) -> dict[str, int]:
    """Return how many certificates hold on the day of each of these sessions; none: left out."""
    values = {"valid_at": basis.valid_at, "position": basis.position, "sessions": sessions}
    return dict(conn.execute(COUNTED, values).fetchall())


SORTED: Mapping[str, Column] = MappingProxyType(
    {"issued_on": Column("day", "day"), "uscc": Column("subject")}
)
"""By what the list may be sorted: each has an index."""

ROWS: LiteralString = "projections.certificates"
# Before the day of its issue a certificate shows where it was replaced or revoked on an earlier one.
# There are hardly any; OFFSET 0 has them read by their index and not by what else is asked for.
AHEAD: LiteralString = (
    "(SELECT * FROM projections.certificates WHERE valid_from < day OFFSET 0) ahead"
)
PAGE: LiteralString = f"""
SELECT key, doc, {{value}} FROM {{rows}}
 WHERE {HOLDS}
   AND {{behind}}
   AND (%(latest)s::date IS NULL OR day <= %(latest)s)
   AND (%(session)s::text IS NULL OR session = %(session)s)
   AND (%(number)s::text IS NULL OR number = %(number)s)
   AND (%(uscc)s::text IS NULL OR subject = %(uscc)s)
   AND (%(district)s::text IS NULL OR district = %(district)s)
   AND (%(day_from)s::date IS NULL OR day >= %(day_from)s)
   AND (%(day_to)s::date IS NULL OR day <= %(day_to)s)
   AND (%(state)s::text IS NULL OR state = %(state)s)
 ORDER BY {{order}} LIMIT %(limit)s
"""
# OFFSET 0: else the greatest day is looked for along all days, for a row that hardly any of them has.
LATEST = """
SELECT max(day)
  FROM (SELECT day, valid_from FROM projections.certificates WHERE valid_from < day OFFSET 0) ahead
 WHERE valid_from <= %(valid_at)s
"""


def page(  # noqa: PLR0913, PLR0917 - one argument a part of the question
    conn: Connection[Any],
    basis: Basis,
    filters: Filters,
    cursor: str | None,
    limit: int,
    order: Sorting | None = None,
) -> Page:
    """Return certificates, mostly those of one session, in order of key, or as `order` says, from behind `cursor`."""
    values = {
        "valid_at": basis.valid_at,
        "position": basis.position,
        "after": key_of(order, cursor) or "",
        "latest": None if order is None else _latest(conn, basis),
        "session": filters.assessment_id,
        "number": None if filters.number is None else folded(filters.number),
        "day_from": filters.day_from,
        "day_to": filters.day_to,
        "state": filters.state,
        "uscc": filters.uscc,
        "district": filters.district,
    }
    ahead = filters.day_from is not None and filters.day_from > basis.valid_at
    rows = AHEAD if ahead else ROWS
    return sorted_page(conn, PAGE, values, limit, order, cursor, rows=rows)


def _latest(conn: Connection[Any], basis: Basis) -> date:
    """Return the last day of issue that shows on the day of the basis.

    The day itself, unless one shows ahead of its day: what is sorted by days is not looked for behind it.
    """
    (ahead,) = conn.execute(LATEST, {"valid_at": basis.valid_at}).fetchone() or (None,)
    return max(basis.valid_at, ahead or basis.valid_at)
