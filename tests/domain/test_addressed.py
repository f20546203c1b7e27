"""What is not there and what is not theirs is one answer to whoever is bound (domain.md §1, 11 A 7)."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from domain.addressed import NAMED, NEW
from domain.correction import RecordCorrected
from domain.permissions import MAY
from domain.registry import EVENTS
from domain.terms.decider import Command, Refused
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from tests import given as told
from tests.domain.finding.test_finding import found
from tests.facts import complaint, dispatch, listed
from tests.generated import events
from tests.given import OTHER, inspector, order, reporter
from tests.sentences import code_words

STRANGERS: dict[Role, Actor] = {
    Role.ENTERPRISE_REPORTER: reporter(OTHER),
    Role.DISTRICT_INSPECTOR: inspector("110105"),
    Role.EXPERT: Actor(account="e9", role=Role.EXPERT, organisation="某院"),
}
FOREIGN = {
    "uscc": told.USCC,
    "application_id": "app-1",
    "resubmits": "app-1",
    "assessment_id": "a-1",
    "certificate_no": "Y000011123456254000001",
    "finding_id": "f-1",
    "inspection_id": "i-1",
    "flag": "S1-13",
    "position": 1,
}
NOWHERE = {
    "uscc": told.UNIT,
    "application_id": "app-x",
    "resubmits": "app-x",
    "assessment_id": "a-x",
    "certificate_no": "Y000011123456254999999",
    "finding_id": "f-x",
    "inspection_id": "i-x",
    "flag": "S1-99999",
    "position": 99_999,
}
OF_THE_ENTERPRISE = {"staff_id", "measure_id", "request_id", "subject_id", "draw_id", "device_id"}
"""Ids within an enterprise or a finding that was asked about already, or that nobody bound may name."""


def single(name: str) -> Iterator[str]:
    """Yield the fields of an event that name one record each."""
    new = NEW.get(name, frozenset())
    for field in fields(EVENTS[name].cls):
        if field.name in NAMED and field.name not in new:
            yield field.name


CASES = [
    (role, name, field)
    for role in STRANGERS
    for name in sorted(EVENTS)
    if role in MAY.get(name, ())
    for field in single(name)
    if not (role is Role.ENTERPRISE_REPORTER and field == "uscc")
]


def answer(command: Command[Any], entries: list[Any]) -> tuple[str, str, str, str]:
    refusal = told.given(*entries).when(command).refusal
    assert isinstance(refusal, Refused), command
    return refusal.code, refusal.zh, refusal.en, refusal.field


@pytest.mark.parametrize(("role", "name", "field"), CASES)
def test_a_foreign_record_and_none_are_answered_alike(role: Role, name: str, field: str):
    entries = [*found()]
    alike: list[tuple[tuple[str, ...], tuple[str, ...]]] = []

    @seed(7)
    @settings(
        max_examples=3,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(events(name), st.just(None))
    def ask(body: Any, _: None) -> None:
        actor = STRANGERS[role]
        shown = {f.name for f in fields(body)}
        only = {
            f: None if f == "resubmits" else () for f in ("resubmits", "complaints") if f in shown
        }
        only |= {f: () for f in ("assessments", "certificates", "flags") if f in shown}
        if role is Role.ENTERPRISE_REPORTER and "uscc" in shown:
            only["uscc"] = actor.organisation
        one = replace(body, **only)
        many = field in {"assessments", "certificates", "flags", "complaints"}
        base = {"assessments": "assessment_id", "certificates": "certificate_no", "flags": "flag"}
        key = base.get(field, field)
        if key == "complaints":
            return
        there: Any = (FOREIGN[key],) if many else FOREIGN[key]
        nowhere: Any = (NOWHERE[key],) if many else NOWHERE[key]
        heard = [
            answer(order(replace(one, **{field: value}), date(2025, 9, 1), by=actor), entries)
            for value in (there, nowhere)
        ]
        said = [
            tuple(part.replace(str(value), "…") for part in each)
            for each, value in zip(heard, (FOREIGN[key], NOWHERE[key]), strict=True)
        ]
        alike.append((said[0], said[1]))

    ask()
    for foreign, none in alike:
        assert foreign == none
        assert code_words(foreign[1]) == []


def test_every_id_that_a_bound_actor_may_name_is_asked_about():
    """Whoever adds an event with a reference says whose it is, or why nobody need ask."""
    bound = set(STRANGERS)
    for name, roles in MAY.items():
        if not bound & set(roles):
            continue
        ids = {
            field.name
            for field in fields(EVENTS[name].cls)
            if field.name.endswith(("_id", "_no")) and field.name != "new_certificate_no"
        }
        assert ids <= set(NAMED) | OF_THE_ENTERPRISE | {
            "document_no",
            "complaint_id",
            "receipt_no",
            "filing_no",
            "card_no",
            "expert_id",
        }, name


@pytest.mark.parametrize("unseen", [dispatch(), complaint()], ids=lambda body: type(body).__name__)
def test_what_an_enterprise_does_not_see_yet_is_not_there_for_its_correction(unseen: Any):
    """That a visit is on its way, or that somebody complained, stands in no refusal."""
    entries = [*listed(), order(unseen, date(2025, 6, 1))]
    last = len(told.given(*entries).entries)
    heard = [
        [
            part.replace(str(position), "…")
            for part in answer(
                order(RecordCorrected(position=position, fields={"kind": "x"}), by=reporter()),
                entries,
            )
        ]
        for position in (last, 99_999)
    ]
    assert heard[0] == heard[1]
