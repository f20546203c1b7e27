"""Forgetting a person: the row of the vault goes, and with it the only key of the box.

That it was done is said twice: by an entry, and in a list outside the database, since a backup of
before the erasure knows of neither. A restore carries out both again.
"""

import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

import orjson
from psycopg import Connection

FORGET = "DELETE FROM vault.person WHERE subject_id = ANY (%(subjects)s)"
# The table itself keeps who did it, also of deletions that do not come this way.
ASKED = """
SELECT set_config('dudao.actor', %(actor)s, true), set_config('dudao.reason', %(reason)s, true)
"""
RECEIPTS = r"SELECT payload FROM ledger.entry WHERE type ~ '(^|[./-])person[.-]erased/'"


def carry_out(
    connection: Connection[Any], subjects: Collection[str], actor: str, reason: str
) -> int:
    """Forget these persons, and say so in the vault's own log; return how many there were."""
    with connection.transaction():
        connection.execute(ASKED, {"actor": actor, "reason": reason})
        return connection.execute(FORGET, {"subjects": sorted(subjects)}).rowcount


def receipts(connection: Connection[Any]) -> set[str]:
    """Return the pseudonyms whose erasure stands in the ledger."""
    rows = connection.execute(RECEIPTS, binary=True).fetchall()
    return {str(orjson.loads(bytes(payload))["subject_id"]) for (payload,) in rows}


def list_path(folder: Path) -> Path:
    """Return where the list lies in a data folder. It belongs on another machine as well."""
    return folder / "erased.ndjson"


def note(path: Path, subjects: Collection[str], at: str) -> None:
    """Add to the list, for good, who is not in it yet."""
    known = listed(path) if path.exists() else set[str]()
    lines = [
        orjson.dumps({"subject_id": each, "erased_at": at}, option=orjson.OPT_APPEND_NEWLINE)
        for each in sorted(set(subjects) - known)
    ]
    if not lines:
        return
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "wb") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())


def listed(path: Path) -> set[str]:
    """Return the pseudonyms in a list: one a line, alone or as an object with `subject_id`.

    Raises:
        ValueError: a line is neither; with its number.
    """
    subjects: set[str] = set()
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        text = line.strip()
        if not text:
            continue
        if text.startswith("{"):
            try:
                text = str(orjson.loads(text)["subject_id"])
            except (orjson.JSONDecodeError, KeyError):
                raise ValueError(f"{path}:{number}") from None
        subjects.add(text)
    return subjects
