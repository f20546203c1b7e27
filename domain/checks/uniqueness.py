"""C2 in words: a number stands on one certificate, a holder has one of an occupation and level (七(二))."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeAlias

from domain.certificate.certificate import CertificateIssued
from domain.certificate.lifetime import CertificateRecord
from domain.checks.outcome import Outcome, breach, undecided
from domain.supervision.subject_file import SessionRecord
from domain.terms.folding import folded
from domain.terms.scope import Unit

Scope: TypeAlias = Callable[[date], Iterable[Unit]]
"""What an enterprise may certify on a day."""


def number_taken(own: CertificateRecord, other: CertificateRecord) -> Outcome:
    """Say that the number of `own` stands on `other`, given before it or on the same day."""
    number, by, day = own.number, other.uscc or "", other.given_on
    same_day = day == own.given_on
    return breach(
        f"证书编号 {number} {'同日还' if same_day else '已'}用于另一本证书（{by}，{day}）",
        f"number {number} {'stands also' if same_day else 'already stands'} on another certificate"
        f" ({by}, {day})",
        own.position,
        other.position,
        reason="number-taken",
        values=(number,),
    )._replace(bodies=_besides(own, other))


def certified_before(own: CertificateRecord, other: CertificateRecord) -> Outcome:
    """Say that the holder of `own` has `other` for the same occupation and level."""
    event, number = own.entry.event, _number_on(other, own.issued_on)
    occupation, level = event.occupation, event.level
    same_day = other.issued_on == own.issued_on
    return breach(
        f"同一持有人的 {occupation.label} {level.zh} {'同日另有' if same_day else '已有'}证书 {number}",
        f"the holder {'also' if same_day else 'already'} has certificate {number} for"
        f" {occupation.label} at {level.en}{', issued the same day' if same_day else ''}",
        own.position,
        other.position,
        reason="certified-before",
        values=(event.certificate_no, number, *occupation.parts, level.value),
    )._replace(bodies=_besides(own, other))


def editions_apart(own: CertificateRecord, other: CertificateRecord) -> Outcome:
    """Say that `other` names an occupation of that name in another edition, so that C2 is undecided."""
    event, number = own.entry.event, _number_on(other, own.issued_on)
    occupation, level = event.occupation, event.level
    edition = other.entry.event.occupation.edition
    return undecided(
        f"同一持有人另有 {edition} 年版 {occupation.label} {level.zh} 证书 {number}："
        f"与 {occupation.edition} 年版是否同一职业，无法判定",
        f"the holder has certificate {number} for {occupation.label} of edition {edition} at"
        f" {level.en}: whether that is the same as in edition {occupation.edition} is undecided",
        own.position,
        other.position,
        reason="editions-apart",
        values=(event.certificate_no, number, *occupation.parts, edition, level.value),
    )._replace(bodies=_besides(own, other))


TRADES_APART = "trades-apart"
"""Reason of C2 where the certificates name different 工种, or one of them none."""


def trades_apart(own: CertificateRecord, other: CertificateRecord) -> Outcome:
    """Say that `own` names another 工种 than `other`, or one of them none, so that C2 is undecided.

    A 工种 that the session or the scope of `own` names makes another grade (`names_its_trade`); one
    that stands on the certificate alone anybody can write there.
    """
    event, number = own.entry.event, _number_on(other, own.issued_on)
    occupation, level = event.occupation, event.level
    before = other.entry.event.occupation
    here, there = (f"“{x.trade}”" if x.trade else "未写明" for x in (occupation, before))
    here_en, there_en = (x.trade or "none" for x in (occupation, before))
    return undecided(
        f"同一持有人另有 {before.label} {level.zh} 证书 {number}（工种{there}）；本证书工种{here}，"
        "认定活动和确认范围均未载明，是否另一工种，无法判定",
        f"the holder has certificate {number} for {before.label} at {level.en} (work type: {there_en});"
        f" this one's ({here_en}) is named by neither session nor scope: whether it is another one is"
        " undecided",
        own.position,
        other.position,
        reason=TRADES_APART,
        values=(event.certificate_no, number, *occupation.parts, before.trade or "", level.value),
    )._replace(bodies=_besides(own, other))


def names_its_trade(own: CertificateIssued, session: SessionRecord | None, scope: Scope) -> bool:
    """Return whether the session or the scope of its day names the 工种 of a certificate."""
    trade = own.occupation.trade
    if trade is None or session is None:
        return False
    named = (session.occupation, *(unit.occupation for unit in scope(session.first_day)))
    return any(
        one.trade is not None
        and folded(one.trade) == folded(trade)
        and folded(one.name) == folded(own.occupation.name)
        for one in named
    )


def _besides(own: CertificateRecord, other: CertificateRecord) -> tuple[str, ...]:
    """Return whom the flag names beside the enterprise on whose certificate it stands."""
    return () if other.uscc in {None, own.uscc} else (other.uscc or "",)


def _number_on(record: CertificateRecord, day: date) -> str:
    """Return the number under which a certificate stood on `day`: later reissues say nothing here."""
    standing = record
    for later in record.line()[1:]:
        if later.given_on > day:
            break
        standing = later
    return standing.number
