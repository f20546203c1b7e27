"""Previews: small pictures of photos, made by the phone that sends them, to look at in a list.

They are no evidence: what counts is the original behind one, and whoever looks closely opens that.
Who sees the original sees them, and they go with it. Each is its sender's: of two who sent the same
photo, neither decides what the other's looks like.
"""

from collections.abc import Collection
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg_pool import ConnectionPool

from api.intake.evidence import Media, digest_of, find, media_of
from api.questions.problems import invalid
from api.questions.queries import missing
from api.questions.reading import Reading
from domain.terms.envelope import Actor

LARGEST = 64 * 1024

ADD = """
INSERT INTO office.evidence_preview (sha256, account, octets)
SELECT sha256, account, %(octets)s FROM office.evidence_upload
 WHERE sha256 = %(sha256)s AND account = %(account)s
ON CONFLICT DO NOTHING
"""
SENT = """
SELECT media_type FROM office.evidence JOIN office.evidence_upload USING (sha256)
 WHERE sha256 = %(sha256)s AND account = %(account)s
"""
PHOTOS = frozenset({Media.JPEG, Media.PNG, Media.WEBP, Media.HEIC})
_SCAN = 0xDA
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of a JPEG (ITU-T T.81, table B.1): where the picture begins, and what says its size."""


class Preview(NamedTuple):
    """Which preview: of which photo, sent by whom."""

    sha256: str
    account: str


def keep(pool: ConnectionPool[Connection[Any]], actor: Actor, sha256: str, octets: bytes) -> None:
    """Keep the preview of a photo that `actor` has sent; the first one of theirs stays.

    Raises:
        Problem: 404, they have sent no such photo; 422, it is no whole small JPEG, or of no photo.
    """
    digest = digest_of(sha256)
    if digest is None:
        raise missing()
    if len(octets) > LARGEST or not _is_whole(octets):
        raise invalid(
            "body",
            f"缩略图应为 JPEG，不超过 {LARGEST // 1024} KiB",
            f"a preview is a JPEG of at most {LARGEST // 1024} KiB",
        )
    values = {"sha256": digest, "account": actor.account, "octets": octets}
    with pool.connection() as connection:
        sent = connection.execute(SENT, values).fetchone()
        if sent is None:
            raise missing()
        if Media(sent[0]) not in PHOTOS:
            raise invalid("sha256", "该文件不是照片", "the file is no photo")
        connection.execute(ADD, values)


def _is_whole(octets: bytes) -> bool:
    """Return whether the segments of a JPEG lead from its start over a frame and a scan to its end."""
    if media_of(octets) is not Media.JPEG or not octets.endswith(b"\xff\xd9"):
        return False
    at, framed = 2, False
    while at + 4 <= len(octets) and octets[at] == 0xFF:
        marker = octets[at + 1]
        framed = framed or marker in _FRAMES
        at += 2 + int.from_bytes(octets[at + 2 : at + 4])
        if marker == _SCAN:
            return framed and at < len(octets) - 2
    return False


FIND = """
SELECT p.octets FROM office.evidence_preview p JOIN office.evidence_upload u USING (sha256, account)
 WHERE p.sha256 = %(sha256)s AND (%(by)s::text IS NULL OR p.account = %(by)s)
 ORDER BY p.account = %(own)s DESC, u.sent_at, p.account LIMIT 1
"""


def preview(house: Reading, actor: Actor, sha256: str, by: str | None = None) -> bytes:
    """Return the preview of a photo, if `actor` may see the photo.

    The one that the account `by` sent; without `by` the caller's own, else that of the first sender.

    Raises:
        Problem: 401, 403, 404 as for the photo; 404, it has none.
    """
    stored = find(house, actor, sha256)
    with house.reading() as connection:
        values = {"sha256": stored.sha256, "by": by, "own": actor.account}
        row = connection.execute(FIND, values, binary=True).fetchone()
    if row is None:
        raise missing()
    return bytes(row[0])


PREVIEWED = """
SELECT encode(sha256, 'hex'), account FROM office.evidence_preview WHERE sha256 = ANY(%(sha256s)s)
"""


def previewed(house: Reading, digests: Collection[str]) -> frozenset[Preview]:
    """Return the previews that there are of these photos."""
    wanted = [digest for digest in map(digest_of, digests) if digest is not None]
    if not wanted:
        return frozenset()
    with house.reading() as connection:
        rows = connection.execute(PREVIEWED, {"sha256s": wanted}).fetchall()
    return frozenset(Preview(*row) for row in rows)
