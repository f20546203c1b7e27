"""`dudao replay` and `dudao projections`: fold the ledger itself, and hold the views against it."""

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.engines import EngineKind, EngineOption, SchedulerOption, WorkersOption, chosen_engine
from api.cli.failures import Failure, tell
from api.cli.imports import bar
from api.cli.language import chosen
from api.cli.questions import KnownAt, Position, question_of

if TYPE_CHECKING:
    from replay.audit import Difference

JsonOption = Annotated[bool, typer.Option("--json", help="JSON 输出 / as JSON")]
SHOWN = 50
"""Differences that are written out; their number is said in any case."""


def replay(  # noqa: PLR0913 - one argument an option
    *,
    valid_at: Annotated[
        str | None,
        typer.Option(
            help="只计该业务日期的行；不给则各日一并重算 / rows of this day alone; without it those of all days"
        ),
    ] = None,
    known_at: KnownAt = None,
    position: Position = None,
    check: Annotated[
        bool, typer.Option("--check", help="与视图逐行比较，不符则以 1 结束 / compare row by row")
    ] = False,
    rules: Annotated[
        Path | None,
        typer.Option(
            help="换一套规则重算：JSON 文件，含 edition 和要改的规则 / fold with another rule set"
        ),
    ] = None,
    tables: Annotated[
        bool,
        typer.Option(
            "--tables",
            help="给出各数据表的校验和，与 dudao export 的清单相比 / digests as the manifest of dudao export states",
        ),
    ] = False,
    engine: EngineOption = EngineKind.LOCAL,
    scheduler: SchedulerOption = None,
    workers: WorkersOption = 0,
    json: JsonOption = False,
) -> None:
    """由账本重算，不看视图 / Fold the ledger itself, without the projections."""
    from api.cli import replaying  # noqa: PLC0415 - start-up time
    from api.cli.rules_file import read  # noqa: PLC0415
    from api.installation.wiring import caught_up  # noqa: PLC0415
    from api.questions.queries import settle  # noqa: PLC0415
    from api.questions.questions import AsOf  # noqa: PLC0415

    where = chosen_engine(engine, scheduler, workers)
    if check and rules is not None:
        raise Failure(
            "--rules 与 --check 不能同用：视图按账本采用的规则编制，换一套规则必然不同",
            "--rules and --check exclude each other: the views follow the rules that the ledger adopted",
        )
    if tables and (check or rules is not None or valid_at is not None):
        raise Failure(
            "--tables 含各日、按账本的规则，不与 --check、--rules、--valid-at 同用",
            "--tables is of all days under the ledger's rules: not with --check, --rules or --valid-at",
        )
    other = None if rules is None else read(rules)  # what is wrong with it is said at once
    given = {"valid_at": valid_at, "known_at": known_at, "position": position}
    asked = question_of(AsOf, {k: v for k, v in given.items() if v is not None}).asked()
    with caught_up() as (house, _):
        basis = settle(house, asked).basis
        at = basis.position
        if rules is not None:
            other = read(rules, house.reference_at(at).rules(basis.valid_at))
        if check:
            with bar("replay") as advance:
                differences = replaying.check(house, at, where, advance)
            _report(differences, at, as_json=json)
            return
        with bar("replay") as advance:
            if tables:
                made = replaying.tables(house, at, where, advance)
            else:
                made = replaying.replay(house, at, asked.valid_at, where, advance, other)
    edition = other.edition if other else None
    _summary(made.tables, at, asked.valid_at, edition, as_json=json)


def _summary(
    tables: dict[str, dict[str, object]],
    position: int,
    day: date | None,
    rules: str | None,
    *,
    as_json: bool,
) -> None:
    import orjson  # noqa: PLC0415 - start-up time

    from api.cli.output import table  # noqa: PLC0415
    from projections.items.shape import plain  # noqa: PLC0415

    if as_json:
        named = {} if rules is None else {"rules": rules}
        days = "all" if day is None else day.isoformat()
        answer = {"position": position, "days": days, **named, "tables": tables}
        sys.stdout.write(orjson.dumps(answer).decode() + "\n")
        return
    rows = [{"table": name, **sums} for name, sums in tables.items()]
    fields = (
        plain("table", "表", "table"),
        plain("rows", "行数", "rows", "integer"),
        plain("sum", "校验和", "sum"),
    )
    table(rows, fields)
    tell(
        f"位置 {position}，业务日期：{'各日一并' if day is None else day}",
        f"position {position}, day: {'all days' if day is None else day}",
    )


