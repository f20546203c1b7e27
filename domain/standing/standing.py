"""What one enterprise may certify, day by day: stream `standing/{uscc}` (六(三), 七(三))."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any, TypeAlias

from domain.enterprise import ENTERPRISE
from domain.standing.course import Change, Course, Listing, not_in_effect, require_in_effect, walk
from domain.terms.decider import Command, FactKey, FactKind, Facts, New, Refused
from domain.terms.envelope import Recorded
from domain.terms.guards import existing_enterprise, must_be_uscc
from domain.terms.intervals import Days, Timeline, years_after
from domain.terms.scope import ScopeItem, items, require_certifiable, units
from domain.terms.vocabulary import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterpriseListed:
    """What a publication means for one enterprise; written with `RosterPublished`."""

    uscc: str
    batch: str
    application_id: str
    scope: tuple[ScopeItem, ...]
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeChanged:
    """Items were added to or taken out of the confirmed scope, from the entry's valid day on."""

    uscc: str
    added: tuple[ScopeItem, ...]
    removed: tuple[ScopeItem, ...]
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingSuspended:
    """The listing is suspended, until a day where one is set."""

    uscc: str
    basis: str
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingReinstated:
    """A suspended listing holds again."""

    uscc: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingRemoved:
    """The enterprise was taken off the roster."""

    uscc: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingRenewed:
    """The listing goes on for `[valid_from, valid_to)`, with a new scope where one is given."""

    uscc: str
    basis: str
    valid_from: date
    valid_to: date
    scope: tuple[ScopeItem, ...] | None = None


Event: TypeAlias = (
    EnterpriseListed
    | ScopeChanged
    | ListingSuspended
    | ListingReinstated
    | ListingRemoved
    | ListingRenewed
)

State: TypeAlias = Course
initial: State = Course()


def evolve(state: State, entry: Recorded[Any]) -> State:
    """Return the course of the standing after `entry`.

    Changes apply in the order of their day, then of their entry: one that is recorded late
    for an earlier day leaves what was decided for later days in place.
    """
    event: Event = entry.event
    change = Change(_day_of(event, entry.valid_from), entry.position, event)
    changes = tuple(sorted((*state.changes, change), key=lambda c: (c.day, c.position)))
    return Course(changes, Timeline(walk(changes, _after)))


def _day_of(event: Event, valid_from: date) -> date:
    return event.valid_from if isinstance(event, EnterpriseListed | ListingRenewed) else valid_from


def _after(now: Listing, running: Listing, change: Change) -> Listing:
    """Return what holds after `change`; one for which there is no ground changes nothing."""
    event: Event = change.event
    because = (*now.because, change.position)
    after = now
    match event:
        case EnterpriseListed():
            after = Listing(
                standing=Standing.LISTED,
                batch=event.batch,
                application_id=event.application_id,
                days=Days(event.valid_from, event.valid_to),
                scope=units(event.scope),
                because=(change.position,),
            )
        case ScopeChanged() if now.in_effect:
            scope = (now.scope - units(event.removed)) | units(event.added)
            after = replace(now, scope=scope, because=because)
        case ListingSuspended() if now.in_effect:
            after = replace(
                now, standing=Standing.SUSPENDED, suspended_until=event.until, because=because
            )
        case ListingReinstated() if now.standing is Standing.SUSPENDED:
            after = replace(now, standing=Standing.LISTED, suspended_until=None, because=because)
        case ListingRemoved():
            after = replace(
                now,
                standing=Standing.REMOVED,
                scope=frozenset(),
                suspended_until=None,
                because=because,
            )
        case ListingRenewed() if now.standing not in _NOT_RENEWED:
            after = _renewed(now, running, event, because)
        case ScopeChanged() | ListingSuspended() | ListingReinstated() | ListingRenewed():
            pass
    return after


_NOT_RENEWED = frozenset({Standing.UNLISTED, Standing.REMOVED})
"""Where there is nothing to go on with: who was removed meanwhile is listed by a publication alone."""


def _renewed(
    now: Listing, running: Listing, event: ListingRenewed, because: tuple[int, ...]
) -> Listing:
    """Return the listing that goes on: with its scope, and with a suspension that has not ended."""
    before = now if now.in_effect else running
    until = before.suspended_until
    ended = until is not None and until <= event.valid_from
    suspended = before.standing is Standing.SUSPENDED and not ended
    return replace(
        now,
        standing=Standing.SUSPENDED if suspended else Standing.LISTED,
        suspended_until=until if suspended else None,
        days=Days(event.valid_from, event.valid_to),
        scope=before.scope if event.scope is None else units(event.scope),
        because=because,
    )


STANDING: FactKind[State] = FactKind("standing", initial, evolve)
FACTS = MappingProxyType({"standing": STANDING})


