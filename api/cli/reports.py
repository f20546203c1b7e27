"""`dudao report USCC -o FILE`: the supervision report, from the same code as over HTTP."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from api.cli.output import destination
from api.cli.questions import KnownAt, Position, ValidAt, question_of


class Lang(StrEnum):
    """Language of the report."""

    ZH = "zh"
    EN = "en"


def report(  # noqa: PLR0913 - one argument an option
    uscc: Annotated[str, typer.Argument(help="统一社会信用代码 / USCC")],
    *,
    out: Annotated[Path, typer.Option("-o", "--output", help="写入文件 / write to this file")],
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
    position: Position = None,
    lang: Annotated[Lang, typer.Option(help="语言 / language")] = Lang.ZH,
) -> None:
    """督导报告（PDF） / Supervision report on one enterprise, as PDF."""
    from api.installation.wiring import caught_up  # noqa: PLC0415
    from api.reports.question import ReportQuestion  # noqa: PLC0415 - start-up time
    from api.reports.report import report as made_of  # noqa: PLC0415
    from api.reports.typeset import Typesetter  # noqa: PLC0415

    given = {"valid_at": valid_at, "known_at": known_at, "position": position, "lang": lang.value}
    chosen = {name: value for name, value in given.items() if value is not None}
    question = question_of(ReportQuestion, chosen)
    with caught_up() as (house, actor):
        made = made_of(house, Typesetter(), actor, uscc, question)
    with destination(out) as file:
        file.write(made.pdf)
    basis = made.answer_basis.basis
    sys.stderr.write(
        f"{out}：业务日期 {basis['valid_at']}，入账位置 {basis['position']}\n"
        f"{out}: day {basis['valid_at']}, position {basis['position']}\n"
    )
