"""`dudao template NAME -o FILE`: an empty sheet to fill in, from the same code as over HTTP."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class FormName(StrEnum):
    """The sheets that are imported."""

    ROSTER = "roster"
    CERTIFICATES = "certificates"


def template(
    name: Annotated[FormName, typer.Argument(help="哪张表 / which sheet")],
    *,
    out: Annotated[Path, typer.Option("-o", "--output", help="写入文件 / write to this file")],
    uscc: Annotated[
        str | None,
        typer.Option(
            help="为哪家企业：下拉列表取其确认范围 / whose confirmed scope the lists offer"
        ),
    ] = None,
) -> None:
    """下载空表，带下拉列表 / An empty sheet to fill in, with lists to choose from."""
    from api.installation.wiring import caught_up  # noqa: PLC0415
    from api.intake.sheets.offers import for_enterprise  # noqa: PLC0415
    from api.intake.sheets.templates import form_named  # noqa: PLC0415 - start-up time
    from api.intake.sheets.templates import template as made_of  # noqa: PLC0415

    form = form_named(name.value)
    if form is None:
        raise LookupError(name)
    if uscc is None:
        out.write_bytes(made_of(form))
        return
    with caught_up() as (house, actor):
        out.write_bytes(made_of(form, for_enterprise(house, actor, uscc)))
