"""The signer: says how long the ledger is and what its root is, and never anything that contradicts it.

It has its keys and its own last checkpoint in a folder outside the database. Before it signs, the
ledger has to prove that it begins with all that was signed before. Whoever rewrites the database
can therefore not make it sign, as long as the folder is out of his reach.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from psycopg import Connection

from ledger.log import tiles
from ledger.log.merkle import Frontier, verify_consistency
from proof import kept
from proof.checkpoints import Checkpoint, read_checkpoint
from proof.files import Unusable, read_key, write_whole
from proof.notes import (
    Kind,
    Note,
    PrivateKey,
    PublicKey,
    is_name,
    knows_mldsa,
    new_key,
    read_note,
    sign,
    verified,
)

KEYS, LAST, FORMER, RETIRED, LOCK = "keys", "checkpoint", "former", "retired", "lock"


class Inconsistent(RuntimeError):  # noqa: N818 - reads as what it says
    """The ledger does not continue what was signed: rewritten, cut, restored, or another one."""

    def __init__(self, last: Checkpoint, size: int) -> None:
        super().__init__(f"signed {last.size} entries of {last.origin}, the ledger has {size}")
        self.last, self.size = last, size


class Signer(NamedTuple):
    """A folder with keys, all under the name of the log."""

    folder: Path
    origin: str
    keys: tuple[PrivateKey, ...]

    @property
    def public(self) -> tuple[PublicKey, ...]:
        """What its signatures are verified with."""
        return tuple(key.public for key in self.keys)


def open_signer(folder: Path, origin: str) -> Signer:
    """Return the signer of a folder; a new one gets keys under the name `origin`.

    Raises:
        Unusable: others can read the keys, they are damaged, or belong to another log.
    """
    keys = folder / KEYS
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(folder):
        if not any(keys.glob("*.key")):
            if (folder / LAST).exists():
                raise Unusable(
                    f"{folder} 中有检查点而无密钥：请从备份恢复 {keys}",
                    f"{folder} has a checkpoint and no keys: restore {keys} from its backup",
                )
            _make_keys(keys, origin)
        signing_keys = tuple(read_key(path) for path in sorted(keys.glob("*.key")))
    names = {key.name for key in signing_keys}
    if len(names) != 1:
        raise Unusable(f"{keys} 中的密钥不属于同一日志", f"the keys in {keys} are of several logs")
    return Signer(folder, names.pop(), signing_keys)


def rotate(folder: Path, origin: str) -> Signer:
    """Add new keys under the same name. From now on the old and the new ones sign."""
    signer = open_signer(folder, origin)
    with _locked(folder):
        _make_keys(folder / KEYS, signer.origin)
    return open_signer(folder, origin)


def retire(folder: Path, origin: str, key_id: str) -> Signer:
    """Let a key sign no more; the last of its kind stays.

    Raises:
        Unusable: there is no such key, or no other of its kind.
    """
    signer = open_signer(folder, origin)
    going = [key for key in signer.keys if key.public.key_id.hex() == key_id]
    staying = [key for key in signer.keys if key not in going]
    if not going or going[0].kind not in {key.kind for key in staying}:
        raise Unusable(
            f"没有密钥 {key_id}，或它是同类中的最后一把：先用 --rotate 换新",
            f"there is no key {key_id}, or it is the last of its kind: make new ones with --rotate",
        )
    with _locked(folder):
        (folder / RETIRED).mkdir(mode=0o700, exist_ok=True)
        name = f"{key_id}.key"
        (folder / KEYS / name).rename(folder / RETIRED / name)
    return open_signer(folder, origin)


def begin_again(folder: Path, origin: str) -> Signer:
    """Begin a log under a new name, after entries were lost in a restore. What was, is kept aside.

    Raises:
        Unusable: the name was used before.
    """
    former = open_signer(folder, origin)
    used = {former.origin} | {
        path.read_text().strip() for path in folder.glob(f"{FORMER}/*/origin")
    }
    if origin in used:
        raise Unusable(f"名称 {origin} 已经用过", f"the name {origin} was used before")
    with _locked(folder):
        aside = folder / FORMER / re.sub(r"[^A-Za-z0-9.-]", "_", former.origin)
        aside.mkdir(mode=0o700, parents=True)
        (aside / "origin").write_text(former.origin + "\n", "utf-8")
        for name in (KEYS, RETIRED, LAST):
            if (folder / name).exists():
                shutil.move(folder / name, aside / name)
    return open_signer(folder, origin)


def former(signer: Signer) -> Checkpoint | None:
    """Return what was last signed under the name before, None where there was none."""
    moved = sorted(signer.folder.glob(f"{FORMER}/*/{LAST}"), key=lambda path: path.stat().st_mtime)
    return read_checkpoint(read_note(moved[-1].read_bytes()).text) if moved else None


def signed_size(folder: Path) -> int | None:
    """Return how many entries the signer of a folder has signed, None where there is none."""
    path = folder / LAST
    return read_checkpoint(read_note(path.read_bytes()).text).size if path.exists() else None


def last_signed(signer: Signer) -> Note | None:
    """Return what was last signed, from the signer's own file."""
    path = signer.folder / LAST
    return read_note(path.read_bytes()) if path.exists() else None


