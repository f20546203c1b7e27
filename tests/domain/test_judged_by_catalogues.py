"""S1, S2, S4 and the rules, by catalogues that the ledger adopted: each varied, and what it turns."""

import json
from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any

import pytest

from domain.catalogue import CatalogueAdopted
from domain.checks.outcome import Context
from domain.inspection.inspection import InspectionDispatched, Inspector
from domain.specification import SpecificationFiled
from domain.supervision.supervision import Supervision
from domain.terms.contents import Content, Occupation
from domain.terms.decider import Refused
from domain.terms.intervals import Days
from domain.terms.place import USUAL, Place
from domain.terms.reference import Edition, Published
from domain.terms.scope import require_published
from domain.terms.vocabulary import CatalogueKind, Level, Verdict
from ledger import catalogue_forms
from ledger.deciding.amending import apply
from ledger.reference import SHIPPED, installed, shipped_content
from tests.story import ELECTRICIAN, REFERENCE, USCC, Story, issued, item, locate, session

K = CatalogueKind
MANAGER = Occupation(edition="2015", code="4-07-05-03", name="智能楼宇管理员")
TRAINER = Occupation(edition="2015", code="4-04-05-05", name="人工智能训练师")


def content(kind: CatalogueKind, text: str | dict[str, Any]) -> Content:
    raw = json.dumps(text) if isinstance(text, dict) else text
    return catalogue_forms.read(kind, raw.encode()).content


def told(*adopted: tuple[CatalogueKind, str, Content, date], scope: Any = None) -> Story:
    """A story whose ledger adopts these catalogues first, and lists an enterprise."""
    story = Story()
    held = {f"{number:064}": each[2] for number, each in enumerate(adopted, 1)}
    reference = REFERENCE.holding(held)
    story.fold = Supervision(USCC, Context(reference, locate), apply)
    for number, (kind, edition, _, start) in enumerate(adopted, 1):
        story.tell(
            CatalogueAdopted(kind=kind, edition=edition, valid_from=start, sha256=f"{number:064}"),
            start,
        )
    return story.listed(*(scope or ())) if scope is not None else story


def flags(story: Story, code: str) -> list[tuple[Verdict, str]]:
    return [(f.outcome.verdict, f.outcome.zh) for f in story.fold.flags.values() if f.code == code]


def verdicts(story: Story, code: str) -> list[Verdict]:
    return [verdict for verdict, _ in flags(story, code)]


def shipped(kind: CatalogueKind, edition: str) -> tuple[CatalogueKind, str, Content, date]:
    (found,) = (each for each in SHIPPED if (each.kind, each.edition) == (kind, edition))
    held = shipped_content(found.sha256)
    assert held is not None
    return kind, edition, held, found.days.start


# S4 ---------------------------------------------------------------------------


def test_a_session_of_2021_is_judged_by_the_dictionary_of_its_time():
    """4-07-05-03 is 消防设施操作员 since 2022 and was 智能楼宇管理员 before."""
    story = told(shipped(K.DICTIONARY, "2015"))
    story.tell(session(MANAGER, "4", date(2021, 3, 10)))
    assert flags(story, "S4") == []
    story.tell(session(replace(MANAGER, name="消防设施操作员"), "4", date(2021, 3, 11)))
    assert verdicts(story, "S4") == [Verdict.UNDECIDED]


def test_without_the_edition_the_missing_catalogue_is_named():
    story = told()
    story.tell(session(MANAGER, "4", date(2021, 3, 10)))
    ((verdict, zh),) = flags(story, "S4")
    assert verdict is Verdict.UNDECIDED
    assert "缺少目录" in zh
    assert "2015" in zh


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2020, 2, 24), [Verdict.BREACH]),
        (date(2020, 2, 25), []),
    ],
)
def test_a_new_occupation_is_published_from_the_day_of_its_batch(day, expected):
    batch = content(K.NEW_OCCUPATIONS, "code,name\n4-04-05-05,人工智能训练师\n")
    story = told(shipped(K.DICTIONARY, "2015"), (K.NEW_OCCUPATIONS, "2", batch, date(2020, 2, 25)))
    story.tell(session(TRAINER, "4", day))
    assert verdicts(story, "S4") == expected


def test_a_batch_that_names_no_code_is_matched_by_name():
    batch = content(K.NEW_OCCUPATIONS, "code,name\n,人工智能训练师\n")
    story = told(shipped(K.DICTIONARY, "2015"), (K.NEW_OCCUPATIONS, "2", batch, date(2020, 2, 25)))
    story.tell(session(replace(TRAINER, code=""), "4", date(2020, 3, 1)))
    assert flags(story, "S4") == []


