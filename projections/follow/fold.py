"""The one loop that every view and every replay goes through: entries of a subject in, versions out."""

import logging
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from domain.catalogue import CatalogueAdopted, reference_after
from domain.catalogue import evolve as adopt
from domain.certificate.certificate import CertificateIssued
from domain.checks.outcome import Context
from domain.supervision.duplicates import DuplicateJudged
from domain.supervision.supervision import Supervision
from domain.supervision.touches import Touch
from domain.terms.decider import Apply
from domain.terms.envelope import Recorded
from domain.terms.reference import Edition, Reference
from ledger.codec import Illegible
from projections.views.certificates import as_issued, rows_of
from projections.views.views import VIEWS, Version, version, version_of

logger = logging.getLogger("dudao.projections")


class Rules(NamedTuple):
    """What a fold needs beside entries: content and places of the installation, and who reads corrections.

    `catalogue` are the adoptions that the ledger holds, in order of position; they are read among
    the entries of every subject, as what C2 says is among those of one.
    """

    context: Context
    apply: Apply
    catalogue: tuple[Recorded[CatalogueAdopted], ...] = ()

    def new_file(self, uscc: str) -> Supervision:
        """Return the file of a subject of which nothing has been read."""
        return Supervision(uscc, self.context, self.apply)

    def reference_at(self, position: int) -> Reference:
        """Return the reference data as known when the entry at `position` was the last."""
        adopted: tuple[Edition, ...] = ()
        for entry in self.catalogue:
            if entry.position <= position:
                adopted = adopt(adopted, entry)
        return reference_after(self.context.reference, adopted)

    def among(
        self,
        entries: Iterable[Recorded[Any]],
        after: int,
        upto: int,
        verdicts: Sequence[Recorded[DuplicateJudged]] = (),
    ) -> Iterator[Recorded[Any]]:
        """Yield the entries of a subject with the adoptions in `(after, upto]` where they belong.

        So with what C2 says of its certificates, which is given: an entry of others may change it.
        """
        others: list[Recorded[Any]] = [e for e in self.catalogue if after < e.position <= upto]
        others += (verdict for verdict in verdicts if after < verdict.position <= upto)
        others.sort(key=_POSITION)
        return merged(others, entries) if others else iter(entries)


_POSITION = attrgetter("position")


def merged(
    others: Iterable[Recorded[Any]], entries: Iterable[Recorded[Any]]
) -> Iterator[Recorded[Any]]:
    """Yield both in order of position, a verdict behind the entry that brought it about.

    There are few others: what follows the last of them is not looked at.
    """
    left, rest = deque(others), iter(entries)
    for entry in rest:
        while left and left[0].position < entry.position:
            yield left.popleft()
        yield entry
        if not left:
            break
    yield from rest
    yield from left


class SetApart(Exception):  # noqa: N818 - reads as what it says
    """A subject cannot be followed past an entry: it cannot be read, or the fold fails on it."""

    def __init__(self, entry: Recorded[Any], reason: str) -> None:
        super().__init__(f"entry {entry.position}: {reason}")
        self.position, self.subject, self.stored = entry.position, entry.subject, entry.type
        self.reason = reason


def take_in(supervision: Supervision, entry: Recorded[Any]) -> Iterable[Touch]:
    """Take in the next entry; return what it touched, a new certificate itself aside.

    Raises:
        SetApart: this cannot be done.
    """
    event = entry.event
    try:
        if type(event) is CertificateIssued:  # nine of ten entries: the shortest way first
            return supervision.read_certificate(entry)
        if type(event) is not Illegible:
            return supervision.read(entry)
    except Exception as error:
        raise _failed(entry, error) from error
    raise SetApart(entry, event.reason)


def _failed(entry: Recorded[Any], error: Exception) -> SetApart:
    logger.error("the fold fails on entry %s", entry.position, exc_info=error)
    return SetApart(entry, type(error).__name__)


def read(supervision: Supervision, entries: Iterable[Recorded[Any]]) -> None:
    """Take in entries whose versions are known already.

    Raises:
        SetApart: this cannot be done to the end.
    """
    read_certificate = supervision.read_certificate
    for entry in entries:
        if type(entry.event) is not CertificateIssued:
            take_in(supervision, entry)
            continue
        try:  # as `take_in` does, without a call more for nine of ten entries
            read_certificate(entry)
        except Exception as error:
            raise _failed(entry, error) from error


def follow(supervision: Supervision, entries: Iterable[Recorded[Any]]) -> Iterator[Version]:
    """Take in entries and yield every version that follows, in order of position.

    Raises:
        SetApart: this cannot be done to the end. What was yielded before stands.
    """
    for entry in entries:
        position = entry.position
        touched = take_in(supervision, entry)
        if type(entry.event) is CertificateIssued:
            file = supervision.file
            record = file.certificates[-1]
            # One that was reported again behind the end of that paper is ended at once.
            rows = as_issued(file, entry) if record.end is None else rows_of(file, record)
            yield version_of(("certificates", str(position), file.uscc, position, position, rows))
        for touch in touched:
            yield version(supervision, touch, position)


def current(
    supervision: Supervision, position: int, views: Collection[str] = tuple(VIEWS)
) -> Iterator[Version]:
    """Yield what every record of the subject shows after the entry at `position`."""
    for touch in shown(supervision):
        if touch.view in views:
            shown_now = version(supervision, touch, position)
            if shown_now.rows:
                yield shown_now
    if "certificates" in views:
        yield from _certificates(supervision, position)


def shown(supervision: Supervision) -> Iterator[Touch]:
    """Yield every record that the file of a subject shows as it stands, certificates aside."""
    yield from supervision.behind
    yield from (Touch("flags", key) for key in supervision.flags)
    yield from (Touch("flags", f"Q2-{position}") for position in supervision.file.orders)
    yield from (Touch("flags", key) for key in supervision.owed)


def _certificates(supervision: Supervision, position: int) -> Iterator[Version]:
    uscc = supervision.file.uscc
    for record in supervision.file.certificates:
        began = record.position
        rows = rows_of(supervision.file, record)
        yield Version("certificates", str(began), uscc, began, position, rows)
