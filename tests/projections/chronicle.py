"""Random histories of three enterprises that touch every view, for laws that hold for all of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from hypothesis import strategies as st

from domain import enterprise, finding, flag, inspection, plan, standing
from domain.application import ApplicationSubmitted, ReceiptIssued
from domain.assessment import AssessmentHeld
from domain.catalogue import CatalogueAdopted
from domain.certificate import CertificateIssued, CertificateReissued, CertificateRevoked, Holder
from domain.correction import FieldCorrection, RecordCorrected
from domain.place import Place
from domain.vocabulary import (
    CandidateCategory,
    CatalogueKind,
    EnterpriseKind,
    Level,
    Method,
    ReviewDecision,
    Severity,
)
from tests.ledger_story import LedgerStory
from tests.story import COOK, ELECTRICIAN, GUARD, OTHER, USCC, issued, item, session

THIRD = "911100005858054799"
SUBJECTS = (USCC, OTHER, THIRD)
START = date(2024, 1, 1)


class Step(NamedTuple):
    """One entry: about whom, which kind, with which choices."""

    uscc: str
    kind: str
    day: int
    a: int
    b: int


def _day(step: Step) -> date:
    return START + timedelta(days=step.day)


def _pick(options: tuple[Any, ...], number: int) -> Any:
    return options[number % len(options)]


def _occupation(step: Step) -> Any:
    return _pick((ELECTRICIAN, COOK, GUARD), step.a)


def _level(step: Step) -> str:
    return _pick(("5", "4", "3"), step.b)


def _session_id(step: Step, number: int) -> str:
    return f"a-{step.uscc[-3:]}-{number % 2}"


def _number(number: int) -> str:
    return f"Y00001112345625400000{number % 3}"


def _finding(step: Step) -> str:
    return f"f-{step.uscc[-3:]}-{step.a % 2}"


def _registered(step: Step, at: int) -> Any:
    return enterprise.EnterpriseRegistered(
        uscc=step.uscc,
        name=f"企业{step.a}",
        kind=EnterpriseKind.PRIVATE,
        district=_pick(("110108", "BDA"), step.b),
        address="北京市",
    )


def _profile(step: Step, at: int) -> Any:
    return enterprise.EnterpriseProfileChanged(
        uscc=step.uscc, name=f"新名{step.a}", district=_pick((None, "110105"), step.b)
    )


def _unit(step: Step, at: int) -> Any:
    unit = _pick(SUBJECTS, step.a)
    if step.b % 2:
        return enterprise.UnitReleased(uscc=step.uscc, unit_uscc=unit)
    return enterprise.UnitCovered(uscc=step.uscc, unit_uscc=unit, unit_name="分公司")


def _application(step: Step, at: int) -> Any:
    if step.b % 2:
        return ReceiptIssued(
            application_id=f"app-{step.uscc}", receipt_no="R", issued_on=_day(step)
        )
    return ApplicationSubmitted(
        application_id=f"app-{step.uscc}",
        uscc=step.uscc,
        window="2024-05",
        materials=(),
        scope=(item(_occupation(step), "4"),),
        methods=(Method.EXAMINATION,),
    )


def _listed(step: Step, at: int) -> Any:
    return standing.EnterpriseListed(
        uscc=step.uscc,
        batch=f"b-{step.a}",
        application_id=f"app-{step.uscc}",
        scope=(item(_occupation(step), "5", "4"),),
        valid_from=_day(step),
        valid_to=_day(step) + timedelta(days=100 + 100 * step.b),
    )


def _scope(step: Step, at: int) -> Any:
    items = (item(_occupation(step), _level(step)),)
    added, removed = ((), items) if step.day % 2 else (items, ())
    return standing.ScopeChanged(uscc=step.uscc, added=added, removed=removed, basis="依据")


def _standing(step: Step, at: int) -> Any:
    until = _day(step) + timedelta(days=30) if step.b % 2 else None
    return _pick(
        (
            standing.ListingSuspended(uscc=step.uscc, basis="x", until=until),
            standing.ListingReinstated(uscc=step.uscc, basis="x"),
            standing.ListingRemoved(uscc=step.uscc, basis="x"),
            standing.ListingRenewed(
                uscc=step.uscc,
                basis="x",
                valid_from=_day(step),
                valid_to=_day(step) + timedelta(days=300),
            ),
        ),
        step.a,
    )


def _plan(step: Step, at: int) -> Any:
    kind = plan.AnnualPlanRevised if step.b % 2 else plan.AnnualPlanFiled
    return kind(
        uscc=step.uscc,
        year=2024 + step.a % 2,
        summary=plan.AnnualSummary(sessions=step.b, candidates=0, certificates=0),
        sessions=(),
    )


def _session(step: Step, at: int) -> Any:
    return session(
        _occupation(step),
        _level(step),
        _day(step),
        assessment_id=_session_id(step, step.a),
        uscc=step.uscc,
        unit_uscc=_pick((None, OTHER), step.b),
        venue=_pick((Place(division="110108"), Place(division="131082"), None), step.a + step.b),
        candidates=replace(session().candidates, employee=2),
    )


def _certificate(step: Step, at: int) -> Any:
    return issued(
        _occupation(step),
        _level(step),
        number=_number(step.a),
        assessment_id=_session_id(step, step.b),
        issuer_uscc=_pick((step.uscc, THIRD), step.b),
        holder=Holder(
            subject_id=f"h-{step.b % 4}",
            masked_name="张*",
            id_type="201",
            category=CandidateCategory.EMPLOYEE,
        ),
        issued_on=_day(step),
    )


def _ended(step: Step, at: int) -> Any:
    if step.b % 2:
        return CertificateRevoked(certificate_no=_number(step.a), reason="x")
    return CertificateReissued(
        certificate_no=_number(step.a), new_certificate_no=_number(step.a + 1), reason="x"
    )


def _dispatched(step: Step, at: int) -> Any:
    inspectors = tuple(
        inspection.Inspector(
            account=f"x{n}",
            name="甲",
            card_no="R11200001",
            recusal_declared=_pick((None, False), n),
        )
        for n in range(step.b)
    )
    return inspection.InspectionDispatched(
        inspection_id=f"i-{step.uscc[-3:]}-{step.a % 2}",
        kind="现场督导",
        uscc=step.uscc,
        inspectors=inspectors,
    )


def _finding_step(step: Step, at: int) -> Any:
    name = _finding(step)
    return _pick(
        (
            finding.FindingRaised(
                finding_id=name,
                uscc=step.uscc,
                kind="超范围",
                severity=Severity.MAJOR,
                rule="S1.1",
                statement="x",
            ),
            finding.RectificationOrdered(
                finding_id=name, requirement="x", due_on=_day(step) + timedelta(days=20)
            ),
            finding.RectificationReported(finding_id=name, statement="x", evidence=()),
            finding.FindingClosed(finding_id=name, outcome="x"),
            finding.MeasureImposed(
                finding_id=name, measure_id="m", kind="约谈", effective_from=_day(step)
            ),
            finding.FindingDisputed(finding_id=name, statement="x"),
        ),
        step.b,
    )


def _review(step: Step, at: int) -> Any:
    codes = ("S1", "S2", "S7", "G1", "C1", "C2", "C3", "R1", "Q1", "Q2")
    return flag.FlagReviewed(
        flag=f"{_pick(codes, step.b)}-{_before(step, at)}",
        decision=_pick((ReviewDecision.UPHELD, ReviewDecision.DISMISSED), step.a),
    )


def _before(step: Step, at: int) -> int:
    return max(1, at - 1 - step.day % 12)


_CORRECTIONS: dict[str, tuple[tuple[str, str], ...]] = {
    "AssessmentHeld": (
        ("level", '"5"'),
        ("venue.division", '"110105"'),
        ("held_from", '"2024-02-01"'),
    ),
    "CertificateIssued": (("level", '"5"'), ("issuer_uscc", f'"{THIRD}"')),
    "EnterpriseListed": (("valid_to", '"2024-09-01"'),),
    "EnterpriseRegistered": (("name", '"改名"'), ("district", '"110101"')),
    "ScopeChanged": (("valid_from", '"2024-03-01"'),),
    "CertificateRevoked": (("valid_from", '"2024-12-01"'),),
    "RectificationOrdered": (("due_on", '"2024-04-01"'),),
    "FindingClosed": (("valid_from", '"2024-06-01"'),),
    "AnnualPlanFiled": (("valid_from", '"2024-02-02"'),),
}

_MAKERS: dict[str, Callable[[Step, int], Any]] = {
    "registered": _registered,
    "profile": _profile,
    "unit": _unit,
    "application": _application,
    "listed": _listed,
    "scope": _scope,
    "standing": _standing,
    "plan": _plan,
    "session": _session,
    "certificate": _certificate,
    "ended": _ended,
    "dispatched": _dispatched,
    "finding": _finding_step,
    "review": _review,
}

KINDS = (*_MAKERS, "certificate", "session", "finding", "correction", "catalogue")

_steps = st.lists(
    st.builds(
        Step,
        uscc=st.sampled_from(SUBJECTS),
        kind=st.sampled_from(KINDS),
        day=st.integers(0, 400),
        a=st.integers(0, 3),
        b=st.integers(0, 5),
    ),
    min_size=1,
    max_size=40,
)


@st.composite
def chronicles(draw: st.DrawFn) -> list[Step]:
    """A history in which the usual beginning makes what follows mean something."""
    beginning = [
        Step(uscc, kind, day, number, 2)
        for number, uscc in enumerate(SUBJECTS)
        for kind, day in (("registered", 0), ("application", 5), ("listed", 10), ("session", 60))
    ]
    return [*(beginning if draw(st.booleans()) else []), *draw(_steps)]


def tell(story: LedgerStory, steps: list[Step]) -> None:
    """Record a history; a step that the deciders would never let in there leaves no entry."""
    events: dict[int, Any] = {}
    subjects: dict[int, str] = {}
    for step in steps:
        at = story.position + 1
        event = _event(step, at, events)
        if event is None or not _possible(event, story.known):
            continue
        uscc = subjects.get(_about(event), step.uscc)
        story.tell(event, _day(step), uscc=uscc)
        events[at], subjects[at] = event, uscc
    story.write()


def _possible(event: Any, known: set[str]) -> bool:
    """Return whether what the event begins is new, and what it refers to exists."""
    begins = {
        AssessmentHeld: "assessment_id",
        enterprise.EnterpriseRegistered: "uscc",
        finding.FindingRaised: "finding_id",
        ApplicationSubmitted: "application_id",
        inspection.InspectionDispatched: "inspection_id",
    }
    name = begins.get(type(event))
    if name is not None:
        identity = getattr(event, name)
        new = identity not in known
        known.add(identity)
        return new
    return not isinstance(event, CertificateIssued) or event.assessment_id in known


def _about(event: Any) -> int:
    """Return the entry whose subject the event shares; 0 where it has one of its own."""
    if isinstance(event, RecordCorrected):
        return event.position
    return int(event.flag.partition("-")[2]) if isinstance(event, flag.FlagReviewed) else 0


def _event(step: Step, at: int, events: dict[int, Any]) -> Any:
    if step.kind == "catalogue":
        return CatalogueAdopted(
            kind=_pick((CatalogueKind.QUALIFICATIONS, CatalogueKind.RULES), step.b),
            edition=_pick(("2017", "2020-3", "2021"), step.a),
            valid_from=_day(step),
            sha256="0" * 64,
        )
    if step.kind != "correction":
        return _MAKERS[step.kind](step, at)
    wrong = _before(step, at)
    choices = _CORRECTIONS.get(type(events.get(wrong)).__name__, ())
    if not choices or events[wrong] is None:
        return None
    path, value = _pick(choices, step.a)
    if path.startswith("venue") and events[wrong].venue is None:
        return None
    return RecordCorrected(position=wrong, fields=(FieldCorrection(path=path, value=value),))


__all__ = ["SUBJECTS", "Level", "Step", "chronicles", "tell"]
