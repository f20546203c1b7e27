"""The fair draw: the same for everyone who knows pool, sample and seed."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from domain.inspection.draw import Pool, Sample, commitment, draw, pool_digest

MEMBERS = st.lists(st.text("ABCDEFG0123456789", min_size=1, max_size=6), unique=True, max_size=12)


@given(MEMBERS, MEMBERS, st.text(max_size=8), st.data())
def test_a_draw_does_not_depend_on_the_order_of_the_pool(
    enterprises: list[str], inspectors: list[str], seed: str, data: st.DataObject
):
    sample = Sample(
        enterprises=data.draw(st.integers(0, len(enterprises))),
        inspectors=data.draw(st.integers(0, len(inspectors))),
    )
    pool = Pool(enterprises=tuple(enterprises), inspectors=tuple(inspectors))
    shuffled = Pool(
        enterprises=tuple(data.draw(st.permutations(enterprises))),
        inspectors=tuple(data.draw(st.permutations(inspectors))),
    )
    drawn = draw(pool, sample, seed)
    assert drawn == draw(shuffled, sample, seed)
    assert pool_digest(pool) == pool_digest(shuffled)
    assert len(drawn.enterprises) == len(set(drawn.enterprises)) == sample.enterprises
    assert set(drawn.enterprises) <= set(enterprises)
    assert len(drawn.inspectors) == sample.inspectors
    assert set(drawn.inspectors) <= set(inspectors)


@given(MEMBERS, st.text(max_size=8), st.data())
def test_a_larger_sample_keeps_who_was_drawn_already(
    members: list[str], seed: str, data: st.DataObject
):
    size = data.draw(st.integers(0, len(members)))
    pool = Pool(enterprises=tuple(members))
    all_drawn = draw(pool, Sample(enterprises=len(members)), seed).enterprises
    assert draw(pool, Sample(enterprises=size), seed).enterprises == all_drawn[:size]


def test_a_draw_stays_what_it_was_for_ever():
    """A recorded draw is drawn again years later: the rule may never change unseen."""
    pool = Pool(enterprises=("A", "B", "C", "D", "E"), inspectors=("甲", "乙", "丙"))
    drawn = draw(pool, Sample(enterprises=2, inspectors=1), "2026")
    assert drawn.enterprises == ("C", "E")
    assert drawn.inspectors == ("乙",)
    assert pool_digest(pool) == "0c985693330edc4fed74b30f77ac3d2ac793a84d8006c779e3db1d413312de78"


def test_another_seed_draws_others():
    pool = Pool(enterprises=tuple(f"{n:03d}" for n in range(100)))
    drawn = {draw(pool, Sample(enterprises=10), str(seed)).enterprises for seed in range(20)}
    assert len(drawn) == 20


def test_the_digest_of_a_pool_tells_enterprises_from_inspectors():
    assert pool_digest(Pool(enterprises=("A",))) != pool_digest(
        Pool(enterprises=(), inspectors=("A",))
    )


def test_a_commitment_is_the_digest_of_the_seed():
    assert commitment("2026") == hashlib.sha256(b"2026").hexdigest()
