"""A command for every list of the API, with every filter: made from the same declaration.

What a command takes is read from the declaration when it is called: the shell of somebody who asks
for something else does not wait for it.
"""

from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter, Signature
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.output import Format, FormatOption, JsonOption, OutOption, form_of, write
from api.cli.questions import question_of
from api.words.address_parts import PARTS
from api.words.list_names import COMMANDS
from api.words.list_names import LISTS as NAMES

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from api.installation.wiring import Installation
    from api.questions.declared import DeclaredList
    from api.questions.queries import Found
    from domain.terms.envelope import Actor

_NO_OPTION = frozenset({"cursor", "format", "limit", "whole", "min_position"})
"""What a command has no option for: it gives the whole list, once, in the form of `--format`."""
_HELP = frozenset({"-h", "--help"})
_DEFAULTS: Mapping[str, str] = {"of": "roster", "by": "district"}
"""What is asked where a command is called without; over HTTP it must be said."""

LimitOption = Annotated[
    int | None,
    typer.Option(min=1, help="最多几行，默认全部 / rows at most, all of them by default"),
]
AllOption = Annotated[
    bool, typer.Option("--all", help="整个列表，即默认 / the whole list, as by default")
]


def add_lists(app: typer.Typer) -> None:
    """Add a command for every list that does not stand among others of its kind."""
    for name in NAMES:
        if name not in COMMANDS:
            add_list(app, name)


def add_list(group: typer.Typer, name: str) -> None:
    """Add the command of one list."""
    words = NAMES[name]
    group.command(
        COMMANDS.get(name, name).rpartition(" ")[2],
        help=f"{words.zh} / {words.en[0].upper()}{words.en[1:]}.",
        add_help_option=False,
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    )(_asked_later(name))


def _asked_later(name: str) -> Callable[[typer.Context], Any]:
    def run(ctx: typer.Context) -> Any:  # noqa: ANN401 - the status, or none
        command = _command(name, explained=not _HELP.isdisjoint(ctx.args))
        return command(ctx.args, prog_name=ctx.command_path, standalone_mode=False)

    return run


def _command(name: str, *, explained: bool) -> Any:  # noqa: ANN401 - the parser is private to typer
    """Return the command of a list; where its options are not `explained`, nothing is read for that."""
    listed = _declared(name)
    words = listed.summary
    alone = typer.Typer(
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        add_completion=False,
        context_settings={"help_option_names": sorted(_HELP)},
    )
    alone.command(help=f"{words.zh} / {words.en[0].upper()}{words.en[1:]}.")(
        _runner(listed, explained=explained)
    )
    return typer.main.get_command(alone)


def _declared(name: str) -> "DeclaredList":
    """Return a list; what some rest on (catalogues, what-if) is loaded for those alone."""
    from api.questions.declared import LISTS  # noqa: PLC0415 - start-up time

    if name in LISTS:
        return LISTS[name]
    from api.installation.every_list import EVERY_LIST  # noqa: PLC0415 - start-up time

    return EVERY_LIST[name]


def _runner(listed: "DeclaredList", *, explained: bool) -> Callable[..., None]:
    """Return the command: parts of the address as arguments, filters and clocks as options."""

    def run(**given: Any) -> None:  # noqa: ANN401 - as the parser gives it
        form, out, limit = given.pop("form"), given.pop("out"), given.pop("limit")
        given.pop("everything")
        json = given.pop("json")
        parts = [given.pop(part) for part in listed.parts]
        # A flag that is not set is not said.
        chosen = {names[o]: value for o, value in given.items() if value not in {None, False}}
        _answer(listed, parts, chosen, form_of(form, out, json=json), out, limit)

    fields = listed.question.model_fields
    schema = listed.question.model_json_schema() if explained else None
    names: dict[str, str] = {}
    parameters = [
        Parameter(
            part,
            Parameter.KEYWORD_ONLY,
            annotation=Annotated[str, typer.Argument(help=f"{PARTS[part].zh} / {PARTS[part].en}")],
        )
        for part in listed.parts
    ]
    for field, info in fields.items():
        if field in _NO_OPTION:
            continue
        names[field] = info.alias or field
        option = typer.Option(
            f"--{names[field].replace('_', '-')}", help=_help(schema, field, info)
        )
        is_flag = info.annotation is bool
        parameters.append(
            Parameter(
                field,
                Parameter.KEYWORD_ONLY,
                default=False if is_flag else _DEFAULTS.get(field) if info.is_required() else None,
                annotation=Annotated[bool if is_flag else str | None, option],
            )
        )
    parameters += [
        Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, default, annotation in (
            ("everything", False, AllOption),
            ("limit", None, LimitOption),
            ("form", None, FormatOption),
            ("json", False, JsonOption),
            ("out", None, OutOption),
        )
    ]
    run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    return run


