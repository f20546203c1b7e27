"""The two clocks of a page (domain.md §2): which day is shown, as known when, and the steps from there.

A page that shows state carries them, says plainly when it shows the past, and keeps them in its
links while the reader follows them. The steps lead to where something happened: the previous and
next entry (about the enterprise where the page is about one), the previous and next day on which
something took effect.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from psycopg import Connection

from api.installation.wiring import Installation
from api.questions.answers import pinning
from ledger.log.clock import today

PARAMETERS = ("valid_at", "known_at", "position")
"""The parameters of a question that set the clocks."""
RULES = ("rules", "exact")
"""The parameters that say under which rules an address was answered: of that one alone, no link takes them along."""


class Steps(NamedTuple):
    """Where the steps lead; None: nothing lies in that direction."""

    earlier_day: str | None
    later_day: str | None
    earlier_position: int | None
    later_position: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """What a page shows: a day, as known at a position."""

    valid_at: str
    """业务日期, YYYY-MM-DD."""
    position: int
    """入账位置: what was known when this entry was the last."""
    known_at: str | None
    """入账时间: when that entry was recorded (RFC 3339, UTC); None for the empty ledger."""
    rules: str | None
    """Edition of the rule set in force on the day, and the version of the fold."""
    asked_rules: str | None
    """Those that the address names, where they are others."""
    head: int
    """The last position of the ledger."""
    today: str
    """The calendar day in Shanghai."""
    pinned: Mapping[str, str]
    """The clocks as the reader set them; they go into every link of the page."""
    steps: Steps
    """Where the steps beside the clocks lead."""

    @property
    def past_knowledge(self) -> bool:
        """Whether the page leaves out what the ledger has learnt since."""
        return self.position < self.head

    @property
    def other_day(self) -> bool:
        """Whether the page shows another day than today."""
        return self.valid_at != self.today

    @property
    def past(self) -> bool:
        """Whether the page shows anything but now: then nothing is offered to be done on it."""
        return self.past_knowledge or self.other_day

    @property
    def basis(self) -> dict[str, str]:
        """The parameters under which the page says the same, by the rules of today."""
        return pinning({"valid_at": self.valid_at, "position": self.position, "rules": self.rules})


def clocks(
    house: Installation,
    basis: Mapping[str, Any],
    asked: Mapping[str, str],
    subject: str | None,
) -> Clocks:
    """Return the clocks of a page that stands on `basis`; `asked` are the parameters of its address."""
    return Clocks(
        valid_at=basis["valid_at"],
        position=basis["position"],
        known_at=basis["known_at"],
        rules=basis["rules"],
        asked_rules=basis.get("asked_rules"),
        head=house.ends().head,
        today=today().isoformat(),
        pinned={name: asked[name] for name in PARAMETERS if asked.get(name)},
        steps=_steps(house, basis, subject),
    )


def _steps(house: Installation, basis: Mapping[str, Any], subject: str | None) -> Steps:
    day, position = date.fromisoformat(basis["valid_at"]), int(basis["position"])
    if subject is None:
        head = house.ends().head
        one = timedelta(days=1)
        return Steps(
            (day - one).isoformat(),
            (day + one).isoformat(),
            position - 1 if position > 1 else None,
            position + 1 if position < head else None,
        )
    with house.reading() as connection:
        return _steps_of(connection, subject, day, position)


STEPS = """
SELECT (SELECT max(valid_from) FROM ledger.entry
         WHERE subject = %(subject)s AND position <= %(position)s AND valid_from < %(day)s),
       (SELECT min(valid_from) FROM ledger.entry
         WHERE subject = %(subject)s AND position <= %(position)s AND valid_from > %(day)s),
       (SELECT max(position) FROM ledger.entry
         WHERE subject = %(subject)s AND position < %(position)s),
       (SELECT min(position) FROM ledger.entry
         WHERE subject = %(subject)s AND position > %(position)s)
"""


def _steps_of(connection: Connection[Any], subject: str, day: date, position: int) -> Steps:
    """Return the steps among the entries about one enterprise.

    The first of the two positions is that of the last entry before: what stood before it is seen
    from there.
    """
    values = {"subject": subject, "day": day, "position": position}
    row: Any = connection.execute(STEPS, values).fetchone()
    earlier, later, before, after = row
    return Steps(
        earlier.isoformat() if earlier else None,
        later.isoformat() if later else None,
        before,
        after,
    )
