"""What an act would come to, before it is done: the very fold that will judge it, asked beforehand."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import orjson

from api.installation.wiring import Installation
from api.intake.commands import foresee
from domain.checks import CHECKS
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from projections.views.row import Rows, item
from replay.supposition import SHOWN, Consequence, differences

Body = Mapping[str, Any]
"""The body of a command, as the API takes it."""


class FlagBothWays(NamedTuple):
    """A flag that would be raised, cleared, or say something else."""

    key: str
    code: str
    day: str
    before: str
    after: str
    zh: str
    en: str
    uscc: str
    review_lost: bool
    """Whether a review of it would no longer hold, and the flag be in the queue again."""


class RosterBothWays(NamedTuple):
    """What the roster says of an enterprise on the day of the act: as it is, and as it would be."""

    uscc: str
    before: Body | None
    after: Body | None

    def lost(self, occupation: str) -> set[str]:
        """Return the levels of an occupation that are confirmed and would not be."""
        return _levels(self.before).get(occupation, set()) - _levels(self.after).get(
            occupation, set()
        )

    @property
    def changes(self) -> list[tuple[str, list[str], list[str]]]:
        """Occupations with the levels that would be gained and lost, those without either left out."""
        before, after = _levels(self.before), _levels(self.after)
        changed = [
            (
                name,
                sorted(after.get(name, set()) - before.get(name, set())),
                sorted(self.lost(name)),
            )
            for name in dict.fromkeys((*before, *after))
        ]
        return [(name, gained, lost) for name, gained, lost in changed if gained or lost]


def _levels(firm: Body | None) -> dict[str, set[str]]:
    """Return the confirmed levels by occupation; of who may certify nothing on the day, none."""
    levels: dict[str, set[str]] = {}
    if firm is None or firm["standing"] != "listed":
        return levels
    for scope_item in firm["scope"]:
        name = (
            f"{scope_item['name']}({scope_item['trade']})"
            if scope_item["trade"]
            else str(scope_item["name"])
        )
        levels.setdefault(name, set()).update(scope_item["levels"])
    return levels


class MeasureBothWays(NamedTuple):
    """A measure of a finding with its days and stays: as it is, and as it would be."""

    measure_id: str
    kind: str
    before: Body | None
    after: Body | None


class Consequences(NamedTuple):
    """What would change."""

    head: int
    """Where the ledger ended when this was asked."""
    flags: tuple[FlagBothWays, ...]
    standings: tuple[RosterBothWays, ...]
    measures: tuple[MeasureBothWays, ...] = ()

    @property
    def raised(self) -> tuple[FlagBothWays, ...]:
        """Flags that would be breach or undecided and are not."""
        return tuple(each for each in self.flags if each.before == "clear")

    @property
    def cleared(self) -> tuple[FlagBothWays, ...]:
        """Flags that would be clear and are not."""
        return tuple(each for each in self.flags if each.after == "clear")

    @property
    def others(self) -> tuple[FlagBothWays, ...]:
        """Flags that would say something else."""
        return tuple(each for each in self.flags if "clear" not in {each.before, each.after})


def consequences(
    house: Installation, actor: Actor, commands: Sequence[tuple[str, Body]], day: date
) -> Consequences:
    """Return what the commands, name and body, would change as of `day`.

    Raises:
        Problem: one of them would be refused.
    """
    raw = [
        (name, orjson.dumps({n: v for n, v in body.items() if v is not None}))
        for name, body in commands
    ]
    foreseen = foresee(house, actor, raw)
    with house.reading() as connection:
        flips = differences(connection, house.folding, foreseen.head, foreseen.drafts, _LOOKED_AT)
    flags = [
        _change(each.subject, each.key, each.before, each.after)
        for each in flips
        if each.table == "flags" and _is_shown(actor, each.key)
    ]
    standings = [
        RosterBothWays(each.subject, _on(each.before, day), _on(each.after, day))
        for each in flips
        if each.table == "roster"
    ]
    return Consequences(
        foreseen.head,
        tuple(each for each in flags if each is not None),
        tuple(standings),
        tuple(each for flip in flips if flip.table == "cases" for each in _measures(flip)),
    )


_LOOKED_AT = (*SHOWN, "findings")


def _measures(flip: Consequence) -> Iterator[MeasureBothWays]:
    """Yield the measures of a finding that would stand otherwise once all days have come."""
    before, after = _measures_of(flip.before), _measures_of(flip.after)
    for measure_id in dict.fromkeys((*before, *after)):
        was, would_be = before.get(measure_id), after.get(measure_id)
        shown = would_be or was
        if was != would_be and shown is not None:
            yield MeasureBothWays(measure_id, shown["kind"], was, would_be)


def _measures_of(rows: Rows) -> dict[str, Body]:
    return {each["measure_id"]: each for each in item(rows[-1].doc)["measures"]} if rows else {}


def _is_shown(actor: Actor, key: str) -> bool:
    """Q1 is the supervisors' own fault, and no business of the enterprise (§6)."""
    return actor.role is not Role.ENTERPRISE_REPORTER or CHECKS[key.partition("-")[0]].of_enterprise


def _change(uscc: str, key: str, before: Rows, after: Rows) -> FlagBothWays | None:
    was = item(before[-1].doc) if before else None
    would_be = item(after[-1].doc) if after else None
    one, other = _verdict(was), _verdict(would_be)
    lost = bool(was and was["review"] and not was["review_stale"]) and bool(
        would_be and would_be["review_stale"]
    )
    shown = would_be if other != "clear" else was
    if shown is None or (one == other and not lost and _message(was) == _message(would_be)):
        return None
    message = shown["message"]
    said = (message["zh"], message["en"])
    return FlagBothWays(key, shown["code"], shown["valid_at"], one, other, *said, uscc, lost)


def _verdict(flag: Body | None) -> str:
    return "clear" if flag is None else flag["verdict"]


def _message(flag: Body | None) -> object:
    return None if flag is None else flag["message"]


def _on(rows: Rows, day: date) -> Body | None:
    for row in rows:
        if row.holds_on(day):
            return item(row.doc)
    return None
