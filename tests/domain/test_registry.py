"""What holds for every event: one stream, one decider, immutable, recorded once."""

import ast
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from domain import registry
from domain.application.application import (
    APPLICATION,
    ApplicationAccepted,
    ApplicationRejected,
    ApplicationReturned,
    ApplicationWithdrawn,
    EvaluationScoreRevised,
    ExpertsAssigned,
    ReceiptIssued,
)
from domain.assessment import ResultsPublished
from domain.catalogue import CatalogueAdopted
from domain.certificate.certificate import CERTIFICATE, CertificateReissued, CertificateRevoked
from domain.correction import (
    CorrectionDecided,
    CorrectionRequested,
    FieldCorrection,
    RecordCorrected,
)
from domain.enterprise import (
    ENTERPRISE,
    EnterpriseProfileChanged,
    UnitCovered,
    UnitReleased,
)
from domain.erasure import PersonErased
from domain.finding.finding import (
    FINDING,
    FindingClosed,
    FindingDisputed,
    FindingRaised,
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
from domain.flag import FlagAnswered, FlagReviewed
from domain.inspection.draw import Pool, Sample, commitment
from domain.inspection.inspection import InspectionDrawn
from domain.partnership import PartnershipFiled
from domain.plan import AnnualPlanRevised
from domain.request import ActDecided, ActRequested
from domain.staff import StaffRegistered, StaffReleased
from domain.standing.standing import (
    ListingReinstated,
    ListingRemoved,
    ListingRenewed,
    ListingSuspended,
    ScopeChanged,
)
from domain.terms.decider import Command, FactKey
from domain.terms.vocabulary import CatalogueKind, PartnershipKind, ReviewDecision, StaffDuty
from ledger.deciding.acts import write_act
from ledger.upcasts import UPCASTS
from tests.facts import (
    APP,
    DIGEST,
    LATHE,
    LISTED_TO,
    NUMBER,
    PLAN,
    complaint,
    dispatch,
    held,
    issue,
    item,
    listed,
    opinion,
    panel,
    points,
    raised,
    scored,
    specification,
    spot_check,
    submission,
)
from tests.given import (
    BUREAU,
    CENTRE,
    PUBLISHER,
    UNIT,
    USCC,
    forced,
    given,
    order,
    recorded,
    state_of,
)

DAY = date(2025, 6, 1)
ROOT = Path(registry.__file__).parents[1]


def _basis(kind: Any, day: date, **more: Any) -> Command[Any]:
    return order(kind(uscc=USCC, basis="依据", **more), day)


def _measure(kind: Any, measure_id: str, start: int) -> Command[Any]:
    day = DAY + timedelta(days=start)
    return order(kind(measure_id=measure_id, finding_id="f-1", effective_from=day), DAY)


def everything() -> list[Command[Any]]:
    """A history in which every event occurs that can be ordered."""
    revised = EvaluationScoreRevised(
        application_id=APP, expert_id="e1", scores=points("19"), comment="", reason="复核"
    )
    *way, publication = listed()
    concluded_at = next(
        n for n, c in enumerate(way) if type(c.body).__name__ == "EvaluationConcluded"
    )
    way.insert(concluded_at, order(revised, date(2024, 6, 12)))
    imposed = [
        order(
            MeasureImposed(
                finding_id="f-1", measure_id=m, kind="暂停", effective_from=date(2025, 6, 2)
            ),
            DAY,
        )
        for m in ("m-1", "m-2")
    ]
    again = submission(application_id="app-2", window="2025-10")
    given_2 = opinion(app="app-2")
    correction = RecordCorrected(
        position=1, fields=(FieldCorrection(path="address", value='"北京"'),)
    )
    draw = InspectionDrawn(
        draw_id="d-1",
        pool=Pool(enterprises=(USCC,)),
        sample=Sample(enterprises=1),
        seed_commitment=commitment("2025"),
        seed="2025",
    )
    adopted = CatalogueAdopted(
        kind=CatalogueKind.QUALIFICATIONS, edition="2026", valid_from=DAY, sha256=DIGEST
    )
    revised_plan = AnnualPlanRevised(uscc=USCC, year=2025, summary=PLAN.summary, sessions=())
    reissued = CertificateReissued(
        certificate_no=NUMBER, new_certificate_no="Y000011123456254000009", reason="补发"
    )
    other = issue(certificate_no="Y000011123456254000002")
    return [
        *way,
        publication,
        order(ReceiptIssued(application_id=APP, receipt_no="R-1", issued_on=DAY), DAY),
        order(EnterpriseProfileChanged(uscc=USCC, name="新名"), DAY),
        order(UnitCovered(uscc=USCC, unit_uscc=UNIT, unit_name="分公司"), DAY),
        order(UnitReleased(uscc=USCC, unit_uscc=UNIT), DAY + timedelta(days=1)),
        order(PLAN, date(2025, 1, 10)),
        order(revised_plan, DAY),
        held(),
        order(issue(), date(2025, 3, 20)),
        order(other, date(2025, 3, 20)),
        order(reissued, DAY),
        order(CertificateRevoked(certificate_no=other.certificate_no, reason="有误"), DAY),
        order(again, DAY),
        order(given_2, DAY),
        order(ApplicationAccepted(application_id="app-2"), DAY),
        order(ExpertsAssigned(application_id="app-2", experts=panel("e1")), DAY),
        order(scored(app="app-2"), DAY),
        order(ApplicationRejected(application_id="app-2", reason="不符"), DAY),
        order(submission(application_id="app-3", window="2025-10"), DAY),
        order(ApplicationReturned(application_id="app-3", reason="不全"), DAY),
        order(submission(application_id="app-4", window="2025-10"), DAY),
        order(ApplicationWithdrawn(application_id="app-4", reason="另行申报"), DAY),
        order(
            ResultsPublished(assessment_id="a-1", published_on=DAY, until=DAY, where="网站"), DAY
        ),
        order(StaffRegistered(uscc=USCC, staff_id="p-1", name="甲", duty=StaffDuty.ASSESSOR), DAY),
        order(StaffReleased(uscc=USCC, staff_id="p-1"), DAY + timedelta(days=1)),
        order(PartnershipFiled(uscc=USCC, kind=PartnershipKind.SCHOOL, partner="某技校"), DAY),
        order(specification(), DAY),
        order(complaint(), DAY),
        order(draw, DAY),
        order(dispatch(), DAY),
        order(spot_check(), DAY),
        order(raised(), DAY),
        order(HearingHeld(finding_id="f-1", held_on=DAY, outcome="维持"), DAY),
        order(RectificationOrdered(finding_id="f-1", requirement="改", due_on=LISTED_TO), DAY),
        order(RectificationReported(finding_id="f-1", statement="已改", evidence=()), DAY),
        order(ReinspectionRecorded(finding_id="f-1", passed=True, note=""), DAY),
        *imposed,
        _measure(MeasureStayed, "m-1", 10),
        _measure(MeasureVaried, "m-1", 20),
        _measure(MeasureSetAside, "m-1", 0),
        _measure(MeasureLifted, "m-2", 5),
        order(FindingDisputed(finding_id="f-1", statement="不属实"), DAY),
        order(FindingClosed(finding_id="f-1", outcome="整改到位"), DAY),
        order(raised(finding_id="f-2"), DAY),
        order(FindingWithdrawn(finding_id="f-2", reason="有误"), DAY),
        order(adopted, DAY),
        order(correction, DAY, by=CENTRE),
        _basis(ScopeChanged, DAY, added=(item(LATHE, "4"),), removed=()),
        _basis(ListingSuspended, date(2026, 1, 1)),
        _basis(ListingReinstated, date(2026, 2, 1)),
        _basis(ListingRenewed, LISTED_TO, valid_from=LISTED_TO, valid_to=date(2030, 7, 1)),
        _basis(ListingRemoved, date(2028, 1, 1)),
    ]


SOMEBODY = "0f0e0d0c-0b0a-4908-8706-050403020100"
HISTORY = everything()
_SESSION_AT = next(
    e.position for e in recorded(*HISTORY) if type(e.event).__name__ == "AssessmentHeld"
)
_ASKED = ActRequested(
    request_id="r-1",
    type="ListingRemoved",
    valid_from=DAY,
    data=write_act(ListingRemoved(uscc=USCC, basis="撤销")),
)
_LISTED_AT = next(n for n, o in enumerate(HISTORY) if type(o.body).__name__ == "ListingSuspended")
HISTORY.insert(_LISTED_AT, order(_ASKED, DAY, by=BUREAU))
HISTORY.insert(
    _LISTED_AT + 1,
    order(ActDecided(request_id="r-1", taken=False, reason="缺材料"), DAY, by=PUBLISHER),
)
_FLAG = f"S8-{_SESSION_AT}"  # held before the receipt
_WISH = CorrectionRequested(
    position=_SESSION_AT, fields=(FieldCorrection(path="level", value='"5"'),)
)
HISTORY += [
    order(FlagAnswered(flag=_FLAG, statement="回执在途", evidence=()), DAY),
    order(FlagReviewed(flag=_FLAG, decision=ReviewDecision.UPHELD), DAY),
    order(_WISH, DAY),
]
_WISH_AT = len(recorded(*HISTORY))
HISTORY.append(order(CorrectionDecided(position=_WISH_AT, taken=True, reason="属实"), DAY))
HISTORY.append(order(PersonErased(subject_id=SOMEBODY, basis="本人申请"), DAY, by=CENTRE))


OF_NO_ROLE = {"ClockSet", "DayClosed", "DemonstrationBegun"}
"""What no command can have recorded: `test_clock.py`, `test_day.py`, `test_demonstration.py`."""


def test_the_history_has_every_event():
    recorded_here = {type(e.event).__name__ for e in recorded(*HISTORY)}
    assert recorded_here == set(registry.EVENTS) - OF_NO_ROLE
    assert len(registry.EVENTS) == 63


def test_every_schema_that_ever_was_is_known_by_name():
    older = set(registry.STORED) - {kind.stored for kind in registry.EVENTS.values()}
    assert older == {"roster.roster-published/1", "flag.flag-reviewed/1"} == set(UPCASTS)
    assert registry.STORED["roster.roster-published/1"] is registry.EVENTS["RosterPublished"]
    assert registry.EVENTS["RosterPublished"].stored == "roster.roster-published/2"


@pytest.mark.parametrize("index", range(len(HISTORY)), ids=lambda n: type(HISTORY[n].body).__name__)
def test_repeating_an_order_at_once_adds_nothing(index: int):
    """It is carried out already, or it is refused: by what happened, never for lack of a right."""
    outcome = given(*HISTORY[: index + 1]).when(HISTORY[index])
    assert outcome.new == []
    if outcome.refusal is not None:
        assert outcome.refusal.field.partition(".")[0] not in {"actor", "valid_from"}


@pytest.mark.parametrize("index", range(len(HISTORY)), ids=lambda n: type(HISTORY[n].body).__name__)
def test_an_order_is_not_carried_out_from_outside(index: int):
    """Nobody without the role, and no reader, has an event recorded."""
    for name in ("analyst", "public", "security_admin", "audit_admin", "system_admin"):
        role = type(CENTRE.role)(name)
        actor = type(CENTRE)(account="x", role=role, organisation="centre")
        command = order(HISTORY[index].body, HISTORY[index].valid_from, by=actor)
        given(*HISTORY[:index]).when(command).then_refused("role-not-allowed", "actor.role")


def test_every_entry_stands_in_a_stream_of_its_kind_and_carries_known_tags():
    kinds = {
        "certificate": "assessment",  # certificates stand in the stream of their session
    }
    for entry in recorded(*HISTORY):
        group = entry.type.partition(".")[0]
        # A correction stands in the stream of its entry, and so does the request for one.
        expected = {"enterprise", "assessment"} if group == "record" else {kinds.get(group, group)}
        assert entry.stream.partition("/")[0] in expected, entry.type
        assert entry.tags, entry.type
        for tag in entry.tags:
            # Beside the facts: what a photo or a person is found by, and what makes a list.
            assert tag.partition(":")[0] in {*registry.FACT_KINDS, "evidence", "holder", "list"}


def test_every_entry_about_an_enterprise_names_it_and_its_district():
    about_none = {"RosterPublished", "InspectionDrawn", "CatalogueAdopted", "PersonErased"}
    for entry in recorded(*HISTORY):
        found = (entry.subject, entry.district)
        expected = (None, None) if type(entry.event).__name__ in about_none else (USCC, "110108")
        assert found == expected, entry.type


def test_an_entry_is_valid_on_the_day_that_its_data_holds():
    own = {"held_from", "issued_on", "published_on", "valid_from"}
    found = 0
    for entry in recorded(*HISTORY):
        if isinstance(entry.event, ActRequested):
            continue  # its day is that on which it was asked for, not that of the act
        for name in own & {f.name for f in fields(entry.event)}:
            found += 1
            assert entry.valid_from == getattr(entry.event, name), entry.type
    assert found == 9


def test_stored_names_carry_stream_event_and_schema():
    assert registry.EVENTS["ScopeChanged"].stored == "standing.scope-changed/1"
    assert registry.EVENTS["CertificateIssued"].stored == "certificate.certificate-issued/1"
    assert registry.EVENTS["RecordCorrected"].stored == "record.record-corrected/1"
    assert all(name == event.cls.__name__ for name, event in registry.EVENTS.items())


_IMMUTABLE = (str, int, bool, Decimal, date, datetime, NoneType)


def _leaves(hint: Any) -> Iterator[Any]:
    if get_origin(hint) is tuple or get_args(hint):
        for inner in get_args(hint):
            yield from _leaves(inner)
    elif hint is not Ellipsis:
        yield hint


def _assert_immutable(cls: Any) -> None:
    assert cls.__dataclass_params__.frozen
    assert "__slots__" in vars(cls)
    assert all(field.kw_only for field in fields(cls))
    for hint in get_type_hints(cls).values():
        assert get_origin(hint) not in {list, dict, set}
        for leaf in _leaves(hint):
            if is_dataclass(leaf):
                _assert_immutable(leaf)
            else:
                assert issubclass(leaf, (*_IMMUTABLE, Enum)), (cls, leaf)


@pytest.mark.parametrize("name", sorted(registry.EVENTS))
def test_an_event_holds_only_what_cannot_change(name: str):
    _assert_immutable(registry.EVENTS[name].cls)


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (ApplicationAccepted(application_id=APP), APPLICATION.key(APP)),
        (FindingClosed(finding_id="f-1", outcome=""), FINDING.key("f-1")),
        (EnterpriseProfileChanged(uscc=USCC, name="新名"), ENTERPRISE.key(USCC)),
        (CertificateRevoked(certificate_no=NUMBER, reason=""), CERTIFICATE.key(NUMBER)),
    ],
)
def test_what_follows_nothing_leaves_nothing(body: Any, key: FactKey[Any]):
    """A fold may read less than the whole, and never breaks on it."""
    assert state_of(recorded(forced(body, key.tag)), key) == key.kind.initial


