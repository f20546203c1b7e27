"""The course of one enterprise's standing over the days: what holds on each, and until when (六(三)).

What a recorded change means is for its stream to say (`domain.standing.standing`). Here is what follows
from the order of the changes and from time alone: expiry, and the end of a suspension.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any, TypeAlias

from domain.terms.decider import Refused
from domain.terms.intervals import Days, Timeline
from domain.terms.scope import Unit
from domain.terms.vocabulary import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Standing and scope that hold over a stretch of days, and the entries that made them so."""

    standing: Standing
    batch: str | None = None
    application_id: str | None = None
    days: Days | None = None
    scope: frozenset[Unit] = frozenset()
    suspended_until: date | None = None
    because: tuple[int, ...] = ()

    @property
    def in_effect(self) -> bool:
        """Whether there is a listing to change: listed or suspended."""
        return self.standing in {Standing.LISTED, Standing.SUSPENDED}


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


def standing_zh(standing: Standing) -> str:
    """Return a standing in words."""
    return _STANDING_ZH[standing]


def not_in_effect(now: Listing, day: date, zh: str, en: str) -> Refused:
    """Return the refusal of a change to a listing that has expired, was removed or never was."""
    if now.standing is Standing.EXPIRED:
        return Refused(
            "listing-expired",
            f"企业在 {day} 有效期已届满,不能{zh}",
            f"on {day} the listing has expired; the enterprise cannot be {en}",
            "uscc",
        )
    if now.standing is Standing.REMOVED:
        return Refused(
            "listing-removed",
            f"企业在 {day} 已移出名单,不能{zh}",
            f"on {day} the enterprise is removed from the roster; it cannot be {en}",
            "uscc",
        )
    return Refused(
        "not-listed",
        f"企业在 {day} 不在公布名单内,不能{zh}",
        f"on {day} the enterprise is not on the roster; it cannot be {en}",
        "uscc",
    )


def require_in_effect(now: Listing, day: date, zh: str, en: str) -> None:
    """Refuse to change what is not listed on `day`; `zh` and `en` name the change."""
    if not now.in_effect:
        raise not_in_effect(now, day, zh, en)


@dataclass(frozen=True, slots=True)
class Change:
    """One recorded change: the day from which it applies, and the entry."""

    day: date
    position: int
    event: Any
    """One of `domain.standing.standing.Event`."""


@dataclass(frozen=True, slots=True)
class Course:
    """All recorded changes of one enterprise's standing, and what follows on each day."""

    changes: tuple[Change, ...] = ()
    timeline: Timeline[Listing] = Timeline()  # noqa: RUF009 - immutable by convention, empty

    def on(self, day: date) -> Listing:
        """Return standing and scope on `day`."""
        return self.timeline.on(day) or UNLISTED

    def scope_before(self, day: date) -> frozenset[Unit]:
        """Return the scope in effect on `day`, else the last one before: what a renewal goes on with."""
        held = [
            listing.scope
            for days, listing in self.timeline.segments()
            if days.start <= day and listing.in_effect
        ]
        return held[-1] if held else frozenset()

    def over(self, first: date, last: date) -> list[Listing]:
        """Return every standing that holds on some day from `first` to `last`, both included."""
        return [listing or UNLISTED for listing in self.timeline.over(first, last)]


After: TypeAlias = Callable[[Listing, Listing, Change], Listing]
"""What holds after a change, from what held and from the listing that was last in effect."""


def walk(changes: Iterable[Change], after: After) -> Iterable[tuple[date, Listing]]:
    """Yield what holds from which day on; expiry and the end of a suspension are derived."""
    now = UNLISTED
    running = UNLISTED  # the listing that was last in effect: what a renewal goes on with
    since = date.min
    for change in changes:
        for day, listing in _passing(now, since, change.day):
            yield day, listing
            now = listing
            running = listing if listing.in_effect else running
        now = after(now, running, change)
        running = now if now.in_effect else running
        since = change.day
        yield since, now
    yield from _passing(now, since, None)


def _passing(now: Listing, since: date, until: date | None) -> Iterable[tuple[date, Listing]]:
    """Yield what time alone changes after `since` up to and including the day `until` (None: for ever)."""
    if not now.in_effect or now.days is None or now.days.end is None:
        return
    end, back = max(since, now.days.end), now.suspended_until
    if now.standing is Standing.SUSPENDED and back is not None and back < end:
        back = max(since, back)
        if until is not None and back > until:
            return
        now = replace(now, standing=Standing.LISTED, suspended_until=None)
        yield back, now
    if until is None or end <= until:
        expired = replace(now, standing=Standing.EXPIRED, scope=frozenset(), suspended_until=None)
        yield end, expired
