"""Editions of reference data: adopted, never replaced, and in force on their own days."""

from dataclasses import replace
from datetime import date
from typing import Any

from domain.catalogue import ALL, CatalogueAdopted, reference_after
from domain.standing.standing import ScopeChanged
from domain.terms.decider import Command
from domain.terms.intervals import Days
from domain.terms.vocabulary import CatalogueKind
from ledger.reference import installed
from tests.facts import DIGEST, GUARD, item, listed
from tests.given import CENTRE, SUPERVISOR, USCC, given, order, recorded, state_of

FIRST = date(2026, 1, 1)
ADOPTED = CatalogueAdopted(
    kind=CatalogueKind.QUALIFICATIONS, edition="2026", valid_from=FIRST, sha256=DIGEST
)


def adopt(**changes: Any) -> Command[Any]:
    return order(replace(ADOPTED, **changes), date(2025, 12, 1))


def test_an_edition_is_adopted_from_its_own_day_on():
    (new,) = given().when(adopt()).then_as_ordered()
    assert (new.stream, new.valid_from) == ("catalogue/qualifications", FIRST)
    assert (new.subject, new.tags) == (None, (ALL.tag,))
    given().when(adopt(valid_from=date(2030, 1, 1))).then_as_ordered()


def test_adopting_the_same_again_changes_nothing():
    given(adopt()).when(adopt()).then_nothing()
    given(adopt()).when(adopt(valid_to=date(2028, 1, 1))).then_as_ordered()
    given(adopt()).when(adopt(sha256="cd" * 32)).then_as_ordered()


def test_what_is_not_stored_is_not_adopted():
    given().when(adopt(sha256="ef" * 32)).then_refused("content-not-held", "sha256")


def test_a_file_is_adopted_only_as_what_it_is():
    given().when(adopt(kind=CatalogueKind.RULES)).then_refused("content-not-held", "sha256")


def test_an_edition_does_not_end_before_it_begins():
    given().when(adopt(valid_to=FIRST)).then_refused("period-empty", "valid_to")


def test_bureau_and_centre_adopt_and_a_supervisor_does_not():
    given().when(replace(adopt(), actor=CENTRE)).then_as_ordered()
    given().when(replace(adopt(), actor=SUPERVISOR)).then_refused("role-not-allowed")


def test_what_is_adopted_joins_what_came_with_the_installation():
    state = state_of(recorded(adopt()), ALL)
    after = reference_after(installed(), state)
    before = after.in_force(CatalogueKind.QUALIFICATIONS, date(2025, 12, 31))
    now = after.in_force(CatalogueKind.QUALIFICATIONS, FIRST)
    assert before is not None
    assert now is not None
    assert (before.edition, before.position) == ("2021", 0)
    assert (now.edition, now.position, now.days) == ("2026", 1, Days(FIRST))


def test_decisions_follow_the_edition_that_was_adopted():
    """The catalogue of 2026 says that nothing is access-controlled any more."""

    def add(on: date) -> Command[Any]:
        body = ScopeChanged(uscc=USCC, added=(item(GUARD, "4"),), removed=(), basis="依据")
        return order(body, on)

    way = [*listed(), adopt()]
    given(*way).when(add(date(2025, 12, 31))).then_refused("access-controlled")
    given(*way).when(add(FIRST)).then_as_ordered()
