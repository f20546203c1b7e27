"""`dudao backup`, `dudao restore` and `dudao keys`: a ledger in a file, and the keys apart from it."""

import os
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.failures import Failure, require_file, tell
from api.cli.language import chosen
from ledger.vault.keys import shown

if TYPE_CHECKING:
    from ledger.backup.sealed_keys import Head

keys = typer.Typer(
    help="密钥：指纹、备份、恢复、轮换 / Keys: fingerprints, backup, restore, rotation",
    no_args_is_help=True,
)
SLOW = 2.0
"""Seconds after which somebody at a terminal is told how far it is."""
MIB = 1024 * 1024

JsonOption = Annotated[bool, typer.Option("--json", help="JSON 输出 / as JSON")]
PassphraseOption = Annotated[
    Path | None,
    typer.Option(
        help="存放口令的文件（首行）；不给则在终端询问 / file whose first line is the passphrase; "
        "without it the terminal is asked"
    ),
]


class _Telling:
    """Tells on a terminal how far something is, once it takes longer than a moment."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._told = 0.0
        self._telling = sys.stderr.isatty()

    def __call__(self, name: str, amount: int) -> None:
        """Tell of a table and its bytes, or of entries that were recomputed."""
        now = time.monotonic()
        if not self._telling or now - self._began < SLOW or now - self._told < SLOW / 10:
            return
        self._told = now
        done = f"{amount:,}" if name == "verify" else f"{amount / MIB:,.0f} MiB"
        sys.stderr.write(f"\r\x1b[K{name} {done}")
        sys.stderr.flush()

    def end(self) -> None:
        """Leave the line to what comes next."""
        if self._told:
            sys.stderr.write("\r\x1b[K")


def backup(
    file: Annotated[
        Path, typer.Argument(help="备份写入此文件（ZIP） / the backup's file, a ZIP archive")
    ],
    *,
    json: JsonOption = False,
) -> None:
    """备份账本、证据与设置（不含密钥）到一个文件 / Back up ledger, evidence and settings, without keys."""
    from api.cli.output import destination  # noqa: PLC0415 - start-up time
    from api.installation.backups import back_up  # noqa: PLC0415
    from api.installation.settings import Settings  # noqa: PLC0415

    _require_new(file)
    telling = _Telling()
    with destination(file) as target:
        os.fchmod(target.fileno(), 0o600)  # the access log and digests of passwords are in it
        manifest = back_up(Settings(), target, telling)
    telling.end()
    if json:
        _say(
            {
                "file": str(file),
                "place": manifest.place,
                "position": manifest.position,
                "root": manifest.root,
                "octets": file.stat().st_size,
            }
        )
        return
    size = f"{file.stat().st_size / MIB:,.1f} MiB"
    sys.stdout.write(
        chosen(
            f"已备份 {manifest.place} 到 {file}（{size}）：位置 {manifest.position}，根 {manifest.root}\n"
            "密钥不在其中，请另用 dudao keys backup 备份，并存放在别处\n",
            f"{manifest.place} is in {file} ({size}): position {manifest.position}, root "
            f"{manifest.root}\nThe keys are not: back them up with dudao keys backup, elsewhere\n",
        )
    )


def restore(
    file: Annotated[Path, typer.Argument(help="dudao backup 写成的文件 / what dudao backup wrote")],
    *,
    key_file: Annotated[
        Path | None,
        typer.Option("--keys", help="密钥备份；不给则用数据目录中的密钥 / the backup of its keys"),
    ] = None,
    passphrase_file: PassphraseOption = None,
    erased: Annotated[
        list[Path] | None,
        typer.Option(
            help="账本外保存的删除清单，可重复 / a list of erasures kept outside, may be repeated"
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """将备份恢复到空的位置，逐条验证，重做此后的个人信息删除 / Restore a backup into an empty place."""
    from api.installation.backups import differing, restored  # noqa: PLC0415 - start-up time
    from api.installation.settings import Settings  # noqa: PLC0415

    settings = Settings()
    for path in (file, *(erased or [])):
        require_file(path)
    if key_file is not None:
        _put_keys(settings.folder, key_file, passphrase_file)
    telling = _Telling()
    try:
        done, place = restored(settings, file, erased or [], telling)
    except ValueError as error:
        raise Failure(
            f"删除清单无法读取：{error}", f"the list of erasures cannot be read: {error}"
        ) from error
    telling.end()
    manifest = done.manifest
    if json:
        _say(
            {
                "place": place,
                "position": manifest.position,
                "root": manifest.root,
                "erased": done.erased,
                "configuration": dict(manifest.configuration),
            }
        )
        return
    sys.stdout.write(
        chosen(
            f"已恢复到 {place}：位置 {manifest.position}，根 {manifest.root}，全部记录已重算相符；"
            f"重做删除 {done.erased} 人。视图将在首次使用时重新生成\n",
            f"restored to {place}: position {manifest.position}, root {manifest.root}, every entry "
            f"recomputed; {done.erased} persons erased again. Views are made anew at first use\n",
        )
    )
    _tell_of_the_signer(settings.folder, manifest.position)
    for name, (then, now) in differing(settings, manifest).items():
        tell(
            f"设置与备份时不同：{name} 当时为 {then}，现在为 {now}",
            f"a setting is another: {name} was {then} and is {now}",
        )


def _tell_of_the_signer(folder: Path, position: int) -> None:
    """Say what the signer will find: entries that it has signed may be lost, and it never signs over that."""
    from proof.signer import signed_size  # noqa: PLC0415 - start-up time

    size = signed_size(folder / "signer")
    if size is not None and size > position:
        tell(
            f"签名者已签至位置 {size}，恢复到的是位置 {position}：其间 {size - position} 条已丢失。请用 "
            "dudao signer --new-origin 名称 --reason 理由 另立日志，并从回执和原文件重新入账",
            f"the signer has signed up to position {size}, and this is position {position}: the "
            f"{size - position} entries between are lost. Begin under another name with dudao signer "
            "--new-origin NAME --reason WHY, and enter again what receipts and files still hold",
        )
    elif size is None:
        tell(
            f"若签名者（dudao signer）曾签到位置 {position} 之后，它会拒绝签署：请用 --new-origin 另立日志并说明理由",
            f"if a signer has signed beyond position {position} it will refuse: begin under another name "
            "with --new-origin, and say why",
        )


@keys.command("show")
def show(*, json: JsonOption = False) -> None:
    """显示账本所用密钥的指纹 / Show the fingerprints of the ledger's keys."""
    from api.installation.backups import tied  # noqa: PLC0415 - start-up time
    from api.installation.settings import Settings  # noqa: PLC0415

    fingerprints = tied(Settings())
    if json:
        _say({name: digest.hex() for name, digest in fingerprints.items()})
        return
    for name, digest in fingerprints.items():
        sys.stdout.write(f"{name}\t{shown(digest)}\n")


