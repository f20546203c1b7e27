"""What one enterprise may certify, day by day: stream `standing/{uscc}` (六(三), 七(三)).

Every publication and every renewal gives a grant, and grants add. A change that alters nothing
today is recorded like any other: an earlier paper may still come, and of all orders in which the
same papers are taken the result is one.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import Any, TypeAlias

from domain.application.application import APPLICATION
from domain.application.progress import require_in_order, require_within
from domain.enterprise import ENTERPRISE
from domain.finding.finding import FINDING
from domain.standing.course import (
    Change,
    Course,
    Grant,
    Listing,
    Suspension,
    Walk,
    not_in_effect,
    passing,
    require_in_effect,
)
from domain.terms.decider import Command, FactKey, FactKind, Facts, New, Refused
from domain.terms.envelope import Recorded
from domain.terms.guards import (
    belongs,
    existing_enterprise,
    must_be_uscc,
    must_name_basis,
    not_before,
)
from domain.terms.intervals import Days, Timeline, years_after
from domain.terms.reference import Reference
from domain.terms.scope import (
    ScopeItem,
    Unit,
    items,
    require_certifiable,
    require_published,
    require_some,
    units,
)
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
    replaces: tuple[str, ...] | None = None
    """Applications whose grants end when this one begins; without it the grant adds to them."""


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
    finding_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingReinstated:
    """Suspensions end: those of the finding, without one all that are in force on the day."""

    uscc: str
    basis: str
    finding_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingRemoved:
    """The enterprise was taken off the roster."""

    uscc: str
    basis: str
    finding_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingRenewed:
    """The listing goes on for `[valid_from, valid_to)`, with a new scope where one is given."""

    uscc: str
    basis: str
    valid_from: date
    valid_to: date
    scope: tuple[ScopeItem, ...] | None = None
    decided_on: date | None = None
    """Filled in by the ledger where it lies before the first day: what is withdrawn after it stays so."""


Decided: TypeAlias = (
    ScopeChanged | ListingSuspended | ListingReinstated | ListingRemoved | ListingRenewed
)
"""What is ordered by itself; a listing follows from a publication."""
Event: TypeAlias = EnterpriseListed | Decided

State: TypeAlias = Course
initial: State = Course()


def sound(event: Event, reference: Reference, day: date) -> None:
    """Refuse a listing of no days, of too many, of nothing or of 准入类, and an act without its basis."""
    must_be_uscc(event.uscc, "uscc")
    if not isinstance(event, EnterpriseListed):
        must_name_basis(event.basis)
    match event:
        case EnterpriseListed():
            require_some(event.scope, "公布范围为空", "the scope is empty")
            _require_listing(reference, event)
        case ScopeChanged():
            require_certifiable(reference, event.added, day, "added")
        case ListingSuspended():
            if event.until is not None and event.until <= day:
                raise Refused(
                    "until-before-start",
                    f"暂停截止日 {event.until} 不晚于起始日 {day}",
                    f"the suspension would end ({event.until}) before it begins ({day})",
                    "until",
                )
        case ListingReinstated() | ListingRemoved():
            pass
        case ListingRenewed():
            if event.scope is not None:
                require_some(event.scope, "续期范围为空", "the scope to go on with is empty")
            _require_listing(reference, event)


def _require_listing(reference: Reference, event: EnterpriseListed | ListingRenewed) -> None:
    days = Days(event.valid_from, event.valid_to)
    require_listing_period(days, reference.rules(days.start).listing_years, "valid_to")
    require_certifiable(reference, event.scope or (), days.start, "scope")


def evolve(state: State, entry: Recorded[Any]) -> State:
    """Return the course of the standing after `entry`.

    Changes apply in the order of their days, on one day in the order in which they rest on each
    other, never in that of their entries: what is recorded late leaves later decisions in place.
    """
    event: Event = entry.event
    change = Change(
        _day_of(event, entry.valid_from), entry.position, event, document_no=entry.document_no
    )
    changes = tuple(sorted((*state.changes, change), key=lambda c: (c.day, c.position)))
    return Course(changes, Timeline(_walk(changes)))


def _day_of(event: Event, valid_from: date) -> date:
    return event.valid_from if isinstance(event, EnterpriseListed | ListingRenewed) else valid_from


def _walk(changes: Iterable[Change]) -> Iterator[tuple[date, Listing]]:
    """Yield what holds from which day on."""
    walk, since = Walk(), date.min
    for day, of_day in groupby(changes, key=attrgetter("day")):
        yield from passing(walk, since, day)
        walk.pass_to(day)
        today = tuple(of_day)
        for apply in _IN_ORDER:
            apply(walk, day, today)
        yield day, walk.shown()
        since = day
    yield from passing(walk, since, None)


def _publications(walk: Walk, day: date, changes: Sequence[Change]) -> None:
    """Let what was published begin: it adds, and takes the place of the grants that it names."""
    published = [c for c in changes if isinstance(c.event, EnterpriseListed)]
    if not published:
        return
    walk.replaced.update(
        app for c in published for app in c.event.replaces or () if app != c.event.application_id
    )
    if not walk.running:
        walk.trail = []
    walk.running = [g for g in walk.running if not walk.replaced.issuperset(g.applications)]
    for change in published:
        event: EnterpriseListed = change.event
        if Days(day, event.valid_to).empty or event.application_id in walk.replaced:
            continue
        walk.trail.append(change.position)
        scope = units(event.scope)
        for unit in scope:
            walk.withdrawn.pop(unit, None)
        walk.begin(
            [
                Grant(
                    batch=event.batch,
                    applications=(event.application_id,),
                    days=Days(day, event.valid_to),
                    scope=scope,
                )
            ]
        )
    walk.batch = max(c.event.batch for c in published)


def _renewals(walk: Walk, day: date, changes: Sequence[Change]) -> None:
    """Let the listing go on, with its scope, and with suspensions that have not ended."""
    renewed = [c for c in changes if isinstance(c.event, ListingRenewed)]
    before = walk.running or ([] if walk.removed else walk.ended)
    if not renewed or walk.listed is None or not before:
        return
    applications = tuple(dict.fromkeys(app for grant in before for app in grant.applications))
    in_effect = frozenset[Unit]().union(*(grant.scope for grant in before))
    grants: list[Grant] = []
    for change in renewed:
        event: ListingRenewed = change.event
        if Days(day, event.valid_to).empty:
            continue
        walk.trail.append(change.position)
        scope = in_effect if event.scope is None else units(event.scope)
        if event.scope is not None and event.decided_on is not None:
            decided = event.decided_on
            scope -= {unit for unit, on in walk.withdrawn.items() if on >= decided}
        days = Days(day, event.valid_to)
        grants.append(Grant(batch=walk.batch, applications=applications, days=days, scope=scope))
    walk.begin(grants)


def _scopes(walk: Walk, day: date, changes: Sequence[Change]) -> None:
    """Take out of every grant in force, then add to each: an item lasts as long as the longest."""
    changed = [c for c in changes if isinstance(c.event, ScopeChanged)]
    if not changed or not walk.running:
        return
    removed = frozenset(unit for c in changed for unit in units(c.event.removed))
    added = frozenset(unit for c in changed for unit in units(c.event.added))
    walk.trail += [c.position for c in changed]
    walk.running = [g.with_scope(removed, added, day) for g in walk.running]
    walk.withdrawn.update(dict.fromkeys(removed, day))
    for unit in added:
        walk.withdrawn.pop(unit, None)


def _suspensions(walk: Walk, day: date, changes: Sequence[Change]) -> None:
    """Let suspensions begin, and end those that are reinstated."""
    for change in changes:
        if isinstance(change.event, ListingSuspended):
            event: ListingSuspended = change.event
            if event.until is None or event.until > day:
                walk.suspensions.append(Suspension(event.until, event.finding_id, change.position))
    for change in changes:
        if isinstance(change.event, ListingReinstated):
            finding_id = change.event.finding_id
            ended = [s for s in walk.suspensions if finding_id in {None, s.finding_id}]
            walk.suspensions = [s for s in walk.suspensions if s not in ended]
            if ended and walk.running:
                walk.trail += [*(s.position for s in ended), change.position]


def _removals(walk: Walk, day: date, changes: Sequence[Change]) -> None:  # noqa: ARG001 - one shape
    """Take the enterprise off the roster, with everything that was granted up to the day."""
    removed = [c for c in changes if isinstance(c.event, ListingRemoved)]
    if removed:
        walk.trail += [s.position for s in walk.suspensions if walk.running]
        walk.trail += [c.position for c in removed]
        walk.running, walk.ended, walk.suspensions, walk.removed = [], [], [], True
        named = (c.event.finding_id for c in removed)
        walk.removed_for = tuple(finding_id for finding_id in named if finding_id is not None)


_IN_ORDER: tuple[Callable[[Walk, date, Sequence[Change]], None], ...] = (
    _publications,
    _renewals,
    _scopes,
    _suspensions,
    _removals,
)
"""What the changes of one day do, in the order in which they rest on each other."""

_NOT_RENEWED = frozenset({Standing.UNLISTED, Standing.REMOVED})
"""Where there is nothing to go on with: who was removed meanwhile is listed by a publication alone."""


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
        last = longest - timedelta(days=1)  # on paper the last day that still counts is printed
        raise Refused(
            "period-too-long",
            f"按六（三），有效期最长 {years} 年，{days.start} 起最迟至 {last}",
            f"a listing lasts {years} years at most: the last day is {last} (六(三))",
            field,
        )


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return the events that carry out `command`; none if this very act is recorded already."""
    body = command.body
    if isinstance(body, EnterpriseListed):
        raise Refused(
            "listed-by-publication",
            "“列入名单”由“公布名单”产生，不能单独提交",
            "EnterpriseListed follows from RosterPublished and is not submitted by itself",
        )
    sound(body, facts.reference, _day_of(body, command.valid_from))
    enterprise = existing_enterprise(facts[ENTERPRISE.key(body.uscc)], body.uscc)
    course = facts[STANDING.key(body.uscc)]
    event = _decided(facts, command, course, body)
    if event is None:
        return []
    uscc, day = body.uscc, _day_of(event, command.valid_from)
    same = (day, event, command.document_no)
    if any((c.day, c.event, c.document_no) == same for c in course.changes):
        return []
    tags = (f"standing:{uscc}",)
    return [New(f"standing/{uscc}", event, uscc, enterprise.district_on(day), tags, day)]


