"""Findings, their rectification and the measures taken: stream `finding/{id}` (四, 七)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any, TypeAlias

from domain.assessment import ASSESSMENT
from domain.certificate import CERTIFICATE
from domain.correction import ENTRY
from domain.decider import Command, FactKey, FactKind, Facts, New, Refused
from domain.enterprise import ENTERPRISE
from domain.envelope import Recorded
from domain.guards import existing, existing_enterprise, must_be_uscc, not_in_the_future
from domain.identifiers import flag_parts
from domain.inspection import INSPECTION, Evidence
from domain.vocabulary import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRaised:
    """A supervisor found something; it names what it concerns."""

    finding_id: str
    uscc: str
    kind: str
    severity: Severity
    rule: str
    statement: str
    inspection_id: str | None = None
    assessments: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationOrdered:
    """The enterprise must put it right by the end of `due_on` [C]."""

    finding_id: str
    requirement: str
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationReported:
    """The enterprise says what it did."""

    finding_id: str
    statement: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReinspectionRecorded:
    """Whether the rectification passed."""

    finding_id: str
    passed: bool
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureImposed:
    """约谈, 通报, 限期整改, 暂停, 移出 … [C], with own days of effect."""

    finding_id: str
    measure_id: str
    kind: str
    effective_from: date
    effective_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureStayed:
    """The effect of a measure is put off."""

    measure_id: str
    finding_id: str
    effective_from: date
    effective_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureVaried:
    """A measure has other days of effect."""

    measure_id: str
    finding_id: str
    effective_from: date
    effective_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureSetAside:
    """A measure was void from the start."""

    measure_id: str
    finding_id: str
    effective_from: date
    effective_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureLifted:
    """A measure ends."""

    measure_id: str
    finding_id: str
    effective_from: date
    effective_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingClosed:
    """The finding is done with."""

    finding_id: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingWithdrawn:
    """The finding should not have been raised."""

    finding_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingDisputed:
    """The enterprise objects."""

    finding_id: str
    statement: str


ChangeOfMeasure: TypeAlias = MeasureStayed | MeasureVaried | MeasureSetAside | MeasureLifted
Event: TypeAlias = (
    FindingRaised
    | RectificationOrdered
    | RectificationReported
    | ReinspectionRecorded
    | MeasureImposed
    | ChangeOfMeasure
    | FindingClosed
    | FindingWithdrawn
    | FindingDisputed
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order to rectify, with its entry and what became of it."""

    position: int
    requirement: str
    due_on: date
    ordered: date
    reported: date | None = None
    """The day of the first report: a later one adds to it."""
    reported_position: int = 0
    report: RectificationReported | None = None
    passed: bool | None = None
    reinspection: tuple[date, ReinspectionRecorded] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A measure as it stands: `imposed`, `stayed`, `varied`, `set_aside`, `lifted`."""

    measure_id: str
    kind: str
    stands: str
    effective_from: date
    effective_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Where one finding stands."""

    raised: FindingRaised
    position: int
    raised_on: date
    orders: tuple[Order, ...] = ()
    measures: tuple[Measure, ...] = ()
    disputed: bool = False
    dispute: FindingDisputed | None = None
    ended: str | None = None
    """`closed` or `withdrawn`."""
    ended_on: date | None = None
    ended_position: int = 0
    outcome: str | None = None

    @property
    def stage(self) -> str:
        """How far the finding has come."""
        if self.ended is not None:
            return self.ended
        if not self.orders:
            return "disputed" if self.disputed else "raised"
        order = self.orders[-1]
        if order.passed is not None:
            return "passed" if order.passed else "failed"
        return "rectification_ordered" if order.reported is None else "rectification_reported"


State: TypeAlias = Finding | None
initial: State = None

_STANDS = MappingProxyType(
    {
        MeasureStayed: "stayed",
        MeasureVaried: "varied",
        MeasureSetAside: "set_aside",
        MeasureLifted: "lifted",
    }
)


def evolve(state: State, entry: Recorded[Any]) -> State:
    """Return where the finding stands after `entry`."""
    event: Event = entry.event
    if isinstance(event, FindingRaised):
        return Finding(raised=event, position=entry.position, raised_on=entry.valid_from)
    if state is None:
        return None
    return _advance(state, entry, event)


