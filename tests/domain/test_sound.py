"""What an event tells by itself is said once: refused said directly, refused as a correction.

`sound` stands beside each stream's decider. A generated event that it refuses is let in neither
way, for every event that there is; of the others it has nothing to say.
"""

import ast
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import reject
from hypothesis import strategies as st

from domain import registry
from domain.correction import FieldCorrection, RecordCorrected, day_in
from domain.entry import DAY_FIELDS
from domain.standing.standing import EnterpriseListed
from domain.terms.decider import Refused
from domain.terms.guards import FILINGS
from domain.terms.vocabulary import Role
from ledger.deciding.amending import amend
from ledger.reference import installed
from tests.domain.test_registry import HISTORY, OF_NO_ROLE
from tests.facts import ELECTRICIAN, GUARD
from tests.given import SUPERVISOR, TODAY, USCC, Given, order, recorded

ENTRIES = recorded(*HISTORY)
REFERENCE = installed()

BLANK = st.sampled_from(["", " ", "  ", " "])
BAD_USCC = st.sampled_from(["91110302MA222LU88A", USCC[:-1] + "A", "1" * 18])
EARLIER = st.integers(0, 2_000)


def one(field: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return values.map(lambda value: {field: value})


def scope(occupation: Any, *levels: str) -> list[dict[str, Any]]:
    named = {name: getattr(occupation, name) for name in ("edition", "code", "name", "trade")}
    return [{**named, "levels": list(levels)}]


NOT_CONFIRMABLE = st.sampled_from(
    [[], scope(ELECTRICIAN), scope(GUARD, "4"), [*scope(ELECTRICIAN, "4"), *scope(GUARD, "5")]]
)
PERIOD = EARLIER.map(lambda days: {"effective_to": ("2025-06-01", days)})


def ends(field: str, first: str) -> st.SearchStrategy[dict[str, Any]]:
    """A last day on or before the day `first`, of the record itself."""
    return EARLIER.map(lambda days: {field: (first, days)})


EXPERT = {"expert_id": "e1", "name": "甲", "affiliation": "单位", "recusal_declared": False}
INSPECTOR = {"account": "甲", "name": "甲", "card_no": "R11240001", "recusal_declared": True}
SEEN = st.sampled_from(["参观", "检查", ""])

BAD: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "EnterpriseRegistered": one("uscc", BAD_USCC),
    "EnterpriseProfileChanged": one("uscc", BAD_USCC),
    "UnitCovered": one("unit_uscc", BAD_USCC | st.just(USCC)),
    "UnitReleased": one("unit_uscc", BAD_USCC),
    "ApplicationSubmitted": st.one_of(
        one("materials", st.just([])),
        one("scope", st.sampled_from([[], scope(ELECTRICIAN)])),
        one("methods", st.just([])),
        one("methods", st.just(["own"])),
        one("uscc", BAD_USCC),
    ),
    "ApplicationReturned": one("reason", BLANK),
    "PersonErased": one("basis", BLANK) | one("subject_id", BLANK | st.just("张三")),
    "ApplicationRejected": one("reason", BLANK),
    "ExpertsAssigned": st.one_of(
        one("experts", st.sampled_from([[], [EXPERT, EXPERT]])),
        one("experts", st.just([{**EXPERT, "recusal_declared": True}])),
    ),
    "EvaluationScored": one("scores.basics", st.sampled_from([21, 20.5, -1, 1000])),
    "EvaluationScoreRevised": st.one_of(
        one("scores.funding", st.sampled_from([21, 20.5, -1])), one("reason", BLANK)
    ),
    "EvaluationConcluded": one("scope", NOT_CONFIRMABLE),
    "ApplicationConfirmed": one("scope", NOT_CONFIRMABLE),
    "RosterPublished": one("entries", st.just([])),
    "EnterpriseListed": st.one_of(
        one("scope", NOT_CONFIRMABLE),
        ends("valid_to", "valid_from"),
        one("valid_to", st.sampled_from(["2027-07-02", "2030-01-01"])),
    ),
    "ScopeChanged": st.one_of(one("basis", BLANK), one("added", st.just(scope(GUARD, "4")))),
    "ListingSuspended": st.one_of(one("basis", BLANK), ends("until", "own")),
    "ListingReinstated": one("basis", BLANK),
    "ListingRemoved": one("basis", BLANK),
    "ListingRenewed": st.one_of(
        one("basis", BLANK),
        one("scope", NOT_CONFIRMABLE),
        ends("valid_to", "valid_from"),
        one("valid_to", st.sampled_from(["2030-07-02", "2031-01-01"])),
    ),
    "AnnualPlanFiled": one("uscc", BAD_USCC),
    "AnnualPlanRevised": one("uscc", BAD_USCC),
    "AssessmentHeld": st.one_of(
        st.integers(1, 400).map(lambda days: {"held_to": ("held_from", days)}),
        one("unit_uscc", BAD_USCC),
        one("candidates.other", st.integers(-9, -1)),
    ),
    "CertificateIssued": one("issuer_uscc", BAD_USCC),
    "CertificateReissued": one("reason", BLANK),
    "CertificateRevoked": one("reason", BLANK),
    "InspectionDrawn": one("sample.enterprises", st.integers(2, 9)),
    "InspectionDispatched": st.one_of(one("kind", SEEN), one("inspectors", st.just([INSPECTOR]))),
    "SpotCheckRecorded": one("kind", SEEN),
    "FindingRaised": one("uscc", BAD_USCC),
    "RectificationOrdered": st.integers(1, 400).map(lambda days: {"due_on": ("own", days)}),
    **dict.fromkeys(
        ("MeasureImposed", "MeasureStayed", "MeasureVaried", "MeasureSetAside", "MeasureLifted"),
        ends("effective_to", "effective_from"),
    ),
    "FindingClosed": one("outcome", BLANK),
    "FindingWithdrawn": one("reason", BLANK),
    "FlagReviewed": one("decision", st.just("converted")),
    "FlagAnswered": one("statement", BLANK),
    "RecordCorrected": one("fields", st.just([])),
    "CorrectionRequested": one("fields", st.just([])),
    "CorrectionDecided": one("reason", BLANK),
    "CatalogueAdopted": ends("valid_to", "valid_from"),
    "ApplicationWithdrawn": one("reason", BLANK),
    "HearingHeld": one("outcome", BLANK),
    **dict.fromkeys(
        ("StaffRegistered", "StaffReleased", "SpecificationFiled"), one("uscc", BAD_USCC)
    ),
    "PartnershipFiled": st.one_of(one("uscc", BAD_USCC), ends("valid_to", "own")),
    "ComplaintReceived": st.one_of(
        one("uscc", BAD_USCC),
        st.integers(1, 400).map(lambda days: {"complained_on": ("own", -days)}),
    ),
    "ResultsPublished": st.integers(1, 400).map(lambda days: {"until": ("published_on", days)}),
    "ActDecided": one("reason", BLANK),
}
"""Event → what makes it unsound: path → value; a pair is so many days before a day of the event."""

