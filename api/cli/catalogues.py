"""`dudao catalogue`: reference data as files: what is held, brought in, shown, and what it would change.

Adopting is an act of an authority: on the page 目录, over HTTP, or as a line of an import.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.failures import Failure, require_day, tell
from api.cli.language import chosen
from api.cli.lists import add_list

if TYPE_CHECKING:
    from api.installation.catalogues import SupposedAdoption
    from api.installation.wiring import Installation

catalogue = typer.Typer(help="目录 / Reference data as files", no_args_is_help=True)

JsonOption = Annotated[bool, typer.Option("--json", help="JSON 输出 / as JSON")]
Digest = Annotated[
    str, typer.Argument(help="文件的 SHA-256 或其开头 / its SHA-256, or how it begins")
]


add_list(catalogue, "catalogues")


@catalogue.command("add")
def add(
    kind: Annotated[
        str,
        typer.Argument(
            help="dictionary new_occupations standards qualifications mapping rules outline"
        ),
    ],
    file: Annotated[Path, typer.Argument(help="CSV、XLSX；规则为 JSON / CSV, XLSX; rules JSON")],
    *,
    json: JsonOption = False,
) -> None:
    """检查并收录一个文件，输出其 SHA-256；收录不改变任何结论 / Check and store a file."""
    from api.installation import catalogues  # noqa: PLC0415 - start-up time
    from api.installation.wiring import LOCAL  # noqa: PLC0415

    of_kind = catalogues.kind_of(kind)
    raw = file.read_bytes()
    with _house() as house:
        added = catalogues.add(house, LOCAL, of_kind, file.name, raw)
    if json:
        _say({**added._asdict(), "kind": added.kind.value, "notes": list(added.notes)})
        return
    said = chosen(
        f"已收录{added.kind.zh}“{added.file_name}”，{added.rows} 行；尚未采用，不影响任何结论",
        f"stored {added.kind.en} {added.file_name}, {added.rows} rows; not adopted yet",
    )
    tell(said, said)
    for note in added.notes:
        tell(note, note)
    sys.stdout.write(f"{added.sha256}\n")


@catalogue.command("show")
def show(
    digest: Digest,
    *,
    out: Annotated[
        Path | None, typer.Option("-o", "--output", help="写入文件 / write the file there")
    ] = None,
) -> None:
    """输出目录文件原样 / The file as it was brought in."""
    from api.installation import catalogues  # noqa: PLC0415 - start-up time

    with _house() as house:
        raw = catalogues.octets(house, _whole(house, digest))
    if out is None:
        sys.stdout.buffer.write(raw)
        return
    out.write_bytes(raw)


@catalogue.command("preview")
def preview(  # noqa: PLR0913 - one argument an option
    digest: Digest,
    *,
    valid_from: Annotated[str, typer.Option("--from", help="拟生效日 / first day")],
    valid_to: Annotated[str | None, typer.Option("--to", help="拟失效日（不含） / end")] = None,
    edition: Annotated[str, typer.Option(help="版本名称 / name of the edition")] = "",
    uscc: Annotated[
        list[str] | None, typer.Option(help="只看该企业，可重复 / only this enterprise")
    ] = None,
    workers: Annotated[
        int, typer.Option(min=0, max=256, help="进程数，0 为每核一个 / processes, 0: one a core")
    ] = 1,
    json: JsonOption = False,
) -> None:
    """若采用会改变哪些结论；不入账 / What an adoption would change; nothing is recorded."""
    import os  # noqa: PLC0415 - start-up time

    from api.cli.output import table  # noqa: PLC0415
    from api.installation import catalogues  # noqa: PLC0415
    from domain.terms.intervals import Days  # noqa: PLC0415
    from projections.items.shape import plain  # noqa: PLC0415

    days = Days(require_day(valid_from), None if valid_to is None else require_day(valid_to))
    with _house() as house:
        supposed: SupposedAdoption = catalogues.SupposedAdoption(
            _whole(house, digest), edition, days, tuple(uscc or ())
        )
        number = workers or os.cpu_count() or 1
        flips = catalogues.preview(house, house.ends().head, supposed, number)
    if json:
        _say(catalogues.shown_preview(flips))
        return
    rows = [
        {
            "key": flip.key,
            "uscc": flip.subject,
            "day": flip.day.isoformat(),
            "before": flip.before.value,
            "after": flip.after.value,
            "message": chosen(flip.zh, flip.en),
        }
        for flip in flips.rows
    ]
    fields = (
        plain("key", "疑点编号", "key"),
        plain("uscc", "统一社会信用代码", "USCC"),
        plain("day", "业务日期", "day"),
        plain("before", "之前", "before")._replace(said="verdict"),
        plain("after", "之后", "after")._replace(said="verdict"),
        plain("message", "说明", "message"),
    )
    table(rows, fields)
    tell(
        f"{flips.subjects} 家企业、{flips.flags} 处疑点中，{flips.number} 处结论会改变；未入账",
        f"{flips.number} verdicts of {flips.flags} flags of {flips.subjects} enterprises would"
        " change; nothing was recorded",
    )


def _house() -> "Installation":
    from api.installation.founding import found  # noqa: PLC0415 - start-up time
    from api.installation.settings import Settings  # noqa: PLC0415
    from api.installation.wiring import Installation  # noqa: PLC0415

    house = Installation(Settings(), connections=4)
    found(house.bench)
    return house


def _whole(house: "Installation", digest: str) -> str:
    from api.installation import catalogues  # noqa: PLC0415 - start-up time

    matching = [
        each.sha256
        for each in catalogues.every(house, house.ends().head)
        if len(digest) >= 6 and each.sha256.startswith(digest.lower())
    ]
    if len(matching) != 1:
        raise Failure(
            f"没有唯一的目录 {digest}；请用 dudao catalogue list 查看",
            f"no single catalogue {digest}; see dudao catalogue list",
        )
    return matching[0]


def _say(value: object) -> None:
    import orjson  # noqa: PLC0415 - start-up time

    sys.stdout.write(orjson.dumps(value).decode() + "\n")
