"""`dudao verify`: the ledger recomputed, held against what was noted before, and a sample of the vault."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg_pool import ConnectionPool

from api.installation.beside import BESIDE
from api.installation.doctor import unopened
from api.installation.opening import SOURCES
from api.installation.settings import Settings
from api.installation.wiring import LOCAL
from ledger.connect import key_folder
from ledger.log import tiles
from ledger.log.log import Head
from ledger.log.verify import Difference, Progress, Statement
from ledger.vault import keys, samples
from ledger.vault.samples import Sample
from proof.verifications import verify_and_keep


class Expected(NamedTuple):
    """What somebody noted before, outside the database. None: nothing."""

    root: bytes | None
    position: int | None
    checkpoints: Sequence[Statement] = ()


class Verification(NamedTuple):
    """What came of it."""

    head: Head
    difference: Difference | None
    sample: Sample | None
    """Of the vault; None where there are no keys to open it with."""
    faults: Sequence[tuple[str, str]]
    """Everything that is not as it must be, in both languages."""

    def shown(self) -> dict[str, Any]:
        """Return it as JSON says it."""
        sample = None if self.sample is None else self.sample._asdict()
        difference = None if self.difference is None else self.difference._asdict()
        return {
            "position": self.head.position,
            "root": self.head.root.hex(),
            "difference": difference,
            "vault": sample,
            "faults": [{"zh": zh, "en": en} for zh, en in self.faults],
        }

    def whole(self, place: str) -> tuple[str, str]:
        """Say that everything is as it must be, in both languages."""
        said = f"{self.head.position} 条记录，根 {self.head.root.hex()}"
        told = f"{self.head.position} entries, root {self.head.root.hex()}"
        if self.sample is None:
            vault = "没有密钥，未抽查保险库", "without keys the vault was not looked into"
        else:
            count = self.sample.opened
            vault = (
                f"保险库抽查 {count} 人均可打开",
                f"{count} persons of the vault opened by chance",
            )
        return (
            f"账本完整：{said}；{vault[0]}；{place}",
            f"the ledger is whole: {told}; {vault[1]}; {place}",
        )


def verify_whole(
    settings: Settings,
    pool: ConnectionPool[Connection[Any]],
    expected: Expected,
    progress: Progress | None = None,
) -> Verification:
    """Recompute the ledger and keep what came of it; see what was expected, and open some boxes."""
    head, difference = verify_and_keep(
        pool, LOCAL.account, progress, expected.checkpoints, sources=SOURCES, beside=BESIDE
    )
    faults: list[tuple[str, str]] = []
    if difference is not None:
        where = f"位置 {difference.position}" if difference.position else "账本状态"
        faults.append(
            (
                f"账本不符：{where}，{difference.what}。请保留现场，与备份或见证核对",
                (
                    f"the ledger differs at position {difference.position}: {difference.what}; "
                    "leave everything as it is and compare with a backup or a witness"
                ),
            )
        )
    vault_keys = keys.present(key_folder(settings.folder), ["identity", "wrapping"])
    with pool.connection() as connection:
        faults += unmet(connection, head, expected)
        sample = (
            samples.take(connection, keys.of_vault(vault_keys)) if len(vault_keys) > 1 else None
        )
    if sample is not None and sample.failed:
        faults.append(unopened(sample))
    return Verification(head, difference, sample, faults)


def unmet(connection: Connection[Any], head: Head, expected: Expected) -> list[tuple[str, str]]:
    """Return what was expected of a ledger with this head and does not hold."""
    least = expected.position
    if least is not None and head.position < least:
        return [
            (
                f"账本只到位置 {head.position}，应至少到 {least}：有记录丢失，或这是另一个账本",
                (
                    f"the ledger ends at position {head.position} and should reach {least}: entries are "
                    "lost, or it is another ledger"
                ),
            )
        ]
    if expected.root is None or expected.root == head.root:
        return []
    # What was noted is of an earlier day, and the ledger has grown since: then it is a prefix.
    if least is not None and tiles.root_at(connection, least) == expected.root:
        return []
    at = head.position if least is None else least
    return [
        (
            f"根与所记不符：位置 {at} 处不是 {expected.root.hex()}。账本被改写，或这是另一个账本",
            (
                f"the root is not the one that was noted: at position {at} it is not "
                f"{expected.root.hex()}. The ledger was rewritten, or it is another one"
            ),
        )
    ]
