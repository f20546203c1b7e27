"""The bytes under the hash: the vectors of docs/ledger-format.md, and no two entries with the same."""

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.log.entry import (
    MAX_ENTRY_BYTES,
    Draft,
    Entry,
    Malformed,
    check,
    entry_bytes,
    instant_text,
)
from ledger.log.merkle import leaf_hash, root_of
from tests.ledger.drafts import DIGEST, draft, drafts

DOCUMENT = Path(__file__).parents[3] / "docs" / "ledger-format.md"
VECTORS = json.loads(re.search(r"```json\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)[1])
AT = "2026-03-01T08:00:00.000000Z"
SALT = bytes(16)


def entry_of(vector: dict) -> Entry:
    columns = vector["columns"] | {
        "recorded_at": datetime.fromisoformat(vector["columns"]["recorded_at"]),
        "valid_from": date.fromisoformat(vector["columns"]["valid_from"]),
        "tags": tuple(vector["columns"]["tags"]),
        "payload": vector["columns"]["payload"].encode(),
        "salt": bytes.fromhex(vector["columns"]["salt"]),
        "request_digest": bytes.fromhex(vector["columns"]["request_digest"] or "") or None,
    }
    return Entry(**columns)


@pytest.mark.parametrize("vector", VECTORS["entries"])
def test_the_vectors_of_the_document_hold(vector: dict):
    entry = entry_of(vector)
    assert entry.hashed_bytes().hex() == vector["bytes"]
    assert entry.leaf_hash().hex() == vector["leaf"]


def test_the_root_of_the_document_holds():
    leaves = [bytes.fromhex(vector["leaf"]) for vector in VECTORS["entries"]]
    assert root_of(leaves).hex() == VECTORS["root"]


def test_absent_columns_have_no_line():
    bare = Draft("", "t", date(2026, 3, 1), None, None, (), b"{}")
    expected = f"dudao/entry/v2\ntype t\nrecorded_at {AT}\nvalid_from 2026-03-01\npart 0\n\n{{}}"
    assert entry_bytes(bare, 0, AT, 0, SALT) == expected.encode() + SALT


@given(drafts(), drafts(), st.integers(1, 9), st.integers(1, 9))
def test_different_entries_have_different_bytes(one: Draft, other: Draft, version: int, again: int):
    """Law: the bytes say everything. A stream-less entry has version 0 and no line for it."""
    assume((one, version if one.stream else 0) != (other, again if other.stream else 0))
    assert entry_bytes(one, version, AT, 0, SALT) != entry_bytes(other, again, AT, 0, SALT)


@given(drafts())
def test_what_is_taken_can_be_hashed(given_draft: Draft):
    check(given_draft)
    assert leaf_hash(entry_bytes(given_draft, 1, AT, 0, SALT))


@pytest.mark.parametrize("bad", ["", "a\nb", "a\0", "\x7f", "\x85", "\u2028", "\ud800", "e\u0301"])
@pytest.mark.parametrize("field", ["type", "subject", "district", "tags", "idempotency_key"])
def test_a_header_value_that_could_be_read_two_ways_is_refused(field: str, bad: str):
    value = ("t:1", bad) if field == "tags" else bad
    with pytest.raises(Malformed, match=field.removesuffix("s")):
        check(draft(key="k")._replace(**{field: value}))


def test_a_tag_twice_and_a_key_without_digest_are_refused():
    with pytest.raises(Malformed, match="twice"):
        check(draft("a", "t", "t"))
    with pytest.raises(Malformed, match="both or neither"):
        check(draft()._replace(request_digest=DIGEST))


def test_the_largest_entry_is_taken_and_one_byte_more_is_not():
    room = MAX_ENTRY_BYTES - len(
        entry_bytes(
            draft(), 2**31 - 1, instant_text(datetime.max.replace(tzinfo=UTC)), 2**31 - 1, SALT
        )
    )
    check(draft(payload=bytes(room + 2)))
    with pytest.raises(Malformed, match="60001 bytes"):
        check(draft(payload=bytes(room + 3)))
