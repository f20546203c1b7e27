"""C2, the fold across enterprises: one number twice, or one holder certified twice.

Its facts are all entries that carry the number's tag or the holder's tag. The flag stands
on the certificate that was recorded later: the first one could not know of the second.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from domain.certificate import CertificateIssued, CertificateReissued, CertificateRevoked
from domain.checks.outcome import CLEAR, Outcome, breach
from domain.correction import RecordCorrected, amended
from domain.decider import Amend
from domain.envelope import Recorded
from domain.flag import FlagReviewed, Review
from domain.flag import evolve as review_after
from domain.flags import FlagState, after, raised
from domain.identifiers import flag_key
from domain.papers import CertificateRecord, end
from domain.vocabulary import Verdict


class TwinVersion(NamedTuple):
    """The C2 flag of one certificate as known from the entry `at` on, and the certificate then."""

    at: int
    flag: FlagState
    review: Review | None
    entry: Recorded[CertificateIssued]


class _Group:
    """The certificates that share a number or a holder, as far as they have been read."""

    def __init__(self, amend: Amend) -> None:
        self.amend = amend
        self.records: dict[int, CertificateRecord] = {}
        self.strangers: dict[int, str] = {}
        """Reissue → the number it took, where what it replaced is not of this group."""

    def take(self, entry: Recorded[Any]) -> None:
        event = entry.event
        if isinstance(event, CertificateIssued):
            self.records[entry.position] = CertificateRecord(entry)
        elif isinstance(event, RecordCorrected):
            self._correct(event)
        elif isinstance(event, CertificateReissued | CertificateRevoked):
            successor = end(list(self.records.values()), entry)
            if successor is not None:
                self.records[entry.position] = successor
            elif isinstance(event, CertificateReissued):
                self.strangers[entry.position] = event.new_certificate_no

    def _correct(self, correction: RecordCorrected) -> None:
        record = self.records.get(correction.position)
        if record is None:
            return
        if record.before is None or record.reissue is None:
            record.correct(amended(record.entry, correction, self.amend))
            return
        record.reissue = amended(record.reissue, correction, self.amend)
        record.before.ended = record.reissue.valid_from
        record.before.correct(record.before.entry)


def twin_history(
    position: int, entries: Sequence[Recorded[Any]], amend: Amend
) -> list[TwinVersion]:
    """Return every version of the C2 flag of the certificate entered at `position`.

    `entries` are all that carry its number's or its holder's tag, in position order. The
    certificate may be one that a reissue made. Empty where it was never raised.
    """
    group = _Group(amend)
    versions: list[TwinVersion] = []
    flag: FlagState | None = None
    review: Review | None = None
    for entry in entries:
        if isinstance(entry.event, FlagReviewed):
            if entry.event.flag != flag_key("C2", position):
                continue
            review = review_after(review, entry)
        else:
            group.take(entry)
        own = group.records.get(position)
        if own is None:
            continue
        flag = _settled(flag, own, _judge(own, group), entry.position)
        if flag is not None and (not versions or versions[-1][1:3] != (flag, review)):
            versions.append(TwinVersion(entry.position, flag, review, own.entry))
    return versions


def _settled(
    flag: FlagState | None, own: CertificateRecord, outcome: Outcome, at: int
) -> FlagState | None:
    position, day = own.entry.position, own.entry.valid_from
    if flag is not None:
        return after(flag, outcome, at)
    if outcome is CLEAR:
        return None
    then = outcome.verdict if at == position else Verdict.CLEAR
    return raised("C2", position, day, outcome, then=then, at=at)


def _judge(own: CertificateRecord, group: _Group) -> Outcome:
    """C2 of one certificate: its number against what was recorded before it, and its holder's others.

    What replaced a certificate stands in its place: the order is that of the first issues.
    """
    if own.ended is not None:
        return CLEAR
    position, event = own.entry.position, own.entry.event
    for at, number in group.strangers.items():
        if at < position and number == own.number:
            return _taken(own, at)
    for other in group.records.values():
        if other is own or _same_paper(own, other):
            continue
        if other.number == own.number and other.entry.position < position:
            return _taken(own, other.entry.position)
        if _certified_before(other, own):
            return breach(
                f"同一持有人的 {event.occupation.label} {event.level.zh} 已有证书 {other.number}",
                f"the holder already has certificate {other.number}"
                f" for {event.occupation.label} at {event.level.en}",
                position,
                other.entry.position,
            )
    return CLEAR


def _taken(own: CertificateRecord, at: int) -> Outcome:
    return breach(
        f"证书编号 {own.number} 已用于另一本证书(位置 {at})",
        f"number {own.number} already stands on another certificate (position {at})",
        own.entry.position,
        at,
    )


def _same_paper(own: CertificateRecord, other: CertificateRecord) -> bool:
    """Whether one replaced the other, or a replacement is recorded twice: as reissued and as issued."""
    if other.first is own.first:
        return True
    if own.before is None and other.before is None:
        return False
    return own.number == other.number and own.uscc == other.uscc and _same_certified(own, other)


def _same_certified(own: CertificateRecord, other: CertificateRecord) -> bool:
    one, two = own.entry.event, other.entry.event
    return (
        own.holder == other.holder and one.occupation == two.occupation and one.level is two.level
    )


def _certified_before(other: CertificateRecord, own: CertificateRecord) -> bool:
    return (
        other.first.entry.position < own.first.entry.position
        and _same_certified(own, other)
        and other.replaced_by != own.number
        and (other.ended is None or other.ended > own.entry.valid_from)
    )
