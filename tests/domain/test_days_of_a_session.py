"""Each check looks at every day of a session, and a sentence names the day of which it is true (§6)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain import plan
from domain.assessment import Candidates
from domain.partnership import PartnershipFiled
from domain.terms.vocabulary import CatalogueKind, PartnershipKind, Verdict
from projections.views.flag_rows import rows
from projections.views.row import item as shown
from tests.domain.test_judged_by_catalogues import TRAINER, K, content, told
from tests.story import ELECTRICIAN, LATER, USCC, Story, issued, item, session

FIRST, SECOND = date(2025, 3, 10), date(2025, 3, 11)


def bars(*names: str) -> str:
    return "name\n" + "".join(f"{name}\n" for name in names)


def adopted(kind: CatalogueKind, *texts: tuple[str, date]) -> Story:
    catalogues = [
        (kind, f"{number}", content(kind, text), day) for number, (text, day) in enumerate(texts)
    ]
    return told(*catalogues, scope=[item(ELECTRICIAN, "5", "4"), item(TRAINER, "4")])


def sentence(story: Story, code: str) -> tuple[Verdict, str]:
    flag = story.flag(code)
    return flag.outcome.verdict, flag.outcome.zh


def test_an_occupation_barred_on_a_day_in_the_middle_of_a_session_is_s3_and_that_day_is_named():
    barred, free = bars("电工"), bars("焊工")
    third = SECOND + timedelta(days=1)
    story = adopted(K.QUALIFICATIONS, (free, date(2025, 1, 1)), (barred, SECOND), (free, third))
    story.tell(session(day=FIRST, held_to=third))
    verdict, zh = sentence(story, "S3")
    assert verdict is Verdict.BREACH
    assert str(SECOND) in zh
    assert str(FIRST) not in zh


def test_a_new_occupation_that_is_published_in_the_course_of_a_session_was_not_on_its_first_day():
    batch = "code,name\n4-04-05-05,人工智能训练师\n"
    story = adopted(K.NEW_OCCUPATIONS, (batch, SECOND))
    story.tell(session(replace(TRAINER, edition="2022"), "4", FIRST, held_to=SECOND))
    verdict, zh = sentence(story, "S4")
    assert verdict is Verdict.BREACH
    assert str(FIRST) in zh


def test_standards_that_come_in_the_course_of_a_session_are_asked_on_their_day():
    without = "name,has_standard\n电工,无\n"
    story = adopted(K.STANDARDS, (without, SECOND))
    story.tell(session(day=FIRST, held_to=SECOND))
    verdict, zh = sentence(story, "S4")
    assert verdict is Verdict.UNDECIDED
    assert str(SECOND) in zh


@pytest.mark.parametrize("issued_on", [FIRST, SECOND])
def test_a_level_that_the_standard_of_one_day_does_not_have_is_s2_undecided_on_that_day(issued_on):
    """The list stands, and a standard in it is of the session's own days."""
    standards = f"code,name,issued_on,levels\n,电工,2018-12-26,5;4\n,电工,{issued_on},5\n"
    story = adopted(K.STANDARDS, (standards, date(2018, 12, 26)))
    story.tell(session(day=FIRST, held_to=SECOND))
    verdict, zh = sentence(story, "S2")
    assert verdict is Verdict.UNDECIDED
    assert str(issued_on) in zh


def test_a_partnership_that_ends_in_the_course_of_a_session_leaves_students_undecided():
    story = Story(LATER).listed(item(ELECTRICIAN, "4"))
    kind = PartnershipKind.SCHOOL
    filed = PartnershipFiled(uscc=USCC, kind=kind, partner="某校", valid_to=SECOND)
    story.tell(filed, date(2025, 1, 1))
    students = {"candidates": Candidates(employee=0, student=3)}
    story.tell(session(day=FIRST, **students))
    assert [f for f in story.fold.flags.values() if f.code == "S5"] == []
    story.tell(session(day=FIRST, held_to=SECOND, assessment_id="a-2", **students))
    verdict, zh = sentence(story, "S5")
    assert verdict is Verdict.UNDECIDED
    assert str(SECOND) in zh


def test_a_session_over_new_year_needs_the_plan_of_either_year():
    story = Story().listed(item(ELECTRICIAN, "4"), plans=(2025,))
    story.tell(session(day=date(2025, 12, 30), held_to=date(2026, 1, 2)))
    flag = story.flag("S8")
    assert flag.outcome.since == date(2026, 2, 1)
    assert "2026 年度计划" in flag.outcome.zh
    assert "2026-01-01" in flag.outcome.zh
    summary = plan.AnnualSummary(sessions=0, candidates=0, certificates=0)
    filed = plan.AnnualPlanFiled(uscc=USCC, year=2026, summary=summary, sessions=())
    story.tell(filed, date(2026, 1, 31))
    assert story.found() == []


def test_what_a_certificate_departs_in_is_of_the_day_of_its_session_and_shows_from_its_issue():
    story = Story().listed(item(ELECTRICIAN, "4"))
    story.tell(session(day=FIRST))
    at = story.tell(issued(level="3", issued_on=date(2025, 3, 20)))
    (row,) = rows(story.fold, f"S2-{at}")
    said = shown(row.doc)
    assert said["valid_at"] == str(FIRST)
    assert str(FIRST) in said["message"]["zh"]
    assert row.valid_from == date(2025, 3, 20), "before it there was no certificate"


def test_a_flag_of_a_certificate_that_was_cleared_shows_from_its_issue_too():
    story = Story().listed(item(ELECTRICIAN, "4"))
    story.tell(session(day=FIRST))
    at = story.tell(issued(level="3", issued_on=date(2025, 3, 20)))
    story.correct(at, level="4")
    (row,) = rows(story.fold, f"S2-{at}")
    assert row.valid_from == date(2025, 3, 20)
    assert story.flag("S2").outcome.verdict is Verdict.CLEAR
