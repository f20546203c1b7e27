"""Subjects that the views do not follow past an entry: it cannot be read, or the fold fails on it.

What such a subject shows stays as it was before that entry; all others go on. Once a version runs
that can read the entry, a rebuild of the views takes it up.
"""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from psycopg import Connection

from projections.follow.fold import SetApart


class Apart(NamedTuple):
    """Where a subject stopped. `subject` None: an entry about no enterprise, which is left out."""

    position: int
    subject: str | None
    type: str
    reason: str


def of_entry(error: SetApart) -> Apart:
    """Return what is remembered of a subject that cannot be followed."""
    return Apart(error.position, error.subject, error.stored, error.reason)


SUBJECTS = "SELECT subject FROM set_apart WHERE subject IS NOT NULL"


def subjects(conn: Connection[Any]) -> set[str]:
    """Return the subjects that are set apart in the tables of the connection's schema."""
    return {subject for (subject,) in conn.execute(SUBJECTS)}


NOTE = """
INSERT INTO set_apart (position, subject, type, reason)
VALUES (%(position)s, %(subject)s, %(type)s, %(reason)s)
ON CONFLICT (position) DO NOTHING
"""


def note(conn: Connection[Any], subjects: Iterable[Apart]) -> None:
    """Remember, in the transaction that writes the rows."""
    for apart in subjects:
        conn.execute(NOTE, apart._asdict())


LIVE = (
    "SELECT position, subject, type, reason FROM projections.set_apart ORDER BY position LIMIT 100"
)


def listed(conn: Connection[Any]) -> list[Apart]:
    """Return what the live tables do not follow, a hundred at most."""
    return [Apart(*row) for row in conn.execute(LIVE)]


OF = "SELECT position, subject, type, reason FROM projections.set_apart WHERE subject = %(subject)s"


def of_subject(conn: Connection[Any], subject: str) -> Apart | None:
    """Return where a subject stopped, if the live tables do not follow it."""
    row = conn.execute(OF, {"subject": subject}).fetchone()
    return None if row is None else Apart(*row)


def without(subjects: Iterable[str], apart: Collection[str]) -> tuple[str, ...]:
    """Return the subjects that are not set apart."""
    return tuple(subject for subject in subjects if subject not in apart)
