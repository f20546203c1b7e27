"""Check-up of an installation: each finding says what is wrong and what to do about it."""

import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from psycopg import Connection

from api.installation.opening import SOURCES
from api.installation.wiring import Installation
from ledger import guards
from ledger.connect import key_folder
from ledger.log.clock import PATIENCE, now
from ledger.roles import refuse_owner
from ledger.unready import OwnersLogin, Unready
from ledger.vault import fingerprints, keys, samples
from ledger.vault.samples import Sample

GIB = 1024**3
LAG = 10_000
"""Entries that the views may be behind without that being a fault: a large import is under way."""


class CheckState(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


class Finding(NamedTuple):
    """One thing that was looked at."""

    check: str
    state: CheckState
    zh: str
    en: str


def _ok(check: str, zh: str, en: str) -> Finding:
    return Finding(check, CheckState.OK, zh, en)


def examine(house: Installation, *, traces: bool = True) -> Iterator[Finding]:
    """Yield a finding for everything that is looked at.

    `traces`: also what was done while a guard was away, which takes a look at every entry.
    """
    for check in _CHECKS:
        yield from check(house)
    yield from _guards(house, traces=traces)


WANTED: Mapping[str, tuple[str, ...]] = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "remote_apply", "remote_write"),
    "data_checksums": ("on",),
    "wal_level": ("replica", "logical"),
    "server_encoding": ("UTF8",),
    "password_encryption": ("scram-sha-256",),
    "log_statement": ("ddl", "mod", "all"),
    "log_lock_waits": ("on",),
}
"""Setting of the server → values that will do."""
GRAVE = frozenset({"fsync", "full_page_writes", "synchronous_commit", "server_encoding"})
SETTINGS = "SELECT name, setting FROM pg_settings WHERE name = ANY (%(names)s)"


def _settings(house: Installation) -> Iterator[Finding]:
    with house.reading() as connection:
        rows = connection.execute(SETTINGS, {"names": [*WANTED, "archive_mode"]}).fetchall()
        version = connection.info.server_version // 10_000
    settings: dict[str, str] = dict(rows)
    for name, values in WANTED.items():
        value = settings.get(name, "?")
        if value in values:
            yield _ok(f"setting {name}", value, value)
            continue
        state = CheckState.FAULT if name in GRAVE else CheckState.WARNING
        wanted = " / ".join(values)
        yield Finding(f"setting {name}", state, f"{value}，应为 {wanted}", f"{value}, not {wanted}")
    if house.settings.url is not None and settings.get("archive_mode") == "off":
        yield Finding(
            "setting archive_mode",
            CheckState.WARNING,
            "off：没有连续归档，损坏后只能恢复到上次备份",
            "off: without archiving, only the last backup can be restored",
        )
    yield _ok("server", f"PostgreSQL {version}", f"PostgreSQL {version}")


TRUSTING = "trust"


def _authentication(house: Installation) -> Iterator[Finding]:
    """A `trust` line lets any local account be anybody. Only the embedded server's file is ours."""
    if house.settings.url is not None:
        return
    path = house.settings.folder / "postgres" / "pg_hba.conf"
    lines = [line.split() for line in path.read_text().splitlines()]
    if any(TRUSTING in words for words in lines if words and not words[0].startswith("#")):
        yield Finding(
            "pg_hba.conf", CheckState.FAULT, f"{path} 含有 trust", f"{path} has a trust line"
        )
    else:
        yield _ok("pg_hba.conf", "没有 trust", "no trust line")


def _recording(house: Installation) -> Iterator[Finding]:
    """Reads tell nothing about writes: an entry is really appended, and undone."""
    try:
        house.try_append()
    except Unready as error:
        yield Finding("recording", CheckState.FAULT, error.zh, error.en)
    else:
        yield _ok("recording", "试入账一条并撤回，成功", "an entry was appended and undone")


