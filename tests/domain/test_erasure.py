"""A person is erased once, on a basis, by the centre; the entry says nothing of the person."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.correction import FieldCorrection, RecordCorrected
from domain.erasure import PersonErased
from domain.terms.decider import Command
from tests.given import BUREAU, CENTRE, TODAY, given, order, recorded

DAY = date(2026, 3, 1)
SOMEBODY = "0f0e0d0c-0b0a-4908-8706-050403020100"


def erasure(on: date = DAY, by: Any = CENTRE, **changes: Any) -> Command[Any]:
    return order(
        PersonErased(**{"subject_id": SOMEBODY, "basis": "本人申请", **changes}), on, by=by
    )


def test_the_centre_erases_a_person():
    (new,) = given().when(erasure()).then_as_ordered()
    assert (new.stream, new.subject, new.district) == (f"person/{SOMEBODY}", None, None)
    assert new.tags == (f"person:{SOMEBODY}",)


def test_a_person_is_erased_once():
    given(erasure()).when(erasure(basis="再次申请")).then_refused("duplicate", "subject_id")


@pytest.mark.parametrize(
    "name", ["", "张三", "11010119900307123X", SOMEBODY.upper(), SOMEBODY[:-1], f" {SOMEBODY}"]
)
def test_who_is_erased_is_named_by_the_pseudonym_alone(name: str):
    given().when(erasure(subject_id=name)).then_refused("no-pseudonym", "subject_id")


def test_an_erasure_has_a_basis_and_is_not_of_tomorrow():
    given().when(erasure(basis=" ")).then_refused("fields-missing", "basis")
    late = TODAY + timedelta(days=1)
    given().when(erasure(on=late)).then_refused("day-in-the-future", "valid_from")


def test_it_is_the_centres_and_cannot_be_taken_back():
    given().when(erasure(by=BUREAU)).then_refused("role-not-allowed", "actor.role")
    position = recorded(erasure())[0].position
    body = RecordCorrected(position=position, fields=(FieldCorrection(path="basis", value='"x"'),))
    given(erasure()).when(order(body, DAY, by=CENTRE)).then_refused("not-correctable", "position")
