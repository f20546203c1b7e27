"""The one table of checks, and the judges that apply them to a session, a certificate, an inspection.

One fault, one flag (domain.md §6): where S7 is a breach, S1, S2 and S8 are not judged; where
S1 is a breach, S2 is not; S3 stands beside the others, G2 beside G1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Protocol

from domain.assessment import AssessmentHeld
from domain.certificate.certificate import CertificateIssued
from domain.checks.certificates import (
    agrees,
    issuer_assessed,
    not_more_than_candidates,
    number_fits,
    plainly_fits,
)
from domain.checks.conduct import (
    candidates_eligible,
    content_complete,
    holder_eligible,
    method_declared,
    receipt_and_plan,
    unit_covered,
)
from domain.checks.duties import examiners_there, ground_given
from domain.checks.occupation import not_access_controlled, occupation_published
from domain.checks.outcome import CLEAR, Context, Outcome
from domain.checks.procedure import inspection_proper
from domain.checks.scope import is_named_in_scope, level_in_scope, listed, occupation_in_scope
from domain.checks.venue import location_of, place_consistent, within_beijing
from domain.checks.visits import seen_as_reported, seen_that_day
from domain.inspection.inspection import SpotCheckRecorded
from domain.judged import JUDGED
from domain.standing.course import Course
from domain.supervision.subject_file import SessionRecord, SubjectFile
from domain.terms.clauses import CLAUSES, Clause
from domain.terms.envelope import Recorded
from domain.terms.reference import Occupation, Reference, RuleSet
from domain.terms.vocabulary import (
    Aspect,
    Bound,
    CandidateCategory,
    Level,
    RaisedBy,
    Severity,
    Standing,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check: code, names, the clause it enforces, how heavy a breach is, what it tells about."""

    code: str
    zh: str
    en: str
    clause: Clause
    severity: Severity
    about: Aspect
    version: int = 1
    """Raised whenever the rule judges differently from before."""
    bounds: Bound | None = None
    """What a breach puts a session outside of: what, when, or where it was held."""
    of_enterprise: bool = True
    """Whether a breach is the enterprise's; else it is the supervisors' own and counted apart."""
    raised_by: RaisedBy = RaisedBy.RECORD

    @property
    def judges(self) -> tuple[type, ...]:
        """The events that it judges: a flag of it stands on one of them."""
        return JUDGED[self.code]


def _check(  # noqa: PLR0913, PLR0917 - one argument a column of the table
    code: str,
    zh: str,
    en: str,
    clause: str,
    severity: Severity,
    about: Aspect,
    version: int = 1,
    *,
    bounds: Bound | None = None,
    raised_by: RaisedBy = RaisedBy.RECORD,
    of_enterprise: bool = True,
) -> Check:
    return Check(
        code=code,
        zh=zh,
        en=en,
        clause=CLAUSES[clause],
        severity=severity,
        about=about,
        version=version,
        bounds=bounds,
        raised_by=raised_by,
        of_enterprise=of_enterprise,
    )


_MINOR, _MAJOR, _SEVERE = Severity.MINOR, Severity.MAJOR, Severity.SEVERE

CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        check.code: check
        for check in (
            _check(
                "S1",
                "超范围：职业",
                "occupation outside the scope",
                "七(三)",
                _MAJOR,
                Aspect.OCCUPATION,
                bounds=Bound.CONFIRMED,
            ),
            _check(
                "S2",
                "超范围：等级",
                "level outside the scope",
                "七(三)",
                _MAJOR,
                Aspect.LEVEL,
                2,
                bounds=Bound.CONFIRMED,
            ),
            _check(
                "S3",
                "准入类职业",
                "access-controlled occupation",
                "三",
                _SEVERE,
                Aspect.OCCUPATION,
                3,
                bounds=Bound.CATALOGUES,
            ),
            _check(
                "S4",
                "职业未公布",
                "occupation not published",
                "三",
                _MAJOR,
                Aspect.OCCUPATION,
                2,
                bounds=Bound.CATALOGUES,
            ),
            _check(
                "S5",
                "对象不符",
                "candidate of no eligible category",
                "二(一)",
                _MAJOR,
                Aspect.CANDIDATES,
                2,
            ),
            _check("S6", "方式不符", "method not declared", "二(三)", _MINOR, Aspect.METHOD),
            _check(
                "S7",
                "不在名单",
                "not on the roster",
                "六(三)",
                _SEVERE,
                Aspect.STANDING,
                bounds=Bound.CONFIRMED,
            ),
            _check(
                "S8",
                "无确认回执 / 未报备计划",
                "no receipt or no plan",
                "六(四)",
                _MINOR,
                Aspect.PLAN,
                2,
            ),
            _check("S9", "实施单位不符", "unit not covered", "六(一)", _MAJOR, Aspect.UNIT, 2),
            _check(
                "G1",
                "北京行政区域外",
                "held outside Beijing",
                "七(三)",
                _SEVERE,
                Aspect.PLACE,
                bounds=Bound.CITY,
            ),
            _check("G2", "地点信息矛盾", "contradictory place", "七(三)", _MINOR, Aspect.PLACE),
            _check(
                "R1",
                "评价与发证主体不一致",
                "issuer is not the assessor",
                "七(二)",
                _SEVERE,
                Aspect.CERTIFICATE,
            ),
            _check(
                "C1",
                "证书编号不合规",
                "certificate number",
                "京职技鉴发〔2019〕9号",
                _MINOR,
                Aspect.CERTIFICATE,
            ),
            _check(
                "C2",
                "证书重复",
                "duplicate certificate",
                "七(二)",
                _MAJOR,
                Aspect.CERTIFICATE,
                2,
                raised_by=RaisedBy.DUPLICATES,
            ),
            _check(
                "C3",
                "发证数超过考生数",
                "more certificates than candidates",
                "七(二)",
                _MAJOR,
                Aspect.CANDIDATES,
                2,
                raised_by=RaisedBy.COUNT,
            ),
            _check(
                "T1",
                "技师考评内容缺失",
                "technician's content missing",
                "二(二)2",
                _MAJOR,
                Aspect.CERTIFICATE,
            ),
            _check("S10", "考评人员", "examiners", "一(四)", _MINOR, Aspect.STAFF),
            _check(
                "R2",
                "证书与认定不符",
                "certificate departs from its session",
                "七(二)",
                _MAJOR,
                Aspect.CERTIFICATE,
            ),
            _check(
                "T2",
                "直接认定无依据",
                "direct certification without ground",
                "二(三)4",
                _MAJOR,
                Aspect.CERTIFICATE,
            ),
            _check(
                "V1",
                "督导所见与上报不符",
                "visit contradicts the report",
                "四",
                _MAJOR,
                Aspect.VISIT,
            ),
            _check(
                "P1",
                "年度计划逾期未报",
                "annual plan overdue",
                "六(四)",
                _MINOR,
                Aspect.PLAN,
                raised_by=RaisedBy.TIME,
            ),
            _check(
                "Q1",
                "督导程序",
                "procedure of the inspection",
                "四",
                _MINOR,
                Aspect.PROCEDURE,
                2,
                of_enterprise=False,
            ),
            _check(
                "Q2",
                "整改逾期",
                "rectification overdue",
                "七",
                _MAJOR,
                Aspect.RECTIFICATION,
                raised_by=RaisedBy.TIME,
            ),
        )
    }
)
"""Code → check."""

# A member of an enumeration is looked up by its class in Python: what every record asks has a name.
_TECHNICIAN, _SENIOR, _OTHER = Level.TWO, Level.ONE, CandidateCategory.OTHER
_LISTED = Standing.LISTED

Outcomes = dict[str, Outcome]
"""Outcomes by code; what is clear is left out."""

