"""Write `docs/items.md` from the items and the lists: every field, who sees it, every filter.

Run `python -m docs.generate_items` after changing an item or a list; a test compares.
"""  # noqa: INP001 - a script among documents, not a package

import sys
from collections.abc import Iterator
from pathlib import Path

from pydantic.fields import FieldInfo

from api.installation.every_list import EVERY_LIST
from api.questions.answered import ANSWERS, OF_NOW
from api.questions.declared import DeclaredList
from projections.items.shape import Field, See, Shape, shape_of

TARGET = Path(__file__).with_name("items.md")
_SEEN = {
    See.PUBLISHED: "anyone",
    See.READ: "readers",
    See.MASKED: "readers; masked",
    See.WRITTEN: "readers; left out",
    See.PERSONAL: "who sees people",
}
_INTRODUCTION = """\
# Lists and items 列表与条目

Written by `docs/generate_items.py` from the code; do not edit.

A list is declared once (`api/installation/every_list.py` names all of them), an item once (`projections/items/`):
route, command, page, JSON, OpenAPI and the columns of CSV, XLSX and Parquet come from there. JSON and CSV
hold values as here;
XLSX and terminal say them in words, an instant in the time of Shanghai, an end marked † by the last day that
counts. Parquet: days are `date32`, instants `timestamp[us, UTC]`, records structs, several lists;
`json` and `any` are JSON as text.

Who sees: *anyone* · *readers*, whoever may read the list at all · *masked*, names masked for an analyst ·
*who sees people*, readers but analysts: for others the field is not there.
"""


def render() -> str:
    """Return the document."""
    parts = [_INTRODUCTION, "## Lists\n", *_lists(), "\n## Items\n", *_items()]
    return "\n".join(parts)


def _lists() -> Iterator[str]:
    yield "| command | address | page | item | key | filters |"
    yield "|---|---|---|---|---|---|"
    for each in EVERY_LIST.values():
        filters = ", ".join(info.alias or name for name, info in _filters(each))
        items = ", ".join(f"[{item.__name__}](#{item.__name__.lower()})" for item in each.rows)
        key = ", ".join(each.key)
        yield (
            f"| `{_command(each)}` {each.summary.zh} · {each.summary.en} | `{each.path}` "
            f"| `{each.page}` | {items} | {key} | {filters} |"
        )


def _command(each: DeclaredList) -> str:
    return " ".join(["dudao", each.command, *(part.upper() for part in each.parts)])


_NO_FILTER = frozenset({"format", "whole", "limit", "cursor", "min_position"})


def _filters(each: DeclaredList) -> Iterator[tuple[str, FieldInfo]]:
    for name, info in each.question.model_fields.items():
        if name not in _NO_FILTER:
            yield name, info


def _items() -> Iterator[str]:
    done: set[str] = set()
    for item in (
        *(row for each in EVERY_LIST.values() for row in each.rows),
        *ANSWERS.values(),
        *OF_NOW.values(),
    ):
        for shape in shape_of(item).records():
            if shape.name not in done:
                done.add(shape.name)
                yield from _item(shape)


def _item(shape: Shape) -> Iterator[str]:
    yield f"### {shape.name}\n"
    yield f"{shape.zh} · {shape.en}\n"
    yield "| field | 中文 | English | type | seen by |"
    yield "|---|---|---|---|---|"
    for field in shape.fields:
        see = "nobody" if field.see is None else _SEEN[field.see]
        end = "†" if field.until else ""
        head = f"{field.head.zh} | {field.head.en}"
        yield f"| `{field.name}`{end} | {head} | {_type(field)} | {see} |"
    yield ""


def _type(field: Field) -> str:
    one = f"[{field.shape.name}](#{field.shape.name.lower()})" if field.shape else field.kind
    if field.values:
        one = ", ".join(f"`{value}`" for value in field.values)
    many = "several " if field.many else ""
    when = " (where asked for)" if field.sometimes else ""
    return f"{many}{one}{' or none' if field.optional else ''}{when}"


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
    sys.stdout.write(f"{TARGET}\n")
