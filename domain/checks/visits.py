"""V1: what inspectors saw on a day of the session agrees with what was reported (四)."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from domain.assessment import AssessmentHeld
from domain.checks.outcome import CLEAR, Context, Outcome, breach, undecided
from domain.checks.venue import location_of_place
from domain.inspection.inspection import Seen, SpotCheckRecorded
from domain.terms.envelope import Recorded
from domain.terms.folding import folded
from domain.terms.place import Place, Side
from domain.terms.reference import Occupation
from domain.terms.vocabulary import Mode

REMOTE = "线上督导"
"""The one kind of inspection that is no visit in person."""
_IN_WORDS = 3
"""How many sessions a sentence tells of; the others are counted, and stand in `because`."""


class Departure(NamedTuple):
    """One way in which what was seen departs from what was reported."""

    zh: str
    en: str
    of_the_place: bool = False
    """Whether it holds of the place whatever else was held there; else another session may explain it."""


_Departing: TypeAlias = tuple[Recorded[AssessmentHeld], Sequence[Departure]]


def seen_as_reported(
    entry: Recorded[SpotCheckRecorded], reported: Recorded[AssessmentHeld], context: Context
) -> Outcome:
    """V1 of a visit in person on a day of the session it names; what was not looked at is clear."""
    visit, session = entry.event, reported.event
    day = entry.valid_from
    if visit.kind == REMOTE or not session.held_from <= day <= session.held_to:
        return CLEAR
    wrong = [*_elsewhere(visit, session, context, reported), *_otherwise(visit.seen, session)]
    if not wrong:
        return CLEAR
    return breach(
        f"{day} 督导所见与上报不符：{'；'.join(each.zh for each in wrong)}",
        f"seen on {day}, against the report: {'; '.join(each.en for each in wrong)}",
        entry.position,
        reported.position,
        reason="seen-otherwise",
        values=tuple(each.en for each in wrong),
    )


def seen_that_day(
    entry: Recorded[SpotCheckRecorded],
    reported: Iterable[Recorded[AssessmentHeld]],
    context: Context,
) -> Outcome:
    """V1 of a visit that names no session: each of that day is held against what was seen, by itself.

    Whoever is visited reports afterwards: a session that is on no paper yet is named by no inspector.
    None of the sessions is judged by what else was reported: so the order of entry decides nothing,
    and a session that is made up for the day acquits of nothing (§1). Which one was seen the
    inspectors alone know: until they name it, what another session would explain is undecided.
    """
    visit, day = entry.event, entry.valid_from
    observation = visit.seen
    if visit.kind == REMOTE or observation is None or observation == Seen():
        return CLEAR
    most = context.reference.rules(day).visit_distance_m
    departing: list[_Departing] = []
    for session in reported:
        event = session.event
        if event.held_from <= day <= event.held_to and event.mode is Mode.ON_SITE:
            wrong = list(_departures(visit, observation, session, most, context))
            if wrong:
                departing.append((session, wrong))
    if not departing:
        return CLEAR
    departing.sort(key=lambda each: each[0].event.assessment_id)
    certain = [
        (session, of_the_place)
        for session, wrong in departing
        if (of_the_place := [each for each in wrong if each.of_the_place])
    ]
    telling = certain or departing
    zh, en = _in_words(telling)
    positions = (entry.position, *(session.position for session, _ in telling))
    values = tuple(sorted({each.en for _, wrong in telling for each in wrong}))
    if certain:
        return breach(
            f"{day} 督导所见与上报不符：{zh}",
            f"seen on {day}, against the report: {en}",
            *positions,
            reason="seen-otherwise",
            values=values,
        )
    return undecided(
        f"{day} 的督导记录未写明所见是哪一场，与当日上报有不符：{zh}。请在督导记录中写明场次",
        f"the visit of {day} names no session, and departs from what was reported of the day:"
        f" {en}; name the session that was seen",
        *positions,
        reason="session-not-named",
        values=values,
    )


def _in_words(departing: Sequence[_Departing]) -> tuple[str, str]:
    """Return which sessions are departed from, and how; of many the first ones and their number."""
    zh = [
        f"认定活动 {session.event.assessment_id}（{'、'.join(each.zh for each in wrong)}）"
        for session, wrong in departing[:_IN_WORDS]
    ]
    en = [
        f"session {session.event.assessment_id} ({', '.join(each.en for each in wrong)})"
        for session, wrong in departing[:_IN_WORDS]
    ]
    more = len(departing) - _IN_WORDS
    if more > 0:
        zh.append(f"另有 {more} 场")
        en.append(f"and {more} more")
    return "；".join(zh), "; ".join(en)


def _departures(
    visit: SpotCheckRecorded,
    observation: Seen,
    session: Recorded[AssessmentHeld],
    most: float,
    context: Context,
) -> Iterator[Departure]:
    """Yield how what was seen departs from a session of the day, looking at no other one.

    Of one that is known to have been elsewhere nothing follows, unless it is of what was seen.
    """
    reported = session.event
    near = _is_near(visit.place, reported, most, context)
    if near is False and not _as_seen(observation, reported):
        return
    yield from _elsewhere(visit, reported, context, session)
    for departure in _otherwise(observation, reported):
        # That nothing was going on, or who was missing, says something of the very place alone.
        if near or not departure.of_the_place:
            yield departure


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


def _as_seen(observation: Seen, session: AssessmentHeld) -> bool:
    if observation.occupation is None or differs(observation.occupation, session.occupation):
        return False
    return observation.level in {None, session.level}


def _elsewhere(
    visit: SpotCheckRecorded,
    session: AssessmentHeld,
    context: Context,
    entry: Recorded[AssessmentHeld],
) -> Iterator[Departure]:
    if visit.place is None or session.mode is not Mode.ON_SITE or session.places == (None,):
        return
    side = location_of_place(visit.place, entry, context).side
    reported = {location_of_place(place, entry, context).side for place in session.places}
    decided = {Side.INSIDE, Side.OUTSIDE}
    if side in decided and reported <= decided and side not in reported:
        here, there = ("本市以内", "以外") if side is Side.INSIDE else ("本市以外", "以内")
        yield Departure(
            f"现场在{here}，上报地点在本市{there}",
            f"the visit was {side.value} Beijing, the reported place is not",
        )
        return
    distances = [context.apart(visit.place, place) for place in session.places if place]
    known = [distance for distance in distances if distance is not None]
    most = context.reference.rules(session.held_from).visit_distance_m
    if known and len(known) == len(distances) and min(known) > most:
        metres = int(min(known))
        yield Departure(
            f"现场距上报地点至少 {metres} 米", f"the visit was at least {metres} m from the venue"
        )


def _otherwise(observation: Seen | None, session: AssessmentHeld) -> Iterator[Departure]:
    if observation is None:
        return
    if observation.held is False:
        yield Departure("未见认定活动", "no session was being held", of_the_place=True)
    if observation.occupation is not None and differs(observation.occupation, session.occupation):
        yield Departure(
            f"所见职业为 {observation.occupation.label}，上报为 {session.occupation.label}",
            f"{observation.occupation.label} was seen, {session.occupation.label} reported",
        )
    if observation.level is not None and observation.level is not session.level:
        yield Departure(
            f"所见等级为 {observation.level.zh}，上报为 {session.level.zh}",
            f"{observation.level.en} was seen, {session.level.en} reported",
        )
    if observation.candidates is not None and observation.candidates > session.candidates.total:
        yield Departure(
            f"在场考生 {observation.candidates} 人，多于上报的 {session.candidates.total} 人",
            f"{observation.candidates} candidates seen, {session.candidates.total} reported",
        )
    reported = {folded(name) for name in session.assessors or ()}
    absent = [name for name in observation.assessors_absent or () if folded(name) in reported]
    if absent:
        yield Departure(
            f"{len(absent)} 名上报的考评人员不在场",
            f"{len(absent)} named examiners were not there",
            of_the_place=True,
        )


def differs(one: Occupation, other: Occupation) -> bool:
    """Return whether two records name different occupations; what only one of them names is no difference."""
    if folded(one.name) != folded(other.name):
        return True
    trades = (one.trade, other.trade)
    return None not in trades and len({folded(trade or "") for trade in trades}) > 1
