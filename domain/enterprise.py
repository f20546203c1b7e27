"""Who an enterprise is and which units it acts for: stream `enterprise/{uscc}` (一(一), 六(一))."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any, TypeAlias

from domain.permissions import OF_THE_AUTHORITY, authority_decides
from domain.terms.decider import Command, FactKey, FactKind, Facts, New, Refused
from domain.terms.envelope import Recorded
from domain.terms.guards import existing_enterprise, must_be_uscc, not_in_the_future
from domain.terms.reference import Reference
from domain.terms.vocabulary import EnterpriseKind, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterpriseRegistered:
    """An enterprise became known, with its competent district authority."""

    uscc: str
    name: str
    kind: EnterpriseKind
    district: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterpriseProfileChanged:
    """Some of what is known about an enterprise changed; only the changed fields are set."""

    uscc: str
    name: str | None = None
    kind: EnterpriseKind | None = None
    district: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCovered:
    """The enterprise applies and answers for a subsidiary or branch in Beijing."""

    uscc: str
    unit_uscc: str
    unit_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitReleased:
    """The enterprise no longer acts for a unit."""

    uscc: str
    unit_uscc: str


Event: TypeAlias = EnterpriseRegistered | EnterpriseProfileChanged | UnitCovered | UnitReleased


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is known about an enterprise on a day."""

    name: str
    kind: EnterpriseKind
    district: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitChange:
    """From `day` on the unit is covered, or is not."""

    day: date
    position: int
    unit: str
    name: str
    covered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Enterprise:
    """A registered enterprise with the changes of its profile and units by day."""

    uscc: str
    since: date
    position: int
    profiles: tuple[tuple[date, int, Profile], ...]
    """What holds from which day on, by which entry, in order of day and entry."""
    changes: tuple[tuple[date, int, EnterpriseProfileChanged | Profile], ...]
    """What the profiles follow from: the registration and every change, in the same order."""
    known_changes: frozenset[tuple[date, Event, str | None]] = frozenset()
    """Every change with its day and its paper: the same again is known already."""
    unit_changes: tuple[UnitChange, ...] = ()

    @property
    def profile(self) -> Profile:
        """The profile that took effect last."""
        return self.profiles[-1][2]

    def profile_on(self, day: date) -> Profile:
        """Return the profile on `day`; before registration, the first one."""
        for start, _, profile in reversed(self.profiles):
            if start <= day:
                return profile
        return self.profiles[0][2]

    def district_on(self, day: date) -> str:
        """Return the district authority that is competent on `day`."""
        return self.profile_on(day).district

    def unit_on(self, unit: str, day: date) -> UnitChange | None:
        """Return the change that says whether `unit` is covered on `day`."""
        changes = [c for c in self.unit_changes if c.unit == unit and c.day <= day]
        # On one day the release is the last word, whichever paper arrived first.
        return max(changes, key=lambda c: (c.day, not c.covered, c.position), default=None)

    def units_on(self, day: date) -> Iterator[str]:
        """Yield code and name of every unit that the enterprise acts for on `day`."""
        for unit in dict.fromkeys(change.unit for change in self.unit_changes):
            change = self.unit_on(unit, day)
            if change is not None and change.covered:
                yield from (change.unit, change.name)

    def uncovered(self, unit: str, first: date, last: date) -> date | None:
        """Return the first day up to `last` on which the enterprise does not act for `unit` (六(一))."""
        changes = {c.day for c in self.unit_changes if c.unit == unit and first < c.day <= last}
        for day in (first, *sorted(changes)):
            change = self.unit_on(unit, day)
            if change is None or not change.covered:
                return day
        return None


State: TypeAlias = Enterprise | None
initial: State = None


def sound(event: Event, reference: Reference, day: date) -> None:  # noqa: ARG001 - of any stream
    """Refuse what no enterprise and no unit can be."""
    must_be_uscc(event.uscc, "uscc")
    match event:
        case EnterpriseRegistered() | EnterpriseProfileChanged():
            pass
        case UnitCovered():
            must_be_uscc(event.unit_uscc, "unit_uscc")
            if event.unit_uscc == event.uscc:
                raise Refused(
                    "unit-is-applicant",
                    "实施单位就是申报企业本身，无需登记",
                    "the unit is the applicant itself",
                    "unit_uscc",
                )
        case UnitReleased():
            must_be_uscc(event.unit_uscc, "unit_uscc")


def _profile_after(old: Profile, event: EnterpriseProfileChanged) -> Profile:
    return Profile(
        name=event.name if event.name is not None else old.name,
        kind=event.kind if event.kind is not None else old.kind,
        district=event.district if event.district is not None else old.district,
        address=event.address if event.address is not None else old.address,
    )


def _profiles(
    changes: Iterable[tuple[date, int, EnterpriseProfileChanged | Profile]], first: Profile
) -> Iterable[tuple[date, int, Profile]]:
    """Yield what holds after each change: one recorded late for an earlier day carries on from there."""
    now = first
    for day, position, change in changes:
        now = change if isinstance(change, Profile) else _profile_after(now, change)
        yield day, position, now


