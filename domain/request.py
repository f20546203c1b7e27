"""Acts that wait for a second person: stream `request/{id}` (§1, §3).

A request has no effect. Whoever takes it carries the act out: it is decided again, by the same rules
and in the name of who asked, and recorded with the decision or not at all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any, TypeAlias

from domain.permissions import require_role
from domain.terms.decider import Command, FactKey, FactKind, Facts, New, Refused
from domain.terms.envelope import Actor, Recorded
from domain.terms.guards import existing, must_say_why
from domain.terms.reference import Reference
from domain.two_persons import require_other_person


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRequested:
    """Somebody asks for an act that takes two persons."""

    request_id: str
    type: str
    """The event that would record it."""
    valid_from: date
    """The day from which the act is meant."""
    data: str
    """The data of the act, as JSON text."""
    reason: str | None = None
    document_no: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActDecided:
    """A second person took the request, and the act stands behind this entry; or refused it."""

    request_id: str
    taken: bool
    reason: str | None = None


Event: TypeAlias = ActRequested | ActDecided


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An act that was asked for, by whom, and what became of it."""

    asked: ActRequested
    by: Actor
    position: int
    subject: str | None
    district: str | None
    taken: bool | None = None


State: TypeAlias = Request | None
initial: State = None


def sound(event: Event, reference: Reference, day: date) -> None:  # noqa: ARG001 - of any stream
    """Refuse a refusal that does not say why; what was asked for is judged by its own stream."""
    match event:
        case ActRequested():
            pass
        case ActDecided():
            if not event.taken:
                must_say_why(event.reason or "")


def evolve(state: State, entry: Recorded[Any]) -> State:
    """Return the request after `entry`."""
    event: Event = entry.event
    match event:
        case ActRequested():
            return state or Request(
                asked=event,
                by=entry.actor,
                position=entry.position,
                subject=entry.subject,
                district=entry.district,
            )
        case ActDecided():
            return replace(state, taken=event.taken) if state is not None else None


REQUEST: FactKind[State] = FactKind("request", initial, evolve)
FACTS = MappingProxyType({"request": REQUEST})


def boundary(command: Command[Event]) -> Iterable[FactKey[Any]]:
    """The request."""
    return (REQUEST.key(command.body.request_id),)


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return the event; what the act itself comes to, the registry asks its own decider."""
    body = command.body
    sound(body, facts.reference, command.valid_from)
    state = facts[REQUEST.key(body.request_id)]
    if isinstance(body, ActRequested):
        return _ask(state, command, body)
    known = existing(
        state,
        "unknown-request",
        f"没有编号为 {body.request_id} 的待批准事项",
        f"there is no request {body.request_id}",
        "request_id",
    )
    if known.taken is not None:
        if known.taken == body.taken:
            return []
        raise Refused(
            "already-decided",
            "该事项已经批准" if known.taken else "该事项已经退回",
            "the request was already taken" if known.taken else "the request was already refused",
            "request_id",
        )
    require_role(command.actor, known.asked.type)
    if body.taken:
        require_other_person(facts, known.by.account, command.actor.account)
    return [_new(command, body, known.subject, known.district)]


def _ask(state: State, command: Command[Event], body: ActRequested) -> Sequence[New]:
    if state is None:
        return [_new(command, body, None, None)]
    if state.asked == body and state.by == command.actor:
        return []
    raise Refused(
        "request-exists",
        f"编号 {body.request_id} 已用于另一事项",
        f"the id {body.request_id} belongs to another request",
        "request_id",
    )


def _new(command: Command[Event], body: Event, subject: str | None, district: str | None) -> New:
    name = body.request_id
    return New(f"request/{name}", body, subject, district, (f"request:{name}",), command.today)


def act(facts: Facts, command: Command[Any], asked: ActRequested, by: Actor) -> Command[Any]:
    """Return the command of the act that was asked for, to be decided on the day of `command`."""
    return replace(
        command,
        body=facts.read(asked.type, asked.data),
        actor=by,
        valid_from=asked.valid_from,
        reason=asked.reason,
        document_no=asked.document_no,
    )
