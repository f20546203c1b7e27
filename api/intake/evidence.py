"""Evidence: the bytes that entries name by their SHA-256, kept beside the ledger in its database.

Content decides the name, so the same photo sent twice is one photo, and nobody can put another in
its place. Who sees it: who sent it, and who sees an entry that names it.
"""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import IO, Any, NamedTuple

from psycopg import Connection
from psycopg_pool import ConnectionPool

from api.intake import device_records
from api.intake.device_records import DeviceRecord
from api.questions.clocks import Asked
from api.questions.policy import Action, Rows, decide
from api.questions.problems import Problem, invalid
from api.questions.queries import ask_one, missing
from api.questions.reading import Reading
from api.questions.visibility import within
from domain.terms.envelope import Actor
from domain.terms.evidence import evidence_tag
from ledger import codec
from ledger.log.clock import SHANGHAI, now

logger = logging.getLogger("dudao.api")
MIB = 1024 * 1024
LARGEST = 15 * MIB
PIECE = MIB
DAY_BYTES = 1024 * MIB
DAY_FILES = 500
"""What one account may send on one calendar day."""


CENTRE = "centre"


class Media(StrEnum):
    """The kinds of content that are taken."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    HEIC = "image/heic"
    PDF = "application/pdf"
    DEVICE_RECORD = "application/json"
    """What a phone keeps of a spot check (decision 0088); no other JSON is taken."""


EXTENSIONS = {
    Media.JPEG: "jpg",
    Media.PNG: "png",
    Media.WEBP: "webp",
    Media.HEIC: "heic",
    Media.PDF: "pdf",
    Media.DEVICE_RECORD: "json",
}
SIGNATURE_BYTES = 32
_DEVICE_RECORD = b'{"format":"dudao-field-record/'
_HEIC_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
)


def media_of(start: bytes) -> Media | None:
    """Return what content is by how it starts; None if it is nothing that is taken."""
    if start.startswith(b"\xff\xd8\xff"):
        return Media.JPEG
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return Media.PNG
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return Media.WEBP
    if start[4:8] == b"ftyp" and start[8:12] in _HEIC_BRANDS:
        return Media.HEIC
    if start.startswith(_DEVICE_RECORD):
        return Media.DEVICE_RECORD
    return Media.PDF if start.startswith(b"%PDF-") else None


class Arrived(NamedTuple):
    """Content as it came: its digest, its size, its first bytes, and a file with all of them."""

    sha256: bytes
    size: int
    start: bytes
    file: IO[bytes]


class Stored(NamedTuple):
    """Content that is stored."""

    sha256: bytes
    media: Media
    size: int


def digest_of(text: str) -> bytes | None:
    """Return the digest that `text` writes in 64 lower-case hexadecimal digits."""
    if len(text) != hashlib.sha256().digest_size * 2 or not set(text) <= set("0123456789abcdef"):
        return None
    return bytes.fromhex(text)


def check(wanted: bytes, said: Media, arrived: Arrived) -> None:
    """Refuse content that is not what its sender says.

    Raises:
        Problem: 422, another digest, nothing at all, or another type.
    """
    if arrived.size == 0:
        raise invalid("body", "内容为空", "there is no content")
    if arrived.sha256 != wanted:
        raise invalid(
            "sha256",
            "内容的 SHA-256 与地址中的不符：可能传输有误，请重新计算并上传原始字节",
            "the content has another SHA-256 than the address says: send the original bytes again",
        )
    if media_of(arrived.start) is not said:
        raise invalid(
            "Content-Type",
            f"内容不是 {said.value}（按文件特征判断）",
            f"the content is not {said.value}, judged by how it starts",
        )
    if said is Media.DEVICE_RECORD and device_record(arrived) is None:
        raise invalid(
            "body",
            "内容不是现场设备的记录（格式、设备号、序号、前一号摘要或数据有误）",
            "this is no record of a device: format, device, number, digest before or data are wrong",
        )


def device_record(arrived: Arrived) -> DeviceRecord | None:
    """Return the device record that came; None if the content is none."""
    if arrived.size > device_records.LARGEST:
        return None
    arrived.file.seek(0)
    return device_records.read(arrived.file.read())


TURN = "SELECT pg_advisory_xact_lock(hashtextextended('evidence ' || %(account)s, 0))"
SENT = """
SELECT coalesce(sum(size), 0), count(*) FROM office.evidence_upload
 WHERE account = %(account)s AND sent_at >= %(since)s
