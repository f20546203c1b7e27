"""S5, S6, S8, S9, T1: candidates, method, receipt and plan, unit, content (二, 六(一), 六(四))."""

from collections.abc import Sequence
from datetime import date, timedelta

from domain.application.progress import Application
from domain.assessment import AssessmentHeld
from domain.certificate.certificate import CertificateIssued
from domain.checks.outcome import CLEAR, Context, Outcome, bad_day, breach, undecided, worst
from domain.checks.scope import confirms
from domain.partnership import changes, in_force
from domain.supervision.subject_file import SessionRecord, SubjectFile
from domain.terms.envelope import Recorded
from domain.terms.naming import CONTENT, how_many, method_of
from domain.terms.reference import Reference
from domain.terms.vocabulary import ContentPart, Method, PartnershipKind, Standing

STATUTORY = frozenset(m.value for m in Method if m is not Method.OWN)
"""The four methods of the notice, as they are written in a record."""


PARTNERSHIP = "S5.partnership"
"""The part of S5 that asks for a partnership; a rule set switches it on by itself."""


def candidates_eligible(
    entry: Recorded[AssessmentHeld], file: SubjectFile, context: Context
) -> Outcome:
    """S5 of a session: every candidate belongs to one of the four categories.

    Students and apprentices of whom no partnership is on file are undecided, from the rule set's day.
    """
    event, day = entry.event, entry.event.held_from
    other = event.candidates.other
    if other > 0:
        return breach(
            f"{other} 名考生不属于在职职工、劳务派遣人员、合作技工院校学生、新型学徒",
            f"{how_many(other, 'candidate')} of none of the four categories",
            entry.position,
            reason="not-eligible",
            values=(str(other),),
        )
    if not (event.candidates.student or event.candidates.apprentice):
        return CLEAR
    if not context.reference.rules(day).judges(PARTNERSHIP, day):
        return CLEAR
    days = sorted(d for d in {day, *changes(file.partnerships)} if day <= d <= event.held_to)
    return worst(bad_day(_partnered_on(d, entry, file), d, day) for d in days)


def _partnered_on(day: date, entry: Recorded[AssessmentHeld], file: SubjectFile) -> Outcome:
    event = entry.event
    missing = [
        words
        for number, kind, *words in (
            (
                event.candidates.student,
                PartnershipKind.SCHOOL,
                "校企合作的技工院校",
                "partner school",
            ),
            (
                event.candidates.apprentice,
                PartnershipKind.APPRENTICESHIP,
                "新型学徒制",
                "apprenticeship",
            ),
        )
        if number and not in_force(file.partnerships, kind, day)
    ]
    if not missing:
        return CLEAR
    return undecided(
        f"{day} 没有已备案的{'、'.join(zh for zh, _ in missing)}，无法核对学生或学徒",
        f"on {day} no {' and no '.join(en for _, en in missing)} was on file",
        entry.position,
        *(partnership.position for partnership in file.partnerships),
        reason="no-partnership",
        values=(str(day), *(en for _, en in missing)),
    )


def holder_eligible(entry: Recorded[CertificateIssued], session: SessionRecord | None) -> Outcome:
    """S5 of a certificate whose holder does not, unless the session says so already."""
    if session is not None and session.entry.event.candidates.other > 0:
        return CLEAR
    return breach(
        "证书持有人不属于可认定的四类人员",
        "the holder belongs to none of the four categories",
        entry.position,
        *((session.entry.position,) if session is not None else ()),
        reason="holder-not-eligible",
    )


def method_declared(
    entry: Recorded[AssessmentHeld], file: SubjectFile, context: Context
) -> Outcome:
    """S6: the method is one of the four, or declared in the implementation plan in force."""
    event = entry.event
    if event.method in STATUTORY:
        return CLEAR
    names, applications = _behind(event, file, context.reference)
    for application in applications:
        declared = Method.OWN in application.methods
        if declared and event.method in {Method.OWN.value, application.own_method}:
            return CLEAR
    named = method_of(event.method)
    if len(applications) < len(names):
        return undecided(
            f"认定方式“{named.zh}”不是四种法定方式；{event.held_from} 有效的名单是凭文件补录的历史，"
            "申报和实施方案没有录入，无法核对",
            f"the method “{named.en}” is none of the four; the listing in force on {event.held_from} is"
            " history that rests on its paper, and no application with its plan was brought in",
            entry.position,
            *file.course.on(event.held_from).because,
            reason="plan-not-brought-in",
            values=(event.method, str(event.held_from)),
        )
    return breach(
        f"认定方式“{named.zh}”不是四种法定方式，也未在 {event.held_from} 有效的实施方案中申报",
        f"the method “{named.en}” is none of the four and not declared in the plan in force"
        f" on {event.held_from}",
        entry.position,
        *(application.position for application in applications),
        reason="method-not-declared",
        values=(event.method, str(event.held_from)),
    )


def _behind(
    event: AssessmentHeld, file: SubjectFile, reference: Reference
) -> tuple[Sequence[str], Sequence[Application]]:
    """Return the applications whose grants confirm what was assessed; where none does, all in force.

    By name, and those of them that were brought in: a roster of history may rest on its paper alone.
    """
    grants = file.course.on(event.held_from).grants
    if len(grants) == 1:  # it alone confirms, or none does
        names: Sequence[str] = grants[0].applications
    else:
        day = event.held_from
        confirming = [g for g in grants if any(confirms(u, event, day, reference) for u in g.scope)]
        given = confirming or grants
        names = list(dict.fromkeys(app for grant in given for app in grant.applications))
    return names, [file.applications[name] for name in names if name in file.applications]