def _help(schema: Mapping[str, Any] | None, field: str, info: "FieldInfo") -> str:
    """Return what a filter is, with the values that it may have where they are few; nothing without a schema."""
    if schema is None:
        return ""
    from api.words.labels import LABELS  # noqa: PLC0415 - start-up time

    label = LABELS.get(info.alias or field)
    said = info.description or (f"{label.zh} / {label.en}" if label else field)
    values = _values(schema["properties"][info.alias or field], schema.get("$defs", {}))
    return f"{said}: {' '.join(values)}" if values and len(values) < _FEW else said


_FEW = 24


def _values(schema: Mapping[str, Any], named: Mapping[str, Any]) -> Sequence[str]:
    if "$ref" in schema:
        return _values(named[schema["$ref"].rpartition("/")[2]], named)
    if "const" in schema:
        return (str(schema["const"]),)
    if "enum" in schema:
        return [str(each) for each in schema["enum"] if each is not None]
    return [value for each in schema.get("anyOf", ()) for value in _values(each, named)]


def _answer(  # noqa: PLR0913, PLR0917 - what is asked, and how it is written
    listed: "DeclaredList",
    parts: Sequence[str],
    chosen: Mapping[str, Any],
    form: Format,
    out: Path | None,
    limit: int | None,
) -> None:
    """Ask page by page until the end, and write all of it."""
    from api.export.files import Origin  # noqa: PLC0415 - start-up time
    from api.installation.wiring import caught_up  # noqa: PLC0415
    from api.questions.assurance.integrity import root_at  # noqa: PLC0415
    from api.questions.columns import table  # noqa: PLC0415
    from api.questions.paging import pages  # noqa: PLC0415
    from api.questions.questions import Paged  # noqa: PLC0415
    from api.questions.questions import chosen as chosen_columns  # noqa: PLC0415

    question = question_of(listed.question, chosen)
    with caught_up() as (house, actor):
        if listed.grows:
            question = _awaited(house, actor, listed, question)

        def ask(asked: Any) -> "Found":  # noqa: ANN401 - the list's own
            return listed.ask(house, actor, asked, *parts)

        answers = (
            pages(question, ask, listed.paging)
            if isinstance(question, Paged)
            else iter([ask(question)])
        )
        first = next(answers)
        batches = chain([first.page.items], (each.page.items for each in answers))
        shape = table(listed.shape(question), chosen_columns(question), first.audience)
        if form is Format.TABLE and chosen_columns(question) is None:
            shape = shape.only(*(name for name in listed.brief if shape.has(name)))
        root = root_at(house, first.answer_basis.position) if form is Format.PARQUET else None
        name = " ".join([listed.command, *parts])
        origin = Origin(name, first.answer_basis.basis, _filters(chosen), root=root)
        write(_first(batches, limit), shape.fields, origin, form, out)


def _awaited(house: "Installation", actor: "Actor", listed: "DeclaredList", question: Any) -> Any:  # noqa: ANN401 - the list's own
    """Wait until the answer is not empty, as long as the question says; return what to ask then."""
    from ledger.log.clock import elapsed  # noqa: PLC0415 - start-up time

    until = elapsed().total_seconds() + (question.wait or 0)
    while question.upto is None and (left := until - elapsed().total_seconds()) > 0:
        answer = listed.ask(house, actor, question)
        if answer.page.items or answer.page.next is not None:
            break
        behind = max(question.after, answer.answer_basis.position)
        question = question.model_copy(update={"after": behind})
        house.wait_beyond(behind, left)
    return question


def _first(batches: Any, limit: int | None) -> Any:  # noqa: ANN401 - rows, batch by batch
    """Yield the batches, as far as `limit` rows go."""
    for batch in batches:
        if limit is None:
            yield batch
            continue
        yield batch[:limit]
        limit -= len(batch)
        if limit <= 0:
            return


def _filters(chosen: Mapping[str, Any]) -> dict[str, str]:
    from api.questions.questions import AsOf  # noqa: PLC0415 - start-up time

    return {n: str(value) for n, value in chosen.items() if n not in AsOf.model_fields}