def boundary(command: Command[Event]) -> Iterable[FactKey[Any]]:
    """Everything that was decided about this enterprise's standing, and its profile."""
    return STANDING.key(command.body.uscc), ENTERPRISE.key(command.body.uscc)


def require_listing_period(days: Days, years: int, field: str) -> None:
    """Refuse a listing that ends before it begins or runs longer than `years` (六(三))."""
    if days.empty:
        raise Refused(
            "period-empty", "有效期止不晚于有效期起", "the period ends before it begins", field
        )
    longest = years_after(days.start, years)
    if days.end is None or days.end > longest:
        raise Refused(
            "period-too-long",
            f"有效期最长 {years} 年,{days.start} 起最迟至 {longest}(六(三))",
            f"a listing lasts {years} years at most: until {longest} (六(三))",
            field,
        )


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return the events that carry out `command`; none if nothing would change."""
    body = command.body
    must_be_uscc(body.uscc, "uscc")
    enterprise = existing_enterprise(facts[ENTERPRISE.key(body.uscc)], body.uscc)
    course = facts[STANDING.key(body.uscc)]
    event = _decided(facts, command, course)
    if event is None:
        return []
    uscc, day = body.uscc, _day_of(event, command.valid_from)
    tags = (f"standing:{uscc}",)
    return [New(f"standing/{uscc}", event, uscc, enterprise.district_on(day), tags, day)]


def _decided(facts: Facts, command: Command[Event], course: Course) -> Event | None:
    body = command.body
    if isinstance(body, EnterpriseListed):
        raise Refused(
            "listed-by-publication",
            "EnterpriseListed 由 RosterPublished 产生,不能单独提交",
            "EnterpriseListed follows from RosterPublished and is not submitted by itself",
        )
    if not body.basis.strip():
        raise Refused("basis-missing", "必须写明依据(basis)", "the basis must be given", "basis")
    now = course.on(_day_of(body, command.valid_from))
    match body:
        case ScopeChanged():
            return _change_scope(facts, command, now, body)
        case ListingSuspended():
            return _suspend(command, now, body)
        case ListingReinstated():
            return _reinstate(command, now, body)
        case ListingRemoved():
            return _remove(command, now, body)
        case ListingRenewed():
            return _renew(facts, command, course, body)


def _change_scope(
    facts: Facts, command: Command[Event], now: Listing, body: ScopeChanged
) -> ScopeChanged | None:
    require_in_effect(now, command.valid_from, "变更范围", "given another scope")
    require_certifiable(
        facts.reference, body.added, command.valid_from, "added", command.document_no
    )
    added = units(body.added) - now.scope
    removed = (units(body.removed) & now.scope) - units(body.added)
    if not added and not removed:
        return None
    return replace(body, added=items(added), removed=items(removed))


def _suspend(
    command: Command[Event], now: Listing, body: ListingSuspended
) -> ListingSuspended | None:
    if now.standing is Standing.SUSPENDED and now.suspended_until == body.until:
        return None
    require_in_effect(now, command.valid_from, "暂停", "suspended")
    if body.until is not None and body.until <= command.valid_from:
        raise Refused(
            "until-before-start",
            f"暂停截止日 {body.until} 不晚于起始日 {command.valid_from}",
            f"the suspension would end ({body.until}) before it begins ({command.valid_from})",
            "until",
        )
    return body


def _reinstate(
    command: Command[Event], now: Listing, body: ListingReinstated
) -> ListingReinstated | None:
    if now.standing is Standing.LISTED:
        return None
    require_in_effect(now, command.valid_from, "恢复", "reinstated")
    return body


def _remove(command: Command[Event], now: Listing, body: ListingRemoved) -> ListingRemoved | None:
    if now.standing is Standing.REMOVED:
        return None
    require_in_effect(now, command.valid_from, "移出", "removed")
    return body


def _renew(
    facts: Facts, command: Command[Event], course: Course, body: ListingRenewed
) -> ListingRenewed | None:
    days = Days(body.valid_from, body.valid_to)
    require_listing_period(days, facts.reference.rules(body.valid_from).listing_years, "valid_to")
    now = course.on(body.valid_from)
    if now.standing in _NOT_RENEWED:
        raise not_in_effect(now, body.valid_from, "续期", "renewed")
    scope = items(course.scope_before(body.valid_from)) if body.scope is None else body.scope
    if not units(scope):
        raise Refused("scope-empty", "续期范围为空", "the scope to go on with is empty", "scope")
    confirmed = units(scope) <= course.scope_before(body.valid_from)
    require_certifiable(
        facts.reference,
        scope,
        body.valid_from,
        "scope",
        command.document_no or ("scope" if confirmed else None),
    )
    return None if now.days == days and now.scope == units(scope) else body
