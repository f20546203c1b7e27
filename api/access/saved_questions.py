"""Questions that somebody gave a name: kept beside the accounts, each its owner's alone."""

import uuid
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.errors import UniqueViolation

MOST = 40
"""Questions of one account: each is asked whenever its owner looks what waits for them."""


class AnswerSeen(NamedTuple):
    """An answer, as far as it is compared with the next one."""

    at: datetime
    position: int
    rows: int
    digest: bytes


class SavedQuestion(NamedTuple):
    """One question, and what its answer was when its owner last looked."""

    id: str
    name: str
    description: str
    address: str
    """Path and filters of a list, under `/v1`."""
    saved_at: datetime
    answer: AnswerSeen


class NameTaken(Exception):  # noqa: N818 - an answer to the caller, not a fault
    """The account has a question of that name."""


class TooMany(Exception):  # noqa: N818 - an answer to the caller, not a fault
    """The account has as many questions as it may have."""


# One at a time for an account, so that two forms at once are one too many together as well.
ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('saved question ' || %(account)s, 0))"
NUMBER = "SELECT count(*) FROM office.saved_question WHERE account = %(account)s"
ADD = """
INSERT INTO office.saved_question
       (id, account, name, description, address, saved_at, seen_at, seen_position, seen_rows, seen)
VALUES (%(id)s, %(account)s, %(name)s, %(description)s, %(address)s, %(saved_at)s, %(seen_at)s,
        %(seen_position)s, %(seen_rows)s, %(seen)s)
"""


def add(connection: Connection[Any], account: str, question: SavedQuestion) -> None:
    """Keep a new question.

    Raises:
        NameTaken: there is one of that name.
        TooMany: there are `MOST`.
    """
    values = {
        "id": question.id,
        "account": account,
        "name": question.name,
        "description": question.description,
        "address": question.address,
        "saved_at": question.saved_at,
        **_seen(question.answer),
    }
    try:
        with connection.transaction():
            connection.execute(ALONE, values)
            row: Any = connection.execute(NUMBER, values).fetchone()
            if row[0] >= MOST:
                raise TooMany
            connection.execute(ADD, values)
    except UniqueViolation:
        raise NameTaken from None


def _seen(answer: AnswerSeen) -> dict[str, Any]:
    return {
        "seen_at": answer.at,
        "seen_position": answer.position,
        "seen_rows": answer.rows,
        "seen": answer.digest,
    }


OF = """
SELECT id, name, description, address, saved_at, seen_at, seen_position, seen_rows, seen
  FROM office.saved_question WHERE account = %(account)s ORDER BY saved_at, id
"""


def of(connection: Connection[Any], account: str) -> list[SavedQuestion]:
    """Return the questions of an account, the oldest first."""
    return [
        SavedQuestion(
            str(id_), name, said, address, saved_at, AnswerSeen(at, position, rows, bytes(digest))
        )
        for id_, name, said, address, saved_at, at, position, rows, digest in connection.execute(
            OF, {"account": account}
        )
    ]


def find(connection: Connection[Any], account: str, id_: str) -> SavedQuestion | None:
    """Return a question of the account's own; None: there is none of that id."""
    return next((each for each in of(connection, account) if each.id == id_.lower()), None)


LOOKED = """
UPDATE office.saved_question
   SET seen_at = %(seen_at)s, seen_position = %(seen_position)s, seen_rows = %(seen_rows)s,
       seen = %(seen)s
 WHERE id = %(id)s AND account = %(account)s
"""


def looked(connection: Connection[Any], account: str, id_: str, answer: AnswerSeen) -> None:
    """Remember what the owner has seen of the answer."""
    connection.execute(LOOKED, {"id": id_, "account": account, **_seen(answer)})


FORGET = "DELETE FROM office.saved_question WHERE id = %(id)s AND account = %(account)s"


def forget(connection: Connection[Any], account: str, id_: str) -> None:
    """Forget a question."""
    connection.execute(FORGET, {"id": id_, "account": account})


def new_id() -> str:
    """Return an id for a question."""
    return str(uuid.uuid4())
