"""One entry of the ledger: what is asked for, what is stored, and the exact bytes that are hashed.

`docs/ledger-format.md` is normative; `tests/ledger/test_entry.py` holds its vectors against this.
"""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import NamedTuple

from ledger.merkle import leaf_hash

FORMAT = "dudao/entry/v1"
MAX_ENTRY_BYTES = 60_000
"""Below the 65,535 bytes that an entry bundle of C2SP tlog-tiles can hold."""
SALT_BYTES = 16
MAX_VERSION = 2**31 - 1


class Malformed(ValueError):  # noqa: N818 - an answer to the caller, not a fault
    """A draft that cannot become an entry."""


class Draft(NamedTuple):
    """What a command wants recorded. `payload` is final: it is stored and hashed as it is.

    `stream` may be empty for events of the generic recorder; such an entry has version 0.
    """

    stream: str
    type: str
    valid_from: date
    subject: str | None
    district: str | None
    tags: tuple[str, ...]
    payload: bytes
    idempotency_key: str | None = None
    request_digest: bytes | None = None


class Entry(NamedTuple):
    """An entry as recorded. `recorded_at` is UTC; `part` counts the entries of one command from 0.

    A tuple, because a replay makes ten million of them.
    """

    position: int
    stream: str
    version: int
    type: str
    recorded_at: datetime
    valid_from: date
    subject: str | None
    district: str | None
    tags: tuple[str, ...]
    idempotency_key: str | None
    payload: bytes
    salt: bytes
    request_digest: bytes | None
    part: int

    def hashed_bytes(self) -> bytes:
        """Return the bytes that the leaf hash covers."""
        draft = Draft(
            self.stream,
            self.type,
            self.valid_from,
            self.subject,
            self.district,
            self.tags,
            self.payload,
            self.idempotency_key,
            self.request_digest,
        )
        return entry_bytes(
            draft, self.version, instant_text(self.recorded_at), self.part, self.salt
        )

    def leaf_hash(self) -> bytes:
        """Return the entry's leaf in the Merkle tree."""
        return leaf_hash(self.hashed_bytes())


def instant_text(instant: datetime) -> str:
    """Return the instant as entries write it: UTC, six digits of fraction, `Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def entry_bytes(draft: Draft, version: int, recorded_at: str, part: int, salt: bytes) -> bytes:
    """Return the bytes that are hashed. The draft must have passed `check`.

    Lines stand in a fixed order, absent values have no line, and no value holds a control
    character: so no two different entries have the same bytes.
    """
    stream, type_, valid_from, subject, district, tags, payload, key, digest = draft
    head = (
        f"{FORMAT}\n"
        + (f"stream {stream}\nversion {version}\n" if stream else "")
        + f"type {type_}\nrecorded_at {recorded_at}\nvalid_from {valid_from}\n"
        + (f"subject {subject}\n" if subject is not None else "")
        + (f"district {district}\n" if district is not None else "")
        + ("tag " + "\ntag ".join(tags) + "\n" if tags else "")
        + (f"idempotency_key {key}\n" if key is not None else "")
        + (f"request_digest {digest.hex()}\n" if digest is not None else "")
        + f"part {part}\n\n"
    )
    return head.encode() + payload + salt


def check(draft: Draft) -> None:
    """Raise `Malformed` unless the draft can become an entry."""
    named = [("type", draft.type)]
    if draft.stream:
        named.append(("stream", draft.stream))
    optional = (draft.subject, draft.district, draft.idempotency_key)
    for name, value in zip(("subject", "district", "idempotency_key"), optional, strict=True):
        if value is not None:
            named.append((name, value))
    named.extend(("tag", tag) for tag in draft.tags)
    text = "".join(value for _, value in named)
    if not (text.isascii() and text.isprintable()) or not all(value for _, value in named):
        _check_values(named)
    if len(set(draft.tags)) != len(draft.tags):
        raise Malformed("tags: the same tag twice")
    if (draft.idempotency_key is None) != (draft.request_digest is None):
        raise Malformed("idempotency_key and request_digest: both or neither")
    # The quick bound holds for all but the largest entries and saves building them twice.
    if len(draft.payload) + 4 * len(text) + 5 * len(draft.tags) > MAX_ENTRY_BYTES - 600:
        latest = instant_text(datetime.max.replace(tzinfo=UTC))
        size = len(entry_bytes(draft, MAX_VERSION, latest, MAX_VERSION, bytes(SALT_BYTES)))
        if size > MAX_ENTRY_BYTES:
            raise Malformed(
                f"payload: the entry would have {size} bytes, {MAX_ENTRY_BYTES} are allowed; "
                "refer to larger material by its digest"
            )


def _check_values(named: Iterable[tuple[str, str]]) -> None:
    for name, value in named:
        if not value:
            raise Malformed(f"{name}: empty")
        # Cc would end a line, Cs has no UTF-8, Zl and Zp end a line in some readers.
        if any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in value):
            raise Malformed(f"{name}: control character")
        if not unicodedata.is_normalized("NFC", value):
            raise Malformed(f"{name}: not in Unicode normal form C")
