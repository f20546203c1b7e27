"""A scope is a set, and two processes go through a set in different orders: no row may tell which."""

from datetime import date

from domain.checks.scope import occupation_in_scope
from domain.standing.course import Course, Grant, Listing
from domain.terms.intervals import Days, Timeline
from domain.terms.scope import Unit
from domain.terms.vocabulary import Level, Standing
from projections.views.roster import granted
from tests.story import COOK, ELECTRICIAN, GUARD, REFERENCE, WELDER

START, END = date(2024, 7, 1), date(2027, 7, 1)
OCCUPATIONS = (COOK, ELECTRICIAN, GUARD, WELDER)


def grant(batch: str, *units: Unit) -> Grant:
    return Grant(batch=batch, applications=(batch,), days=Days(START, END), scope=frozenset(units))


def listing(*grants: Grant) -> Listing:
    return Listing(standing=Standing.LISTED, grants=grants, days=Days(START, END))


def test_what_two_publications_of_one_day_grant_of_an_occupation_is_shown_in_order_of_the_batch():
    of_five = [Unit(o.edition, o.code, o.name, None, Level.FIVE) for o in OCCUPATIONS]
    of_three = [Unit(o.edition, o.code, o.name, None, Level.THREE) for o in OCCUPATIONS]
    shown = granted(listing(grant("b-5", *of_five), grant("b-2", *of_three)))
    assert [item["batch"] for item in shown] == ["b-2", "b-5"] * len(OCCUPATIONS)


def test_of_several_work_types_that_are_confirmed_the_sentence_names_the_first_in_order():
    trades = ("甲", "乙", "丙", "丁", "戊", "己")
    units = [
        Unit(ELECTRICIAN.edition, ELECTRICIAN.code, ELECTRICIAN.name, trade, Level.FOUR)
        for trade in trades
    ]
    course = Course(timeline=Timeline([(START, listing(grant("b-1", *units)))]))
    outcome = occupation_in_scope(1, ELECTRICIAN, START, START, course, REFERENCE)
    assert outcome.reason == "trade-not-named"
    assert f"“{min(trades)}”" in outcome.zh
