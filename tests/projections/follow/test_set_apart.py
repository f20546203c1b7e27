"""An entry that cannot be read holds up its own enterprise, and nobody else."""

from collections.abc import Callable
from typing import Any

import pytest

from domain.supervision.supervision import Supervision
from domain.terms.envelope import Recorded
from ledger.log.log import Append
from projections.follow import set_apart
from projections.follow.rebuild import rebuild
from projections.follow.runner import Runner, Sizes, position
from projections.views import roster
from projections.views.basis import Basis
from replay.audit import check
from replay.engines import InProcess
from tests.ledger.drafts import draft
from tests.projections.chronicle import START, SUBJECTS, tell
from tests.projections.conftest import RULES, Ledger
from tests.projections.follow.test_runner import steps

pytestmark = pytest.mark.postgres

ONE, OTHER = SUBJECTS[:2]
HERE = {"in order": Sizes(batch=7), "by subject": Sizes(long=0)}


def unreadable(ledger: Ledger, subject: str | None, stored: str = "enterprise.unheard-of/9") -> int:
    """Record an entry as a later release would, of a type that this one does not know."""
    entry = draft("later/1", subject=subject)._replace(type=stored)
    ledger.story.log.append([Append((entry,), frozenset(), 0)])
    ledger.story.position += 1
    return ledger.story.position


def told(ledger: Ledger, subject: str, seed: int) -> None:
    tell(ledger.story, [step._replace(uscc=subject) for step in steps(12, seed)[3 * bool(seed) :]])


def fail_on(position: int) -> Callable[..., Any]:
    """A fold with a fault: it fails on one entry."""
    read = Supervision.read

    def fold(of: Supervision, entry: Recorded[Any]) -> Any:
        if entry.position == position:
            raise ZeroDivisionError
        return read(of, entry)

    return fold


@pytest.mark.parametrize("sizes", HERE.values(), ids=HERE)
def test_others_are_followed_and_the_position_is_named(
    fresh: Callable[[], Ledger], sizes: Sizes
) -> None:
    ledger = fresh()
    story, conn, conninfo = ledger
    told(ledger, ONE, 0)
    before = story.position
    at = unreadable(ledger, ONE)
    unreadable(ledger, ONE, "standing.scope-changed/1")
    told(ledger, OTHER, 0)
    alone = unreadable(ledger, None)
    told(ledger, ONE, 2)
    assert Runner(conninfo, RULES, sizes).catch_up() == story.position
    told(ledger, OTHER, 3)
    Runner(conninfo, RULES, sizes).catch_up()
    assert position(conn) == story.position
    apart = [(each.position, each.subject) for each in set_apart.listed(conn)]
    assert apart[0] == (at, ONE)
    assert {subject for _, subject in apart} <= {ONE, None}
    if sizes is HERE["in order"]:
        assert (alone, None) in apart
    shown, then = (roster.one(conn, Basis(START, when), ONE) for when in (story.position, before))
    assert shown == then
    assert check(conninfo, RULES, InProcess(RULES), story.position) == []


def test_a_release_that_can_read_it_takes_it_up_with_a_rebuild(
    fresh: Callable[[], Ledger], monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = fresh()
    story, conn, conninfo = ledger
    told(ledger, ONE, 0)
    fails_at = next(
        each.position for each in reversed(list(story.log.entries())) if "issued" not in each.type
    )
    with monkeypatch.context() as patch:
        patch.setattr(Supervision, "read", fail_on(fails_at))
        runner = Runner(conninfo, RULES)
        runner.catch_up()
        assert [each.subject for each in set_apart.listed(conn)] == [ONE]
        assert check(conninfo, RULES, InProcess(RULES), story.position) == []
    told(ledger, ONE, 2)
    runner.catch_up()
    assert check(conninfo, RULES, InProcess(RULES), story.position) != []
    rebuild(conninfo, RULES)
    told(ledger, ONE, 3)
    runner.catch_up()
    assert set_apart.listed(conn) == []
    assert check(conninfo, RULES, InProcess(RULES), story.position) == []
