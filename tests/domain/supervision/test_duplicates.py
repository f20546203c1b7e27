"""C2 across enterprises: which certificate stands in the way of which, whatever was learnt in which order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from hypothesis import event, given

from domain.certificate.certificate import (
    CertificateIssued,
    CertificateReissued,
    CertificateRevoked,
)
from domain.correction import resolved
from domain.flag import shown
from domain.supervision.duplicates import Twins
from domain.supervision.flags import FlagState
from domain.terms.envelope import Actor, Recorded
from domain.terms.vocabulary import CandidateCategory, ReviewDecision, Role, Verdict
from ledger.deciding.amending import apply
from tests.ledger_story import ABOUT_NOBODY
from tests.projections.chronicle import chronicles, told
from tests.projections.chronicle_events import day_of
from tests.story import COOK, USCC, Story, issued, session

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


REPORTER = Actor(account="r", role=Role.ENTERPRISE_REPORTER, organisation=USCC)
NEW = "Y000011123456254000009"


@pytest.mark.parametrize(
    "end",
    [
        CertificateRevoked(certificate_no=SECOND, reason="重复"),
        CertificateRevoked(certificate_no=FIRST, reason="重复"),
        CertificateReissued(certificate_no=FIRST, new_certificate_no=SECOND, reason="换号"),
    ],
)
def test_an_enterprise_frees_no_certificate_of_its_twin(end):
    """Nobody acquits themselves: by the centre each of these clears it (§1)."""
    story = Story()
    story.tell(issued())
    second = story.tell(issued(number=SECOND))
    story.tell(end, date(2026, 1, 1), by=REPORTER)
    assert changes(story.entries, second) == [(second, Verdict.BREACH)]


def test_another_number_frees_no_certificate_of_the_number_that_it_took():
    story = Story()
    story.tell(issued())
    second = story.tell(issued(holder=holder("h-2")))
    story.tell(
        CertificateReissued(certificate_no=FIRST, new_certificate_no=NEW, reason="换号"),
        date(2026, 1, 1),
        by=REPORTER,
    )
    assert changes(story.entries, second) == [(second, Verdict.BREACH)]


def test_one_that_the_enterprise_revoked_before_the_next_was_issued_stands_in_no_way():
    story = Story()
    story.tell(session())
    story.tell(issued())
    story.tell(CertificateRevoked(certificate_no=FIRST, reason="x"), date(2025, 3, 20), by=REPORTER)
    second = story.tell(issued(number=SECOND))
    assert read(story.entries).flag(second) is None


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


def test_a_flag_shows_what_its_own_certificate_is_corrected_to():
    story = Story()
    story.tell(issued())
    twin = story.tell(issued(holder=holder("h-2")))
    story.correct(twin, level="5")
    assert changes(story.entries, twin) == [(twin, Verdict.BREACH), (twin + 1, Verdict.BREACH)]


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
    (review,) = found[1].reviews
    assert (review.decision, review.position) == (ReviewDecision.DISMISSED, reviewed)
    assert review.outcome == found[0].name


def test_a_correction_of_an_earlier_review_leaves_the_later_one():
    story = Story()
    story.tell(issued())
    second = story.tell(issued(number=SECOND))
    early = story.review(f"C2-{second}", ReviewDecision.UPHELD)
    story.review(f"C2-{second}", ReviewDecision.UPHELD)
    story.correct(early, decision="dismissed")
    found = read(story.entries).flag(second)
    assert found is not None
    assert shown(found[1], Verdict.BREACH, found[0].name).review == found[1].reviews[-1]
    assert found[1].reviews[-1].decision is ReviewDecision.UPHELD


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
    papers = _papers(right)
    for own in papers:
        found = twins.flag(own.position)
        against = _in_the_way(own, papers)
        event(f"breach {bool(against)}")
        if not against:
            assert found is None or found[0].outcome.verdict is Verdict.CLEAR
        else:
            assert found is not None
            assert found[0].outcome.because[0] == own.position
            assert found[0].outcome.because[1] in against


@dataclass
class _Paper:
    """A certificate as issued, or as a reissue made it; `root` is the entry that issued the first."""

    position: int
    root: int
    number: str
    subject: str | None
    issued: CertificateIssued | None
    day: date
    ended: date | None = None
    replaced_by: str | None = None

    @property
    def grade(self) -> Any:
        found = self.issued
        return found and (found.holder.subject_id, found.occupation, found.level)


def _papers(entries: Sequence[Recorded[Any]]) -> list[_Paper]:
    papers: list[_Paper] = []
    for entry in entries:
        at, told_, day, who = entry.position, entry.event, entry.valid_from, entry.subject
        if isinstance(told_, CertificateIssued):
            papers.append(_Paper(at, at, told_.certificate_no, who, told_, day))
        if not isinstance(told_, CertificateReissued | CertificateRevoked):
            continue
        holding = [
            p
            for p in papers
            if (p.number, p.subject, p.ended) == (told_.certificate_no, who, None) and p.issued
        ]
        if isinstance(told_, CertificateRevoked):
            for paper in holding:
                paper.ended = day
            continue
        number = told_.new_certificate_no
        root, last = (holding[-1].root, holding[-1].issued) if holding else (at, None)
        for paper in holding:
            if paper.issued and last and _who(paper.issued) == _who(last):
                paper.ended, paper.replaced_by = day, number
        papers.append(_Paper(at, root, number, who, last, day))
    return papers


def _who(issued: CertificateIssued) -> str:
    """The pseudonym: a name may be spelt otherwise on the next certificate."""
    return issued.holder.subject_id


def _in_the_way(own: _Paper, papers: Sequence[_Paper]) -> set[int]:
    """The certificates before that stand in the way: the first under the number, the holder's others."""
    if own.ended is not None or own.issued is None:
        return set()
    found: set[int] = set()
    first = next(p for p in papers if p.number == own.number)
    if first.position < own.position and not _same(first, own):
        found.add(first.position)
    for other in papers:
        if other.root < own.root and other.grade == own.grade and not _same(other, own):
            stands = other.ended is None or other.ended > own.day
            if stands and other.replaced_by != own.number:
                found.add(other.position)
    return found


