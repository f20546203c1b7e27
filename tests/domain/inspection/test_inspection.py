"""Draws, dispatches and spot checks: a broken procedure is recorded, a draw is computed."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.enterprise import EnterpriseProfileChanged
from domain.inspection.draw import Drawn, Pool, Sample, commitment, draw, pool_digest
from domain.inspection.inspection import KINDS, Evidence, InspectionDrawn
from domain.terms.decider import Command
from domain.terms.evidence import evidence_tag, evidence_tags
from domain.terms.identifiers import uscc_check_character
from tests.facts import dispatch, held, register, spot_check
from tests.given import OTHER, SUPERVISOR, TODAY, UNIT, USCC, given, inspector, order, reporter

DAY = date(2025, 5, 20)
TOMORROW = TODAY + timedelta(days=1)
POOL = Pool(enterprises=(USCC, OTHER, UNIT), inspectors=("甲", "乙", "丙"))
SAMPLE = Sample(enterprises=1, inspectors=2)
SEED = "2025年5月20日开奖号码"
COMMITTED = InspectionDrawn(
    draw_id="d-1", pool=POOL, sample=SAMPLE, seed_commitment=commitment(SEED)
)
REVEALED = replace(COMMITTED, seed=SEED)


def drawing(body: Any = COMMITTED, on: date = DAY, **changes: Any) -> Command[Any]:
    return order(replace(body, **changes), on)


def sent(**changes: Any) -> Command[Any]:
    return order(dispatch(**changes), DAY)


def seen(on: date = DAY, by: Any = None, **changes: Any) -> Command[Any]:
    return order(spot_check(**changes), on, by=by or inspector())


# Draw


def test_a_draw_is_committed_to_before_it_is_carried_out():
    (new,) = given().when(drawing()).then(replace(COMMITTED, pool_digest=pool_digest(POOL)))
    assert (new.stream, new.subject) == ("inspection/d-1", None)
    assert new.tags == ("inspection:d-1", "list:draws")


def test_a_draw_is_computed_whatever_the_order_claimed():
    claimed = Drawn(enterprises=(OTHER,), inspectors=("甲", "乙"))
    outcome = replace(REVEALED, pool_digest=pool_digest(POOL), drawn=draw(POOL, SAMPLE, SEED))
    given(drawing()).when(drawing(REVEALED)).then(outcome)
    given().when(drawing(REVEALED, drawn=claimed, pool_digest="ab" * 32)).then(outcome)


def test_committing_to_the_same_draw_again_changes_nothing():
    given(drawing()).when(drawing()).then_nothing()


def test_a_draw_is_not_carried_out_twice():
    given(drawing(), drawing(REVEALED)).when(drawing(REVEALED)).then_refused(
        "already-drawn", "draw_id"
    )
    given(drawing(REVEALED)).when(drawing()).then_refused("already-drawn")


def test_a_pool_in_another_order_is_the_same_pool():
    turned = Pool(enterprises=POOL.enterprises[::-1], inspectors=POOL.inspectors[::-1])
    (new,) = given(drawing()).when(drawing(REVEALED, pool=turned)).new
    assert new.event.drawn == draw(POOL, SAMPLE, SEED)


@pytest.mark.parametrize(
    "changes",
    [
        {"pool": replace(POOL, enterprises=(USCC, OTHER))},
        {"sample": Sample(enterprises=2, inspectors=2)},
        {"seed": "another", "seed_commitment": commitment("another")},
    ],
)
def test_what_was_committed_to_is_not_changed_afterwards(changes: dict[str, Any]):
    given(drawing()).when(drawing(REVEALED, **changes)).then_refused("draw-changed", "pool")


def test_a_seed_fits_its_commitment():
    given(drawing()).when(drawing(REVEALED, seed="another")).then_refused("seed-mismatch", "seed")


@pytest.mark.parametrize(
    ("sample", "field"),
    [
        (Sample(enterprises=4), "sample.enterprises"),
        (Sample(enterprises=-1), "sample.enterprises"),
        (Sample(enterprises=1, inspectors=4), "sample.inspectors"),
    ],
)
def test_no_more_are_drawn_than_there_are(sample: Sample, field: str):
    given().when(drawing(sample=sample)).then_refused("sample-too-large", field)


def test_who_stands_twice_in_a_pool_has_no_second_ticket():
    doubled = Pool(enterprises=(USCC, USCC))
    given().when(drawing(pool=doubled, sample=Sample(enterprises=2))).then_refused(
        "sample-too-large"
    )


def test_a_pool_has_valid_codes():
    bad = Pool(enterprises=(USCC, "91110302MA222LU88A"))
    given().when(drawing(pool=bad, sample=Sample(enterprises=1))).then_refused(
        "invalid-uscc", "pool.enterprises.1"
    )


def codes(number: int) -> tuple[str, ...]:
    heads = (f"91110108MC{n:07d}" for n in range(number))
    return tuple(head + uscc_check_character(head) for head in heads)


@pytest.mark.parametrize(("sample", "inspectors"), [(66, 0), (60, 20)])
def test_a_draw_is_recorded_while_one_entry_holds_it(sample: int, inspectors: int):
    pool = Pool(enterprises=codes(2600), inspectors=("甲",) * inspectors)
    wanted = Sample(enterprises=sample)
    assert len(given().when(drawing(pool=pool, sample=wanted)).new) == 1
    # Whoever is drawn stands in the entry a second time: that is counted beforehand.
    more = Sample(enterprises=sample + 1)
    given().when(drawing(pool=pool, sample=more)).then_refused("pool-too-large", "pool.enterprises")


def test_an_inspector_draws_from_the_own_district():
    pool = Pool(enterprises=(OTHER, USCC))
    own = order(replace(COMMITTED, pool=pool, sample=Sample(enterprises=1)), DAY, by=inspector())
    assert len(given(register()).when(own).new) == 1
    there = replace(own, actor=inspector("110105"))
    given(register()).when(there).then_refused("other-district", "pool.enterprises.1")
    moved = order(EnterpriseProfileChanged(uscc=USCC, district="110105"), DAY)
    assert len(given(register(), moved).when(there).new) == 1
    given(register(), moved).when(own).then_refused("other-district", "pool.enterprises.1")


def test_nothing_is_drawn_tomorrow():
    given().when(drawing(on=TOMORROW)).then_refused("day-in-the-future")


def test_an_enterprise_draws_nothing():
    given().when(order(COMMITTED, DAY, by=reporter())).then_refused("role-not-allowed")


# Dispatch


def test_inspectors_are_dispatched():
    (new,) = given(register()).when(sent()).then_as_ordered()
    assert (new.stream, new.subject, new.district) == ("inspection/i-1", USCC, "110108")


def test_dispatching_the_same_again_changes_nothing():
    given(register(), sent()).when(sent()).then_nothing()


def test_another_dispatch_under_the_same_id_is_refused():
    given(register(), sent()).when(sent(kind="专项督导")).then_refused(
        "already-dispatched", "inspection_id"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_inspection_is_known(kind: str):
    given(register()).when(sent(kind=kind)).then_as_ordered()


def test_an_unknown_kind_of_inspection_is_refused():
    given(register()).when(sent(kind="参观")).then_refused("unknown-kind", "kind")
    given(register()).when(seen(kind="参观")).then_refused("unknown-kind", "kind")


def test_a_dispatch_that_breaks_the_procedure_is_recorded():
    given(register()).when(sent(inspectors=())).then_as_ordered()


def test_nobody_is_dispatched_to_an_unknown_enterprise():
    given().when(sent()).then_refused("unknown-enterprise", "uscc")
    given().when(sent(uscc="91110302MA222LU88A")).then_refused("invalid-uscc", "uscc")


def test_an_inspector_is_dispatched_within_the_own_district_alone():
    theirs = inspector("110105")
    given(register()).when(order(dispatch(), DAY, by=theirs)).then_refused("other-district")
    given(register()).when(order(dispatch(district="110105"), DAY, by=theirs)).then_refused(
        "other-district"
    )
    given(register()).when(order(dispatch(district="110105"), DAY, by=inspector())).then_refused(
        "other-district"
    )
    given(register()).when(
        order(dispatch(district="110108"), DAY, by=inspector())
    ).then_as_ordered()


# Spot check


def test_what_inspectors_saw_is_recorded_with_or_without_a_dispatch():
    for history in ([register()], [register(), sent()]):
        (new,) = given(*history).when(seen()).then_as_ordered()
        assert (new.stream, new.valid_from) == ("inspection/i-1", DAY)


def test_a_spot_check_that_breaks_the_procedure_is_recorded():
    given(register()).when(seen(inspectors=(), place=None, evidence=())).then_as_ordered()


def test_the_clock_of_a_device_is_no_reason_to_refuse():
    late = spot_check().captured_at + timedelta(days=4000)
    given(register()).when(seen(captured_at=late)).then_as_ordered()


def test_the_same_spot_check_again_is_a_duplicate():
    given(register(), seen()).when(seen()).then_refused("duplicate", "inspection_id")
    given(register(), seen()).when(seen(device_id="d-2")).then_as_ordered()


def test_a_spot_check_of_a_session_names_one_that_is_recorded():
    given(register(), held()).when(seen(assessment_id="a-1")).then_as_ordered()
    given(register()).when(seen(assessment_id="a-1")).then_refused("other-district")
    given(register()).when(seen(by=SUPERVISOR, assessment_id="a-1")).then_refused(
        "unknown-assessment", "assessment_id"
    )


def test_a_spot_check_is_of_the_enterprise_that_was_dispatched_to():
    way = [register(), register(uscc=OTHER), sent()]
    given(*way).when(seen(uscc=OTHER)).then_refused("other-enterprise", "uscc")


def test_a_spot_check_of_an_unknown_enterprise_or_of_tomorrow_is_refused():
    given().when(seen()).then_refused("other-district")
    given().when(seen(by=SUPERVISOR)).then_refused("unknown-enterprise", "uscc")
    given().when(seen(uscc="91110302MA222LU88A")).then_refused("invalid-uscc", "uscc")
    given(register()).when(seen(TOMORROW)).then_refused("day-in-the-future")


def test_an_inspector_records_spot_checks_of_the_own_district_alone():
    theirs = inspector("110105")
    given(register()).when(seen(by=theirs)).then_refused("other-district")
    given(register()).when(seen(by=theirs, district="110105")).then_refused("other-district")
    given(register()).when(seen(district="110105")).then_refused("other-district")
    given(register()).when(seen(by=SUPERVISOR, district="110105")).then_as_ordered()


def test_a_spot_check_that_is_recorded_late_belongs_to_the_district_of_its_day():
    moved = order(EnterpriseProfileChanged(uscc=USCC, district="110105"), date(2025, 6, 1))
    (new,) = given(register(), moved).when(seen()).then_as_ordered()
    assert new.district == "110108"
    given(register(), moved).when(seen(date(2025, 6, 1))).then_refused("other-district")


def test_entries_are_found_by_the_evidence_that_they_name() -> None:
    def named(sha256: str) -> Evidence:
        return Evidence(sha256=sha256, media_type="image/jpeg", file_name="a.jpg")

    digest = "ab" * 32
    found = evidence_tags([digest, digest.upper(), "no digest", ""])
    assert found == (evidence_tag(digest),) == (f"evidence:{digest}",)
