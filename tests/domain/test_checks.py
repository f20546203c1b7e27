"""What each check of domain.md §6 says: breach, undecided and clear, with its limits."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import combinations, permutations
from typing import Any

import pytest

from domain import enterprise, plan
from domain.application.application import ApplicationConfirmed, ApplicationSubmitted
from domain.assessment import Candidates
from domain.certificate.certificate import CertificateReissued, CertificateRevoked, Ground, Results
from domain.checks import CHECKS
from domain.checks.certificates import MOST_BEYOND
from domain.checks.outcome import CLEAR, Outcome
from domain.inspection import inspection
from domain.judged import JUDGED
from domain.partnership import PartnershipFiled
from domain.staff import StaffRegistered
from domain.standing import standing
from domain.terms.clauses import CLAUSES
from domain.terms.envelope import Actor
from domain.terms.place import Place
from domain.terms.vocabulary import (
    Aspect,
    CandidateCategory,
    ContentPart,
    GroundKind,
    Level,
    Method,
    Mode,
    PartnershipKind,
    Role,
    StaffDuty,
    Verdict,
)
from projections.views.flag_rows import rows
from projections.views.row import item as shown_row
from tests.story import (
    COOK,
    ELECTRICIAN,
    GUARD,
    LATER,
    OTHER,
    USCC,
    WELDER,
    Story,
    issued,
    item,
    session,
)


def listed() -> Story:
    return Story().listed(item(ELECTRICIAN, "5", "4"))


def test_a_session_within_scope_roster_receipt_plan_and_city_raises_nothing():
    story = listed()
    story.tell(session())
    story.tell(issued())
    assert story.fold.flags == {}


def test_every_check_cites_a_clause_and_says_what_it_judges():
    assert set(CHECKS) == set(JUDGED)
    assert all(check.clause.number in CLAUSES for check in CHECKS.values())


# S1, S2 -----------------------------------------------------------------------


def test_what_bounds_a_session_is_what_was_confirmed_and_where():
    about = {check.code: check.about for check in CHECKS.values() if check.bounds}
    assert set(about.values()) == {
        *(Aspect.OCCUPATION, Aspect.LEVEL, Aspect.STANDING, Aspect.PLACE),
    }
    assert "G1" in about
    assert "G2" not in about, "a doubt about a place puts nothing outside"


def test_another_occupation_is_s1_and_its_level_is_not_judged():
    story = listed()
    story.tell(session(COOK, "1"))
    assert story.found() == ["S1"]


def test_another_level_is_s2():
    story = listed()
    story.tell(session(level="3"))
    assert story.found() == ["S2"]


@pytest.mark.parametrize(
    ("confirmed", "assessed", "verdict"),
    [
        (None, None, Verdict.CLEAR),
        (None, "外线电工", Verdict.CLEAR),
        ("外线电工", "外线电工", Verdict.CLEAR),
        ("外线电工", "矿山电工", Verdict.BREACH),
        ("外线电工", None, Verdict.UNDECIDED),
    ],
)
def test_a_trade_is_confirmed_by_itself_or_with_its_whole_occupation(confirmed, assessed, verdict):
    story = Story().listed(item(replace(ELECTRICIAN, trade=confirmed), "4"))
    story.tell(session(replace(ELECTRICIAN, trade=assessed)))
    expected = [] if verdict is Verdict.CLEAR else [verdict]
    assert [f.outcome.verdict for f in story.fold.flags.values() if f.code == "S1"] == expected


def test_the_same_occupation_of_another_edition_is_undecided_not_guessed():
    story = Story().listed(item(replace(ELECTRICIAN, edition="2015"), "4"))
    story.tell(session())
    assert story.found(Verdict.UNDECIDED) == ["S1"]


def test_a_code_that_meant_another_name_is_undecided():
    story = listed()
    story.tell(session(replace(ELECTRICIAN, name="维修电工")))
    assert "S1" in story.found(Verdict.UNDECIDED)
    assert "S1" not in story.found()


def test_a_certificate_for_more_than_its_session_is_judged_by_itself():
    story = listed()
    story.tell(session())
    position = story.tell(issued(COOK, "4"))
    assert story.found() == ["S1"]
    assert story.flag("S1").position == position


def test_scope_must_hold_on_every_day_of_a_session():
    story = listed()
    withdrawal = standing.ScopeChanged(
        uscc=USCC, added=(), removed=(item(ELECTRICIAN, "4"),), basis="撤回"
    )
    story.tell(withdrawal, date(2025, 3, 12))
    story.tell(session(held_to=date(2025, 3, 11)))
    assert story.found() == []
    story.tell(session(assessment_id="a-2", held_to=date(2025, 3, 12)))
    assert story.found() == ["S2"]


# S7, S8 -----------------------------------------------------------------------


@pytest.mark.parametrize("day", [date(2024, 6, 30), date(2027, 7, 1)])
def test_before_the_first_and_from_the_last_day_the_enterprise_is_not_on_the_roster(day):
    story = listed()
    story.tell(session(COOK, "1", day))
    assert story.found() == ["S7"], "S1, S2 and S8 are not judged beside S7"


def test_s3_stands_beside_s7():
    story = listed()
    story.tell(session(GUARD, "4", date(2024, 6, 30)))
    assert story.found() == ["S3", "S7"]


def test_a_suspension_ends_by_itself_on_its_day():
    story = listed()
    suspension = standing.ListingSuspended(uscc=USCC, basis="整改", until=date(2025, 4, 1))
    story.tell(suspension, date(2025, 2, 1))
    story.tell(session(day=date(2025, 3, 31)))
    story.tell(session(day=date(2025, 4, 1), assessment_id="a-2"))
    assert [f.day for f in story.fold.flags.values()] == [date(2025, 3, 31)]


CONFIRMED = ApplicationConfirmed(application_id="app", scope=(item(ELECTRICIAN, "4"),))


def test_a_session_without_receipt_and_without_plan_is_one_s8():
    story = Story().listed(item(ELECTRICIAN, "4"), receipt=False, plans=())
    story.tell(CONFIRMED, date(2024, 6, 20))
    story.tell(session())
    assert story.found() == ["S8"]
    assert "确认回执" in story.flag("S8").outcome.zh
    assert "年度计划" in story.flag("S8").outcome.zh


def test_a_plan_filed_after_the_session_does_not_cover_it():
    story = Story().listed(item(ELECTRICIAN, "4"), plans=())
    filed = plan.AnnualPlanFiled(
        uscc=USCC,
        year=2025,
        summary=plan.AnnualSummary(sessions=0, candidates=0, certificates=0),
        sessions=(),
    )
    story.tell(filed, date(2025, 3, 11))
    story.tell(session())
    assert story.found() == ["S8"]
    story.tell(session(day=date(2025, 3, 11), assessment_id="a-2"))
    assert story.found() == ["S8"]


# S3, S4 -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("occupation", "day", "verdict"),
    [
        (GUARD, date(2021, 11, 22), Verdict.CLEAR),
        (GUARD, date(2021, 11, 23), Verdict.BREACH),
        (WELDER, date(2021, 11, 22), Verdict.BREACH),
        (WELDER, date(2021, 11, 23), Verdict.UNDECIDED),
        (replace(WELDER, trade="电焊工"), date(2025, 3, 10), Verdict.CLEAR),
        (replace(WELDER, trade="核级焊接"), date(2025, 3, 10), Verdict.BREACH),
        (ELECTRICIAN, date(2017, 9, 11), Verdict.UNDECIDED),
    ],
)
def test_access_control_depends_on_the_day_and_on_the_part(occupation, day, verdict):
    story = Story()
    story.tell(session(occupation, "4", day))
    found = [f.outcome.verdict for f in story.fold.flags.values() if f.code == "S3"]
    assert found == ([] if verdict is Verdict.CLEAR else [verdict])


@pytest.mark.parametrize(
    ("changes", "day", "verdict"),
    [
        ({}, date(2025, 3, 10), Verdict.CLEAR),
        ({"code": "9-99-99-99", "name": "占星师"}, date(2025, 3, 10), Verdict.BREACH),
        ({"name": "厨师"}, date(2025, 3, 10), Verdict.UNDECIDED),
        ({"code": "9-99-99-99"}, date(2025, 3, 10), Verdict.UNDECIDED),
        ({"edition": "2015"}, date(2025, 3, 10), Verdict.UNDECIDED),
        ({}, date(2022, 9, 26), Verdict.UNDECIDED),
    ],
)
def test_an_occupation_exists_in_the_edition_that_the_record_names(changes, day, verdict):
    story = Story()
    story.tell(session(replace(COOK, **changes), "4", day))
    found = [f.outcome.verdict for f in story.fold.flags.values() if f.code == "S4"]
    assert found == ([] if verdict is Verdict.CLEAR else [verdict])


# S5, S6, S9, T1 ---------------------------------------------------------------


def test_a_candidate_of_no_category_is_s5_once():
    story = listed()
    story.tell(session(candidates=Candidates(employee=9, other=1)))
    holder = replace(issued().holder, category=CandidateCategory.OTHER)
    story.tell(issued(holder=holder))
    assert story.found() == ["S5"]


def test_a_holder_of_no_category_is_s5_where_the_session_hid_it():
    story = listed()
    story.tell(session())
    story.tell(issued(holder=replace(issued().holder, category=CandidateCategory.OTHER)))
    assert story.found() == ["S5"]


@pytest.mark.parametrize(
    ("methods", "method", "breach"),
    [
        ((Method.EXAMINATION,), "direct", False),
        ((Method.EXAMINATION,), "own", True),
        ((Method.EXAMINATION, Method.OWN), "own", False),
        ((Method.EXAMINATION, Method.OWN), "师带徒考评", False),
        ((Method.EXAMINATION, Method.OWN), "口试", True),
    ],
)
def test_an_own_method_must_be_declared(methods, method, breach):
    story = Story().listed(item(ELECTRICIAN, "4"), methods=methods)
    story.tell(session(method=method))
    assert story.found() == (["S6"] if breach else [])


def test_a_unit_acts_only_while_it_is_covered():
    story = listed()
    covered = enterprise.UnitCovered(uscc=USCC, unit_uscc=OTHER, unit_name="分公司")
    story.tell(covered, date(2025, 3, 1))
    story.tell(enterprise.UnitReleased(uscc=USCC, unit_uscc=OTHER), date(2025, 4, 1))
    for number, day in enumerate(
        (date(2025, 2, 28), date(2025, 3, 1), date(2025, 3, 31), date(2025, 4, 1))
    ):
        story.tell(session(day=day, unit_uscc=OTHER, assessment_id=f"a-{number}"))
    assert [f.day for f in story.fold.flags.values()] == [date(2025, 2, 28), date(2025, 4, 1)]
    assert story.found() == ["S9", "S9"]


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ("2025-02-28", "2025-03-01", ["S9"]),
        ("2025-03-01", "2025-03-31", []),
        ("2025-03-31", "2025-04-01", ["S9"]),
        ("2025-03-31", "2025-05-02", ["S9"]),
    ],
)
def test_a_unit_is_covered_on_every_day_of_a_session(first: str, last: str, found: list[str]):
    story = listed()
    covered = enterprise.UnitCovered(uscc=USCC, unit_uscc=OTHER, unit_name="分公司")
    story.tell(covered, date(2025, 3, 1))
    story.tell(enterprise.UnitReleased(uscc=USCC, unit_uscc=OTHER), date(2025, 4, 1))
    story.tell(covered, date(2025, 5, 1))
    days = (date.fromisoformat(first), date.fromisoformat(last))
    story.tell(session(day=days[0], held_to=days[1], unit_uscc=OTHER))
    assert story.found() == found


@pytest.mark.parametrize(
    ("occupation", "verdict"), [(GUARD, Verdict.BREACH), (WELDER, Verdict.BREACH)]
)
def test_an_occupation_that_is_barred_on_one_day_of_a_session_is_s3(occupation, verdict):
    """保安员 was barred on the second day, 焊工 on the first."""
    story = listed()
    days = {"day": date(2021, 11, 22), "held_to": date(2021, 11, 23)}
    story.tell(session(occupation, **days))
    assert [f.outcome.verdict for f in story.fold.flags.values() if f.code == "S3"] == [verdict]


def test_the_applicant_itself_is_always_a_fitting_unit():
    story = listed()
    story.tell(session(unit_uscc=USCC))
    assert story.found() == []


@pytest.mark.parametrize(
    ("level", "content", "verdict"),
    [
        ("3", (), Verdict.CLEAR),
        ("2", tuple(ContentPart), Verdict.CLEAR),
        ("1", tuple(ContentPart)[:3], Verdict.BREACH),
        ("2", (), Verdict.BREACH),
        ("2", None, Verdict.UNDECIDED),
    ],
)
def test_technicians_are_assessed_in_the_added_parts(level, content, verdict):
    story = Story().listed(item(ELECTRICIAN, "3", "2", "1"))
    story.tell(session(level=level))
    number = f"Y0000111234562{5}{level}000001"
    results = Results(theory=Decimal(80), content=content)
    story.tell(issued(level=level, number=number, results=results))
    found = [f.outcome.verdict for f in story.fold.flags.values() if f.code == "T1"]
    assert found == ([] if verdict is Verdict.CLEAR else [verdict])


# G1, G2 -----------------------------------------------------------------------


def test_a_session_outside_is_g1_and_one_without_place_is_undecided():
    story = listed()
    story.tell(session(venue=Place(division="131082")))
    assert story.found() == ["G1"]
    story.tell(session(venue=None, assessment_id="a-2"))
    assert story.found(Verdict.UNDECIDED) == ["G1"]


@pytest.mark.parametrize(
    ("mode", "method"),
    [(Mode.ONLINE, "examination"), (Mode.ONLINE, "direct"), (Mode.NO_SESSION, "direct")],
)
def test_what_has_no_place_is_clear(mode, method):
    story = listed()
    story.tell(session(mode=mode, method=method, venue=None))
    assert story.fold.flags == {}


def test_no_session_of_any_other_method_than_direct_certification_is_g1_undecided():
    story = listed()
    story.tell(session(mode=Mode.NO_SESSION, venue=None))
    assert story.found(Verdict.UNDECIDED) == ["G1"]


def test_of_several_venues_the_worst_decides():
    story = listed()
    story.tell(session(venues=(Place(division="131082"),)))
    assert story.found() == ["G1"]


# R1, C1, C3 -------------------------------------------------------------------


def test_another_issuer_is_r1():
    story = listed()
    story.tell(session())
    story.tell(issued(issuer_uscc=OTHER))
    assert story.found() == ["R1"]


@pytest.mark.parametrize(
    ("number", "verdict"),
    [
        ("Y000011123456254000001", Verdict.CLEAR),
        ("S000011123456254000001", Verdict.BREACH),
        ("Y000013123456254000001", Verdict.BREACH),
        ("Y000011123456244000001", Verdict.BREACH),
        ("Y000011123456253000001", Verdict.BREACH),
        ("Y00001112345625A000001", Verdict.BREACH),
        ("京技2025-001", Verdict.UNDECIDED),
        ("Y000011123456254000001 ", Verdict.UNDECIDED),
    ],
)
def test_the_parts_of_a_number_agree_with_the_record(number, verdict):
    story = listed()
    story.tell(session())
    story.tell(issued(number=number))
    found = [f.outcome.verdict for f in story.fold.flags.values() if f.code == "C1"]
    assert found == ([] if verdict is Verdict.CLEAR else [verdict])


def test_a_special_technician_carries_a_letter():
    story = Story().listed(item(ELECTRICIAN, "special"))
    story.tell(session(level=Level.SPECIAL.value))
    story.tell(issued(level="special", number="Y00001112345625T000001"))
    assert "C1" not in story.found()


def test_one_certificate_too_many_is_one_c3_and_its_revocation_clears_it():
    story = listed()
    story.tell(session(candidates=Candidates(employee=1)))
    numbers = [f"Y00001112345625400000{n}" for n in (1, 2, 3)]
    story.tell(issued(number=numbers[0]))
    assert story.found() == []
    story.tell(issued(number=numbers[1]))
    story.tell(issued(number=numbers[2]))
    assert story.found() == ["C3"]
    assert story.case("C3") == "now_not_then", "when the session came in there was no certificate"
    story.tell(
        CertificateReissued(certificate_no=numbers[0], new_certificate_no="N", reason="损毁")
    )
    assert story.found() == ["C3"], "a replaced certificate still counts"
    for number in numbers[1:]:
        story.tell(CertificateRevoked(certificate_no=number, reason="多发"))
    assert story.found() == []
    assert story.case("C3") == "overturned", "clear then, clear now"


def test_c3_names_every_certificate_that_it_counts_with_their_corrections():
    story = listed()
    held = story.tell(session(candidates=Candidates(employee=2)))
    numbers = [f"Y00001112345625400000{n}" for n in (1, 2, 3)]
    papers = [story.tell(issued(number=number)) for number in numbers]
    assert story.flag("C3").outcome.because == (held, *papers)
    corrected = story.correct(papers[0], issued_on="2025-03-21")
    assert story.flag("C3").outcome.because == (held, papers[0], corrected, *papers[1:])
    fixed = story.correct(held, candidates__employee=1)
    assert story.flag("C3").outcome.because == (held, fixed, papers[0], corrected, *papers[1:])


def test_a_certificate_that_is_corrected_to_a_day_on_which_another_stood_is_one_too_many():
    """The enterprise had revoked the first one a day before: so the two seemed never to stand at once."""
    story = listed()
    story.tell(session(candidates=Candidates(employee=1)))
    numbers = [f"Y00001112345625400000{n}" for n in (1, 2)]
    reporter = Actor(account="r", role=Role.ENTERPRISE_REPORTER, organisation=USCC)
    story.tell(issued(number=numbers[0], issued_on=date(2025, 3, 20)))
    revoked = CertificateRevoked(certificate_no=numbers[0], reason="多发")
    story.tell(revoked, date(2025, 3, 21), by=reporter)
    second = story.tell(issued(number=numbers[1], issued_on=date(2025, 3, 22)))
    assert story.found() == []
    story.correct(second, issued_on="2025-03-20")
    assert story.found() == ["C3"]


def test_of_very_many_certificates_c3_says_that_they_are_more_and_says_it_once():
    story = listed()
    held = story.tell(session(candidates=Candidates(employee=2)))
    papers = [
        story.tell(issued(number=f"Y00001112345625400{n:04}")) for n in range(2 + MOST_BEYOND + 1)
    ]
    said = story.flag("C3")
    assert said.outcome.zh == f"考生 2 人，发证超过 {2 + MOST_BEYOND} 本"
    assert said.outcome.because == (held, *papers)
    story.tell(issued(number="Y000011123456254999999", issued_on=date(2025, 3, 21)))
    assert story.flag("C3") is said, "nothing is counted, and nothing is written"
    story.tell(issued(number="Y000011123456254999998", issued_on=date(2025, 3, 19)))
    assert len(said.outcome.because) == len(story.flag("C3").outcome.because)
    assert story.flag("C3").outcome.begun == said.outcome.begun


def test_an_enterprise_revokes_itself_out_of_no_c3():
    """Nobody acquits themselves (§1); what stood at once is what counts."""
    story = listed()
    story.tell(session(candidates=Candidates(employee=1)))
    numbers = [f"Y00001112345625400000{n}" for n in (1, 2)]
    reporter = Actor(account="r", role=Role.ENTERPRISE_REPORTER, organisation=USCC)
    revoked = CertificateRevoked(certificate_no=numbers[0], reason="多发")
    story.tell(issued(number=numbers[0], issued_on=date(2025, 3, 20)))
    story.tell(issued(number=numbers[1], issued_on=date(2025, 3, 21)))
    story.tell(revoked, date(2025, 4, 1), by=reporter)
    assert story.found() == ["C3"]

    other = listed()
    other.tell(session(candidates=Candidates(employee=1)))
    other.tell(issued(number=numbers[0], issued_on=date(2025, 3, 20)))
    other.tell(revoked, date(2025, 3, 21), by=reporter)
    other.tell(issued(number=numbers[1], issued_on=date(2025, 3, 22)))
    assert other.found() == []


def test_a_replaced_certificate_counts_once():
    story = listed()
    story.tell(session(candidates=Candidates(employee=1)))
    old, new = "Y000011123456254000001", "Y000011123456254000002"
    story.tell(issued(number=old))
    story.tell(CertificateReissued(certificate_no=old, new_certificate_no=new, reason="损毁"))
    assert story.found() == []


def test_a_reissue_onto_the_number_of_another_certificate_makes_no_one_of_two():
    """Else a session with one certificate too many would be cleared by a reissue."""
    story = listed()
    story.tell(session(candidates=Candidates(employee=1)))
    old, new = "Y000011123456254000001", "Y000011123456254000002"
    story.tell(issued(number=old))
    story.tell(issued(number=new))
    story.tell(CertificateReissued(certificate_no=old, new_certificate_no=new, reason="换号"))
    assert story.found() == ["C3"]


# Q1 ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inspectors", "verdict"),
    [
        ((("a", "R11240001", False), ("b", "R11240002", False)), Verdict.CLEAR),
        ((("a", "R11240001", False),), Verdict.BREACH),
        ((("a", "R11240001", False), ("a", "R11240001", False)), Verdict.BREACH),
        ((("a", "", False), ("b", "R11240002", False)), Verdict.BREACH),
        ((("a", "R11240001", None), ("b", "R11240002", False)), Verdict.BREACH),
        ((("a", "R11240001", True), ("b", "R11240002", False)), Verdict.BREACH),
        ((("a", "R1124001", False), ("b", "R11240002", False)), Verdict.UNDECIDED),
        ((("a", "京督0001", False), ("b", "R11240002", False)), Verdict.UNDECIDED),
        ((("a", "京督0001", False), ("b", "", False)), Verdict.BREACH),
    ],
)
def test_an_inspection_needs_inspectors_cards_and_statements(inspectors, verdict):
    story = listed()
    dispatched = inspection.InspectionDispatched(
        inspection_id="i-1",
        kind="现场督导",
        uscc=USCC,
        inspectors=tuple(
            inspection.Inspector(account=a, name=a, card_no=c, recusal_declared=r)
            for a, c, r in inspectors
        ),
    )
    story.tell(dispatched, date(2025, 3, 1))
    found = [f.outcome.verdict for f in story.fold.flags.values() if f.code == "Q1"]
    assert found == ([] if verdict is Verdict.CLEAR else [verdict])


# S10, R2, T2, V1, P1: switched on by a rule set --------------------------------


STUDENT = replace(issued().holder, category=CandidateCategory.STUDENT)


def later(*scope, **more) -> Story:
    return Story(LATER).listed(*(scope or (item(ELECTRICIAN, "5", "4"),)), **more)


def registered(story: Story) -> Story:
    for name, duty in (("甲", "assessor"), ("乙", "assessor"), ("丙", "quality")):
        body = StaffRegistered(uscc=USCC, staff_id=name, name=name, duty=StaffDuty(duty))
        story.tell(body, date(2024, 7, 1))
    return story


@pytest.mark.parametrize(
    "break_it",
    [
        lambda s: s.tell(session(assessors=())),
        lambda s: (s.tell(session()), s.tell(issued(holder=STUDENT))),
        lambda s: (s.tell(session(method="direct")), s.tell(issued())),
    ],
)
def test_an_upgrade_alone_raises_no_flag_of_a_later_check(break_it):
    story = listed()
    break_it(story)
    assert story.fold.flags == {}


def test_a_session_without_examiners_or_quality_officers_is_s10():
    for changes, lacking in (
        ({"assessors": ()}, "no examiner"),
        ({"quality_staff": ()}, "no internal quality officer"),
        ({"assessors": ("无",)}, "no examiner"),
        ({"quality_staff": ("-", "待定")}, "no internal quality officer"),
    ):
        story = registered(later())
        story.tell(session(**changes))
        (flag,) = story.fold.flags.values()
        assert (flag.code, flag.outcome.values) == ("S10", (lacking,))


def test_a_list_of_examiners_that_was_not_reported_is_not_judged():
    story = later()
    story.tell(session(assessors=None, quality_staff=None))
    assert story.fold.flags == {}


def test_an_examiner_who_is_not_on_the_register_is_s10_until_a_late_paper_says_otherwise():
    story = later()
    story.tell(session())
    assert story.found() == ["S10"]
    registered(story)
    assert story.found() == []


def test_students_without_a_partnership_are_s5_undecided():
    story = registered(later())
    story.tell(session(candidates=Candidates(employee=1, student=2)))
    assert story.found(Verdict.UNDECIDED) == ["S5"]
    story.tell(
        PartnershipFiled(uscc=USCC, kind=PartnershipKind.SCHOOL, partner="某校"), date(2025, 3, 1)
    )
    assert story.found(Verdict.UNDECIDED) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"level": Level.FIVE},
        {"occupation": replace(ELECTRICIAN, trade="外线电工")},
        {"issued_on": date(2025, 3, 9)},
        {"holder": replace(issued().holder, category=CandidateCategory.STUDENT)},
    ],
)
def test_a_certificate_that_departs_from_its_session_is_r2(changes):
    story = registered(later(item(ELECTRICIAN, "5", "4")))
    story.tell(session(replace(ELECTRICIAN, trade="矿山电工")))
    story.tell(issued(replace(ELECTRICIAN, trade="矿山电工")))
    assert story.found() == []
    body = replace(
        issued(number="Y000011123456254000002"), occupation=replace(ELECTRICIAN, trade="矿山电工")
    )
    story.tell(replace(body, **changes))
    assert "R2" in story.found()


def test_what_only_one_of_certificate_and_session_names_is_no_departure():
    story = registered(later())
    story.tell(session())
    story.tell(issued(replace(ELECTRICIAN, trade="外线电工")))
    assert story.found() == []


def test_a_holder_of_no_eligible_category_is_s5_and_not_r2_too():
    story = registered(later())
    story.tell(session())
    story.tell(issued(holder=replace(issued().holder, category=CandidateCategory.OTHER)))
    assert story.found() == ["S5"]


@pytest.mark.parametrize(
    ("ground", "verdict"),
    [
        (None, Verdict.UNDECIDED),
        (Ground(kind=GroundKind.COMPETITION, text="一等奖", document_no="竞字1号"), Verdict.CLEAR),
        (Ground(kind=GroundKind.CONTRIBUTION, text="专利", document_no=" "), Verdict.BREACH),
        (Ground(kind=GroundKind.COMPETITION, text="无", document_no="-"), Verdict.BREACH),
        (Ground(kind=GroundKind.COMPETITION, text="一等奖", document_no="不详"), Verdict.BREACH),
    ],
)
def test_a_direct_certification_names_its_ground_with_the_paper(ground, verdict):
    story = registered(later())
    held = story.tell(session(method="direct", mode=Mode.NO_SESSION, venue=None))
    story.tell(issued(results=replace(issued().results, ground=ground)))
    flags = [flag for flag in story.fold.flags.values() if flag.code == "T2"]
    assert all(flag.outcome.because == (flag.position, held) for flag in flags)
    found = [flag.outcome.verdict for flag in flags]
    assert found == ([] if verdict is Verdict.CLEAR else [verdict])


def visit(**changes):
    body = inspection.SpotCheckRecorded(
        inspection_id="i-1",
        uscc=USCC,
        assessment_id="a-1",
        district="110108",
        kind="现场督导",
        inspectors=tuple(
            inspection.Inspector(account=a, name=a, card_no="R11200001", recusal_declared=False)
            for a in ("x", "y")
        ),
        captured_at=datetime(2025, 3, 10, 2, tzinfo=UTC),
        device_id="d",
        offline=False,
        checklist=(),
        evidence=(),
        signature_refused=False,
    )
    return replace(body, **changes)


@pytest.mark.parametrize(
    ("changes", "contradicts"),
    [
        ({}, False),
        ({"seen": inspection.Seen(held=True, level=Level.FOUR, candidates=10)}, False),
        ({"seen": inspection.Seen(held=False)}, True),
        ({"seen": inspection.Seen(occupation=COOK)}, True),
        ({"seen": inspection.Seen(level=Level.FIVE)}, True),
        ({"seen": inspection.Seen(candidates=11)}, True),
        ({"seen": inspection.Seen(assessors_absent=("甲",))}, True),
        ({"seen": inspection.Seen(assessors_absent=("丁",))}, False),
        ({"place": Place(division="131082")}, True),
        ({"place": Place(name="只有名称")}, False),
        ({"kind": "线上督导", "seen": inspection.Seen(held=False)}, False),
        ({"assessment_id": None, "seen": inspection.Seen(held=False)}, False),
    ],
)
def test_a_visit_that_contradicts_what_was_reported_is_v1(changes, contradicts):
    story = registered(later())
    story.tell(session())
    story.tell(visit(**changes), date(2025, 3, 10))
    assert story.found() == (["V1"] if contradicts else [])


def test_a_visit_is_compared_with_its_session_on_the_days_of_that_alone_and_again_when_corrected():
    story = registered(later())
    at = story.tell(session())
    story.tell(visit(seen=inspection.Seen(level=Level.FIVE)), date(2025, 3, 11))
    assert story.found() == []
    story.correct(at, held_to="2025-03-11")
    assert story.found() == ["V1"]


def test_more_than_a_kilometre_between_visit_and_venue_is_v1():
    for lon, contradicts in (("116.305", False), ("116.35", True)):
        story = registered(later())
        story.tell(session(venue=Place(division="110108", lon=Decimal("116.3"))))
        place = Place(division="110108", lon=Decimal(lon))
        story.tell(visit(place=place), date(2025, 3, 10))
        assert story.found() == (["V1"] if contradicts else [])


HERE, THERE = (Place(division="110108", lon=Decimal(lon)) for lon in ("116.3", "116.4"))


def visited_without_naming(
    seen: inspection.Seen | None, *held: Any, first: bool = True, **changes: Any
) -> Story:
    """A visit that names no session, and sessions reported after it or before, as those do who are visited."""
    story = registered(later(item(ELECTRICIAN, "5", "4"), item(COOK, "4")))

    def look() -> None:
        story.tell(visit(assessment_id=None, seen=seen, **changes), date(2025, 3, 10))

    if first:
        look()
    for number, each in enumerate(held):
        story.tell(session(**{"assessment_id": f"a-{number}", "venue": HERE, **each}))
    if not first:
        look()
    return story


def v1(story: Story) -> Outcome:
    return next((f.outcome for f in story.fold.flags.values() if f.code == "V1"), CLEAR)


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(
    ("seen", "held", "place", "verdict"),
    [
        # What holds of the place whatever else was held there is a breach.
        (inspection.Seen(held=False), [{}], HERE, "breach"),
        (inspection.Seen(held=False), [{}, {}], HERE, "breach"),
        (inspection.Seen(held=False), [{}, {"venue": THERE}], HERE, "breach"),
        (inspection.Seen(assessors_absent=("甲",)), [{}], HERE, "breach"),
        # What another session would explain is undecided until the visit names the one that was seen.
        (inspection.Seen(candidates=11), [{}], HERE, "undecided"),
        (inspection.Seen(candidates=11), [{}], None, "undecided"),
        (inspection.Seen(occupation=COOK), [{}], HERE, "undecided"),
        (inspection.Seen(candidates=11), [{}, {}], HERE, "undecided"),
        (inspection.Seen(candidates=11), [{}, {"venue": THERE}], HERE, "undecided"),
        (inspection.Seen(occupation=COOK), [{}, {"occupation": COOK}], HERE, "undecided"),
        # What agrees with every report, and what was not looked at, is clear.
        (inspection.Seen(candidates=10), [{}], HERE, "clear"),
        (inspection.Seen(candidates=10), [{}, {}], HERE, "clear"),
        (None, [{}], THERE, "clear"),
        # What was seen elsewhere says nothing of a session, unless it is of what was seen.
        (inspection.Seen(held=False), [{}], THERE, "clear"),
        (inspection.Seen(assessors_absent=("甲",)), [{}], None, "clear"),
        (inspection.Seen(occupation=COOK), [{}], THERE, "clear"),
        (inspection.Seen(occupation=ELECTRICIAN, level=Level.FIVE), [{}], THERE, "clear"),
        (inspection.Seen(occupation=ELECTRICIAN), [{}], THERE, "undecided"),
        # No session of the day, or none that anybody could visit.
        (inspection.Seen(candidates=11), [{"day": date(2025, 3, 11)}], HERE, "clear"),
        (inspection.Seen(candidates=11), [{"mode": Mode.ONLINE}], HERE, "clear"),
    ],
)
def test_a_visit_that_names_no_session_is_held_against_each_of_its_day(
    seen, held, place, verdict, first
):
    story = visited_without_naming(seen, *held, first=first, place=place)
    assert v1(story).verdict.value == verdict


def test_a_visit_from_afar_is_no_visit():
    seen = inspection.Seen(candidates=11)
    assert v1(visited_without_naming(seen, {}, place=HERE, kind="线上督导")) is CLEAR


REPORTS_OF_THE_DAY = {
    "cooks": {"assessment_id": "a-cooks", "occupation": COOK, "venue": HERE},
    "as-seen": {"assessment_id": "a-made-up", "venue": HERE, "candidates": Candidates(employee=40)},
    "elsewhere": {"assessment_id": "a-elsewhere", "venue": THERE},
    "no-venue": {"assessment_id": "a-nowhere", "venue": None},
    "too-few": {"assessment_id": "a-few", "venue": HERE},
}
"""What may be reported of a day on which inspectors saw thirty electricians at a place."""


def as_reported(*names: str | None) -> Outcome:
    """V1 after the visit (None) and the reports came in, in this order; without the numbers of entries."""
    story = registered(later(item(ELECTRICIAN, "5", "4"), item(COOK, "4")))
    for name in names:
        if name is None:
            seen = inspection.Seen(occupation=ELECTRICIAN, candidates=30)
            body: Any = visit(assessment_id=None, seen=seen, place=HERE)
            story.tell(body, date(2025, 3, 10))
        else:
            story.tell(session(**REPORTS_OF_THE_DAY[name]))
    found = v1(story)
    named = sorted(story.fold.entries[at].event.assessment_id or "" for at in found.because)
    return found._replace(because=(), values=(*found.values, *named))


@pytest.mark.parametrize("number", [1, 2, 3])
def test_of_all_orders_of_a_visit_and_the_reports_of_its_day_the_verdict_is_one(number):
    for names in combinations(REPORTS_OF_THE_DAY, number):
        orders = permutations((None, *names))
        assert len({as_reported(*order) for order in orders}) == 1, names


def test_no_further_report_of_the_day_makes_what_a_visit_saw_less_grave():
    """A second session that is made up for the day acquits of nothing (§1)."""
    for number in range(1, len(REPORTS_OF_THE_DAY)):
        for names in combinations(REPORTS_OF_THE_DAY, number):
            before = as_reported(None, *names).verdict.gravity
            for more in REPORTS_OF_THE_DAY.keys() - set(names):
                assert as_reported(None, *names, more).verdict.gravity >= before, (names, more)


def test_a_session_made_up_as_it_was_seen_changes_nothing_of_what_another_one_departs_from():
    story = visited_without_naming(
        inspection.Seen(occupation=ELECTRICIAN), {"occupation": COOK}, place=HERE
    )
    before = story.flag("V1")
    story.tell(session(assessment_id="a-made-up", venue=HERE))
    now = story.flag("V1")
    assert now.outcome == before.outcome
    assert "认定活动 a-0" in now.outcome.zh
    assert shown_row(rows(story.fold, now.key)[0].doc)["assessment_id"] == "a-0"


def test_the_sessions_that_depart_from_a_visit_are_named_and_of_many_the_rest_counted():
    story = visited_without_naming(inspection.Seen(candidates=11), *[{}] * 5, place=HERE)
    flag = story.flag("V1")
    assert len(flag.outcome.because) == 6
    assert "a-2" in flag.outcome.zh
    assert "a-3" not in flag.outcome.zh
    assert ("另有 2 场" in flag.outcome.zh, "and 2 more" in flag.outcome.en) == (True, True)
    assert shown_row(rows(story.fold, flag.key)[0].doc)["assessment_id"] is None


def test_inspectors_who_name_the_session_that_they_saw_decide_what_was_undecided():
    for named, verdict in (("a-0", Verdict.BREACH), ("a-1", Verdict.CLEAR)):
        story = visited_without_naming(
            inspection.Seen(occupation=COOK), {}, {"occupation": COOK}, place=HERE
        )
        flag = story.flag("V1")
        assert flag.outcome.verdict is Verdict.UNDECIDED
        story.correct(flag.position, assessment_id=named)
        assert story.flag("V1").outcome.verdict is verdict


def test_a_session_that_is_corrected_to_another_day_no_longer_departs_from_the_visit():
    story = visited_without_naming(inspection.Seen(candidates=11), {}, {}, place=HERE)
    flag = story.flag("V1")
    first, second = flag.outcome.because[1:]
    story.correct(first, held_from="2025-03-12", held_to="2025-03-12")
    assert story.flag("V1").outcome.because == (flag.position, second)
    story.correct(second, held_from="2025-03-12", held_to="2025-03-12")
    assert story.flag("V1").outcome.verdict is Verdict.CLEAR
    story.correct(first, held_from="2025-03-09", held_to="2025-03-10")
    assert story.flag("V1").outcome.verdict is Verdict.UNDECIDED


def test_a_plan_that_is_not_filed_by_the_deadline_is_owed_but_not_for_the_year_of_the_first_listing():
    story = later(plans=())
    receipt = 4
    assert set(story.fold.owed) == {f"P1-{receipt}-{year}" for year in (2025, 2026, 2027)}
    story.tell(standing.ListingRemoved(uscc=USCC, basis="移出"), date(2026, 12, 1))
    still = {key for key, owed in story.fold.owed.items() if owed.due is not None}
    assert still == {f"P1-{receipt}-{year}" for year in (2025, 2026)}
    assert listed().fold.owed == {}


def test_a_late_plan_is_late_from_the_day_after_the_deadline_until_it_is_filed():
    story = later(plans=())
    key = "P1-4-2026"
    late, expired = rows(story.fold, key)
    assert (late.valid_from, late.valid_to) == (date(2026, 2, 1), date(2027, 7, 1))
    assert expired.columns[3] == "clear", "no plan is owed by who is off the roster"
    story.tell(
        plan.AnnualPlanFiled(uscc=USCC, year=2026, summary=SUMMARY, sessions=()), date(2026, 2, 9)
    )
    assert rows(later().fold, "P1-4-2026") == ()
    late, filed = rows(story.fold, key)
    assert (late.valid_to, late.columns[3]) == (date(2026, 2, 9), "breach")
    assert filed.columns[3] == "clear"


# Days and sentences ------------------------------------------------------------


def test_a_session_names_the_first_day_on_which_it_was_not_listed():
    story = listed()
    story.tell(standing.ListingSuspended(uscc=USCC, basis="督导"), date(2025, 3, 12))
    story.tell(session(held_to=date(2025, 3, 14)))
    (flag,) = story.fold.flags.values()
    assert "2025-03-12" in flag.outcome.zh
    assert "2025-03-12" in flag.outcome.en


def test_a_session_on_the_day_of_the_deadline_is_s8_from_the_day_after():
    """The deadline counts its day: by the end of it a plan may still come (0266)."""
    story = story_of_next_year()
    story.tell(session(day=date(2026, 1, 31)))
    assert story.flag("S8").outcome.since == date(2026, 2, 1)


def test_a_session_before_the_deadline_is_s8_only_if_no_plan_came_by_then():
    first = story_of_next_year()
    first.tell(session(day=date(2026, 1, 15)))
    (flag,) = first.fold.flags.values()
    assert (flag.code, flag.outcome.since) == ("S8", date(2026, 2, 1))
    filed = plan.AnnualPlanFiled(uscc=USCC, year=2026, summary=SUMMARY, sessions=())
    first.tell(filed, date(2026, 1, 31))
    assert first.found() == []
    late = story_of_next_year()
    late.tell(filed, date(2026, 2, 1))
    late.tell(session(day=date(2026, 1, 15)))
    assert late.found() == ["S8"]


SUMMARY = plan.AnnualSummary(sessions=0, candidates=0, certificates=0)


def story_of_next_year() -> Story:
    return Story().listed(item(ELECTRICIAN, "5", "4"), plans=(2025,))


def test_a_second_publication_without_its_receipt_is_s8_for_its_own_occupation_alone():
    story = listed()
    scope = (item(COOK, "4"),)
    submitted = ApplicationSubmitted(
        application_id="app-2",
        uscc=USCC,
        window="2024-10",
        materials=(),
        scope=scope,
        methods=(Method.EXAMINATION,),
    )
    story.tell(submitted, date(2024, 10, 10))
    story.tell(ApplicationConfirmed(application_id="app-2", scope=scope), date(2024, 12, 1))
    story.tell(
        standing.EnterpriseListed(
            uscc=USCC,
            batch="2025-1",
            application_id="app-2",
            scope=(item(COOK, "4"),),
            valid_from=date(2025, 1, 1),
            valid_to=date(2027, 1, 1),
        ),
        date(2025, 1, 1),
    )
    story.tell(session())
    assert story.found() == []
    story.tell(session(COOK, assessment_id="a-2"))
    assert story.found() == ["S8"]


def test_a_flag_rests_on_the_corrections_of_its_record_too():
    story = listed()
    at = story.tell(session())
    correction = story.correct(at, level="3")
    (flag,) = story.fold.flags.values()
    assert {at, correction} <= set(flag.outcome.because)
