"""`dudao saved`: lists with their filters under a name; on the server they are the command line's own."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.failures import tell
from api.cli.lists import add_list

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from api.installation.wiring import Installation
    from domain.terms.envelope import Actor

saved = typer.Typer(help="保存的问题 / Saved questions", no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="编号 / id")]


add_list(saved, "saved-questions")


@saved.command("add")
def add(
    name: Annotated[str, typer.Argument(help="名称 / name")],
    address: Annotated[
        str, typer.Argument(help="列表的地址，如 /v1/flags?code=S1 / address of a list")
    ],
    *,
    description: Annotated[str, typer.Option(help="说明 / description")] = "",
) -> None:
    """保存一个问题，现在的答案算作已看过 / Save a question; its present answer counts as seen."""
    from api.installation import saved_questions  # noqa: PLC0415 - start-up time

    _tell(_with(lambda house, who: [saved_questions.save(house, who, name, description, address)]))


@saved.command("follow")
def follow(
    *,
    uscc: Annotated[str | None, typer.Option(help="统一社会信用代码 / USCC")] = None,
    occupation: Annotated[
        str | None, typer.Option(help="职业名称 / name of the occupation")
    ] = None,
) -> None:
    """关注一家企业或一个职业：其各个列表都存为问题 / Follow an enterprise or an occupation."""
    from api.installation import saved_questions  # noqa: PLC0415 - start-up time

    _tell(_with(lambda house, who: saved_questions.follow(house, who, uscc, occupation)))


@saved.command("seen")
def acknowledge(id_: Id) -> None:
    """现在的答案已看过 / Take the present answer as seen."""
    from api.installation import saved_questions  # noqa: PLC0415 - start-up time

    _tell(_with(lambda house, who: [saved_questions.looked(house, who, id_)]))


@saved.command("remove")
def remove(id_: Id) -> None:
    """删除一个问题 / Forget a question."""
    from api.installation import saved_questions  # noqa: PLC0415 - start-up time

    _tell(_with(lambda house, who: [saved_questions.forget(house, who, id_)]))


def _with(
    act: "Callable[[Installation, Actor], Sequence[dict[str, Any]]]",
) -> "Sequence[dict[str, Any]]":
    from api.installation.wiring import caught_up  # noqa: PLC0415 - start-up time

    with caught_up() as (house, who):
        return act(house, who)


def _tell(questions: "Sequence[dict[str, Any]]") -> None:
    for question in questions:
        tell(
            f"{question['id']} {question['name']}：{question['address']}，{question['rows']} 行",
            f"{question['id']} {question['name']}: {question['address']}, {question['rows']} rows",
        )
