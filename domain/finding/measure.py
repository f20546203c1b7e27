"""Measures taken on a finding: 约谈, 通报, 限期整改, 暂停, 移出 … [C], each with its own days of effect (七).

They are recorded in the stream of their finding (`domain.finding.finding`) and outlive it.
"""

from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import TypeAlias

from domain.terms.decider import Refused
from domain.terms.guards import existing


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


ChangeOfMeasure: TypeAlias = MeasureStayed | MeasureVaried | MeasureSetAside | MeasureLifted
Event: TypeAlias = MeasureImposed | ChangeOfMeasure


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A measure as it stands: `imposed`, `stayed`, `varied`, `set_aside`, `lifted`."""

    measure_id: str
    kind: str
    stands: str
    effective_from: date
    effective_to: date | None


State: TypeAlias = tuple[Measure, ...]

_STANDS = MappingProxyType(
    {
        MeasureStayed: "stayed",
        MeasureVaried: "varied",
        MeasureSetAside: "set_aside",
        MeasureLifted: "lifted",
    }
)


def evolve(state: State, event: Event) -> State:
    """Return the measures of a finding after `event`."""
    if isinstance(event, MeasureImposed):
        imposed = Measure(
            measure_id=event.measure_id,
            kind=event.kind,
            stands="imposed",
            effective_from=event.effective_from,
            effective_to=event.effective_to,
        )
        return (*state, imposed)
    return tuple(_changed(measure, event) for measure in state)


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


def changes_nothing(state: State, event: MeasureStayed | MeasureVaried) -> bool:
    """Whether the measure already stands so."""
    return any(m.measure_id == event.measure_id and _changed(m, event) == m for m in state)


def require_measure(state: State, body: Event) -> None:
    """Refuse days that are none, an identifier used twice, a change of what is not there or has ended."""
    known = next((m for m in state if m.measure_id == body.measure_id), None)
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