DERIVED = frozenset(c.code for c in CHECKS.values() if c.raised_by is RaisedBy.TIME)
"""Checks that no record breaks by itself: time passes (§6)."""
BOUNDS = tuple(code for code, check in CHECKS.items() if check.bounds)
"""Checks whose breach puts a session outside what an enterprise may certify."""
OF_SCOPE = tuple(code for code, check in CHECKS.items() if check.bounds is Bound.CONFIRMED)
"""Checks that hold a record against the roster and what it confirms."""
(OVERDUE,) = (code for code, check in CHECKS.items() if check.about is Aspect.RECTIFICATION)
"""The check that a rectification was done by its deadline."""
OF_SUPERVISORS = tuple(code for code, check in CHECKS.items() if not check.of_enterprise)
"""Checks that tell about those who supervise (督导程序)."""


def judging(event: type, raised_by: RaisedBy | None = None) -> tuple[str, ...]:
    """Return the checks that judge an event; those alone whose verdict is turned by that."""
    return tuple(
        check.code
        for check in CHECKS.values()
        if event in check.judges and raised_by in {None, check.raised_by}
    )


def judge_session(entry: Recorded[AssessmentHeld], file: SubjectFile, context: Context) -> Outcomes:
    """Return what S1–S10, G1 and G2 find in a session as the file stands."""
    event = entry.event
    position, day, last = entry.position, event.held_from, event.held_to
    location = location_of(entry, context)
    outcomes = _certifiable(position, event.occupation, day, last, file, context)
    outcomes |= within_confirmed(position, event, day, last, file.course, context.reference)
    # Of a session that was off the roster on its first day S7 tells.
    if "S7" not in outcomes or file.course.on(day).standing is _LISTED:
        outcomes["S8"] = receipt_and_plan(entry, file, context)
    for code, outcome in (
        ("S5", candidates_eligible(entry, file, context)),
        ("S6", method_declared(entry, file, context)),
        ("S9", unit_covered(entry, file)),
        ("S10", examiners_there(entry, file, context)),
        ("G1", within_beijing(entry, location)),
        ("G2", place_consistent(entry, location)),
    ):
        if outcome is not CLEAR:
            outcomes[code] = outcome
    return _flagged(outcomes, context.reference.rules(day), day)


def judge_count(session: SessionRecord, reference: Reference) -> Outcomes:
    """Return what C3 finds in a session as its certificates stand."""
    outcome = not_more_than_candidates(session)
    if outcome is CLEAR:
        return {}
    day = session.entry.event.held_from
    return _flagged({"C3": outcome}, reference.rules(day), day)


def judge_certificate(
    entry: Recorded[CertificateIssued],
    session: SessionRecord | None,
    context: Context,
    *,
    departing: bool,
) -> Outcomes:
    """Return what R1, R2, C1, T1, T2 and S5 find in a certificate of `session`.

    `departing`: what `departs` says of the two; who asks has asked it already.
    """
    event = entry.event
    level, category = event.level, event.holder.category
    outcomes: Outcomes = {}
    # A check is asked only where it may find something: a replay judges millions of certificates.
    if event.issuer_uscc != entry.subject:
        outcomes["R1"] = issuer_assessed(entry)
    if not (context.reference.plain and plainly_fits(event.certificate_no, event)):
        outcomes["C1"] = number_fits(entry, context.reference)
    if level is _TECHNICIAN or level is _SENIOR:
        outcomes["T1"] = content_complete(entry)
    if category is _OTHER:
        outcomes["S5"] = holder_eligible(entry, session)
    if session is not None:
        if session.direct:
            outcomes["T2"] = ground_given(entry, session, context)
        if departing or category not in session.categories or event.issued_on < session.first_day:
            outcomes["R2"] = agrees(entry, session)
    if not outcomes:
        return outcomes
    return _flagged(outcomes, context.reference.rules(event.issued_on), event.issued_on)


