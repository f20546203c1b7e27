"""What a check answers: one of three verdicts, in words, with the entries it rests on."""

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


CLEAR = Outcome(Verdict.CLEAR)


@dataclass(frozen=True, slots=True)
class Context:
    """What a check needs beside the records: reference data in force, and the judge of places."""

    reference: Reference
    locate: Locate
    apart: Apart = nowhere_apart


def breach(zh: str, en: str, *because: int) -> Outcome:
    """Return a breach."""
    return Outcome(Verdict.BREACH, zh, en, because)


def undecided(zh: str, en: str, *because: int) -> Outcome:
    """Return "cannot be decided", with the reason as the sentence."""
    return Outcome(Verdict.UNDECIDED, zh, en, because)
