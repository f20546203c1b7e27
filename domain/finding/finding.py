"""Findings, their rectification and the measures taken: stream `finding/{id}` (四, 七)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, get_args

from domain.complaint import COMPLAINT, require_complaints
from domain.enterprise import ENTERPRISE, Enterprise
from domain.finding import measure, rectification
from domain.finding.grounds import Grounds, keys, require_founded
from domain.finding.measure import (
    Measure,
    MeasureImposed,
    MeasureLifted,
    MeasureSetAside,
    MeasureStayed,
    MeasureVaried,
    require_measure,
)
from domain.finding.rectification import (
    Order,
    RectificationOrdered,
    RectificationReported,
    ReinspectionRecorded,
    require_rectification,
)
from domain.permissions import CENTRE
from domain.terms.decider import Command, FactKey, FactKind, Facts, New, Refused
from domain.terms.envelope import Recorded
from domain.terms.evidence import evidence_tags
from domain.terms.guards import (
    existing,
    existing_enterprise,
    must_be_uscc,
    must_say_why,
    must_state_outcome,
    not_before,
    not_in_the_future,
)
from domain.terms.naming import body_of
from domain.terms.reference import Reference
from domain.terms.vocabulary import Role, Severity


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
    complaints: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingHeld:
    """The enterprise was heard before a measure (听证、陈述申辩) [C]."""

    finding_id: str
    held_on: date
    outcome: str
    document_no: str | None = None


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


Event: TypeAlias = (
    FindingRaised
    | rectification.Event
    | measure.Event
    | FindingClosed
    | FindingWithdrawn
    | FindingDisputed
    | HearingHeld
)


FindingStage: TypeAlias = Literal[
    "raised",
    "disputed",
    "rectification_ordered",
    "rectification_reported",
    "failed",
    "passed",
    "closed",
    "withdrawn",
]
"""How far a finding has come, in the order of its way."""
End: TypeAlias = Literal["closed", "withdrawn"]
STAGES: tuple[FindingStage, ...] = get_args(FindingStage)
ENDED: frozenset[FindingStage] = frozenset(get_args(End))
"""Stages of a finding with which nobody has to do any more."""
OPEN = frozenset(STAGES) - ENDED
_ORDERED = OPEN - {"raised", "disputed"}
TAKEN_AT: Mapping[type, frozenset[FindingStage]] = MappingProxyType(
    {
        RectificationOrdered: OPEN,
        RectificationReported: _ORDERED,
        ReinspectionRecorded: _ORDERED,
        MeasureImposed: OPEN,
        FindingClosed: OPEN & {"raised", "disputed", "passed"},
        FindingWithdrawn: OPEN,
        # A measure outlives its finding, and an objection may come when all is done.
        **dict.fromkeys(
            (MeasureStayed, MeasureVaried, MeasureSetAside, MeasureLifted), frozenset(STAGES)
        ),
        FindingDisputed: frozenset(STAGES),
        HearingHeld: frozenset(STAGES),
    }
)
"""What may follow a finding → the stages at which it is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Where one finding stands."""

    raised: FindingRaised
    position: int
    raised_on: date
    raised_by: str
    """Organisation that raised it."""
    rectified: rectification.State = ()
    orders: tuple[Order, ...] = ()
    """What follows from the acts of rectification."""
    measured: measure.State = ()
    measures: tuple[Measure, ...] = ()
    """What follows from the acts about measures."""
    hearings: tuple[HearingHeld, ...] = ()
    disputed: bool = False
    dispute: FindingDisputed | None = None
    ended: End | None = None
    ended_on: date | None = None
    ended_position: int = 0
    outcome: str | None = None

    @property
    def stage(self) -> FindingStage:
        """How far the finding has come."""
        if self.ended is not None:
            return self.ended
        if not self.orders:
            return "disputed" if self.disputed else "raised"
        order = self.orders[-1]
        if order.passed is not None:
            return "passed" if order.passed else "failed"
        return "rectification_ordered" if order.reported is None else "rectification_reported"

    @property
    def had_consequence(self) -> bool:
        """Whether something was put right, or a measure was taken that was not set aside."""
        return any(order.passed for order in self.orders) or any(
            not measure.set_aside for measure in self.measures
        )


State: TypeAlias = Finding | None
initial: State = None


def sound(event: Event, reference: Reference, day: date) -> None:  # noqa: ARG001 - of any stream
    """Refuse a deadline before its order, a measure without days, an end without words."""
    match event:
        case FindingRaised():
            must_be_uscc(event.uscc, "uscc")
        case RectificationOrdered() | RectificationReported() | ReinspectionRecorded():
            rectification.sound(event, day)
        case (
            MeasureImposed()
            | MeasureStayed()
            | MeasureVaried()
            | MeasureSetAside()
            | MeasureLifted()
        ):
            measure.sound(event)
        case FindingClosed():
            must_state_outcome(event.outcome)
        case FindingWithdrawn():
            must_say_why(event.reason)
        case HearingHeld():
            must_state_outcome(event.outcome)
        case FindingDisputed():
            pass


def evolve(state: State, entry: Recorded[Any]) -> State:
    """Return where the finding stands after `entry`."""
    event: Event = entry.event
    if isinstance(event, FindingRaised):
        return Finding(
            raised=event,
            position=entry.position,
            raised_on=entry.valid_from,
            raised_by=entry.actor.organisation,
        )
    if state is None:
        return None
    return _advance(state, entry, event)


def _advance(state: Finding, entry: Recorded[Any], event: Event) -> Finding:
    after = state
    match event:
        case FindingRaised():
            pass
        case RectificationOrdered() | RectificationReported() | ReinspectionRecorded():
            acts = rectification.evolve(state.rectified, entry)
            after = replace(state, rectified=acts, orders=rectification.orders(acts))
        case (
            MeasureImposed()
            | MeasureStayed()
            | MeasureVaried()
            | MeasureSetAside()
            | MeasureLifted()
        ):
            about = measure.evolve(state.measured, entry)
            after = replace(state, measured=about, measures=measure.measures(about))
        case FindingClosed():
            after = _ended(state, entry, "closed", event.outcome)
        case FindingWithdrawn():
            after = _ended(state, entry, "withdrawn", event.reason)
        case FindingDisputed():
            after = replace(state, disputed=True, dispute=event)
        case HearingHeld():
            hearings = sorted((*state.hearings, event), key=lambda h: (h.held_on, h.outcome))
            after = replace(state, hearings=tuple(hearings))
    return after


def _ended(state: Finding, entry: Recorded[Any], how: End, outcome: str) -> Finding:
    return replace(
        state,
        ended=how,
        ended_on=entry.valid_from,
        ended_position=entry.position,
        outcome=outcome,
    )


FINDING: FactKind[State] = FactKind("finding", initial, evolve)
FACTS = MappingProxyType({"finding": FINDING})


def boundary(command: Command[Event]) -> Iterable[FactKey[Any]]:
    """The finding, and for a new one everything that it refers to."""
    body = command.body
    yield FINDING.key(body.finding_id)
    if isinstance(body, FindingRaised):
        yield ENTERPRISE.key(body.uscc)
        yield from keys(_grounds(body))
        yield from map(COMPLAINT.key, body.complaints or ())


def _grounds(body: FindingRaised) -> Grounds:
    return Grounds(body.inspection_id, body.assessments, body.certificates, body.flags)


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return the events that carry out `command`, or raise `Refused`."""
    body = command.body
    sound(body, facts.reference, command.valid_from)
    not_in_the_future(command)
    known = facts[FINDING.key(body.finding_id)]
    if isinstance(body, FindingRaised):
        _require_new_and_founded(facts, command, body, known)
        uscc = body.uscc
        enterprise = facts[ENTERPRISE.key(uscc)]
    else:
        state = existing(
            known,
            "unknown-finding",
            f"问题 {body.finding_id} 不存在",
            f"finding {body.finding_id} does not exist",
            "finding_id",
        )
        uscc = state.raised.uscc
        enterprise = facts[ENTERPRISE.key(uscc)]
        _require_in_charge(state, command, enterprise)
        _require_allowed(state, command)
        _require_news(state, command)
        if _holds_already(state, command):
            return []
    district = enterprise.district_on(command.valid_from) if enterprise else None
    evidence = body.evidence if isinstance(body, RectificationReported) else ()
    tags = (f"finding:{body.finding_id}", *evidence_tags(file.sha256 for file in evidence))
    return [New(f"finding/{body.finding_id}", body, uscc, district, tags, command.valid_from)]


