"""Publications as they were made: with the entries, which the ledger holds apart (decision 0060)."""

from typing import Any

from domain.roster import RosterPublished, whole
from domain.standing.standing import EnterpriseListed
from domain.terms.envelope import Recorded
from ledger import codec
from ledger.log.log import Log


def as_published(log: Log, entry: Recorded[Any]) -> Recorded[Any]:
    """Return the entry; a publication with what the same act recorded at the positions behind it."""
    if not isinstance(entry.event, RosterPublished):
        return entry
    first = entry.position + 1
    behind = log.at(range(first, first + (entry.event.number or 0)))
    events = (codec.legible(each).event for each in behind)
    listed = [each for each in events if isinstance(each, EnterpriseListed)]
    return entry._replace(event=whole(entry.event, listed))
