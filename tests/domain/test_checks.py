"""What each check of domain.md §6 says: breach, undecided and clear, with its limits."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from domain import enterprise, plan
from domain.assessment import Candidates
from domain.certificate.certificate import CertificateReissued, CertificateRevoked, Results
from domain.checks import CHECKS
from domain.inspection import inspection
from domain.judged import JUDGED
from domain.standing import standing
from domain.terms.clauses import CLAUSES
from domain.terms.place import Place
from domain.terms.vocabulary import CandidateCategory, ContentPart, Level, Method, Mode, Verdict
from tests.story import COOK, ELECTRICIAN, GUARD, OTHER, USCC, WELDER, Story, issued, item, session


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


def test_a_session_without_receipt_and_without_plan_is_one_s8():
    story = Story().listed(item(ELECTRICIAN, "4"), receipt=False, plans=())
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


@pytest.mark.parametrize("mode", [Mode.ONLINE, Mode.NO_SESSION])
def test_what_has_no_place_is_clear(mode):
    story = listed()
    story.tell(session(mode=mode, venue=None))
    assert story.fold.flags == {}


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
    assert story.case("C3") == "then_and_now"
    story.tell(
        CertificateReissued(certificate_no=numbers[0], new_certificate_no="N", reason="损毁")
    )
    assert story.found() == ["C3"], "a replaced certificate still counts"
    for number in numbers[1:]:
        story.tell(CertificateRevoked(certificate_no=number, reason="多发"))
    assert story.found() == []
    assert story.case("C3") == "then_not_now"


def test_a_replaced_certificate_and_its_successor_count_once():
    story = listed()
    story.tell(session(candidates=Candidates(employee=1)))
    old, new = "Y000011123456254000001", "Y000011123456254000002"
    story.tell(issued(number=old))
    story.tell(CertificateReissued(certificate_no=old, new_certificate_no=new, reason="损毁"))
    story.tell(issued(number=new))
    assert story.found() == []


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
