"""The entries themselves, in order of position: what every view is made from."""

from api.questions import histories
from api.questions.answers import AnswerBasis, ListPage
from api.questions.clocks import Asked, parse_position
from api.questions.policy import Action, decide
from api.questions.problems import Unclear, invalid
from api.questions.publications import as_published
from api.questions.queries import Found, missing, settle
from api.questions.questions import EventsQuestion
from api.questions.reading import Reading
from api.questions.visibility import narrowed, within
from api.questions.withheld import rows_at
from domain.terms.envelope import Actor
from ledger import codec
from projections.items.disclosure import shower
from projections.items.entries import EntryItem
from projections.views.entry_docs import shown


def events(house: Reading, actor: Actor, question: EventsQuestion) -> Found:
    """Return a page of the entries behind `after`; `next` is where the following page begins.

    Where there is no `next`, everything up to the position of the basis was looked at: whoever goes
    on behind that misses nothing. Nobody waits here, neither for news nor for the views.
    """
    grant = decide(actor, Action.READ, "events")
    allowed = narrowed(question, grant.rows)
    settled = settle(house, Asked(position=question.upto), of_views=False)
    answer_basis = settled.answer_basis.without_default()
    if question.after > answer_basis.position:
        # Who followed another ledger, or one that lost entries, would wait for ever and learn nothing.
        raise invalid(
            "after",
            f"台账只到位置 {answer_basis.position}",
            f"the ledger ends at position {answer_basis.position}",
        )
    if allowed.nothing:
        return Found(answer_basis, ListPage([], None, allowed.limited), grant.audience)
    with house.reading() as connection:
        upto = settled.basis.position
        withheld = allowed.at(connection, upto).rows.withheld
        among = histories.Among(allowed.uscc, allowed.district, question.type, withheld)
        page = histories.events(connection, question.after, upto, question.limit, among)
    show = shower(EntryItem, grant.audience)
    items = [show(shown(as_published(house.log, entry))) for entry in page.entries]
    return Found(answer_basis, ListPage(items, page.next, allowed.limited), grant.audience)


def event(house: Reading, actor: Actor, position: str) -> tuple[AnswerBasis, dict[str, object]]:
    """Return one entry, if there is one that `actor` may see; it never changes."""
    grant = decide(actor, Action.READ, "events")
    try:
        entries = house.log.at([parse_position(position)])
    except Unclear:
        entries = []
    if not entries:
        raise missing()
    item = shown(as_published(house.log, codec.legible(entries[0])))
    with house.reading() as connection:
        # An entry of its own address has no basis: it is there as soon as it is released.
        rows = rows_at(connection, grant.rows, house.ends().head)
    if within(item, rows) is None:
        raise missing()
    settled = settle(house, Asked(position=entries[0].position))
    return settled.answer_basis.without_default(), shower(EntryItem, grant.audience)(item)