def _require_finding(facts: Facts, course: Course, body: Event, day: date) -> None:
    """Refuse to name a finding of another enterprise or of a later day, and to reinstate before it suspended.

    One that is not here yet may still be brought in.
    """
    finding_id = _finding_of(body)
    known = facts[FINDING.key(finding_id)] if finding_id is not None else None
    if known is not None:
        zh, en = f"问题 {finding_id}", f"finding {finding_id}"
        belongs(known.raised.uscc, body.uscc, zh, en, "finding_id")
        not_before(day, known.raised_on, f"早于{zh}提出之日", f"before {en} was raised")
    if isinstance(body, ListingReinstated) and finding_id is not None:
        suspended = [
            change.day
            for change in course.changes
            if isinstance(change.event, ListingSuspended) and change.event.finding_id == finding_id
        ]
        first = min(suspended, default=day)
        not_before(day, first, "恢复早于暂停", "reinstated before it was suspended")


def _finding_of(event: Event) -> str | None:
    finding_id: str | None = getattr(event, "finding_id", None)
    return finding_id


def _decided(facts: Facts, command: Command[Event], course: Course, body: Decided) -> Event | None:
    _require_finding(facts, course, body, _day_of(body, command.valid_from))
    now = course.on(_day_of(body, command.valid_from))
    match body:
        case ScopeChanged():
            return _change_scope(facts, command, now, body)
        case ListingSuspended():
            return _suspend(command, now, body)
        case ListingReinstated():
            require_in_effect(now, command.valid_from, "恢复", "reinstated")
        case ListingRemoved() if now.standing is not Standing.REMOVED:
            require_in_effect(now, command.valid_from, "移出", "removed")
        case ListingRemoved():
            pass  # an earlier removal may still be set right: this one is an act of its own
        case ListingRenewed():
            return _renew(facts, command, course, body)
    return body


