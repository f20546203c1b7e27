"""`dudao verify` and `dudao doctor`: is the ledger whole, is the installation sound."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.failures import Failure, explained, tell
from api.cli.language import chosen
from api.cli.proofs import verify_bundle

if TYPE_CHECKING:
    from ledger.log.verify import Statement

JsonOption = Annotated[bool, typer.Option("--json", help="JSON 输出 / as JSON")]


def verify(  # noqa: PLR0913 - one argument an option
    *,
    expect_root: Annotated[
        str | None,
        typer.Option(
            help="曾记下的根（64 位十六进制） / the root noted before: the ledger must have had it, at "
            "--min-position or at its end"
        ),
    ] = None,
    min_position: Annotated[
        int | None,
        typer.Option(
            min=0, help="账本至少应到的位置 / the ledger must reach this position at least"
        ),
    ] = None,
    from_checkpoint: Annotated[
        Path | None,
        typer.Option(
            help="曾取得的检查点文件 / a checkpoint that was kept elsewhere: the ledger must continue it"
        ),
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(help="信任策略文件 / policy file: whose signatures are believed"),
    ] = None,
    bundle: Annotated[
        Path | None,
        typer.Option(
            help="证据包，离线核验，不需要数据库 / an evidence bundle, without a database"
        ),
    ] = None,
    maker: Annotated[
        str | None, typer.Option(help="证据包制作者公钥 / verifier key of the bundle's maker")
    ] = None,
    json: JsonOption = False,
) -> None:
    """重算整个账本，指出第一处不符 / Recompute the whole ledger and name the first difference."""
    if bundle is not None:
        verify_bundle(bundle, policy, maker)
        return
    from api.installation.opening import open_ledger  # noqa: PLC0415 - start-up time
    from api.installation.settings import Settings  # noqa: PLC0415
    from api.installation.verifying import Expected, verify_whole  # noqa: PLC0415
    from api.intake.device_chains import examine  # noqa: PLC0415
    from ledger.log.postgres_log import PostgresLog  # noqa: PLC0415

    checkpoints = [] if from_checkpoint is None else [_stated(from_checkpoint, policy)]
    expected = Expected(_root(expect_root), min_position, checkpoints)
    settings = Settings()
    with open_ledger(settings) as database, database.pool(3) as pool:
        progress = _progress if sys.stderr.isatty() else None
        outcome = verify_whole(settings, pool, expected, progress)
        # Entries that differ cannot be read for what they say.
        devices = [] if outcome.difference else examine(pool, PostgresLog(pool))
        place = database.place
    if json:
        import orjson  # noqa: PLC0415 - start-up time

        chains = [device.shown() for device in devices]
        answer = {"place": place, **outcome.shown(), "devices": chains}
        sys.stdout.write(orjson.dumps(answer).decode() + "\n")
    elif not outcome.faults:
        sys.stdout.write(f"{chosen(*outcome.whole(place))}\n")
    # What a phone has not sent is no fault of the ledger: it is said, and the ledger stays whole.
    for zh, en in (each for device in devices for each in device.said()):
        tell(zh, en)
    for zh, en in outcome.faults:
        tell(f"{place}：{zh}", f"{place}: {en}")
    if outcome.faults:
        raise typer.Exit(1)


def _root(given: str | None) -> bytes | None:
    """Return the root that was given in hexadecimal."""
    if given is None:
        return None
    if len(given) != 64 or not set(given.lower()) <= set("0123456789abcdef"):
        raise Failure(
            "--expect-root 应为 64 位十六进制，即 dudao verify 打印的根",
            "--expect-root is 64 hexadecimal digits, as dudao verify prints a root",
        )
    return bytes.fromhex(given)


def _stated(path: Path, policy: Path | None) -> "Statement":
    """Return what a checkpoint in a file states, once its signatures are believed."""
    from ledger.log.verify import Statement  # noqa: PLC0415 - start-up time
    from proof.checkpoints import BadCheckpoint, read_checkpoint  # noqa: PLC0415
    from proof.notes import BadKey, BadNote, read_note  # noqa: PLC0415
    from proof.policy import BadPolicy, read_policy, trust  # noqa: PLC0415

    try:
        note = read_note(path.read_bytes())
        checkpoint = read_checkpoint(note.text)
        if policy is None:
            tell(
                "未核对检查点的签名：给出 --policy 才核对",
                "the signatures of the checkpoint were not checked: that takes a --policy",
            )
        elif not trust(read_policy(policy.read_text("utf-8")), note).met:
            raise Failure(
                f"{path}：签名与联署不满足策略",
                f"{path}: its signatures and cosignatures do not satisfy the policy",
                1,
            )
    except (BadNote, BadCheckpoint, BadKey, BadPolicy) as error:
        raise Failure(
            f"{path} 不能作为检查点：{error}", f"{path} is no good as a checkpoint: {error}", 1
        ) from error
    return Statement(checkpoint.size, checkpoint.root, f"the checkpoint in {path.name}")


def _progress(position: int, last: int) -> None:
    sys.stderr.write(f"\r{position:,} / {last:,}")
    if position == last:
        sys.stderr.write("\n")


def doctor(*, json: JsonOption = False) -> None:
    """检查安装情况 / Check the installation."""
    import orjson  # noqa: PLC0415 - start-up time

    from api.cli.output import table  # noqa: PLC0415
    from api.installation.doctor import CheckState, Finding, examine  # noqa: PLC0415
    from api.installation.settings import Settings  # noqa: PLC0415
    from api.installation.wiring import Installation  # noqa: PLC0415
    from projections.items.shape import plain  # noqa: PLC0415

    findings: list[dict[str, Any]] = []
    try:
        with Installation(Settings(), connections=2) as house:
            findings += [finding._asdict() for finding in examine(house)]
    except Exception as error:
        # What cannot even be opened is what a doctor is asked about.
        failure = explained(error)
        if failure is None:
            raise
        findings.append(Finding("opening", CheckState.FAULT, failure.zh, failure.en)._asdict())
    if json:
        sys.stdout.write(orjson.dumps(findings).decode() + "\n")
    else:
        said = [
            {**finding, "message": chosen(finding["zh"], finding["en"])} for finding in findings
        ]
        fields = (
            plain("state", "状态", "state"),
            plain("check", "检查项", "check"),
            plain("message", "说明", "message"),
        )
        table(said, fields)
    if any(finding["state"] == CheckState.FAULT for finding in findings):
        raise typer.Exit(1)
