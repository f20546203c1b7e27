"""How a flag is shown: its item in the shape of the contract, with everybody who is responsible."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from domain.assessment import AssessmentHeld
from domain.certificate.certificate import CertificateIssued
from domain.checks import CHECKS, DERIVED
from domain.correction import Request
from domain.finding.finding import Finding
from domain.flag import Said, shown
from domain.supervision.flags import FlagState, case_of, over
from domain.supervision.subject_file import Stretch
from domain.supervision.supervision import Supervision, resting
from domain.terms.envelope import Recorded
from domain.terms.identifiers import flag_parts
from domain.terms.reference import Reference
from domain.terms.vocabulary import RaisedBy, Verdict
from projections.views.lines import text
from projections.views.row import Row, Rows, document


class Concerned(NamedTuple):
    """What a flag is about: who is supervised, and the judged record with its session."""

    uscc: str
    record: Recorded[Any] | None
    session: AssessmentHeld | None
    claimed_by: int | None = None
    """Of C2: the certificate that was entered later and claims the earlier day."""
    met: str | None = None
    """Of V1 of a visit that names no session: the one that departs from what was seen, where it is one."""


def rows(supervision: Supervision, key: str) -> Rows:
    """Return the rows of one flag; none while it was never raised."""
    parts = flag_parts(key)
    if parts is None:
        return ()
    if parts[0] in DERIVED:
        owed = supervision.owed.get(key)
        behind = (owed.receipt, owed.year) if owed is not None else (parts[1],)
        return _passing_rows(supervision, key, *behind)
    state = supervision.flags.get(key)
    if state is None:
        return ()
    record = supervision.record(state.position)
    claimed_by = (
        supervision.claimed_by.get(state.position)
        if CHECKS[state.code].raised_by is RaisedBy.DUPLICATES
        else None
    )
    about = Concerned(
        supervision.file.uscc,
        record,
        _session(supervision, record),
        claimed_by,
        _met(supervision, state, record),
    )
    remarks = _remarks(supervision, key, supervision.file.requests.get(state.position, ()))
    reference = supervision.context.reference
    supervised = supervision.file.supervised
    shown_rows: list[Row] = []
    for start, end, part in _parts(state):
        shown_rows += _rows(part, remarks, about, reference, supervised(start, end))
    return tuple(shown_rows)


def _parts(state: FlagState) -> Iterator[tuple[date, date | None, FlagState]]:
    """Yield the stretches of days of which a flag says something of their own.

    A session has several days, and so has what was said of them when it came in.
    """
    outcome, entered = state.outcome, state.entered
    first = max(state.day, outcome.begun or state.day)
    ends_on = outcome.until
    bounds = {first}
    for said in (outcome, entered) if entered is not None else (outcome,):
        bounds |= {max(first, each.since or first) for each in (*said.earlier, said)}
    days = sorted(day for day in bounds if ends_on is None or day < ends_on)
    parts: list[tuple[date, FlagState]] = []
    for day in days:
        part = replace(state, outcome=outcome.on(day), then=state.then_on(day))
        if not parts or parts[-1][1] != part:
            parts.append((day, part))
    if ends_on is not None:
        past = replace(
            state, outcome=over(outcome), known_to=outcome.ended_by, of_its_own=outcome.verdict
        )
        parts.append((max(first, ends_on), past))
    ends = (*(day for day, _ in parts[1:]), None)
    for (start, part), end in zip(parts, ends, strict=True):
        yield start, end, part


def _rows(
    state: FlagState,
    remarks: "Remarks",
    about: Concerned,
    reference: Reference,
    stretches: Sequence[Stretch],
) -> Iterator[Row]:
    """Yield what the flag shows, over days between which nobody said anything to it."""
    days = remarks.said.days()
    for stretch in stretches:
        cuts = sorted(
            day
            for day in days
            if stretch.start < day and (stretch.end is None or day < stretch.end)
        )
        for start, end in zip((stretch.start, *cuts), (*cuts, stretch.end), strict=True):
            part = stretch._replace(start=start, end=end)
            yield flag_row(
                state, remarks._replace(said=remarks.said.by(start)), about, reference, part
            )


def _session(supervision: Supervision, record: Recorded[Any] | None) -> AssessmentHeld | None:
    event = record.event if record is not None else None
    if isinstance(event, AssessmentHeld):
        return event
    if isinstance(event, CertificateIssued):
        session = supervision.file.sessions.get(event.assessment_id)
        return session.entry.event if session is not None else None
    return None


def _met(supervision: Supervision, state: FlagState, record: Recorded[Any] | None) -> str | None:
    """Return the session on which the outcome rests, where it is one: it changes with the outcome alone."""
    if state.code != "V1" or record is None or record.event.assessment_id is not None:
        return None
    behind = (supervision.entries.get(position) for position in state.outcome.because)
    sessions = [e.event.assessment_id for e in behind if e and isinstance(e.event, AssessmentHeld)]
    return sessions[0] if len(sessions) == 1 else None


class Remarks(NamedTuple):
    """What people said to a flag: reviews, answers, and corrections of its record that were asked for."""

    said: Said
    requests: Sequence[Request]
    findings: Mapping[str, Finding] = MappingProxyType({})
    """Those of its enterprise by number: a flag may have been made one of them."""


def _remarks(supervision: Supervision, key: str, requests: Sequence[Request] = ()) -> Remarks:
    return Remarks(supervision.file.said.get(key, Said()), requests, supervision.file.findings)


def flag_row(
    state: FlagState,
    remarks: Remarks,
    about: Concerned,
    reference: Reference,
    stretch: Stretch,
) -> Row:
    """Return what a flag shows while one authority is competent, from the day of its record on."""
    check = CHECKS[state.code]
    settled = shown(remarks.said, state.outcome.verdict, state.outcome.name, remarks.findings)
    review, holding = settled.review, settled.holding
    now = state.of_its_own or state.outcome.verdict
    case = case_of(state.then, now, holding).label
    event = about.record.event if about.record is not None else None
    certificate = event if isinstance(event, CertificateIssued) else None
    record = certificate or about.session
    doc: dict[str, Any] = {
        "key": state.key,
        "code": state.code,
        "verdict": state.outcome.verdict,
        "then": state.then,
        "severity": check.severity,
        "clause": check.clause.number,
        "rule": f"{reference.rules(state.day).edition}/{state.code}.{check.version}",
        "subject": about.uscc,
        "assessment_id": getattr(event, "assessment_id", None) or about.met,
        "certificate_no": certificate.certificate_no if certificate else None,
        "district": stretch.district,
        "valid_at": state.day,
        "known_from": state.known_from,
        "known_to": state.known_to,
        "outcome": state.outcome.name,
        "review": review.decision if review else None,
        "review_stale": settled.stale,
        "review_lapse": settled.lapse.why if settled.lapse else None,
        "review_lapsed_by": settled.lapse.position if settled.lapse else None,
        "review_reason": review.reason if review else None,
        "review_position": review.position if review else None,
        "finding_id": review.finding_id if review else getattr(event, "finding_id", None),
        "case": case,
        "responsible": list(_responsible(state, about, stretch.district)),
        "message": _message(state, about),
        "because": list(dict.fromkeys(state.outcome.because)),
        "answers": remarks.said.answers,
        "corrections": [_asked(request) for request in remarks.requests],
    }
    columns = (
        state.position,
        state.code,
        state.day,
        state.outcome.verdict.value,
        # A stale review is none to a queue: the flag waits again.
        holding.decision.value if holding else None,
        case,
        record.occupation.name if record else None,
        record.level.value if record else None,
        about.session.method if about.session else None,
        state.known_from,
    )
    return Row(*stretch, tuple(map(text, columns)), document(doc))


def _message(state: FlagState, about: Concerned) -> dict[str, str]:
    """Return the sentence, and whether who is named as earlier reported later.

    The order of entry decides no verdict, so it is no part of the outcome; but whoever reports late
    chooses the day, and so on whom the breach stands: who reads the flag must see that.
    """
    zh, en = state.outcome.zh, state.outcome.en
    if about.claimed_by is None or state.outcome.verdict is Verdict.CLEAR:
        return {"zh": zh, "en": en}
    return {
        "zh": f"{zh}；该证书入账在本证书之后（位置 {about.claimed_by}），发证日期却更早，其日期须核实",
        "en": f"{en}; that one was entered after this one (position {about.claimed_by}) with an earlier"
        " day of issue, which should be checked",
    }


def _asked(request: Request) -> dict[str, Any]:
    """Return a correction that was asked for, with what the centre made of it."""
    return {
        "position": request.position,
        "fields": {field.path: field.value for field in request.fields},
        "asked_on": request.asked_on,
        "reason": request.reason,
        "taken": request.taken,
        "decided_on": request.decided_on,
        "decision": request.decision or None,
        "answer": request.answer,
    }


def _responsible(
    state: FlagState, about: Concerned, district: str | None
) -> Iterator[dict[str, str | None]]:
    """Yield the responsible bodies: who assessed, who issued, on whose behalf, who supervises (§6).

    Of C2 both who assessed. For the procedure of an inspection it is the authority that sent the
    inspectors, and nobody else.
    """
    if not CHECKS[state.code].of_enterprise:
        sent_by = about.record.actor.organisation if about.record is not None else district
        yield {"uscc": None, "organisation": sent_by, "role": "inspecting"}
        return
    for uscc in (about.uscc, *state.outcome.bodies):
        yield {"uscc": uscc, "role": "assessing"}
    event = about.record.event if about.record is not None else None
    if isinstance(event, CertificateIssued) and event.issuer_uscc != about.uscc:
        yield {"uscc": event.issuer_uscc, "role": "issuing"}
    unit = about.session.unit_uscc if about.session is not None else None
    if unit is not None and unit != about.uscc:
        yield {"uscc": unit, "role": "implementing"}
        yield {"uscc": about.uscc, "role": "applicant"}
    if district is not None:
        yield {"uscc": None, "district": district, "role": "supervising"}


def _passing_rows(
    supervision: Supervision, key: str, position: int, year: int | None = None
) -> Rows:
    """Q2 and P1: what the passing of time has brought about, and what was known of it on each day."""
    passing = supervision.passing.get(key)
    if passing is None:
        return ()
    about = Concerned(supervision.file.uscc, supervision.entries.get(position), None)
    remarks, reference = _remarks(supervision, key), supervision.context.reference
    passing_rows: list[Row] = []
    for stage in passing.stages():
        state = FlagState(
            code=key.partition("-")[0],
            position=position,
            day=stage.spell.days.start,
            then=stage.then,
            outcome=resting(supervision.file, stage.outcome),
            known_from=passing.known_from(stage),
            known_to=stage.cleared_by,
            year=year,
            of_its_own=stage.of_its_own,
        )
        stretches = supervision.file.supervised(stage.days.start, stage.days.end)
        passing_rows += _rows(state, remarks, about, reference, stretches)
    return tuple(passing_rows)
