"""What changed lately on the roster: published facts, for anyone."""

from datetime import timedelta

from api.questions import cursors
from api.questions.answers import ListPage
from api.questions.cursors import AskedList
from api.questions.policy import Action, decide
from api.questions.problems import invalid
from api.questions.queries import Found, further, opened
from api.questions.questions import RosterChangesQuestion
from api.questions.reading import Reading
from domain.terms.envelope import Actor
from projections.items.disclosure import shower
from projections.items.listed import RosterChangeItem
from projections.items.shape import Audience
from projections.views.basis import Basis
from replay import compare

LATELY = timedelta(days=90)


def lately(house: Reading, actor: Actor, question: RosterChangesQuestion) -> Found:
    """Return a page of the enterprises whose place on the roster is another than on `since`.

    Both days by what is known at the basis. Each: `change, uscc, before, after`, the two as anyone
    sees them in the roster.
    """
    decide(actor, Action.READ, "roster")
    since = question.since
    place = AskedList("roster-changes", {"since": since.isoformat() if since else ""})
    settled, after = opened(house, question, place)
    basis = settled.basis
    if since is not None and since > basis.valid_at:
        raise invalid(
            "since",
            f"不得晚于业务日期 {basis.valid_at}",
            f"must not lie after the day asked for, {basis.valid_at}",
        )
    before = Basis(since or basis.valid_at - LATELY, basis.position)
    with cursors.fitting(), house.reading() as connection:
        page = compare.changed(connection, before, basis, after, question.limit)
    shown = map(shower(RosterChangeItem, Audience.ANYONE), page.items)
    # What changed of an address, say, is no change of what was published.
    items = [line for line in shown if line["before"] != line["after"]]
    more = further(settled, page.next, place)
    return Found(settled.answer_basis, ListPage(items, more), Audience.ANYONE)
