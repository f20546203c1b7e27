"""The course of one enterprise's standing over the days: what holds on each, and until when (六(三)).

What a recorded change means is for its stream to say (`domain.standing.standing`). Here is what follows
from the days of the changes and from time alone: grants that add, their expiry, suspensions that
hold together and their end. The order in which the changes were recorded decides nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from domain.terms.decider import Refused
from domain.terms.intervals import Days, Timeline
from domain.terms.scope import Unit
from domain.terms.vocabulary import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What one publication or renewal gave: its items as they stand, its days, what is behind it."""

    batch: str | None
    applications: tuple[str, ...]
    """Whose methods and whose receipt go with it; several where a renewal goes on with several."""
    days: Days
    scope: frozenset[Unit]
    added: frozenset[tuple[Unit, date]] = frozenset()
    """What a change of scope added, each with its first day: it was not confirmed before that."""

    def since(self, unit: Unit) -> date:
        """Return the day from which the grant confirms the unit."""
        return next((day for added_unit, day in self.added if added_unit == unit), self.days.start)

    def with_scope(self, removed: frozenset[Unit], added: frozenset[Unit], day: date) -> "Grant":
        """Return the grant after a change of scope."""
        scope = (self.scope - removed) | added
        kept = {addition for addition in self.added if addition[0] in scope}
        new = {(unit, day) for unit in added - self.scope}
        return replace(self, scope=scope, added=frozenset(kept | new))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Standing and grants that hold over a stretch of days, and the entries that made them so."""

    standing: Standing
    grants: tuple[Grant, ...] = ()
    """The grants in force, in order of their first days."""
    days: Days | None = None
    """From the first grant to the end of the last one, as far as they follow without a gap."""
    batch: str | None = None
    """The batch that was published last."""
    suspended_until: date | None = None
    """The day on which the last suspension to end ends; None: not set, or not suspended."""
    findings: tuple[str, ...] = ()
    """The findings that the suspensions in force, or the removal, rest on."""
    because: tuple[int, ...] = ()
    scope: frozenset[Unit] = field(init=False, compare=False, repr=False)
    """Everything that the grants in force confirm."""

    def __post_init__(self) -> None:
        """Bring together once what is asked of every session."""
        scopes = [grant.scope for grant in self.grants]
        scope = scopes[0] if len(scopes) == 1 else frozenset[Unit]().union(*scopes)
        object.__setattr__(self, "scope", scope)

    @property
    def in_effect(self) -> bool:
        """Whether there is a listing to change: listed or suspended."""
        return self.standing in {Standing.LISTED, Standing.SUSPENDED}

    def granting(self, unit: Unit) -> Grant | None:
        """Return the grant that confirms `unit` for the longest time."""
        grants = [grant for grant in self.grants if unit in grant.scope]
        return max(grants, key=lambda grant: grant.days.end or date.max, default=None)


UNLISTED = Listing(standing=Standing.UNLISTED)

_STANDING_ZH = MappingProxyType(
    {
        Standing.UNLISTED: "不在公布名单内",
        Standing.LISTED: "在名单内",
        Standing.SUSPENDED: "已暂停",
        Standing.REMOVED: "已移出名单",
        Standing.EXPIRED: "有效期已届满",
    }
)


_STANDING_EN = MappingProxyType(
    {
        Standing.UNLISTED: "was not on the roster",
        Standing.LISTED: "was on the roster",
        Standing.SUSPENDED: "was suspended",
        Standing.REMOVED: "had been removed from the roster",
        Standing.EXPIRED: "had a listing that was over",
    }
)


def standing_en(standing: Standing) -> str:
    """Return a standing in English, as of a day that is past."""
    return _STANDING_EN[standing]


def standing_zh(standing: Standing) -> str:
    """Return a standing in words."""
    return _STANDING_ZH[standing]


def not_in_effect(now: Listing, day: date, zh: str, en: str) -> Refused:
    """Return the refusal of a change to a listing that has expired, was removed or never was."""
    if now.standing is Standing.EXPIRED:
        return Refused(
            "listing-expired",
            f"企业在 {day} 有效期已届满，不能{zh}",
            f"on {day} the listing has expired; the enterprise cannot be {en}",
            "uscc",
        )
    if now.standing is Standing.REMOVED:
        return Refused(
            "listing-removed",
            f"企业在 {day} 已移出名单，不能{zh}",
            f"on {day} the enterprise is removed from the roster; it cannot be {en}",
            "uscc",
        )
    return Refused(
        "not-listed",
        f"企业在 {day} 不在公布名单内，不能{zh}",
        f"on {day} the enterprise is not on the roster; it cannot be {en}",
        "uscc",
    )


def require_in_effect(now: Listing, day: date, zh: str, en: str) -> None:
    """Refuse to change what is not listed on `day`; `zh` and `en` name the change."""
    if not now.in_effect:
        raise not_in_effect(now, day, zh, en)


@dataclass(frozen=True, slots=True)
class Change:
    """One recorded change: the day from which it applies, the entry, and the paper behind it."""

    day: date
    position: int
    event: Any
    """One of `domain.standing.standing.Event`."""
    document_no: str | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """All recorded changes of one enterprise's standing, and what follows on each day."""

    changes: tuple[Change, ...] = ()
    timeline: Timeline[Listing] = Timeline()  # noqa: RUF009 - immutable by convention, empty
    first_listed: date | None = field(init=False, compare=False, repr=False, default=None)
    """The day on which the enterprise came onto the roster for the first time."""

    def __post_init__(self) -> None:
        """Look once at what is asked for every session."""
        listed = (days.start for days, listing in self.timeline.segments() if listing.in_effect)
        object.__setattr__(self, "first_listed", next(listed, None))

    def on(self, day: date) -> Listing:
        """Return standing and scope on `day`."""
        return self.timeline.on(day) or UNLISTED

    def scope_before(self, day: date) -> frozenset[Unit]:
        """Return the scope in effect on `day`, else the last one before: what a renewal goes on with."""
        scopes = [
            listing.scope
            for days, listing in self.timeline.segments()
            if days.start <= day and listing.in_effect
        ]
        return scopes[-1] if scopes else frozenset()

    def over(self, first: date, last: date) -> list[tuple[date, Listing]]:
        """Return every standing on days from `first` to `last`, with its first day among these."""
        if first == last:
            return [(first, self.timeline.on(first) or UNLISTED)]
        return [(day, listing or UNLISTED) for day, listing in self.timeline.over(first, last)]


