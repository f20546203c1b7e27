"""What `dudao verify` says of devices: their chains, recomputed from the bytes and held against the entries."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg_pool import ConnectionPool

from api.intake import device_records
from api.intake.device_records import DeviceRecord, Said, statements
from domain.device_chain import Chain, Link, chain
from domain.inspection.inspection import SpotCheckRecorded
from domain.terms.evidence import evidence_tag, generated
from ledger import codec
from ledger.gate.faults import Invalid
from ledger.gate.output import members
from ledger.gate.shapes import from_members
from ledger.log.entry import Entry
from ledger.log.log import Log

SEALED = """
SELECT e.sha256, (SELECT string_agg(p.octets, ''::bytea ORDER BY p.number)
                    FROM office.evidence_piece p WHERE p.sha256 = e.sha256)
  FROM office.evidence e
 WHERE e.media_type = 'application/json' AND e.size <= %(largest)s ORDER BY e.sha256
"""


class Examined(NamedTuple):
    """One device: its chain, and the numbers whose bytes are not what they should be."""

    device_id: str
    chain: Chain
    altered: tuple[int, ...]
    """The stored bytes have another digest, or the entry says something else than was sealed."""

    def said(self) -> list[Said]:
        """Return what is to be said of it; nothing where all is well."""
        altered = [
            Said(
                f"设备 {self.device_id}：第 {number} 号的原件与账本记录不一致",
                f"device {self.device_id}: what it sealed as no. {number} is not what the entry says",
            )
            for number in self.altered
        ]
        return [*statements(self.device_id, self.chain), *altered]

    def shown(self) -> dict[str, Any]:
        """Return it as JSON says it."""
        return {
            "device_id": self.device_id,
            "last": self.chain.last,
            "missing": list(self.chain.missing),
            "twice": list(self.chain.twice),
            "apart": list(self.chain.apart),
            "altered": list(self.altered),
        }


def examine(pool: ConnectionPool[Connection[Any]], log: Log) -> list[Examined]:
    """Return every device that has sealed something, with what its records lack."""
    links: dict[str, list[Link]] = defaultdict(list)
    altered: dict[str, list[int]] = defaultdict(list)
    with pool.connection() as connection:
        for digest, octets, record in _sealed(connection):
            link = Link(sequence=record.sequence, digest=digest, previous=record.previous)
            links[record.device_id].append(link)
            same = hashlib.sha256(octets).hexdigest() == digest
            if not (same and all(_says(entry, record) for entry in _named(log, digest))):
                altered[record.device_id].append(record.sequence)
    return [
        Examined(device, chain(each), tuple(sorted(altered[device])))
        for device, each in sorted(links.items())
    ]


def _sealed(connection: Connection[Any]) -> Iterator[tuple[str, bytes, DeviceRecord]]:
    with connection.transaction(), connection.cursor(name="sealed") as cursor:
        for sha256, octets in cursor.execute(SEALED, {"largest": device_records.LARGEST}):
            record = device_records.read(octets or b"")
            if record is not None:
                yield sha256.hex(), octets, record


def _named(log: Log, digest: str) -> list[Entry]:
    """Return the entries whose own device record this is; others may name it as they name a photo."""
    entries = log.read({evidence_tag(digest)})
    return [entry for entry in entries if _own_digest(entry) == digest]


def _own_digest(entry: Entry) -> str | None:
    event = codec.recorded(entry).event
    if not isinstance(event, SpotCheckRecorded) or not event.evidence:
        return None
    return event.evidence[-1].sha256.lower()


def _says(entry: Entry, record: DeviceRecord) -> bool:
    """Return whether the entry says what was sealed, read by the one reader of commands."""
    recorded = codec.recorded(entry)
    top = {
        "type": "SpotCheckRecorded",
        "actor": members(recorded.actor),
        "data": dict(record.data),
        "valid_from": record.valid_from,
        "idempotency_key": record.key,
    }
    try:
        sealed = from_members(top).body
    except Invalid:
        return False
    # Entries of earlier releases have the names that the files bore.
    named = tuple(map(generated, recorded.event.evidence[:-1]))
    return bool(sealed == replace(recorded.event, evidence=named))
