"""A flag shows on the days on which what it says was so: not before its bad day, nor behind its end."""

from dataclasses import replace
from datetime import date

import pytest

from api.words.case_words import case_in_a_sentence, case_in_short
from domain.assessment import Candidates
from domain.certificate.certificate import CertificateRevoked
from domain.standing.standing import ListingSuspended, ScopeChanged
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Case, Role, Verdict
from projections.views.flag_rows import rows
from projections.views.row import item as shown
from tests.story import BUREAU, ELECTRICIAN, USCC, Story, issued, item, session

REPORTER = Actor(account="r", role=Role.ENTERPRISE_REPORTER, organisation=USCC)
NUMBERS = [f"Y00001112345625400000{n}" for n in (1, 2, 3)]


def verdict_on(story: Story, key: str, day: date) -> tuple[str, str] | None:
    """Return verdict and case of a flag on a day; None where it does not show."""
    for row in rows(story.fold, key):
        if row.valid_from <= day and (row.valid_to is None or day < row.valid_to):
            said = shown(row.doc)
            return said["verdict"], said["case"]
    return None


CROWDED = ("breach", "now_not_then")
"""C3 stands on the session, and when that came in there was no certificate (0272)."""
OVER = ("clear", "now_not_then")


def crowded() -> tuple[Story, str]:
    """A session of one candidate for whom two certificates were issued, on 20 and 25 March."""
    story = Story().listed(item(ELECTRICIAN, "4"))
    held = story.tell(session(candidates=Candidates(employee=1)))
    for number, day in zip(NUMBERS, (20, 25), strict=False):
        story.tell(issued(number=number, issued_on=date(2025, 3, day)))
    return story, f"C3-{held}"


def test_too_many_certificates_are_so_from_the_day_of_issue_of_the_one_too_many():
    story, key = crowded()
    assert verdict_on(story, key, date(2025, 3, 24)) is None
    assert verdict_on(story, key, date(2025, 3, 25)) == CROWDED


def test_of_each_day_c3_says_how_many_certificates_there_had_been_by_then():
    story, key = crowded()
    papers = [record.position for record in story.fold.file.certificates]
    papers.append(story.tell(issued(number=NUMBERS[2], issued_on=date(2025, 3, 28))))
    said = {}
    for row in rows(story.fold, key):
        item_shown = shown(row.doc)
        said[row.valid_from] = (item_shown["message"]["zh"], item_shown["because"][1:])
    assert said == {
        date(2025, 3, 25): ("考生 1 人，发证 2 本", papers[:2]),
        date(2025, 3, 28): ("考生 1 人，发证 3 本", papers),
    }


def test_a_review_belongs_to_what_was_so_on_its_day():
    """Of a day on which one was too many, two more issued later change nothing."""
    story, key = crowded()
    story.tell(issued(number=NUMBERS[2], issued_on=date(2025, 3, 28)))
    early, late = (story.fold.outcome(key, date(2025, 3, day)) for day in (26, 28))
    assert early is not None
    assert late is not None
    assert (early.values, late.values) == (("1", "2"), ("1", "3"))


@pytest.mark.parametrize("number", NUMBERS[:2])
def test_what_the_centre_revokes_later_stood_until_then(number: str):
    story, key = crowded()
    story.tell(CertificateRevoked(certificate_no=number, reason="多发"), date(2025, 5, 1))
    days = (date(2025, 3, 24), date(2025, 3, 25), date(2025, 4, 30), date(2025, 5, 1))
    assert [verdict_on(story, key, day) for day in days] == [None, CROWDED, CROWDED, OVER]
    outcome = story.fold.outcome(key, date(2025, 5, 1))
    assert outcome is not None
    assert outcome.zh.startswith("2025-05-01 起不再如此")


def test_what_the_enterprise_revokes_itself_ends_nothing():
    story, key = crowded()
    story.tell(
        CertificateRevoked(certificate_no=NUMBERS[0], reason="多发"), date(2025, 5, 1), by=REPORTER
    )
    assert verdict_on(story, key, date(2025, 6, 1)) == CROWDED