def evolve(state: State, entry: Recorded[Any]) -> State:
    """Return what is known of the enterprise after `entry`."""
    event: Event = entry.event
    if isinstance(event, EnterpriseRegistered):
        profile = Profile(
            name=event.name, kind=event.kind, district=event.district, address=event.address
        )
        return Enterprise(
            uscc=event.uscc,
            since=entry.valid_from,
            position=entry.position,
            profiles=((entry.valid_from, entry.position, profile),),
            changes=((entry.valid_from, entry.position, profile),),
        )
    if state is None:
        return None
    papers = state.known_changes | {(entry.valid_from, event, entry.document_no)}
    match event:
        case EnterpriseProfileChanged():
            change = (entry.valid_from, entry.position, event)
            changes = tuple(sorted((*state.changes, change), key=_in_order))
            first = next(c for _, _, c in changes if isinstance(c, Profile))
            profiles = tuple(_profiles(changes, first))
            return replace(state, changes=changes, profiles=profiles, known_changes=papers)
        case UnitCovered() | UnitReleased():
            unit = UnitChange(
                day=entry.valid_from,
                position=entry.position,
                unit=event.unit_uscc,
                name=event.unit_name if isinstance(event, UnitCovered) else "",
                covered=isinstance(event, UnitCovered),
            )
            return replace(state, unit_changes=(*state.unit_changes, unit), known_changes=papers)


def _in_order(
    change: tuple[date, int, EnterpriseProfileChanged | Profile],
) -> tuple[date, bool, int]:
    """On its day the registration comes first. Two papers of one day never change the same field."""
    day, position, what = change
    return day, not isinstance(what, Profile), position


ENTERPRISE: FactKind[State] = FactKind("enterprise", initial, evolve)
FACTS = MappingProxyType({"enterprise": ENTERPRISE})


def boundary(command: Command[Event]) -> Iterable[FactKey[Any]]:
    """Everything recorded about this enterprise."""
    return (ENTERPRISE.key(command.body.uscc),)


def _new(command: Command[Event], event: Event, district: str) -> list[New]:
    uscc = event.uscc
    return [
        New(
            f"enterprise/{uscc}", event, uscc, district, (f"enterprise:{uscc}",), command.valid_from
        )
    ]


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return the events that record `command`; none if this very paper is recorded already.

    A change that alters nothing today is recorded: an earlier paper may still come before it.
    """
    body = command.body
    sound(body, facts.reference, command.valid_from)
    not_in_the_future(command)
    state = facts[ENTERPRISE.key(body.uscc)]
    match body:
        case EnterpriseRegistered():
            return _register(state, command, body)
        case EnterpriseProfileChanged():
            return _change_profile(existing_enterprise(state, body.uscc), command, body)
        case UnitCovered():
            return _cover(existing_enterprise(state, body.uscc), command, body)
        case UnitReleased():
            return _release(existing_enterprise(state, body.uscc), command, body)


def _register(state: State, command: Command[Event], body: EnterpriseRegistered) -> Sequence[New]:
    if state is None:
        return _new(command, body, body.district)
    same = Profile(name=body.name, kind=body.kind, district=body.district, address=body.address)
    if same in [change for _, _, change in state.changes]:
        return []
    raise Refused(
        "already-registered",
        f"企业 {body.uscc} 已登记为“{state.profile.name}”；变更信息请用“企业信息变更”",
        f"{body.uscc} is already registered; change its profile instead",
        "uscc",
    )


def _change_profile(
    state: Enterprise, command: Command[Event], body: EnterpriseProfileChanged
) -> Sequence[New]:
    if command.actor.role is Role.ENTERPRISE_REPORTER:
        _require_own_part(body)
    day = command.valid_from
    if _is_known(state, command, body) or body == EnterpriseProfileChanged(uscc=body.uscc):
        return []
    for other, _, change in state.changes:
        if other == day and isinstance(change, EnterpriseProfileChanged):
            _require_agreeing(day, body, change)
    return _new(command, body, _profile_after(state.profile_on(day), body).district)


def _require_agreeing(
    day: date, body: EnterpriseProfileChanged, other: EnterpriseProfileChanged
) -> None:
    """Refuse a second value of one day: nothing but the order of entry would say which one holds."""
    for name in ("name", "kind", "district", "address"):
        values = (getattr(body, name), getattr(other, name))
        if None not in values and values[0] != values[1]:
            raise Refused(
                "changed-that-day",
                f"{day} 已记录该项变更为“{values[1]}”；如有误请更正原记录",
                f"on {day} it was changed to {values[1]} already; correct that entry if it is wrong",
                name,
            )


def _is_known(state: Enterprise, command: Command[Event], body: Event) -> bool:
    """Whether this very paper is recorded: the same content from the same day."""
    return (command.valid_from, body, command.document_no) in state.known_changes


def _require_own_part(body: EnterpriseProfileChanged) -> None:
    """Refuse an enterprise that chooses who supervises it, or by which route it applies (§1)."""
    for name in OF_THE_AUTHORITY:
        if getattr(body, name) is not None:
            raise authority_decides(name, name)


def _cover(state: Enterprise, command: Command[Event], body: UnitCovered) -> Sequence[New]:
    if _is_known(state, command, body):
        return []
    return _new(command, body, state.district_on(command.valid_from))


def _release(state: Enterprise, command: Command[Event], body: UnitReleased) -> Sequence[New]:
    if _is_known(state, command, body):
        return []
    if state.unit_on(body.unit_uscc, command.valid_from) is None:
        raise Refused(
            "not-covered",
            f"{body.unit_uscc} 在 {command.valid_from} 不是该企业的实施单位",
            f"{body.unit_uscc} is not covered on {command.valid_from}",
            "unit_uscc",
        )
    return _new(command, body, state.district_on(command.valid_from))
