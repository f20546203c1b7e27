"""Items: every field says what it is called and who may see it, and nobody sees what does not."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated, Any

import pytest

import projections.items
from api.words.words import VOCABULARY
from projections.items.cases import RegisterItem
from projections.items.disclosure import shower
from projections.items.entries import EntryItem
from projections.items.listed import RosterItem
from projections.items.sessions import CertificateItem, SessionItem
from projections.items.shape import (
    MASKED,
    PERSONAL,
    PUBLISHED,
    READ,
    Audience,
    Head,
    Shape,
    shape_of,
)


def every_item() -> Iterator[type]:
    """Every record that the package declares."""
    for module in iter_modules(projections.items.__path__):
        if module.name not in {"shape", "seen", "persons"}:
            for each in vars(import_module(f"projections.items.{module.name}")).values():
                if isinstance(each, type) and dataclasses.is_dataclass(each):
                    yield each


ITEMS = sorted(set(every_item()), key=lambda item: item.__name__)


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.__name__)
def test_every_field_says_what_it_is_called_and_who_may_see_it(item: type) -> None:
    shape = shape_of(item)
    assert shape.zh
    assert shape.en
    for field in shape.fields:
        assert field.head.zh.strip(), field.name
        assert field.head.en.strip(), field.name
        assert field.see is not None, field.name
        assert field.said is None or field.said in VOCABULARY, field.name


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.__name__)
def test_every_value_of_a_closed_field_has_its_word(item: type) -> None:
    for field in shape_of(item).fields:
        if field.values and field.said is not None:
            assert set(field.values) <= set(VOCABULARY[field.said]), field.name


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.__name__)
def test_what_a_record_is_called_by_is_among_its_fields(item: type) -> None:
    shape = shape_of(item)
    assert all(shape.has(name) for name in shape.brief)


def test_no_two_records_share_a_name() -> None:
    names = [item.__name__ for item in ITEMS]
    assert len(set(names)) == len(names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """人 / a person."""

    name: Annotated[str, Head("姓名", "name"), MASKED]
    card: Annotated[str | None, Head("证号", "card"), PERSONAL]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """检查 / a visit."""

    day: Annotated[date, Head("日期", "day"), PUBLISHED]
    by: Annotated[tuple[Person, ...], Head("人员", "by"), READ]
    added: Annotated[str, Head("新加", "added")]


STORED: dict[str, Any] = {
    "day": "2025-03-18",
    "by": [{"name": "欧阳某某", "card": "R11230002", "born": "1980"}],
    "added": "x",
    "undeclared": "y",
}


@pytest.mark.parametrize(
    ("audience", "shown"),
    [
        (Audience.ANYONE, {"day": "2025-03-18"}),
        (Audience.READERS, {"day": "2025-03-18", "by": [{"name": "欧阳**"}]}),
        (
            Audience.OFFICES,
            {"day": "2025-03-18", "by": [{"name": "欧阳某某", "card": "R11230002"}]},
        ),
    ],
)
def test_a_field_is_seen_by_whom_it_names_and_by_nobody_where_it_names_none(
    audience: Audience, shown: dict[str, Any]
) -> None:
    assert shower(Visit, audience)(STORED) == shown
    assert [field.name for field in shape_of(Visit).seen_by(audience).fields] == list(shown)


def test_a_field_without_a_value_is_there_without_one() -> None:
    assert shower(Visit, Audience.OFFICES)({}) == {"day": None, "by": None}


def test_the_public_sees_of_the_roster_what_was_published() -> None:
    assert [field.name for field in shape_of(RosterItem).seen_by(Audience.ANYONE).fields] == [
        "uscc", "name", "kind", "district", "standing", "batch", "valid_from", "valid_to", "scope",
    ]  # fmt: skip


def test_who_may_not_see_people_sees_no_name_on_any_list() -> None:
    readers = Audience.READERS
    register = {"staff": [{"name": "考评员", "duty": "assessor", "card_no": "R11230002"}]}
    assert shower(RegisterItem, readers)(register)["staff"][0]["name"] == "考**"
    assert "card_no" not in shower(RegisterItem, readers)(register)["staff"][0]
    session = shower(SessionItem, readers)({"assessors": ["考评员"], "quality_staff": None})
    assert (session["assessors"], session["quality_staff"]) == (["考**"], None)
    certificate = shower(CertificateItem, readers)({"holder": {"masked_name": "张*"}})
    assert certificate["holder"] == {"id_type": None, "category": None}
    entry = {"type": "StaffRegistered", "data": {"staff_id": "st-1", "name": "考评员"}}
    assert shower(EntryItem, readers)(entry)["data"]["name"] == "考**"
    seen = {"data": {"seen": {"assessors_absent": ["考评员"]}}}
    assert shower(EntryItem, readers)(seen)["data"]["seen"]["assessors_absent"] == ["考**"]


def test_a_type_that_no_file_could_hold_is_no_field() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Odd:
        """怪 / odd."""

        value: Annotated[complex, Head("值", "value"), READ]

    with pytest.raises(TypeError):
        shape_of(Odd)


def test_a_shape_is_narrowed_to_the_fields_that_are_named() -> None:
    shape: Shape = shape_of(RosterItem).only("name", "uscc")
    assert [field.name for field in shape.fields] == ["name", "uscc"]
