"""C2 on the live tables: certificates that share a number or a holder, whoever assessed them.

The tags of the ledger say which numbers and holders have more than one entry. Only those
groups are read, each whole, and folded by `domain.twins`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from psycopg import Connection

from domain.envelope import Recorded
from domain.twins import TwinVersion, twin_history
from projections.flag_rows import Concerned, flag_row
from projections.fold import Rules
from projections.histories import lean
from projections.pieces import pieces
from projections.views import Version

GROUPS_AT_ONCE = 1_000


def judged_by_tag(tag: str) -> bool:
    """Return whether entries with the tag belong to a number or a holder."""
    return tag.startswith(("certificate:", "holder:"))


SHARED = """
SELECT hashtextextended(t.tag, 0) FROM unnest(%(tags)s::text[]) AS t(tag)
 WHERE (SELECT count(*) FROM (
           SELECT FROM ledger.entry_tag e
            WHERE e.tag_hash = hashtextextended(t.tag, 0) AND e.position <= %(upto)s LIMIT 2) two) > 1
"""
ALL_SHARED = """
SELECT tag_hash FROM ledger.entry_tag WHERE position <= %(upto)s
 GROUP BY tag_hash HAVING count(*) > 1 AND max(position) > %(after)s
"""


def shared(
    conn: Connection[Any], after: int, upto: int, tags: Collection[str] | None = None
) -> list[int]:
    """Return the hashes of tags with several entries up to `upto`, one of them behind `after`.

    `tags`: the numbers and holders of the entries behind `after`, where they are at hand; else
    the tags of other facts are among the hashes too.
    """
    if tags is None:
        found = conn.execute(ALL_SHARED, {"after": after, "upto": upto}).fetchall()
    else:
        found = conn.execute(SHARED, {"tags": list(tags), "upto": upto}).fetchall() if tags else []
    return sorted(tag_hash for (tag_hash,) in found)


def versions(
    conn: Connection[Any], rules: Rules, after: int, upto: int, hashes: Sequence[int]
) -> Iterator[Version]:
    """Yield every version of a C2 flag that follows from entries in `(after, upto]`."""
    for found in twins(conn, rules, upto, hashes):
        for version in found:
            if version.at > after:
                yield shown(rules, version)


def shown(rules: Rules, version: TwinVersion) -> Version:
    """Return what one version of a C2 flag shows."""
    entry = version.entry
    subject = entry.subject or ""
    about = Concerned(subject, entry.district, entry, None)
    row = flag_row(version.flag, version.review, about, rules.reference_at(version.at))
    return Version("flags", version.flag.key, subject, entry.position, version.at, (row,))


CERTIFICATES = """
SELECT DISTINCT e.position, e.tags FROM ledger.entry_tag t JOIN ledger.entry e USING (position)
 WHERE t.tag_hash = ANY (%(hashes)s) AND t.position <= %(upto)s
   AND (starts_with(e.type, 'certificate.certificate-issued/')
        OR starts_with(e.type, 'certificate.certificate-reissued/'))
"""


def twins(
    conn: Connection[Any], rules: Rules, upto: int, hashes: Sequence[int]
) -> Iterator[list[TwinVersion]]:
    """Yield, of every certificate under the tags, the versions of a C2 flag that was ever raised."""
    done: set[int] = set()
    for some in pieces(hashes, GROUPS_AT_ONCE):
        values = {"hashes": list(some), "upto": upto}
        rows = conn.execute(CERTIFICATES, values, binary=True).fetchall()
        own: dict[int, list[str]] = {at: _judged(tags) for at, tags in rows if at not in done}
        groups = _groups(conn, {tag for tags in own.values() for tag in tags}, upto)
        for position in sorted(own):
            together = {e.position: e for tag in own[position] for e in groups[tag]}
            entries = [together[at] for at in sorted(together)]
            found = twin_history(position, entries, rules.amend)
            if found:
                yield found
        done.update(own)


def _judged(tags: list[str]) -> list[str]:
    return [tag for tag in tags if judged_by_tag(tag)]


GROUPS = """
SELECT position, type, valid_from, subject, district, payload, tags FROM ledger.entry
 WHERE position IN (SELECT ledger.tagged(%(tags)s::text[], %(upto)s))
"""


def _groups(
    conn: Connection[Any], tags: Collection[str], upto: int
) -> dict[str, list[Recorded[Any]]]:
    """Return the entries under each tag."""
    found: dict[str, list[Recorded[Any]]] = defaultdict(list)
    values = {"tags": list(tags), "upto": upto}
    for *row, own in conn.execute(GROUPS, values, binary=True).fetchall() if tags else ():
        entry = lean(tuple(row))
        for tag in own:
            found[tag].append(entry)
    return found
