"""Findings: what they rest on, rectification, measures, and how they end."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.checks.procedure import overdue
from domain.correction import FieldCorrection, RecordCorrected
from domain.enterprise import EnterpriseProfileChanged
from domain.finding.finding import (
    FINDING,
    TAKEN_AT,
    Finding,
    FindingClosed,
    FindingDisputed,
    FindingWithdrawn,
    HearingHeld,
    MeasureImposed,
    MeasureLifted,
    MeasureSetAside,
    MeasureStayed,
    MeasureVaried,
    RectificationOrdered,
    RectificationReported,
    ReinspectionRecorded,
)
from domain.terms.decider import Command
from domain.terms.intervals import Days
from tests.facts import NUMBER, certified, dispatch, found, raised, register, spot_check
from tests.given import (
    BUREAU,
    CENTRE,
    OTHER,
    SUPERVISOR,
    TODAY,
    USCC,
    given,
    inspector,
    order,
    recorded,
    reporter,
    state_of,
)

DAY = date(2025, 6, 1)
DUE = date(2025, 7, 1)
TOMORROW = TODAY + timedelta(days=1)
CHANGES = (MeasureStayed, MeasureVaried, MeasureSetAside, MeasureLifted)


def raise_(by: Any = None, on: date = DAY, **changes: Any) -> Command[Any]:
    return order(raised(**changes), on, by=by)


def require(on: date = DAY, **changes: Any) -> Command[Any]:
    body = RectificationOrdered(finding_id="f-1", requirement="停止超范围开展认定", due_on=DUE)
    return order(replace(body, **changes), on)


def report(on: date = date(2025, 6, 20), statement: str = "已整改", by: Any = None) -> Command[Any]:
    body = RectificationReported(finding_id="f-1", statement=statement, evidence=())
    return order(body, on, by=by)


def reinspect(on: date = date(2025, 6, 25), *, passed: bool = True) -> Command[Any]:
    return order(ReinspectionRecorded(finding_id="f-1", passed=passed, note="现场复查"), on)


def impose(on: date = DAY, **changes: Any) -> Command[Any]:
    body = MeasureImposed(
        finding_id="f-1", measure_id="m-1", kind="暂停", effective_from=date(2025, 6, 10)
    )
    return order(replace(body, **changes), on)


def change(kind: Any = MeasureVaried, start: date = date(2025, 6, 15), **changes: Any) -> Any:
    body = kind(measure_id="m-1", finding_id="f-1", effective_from=start)
    return order(replace(body, **changes), DAY)


def close(outcome: str = "整改到位") -> Command[Any]:
    return order(FindingClosed(finding_id="f-1", outcome=outcome), date(2025, 8, 1))


def withdraw(reason: str = "事实有误") -> Command[Any]:
    return order(FindingWithdrawn(finding_id="f-1", reason=reason), date(2025, 8, 1))


def dispute(statement: str = "不属实", by: Any = None) -> Command[Any]:
    return order(FindingDisputed(finding_id="f-1", statement=statement), date(2025, 8, 2), by=by)


def finding_after(*history: Command[Any]) -> Finding:
    state = state_of(recorded(*found(), *history), FINDING.key("f-1"))
    assert isinstance(state, Finding)
    return state


# Raised


def test_a_finding_is_raised_about_an_enterprise():
    (new,) = given(register()).when(raise_()).then_as_ordered()
    assert (new.stream, new.subject, new.district) == ("finding/f-1", USCC, "110108")
    assert new.tags == ("finding:f-1",)


def test_a_finding_is_not_raised_twice():
    given(*found()).when(raise_()).then_refused("finding-exists", "finding_id")


def test_a_finding_names_what_is_recorded():
    way = [*certified(), order(dispatch(), DAY), order(spot_check(inspection_id="i-2"), DAY)]
    for inspection_id in ("i-1", "i-2"):
        rests_on = {
            "assessments": ("a-1",),
            "certificates": (NUMBER,),
            "inspection_id": inspection_id,
            "flags": ("S1-2",),
        }
        given(*way).when(raise_(**rests_on)).then_as_ordered()


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"assessments": ("a-1", "a-9")}, "unknown-assessment", "assessments.1"),
        ({"certificates": ("no",)}, "unknown-certificate", "certificates.0"),
        ({"inspection_id": "i-9"}, "unknown-inspection", "inspection_id"),
        ({"flags": ("S99-x",)}, "unknown-flag", "flags.0"),
        ({"flags": ("S1-2", "S1-99")}, "unknown-flag", "flags.1"),
        # Nothing is judged of a registration.
        ({"flags": ("S1-2", "S1-1")}, "unknown-flag", "flags.1"),
        ({"uscc": OTHER}, "unknown-enterprise", "uscc"),
        ({"uscc": "91110302MA222LU88A"}, "invalid-uscc", "uscc"),
    ],
)
def test_a_finding_that_names_nothing_is_refused(changes: Any, code: str, field: str):
    given(*certified()).when(raise_(**changes)).then_refused(code, field)


def test_a_finding_is_not_raised_tomorrow_nor_by_another_district():
    given(register()).when(raise_(on=TOMORROW)).then_refused("day-in-the-future")
    given(register()).when(raise_(inspector("110105"))).then_refused("other-district")
    given(register()).when(raise_(inspector("110108"))).then_as_ordered()


@pytest.mark.parametrize(
    "command",
    [require(), report(), reinspect(), impose(), change(), close(), withdraw(), dispute()],
)
def test_what_follows_a_finding_follows_one_that_exists(command: Command[Any]):
    if command.actor == reporter():  # who hears no more than that it is not theirs
        given(register()).when(command).then_refused("other-enterprise")
    else:
        given(register()).when(command).then_refused("unknown-finding", "finding_id")


# Rectification


def test_a_rectification_is_ordered_by_a_day():
    given(*found()).when(require()).then_as_ordered()
    given(*found()).when(require(due_on=DAY)).then_as_ordered()
    given(*found()).when(require(due_on=DAY - timedelta(days=1))).then_refused(
        "due-before-order", "due_on"
    )


def test_ordering_the_same_again_changes_nothing():
    given(*found(), require()).when(require()).then_nothing()
    given(*found(), require()).when(require(due_on=DUE + timedelta(days=30))).then_as_ordered()


def test_a_rectification_is_reported_by_the_enterprise_itself():
    given(*found(), require()).when(report()).then_as_ordered()
    given(*found(), require()).when(report(by=reporter(OTHER))).then_refused("other-enterprise")
    given(*found()).when(report()).then_refused("not-ordered", "finding_id")


def test_the_same_report_of_the_same_day_is_a_duplicate():
    given(*found(), require(), report()).when(report()).then_refused("duplicate")
    given(*found(), require(), report()).when(report(statement="补充")).then_as_ordered()
    again = report(date(2025, 6, 28))
    given(*found(), require(), report(), reinspect(passed=False)).when(again).then_as_ordered()


def test_a_later_report_does_not_make_the_first_one_late():
    after = finding_after(require(), report(), report(DUE + timedelta(days=5), "补充"))
    assert after.orders[0].reported == date(2025, 6, 20)
    assert after.orders[0].reported_position == 4
    late = finding_after(require(), report(date(2025, 6, 20)), report(date(2025, 6, 10), "先报"))
    assert (late.orders[0].reported, late.orders[0].reported_position) == (date(2025, 6, 10), 5)


def test_another_order_replaces_the_one_before_from_its_day_on():
    after = finding_after(require(), require(due_on=DUE + timedelta(days=30)))
    first, last = after.orders
    assert first.replaced == last.ordered
    assert first.replaced_position == last.position
    assert last.replaced is None


def test_a_report_answers_the_order_in_force_on_its_day_whatever_was_recorded_first():
    later = order(
        RectificationOrdered(finding_id="f-1", requirement="再改", due_on=date(2025, 9, 1)),
        date(2025, 7, 10),
    )
    for way in ((require(), later, report(DUE)), (require(), report(DUE), later)):
        first, second = finding_after(*way).orders
        assert (first.reported, second.reported) == (DUE, None)


def overdue_stretches(*history: Command[Any], position: int = 0) -> list[Days]:
    after = finding_after(*history)
    return [stretch.days for stretch in overdue(after, after.orders[position])]


def test_a_failed_reinspection_opens_an_order_again_until_the_next_report():
    late = DUE + timedelta(days=1)
    way = [require(), report(date(2025, 6, 20)), reinspect(date(2025, 6, 25), passed=False)]
    assert overdue_stretches(*way) == [Days(late)]
    again = report(DUE + timedelta(days=10), "再次整改")
    assert overdue_stretches(*way, again) == [Days(late, DUE + timedelta(days=10))]
    failed = reinspect(DUE + timedelta(days=20), passed=False)
    assert overdue_stretches(*way, again, failed) == [
        Days(late, DUE + timedelta(days=10)),
        Days(DUE + timedelta(days=20)),
    ]


def test_an_order_is_overdue_only_while_it_is_in_force_and_never_of_a_withdrawn_finding():
    assert overdue_stretches(require()) == [Days(DUE + timedelta(days=1))]
    second = order(
        RectificationOrdered(finding_id="f-1", requirement="再改", due_on=date(2025, 9, 1)), DUE
    )
    assert overdue_stretches(require(), second) == []
    assert overdue_stretches(require(), withdraw()) == []


def test_a_reinspection_says_whether_the_rectification_passed():
    given(*found(), require(), report()).when(reinspect()).then_as_ordered()
    given(*found()).when(reinspect()).then_refused("not-ordered", "finding_id")


def test_the_same_reinspection_again_is_a_duplicate():
    way = [*found(), require(), report(), reinspect()]
    given(*way).when(reinspect()).then_refused("duplicate")
    given(*way).when(reinspect(date(2025, 6, 26))).then_as_ordered()


def test_every_stage_has_its_name():
    failed = [require(), report(), reinspect(passed=False)]
    stages: list[tuple[list[Command[Any]], str]] = [
        ([], "raised"),
        ([dispute()], "disputed"),
        ([require()], "rectification_ordered"),
        ([require(), report()], "rectification_reported"),
        (failed, "failed"),
        ([*failed, report(DUE, "再次整改")], "rectification_reported"),
        ([require(), report(), reinspect()], "passed"),
        ([require(), report(), reinspect(), report(DUE, "补充")], "passed"),
        ([close()], "closed"),
        ([withdraw()], "withdrawn"),
    ]
    for history, stage in stages:
        assert finding_after(*history).stage == stage


# Measures


def test_a_measure_is_imposed_with_its_own_days_by_the_bureau_too():
    given(*found()).when(impose()).then_as_ordered()
    given(*found()).when(replace(impose(), actor=BUREAU)).then_as_ordered()
    given(*found()).when(replace(impose(), actor=inspector())).then_refused("role-not-allowed")
    given(*found(), impose()).when(impose()).then_refused("measure-exists", "measure_id")
    given(*found()).when(impose(effective_to=date(2025, 6, 10))).then_refused(
        "period-empty", "effective_to"
    )


@pytest.mark.parametrize("kind", CHANGES)
def test_a_measure_that_exists_is_changed(kind: Any):
    given(*found(), impose()).when(change(kind)).then_as_ordered()
    given(*found()).when(change(kind)).then_refused("unknown-measure", "measure_id")
    given(*found(), impose()).when(change(kind, effective_to=DAY)).then_refused("period-empty")


@pytest.mark.parametrize("kind", [MeasureStayed, MeasureVaried])
def test_changing_a_measure_in_the_same_way_again_changes_nothing(kind: Any):
    given(*found(), impose(), change(kind)).when(change(kind)).then_nothing()
    given(*found(), impose(), change(kind)).when(change(kind, DUE)).then_as_ordered()


@pytest.mark.parametrize("kind", [MeasureSetAside, MeasureLifted])
def test_a_measure_that_has_ended_is_not_changed(kind: Any):
    for again in CHANGES:
        given(*found(), impose(), change(kind)).when(change(again)).then_refused(
            "measure-ended", "measure_id"
        )


def test_a_change_concerns_its_own_measure_alone():
    other = impose(measure_id="m-2")
    after = finding_after(impose(), other, change(MeasureLifted))
    day = date(2025, 6, 15)
    stands = {m.measure_id: (m.stands(day), m.effective_to) for m in after.measures}
    assert stands == {"m-1": ("lifted", date(2025, 6, 15)), "m-2": ("imposed", None)}
    varied = finding_after(impose(), change(MeasureVaried, effective_to=DUE))
    assert varied.measures[0].effective_from == date(2025, 6, 15)
    assert (varied.measures[0].stands(day), varied.measures[0].effective_to) == ("varied", DUE)


def test_a_stay_is_an_interval_inside_its_measure():
    stay = change(MeasureStayed, date(2025, 7, 1), effective_to=date(2025, 8, 1))
    (measure,) = finding_after(impose(), stay).measures
    days = (date(2025, 6, 9), date(2025, 6, 10), date(2025, 7, 1), date(2025, 8, 1))
    assert [measure.in_effect(day) for day in days] == [False, True, False, True]
    assert [measure.stands(day) for day in days[1:]] == ["imposed", "stayed", "imposed"]
    assert measure.effective_from == date(2025, 6, 10)


def test_a_measure_that_was_set_aside_was_void_from_the_start():
    (measure,) = finding_after(impose(), change(MeasureSetAside)).measures
    assert not measure.in_effect(date(2025, 6, 10))


# Hearings


def test_a_hearing_is_held_after_the_finding_was_raised():
    def heard(on: date) -> Command[Any]:
        return order(HearingHeld(finding_id="f-1", held_on=on, outcome="维持"), date(2025, 8, 2))

    given(*found()).when(heard(DUE)).then_as_ordered()
    given(*found(), heard(DUE)).when(heard(DUE)).then_nothing()
    given(*found()).when(heard(DAY - timedelta(days=1))).then_refused(
        "heard-before-finding", "held_on"
    )
    given(*found()).when(heard(TOMORROW)).then_refused("day-in-the-future", "held_on")
    assert finding_after(heard(DUE)).hearings == (heard(DUE).body,)


@pytest.mark.parametrize("end", [close(), withdraw()])
def test_a_measure_outlives_its_finding(end: Command[Any]):
    for kind in CHANGES:
        given(*found(), impose(), end).when(change(kind)).then_as_ordered()


# End


def test_a_finding_is_closed_when_what_was_ordered_has_passed():
    given(*found()).when(close()).then_as_ordered()
    given(*found()).when(close(" ")).then_refused("outcome-missing", "outcome")
    for open_ in ([], [report()], [report(), reinspect(passed=False)]):
        given(*found(), require(), *open_).when(close()).then_refused("rectification-open")
    given(*found(), require(), report(), reinspect()).when(close()).then_as_ordered()


def test_a_finding_is_withdrawn_with_a_reason():
    given(*found()).when(withdraw()).then_as_ordered()
    given(*found()).when(withdraw("")).then_refused("reason-missing", "reason")


def test_an_enterprise_disputes_a_finding_about_itself():
    given(*found()).when(dispute()).then_as_ordered()
    given(*found()).when(dispute(by=reporter(OTHER))).then_refused("other-enterprise")
    given(*found(), dispute()).when(dispute()).then_refused("duplicate")
    given(*found(), dispute()).when(dispute("另有证据")).then_as_ordered()


@pytest.mark.parametrize("end", [close(), withdraw()])
def test_at_its_end_a_finding_is_done_with_but_for_an_objection(end: Command[Any]):
    for command in (require(), report(), reinspect(), impose(), close(), withdraw()):
        given(*found(), end).when(command).then_refused("finding-ended", "finding_id")
    given(*found(), end).when(dispute()).then_as_ordered()


def test_a_finding_is_emptied_by_no_correction_and_corrected_by_who_raised_it():
    """Nobody withdrew it, and yet it would stand for nothing."""
    way = [*certified(), order(raised(assessments=("a-1",)), DAY)]
    at = recorded(*way)[-1].position

    def corrected(by: Any, **fields: Any) -> Command[Any]:
        values = tuple(FieldCorrection(path=k, value=json.dumps(v)) for k, v in fields.items())
        return order(RecordCorrected(position=at, fields=values), DAY, reason="误记", by=by)

    given(*way).when(corrected(SUPERVISOR, assessments=[])).then_refused("grounds-missing")
    for other in (CENTRE, BUREAU, inspector()):
        given(*way).when(corrected(other, assessments=[])).then_refused("not-yours-to-correct")
    assert len(given(*way).when(corrected(SUPERVISOR, statement="另述")).new) == 1


# Whose a finding is to end

MOVED = date(2025, 7, 10)
NEXT = inspector("110105")


def moved() -> Command[Any]:
    """The enterprise is handed over to another district."""
    body = EnterpriseProfileChanged(uscc=USCC, district="110105")
    return order(body, MOVED, by=inspector())


def of_the_district(*more: Command[Any]) -> list[Command[Any]]:
    return [register(), order(raised(), date(2025, 6, 1), by=inspector()), *more]


ENDS = [
    order(FindingClosed(finding_id="f-1", outcome="已处理"), date(2025, 8, 1)),
    order(FindingWithdrawn(finding_id="f-1", reason="有误"), date(2025, 8, 1)),
    order(
        RectificationOrdered(finding_id="f-1", requirement="改", due_on=date(2026, 8, 1)),
        date(2025, 8, 1),
    ),
]


@pytest.mark.parametrize("act", ENDS)
def test_a_district_ends_no_finding_of_the_centre_and_gives_no_other_deadline(act: Command[Any]):
    given(*found()).when(replace(act, actor=inspector())).then_refused(
        "other-authority", "actor.organisation"
    )
    given(*found()).when(replace(act, actor=CENTRE)).then_as_ordered()


def test_a_reinspection_is_recorded_by_who_is_in_charge():
    way = [*found(), ENDS[2]]
    again = order(ReinspectionRecorded(finding_id="f-1", passed=True, note=""), date(2025, 8, 2))
    given(*way).when(replace(again, actor=inspector())).then_refused("other-authority")
    given(*way).when(again).then_as_ordered()


def test_the_centre_sees_to_a_finding_of_a_district_and_withdraws_none():
    closed, withdrawn, ordered = (replace(act, actor=SUPERVISOR) for act in ENDS)
    given(*of_the_district()).when(closed).then_as_ordered()
    given(*of_the_district()).when(ordered).then_as_ordered()
    given(*of_the_district()).when(withdrawn).then_refused("other-authority")


@pytest.mark.parametrize("act", ENDS)
def test_whoever_takes_an_enterprise_over_is_in_charge_of_what_its_district_found(
    act: Command[Any],
):
    given(*of_the_district(moved())).when(replace(act, actor=NEXT)).then_as_ordered()
    then = given(*of_the_district(moved())).when(replace(act, actor=inspector()))
    withdrawal = isinstance(act.body, FindingWithdrawn)
    then.then_refused("other-authority" if withdrawal else "other-district")


def test_a_measure_is_changed_by_who_imposed_it_or_by_the_bureau():
    days = {"finding_id": "f-1", "measure_id": "m-1", "effective_from": date(2025, 7, 1)}
    imposed, lifted = MeasureImposed(kind="约谈", **days), MeasureLifted(**days)
    for by, allowed in ((CENTRE, {CENTRE, SUPERVISOR, BUREAU}), (BUREAU, {BUREAU})):
        way = [*found(), order(imposed, date(2025, 7, 1), by=by)]
        for who in (CENTRE, SUPERVISOR, BUREAU):
            then = given(*way).when(order(lifted, date(2025, 7, 2), by=who))
            if who in allowed:
                then.then_as_ordered()
            else:
                then.then_refused("other-authority", "actor.organisation")


WAY: dict[str, tuple[Command[Any], ...]] = {
    "raised": (),
    "disputed": (dispute("原有异议"),),
    "rectification_ordered": (require(),),
    "rectification_reported": (require(), report()),
    "failed": (require(), report(), reinspect(passed=False)),
    "passed": (require(), report(), reinspect()),
    "closed": (close(),),
    "withdrawn": (withdraw(),),
}
LATER = date(2025, 9, 1)
ACTS: dict[type, Command[Any]] = {
    RectificationOrdered: require(LATER, due_on=date(2025, 10, 1)),
    RectificationReported: report(LATER, "又已整改"),
    ReinspectionRecorded: reinspect(LATER),
    MeasureImposed: impose(LATER, measure_id="m-2"),
    **{kind: replace(change(kind), valid_from=LATER) for kind in CHANGES},
    FindingClosed: order(FindingClosed(finding_id="f-1", outcome="整改到位"), LATER),
    FindingWithdrawn: order(FindingWithdrawn(finding_id="f-1", reason="事实有误"), LATER),
    FindingDisputed: dispute("不属实"),
    HearingHeld: order(HearingHeld(finding_id="f-1", held_on=LATER, outcome="维持"), LATER),
}


@pytest.mark.parametrize("stage", WAY)
def test_an_act_is_refused_at_every_stage_but_those_of_the_table(stage: str):
    history = recorded(*found(), impose(), *WAY[stage])
    state = state_of(history, FINDING.key("f-1"))
    assert isinstance(state, Finding)
    assert state.stage == stage
    taken = {kind for kind, one in ACTS.items() if given(*history).when(one).refusal is None}
    assert taken == {kind for kind, stages in TAKEN_AT.items() if stage in stages}
    assert set(TAKEN_AT) == set(ACTS)
