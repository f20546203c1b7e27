"""The transparency log as anybody may follow it: checkpoint, tiles, keys; entries by right."""

import re
from typing import NamedTuple

from api.questions.clocks import parse_position
from api.questions.policy import Action, decide
from api.questions.problems import Problem, Unclear, not_found
from api.questions.publications import as_published
from api.questions.queries import missing
from api.questions.reading import Reading
from api.questions.visibility import within
from api.questions.withheld import rows_at
from domain.terms.envelope import Actor
from ledger import codec
from ledger.log import tiles
from ledger.log.tiles import WIDTH, Tile, width_at
from projections.views.entry_docs import shown
from proof import kept
from proof.receipts import Receipt

ENTRIES = "entries"
_PATH = re.compile(r"((?:x[0-9]{3}/)*)([0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")
_LEVEL = re.compile(r"0|[1-9][0-9]?")


class Wanted(NamedTuple):
    """A tile as its address names it; `level` None: the entries themselves."""

    level: int | None
    number: int
    width: int


def parse(level: str, path: str) -> Wanted:
    """Return what an address asks for, in the spelling of tlog-tiles and no other.

    Raises:
        Problem: 404, it is no such address.
    """
    match = _PATH.fullmatch(path)
    if match is None or (level != ENTRIES and not _LEVEL.fullmatch(level)):
        raise _nothing()
    above, last, width = match.groups()
    number = int(above.replace("x", "").replace("/", "") + last)
    # x000/… would be a second address of the same tile.
    if above.startswith("x000/") or number >= 2**55 or int(width or 1) >= WIDTH:
        raise _nothing()
    return Wanted(None if level == ENTRIES else int(level), number, int(width or WIDTH))


def checkpoint(house: Reading) -> bytes:
    """Return the latest signed checkpoint with its cosignatures.

    Raises:
        Problem: 404, nothing was signed yet.
    """
    return _latest(house).note.written()


def verifier_keys(house: Reading) -> bytes:
    """Return the keys that sign the log, one a line, newest first.

    Raises:
        Problem: 404, nothing was signed yet.
    """
    origin = _latest(house).checkpoint.origin
    with house.reading() as connection:
        keys = kept.log_keys(connection, origin)
    return "".join(f"{key.vkey}\n" for key in keys).encode()


def tile(house: Reading, wanted: Wanted) -> bytes:
    """Return the hashes of a tile of the tree that was signed.

    Raises:
        Problem: 404, that tree has no such tile.
    """
    level = wanted.level or 0
    _is_signed(house, level, wanted)
    asked = Tile(level, wanted.number, wanted.width)
    with house.reading() as connection:
        return tiles.stored(connection)([asked])[asked]


def entry_bundle(house: Reading, actor: Actor, wanted: Wanted) -> bytes:
    """Return entries as they are hashed, each behind its length in two bytes.

    Raises:
        Problem: 401, 403 for who may not see every entry whole; 404, they are not signed yet.
    """
    grant = decide(actor, Action.READ, "events")
    if not (grant.rows.everything and grant.persons):
        raise Problem(
            "forbidden",
            "记录原文只提供给可见全部记录的角色；散列与检查点公开。",
            "entries as they are hashed go to those who may see every one of them; hashes and "
            "checkpoints are public",
            rule="role-not-allowed",
        )
    _is_signed(house, 0, wanted)
    after = wanted.number * WIDTH
    entries = house.log.entries(after, after + wanted.width)
    return b"".join(
        len(content).to_bytes(2) + content
        for content in (entry.hashed_bytes() for entry in entries)
    )


class Proof(NamedTuple):
    """A receipt as a file."""

    name: str
    content: bytes


def is_covered(house: Reading, position: int) -> bool:
    """Return whether a checkpoint covers the entry, so that there is a receipt of it."""
    with house.reading() as connection:
        latest = kept.latest(connection)
    return latest is not None and latest.checkpoint.size >= position


def receipt(house: Reading, actor: Actor, position: str) -> Proof:
    """Return the proof that an entry is in the tree that was signed last.

    The entry's own bytes go with it where the caller may see all of it, so that nothing else has to
    be kept.

    Raises:
        Problem: 404, there is no such entry for this caller; 503, no checkpoint covers it yet, or
            none was ever signed.
    """
    grant = decide(actor, Action.READ, "events")
    try:
        entries = house.log.at([parse_position(position)])
    except Unclear:
        entries = []
    if not entries:
        raise missing()
    entry = entries[0]
    item = shown(as_published(house.log, codec.recorded(entry)))
    with house.reading() as connection:
        visible = within(item, rows_at(connection, grant.rows, house.ends().head))
        if visible is None:
            raise missing()
        latest = kept.latest(connection)
        if latest is None:
            raise unsigned()
        if latest.checkpoint.size < entry.position:
            raise Problem(
                "not-ready",
                "尚无检查点覆盖这条记录，请稍后再取",
                "no checkpoint covers this entry yet: ask again a little later",
                headers={"Retry-After": "30"},
            )
        size = latest.checkpoint.size
        path = tiles.inclusion_proof(entry.position - 1, size, tiles.stored(connection))
    whole = grant.persons and visible == item
    extra = entry.hashed_bytes() if whole else None
    made = Receipt(entry.position - 1, tuple(path), latest.note, extra)
    return Proof(f"entry-{entry.position}.tlog-proof", made.written())


def unsigned() -> Problem:
    """Return the problem of what needs a checkpoint where none was ever signed."""
    return Problem(
        "not-ready",
        "尚未签署检查点，请先运行 dudao signer 或 dudao checkpoint",
        "no checkpoint was signed yet: run dudao signer or dudao checkpoint",
        headers={"Retry-After": "30"},
    )


def _latest(house: Reading) -> kept.Kept:
    with house.reading() as connection:
        latest = kept.latest(connection)
    if latest is None:
        raise not_found("尚未签署检查点", "no checkpoint was signed yet")
    return latest


def _is_signed(house: Reading, level: int, wanted: Wanted) -> None:
    """Refuse what no checkpoint stands for: it is not promised that it stays."""
    if wanted.width > width_at(_latest(house).checkpoint.size, level, wanted.number):
        raise _nothing()


def _nothing() -> Problem:
    return not_found("已签署的树中没有这一块", "the tree that was signed has no such tile")
