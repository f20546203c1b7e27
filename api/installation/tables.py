"""The tables in two times of an installation: where they stand, and what their codes mean."""

from pathlib import Path

from api.installation.wiring import Installation
from api.questions.assurance.integrity import root_at
from api.words.authority_words import DISTRICTS
from api.words.event_words import EVENT_NAMES
from ledger.log.entry import instant_text
from proof import kept
from replay.engines import Executor
from replay.lake import export as lake
from replay.lake.export import Advance, Wanted
from replay.lake.manifest import Manifest
from replay.lake.reference_tables import Names, reference_tables


def names() -> Names:
    """Return what districts and kinds of entries are called."""
    return Names(
        {code: (words.zh, words.en) for code, words in DISTRICTS.items()},
        {name: (words.zh, words.en) for name, words in EVENT_NAMES.items()},
    )


def wanted(
    house: Installation, position: int, since: int = 0, buckets: int | None = None
) -> Wanted:
    """Return what tables at a position hold beside their rows."""
    recorded_at = house.recorded_at(position) if position else None
    return Wanted(
        position=position,
        fold=house.ends().fold,
        root=root_at(house, position),
        recorded_at=None if recorded_at is None else instant_text(recorded_at),
        checkpoint=_checkpoint(house, position),
        reference=reference_tables(house.reference_at(position), names()),
        since=since,
        buckets=buckets,
    )


def _checkpoint(house: Installation, position: int) -> str | None:
    with house.reading() as connection:
        latest = kept.latest(connection)
    return (
        None
        if latest is None or latest.checkpoint.size > position
        else latest.note.written().decode()
    )


def export(
    house: Installation, executor: Executor, folder: Path, wanted: Wanted, advance: Advance
) -> Manifest:
    """Bring the tables in a folder to a position that the views have reached.

    Raises:
        Unusable: the folder cannot take them.
    """
    conninfo = house.database.addresses.app
    return lake.export(
        conninfo, executor, folder, wanted, lambda position: root_at(house, position), advance
    )
