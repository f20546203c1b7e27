"""Comparison of two bases, and counts: `diff` and `stats`."""

from typing import Any, NamedTuple

from psycopg import Connection

from api.questions import cursors
from api.questions.answers import AnswerBasis, ListPage
from api.questions.clocks import Asked, require_rules
from api.questions.comparing import differing
from api.questions.cursors import AskedList, Cursor
from api.questions.policy import Action, decide
from api.questions.problems import Problem, invalid
from api.questions.queries import Counts, Found, Settled, ask_counts, settle
from api.questions.questions import DiffQuestion, StatsQuestion
from api.questions.reading import Reading
from api.questions.visibility import Narrowed, narrowed
from api.words.differences import sentence
from domain.terms.envelope import Actor
from projections.counts import rates, statistics
from projections.items.changes import BY, DIFFERENCES, CountItem
from projections.items.disclosure import shower
from projections.views.basis import Basis, Page
from projections.views.sorting import sorting
from replay import compare

SIDES = ("from", "to")


class Both(NamedTuple):
    """The two bases of a comparison."""

    before: Settled
    after: Settled
    defaulted: tuple[str, ...] = ()
    """Parameters that nobody gave, of a question that gave some."""

    @property
    def answer_basis(self) -> AnswerBasis:
        """What the answer stands on: the later basis, with the earlier one beside it."""
        sides = [
            {name: value for name, value in side.answer_basis.basis.items() if name != "defaulted"}
            for side in (self.after, self.before)
        ]
        shown: dict[str, Any] = {**sides[0], "from": sides[1]}
        if self.defaulted:
            shown["defaulted"] = [*self.defaulted]
        pinned = self.before.answer_basis.pinned and self.after.answer_basis.pinned
        return AnswerBasis(shown, pinned)


def diff(house: Reading, actor: Actor, question: DiffQuestion) -> Found:
    """Return a page of the lines in which two answers differ, with their causes."""
    grant = decide(actor, Action.READ, "diff")
    allowed = narrowed(question, grant.rows)
    chosen = question.model_dump(mode="json", exclude_none=True)
    place = AskedList("diff", {k: v for k, v in chosen.items() if k in _SELECTS})
    cursor = None if question.cursor is None else cursors.decode(question.cursor, place)
    both = _both(house, question, cursor)
    if allowed.nothing:
        return Found(both.answer_basis, ListPage([], None, allowed.limited), grant.audience)
    after = cursor.after if cursor else None
    with cursors.fitting(), house.reading() as connection:
        latest = max(both.before.basis.position, both.after.basis.position)
        allowed = allowed.at(connection, latest)
        if question.of == "counts":
            page = _counts(connection, both, question, allowed, after)
        else:
            page = compare.diff(
                connection,
                house.log,
                question.of,
                both.before.basis,
                both.after.basis,
                where=compare.Where(
                    allowed.uscc, allowed.district, allowed.rows.withheld.positions
                ),
                cursor=after,
                limit=question.limit,
            )
    more = None if page.next is None else cursors.encode(_cursor(both, page.next, place))
    show = shower(DIFFERENCES[question.of], grant.audience)
    items = [in_words(question.of, show(line)) for line in page.items]
    return Found(both.answer_basis, ListPage(items, more, allowed.limited), grant.audience)


_SELECTS = frozenset({"of", "uscc", "district", "by"})


def in_words(kind: str, line: dict[str, Any]) -> dict[str, Any]:
    """Return a line with what differs in it, by field and in a sentence, as its reader sees it."""
    line["of"] = kind
    line["fields"] = differing.fields(line["before"], line["after"])
    line["message"] = {"zh": sentence("zh", kind, line), "en": sentence("en", kind, line)}
    return line


