"""What a corrected record must still be: a correction lets nothing in that is refused said directly.

Each stream says in `sound` what an event tells by itself, and in `founded`, where it has one, what
it must still rest on. Clauses 三, 六(二), 六(三).
"""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType, ModuleType
from typing import Any, get_args

from domain import (
    assessment,
    catalogue,
    complaint,
    enterprise,
    flag,
    partnership,
    plan,
    roster,
    specification,
    staff,
)
from domain.application import application
from domain.assessment import AssessmentHeld
from domain.certificate import certificate
from domain.entry import DAY_FIELDS
from domain.finding import finding
from domain.inspection import inspection
from domain.standing import standing
from domain.terms.decider import Command, Facts
from domain.terms.envelope import Recorded
from domain.terms.guards import FILINGS, not_in_the_future
from domain.terms.reference import Reference

_STREAMS: tuple[ModuleType, ...] = (
    enterprise,
    application,
    roster,
    standing,
    plan,
    assessment,
    certificate,
    inspection,
    finding,
    flag,
    staff,
    partnership,
    specification,
    complaint,
    catalogue,
)


def _events(module: ModuleType) -> tuple[type, ...]:
    return get_args(module.Event) or (module.Event,)


_MODULES: Mapping[type, ModuleType] = MappingProxyType(
    {cls: module for module in _STREAMS for cls in _events(module)}
)
_MAY_LIE_AHEAD = (standing.Event, inspection.InspectionDispatched)


def require_recordable(facts: Facts, command: Command[Any], right: Recorded[Any]) -> None:
    """Refuse a correction after which the record could not have been recorded (§3)."""
    event, day = right.event, right.valid_from
    if isinstance(event, AssessmentHeld):
        not_in_the_future(command, event.held_to, "held_to")
    ahead = isinstance(event, _MAY_LIE_AHEAD) or type(event).__name__ in FILINGS
    if not ahead:
        not_in_the_future(command, day, _day_field(event))
    module = _MODULES[type(event)]
    sound: Callable[[object, Reference, date], None] = module.sound
    sound(event, facts.reference, day)
    founded: Callable[[Facts, Recorded[Any]], None] | None = getattr(module, "founded", None)
    if founded is not None:
        founded(facts, right)


def _day_field(event: object) -> str:
    """Return the name of the field that holds the day of a record."""
    return next((name for name in DAY_FIELDS if hasattr(event, name)), "valid_from")
