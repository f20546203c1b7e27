"""The standing of every enterprise on a day, as its stream says: for what speaks of all of them at once."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from domain.correction import resolved
from domain.standing import standing
from domain.standing.course import Course
from domain.terms.envelope import Recorded
from domain.terms.vocabulary import Standing
from ledger import codec
from ledger.deciding.amending import apply
from ledger.log.entry import Entry


class Standings:
    """What was read of the streams `standing/…` so far, folded when somebody asks."""

    def __init__(self) -> None:
        self._told: dict[str, list[Recorded[Any]]] = {}
        self._courses: dict[str, Course] = {}

    def read(self, entries: Iterable[Entry]) -> None:
        """Take in the next entries of these streams, in order of position."""
        for entry in entries:
            subject = entry.subject or ""
            if f"{standing.STANDING.kind}:{subject}" in entry.tags:  # as deciders read them
                self._told.setdefault(subject, []).append(codec.recorded(entry))
                self._courses.pop(subject, None)

    def on(self, subject: str, day: date) -> Standing:
        """Return the standing of an enterprise on a day, as far as was read."""
        if subject not in self._told:
            return Standing.UNLISTED
        course = self._courses.get(subject)
        if course is None:
            course = standing.initial
            for entry in resolved(self._told[subject], apply):
                course = standing.evolve(course, entry)
            self._courses[subject] = course
        return course.on(day).standing
