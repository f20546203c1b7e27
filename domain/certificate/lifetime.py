"""Certificates in the file of their enterprise, each with what it goes back to and what replaced it.

When one ends, and how, is for the stream to say (`domain.certificate.certificate`). A reissue
makes a certificate of its own: what the replaced one says, under the new number. It is known by
the position of the reissue, and can be revoked or replaced again like any other.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from domain.certificate.certificate import (
    CertificateIssued,
    CertificateReissued,
    End,
    end_before,
    end_by,
    those_ended,
)
from domain.terms.envelope import Recorded


class CertificateRecord:
    """One recorded certificate and whether it still holds.

    `entry` is how it was issued; for a certificate made by a reissue, what `reissue` makes of the
    one `before` it: `entry.valid_from` is then the day of the reissue, `issued_on` stays.
    """

    __slots__ = ("__dict__", "entry", "number", "uscc")

    # What few certificates have has no slot: a replay makes ten million records.
    end: End | None = None
    overtaken: tuple[End, ...] = ()
    before: "CertificateRecord | None" = None
    successor: "CertificateRecord | None" = None
    reissue: Recorded[CertificateReissued] | None = None

    def __init__(self, entry: Recorded[CertificateIssued]) -> None:
        self.entry = entry
        self.number = entry.event.certificate_no
        self.uscc = entry.subject

    @property
    def position(self) -> int:
        """The entry that issued it, or replaced another one by it."""
        return self.entry.position

    @property
    def holder(self) -> str:
        """Pseudonym of its holder."""
        return self.entry.event.holder.subject_id

    @property
    def issued_on(self) -> date:
        """The day of issue; of one that replaced another, that of the first."""
        return self.entry.event.issued_on

    @property
    def given_on(self) -> date:
        """The day on which it was given its number: of its issue, or of the reissue that made it."""
        return self.entry.event.issued_on if self.reissue is None else self.entry.valid_from

    @property
    def ended(self) -> date | None:
        """The day on which it ended."""
        return self.end.day if self.end is not None else None

    @property
    def ended_by_authority(self) -> bool:
        """Whether an authority ended it: that frees it of what was found about it."""
        return self.end is not None and self.end.by_authority

    @property
    def revoked_by_authority(self) -> bool:
        """Whether an authority ended it and put nothing in its place."""
        return self.end is not None and self.end.revokes_by_authority

    @property
    def state(self) -> str:
        """`valid`, `reissued` or `revoked`."""
        return "valid" if self.end is None else self.end.state

    @property
    def first(self) -> "CertificateRecord":
        """The certificate that this one goes back to: itself, if it replaced none."""
        return self if self.before is None else self.before.first

    def line(self) -> list["CertificateRecord"]:
        """Return this certificate and all that replaced it, one after another."""
        line: list[CertificateRecord] = [self]
        while line[-1].successor is not None:
            line.append(line[-1].successor)
        return line

    def reopen(self) -> None:
        """Forget that it ended: its ends are read again."""
        self.end, self.overtaken, self.successor = None, (), None

    def correct(self, entry: Recorded[CertificateIssued]) -> None:
        """Read how it was issued as corrected, here and in all that replaced it."""
        self.entry = entry
        if self.successor is not None and self.successor.reissue is not None:
            self.successor.correct(made_by(self.successor.reissue, entry))


def made_by(
    reissue: Recorded[Any], replaced: Recorded[CertificateIssued]
) -> Recorded[CertificateIssued]:
    """Return the certificate that a reissue makes of the one it replaces."""
    event = replaced.event
    new = CertificateIssued(
        certificate_no=reissue.event.new_certificate_no,
        assessment_id=event.assessment_id,
        issuer_uscc=event.issuer_uscc,
        occupation=event.occupation,
        level=event.level,
        holder=event.holder,
        results=event.results,
        issued_on=event.issued_on,
    )
    return reissue._replace(event=new)


def in_order(
    records: Iterable[CertificateRecord], ends: Iterable[Recorded[Any]]
) -> Sequence[CertificateRecord | Recorded[Any]]:
    """Return certificates that were issued, and ends under their number, in the order of their entries."""
    issued = [record for record in records if record.reissue is None]
    return sorted([*issued, *ends], key=lambda each: each.position)


def read_late(record: CertificateRecord, records: Iterable[CertificateRecord]) -> None:
    """End a certificate with what it is of the same paper as, where it is recorded behind that end."""
    end = end_before(records, record)
    if end is not None:
        record.end = end


def read_end(
    records: Sequence[CertificateRecord],
    entry: Recorded[Any],
    made: CertificateRecord | None = None,
) -> CertificateRecord | None:
    """End what the reissue or revocation `entry` ends; return the certificate that a reissue makes.

    `made`: the one that it made when it was read before, as it stood then.
    """
    ended, end = those_ended(records, entry), end_by(entry)
    for record in ended:
        if record.end is not None:
            record.overtaken = (*record.overtaken, record.end)
        record.end = end
    if not ended or end.replaced_by is None:
        return None
    old = ended[-1]
    new = made or CertificateRecord(made_by(entry, old.entry))
    new.before, new.reissue, old.successor = old, entry, new
    new.correct(made_by(entry, old.entry))
    return new
