"""S5, S6, S8, S9, T1: candidates, method, receipt and plan, unit, content (二, 六(一), 六(四))."""

from domain.assessment import AssessmentHeld
from domain.certificate.certificate import CertificateIssued
from domain.checks.outcome import CLEAR, Outcome, breach, undecided
from domain.supervision.subject_file import SessionRecord, SubjectFile
from domain.terms.envelope import Recorded
from domain.terms.vocabulary import ContentPart, Method

_STATUTORY = frozenset(m.value for m in Method if m is not Method.OWN)
_PART_ZH = {
    ContentPart.PROJECTS: "技术项目",
    ContentPart.PROBLEMS: "解决难题",
    ContentPart.INNOVATION: "创新成果",
    ContentPart.TEACHING: "传授技艺",
}


def candidates_eligible(entry: Recorded[AssessmentHeld]) -> Outcome:
    """S5 of a session: every candidate belongs to one of the four categories."""
    other = entry.event.candidates.other
    if other == 0:
        return CLEAR
    return breach(
        f"{other} 名考生不属于在职职工、劳务派遣人员、合作技工院校学生、新型学徒",
        f"{other} candidates belong to none of the four categories",
        entry.position,
    )


def holder_eligible(entry: Recorded[CertificateIssued], session: SessionRecord | None) -> Outcome:
    """S5 of a certificate whose holder does not, unless the session says so already."""
    if session is not None and session.entry.event.candidates.other > 0:
        return CLEAR
    return breach(
        "证书持有人不属于可认定的四类人员",
        "the holder belongs to none of the four categories",
        entry.position,
    )


def method_declared(entry: Recorded[AssessmentHeld], file: SubjectFile) -> Outcome:
    """S6: the method is one of the four, or declared in the implementation plan in force."""
    event = entry.event
    if event.method in _STATUTORY:
        return CLEAR
    listing = file.course.on(event.held_from)
    application = file.applications.get(listing.application_id or "")
    because = (entry.position, *((application.position,) if application else ()))
    if application is not None:
        declared = Method.OWN in application.methods
        if declared and event.method in {Method.OWN.value, application.own_method}:
            return CLEAR
    return breach(
        f"认定方式“{event.method}”不是四种法定方式,也未在实施方案中申报",
        f"method {event.method!r} is none of the four and not declared in the plan in force",
        *because,
    )


def receipt_and_plan(entry: Recorded[AssessmentHeld], file: SubjectFile) -> Outcome:
    """S8: on the day there is a receipt, and a plan on file for that year."""
    event = entry.event
    day = event.held_from
    listing = file.course.on(day)
    application = file.applications.get(listing.application_id or "")
    received = (
        application is not None
        and application.receipt_on is not None
        and application.receipt_on <= day
    )
    planned = file.plan_on(day.year, day) is not None
    if received and planned:
        return CLEAR
    missing_zh = [
        z
        for z, held in (("无确认回执", received), (f"未报备 {day.year} 年度计划", planned))
        if not held
    ]
    missing_en = [
        e
        for e, held in (("no receipt", received), (f"no plan for {day.year}", planned))
        if not held
    ]
    late = file.plans.get(day.year)
    because = [entry.position, *listing.because]
    if late is not None and not planned:
        because.append(late.position)
    return breach(
        f"{day} 开展认定时{'、'.join(missing_zh)}",
        f"on {day} there was {' and '.join(missing_en)}",
        *because,
    )


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
    return breach(
        f"实施单位 {unit} 在 {day} 既不是申报企业,也不在其覆盖的单位内",
        f"unit {unit} was neither the applicant nor covered by it on {day}",
        entry.position,
        *((change.position,) if change else ()),
    )


def content_complete(entry: Recorded[CertificateIssued]) -> Outcome:
    """T1 of a 技师 or 高级技师: the parts that 二(二)2 adds were assessed."""
    event = entry.event
    content = event.results.content
    if content is None:
        return undecided(
            f"{event.level.zh} 证书未上报考评内容,无法核对",
            f"the assessed content of a {event.level.en} certificate was not reported",
            entry.position,
        )
    missing = [part for part in ContentPart if part not in content]
    if not missing:
        return CLEAR
    return breach(
        f"{event.level.zh} 考评缺少:{'、'.join(_PART_ZH[p] for p in missing)}",
        f"the assessment for {event.level.en} lacks: {', '.join(p.value for p in missing)}",
        entry.position,
    )
