"""The ledger that the product of November 2026 wrote for the sample year, kept for ever.

`tests/fixtures/november_2026/ledger.ndjson.xz`: one object a line. First what the ledger is (its
end, its root, the key by which its persons are found again), then its entries with every column,
its persons by pseudonym, and the verdicts that were shown. Every name and number in it is invented.
Beside it lie files that were taken, one of each kind.
"""

import json
import lzma
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from ledger.log.entry import Entry
from ledger.log.merkle import Frontier

FOLDER = Path(__file__).parent / "fixtures" / "november_2026"
TAKEN = (
    "01-applications-2023.ndjson.xz",
    "02-roster-2024-1.xlsx",
    "05-certificates-2024-q4.xlsx",
    "09-certificates-2025-q4.csv",
)
"""Files that were taken: NDJSON, the roster's sheet, the upload of certificates twice."""


class Kept(NamedTuple):
    """The ledger as it was written."""

    position: int
    root: bytes
    judged_on: date
    identity_key: bytes
    entries: tuple[Entry, ...]
    people: dict[bytes, str]
    """Keyed digest of a person → pseudonym."""
    verdicts: dict[str, tuple[str, str, str]]
    """Key of a flag → verdict, severity, case."""


@cache
def kept() -> Kept:
    """Return the ledger."""
    with lzma.open(FOLDER / "ledger.ndjson.xz", "rt", encoding="utf-8") as file:
        lines: Iterator[dict[str, Any]] = map(json.loads, file)
        head = next(lines)
        entries = tuple(_entry(next(lines)) for _ in range(head["entries"]))
        people = [next(lines) for _ in range(head["people"])]
        flags = list(lines)
    return Kept(
        head["position"],
        bytes.fromhex(head["root"]),
        date.fromisoformat(head["judged_on"]),
        bytes.fromhex(head["identity_key"]),
        entries,
        {bytes.fromhex(each["identity"]): each["subject_id"] for each in people},
        {flag["key"]: (flag["verdict"], flag["severity"], flag["case"]) for flag in flags},
    )


def _entry(line: dict[str, Any]) -> Entry:
    digest = line["request_digest"]
    return Entry(
        **{
            **line,
            "recorded_at": datetime.fromisoformat(line["recorded_at"]),
            "valid_from": date.fromisoformat(line["valid_from"]),
            "tags": tuple(line["tags"]),
            "payload": line["payload"].encode(),
            "salt": bytes.fromhex(line["salt"]),
            "request_digest": None if digest is None else bytes.fromhex(digest),
            "backfill": False,
            "format": 1,
        }
    )


ENTRY = """
COPY ledger.entry (position, stream, version, type, recorded_at, valid_from, subject, district,
                   tags, idempotency_key, payload, salt, request_digest, part, leaf) FROM STDIN
"""
TAGS = """
INSERT INTO ledger.entry_tag
SELECT DISTINCT hashtextextended(t.tag, 0), e.position FROM ledger.entry e, unnest(e.tags) AS t(tag)
 WHERE t.tag <> 'stream:' || e.stream AND t.tag IS DISTINCT FROM 'subject:' || e.subject
"""
STATE = "UPDATE ledger.log_state SET size = %s, frontier = %s, recorded_at = %s"
PERSON = "COPY vault.person (subject_id, identity, wrapped_key, box) FROM STDIN"


def restore(owner: str) -> None:
    """Put the ledger into an empty database, as a restored backup would be; names are not in it."""
    ledger = kept()
    frontier = Frontier()
    with psycopg.connect(owner) as connection, connection.cursor() as cursor:
        with cursor.copy(ENTRY) as rows:
            for entry in ledger.entries:
                leaf = entry.leaf_hash()
                frontier.append(leaf)
                rows.write_row((*entry[:8], list(entry.tags), *entry[9:14], leaf))
        with cursor.copy(PERSON) as rows:
            for identity, subject_id in ledger.people.items():
                rows.write_row((subject_id, identity, b"", b""))
        connection.execute(TAGS)
        end = ledger.entries[-1].recorded_at
        connection.execute(STATE, (frontier.size, frontier.hashes, end))
