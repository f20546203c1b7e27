"""`dudao signer`, `dudao checkpoint` and `dudao witness`: what outlives the operator's word."""

import logging
import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.failures import Failure, tell
from api.cli.language import chosen
from api.cli.output import (
    Format,
    FormatOption,
    JsonOption,
    OutOption,
    destination,
    form_of,
    write_few,
)

if TYPE_CHECKING:
    from psycopg import Connection

    from api.installation.settings import Settings
    from proof.bundle import Checked
    from proof.kept import Begun
    from proof.notes import PrivateKey
    from proof.running import Round
    from proof.signer import Signer

FolderOption = Annotated[
    Path | None,
    typer.Option(help="密钥与检查点的目录，默认在数据目录中 / folder of keys and last checkpoint"),
]
OriginOption = Annotated[
    str | None, typer.Option(help="日志名称，默认取对外地址 / name of the log, e.g. host/log")
]
NOWHERE = "dudao.invalid/log"
"""The name of a log whose installation has no address of its own."""


def signer(  # noqa: PLR0913 - one argument an option
    *,
    folder: FolderOption = None,
    origin: OriginOption = None,
    policy: Annotated[
        Path | None, typer.Option(help="见证策略文件 / policy file (tlog-policy): whom to ask")
    ] = None,
    every: Annotated[float, typer.Option(min=1, max=60, help="间隔秒数 / seconds")] = 30,
    once: Annotated[bool, typer.Option("--once", help="只签一次 / sign once")] = False,
    rotate: Annotated[bool, typer.Option("--rotate", help="加用新密钥 / add new keys")] = False,
    retire: Annotated[
        str | None, typer.Option(help="停用的密钥标识 / id of a key that signs no more")
    ] = None,
    new_origin: Annotated[
        str | None,
        typer.Option(help="恢复时丢失记录后另立名称 / begin under another name after a loss"),
    ] = None,
    reason: Annotated[str | None, typer.Option(help="另立名称的理由 / why")] = None,
) -> None:
    """独立进程：为账本签检查点，并请见证联署 / Sign checkpoints of the ledger, and have them cosigned."""
    from api.installation.opening import open_ledger  # noqa: PLC0415 - start-up time
    from api.installation.settings import Settings  # noqa: PLC0415
    from proof import running  # noqa: PLC0415
    from proof import signer as signing  # noqa: PLC0415

    settings = Settings()
    place = folder or settings.folder / "signer"
    name = origin or _origin(settings)
    text = None if policy is None else policy.read_text("utf-8")
    with _explained():
        if new_origin is not None:
            if reason is None:
                raise Failure("--new-origin 须说明 --reason", "--new-origin needs a --reason")
            made = signing.begin_again(place, new_origin)
        elif retire is not None:
            made = signing.retire(place, name, retire)
        else:
            made = signing.rotate(place, name) if rotate else signing.open_signer(place, name)
        _introduce(made)
        with open_ledger(settings) as database, database.pool(2) as pool:
            with pool.connection() as connection:
                _require_real(connection, trial=database.is_embedded or settings.trial)
            if once or new_origin is not None:
                with pool.connection() as connection:
                    begun = _begun(made, reason) if new_origin is not None and reason else None
                    _tell(running.once(made, connection, text, _seconds(), begun))
                    if begun is not None:
                        _tell_lost(connection, made)
                return
            running.keep_signing(
                made,
                pool,
                policy=text,
                clock=_seconds,
                stop=_stopped(),
                tell=_tell,
                every=every,
            )


SAYS_DEMONSTRATION = """
SELECT EXISTS (SELECT FROM ledger.entry WHERE position = 1 AND type ^@ 'demonstration.')
"""


def _require_real(connection: "Connection[Any]", *, trial: bool) -> None:
    """Refuse to sign a demonstration outside a trial: its times were set, and a signature would say otherwise."""
    row: Any = connection.execute(SAYS_DEMONSTRATION).fetchone()
    if row[0] and not trial:
        raise Failure(
            "这是演示台账，其入账时间由演示时钟设定，不予签署；仅供试用时请设 DUDAO_TRIAL=1",
            "this ledger is a demonstration, whose times were set: it is not signed. Where it is for a "
            "trial alone, set DUDAO_TRIAL=1",
        )