def founded(facts: Facts, right: Recorded[Any]) -> None:
    """Refuse a correction after which the entry rests on nothing: on what is not there or came later."""
    event: Event = right.event
    if isinstance(event, FindingRaised):
        known = facts[FINDING.key(event.finding_id)]
        # Only days that the correction changes are looked at: an older entry stays what it is.
        same = known is not None and known.raised_on == right.valid_from
        same = same and known is not None and _grounds(known.raised) == _grounds(event)
        require_founded(facts, _grounds(event), event.uscc, date.max if same else right.valid_from)
        require_complaints(facts, event.uscc, event.complaints or ())
        _require_raised_before(known, right.valid_from)
        _require_some_ground(known, event)
        return
    state = facts[FINDING.key(event.finding_id)]
    if state is not None:
        _require_on_time(state, event, right.valid_from)


def _require_on_time(state: Finding, event: Event, day: date) -> None:
    """Refuse an act dated before what it rests on: the finding, an order, a reinspection, a measure."""
    _require_after_raised(state, day)
    match event:
        case RectificationReported() | ReinspectionRecorded():
            rectification.require_ordered(state.orders, day)
        case MeasureStayed() | MeasureVaried() | MeasureSetAside() | MeasureLifted():
            measure.require_imposed(state.measured, event.measure_id, day)
        case FindingClosed() if state.orders:
            passed = rectification.passed_on(state.rectified, state.orders[-1])
            if passed is not None:
                not_before(day, passed, "早于复查合格之日", "before it passed a reinspection")
        case HearingHeld():
            _require_heard_after(state, event)
        case (
            FindingRaised()
            | RectificationOrdered()
            | MeasureImposed()
            | FindingClosed()
            | FindingWithdrawn()
            | FindingDisputed()
        ):
            pass