@keys.command("backup")
def back_up_keys(
    file: Annotated[Path, typer.Argument(help="密钥备份写入此文件 / the file for the keys")],
    *,
    passphrase_file: PassphraseOption = None,
    keep_days: Annotated[
        int,
        typer.Option(
            min=1, max=3660, help="保存天数，到期须销毁 / days until it must be destroyed"
        ),
    ] = 30,
) -> None:
    """用口令加密备份密钥，独立成文件，写明销毁日期 / Seal the keys under a passphrase in a file of their own."""
    from api.cli.output import destination  # noqa: PLC0415 - start-up time
    from api.installation.settings import Settings  # noqa: PLC0415
    from ledger.backup.sealed_keys import look, seal  # noqa: PLC0415
    from ledger.connect import key_folder  # noqa: PLC0415
    from ledger.log.clock import today  # noqa: PLC0415 - start-up time
    from ledger.vault.keys import complete  # noqa: PLC0415

    _require_new(file)
    whole_keys = complete(key_folder(Settings().folder))
    passphrase = _passphrase(passphrase_file, confirm=True)
    octets = seal(whole_keys, passphrase, today(), timedelta(days=keep_days))
    with destination(file) as target:
        os.fchmod(target.fileno(), 0o600)
        target.write(octets)
    head = look(octets)
    sys.stdout.write(
        chosen(
            f"密钥已加密存入 {file}，最晚于 {head.keep_until} 销毁；口令须另行保存\n",
            f"the keys are sealed in {file}: destroy it on {head.keep_until} at the latest, and keep "
            "the passphrase elsewhere\n",
        )
    )


@keys.command("restore")
def restore_keys(
    file: Annotated[
        Path, typer.Argument(help="dudao keys backup 写成的文件 / what dudao keys backup wrote")
    ],
    *,
    passphrase_file: PassphraseOption = None,
) -> None:
    """从密钥备份恢复数据目录中缺少的密钥 / Put the keys back that are missing in the data folder."""
    from api.installation.settings import Settings  # noqa: PLC0415 - start-up time

    folder = Settings().folder
    placed = _put_keys(folder, file, passphrase_file)
    said = "、".join(placed), ", ".join(placed)
    sys.stdout.write(
        chosen(f"已放回 {said[0]}：{folder}\n", f"put back {said[1]}: {folder}\n")
        if placed
        else chosen(f"密钥都在：{folder}\n", f"every key is there: {folder}\n")
    )