def _report(differences: "list[Difference]", position: int, *, as_json: bool) -> None:
    import orjson  # noqa: PLC0415 - start-up time

    shown = [
        {
            "what": difference.what,
            "table": difference.table,
            "key": difference.key,
            "subject": difference.subject,
        }
        for difference in differences[:SHOWN]
    ]
    if as_json:
        answer = {"position": position, "differences": len(differences), "shown": shown}
        sys.stdout.write(orjson.dumps(answer).decode() + "\n")
    elif not differences:
        same = chosen(
            f"视图与账本一致（位置 {position}）：比较了所有表中曾经有效的每一行及其起止位置，以及各统计合计",
            f"the views equal the ledger at position {position}: compared was every row of every table "
            "that ever held, from and up to which entry, and the sums that counts rest on",
        )
        sys.stdout.write(f"{same}\n")
    else:
        for difference in shown:
            sys.stdout.write("\t".join(difference.values()) + "\n")
    if differences:
        tell(
            f"视图与账本有 {len(differences)} 行不符；可运行 dudao projections rebuild",
            f"{len(differences)} rows differ from the ledger; run dudao projections rebuild",
        )
        raise typer.Exit(1)


projections = typer.Typer(help="视图 / The views", no_args_is_help=True)


@projections.command("rebuild")
def rebuild(
    name: Annotated[
        str | None,
        typer.Argument(
            help="只报告该表的差异；各表出自同一次折叠，总是一起重建 / table to report on"
        ),
    ] = None,
    *,
    compare: Annotated[
        bool,
        typer.Option("--compare", help="列出切换前的差异 / list what differed before the switch"),
    ] = False,
    json: JsonOption = False,
) -> None:
    """在旁重建视图并切换；有差异时以 1 结束 / Rebuild the views beside the live ones and switch."""
    import orjson  # noqa: PLC0415 - start-up time

    from api.installation.settings import Settings  # noqa: PLC0415
    from api.installation.wiring import Installation  # noqa: PLC0415
    from projections.follow.rebuild import Busy  # noqa: PLC0415
    from projections.follow.rebuild import rebuild as rebuild_tables  # noqa: PLC0415
    from projections.views.views import TABLES  # noqa: PLC0415

    if name is not None and name not in TABLES:
        listed = "、".join(TABLES)
        raise Failure(f"没有视图 {name}；可用：{listed}", f"there is no view {name}: {listed}")
    # Without bringing the views up first: they may be a later release's, to which nothing is added.
    with Installation(Settings(), connections=4) as house:
        try:
            rebuilt = rebuild_tables(house.database.addresses.app, house.folding)
        except Busy:
            raise Failure("另一次重建正在进行", "another rebuild is under way") from None
    differences = [
        difference for difference in rebuilt.differences if name in {None, difference.table}
    ]
    shown = [
        {
            "table": difference.table,
            "key": difference.key,
            "known_from": difference.known_from,
            "only": difference.only,
        }
        for difference in differences[:SHOWN]
    ]
    if json:
        answer = {"position": rebuilt.position, "differences": len(differences), "shown": shown}
        sys.stdout.write(orjson.dumps(answer).decode() + "\n")
    else:
        said = chosen(
            f"已重建到位置 {rebuilt.position} 并切换，差异 {len(differences)} 处",
            f"rebuilt up to position {rebuilt.position} and switched, {len(differences)} differences",
        )
        sys.stdout.write(f"{said}\n")
        for difference in shown if compare else ():
            sys.stdout.write("\t".join(str(part) for part in difference.values()) + "\n")
    if differences:
        raise typer.Exit(1)
