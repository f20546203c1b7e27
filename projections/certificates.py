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
        return (_row(entry, "valid", issued, None, None),)
    if record.ended <= issued:
        return (_row(entry, record.state, issued, None, record),)
    return (
        _row(entry, "valid", issued, record.ended, None),
        _row(entry, record.state, record.ended, None, record),
    )


def _record(of: Supervision, position: int, number: str) -> CertificateRecord | None:
    for record in of.file.certificates.get(number, ()):
        if record.entry.position == position:
            return record
    return None


def _row(
    entry: Recorded[CertificateIssued],
    state: str,
    start: date,
    end: date | None,
    ended: CertificateRecord | None,
) -> Row:
    event = entry.event
    holder = event.holder
    doc = {
        "certificate_no": event.certificate_no,
        "assessment_id": event.assessment_id,
        "uscc": entry.subject,
        "issuer_uscc": event.issuer_uscc,
        "district": entry.district,
        "occupation": event.occupation,
        "level": event.level,
        "holder": {
            "subject_id": holder.subject_id,
            "masked_name": holder.masked_name,
            "id_type": holder.id_type,
            "category": holder.category,
        },
        "results": event.results,
        "issued_on": event.issued_on,
        "state": state,
        "ended_on": ended.ended if ended else None,
        "ended_position": ended.ended_position if ended else None,
        "replaced_by": ended.replaced_by if ended else None,
        "position": entry.position,
    }
    columns = (
        event.certificate_no,
        event.assessment_id,
        event.occupation.name,
        event.level.value,
        state,
    )
    return Row(start, end, entry.district, columns, document(doc))


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
