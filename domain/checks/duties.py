"""S10, T2, P1: examiners, the ground of a direct certification, plans that are due (一(四), 二(三)4, 六(四))."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from domain.assessment import AssessmentHeld
from domain.certificate.certificate import CertificateIssued
from domain.checks.conduct import owes_plan
from domain.checks.outcome import CLEAR, Context, Outcome, breach, undecided
from domain.staff import missing_on
from domain.standing.course import Course
from domain.supervision.subject_file import SessionRecord, SubjectFile
from domain.terms.envelope import Recorded
from domain.terms.identifiers import is_told
from domain.terms.intervals import Days
from domain.terms.vocabulary import StaffDuty, Standing

REGISTER, GROUND = "S10.register", "T2.ground"
"""Parts of checks that a rule set switches on by themselves."""


def examiners_there(
    entry: Recorded[AssessmentHeld], file: SubjectFile, context: Context
) -> Outcome:
    """S10: there were examiners and quality officers; from the rule set's day, of the register.

    A list that was not reported is not judged.
    """
    event, day = entry.event, entry.event.held_from
    wrong = _none_of(event)
    if not wrong and context.reference.rules(day).judges(REGISTER, day):
        wrong = list(_not_registered(event, file))
    if not wrong:
        return CLEAR
    return breach(
        f"{day} 的认定：{'；'.join(zh for zh, _ in wrong)}",
        f"session of {day}: {'; '.join(en for _, en in wrong)}",
        entry.position,
        reason="examiners",
        values=tuple(en for _, en in wrong),
    )


def _none_of(event: AssessmentHeld) -> list[tuple[str, str]]:
    wrong: list[tuple[str, str]] = []
    if event.assessors is not None and not any(map(is_told, event.assessors)):
        wrong.append(("没有考评人员", "no examiner"))
    if event.quality_staff is not None and not any(map(is_told, event.quality_staff)):
        wrong.append(("没有质量内控人员", "no internal quality officer"))
    return wrong


def _not_registered(event: AssessmentHeld, file: SubjectFile) -> Iterator[tuple[str, str]]:
    # Names are not repeated: whoever reads flags without personal data reads this.
    for names, duty, zh, en in (
        (event.assessors, StaffDuty.ASSESSOR, "考评人员", "examiners"),
        (event.quality_staff, StaffDuty.QUALITY, "质量内控人员", "quality officers"),
    ):
        missing = missing_on(file.staff, event.held_from, names or (), duty)
        if missing:
            yield (
                f"{len(missing)} 名{zh}不在本企业登记册内",
                f"{len(missing)} {en} not on the register",
            )


def ground_given(
    entry: Recorded[CertificateIssued], session: SessionRecord, context: Context
) -> Outcome:
    """T2 of a certificate of a direct certification: its ground, with its paper, was reported."""
    day = session.first_day
    ground = entry.event.results.ground
    if ground is not None:
        if is_told(ground.text) and is_told(ground.document_no):
            return CLEAR
        return breach(
            "直接认定的依据（竞赛成绩或突出贡献）没有写明内容和文件编号",
            "the ground of the direct certification lacks its text or the number of its paper",
            entry.position,
            session.entry.position,
            reason="ground-incomplete",
            values=(ground.kind.value,),
        )
    if not context.reference.rules(day).judges(GROUND, day):
        return CLEAR
    return undecided(
        "直接认定未上报依据（竞赛成绩或突出贡献），无法核对",
        "the ground of the direct certification was not reported and cannot be checked",
        entry.position,
        session.entry.position,
        reason="ground-not-reported",
    )


class Owing(NamedTuple):
    """Days on which an enterprise is one of those that owe a plan, and what made an end of them."""

    days: Days
    because: tuple[int, ...]
    ended_by: int | None
    """The entry that did; None: time."""
    ended_as: Standing
    """The standing from then on."""


class Due(NamedTuple):
    """A plan that was not there by its deadline: of which year, since when it is late, and who owes it."""

    year: int
    late_from: date
    receipt: int
    owing: tuple[Owing, ...]
    """From `late_from` on."""


OWING = Standing.LISTED
"""Who owes a plan is listed: one that is suspended, removed or expired does not (六(四), 0268)."""


def plans_due(file: SubjectFile, context: Context) -> Iterator[Due]:
    """P1: yield every year for which an enterprise on the roster with a receipt had a plan to file."""
    reference = context.reference
    for days, listing in file.course.timeline.segments():
        if not listing.in_effect or days.end is None:
            continue
        for year in range(days.start.year, days.end.year + 1):
            due = reference.rules(date(year, 1, 1)).plan_deadline(year)
            late = due + timedelta(days=1)
            if late not in days or not owes_plan(file, year):
                continue
            if not reference.rules(due).judges("P1", due):
                continue
            applications = [
                file.applications[name]
                for grant in listing.grants
                for name in grant.applications
                if name in file.applications
            ]
            receipts = [
                (application.receipt_on, application.receipt_position)
                for application in applications
                if application.receipt_on is not None and application.receipt_on <= due
            ]
            if receipts:
                yield Due(year, late, min(receipts)[1], tuple(_owing(file.course, late)))


def _owing(course: Course, late: date) -> Iterator[Owing]:
    """Yield the stretches of days, from `late` on, on which the enterprise owes a plan."""
    begun: tuple[date, tuple[int, ...]] | None = None
    before: tuple[int, ...] = ()
    for days, listing in course.timeline.segments():
        owes = listing.standing is OWING
        if begun is not None and not owes:
            made_so = [position for position in listing.because if position not in before]
            ended_by = max(made_so, default=None)
            yield Owing(Days(begun[0], days.start), begun[1], ended_by, listing.standing)
            begun = None
        if begun is None and owes and (days.end is None or late < days.end):
            begun = max(days.start, late), listing.because
        before = listing.because
    if begun is not None:
        yield Owing(Days(begun[0], None), begun[1], None, OWING)


def plan_late(due: Due, because: tuple[int, ...]) -> Outcome:
    """Return the sentence that goes with a plan past the deadline of its year."""
    last = due.late_from - timedelta(days=1)
    return breach(
        f"至 {last} 未报备 {due.year} 年度计划",
        f"no plan for {due.year} was filed by {last}",
        due.receipt,
        *because,
        reason="plan-overdue",
        values=(str(due.year),),
    )
