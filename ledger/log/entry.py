"""One entry of the ledger: what is asked for, what is stored, and the exact bytes that are hashed.

`docs/ledger-format.md` is normative; `tests/ledger/log/test_entry.py` holds its vectors against this.
"""

import unicodedata
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple

from ledger.log.merkle import leaf_hash

FORMATS = {1: "dudao/entry/v1", 2: "dudao/entry/v2"}
"""Every form that entries were ever recorded in, by its number; none is ever rewritten."""
NOW = 2
"""The form in which entries are recorded."""
MAX_ENTRY_BYTES = 60_000
"""Below the 65,535 bytes that an entry bundle of C2SP tlog-tiles can hold."""
SALT_BYTES = 16
MAX_NUMBER = 2**31 - 1
SETS_CLOCK = "clock.clock-set/"
"""How the type begins of the one entry that may be recorded at an earlier time than the one before."""


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
    backfill: bool = False
    """Whether it is history, brought in from an older system."""


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
    backfill: bool
    format: int
    """The number of the form that its bytes have."""

    def draft(self) -> Draft:
        """Return what was asked for when the entry was appended."""
        return Draft(
            self.stream,
            self.type,
            self.valid_from,
            self.subject,
            self.district,
            self.tags,
            self.payload,
            self.idempotency_key,
            self.request_digest,
            self.backfill,
        )

    def hashed_bytes(self) -> bytes:
        """Return the bytes that the leaf hash covers."""
        at = instant_text(self.recorded_at)
        return entry_bytes(
            self.draft(), self.version, at, self.part, self.salt, form=FORMATS[self.format]
        )

    def leaf_hash(self) -> bytes:
        """Return the entry's leaf in the Merkle tree."""
        return leaf_hash(self.hashed_bytes())


@lru_cache(maxsize=256)  # thousands of entries share the time of their transaction
def instant_text(instant: datetime) -> str:
    """Return the instant as entries write it: UTC, six digits of fraction, `Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def entry_bytes(  # noqa: PLR0913 - the draft, and what the ledger adds to it
    draft: Draft,
    version: int,
    recorded_at: str,
    part: int,
    salt: bytes,
    *,
    form: str = FORMATS[NOW],
) -> bytes:
    """Return the bytes that are hashed. The draft must have passed `check`.

    Lines stand in a fixed order, absent values have no line, and no value holds a control
    character: so no two different entries have the same bytes.
    """
    stream, type_, valid_from, subject, district, tags, payload, key, digest, backfill = draft
    # Built piece by piece: this runs for every entry while the append lock is held.
    within = f"stream {stream}\nversion {version}\n" if stream else ""
    about = "" if subject is None else f"subject {subject}\n"
    place = "" if district is None else f"district {district}\n"
    tagged = "tag " + "\ntag ".join(tags) + "\n" if tags else ""
    history = "backfill yes\n" if backfill else ""
    request = ""
    if key is not None and digest is not None:
        request = f"idempotency_key {key}\nrequest_digest {digest.hex()}\n"
    head = (
        f"{form}\n{within}type {type_}\nrecorded_at {recorded_at}\n"
        f"valid_from {valid_from.isoformat()}\n{history}{about}{place}{tagged}{request}"
        f"part {part}\n\n"
    )
    return head.encode() + payload + salt


def check(draft: Draft) -> None:
    """Raise `Malformed` unless the draft can become an entry."""
    stream, type_, _, subject, district, tags, payload, key, digest, _ = draft
    text = "".join((stream, type_, subject or "", district or "", key or "", *tags))
    # The common case in a few steps: an import checks tens of thousands of drafts a second.
    if (
        text.isascii()
        and text.isprintable()
        and type_
        and "" not in tags
        and "" not in {subject, district, key}
        and len(payload) + len(text) + 5 * len(tags) <= MAX_ENTRY_BYTES - 600
        and len(set(tags)) == len(tags)
        and (key is None) == (digest is None)
    ):
        return
    _check_values(draft)
    if len(set(tags)) != len(tags):
        raise Malformed("tags: the same tag twice")
    if (key is None) != (digest is None):
        raise Malformed("idempotency_key and request_digest: both or neither")
    latest = instant_text(datetime.max.replace(tzinfo=UTC))
    size = len(entry_bytes(draft, MAX_NUMBER, latest, MAX_NUMBER, bytes(SALT_BYTES)))
    if size > MAX_ENTRY_BYTES:
        raise Malformed(
            f"payload: the entry would have {size} bytes, {MAX_ENTRY_BYTES} are allowed; "
            "refer to larger material by its digest"
        )


def _check_values(draft: Draft) -> None:
    named: list[tuple[str, str | None]] = [
        ("stream", draft.stream or None),
        ("type", draft.type),
        ("subject", draft.subject),
        ("district", draft.district),
        ("idempotency_key", draft.idempotency_key),
        *(("tag", tag) for tag in draft.tags),
    ]
    for name, value in named:
        if value is None:
            continue
        if not value:
            raise Malformed(f"{name}: empty")
        # Cc would end a line, Cs has no UTF-8, Zl and Zp end a line in some readers.
        if any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in value):
            raise Malformed(f"{name}: control character")
        if not unicodedata.is_normalized("NFC", value):
            raise Malformed(f"{name}: not in Unicode normal form C")