def _require_some_ground(state: State, right: FindingRaised) -> None:
    """Refuse to empty a finding of what it rests on: it would stand for nothing, and nobody withdrew it."""
    if state is not None and any(_grounds(state.raised)) and not any(_grounds(right)):
        raise Refused(
            "grounds-missing",
            "更正后问题不再涉及任何活动、证书、疑点或督导；如不成立请撤回",
            "the finding would concern nothing any more; withdraw it if there is nothing to it",
            "flags",
        )


def _require_raised_before(state: State, day: date) -> None:
    """Refuse to move a finding behind what rests on it."""
    if state is None:
        return
    days = (*(act.day for act in state.rectified), *(act.day for act in state.measured))
    for later in days:
        not_before(
            later, day, "依据它办理的事项早于提出问题之日", "what rests on it, before the finding"
        )


def _require_heard_after(state: Finding, body: HearingHeld) -> None:
    if body.held_on < state.raised_on:
        raise Refused(
            "heard-before-finding",
            f"听证日 {body.held_on} 早于提出问题之日 {state.raised_on}",
            f"heard ({body.held_on}) before the finding was raised ({state.raised_on})",
            "held_on",
        )


def _require_after_raised(state: Finding, day: date) -> None:
    not_before(day, state.raised_on, "早于提出问题之日", "before the finding was raised")


def _require_new_and_founded(
    facts: Facts, command: Command[Event], body: FindingRaised, known: State
) -> None:
    if known is not None:
        raise Refused(
            "finding-exists",
            f"问题编号 {body.finding_id} 已使用",
            f"finding id {body.finding_id} is taken",
            "finding_id",
        )
    existing_enterprise(facts[ENTERPRISE.key(body.uscc)], body.uscc)
    require_founded(facts, _grounds(body), body.uscc, command.valid_from)
    require_complaints(facts, body.uscc, body.complaints or ())
    for complaint_id in body.complaints or ():
        complaint = facts[COMPLAINT.key(complaint_id)]
        if complaint is not None:
            day = complaint.complained_on
            not_before(command.valid_from, day, "问题早于投诉", "before the complaint was made")


