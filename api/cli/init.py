"""`dudao init`: make a new ledger, with the catalogues that the product ships adopted."""

import sys
from typing import Annotated

import typer

from api.cli.language import chosen


def init(
    *, json: Annotated[bool, typer.Option("--json", help="JSON 输出 / as JSON")] = False
) -> None:
    """建立新账本：角色、库表、权限与随产品提供的目录；可重复运行 / Make a new ledger, with roles and grants."""
    import orjson  # noqa: PLC0415 - start-up time

    from api.installation.bench import recording  # noqa: PLC0415
    from api.installation.founding import found  # noqa: PLC0415
    from api.installation.settings import Settings  # noqa: PLC0415
    from ledger.connect import Opening  # noqa: PLC0415

    with recording(Settings(), Opening.OWNING) as bench:
        made = found(bench)
        head = bench.log.head().position
    if json:
        sys.stdout.write(orjson.dumps({"adopted": made, "position": head}).decode() + "\n")
        return
    said = (
        chosen(f"新账本已建立，采用目录 {made} 项", f"a new ledger, {made} catalogues adopted")
        if made
        else chosen(
            f"账本已有 {head} 条记录，未作改变", f"the ledger holds {head} entries; nothing changed"
        )
    )
    sys.stdout.write(f"{said}\n")
