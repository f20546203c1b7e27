"""Previews: small pictures of photos, made by the phone that sends them, to look at in a list.

They are no evidence: what counts is the original behind one, and whoever looks closely opens that.
Who sees the original sees them, and they go with it.
"""

from collections.abc import Collection
from typing import Any

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
SELECT 1 FROM office.evidence_upload WHERE sha256 = %(sha256)s AND account = %(account)s
"""


def keep(pool: ConnectionPool[Connection[Any]], actor: Actor, sha256: str, octets: bytes) -> None:
    """Keep the preview of a photo that `actor` has sent; the first one stays.

    Raises:
        Problem: 404, they have sent no such photo; 422, it is no small JPEG.
    """
    digest = digest_of(sha256)
    if digest is None:
        raise missing()
    if not 0 < len(octets) <= LARGEST or media_of(octets) is not Media.JPEG:
        raise invalid(
            "body",
            f"缩略图应为 JPEG,不超过 {LARGEST // 1024} KiB",
            f"a preview is a JPEG of at most {LARGEST // 1024} KiB",
        )
    values = {"sha256": digest, "account": actor.account, "octets": octets}
    with pool.connection() as connection:
        if connection.execute(SENT, values).fetchone() is None:
            raise missing()
        connection.execute(ADD, values)


FIND = "SELECT octets FROM office.evidence_preview WHERE sha256 = %(sha256)s"


def preview(house: Reading, actor: Actor, sha256: str) -> bytes:
    """Return the preview of a photo, if `actor` may see the photo.

    Raises:
        Problem: 401, 403, 404 as for the photo; 404, it has none.
    """
    stored = find(house, actor, sha256)
    with house.reading() as connection:
        row = connection.execute(FIND, {"sha256": stored.sha256}, binary=True).fetchone()
    if row is None:
        raise missing()
    return bytes(row[0])


PREVIEWED = """
SELECT encode(sha256, 'hex') FROM office.evidence_preview WHERE sha256 = ANY(%(sha256s)s)
"""


def previewed(house: Reading, digests: Collection[str]) -> frozenset[str]:
    """Return those of the digests that have a preview."""
    wanted = [digest for digest in map(digest_of, digests) if digest is not None]
    if not wanted:
        return frozenset()
    with house.reading() as connection:
        rows = connection.execute(PREVIEWED, {"sha256s": wanted}).fetchall()
    return frozenset(row[0] for row in rows)
