"""What a check answers: one of three verdicts, in words, with the entries it rests on."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from domain.terms.place import Apart, Locate, nowhere_apart
from domain.terms.reference import Reference
from domain.terms.vocabulary import Verdict


class Outcome(NamedTuple):
    """Verdict with a sentence in Chinese and English and the positions of all entries it rests on."""

    verdict: Verdict
    zh: str = ""
    en: str = ""
    because: tuple[int, ...] = ()
    since: date | None = None
    """The day from which it shows, where that is later than the day of the record."""
    reason: str = ""
    """Code of why it is so; with verdict and values it tells one outcome of a flag from another."""
    values: tuple[str, ...] = ()
    """What was judged: never the sentence, and no positions."""
    bodies: tuple[str, ...] = ()
    """Enterprises that answer for it beside the one whose record it is."""
    until: date | None = None
    """The day from which it is over, where an authority made an end of it: the days before stay."""
    ended_by: int | None = None
    """The entry that did."""
    earlier: "tuple[Outcome, ...]" = ()
    """What was so on the days before `since`, each from its own day on: never less grave, nor of more."""

    @property
    def begun(self) -> date | None:
        """The first day on which anything of it shows, where that is later than the day of the record."""
        return self.earlier[0].since if self.earlier else self.since

    def not_before(self, day: date) -> "Outcome":
        """Return the same of which nothing shows before `day`."""
        since = day if self.since is None else max(self.since, day)
        return self._replace(
            since=since, earlier=tuple(each.not_before(day) for each in self.earlier)
        )

    def on(self, day: date) -> "Outcome":
        """Return what is so on a day: by then not all of it had happened."""
        if not self.earlier:
            return self
        happened = [each for each in self.earlier if each.since is None or each.since <= day]
        if self.since is None or self.since <= day or not happened:
            return self._replace(earlier=())
        return happened[-1]

    @property
    def name(self) -> str:
        """Name of the outcome, to which a review belongs (§1): `breach.level-outside.3f2a9c0d51be`."""
        parts = [self.verdict.value, self.reason]
        if self.values:
            values = "\0".join(self.values).encode()
            parts.append(hashlib.sha256(values).hexdigest()[:_DIGITS])
        return ".".join(parts)


_DIGITS = 12
CLEAR = Outcome(Verdict.CLEAR)


@dataclass(frozen=True, slots=True)
class Context:
    """What a check needs beside the records: reference data in force, and the judge of places."""

    reference: Reference
    locate: Locate
    apart: Apart = nowhere_apart


def breach(zh: str, en: str, *because: int, reason: str, values: tuple[str, ...] = ()) -> Outcome:
    """Return a breach; `reason` and `values` see `Outcome`."""
    return Outcome(Verdict.BREACH, zh, en, because, None, reason, values)


def undecided(
    zh: str, en: str, *because: int, reason: str, values: tuple[str, ...] = ()
) -> Outcome:
    """Return "cannot be decided", with the cause as the sentence; `reason` and `values` see `Outcome`."""
    return Outcome(Verdict.UNDECIDED, zh, en, because, None, reason, values)


def bad_day(outcome: Outcome, day: date, first: date) -> Outcome:
    """Return what a session is found in on `day`: before that day had come nobody could say it."""
    return outcome if day <= first or outcome is CLEAR else outcome._replace(since=day)


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the gravest of the outcomes of days in their order: of equal ones the first.

    What was less grave on the days before stays with it.
    """
    graver: list[Outcome] = []
    for outcome in outcomes:
        if outcome is not CLEAR and (
            not graver or outcome.verdict.gravity > graver[-1].verdict.gravity
        ):
            graver.append(outcome)
    if len(graver) <= 1:
        return graver[0] if graver else CLEAR
    return graver[-1]._replace(earlier=tuple(graver[:-1]))
