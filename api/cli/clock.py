"""`dudao clock`: the clock by which entries are recorded, and the way out where it once ran ahead."""

import sys
from datetime import datetime
from typing import Annotated, Any

import typer

from api.cli.failures import Failure
from api.cli.language import chosen


def clock(
    *,
    set_back: Annotated[
        bool,
        typer.Option(
            "--set",
            help="时钟已校正，自现在起继续入账（须用所有者登录）/ the clock is right again: go on from now "
            "(by the owner's login)",
        ),
    ] = False,
    reason: Annotated[
        str, typer.Option(help="时钟为何出错，记入账本 / why it was wrong: recorded")
    ] = "",
    account: Annotated[str, typer.Option(help="经办账户 / account that acts")] = "local",
    json: Annotated[bool, typer.Option("--json", help="JSON 输出 / as JSON")] = False,
) -> None:
    """核对入账时钟；曾超前时恢复入账，并留下记录 / Compare the clocks; go on, on the record, after one ran ahead."""
    if set_back:
        _set(reason, account, as_json=json)
    else:
        _compare(as_json=json)


def _compare(*, as_json: bool) -> None:
    """Say what the clocks read; exit status 1 where nothing can be recorded because of them."""
    from api.installation.opening import connected  # noqa: PLC0415 - start-up time
    from ledger.deciding.clock_set import compared  # noqa: PLC0415
    from ledger.log.clock import PATIENCE  # noqa: PLC0415

    with connected() as connection:
        clocks = compared(connection)
    ahead = clocks.last is not None and clocks.last - clocks.database > PATIENCE
    if as_json:
        _write({**clocks.shown(), "ahead": ahead})
    else:
        last = "-" if clocks.last is None else _said(clocks.last)
        sys.stdout.write(
            chosen(
                f"数据库时钟 {_said(clocks.database)}\n本机时钟   {_said(clocks.own)}\n最后一条记录 {last}\n",
                f"database   {_said(clocks.database)}\nthis host  {_said(clocks.own)}\nlast entry {last}\n",
            )
        )
    if ahead:
        raise Failure(
            "最后一条记录晚于现在，不能入账。请先校正数据库服务器的时钟；若当时是时钟超前，"
            "请以所有者登录运行 dudao clock --set --reason 原因",
            "the last entry is later than now, and nothing can be recorded. Put the clock of the "
            "database's server right; if it ran ahead then, run dudao clock --set --reason WHY with "
            "the owner's login",
            status=1,
        )


def _set(reason: str, account: str, *, as_json: bool) -> None:
    import psycopg  # noqa: PLC0415 - start-up time

    from api.installation.opening import open_ledger  # noqa: PLC0415
    from api.installation.settings import Settings  # noqa: PLC0415
    from ledger.connect import Opening  # noqa: PLC0415
    from ledger.deciding.clock_set import compared, set_clock  # noqa: PLC0415
    from ledger.log.append import NotAhead  # noqa: PLC0415
    from ledger.log.clock import LEAP  # noqa: PLC0415

    if not reason.strip():
        raise Failure(
            "请用 --reason 写明时钟为何出错；它将记入账本",
            "say with --reason why the clock was wrong: it is recorded",
        )
    with (
        open_ledger(Settings(), Opening.OWNING) as database,
        psycopg.connect(database.addresses.owner, autocommit=True) as connection,
    ):
        clocks = compared(connection)
        if abs(clocks.database - clocks.own) > LEAP:
            raise Failure(
                f"数据库时钟为 {_said(clocks.database)}，本机时钟为 {_said(clocks.own)}，其一有误；请先校正",
                f"the database's clock reads {_said(clocks.database)}, this host's {_said(clocks.own)}: "
                "one of them is wrong, put it right first",
            )
        try:
            made = set_clock(connection, account, reason)
        except NotAhead as error:
            last = "-" if error.last is None else _said(error.last)
            raise Failure(
                f"时钟没有超前（最后一条记录 {last}），无须处理",
                f"the clock is not ahead (last entry {last}): nothing is to be done",
            ) from None
    if as_json:
        _write({"position": made.first, "from": clocks.last, "to": made.recorded_at})
        return
    at = _said(made.recorded_at)
    sys.stdout.write(
        chosen(
            f"已恢复入账：位置 {made.first}，自 {at} 起继续；此前的记录保持原有时间\n",
            f"entries can be recorded again: position {made.first}, from {at} on; entries before keep "
            "their time\n",
        )
    )


def _said(instant: datetime) -> str:
    from api.words.instants import instant as shown  # noqa: PLC0415 - start-up time

    return shown(instant)


def _write(answer: dict[str, Any]) -> None:
    import orjson  # noqa: PLC0415 - start-up time

    from ledger.log.entry import instant_text  # noqa: PLC0415

    shown = {k: instant_text(v) if isinstance(v, datetime) else v for k, v in answer.items()}
    sys.stdout.write(orjson.dumps(shown).decode() + "\n")
