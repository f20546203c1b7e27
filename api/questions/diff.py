"""Comparison of two bases, and counts: `diff` and `stats`."""

from typing import Any, NamedTuple

from api.questions import cursors
from api.questions.answers import Listing, Standing
from api.questions.clocks import Asked
from api.questions.cursors import Cursor, Place
from api.questions.policy import Action, decide
from api.questions.problems import Problem, invalid
from api.questions.queries import Found, Settled, settle
from api.questions.questions import DiffQuestion, StatsQuestion
from api.questions.reading import Reading
from api.questions.visibility import narrowed
from domain.terms.envelope import Actor
from projections.counts import statistics
from projections.counts.tallies import Where
from projections.items.changes import DIFFERENCES, CountItem
from projections.items.seen import shower
from replay import compare

SIDES = ("from", "to")


class Both(NamedTuple):
    """The two bases of a comparison."""

    before: Settled
    after: Settled
    defaulted: tuple[str, ...] = ()
    """Parameters that nobody gave, of a question that gave some."""

    @property
    def standing(self) -> Standing:
        """What the answer stands on: the later basis, with the earlier one beside it."""
        sides = [
            {name: value for name, value in side.standing.basis.items() if name != "defaulted"}
            for side in (self.after, self.before)
        ]
        shown: dict[str, Any] = {**sides[0], "from": sides[1]}
        if self.defaulted:
            shown["defaulted"] = [*self.defaulted]
        pinned = self.before.standing.pinned and self.after.standing.pinned
        return Standing(shown, pinned)


def diff(house: Reading, actor: Actor, question: DiffQuestion) -> Found:
    """Return a page of the lines in which two answers differ, with their causes."""
    grant = decide(actor, Action.READ, "diff")
    seen = narrowed(question, grant.rows)
    chosen = question.model_dump(mode="json", exclude_none=True)
    place = Place("diff", {k: v for k, v in chosen.items() if k in {"of", "uscc", "district"}})
    cursor = None if question.cursor is None else cursors.decode(question.cursor, place)
    both = _both(house, question, cursor)
    if seen.nothing:
        return Found(both.standing, Listing([], None, seen.limited), grant.audience)
    with cursors.fitting(), house.reading() as connection:
        latest = max(both.before.basis.position, both.after.basis.position)
        seen = seen.at(connection, latest)
        page = compare.diff(
            connection,
            house.log,
            question.of,
            both.before.basis,
            both.after.basis,
            where=compare.Where(seen.uscc, seen.district, seen.rows.withheld.positions),
            cursor=cursor.after if cursor else None,
            limit=question.limit,
        )
    more = None if page.next is None else cursors.encode(_cursor(both, page.next, place))
    items = [*map(shower(DIFFERENCES[question.of], grant.audience), page.items)]
    return Found(both.standing, Listing(items, more, seen.limited), grant.audience)


def _both(house: Reading, question: DiffQuestion, cursor: Cursor | None) -> Both:
    if cursor is not None:
        if cursor.from_position is None or cursor.from_valid_at is None:
            raise cursors.unusable()
        before = Asked(cursor.from_valid_at, None, cursor.from_position)
        after = Asked(cursor.valid_at, None, cursor.position)
        return Both(_settled(house, before, "from"), _settled(house, after, "to"))
    for side in SIDES:
        if _given(question, f"{side}_known_at") and _given(question, f"{side}_position"):
            raise invalid(
                f"{side}_known_at",
                f"{side}_known_at 与 {side}_position 只能给一个",
                f"give {side}_known_at or {side}_position, not both",
            )
    before = Asked(question.from_valid_at, question.from_known_at, question.from_position)
    after = Asked(question.to_valid_at, question.to_known_at, question.to_position)
    named = [f"{side}_valid_at" for side in SIDES if not _given(question, f"{side}_valid_at")]
    # A day that is missing is that of the other side: no clock moves that nobody has asked to move.
    if after.valid_at is None:
        after = after._replace(valid_at=before.valid_at)
    settled = _settled(house, after, "to")
    if before.valid_at is None:
        before = before._replace(valid_at=settled.basis.valid_at)
    if before.known_at is None and before.position is None:
        # Both as known now: one position for the two, whatever is appended meanwhile.
        before = before._replace(position=settled.basis.position)
        named.append("from_position")
    return Both(_settled(house, before, "from"), settled, tuple(named))


def _settled(house: Reading, asked: Asked, side: str) -> Settled:
    """Return one basis; what is wrong with it is said of its own parameter, `from_…` or `to_…`."""
    try:
        return settle(house, asked)
    except Problem as problem:
        problem.errors = tuple(f._replace(field=f"{side}_{f.field}") for f in problem.errors)
        raise


def _given(question: DiffQuestion, name: str) -> bool:
    return getattr(question, name) is not None


def _cursor(both: Both, key: str, place: Place) -> Cursor:
    before, after = both.before.basis, both.after.basis
    return Cursor(
        after.position, after.valid_at, key, place.digest, before.position, before.valid_at
    )


def stats(house: Reading, actor: Actor, question: StatsQuestion) -> Found:
    """Return counts of sessions, certificates, breaches and open findings."""
    grant = decide(actor, Action.READ, "stats")
    seen = narrowed(question, grant.rows)
    settled = settle(house, question.asked())
    items: list[dict[str, Any]] = []
    if not seen.nothing:
        with house.reading() as connection:
            seen = seen.at(connection, settled.basis.position)
            where = Where(seen.district, seen.uscc, seen.rows.withheld.positions)
            items = statistics.stats(connection, settled.basis, question.by, where)
    items = [*map(shower(CountItem, grant.audience), items)]
    return Found(settled.standing, Listing(items, None, seen.limited), grant.audience)