def test_a_batch_adopted_later_turns_the_verdict_of_the_session():
    batch = content(K.NEW_OCCUPATIONS, "code,name\n4-13-01-10,网络主播\n")
    story = told()
    story.fold = Supervision(USCC, Context(REFERENCE.holding({"b" * 64: batch}), locate), apply)
    anchor = Occupation(edition="2022", code="4-13-01-10", name="网络主播")
    story.tell(session(anchor, "4", date(2025, 3, 10)))
    assert verdicts(story, "S4") == [Verdict.BREACH]
    story.tell(
        CatalogueAdopted(
            kind=K.NEW_OCCUPATIONS,
            edition="6",
            valid_from=date(2024, 7, 25),
            sha256="b" * 64,
        ),
        date(2024, 7, 25),
    )
    assert verdicts(story, "S4") == [Verdict.CLEAR]


@pytest.mark.parametrize(
    ("code", "name"),
    [("2-06-07-13", "数字化管理师"), ("2-02-38-01", "人工智能工程技术人员")],
)
def test_an_occupation_of_a_professional_class_is_said_to_be_no_skills_occupation(code, name):
    story = told()
    story.tell(session(Occupation(edition="2022", code=code, name=name), "4"))
    ((verdict, zh),) = flags(story, "S4")
    assert verdict is Verdict.BREACH
    assert "不是技能类职业" in zh


def test_a_row_from_a_doubtful_source_serves_only_as_undecided():
    book = content(K.DICTIONARY, "code,name,confidence\n6-15-01-03,石灰煅烧工,c\n")
    story = told((K.DICTIONARY, "2015", book, date(2015, 7, 29)))
    story.tell(
        session(
            Occupation(edition="2015", code="6-15-01-03", name="石灰煅烧工"), "4", date(2021, 3, 1)
        )
    )
    assert verdicts(story, "S4") == [Verdict.UNDECIDED]


def test_an_occupation_confirmed_by_its_paper_is_undecided_until_its_batch_is_adopted():
    new = Occupation(edition="2022", code="", name="某新职业师")
    batch = content(K.NEW_OCCUPATIONS, "name\n某新职业师\n")
    story = told((K.NEW_OCCUPATIONS, "9", batch, date(2025, 1, 1)), scope=[item(new, "4")])
    story.tell(session(new, "4"))
    assert flags(story, "S4") == []
    story = told(scope=[item(new, "4")])
    story.tell(session(new, "4"))
    ((verdict, zh),) = flags(story, "S4")
    assert verdict is Verdict.UNDECIDED
    assert "缺少目录：收录它的新职业批次" in zh


def test_a_form_offers_the_edition_in_force_with_its_new_occupations():
    batch = content(
        K.NEW_OCCUPATIONS, "code,name,class\n,某新职业师,\n2-06-07-13,某师,专业技术类\n"
    )
    reference = installed().holding({"b" * 64: batch})
    start = Days(date(2025, 1, 1))
    reference = reference.adopting(
        Edition(kind=K.NEW_OCCUPATIONS, edition="9", days=start, sha256="b" * 64, position=1)
    )
    before, after = reference.offered(date(2024, 12, 31)), reference.offered(date(2025, 1, 1))
    assert before is not None
    assert after is not None
    assert after.edition == "2022"
    assert after.codes["电工"] == "6-31-01-03"
    assert ("某新职业师" in before.codes, "某新职业师" in after.codes) == (False, True)
    assert "" not in after.names
    assert "某师" not in after.codes
    assert installed().offered(date(2022, 1, 1)) is None


@pytest.mark.parametrize(
    ("number", "filed_on", "expected"),
    [
        (None, None, [Verdict.UNDECIDED]),
        ("", date(2025, 1, 1), [Verdict.UNDECIDED]),
        ("备案1", date(2025, 3, 11), [Verdict.UNDECIDED]),
        ("备案1", date(2025, 3, 10), []),
    ],
)
def test_an_occupation_without_a_standard_needs_a_specification_that_was_filed(
    number, filed_on, expected
):
    standards = content(K.STANDARDS, "name,has_standard\n电工,无\n")
    story = told((K.STANDARDS, "1", standards, date(2018, 1, 1)), scope=[item(ELECTRICIAN, "4")])
    if filed_on is not None:
        filed = SpecificationFiled(
            uscc=USCC,
            occupation=ELECTRICIAN,
            title="评价规范",
            sha256="e" * 64,
            filed_with="人力资源和社会保障部",
            filing_no=number,
            filed_on=filed_on,
        )
        story.tell(filed, filed_on)
    story.tell(session(ELECTRICIAN, "4", date(2025, 3, 10)))
    assert verdicts(story, "S4") == expected


