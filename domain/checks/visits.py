"""V1: what inspectors saw on a day of the session agrees with what was reported (四)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

from domain.assessment import AssessmentHeld
from domain.checks.outcome import CLEAR, Context, Outcome, breach
from domain.checks.venue import location_of_place
from domain.inspection.inspection import Seen, SpotCheckRecorded
from domain.terms.envelope import Recorded
from domain.terms.folding import folded
from domain.terms.naming import how_many
from domain.terms.place import Place, Side
from domain.terms.reference import Occupation
from domain.terms.vocabulary import Mode

REMOTE = "线上督导"
"""The one kind of inspection that is no visit in person."""


class Met(NamedTuple):
    """The session that a visit met, and others of the day that were reported behind it."""

    session: Recorded[AssessmentHeld]
    later: Sequence[Recorded[AssessmentHeld]] = ()


def seen_as_reported(entry: Recorded[SpotCheckRecorded], met: Met, context: Context) -> Outcome:
    """V1 of a visit in person on a day of the session; what was not looked at is clear."""
    reported = met.session
    visit, session = entry.event, reported.event
    day = entry.valid_from
    if visit.kind == REMOTE or not session.held_from <= day <= session.held_to:
        return CLEAR
    wrong = [*_elsewhere(visit, session, context, reported), *_otherwise(visit.seen, session)]
    if not wrong:
        return CLEAR
    zh, en = ";".join(zh for zh, _ in wrong), "; ".join(en for _, en in wrong)
    if met.later:
        count = len(met.later)
        zh += f"(当日此后另报 {count} 场,所见是哪一场须核实)"
        en += (
            f" ({how_many(count, 'more session')} of the day came in later: see which one was seen)"
        )
    return breach(
        f"{day} 督导所见与上报不符:{zh}",
        f"seen on {day}, against the report: {en}",
        entry.position,
        reported.position,
        *(session.position for session in met.later),
        reason="seen-otherwise",
        values=tuple(en for _, en in wrong),
    )


def session_visited(
    entry: Recorded[SpotCheckRecorded],
    reported: Iterable[Recorded[AssessmentHeld]],
    context: Context,
) -> Met | None:
    """Return the session that a visit met which names none; None where that is not certain.

    Whoever is visited reports afterwards: a session that is on no paper yet is named by no inspector.
    Of what was seen elsewhere in the enterprise nothing follows for a session. Once it was certain, what
    is reported behind it changes nothing: else a second session, made up for the day, would acquit (§1).
    """
    visit, day = entry.event, entry.valid_from
    seen = visit.seen
    if visit.kind == REMOTE or seen is None or seen == Seen():
        return None
    of_day = sorted(
        (s for s in reported if _on_site(s.event) and s.event.held_from <= day <= s.event.held_to),
        key=_POSITION,
    )
    most = context.reference.rules(day).visit_distance_m
    near = {s.position: _is_near(visit.place, s.event, most, context) for s in of_day}
    known = sum(s.position < entry.position for s in of_day)
    for number in range(known, len(of_day) + 1):
        session = _certain(seen, of_day[:number], near)
        if session is not None:
            return Met(session, of_day[number:])
    return None


_POSITION = attrgetter("position")


def _certain(
    seen: Seen, of_day: Sequence[Recorded[AssessmentHeld]], near: Mapping[int, bool | None]
) -> Recorded[AssessmentHeld] | None:
    """Return which of the sessions of a day it must have been; None where that is not certain."""
    there = [s for s in of_day if near[s.position]]
    if len(there) == 1:
        return there[0]
    if seen.held is False:
        return None  # that nothing was going on says something of the very place alone
    if len(of_day) == 1 and near[of_day[0].position] is None:
        return of_day[0]
    alike = [s for s in there or of_day if _as_seen(seen, s.event)]
    return alike[0] if len(alike) == 1 else None


def _on_site(session: AssessmentHeld) -> bool:
    return session.mode is Mode.ON_SITE


def _is_near(
    here: Place | None, session: AssessmentHeld, most: float, context: Context
) -> bool | None:
    """Return whether a visit was at the venue of a session; None where nothing tells."""
    venues = [venue for venue in session.places if venue is not None]
    if here is None or not venues:
        return None
    known = [distance for venue in venues if (distance := context.apart(here, venue)) is not None]
    if any(distance <= most for distance in known):
        return True
    if here.address and any(
        folded(here.address) == folded(venue.address or "") for venue in venues
    ):
        return True
    if len(known) == len(venues):
        return False
    divisions = {venue.division for venue in venues}
    elsewhere = here.division is not None and None not in divisions
    return False if elsewhere and here.division not in divisions else None


def _as_seen(seen: Seen, session: AssessmentHeld) -> bool:
    if seen.occupation is None or differs(seen.occupation, session.occupation):
        return False
    return seen.level in {None, session.level}


def _elsewhere(
    visit: SpotCheckRecorded,
    session: AssessmentHeld,
    context: Context,
    entry: Recorded[AssessmentHeld],
) -> Iterator[tuple[str, str]]:
    if visit.place is None or session.mode is not Mode.ON_SITE or session.places == (None,):
        return
    side = location_of_place(visit.place, entry, context).side
    reported = {location_of_place(place, entry, context).side for place in session.places}
    decided = {Side.INSIDE, Side.OUTSIDE}
    if side in decided and reported <= decided and side not in reported:
        here, there = ("本市以内", "以外") if side is Side.INSIDE else ("本市以外", "以内")
        yield (
            f"现场在{here},上报地点在本市{there}",
            f"the visit was {side.value} Beijing, the reported place is not",
        )
        return
    distances = [context.apart(visit.place, place) for place in session.places if place]
    known = [distance for distance in distances if distance is not None]
    most = context.reference.rules(session.held_from).visit_distance_m
    if known and len(known) == len(distances) and min(known) > most:
        metres = int(min(known))
        yield f"现场距上报地点至少 {metres} 米", f"the visit was at least {metres} m from the venue"


def _otherwise(seen: Seen | None, session: AssessmentHeld) -> Iterator[tuple[str, str]]:
    if seen is None:
        return
    if seen.held is False:
        yield "未见认定活动", "no session was being held"
    if seen.occupation is not None and differs(seen.occupation, session.occupation):
        yield (
            f"所见职业为 {seen.occupation.label},上报为 {session.occupation.label}",
            f"{seen.occupation.label} was seen, {session.occupation.label} reported",
        )
    if seen.level is not None and seen.level is not session.level:
        yield (
            f"所见等级为 {seen.level.zh},上报为 {session.level.zh}",
            f"{seen.level.en} was seen, {session.level.en} reported",
        )
    if seen.candidates is not None and seen.candidates > session.candidates.total:
        yield (
            f"在场考生 {seen.candidates} 人,多于上报的 {session.candidates.total} 人",
            f"{seen.candidates} candidates seen, {session.candidates.total} reported",
        )
    reported = {folded(name) for name in session.assessors or ()}
    absent = [name for name in seen.assessors_absent or () if folded(name) in reported]
    if absent:
        yield (
            f"{len(absent)} 名上报的考评人员不在场",
            f"{len(absent)} named examiners were not there",
        )


def differs(one: Occupation, other: Occupation) -> bool:
    """Return whether two records name different occupations; what only one of them names is no difference."""
    if folded(one.name) != folded(other.name):
        return True
    trades = (one.trade, other.trade)
    return None not in trades and len({folded(trade or "") for trade in trades}) > 1