SAYS_NOTHING = {
    "DistrictOpinionGiven",
    "ApplicationAccepted",
    "ReceiptIssued",
    "RectificationReported",
    "ReinspectionRecorded",
    "FindingDisputed",
    "ActRequested",
}
"""Events that tell by themselves nothing that could be wrong."""


def test_every_event_is_either_refused_by_something_or_tells_nothing():
    assert set(BAD) | SAYS_NOTHING | OF_NO_ROLE == set(registry.EVENTS)
    assert not set(BAD) & SAYS_NOTHING


def at(name: str) -> int:
    """The position of the first event of that name in the history."""
    return next(e.position for e in ENTRIES if type(e.event).__name__ == name)


def told_before(position: int) -> list[Any]:
    """What stood in the ledger before, without the catalogue in which nothing is 准入类."""
    adopted = ENTRIES[at("CatalogueAdopted") - 1]
    return [e for e in ENTRIES[: position - 1] if e is not adopted]


def sound_of(name: str) -> Any:
    return registry.EVENTS[name].module.sound


def unsound(name: str, values: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The event with these values, and the values with their days counted out."""
    good = ENTRIES[at(name) - 1]
    told: dict[str, Any] = {}
    for path, value in values.items():
        if isinstance(value, tuple):
            start, days = value
            first = good.valid_from if start == "own" else getattr(good.event, start)
            value = str(first - timedelta(days=days))  # noqa: PLW2901 - the day itself
        told[path] = value
    if name in {"RecordCorrected", "CorrectionRequested"}:
        return replace(good.event, fields=()), told
    if name == "RosterPublished":
        return replace(good.event, entries=()), told
    changes = [(path, json.dumps(value, ensure_ascii=False)) for path, value in told.items()]
    try:
        return amend(good.event, changes).event, told
    except Refused:
        reject()  # the shape alone keeps it out, wherever it comes from
        raise


@pytest.mark.parametrize("name", sorted(BAD))
@forall(data=st.data())
def test_what_is_not_sound_is_refused_said_directly_and_as_a_correction(name: str, data: Any):
    bad, values = unsound(name, data.draw(BAD[name]))
    good = ENTRIES[at(name) - 1]
    with pytest.raises(Refused) as refused:
        sound_of(name)(bad, REFERENCE, day_in(bad) or good.valid_from)
    before = Given(told_before(good.position), None)
    said = before.when(order(bad, good.valid_from, by=good.actor))
    assert said.refusal is not None, (name, values)
    if not isinstance(bad, EnterpriseListed):  # which nobody says by itself
        # A reporter hears first that another enterprise is none of theirs.
        assert said.refusal.code in {refused.value.code, "other-enterprise"}
    fields = tuple(
        FieldCorrection(path=path, value=json.dumps(value, ensure_ascii=False))
        for path, value in values.items()
    )
    correction = RecordCorrected(position=good.position, fields=fields)
    by = SUPERVISOR if good.actor.role is Role.ENTERPRISE_REPORTER else good.actor
    after = Given([*told_before(good.position), good], None)
    assert after.when(order(correction, good.valid_from, by=by)).refusal is not None, values


@pytest.mark.parametrize("name", sorted(registry.EVENTS))
def test_what_was_recorded_is_sound(name: str):
    for entry in ENTRIES:
        if type(entry.event).__name__ == name and name != "RosterPublished":
            sound_of(name)(entry.event, REFERENCE, entry.valid_from)


FUTURE = (
    {
        name
        for name in registry.EVENTS
        if not name.startswith(("Listing", "ScopeChanged", "EnterpriseListed", "CatalogueAdopted"))
    }
    - {"InspectionDispatched", "RosterPublished", "ActRequested", "ActDecided"}
    - OF_NO_ROLE
    - FILINGS
)
"""What can only be said once it has happened; a filing may name a later day as its own."""


@pytest.mark.parametrize("name", sorted(FUTURE))
def test_what_has_not_happened_yet_is_refused_said_directly_and_as_a_correction(name: str):
    good, tomorrow = ENTRIES[at(name) - 1], TODAY + timedelta(days=1)
    held = next((n for n in DAY_FIELDS if hasattr(good.event, n)), None)
    body = good.event
    if held is not None:
        days = {held: tomorrow, **({"held_to": tomorrow} if held == "held_from" else {})}
        body = replace(body, **days)
    said = Given(ENTRIES[: good.position - 1], None).when(order(body, tomorrow, by=good.actor))
    assert said.refusal is not None
    fields = [FieldCorrection(path=held or "valid_from", value=f'"{tomorrow}"')]
    if held == "held_from":
        fields.append(FieldCorrection(path="held_to", value=f'"{tomorrow}"'))
    correction = RecordCorrected(position=good.position, fields=tuple(fields))
    by = SUPERVISOR if good.actor.role is Role.ENTERPRISE_REPORTER else good.actor
    after = Given(ENTRIES[: good.position], None).when(order(correction, good.valid_from, by=by))
    assert after.refusal is not None


def test_no_event_falls_through_what_is_said_of_it():
    """A catch-all would take tomorrow's event in silence; without one the type checker names the place."""
    falling: list[str] = []
    for path in sorted((Path(__file__).parents[2] / "domain").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name in {"sound", "founded"}:
                cases = [
                    case
                    for each in ast.walk(node)
                    if isinstance(each, ast.Match)
                    for case in each.cases
                ]
                falling += [
                    f"{path.stem}.{node.name}"
                    for case in cases
                    if isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None
                ]
    assert falling == []
