"""Certificates through time: issued, replaced by one with a new number, revoked (七(二)).

A reissue makes a certificate of its own: what the replaced one says, under the new number. It is
known by the position of the reissue, and can be revoked or replaced again like any other.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from domain.certificate.certificate import (
    CertificateIssued,
    CertificateReissued,
    CertificateRevoked,
    those_ended,
)
from domain.terms.envelope import Recorded
from domain.terms.vocabulary import Role


class CertificateRecord:
    """One recorded certificate and whether it still holds.

    `entry` is how it was issued; for a certificate made by a reissue, what `reissue` makes of the
    one `before` it: `entry.valid_from` is then the day of the reissue, `issued_on` stays.
    """

    __slots__ = ("__dict__", "entry", "number", "uscc")

    # What few certificates have has no slot: a replay makes ten million records.
    ended: date | None = None
    ended_position: int = 0
    replaced_by: str | None = None
    ended_by_enterprise: bool = False
    """Whether its enterprise ended it: that frees it from nothing that was found about it (§1)."""
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
    def ended_by_authority(self) -> bool:
        """Whether an authority ended it: that frees it of what was found about it."""
        return self.ended is not None and not self.ended_by_enterprise

    @property
    def revoked_by_authority(self) -> bool:
        """Whether an authority ended it and put nothing in its place."""
        return self.ended_by_authority and self.replaced_by is None

    @property
    def state(self) -> str:
        """`valid`, `reissued` or `revoked`."""
        if self.ended is None:
            return "valid"
        return "revoked" if self.replaced_by is None else "reissued"

    @property
    def first(self) -> "CertificateRecord":
        """The certificate that this one goes back to: itself, if it replaced none."""
        return self if self.before is None else self.before.first

    def line(self) -> list["CertificateRecord"]:
        """Return this certificate and all that replaced it, one after another."""
        found: list[CertificateRecord] = [self]
        while found[-1].successor is not None:
            found.append(found[-1].successor)
        return found

    def reopen(self) -> None:
        """Forget that it ended: its ends are read again."""
        self.ended, self.ended_position, self.replaced_by, self.successor = None, 0, None, None
        self.ended_by_enterprise = False

    def correct(self, entry: Recorded[CertificateIssued]) -> None:
        """Read how it was issued as corrected, here and in all that replaced it."""
        self.entry = entry
        if self.successor is not None and self.successor.reissue is not None:
            self.successor.correct(made_by(self.successor.reissue, entry))


def made_by(reissue: Recorded[Any], of: Recorded[CertificateIssued]) -> Recorded[CertificateIssued]:
    """Return the certificate that a reissue makes of the one it replaces."""
    event = of.event
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


def end(
    records: Sequence[CertificateRecord],
    entry: Recorded[Any],
    made: CertificateRecord | None = None,
) -> CertificateRecord | None:
    """End what the reissue or revocation `entry` ends; return the certificate that a reissue makes.

    `made`: the one that it made when it was read before, as it stood then.
    """
    event: CertificateReissued | CertificateRevoked = entry.event
    ended = those_ended(records, entry)
    for record in ended:
        record.ended, record.ended_position = entry.valid_from, entry.position
        record.replaced_by = None
        record.ended_by_enterprise = entry.actor.role is Role.ENTERPRISE_REPORTER
    if not ended or not isinstance(event, CertificateReissued):
        return None
    for record in ended:
        record.replaced_by = event.new_certificate_no
    old = ended[-1]
    new = made or CertificateRecord(made_by(entry, old.entry))
    new.before, new.reissue, old.successor = old, entry, new
    new.correct(made_by(entry, old.entry))
    return new
