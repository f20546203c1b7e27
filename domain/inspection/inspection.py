"""Draws, dispatches and spot checks: stream `inspection/{id}` (四, 双随机)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, TypeAlias

from domain.assessment import ASSESSMENT
from domain.complaint import COMPLAINT, require_complaints
from domain.enterprise import ENTERPRISE
from domain.inspection.draw import Drawn, Pool, Sample, draw, pool_digest, require_drawable
from domain.terms.decider import Command, FactKey, FactKind, Facts, New, Refused
from domain.terms.envelope import Recorded
from domain.terms.evidence import Evidence, evidence_tags
from domain.terms.guards import (
    belongs,
    existing,
    existing_enterprise,
    must_be_uscc,
    not_before,
    not_in_the_future,
)
from domain.terms.naming import body_of
from domain.terms.place import Place
from domain.terms.reference import Occupation, Reference
from domain.terms.vocabulary import Level, Role

EVERY_DRAW = "list:draws"
"""The tag that all draws carry beside their own."""
KINDS = ("现场督导", "日常监督检查", "专项督导", "双随机抽查", "线上督导", "投诉举报核查")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspector:
    """Who inspects. `recusal_declared` None: no recusal statement is on file."""

    account: str
    name: str
    card_no: str | None = None
    recusal_declared: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistAnswer:
    """One answer of the checklist, as given."""

    item: str
    value: str
    scale: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionDrawn:
    """A draw was committed to (no seed) or carried out (seed); the result is computed."""

    draw_id: str
    pool: Pool
    sample: Sample
    seed_commitment: str
    seed: str | None = None
    pool_digest: str | None = None
    drawn: Drawn | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionDispatched:
    """Inspectors were sent to an enterprise."""

    inspection_id: str
    kind: str
    district: str | None = None
    uscc: str
    inspectors: tuple[Inspector, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What inspectors saw of a session; what is left out was not looked at."""

    held: bool | None = None
    occupation: Occupation | None = None
    level: Level | None = None
    candidates: int | None = None
    assessors_absent: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotCheckRecorded:
    """What inspectors saw. `captured_at` is the device's clock: evidence, never order."""

    inspection_id: str
    uscc: str
    assessment_id: str | None = None
    district: str
    kind: str
    inspectors: tuple[Inspector, ...]
    captured_at: datetime
    place: Place | None = None
    device_id: str
    offline: bool
    checklist: tuple[ChecklistAnswer, ...]
    evidence: tuple[Evidence, ...]
    unit_statement: str | None = None
    signature_refused: bool
    seen: Seen | None = None
    """What was seen of the session, where anybody looked."""
    complaints: tuple[str, ...] | None = None