def founded(facts: Facts, right: Recorded[Any]) -> None:
    """Refuse a correction that goes beyond what was confirmed, or lists before the publication (六(三))."""
    event: Event = right.event
    match event:
        case EnterpriseListed():
            application = facts[APPLICATION.key(event.application_id)]
            if application is not None and application.confirmed is not None:
                limit = application.confirmed_units
                require_within(event.scope, limit, "确认范围", "the confirmed scope")
                moved = replace(application, listed=event.valid_from)
                require_in_order(application, moved)
            paper = right.document_no or event.application_id
            require_published(facts.reference, event.scope, event.valid_from, "scope", paper)
            require_granted(facts[STANDING.key(event.uscc)], event.uscc, event.replaces)
        case ListingRenewed():
            course = facts[STANDING.key(event.uscc)]
            if event.scope is not None:
                going_on = course.scope_before(event.valid_from)
                require_within(event.scope, going_on, "原有范围", "the scope that goes on")
            _require_published(facts, event, course, right.document_no)
        case ScopeChanged():
            day = right.valid_from
            require_published(facts.reference, event.added, day, "added", right.document_no)
        case ListingSuspended() | ListingReinstated() | ListingRemoved():
            course, day = facts[STANDING.key(event.uscc)], right.valid_from
            now = next((c for c in course.changes if c.position == right.position), None)
            # Only what the correction changes is looked at: an older entry stays what it is.
            same = now is not None and (now.day, _finding_of(now.event)) == (
                day,
                _finding_of(event),
            )
            _require_finding(facts, course, event, date.max if same else day)


