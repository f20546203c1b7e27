"""G1, G2: held within Beijing, and the evidence of the place agrees with itself (七(三))."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date

from domain.assessment import AssessmentHeld
from domain.checks.outcome import CLEAR, Context, Outcome, breach, undecided
from domain.supervision.subject_file import DIRECT
from domain.terms.envelope import Recorded
from domain.terms.naming import method_of
from domain.terms.place import USUAL, Bounds, Location, Place, Side
from domain.terms.reference import Reference
from domain.terms.vocabulary import Mode

# A member of an enumeration is looked up by its class in Python: what every session asks has a name.
_ON_SITE, _NO_SESSION, _INSIDE = Mode.ON_SITE, Mode.NO_SESSION, Side.INSIDE
_USUAL_ERROR_M = USUAL.error_m


def within_beijing(entry: Recorded[AssessmentHeld], location: Location) -> Outcome:
    """G1: the session was held inside the municipality. Online and 直接认定 have no place."""
    event = entry.event
    if event.mode is _NO_SESSION and event.method not in DIRECT:
        return undecided(
            f"认定方式“{method_of(event.method).zh}”未报考场：只有直接认定可以没有考场",
            f"the method “{method_of(event.method).en}” without a session: only a direct certification has"
            " no place",
            entry.position,
            reason="no-session",
            values=(event.method,),
        )
    if event.mode is not _ON_SITE or location.side is _INSIDE:
        return CLEAR
    zh = "；".join(clue.zh for clue in location.clues) or "没有可用的地点信息"
    en = "; ".join(clue.en for clue in location.clues) or "nothing is known of the place"
    if location.side is Side.OUTSIDE:
        return breach(
            f"认定地点在本市行政区域外：{zh}",
            f"held outside Beijing: {en}",
            entry.position,
            reason="outside",
            values=_place(entry),
        )
    return undecided(
        f"无法判定地点是否在本市：{zh}",
        f"the place cannot be decided: {en}",
        entry.position,
        reason="place-unknown",
        values=_place(entry),
    )


def _place(entry: Recorded[AssessmentHeld]) -> tuple[str, ...]:
    """Return what is said of every place, as it was judged."""
    parts = (
        getattr(place, part.name)
        for place in entry.event.places
        if place is not None
        for part in fields(place)
    )
    return (entry.event.mode.value, *("" if part is None else str(part) for part in parts))


def place_consistent(entry: Recorded[AssessmentHeld], location: Location) -> Outcome:
    """G2: division code, coordinates and address agree about inside or outside."""
    if not location.contradiction or entry.event.mode is not _ON_SITE:
        return CLEAR
    zh = "；".join(clue.zh for clue in location.clues)
    en = "; ".join(clue.en for clue in location.clues)
    return breach(
        f"地点信息互相矛盾：{zh}",
        f"the evidence of the place contradicts itself: {en}",
        entry.position,
        reason="contradictory",
        values=_place(entry),
    )


def location_of(entry: Recorded[AssessmentHeld], context: Context) -> Location:
    """Return where the session was held, with all evidence; of several places the worst decides."""
    event = entry.event
    if not event.venues:  # nearly all have one place
        return location_of_place(event.venue, entry, context)
    return worst([location_of_place(place, entry, context) for place in event.places])


def worst(locations: Sequence[Location]) -> Location:
    """Return the location that decides: the gravest, with whatever contradicts itself anywhere."""
    gravest = max(locations, key=lambda location: _GRAVITY[location.side])
    return replace(gravest, contradiction=any(location.contradiction for location in locations))


def location_of_place(
    place: Place | None, entry: Recorded[AssessmentHeld], context: Context
) -> Location:
    """Return where one place lies, by the outline and rules of the session's day."""
    return located(place, entry.event.mode, entry.event.held_from, context)


def located(place: Place | None, mode: Mode, day: date, context: Context) -> Location:
    """Return where a place lies, by the outline and rules of a day."""
    reference = context.reference
    if reference.outline(day) is None and reference.rules(day).outline_error_m == _USUAL_ERROR_M:
        return context.locate(mode, place)
    return context.locate(mode, place, bounds_on(day, reference))


def bounds_on(day: date, reference: Reference) -> Bounds:
    """Return the outline of a day, and how far its rules take it to be wrong."""
    return Bounds(error_m=reference.rules(day).outline_error_m, outline=reference.outline(day))


_GRAVITY = {Side.INSIDE: 0, Side.UNDECIDED: 1, Side.OUTSIDE: 2}