Event: TypeAlias = InspectionDrawn | InspectionDispatched | SpotCheckRecorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What is known under one inspection or draw id."""

    drawn: InspectionDrawn | None = None
    drawn_on: date | None = None
    dispatched: InspectionDispatched | None = None
    spot_checks: tuple[SpotCheckRecorded, ...] = ()
    began: date | None = None
    """The first day of its dispatch and its visits."""

    @property
    def uscc(self) -> str | None:
        """The enterprise that it goes to; None of what was only drawn."""
        if self.dispatched is not None:
            return self.dispatched.uscc
        return self.spot_checks[0].uscc if self.spot_checks else None


State: TypeAlias = Inspection
initial: State = Inspection()


def sound(event: Event, reference: Reference, day: date) -> None:  # noqa: ARG001 - of any stream
    """Refuse a draw that cannot be made, an unknown kind, an inspector who must stay away."""
    match event:
        case InspectionDrawn():
            require_drawable(event.pool, event.sample, event.seed, event.seed_commitment)
        case InspectionDispatched():
            must_be_uscc(event.uscc, "uscc")
            require_kind(event.kind)
            require_unrecused(event.inspectors)
        case SpotCheckRecorded():
            must_be_uscc(event.uscc, "uscc")
            require_kind(event.kind)


def evolve(state: State, entry: Recorded[Any]) -> State:
    """Return what is known after `entry`."""
    event: Event = entry.event
    match event:
        case InspectionDrawn():
            return replace(state, drawn=event, drawn_on=entry.valid_from)
        case InspectionDispatched():
            return replace(state, dispatched=event, began=_earlier(state, entry))
        case SpotCheckRecorded():
            visits = (*state.spot_checks, event)
            return replace(state, spot_checks=visits, began=_earlier(state, entry))


def _earlier(state: State, entry: Recorded[Any]) -> date:
    return min(state.began or entry.valid_from, entry.valid_from)


INSPECTION: FactKind[State] = FactKind("inspection", initial, evolve)
FACTS = MappingProxyType({"inspection": INSPECTION})


def boundary(command: Command[Event]) -> Iterable[FactKey[Any]]:
    """The inspection or draw; the enterprise and the session that it concerns."""
    body = command.body
    match body:
        case InspectionDrawn():
            own = command.actor.role is Role.DISTRICT_INSPECTOR
            pool = body.pool.enterprises if own else ()
            return INSPECTION.key(body.draw_id), *map(ENTERPRISE.key, pool)
        case InspectionDispatched():
            return INSPECTION.key(body.inspection_id), ENTERPRISE.key(body.uscc)
        case SpotCheckRecorded():
            keys: tuple[FactKey[Any], ...] = (
                INSPECTION.key(body.inspection_id),
                ENTERPRISE.key(body.uscc),
            )
            session = (ASSESSMENT.key(body.assessment_id),) if body.assessment_id else ()
            return (*keys, *session, *map(COMPLAINT.key, body.complaints or ()))


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return the events that record `command`; a procedure that was broken is flagged, not refused."""
    body = command.body
    sound(body, facts.reference, command.valid_from)
    match body:
        case InspectionDrawn():
            return _draw(facts, command, body)
        case InspectionDispatched():
            return _dispatch(facts, command, body)
        case SpotCheckRecorded():
            return _spot_check(facts, command, body)


def _draw(facts: Facts, command: Command[Event], body: InspectionDrawn) -> Sequence[New]:
    not_in_the_future(command)
    known = facts[INSPECTION.key(body.draw_id)]
    before = known.drawn
    if before is not None and before.seed is not None:
        raise Refused(
            "already-drawn",
            f"抽取 {body.draw_id} 已完成，不能重抽",
            f"draw {body.draw_id} was carried out and cannot be repeated",
            "draw_id",
        )
    _require_own_pool(facts, command, body)
    if before is not None:
        committed = (before.pool_digest, before.sample, before.seed_commitment)
        if committed != (pool_digest(body.pool), body.sample, body.seed_commitment):
            raise Refused(
                "draw-changed",
                "抽取池、数量或承诺与事先登记的不一致",
                "pool, sample or commitment differ from what was committed to",
                "pool",
            )
        if body.seed is None:
            return []
        if known.drawn_on is not None:
            not_before(
                command.valid_from,
                known.drawn_on,
                "抽取日早于承诺日",
                "drawn before it was committed to",
            )
    event = replace(
        body,
        pool_digest=pool_digest(body.pool),
        drawn=draw(body.pool, body.sample, body.seed) if body.seed is not None else None,
    )
    tags = (f"inspection:{body.draw_id}", EVERY_DRAW)
    return [New(f"inspection/{body.draw_id}", event, None, None, tags, command.valid_from)]


def _require_own_pool(facts: Facts, command: Command[Event], body: InspectionDrawn) -> None:
    """Refuse an inspector's draw from the enterprises of another district."""
    if command.actor.role is not Role.DISTRICT_INSPECTOR:
        return
    for index, uscc in enumerate(body.pool.enterprises):
        known = facts[ENTERPRISE.key(uscc)]
        district = known.district_on(command.valid_from) if known is not None else None
        if district not in {None, command.actor.organisation}:
            raise Refused(
                "other-district",
                f"区级督导员只能抽取本区企业；企业 {uscc} 由{body_of(district).zh}主管",
                f"an inspector draws from their own district; competent for {uscc} is {body_of(district).en}",
                f"pool.enterprises.{index}",
            )


