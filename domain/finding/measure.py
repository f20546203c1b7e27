"""Measures taken on a finding: 约谈, 通报, 限期整改, 暂停, 移出 … [C], each with its own days of effect (七).

They are recorded in the stream of their finding (`domain.finding.finding`) and outlive it.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, NamedTuple, TypeAlias

from domain.permissions import BUREAU
from domain.terms.decider import Command, Refused
from domain.terms.envelope import Actor, Recorded
from domain.terms.guards import existing, not_before
from domain.terms.naming import body_of


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


MeasureState: TypeAlias = Literal["imposed", "stayed", "varied", "set_aside", "lifted"]
OVER: frozenset[MeasureState] = frozenset({"lifted", "set_aside"})
"""How a measure stands that nobody can change any more."""


class Stay(NamedTuple):
    """Days on which a measure has no effect, inside its own days."""

    effective_from: date
    effective_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A measure with its days of effect; how it stands is derived from a day."""

    measure_id: str
    kind: str
    effective_from: date
    effective_to: date | None
    stays: tuple[Stay, ...] = ()
    varied: bool = False
    set_aside: bool = False
    imposed_by: str = ""
    """Organisation that imposed it."""
    lifted: date | None = None

    def stands(self, day: date) -> MeasureState:
        """Return how it stands on a day."""
        if self.set_aside:
            return "set_aside"
        if self.lifted is not None and self.lifted <= day:
            return "lifted"
        if any(_covers(stay, day) for stay in self.stays):
            return "stayed"
        return "varied" if self.varied else "imposed"

    def in_effect(self, day: date) -> bool:
        """Return whether the measure works on `day`."""
        own = Stay(self.effective_from, self.effective_to)
        return _covers(own, day) and self.stands(day) in {"imposed", "varied"}

    @property
    def days(self) -> frozenset[date]:
        """The days on which it begins to stand otherwise."""
        days = {self.effective_from, self.effective_to, self.lifted}
        days.update(day for stay in self.stays for day in stay)
        return frozenset(day for day in days if day is not None)


def sound(event: Event) -> None:
    """Refuse days that are none."""
    if event.effective_to is not None and event.effective_to <= event.effective_from:
        raise Refused(
            "period-empty",
            "措施截止日不晚于起始日",
            "the measure ends before it begins",
            "effective_to",
        )


def _covers(days: Stay, day: date) -> bool:
    return days.effective_from <= day and (days.effective_to is None or day < days.effective_to)


class Act(NamedTuple):
    """One recorded event about a measure with its day and its paper."""

    day: date
    position: int
    event: Event
    document_no: str | None = None
    by: str = ""
    """Organisation that recorded it."""


State: TypeAlias = tuple[Act, ...]
"""Everything recorded about the measures of a finding, in order of day."""


def evolve(state: State, entry: Recorded[Any]) -> State:
    """Return the acts after `entry`, whatever came first."""
    by = entry.actor.organisation
    act = Act(entry.valid_from, entry.position, entry.event, entry.document_no, by)
    return tuple(sorted((*state, act), key=_in_order))


def _in_order(act: Act) -> tuple[date, bool, date, date, int]:
    event = act.event
    later = not isinstance(event, MeasureImposed)
    return act.day, later, event.effective_from, event.effective_to or date.max, act.position


def measures(state: State) -> tuple[Measure, ...]:
    """Return the measures with their days, stays inside them."""
    by_id: dict[str, Measure] = {}
    for act in state:
        event = act.event
        if isinstance(event, MeasureImposed):
            by_id.setdefault(
                event.measure_id,
                Measure(
                    measure_id=event.measure_id,
                    kind=event.kind,
                    effective_from=event.effective_from,
                    effective_to=event.effective_to,
                    imposed_by=act.by,
                ),
            )
    for act in state:
        known = by_id.get(act.event.measure_id)
        if known is not None and not isinstance(act.event, MeasureImposed):
            by_id[known.measure_id] = _changed(known, act.event)
    return tuple(by_id.values())


def _changed(measure: Measure, event: ChangeOfMeasure) -> Measure:
    start, end = event.effective_from, event.effective_to
    match event:
        case MeasureStayed():
            return replace(measure, stays=(*measure.stays, Stay(start, end)))
        case MeasureVaried():
            return replace(measure, effective_from=start, effective_to=end, varied=True)
        case MeasureSetAside():
            return replace(measure, set_aside=True)
        case MeasureLifted():
            earlier = measure.effective_to is None or start < measure.effective_to
            end = start if earlier else measure.effective_to
            return replace(measure, effective_to=end, lifted=start)


def is_known(state: State, command: Command[Any], body: Event) -> bool:
    """Whether this very paper is recorded: the same content from the same day."""
    same = (command.valid_from, body, command.document_no)
    return any((act.day, act.event, act.document_no) == same for act in state)


def require_measure(state: State, body: Event, day: date, actor: Actor) -> None:
    """Refuse an identifier used twice, a change of what is another's, not there, later or ended."""
    known = next((m for m in measures(state) if m.measure_id == body.measure_id), None)
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
    if measure.stands(date.max) in OVER:
        raise Refused(
            "measure-ended",
            f"措施 {body.measure_id} 已撤销或解除",
            f"measure {body.measure_id} is {'set aside' if measure.set_aside else 'lifted'}",
            "measure_id",
        )
    if actor.organisation not in {measure.imposed_by, BUREAU}:
        by = body_of(measure.imposed_by)
        raise Refused(
            "other-authority",
            f"措施由{by.zh}采取，只能由其或市人社局变更",
            f"the measure was imposed by {by.en}, which alone changes it, or the bureau",
            "actor.organisation",
        )
    require_imposed(state, body.measure_id, day)


def require_imposed(state: State, measure_id: str, day: date) -> None:
    """Refuse to change a measure before it was imposed."""
    for act in state:
        if isinstance(act.event, MeasureImposed) and act.event.measure_id == measure_id:
            not_before(day, act.day, "早于采取措施之日", "before the measure was imposed")
