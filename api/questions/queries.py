"""Questions answered: the same code for HTTP and the command line.

First the basis is settled: which day, which position. Without `position` or `known_at` that is the
end of the ledger when the question arrived, so whoever has just recorded something sees it. Then
the views are waited for, and the rows read that the asker may see.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from psycopg import Connection

from api.questions import cursors
from api.questions.answers import AnswerBasis, ListPage
from api.questions.clocks import Asked, default_day, refuse_future, require_rules
from api.questions.cursors import AskedList, Cursor
from api.questions.lists import ONES, VIEWS, ListView, PageAsked
from api.questions.policy import Action, decide
from api.questions.problems import Problem, invalid, not_found
from api.questions.questions import AsOf, Listed, Paged
from api.questions.reading import PATIENCE, Behind, Reading
from api.questions.visibility import Narrowed, narrowed, within
from api.questions.withheld import rows_at
from domain.terms.envelope import Actor
from ledger.log.clock import now, today
from ledger.log.entry import instant_text
from projections.items.disclosure import shower
from projections.items.shape import Audience
from projections.views.basis import Basis


class Settled(NamedTuple):
    """The basis of an answer, as the views need it and as it is shown."""

    basis: Basis
    answer_basis: AnswerBasis


def settle(house: Reading, asked: Asked, *, of_views: bool = True) -> Settled:
    """Return the basis for what is asked, once the views hold it; what is no view waits for none.

    Raises:
        Problem: 422 for a basis that does not exist, 503 where the views do not get there in time; 409
            where it stands on other rules and that was not to be.
    """
    if asked.known_at is not None and asked.position is not None:
        raise invalid(
            "known_at", "known_at 与 position 只能给一个", "give known_at or position, not both"
        )
    ends = house.ends()
    refuse_future(asked, ends.head, now())
    position = ends.head
    if asked.position is not None:
        position = asked.position
    elif asked.known_at is not None:
        position = house.log.position_at(asked.known_at)
    if of_views and ends.followed < (needed := max(position, asked.min_position or 0)):
        _wait(house, needed)
    # Behind an entry of a later time there will be none of an earlier one: what was known at an instant
    # before the last entry is what will always have been known then.
    past = asked.known_at is not None and position < ends.head
    return _settled(house, asked, position, ends.fold, past=past)


def _wait(house: Reading, position: int) -> None:
    try:
        house.wait_for(position)
    except Behind:
        raise behind(position) from None


def behind(position: int) -> Problem:
    """Return the problem of views that did not reach `position` in time."""
    return Problem(
        "projections-behind",
        f"视图在 {PATIENCE:.0f} 秒内未更新到位置 {position}；已入账的内容不受影响，不必重新提交，请稍后重试",
        f"the views did not reach position {position} within {PATIENCE:.0f} s. What is recorded is "
        "recorded and need not be sent again; look again later",
        position=position,
        headers={"Retry-After": "5"},
    )


def _settled(house: Reading, asked: Asked, position: int, fold: int, *, past: bool) -> Settled:
    recorded_at = house.recorded_at(position) if position else None
    fixed = past or asked.position is not None
    pinned = fixed and (recorded_at is not None or asked.valid_at is not None)
    earlier = asked.pinned or asked.known_at is not None
    day = asked.valid_at or default_day(recorded_at, today(), pinned=earlier)
    edition = house.rules(day, position)
    # The same basis gives the same bytes within one version of the fold, which is named with it.
    rules = None if edition is None else f"{edition}/{fold}"
    shown: dict[str, Any] = {
        "valid_at": day.isoformat(),
        "known_at": instant_text(recorded_at) if recorded_at else None,
        "position": position,
        "rules": rules,
    }
    once = require_rules(asked, rules)
    if once is not None:
        shown["asked_rules"] = once
    if earlier and asked.valid_at is None:
        # Who asks for the past and names no day is told which day that was.
        shown["defaulted"] = ["valid_at"]
    return Settled(Basis(day, position), AnswerBasis(shown, pinned))


class Found(NamedTuple):
    """A page with what it stands on, and whom it is shown to."""

    answer_basis: AnswerBasis
    page: ListPage
    audience: Audience

    @property
    def public(self) -> bool:
        """Whether whoever asked would have got the same."""
        return self.audience is Audience.ANYONE


def opened(house: Reading, question: Listed, place: AskedList) -> tuple[Settled, str | None]:
    """Return what a page of a list stands on, and the key behind which it begins.

    A cursor goes on behind the last row of the page before, on the basis of the first page.

    Raises:
        Problem: 422, the cursor is none of this list, or contradicts the basis asked for.
    """
    if question.cursor is None:
        return settle(house, question.asked()), None
    cursor = cursors.decode(question.cursor, place)
    require_agreeing(question.asked(), cursor)
    asked = question.asked().from_cursor(cursor.valid_at, cursor.position)
    return settle(house, asked), cursor.after


def require_agreeing(asked: Asked, cursor: Cursor) -> None:
    """Refuse a cursor that contradicts the basis asked for beside it.

    Raises:
        Problem: 422.
    """
    if asked.position not in {None, cursor.position} or asked.valid_at not in {
        None,
        cursor.valid_at,
    }:
        raise cursors.unusable()


def further(settled: Settled, last: str | None, place: AskedList) -> str | None:
    """Return the cursor of the page behind the row `last`; None if there is none."""
    if last is None:
        return None
    basis = settled.basis
    return cursors.encode(Cursor(basis.position, basis.valid_at, last, place.digest))


def ask(house: Reading, actor: Actor, view: ListView, question: Listed) -> Found:
    """Return one page of a list, of what `actor` may see."""
    grant = decide(actor, Action.READ, view.resource)
    allowed = view.narrow(question, grant.rows)
    place = _place(view, question)
    settled, after = opened(house, question, place)
    if allowed.nothing:
        return Found(settled.answer_basis, ListPage([], None, allowed.limited), grant.audience)
    with cursors.fitting(), house.reading() as connection:
        allowed = allowed.at(connection, settled.basis.position)
        page = view.page(
            connection, settled.basis, question, allowed, PageAsked(after, question.limit)
        )
    items = [*map(shower(view.item, grant.audience), page.items)]
    more = further(settled, page.next, place)
    return Found(settled.answer_basis, ListPage(items, more, allowed.limited), grant.audience)


class Counts(NamedTuple):
    """Counts that are answered all at once: of what, how they are read, what a line is."""

    of: str
    """What a caller has to have a right to."""
    read: Callable[[Connection[Any], Basis, Any, Narrowed], list[dict[str, Any]]]
    item: type | None = None


def ask_counts(house: Reading, actor: Actor, counts: Counts, question: AsOf) -> Found:
    """Return counts of what `actor` may see."""
    grant = decide(actor, Action.READ, counts.of)
    allowed = narrowed(question, grant.rows)
    settled = settle(house, question.asked())
    items: list[dict[str, Any]] = []
    if not allowed.nothing:
        with house.reading() as connection:
            allowed = allowed.at(connection, settled.basis.position)
            items = counts.read(connection, settled.basis, question, allowed)
    if counts.item is not None:
        items = [*map(shower(counts.item, grant.audience), items)]
    return Found(settled.answer_basis, ListPage(items, None, allowed.limited), grant.audience)


def _place(view: ListView, question: Listed) -> AskedList:
    ignored = {*Paged.model_fields, "cursor", "columns", *AsOf.model_fields}
    return AskedList(
        view.name, question.model_dump(mode="json", exclude=ignored, exclude_none=True)
    )


def ask_one(
    house: Reading, actor: Actor, name: str, asked: Asked, key: str
) -> tuple[AnswerBasis, dict[str, Any]]:
    """Return one record of the list `name`, if there is one that `actor` may see.

    Raises:
        Problem: 404, the same whether there is none or it is not for this caller.
    """
    view, read = VIEWS[name], ONES[name]
    grant = decide(actor, Action.READ, name)
    settled = settle(house, asked)
    with house.reading() as connection:
        item = read(connection, settled.basis, key)
        rows = rows_at(connection, grant.rows, settled.basis.position)
    mine = None if item is None else within(item, rows)
    if mine is None:
        raise missing()
    return settled.answer_basis, shower(view.item, grant.audience)(mine)


def missing() -> Problem:
    """Return the problem of a record that is not there, or not there for this caller."""
    return not_found(
        "没有这条记录，或不在您的可见范围内",
        "there is no such record, or you may not see it",
    )
