"""Device records: what a phone sealed when a spot check was saved there, kept as evidence (decision 0088).

Their heads are kept in a table beside the bytes, so that the chain of a device is read without
opening every file. What a chain lacks is said wherever somebody looks at what the device sent.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, cast

from psycopg import Connection

from domain.device_chain import Chain, Link, chain
from ledger.gate.faults import Invalid
from ledger.gate.json import read_object

FORMAT = "dudao-field-record/1"
LARGEST = 1024 * 1024
LONGEST_ID = 100
MOST = 2**31 - 1
SHOWN = 20
"""Numbers that a sentence names."""


class DeviceRecord(NamedTuple):
    """What a device sealed. `data`: the spot check, without the evidence that names these bytes."""

    device_id: str
    sequence: int
    previous: str | None
    key: str
    account: str
    valid_from: str
    data: Mapping[str, Any]


def read(octets: bytes) -> DeviceRecord | None:
    """Return the device record of these bytes; None if they are none."""
    try:
        said, faults = read_object(octets) if len(octets) <= LARGEST else ({}, ())
    except Invalid:
        return None
    texts = [said.get(name) for name in ("device_id", "key", "account", "valid_from")]
    sequence, previous, data = said.get("sequence"), said.get("previous"), said.get("data")
    if (
        faults
        or said.get("format") != FORMAT
        or not all(isinstance(text, str) and 0 < len(text) <= LONGEST_ID for text in texts)
        or type(sequence) is not int
        or not 0 < sequence <= MOST
        or not (previous is None if sequence == 1 else _is_digest(previous))
        or not isinstance(data, dict)
    ):
        return None
    device_id, key, account, valid_from = map(str, texts)
    return DeviceRecord(device_id, sequence, previous, key, account, valid_from, data)


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")


def measured(octets: bytes) -> dict[str, int]:
    """Return how exact the place of each photo is, in metres, as the device has sealed it.

    An entry holds degrees and datum of a photo (the contract's shape); the accuracy stands in the
    record of the device, whose digest the entry names.
    """
    try:
        said, faults = read_object(octets) if len(octets) <= LARGEST else ({}, ())
    except Invalid:
        return {}
    listed = cast("list[object]", said.get("measured"))
    metres_of: dict[str, int] = {}
    for place in listed if type(listed) is list and not faults else ():
        match place:
            case {"sha256": str(sha256), "accuracy_m": str(metres)}:
                if _is_digest(sha256) and re.fullmatch(r"[0-9]{1,6}", metres):
                    metres_of[sha256] = int(metres)
            case _:
                pass
    return metres_of


def own_digest(body: Mapping[str, Any]) -> str:
    """Return the digest by which a command names its device record, the last of its evidence."""
    try:
        return str(body["evidence"][-1]["sha256"]).lower()
    except (LookupError, TypeError):
        return ""


def sealed(record: DeviceRecord, digest: str, key: str, body: Mapping[str, Any]) -> bool:
    """Return whether `body`, the command under `key`, is what the record with this digest sealed."""
    if record.key != key or own_digest(body) != digest:
        return False
    whole = {**record.data, "valid_from": record.valid_from}
    return whole == {**body, "evidence": body["evidence"][:-1]}


KEEP = """
INSERT INTO office.device_record (sha256, device_id, sequence, previous, account)
VALUES (%(sha256)s, %(device_id)s, %(sequence)s, %(previous)s, %(account)s)
ON CONFLICT DO NOTHING
"""


def keep(connection: Connection[Any], sha256: bytes, record: DeviceRecord) -> None:
    """Keep the head of a device record whose bytes are being stored."""
    connection.execute(
        KEEP,
        {
            "sha256": sha256,
            "device_id": record.device_id,
            "sequence": record.sequence,
            "previous": None if record.previous is None else bytes.fromhex(record.previous),
            "account": record.account,
        },
    )


LINKS = """
SELECT device_id, sequence, sha256, previous FROM office.device_record
 WHERE device_id = ANY(%(devices)s) ORDER BY device_id, sequence, sha256
"""
TOLD = """
SELECT device_id, max(sequence) FROM office.device
 WHERE device_id = ANY(%(devices)s) GROUP BY device_id
"""


def chains(connection: Connection[Any], devices: Iterable[str]) -> dict[str, Chain]:
    """Return the chains of these devices, as far as their records have arrived.

    A device that was seen since knows of later ones: these are missing too, until they are sent.
    """
    wanted = {"devices": sorted(set(devices))}
    told: dict[str, int] = dict(connection.execute(TOLD, wanted).fetchall())
    links: dict[str, list[Link]] = {device: [] for device in told}
    for device, sequence, sha256, previous in connection.execute(LINKS, wanted):
        before = None if previous is None else previous.hex()
        link = Link(sequence=sequence, digest=sha256.hex(), previous=before)
        links.setdefault(device, []).append(link)
    return {device: chain(each, told.get(device, 0)) for device, each in links.items()}


class Said(NamedTuple):
    """A sentence in both languages."""

    zh: str
    en: str


def statements(device: str, chain: Chain) -> list[Said]:
    """Return what is to be said of a chain; nothing where it is whole."""
    said: list[Said] = []
    if chain.missing:
        zh, en = _numbers(chain.missing)
        said.append(
            Said(
                f"设备 {device}：缺第 {zh} 号记录（未上传或被略去）",
                f"device {device}: no. {en} missing (not sent yet, or left out)",
            )
        )
    if chain.twice:
        zh, en = _numbers(chain.twice)
        said.append(
            Said(
                f"设备 {device}：第 {zh} 号有几份不同的记录",
                f"device {device}: several records under no. {en}",
            )
        )
    if chain.apart:
        zh, en = _numbers(chain.apart)
        said.append(
            Said(
                f"设备 {device}：第 {zh} 号与前一号不相接",
                f"device {device}: no. {en} does not join the one before it",
            )
        )
    return said


def _numbers(numbers: tuple[int, ...]) -> tuple[str, str]:
    """Return numbers as a reader takes them in, in Chinese and English: 3, 7–9."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    named = [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]
    shown = named[:SHOWN] + ["…"] * (len(named) > SHOWN)
    return "、".join(shown), ", ".join(shown)


TELL = """
INSERT INTO office.device (device_id, account, agent, sequence, unsent, told_at)
VALUES (%(device_id)s, %(account)s, %(agent)s, %(sequence)s, %(unsent)s, %(told_at)s)
ON CONFLICT (device_id, account) DO UPDATE
   SET agent = excluded.agent, sequence = excluded.sequence, unsent = excluded.unsent,
       told_at = excluded.told_at
"""


def tell(connection: Connection[Any], told: Mapping[str, Any]) -> None:
    """Keep what a device says of itself: `device_id, account, agent, sequence, unsent, told_at`."""
    connection.execute(TELL, told)


class Device(NamedTuple):
    """A device as it was last heard of, with what is missing of its records."""

    device_id: str
    account: str
    agent: str
    sequence: int
    unsent: int
    told_at: datetime
    missing: tuple[int, ...]


DEVICES = """
SELECT d.device_id, d.account, d.agent, d.sequence, d.unsent, d.told_at
  FROM office.device d JOIN office.account a ON a.account = d.account
 WHERE %(organisation)s::text IS NULL OR a.organisation = %(organisation)s
 ORDER BY d.unsent DESC, d.told_at DESC, d.device_id LIMIT 1000
"""


def devices(connection: Connection[Any], organisation: str | None) -> list[Device]:
    """Return the devices of an organisation's accounts, those with most unsent first; None: of all."""
    rows: list[Any] = connection.execute(DEVICES, {"organisation": organisation}).fetchall()
    by_device = chains(connection, [row[0] for row in rows])
    return [Device._make((*row, by_device[row[0]].missing)) for row in rows]
