"""Backup, restore and rotation of keys, for the settings of an installation."""

from collections.abc import Collection
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import Connection
from pydantic import SecretStr

from api.access.credentials import reseal_factors
from api.access.gate import factor_key
from api.access.tokens import LONGEST
from api.installation.opening import SOURCES, open_ledger
from api.installation.settings import Settings
from api.installation.version import VERSION
from ledger.backup.archive import Manifest, Reader, Writer
from ledger.backup.dump import Progress, dump
from ledger.backup.load import Restored, check_keys, restore
from ledger.connect import Opening, key_folder
from ledger.log.entry import instant_text
from ledger.unready import Unready
from ledger.vault import erasures, fingerprints, keys, rotation


def configuration(settings: Settings) -> dict[str, Any]:
    """Return the settings that were made, by variable, without those that are secret."""
    made = settings.model_dump(mode="json", include=settings.model_fields_set)
    return {
        f"DUDAO_{name.upper()}": value
        for name, value in made.items()
        if not isinstance(getattr(settings, name), SecretStr)
    }


def back_up(settings: Settings, file: IO[bytes], progress: Progress) -> Manifest:
    """Write the ledger of these settings, as it is at this moment, into `file`."""
    with (
        open_ledger(settings) as database,
        database.pool(1) as pool,
        pool.connection() as connection,
        Writer(file) as writer,
    ):
        return dump(
            connection,
            SOURCES,
            writer,
            place=database.place,
            release=VERSION,
            configuration=configuration(settings),
            progress=progress,
        )


def restored(
    settings: Settings, path: Path, lists: Collection[Path], progress: Progress
) -> tuple[Restored, str]:
    """Fill the empty place of these settings from a backup; return what came of it, and the place.

    `lists`: of erasures, kept outside. That of the data folder is read where there is one.

    Raises:
        Unready: with what to do; then nothing was restored.
    """
    own = erasures.list_path(settings.folder)
    lists = [*lists, *([own] if own.exists() else [])]
    erased = {subject for each in lists for subject in erasures.listed(each)}
    with Reader(path) as reader:
        # Before a server is made for nothing.
        check_keys(reader.manifest, key_folder(settings.folder))
        return _restored(settings, reader, erased, progress)


def _restored(
    settings: Settings, reader: Reader, erased: Collection[str], progress: Progress
) -> tuple[Restored, str]:
    with open_ledger(settings, Opening.RESTORING) as database:
        with psycopg.connect(database.addresses.owner) as connection:
            done = restore(
                connection,
                SOURCES,
                reader,
                key_folder(settings.folder),
                place=database.place,
                erased=erased,
                progress=progress,
            )
        # Who serves is let in, and the server's settings are looked at, as at every start.
        open_ledger(settings, Opening.OWNING).close()
        # The next restore of an old backup needs them too.
        erasures.note(erasures.list_path(settings.folder), erased, instant_text(done.verified_at))
        return done, database.place


def differing(settings: Settings, manifest: Manifest) -> dict[str, tuple[Any, Any]]:
    """Return the settings that were others at the time of a backup: variable → then, now."""
    now = configuration(settings)
    names = sorted((now.keys() | manifest.configuration.keys()) - {"DUDAO_DATA"})
    pairs = {name: (manifest.configuration.get(name), now.get(name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def rotated(settings: Settings, name: str, *, ends_tokens: bool = False) -> int:
    """Put a new key in the place of one; return how many things were sealed anew with it.

    `ends_tokens`: what the token key has signed ends with it, because somebody else has it.
    """
    renew = rotation.rewrap if name == "wrapping" else _reseal
    with (
        open_ledger(settings) as database,
        database.pool(1) as pool,
        pool.connection() as connection,
    ):
        folder = key_folder(settings.folder)
        kept = name == "token" and not ends_tokens
        renewed = rotation.rotate(connection, folder, name, renew, kept=kept)
        still = fingerprints.earlier(connection, folder, "token", LONGEST)
        for path in keys.earlier(folder, "token").keys() - still.keys():
            path.unlink()
        return renewed


class ImportsWait(Unready):
    """Files that were sent are sealed with the key, and would not open once it is gone."""

    def __init__(self) -> None:
        super().__init__(
            "还有导入在排队：其文件用令牌密钥封存。请启动服务待其完成，再停止服务并轮换",
            "imports are waiting, whose files the token key seals: start the server, let them end, stop "
            "it, and rotate then",
        )


WAITING = "SELECT EXISTS (SELECT FROM office.operation WHERE stage IN ('queued', 'running'))"


def _reseal(connection: Connection[Any], old: bytes, new: bytes) -> int:
    if connection.execute(WAITING).fetchone() == (True,):
        raise ImportsWait
    return reseal_factors(connection, factor_key(old), factor_key(new))


def tied(settings: Settings) -> dict[str, bytes]:
    """Return the fingerprints of the keys that the ledger is tied to."""
    with (
        open_ledger(settings) as database,
        database.pool(1) as pool,
        pool.connection() as connection,
    ):
        return fingerprints.in_use(connection)