def test_as_many_as_were_too_many_have_to_be_revoked_by_the_centre():
    story, key = crowded()
    story.tell(issued(number=NUMBERS[2], issued_on=date(2025, 3, 26)))
    for number, day in zip(NUMBERS, (date(2025, 5, 1), date(2025, 6, 1)), strict=False):
        story.tell(CertificateRevoked(certificate_no=number, reason="多发"), day)
    assert verdict_on(story, key, date(2025, 5, 31)) == CROWDED
    assert verdict_on(story, key, date(2025, 6, 1)) == OVER


def test_a_certificate_that_takes_the_place_of_one_that_the_centre_revoked_is_none_too_many():
    story = Story().listed(item(ELECTRICIAN, "4"))
    story.tell(session(candidates=Candidates(employee=1)))
    story.tell(issued(number=NUMBERS[0], issued_on=date(2025, 3, 20)))
    story.tell(CertificateRevoked(certificate_no=NUMBERS[0], reason="错"), date(2025, 3, 25))
    story.tell(issued(number=NUMBERS[1], issued_on=date(2025, 3, 25)))
    assert "C3" not in story.found()


def three_days() -> tuple[Story, int]:
    story = Story().listed(item(ELECTRICIAN, "4"))
    return story, story.tell(session(day=date(2025, 3, 10), held_to=date(2025, 3, 14)))


def test_a_session_of_several_days_is_off_the_roster_from_its_bad_day_on():
    story, held = three_days()
    story.tell(ListingSuspended(uscc=USCC, basis="督导"), date(2025, 3, 12), by=BUREAU)
    days = (date(2025, 3, 10), date(2025, 3, 11), date(2025, 3, 12))
    assert [verdict_on(story, f"S7-{held}", day) for day in days] == [
        None,
        None,
        ("breach", "now_not_then"),
    ]


@pytest.mark.parametrize(("others", "code"), [((), "S1"), (("3",), "S2")])
def test_a_session_of_several_days_is_out_of_scope_from_its_bad_day_on(
    others: tuple[str, ...], code: str
):
    story, held = three_days()
    added = (item(ELECTRICIAN, *others),) if others else ()
    changed = ScopeChanged(uscc=USCC, added=added, removed=(item(ELECTRICIAN, "4"),), basis="缩项")
    story.tell(changed, date(2025, 3, 12), by=BUREAU)
    days = (date(2025, 3, 11), date(2025, 3, 12))
    assert [verdict_on(story, f"{code}-{held}", day) for day in days] == [
        None,
        ("breach", "now_not_then"),
    ]


def test_a_session_out_of_scope_before_it_was_off_the_roster_is_both_each_from_its_day():
    """What S7 says of the second day is no word about the first: another fault, and another flag (§6)."""
    story, held = three_days()
    removed = ScopeChanged(uscc=USCC, added=(), removed=(item(ELECTRICIAN, "4"),), basis="缩项")
    story.tell(removed, date(2025, 3, 1), by=BUREAU)
    story.tell(ListingSuspended(uscc=USCC, basis="督导"), date(2025, 3, 12), by=BUREAU)
    assert story.found() == ["S1", "S7"]
    days = (date(2025, 3, 10), date(2025, 3, 12))
    shows = [
        [verdict_on(story, f"{code}-{held}", day) is not None for code in ("S1", "S7")]
        for day in days
    ]
    assert shows == [[True, False], [True, True]]


def test_a_session_of_the_roster_begun_without_a_plan_is_s8_though_it_was_off_the_roster_later():
    story = Story().listed(item(ELECTRICIAN, "4"), plans=(2024,))
    story.tell(session(day=date(2025, 3, 10), held_to=date(2025, 3, 14)))
    story.tell(ListingSuspended(uscc=USCC, basis="督导"), date(2025, 3, 12), by=BUREAU)
    assert story.found() == ["S7", "S8"]


def test_a_session_off_the_roster_from_its_first_day_on_is_s7_alone():
    story = Story().listed(item(ELECTRICIAN, "3"), plans=())
    story.tell(ListingSuspended(uscc=USCC, basis="督导"), date(2025, 3, 1), by=BUREAU)
    story.tell(session(day=date(2025, 3, 10), held_to=date(2025, 3, 14)))
    assert story.found() == ["S7"]


