"""Publication: by a second person, within what was confirmed, all entries or none."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.application.submission import AppliedUnit
from domain.enterprise import UnitCovered
from domain.roster import entries_digest, recorded_form, whole
from domain.standing.standing import STANDING, ListingRemoved
from domain.terms.decider import Command
from domain.terms.vocabulary import Standing
from ledger.deciding.outcome import refused
from tests.facts import (
    APP,
    ELECTRICIAN,
    GUARD,
    LATHE,
    LISTED_FROM,
    LISTED_TO,
    SCOPE,
    confirmed,
    item,
    listed,
    listing,
    publication,
    recommended,
    register,
    roster_entry,
    submission,
)
from tests.given import (
    BUREAU,
    CENTRE,
    OTHER,
    PUBLISHER,
    TODAY,
    UNIT,
    USCC,
    forced,
    given,
    order,
    recorded,
    state_of,
)


def publish(by: Any = PUBLISHER, on: date = LISTED_FROM, **changes: Any) -> Command[Any]:
    return order(publication(**changes), on, by=by)


def publish_entry(**changes: Any) -> Command[Any]:
    return publish(entries=(roster_entry(**changes),))


def test_a_publication_lists_each_enterprise():
    batch, entry = given(*confirmed()).when(publish()).then(recorded_form(publication()), listing())
    assert (batch.stream, batch.subject, batch.tags) == ("roster/2024-1", None, ("roster:2024-1",))
    assert (entry.stream, entry.subject, entry.district) == (f"standing/{USCC}", USCC, "110108")
    assert entry.tags == (f"standing:{USCC}", f"application:{APP}", f"applicant:{USCC}")
    assert entry.valid_from == LISTED_FROM


def test_publishing_the_same_batch_again_changes_nothing():
    given(*listed()).when(publish()).then_nothing()


def test_another_batch_of_the_same_name_is_refused():
    given(*listed()).when(publish_entry(valid_to=date(2026, 7, 1))).then_refused(
        "batch-exists", "batch"
    )


def test_an_application_is_not_published_twice():
    given(*listed()).when(publish(batch="2024-2")).then_refused(
        "already-published", "entries.0.application_id"
    )


def test_who_confirmed_does_not_publish():
    given(*confirmed()).when(publish(by=BUREAU)).then_refused("same-person", "actor")


def test_the_centre_publishes_nothing():
    given(*confirmed()).when(publish(by=CENTRE)).then_refused("role-not-allowed")


def test_what_is_not_confirmed_is_not_published():
    field = "entries.0.application_id"
    given(*recommended()).when(publish()).then_refused("not-confirmed", field)
    given(register()).when(publish()).then_refused("not-confirmed", field)


def test_an_application_of_another_enterprise_is_not_published():
    way = [*confirmed(), register(uscc=OTHER)]
    given(*way).when(publish_entry(uscc=OTHER)).then_refused(
        "not-confirmed", "entries.0.application_id"
    )


def test_an_unknown_enterprise_is_not_published():
    given(*confirmed()).when(publish_entry(uscc=OTHER)).then_refused(
        "unknown-enterprise", "entries.0.uscc"
    )
    given(*confirmed()).when(publish_entry(uscc="91110302MA222LU88A")).then_refused(
        "invalid-uscc", "entries.0.uscc"
    )


def test_a_roster_is_not_published_empty_nor_tomorrow():
    given(*confirmed()).when(publish(entries=())).then_refused("entries-missing", "entries")
    given(*confirmed()).when(publish(published_on=TODAY + timedelta(days=1))).then_refused(
        "day-in-the-future", "published_on"
    )


def test_a_roster_that_is_published_today_may_list_from_tomorrow_on():
    tomorrow = TODAY + timedelta(days=1)
    entry = roster_entry(valid_from=tomorrow, valid_to=date(2029, 11, 1))
    batch, listed_later = (
        given(*confirmed()).when(publish(on=TODAY, published_on=TODAY, entries=(entry,))).new
    )
    assert (batch.valid_from, listed_later.valid_from) == (TODAY, tomorrow)


def test_an_enterprise_stands_once_in_a_batch():
    twice = (roster_entry(), roster_entry(valid_to=date(2026, 7, 1)))
    given(*confirmed()).when(publish(entries=twice)).then_refused("entry-twice", "entries")


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        ((item(ELECTRICIAN, "5"),), None),
        ((item(ELECTRICIAN, "5", "3"),), "scope-beyond"),
        ((*SCOPE, item(LATHE, "5")), "scope-beyond"),
        ((), "scope-empty"),
        ((item(ELECTRICIAN),), "scope-empty"),
    ],
)
def test_a_published_scope_lies_within_what_was_confirmed(scope: Any, code: str | None):
    outcome = given(*confirmed()).when(publish_entry(scope=scope))
    if code is None:
        assert len(outcome.new) == 2
    else:
        outcome.then_refused(code, "entries.0.scope")


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (LISTED_TO, None),
        (LISTED_TO + timedelta(days=1), "period-too-long"),
        (LISTED_FROM + timedelta(days=1), None),
        (LISTED_FROM, "period-empty"),
    ],
)
def test_a_listing_lasts_three_years_at_most(end: date, code: str | None):
    outcome = given(*confirmed()).when(publish_entry(valid_to=end))
    if code is None:
        assert len(outcome.new) == 2
    else:
        outcome.then_refused(code, "entries.0.valid_to")


def test_an_occupation_that_became_access_controlled_since_is_not_published():
    scope = (item(GUARD, "4"),)
    then = date(2021, 11, 1)
    way = [order(c.body, then, by=c.actor) for c in confirmed(scope)]
    way[1] = order(submission(scope=scope, window="2022-05"), then)
    for first_day, is_barred in ((date(2021, 11, 22), False), (date(2021, 11, 23), True)):
        entry = roster_entry(scope=scope, valid_from=first_day, valid_to=date(2024, 11, 1))
        outcome = given(*way).when(publish(published_on=then, entries=(entry,)))
        if is_barred:
            outcome.then_refused("access-controlled", "entries.0.scope.0")
        else:
            assert len(outcome.new) == 2


def test_one_refused_entry_stops_the_whole_batch():
    entries = (roster_entry(), roster_entry(uscc=UNIT, application_id="app-9"))
    way = [*confirmed(), register(uscc=UNIT)]
    given(*way).when(publish(entries=entries)).then_refused(
        "not-confirmed", "entries.1.application_id"
    )


def test_a_removed_enterprise_may_be_published_again_after_a_new_application():
    old = listing(batch="2022-1", application_id="old", valid_from=date(2022, 7, 1))
    removed = order(ListingRemoved(uscc=USCC, basis="依据"), date(2023, 3, 1))
    way = [*confirmed(), forced(old, f"standing:{USCC}"), removed]
    assert len(given(*way).when(publish()).new) == 2
    course = state_of(recorded(*way, publish()), STANDING.key(USCC))
    assert course.on(LISTED_FROM - timedelta(days=1)).standing is Standing.REMOVED
    assert course.on(LISTED_FROM).standing is Standing.LISTED
    assert course.on(LISTED_FROM).batch == "2024-1"


def test_a_publication_of_any_size_has_a_small_entry_of_its_own():
    own = recorded_form(publication())
    assert (own.entries, own.number) == ((), 1)
    assert whole(own, [listing()]).entries == publication().entries


def test_the_digest_says_what_was_published_and_in_which_order():
    one, other = roster_entry(), roster_entry(uscc=OTHER, application_id="app-2")
    assert entries_digest([one]) == (
        "d4079f61e3ecc310921d57ffe81d56eb2e4a505d6b4582d57b9b30237fd240bf"
    )
    digests = {entries_digest(each) for each in ([one], [other], [one, other], [other, one], [])}
    assert len(digests) == 5


def test_the_units_that_the_application_names_are_covered_from_the_first_day_of_the_grant():
    named = submission(
        units=(AppliedUnit(uscc=UNIT, name="分公司"), AppliedUnit(uscc=USCC, name="x"))
    )
    way = confirmed()
    way[1] = replace(way[1], body=named)
    covered = UnitCovered(uscc=USCC, unit_uscc=UNIT, unit_name="分公司")
    *_, unit = given(*way).when(publish()).then(recorded_form(publication()), listing(), covered)
    assert (unit.stream, unit.valid_from) == (f"enterprise/{USCC}", LISTED_FROM)


def test_a_grant_takes_the_place_of_one_that_the_enterprise_had():
    given(*confirmed()).when(publish_entry(replaces=("app-9",))).then_refused(
        "unknown-grant", "entries.0.replaces.0"
    )
    before = forced(listing(application_id="app-0", batch="2021-1"), f"standing:{USCC}")
    given(*confirmed(), before).when(publish_entry(replaces=("app-0",))).then(
        recorded_form(publication(entries=(roster_entry(replaces=("app-0",)),))),
        listing(replaces=("app-0",)),
    )


def test_every_line_at_fault_is_named_in_one_round():
    """Whoever mends a roster of two hundred lines mends it once."""
    good = roster_entry()
    long = replace(good, valid_to=LISTED_TO + timedelta(days=1))
    entries = (long, replace(long, uscc=OTHER, application_id="app-9"))
    refusal = given(*confirmed()).when(publish(entries=entries)).refusal
    assert refusal is not None
    named = [each.field for each in (refusal, *refusal.also)]
    assert {"entries.0.valid_to", "entries.1.valid_to", "entries.1.uscc"} <= set(named)
    assert len(named) == len(set(named))
    assert [fault.field for fault in refused(refusal).errors] == named
