"""What generated histories reach: a law over histories that never meet a case says nothing of it."""

from collections import Counter

from hypothesis import HealthCheck, Phase, given, seed, settings

from domain.checks import CHECKS
from domain.checks.outcome import Context
from domain.correction import RecordCorrected
from domain.flag import FlagReviewed
from domain.registry import EVENTS
from domain.supervision.duplicates import Duplicates
from domain.supervision.supervision import Supervision
from ledger.deciding.amending import apply
from tests.ledger_story import ABOUT_NOBODY
from tests.projections.chronicle import chronicles, told
from tests.projections.chronicle_corrections import CORRECTIONS
from tests.projections.chronicle_events import SUBJECTS, day_of
from tests.story import LATER, Story, apart, locate

EXAMPLES = 600
NEVER_CORRECTED = {
    "RosterPublished",
    "CatalogueAdopted",
    "PersonErased",
    "ClockSet",
    "DemonstrationBegun",
    "DayClosed",
    "InspectionDrawn",
    "RecordCorrected",
    "CorrectionRequested",
    "CorrectionDecided",
    "ActRequested",
    "ActDecided",
}


def test_six_hundred_histories_meet_every_event_correction_flag_and_lateness():
    seen: Counter[str] = Counter()

    @seed(1)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
    )
    @given(chronicles())
    def look(steps):
        seen.update(_reached(steps))

    look()
    # The clock is set by the owner of the tables, a day is closed by the server: no history has these.
    wanted = {
        f"event {name}" for name in set(EVENTS) - {"ClockSet", "DayClosed", "DemonstrationBegun"}
    }
    wanted |= {f"corrected {name}" for name in set(EVENTS) - NEVER_CORRECTED}
    wanted |= {f"flag {code}" for code in set(CHECKS) - {"Q2", "P1"}}
    wanted |= {"late", "later adoption", "corrected twice", "reviewed C2", "corrected C2 review"}
    wanted |= {"moved"}
    # Which are met depends on the version of Hypothesis too: so they are many, not just enough.
    assert wanted - set(seen) == set()


def _reached(steps):
    story = Story()
    folds = {uscc: Supervision(uscc, Context(LATER, locate, apart), apply) for uscc in SUBJECTS}
    duplicates, days, events = Duplicates(apply), {}, {}
    corrected: Counter[int] = Counter()
    for step, entry in told(steps):
        name = type(entry.event).__name__
        events[entry.position] = entry.event
        yield f"event {name}"
        if isinstance(entry.event, ABOUT_NOBODY):
            if name == "CatalogueAdopted" and entry.position > 5:
                yield "later adoption"
            continue
        day = day_of(step)
        if day < days.get(entry.uscc, day):
            yield "late"
        days[entry.uscc] = max(day, days.get(entry.uscc, day))
        story.at(entry.position).tell(entry.event, day, uscc=entry.uscc)
        before = folds[entry.uscc].file.districts
        folds[entry.uscc].read(story.entries[-1])
        for judged in duplicates.read(story.entries[-1]):
            folds[judged.subject].read(judged)
        if before not in {(), folds[entry.uscc].file.districts}:
            yield "moved"
        yield from _about_records(entry.event, events, corrected, duplicates)
    for of in folds.values():
        yield from (f"flag {state.code}" for state in of.flags.values())


def _about_records(event, events, corrected, duplicates):
    if isinstance(event, RecordCorrected):
        wrong = events[event.position]
        yield f"corrected {type(wrong).__name__}"
        corrected[event.position] += 1
        if corrected[event.position] == 2:
            yield "corrected twice"
        if isinstance(wrong, FlagReviewed) and _reviewed_duplicate(wrong, duplicates):
            yield "corrected C2 review"
    if isinstance(event, FlagReviewed) and _reviewed_duplicate(event, duplicates):
        yield "reviewed C2"


def _reviewed_duplicate(event, duplicates):
    code, _, position = event.flag.partition("-")
    return code == "C2" and duplicates.outcome(int(position)) is not None


def test_every_event_that_may_be_corrected_has_corrections():
    assert set(CORRECTIONS) == set(EVENTS) - NEVER_CORRECTED
