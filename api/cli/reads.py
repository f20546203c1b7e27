"""`dudao roster`, `flags`, `history`, `diff`, `stats`: the answers of the API, from the same code."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from api.cli.failures import Failure
from api.cli.language import one_of
from api.cli.output import Format, FormatOption, OutOption, form_of, write

if TYPE_CHECKING:
    from pydantic import BaseModel

    from api.export.formats import Column
    from api.installation.wiring import Installation
    from api.questions.queries import Found
    from domain.terms.envelope import Actor

ValidAt = Annotated[
    str | None, typer.Option(help="业务日期,如 2025-03-01,默认今天 / day, today by default")
]
KnownAt = Annotated[
    str | None,
    typer.Option(help="截至何时所知,如 2025-03-01T09:00:00+08:00 / as known at this instant"),
]
Position = Annotated[
    str | None, typer.Option(help="截至哪个入账位置所知 / as known at this position")
]
Uscc = Annotated[str | None, typer.Option(help="统一社会信用代码 / USCC")]
District = Annotated[str | None, typer.Option(help="主管区代码 / competent district")]

Q = TypeVar("Q", bound="BaseModel")
Asker = Callable[["Installation", "Actor", Any], "Found"]


def roster(  # noqa: PLR0913 - one argument an option
    *,
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
    position: Position = None,
    uscc: Uscc = None,
    district: District = None,
    standing: Annotated[str | None, typer.Option(help="listed, suspended …")] = None,
    occupation: Annotated[str | None, typer.Option(help="职业编码或名称 / code or name")] = None,
    level: Annotated[str | None, typer.Option(help="等级 / level: 5 4 3 2 1 special chief")] = None,
    q: Annotated[str | None, typer.Option(help="名称或代码的一部分 / part of name or USCC")] = None,
    form: FormatOption = None,
    out: OutOption = None,
) -> None:
    """公布名单 / The published roster."""
    given = {
        "valid_at": valid_at,
        "known_at": known_at,
        "position": position,
        "uscc": uscc,
        "district": district,
        "standing": standing,
        "occupation": occupation,
        "level": level,
        "q": q,
    }
    _view("roster", given, form, out)


def flags(  # noqa: PLR0913 - one argument an option
    *,
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
    position: Position = None,
    uscc: Uscc = None,
    district: District = None,
    code: Annotated[str | None, typer.Option(help="检查代码,如 S1 / check, e.g. S1")] = None,
    verdict: Annotated[str | None, typer.Option(help="breach, undecided, clear")] = None,
    first: Annotated[str | None, typer.Option("--from", help="首日 / first day")] = None,
    last: Annotated[str | None, typer.Option("--to", help="末日 / last day")] = None,
    review: Annotated[str | None, typer.Option(help="upheld, dismissed, converted, none")] = None,
    case: Annotated[
        str | None, typer.Option(help="then_and_now, then_not_now, now_not_then, overturned")
    ] = None,
    form: FormatOption = None,
    out: OutOption = None,
) -> None:
    """疑点:违规与无法判定 / Flags: what is breach or undecided."""
    given = {
        "valid_at": valid_at,
        "known_at": known_at,
        "position": position,
        "uscc": uscc,
        "district": district,
        "code": code,
        "verdict": verdict,
        "from": first,
        "to": last,
        "review": review,
        "case": case,
    }
    _view("flags", given, form, out)


def history(  # noqa: PLR0913 - one argument an option
    uscc: Annotated[str, typer.Argument(help="统一社会信用代码 / USCC")],
    *,
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
    position: Position = None,
    kind: Annotated[str | None, typer.Option("--type", help="事件名 / event name")] = None,
    form: FormatOption = None,
    out: OutOption = None,
) -> None:
    """一家企业的全部记录,最新在前 / Every entry about one enterprise, newest first."""
    from api.export.formats import columns  # noqa: PLC0415
    from api.questions import enterprises  # noqa: PLC0415 - start-up time
    from api.questions.questions import HistoryQuestion  # noqa: PLC0415
    from api.questions.shapes import HISTORY  # noqa: PLC0415

    given = {"valid_at": valid_at, "known_at": known_at, "position": position, "type": kind}

    def ask(house: "Installation", actor: "Actor", question: HistoryQuestion) -> "Found":
        return enterprises.history(house, actor, uscc, question)

    brief = columns("position:integer type valid_from recorded_at actor:json reason document_no")
    _answer(f"history {uscc}", ask, HistoryQuestion, given, (HISTORY, brief), form, out)


def requests(  # noqa: PLR0913 - one argument an option
    *,
    known_at: KnownAt = None,
    position: Position = None,
    state: Annotated[str | None, typer.Option(help="waiting, taken, refused")] = None,
    uscc: Uscc = None,
    district: District = None,
    form: FormatOption = None,
    out: OutOption = None,
) -> None:
    """待批准的事项,最新在前 / Acts that wait for a second person, newest first."""
    from api.questions import requests as asked_for  # noqa: PLC0415 - start-up time
    from api.questions.questions import RequestsQuestion  # noqa: PLC0415

    given = {
        "known_at": known_at,
        "position": position,
        "state": state,
        "uscc": uscc,
        "district": district,
    }
    shapes = (asked_for.REQUESTS, asked_for.BRIEF)
    _answer("requests", asked_for.requests, RequestsQuestion, given, shapes, form, out)


def diff(  # noqa: PLR0913 - one argument an option
    *,
    of: Annotated[str, typer.Option(help="roster, scope, flags")] = "roster",
    from_valid_at: ValidAt = None,
    to_valid_at: ValidAt = None,
    from_known_at: KnownAt = None,
    to_known_at: KnownAt = None,
    from_position: Position = None,
    to_position: Position = None,
    uscc: Uscc = None,
    district: District = None,
    form: FormatOption = None,
    out: OutOption = None,
) -> None:
    """两个时点之间的差异及其原因 / What differs between two bases, and why."""
    from api.export.formats import columns  # noqa: PLC0415
    from api.questions import diff as changes  # noqa: PLC0415 - start-up time
    from api.questions.questions import DiffQuestion  # noqa: PLC0415
    from api.questions.shapes import DIFF  # noqa: PLC0415

    given = {
        "of": of,
        "from_valid_at": from_valid_at,
        "to_valid_at": to_valid_at,
        "from_known_at": from_known_at,
        "to_known_at": to_known_at,
        "from_position": from_position,
        "to_position": to_position,
        "uscc": uscc,
        "district": district,
    }
    brief = columns("change key before:json after:json because:json")
    _answer("diff", changes.diff, DiffQuestion, given, (DIFF, brief), form, out)


def stats(  # noqa: PLR0913 - one argument an option
    *,
    by: Annotated[
        str, typer.Option(help="district, occupation, level, method, month, code")
    ] = "district",
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
    position: Position = None,
    uscc: Uscc = None,
    district: District = None,
    form: FormatOption = None,
    out: OutOption = None,
) -> None:
    """统计 / Counts of sessions, certificates, breaches and open findings."""
    from api.questions import diff as changes  # noqa: PLC0415 - start-up time
    from api.questions.questions import StatsQuestion  # noqa: PLC0415
    from api.questions.shapes import stats_shape  # noqa: PLC0415
    from projections.counts.statistics import BY  # noqa: PLC0415

    given = {
        "by": by,
        "valid_at": valid_at,
        "known_at": known_at,
        "position": position,
        "uscc": uscc,
        "district": district,
    }
    shape = stats_shape(by if by in BY else BY[0])
    _answer("stats", changes.stats, StatsQuestion, given, (shape, shape), form, out)


def _view(
    name: str, given: Mapping[str, str | None], form: Format | None, out: Path | None
) -> None:
    from api.questions.lists import VIEWS  # noqa: PLC0415
    from api.questions.queries import ask  # noqa: PLC0415 - start-up time

    view = VIEWS[name]
    shapes = (view.shape, view.brief)
    _answer(
        name,
        lambda house, actor, question: ask(house, actor, view, question),
        view.question,
        given,
        shapes,
        form,
        out,
    )


def _answer(  # noqa: PLR0913, PLR0917 - what is asked, and how it is written
    name: str,
    ask: Asker,
    kind: type["BaseModel"],
    given: Mapping[str, str | None],
    shapes: tuple[Sequence["Column"], Sequence["Column"]],
    given_form: Format | None,
    out: Path | None,
) -> None:
    """Ask page by page until the end, and write all of it."""
    from api.export.files import Origin  # noqa: PLC0415 - start-up time
    from api.installation.wiring import caught_up  # noqa: PLC0415
    from api.questions.integrity import root_at  # noqa: PLC0415
    from api.questions.paging import pages  # noqa: PLC0415
    from api.questions.questions import Paged  # noqa: PLC0415

    chosen: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    asked = question_of(kind, chosen)
    form = form_of(given_form, out)
    shape = shapes[1] if form is Format.TABLE else shapes[0]
    with caught_up() as (house, actor):
        if isinstance(asked, Paged):
            found = pages(asked, lambda one: ask(house, actor, one))
        else:
            found = iter([ask(house, actor, asked)])
        first = next(found)
        batches = chain([first.page.items], (each.page.items for each in found))
        root = root_at(house, first.standing.position) if form is Format.PARQUET else None
        origin = Origin(name, first.standing.basis, _filters(chosen), root=root)
        write(batches, shape, origin, form, out)


_CLOCKS = frozenset({"valid_at", "known_at", "position"})


def _filters(chosen: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in chosen.items() if name not in _CLOCKS}


def question_of(of: type[Q], chosen: Mapping[str, Any]) -> Q:
    """Return the question that the options ask.

    Raises:
        Failure: they are not as required; it says which and why.
    """
    from pydantic import ValidationError  # noqa: PLC0415 - start-up time

    from api.questions.parameters import unclear  # noqa: PLC0415

    try:
        return of.model_validate(chosen)
    except ValidationError as error:
        faults = unclear(error.errors()).errors
        said = [f"  --{f.field.replace('_', '-')}: {one_of(f.reason)}" for f in faults]
        raise Failure(
            "\n".join(["参数不符合要求:", *said]),
            "\n".join(["options are not as required:", *said]),
        ) from None
