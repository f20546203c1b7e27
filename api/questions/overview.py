"""The overview: what waits, what ends soon, what is overdue, what came late, what changed in a week.

Everything stands on one basis, and every number is counted by the same code that lists its rows.
"""

from datetime import date, timedelta
from typing import Any, NamedTuple

from psycopg import Connection

from api.questions.answers import AnswerBasis
from api.questions.late import late_item
from api.questions.policy import READS, Action, decide
from api.questions.queries import settle
from api.questions.questions import OverviewQuestion
from api.questions.reading import Reading
from api.questions.venues import venues
from api.questions.visibility import Narrowed, narrowed
from domain.checks import OVERDUE
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Verdict
from projections.counts import statistics as counts
from projections.counts.backlog import backlog
from projections.counts.tallies import Where
from projections.items.disclosure import shower
from projections.items.records import OverviewItem
from projections.views import arrivals, flags, roster
from projections.views.basis import Basis
from projections.views.names import names
from replay import compare

SHOWN = 8
"""Rows of each short list; the page behind it has the rest."""
LATE_DAYS = 30
"""Days behind its own day from which on an entry is shown as late."""
WEEK = timedelta(days=7)


class _Asked(NamedTuple):
    """Whose overview, on which basis."""

    house: Reading
    actor: Actor
    basis: Basis
    narrowed: Narrowed

    @property
    def where(self) -> Where:
        """What everything is narrowed to."""
        return self.narrowed.where


def overview(
    house: Reading, actor: Actor, question: OverviewQuestion
) -> tuple[AnswerBasis, dict[str, Any]]:
    """Return the overview of what `actor` may see.

    `backlog` (flags by check and age) · `districts` and `months` (counts; None for who may not read
    them) · `expiring` (`{days: number}` and the first rows) · `overdue` (rectifications past their
    deadline) · `venues` (where the newest sessions were held, and all outside) ·
    `late` (entries of the last week long after their day) · `week` (what differs from a
    week ago) · `limited_to`.
    """
    grant = decide(actor, Action.READ, "flags")
    allowed = narrowed(question, grant.rows)
    settled = settle(house, question.asked())
    show = shower(OverviewItem, grant.audience)
    asked = _Asked(house, actor, settled.basis, allowed)
    if allowed.nothing:
        return settled.answer_basis, show({**_empty(), "limited_to": allowed.limited})
    with house.reading() as connection:
        asked = asked._replace(narrowed=allowed.at(connection, settled.basis.position))
        members: dict[str, Any] = {
            "backlog": backlog(connection, settled.basis, asked.where),
            "expiring": _expiring(connection, asked),
            "overdue": _overdue(connection, asked),
            "late": _late(connection, asked),
            "week": _week(connection, asked),
            **_counts(connection, asked),
            "venues": _venues(connection, asked),
        }
    return settled.answer_basis, show({**members, "limited_to": allowed.limited})


def _empty() -> dict[str, Any]:
    nothing = dict.fromkeys(("added", "removed", "changed"), 0)
    return {
        "backlog": [],
        "expiring": {"within": {}, "items": []},
        "overdue": [],
        "late": {"days": LATE_DAYS, "recorded_from": None, "number": 0, "whole": True, "items": []},
        "week": {"from": None, "roster": nothing, "flags": nothing},
        "districts": [],
        "months": [],
        "venues": None,
    }


def _counts(connection: Connection[Any], asked: _Asked) -> dict[str, Any]:
    if "stats" not in READS.get(asked.actor.role, ()):
        return {"districts": None, "months": None}
    by_column = counts.several(connection, asked.basis, ("district", "month"), asked.where)
    return {"districts": by_column["district"], "months": by_column["month"]}


def _venues(connection: Connection[Any], asked: _Asked) -> dict[str, Any] | None:
    if "assessments" not in READS.get(asked.actor.role, ()):
        return None
    return venues(connection, asked.basis, asked.narrowed)


def _expiring(connection: Connection[Any], asked: _Asked) -> dict[str, Any]:
    bounds = asked.house.rule_set(asked.basis.valid_at, asked.basis.position).early_warning_days
    rows = roster.expiring(
        connection,
        asked.basis,
        max(bounds),
        uscc=asked.narrowed.uscc,
        district=asked.narrowed.district,
    )
    within = {str(days): sum(row["days_left"] <= days for row in rows) for days in sorted(bounds)}
    return {"within": within, "items": rows[:SHOWN]}


def _overdue(connection: Connection[Any], asked: _Asked) -> list[dict[str, Any]]:
    """Return the first rectifications past their deadline: their flags, with names."""
    filters = flags.Filters(
        code=OVERDUE,
        verdict=Verdict.BREACH,
        uscc=asked.narrowed.uscc,
        district=asked.narrowed.district,
    )
    items = flags.page(connection, asked.basis, filters, None, SHOWN).items
    called = names(connection, asked.basis, [item["subject"] for item in items])
    return [{**item, "name": called.get(item["subject"])} for item in items]


def _late(connection: Connection[Any], asked: _Asked) -> dict[str, Any]:
    """Return how much of the last week came late, and what came last."""
    first = asked.basis.valid_at - WEEK
    floor = arrivals.position_before(connection, first)
    wanted = arrivals.Wanted(
        LATE_DAYS,
        min(floor, asked.basis.position),
        asked.basis.position,
        asked.narrowed.uscc,
        asked.narrowed.district,
        without=asked.where.without,
    )
    page = arrivals.late(connection, wanted, None, SHOWN)
    items = [late_item(entry) for entry in page.entries]
    called = names(connection, asked.basis, {i["subject"] for i in items if i["subject"]})
    return {
        "days": LATE_DAYS,
        "recorded_from": first.isoformat(),
        "number": page.counted.number,
        "whole": page.counted.whole,
        "items": [{**item, "name": called.get(item["subject"])} for item in items],
    }


def _week(connection: Connection[Any], asked: _Asked) -> dict[str, Any]:
    """Return how many lines of the roster and of the flags differ from what was known a week ago."""
    day = asked.basis.valid_at - WEEK
    position = arrivals.position_before(connection, day + timedelta(days=1))
    before = Basis(day, min(position, asked.basis.position))
    where = compare.Where(asked.narrowed.uscc, asked.narrowed.district, asked.where.without)
    return {
        "from": {"valid_at": _text(day), "position": before.position},
        "roster": compare.count(connection, "roster", before, asked.basis, where)._asdict(),
        "flags": compare.count(connection, "flags", before, asked.basis, where)._asdict(),
    }


def _text(day: date) -> str:
    return day.isoformat()
