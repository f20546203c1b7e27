"""C2 across enterprises: which certificate stands in the way of which, whatever was learnt in which order."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from domain.certificate.certificate import (
    CertificateIssued,
    CertificateReissued,
    CertificateRevoked,
)
from domain.checks.outcome import CLEAR, Context
from domain.correction import resolved
from domain.flag import Said, shown
from domain.supervision.duplicates import Duplicates
from domain.supervision.flags import FlagState
from domain.supervision.supervision import Supervision
from domain.terms.envelope import Actor, Recorded
from domain.terms.reference import Occupation
from domain.terms.vocabulary import CandidateCategory, ReviewDecision, Role, Verdict
from ledger.deciding.amending import apply
from projections.views.flag_rows import rows
from projections.views.row import item as shown_row
from tests.ledger_story import ABOUT_NOBODY
from tests.projections.chronicle import chronicles, told
from tests.projections.chronicle_events import day_of
from tests.story import (
    BUREAU,
    COOK,
    ELECTRICIAN,
    OTHER,
    REFERENCE,
    USCC,
    Story,
    apart,
    issued,
    item,
    locate,
    session,
)

REPORTER = Actor(account="r", role=Role.ENTERPRISE_REPORTER, organisation=USCC)
FIRST, SECOND = issued().certificate_no, "Y000011123456254000002"
LATER = date(2025, 4, 20)
"""A day of issue a month after that of `issued`."""


class Judged:
    """Enterprises whose files were read with what C2 says merged among their entries."""

    def __init__(self, entries: Sequence[Recorded[Any]]) -> None:
        self.duplicates = Duplicates(apply)
        self.files: dict[str, Supervision] = {}
        self.touched: dict[str, list[int]] = defaultdict(list)
        """Flag → the entries that touched it."""
        for entry in entries:
            self._read(entry.subject, entry)
            for judged in self.duplicates.read(entry):
                self._read(judged.subject, judged)

    def _read(self, uscc: str | None, entry: Recorded[Any]) -> None:
        if uscc is None:
            return
        of = self.files.setdefault(
            uscc, Supervision(uscc, Context(REFERENCE, locate, apart), apply)
        )
        for view, key in of.read(entry):
            if view == "flags":
                self.touched[key].append(entry.position)

    def flag(self, position: int) -> tuple[FlagState, Said] | None:
        """The flag of a certificate with what was said to it; None: it never was raised."""
        key = f"C2-{position}"
        for of in self.files.values():
            if key in of.flags:
                return of.flags[key], of.file.said.get(key, Said())
        return None


def read(entries: Sequence[Recorded[Any]]) -> Judged:
    return Judged(entries)


def changes(entries: Sequence[Recorded[Any]], position: int) -> list[tuple[int, Verdict]]:
    """After which entries the verdict of a certificate changed, and to which."""
    duplicates = Duplicates(apply)
    return [
        (judged.position, judged.event.outcome.verdict)
        for entry in entries
        for judged in duplicates.read(entry)
        if judged.event.certificate == position
    ]


def state_of(judged: Judged, position: int) -> FlagState:
    found = judged.flag(position)
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


def test_a_number_on_a_second_certificate_is_flagged_on_the_one_issued_later():
    story = Story()
    first = story.tell(issued())
    second = story.tell(issued(holder=holder("h-2"), issued_on=LATER))
    judged = read(story.entries)
    assert judged.flag(first) is None
    state = state_of(judged, second)
    assert (state.then, state.known_from) == (Verdict.BREACH, second)
    assert state.outcome.because == (second, first)


def test_the_one_issued_later_is_flagged_also_where_it_arrived_first():
    story = Story()
    later = story.tell(issued(holder=holder("h-2"), issued_on=LATER))
    first = story.tell(issued())
    judged = read(story.entries)
    assert judged.flag(first) is None
    state = state_of(judged, later)
    assert (state.then, state.outcome.verdict) == (Verdict.CLEAR, Verdict.BREACH)
    assert state.outcome.because == (later, first)


@pytest.mark.parametrize("other", [{"holder": "h-2"}, {"number": SECOND}])
def test_of_two_of_one_day_both_are_flagged_and_each_names_the_other(other):
    story = Story()
    first = story.tell(issued())
    changes_ = {**other, "holder": holder(other.get("holder", "h-1"))}
    second = story.tell(issued(**changes_), uscc=OTHER)
    judged = read(story.entries)
    assert state_of(judged, first).outcome.because == (first, second)
    assert state_of(judged, second).outcome.because == (second, first)
    assert state_of(judged, first).outcome.bodies == (OTHER,)
    assert state_of(judged, second).outcome.bodies == (USCC,)


@pytest.mark.parametrize("other", [{"holder": "h-2"}, {"number": SECOND}])
def test_of_two_of_one_day_the_one_that_the_centre_revokes_says_nothing_against_the_other(other):
    story = Story()
    first = story.tell(issued())
    changes_ = {**other, "holder": holder(other.get("holder", "h-1"))}
    second = story.tell(issued(**changes_), uscc=OTHER)
    number = changes_.get("number", FIRST)
    story.tell(CertificateRevoked(certificate_no=number, reason="重复"), LATER, uscc=OTHER)
    judged = read(story.entries)
    assert state_of(judged, first).outcome.verdict is Verdict.CLEAR
    outcome = state_of(judged, second).outcome
    assert (outcome.verdict, outcome.until) == (Verdict.BREACH, LATER)


def test_of_two_of_one_day_that_the_centre_revoked_neither_is_acquitted_by_the_other():
    story = Story()
    papers = [
        story.tell(issued(holder=holder(f"h-{n}")), uscc=u) for n, u in ((1, USCC), (2, OTHER))
    ]
    for day, uscc in ((LATER, OTHER), (LATER + timedelta(days=1), USCC)):
        story.tell(CertificateRevoked(certificate_no=FIRST, reason="重复"), day, uscc=uscc)
    judged = read(story.entries)
    outcomes = [state_of(judged, position).outcome for position in papers]
    assert [(o.verdict, o.until) for o in outcomes] == [(Verdict.BREACH, LATER)] * 2


def test_one_holder_in_two_editions_is_undecided():
    story = Story()
    first = story.tell(issued())
    old = replace(issued().occupation, edition="2015", code="6-31-01-04")
    second = story.tell(issued(old, number=SECOND, issued_on=LATER))
    judged = read(story.entries)
    assert judged.flag(first) is None
    outcome = state_of(judged, second).outcome
    assert (outcome.verdict, outcome.because) == (Verdict.UNDECIDED, (second, first))
    # What is decided weighs more.
    third = story.tell(issued(old, number=NEW, issued_on=date(2025, 5, 1)))
    outcome = state_of(read(story.entries), third).outcome
    assert (outcome.verdict, outcome.because) == (Verdict.BREACH, (third, second))


def test_names_of_occupations_are_compared_folded():
    story = Story()
    story.tell(issued())
    wide = replace(issued().occupation, name="电 工")
    second = story.tell(issued(wide, number=SECOND, issued_on=LATER))
    assert state_of(read(story.entries), second).outcome.reason == "certified-before"


def test_of_three_under_one_number_each_names_the_one_before_it():
    story = Story()
    days = (LATER, date(2025, 3, 20), date(2025, 6, 1))
    last, first, third = (
        story.tell(issued(holder=holder(f"h-{day}"), issued_on=day)) for day in days
    )
    judged = read(story.entries)
    assert judged.flag(first) is None
    assert state_of(judged, last).outcome.because == (last, first)
    assert state_of(judged, third).outcome.because == (third, last)


def test_one_holder_certified_twice_for_the_same_is_flagged_until_one_is_revoked():
    story = Story()
    story.tell(issued())
    second = story.tell(issued(number=SECOND))
    revoked = story.tell(CertificateRevoked(certificate_no=SECOND, reason="重复"), date(2025, 5, 1))
    assert changes(story.entries, second) == [
        (second, Verdict.BREACH),
        (revoked, Verdict.BREACH),
    ]
    judged = read(story.entries)
    (until, over) = rows(judged.files[USCC], f"C2-{second}")
    assert until.valid_to == over.valid_from == date(2025, 5, 1)
    assert shown_row(until.doc)["verdict"] == "breach"
    said = shown_row(over.doc)
    assert (said["verdict"], said["case"], said["known_to"]) == ("clear", "then_and_now", revoked)
    assert said["message"]["zh"].startswith("2025-05-01 起不再如此")


def test_a_certificate_that_the_centre_revoked_on_the_day_of_its_issue_never_stood_beside_another():
    story = Story()
    story.tell(issued())
    second = story.tell(issued(number=SECOND, issued_on=LATER))
    story.tell(CertificateRevoked(certificate_no=SECOND, reason="重复"), LATER)
    assert state_of(read(story.entries), second).outcome.verdict is Verdict.CLEAR


REPORTED_AGAIN = issued(issued_on=issued().issued_on - timedelta(days=1))
REVOKED = CertificateRevoked(certificate_no=FIRST, reason="作废")


@pytest.mark.parametrize("by", [BUREAU, REPORTER])
def test_a_second_report_of_a_certificate_that_was_revoked_is_judged_as_one_before_it(by):
    found = []
    for order in ((issued(), REPORTED_AGAIN, REVOKED), (issued(), REVOKED, REPORTED_AGAIN)):
        story = Story()
        story.listed(item(ELECTRICIAN, "5", "4"))
        story.tell(session())
        for each in order:
            story.tell(each, LATER if each is REVOKED else None, by=by)
        judged = read(story.entries)
        papers = {
            (
                c.issued_on,
                c.ended,
                c.state,
                (judged.duplicates.outcome(c.position) or CLEAR).verdict,
            )
            for c in judged.files[USCC].file.certificates
        }
        assert len(papers) == 2
        found.append(papers)
    assert found[0] == found[1]
    assert {ended for _, ended, *_ in found[0]} == {LATER}


def test_a_record_given_between_two_ends_of_its_paper_ends_the_same_whenever_it_comes_in():
    """The enterprise had named a later day, an authority ended the paper before it (0242)."""
    given_between = LATER + timedelta(days=10)
    again = issued(issued_on=given_between)
    found = set()
    for place in (1, 2, 3):
        story = Story()
        story.tell(session())
        steps = [
            (issued(), issued().issued_on, BUREAU),
            (REVOKED, LATER + timedelta(days=30), REPORTER),
            (REVOKED, LATER, BUREAU),
        ]
        steps.insert(place, (again, given_between, BUREAU))
        for each, day, by in steps:
            story.tell(each, day, by=by)
        certificates = read(story.entries).files[USCC].file.certificates
        found.add(tuple(sorted((c.issued_on, c.ended) for c in certificates)))
    assert found == {
        ((issued().issued_on, LATER), (given_between, LATER + timedelta(days=30))),
    }


def test_a_corrected_day_of_issue_says_whether_a_second_report_had_ended():
    story = Story()
    story.tell(issued())
    story.tell(REVOKED, LATER)
    again = story.tell(REPORTED_AGAIN)
    story.correct(again, issued_on=str(LATER + timedelta(days=1)))
    judged = read(story.entries)
    assert [c.ended for c in judged.files[USCC].file.certificates] == [LATER, None]
    assert state_of(judged, again).outcome.verdict is Verdict.BREACH
    story.correct(again, issued_on=str(LATER))
    judged = read(story.entries)
    assert [c.ended for c in judged.files[USCC].file.certificates] == [LATER, LATER]


def test_revoking_the_first_in_time_clears_the_second_and_a_corrected_day_flags_it_again():
    story = Story()
    story.tell(issued())
    second = story.tell(issued(number=SECOND, issued_on=LATER))
    ended = story.tell(CertificateRevoked(certificate_no=FIRST, reason="x"), LATER)
    later = story.correct(ended, valid_from="2025-06-01")
    assert changes(story.entries, second) == [
        (second, Verdict.BREACH),
        (ended, Verdict.CLEAR),
        (later, Verdict.BREACH),
    ]


@pytest.mark.parametrize("by", [None, "r"])
def test_a_reissue_makes_no_one_paper_of_two_whoever_records_it(by):
    """The number that it gives stands on another paper: that is C2 of its own, and clears nothing."""
    story = Story()
    story.tell(issued())
    second = story.tell(issued(number=SECOND, issued_on=LATER))
    reissue = CertificateReissued(certificate_no=FIRST, new_certificate_no=SECOND, reason="x")
    actor = {} if by is None else {"by": REPORTER}
    made = story.tell(reissue, date(2026, 1, 1), **actor)
    judged = read(story.entries)
    assert changes(story.entries, second) == [(second, Verdict.BREACH)]
    assert state_of(judged, made).outcome.because == (made, second)
    assert state_of(judged, made).outcome.reason == "number-taken"


def test_a_certificate_recorded_under_the_number_of_a_reissue_is_flagged_in_both_orders():
    reissue = CertificateReissued(certificate_no=FIRST, new_certificate_no=SECOND, reason="x")
    reported = issued(number=SECOND, issued_on=date(2026, 1, 2))
    for order in ((reissue, reported), (reported, reissue)):
        story = Story()
        story.tell(issued())
        for event_ in order:
            day = date(2026, 1, 1) if event_ is reissue else reported.issued_on
            story.tell(event_, day, by=REPORTER)
        judged = read(story.entries)
        flagged = next(e.position for e in story.entries if e.event is reported)
        assert state_of(judged, flagged).outcome.reason == "number-taken"


@pytest.mark.parametrize("by", [None, "r"])
def test_a_reissue_takes_no_flag_to_another_key(by):
    story = Story()
    story.tell(issued())
    second = story.tell(issued(number=SECOND, issued_on=LATER))
    reissue = CertificateReissued(certificate_no=SECOND, new_certificate_no=NEW, reason="换号")
    made = story.tell(reissue, date(2026, 1, 1), **({} if by is None else {"by": REPORTER}))
    judged = read(story.entries)
    assert changes(story.entries, second) == [(second, Verdict.BREACH)]
    assert judged.flag(made) is None


def test_what_its_enterprise_revokes_on_the_day_of_issue_held_on_that_day():
    """Else whoever is flagged on the day of issue would revoke the flag away."""
    story = Story()
    story.tell(issued())
    second = story.tell(issued(number=SECOND, issued_on=LATER))
    story.tell(CertificateRevoked(certificate_no=FIRST, reason="重复"), LATER, by=REPORTER)
    assert changes(story.entries, second) == [(second, Verdict.BREACH)]


NEW = "Y000011123456254000009"


@pytest.mark.parametrize(
    "end",
    [
        CertificateRevoked(certificate_no=SECOND, reason="重复"),
        CertificateRevoked(certificate_no=FIRST, reason="重复"),
        CertificateReissued(certificate_no=FIRST, new_certificate_no=SECOND, reason="换号"),
    ],
)
def test_an_enterprise_frees_no_certificate_of_its_duplicate(end):
    """Nobody acquits themselves: by the centre each of these clears it (§1)."""
    story = Story()
    story.tell(issued())
    second = story.tell(issued(number=SECOND, issued_on=LATER))
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
    story.tell(CertificateRevoked(certificate_no=FIRST, reason="x"), date(2025, 4, 1), by=REPORTER)
    second = story.tell(issued(number=SECOND, issued_on=LATER))
    assert read(story.entries).flag(second) is None


@pytest.mark.parametrize("other", [{"level": "5"}, {"occupation": COOK}])
def test_one_holder_certified_for_different_things_is_no_duplicate(other):
    story = Story()
    story.tell(issued())
    second = story.tell(issued(**{"number": SECOND, **other}))
    assert read(story.entries).flag(second) is None


def test_a_trade_on_the_certificate_alone_makes_no_other_grade():
    """Anybody can write a 工种 on a second certificate; what session or scope names is another one."""
    trade = replace(ELECTRICIAN, trade="电工甲")

    def second(
        *, first: Occupation = ELECTRICIAN, held: Occupation = ELECTRICIAN, scope: Occupation = COOK
    ) -> FlagState | None:
        story = Story().listed(item(ELECTRICIAN, "4"), item(scope, "4"))
        story.tell(session())
        story.tell(session(held, assessment_id="a-2"))
        story.tell(issued(first))
        paper = issued(trade, number=SECOND, assessment_id="a-2", issued_on=LATER)
        position = story.tell(paper)
        found = read(story.entries).flag(position)
        return None if found is None else found[0]

    for first in (ELECTRICIAN, replace(ELECTRICIAN, trade="电工乙")):
        state = second(first=first)
        assert state is not None
        assert state.outcome.verdict is Verdict.UNDECIDED
        assert "电工甲" in state.outcome.zh
    same = second(first=trade)
    assert same is not None
    assert same.outcome.verdict is Verdict.BREACH
    assert second(held=trade) is None
    assert second(scope=trade) is None


def test_a_trade_that_the_session_is_corrected_to_name_is_another_grade():
    story = Story().listed(item(ELECTRICIAN, "4"))
    story.tell(session())
    held = story.tell(session(assessment_id="a-2"))
    story.tell(issued())
    paper = issued(
        replace(ELECTRICIAN, trade="电工甲"), number=SECOND, assessment_id="a-2", issued_on=LATER
    )
    second = story.tell(paper)
    story.correct(held, **{"occupation.trade": "电工甲"})
    assert state_of(read(story.entries), second).outcome.verdict is Verdict.CLEAR


def test_who_reports_late_and_claims_the_earlier_day_is_named_as_such():
    """C2 stands on the certificate issued later, so whoever reports late chooses on whom (§6)."""
    note = "入账在本证书之后"

    def said(*told_: tuple[str, date]) -> dict[int, str]:
        story = Story()
        for n, (uscc, day) in enumerate(told_):
            story.tell(issued(holder=holder(f"h-{n}"), issued_on=day), day, uscc=uscc)
        judged = read(story.entries)
        return {
            int(key.split("-")[1]): shown_row(rows(of, key)[0].doc)["message"]["zh"]
            for of in judged.files.values()
            for key in of.flags
            if key.startswith("C2-")
        }

    early = issued().issued_on
    late = said((USCC, LATER), (OTHER, early))
    assert list(late) == [1]
    assert note in late[1]
    assert "位置 2" in late[1]
    assert note not in said((OTHER, early), (USCC, LATER))[2]
    assert note not in said((USCC, LATER), (USCC, early))[1]
    assert all(note not in each for each in said((USCC, early), (OTHER, early)).values())


def test_a_certificate_after_the_first_was_revoked_is_no_duplicate():
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
    again = story.tell(issued(holder=holder("h-2")))
    story.correct(again, level="5")
    assert read(story.entries).touched[f"C2-{again}"][-1] == again + 1


def test_a_corrected_review_is_the_review():
    story = Story()
    story.tell(issued())
    second = story.tell(issued(number=SECOND))
    reviewed = story.review(f"C2-{second}", ReviewDecision.UPHELD)
    corrected = story.correct(reviewed, decision="dismissed")
    judged = read(story.entries)
    assert judged.touched[f"C2-{second}"] == [second, reviewed, corrected]
    found = judged.flag(second)
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
    assert shown(found[1], Verdict.BREACH, found[0].name, {}).review == found[1].reviews[-1]
    assert found[1].reviews[-1].decision is ReviewDecision.UPHELD


def test_thousands_of_certificates_under_one_number_are_judged_one_by_one():
    """One reading of every entry: were each judged against each, this would take an hour."""
    story = Story()
    base = story.tell(issued())
    entry = story.entries[base - 1]
    duplicates = Duplicates(apply)
    for position in range(1, 30_001):
        event_ = issued(holder=holder(f"h-{position:05d}"))
        found = duplicates.read(entry._replace(position=position, event=event_))
        assert (
            sorted(judged.event.certificate for judged in found)
            == ([], [1, 2], [position])[min(position, 3) - 1]
        )


@pytest.mark.parametrize("step", [1, -1])
def test_thousands_in_order_of_day_and_against_it_change_no_more_than_their_neighbours(step):
    story = Story()
    entry = story.entries[story.tell(issued()) - 1]
    for kept in ("holder", "number"):
        duplicates, changed = Duplicates(apply), 0
        for n in range(1, 5_001):
            own = {"holder": holder(f"h-{n}")} if kept == "number" else {"number": f"旧-{n}"}
            event_ = issued(issued_on=date(2020, 1, 1) + timedelta(days=step * n), **own)
            changed += len(duplicates.read(entry._replace(position=n, event=event_)))
        assert changed < 10_000


@given(chronicles())
def test_what_is_said_at_the_end_is_what_the_certificates_say_as_corrected(steps):
    """Held against the rule as it is written, one certificate against all others."""
    story = Story()
    for step, entry in told(steps):
        if not isinstance(entry.event, ABOUT_NOBODY):
            by = {"by": REPORTER} if step.a % 2 else {}
            story.tell(entry.event, day_of(step), uscc=entry.uscc, **by)
    judged = read(story.entries)
    papers = _papers(resolved(story.entries, apply))
    for own in papers:
        found = judged.flag(own.position)
        breach, undecided = _against(own, papers)
        wanted = Verdict.BREACH if breach else Verdict.UNDECIDED if undecided else Verdict.CLEAR
        event(wanted.value)
        verdict = Verdict.CLEAR if found is None else found[0].outcome.verdict
        assert verdict is wanted
        if found is not None and wanted is not Verdict.CLEAR:
            assert found[0].outcome.because[0] == own.position
            assert set(found[0].outcome.because[1:]) & (breach or undecided)


@dataclass(eq=False)
class _Paper:
    """A certificate as issued, or as a reissue made it of the one `before` it."""

    position: int
    number: str
    subject: str | None
    issued: CertificateIssued
    day: date
    before: "_Paper | None" = None
    after: "_Paper | None" = None
    ended: date | None = None
    ended_at: int = 0
    freed: bool = False
    """Whether an authority ended it."""
    ends: list[tuple[date, int, bool]] = field(default_factory=list[tuple[date, int, bool]])
    """Every end that reached it, the later ones too that an authority was before."""

    @property
    def root(self) -> "_Paper":
        return self if self.before is None else self.before.root

    @property
    def last(self) -> "_Paper":
        return self if self.after is None else self.after.last

    @property
    def grade(self) -> Any:
        occupation = self.issued.occupation
        return self.issued.holder.subject_id, occupation.name, self.issued.level


def _papers(entries: Sequence[Recorded[Any]]) -> list[_Paper]:
    papers: list[_Paper] = []
    for entry in entries:
        told_, who = entry.event, entry.subject
        if isinstance(told_, CertificateIssued):
            number, day = told_.certificate_no, told_.issued_on
            paper = _Paper(entry.position, number, who, told_, day)
            _end_late(paper, papers)
            papers.append(paper)
        if not isinstance(told_, CertificateReissued | CertificateRevoked):
            continue
        named = [p for p in papers if (p.number, p.subject) == (told_.certificate_no, who)]
        holding = [p for p in named if _may_end(p, entry)]
        reissue = isinstance(told_, CertificateReissued)
        if reissue and holding:
            holding = [p for p in holding if p.grade[0] == holding[-1].grade[0]]
        by_then = {p.grade[0] for p in holding if p.day <= entry.valid_from}
        holding = [p for p in holding if p.day <= entry.valid_from or p.grade[0] not in by_then]
        for paper in holding:
            paper.ended, paper.ended_at = entry.valid_from, entry.position
            paper.freed = entry.actor.role is not Role.ENTERPRISE_REPORTER
            paper.ends.append((paper.ended, paper.ended_at, paper.freed))
        if reissue and holding:
            new, old = told_.new_certificate_no, holding[-1]
            made = _Paper(entry.position, new, who, old.issued, entry.valid_from, old)
            old.after = made
            papers.append(made)
    return papers


def _end_late(late: _Paper, papers: Sequence[_Paper]) -> None:
    """What is reported again behind its end, as given by that day, ended with it."""
    same = [
        end
        for p in papers
        if (p.number, p.subject, p.grade[0]) == (late.number, late.subject, late.grade[0])
        for end in p.ends
        if late.day <= end[0]
    ]
    if same:
        late.ended, late.ended_at, late.freed = min(same)
        late.ends.append(min(same))


def _may_end(paper: _Paper, entry: Recorded[Any]) -> bool:
    """What its enterprise means to end later, an authority ends before."""
    if paper.ended is None:
        return True
    by_authority = entry.actor.role is not Role.ENTERPRISE_REPORTER
    return by_authority and not paper.freed and entry.valid_from < paper.ended


def _against(own: _Paper, papers: Sequence[_Paper]) -> tuple[set[int], set[int]]:
    """The certificates that C2 is a breach against, and those against which it is undecided."""
    breach, undecided = set(), set()
    for other in papers:
        if other.number == own.number and other.root is not own.root and not _gone(own, own):
            earlier, same_day = other.day < own.day, other.day == own.day
            acquits = other.freed and (not own.freed or _gone(other, own))
            if earlier or (same_day and not acquits):
                breach.add(other.position)
        if own.before or other.before or other is own or other.grade != own.grade:
            continue
        if not _gone(own.last, own) and _stands_against(own, other):
            same = _kind(own.issued.occupation) == _kind(other.issued.occupation)
            (breach if same else undecided).add(other.position)
    return breach, undecided


def _kind(occupation: Occupation) -> tuple[str, str | None]:
    """Where it differs nothing says whether it is the same: no session here names a 工种."""
    return occupation.edition, occupation.trade


def _gone(last: _Paper, own: _Paper) -> bool:
    """Whether an authority had made an end of it by the day of the own one."""
    return last.freed and last.ended is not None and last.ended <= own.day


def _stands_against(own: _Paper, other: _Paper) -> bool:
    last = other.last
    if other.day > own.day:
        return False
    if last.freed:
        return not _gone(last, own) and (other.day < own.day or own.last.freed)
    return last.ended is None or last.ended >= own.day


PAPERS = st.lists(st.tuples(*[st.integers(0, 1)] * 5, st.integers(0, 2)), min_size=2, max_size=8)


def _paper(choices: tuple[int, ...]) -> tuple[str, CertificateIssued]:
    firm, number, who, level, edition, day = choices
    occupation = replace(issued().occupation, edition=("2022", "2015")[edition])
    numbered = issued(
        occupation, ("4", "5")[level], (FIRST, SECOND)[number], holder=holder(f"h-{who}")
    )
    return (USCC, OTHER)[firm], replace(numbered, issued_on=date(2025, 3, 20 + day))


def _said_in_order(papers: Sequence[tuple[str, CertificateIssued]]) -> Counter[Any]:
    story = Story()
    for uscc, paper in papers:
        story.tell(paper, paper.issued_on, uscc=uscc)
    duplicates = read(story.entries).duplicates
    outcomes = [(repr(e.event), duplicates.outcome(e.position)) for e in story.entries]
    return Counter((told_, said and said._replace(because=())) for told_, said in outcomes)


@given(PAPERS, st.randoms(use_true_random=False))
def test_in_whatever_order_certificates_arrive_the_same_is_said_of_each(choices, chance):
    papers = [_paper(each) for each in choices]
    once = _said_in_order(papers)
    chance.shuffle(papers)
    assert {k: v for k, v in _said_in_order(papers).items() if _flagged(k)} == {
        k: v for k, v in once.items() if _flagged(k)
    }


def _flagged(said: tuple[str, Any]) -> bool:
    return said[1] is not None and said[1].verdict is not Verdict.CLEAR


def test_a_reissue_to_a_number_that_is_taken_is_flagged_on_the_new_certificate():
    story = Story()
    story.tell(issued())
    third = "Y000011123456254000003"
    taken = story.tell(issued(number=third, holder=holder("h-2")))
    made = story.tell(
        CertificateReissued(certificate_no=FIRST, new_certificate_no=third, reason="遗失"),
        date(2025, 5, 1),
    )
    judged = read(story.entries)
    state = state_of(judged, made)
    assert (state.outcome.because, state.day) == ((made, taken), date(2025, 5, 1))
    assert judged.flag(taken) is None


def test_what_replaced_a_certificate_stands_in_its_place():
    story = Story()
    story.tell(issued())
    made = story.tell(
        CertificateReissued(certificate_no=FIRST, new_certificate_no=SECOND, reason="遗失"),
        date(2025, 5, 1),
    )
    later = story.tell(issued(number="Y000011123456254000004"))
    judged = read(story.entries)
    assert judged.flag(made) is None
    assert state_of(judged, later).outcome.because == (later, 1)


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