def published_applications(course: Course) -> frozenset[str]:
    """Return the applications that were published for the enterprise, in whatever order they came in."""
    changes = (change.event for change in course.changes)
    return frozenset(e.application_id for e in changes if isinstance(e, EnterpriseListed))


def require_granted(course: Course, uscc: str, replaces: tuple[str, ...] | None) -> None:
    """Refuse to take the place of a grant that the enterprise never had."""
    known = published_applications(course)
    for index, application_id in enumerate(replaces or ()):
        if application_id not in known:
            raise Refused(
                "unknown-grant",
                f"企业 {uscc} 没有按申报 {application_id} 公布过，不能替换",
                f"{uscc} was never published for application {application_id}",
                f"replaces.{index}",
            )


def _change_scope(
    facts: Facts, command: Command[Event], now: Listing, body: ScopeChanged
) -> ScopeChanged | None:
    require_in_effect(now, command.valid_from, "变更范围", "given another scope")
    day = command.valid_from
    require_published(facts.reference, body.added, day, "added", command.document_no)
    return body if units(body.added) or units(body.removed) else None


def _suspend(command: Command[Event], now: Listing, body: ListingSuspended) -> ListingSuspended:
    require_in_effect(now, command.valid_from, "暂停", "suspended")
    return body


def _renew(
    facts: Facts, command: Command[Event], course: Course, body: ListingRenewed
) -> ListingRenewed:
    now = course.on(body.valid_from)
    if now.standing in _NOT_RENEWED:
        raise not_in_effect(now, body.valid_from, "续期", "renewed")
    scope = items(course.scope_before(body.valid_from)) if body.scope is None else body.scope
    require_some(scope, "续期范围为空", "the scope to go on with is empty")
    require_certifiable(facts.reference, scope, body.valid_from, "scope")
    _require_published(facts, body, course, command.document_no)
    ahead = command.valid_from < body.valid_from
    return replace(body, decided_on=command.valid_from if ahead else None)


def _require_published(
    facts: Facts, body: ListingRenewed, course: Course, document_no: str | None
) -> None:
    """Refuse to go on with what was never published; what was confirmed needs no further paper."""
    going_on = course.scope_before(body.valid_from)
    scope = items(going_on) if body.scope is None else body.scope
    paper = document_no or ("scope" if units(scope) <= going_on else None)
    require_published(facts.reference, scope, body.valid_from, "scope", paper)
