"""Q2 and P1: what time brings about is known then as it was known on the day, and never further (§2)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from domain import plan
from domain.finding.finding import FindingClosed, FindingRaised, FindingWithdrawn
from domain.finding.rectification import (
    RectificationOrdered,
    RectificationReported,
    ReinspectionRecorded,
)
from domain.standing.standing import ListingReinstated, ListingSuspended
from domain.terms.vocabulary import Severity
from projections.views.flag_rows import rows
from projections.views.row import item as shown
from tests.story import ELECTRICIAN, LATER, USCC, Story, item

ORDERED, DUE = date(2025, 3, 5), date(2025, 4, 4)
LATE = DUE + timedelta(days=1)
REPORTED = date(2025, 4, 20)
SUMMARY = plan.AnnualSummary(sessions=0, candidates=0, certificates=0)


class Said(NamedTuple):
    """What is shown of a flag on a day."""

    verdict: str
    then: str
    case: str
    zh: str


def said_on(story: Story, key: str, day: date) -> Said | None:
    for row in rows(story.fold, key):
        if row.valid_from <= day and (row.valid_to is None or day < row.valid_to):
            said = shown(row.doc)
            return Said(said["verdict"], said["then"], said["case"], said["message"]["zh"])
    return None


def because_on(story: Story, key: str, day: date) -> list[int]:
    (row,) = [
        row
        for row in rows(story.fold, key)
        if row.valid_from <= day and (row.valid_to is None or day < row.valid_to)
    ]
    because: list[int] = shown(row.doc)["because"]
    return because


def ordered(on: date = ORDERED) -> tuple[Story, str]:
    story = Story().listed(item(ELECTRICIAN, "4")).on(on)
    raised = FindingRaised(
        finding_id="f-1",
        uscc=USCC,
        kind="记录",
        severity=Severity.MINOR,
        rule="四",
        statement="缺",
        assessments=(),
        certificates=(),
        flags=(),
    )
    story.tell(raised, ORDERED)
    at = story.tell(RectificationOrdered(finding_id="f-1", requirement="补齐", due_on=DUE), ORDERED)
    return story, f"Q2-{at}"


def report(story: Story, day: date, recorded: date) -> int:
    body = RectificationReported(finding_id="f-1", statement="已补", evidence=())
    return story.on(recorded).tell(body, day)


def case(said: Said | None) -> tuple[str, str] | None:
    return None if said is None else (said.verdict, said.case)


def test_an_order_that_was_answered_in_time_was_never_overdue():
    story, key = ordered()
    report(story, DUE, DUE)
    assert rows(story.fold, key) == ()
    assert story.fold.outcome(key, REPORTED) is None


def test_history_that_comes_in_on_one_day_was_never_overdue_if_it_was_answered_in_time():
    """Order and report stand in one file: nobody ever saw the one without the other."""
    story, key = ordered(date(2026, 11, 1))
    report(story, DUE, date(2026, 11, 1))
    assert rows(story.fold, key) == ()


def test_a_report_in_time_that_is_recorded_later_clears_what_was_seen_meanwhile():
    story, key = ordered()
    at = report(story, DUE, REPORTED)
    for day in (LATE, REPORTED, REPORTED + timedelta(days=30)):
        said = said_on(story, key, day)
        assert case(said) == ("clear", "then_not_now")
        assert said is not None
        assert said.then == "breach"
        assert f"位置 {at}" in said.zh
    assert said_on(story, key, DUE) is None


def test_a_late_report_ends_what_was_late_then_and_is_late_now():
    story, key = ordered()
    at = report(story, REPORTED, REPORTED)
    assert case(said_on(story, key, LATE)) == ("breach", "then_and_now")
    over = said_on(story, key, REPORTED)
    assert case(over) == ("clear", "then_and_now")
    assert over is not None
    assert "已澄清" not in over.zh
    assert f"自 {LATE} 至 {REPORTED - timedelta(days=1)} 逾期" in over.zh
    assert f"位置 {at}" in over.zh


def test_a_report_of_the_first_day_after_the_deadline_was_late_and_is_held_against_no_day():
    """The report holds on all of its day; that it came after the deadline stays in the history (0266)."""
    story, key = ordered()
    at = report(story, LATE, LATE)
    assert said_on(story, key, DUE) is None
    over = said_on(story, key, LATE)
    assert case(over) == ("clear", "then_and_now")
    assert over is not None
    assert f"自 {LATE} 起逾期，当天报告整改（位置 {at} 的记录）" in over.zh
    assert case(said_on(story, key, REPORTED)) == ("clear", "then_and_now")


def test_what_was_seen_overdue_until_its_report_of_the_first_day_came_in_is_over_by_now():
    story, key = ordered()
    report(story, LATE, REPORTED)
    assert case(said_on(story, key, LATE)) == ("clear", "then_not_now")
    assert case(said_on(story, key, REPORTED)) == ("clear", "then_and_now")


def test_a_report_of_the_first_day_that_was_received_in_time_after_all_was_never_late():
    story, key = ordered()
    at = report(story, LATE, LATE)
    story.on(REPORTED).correct(at, valid_from=str(DUE))
    assert case(said_on(story, key, LATE)) == ("clear", "then_not_now")


def test_a_late_report_that_is_recorded_later_still_clears_the_days_between():
    story, key = ordered()
    recorded = REPORTED + timedelta(days=10)
    report(story, REPORTED, recorded)
    assert case(said_on(story, key, REPORTED)) == ("clear", "then_not_now")
    assert case(said_on(story, key, recorded)) == ("clear", "then_and_now")


def test_an_order_without_an_answer_is_overdue_then_and_now():
    story, key = ordered()
    assert said_on(story, key, DUE) is None
    assert case(said_on(story, key, LATE)) == ("breach", "then_and_now")


def test_a_withdrawn_finding_clears_every_day_of_what_was_seen_before():
    story, key = ordered()
    story.on(REPORTED).tell(FindingWithdrawn(finding_id="f-1", reason="误"), REPORTED)
    assert case(said_on(story, key, LATE)) == ("clear", "then_not_now")


def test_a_failed_reinspection_that_is_recorded_later_makes_days_late_that_nobody_saw():
    story, key = ordered()
    report(story, DUE, DUE)
    failed = ReinspectionRecorded(finding_id="f-1", passed=False, note="未补齐")
    story.on(REPORTED + timedelta(days=10)).tell(failed, REPORTED)
    assert case(said_on(story, key, REPORTED)) == ("breach", "now_not_then")
    assert case(said_on(story, key, REPORTED + timedelta(days=10))) == ("breach", "then_and_now")


def test_a_flag_of_time_is_known_from_the_entry_that_taught_it_whatever_is_learnt_after_that():
    story, key = ordered()
    report(story, DUE, DUE)
    failed = ReinspectionRecorded(finding_id="f-1", passed=False, note="未补齐")
    taught = story.on(REPORTED + timedelta(days=10)).tell(failed, REPORTED)
    closed = REPORTED + timedelta(days=40)
    story.on(closed).tell(FindingClosed(finding_id="f-1", outcome="已办结"), closed)
    assert [shown(row.doc)["known_from"] for row in rows(story.fold, key)][:1] == [taught]


def test_what_cleared_a_flag_of_time_is_named_whatever_is_learnt_after_that():
    """The plan came in time, which was recorded later; that the enterprise was suspended came last."""
    story, key = owing(date(2024, 7, 1))
    at = filed(story, date(2026, 1, 31), date(2026, 2, 10))
    story.on(date(2026, 3, 1)).tell(ListingSuspended(uscc=USCC, basis="督导"), date(2026, 3, 1))
    (row,) = rows(story.fold, key)
    assert shown(row.doc)["known_to"] == at


def owing(on: date) -> tuple[Story, str]:
    story = Story(LATER).on(on).listed(item(ELECTRICIAN, "4"), plans=(2025,))
    return story, "P1-4-2026"


def filed(story: Story, day: date, recorded: date) -> int:
    body = plan.AnnualPlanFiled(uscc=USCC, year=2026, summary=SUMMARY, sessions=())
    return story.on(recorded).tell(body, day)


def test_a_plan_that_came_in_time_and_is_recorded_later_clears_what_was_seen_meanwhile():
    story, key = owing(date(2024, 7, 1))
    filed(story, date(2026, 1, 31), date(2026, 2, 10))
    assert case(said_on(story, key, date(2026, 2, 1))) == ("clear", "then_not_now")
    assert said_on(story, key, date(2026, 1, 31)) is None


def test_a_plan_in_time_was_never_late_and_a_late_one_ends_what_was():
    story, key = owing(date(2024, 7, 1))
    filed(story, date(2026, 1, 31), date(2026, 1, 31))
    assert rows(story.fold, key) == ()
    late, key = owing(date(2024, 7, 1))
    filed(late, date(2026, 2, 9), date(2026, 2, 9))
    assert case(said_on(late, key, date(2026, 2, 8))) == ("breach", "then_and_now")
    over = said_on(late, key, date(2026, 2, 9))
    assert case(over) == ("clear", "then_and_now")
    assert over is not None
    assert "自 2026-02-01 至 2026-02-08 逾期" in over.zh


def test_a_plan_of_the_first_day_after_the_deadline_was_late_and_is_held_against_no_day():
    story, key = owing(date(2024, 7, 1))
    filed(story, date(2026, 2, 1), date(2026, 2, 1))
    assert said_on(story, key, date(2026, 1, 31)) is None
    over = said_on(story, key, date(2026, 2, 1))
    assert case(over) == ("clear", "then_and_now")
    assert over is not None
    assert "自 2026-02-01 起逾期，当天报备" in over.zh


def test_who_is_suspended_owes_no_plan_until_the_suspension_ends():
    story, key = owing(date(2024, 7, 1))
    suspended, back = date(2026, 1, 10), date(2026, 5, 4)
    story.on(suspended).tell(ListingSuspended(uscc=USCC, basis="督导"), suspended)
    assert said_on(story, key, date(2026, 3, 1)) is None
    at = story.on(back).tell(ListingReinstated(uscc=USCC, basis="整改完成"), back)
    assert said_on(story, key, date(2026, 5, 3)) is None
    assert case(said_on(story, key, back)) == ("breach", "then_and_now")
    assert at in because_on(story, key, back)
    filed(story, back, back)
    assert said_on(story, key, back) is None, "who comes back with the plan in hand was not late"


def test_days_of_a_suspension_are_no_days_on_which_a_plan_is_late():
    story, key = owing(date(2024, 7, 1))
    suspended = date(2026, 3, 10)
    at = story.on(suspended).tell(ListingSuspended(uscc=USCC, basis="督导"), suspended)
    assert case(said_on(story, key, date(2026, 3, 9))) == ("breach", "then_and_now")
    over = said_on(story, key, suspended)
    assert case(over) == ("clear", "then_and_now")
    assert over is not None
    assert (
        f"自 2026-02-01 至 2026-03-09 逾期；{suspended} 企业已暂停（位置 {at} 的记录）" in over.zh
    )


def test_a_listing_that_expires_ends_the_days_of_a_late_plan_by_time_alone():
    story, key = owing(date(2024, 7, 1))
    (listing,) = [d for d, each in story.fold.file.course.timeline.segments() if each.in_effect]
    assert listing.end is not None
    assert case(said_on(story, key, listing.end - timedelta(days=1))) == ("breach", "then_and_now")
    over = said_on(story, key, listing.end)
    assert case(over) == ("clear", "then_and_now")
    assert over is not None
    assert over.zh.endswith(f"逾期；{listing.end} 企业有效期已届满")


def test_a_sentence_says_what_ended_the_days_and_not_that_anything_was_made_good():
    """A second order sets another deadline: nobody reported anything."""
    again, due = REPORTED, date(2025, 6, 1)
    order = RectificationOrdered(finding_id="f-1", requirement="再补", due_on=due)

    def ended(*ways: tuple[object, date]) -> str:
        story, key = ordered()
        for body, day in ways:
            story.on(day).tell(body, day)
        said = said_on(story, key, ways[-1][1] + timedelta(days=1))
        assert said is not None
        return said.zh

    reported = RectificationReported(finding_id="f-1", statement="已补", evidence=())
    failed = ReinspectionRecorded(finding_id="f-1", passed=False, note="未补")
    passed = replace(failed, passed=True)
    closed = FindingClosed(finding_id="f-1", outcome="已办结")
    later = again + timedelta(days=9)
    assert f"逾期；{again} 另行责令整改" in ended((order, again))
    assert f"逾期；{again} 报告整改" in ended((reported, again))
    assert f"逾期；{later} 复查通过" in ended((reported, DUE), (failed, again), (passed, later))
    assert f"逾期；{again} 问题销号" in ended((closed, again))
    assert "不再逾期" not in ended((order, again))
