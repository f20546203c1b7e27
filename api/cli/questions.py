"""Questions of the command line: options that several commands have, and what is wrong with them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from api.cli.failures import Failure
from api.cli.language import one_of

if TYPE_CHECKING:
    from pydantic import BaseModel

ValidAt = Annotated[
    str | None,
    typer.Option(
        help="业务日期，如 2025-03-01，默认今天；给了 --known-at 或 --position 时默认为其入账之日 / day; today by "
        "default, with --known-at or --position the day of that recording"
    ),
]
KnownAt = Annotated[
    str | None,
    typer.Option(help="截至何时所知，如 2025-03-01T09:00:00+08:00 / as known at this instant"),
]
Position = Annotated[
    str | None, typer.Option(help="截至哪个入账位置所知 / as known at this position")
]

Q = TypeVar("Q", bound="BaseModel")


def question_of(model: type[Q], chosen: Mapping[str, Any]) -> Q:
    """Return the question that the options ask.

    Raises:
        Failure: they are not as required; it says which and why.
    """
    from pydantic import ValidationError  # noqa: PLC0415 - start-up time

    from api.questions.parameters import unclear  # noqa: PLC0415

    try:
        return model.model_validate(chosen)
    except ValidationError as error:
        faults = unclear(error.errors()).errors
        said = [(f"  --{f.field.replace('_', '-')}", one_of(f.reason)) for f in faults]
        raise Failure(
            "\n".join(["参数不符合要求：", *(f"{option}：{zh}" for option, zh in said)]),
            "\n".join(
                ["options are not as required:", *(f"{option}: {en}" for option, en in said)]
            ),
        ) from None
