"""What changed lately on the roster: published facts, for anyone."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from api import cursors
from api.access import Action, Grant, decide
from api.answers import Listing
from api.cursors import Cursor, Place
from api.queries import Found, settle
from api.questions import RosterChangesQuestion
from api.time_travel import Asked
from api.views import VIEWS
from api.wiring import Installation
from domain.envelope import Actor
from projections.basis import Basis
from replay import compare

LATELY = timedelta(days=90)


def lately(house: Installation, actor: Actor, question: RosterChangesQuestion) -> Found:
    """Return a page of the enterprises whose place on the roster is another than on `since`.

    Both days by what is known at the basis. Each: `change, uscc, before, after`, the two as anyone
    sees them in the roster.
    """
    grant = decide(actor, Action.READ, "roster")
    since = question.since
    place = Place("roster-changes", {"since": since.isoformat() if since else ""})
    asked, after = question.asked(), None
    if question.cursor is not None:
        cursor = cursors.decode(question.cursor, place)
        asked, after = Asked(cursor.valid_at, None, cursor.position), cursor.after
    settled = settle(house, asked)
    basis = settled.basis
    before = Basis(since or basis.valid_at - LATELY, basis.position)
    with house.reading() as connection:
        page = compare.changed(connection, before, basis, after, question.limit)
    more = page.next
    if more is not None:
        more = cursors.encode(Cursor(basis.position, basis.valid_at, more, place.digest))
    items = [_published(each, grant) for each in page.items]
    return Found(settled.standing, Listing(items, more), public=True)


def _published(line: Mapping[str, Any], grant: Grant) -> dict[str, Any]:
    roster, anyone = VIEWS["roster"], Grant(rows=grant.rows, persons=False, public=True)
    sides = {
        name: None if line[name] is None else roster.shown(line[name], anyone)
        for name in ("before", "after")
    }
    return {"change": line["change"], "uscc": line["uscc"], **sides}