@keys.command("rotate")
def rotate(
    name: Annotated[
        str, typer.Argument(help="wrapping（封装密钥）或 token（令牌密钥）/ wrapping or token")
    ],
    *,
    end_tokens: Annotated[
        bool,
        typer.Option(
            "--end-tokens",
            help="密钥外泄时用：此前签发的令牌立即失效 / after a theft: every token signed before ends",
        ),
    ] = False,
) -> None:
    """更换封装密钥或令牌密钥；身份密钥永不更换 / Put a new key in the place of one.

    更换令牌密钥后,已登记的令牌到期前仍有效(旧密钥只用于核验)。 Tokens on the table stay good until they
    end: the key of before verifies them, and signs nothing.

    identity 不轮换:人员与重复请求靠它的摘要认出,摘要写在不可更改的记录里。 The identity key never is:
    its digests stand in entries that nothing changes.
    """
    from ledger.vault.rotation import ROTATED  # noqa: PLC0415 - start-up time

    if name == "identity":
        raise Failure(
            "身份密钥不可轮换：人员和重复请求靠它的摘要认出，摘要写在不可更改的记录里，原号码并未保存，"
            "无从重算；换了密钥，人人都成了新人，重复导入会再次入账",
            "the identity key is never rotated: persons and repeated requests are found again by its "
            "digests, which stand in entries that nothing changes, and what they were made of is not "
            "kept. Under another key everybody were a stranger and a repeated import a new one",
        )
    if name not in ROTATED:
        raise Failure(
            f"没有密钥 {name}；可轮换：{'、'.join(ROTATED)}",
            f"there is no key {name}; these are rotated: {', '.join(ROTATED)}",
        )
    from api.installation.backups import rotated  # noqa: PLC0415 - start-up time
    from api.installation.settings import Settings  # noqa: PLC0415

    if end_tokens and name != "token":
        raise Failure("--end-tokens 只用于 token", "--end-tokens goes with token alone")
    renewed = rotated(Settings(), name, ends_tokens=end_tokens)
    after = chosen(
        "请重新备份密钥（dudao keys backup），把新密钥复制到其他服务器；此前的备份须用旧的密钥备份恢复",
        "back the keys up again (dudao keys backup) and copy the new one to the other servers; earlier "
        "backups are restored with the keys of then",
    )
    sys.stdout.write(
        chosen(
            f"{name}.key 已更换，重新封装 {renewed} 项。",
            f"{name}.key is new; {renewed} sealed anew. ",
        )
        + f"{after}\n"
    )


def _put_keys(folder: Path, file: Path, passphrase_file: Path | None) -> list[str]:
    from ledger.backup import sealed_keys  # noqa: PLC0415 - start-up time
    from ledger.connect import key_folder  # noqa: PLC0415

    octets = file.read_bytes()
    _tell_overdue(file, sealed_keys.look(octets))
    keys = sealed_keys.unseal(octets, _passphrase(passphrase_file, confirm=False))
    return sealed_keys.put(key_folder(folder), keys)


def _tell_overdue(file: Path, head: "Head") -> None:
    from ledger.log.clock import today  # noqa: PLC0415 - start-up time

    if today() > head.keep_until:
        tell(
            f"注意：{file} 应于 {head.keep_until} 销毁；留着它，已删除的个人信息仍可从旧备份读出",
            f"note: {file} was to be destroyed on {head.keep_until}; while it lies there, what was "
            "erased can be read in old backups",
        )


def _passphrase(file: Path | None, *, confirm: bool) -> str:
    if file is not None:
        lines = file.read_text("utf-8").splitlines()
        return lines[0] if lines else ""
    if not sys.stdin.isatty():
        raise Failure(
            "没有终端可询问口令；请用 --passphrase-file",
            "there is no terminal to ask for the passphrase: use --passphrase-file",
        )
    asked: str = typer.prompt(
        chosen("口令", "passphrase"), hide_input=True, confirmation_prompt=confirm, err=True
    )
    return asked


def _require_new(file: Path) -> None:
    """Refuse to write over a file: a backup takes no earlier one's place."""
    if file.exists():
        raise Failure(
            f"{file} 已存在；请换一个文件名", f"{file} is there already: choose another name"
        )


def _say(answer: dict[str, Any]) -> None:
    import orjson  # noqa: PLC0415 - start-up time

    sys.stdout.write(orjson.dumps(answer).decode() + "\n")