# confirmation -------------------------------------------------------------------


def refusal(occupation: Occupation, paper: str | None, *levels: str) -> str | None:
    standard = content(
        K.STANDARDS, "code,name,issued_on,levels\n6-31-01-03,电工,2018-12-26,5;4;3\n"
    )
    reference = installed().holding({"s" * 64: standard})
    start = Days(date(2018, 1, 1))
    reference = reference.adopting(
        Edition(kind=K.STANDARDS, edition="x", days=start, sha256="s" * 64, position=1)
    )
    try:
        require_published(
            reference, [item(occupation, *levels or ("4",))], date(2025, 6, 1), "scope", paper
        )
    except Refused as refused:
        return refused.code
    return None


def test_what_no_catalogue_holds_is_confirmed_only_by_the_paper_that_published_it():
    new = Occupation(edition="2022", code="", name="某新职业师")
    assert refusal(new, None) == "unknown-occupation"
    assert refusal(new, "人社厅发〔2026〕99号") is None


def test_a_paper_does_not_make_a_wrong_code_right_nor_a_profession_a_skill():
    assert refusal(replace(ELECTRICIAN, code="6-18-01-01"), "文号") == "unknown-occupation"
    profession = Occupation(edition="2022", code="2-06-07-13", name="数字化管理师")
    assert refusal(profession, "文号") == "unknown-occupation"


def test_a_level_that_the_standard_does_not_have_is_confirmed_only_by_a_paper():
    assert refusal(ELECTRICIAN, None, "4", "1") == "level-not-in-standard"
    assert refusal(ELECTRICIAN, "文号", "4", "1") is None
    assert refusal(ELECTRICIAN, None, "4", "apprentice", "special", "chief") is None


# S2 -----------------------------------------------------------------------------


STANDARDS = (
    "code,name,work_type,issued_on,document,levels\n"
    "6-31-01-03,电工,,2018-12-26,人社厅发〔2018〕145号,5;4;3\n"
    "6-31-01-03,电工,,2026-01-01,新文,5;4\n"
)


@pytest.mark.parametrize(
    ("level", "day", "expected"),
    [
        ("3", date(2025, 3, 10), []),
        ("1", date(2025, 3, 10), [Verdict.UNDECIDED]),
        ("special", date(2025, 3, 10), []),
        ("3", date(2026, 3, 10), [Verdict.UNDECIDED]),
    ],
)
def test_a_confirmed_level_that_the_standard_of_the_day_lacks_is_undecided(level, day, expected):
    standards = content(K.STANDARDS, STANDARDS)
    scope = [item(ELECTRICIAN, "3", "1", "special")]
    story = told((K.STANDARDS, "1", standards, date(2018, 12, 26)), scope=scope)
    story.tell(session(ELECTRICIAN, level, day))
    assert verdicts(story, "S2") == expected


def test_where_no_standard_speaks_of_the_occupation_no_level_is_judged():
    standards = content(K.STANDARDS, "code,name,issued_on,levels\n,车工,2018-12-26,5\n")
    story = told((K.STANDARDS, "1", standards, date(2018, 12, 26)), scope=[item(ELECTRICIAN, "1")])
    story.tell(session(ELECTRICIAN, "1"))
    assert verdicts(story, "S2") == []


# S1 -----------------------------------------------------------------------------

MAPPING = (
    "edition_from,code_from,name_from,edition_to,code_to,name_to\n"
    "2015,4-07-05-03,智能楼宇管理员,2022,4-06-01-04,智能楼宇管理员\n"
)


@pytest.mark.parametrize("mapped", [True, False])
def test_two_editions_are_matched_only_by_a_mapping_that_was_adopted(mapped):
    mapping = content(K.MAPPING, MAPPING)
    start = date(2022, 9, 27) if mapped else date(2099, 1, 1)
    story = told((K.MAPPING, "2015-2022", mapping, start), scope=[item(MANAGER, "4")])
    now = Occupation(edition="2022", code="4-06-01-04", name="智能楼宇管理员")
    story.tell(session(now, "4"))
    assert verdicts(story, "S1") == ([] if mapped else [Verdict.UNDECIDED])


def test_a_bare_code_that_another_occupation_holds_today_is_no_match():
    mapping = content(K.MAPPING, MAPPING)
    story = told((K.MAPPING, "2015-2022", mapping, date(2022, 9, 27)), scope=[item(MANAGER, "4")])
    story.tell(session(Occupation(edition="2022", code="4-07-05-03", name="消防设施操作员"), "4"))
    assert verdicts(story, "S1") == [Verdict.UNDECIDED]