HEAD = "SELECT size, frontier FROM ledger.log_state"


def sign_now(
    signer: Signer, connection: Connection[Any], at: int, begun: kept.Begun | None = None
) -> Note:
    """Sign the ledger as it is, keep the checkpoint, and return it.

    `begun`: why the log has a new name, said once with the first checkpoint under it.

    Raises:
        Inconsistent: it does not continue what was signed before; nothing was signed.
        Unusable: others have signed under this name before.
    """
    tiles.lay(connection)
    row: Any = connection.execute(HEAD).fetchone()
    size, frontier = row
    with _locked(signer.folder):
        last = last_signed(signer)
        try:
            checkpoint = Checkpoint(signer.origin, size, Frontier(size, frontier).root())
        except ValueError as error:  # the frontier is not of this size
            before = read_checkpoint(last.text) if last else Checkpoint(signer.origin, 0, b"")
            raise Inconsistent(before, size) from error
        if last is None:
            _is_first(signer, connection)
        _continues_what_is_kept(signer, last, checkpoint, connection)
        note = last if last is not None and last.text == checkpoint.text() else None
        if last is not None and note is None:
            _continues(read_checkpoint(last.text), checkpoint, connection)
        ids = {(key.name, key.key_id) for key in signer.public}
        if note is None or not ids <= {(each.name, each.key_id) for each in note.signatures}:
            note = sign(checkpoint, signer.keys, at)
            # Before anybody sees it: what was handed out is never forgotten.
            write_whole(signer.folder / LAST, note.written())
    kept.keep(connection, checkpoint, note.signatures, signer.public, begun)
    return note


def _continues_what_is_kept(
    signer: Signer, last: Note | None, new: Checkpoint, connection: Connection[Any]
) -> None:
    """See that a folder restored from an old copy signs nothing against what it has signed since."""
    known = kept.longest(connection, signer.origin)
    size = read_checkpoint(last.text).size if last else 0
    if known is not None and known.checkpoint.size > size and verified(known.note, signer.public):
        _continues(known.checkpoint, new, connection)


def _is_first(signer: Signer, connection: Connection[Any]) -> None:
    known = kept.log_keys(connection, signer.origin)
    if known and not set(known) & set(signer.public):
        raise Unusable(
            f"{signer.origin} 已由其他密钥签过检查点：请恢复签名者的目录，"
            "找不回时用 --new-origin 另立名称并说明原因",
            f"other keys have signed for {signer.origin} before: restore the signer's folder, or, if "
            "it is lost, begin under another name with --new-origin and say why",
        )


def _continues(last: Checkpoint, new: Checkpoint, connection: Connection[Any]) -> None:
    if last.origin != new.origin or new.size < last.size:
        raise Inconsistent(last, new.size)
    try:
        path = tiles.consistency_proof(last.size, new.size, tiles.stored(connection))
    except KeyError as error:
        raise Inconsistent(last, new.size) from error
    if not verify_consistency(last.size, new.size, last.root, new.root, path):
        raise Inconsistent(last, new.size)


def _make_keys(folder: Path, origin: str) -> None:
    if not is_name(origin):
        raise Unusable(
            f"日志名称 {origin!r} 不可用：不含空格与加号",
            f"{origin!r} cannot be a log's name: no spaces, no +",
        )
    kinds = [Kind.ED25519, *([Kind.MLDSA44_COSIGNATURE] if knows_mldsa() else [])]
    for kind in kinds:
        key = new_key(origin, kind)
        write_whole(folder / f"{key.public.key_id.hex()}.key", f"{key.written()}\n".encode())


@contextmanager
def _locked(folder: Path) -> Generator[None]:
    """Keep other processes out; what is read inside is still so when something is written."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