def checkpoint(
    *,
    folder: FolderOption = None,
    origin: OriginOption = None,
    form: FormatOption = None,
    out: OutOption = None,
    json: JsonOption = False,
) -> None:
    """签署并打印检查点 / Sign and print a checkpoint."""
    chosen_form = form_of(form, out, json=json)
    from api.installation.opening import open_ledger  # noqa: PLC0415 - start-up time
    from api.installation.settings import Settings  # noqa: PLC0415
    from proof import kept, running  # noqa: PLC0415
    from proof.signer import open_signer  # noqa: PLC0415

    settings = Settings()
    with (
        _explained(),
        open_ledger(settings) as database,
        database.pool(1) as pool,
        pool.connection() as connection,
    ):
        if not running.is_running(connection):
            _require_real(connection, trial=database.is_embedded or settings.trial)
            if not (database.is_embedded or settings.trial or folder is not None):
                raise Failure(
                    "没有运行中的签名者：请先启动 dudao signer，或用 --folder 指明其目录",
                    "no signer is running: start dudao signer, or name its --folder",
                )
            place, name = folder or settings.folder / "signer", origin or _origin(settings)
            if folder is None and not kept.log_keys(connection, name):
                tell(
                    f"注意：试用密钥将占用日志名称 {name}；此后其他签名者（dudao signer）不能再用这个名称，只能用 "
                    "--new-origin 另立。正式使用请先启动 dudao signer，或用 --folder 指明其目录",
                    f"note: this trial's key takes the log's name {name}: another signer cannot use it "
                    "afterwards, but begin under another with --new-origin. For more than a trial start "
                    "dudao signer first, or name its --folder",
                )
            made = open_signer(place, name)
            running.once(made, connection, None, _seconds())
            if folder is None:
                tell(
                    "没有运行中的签名者：由试用密钥签署，密钥与账本同在一处，不足以对抗管理员",
                    "no signer is running: signed with this trial's own key, which lies beside the "
                    "ledger and proves nothing against whoever runs it",
                )
        latest = kept.latest(connection)
    if latest is None:
        raise Failure("签名者尚未签署", "the signer has not signed yet", 1)
    if chosen_form is Format.TABLE and form is None:  # the signed note itself, which others verify
        with destination(out) as file:
            file.write(latest.note.written())
        return
    from ledger.log.entry import instant_text  # noqa: PLC0415 - start-up time
    from projections.items.shape import plain  # noqa: PLC0415

    signed = {
        "origin": latest.checkpoint.origin,
        "position": latest.checkpoint.size,
        "root": latest.checkpoint.root.hex(),
        "signed_at": instant_text(latest.kept_at),
    }
    fields = (
        plain("origin", "日志名称", "log"),
        plain("position", "位置", "position", "integer"),
        plain("root", "根", "root"),
        plain("signed_at", "签署时间", "signed at", "instant"),
    )
    whole = {**signed, "note": latest.note.written().decode()}
    write_few([signed], fields, "checkpoint", chosen_form, out, document=whole)