def _counts(
    connection: Connection[Any],
    both: Both,
    question: DiffQuestion,
    allowed: Narrowed,
    after: str | None,
) -> Page:
    """Return the lines in which the counts by something differ; there are few, and no one cause."""
    by = question.by or BY[0]
    where = allowed.where

    def counted(basis: Basis) -> dict[str, dict[str, Any]]:
        lines = statistics.stats(connection, basis, by, where)
        return {line[by] or "": line for line in lines}

    old, new = both.before.basis, both.after.basis
    before, now = counted(old), counted(new)
    only = compare.moved(old, new)
    by_day = {} if only else counted(Basis(new.valid_at, old.position))
    by_knowledge = {} if only else counted(Basis(old.valid_at, new.position))
    keys = sorted(key for key in {*before, *now} if before.get(key) != now.get(key))
    keys = [key for key in keys if after is None or key > after]
    lines: list[dict[str, Any]] = [
        {
            **compare.sides(key, before.get(key), now.get(key)),
            "uscc": allowed.uscc,
            "clock": only or compare.clock(by_day.get(key), by_knowledge.get(key), now.get(key)),
            "because": [],
        }
        for key in keys[: question.limit]
    ]
    return Page(lines, keys[question.limit - 1] if len(keys) > question.limit else None)


def _both(house: Reading, question: DiffQuestion, cursor: Cursor | None) -> Both:
    old, new = _sides(question)
    if cursor is not None:
        if cursor.from_position is None or cursor.from_valid_at is None:
            raise cursors.unusable()
        before = old.from_cursor(cursor.from_valid_at, cursor.from_position)
        after = new.from_cursor(cursor.valid_at, cursor.position)
        return Both(_settled(house, before, "from"), _settled(house, after, "to"))
    for side in SIDES:
        if _given(question, f"{side}_known_at") and _given(question, f"{side}_position"):
            raise invalid(
                f"{side}_known_at",
                f"{side}_known_at 与 {side}_position 只能给一个",
                f"give {side}_known_at or {side}_position, not both",
            )
    before, after = old, new
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


def _sides(question: DiffQuestion) -> tuple[Asked, Asked]:
    """Return what is asked of each side; a side that names no rules may be answered under any.

    Raises:
        Problem: 422, `exact` without saying which rules.
    """
    rules = (question.from_rules, question.to_rules)
    if question.exact and rules == (None, None):
        require_rules(Asked(exact=True), None)
    at = (
        (question.from_valid_at, question.from_known_at, question.from_position, None),
        (question.to_valid_at, question.to_known_at, question.to_position, None),
    )
    old, new = (
        Asked(*clocks, each, exact=question.exact and each is not None)
        for clocks, each in zip(at, rules, strict=True)
    )
    return old, new


def _settled(house: Reading, asked: Asked, side: str) -> Settled:
    """Return one basis; what is wrong with it is said of its own parameter, `from_…` or `to_…`."""
    try:
        return settle(house, asked)
    except Problem as problem:
        problem.errors = tuple(f._replace(field=f"{side}_{f.field}") for f in problem.errors)
        raise


def _given(question: DiffQuestion, name: str) -> bool:
    return getattr(question, name) is not None


def _cursor(both: Both, key: str, place: AskedList) -> Cursor:
    before, after = both.before.basis, both.after.basis
    return Cursor(
        after.position, after.valid_at, key, place.digest, before.position, before.valid_at
    )


def _stats(
    conn: Connection[Any], basis: Basis, question: StatsQuestion, allowed: Narrowed
) -> list[dict[str, Any]]:
    zeros = question.zeros == "yes"
    items = statistics.stats(conn, basis, question.by, allowed.where, zeros=zeros)
    items = statistics.in_order(items, sorting(statistics.SORTED, question.sort))
    if question.rates != "yes":
        return items
    return rates.rated(conn, basis, question.by, allowed.where, items)


STATS = Counts("stats", _stats, CountItem)


def stats(house: Reading, actor: Actor, question: StatsQuestion) -> Found:
    """Return counts of sessions, certificates, breaches and open findings."""
    return ask_counts(house, actor, STATS, question)
