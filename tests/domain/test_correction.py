"""Corrections: what is known from then on, what may not be touched, and who may."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from domain.application.application import ReceiptIssued
from domain.assessment import ASSESSMENT, Candidates
from domain.catalogue import CatalogueAdopted
from domain.certificate.certificate import (
    CertificateReissued,
    CertificateRevoked,
    Ground,
)
from domain.correction import (
    REQUESTS,
    CorrectionDecided,
    CorrectionRequested,
    FieldCorrection,
    RecordCorrected,
    amended,
    day_in,
    resolved,
)
from domain.corrector import CORRECTED_BY, Corrector, require_corrector
from domain.enterprise import EnterpriseProfileChanged, UnitCovered
from domain.entry import ENTRY
from domain.finding.finding import FindingClosed, FindingWithdrawn, RectificationOrdered
from domain.flag import FlagAnswered
from domain.inspection.draw import Pool, Sample, commitment
from domain.inspection.inspection import InspectionDrawn
from domain.permissions import MAY, SEEN
from domain.registry import EVENTS
from domain.standing.standing import STANDING, ListingSuspended, ScopeChanged
from domain.terms.decider import Command, New, Refused
from domain.terms.envelope import Actor
from domain.terms.guards import FILINGS
from domain.terms.vocabulary import (
    CandidateCategory,
    CatalogueKind,
    EnterpriseKind,
    GroundKind,
    Level,
    Mode,
    Role,
    Verdict,
)
from ledger.deciding.amending import apply
from tests.facts import (
    APP,
    DIGEST,
    ELECTRICIAN,
    GUARD,
    LATHE,
    LISTED_FROM,
    NUMBER,
    PLAN,
    accepted,
    assigned,
    certified,
    concluded,
    confirmed,
    dispatch,
    evaluated,
    found,
    held,
    issue,
    item,
    listed,
    raised,
    recommended,
    register,
    spot_check,
    submission,
)
from tests.given import (
    BUREAU,
    CENTRE,
    OTHER,
    SUPERVISOR,
    TODAY,
    UNIT,
    USCC,
    entry,
    expert,
    facts_of,
    given,
    inspector,
    order,
    recorded,
    reporter,
    state_of,
)
from tests.story import LATER

DAY = date(2025, 9, 1)


def correct(position: int, by: Any = SUPERVISOR, on: date = DAY, **values: Any) -> Command[Any]:
    """Correct fields (`__` for a dot in the path) of the entry at `position`."""
    body = RecordCorrected(
        position=position,
        fields=tuple(
            FieldCorrection(
                path=path.replace("__", "."), value=json.dumps(value, ensure_ascii=False)
            )
            for path, value in values.items()
        ),
    )
    return order(body, on, by=by)


def last(history: list[Command[Any]]) -> int:
    """The position of the last entry that `history` makes."""
    return len(recorded(*history))


# What a correction does


def test_a_correction_stands_in_the_stream_of_its_entry_and_names_it():
    (new,) = given(register(), held()).when(correct(2, level="3")).then_as_ordered()
    assert (new.stream, new.subject, new.district) == ("assessment/a-1", USCC, "110108")
    assert new.tags == ("assessment:a-1", "entry:2")
    assert new.valid_from == date(2025, 3, 10)


def test_a_correction_is_known_from_its_position_on_and_not_before():
    history = [register(), held(), correct(2, venue__division="110105", level="3")]
    key = ASSESSMENT.key("a-1")
    before, after = state_of(recorded(*history[:2]), key), state_of(recorded(*history), key)
    assert (before.venue.division, before.level) == ("110108", Level.FOUR)
    assert (after.venue.division, after.level) == ("110105", Level.THREE)
    assert after.venue.name == before.venue.name


def test_the_same_correction_again_changes_nothing():
    given(register(), held(), correct(2, level="3")).when(correct(2, level="3")).then_nothing()
    given(register(), held()).when(correct(2, level="4")).then_nothing()


def test_a_correction_may_be_taken_back():
    history = [register(), held(), correct(2, level="3")]
    given(*history).when(correct(2, level="4")).then_as_ordered()
    after = state_of(recorded(*history, correct(2, level="4")), ASSESSMENT.key("a-1"))
    assert after.level is Level.FOUR


def test_corrections_of_one_entry_add_up():
    history = [register(), held(), correct(2, level="3"), correct(2, method="process")]
    after = state_of(recorded(*history), ENTRY.key("2"))
    assert (after.event.level, after.event.method, after.position) == (
        Level.THREE, "process", 2,
    )  # fmt: skip


def test_an_entry_follows_the_day_that_its_data_holds():
    day = date(2025, 3, 8)
    (new,) = given(register(), held()).when(correct(2, held_from=str(day))).then_as_ordered()
    assert new.valid_from == day
    after = state_of(recorded(register(), held(), correct(2, held_from=str(day))), ENTRY.key("2"))
    assert (after.valid_from, after.event.held_from) == (day, day)


def test_the_day_of_an_entry_whose_data_holds_none_is_corrected_beside_it():
    day = date(2025, 2, 1)
    body = ScopeChanged(uscc=USCC, added=(item(LATHE, "4"),), removed=(), basis="依据")
    way = [*listed(), order(body, date(2025, 3, 1))]
    earlier = correct(last(way), BUREAU, valid_from=str(day))
    (new,) = given(*way).when(earlier).then_as_ordered()
    assert new.valid_from == day
    course = state_of(recorded(*way, earlier), STANDING.key(USCC))
    assert len(course.on(day).scope) == 3
    assert len(course.on(day - timedelta(days=1)).scope) == 2


def test_a_listing_follows_its_corrected_days():
    way = listed()
    shorter = correct(last(way), BUREAU, valid_to="2025-01-01")
    given(*way).when(shorter).then_as_ordered()
    course = state_of(recorded(*way, shorter), STANDING.key(USCC))
    assert course.on(date(2025, 1, 1)).standing.value == "expired"


def test_what_is_said_about_a_holder_is_corrected_and_who_it_is_is_not():
    given(*certified()).when(correct(3, holder__category="student")).then_as_ordered()
    after = state_of(recorded(*certified(), correct(3, holder__category="student")), ENTRY.key("3"))
    assert after.event.holder.category is CandidateCategory.STUDENT
    for path in ("holder__subject_id", "holder__masked_name", "holder"):
        given(*certified()).when(correct(3, **{path: "李*"})).then_refused("identity-field")


# What a correction may not do


@pytest.mark.parametrize(
    "path", ["uscc", "assessment_id", "certificate_no", "expert_id", "arithmetic.passed"]
)
def test_what_identifies_a_record_or_was_computed_is_not_corrected(path: str):
    given(register(), held()).when(correct(2, **{path.replace(".", "__"): USCC})).then_refused(
        "identity-field", f"fields.{path}"
    )


def test_a_correction_corrects_something_of_something_for_a_reason():
    given(register(), held()).when(correct(2)).then_refused("fields-missing", "fields")
    given(register(), held()).when(correct(9, level="3")).then_refused(
        "unknown-position", "position"
    )
    without = replace(correct(2, level="3"), reason=" ")
    given(register(), held()).when(without).then_refused("reason-missing", "reason")
    tomorrow = correct(2, on=TODAY + timedelta(days=1), level="3")
    given(register(), held()).when(tomorrow).then_refused("day-in-the-future")


@pytest.mark.parametrize(
    ("path", "value"), [("level", "九级"), ("nothing", 1), ("venue__nothing", 1), ("mode", None)]
)
def test_a_corrected_record_is_a_valid_one(path: str, value: Any):
    given(register(), held()).when(correct(2, **{path: value})).then_refused(
        "invalid-correction", f"fields.{path.replace('__', '.')}"
    )


def test_some_records_are_made_anew_instead():
    seed = commitment("2026")
    drawn = InspectionDrawn(
        draw_id="d-1",
        pool=Pool(enterprises=(USCC,)),
        sample=Sample(enterprises=1),
        seed_commitment=seed,
    )
    adopted = CatalogueAdopted(
        kind=CatalogueKind.QUALIFICATIONS, edition="2026", valid_from=DAY, sha256=DIGEST
    )
    way = [*listed(), order(drawn, DAY), order(adopted, DAY), correct(1, name="新名")]
    entries = recorded(*way)
    positions = {type(e.event).__name__: e.position for e in entries}
    names = {"RosterPublished", "InspectionDrawn", "CatalogueAdopted", "RecordCorrected"}
    for name in names:
        given(*way).when(correct(positions[name], CENTRE, batch="x")).then_refused(
            "not-correctable", "position"
        )


@pytest.mark.parametrize("value", ["2025-13-01", "2025-02-30", "20250301", "", None, 20250301])
def test_a_day_is_corrected_to_a_day(value: Any):
    given(*found()).when(correct(2, valid_from=value)).then_refused(
        "invalid-day", "fields.valid_from"
    )


def test_a_day_that_stands_in_the_data_is_corrected_there():
    given(register(), held()).when(correct(2, valid_from="2025-03-01")).then_refused(
        "day-in-data", "fields.valid_from"
    )


# What was refused before is refused as a correction


TOMORROW = str(TODAY + timedelta(days=1))
BAD = "91110302MA222LU88A"


def suspended() -> list[Command[Any]]:
    body = ListingSuspended(uscc=USCC, basis="依据", until=date(2025, 6, 1))
    return [*listed(), order(body, date(2025, 5, 1))]


def concluded_below() -> list[Command[Any]]:
    return [*evaluated(each="1"), order(concluded((), recommended=False), date(2024, 6, 15))]


def extended() -> list[Command[Any]]:
    body = ScopeChanged(uscc=USCC, added=(item(LATHE, "4"),), removed=(), basis="依据")
    return [*listed(), order(body, date(2025, 3, 1))]


def covered() -> list[Command[Any]]:
    return [register(), order(UnitCovered(uscc=USCC, unit_uscc=UNIT, unit_name="甲"), DAY)]


def ordered() -> list[Command[Any]]:
    body = RectificationOrdered(finding_id="f-1", requirement="改", due_on=date(2025, 7, 1))
    return [*found(), order(body, date(2025, 6, 1))]


LATHES = [
    {"edition": "2022", "code": LATHE.code, "name": LATHE.name, "trade": None, "levels": ["4"]}
]
GUARDS = [
    {"edition": "2022", "code": GUARD.code, "name": GUARD.name, "trade": None, "levels": ["4"]}
]


@pytest.mark.parametrize(
    ("way", "values", "code"),
    [
        ([register(), held()], {"held_to": TOMORROW}, "day-in-the-future"),
        ([register(), held()], {"held_to": "2025-03-09"}, "days-reversed"),
        ([register(), held()], {"unit_uscc": BAD}, "invalid-uscc"),
        (certified(), {"issuer_uscc": BAD}, "invalid-uscc"),
        (certified(), {"issued_on": TOMORROW}, "day-in-the-future"),
        (covered(), {"unit_uscc": BAD}, "invalid-uscc"),
        (found(), {"valid_from": TOMORROW}, "day-in-the-future"),
        ([register(), order(dispatch(), DAY)], {"kind": "参观"}, "unknown-kind"),
        ([register(), order(spot_check(), DAY)], {"kind": "参观"}, "unknown-kind"),
        (concluded_below(), {"recommended": True, "scope": GUARDS}, "below-pass-mark"),
        (confirmed(), {"scope": GUARDS}, "access-controlled"),
        (confirmed(), {"scope": []}, "scope-empty"),
        (listed(), {"scope": []}, "scope-empty"),
        (listed(), {"scope": LATHES}, "scope-beyond"),
        (confirmed(), {"scope": LATHES}, "scope-beyond"),
        (recommended(), {"scope": LATHES}, "scope-beyond"),
        (confirmed(), {"valid_from": "2024-06-14"}, "before-its-ground"),
        (assigned(), {"valid_from": "2024-05-24"}, "before-its-ground"),
        (assigned(), {"experts__0__affiliation": USCC}, "expert-recused"),
        (assigned(), {"experts__0__recusal_declared": True}, "expert-recused"),
        (assigned(), {"experts": []}, "too-few-experts"),
        (ordered(), {"due_on": "2025-05-31"}, "due-before-order"),
        (ordered(), {"valid_from": "2025-05-31"}, "before-its-ground"),
        (listed(), {"scope": GUARDS}, "access-controlled"),
        (listed(), {"valid_to": "2027-07-02"}, "period-too-long"),
        (listed(), {"valid_to": str(LISTED_FROM)}, "period-empty"),
        (extended(), {"added": GUARDS}, "access-controlled"),
        (suspended(), {"until": "2025-05-01"}, "until-before-start"),
    ],
)
def test_a_correction_lets_in_nothing_that_was_refused_before(
    way: list[Command[Any]], values: dict[str, Any], code: str
):
    given(*way).when(correct(last(way), who(way), **values)).then_refused(code)


def who(way: list[Command[Any]]) -> Actor:
    """Who corrects the last record of `way`: the body that made it, the centre for an enterprise."""
    by = way[-1].actor
    return SUPERVISOR if by.role is Role.ENTERPRISE_REPORTER else by


@pytest.mark.parametrize(
    ("way", "path"),
    [
        ([register(), held()], "held_from"),
        ([register(), held()], "held_to"),
        (certified(), "issued_on"),
        (found(), "valid_from"),
    ],
)
def test_a_correction_to_a_day_that_has_not_come_names_the_field(
    way: list[Command[Any]], path: str
):
    given(*way).when(correct(last(way), **{path: TOMORROW})).then_refused(
        "day-in-the-future", f"fields.{path}"
    )


def test_a_recommendation_is_corrected_within_the_rules():
    way = [*evaluated(), order(concluded((), recommended=False), date(2024, 6, 15))]
    given(*way).when(correct(last(way), CENTRE, recommended=True, scope=GUARDS)).then_refused(
        "access-controlled"
    )
    given(*way).when(correct(last(way), CENTRE, recommended=True)).then_refused("scope-empty")
    scope = [{**LATHES[0], "code": ELECTRICIAN.code, "name": ELECTRICIAN.name}]
    assert given(*way).when(correct(last(way), CENTRE, recommended=True, scope=scope)).new


@pytest.mark.parametrize(
    ("way", "values"),
    [
        ([register(), held()], {"unit_uscc": UNIT, "held_to": "2025-03-12"}),
        ([register(), order(spot_check(), DAY)], {"kind": "专项督导"}),
        ([register(), order(dispatch(), DAY)], {"inspectors__1__card_no": "R11250009"}),
        (extended(), {"valid_from": "2027-01-01"}),
        (suspended(), {"until": None}),
        (covered(), {"unit_uscc": OTHER}),
    ],
)
def test_what_could_have_been_recorded_so_is_corrected(way: Any, values: dict[str, Any]):
    given(*way).when(correct(last(way), who(way), **values)).then_as_ordered()


# Who corrects


def test_an_enterprise_corrects_a_record_that_nothing_rests_on():
    way = [*listed(), *with_receipt_and_plan(), held()]
    given(*way).when(correct(last(way), reporter(), method="process")).then_as_ordered()
    given(*way).when(correct(last(way), reporter(OTHER), level="3")).then_refused(
        "other-enterprise"
    )
    given(*way).when(correct(last(listed()), reporter(), valid_to="2027-06-01")).then_refused(
        "role-not-allowed"
    )


def with_receipt_and_plan() -> list[Command[Any]]:
    receipt = ReceiptIssued(application_id=APP, receipt_no="R-1", issued_on=LISTED_FROM)
    return [order(receipt, LISTED_FROM), order(PLAN, date(2025, 1, 10))]


def flagged() -> list[Command[Any]]:
    """A session outside the confirmed levels, of an enterprise that is listed."""
    return [*listed(), *with_receipt_and_plan(), held(level=Level.THREE)]


def with_certificate() -> list[Command[Any]]:
    return [*listed(), *with_receipt_and_plan(), held(), order(issue(), date(2025, 3, 20))]


def named_in_a_finding() -> list[Command[Any]]:
    way = [*listed(), *with_receipt_and_plan(), held()]
    return [*way, order(raised(assessments=("a-1",)), date(2025, 6, 1))]


def test_a_certificate_of_a_session_with_too_many_is_corrected_by_the_centre_alone():
    """C3 names the certificates that are too many; all of them are counted, and their days too."""
    second = issue(
        certificate_no="Y000011123456254000002", holder=replace(issue().holder, subject_id="h-2")
    )
    session = held(candidates=Candidates(employee=1))
    way = [*listed(), *with_receipt_and_plan(), session]
    way += [order(each, date(2025, 3, 20)) for each in (issue(), second)]
    first = last(way) - 1
    wish = correct(first, reporter(), issued_on="2025-04-20")
    (new,) = given(*way).when(wish).new
    assert type(new.event) is CorrectionRequested


@pytest.mark.parametrize("way", [flagged(), with_certificate(), named_in_a_finding()])
def test_what_a_breach_a_certificate_or_a_finding_rests_on_is_asked_for(way: Any):
    at = position_of(way, "AssessmentHeld")
    wish = correct(at, reporter(), level="4", method="process")
    (new,) = given(*way).when(wish).new
    assert new.event == CorrectionRequested(position=at, fields=wish.body.fields)
    assert f"correction:{at}" in new.tags
    session = state_of(recorded(*way, wish), ASSESSMENT.key("a-1"))
    assert session.method == "examination"  # without effect
    given(*way, wish).when(wish).then_nothing()


def position_of(way: list[Command[Any]], name: str) -> int:
    return next(e.position for e in recorded(*way) if type(e.event).__name__ == name)


def test_a_finding_that_was_withdrawn_keeps_nobody_from_correcting():
    way = named_in_a_finding()
    withdrawn = order(FindingWithdrawn(finding_id="f-1", reason="有误"), date(2025, 6, 2))
    at = position_of(way, "AssessmentHeld")
    given(*way, withdrawn).when(correct(at, reporter(), method="process")).then_as_ordered()


def test_the_centre_takes_a_correction_that_was_asked_for():
    way = [*flagged(), correct(position_of(flagged(), "AssessmentHeld"), reporter(), level="4")]
    at = position_of(way, "AssessmentHeld")
    decided = CorrectionDecided(position=last(way), taken=True, reason="属实")
    new = given(*way).when(order(decided, DAY)).new
    assert [type(each.event) for each in new] == [CorrectionDecided, RecordCorrected]
    assert new[1].event.position == at
    session = state_of(recorded(*way, order(decided, DAY)), ASSESSMENT.key("a-1"))
    assert session.level is Level.FOUR
    given(*way, order(decided, DAY)).when(order(decided, DAY)).then_nothing()
    (request,) = state_of(recorded(*way, order(decided, DAY)), REQUESTS.key(str(at)))
    assert (request.taken, request.answer, request.decided_on) == (True, "属实", DAY)


def test_the_centre_refuses_a_correction_that_was_asked_for():
    way = [*flagged(), correct(position_of(flagged(), "AssessmentHeld"), reporter(), level="4")]
    refused = CorrectionDecided(position=last(way), taken=False, reason="不属实")
    given(*way).when(order(refused, DAY)).then_as_ordered()
    session = state_of(recorded(*way, order(refused, DAY)), ASSESSMENT.key("a-1"))
    assert session.level is Level.THREE
    taken = replace(refused, taken=True)
    given(*way, order(refused, DAY)).when(order(taken, DAY)).then_refused("already-decided")
    given(*way).when(order(replace(refused, reason=" "), DAY)).then_refused("reason-missing")
    given(*flagged()).when(order(replace(refused, position=2), DAY)).then_refused("unknown-request")
    early = order(refused, date(2025, 8, 31))
    given(*way).when(early).then_refused("before-its-ground")
    given(*way).when(order(refused, DAY, by=reporter())).then_refused("role-not-allowed")


def test_what_was_asked_for_may_be_named_by_its_record_while_one_request_waits():
    at = position_of(flagged(), "AssessmentHeld")
    way = [*flagged(), correct(at, reporter(), level="4")]
    decided = order(CorrectionDecided(position=at, taken=True, reason="属实"), DAY)
    (decision, _) = given(*way).when(decided).new
    assert decision.event.position == last(way)


FILED = [
    ([register(), order(PLAN, DAY)], {"summary.sessions": 7}),
    ([register(), order(submission(window="2025-10"), DAY)], {"window": "2026-05"}),
    (covered(), {"unit_name": "另一单位"}),
]


@pytest.mark.parametrize(("way", "fields"), [*FILED, ([register()], {"name": "另一企业"})])
def test_what_an_enterprise_filed_is_corrected_by_the_centre_alone(
    way: list[Command[Any]], fields: dict[str, Any]
):
    """Else a plan, a unit or an application could be turned into what it never was."""
    (new,) = given(*way).when(correct(last(way), reporter(), **fields)).new
    assert type(new.event) is CorrectionRequested


@pytest.mark.parametrize("way", [way for way, _ in FILED])
def test_the_day_of_receipt_of_what_was_filed_is_not_even_asked_for(way: list[Command[Any]]):
    """Else a plan, a unit or an application could be moved before what it has to come before."""
    day = str(way[-1].valid_from - timedelta(days=1))
    given(*way).when(correct(last(way), reporter(), valid_from=day)).then_refused("day-of-receipt")


@pytest.mark.parametrize("path", ["district", "kind"])
def test_an_enterprise_does_not_choose_its_own_authority(path: str):
    values = {"district": "110119", "kind": "municipal"}
    wish = correct(1, reporter(), **{path: values[path]})
    given(register()).when(wish).then_refused("authority-decides", f"fields.{path}")
    change = EnterpriseProfileChanged(uscc=USCC, **{path: values[path]})
    given(register()).when(order(change, DAY, by=reporter())).then_refused(
        "authority-decides", path
    )
    given(register()).when(order(change, DAY, by=CENTRE)).then_as_ordered()


def test_inspectors_name_the_session_that_they_saw_once_it_is_reported_and_no_other_enterprises():
    theirs = [
        register(uscc=OTHER, name="另一企业"),
        held(uscc=OTHER, assessment_id="a-9", held_from=DAY, held_to=DAY),
    ]
    way = [register(), *theirs, order(spot_check(), DAY, by=inspector())]
    way.append(held(held_from=DAY, held_to=DAY))
    given(*way).when(correct(4, inspector(), assessment_id="a-1")).then_as_ordered()
    for name in ("a-9", "a-none"):
        refused = given(*way).when(correct(4, inspector(), assessment_id=name))
        refused.then_refused("unknown-assessment", "fields.assessment_id")
    given(*way).when(correct(4, inspector(), inspection_id="i-2")).then_refused("identity-field")


def test_a_spot_check_is_corrected_by_its_own_authority():
    way = [register(), order(spot_check(), DAY, by=inspector())]
    given(*way).when(correct(2, inspector(), offline=False)).then_as_ordered()
    for other in (SUPERVISOR, CENTRE, BUREAU):
        given(*way).when(correct(2, other, offline=False)).then_refused("not-yours-to-correct")
    theirs = correct(2, inspector("110105"), offline=False)
    given(*way).when(theirs).then_refused("other-district")


def test_what_an_enterprise_reported_is_corrected_by_the_centre_too_and_by_nobody_else():
    for by in (CENTRE, SUPERVISOR):
        given(register(), held()).when(correct(2, by, level="3")).then_as_ordered()
    for by in (BUREAU, inspector()):
        given(register(), held()).when(correct(2, by, level="3")).then_refused(
            "not-yours-to-correct"
        )


@pytest.mark.parametrize(
    ("way", "values"),
    [
        (listed(), {"valid_to": "2025-01-01"}),
        (confirmed(), {"scope": []}),
        (recommended(), {"recommended": False}),
        (assigned(), {"experts__0__name": "张三"}),
        (evaluated(), {"scores__basics": 20}),
        (accepted()[:-1], {"opinion": "oppose"}),
        (extended(), {"valid_from": "2027-01-01"}),
        (found(), {"statement": "不实"}),
    ],
)
def test_a_decision_is_nobody_else_s_to_correct(way: list[Command[Any]], values: dict[str, Any]):
    for by in (SUPERVISOR, CENTRE, BUREAU, inspector()):
        if (by.role, by.organisation) != (way[-1].actor.role, way[-1].actor.organisation):
            given(*way).when(correct(last(way), by, **values)).then_refused("not-yours-to-correct")


GROUND = {"kind": "competition", "text": "市级竞赛第一名", "document_no": "京竞〔2025〕1号"}


def test_the_ground_of_a_direct_certification_is_not_the_enterprise_s_to_add_afterwards():
    """T2 is undecided without one, and is ended by nothing that its own enterprise reports (§1)."""
    direct = held(method="direct", mode=Mode.NO_SESSION, venue=None)
    way = [register(), direct, order(issue(), DAY)]
    record = recorded(*way, reference=LATER)[-1]

    def said(*more: Command[Any]) -> Any:
        facts = facts_of(recorded(*way, *more, reference=LATER), LATER)
        return facts.judged.flag(record, f"T2-{record.position}", TODAY)

    assert said().outcome.startswith("undecided.ground-not-reported")
    ground = Ground(kind=GroundKind.COMPETITION, text="一等奖", document_no="京竞〔2025〕1号")
    again = issue(results=replace(issue().results, ground=ground))
    renumbered = CertificateReissued(certificate_no=NUMBER, new_certificate_no="N-2", reason="补")
    for mending in (
        correct(len(way), reporter(), on=TODAY, results__ground=GROUND),
        correct(len(way) - 1, reporter(), on=TODAY, method="examination"),
        order(again, DAY),
        order(CertificateRevoked(certificate_no=NUMBER, reason="误发"), TODAY, by=reporter()),
        order(renumbered, TODAY, by=reporter()),
    ):
        assert said(mending) == said(), mending
    by_the_centre = correct(len(way), CENTRE, on=TODAY, results__ground=GROUND)
    assert said(by_the_centre).verdict is Verdict.CLEAR


# Who corrects what, for every type and every role: R reporter, C centre, B bureau, D district, E expert

ACTORS = {
    "R": reporter(),
    "Q": SUPERVISOR,
    "C": CENTRE,
    "B": BUREAU,
    "D": inspector(),
    "E": expert(),
}
OF_ITSELF = ("FindingDisputed", "FlagAnswered")
REPORTED = ("EnterpriseRegistered", "AssessmentHeld", "CertificateIssued")
ENDS = ("CertificateRevoked", "CertificateReissued")
MADE_ANEW = (
    "ClockSet", "DayClosed", "DemonstrationBegun",
    "RosterPublished", "InspectionDrawn", "CatalogueAdopted", "PersonErased", "ActRequested",
    "ActDecided", "RecordCorrected", "CorrectionRequested", "CorrectionDecided",
)  # fmt: skip


def may_correct(name: str, recorder: str) -> str:
    """Who corrects what `recorder` recorded, by the law (domain.md §1)."""
    same_house = {"Q": "QC", "C": "QC"}.get(recorder, recorder)
    if name in MADE_ANEW:
        return ""
    if name in OF_ITSELF or name in SEEN:
        return same_house
    filed = name in FILINGS and (recorder == "R" or (recorder in "QCD" and name not in ENDS))
    if name in REPORTED or filed:
        return "".join(sorted({*same_house, "Q", "C"}))
    return recorder


def test_who_corrects_what_is_said_of_every_event():
    assert CORRECTED_BY.keys() == EVENTS.keys()
    seen = {name for name, by in CORRECTED_BY.items() if by is Corrector.AUTHORITY}
    assert seen == SEEN
    nobody = {name for name, by in CORRECTED_BY.items() if by is Corrector.NOBODY}
    assert nobody == {*MADE_ANEW}


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_every_record_is_corrected_by_whose_it_is_and_by_nobody_else(name: str):
    recorders = [letter for letter, who in ACTORS.items() if who.role in MAY[name]]
    for recorder in recorders or "B":
        told = _of(EVENTS[name].cls, ACTORS[recorder])
        allowed = "".join(sorted(who for who in ACTORS if _may(ACTORS[who], told)))
        assert allowed == "".join(sorted(may_correct(name, recorder))), (name, recorder)


def _of(cls: type, by: Actor) -> Any:
    event = object.__new__(cls)
    if cls is EnterpriseProfileChanged:
        event = EnterpriseProfileChanged(uscc=USCC, name="新名称")
    return entry(New("s/1", event, USCC, "110108", (), DAY), 7, order(event, DAY, by=by))


def _may(actor: Actor, told: Any) -> bool:
    wish = correct(7, actor, reason="x")
    try:
        require_corrector(wish, told)
    except Refused:
        return False
    return True


@pytest.mark.parametrize("part", [{"district": "110105"}, {"kind": EnterpriseKind.FOREIGN}])
def test_who_supervises_an_enterprise_is_a_decision_of_who_said_so(part: dict[str, Any]):
    event = EnterpriseProfileChanged(uscc=USCC, **part)
    told = entry(New("s/1", event, USCC, "110108", (), DAY), 7, order(event, DAY, by=inspector()))
    assert [who for who in ACTORS if _may(ACTORS[who], told)] == ["D"]


def test_a_supervisor_corrects_neither_the_officer_s_revocation_nor_what_an_enterprise_answers():
    revoked = order(CertificateRevoked(certificate_no=NUMBER, reason="误发"), DAY, by=CENTRE)
    way = [*certified(), revoked]
    wish = correct(last(way), reason="另")
    given(*way).when(wish).then_refused("not-yours-to-correct")
    given(*way).when(replace(wish, actor=CENTRE)).then_as_ordered()
    answer = order(FlagAnswered(flag="S7-2", statement="正在公示", evidence=()), DAY)
    for by in (SUPERVISOR, CENTRE):
        wish = correct(4, by, statement="属实")
        given(*certified(), answer).when(wish).then_refused("not-yours-to-correct")


# Laws


VALUES = st.lists(
    st.one_of(
        st.tuples(st.just("level"), st.sampled_from(["5", "4", "3"])),
        st.tuples(st.just("method"), st.sampled_from(["examination", "process"])),
        st.tuples(st.just("held_from"), st.sampled_from(["2025-03-09", "2025-03-10"])),
        st.tuples(st.just("venue__division"), st.sampled_from(["110105", "131082"])),
    ),
    max_size=8,
)


@forall(VALUES)
def test_however_often_it_was_corrected_repeating_a_correction_adds_nothing(
    values: list[tuple[str, str]],
):
    history = [register(), held()]
    for path, value in values:
        command = correct(2, **{path: value})
        if given(*history).when(command).new:
            history.append(command)
        given(*history).when(command).then_nothing()


@forall(VALUES, st.integers(2, 10))
def test_what_is_known_at_a_position_follows_from_the_corrections_up_to_it(
    values: list[tuple[str, str]], position: int
):
    history = [register(), held(), *(correct(2, **{path: value}) for path, value in values)]
    entries = recorded(*history)
    session = entries[1]
    for told in entries[2:position]:
        session = amended(session, told.event, apply)
    known = resolved(entries[:position], apply)
    assert known == [entries[0], session]
    for field in ("level", "method"):
        said = [value for path, value in _set_until(entries, position) if path == field]
        assert getattr(session.event, field) == (said or [getattr(held().body, field)])[-1]


def _set_until(entries: list[Any], position: int) -> list[tuple[str, str]]:
    """Return path and value of everything that was corrected up to `position`."""
    return [
        (field.path, json.loads(field.value))
        for told in entries[2:position]
        for field in told.event.fields
    ]


def test_a_correction_of_an_entry_that_was_not_read_is_left_out():
    entries = recorded(register(), held(), correct(2, level="3"))
    assert [e.position for e in resolved([entries[0], entries[2]], apply)] == [1]


def test_only_some_events_hold_their_day_in_their_data():
    assert day_in(held().body) == date(2025, 3, 10)
    assert day_in(FindingClosed(finding_id="f-1", outcome="")) is None


def test_an_issued_certificate_is_not_altered_by_its_enterprise_alone():
    """Nothing is wrong with it: it is in somebody's hands all the same, and the public looks it up."""
    way = with_certificate()
    wish = correct(position_of(way, "CertificateIssued"), reporter(), level="1")
    (new,) = given(*way).when(wish).new
    assert type(new.event) is CorrectionRequested
