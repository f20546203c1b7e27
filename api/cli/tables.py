"""`dudao export`: the tables in two times into a folder, for analysts."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.engines import (
    EngineKind,
    EngineOption,
    SchedulerOption,
    WorkersOption,
    chosen_engine,
    executor,
)
from api.cli.failures import Failure
from api.cli.imports import bar
from api.cli.language import chosen

if TYPE_CHECKING:
    from replay.lake.manifest import Manifest

FEW = 50_000
"""Entries up to which one process is quicker than starting others."""


def export(  # noqa: PLR0913 - one argument an option
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="目录 / folder")],
    *,
    since: Annotated[
        int,
        typer.Option(
            min=0,
            help="只写该入账位置之后得知的内容；目录中已有到该位置的表时，在其上增补 / only what was learnt behind "
            "this position; a folder that holds the tables up to there is brought up to date",
        ),
    ] = 0,
    engine: EngineOption = EngineKind.LOCAL,
    scheduler: SchedulerOption = None,
    workers: WorkersOption = 0,
    json: Annotated[bool, typer.Option("--json", help="JSON 输出 / as JSON")] = False,
) -> None:
    """把双时间数据表写成 Parquet，再次运行只写变化 / Write the tables in two times as Parquet; again: what changed."""
    from api.installation import tables  # noqa: PLC0415 - start-up time
    from api.installation.wiring import caught_up  # noqa: PLC0415
    from replay.lake.manifest import Unusable  # noqa: PLC0415

    where = chosen_engine(engine, scheduler, workers)
    if folder.exists() and not folder.is_dir():
        raise Failure(f"{folder} 不是目录", f"{folder} is no folder")
    with caught_up() as (house, _):
        position = house.ends().followed
        if since > position:
            raise Failure(
                f"账本只到位置 {position}，没有 {since} 之后的内容",
                f"the ledger ends at position {position}: there is nothing behind {since}",
            )
        if scheduler is None and not workers and position - since < FEW:
            where = where._replace(workers=1)
        wanted = tables.wanted(house, position, since)
        try:
            with executor(house.folding, where) as running, bar(str(folder)) as advance:
                made = tables.export(house, running, folder, wanted, advance)
        except Unusable as error:
            raise Failure(error.zh, error.en) from None
    _tell(folder, made, as_json=json)


def _tell(folder: Path, made: "Manifest", *, as_json: bool) -> None:
    import orjson  # noqa: PLC0415 - start-up time

    from api.cli.output import table  # noqa: PLC0415
    from projections.items.shape import plain  # noqa: PLC0415

    rows = [{"table": each.name, "rows": each.rows, "digest": each.digest} for each in made.tables]
    if as_json:
        answer = {
            "folder": str(folder),
            "position": made.position,
            "since": made.since,
            "root": made.root,
            "tables": rows,
        }
        sys.stdout.write(orjson.dumps(answer).decode() + "\n")
        return
    fields = (
        plain("table", "表", "table"),
        plain("rows", "行数", "rows", "integer"),
        plain("digest", "校验和", "digest"),
    )
    table(rows, fields)
    said = chosen(
        f"已写入 {folder}，位置 {made.position}，根 {made.root}；清单见 manifest.json",
        f"written to {folder} at position {made.position}, root {made.root}; see manifest.json",
    )
    sys.stdout.write(f"{said}\n")
