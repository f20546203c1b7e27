"""A scope in a form: chosen from what another scope offers, or typed line by line."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from starlette.datastructures import FormData

from api.installation.wiring import Installation
from api.questions.problems import invalid
from api.web.frame.acting import text
from api.web.frame.rooms import filled
from domain.terms.reference import Dictionary
from domain.terms.vocabulary import Level, level_from
from ledger.log.clock import today

LINES = 8
"""Lines of a scope that a form offers at first."""

Item = dict[str, Any]
"""A scope item as the contract writes it: edition, code, name, trade, levels."""


def chosen(form: FormData, name: str, offered: Sequence[Mapping[str, Any]]) -> list[Item]:
    """Return what was ticked of `offered`: each box `name` has the value `item.level`."""
    ticked = {str(value) for value in form.getlist(name)}
    items: list[Item] = []
    for index, item in enumerate(offered):
        levels = [level for level in item["levels"] if f"{index}.{level}" in ticked]
        if levels:
            items.append({**item, "levels": levels})
    return items


def all_ticked(offered: Sequence[Mapping[str, Any]]) -> set[str]:
    """Return the values of all boxes of `offered`."""
    return {f"{index}.{level}" for index, item in enumerate(offered) for level in item["levels"]}


def written(form: FormData, name: str, dictionary: Dictionary) -> list[Item]:
    """Return the lines of a scope that were typed: occupation by code or name, 工种, levels.

    The fields of line n are `name.n.occupation`, `name.n.trade` and boxes `name.n.levels`.

    Raises:
        Problem: an occupation that the dictionary does not have, or no level for it.
    """
    items: list[Item] = []
    for field in filled(form, name, "occupation"):
        said = text(form, f"{field}.occupation") or ""
        code, called = named(said, dictionary, f"{field}.occupation")
        levels = [str(value) for value in form.getlist(f"{field}.levels")]
        if not levels:
            raise invalid(
                f"{field}.levels",
                f"请为 {called} 勾选等级",
                f"tick the levels of {called}",
            )
        items.append(
            {
                "edition": dictionary.edition,
                "code": code,
                "name": called,
                "trade": text(form, f"{field}.trade"),
                "levels": by_rank(levels),
            }
        )
    return items


def dictionary_in_force(house: Installation) -> Dictionary:
    """Return what typed occupations are looked up in: the dictionary of today with its new occupations.

    Raises:
        Problem: an edition is in force whose content is not held.
    """
    dictionary = house.reference_at(house.ends().head).offered(today())
    if dictionary is None:
        raise invalid(
            "occupation",
            "现行职业分类大典的内容未收录，不能在表单中填写职业；请先在“目录”页收录，或用导入写明版本与编码",
            "the content of the dictionary in force is not held; store it on the page 目录, or import"
            " the occupation with edition and code",
        )
    return dictionary


def named(said: str, dictionary: Dictionary, field: str) -> tuple[str, str]:
    """Return code and name of the occupation that was typed as either.

    Raises:
        Problem: the dictionary does not have it.
    """
    said = said.strip()
    if said in dictionary.names:
        return said, dictionary.names[said]
    if said in dictionary.codes:
        return dictionary.codes[said], said
    raise invalid(
        field,
        f"{dictionary.edition} 年版大典中没有“{said[:40]}”；请填职业编码（如 6-31-01-03）或完整名称（如 电工）",
        f"the {dictionary.edition} dictionary has no {said[:40]!r}; give the code (6-31-01-03) or the whole name",
    )


def by_rank(levels: Iterable[str]) -> list[str]:
    """Return levels lowest first, each once; what is no level is left out."""
    known = [level for level in map(level_from, levels) if level is not None]
    return [level.value for level in sorted(set(known), key=lambda level: Level(level).rank)]
