"""C2, the fold across enterprises: one number twice, or one holder certified twice.

Its facts are all entries that carry the number's tag or the holder's tag. The flag stands
on the certificate that was recorded later: the first one could not know of the second.
"""

from collections.abc import Iterable, Sequence
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
from domain.subject_file import CertificateRecord
from domain.vocabulary import Verdict


class TwinVersion(NamedTuple):
    """The C2 flag of one certificate as known from the entry `at` on."""

    at: int
    flag: FlagState
    review: Review | None


def twin_history(
    position: int, entries: Sequence[Recorded[Any]], amend: Amend
) -> list[TwinVersion]:
    """Return every version of the C2 flag of the certificate entered at `position`.

    `entries` are all that carry its number's or its holder's tag, in position order.
    Empty where it was never raised.
    """
    records: dict[int, CertificateRecord] = {}
    versions: list[TwinVersion] = []
    flag: FlagState | None = None
    review: Review | None = None
    for entry in entries:
        if isinstance(entry.event, FlagReviewed):
            if entry.event.flag != flag_key("C2", position):
                continue
            review = review_after(review, entry)
        else:
            _take(records, entry, amend)
        own = records.get(position)
        if own is None:
            continue
        flag = _settled(flag, own, _judge(own, records.values()), entry.position)
        if flag is not None and (not versions or versions[-1][1:] != (flag, review)):
            versions.append(TwinVersion(entry.position, flag, review))
    return versions


def _take(records: dict[int, CertificateRecord], entry: Recorded[Any], amend: Amend) -> None:
    event = entry.event
    if isinstance(event, CertificateIssued):
        records[entry.position] = CertificateRecord(entry)
    elif isinstance(event, RecordCorrected):
        wrong = records.get(event.position)
        if wrong is not None:
            wrong.entry = amended(wrong.entry, event, amend)
    elif isinstance(event, CertificateReissued | CertificateRevoked):
        for record in records.values():
            same = record.entry.event.certificate_no == event.certificate_no
            if same and record.entry.subject == entry.subject and record.ended is None:
                record.ended = entry.valid_from
                record.ended_position = entry.position
                if isinstance(event, CertificateReissued):
                    record.replaced_by = event.new_certificate_no


def _settled(
    flag: FlagState | None, own: CertificateRecord, outcome: Outcome, at: int
) -> FlagState | None:
    position, day = own.entry.position, own.entry.event.issued_on
    if flag is not None:
        return after(flag, outcome, at)
    if outcome is CLEAR:
        return None
    then = outcome.verdict if at == position else Verdict.CLEAR
    return raised("C2", position, day, outcome, then=then, at=at)


def _judge(own: CertificateRecord, records: Iterable[CertificateRecord]) -> Outcome:
    """C2 of one certificate against those recorded before it."""
    if own.ended is not None:
        return CLEAR
    event = own.entry.event
    for other in records:
        if other.entry.position >= own.entry.position:
            continue
        before = other.entry.event
        because = (own.entry.position, other.entry.position)
        if before.certificate_no == event.certificate_no:
            return breach(
                f"证书编号 {event.certificate_no} 已用于另一本证书(位置 {other.entry.position})",
                f"number {event.certificate_no} already stands on another certificate"
                f" (position {other.entry.position})",
                *because,
            )
        if _certified_before(other, event):
            return breach(
                f"同一持有人的 {event.occupation.label} {event.level.zh} 已有证书 {before.certificate_no}",
                f"the holder already has certificate {before.certificate_no}"
                f" for {event.occupation.label} at {event.level.en}",
                *because,
            )
    return CLEAR


def _certified_before(other: CertificateRecord, event: CertificateIssued) -> bool:
    before = other.entry.event
    return (
        before.holder.subject_id == event.holder.subject_id
        and before.occupation == event.occupation
        and before.level is event.level
        and other.replaced_by != event.certificate_no
        and (other.ended is None or other.ended > event.issued_on)
    )
