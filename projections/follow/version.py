"""The version of the fold, and which one the tables were made by.

Raise `FOLD` with every change after which the same entries give other rows. A release then makes its
tables anew beside those that people look at, and lets them change places; until then those answer.
"""

from typing import Any

from psycopg import Connection

from ledger.unready import Unready

FOLD = 3
"""Of this release. Tables of before there were versions have 0."""


class LaterFold(Unready):
    """The tables were made by a later release, which alone goes on with them."""

    def __init__(self, fold: int) -> None:
        super().__init__(
            f"视图由较新版本（折叠 {fold}，本版本 {FOLD}）编制，本版本不予更新。请使用新版本；"
            "如须退回本版本，请运行 dudao projections rebuild",
            f"the views were made by a later release (fold {fold}, this one's is {FOLD}), and this one "
            "does not go on with them. Use the later release; to go back to this one, run "
            "dudao projections rebuild",
        )
        self.found = fold


OF_TABLES = "SELECT position, fold FROM progress"


LIVE = "SELECT CASE WHEN position = 0 THEN %(fold)s ELSE fold END FROM projections.progress"


def of_live(conn: Connection[Any]) -> int:
    """Return which version has made the live tables; this one's while they are empty."""
    row: Any = conn.execute(LIVE, {"fold": FOLD}).fetchone()
    return int(row[0])


def of_tables(conn: Connection[Any]) -> int:
    """Return which version has made the tables of the connection's schema; 0 while they are empty."""
    row: Any = conn.execute(OF_TABLES).fetchone()
    return int(row[1]) if row[0] > 0 else 0


def is_earlier(conn: Connection[Any]) -> bool:
    """Tell whether the tables of the connection's schema hold rows of an earlier version."""
    row: Any = conn.execute(OF_TABLES).fetchone()
    return bool(row[0] > 0 and row[1] < FOLD)


def require_not_later(conn: Connection[Any]) -> None:
    """Raise `LaterFold` where the tables of the connection's schema are a later version's."""
    row: Any = conn.execute(OF_TABLES).fetchone()
    if row[1] > FOLD:
        raise LaterFold(row[1])


SET = "UPDATE progress SET fold = %(fold)s"


def sign(conn: Connection[Any]) -> None:
    """Say that the tables of the connection's schema are this version's."""
    conn.execute(SET, {"fold": FOLD})