def test_a_fold_takes_a_second_beginning_as_a_new_one():
    raised_again = forced(raised(statement="另一问题"), "finding:f-1")
    state = state_of(recorded(forced(raised(), "finding:f-1"), raised_again), FINDING.key("f-1"))
    assert isinstance(state.raised, FindingRaised)
    assert state.raised.statement == "另一问题"


def test_a_report_without_an_order_changes_no_finding():
    body = RectificationReported(finding_id="f-1", statement="已改", evidence=())
    first = forced(raised(), "finding:f-1")
    key = FINDING.key("f-1")
    state = state_of(recorded(first, forced(body, "finding:f-1")), key)
    assert state.orders == ()
    assert state.stage == "raised"


# Every refusal is expected somewhere


def _codes() -> set[str]:
    """Return the codes of all refusals in the deciders' sources: what looks like one and is one."""
    found: set[str] = set()
    places = {"Refused": 0, "_stage": 1, "existing": 1}
    for path in (ROOT / "domain").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                place = places.get(node.func.id, 99)
                code = node.args[place] if place < len(node.args) else None
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    found.add(code.value)
    return found


def _expected() -> set[str]:
    found: set[str] = set()
    names = set((ROOT / "tests" / "domain").rglob("test_*.py"))
    about_all = {Path(__file__), Path(__file__).with_name("test_events_document.py")}
    for path in names - about_all:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= set(node.value.split()[:1])
    return found


def test_every_refusal_is_expected_by_some_test():
    codes = _codes()
    assert len(codes) > 70
    assert codes - _expected() == set()