def _advance(state: Finding, entry: Recorded[Any], event: Event) -> Finding:
    after = state
    match event:
        case FindingRaised():
            pass
        case RectificationOrdered():
            order = Order(
                position=entry.position,
                requirement=event.requirement,
                due_on=event.due_on,
                ordered=entry.valid_from,
            )
            after = replace(state, orders=(*state.orders, order))
        case RectificationReported() | ReinspectionRecorded():
            after = _followed_up(state, entry, event)
        case MeasureImposed():
            measure = Measure(
                measure_id=event.measure_id,
                kind=event.kind,
                stands="imposed",
                effective_from=event.effective_from,
                effective_to=event.effective_to,
            )
            after = replace(state, measures=(*state.measures, measure))
        case MeasureStayed() | MeasureVaried() | MeasureSetAside() | MeasureLifted():
            after = replace(state, measures=tuple(_changed(m, event) for m in state.measures))
        case FindingClosed():
            after = _ended(state, entry, "closed", event.outcome)
        case FindingWithdrawn():
            after = _ended(state, entry, "withdrawn", event.reason)
        case FindingDisputed():
            after = replace(state, disputed=True, dispute=event)
    return after


def _ended(state: Finding, entry: Recorded[Any], how: str, outcome: str) -> Finding:
    return replace(
        state,
        ended=how,
        ended_on=entry.valid_from,
        ended_position=entry.position,
        outcome=outcome,
    )


def _followed_up(
    state: Finding, entry: Recorded[Any], event: RectificationReported | ReinspectionRecorded
) -> Finding:
    """Return the finding after a report or a reinspection, which go with the last order."""
    if not state.orders:
        return state
    *before, order = state.orders
    if isinstance(event, ReinspectionRecorded):
        order = replace(order, passed=event.passed, reinspection=(entry.valid_from, event))
    else:
        if order.reported is None or entry.valid_from < order.reported:
            order = replace(order, reported=entry.valid_from, reported_position=entry.position)
        # What failed before waits for another reinspection.
        order = replace(order, report=event, passed=order.passed or None)
    return replace(state, orders=(*before, order))


def _changed(measure: Measure, event: ChangeOfMeasure) -> Measure:
    if measure.measure_id != event.measure_id:
        return measure
    if isinstance(event, MeasureLifted):
        return replace(measure, stands="lifted", effective_to=event.effective_from)
    return replace(
        measure,
        stands=_STANDS[type(event)],
        effective_from=event.effective_from,
        effective_to=event.effective_to,
    )


FINDING: FactKind[State] = FactKind("finding", initial, evolve)
FACTS = MappingProxyType({"finding": FINDING})