def test_only_firm_pairs_are_shipped_for_adoption():
    firm = shipped_content(
        next(e.sha256 for e in SHIPPED if e.kind is K.MAPPING and not e.suggested)
    )
    known = Occupation(edition="2015", code="4-07-05-04", name="消防设施操作员")
    now = Occupation(edition="2022", code="4-07-05-03", name="消防设施操作员")
    assert firm.maps(known, now)
    assert firm.maps(now, known)
    inferred = Occupation(edition="2015", code="4-10-01-03", name="保育员")
    assert not firm.maps(inferred, Occupation(edition="2022", code="4-10-01-03", name="保育师"))
    same = Occupation(edition="2015", code="6-31-01-03", name="电工")
    assert not firm.maps(same, ELECTRICIAN)


def test_a_trade_and_a_name_are_compared_folded():
    trade = replace(ELECTRICIAN, trade="变电站值班员(甲)")
    story = told(scope=[item(trade, "4")])
    story.tell(session(replace(trade, name="电 工", trade="变电站值班员（甲） "), "4"))
    assert [f for code in ("S1", "S4") for f in flags(story, code)] == []


# rules --------------------------------------------------------------------------


def ruled(**rules: Any) -> tuple[CatalogueKind, str, Content, date]:
    return K.RULES, "trial", content(K.RULES, {"edition": "trial", **rules}), date(2020, 4, 21)


def test_a_check_is_switched_off_by_the_rule_set_and_named_by_it_otherwise():
    for rules, expected in (({}, ["S7"]), ({"checks_off": ["S7"]}, [])):
        story = told(ruled(**rules))
        story.tell(session())
        assert story.found() == expected


def test_a_check_judges_from_the_day_that_the_rule_set_names():
    for first, expected in (("2025-03-10", ["S7"]), ("2025-03-11", [])):
        story = told(ruled(checks_from={"S7": first}))
        story.tell(session(day=date(2025, 3, 10)))
        assert story.found() == expected


def test_a_check_that_came_later_is_off_until_a_rule_set_names_its_first_day():
    plain = catalogue_forms.rules(b'{"edition": "x"}')
    named = catalogue_forms.rules(b'{"edition": "x", "checks_from": {"S10": "2026-12-01"}}')
    assert plain.judges("S1", date.min)
    assert not plain.judges("S10", date.max)
    assert not named.judges("S10", date(2026, 11, 30))
    assert named.judges("S10", date(2026, 12, 1))


@pytest.mark.parametrize(
    ("pattern", "number", "expected"),
    [
        (None, "Y00001112345625" + "4" + "000001", []),
        (None, "BJ-2025-000001", [Verdict.UNDECIDED]),
        (r"BJ-\d{4}-\d{6}", "BJ-2025-000001", []),
        (r"BJ-\d{4}-\d{6}", "Y00001112345625" + "4" + "000001", [Verdict.UNDECIDED]),
    ],
)
def test_which_certificate_numbers_are_known_the_rule_set_says(pattern, number, expected):
    rules = {"number_pattern": pattern} if pattern else {}
    story = told(ruled(**rules), scope=[item(ELECTRICIAN, "4")])
    story.tell(session())
    story.tell(issued(number=number))
    assert verdicts(story, "C1") == expected


def test_another_pattern_adopted_later_judges_the_certificates_again():
    rules = catalogue_forms.rules(rb'{"edition": "t", "number_pattern": "BJ-\\d{6}"}')
    story = Story()
    story.fold = Supervision(USCC, Context(REFERENCE.holding({"c" * 64: rules}), locate), apply)
    story.listed(item(ELECTRICIAN, "4"))
    story.tell(session())
    story.tell(issued(number="BJ-000001"))
    assert verdicts(story, "C1") == [Verdict.UNDECIDED]
    story.tell(
        CatalogueAdopted(kind=K.RULES, edition="t", valid_from=date(2020, 4, 21), sha256="c" * 64)
    )
    assert verdicts(story, "C1") == [Verdict.CLEAR]


@pytest.mark.parametrize(
    ("level", "mark", "expected"),
    [
        ("apprentice", "5", [Verdict.UNDECIDED]),
        ("chief", "1", [Verdict.UNDECIDED]),
        ("chief", "Z", [Verdict.UNDECIDED]),
        ("special", "T", []),
        ("special", "1", [Verdict.BREACH]),
        ("4", "4", []),
    ],
)
def test_the_mark_of_an_apprentice_and_of_a_chief_is_not_known(level, mark, expected):
    story = told(scope=[item(ELECTRICIAN, level)])
    story.tell(session(ELECTRICIAN, level))
    story.tell(issued(ELECTRICIAN, level, number=f"Y00001112345625{mark}000001"))
    assert verdicts(story, "C1") == expected