"""
KNOWN = """
SELECT 1 FROM office.evidence_upload WHERE sha256 = %(sha256)s AND account = %(account)s
"""
ADD = """
INSERT INTO office.evidence (sha256, media_type, size)
VALUES (%(sha256)s, %(media_type)s, %(size)s) ON CONFLICT DO NOTHING RETURNING sha256
"""
ADD_PIECE = """
INSERT INTO office.evidence_piece (sha256, number, octets)
VALUES (%(sha256)s, %(number)s, %(octets)s)
"""
ADD_UPLOAD = """
INSERT INTO office.evidence_upload (sha256, account, role, organisation, size)
VALUES (%(sha256)s, %(account)s, %(role)s, %(organisation)s, %(size)s) ON CONFLICT DO NOTHING
"""


def store(
    pool: ConnectionPool[Connection[Any]], actor: Actor, media: Media, arrived: Arrived
) -> bool:
    """Store content that was checked; return whether it is new.

    Raises:
        Problem: 429, the account has sent enough today.
    """
    values = {
        "sha256": arrived.sha256,
        "media_type": media.value,
        "size": arrived.size,
        "account": actor.account,
        "role": actor.role.value,
        "organisation": actor.organisation,
    }
    with pool.connection() as connection, connection.transaction():
        # One upload of an account at a time: two at once would each find room for itself.
        connection.execute(TURN, values)
        if connection.execute(KNOWN, values).fetchone() is not None:
            return False
        _require_room(connection, actor.account, arrived.size, now())
        is_new = connection.execute(ADD, values).fetchone() is not None
        if is_new:
            _add_pieces(connection, arrived)
            record = device_record(arrived) if media is Media.DEVICE_RECORD else None
            if record is not None:
                device_records.keep(connection, arrived.sha256, record)
        connection.execute(ADD_UPLOAD, values)
    return is_new


def _add_pieces(connection: Connection[Any], arrived: Arrived) -> None:
    arrived.file.seek(0)
    number = 0
    while octets := arrived.file.read(PIECE):
        values = {"sha256": arrived.sha256, "number": number, "octets": octets}
        connection.execute(ADD_PIECE, values, binary=True)
        number += 1


def _require_room(connection: Connection[Any], account: str, size: int, at: datetime) -> None:
    today = at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    row: Any = connection.execute(SENT, {"account": account, "since": today}).fetchone()
    sent, files = row
    if sent + size <= DAY_BYTES and files < DAY_FILES:
        return
    wait = int((today + timedelta(days=1) - at).total_seconds()) + 1
    raise Problem(
        "quota-exceeded",
        f"今日上传已达限额（{DAY_FILES} 个文件、{DAY_BYTES // MIB} MiB）；请明日再传或联系系统管理员",
        f"the day's quota is used up ({DAY_FILES} files, {DAY_BYTES // MIB} MiB); send it tomorrow",
        headers={"Retry-After": str(wait)},
    )


FIND = "SELECT media_type, size FROM office.evidence WHERE sha256 = %(sha256)s"
SENDERS = "SELECT account, organisation FROM office.evidence_upload WHERE sha256 = %(sha256)s"


def find(house: Reading, actor: Actor, sha256: str) -> Stored:
    """Return what is stored, if `actor` may see it.

    Raises:
        Problem: 401, 403 for who sees no evidence at all; 404, the same whether there is none or it
            is not for this caller.
    """
    grant = decide(actor, Action.READ, "evidence")
    digest = digest_of(sha256)
    if digest is None:
        raise missing()
    with house.reading() as connection:
        row = connection.execute(FIND, {"sha256": digest}).fetchone()
        senders = connection.execute(SENDERS, {"sha256": digest}).fetchall()
    if row is None:
        raise missing()
    own = any(account == actor.account for account, _ in senders)
    offices = frozenset(organisation for _, organisation in senders)
    if grant.rows.expert is not None:
        visible = own or _is_assigned(house, actor, sha256)
    else:
        visible = own or grant.rows.everything or _is_named(house, sha256, grant.rows, offices)
    if not visible:
        raise missing()
    media, size = row
    return Stored(digest, Media(media), size)


HELD = "SELECT sha256 FROM office.evidence WHERE sha256 = ANY(%(sha256s)s)"


def missing_of(house: Reading, digests: Iterable[str]) -> list[str]:
    """Return those of the digests whose bytes are not stored, in order and each once.

    An entry may name evidence before its bytes arrive, and a phone keeps what it took until they
    have: so this is true of the moment, whatever the basis of the question.
    """
    named = [each.lower() for each in dict.fromkeys(digests)]
    wanted = [digest for digest in map(digest_of, named) if digest is not None]
    if not wanted:
        return named
    with house.reading() as connection:
        rows = connection.execute(HELD, {"sha256s": wanted}).fetchall()
    stored = {row[0].hex() for row in rows}
    return [each for each in named if each not in stored]


def evidence_missing(house: Reading, inspection: Mapping[str, Any]) -> list[str]:
    """Return the evidence that the records of an inspection name and that has not arrived by now."""
    return missing_of(
        house,
        (file["sha256"] for check in inspection["spot_checks"] for file in check["evidence"]),
    )


def obtainable(house: Reading, actor: Actor, digests: Iterable[str]) -> frozenset[str]:
    """Return those of the digests whose bytes are stored and may be seen by `actor`.

    An entry may name evidence that was never sent: a page offers only what can be had.
    """
    return frozenset(digest for digest in digests if _is_obtainable(house, actor, digest))


def _is_obtainable(house: Reading, actor: Actor, sha256: str) -> bool:
    try:
        find(house, actor, sha256)
    except Problem as problem:
        if problem.status not in {403, 404}:
            raise
        return False
    return True


def material(house: Reading, application: Mapping[str, Any], sha256: str) -> Stored:
    """Return a material of an application that its asker was shown.

    Not every digest that an application names: one whose bytes its own office sent, or that stands
    in a filing taken by the centre. Whoever only learnt a digest could name it to see what is behind.

    Raises:
        Problem: 404, it is none of this application's, or its bytes are not here.
    """
    digest = digest_of(sha256)
    named = {paper["sha256"] for paper in application["materials"]}
    if digest is None or sha256 not in named:
        raise missing()
    with house.reading() as connection:
        row = connection.execute(FIND, {"sha256": digest}).fetchone()
        senders = connection.execute(SENDERS, {"sha256": digest}).fetchall()
    if row is None:
        raise missing()
    offices = frozenset(organisation for _, organisation in senders)
    own = f"application:{application['application_id']}"
    filings = (each for each in house.log.read({evidence_tag(sha256)}) if own in each.tags)
    filed = (codec.legible(each).actor.organisation for each in filings)
    if not any(office in offices or office == CENTRE for office in filed):
        raise missing()
    return Stored(digest, Media(row[0]), row[1])


def materials(house: Reading, application: Mapping[str, Any]) -> dict[str, Media]:
    """Return the materials of an application that can be opened, and what each is."""
    media: dict[str, Media] = {}
    for paper in application["materials"]:
        try:
            media[paper["sha256"]] = material(house, application, paper["sha256"]).media
        except Problem as problem:
            if problem.status != 404:
                raise
    return media


def _is_assigned(house: Reading, actor: Actor, sha256: str) -> bool:
    """Return whether it is a material of an application that is shown to the expert."""
    tags = {tag for entry in house.log.read({evidence_tag(sha256)}) for tag in entry.tags}
    start = "application:"
    for key in sorted(tag.removeprefix(start) for tag in tags if tag.startswith(start)):
        try:
            _, item = ask_one(house, actor, "applications", Asked(), key)
            material(house, item, sha256)
        except Problem as problem:
            if problem.status != 404:
                raise
        else:
            return True
    return False


def _is_named(house: Reading, sha256: str, rows: Rows, offices: frozenset[str]) -> bool:
    """Return whether an entry that lies within `rows` names the evidence, and may.

    Whoever only learnt a digest could record an entry that names it, to see what is behind it. So
    an entry counts where its office sent the bytes too, or sees everything anyway.
    """
    for entry in map(codec.legible, house.log.read({evidence_tag(sha256)})):
        office = entry.actor.organisation
        about = {"subject": entry.subject, "district": entry.district}
        if (office in offices or office == CENTRE) and within(about, rows) is not None:
            return True
    return False


SENT_BY = """
SELECT e.media_type, e.size FROM office.evidence e JOIN office.evidence_upload u USING (sha256)
 WHERE e.sha256 = %(sha256)s AND u.account = %(account)s
