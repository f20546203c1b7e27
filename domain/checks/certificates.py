"""R1, C1, C3: the issuer assessed, the number fits the record, no more than candidates (七(二))."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from operator import attrgetter

from domain.certificate.certificate import CertificateIssued, End
from domain.certificate.lifetime import CertificateRecord
from domain.checks.outcome import CLEAR, Outcome, breach, undecided
from domain.checks.visits import differs
from domain.supervision.subject_file import SessionRecord
from domain.terms.contents import NUMBER_PATTERN
from domain.terms.envelope import Recorded
from domain.terms.identifiers import MUNICIPALITY, CertificateNumber, certificate_number
from domain.terms.naming import how_many
from domain.terms.reference import Reference
from domain.terms.vocabulary import CandidateCategory, Level, Verdict

MOST_BEYOND = 100
"""Certificates beyond the candidates that C3 counts one by one, and names: of more it says that they are more.

Else ten thousand that come under one session make ten thousand verdicts of as many positions each.
"""
_TOO_MANY, _FAR_TOO_MANY = "more-than-candidates", "far-more-than-candidates"


def issuer_assessed(entry: Recorded[CertificateIssued]) -> Outcome:
    """R1, where the issuing body is not the assessing enterprise (谁评价、谁负责、谁发证)."""
    issuer = entry.event.issuer_uscc
    return breach(
        f"发证主体 {issuer} 不是评价企业 {entry.subject}（谁评价、谁负责、谁发证）",
        f"issued by {issuer}, assessed by {entry.subject}: who assesses must issue",
        entry.position,
        reason="another-issuer",
        values=(issuer,),
    )


def agrees(entry: Recorded[CertificateIssued], session: SessionRecord) -> Outcome:
    """R2: the certificate names what its session assessed, of a category that it had, not before it."""
    event, assessed = entry.event, session.entry.event
    wrong = list(_departures(event, session))
    if not wrong:
        return CLEAR
    return breach(
        f"证书 {event.certificate_no} 与认定活动 {assessed.assessment_id} 不符："
        f"{'；'.join(zh for zh, _ in wrong)}",
        f"certificate {event.certificate_no} departs from session {assessed.assessment_id}:"
        f" {'; '.join(en for _, en in wrong)}",
        entry.position,
        session.entry.position,
        reason="departs-from-session",
        values=tuple(en for _, en in wrong),
    )


def _departures(event: CertificateIssued, session: SessionRecord) -> Iterator[tuple[str, str]]:
    """Yield in what a certificate departs from its session, in Chinese and English."""
    assessed = session.entry.event
    if differs(event.occupation, assessed.occupation):
        yield (
            f"职业 {event.occupation.label}，认定为 {assessed.occupation.label}",
            f"{event.occupation.label} against {assessed.occupation.label}",
        )
    if event.level is not assessed.level:
        yield (
            f"等级 {event.level.zh}，认定为 {assessed.level.zh}",
            f"{event.level.en} against {assessed.level.en}",
        )
    category = event.holder.category
    eligible = category is not CandidateCategory.OTHER and assessed.candidates.other == 0
    unlike = category is not None and category not in session.categories
    if category is not None and unlike and eligible and session.candidates:
        yield (
            f"持有人类别 {_CATEGORY_ZH[category]}，该场认定没有此类考生",
            f"a holder of category {category.value}, of which the session had none",
        )
    if event.issued_on < assessed.held_from:
        yield (
            f"发证日期 {event.issued_on} 早于认定开始日 {assessed.held_from}",
            f"issued on {event.issued_on}, before the session began on {assessed.held_from}",
        )


_CATEGORY_ZH = {
    CandidateCategory.EMPLOYEE: "在职职工",
    CandidateCategory.DISPATCHED: "劳务派遣人员",
    CandidateCategory.STUDENT: "合作技工院校学生",
    CandidateCategory.APPRENTICE: "新型学徒",
    CandidateCategory.OTHER: "其他人员",
}


def number_fits(entry: Recorded[CertificateIssued], reference: Reference) -> Outcome:
    """C1: the parts of the number agree with the record; an unknown pattern is undecided.

    Which pattern is known, the rule set of the day of issue says.
    """
    event = entry.event
    if reference.plain and plainly_fits(event.certificate_no, event):
        return CLEAR
    pattern = reference.rules(event.issued_on).number_pattern
    number = certificate_number(event.certificate_no)
    if pattern != NUMBER_PATTERN:
        known = compiled(pattern).fullmatch(event.certificate_no) is not None
        if known and number is None:
            return CLEAR
        number = number if known else None
    if number is None:
        return undecided(
            f"证书编号 {event.certificate_no} 不是已知的 22 位格式",
            f"certificate number {event.certificate_no} follows no known pattern",
            entry.position,
            reason="unknown-pattern",
            values=(event.certificate_no,),
        )
    wrong = list(_contradictions(number, entry))
    if not wrong and event.level in _MARK_UNKNOWN:
        return undecided(
            f"证书编号 {event.certificate_no}：没有来源说明 {event.level.zh} 的等级位，无法核对",
            f"certificate number {event.certificate_no}: no source says how {event.level.en}"
            " is marked",
            entry.position,
            reason="mark-unknown",
            values=(event.certificate_no, event.level.value),
        )
    if not wrong:
        return CLEAR
    return breach(
        f"证书编号 {event.certificate_no}：{'；'.join(zh for zh, _ in wrong)}",
        f"certificate number {event.certificate_no}: {'; '.join(en for _, en in wrong)}",
        entry.position,
        reason="contradicts-record",
        values=(event.certificate_no, *(en for _, en in wrong)),
    )


def _contradictions(
    number: CertificateNumber, entry: Recorded[CertificateIssued]
) -> Iterator[tuple[str, str]]:
    """Yield what the parts of a number say against the record, in Chinese and English."""
    event = entry.event
    if number.category != "Y":
        yield f"类别 {number.category} 不是企业", f"category {number.category} is no enterprise"
    if number.province != MUNICIPALITY:
        yield f"省份 {number.province} 不是北京", f"province {number.province} is not Beijing"
    # A number given by a reissue may bear the year of the reissue or that of the first issue.
    days = dict.fromkeys((event.issued_on, entry.valid_from))
    if number.year not in {day.year % 100 for day in days}:
        yield (
            f"年份 {number.year:02d} 与发证日期 {'、'.join(map(str, days))} 不符",
            f"year {number.year:02d} against issue on {' and '.join(map(str, days))}",
        )
    level = number.level
    if event.level in _MARK_UNKNOWN:
        return
    if level is not None and level is not event.level:
        yield (
            f"等级 {level.zh} 与记录 {event.level.zh} 不符",
            f"{level.en} against {event.level.en}",
        )
    if level is None and event.level in _WITH_DIGIT:
        yield (
            f"等级位 {number.level_mark} 与记录 {event.level.zh} 不符",
            f"level mark {number.level_mark} against {event.level.en}",
        )


def plainly_fits(text: str, event: CertificateIssued) -> bool:
    """Say of nearly every number, without taking it apart, that it fits: a replay asks ten million times."""
    return (
        len(text) == 22
        and text[13:16] == _YEARS[event.issued_on.year % 100] + event.level
        and text[5:7] == MUNICIPALITY
        and text[0] == "Y"
        # Bytes are looked up in a table, letters asked one by one; no digit but ASCII's is a single byte.
        and text.encode("utf-8", "surrogatepass")[1:].isdigit()
    )


@lru_cache(maxsize=64)
def compiled(pattern: str) -> re.Pattern[str]:
    """Return the pattern of a rule set; one without repetitions, so that it is read once through."""
    return re.compile(pattern, re.ASCII)


_YEARS = tuple(f"{year:02d}" for year in range(100))
_MARK_UNKNOWN = frozenset({Level.APPRENTICE, Level.CHIEF})
_WITH_DIGIT = frozenset({Level.FIVE, Level.FOUR, Level.THREE, Level.TWO, Level.ONE})


def not_more_than_candidates(session: SessionRecord) -> Outcome:
    """C3: a session has no more certificates than candidates, on no day.

    It shows from the day on which they were too many, and says of each day how many there had been by then.
    One that was replaced counts once; what is recorded as issued counts, also under the number that a
    reissue gave. An authority that revokes makes an end of it, and the days before stay what they
    were (0280); of those that the enterprise revoked itself it is asked how many stood at once, and no
    such end makes good what was: it would acquit itself.
    """
    candidates = session.candidates
    if len(session.certificates) <= candidates:
        return CLEAR
    crowds = list(_crowds(session.certificates, candidates))
    if not crowds:
        return CLEAR
    ends = [_made_good(crowd, len(crowd) - candidates) for _, crowd in crowds]
    end = max(filter(None, ends), key=lambda end: end.day) if all(ends) else None
    growing: list[Outcome] = []
    most = candidates
    for day, crowd in crowds:
        if most < len(crowd) and most <= candidates + MOST_BEYOND:
            most = len(crowd)
            growing.append(_too_many(session, crowd)._replace(since=day))
    return growing[-1]._replace(
        until=end.day if end is not None else None,
        ended_by=end.position if end is not None else None,
        earlier=tuple(growing[:-1]),
    )


def is_uncounted(event: CertificateIssued, outcome: Outcome) -> bool:
    """Return whether one certificate more leaves an outcome of C3 what it is: so many are no more counted."""
    return (
        outcome.reason == _FAR_TOO_MANY
        and outcome.verdict is Verdict.BREACH
        and outcome.until is None
        and outcome.since is not None
        and outcome.since <= event.issued_on
    )


def _too_many(session: SessionRecord, crowd: Sequence[CertificateRecord]) -> Outcome:
    candidates, counted = session.candidates, session.candidates + MOST_BEYOND
    far = len(crowd) > counted
    number = counted if far else len(crowd)
    named = sorted(crowd, key=_by_issue)[: number + far]
    more_zh, more_en = ("超过 ", "more than ") if far else ("", "")
    return breach(
        f"考生 {candidates} 人，发证{more_zh or ' '}{number} 本",
        f"{more_en}{how_many(number, 'certificate')} for {how_many(candidates, 'candidate')}",
        session.entry.position,
        *sorted(record.position for record in named),
        reason=_FAR_TOO_MANY if far else _TOO_MANY,
        values=(str(candidates), str(number)),
    )


def _by_issue(record: CertificateRecord) -> tuple[date, int]:
    return record.issued_on, record.position


def _crowds(
    records: Sequence[CertificateRecord], candidates: int
) -> Iterator[tuple[date, Sequence[CertificateRecord]]]:
    """Yield the days of issue on which more stood than there were candidates, with those that did."""
    lines = [(record, record.line()[-1].end) for record in records]
    if all(end is None for _, end in lines):
        ordered = sorted(records, key=_by_issue)
        beyond = ordered[candidates : candidates + MOST_BEYOND + 1]
        for day in dict.fromkeys(record.issued_on for record in beyond):
            yield day, ordered[: bisect_right(ordered, day, key=_issued_on)]
        return
    for day in sorted({record.issued_on for record in records}):
        standing = [
            record
            for record, end in lines
            if record.issued_on <= day
            and (end is None or day < end.day or (day == end.day and not end.revokes_by_authority))
        ]
        if len(standing) > candidates:
            yield day, standing


_issued_on = attrgetter("issued_on")


def _made_good(crowd: Sequence[CertificateRecord], surplus: int) -> End | None:
    """Return the end by which an authority had revoked as many as were too many."""
    ends = [end for record in crowd if (end := record.line()[-1].end) is not None]
    revoked = sorted((e for e in ends if e.revokes_by_authority), key=lambda e: (e.day, e.position))
    return revoked[surplus - 1] if len(revoked) >= surplus else None