def require_kind(kind: str) -> None:
    """Refuse a kind of inspection that the notice does not know (四)."""
    if kind not in KINDS:
        raise Refused(
            "unknown-kind",
            f"督导类型“{kind[:40]}”不在 {'、'.join(KINDS)} 之内",
            f"{kind[:40]!r} is not one of {', '.join(KINDS)}",
            "kind",
        )


def require_unrecused(inspectors: Sequence[Inspector]) -> None:
    """Refuse to send an inspector who declared a ground for recusal (四)."""
    for index, inspector in enumerate(inspectors):
        if inspector.recusal_declared:
            raise Refused(
                "inspector-recused",
                f"督导人员{inspector.name}声明有回避事由，应当回避，请另派人员",
                f"{inspector.name} declared a ground for recusal; send somebody else",
                f"inspectors.{index}",
            )


def _dispatch(facts: Facts, command: Command[Event], body: InspectionDispatched) -> Sequence[New]:
    enterprise = existing_enterprise(facts[ENTERPRISE.key(body.uscc)], body.uscc)
    before = facts[INSPECTION.key(body.inspection_id)].dispatched
    if before == body:
        return []
    if before is not None:
        raise Refused(
            "already-dispatched",
            f"督导编号 {body.inspection_id} 已派出",
            f"inspection {body.inspection_id} was already dispatched",
            "inspection_id",
        )
    return [
        _new(
            command, body, body.inspection_id, body.uscc, enterprise.district_on(command.valid_from)
        )
    ]


def _spot_check(facts: Facts, command: Command[Event], body: SpotCheckRecorded) -> Sequence[New]:
    not_in_the_future(command)
    enterprise = existing_enterprise(facts[ENTERPRISE.key(body.uscc)], body.uscc)
    if body.assessment_id is not None:
        session = existing(
            facts[ASSESSMENT.key(body.assessment_id)],
            "unknown-assessment",
            f"认定活动 {body.assessment_id} 未登记",
            f"session {body.assessment_id} is not recorded",
            "assessment_id",
        )
        belongs(
            session.uscc,
            body.uscc,
            f"认定活动 {body.assessment_id}",
            f"session {body.assessment_id}",
            "assessment_id",
        )
    require_complaints(facts, body.uscc, body.complaints or ())
    state = facts[INSPECTION.key(body.inspection_id)]
    if state.dispatched is not None and state.dispatched.uscc != body.uscc:
        raise Refused(
            "other-enterprise",
            f"督导 {body.inspection_id} 不是派往企业 {body.uscc} 的",
            f"inspection {body.inspection_id} was not dispatched to {body.uscc}",
            "uscc",
        )
    if body in state.spot_checks:
        raise Refused(
            "duplicate", "该现场记录已存在", "this spot check is recorded already", "inspection_id"
        )
    return [
        _new(
            command, body, body.inspection_id, body.uscc, enterprise.district_on(command.valid_from)
        )
    ]


def founded(facts: Facts, right: Recorded[Any]) -> None:
    """Refuse a correction after which a visit names a session or complaints that are not the enterprise's."""
    event: Event = right.event
    if isinstance(event, SpotCheckRecorded):
        require_complaints(facts, event.uscc, event.complaints or ())
        if event.assessment_id is not None:
            session = facts[ASSESSMENT.key(event.assessment_id)]
            # Another enterprise's is as if it were not there: who asks need not learn that it is.
            existing(
                session if session is not None and session.uscc == event.uscc else None,
                "unknown-assessment",
                f"该企业没有认定活动 {event.assessment_id}",
                f"the enterprise has no session {event.assessment_id}",
                "assessment_id",
            )


def _new(
    command: Command[Event], event: Event, inspection_id: str, uscc: str, district: str
) -> New:
    evidence = event.evidence if isinstance(event, SpotCheckRecorded) else ()
    tags = (f"inspection:{inspection_id}", *evidence_tags(file.sha256 for file in evidence))
    return New(f"inspection/{inspection_id}", event, uscc, district, tags, command.valid_from)