def judge_departing(
    entry: Recorded[CertificateIssued], session: SessionRecord, file: SubjectFile, context: Context
) -> Outcomes:
    """Return what S1–S4 find in a certificate that departs from its session, on the session's days."""
    event, assessed = entry.event, session.entry.event
    day, last = assessed.held_from, assessed.held_to
    outcomes = _certifiable(entry.position, event.occupation, day, last, file, context)
    outcomes |= within_confirmed(entry.position, event, day, last, file.course, context.reference)
    outcomes.pop("S7", None)  # of the roster tells the session
    return _flagged(outcomes, context.reference.rules(day), day)


def departs(event: CertificateIssued, session: SessionRecord) -> bool:
    """Return whether a certificate names another occupation or level than its session."""
    own, assessed = event.occupation, session.occupation
    # Field by field, the one that tells most apart first: a third of what comparing the records costs.
    return not (
        event.level is session.level
        and own.name == assessed.name
        and own.code == assessed.code
        and own.trade == assessed.trade
        and own.edition == assessed.edition
    )


def judge_inspection(entry: Recorded[Any], file: SubjectFile, context: Context) -> Outcomes:
    """Return what Q1 and V1 find in a dispatch or a spot check."""
    outcomes = {"Q1": inspection_proper(entry, context)}
    if isinstance(entry.event, SpotCheckRecorded):
        outcomes["V1"] = _visit(entry, file, context)
    day = entry.valid_from
    return _flagged(outcomes, context.reference.rules(day), day)


def _visit(entry: Recorded[SpotCheckRecorded], file: SubjectFile, context: Context) -> Outcome:
    """V1 against the session that a visit names; against each of its day where it names none."""
    named = entry.event.assessment_id
    if named is None:
        return seen_that_day(entry, (s.entry for s in file.sessions.values()), context)
    session = file.sessions.get(named)
    return CLEAR if session is None else seen_as_reported(entry, session.entry, context)


class Certified(Protocol):
    """What names an occupation at a level: a session, a certificate."""

    @property
    def occupation(self) -> Occupation:
        """The occupation."""
        ...

    @property
    def level(self) -> Level:
        """The level."""
        ...


def within_confirmed(  # noqa: PLR0913, PLR0917 - what, on which days, and where to look
    position: int,
    record: Certified,
    first: date,
    last: date,
    course: Course,
    reference: Reference,
) -> Outcomes:
    """Return what S7 finds on the days; S1 on those on which S7 is no breach; S2 where neither is.

    A check is asked only where it may find something: nearly all records are clear, and what is
    listed on a day is the same for all three.
    """
    occupation, level = record.occupation, record.level
    over = course.over(first, last)
    listings = [(day, listing) for day, listing in over if listing.standing is _LISTED]
    outcomes: Outcomes = {}
    if len(listings) < len(over):
        outcomes["S7"] = listed(position, first, last, course)
        if not listings:
            return outcomes
    if not is_named_in_scope(occupation, level, listings):
        outcomes["S1"] = occupation_in_scope(position, occupation, first, last, course, reference)
    elif (says := reference.catalogued(occupation, first, last)) is not None and says.has(level):
        return outcomes
    outcomes["S2"] = level_in_scope(position, occupation, level, first, last, course, reference)
    return outcomes


def _certifiable(  # noqa: PLR0913, PLR0917 - one occupation, two days, and where to look
    position: int,
    occupation: Occupation,
    first: date,
    last: date,
    file: SubjectFile,
    context: Context,
) -> Outcomes:
    """Return what S3 and S4 find; nothing where the catalogues say one plain thing of all the days."""
    says = context.reference.catalogued(occupation, first, last)
    if says is not None and says.may_be_assessed:
        return {}
    return {
        "S3": not_access_controlled(position, occupation, first, last, context),
        "S4": occupation_published(position, occupation, first, last, file, context),
    }


def _flagged(outcomes: Outcomes, rules: RuleSet, day: date) -> Outcomes:
    """Leave out what is clear, and what the rule set of the day does not have judged."""
    return {
        code: outcome
        for code, outcome in outcomes.items()
        if outcome is not CLEAR and rules.judges(code, day)
    }