def test_the_tolerance_of_the_outline_is_the_rule_sets():
    asked: list[int] = []

    def judge(_mode, _place, bounds=USUAL):
        asked.append(bounds.error_m)
        return locate(_mode, _place)

    for error in (150, 400):
        story = Story()
        rules = catalogue_forms.rules(
            json.dumps({"edition": "t", "outline_error_m": error}).encode()
        )
        reference = replace(REFERENCE, rule_sets={"2020-3": rules})
        story.fold = Supervision(USCC, Context(reference, judge), apply)
        story.tell(session(venue=Place(division="110108")))
    assert set(asked) == {150, 400}


@pytest.mark.parametrize(("needed", "expected"), [(2, []), (3, ["Q1"])])
def test_the_least_number_of_inspectors_is_the_rule_sets(needed, expected):
    people = tuple(
        Inspector(account=name, name=name, card_no="R11250001", recusal_declared=False)
        for name in ("甲", "乙")
    )
    story = told(ruled(inspectors_minimum=needed))
    story.tell(
        InspectionDispatched(
            inspection_id="i-1", kind="现场督导", district=None, uscc=USCC, inspectors=people
        )
    )
    assert story.found() == expected


def test_the_deadline_of_plans_is_the_rule_sets():
    rules = catalogue_forms.rules(b'{"edition": "x", "plan_due": "03-15"}')
    assert rules.plan_deadline(2026) == date(2026, 3, 15)
    assert installed().rules(date(2026, 1, 1)).plan_deadline(2026) == date(2026, 1, 31)


def test_levels_are_read_from_a_standard_of_a_work_type_beside_the_whole():
    standards = content(
        K.STANDARDS,
        "code,name,work_type,issued_on,levels\n"
        "6-31-01-03,电工,,2018-12-26,5;4\n6-31-01-03,电工,烟机电工,2020-01-01,3\n",
    )
    day = date(2025, 1, 1)
    assert standards.on(ELECTRICIAN, day).levels == {Level.FIVE, Level.FOUR, Level.THREE}
    assert standards.on(replace(ELECTRICIAN, trade="烟机电工"), day).levels == {Level.THREE}
    assert standards.on(ELECTRICIAN, date(2017, 1, 1)) is None


def test_an_occupation_of_the_list_without_a_standard_is_told():
    standards = content(K.STANDARDS, "name,has_standard\n某工,无\n")
    none = Occupation(edition="2022", code="6-99-99-99", name="某工")
    assert standards.on(none, date(2025, 1, 1)).exists is False
    assert REFERENCE.publication(none, date(2025, 1, 1)).state is Published.UNKNOWN


# two editions of one day ---------------------------------------------------------


@pytest.mark.parametrize("order", list(permutations(("2026-9", "2026-10", "临时"))))
def test_of_editions_that_begin_on_one_day_the_name_tells_which_applies(order: tuple[str, ...]):
    """Whichever was recorded first (0283)."""
    reference, day = installed(), date(2026, 1, 1)
    for position, name in enumerate(order, 1):
        edition = Edition(
            kind=K.QUALIFICATIONS, edition=name, days=Days(day), sha256=name, position=position
        )
        reference = reference.adopting(edition)
    applies = reference.in_force(K.QUALIFICATIONS, day)
    assert applies is not None
    assert applies.edition == "临时"
    numbered = [e for e in reference.adopted if e.edition != "临时"]
    assert max(numbered, key=lambda e: e.precedence).edition == "2026-10"


def test_the_same_edition_again_from_the_same_day_is_that_edition_corrected():
    first, again = (
        Edition(kind=K.RULES, edition="x", days=Days(date(2026, 1, 1)), sha256=sha, position=at)
        for sha, at in (("f", 1), ("a", 2))
    )
    assert first.precedence < again.precedence


def test_what_a_catalogue_says_rests_on_the_entry_that_adopted_it():
    barred = content(K.QUALIFICATIONS, "name\n电工\n")
    story = told(
        (K.QUALIFICATIONS, "barred", barred, date(2025, 1, 1)), scope=[item(ELECTRICIAN, "4")]
    )
    held = story.tell(session())
    assert story.flag("S3").outcome.because == (held, 1), "the first entry adopted it"
