"""An application from submission to receipt: who may do what, when, and never twice."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from domain.application.application import (
    APPLICATION,
    TAKEN_AT,
    Application,
    ApplicationAccepted,
    ApplicationConfirmed,
    ApplicationRejected,
    ApplicationReturned,
    ApplicationWithdrawn,
    DistrictOpinionGiven,
    EvaluationConcluded,
    EvaluationScored,
    EvaluationScoreRevised,
    ExpertsAssigned,
    ReceiptIssued,
)
from domain.application.evaluation import (
    Arithmetic,
    HeadingScores,
    arithmetic,
    mean_of,
    require_points,
    two_places,
)
from domain.application.submission import AppliedStandard, AppliedUnit, window_of
from domain.enterprise import EnterpriseProfileChanged
from domain.terms.decider import Command, Refused
from domain.terms.envelope import Stamps
from domain.terms.naming import material_of
from domain.terms.reference import RuleSet
from domain.terms.vocabulary import CatalogueKind, EnterpriseKind, Method, Opinion, Role
from ledger.reference import installed
from tests.facts import (
    APP,
    COOK,
    ELECTRICIAN,
    GUARD,
    MATERIALS,
    SCOPE,
    accepted,
    applied,
    assigned,
    concluded,
    confirmation,
    confirmed,
    evaluated,
    item,
    listed,
    opinion,
    panel,
    points,
    recommended,
    register,
    scored,
    submission,
)
from tests.given import (
    BUREAU,
    CENTRE,
    OTHER,
    TODAY,
    USCC,
    expert,
    given,
    inspector,
    order,
    recorded,
    reporter,
    state_of,
)

DAY = date(2024, 6, 20)
TOMORROW = TODAY + timedelta(days=1)
ARITHMETIC = Arithmetic(totals=("90", "90"), mean="90.00", pass_mark=60, passed=True)


def submit(on: date = date(2024, 5, 10), by: Any = None, **changes: Any) -> Command[Any]:
    return order(submission(**changes), on, by=by)


def accept() -> Command[Any]:
    return order(ApplicationAccepted(application_id=APP), DAY)


def hand_back(reason: str = "材料不实") -> Command[Any]:
    return order(ApplicationReturned(application_id=APP, reason=reason), DAY)


def reject(reason: str = "不符合条件") -> Command[Any]:
    return order(ApplicationRejected(application_id=APP, reason=reason), DAY)


def assign(*ids: str) -> Command[Any]:
    return order(ExpertsAssigned(application_id=APP, experts=panel(*ids)), DAY)


def revise(each: str = "19", comment: str = "好", reason: str = "复核", **changes: Any) -> Any:
    body = EvaluationScoreRevised(
        application_id=APP, expert_id="e1", scores=points(each), comment=comment, reason=reason
    )
    return order(replace(body, **changes), DAY)


def conclude(scope: Any = SCOPE, *, positive: bool = True) -> Command[Any]:
    return order(concluded(scope, recommended=positive), DAY)


def confirm(scope: Any = SCOPE) -> Command[Any]:
    return order(confirmation(scope), DAY)


def receipt(number: str = "R-1", issued_on: date = DAY) -> Command[Any]:
    body = ReceiptIssued(application_id=APP, receipt_no=number, issued_on=issued_on)
    return order(body, DAY)


def application_after(*history: Command[Any]) -> Application:
    state = state_of(recorded(*history), APPLICATION.key(APP))
    assert isinstance(state, Application)
    return state


# Submission and windows


def test_an_application_is_submitted_by_a_registered_enterprise():
    (new,) = given(register()).when(submit()).then_as_ordered()
    assert (new.stream, new.subject, new.district) == (f"application/{APP}", USCC, "110108")
    assert new.tags == (f"application:{APP}", f"evidence:{'ab' * 32}", f"applicant:{USCC}")


def test_an_application_for_what_may_not_be_certified_is_recorded():
    given(register()).when(submit(scope=(item(GUARD, "4"),))).then_as_ordered()


def test_an_application_is_not_submitted_twice():
    given(*applied()).when(submit()).then_refused("application-exists", "application_id")


def test_an_application_of_an_unknown_enterprise_is_refused():
    given().when(submit()).then_refused("unknown-enterprise", "uscc")


def test_an_application_names_a_valid_code():
    bad = submit(uscc="91110302MA222LU88A", by=CENTRE)
    given(register()).when(bad).then_refused("invalid-uscc", "uscc")


def test_an_application_may_name_a_later_day_than_that_of_its_receipt():
    (new,) = given(register()).when(submit(TOMORROW, window="2099-05")).then_as_ordered()
    assert new.valid_from == TOMORROW


def test_a_reporter_applies_for_their_own_enterprise_alone():
    given(register()).when(submit(by=reporter(OTHER))).then_refused("other-enterprise")


@pytest.mark.parametrize(
    ("day", "window"),
    [
        (date(2024, 1, 1), "2024-05"),
        (date(2024, 5, 31), "2024-05"),
        (date(2024, 6, 1), "2024-10"),
        (date(2024, 10, 31), "2024-10"),
        (date(2024, 11, 1), "2025-05"),
        (date(2024, 12, 31), "2025-05"),
    ],
)
def test_windows_close_at_the_end_of_may_and_of_october(day: date, window: str):
    assert window_of(day) == window
    given(register()).when(submit(day, window=window)).then_as_ordered()


@forall(st.dates(date(2020, 1, 1), date(2025, 1, 1)), st.integers(0, 400))
def test_a_later_day_never_belongs_to_an_earlier_window(day: date, later: int):
    assert window_of(day) <= window_of(day + timedelta(days=later))
    assert f"{day:%Y-%m}" <= window_of(day)


def test_a_window_that_has_closed_is_refused_and_a_later_one_is_not():
    given(register()).when(submit(date(2024, 6, 1))).then_refused("window-closed", "window")
    given(register()).when(submit(date(2024, 5, 1), window="2024-10")).then_as_ordered()


@pytest.mark.parametrize("window", ["2024-06", "2024-5", "第一批", "", "2024-05-10"])
def test_there_is_no_other_window(window: str):
    given(register()).when(submit(window=window)).then_refused("unknown-window", "window")


@pytest.mark.parametrize("missing", range(5))
def test_each_of_the_five_materials_is_needed(missing: int):
    some = (*MATERIALS[:missing], *MATERIALS[missing + 1 :])
    refusal = (
        given(register()).when(submit(materials=some)).then_refused("material-missing", "materials")
    )
    assert material_of(MATERIALS[missing].kind).zh in refusal.zh


@pytest.mark.parametrize("scope", [(), (item(ELECTRICIAN),)])
def test_an_application_without_scope_is_refused(scope: Any):
    given(register()).when(submit(scope=scope)).then_refused("scope-empty", "scope")


def test_an_application_declares_its_methods_and_describes_its_own():
    given(register()).when(submit(methods=())).then_refused("methods-empty", "methods")
    own = (Method.EXAMINATION, Method.OWN)
    given(register()).when(submit(methods=own, own_method=" ")).then_refused(
        "own-method-missing", "own_method"
    )
    given(register()).when(submit(methods=own, own_method="师带徒")).then_as_ordered()


# Opinion of the district


def test_the_competent_district_gives_its_opinion():
    (new,) = given(*applied()).when(order(opinion(), DAY)).then(opinion())
    assert (new.subject, new.district) == (USCC, "110108")


def test_giving_the_same_opinion_again_changes_nothing():
    given(*applied(), order(opinion(), DAY)).when(order(opinion(), DAY)).then_nothing()


def test_an_opinion_may_change_until_the_application_is_accepted():
    oppose = opinion(Opinion.OPPOSE)
    given(*applied(), order(opinion(), DAY)).when(order(oppose, DAY)).then(oppose)
    given(*accepted()).when(order(oppose, DAY)).then_refused("already-accepted")


def test_another_district_gives_no_opinion():
    theirs = replace(opinion(), district="110105")
    given(*applied()).when(order(theirs, DAY)).then_refused("other-district", "actor.organisation")
    given(*applied()).when(order(opinion(), DAY, by=inspector("110105"))).then_refused(
        "other-district", "actor.organisation"
    )


def test_an_opinion_is_of_the_district_that_was_competent_then_and_still_is():
    moved = order(EnterpriseProfileChanged(uscc=USCC, district="110105"), date(2025, 1, 1))
    late = order(opinion(), date(2024, 5, 20))
    given(*applied(), moved).when(late).then_refused("handed-over", "actor.organisation")
    history = replace(late, stamps=Stamps(backfill=True))
    given(*applied(), moved).when(history).then(opinion())
    theirs: DistrictOpinionGiven = replace(opinion(), district="110105")
    given(*applied(), moved).when(order(theirs, date(2025, 1, 1))).then(theirs)


@pytest.mark.parametrize("kind", EnterpriseKind)
def test_municipal_and_central_enterprises_go_to_the_centre_directly(kind: EnterpriseKind):
    way = [register(kind=kind), submit()]
    if kind in {EnterpriseKind.MUNICIPAL, EnterpriseKind.CENTRAL}:
        given(*way).when(order(opinion(), DAY)).then_refused("not-district-route")
        given(*way).when(accept()).then_as_ordered()
    else:
        given(*way).when(order(opinion(), DAY)).then_as_ordered()
        given(*way).when(accept()).then_refused("opinion-missing")


def test_an_opinion_on_nothing_is_refused():
    given(register()).when(order(opinion(), DAY)).then_refused("other-district")


def test_an_opinion_is_not_given_tomorrow():
    given(*applied()).when(order(opinion(), TOMORROW)).then_refused("day-in-the-future")


# Acceptance and return


def test_an_application_is_accepted_against_an_opposing_opinion_too():
    oppose = order(opinion(Opinion.OPPOSE), DAY)
    given(*applied(), oppose).when(accept()).then_as_ordered()


def test_an_application_is_not_accepted_twice():
    given(*accepted()).when(accept()).then_refused("already-accepted")


def test_an_application_is_returned_with_a_reason():
    given(*applied()).when(hand_back()).then_as_ordered()
    given(*recommended()).when(hand_back()).then_as_ordered()
    given(*applied()).when(hand_back(" ")).then_refused("reason-missing", "reason")


def test_a_returned_application_is_at_its_end():
    for command in (hand_back(), accept(), reject(), assign("e1"), conclude(), confirm()):
        given(*accepted(), hand_back()).when(command).then_refused("application-ended")
    given(*applied(), hand_back()).when(order(opinion(), DAY)).then_refused("application-ended")
    given(*assigned(), hand_back()).when(order(scored(), DAY)).then_refused("application-ended")
    given(*accepted(), hand_back()).when(receipt()).then_refused("application-ended")


def test_a_confirmed_application_is_neither_returned_nor_rejected():
    given(*confirmed()).when(hand_back()).then_refused("already-confirmed")
    given(*confirmed()).when(reject()).then_refused("already-confirmed")


# Experts


def test_experts_are_assigned_to_an_accepted_application():
    given(*accepted()).when(assign("e1", "e2")).then_as_ordered()
    given(*applied()).when(assign("e1")).then_refused("not-accepted")


def test_assigning_the_same_experts_again_changes_nothing():
    given(*assigned("e1", "e2")).when(assign("e1", "e2")).then_nothing()
    given(*evaluated()).when(assign("e1", "e2")).then_nothing()


def test_experts_may_be_replaced_until_the_conclusion_and_a_sheet_that_was_given_stays():
    given(*assigned("e1", "e2")).when(assign("e1", "e3")).then_as_ordered()
    way = [*assigned("e1", "e2"), order(scored(), DAY), assign("e2", "e3")]
    given(*way[:-1]).when(way[-1]).then_as_ordered()
    state = state_of(recorded(*way), APPLICATION.key(APP))
    assert state.left_out == ("e1",)
    assert [expert for expert, _ in state.sheets] == ["e1"]
    given(*way).when(order(scored("e1"), DAY)).then_refused("expert-not-assigned")
    given(*recommended()).when(assign("e3")).then_refused("already-concluded")


def test_a_sheet_of_an_expert_who_was_replaced_does_not_count():
    way = [
        *assigned("e1", "e2"),
        order(scored("e1", "1"), DAY),
        assign("e2"),
        order(scored("e2", "20"), DAY),
    ]
    (new,) = given(*way).when(order(concluded(), DAY)).new
    assert new.event.arithmetic.totals == ("100",)


@pytest.mark.parametrize("affiliation", ["示例企业 ", "示例企业人力资源部", "示 例企业"])
def test_a_part_of_the_applicant_counts_as_the_applicant_however_it_is_spelt(affiliation: str):
    one, two = panel("e1", "e2")
    body = ExpertsAssigned(application_id=APP, experts=(one, replace(two, affiliation=affiliation)))
    given(*accepted()).when(order(body, DAY)).then_refused("expert-recused", "experts.1")


def test_an_application_is_withdrawn_before_it_is_confirmed():
    def withdraw(reason: str = "另行申报") -> Any:
        return order(ApplicationWithdrawn(application_id=APP, reason=reason), DAY, by=reporter())

    given(*applied()).when(withdraw()).then_as_ordered()
    given(*applied()).when(withdraw(" ")).then_refused("reason-missing")
    given(*confirmed()).when(withdraw()).then_refused("already-confirmed")
    given(*applied(), withdraw()).when(assign("e1", "e2")).then_refused("application-ended")


def test_a_withdrawal_for_a_day_to_come_stops_no_authority_before():
    ahead = order(
        ApplicationWithdrawn(application_id=APP, reason="另行申报"),
        TODAY + timedelta(days=900),
        by=reporter(),
    )
    way = [*recommended(), ahead]
    confirmed_all_the_same = order(confirmation(), DAY)
    given(*way).when(confirmed_all_the_same).then_as_ordered()
    after = state_of(recorded(*way, confirmed_all_the_same), APPLICATION.key(APP))
    assert after.stage == "confirmed"
    waiting = state_of(recorded(*way), APPLICATION.key(APP))
    assert waiting.stage == "withdrawn"


def test_an_enterprise_has_one_open_application_a_window():
    second = submit(application_id="app-2")
    given(*applied()).when(second).then_refused("application-open", "window")
    back = order(ApplicationReturned(application_id=APP, reason="不全"), DAY)
    given(*applied(), back).when(second).then_as_ordered()


def test_what_was_returned_keeps_its_window_for_the_term_that_the_return_states():
    back = order(
        ApplicationReturned(application_id=APP, reason="不全", until=date(2024, 6, 20)),
        date(2024, 6, 5),
    )
    again = submission(application_id="app-2", resubmits=APP)
    way = [*applied(), back]
    given(*way).when(order(again, date(2024, 6, 20))).then_as_ordered()
    given(*way).when(order(again, date(2024, 6, 21))).then_refused("window-closed")
    given(*applied()).when(order(again, DAY)).then_refused("not-returned", "resubmits")
    nothing = replace(again, resubmits="app-9")
    given(*way).when(order(nothing, DAY)).then_refused("other-enterprise")
    given(*way).when(order(nothing, DAY, by=CENTRE)).then_refused(
        "unknown-application", "resubmits"
    )


def test_an_application_names_one_standard_for_an_occupation_and_units_with_valid_codes():
    standard = AppliedStandard(occupation=ELECTRICIAN, sha256="ab" * 32)
    given(register()).when(submit(standards=(standard,))).then_as_ordered()
    given(register()).when(submit(standards=(standard, standard))).then_refused(
        "standard-twice", "standards"
    )
    wrong = AppliedUnit(uscc="91110302MA222LU88A", name="分公司")
    given(register()).when(submit(units=(wrong,))).then_refused("invalid-uscc", "units.0.uscc")


def test_experts_are_as_many_different_people_as_the_rules_ask_for():
    given(*accepted()).when(assign()).then_refused("too-few-experts", "experts")
    given(*accepted()).when(assign("e1", "e1")).then_refused("too-few-experts", "experts")


@pytest.mark.parametrize(
    "changes", [{"recusal_declared": True}, {"affiliation": "示例企业"}, {"affiliation": USCC}]
)
def test_an_expert_with_a_ground_for_recusal_is_not_assigned(changes: dict[str, Any]):
    one, two = panel("e1", "e2")
    body = ExpertsAssigned(application_id=APP, experts=(one, replace(two, **changes)))
    given(*accepted()).when(order(body, DAY)).then_refused("expert-recused", "experts.1")


# Scores


def test_an_assigned_expert_fills_in_their_own_sheet():
    given(*assigned()).when(order(scored(), DAY)).then(scored())
    given(*assigned()).when(order(scored("e9"), DAY)).then_refused(
        "expert-not-assigned", "application_id"
    )
    given(*assigned()).when(order(scored("e1"), DAY, by=expert("e2"))).then_refused(
        "not-own-sheet", "expert_id"
    )


def test_a_sheet_is_not_filled_in_twice():
    given(*evaluated()).when(order(scored(), DAY)).then_refused("already-scored", "expert_id")


@pytest.mark.parametrize("heading", HeadingScores.__dataclass_fields__)
@pytest.mark.parametrize("value", ["-0.5", "20.5", "NaN", "Infinity"])
def test_points_lie_between_zero_and_what_a_heading_has(heading: str, value: str):
    sheet = replace(scored(), scores=replace(points(), **{heading: Decimal(value)}))
    given(*assigned()).when(order(sheet, DAY)).then_refused(
        "points-out-of-range", f"scores.{heading}"
    )


@pytest.mark.parametrize("each", ["0", "20", "17.5"])
def test_zero_and_the_maximum_are_points(each: str):
    given(*assigned()).when(order(scored(each=each), DAY)).then_as_ordered()


def test_a_sheet_is_revised_with_a_reason():
    given(*evaluated()).when(revise()).then_as_ordered()
    given(*evaluated()).when(revise(reason=" ")).then_refused("reason-missing", "reason")
    given(*assigned()).when(revise()).then_refused("not-scored", "expert_id")
    sheets = dict(application_after(*evaluated(), revise()).sheets)
    assert sheets == {"e1": points("19"), "e2": points("18")}


def test_revising_a_sheet_to_what_it_says_changes_nothing():
    given(*evaluated(), revise()).when(revise()).then_nothing()
    given(*evaluated(), revise()).when(revise(comment="更好")).then_as_ordered()


def test_no_sheet_is_filled_in_or_revised_after_the_conclusion():
    given(*recommended()).when(revise()).then_refused("already-concluded")
    given(*recommended()).when(order(scored(), DAY)).then_refused("already-concluded")


# Conclusion


def test_a_conclusion_carries_its_arithmetic_whatever_the_order_claimed():
    claimed = replace(
        concluded(), arithmetic=Arithmetic(totals=(), mean="99.00", pass_mark=0, passed=True)
    )
    for body in (concluded(), claimed):
        given(*evaluated()).when(order(body, DAY)).then(replace(concluded(), arithmetic=ARITHMETIC))


def test_an_evaluation_is_not_concluded_twice():
    given(*recommended()).when(conclude()).then_refused("already-concluded")


def test_an_evaluation_is_concluded_when_every_expert_has_scored():
    given(*accepted()).when(conclude()).then_refused("no-experts")
    given(*assigned("e1", "e2"), order(scored("e2"), DAY)).when(conclude()).then_refused(
        "scores-missing"
    )


def test_below_the_pass_mark_nothing_is_recommended():
    given(*evaluated(each="11.9")).when(conclude()).then_refused("below-pass-mark", "recommended")
    given(*evaluated(each="12")).when(conclude()).then(
        replace(
            concluded(),
            arithmetic=Arithmetic(totals=("60", "60"), mean="60.00", pass_mark=60, passed=True),
        )
    )


def test_below_the_pass_mark_the_evaluation_ends_without_recommendation():
    (new,) = given(*evaluated(each="1")).when(conclude((), positive=False)).new
    assert new.event.arithmetic.passed is False


def test_a_recommended_scope_lies_within_what_was_applied_for():
    given(*evaluated()).when(conclude(())).then_refused("scope-empty", "scope")
    given(*evaluated()).when(conclude((item(ELECTRICIAN, "3"),))).then_refused(
        "scope-beyond", "scope"
    )
    assert given(*evaluated()).when(conclude((item(ELECTRICIAN, "5"),))).new


def test_an_access_controlled_occupation_is_not_recommended():
    wished = (*SCOPE, item(GUARD, "4"))
    given(*evaluated(wished)).when(conclude(wished)).then_refused("access-controlled", "scope.1")


SHEETS = st.lists(
    st.decimals(0, 20, places=1).map(lambda each: points(str(each))), min_size=1, max_size=9
)


@forall(SHEETS, st.randoms(use_true_random=False))
def test_the_mean_lies_between_the_totals_and_does_not_depend_on_the_order(
    sheets: list[HeadingScores], chance: Any
):
    result = arithmetic(sheets, 60)
    totals = [sheet.total for sheet in sheets]
    assert min(totals) <= Decimal(result.mean) <= max(totals)
    chance.shuffle(sheets)
    assert arithmetic(sheets, 60).mean == result.mean


@forall(SHEETS)
def test_who_compares_the_shown_mean_with_a_mark_concludes_what_the_rule_concluded(
    sheets: list[HeadingScores],
):
    for mark in range(101):
        result = arithmetic(sheets, mark)
        assert (float(mean_of(result)) >= mark) == result.passed


def test_a_mean_is_compared_before_it_is_rounded():
    nearly = [replace(points("12"), basics=Decimal("11.995"))]
    assert arithmetic(nearly, 60).mean == "60.00"
    assert not arithmetic(nearly, 60).passed
    assert mean_of(arithmetic(nearly, 60)) == Decimal("59.995")
    assert two_places(mean_of(arithmetic(nearly, 60))) == "59.995"
    assert [two_places(Decimal(each)) for each in ("87.666666", "87.5", "60")] == [
        "87.67",
        "87.50",
        "60.00",
    ]
    assert arithmetic([points("12")], 60).passed


def test_points_are_judged_by_the_maximum_that_the_rules_set():
    require_points(points("25"), 25)
    with pytest.raises(Refused):
        require_points(points("25"), 24)


def test_the_rule_set_in_force_sets_the_pass_mark():
    rules = installed().in_force(CatalogueKind.RULES, DAY)
    assert rules is not None
    strict = replace(
        installed(), rule_sets={rules.edition: RuleSet(edition=rules.edition, pass_mark=91)}
    )
    given(*evaluated(), reference=strict).when(conclude()).then_refused("below-pass-mark")


# Confirmation and rejection


def test_the_bureau_confirms_what_was_recommended():
    given(*recommended()).when(confirm()).then_as_ordered()
    after = application_after(*recommended(), confirm())
    assert (after.confirmed, after.confirmed_by, after.stage) == (DAY, "bureau-1", "confirmed")


def test_an_application_is_not_confirmed_twice():
    given(*confirmed()).when(confirm()).then_refused("already-confirmed")


def test_nothing_is_confirmed_without_a_recommendation():
    given(*evaluated()).when(confirm()).then_refused("not-concluded")
    negative = [*evaluated(), conclude((), positive=False)]
    given(*negative).when(confirm()).then_refused("not-recommended")


def test_a_confirmed_scope_lies_within_what_was_recommended():
    given(*recommended()).when(confirm(())).then_refused("scope-empty", "scope")
    given(*recommended()).when(confirm((*SCOPE, item(COOK, "4")))).then_refused(
        "scope-beyond", "scope"
    )
    given(*recommended()).when(confirm((item(ELECTRICIAN, "5"),))).then_as_ordered()


def test_an_occupation_that_became_access_controlled_since_is_not_confirmed():
    scope = (item(GUARD, "4"),)
    way = [order(c.body, date(2021, 11, 1), by=c.actor) for c in recommended(scope)]
    way[1] = order(submission(scope=scope, window="2022-05"), date(2021, 11, 1))
    last_day, first_day = date(2021, 11, 22), date(2021, 11, 23)
    given(*way).when(order(confirmation(scope), last_day)).then_as_ordered()
    given(*way).when(order(confirmation(scope), first_day)).then_refused(
        "access-controlled", "scope.0"
    )


def test_the_bureau_rejects_an_accepted_application_with_a_reason():
    given(*accepted()).when(reject()).then_as_ordered()
    given(*applied()).when(reject()).then_refused("not-accepted")
    given(*accepted()).when(reject(" ")).then_refused("reason-missing", "reason")


def test_a_rejected_application_is_not_rejected_again():
    given(*accepted(), reject()).when(reject()).then_refused("application-ended")


# Receipt


def test_the_centre_issues_a_receipt_that_is_valid_on_its_own_day():
    (new,) = given(*confirmed()).when(receipt(issued_on=date(2024, 7, 1))).then_as_ordered()
    assert new.valid_from == date(2024, 7, 1)
    given(*listed()).when(receipt()).then_as_ordered()


def test_issuing_the_same_receipt_again_changes_nothing():
    given(*confirmed(), receipt()).when(receipt()).then_nothing()


def test_a_second_receipt_is_refused():
    given(*confirmed(), receipt()).when(receipt("R-2")).then_refused("receipt-exists", "receipt_no")


def test_no_receipt_without_confirmation_nor_from_tomorrow_on():
    given(*recommended()).when(receipt()).then_refused("not-confirmed")
    given(*confirmed()).when(receipt(issued_on=TOMORROW)).then_refused(
        "day-in-the-future", "issued_on"
    )


def test_the_centre_does_not_confirm_and_the_bureau_issues_no_receipt():
    body = ApplicationConfirmed(application_id=APP, scope=SCOPE)
    given(*recommended()).when(order(body, DAY, by=CENTRE)).then_refused("role-not-allowed")
    given(*confirmed()).when(order(receipt().body, DAY, by=BUREAU)).then_refused("role-not-allowed")


# Stages


def test_every_stage_has_its_name():
    stages = [
        (applied(), "submitted"),
        ([*applied(), order(opinion(), DAY)], "opinion_given"),
        (accepted(), "accepted"),
        (assigned(), "experts_assigned"),
        (evaluated(), "scoring"),
        (recommended(), "concluded"),
        (confirmed(), "confirmed"),
        (listed(), "published"),
        ([*listed(), receipt()], "receipt_issued"),
        ([*accepted(), hand_back()], "returned"),
        ([*accepted(), reject()], "rejected"),
    ]
    for way, stage in stages:
        assert application_after(*way).stage == stage


def test_an_expert_has_no_other_role():
    way = assigned()
    officer = replace(expert("e1"), role=Role.CENTRE_OFFICER, organisation="centre")
    given(*way).when(order(scored(), DAY, by=officer)).then_refused("role-not-allowed")


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        ("北京市海淀区上地十街10号", True),
        ("河北省三河市燕郊镇迎宾路1号", False),
        ("上海市浦东新区世纪大道100号", False),
        ("清河农场一号院", True),  # a doubt is for the centre
        ("学院路1号", True),
    ],
)
def test_who_is_registered_decidedly_elsewhere_does_not_apply(address: str, *, taken: bool):
    said = given(register(address=address)).when(submit())
    if taken:
        said.then_as_ordered()
    else:
        said.then_refused("address-outside", "uscc")


def test_the_address_of_the_day_of_the_application_counts():
    moved = order(EnterpriseProfileChanged(uscc=USCC, address="北京市朝阳区"), date(2024, 4, 1))
    given(register(address="天津市和平区南京路1号"), moved).when(submit()).then_as_ordered()


# Which step is taken at which stage ------------------------------------------

RECEIPT = ReceiptIssued(application_id=APP, receipt_no="回执1", issued_on=date(2024, 7, 10))
WAY: dict[str, list[Command[Any]]] = {
    "submitted": applied(),
    "opinion_given": accepted()[:-1],
    "accepted": accepted(),
    "experts_assigned": assigned(),
    "scoring": evaluated(),
    "concluded": recommended(),
    "confirmed": confirmed(),
    "published": listed(),
    "receipt_issued": [*listed(), order(RECEIPT, date(2024, 7, 10))],
    "returned": [
        *applied(),
        order(ApplicationReturned(application_id=APP, reason="材料不全"), DAY),
    ],
    "rejected": [
        *recommended(),
        order(ApplicationRejected(application_id=APP, reason="不符合条件"), DAY),
    ],
    "withdrawn": [*applied(), order(ApplicationWithdrawn(application_id=APP, reason="改期"), DAY)],
}
LATER = date(2024, 7, 15)
STEPS: dict[type, list[Command[Any]]] = {
    DistrictOpinionGiven: [order(opinion(Opinion.OPPOSE), LATER)],
    ApplicationAccepted: [order(ApplicationAccepted(application_id=APP), LATER)],
    ApplicationReturned: [order(ApplicationReturned(application_id=APP, reason="材料"), LATER)],
    ApplicationWithdrawn: [order(ApplicationWithdrawn(application_id=APP, reason="改期"), LATER)],
    ExpertsAssigned: [order(ExpertsAssigned(application_id=APP, experts=panel("e1", "e3")), LATER)],
    # One who gave a sheet already, and one who did not.
    EvaluationScored: [order(scored(who), LATER) for who in ("e1", "e3")],
    EvaluationScoreRevised: [
        order(
            EvaluationScoreRevised(
                application_id=APP, expert_id="e1", scores=points("17"), comment="", reason="复核"
            ),
            LATER,
        )
    ],
    EvaluationConcluded: [order(concluded(), LATER)],
    ApplicationConfirmed: [order(confirmation(), LATER, by=BUREAU)],
    ApplicationRejected: [
        order(ApplicationRejected(application_id=APP, reason="不符合条件"), LATER, by=BUREAU)
    ],
    ReceiptIssued: [order(replace(RECEIPT, receipt_no="回执2", issued_on=LATER), LATER)],
}


@pytest.mark.parametrize("stage", WAY)
def test_a_step_is_refused_at_every_stage_but_those_of_the_table(stage: str):
    history = recorded(*WAY[stage])
    state = state_of(history, APPLICATION.key(APP))
    assert isinstance(state, Application)
    assert state.stage == stage
    taken = {
        kind
        for kind, orders in STEPS.items()
        if any(given(*history).when(one).refusal is None for one in orders)
    }
    due = {kind for kind, stages in TAKEN_AT.items() if stage in stages}
    # What a step needs besides: an opinion of the district, and an expert without a sheet.
    lacking = {"submitted": {ApplicationAccepted}, "scoring": {EvaluationScored}}
    assert taken == due - lacking.get(stage, set())
    assert set(TAKEN_AT) == set(STEPS)
