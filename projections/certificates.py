"""Certificates as they were issued, and whether they still hold (七(二)).

A number may stand on several certificates (C2), so the key is the position of the entry.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import Connection

from domain.certificate import CertificateIssued
from domain.envelope import Recorded
from domain.subject_file import CertificateRecord
from domain.supervision import Supervision
from projections import scope
from projections.basis import Basis, Page
from projections.row import Row, Rows, View, document, item


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the list is narrowed to; None: not at all."""

    uscc: str | None = None
    district: str | None = None
    assessment_id: str | None = None


def rows(of: Supervision, key: str) -> Rows:
    """Return the certificate while it holds and, from the day it ends, as ended."""
    entry = of.entries.get(int(key))
    if entry is None:
        return ()
    issued = entry.event.issued_on
    record = _record(of, int(key), entry.event.certificate_no)
    if record is None or record.ended is None:
        return (as_issued(entry),)
    if record.ended <= issued:
        return (_as_ended(entry, record, issued),)
    return (
        as_issued(entry)._replace(valid_to=record.ended),
        _as_ended(entry, record, record.ended),
    )


def _record(of: Supervision, position: int, number: str) -> CertificateRecord | None:
    for record in of.file.certificates.get(number, ()):
        if record.entry.position == position:
            return record
    return None


def as_issued(entry: Recorded[CertificateIssued]) -> Row:
    """Return the certificate as it is until something ends it."""
    return _row(entry, "valid", entry.event.issued_on, None, None, None)


def _as_ended(entry: Recorded[CertificateIssued], record: CertificateRecord, start: date) -> Row:
    return _row(entry, record.state, start, record.ended, record.ended_position, record.replaced_by)


def _row(  # noqa: PLR0913, PLR0917 - made ten million times: no record is made to pass them on
    entry: Recorded[CertificateIssued],
    state: str,
    start: date,
    ended: date | None,
    ended_position: int | None,
    replaced_by: str | None,
) -> Row:
    event = entry.event
    occupation, level = event.occupation, event.level
    doc = {
        "certificate_no": event.certificate_no,
        "assessment_id": event.assessment_id,
        "uscc": entry.subject,
        "issuer_uscc": event.issuer_uscc,
        "district": entry.district,
        "occupation": occupation,
        "level": level,
        "holder": event.holder,
        "results": event.results,
        "issued_on": event.issued_on,
        "state": state,
        "ended_on": ended,
        "ended_position": ended_position,
        "replaced_by": replaced_by,
        "position": entry.position,
    }
    columns = (
        event.certificate_no,
        event.assessment_id,
        occupation.name,
        level.value,
        state,
    )
    return Row(start, None, entry.district, columns, document(doc))


CERTIFICATES = View("certificates", ("number", "session", "occupation", "level", "state"), rows)

BY_NUMBER = """
SELECT doc FROM projections.certificates
 WHERE number = %(number)s
   AND known_from <= %(position)s AND (known_to IS NULL OR known_to > %(position)s)
   AND valid_from <= %(valid_at)s AND (valid_to IS NULL OR valid_to > %(valid_at)s)
 ORDER BY length(key), key
"""


def by_number(conn: Connection[Any], basis: Basis, number: str) -> list[dict[str, Any]]:
    """Return every certificate under that number, in order of entry.

    `issuer_in_scope`: whether the issuer's confirmed scope held the occupation at that level on
    the day of issue, as known at the basis' position. `holder.subject_id` leads to the vault and
    `results` are the holder's own: neither is for the public.
    """
    values = {"valid_at": basis.valid_at, "position": basis.position, "number": number}
    found = [item(doc) for (doc,) in conn.execute(BY_NUMBER, values).fetchall()]
    for shown in found:
        shown["issuer_in_scope"] = _issuer_in_scope(conn, basis, shown)
    return found


def _issuer_in_scope(conn: Connection[Any], basis: Basis, shown: dict[str, Any]) -> bool:
    that_day = Basis(date.fromisoformat(shown["issued_on"]), basis.position)
    held = scope.one(conn, that_day, shown["issuer_uscc"])
    if held is None or held["standing"] != "listed":
        return False
    occupation = shown["occupation"]
    return any(
        one["edition"] == occupation["edition"]
        and one["name"] == occupation["name"]
        and one["trade"] in {None, occupation["trade"]}
        and shown["level"] in one["levels"]
        for one in held["scope"]
    )


PAGE = """
SELECT key, doc FROM projections.certificates
 WHERE known_from <= %(position)s AND (known_to IS NULL OR known_to > %(position)s)
   AND valid_from <= %(valid_at)s AND (valid_to IS NULL OR valid_to > %(valid_at)s)
   AND key > %(after)s
   AND (%(session)s::text IS NULL OR session = %(session)s)
   AND (%(uscc)s::text IS NULL OR subject = %(uscc)s)
   AND (%(district)s::text IS NULL OR district = %(district)s)
 ORDER BY key LIMIT %(limit)s
"""


def page(
    conn: Connection[Any], basis: Basis, filters: Filters, cursor: str | None, limit: int
) -> Page:
    """Return certificates, mostly those of one session, in order of key, from behind `cursor`."""
    values = {
        "valid_at": basis.valid_at,
        "position": basis.position,
        "after": cursor or "",
        "session": filters.assessment_id,
        "uscc": filters.uscc,
        "district": filters.district,
        "limit": limit + 1,
    }
    found = conn.execute(PAGE, values, prepare=False).fetchall()
    more = found[limit - 1][0] if len(found) > limit else None
    return Page([item(doc) for _, doc in found[:limit]], more)
