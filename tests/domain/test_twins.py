"""C2 across enterprises: which certificate stands in the way of which, whatever was learnt in which order."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import event, given

from domain.certificate import (
    CertificateIssued,
    CertificateReissued,
    CertificateRevoked,
)
from domain.correction import resolved
from domain.envelope import Recorded
from domain.flags import FlagState
from domain.twins import Twins
from domain.vocabulary import CandidateCategory, ReviewDecision, Verdict
from ledger.amending import apply
from tests.ledger_story import ABOUT_NOBODY
from tests.projections.chronicle import chronicles, told
from tests.projections.chronicle_events import day_of
from tests.story import COOK, Story, issued, session

FIRST, SECOND = issued().certificate_no, "Y000011123456254000002"


def read(entries: Sequence[Recorded[Any]]) -> Twins:
    twins = Twins(apply)
    for entry in entries:
        twins.read(entry)
    return twins


def changes(entries: Sequence[Recorded[Any]], position: int) -> list[tuple[int, Verdict]]:
    """After which entries the flag of a certificate changed, and to which verdict."""
    twins = Twins(apply)
    return [
        (entry.position, state_of(twins, position).outcome.verdict)
        for entry in entries
        if position in twins.read(entry)
    ]


def state_of(twins: Twins, position: int) -> FlagState:
    found = twins.flag(position)
    assert found is not None
    return found[0]


def holder(subject: str) -> Any:
    base = issued().holder
    return type(base)(
        subject_id=subject,
        masked_name=base.masked_name,
        id_type=base.id_type,
        category=CandidateCategory.EMPLOYEE,
    )


def test_a_number_on_a_second_certificate_is_flagged_on_the_later_one():
    story = Story()
    first = story.tell(issued())
    second = story.tell(issued(holder=holder("h-2")))
    twins = read(story.entries)
    assert twins.flag(first) is None
    state = state_of(twins, second)
    assert (state.then, state.known_from) == (Verdict.BREACH, second)
    assert state.outcome.because == (second, first)


def test_one_holder_certified_twice_for_the_same_is_flagged_and_cleared_by_revoking_one():
    story = Story()
    story.tell(issued())
    second = story.tell(issued(number=SECOND))
    revoked = story.tell(CertificateRevoked(certificate_no=SECOND, reason="重复"), date(2025, 5, 1))
    assert changes(story.entries, second) == [
        (second, Verdict.BREACH),
        (revoked, Verdict.CLEAR),
    ]


def test_revoking_the_first_in_time_clears_the_second_and_a_corrected_day_flags_it_again():
    story = Story()
    story.tell(issued())
    second = story.tell(issued(number=SECOND))
    ended = story.tell(CertificateRevoked(certificate_no=FIRST, reason="x"), date(2025, 3, 20))
    later = story.correct(ended, valid_from="2025-06-01")
    assert changes(story.entries, second) == [
        (second, Verdict.BREACH),
        (ended, Verdict.CLEAR),
        (later, Verdict.BREACH),
    ]


def test_a_certificate_that_replaces_another_is_no_twin_of_it():
    story = Story()
    story.tell(issued())
    second = story.tell(issued(number=SECOND))
    story.tell(
        CertificateReissued(certificate_no=FIRST, new_certificate_no=SECOND, reason="x"),
        date(2026, 1, 1),
    )
    assert changes(story.entries, second)[-1][1] is Verdict.CLEAR


@pytest.mark.parametrize("other", [{"level": "5"}, {"occupation": COOK}])
def test_one_holder_certified_for_different_things_is_no_twin(other):
    story = Story()
    story.tell(issued())
    second = story.tell(issued(**{"number": SECOND, **other}))
    assert read(story.entries).flag(second) is None


def test_a_certificate_after_the_first_was_revoked_is_no_twin():
    story = Story()
    story.tell(session())
    story.tell(issued())
    story.tell(CertificateRevoked(certificate_no=FIRST, reason="x"), date(2025, 3, 20))
    second = story.tell(issued(number=SECOND))
    assert read(story.entries).flag(second) is None


def test_a_corrected_level_raises_and_clears_as_if_it_had_been_reported_so():
    story = Story()
    story.tell(issued())
    second = story.tell(issued(number=SECOND, level="5"))
    raised = story.correct(second, level="4")
    cleared = story.correct(second, level="3")
    assert changes(story.entries, second) == [
        (raised, Verdict.BREACH),
        (cleared, Verdict.CLEAR),
    ]


def test_a_corrected_day_of_issue_is_the_day_of_the_flag():
    story = Story()
    story.tell(issued())
    second = story.tell(issued(number=SECOND))
    story.correct(second, issued_on="2025-04-04")
    assert state_of(read(story.entries), second).day == date(2025, 4, 4)


def test_a_corrected_review_is_the_review():
    story = Story()
    story.tell(issued())
    second = story.tell(issued(number=SECOND))
    reviewed = story.review(f"C2-{second}", ReviewDecision.UPHELD)
    corrected = story.correct(reviewed, decision="dismissed")
    twins = Twins(apply)
    touched = [entry.position for entry in story.entries if second in twins.read(entry)]
    assert touched == [second, reviewed, corrected]
    found = twins.flag(second)
    assert found is not None
    assert found[1] is not None
    assert (found[1].decision, found[1].position) == (ReviewDecision.DISMISSED, reviewed)


def test_a_correction_of_an_earlier_review_leaves_the_later_one():
    story = Story()
    story.tell(issued())
    second = story.tell(issued(number=SECOND))
    early = story.review(f"C2-{second}", ReviewDecision.UPHELD)
    story.review(f"C2-{second}", ReviewDecision.UPHELD)
    story.correct(early, decision="dismissed")
    found = read(story.entries).flag(second)
    assert found is not None
    assert found[1] is not None
    assert found[1].decision is ReviewDecision.UPHELD


def test_thousands_of_certificates_under_one_number_are_judged_one_by_one():
    """One reading of every entry: were each judged against each, this would take an hour."""
    story = Story()
    base = story.tell(issued())
    entry = story.entries[base - 1]
    twins = Twins(apply)
    for position in range(1, 30_001):
        event_ = issued(holder=holder(f"h-{position}"))
        assert twins.read(entry._replace(position=position, event=event_)) == (
            [position] if position > 1 else []
        )


@given(chronicles())
def test_what_is_said_at_the_end_is_what_the_certificates_say_as_corrected(steps):
    """Held against the rule as it is written, one certificate against all before it."""
    story = Story()
    for step, entry in told(steps):
        if not isinstance(entry.event, ABOUT_NOBODY):
            story.tell(entry.event, day_of(step), uscc=entry.uscc)
    twins = read(story.entries)
    right = resolved(story.entries, apply)
    for entry in right:
        if not isinstance(entry.event, CertificateIssued):
            continue
        found = twins.flag(entry.position)
        because = _breach(entry, right)
        event(f"breach {because is not None}")
        if because is None:
            assert found is None or found[0].outcome.verdict is Verdict.CLEAR
        else:
            assert found is not None
            assert found[0].outcome.because == (entry.position, because)


def _breach(own: Recorded[Any], entries: Sequence[Recorded[Any]]) -> int | None:
    """The first certificate before that stands in the way; None where none does."""
    if _end_of(own, entries) is not None:
        return None
    for other in entries:
        if other.position >= own.position or not isinstance(other.event, CertificateIssued):
            continue
        mine, before, end = own.event, other.event, _end_of(other, entries)
        if before.certificate_no == mine.certificate_no:
            return other.position
        same = (before.holder.subject_id, before.occupation, before.level) == (
            mine.holder.subject_id,
            mine.occupation,
            mine.level,
        )
        replaced = getattr(getattr(end, "event", None), "new_certificate_no", None)
        stands = end is None or end.valid_from > mine.issued_on
        if same and stands and replaced != mine.certificate_no:
            return other.position
    return None


def _end_of(of: Recorded[Any], entries: Sequence[Recorded[Any]]) -> Recorded[Any] | None:
    for entry in entries:
        if (
            isinstance(entry.event, CertificateReissued | CertificateRevoked)
            and entry.position > of.position
            and entry.subject == of.subject
            and entry.event.certificate_no == of.event.certificate_no
        ):
            return entry
    return None