def _holds_already(state: Finding, command: Command[Event]) -> bool:
    """Whether this very order is recorded. A report that says nothing new is refused instead."""
    body = command.body
    match body:
        case RectificationOrdered():
            return rectification.is_known(state.rectified, command, body)
        case MeasureStayed() | MeasureVaried():
            return measure.is_known(state.measured, command, body)
        case HearingHeld():
            return body in state.hearings
        case (
            FindingRaised()
            | RectificationReported()
            | ReinspectionRecorded()
            | MeasureImposed()
            | MeasureSetAside()
            | MeasureLifted()
            | FindingClosed()
            | FindingWithdrawn()
            | FindingDisputed()
        ):
            return False


def _require_in_charge(
    state: Finding, command: Command[Event], enterprise: Enterprise | None
) -> None:
    """Refuse to end, or to set another deadline for, what another body found (§1).

    In charge is the authority that raised it; of a district that handed the enterprise over, the one
    that is competent now. The centre, which answers for the supervision of the whole city, may see to
    a district's finding, and withdraws none.
    """
    body, actor = command.body, command.actor
    if not isinstance(body, _OF_WHO_IS_IN_CHARGE):
        return
    competent = enterprise.district_on(command.today) if enterprise is not None else None
    of_a_district = actor.role is Role.DISTRICT_INSPECTOR
    if of_a_district and actor.organisation != competent and not isinstance(body, FindingWithdrawn):
        return  # it is another district's enterprise, and refused as that
    in_charge = state.raised_by
    if in_charge != CENTRE and competent is not None:
        in_charge = competent
    above = actor.organisation == CENTRE and not isinstance(body, FindingWithdrawn)
    if actor.organisation != in_charge and not above:
        by, now = body_of(state.raised_by), body_of(in_charge)
        raise Refused(
            "other-authority",
            f"问题由{by.zh}提出，现由{now.zh}负责，其他机构不能办理",
            f"the finding was raised by {by.en}; {now.en} is in charge of it, and nobody else",
            "actor.organisation",
        )


_OF_WHO_IS_IN_CHARGE = (
    RectificationOrdered,
    ReinspectionRecorded,
    FindingClosed,
    FindingWithdrawn,
)


def _require_allowed(state: Finding, command: Command[Event]) -> None:
    body = command.body
    _require_after_raised(state, command.valid_from)
    _require_stage(state, body)
    match body:
        case RectificationOrdered() | RectificationReported() | ReinspectionRecorded():
            require_rectification(state.orders, command, body)
        case FindingClosed():
            _require_on_time(state, body, command.valid_from)
        case HearingHeld():
            not_in_the_future(command, body.held_on, "held_on")
            _require_heard_after(state, body)
        case (
            MeasureImposed()
            | MeasureStayed()
            | MeasureVaried()
            | MeasureSetAside()
            | MeasureLifted()
        ):
            require_measure(state.measured, body, command.valid_from, command.actor)
        case FindingRaised() | FindingWithdrawn() | FindingDisputed():
            pass


def _require_stage(state: Finding, body: Event) -> None:
    """Refuse what the finding has not come to, or what comes after its end."""
    if isinstance(body, FindingRaised) or state.stage in TAKEN_AT[type(body)]:
        return
    if state.ended is not None:
        raise Refused(
            "finding-ended",
            f"问题 {state.raised.finding_id} 已{'销号' if state.ended == 'closed' else '撤回'}",
            f"finding {state.raised.finding_id} is {state.ended}",
            "finding_id",
        )
    if isinstance(body, FindingClosed):
        raise Refused(
            "rectification-open",
            "责令的整改尚未复查通过，不能销号",
            "the rectification has not passed a reinspection; the finding cannot be closed",
            "finding_id",
        )
    raise rectification.not_ordered()


def _require_news(state: Finding, command: Command[Event]) -> None:
    """Refuse a report that is recorded already, exactly so (§3)."""
    body, known = command.body, False
    match body:
        case RectificationReported() | ReinspectionRecorded():
            known = rectification.is_known(state.rectified, command, body)
        case FindingDisputed():
            known = state.dispute == body
        case (
            FindingRaised()
            | RectificationOrdered()
            | MeasureImposed()
            | MeasureStayed()
            | MeasureVaried()
            | MeasureSetAside()
            | MeasureLifted()
            | FindingClosed()
            | FindingWithdrawn()
            | HearingHeld()
        ):
            pass
    if known:
        raise Refused(
            "duplicate", "已有完全相同的记录", "the same is recorded already", "finding_id"
        )