def receipt_and_plan(
    entry: Recorded[AssessmentHeld], file: SubjectFile, context: Context
) -> Outcome:
    """S8: on the first day there is a receipt, and for each year of the session a plan in time.

    A plan in time is one that is on file on the day or, before the year's deadline, by the
    deadline: want of it shows from then on. None is owed for the year of the first listing.
    """
    event = entry.event
    day = event.held_from
    names, applications = _behind(event, file, context.reference)
    received = any(a.receipt_on is not None and a.receipt_on <= day for a in applications)
    # Of history that rests on the paper of its publication nobody knows the receipt.
    unknown = not received and (
        len(applications) < len(names) or any(a.confirmed is None for a in applications)
    )
    plan = file.plans.get(day.year)
    if received and plan is not None and plan.filed <= day and day.year == event.held_to.year:
        return CLEAR  # so it is nearly always
    wanting = [
        (begun, due)
        for year in range(day.year, event.held_to.year + 1)
        for begun in (max(day, date(year, 1, 1)),)
        for due in (context.reference.rules(begun).plan_deadline(year),)
        if not _is_planned(file, begun, due)
        and file.course.on(begun).standing is Standing.LISTED  # else S7 tells of that day
    ]
    if received and not wanting:
        return CLEAR
    because = (entry.position, *file.course.on(day).because)
    overdue = [begun for begun, due in wanting if due < begun]
    if unknown and not wanting:
        return undecided(
            f"{day} 有效的名单是凭文件补录的历史，确认回执没有录入，无法核对",
            f"the listing in force on {day} is history that rests on its paper, and no receipt was"
            " brought in",
            *because,
            reason="receipt-not-brought-in",
            values=(str(day),),
        )
    received = received or unknown
    if not received and not overdue:  # what is not due yet is no fault yet
        return breach(
            f"{day} 开展认定时无确认回执",
            f"on {day} there was no receipt",
            *because,
            reason="no-receipt",
            values=(str(day),),
        )
    if not overdue:
        begun, due = wanting[0]
        return breach(
            f"{begun} 开展认定，至 {due} 仍未报备 {begun.year} 年度计划",
            f"a session on {begun}, and no plan for {begun.year} by {due}",
            *because,
            reason="no-plan",
            values=(str(begun),),
        )._replace(since=max(begun, due + timedelta(days=1)))
    begun = overdue[0]
    no_receipt = ("", "") if received else ("无确认回执、", "no receipt and ")
    outcome = breach(
        f"{begun} 开展认定时{no_receipt[0]}未报备 {begun.year} 年度计划",
        f"on {begun} there was {no_receipt[1]}no plan for {begun.year}",
        *because,
        reason="no-plan" if received else "no-receipt-and-no-plan",
        values=(str(begun),),
    )
    return bad_day(outcome, begun, day)


def _is_planned(file: SubjectFile, day: date, due: date) -> bool:
    plan = file.plans.get(day.year)
    if plan is not None and (plan.filed <= day or plan.filed <= due):
        return True
    return not owes_plan(file, day.year)


def owes_plan(file: SubjectFile, year: int) -> bool:
    """Return whether a plan of the year is owed: for the year of the first listing none is (六(四))."""
    first = file.course.first_listed
    return first is None or first.year != year


def unit_covered(entry: Recorded[AssessmentHeld], file: SubjectFile) -> Outcome:
    """S9: the implementing unit is the applicant or covered by it on every day of the session."""
    event = entry.event
    unit = event.unit_uscc
    if unit is None or unit == event.uscc or file.enterprise is None:
        return CLEAR
    day = file.enterprise.uncovered(unit, event.held_from, event.held_to)
    if day is None:
        return CLEAR
    change = file.enterprise.unit_on(unit, day)
    outcome = breach(
        f"实施单位 {unit} 在 {day} 既不是申报企业，也不在其覆盖的单位内",
        f"unit {unit} was neither the applicant nor covered by it on {day}",
        entry.position,
        *((change.position,) if change else ()),
        reason="unit-not-covered",
        values=(unit, str(event.held_from), str(event.held_to)),
    )
    return bad_day(outcome, day, event.held_from)


def content_complete(entry: Recorded[CertificateIssued]) -> Outcome:
    """T1 of a 技师 or 高级技师: the parts that 二(二)2 adds were assessed."""
    event = entry.event
    content = event.results.content
    if content is None:
        return undecided(
            f"{event.level.zh} 证书未上报考评内容，无法核对",
            f"the assessed content of a {event.level.en} certificate was not reported",
            entry.position,
            reason="content-not-reported",
            values=(event.level.value,),
        )
    missing = [part for part in ContentPart if part not in content]
    if not missing:
        return CLEAR
    return breach(
        f"{event.level.zh} 考评缺少：{'、'.join(CONTENT[p].zh for p in missing)}",
        f"the assessment for {event.level.en} lacks: {', '.join(CONTENT[p].en for p in missing)}",
        entry.position,
        reason="content-missing",
        values=(event.level.value, *missing),
    )