def witness(  # noqa: PLR0913 - one argument an option
    *,
    folder: Annotated[Path, typer.Option(help="密钥与状态的目录 / folder of key and state")],
    name: Annotated[str, typer.Option(help="见证名称 / name, e.g. witness.host/1")],
    log: Annotated[list[str], typer.Option(help="所见证日志的公钥 / verifier key of a log")] = [],  # noqa: B006 - typer copies it
    host: Annotated[str, typer.Option(help="监听地址 / address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="监听端口 / port")] = 8700,
    show_key: Annotated[
        bool, typer.Option("--show-key", help="只打印公钥 / print its key")
    ] = False,
) -> None:
    """独立见证：只联署与所知相连的检查点 / Cosign what continues the logs that are known."""
    from proof.notes import PublicKey, read_vkey  # noqa: PLC0415 - start-up time
    from proof.witness import Witness, open_key, server  # noqa: PLC0415

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    with _explained():
        key: PrivateKey = open_key(folder, name)
        sys.stdout.write(f"{key.public.vkey}\n")
        sys.stdout.flush()
        if show_key:
            return
        known: dict[str, tuple[PublicKey, ...]] = {}
        for public_key in map(read_vkey, log):
            known[public_key.name] = (*known.get(public_key.name, ()), public_key)
        made = server(Witness(key, known, folder / "cosigned.json", _seconds), host, port)
    stop = _stopped()
    with made:
        made.timeout = 1.0
        where = f"http://{host}:{made.server_address[1]}"
        tell(f"见证已启动：{where}", f"the witness listens on {where}")
        while not stop.is_set():
            made.handle_request()


def bundle(
    uscc: Annotated[str, typer.Argument(help="统一社会信用代码 / USCC")],
    *,
    out: Annotated[Path, typer.Option("-o", "--output", help="写入文件 / write to this file")],
) -> None:
    """证据包：一家企业的全部记录及证明 / Evidence bundle: every entry about one enterprise, proved."""
    from api.cli.output import destination  # noqa: PLC0415 - start-up time
    from api.installation.wiring import caught_up  # noqa: PLC0415
    from api.reports import bundles  # noqa: PLC0415
    from api.reports.typeset import Typesetter  # noqa: PLC0415
    from proof import kept, running  # noqa: PLC0415
    from proof.signer import open_signer  # noqa: PLC0415

    with _explained(), caught_up() as (house, actor):
        with house.pool.connection() as connection:
            # In a trial the bundle is of now; elsewhere it is of what the signer signed last.
            own = house.database.is_embedded or house.settings.trial
            if own and not running.is_running(connection):
                made = open_signer(house.settings.folder / "signer", _origin(house.settings))
                running.once(made, connection, kept.policy_text(connection), _seconds())
        with destination(out) as file:
            bundles.write(house, Typesetter(), actor, uscc, file)
    tell(
        f"{out}：请另行取得公钥与策略后核验，dudao verify --bundle",
        f"{out}: take keys and policy from elsewhere and verify with dudao verify --bundle",
    )


def verify_bundle(file: Path, policy: Path | None, maker: str | None) -> None:
    """Verify a bundle, without a database; say what it proves.

    Raises:
        Failure: it does not hold.
    """
    from proof.bundle import BadBundle, check  # noqa: PLC0415 - start-up time
    from proof.policy import read_policy  # noqa: PLC0415

    with _explained():
        believed = None if policy is None else read_policy(policy.read_text("utf-8"))
        try:
            with file.open("rb") as content:
                checked = check(content, believed, maker)
        except BadBundle as error:
            raise Failure(
                f"{file} 核验不通过：{error}", f"{file} does not hold: {error}", 1
            ) from error
    count, checkpoint = len(checked.positions), checked.checkpoint
    sys.stdout.write(
        chosen(
            f"证据包完好：{checked.subject} 的 {count} 条记录均在日志 {checkpoint.origin} 的 "
            f"{checkpoint.size} 条之中；证据 {checked.evidence} 件，未到 {len(checked.missing)} 件\n",
            f"the bundle holds: {count} entries about {checked.subject} are among the "
            f"{checkpoint.size} of the log {checkpoint.origin}; {checked.evidence} files of evidence, "
            f"{len(checked.missing)} never arrived\n",
        )
    )
    _tell_complete(checked)
    for name, at in checked.trusted.cosigned.items():
        when = f"{_utc(at)}"
        sys.stdout.write(chosen(f"{name} 于 {when} 联署\n", f"cosigned by {name} at {when}\n"))
    if checked.own_policy:
        tell(
            "公钥取自包内：由谁签署未经核对，请用 --policy 给出另行取得的策略",
            "the keys came from the bundle itself: who signed was not checked; give --policy",
        )


def _tell_complete(checked: "Checked") -> None:
    """Say up to which day nothing is missing, or that this is not shown."""
    complete = checked.complete
    if complete is None:
        said = chosen(
            "未证明没有缺漏：包内没有日终封账\n",
            "that no entry is missing is not shown: the bundle holds no closed day\n",
        )
    elif complete.entries == 0:
        said = chosen(
            f"至 {complete.day} 日终（位置 {complete.upto}）没有关于 {checked.subject} 的记录\n",
            f"by the close of {complete.day} (position {complete.upto}) there was no entry about "
            f"{checked.subject}\n",
        )
    else:
        said = chosen(
            f"至 {complete.day} 日终（位置 {complete.upto}）关于 {checked.subject} 的 {complete.entries} 条"
            "记录全部在内，没有缺漏\n",
            f"by the close of {complete.day} (position {complete.upto}) all {complete.entries} entries about "
            f"{checked.subject} are here, none is missing\n",
        )
    sys.stdout.write(said)


def _utc(seconds: int) -> str:
    from datetime import UTC, datetime  # noqa: PLC0415 - start-up time

    from ledger.log.entry import instant_text  # noqa: PLC0415

    return instant_text(datetime.fromtimestamp(seconds, UTC))


def _origin(settings: "Settings") -> str:
    _, _, address = settings.address.partition("://")
    return f"{address}/log" if address else NOWHERE


def _seconds() -> int:
    from ledger.log.clock import now  # noqa: PLC0415 - start-up time

    return int(now().timestamp())


def _stopped() -> Event:
    stop = Event()

    def end(_number: int, _frame: object) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    return stop


def _begun(made: "Signer", reason: str) -> "Begun | None":
    from proof.kept import Begun  # noqa: PLC0415 - start-up time
    from proof.signer import former  # noqa: PLC0415

    before = former(made)
    return None if before is None else Begun(reason, before.origin, before.size)


def _tell_lost(connection: Any, made: "Signer") -> None:  # noqa: ANN401 - a connection
    from api.words.losses import loss  # noqa: PLC0415 - start-up time
    from proof import kept  # noqa: PLC0415

    for beginning in kept.beginnings(connection):
        if beginning.origin == made.origin:
            tell(*loss(beginning))


def _introduce(made: "Signer") -> None:
    for key in made.public:
        tell(f"日志公钥：{key.vkey}", f"verifier key: {key.vkey}")


def _tell(done: "Round") -> None:
    from proof.checkpoints import read_checkpoint  # noqa: PLC0415 - start-up time

    size = read_checkpoint(done.note.text).size
    signed = chosen(f"已签至位置 {size}", f"signed up to position {size}")
    said: list[str] = []
    for asked in done.asked:
        if asked.refusal is None:
            said.append(chosen(f"{asked.name} 已联署", f"{asked.name} cosigned"))
        else:
            said.append(
                chosen(
                    f"{asked.name} 未联署：{asked.refusal}",
                    f"{asked.name} did not cosign: {asked.refusal}",
                )
            )
    sys.stderr.write("; ".join([signed, *said]) + "\n")


@contextmanager
def _explained() -> Generator[None]:
    """Say what is wrong with a signer's folder, its log or its policy."""
    from proof.files import Unusable  # noqa: PLC0415
    from proof.notes import BadKey  # noqa: PLC0415 - start-up time
    from proof.policy import BadPolicy  # noqa: PLC0415
    from proof.running import Busy  # noqa: PLC0415
    from proof.signer import Inconsistent  # noqa: PLC0415

    try:
        yield
    except Unusable as error:
        raise Failure(error.zh, error.en) from error
    except Inconsistent as error:
        raise _alarm(error) from error
    except BadKey as error:
        raise Failure(f"不是可用的密钥：{error}", f"not a key that can be used: {error}") from error
    except BadPolicy as error:
        raise Failure(f"策略文件有误：{error}", f"the policy cannot be used: {error}") from error
    except Busy as error:
        raise Failure(
            "已有另一签名者在运行", "another signer works on this ledger already"
        ) from error


def _alarm(error: Any) -> Failure:  # noqa: ANN401 - its class is not loaded by every command
    last, size = error.last, error.size
    return Failure(
        f"拒绝签署：账本现有 {size} 条，与已签的 {last.origin} 第 {last.size} 条的检查点不相连。"
        "账本被改写、截断，或连到了另一个库：请保留现场，与备份和见证核对；"
        "若为恢复备份而确实丢失了记录，用 --new-origin 另立名称",
        f"refused to sign: the ledger has {size} entries and does not continue the checkpoint of "
        f"{last.size} signed for {last.origin}. It was rewritten or cut, or is another one: leave "
        "everything as it is and compare with backup and witnesses; if entries were lost in a "
        "restore, begin under another name with --new-origin",
        1,
    )