def boundary(command: Command[Event]) -> Iterable[FactKey[Any]]:
    """The finding, and for a new one everything that it refers to."""
    body = command.body
    yield FINDING.key(body.finding_id)
    if isinstance(body, FindingRaised):
        yield ENTERPRISE.key(body.uscc)
        yield from (ASSESSMENT.key(a) for a in body.assessments)
        yield from (CERTIFICATE.key(c) for c in body.certificates)
        if body.inspection_id is not None:
            yield INSPECTION.key(body.inspection_id)


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return the events that carry out `command`, or raise `Refused`."""
    body = command.body
    not_in_the_future(command)
    found = facts[FINDING.key(body.finding_id)]
    if isinstance(body, FindingRaised):
        _require_new_and_founded(facts, body, found)
        uscc = body.uscc
    else:
        state = existing(
            found,
            "unknown-finding",
            f"问题 {body.finding_id} 不存在",
            f"finding {body.finding_id} does not exist",
            "finding_id",
        )
        _require_allowed(state, command)
        _require_news(state, command)
        if _holds_already(state, command):
            return []
        uscc = state.raised.uscc
    enterprise = facts[ENTERPRISE.key(uscc)]
    district = enterprise.district_on(command.valid_from) if enterprise else None
    tags = (f"finding:{body.finding_id}",)
    return [New(f"finding/{body.finding_id}", body, uscc, district, tags, command.valid_from)]


def _require_new_and_founded(facts: Facts, body: FindingRaised, found: State) -> None:
    must_be_uscc(body.uscc, "uscc")
    if found is not None:
        raise Refused(
            "finding-exists",
            f"问题编号 {body.finding_id} 已使用",
            f"finding id {body.finding_id} is taken",
            "finding_id",
        )
    existing_enterprise(facts[ENTERPRISE.key(body.uscc)], body.uscc)
    for index, assessment_id in enumerate(body.assessments):
        existing(
            facts[ASSESSMENT.key(assessment_id)],
            "unknown-assessment",
            f"认定活动 {assessment_id} 未登记",
            f"session {assessment_id} is not recorded",
            f"assessments.{index}",
        )
    for index, number in enumerate(body.certificates):
        existing(
            facts[CERTIFICATE.key(number)] or None,
            "unknown-certificate",
            f"证书 {number} 未登记",
            f"certificate {number} is not recorded",
            f"certificates.{index}",
        )
    if body.inspection_id is not None:
        inspection = facts[INSPECTION.key(body.inspection_id)]
        existing(
            inspection.dispatched or (inspection.spot_checks or None),
            "unknown-inspection",
            f"督导 {body.inspection_id} 不存在",
            f"inspection {body.inspection_id} does not exist",
            "inspection_id",
        )
    for index, key in enumerate(body.flags):
        parts = flag_parts(key)
        if parts is None or facts[ENTRY.key(str(parts[1]))] is None:
            raise Refused(
                "unknown-flag",
                f"疑点 {key[:40]} 不存在",
                f"flag {key[:40]} does not exist",
                f"flags.{index}",
            )


def _holds_already(state: Finding, command: Command[Event]) -> bool:
    """Whether an order would change nothing. A report that says nothing new is refused instead."""
    body = command.body
    match body:
        case RectificationOrdered():
            same = (body.requirement, body.due_on, command.valid_from)
            return any((o.requirement, o.due_on, o.ordered) == same for o in state.orders[-1:])
        case MeasureStayed() | MeasureVaried():
            return any(
                m.measure_id == body.measure_id and _changed(m, body) == m for m in state.measures
            )
        case _:
            return False


def _require_allowed(state: Finding, command: Command[Event]) -> None:
    body = command.body
    if state.ended is not None and not isinstance(body, _AFTER_THE_END):
        raise Refused(
            "finding-ended",
            f"问题 {state.raised.finding_id} 已{'销号' if state.ended == 'closed' else '撤回'}",
            f"finding {state.raised.finding_id} is {state.ended}",
            "finding_id",
        )
    order = state.orders[-1] if state.orders else None
    match body:
        case RectificationOrdered() if body.due_on < command.valid_from:
            raise Refused(
                "due-before-order",
                f"整改期限 {body.due_on} 早于责令日 {command.valid_from}",
                f"the deadline {body.due_on} lies before the order ({command.valid_from})",
                "due_on",
            )
        case RectificationReported() | ReinspectionRecorded() if order is None:
            raise Refused(
                "not-ordered", "尚未责令整改", "no rectification was ordered", "finding_id"
            )
        case FindingClosed() if order is not None and order.passed is not True:
            raise Refused(
                "rectification-open",
                "责令的整改尚未复查通过,不能销号",
                "the rectification has not passed a reinspection; the finding cannot be closed",
                "finding_id",
            )
        case FindingClosed() if not body.outcome.strip():
            raise Refused(
                "outcome-missing", "必须写明处理结果", "the outcome must be given", "outcome"
            )
        case FindingWithdrawn() if not body.reason.strip():
            raise Refused("reason-missing", "必须写明理由", "a reason must be given", "reason")
        case (
            MeasureImposed()
            | MeasureStayed()
            | MeasureVaried()
            | MeasureSetAside()
            | MeasureLifted()
        ):
            _require_measure(state, body)
        case _:
            return


_AFTER_THE_END = (FindingDisputed, MeasureStayed, MeasureVaried, MeasureSetAside, MeasureLifted)
"""A measure outlives its finding, and an objection may come when all is done."""


def _require_news(state: Finding, command: Command[Event]) -> None:
    """Refuse a report that is recorded already, exactly so (§3)."""
    body = command.body
    order = state.orders[-1] if state.orders else None
    match body:
        case RectificationReported() if order is not None:
            known = order.report == body and order.passed is not False
        case ReinspectionRecorded() if order is not None:
            known = order.reinspection == (command.valid_from, body)
        case FindingDisputed():
            known = state.dispute == body
        case _:
            known = False
    if known:
        raise Refused(
            "duplicate",
            "已有完全相同的记录",
            "the same is recorded already",
            "finding_id",
        )


def _require_measure(state: Finding, body: MeasureImposed | ChangeOfMeasure) -> None:
    known = next((m for m in state.measures if m.measure_id == body.measure_id), None)
    if body.effective_to is not None and body.effective_to <= body.effective_from:
        raise Refused(
            "period-empty",
            "措施截止日不晚于起始日",
            "the measure ends before it begins",
            "effective_to",
        )
    if isinstance(body, MeasureImposed):
        if known is not None:
            raise Refused(
                "measure-exists",
                f"措施编号 {body.measure_id} 已使用",
                f"measure id {body.measure_id} is taken",
                "measure_id",
            )
        return
    measure = existing(
        known,
        "unknown-measure",
        f"措施 {body.measure_id} 不存在",
        f"measure {body.measure_id} does not exist",
        "measure_id",
    )
    if measure.stands in {"set_aside", "lifted"}:
        raise Refused(
            "measure-ended",
            f"措施 {body.measure_id} 已撤销或解除",
            f"measure {body.measure_id} is {measure.stands}",
            "measure_id",
        )