"""


def own_octets(house: Reading, actor: Actor, sha256: str) -> bytes | None:
    """Return the bytes of a device record that `actor` has sent; None if there are none."""
    digest = digest_of(sha256)
    if digest is None:
        return None
    with house.reading() as connection:
        values = {"sha256": digest, "account": actor.account}
        row = connection.execute(SENT_BY, values).fetchone()
    if row is None or row[0] != Media.DEVICE_RECORD or row[1] > device_records.LARGEST:
        return None
    return b"".join(octets(house, Stored(digest, Media.DEVICE_RECORD, row[1])))


READ_PIECE = """
SELECT octets FROM office.evidence_piece WHERE sha256 = %(sha256)s AND number = %(number)s
"""


def octets(house: Reading, stored: Stored) -> Iterator[bytes]:
    """Return the content piece by piece; a connection is held only while one is read.

    All of it is hashed before the first byte is given out, and again while it is: what somebody has
    put under the digest since is no evidence.

    Raises:
        Problem: 410, what is stored is not what the digest names.
    """
    content = [*_pieces(house, stored)] if stored.size <= PIECE else None
    if not _is_whole(content or _pieces(house, stored), stored.sha256):
        raise _changed(stored.sha256)
    return _once_more(house, stored) if content is None else iter(content)


def _once_more(house: Reading, stored: Stored) -> Iterator[bytes]:
    digest, last = hashlib.sha256(), b""
    for piece in _pieces(house, stored):
        if last:
            yield last
        digest.update(piece)
        last = piece
    if digest.digest() != stored.sha256:  # of the last piece nothing is given out
        raise _changed(stored.sha256)
    yield last


def _pieces(house: Reading, stored: Stored) -> Iterator[bytes]:
    for number in range(-(-stored.size // PIECE)):
        values = {"sha256": stored.sha256, "number": number}
        with house.reading() as connection:
            row = connection.execute(READ_PIECE, values, binary=True).fetchone()
        if row is None:
            return
        yield row[0]


def _is_whole(pieces: Iterable[bytes], sha256: bytes) -> bool:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.digest() == sha256


def _changed(sha256: bytes) -> Problem:
    logger.critical("evidence %s is not what its digest says", sha256.hex())
    return Problem(
        "damaged",
        "保存的内容与其摘要不符，已不是原件，不予提供；请系统管理员从备份恢复并核验账本",
        "what is stored is not what this digest names: it is no longer the original and is not given "
        "out; restore it from a backup and verify the ledger",
    )


KEPT = """
SELECT sha256 FROM office.evidence WHERE sha256 > %(after)s ORDER BY sha256 LIMIT 500
"""
READ_PIECES = "SELECT octets FROM office.evidence_piece WHERE sha256 = %(sha256)s ORDER BY number"


def difference(connection: Connection[Any]) -> str | None:
    """Return which evidence is not what its digest says, the first one; None if all is.

    What was taken away is none: an owner may, because a photo can show people.
    """
    after = b""
    while rows := connection.execute(KEPT, {"after": after}).fetchall():
        for (sha256,) in rows:
            pieces = connection.execute(READ_PIECES, {"sha256": sha256}, binary=True)
            if not _is_whole((bytes(octets) for (octets,) in pieces), bytes(sha256)):
                return f"evidence: {bytes(sha256).hex()} is not what its digest says"
            after = sha256
    return None