def test_a_session_is_undecided_on_the_days_before_the_one_on_which_it_is_a_breach():
    """The scope named a 工种 that the record does not; on the third day it lost the occupation."""
    limited = item(replace(ELECTRICIAN, trade="维修电工"), "4")
    story = Story().listed(limited)
    held = story.tell(session(day=date(2025, 3, 10), held_to=date(2025, 3, 14)))
    changed = ScopeChanged(uscc=USCC, added=(), removed=(limited,), basis="缩项")
    story.tell(changed, date(2025, 3, 12), by=BUREAU)
    days = (date(2025, 3, 10), date(2025, 3, 11), date(2025, 3, 12))
    assert [verdict_on(story, f"S1-{held}", day) for day in days] == [
        ("undecided", "then_and_now"),
        ("undecided", "then_and_now"),
        ("breach", "now_not_then"),
    ]


def test_then_is_asked_of_each_day_by_itself():
    """Off the roster from the third day on, as known at the entry; from the second, as known now."""
    story = Story().listed(item(ELECTRICIAN, "4"))
    suspended = story.tell(ListingSuspended(uscc=USCC, basis="督导"), date(2025, 3, 12), by=BUREAU)
    held = story.tell(session(day=date(2025, 3, 10), held_to=date(2025, 3, 14)))
    story.correct(suspended, valid_from="2025-03-11")
    days = (date(2025, 3, 10), date(2025, 3, 11), date(2025, 3, 12))
    assert [verdict_on(story, f"S7-{held}", day) for day in days] == [
        None,
        ("breach", "now_not_then"),
        ("breach", "then_and_now"),
    ]


def test_what_is_over_is_said_to_be_over_and_not_cleared():
    story, key = crowded()
    story.tell(CertificateRevoked(certificate_no=NUMBERS[0], reason="多发"), date(2025, 5, 1))
    (_, over) = rows(story.fold, key)
    assert case_in_short(shown(over.doc)).zh == "当时看不出，按所看依据确有其事，已结束"
    assert "已因撤销而结束" in case_in_a_sentence(shown(over.doc)).zh


def test_what_was_raised_and_cleared_in_between_is_overturned_and_its_sentence_names_no_review() -> (
    None
):
    story = Story().listed(item(ELECTRICIAN, "4"))
    session_at = story.tell(session())
    lost = ScopeChanged(uscc=USCC, added=(), removed=(item(ELECTRICIAN, "4"),), basis="缩项")
    story.tell(lost, date(2025, 3, 1), by=BUREAU)
    key = f"S1-{session_at}"
    assert verdict_on(story, key, date(2025, 3, 10)) == ("breach", "now_not_then")
    given = ScopeChanged(uscc=USCC, added=(item(ELECTRICIAN, "4"),), removed=(), basis="恢复")
    story.tell(given, date(2025, 3, 2), by=BUREAU)
    assert verdict_on(story, key, date(2025, 3, 10)) == ("clear", "overturned")
    flag = shown(rows(story.fold, key)[0].doc)
    assert "其间入账的事实曾使它成为疑点" in case_in_a_sentence(flag).zh
    assert "learnt in between" in case_in_a_sentence(flag).en
    dismissed = {**flag, "then": "breach", "verdict": "breach", "review": "dismissed"}
    assert "督导员复核后改变了结论" in case_in_a_sentence(dismissed).zh


def test_a_sentence_on_a_flag_speaks_of_the_basis_looked_at_and_never_of_today() -> None:
    sides = [
        {
            "code": code,
            "case": case.label,
            "then": then.value,
            "verdict": verdict.value,
            "review": review,
            "review_stale": False,
        }
        for code in ("S7", "Q2", "R1")
        for case in Case
        for then in Verdict
        for verdict in Verdict
        for review in (None, "dismissed")
    ]
    for sentence in map(case_in_a_sentence, sides):
        assert "今天" not in sentence.zh
        assert "known now" not in sentence.en
