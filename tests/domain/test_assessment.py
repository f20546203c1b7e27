"""Sessions: recorded whatever they break; refused only where they cannot have happened so."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.assessment import Candidates
from domain.enterprise import EnterpriseProfileChanged
from domain.terms.place import Place
from domain.terms.vocabulary import Level, Mode
from tests.facts import GUARD, held, register, session
from tests.given import CENTRE, OTHER, TODAY, UNIT, USCC, given, order, reporter


def test_a_session_is_recorded_on_the_first_of_its_days():
    body = session(held_to=date(2025, 3, 12))
    (new,) = given(register()).when(order(body, date(2025, 4, 1))).then(body)
    assert (new.stream, new.subject, new.district) == ("assessment/a-1", USCC, "110108")
    assert (new.tags, new.valid_from) == (("assessment:a-1",), date(2025, 3, 10))


@pytest.mark.parametrize(
    "changes",
    [
        {"occupation": GUARD},
        {"level": Level.CHIEF},
        {"method": "抽签"},
        {"unit_uscc": UNIT},
        {"candidates": Candidates(other=3)},
        {"candidates": Candidates()},
        {"venue": Place(division="131082")},
        {"venue": None},
        {"mode": Mode.NO_SESSION, "venue": None},
        {"assessors": (), "quality_staff": ()},
    ],
)
def test_a_session_that_breaks_a_rule_is_recorded(changes: dict[str, Any]):
    given(register()).when(held(**changes)).then_as_ordered()


def test_the_same_session_again_is_a_duplicate():
    given(register(), held()).when(held()).then_refused("duplicate", "assessment_id")


def test_another_session_under_the_same_id_is_refused():
    given(register(), held()).when(held(level=Level.ONE)).then_refused(
        "assessment-exists", "assessment_id"
    )


def test_a_session_of_an_unknown_enterprise_is_refused():
    given().when(held()).then_refused("unknown-enterprise", "uscc")


def test_a_session_does_not_end_before_it_begins():
    given(register()).when(held(held_to=date(2025, 3, 9))).then_refused("days-reversed", "held_to")


def test_a_session_does_not_end_tomorrow():
    given(register()).when(held(held_to=TODAY)).then_as_ordered()
    given(register()).when(held(held_to=TODAY + timedelta(days=1))).then_refused(
        "day-in-the-future", "held_to"
    )


@pytest.mark.parametrize("field", ["uscc", "unit_uscc"])
def test_a_session_names_valid_codes(field: str):
    body = replace(session(), **{field: "91110302MA222LU88A"})
    given(register()).when(order(body, by=CENTRE)).then_refused("invalid-uscc", field)


@pytest.mark.parametrize("category", ["employee", "dispatched", "student", "apprentice", "other"])
def test_no_session_has_fewer_than_no_candidates(category: str):
    given(register()).when(held(candidates=Candidates(**{category: -1}))).then_refused(
        "negative-number", f"candidates.{category}"
    )


def test_a_reporter_reports_sessions_of_their_own_enterprise_alone():
    given(register()).when(order(session(), by=reporter(OTHER))).then_refused("other-enterprise")


def test_a_session_belongs_to_the_district_that_was_competent_on_its_day():
    moved = order(EnterpriseProfileChanged(uscc=USCC, district="110105"), date(2025, 6, 1))
    (new,) = given(register(), moved).when(held()).then_as_ordered()
    assert new.district == "110108"
    (new,) = given(register(), moved).when(held(day=date(2025, 6, 1))).then_as_ordered()
    assert new.district == "110105"


def test_candidates_are_counted_over_all_categories():
    assert Candidates(employee=1, dispatched=2, student=4, apprentice=8, other=16).total == 31
