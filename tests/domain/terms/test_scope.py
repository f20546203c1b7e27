"""Scope items and units, and what an authority may not confirm on which day (三)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.terms.decider import Refused
from domain.terms.intervals import Days
from domain.terms.reference import (
    Control,
    Controlled,
    Edition,
    Occupation,
    Qualifications,
    Reference,
    RuleSet,
)
from domain.terms.scope import (
    ScopeItem,
    items,
    named,
    require_certifiable,
    require_published,
    units,
)
from domain.terms.vocabulary import CatalogueKind, Level
from ledger.reference import installed
from tests.facts import COOK, ELECTRICIAN, GUARD, LATHE, WELDER, item

LEVELS = st.lists(st.sampled_from(Level), max_size=4).map(tuple)
ITEMS = st.lists(
    st.builds(
        lambda occupation, trade, levels: ScopeItem(
            edition=occupation.edition,
            code=occupation.code,
            name=occupation.name,
            trade=trade,
            levels=levels,
        ),
        st.sampled_from([ELECTRICIAN, COOK, LATHE]),
        st.sampled_from([None, "外线电工", "矿山电工"]),
        LEVELS,
    ),
    max_size=6,
)
LAST_FREE_DAY_OF_GUARDS = date(2021, 11, 22)
FIRST_CONTROLLED_DAY_OF_GUARDS = date(2021, 11, 23)


@given(ITEMS)
def test_bundling_units_into_items_loses_and_adds_nothing(scope: list[ScopeItem]):
    assert units(items(units(scope))) == units(scope)


@given(ITEMS)
def test_items_are_in_one_order_whatever_the_order_of_the_input(scope: list[ScopeItem]):
    bundled = items(units(scope))
    assert bundled == items(units(reversed(scope)))
    assert all(
        list(one.levels) == sorted(one.levels, key=lambda level: level.rank) for one in bundled
    )


def test_a_scope_is_named_with_its_levels_by_rank():
    trade = Occupation(edition="2022", code="6-31-01-03", name="电工", trade="外线电工")
    assert named(units([item(LATHE, "3"), item(trade, "4", "5")])) == "车工(3)、电工(外线电工)(5,4)"


def refused(occupation: Occupation, day: date, reference: Reference | None = None) -> str | None:
    """Return the refusal and its field, None where the scope may be confirmed."""
    try:
        scope, known = (item(occupation, "4"),), reference or installed()
        require_certifiable(known, scope, day, "scope")
        require_published(known, scope, day, "scope", None)
    except Refused as refusal:
        return f"{refusal.code} at {refusal.field}"
    return None


def trade_of(occupation: Occupation, trade: str) -> Occupation:
    return Occupation(
        edition=occupation.edition, code=occupation.code, name=occupation.name, trade=trade
    )


@pytest.mark.parametrize(
    ("occupation", "day", "code"),
    [
        (GUARD, LAST_FREE_DAY_OF_GUARDS, None),
        (GUARD, FIRST_CONTROLLED_DAY_OF_GUARDS, "access-controlled at scope.0"),
        (WELDER, LAST_FREE_DAY_OF_GUARDS, "access-controlled at scope.0"),
        (WELDER, FIRST_CONTROLLED_DAY_OF_GUARDS, None),
        (trade_of(WELDER, "电焊工"), FIRST_CONTROLLED_DAY_OF_GUARDS, None),
        (
            trade_of(WELDER, "核安全设备焊工"),
            FIRST_CONTROLLED_DAY_OF_GUARDS,
            "access-controlled at scope.0",
        ),
        (ELECTRICIAN, LAST_FREE_DAY_OF_GUARDS, None),
    ],
)
def test_which_occupations_are_access_controlled_depends_on_the_day(
    occupation: Occupation, day: date, code: str | None
):
    assert refused(occupation, day) == code


@pytest.mark.parametrize(("code", "name"), [("6-31-01-03", "车工"), ("9-99-99-99", "电工")])
def test_a_code_and_a_name_that_do_not_belong_together_are_refused(code: str, name: str):
    assert refused(Occupation(edition="2022", code=code, name=name), date(2025, 1, 1)) == (
        "unknown-occupation at scope.0"
    )


def test_an_edition_whose_content_is_not_held_is_not_judged():
    assert (
        refused(Occupation(edition="2015", code="6-31-01-03", name="电工"), date(2025, 1, 1))
        is None
    )


def _adopted(kind: CatalogueKind, edition: str, start: date, position: int = 0) -> Edition:
    return Edition(kind=kind, edition=edition, days=Days(start), sha256="", position=position)


def test_without_a_catalogue_in_force_control_is_unknown():
    assert Reference().control(ELECTRICIAN, date(2025, 1, 1)) == (Control.UNKNOWN, "")


def test_a_catalogue_whose_content_is_not_held_leaves_control_unknown():
    reference = Reference(
        adopted=(_adopted(CatalogueKind.QUALIFICATIONS, "2030", date(2030, 1, 1)),)
    )
    assert reference.control(ELECTRICIAN, date(2030, 1, 1)) == (Control.UNKNOWN, "2030")


def test_work_that_is_controlled_in_part_is_undecided_without_its_trade():
    reference = Reference(
        qualifications={
            "q": Qualifications(
                edition="q", controlled={"焊工": Controlled(name="焊工", only="核", words=("核",))}
            )
        },
        adopted=(_adopted(CatalogueKind.QUALIFICATIONS, "q", date(2020, 1, 1)),),
    )
    day = date(2025, 1, 1)
    assert reference.control(WELDER, day)[0] is Control.PARTLY
    assert reference.control(trade_of(WELDER, "核设备焊工"), day)[0] is Control.CONTROLLED
    assert reference.control(trade_of(WELDER, "电焊工"), day)[0] is Control.FREE


def test_of_two_editions_the_one_that_began_last_applies_and_then_the_one_recorded_last():
    first, second, later = (
        _adopted(CatalogueKind.RULES, "first", date(2024, 1, 1), 1),
        _adopted(CatalogueKind.RULES, "second", date(2024, 1, 1), 2),
        _adopted(CatalogueKind.RULES, "later", date(2025, 1, 1), 0),
    )
    reference = Reference(adopted=(later, second, first))
    assert reference.in_force(CatalogueKind.RULES, date(2023, 12, 31)) is None
    assert reference.in_force(CatalogueKind.RULES, date(2024, 12, 31)) == second
    assert reference.in_force(CatalogueKind.RULES, date(2025, 1, 1)) == later
    assert reference.in_force(CatalogueKind.OUTLINE, date(2025, 1, 1)) is None


def test_a_rule_set_whose_content_is_not_held_leaves_its_predecessor_in_force():
    held = RuleSet(edition="held", pass_mark=70)
    reference = Reference(
        rule_sets={"held": held},
        adopted=(
            _adopted(CatalogueKind.RULES, "held", date(2024, 1, 1)),
            _adopted(CatalogueKind.RULES, "not held", date(2025, 1, 1)),
        ),
    )
    assert reference.rules(date(2025, 6, 1)) == held
    assert reference.rules(date(2023, 6, 1)) == RuleSet(edition="none")