@dataclass(frozen=True, slots=True)
class Suspension:
    """A suspension: for its days, whatever is published or renewed meanwhile."""

    until: date | None
    finding_id: str | None
    position: int


@dataclass(slots=True)
class Walk:
    """The standing on the day that was reached last; `domain.standing.standing` says what each change does."""

    running: list[Grant] = field(default_factory=list[Grant])
    ended: list[Grant] = field(default_factory=list[Grant])
    """The grants that were in force last, where none is now: what a renewal goes on with."""
    replaced: set[str] = field(default_factory=set[str])
    """Applications whose grants others took the place of."""
    suspensions: list[Suspension] = field(default_factory=list[Suspension])
    withdrawn: dict[Unit, date] = field(default_factory=dict[Unit, date])
    """What was taken out of the scope and not added since, with the day."""
    removed: bool = False
    removed_for: tuple[str, ...] = ()
    """The findings that the removal names."""
    listed: Days | None = None
    """From the first to the last grant that follow without a gap."""
    batch: str | None = None
    trail: list[int] = field(default_factory=list[int])
    """The changes that made it so, since the enterprise was listed anew."""

    def pass_to(self, day: date) -> None:
        """Let grants and suspensions end that end up to and including `day`."""
        self.suspensions = [s for s in self.suspensions if s.until is None or s.until > day]
        going_on = [g for g in self.running if _end(g) > day]
        if self.running and not going_on:
            self.ended = self.running
        self.running = going_on

    def next_end(self, after: date) -> date | None:
        """Return the next day on which something ends by itself; None where nothing is in force."""
        if not self.running:
            return None
        untils = (s.until for s in self.suspensions if s.until is not None)
        ends = (end for end in (*map(_end, self.running), *untils) if after < end < date.max)
        return min(ends, default=None)

    def begin(self, grants: Iterable[Grant]) -> None:
        """Let grants begin on one day; they add to those in force."""
        for grant in grants:
            start, listed = grant.days.start, self.listed
            gap = listed is None or (listed.end is not None and listed.end < start)
            if self.removed or (gap and not self.running) or listed is None:
                listed = grant.days
            self.removed, self.removed_for = False, ()
            self.running = sorted([*self.running, grant], key=_order)
            self.listed = Days(listed.start, max(map(_end, self.running)))

    def shown(self) -> Listing:
        """Return what holds."""
        standing = Standing.UNLISTED
        if self.running:
            standing = Standing.SUSPENDED if self.suspensions else Standing.LISTED
        elif self.removed:
            standing = Standing.REMOVED
        elif self.listed is not None:
            standing = Standing.EXPIRED
        suspensions = self.suspensions if self.running else []
        findings = self.removed_for if self.removed else ()
        findings += tuple(s.finding_id for s in suspensions if s.finding_id is not None)
        untils = [s.until for s in suspensions]
        because = (*self.trail, *(s.position for s in suspensions))
        return Listing(
            standing=standing,
            grants=tuple(self.running),
            days=self.listed,
            batch=self.batch,
            suspended_until=None if None in untils else max(filter(None, untils), default=None),
            findings=tuple(sorted(set(findings))),
            because=tuple(dict.fromkeys(because)),
        )


def _end(grant: Grant) -> date:
    return grant.days.end or date.max


def _order(grant: Grant) -> tuple[date, date, tuple[str, ...], str, list[str]]:
    scope = sorted(map(repr, grant.scope))
    return grant.days.start, _end(grant), grant.applications, grant.batch or "", scope


def passing(walk: Walk, since: date, until: date | None) -> Iterator[tuple[date, Listing]]:
    """Yield what time alone changes after `since` and before the day `until` (None: for ever)."""
    day = walk.next_end(since)
    while day is not None and (until is None or day < until):
        walk.pass_to(day)
        yield day, walk.shown()
        day = walk.next_end(day)
