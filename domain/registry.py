"""Every event with its name, its stored name and the decider that lets it in.

The stored name (`standing.scope-changed/1`) carries the schema number and never changes.
A new shape is a new number here and an upcaster in `ledger/upcasts.py`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType, ModuleType
from typing import Any, get_args

from domain import (
    assessment,
    catalogue,
    clock,
    complaint,
    correction,
    day,
    demonstration,
    enterprise,
    erasure,
    flag,
    partnership,
    plan,
    request,
    roster,
    specification,
    staff,
)
from domain.addressed import require_addressed
from domain.application import application
from domain.certificate import certificate
from domain.entry import ENTRY
from domain.finding import finding
from domain.inspection import inspection
from domain.permissions import SEEN, require_own, require_role
from domain.receipt import received, require_received_here
from domain.request import ActDecided, ActRequested
from domain.standing import standing
from domain.terms.decider import Command, FactKey, FactKind, Facts, New, Refused
from domain.terms.envelope import Recorded
from domain.terms.guards import FILINGS
from domain.terms.naming import body_of, event_of
from domain.terms.vocabulary import Role
from domain.two_persons import acquits, needs_two, require_second_person

_STREAMS: Mapping[str, ModuleType] = MappingProxyType(
    {
        "enterprise": enterprise,
        "application": application,
        "roster": roster,
        "standing": standing,
        "plan": plan,
        "assessment": assessment,
        "certificate": certificate,
        "inspection": inspection,
        "finding": finding,
        "flag": flag,
        "staff": staff,
        "partnership": partnership,
        "specification": specification,
        "complaint": complaint,
        "catalogue": catalogue,
        "person": erasure,
        "clock": clock,
        "demonstration": demonstration,
        "day": day,
        "record": correction,
        "request": request,
    }
)


@dataclass(frozen=True, slots=True)
class EventType:
    """One event: its class, contract name, stored name with schema number, and stream module."""

    cls: type
    name: str
    stem: str
    """The stored name without its schema number."""
    schema: int
    module: ModuleType

    @property
    def stored(self) -> str:
        """The name under which it is stored."""
        return f"{self.stem}/{self.schema}"

    @property
    def ever_stored(self) -> tuple[str, ...]:
        """The names under which it was stored, the present one last."""
        return tuple(f"{self.stem}/{schema}" for schema in range(1, self.schema + 1))


def _kebab(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def _events(module: ModuleType) -> tuple[type, ...]:
    return get_args(module.Event) or (module.Event,)


_SCHEMAS: Mapping[str, int] = MappingProxyType({"RosterPublished": 2, "FlagReviewed": 2})
"""Events whose shape has changed, and how often it was given a number."""

EVENTS: Mapping[str, EventType] = MappingProxyType(
    {
        cls.__name__: EventType(
            cls,
            cls.__name__,
            f"{stream}.{_kebab(cls.__name__)}",
            _SCHEMAS.get(cls.__name__, 1),
            module,
        )
        for stream, module in _STREAMS.items()
        for cls in _events(module)
    }
)
"""Event name → type."""

STORED: Mapping[str, EventType] = MappingProxyType(
    {name: kind for kind in EVENTS.values() for name in kind.ever_stored}
)
"""Stored name, of whatever schema → type."""

FACT_KINDS: Mapping[str, FactKind[Any]] = MappingProxyType(
    {kind: fact for module in _STREAMS.values() for kind, fact in module.FACTS.items()}
)
"""Tag prefix → how the entries that carry the tag fold into a state."""


def boundary(command: Command[Any]) -> Iterable[FactKey[Any]]:
    """Return the facts that the decision is known to need from the command alone."""
    keys: Iterable[FactKey[Any]] = EVENTS[type(command.body).__name__].module.boundary(command)
    return keys


def decide(facts: Facts, command: Command[Any]) -> Sequence[New]:
    """Return the events that carry out `command`, after asking whether its actor may (the one way in)."""
    match command.body:
        case ActRequested():
            return _ask(facts, command, command.body)
        case ActDecided():
            return _decide_request(facts, command)
        case _:
            return _act(facts, command)


def _act(facts: Facts, command: Command[Any]) -> Sequence[New]:
    """Return the events of an act or a fact; the request where a second person is not here yet."""
    kind = EVENTS[type(command.body).__name__]
    require_role(command.actor, kind.name)
    named = getattr(command.body, "uscc", None)
    if named is not None:  # before anything about the enterprise shows in an answer
        require_own(command.actor, named, None)
    require_addressed(facts, command)
    settled = received(command)
    new: Sequence[New] = kind.module.decide(facts, settled)
    for event in new:
        require_own(command.actor, event.subject, _district(facts, settled, event))
        _require_still_competent(facts, settled, event)
    require_received_here(settled, new)
    by_two = bool(new) and needs_two(facts, settled, new[0].event)
    if by_two or acquits(facts, settled, _foreseen(settled, new)):
        if settled.stamps.approved_by is None and settled.asking is not None:
            return [_request(facts, settled, settled.asking, new[0])]
        require_second_person(facts, settled, on_paper=not by_two)
    return new if settled is command else [event._replace(under=settled) for event in new]


def _foreseen(command: Command[Any], new: Sequence[New]) -> list[Recorded[Any]]:
    """Return the events as entries behind all others, as far as a fold of their enterprise looks."""
    # fmt: off
    return [
        Recorded(
            _BEHIND_ALL + number, each.stream, 0, EVENTS[type(each.event).__name__].stored, _NEVER,
            each.valid_from, each.subject, each.district, each.tags, command.actor, each.event,
            command.reason, command.document_no, stamps=command.stamps,
        )
        for number, each in enumerate(new)
    ]
    # fmt: on


_BEHIND_ALL = 1 << 60
_NEVER = datetime(1, 1, 1, tzinfo=UTC)


def _request(facts: Facts, command: Command[Any], request_id: str, first: New) -> New:
    """Return the request that stands for an act until a second person takes it."""
    asked = ActRequested(
        request_id=request_id,
        type=type(command.body).__name__,
        valid_from=command.valid_from,
        data=facts.write(command.body),
        reason=command.reason,
        document_no=command.document_no,
    )
    (new,) = request.decide(facts, replace(command, body=asked))
    return new._replace(subject=first.subject, district=first.district, changes=first.stream)


def _ask(facts: Facts, command: Command[Any], asked: ActRequested) -> Sequence[New]:
    """Return the request, unless the act would be refused today or needs no second person."""
    require_role(command.actor, "ActRequested")
    if asked.type not in EVENTS or asked.type in {"ActRequested", "ActDecided"}:
        raise Refused(
            "unknown-type",
            f"没有“{asked.type[:40]}”这种可以请求批准的办理",
            f"there is no act {asked.type[:40]!r} that could be asked for",
            "type",
        )
    new = request.decide(facts, command)
    if not new:
        return []
    act = request.act(facts, command, asked, command.actor)
    carried = _act(facts, replace(act, asking=asked.request_id))
    if not carried:
        return []
    if not isinstance(carried[0].event, ActRequested):
        raise Refused(
            "needs-no-second-person",
            f"“{event_of(asked.type).zh}”由一人办理即可，请直接办理",
            f"“{event_of(asked.type).en}” takes one person; record it directly",
            "type",
        )
    first = carried[0]
    return [new[0]._replace(subject=first.subject, district=first.district, changes=first.changes)]


def _decide_request(facts: Facts, command: Command[ActDecided]) -> Sequence[New]:
    """Return the decision, and with it the events of the act where it was taken: all or none."""
    require_role(command.actor, "ActDecided")
    new = request.decide(facts, command)
    known = facts[request.REQUEST.key(command.body.request_id)]
    if not new or known is None or not command.body.taken:
        return new
    act = request.act(facts, command, known.asked, known.by)
    stamps = replace(command.stamps, approved_by=command.actor)
    if known.asked.type in FILINGS:  # it came in when it was asked for
        day = min(known.asked.valid_from, command.today)
        stamps = replace(stamps, received_on=day, received_by=command.actor)
    act = replace(act, stamps=stamps, asking=None, causation=str(known.position))
    carried = _act(facts, act)
    return [*new, *(event._replace(under=event.under or act) for event in carried)]


def _require_still_competent(facts: Facts, command: Command[Any], event: New) -> None:
    """Refuse an act of a district that has handed the enterprise over, for days before as well (§1).

    What was seen or heard then stays its own to report, and history brought in is of its day.
    """
    if command.actor.role is not Role.DISTRICT_INSPECTOR or command.stamps.backfill:
        return
    if event.subject is None or _of_what_was_seen(facts, command):
        return
    known = facts[enterprise.ENTERPRISE.key(event.subject)]
    now = known.district_on(command.today) if known is not None else None
    if now is not None and now != command.actor.organisation:
        by, own = body_of(now), body_of(command.actor.organisation)
        raise Refused(
            "handed-over",
            f"该企业现由{by.zh}主管；{own.zh}只能补报当时所见，不能再办理其他事项",
            f"{by.en} is competent for the enterprise by now; {own.en} may still report what it saw"
            " then, and do nothing else about it",
            "actor.organisation",
        )


def _of_what_was_seen(facts: Facts, command: Command[Any]) -> bool:
    body = command.body
    if isinstance(body, correction.RecordCorrected):
        record = facts[ENTRY.key(str(body.position))]
        return record is not None and type(record.event).__name__ in SEEN
    return type(body).__name__ in SEEN


def _district(facts: Facts, command: Command[Any], event: New) -> str | None:
    """Return the district that an inspector must belong to; what the report itself names binds too.

    Who hands an enterprise over is the district that had it, never the one that takes it.
    """
    if isinstance(command.body, enterprise.EnterpriseProfileChanged):
        known = facts[enterprise.ENTERPRISE.key(command.body.uscc)]
        return known.district_on(command.valid_from) if known else None
    claimed = getattr(command.body, "district", None)
    if claimed is not None and isinstance(
        command.body, inspection.SpotCheckRecorded | inspection.InspectionDispatched
    ):
        return claimed if claimed != command.actor.organisation else event.district
    return event.district