def _login(house: Installation) -> Iterator[Finding]:
    """Whoever can take on the owner's role can switch the guards off."""
    try:
        with house.reading() as connection:
            refuse_owner(connection)
    except OwnersLogin as error:
        state = CheckState.WARNING if house.settings.trial else CheckState.FAULT
        yield Finding("login", state, error.zh, error.en)
    else:
        yield _ok("login", "服务用户不是账本所有者", "the serving login does not own the ledger")


def _guards(house: Installation, *, traces: bool) -> Iterator[Finding]:
    """Triggers, functions, owners and grants: what an owner or a superuser can take away."""
    with house.reading() as connection:
        wrong = guards.differences(connection, SOURCES, traces=traces)
    if not wrong:
        yield _ok(
            "append-only", "触发器、函数、属主和权限与本版本一致", "as this release sets them"
        )
        return
    listed = guards.named(wrong)
    yield Finding(
        "append-only",
        CheckState.FAULT,
        f"账本的保护与本版本不符（- 缺少，+ 多出）：{listed}。请查明何人何时改动，再与备份核对",
        f"the ledger's guards are not as this release sets them (- missing, + more): {listed}; "
        "find out who changed them and when, and compare with a backup",
    )


def _keys(house: Installation) -> Iterator[Finding]:
    """Other keys than the ledger's are refused at opening; here people see which they are."""
    folder = key_folder(house.settings.folder)
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        yield Finding(
            "keys",
            CheckState.FAULT,
            f"{folder} 他人可读；请 chmod go= {folder}",
            f"{folder} can be read by others: chmod go= {folder}",
        )
    with house.reading() as connection:
        tied = fingerprints.in_use(connection)
        sample = samples.take(connection, house.bench.keys)
    for name in keys.NAMES:
        digest = keys.shown(tied[name])
        yield _ok(f"keys {name}.key", f"指纹 {digest}", f"fingerprint {digest}")
    if sample.failed:
        yield Finding("vault", CheckState.FAULT, *unopened(sample))
    else:
        yield _ok(
            "vault",
            f"抽查 {sample.opened} 人，均可打开",
            f"{sample.opened} persons drawn by chance, all opened",
        )


def unopened(sample: Sample) -> tuple[str, str]:
    """Say that boxes of the vault do not open, in both languages."""
    zh, en = "、".join(sample.failed[:3]), ", ".join(sample.failed[:3])
    return (
        (
            f"保险库抽查 {sample.opened + len(sample.failed)} 人，{len(sample.failed)} 人打不开（如 {zh}）："
            "这些人是用另一套密钥入账的，或库表被改动。请停止入账，与备份核对"
        ),
        (
            f"{len(sample.failed)} of {sample.opened + len(sample.failed)} persons drawn by chance do not "
            f"open (such as {en}): they were entered with other keys, or the table was changed. Stop "
            "recording, and compare with a backup"
        ),
    )


def _lag(house: Installation) -> Iterator[Finding]:
    ends = house.lag()
    behind = ends.head - ends.followed
    state = CheckState.OK if behind <= LAG else CheckState.WARNING
    if ends.stands_still:
        state = CheckState.FAULT
    yield Finding(
        "projections",
        state,
        f"台账到 {ends.head}，视图到 {ends.followed}，相差 {behind}，最久等待 {ends.waiting:.0f} 秒",
        f"ledger at {ends.head}, views at {ends.followed}, {behind} behind, {ends.waiting:.0f} s at most",
    )


def _fold(house: Installation) -> Iterator[Finding]:
    """Tables of another version of the fold are made anew beside, or left to the later release."""
    from projections.follow import version  # noqa: PLC0415 - start-up time

    with house.reading() as connection:
        fold = version.of_live(connection)
    if fold > version.FOLD:
        later = version.LaterFold(fold)
        yield Finding("fold", CheckState.FAULT, later.zh, later.en)
    elif fold < version.FOLD:
        yield Finding(
            "fold",
            CheckState.WARNING,
            f"视图由较早版本（折叠 {fold}，本版本 {version.FOLD}）编制；服务运行时会在旁重新编制并切换，"
            "也可运行 dudao projections rebuild",
            f"the views are of an earlier version of the fold ({fold}, this release's is {version.FOLD}): "
            "a server makes them anew beside and switches; so does dudao projections rebuild",
        )
    else:
        yield _ok("fold", f"版本 {fold}", f"version {fold}")