def _same(one: _Paper, two: _Paper) -> bool:
    if one.root == two.root:
        return True
    made = one.position != one.root or two.position != two.root
    alike = (one.number, one.subject, one.grade) == (two.number, two.subject, two.grade)
    return made and alike


def test_a_reissue_to_a_number_that_is_taken_is_flagged_on_the_new_certificate():
    story = Story()
    story.tell(issued())
    third = "Y000011123456254000003"
    taken = story.tell(issued(number=third, holder=holder("h-2")))
    made = story.tell(
        CertificateReissued(certificate_no=FIRST, new_certificate_no=third, reason="遗失"),
        date(2025, 5, 1),
    )
    twins = read(story.entries)
    state = state_of(twins, made)
    assert (state.outcome.because, state.day) == ((made, taken), date(2025, 5, 1))
    assert twins.certificate(made).event.certificate_no == third
    assert twins.flag(taken) is None


def test_what_replaced_a_certificate_stands_in_its_place():
    story = Story()
    story.tell(issued())
    made = story.tell(
        CertificateReissued(certificate_no=FIRST, new_certificate_no=SECOND, reason="遗失"),
        date(2025, 5, 1),
    )
    later = story.tell(issued(number="Y000011123456254000004"))
    twins = read(story.entries)
    assert twins.flag(made) is None
    assert state_of(twins, later).outcome.because == (later, 1)


WIDE = "".join(chr(ord(character) + 0xFEE0) for character in FIRST)


def test_a_number_in_another_width_is_the_same_number():
    story = Story()
    story.tell(issued())
    second = story.tell(issued(number=WIDE, holder=holder("h-2")))
    assert state_of(read(story.entries), second).outcome.verdict is Verdict.BREACH


def test_a_number_that_was_recorded_before_numbers_were_folded_stays_what_it_was():
    story = Story()
    story.tell(issued())
    second = story.tell(issued(number=WIDE, holder=holder("h-2")))
    *others, late = story.entries
    old = late._replace(tags=(f"certificate:{WIDE}", "holder:h-2"))
    assert read([*others, old]).flag(second) is None
