"""A check that is not asked would have found nothing: what spares asking is no second rule (§6)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.assessment import AssessmentHeld
from domain.checks import judge_session
from domain.checks.occupation import not_access_controlled, occupation_published
from domain.checks.outcome import CLEAR, Context, Outcome
from domain.checks.scope import level_in_scope, listed, occupation_in_scope
from domain.standing.standing import ListingSuspended, ScopeChanged
from domain.supervision.subject_file import SubjectFile
from domain.terms.envelope import Recorded
from domain.terms.reference import Occupation
from domain.terms.vocabulary import CatalogueKind, Level
from tests.domain.test_judged_by_catalogues import content, shipped, told
from tests.story import COOK, ELECTRICIAN, GUARD, USCC, WELDER, Story, item, session

K = CatalogueKind
START = date(2025, 3, 1)
TRAINER = Occupation(edition="2022", code="4-04-05-05", name="人工智能训练师")
OCCUPATIONS = (
    ELECTRICIAN,
    COOK,
    GUARD,
    WELDER,
    TRAINER,
    replace(WELDER, trade="核级焊工"),
    replace(ELECTRICIAN, trade="维修电工"),
    replace(ELECTRICIAN, name="电 工"),
    replace(ELECTRICIAN, edition="2015"),
    replace(ELECTRICIAN, code="9-99-99-99", name="无此职业"),
)


def held_against_days_of_change() -> Story:
    """An enterprise listed, suspended and varied, under catalogues that begin and end in one month."""
    day = START + timedelta(days=5)
    bars = content(K.QUALIFICATIONS, "name\n中式烹调师\n保安员\n")
    standards = content(
        K.STANDARDS,
        "code,name,issued_on,levels,has_standard\n"
        f",电工,2018-12-26,5;4;3,\n,电工,{START + timedelta(days=20)},5,\n,中式烹调师,,,无\n",
    )
    batch = content(K.NEW_OCCUPATIONS, "code,name\n4-04-05-05,人工智能训练师\n")
    story = told(
        shipped(K.DICTIONARY, "2015"),
        (K.QUALIFICATIONS, "barred", bars, day),
        (K.STANDARDS, "standards", standards, day + timedelta(days=4)),
        (K.NEW_OCCUPATIONS, "batch", batch, day + timedelta(days=2)),
        scope=[
            item(ELECTRICIAN, "5", "4"),
            item(replace(WELDER, trade="核级焊工"), "4"),
            item(TRAINER, "4"),
            item(GUARD, "5"),
        ],
    )
    taken = (item(TRAINER, "4"),)
    changed = ScopeChanged(uscc=USCC, added=(item(COOK, "4"),), removed=taken, basis="核查")
    story.tell(changed, START + timedelta(days=12))
    suspended = ListingSuspended(uscc=USCC, basis="整改", until=START + timedelta(days=18))
    story.tell(suspended, START + timedelta(days=15))
    return story


STORY = held_against_days_of_change()


SESSIONS = [
    (level, START + timedelta(days=day), START + timedelta(days=day + length))
    for level in Level
    for day in range(31)
    for length in (0, 1, 7)
]


@pytest.mark.parametrize("occupation", OCCUPATIONS, ids=str)
def test_what_was_not_asked_would_have_been_clear(occupation: Occupation):
    file, context = STORY.fold.file, STORY.fold.context
    for level, first, last in SESSIONS:
        event = session(occupation, level.value, first, held_to=last)
        entry = STORY.entries[-1]._replace(event=event, valid_from=first)
        assert judge_session(entry, file, context) == whatever_is_asked(entry, file, context)


def whatever_is_asked(
    entry: Recorded[AssessmentHeld], file: SubjectFile, context: Context
) -> dict[str, Outcome]:
    """Ask every check of the occupation; each knows the days of which another one tells."""
    event, position, reference = entry.event, entry.position, context.reference
    first, last = event.held_from, event.held_to
    named, course = (event.occupation, first, last), file.course
    asked = {
        "S7": listed(position, first, last, course),
        "S1": occupation_in_scope(position, *named, course, reference),
        "S2": level_in_scope(
            position, event.occupation, event.level, first, last, course, reference
        ),
        "S3": not_access_controlled(position, *named, context),
        "S4": occupation_published(position, *named, file, context),
    }
    return {code: outcome for code, outcome in asked.items() if outcome is not CLEAR}


@pytest.mark.parametrize("days", [0, 1])
def test_nothing_is_kept_of_days_between_which_a_catalogue_changes(days: int):
    reference = STORY.fold.context.reference
    barred = START + timedelta(days=5)
    before = barred - timedelta(days=1)
    alike = reference.catalogued(COOK, before, before + timedelta(days=days))
    assert (alike is None) == (days > 0)
    then = reference.catalogued(COOK, barred, barred)
    assert then is not None
    assert not then.may_be_assessed
