"""G1, G2: held within Beijing, and the evidence of the place agrees with itself (七(三))."""

from domain.assessment import AssessmentHeld
from domain.checks.outcome import CLEAR, Context, Outcome, breach, undecided
from domain.terms.envelope import Recorded
from domain.terms.place import USUAL, Bounds, Location, Side
from domain.terms.vocabulary import Mode


def within_beijing(entry: Recorded[AssessmentHeld], location: Location) -> Outcome:
    """G1: the session was held inside the municipality. Online and 直接认定 have no place."""
    if entry.event.mode is not Mode.ON_SITE or location.side is Side.INSIDE:
        return CLEAR
    zh = ";".join(clue.zh for clue in location.clues) or "没有可用的地点信息"
    en = "; ".join(clue.en for clue in location.clues) or "nothing is known of the place"
    if location.side is Side.OUTSIDE:
        return breach(
            f"认定地点在本市行政区域外:{zh}", f"held outside Beijing: {en}", entry.position
        )
    return undecided(
        f"无法判定地点是否在本市:{zh}", f"the place cannot be decided: {en}", entry.position
    )


def place_consistent(entry: Recorded[AssessmentHeld], location: Location) -> Outcome:
    """G2: division code, coordinates and address agree about inside or outside."""
    if entry.event.mode is not Mode.ON_SITE or not location.contradiction:
        return CLEAR
    zh = ";".join(clue.zh for clue in location.clues)
    en = "; ".join(clue.en for clue in location.clues)
    return breach(
        f"地点信息互相矛盾:{zh}",
        f"the evidence of the place contradicts itself: {en}",
        entry.position,
    )


def location_of(entry: Recorded[AssessmentHeld], context: Context) -> Location:
    """Return where the session was held, with all evidence, by the outline and rules of its day."""
    event = entry.event
    reference = context.reference
    bounds = Bounds(
        error_m=reference.rules(event.held_from).outline_error_m,
        outline=reference.outline(event.held_from),
    )
    if bounds == USUAL:
        return context.locate(event.mode, event.venue)
    return context.locate(event.mode, event.venue, bounds)