def _apart(house: Installation) -> Iterator[Finding]:
    """An entry that cannot be read holds up its own enterprise alone, and that for good."""
    apart = house.set_apart()
    for entry in apart:
        about = entry.subject or "—"
        yield Finding(
            "set apart",
            CheckState.FAULT,
            f"位置 {entry.position} 的记录（{entry.type}）本版本无法读取（{entry.reason}），"
            f"{about} 的视图停在此前；请升级程序，再运行 dudao projections rebuild",
            f"the entry at position {entry.position} ({entry.type}) cannot be read ({entry.reason}): "
            f"what is shown of {about} is from before it. Upgrade, then run dudao projections rebuild",
        )
    if not apart:
        yield _ok("set apart", "所有记录均可读取", "every entry can be read")


def _editions(house: Installation) -> Iterator[Finding]:
    """An edition that the ledger adopted and whose content is not held leaves checks undecided."""
    reference = house.reference_at(house.ends().head)
    missing = [edition for edition in reference.adopted if not reference.holds(edition)]
    for edition in missing:
        name = f"{edition.kind.value} {edition.edition}"
        yield Finding(
            "catalogues",
            CheckState.WARNING,
            f"{name} 已采用（位置 {edition.position}）但内容未收录，相关检查为“无法判定”；"
            "请用 dudao catalogue add 收录该文件",
            f"{name} was adopted (position {edition.position}) but its content is not held:"
            " bring the file in with dudao catalogue add",
        )
    if not missing:
        yield _ok(
            "catalogues", "所采用的目录内容均已收录", "the content of every adopted edition is held"
        )


CLOCK = "SELECT clock_timestamp()"


def _clock(house: Installation) -> Iterator[Finding]:
    with house.reading() as connection:
        row: Any = _read_clock(connection)
    own = now()
    apart = abs((row - own).total_seconds())
    last = house.log.head().recorded_at
    if last is not None and last - own > PATIENCE:
        yield Finding(
            "clock",
            CheckState.FAULT,
            f"最后一条记录入账于 {last}，晚于现在；请核对系统时间，若当时是时钟超前，请用 dudao clock 恢复",
            f"the last entry is of {last}, which is in the future: check the clock, and if it ran ahead "
            "then, see dudao clock",
        )
    elif apart > PATIENCE.total_seconds():
        yield Finding(
            "clock",
            CheckState.WARNING,
            f"本机与数据库时钟相差 {apart:.1f} 秒",
            f"this machine and the database are {apart:.1f} s apart",
        )
    else:
        yield _ok("clock", f"相差 {apart:.3f} 秒", f"{apart:.3f} s apart")
    if house.demonstration:
        yield _ok(
            "demonstration",
            "演示台账：数据全部虚构，样例的入账时间不能证明任何事",
            "a demonstration: all of it is invented, and the times of its sample prove nothing",
        )


def _read_clock(connection: Connection[Any]) -> Any:  # noqa: ANN401 - a row
    row: Any = connection.execute(CLOCK).fetchone()
    return row[0]


def _space(house: Installation) -> Iterator[Finding]:
    free = shutil.disk_usage(_existing(house.settings.folder)).free
    state = CheckState.OK if free > GIB else CheckState.FAULT
    yield Finding("disk", state, f"余 {free / GIB:.1f} GiB", f"{free / GIB:.1f} GiB free")


def _existing(path: Path) -> Path:
    return path if path.exists() else path.parent


_CHECKS: tuple[Callable[[Installation], Iterator[Finding]], ...] = (
    _settings,
    _authentication,
    _login,
    _recording,
    _keys,
    _lag,
    _apart,
    _fold,
    _editions,
    _clock,
    _space,
)
