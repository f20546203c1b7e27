"""How a shown item is declared, and the shape that everything else is made from.

An item is a frozen dataclass. Each field says its type, its heads in Chinese and English, and who may
see it; a field that says nothing is shown to nobody. JSON, OpenAPI, the columns of CSV, XLSX and
Parquet, the tables of a terminal and `docs/items.md` are made from the shape, and from nothing else.
"""

import dataclasses
import types
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import (
    Annotated,
    Any,
    Literal,
    NamedTuple,
    TypeAlias,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)


class Audience(StrEnum):
    """Who is answered."""

    ANYONE = "anyone"
    """The public."""
    READERS = "readers"
    """Who may read the record, but nothing that tells of a person."""
    OFFICES = "offices"
    """Who may read the record, people included."""


class See(StrEnum):
    """Who may see a field; each sees also what those before it see."""

    PUBLISHED = "published"
    """Anyone: it was published."""
    READ = "read"
    """Whoever may read the record."""
    MASKED = "masked"
    """Whoever may read the record; who may not see people sees the name masked."""
    WRITTEN = "written"
    """As masked, of what somebody wrote in words of their own, or named a file: it may name anybody."""
    PERSONAL = "personal"
    """Whoever may see people; for others it is not there at all."""


PUBLISHED, READ, MASKED, PERSONAL = See.PUBLISHED, See.READ, See.MASKED, See.PERSONAL
WRITTEN = See.WRITTEN


class Head(NamedTuple):
    """What a field is called."""

    zh: str
    en: str


class Said(NamedTuple):
    """The vocabulary of `api.words` that says the value in words."""

    vocabulary: str


class Shown(NamedTuple):
    """An example of the value, as JSON has it."""

    value: Any


class Sometimes(NamedTuple):
    """The field is there only where the question asks for it."""


SOMETIMES = Sometimes()


class Partly(NamedTuple):
    """Of a row that the reader may not see there is its position alone."""


PARTLY = Partly()


class OnlyPublished(NamedTuple):
    """Of the record there are the published fields alone, whoever asks."""


ONLY_PUBLISHED = OnlyPublished()


class Until(NamedTuple):
    """The day behind the last that counts: people are shown the last one (0142)."""


UNTIL = Until()

Json: TypeAlias = Mapping[str, Any]
"""A value whose members differ from row to row: an event's data, say."""
Anything: TypeAlias = object
"""Any value that JSON has: one side of a field that differs, say."""
Kind: TypeAlias = Literal[
    "text", "day", "instant", "integer", "number", "boolean", "record", "json", "any"
]
_PLAIN: Mapping[Any, Kind] = {
    str: "text",
    date: "day",
    datetime: "instant",
    int: "integer",
    Decimal: "number",
    bool: "boolean",
    object: "any",
}


class Field(NamedTuple):
    """One field of an item."""

    name: str
    head: Head
    see: See | None
    """None: it was not said, and nobody sees it."""
    kind: Kind
    many: bool = False
    """Whether it holds a list of values of this kind."""
    optional: bool = False
    """Whether it may be without a value."""
    sometimes: bool = False
    """Whether it is there only where the question asks for it."""
    values: tuple[str, ...] = ()
    """Every value that there is, where they are closed."""
    enumeration: str | None = None
    """What those values are called together, where they have a name."""
    said: str | None = None
    """The vocabulary that says the value in words."""
    partly: bool = False
    """Whether there is the position alone of rows that the reader may not see."""
    until: bool = False
    """Whether the day is the one behind the last that counts."""
    shape: "Shape | None" = None
    """The members of a record."""
    example: Any = None

    @property
    def always(self) -> bool:
        """Whether every answer has it, whoever asks."""
        return not self.sometimes and self.see is not PERSONAL

    def visible_to(self, audience: Audience) -> bool:
        """Return whether they see the field, as it is or masked."""
        match audience:
            case Audience.ANYONE:
                return self.see is PUBLISHED
            case Audience.READERS:
                return self.see in {PUBLISHED, READ, MASKED, WRITTEN}
            case Audience.OFFICES:
                return self.see is not None


class Shape(NamedTuple):
    """An item: its name, what it is in both languages, its fields in order."""

    name: str
    zh: str
    en: str
    fields: tuple[Field, ...]
    brief: tuple[str, ...] = ()
    """Fields that say in a cell what a record is; none: all of them do."""

    def seen_by(self, audience: Audience) -> "Shape":
        """Return the shape as far as they see it."""
        visible = tuple(
            field if field.shape is None else field._replace(shape=field.shape.seen_by(audience))
            for field in self.fields
            if field.visible_to(audience)
        )
        return self._replace(fields=visible)

    def has(self, name: str) -> bool:
        """Return whether there is a field of that name."""
        return any(field.name == name for field in self.fields)

    def only(self, *names: str) -> "Shape":
        """Return the shape with these fields alone, in this order."""
        by_name = {field.name: field for field in self.fields}
        return self._replace(fields=tuple(by_name[name] for name in names))

    def always(self) -> "Shape":
        """Return the shape without what is there only where a question asks for it."""
        return self._replace(fields=tuple(field for field in self.fields if not field.sometimes))

    def records(self) -> Iterator["Shape"]:
        """Yield this shape and those of all records in it."""
        yield self
        for field in self.fields:
            if field.shape is not None:
                yield from field.shape.records()


@cache
def shape_of(item: type) -> Shape:
    """Return the shape that an item declares.

    Raises:
        TypeError: a field has a type that no file could hold, or no head.
    """
    zh, _, en = (item.__doc__ or "").strip().rstrip(".").partition(" / ")
    hints = get_type_hints(item, include_extras=True)
    fields = tuple(
        _field(f"{item.__name__}.{declared.name}", declared.name.rstrip("_"), hints[declared.name])
        for declared in dataclasses.fields(item)
    )
    brief: tuple[str, ...] = getattr(item, "BRIEF", ())
    return Shape(item.__name__, zh, en, fields, brief)


def plain(name: str, zh: str, en: str, kind: Kind = "text") -> Field:
    """Return a column of a table that is no item: of the command line, say."""
    return Field(name, Head(zh, en), READ, kind)


class _Read(NamedTuple):
    """A type taken apart."""

    plain: Any
    many: bool
    optional: bool
    said: tuple[Any, ...]


def _read(hint: Any) -> _Read:  # noqa: ANN401 - any type
    origin = get_origin(hint)
    if origin is Annotated:
        inner, *said = get_args(hint)
        read = _read(inner)
        return read._replace(said=(*read.said, *said))
    if origin in {Union, types.UnionType}:
        rest = [each for each in get_args(hint) if each is not types.NoneType]
        if len(rest) == 1:
            return _read(rest[0])._replace(optional=True)
    if origin is tuple:
        inner, *_ = get_args(hint)
        read = _read(inner)
        return read._replace(many=True, optional=False)
    return _Read(hint, many=False, optional=False, said=())


def _field(where: str, name: str, hint: Any) -> Field:  # noqa: ANN401 - any type
    read = _read(hint)
    markers: dict[Any, Any] = {type(marker): marker for marker in read.said}
    head: Head | None = markers.get(Head)
    if head is None:
        raise TypeError(f"{where} has no head")
    field = Field(
        name,
        head,
        markers.get(See),
        _kind(where, read.plain),
        many=read.many,
        optional=read.optional,
        sometimes=Sometimes in markers,
        values=_values(read.plain),
        enumeration=read.plain.__name__ if _is_enumeration(read.plain) else None,
        said=markers[Said].vocabulary if Said in markers else None,
        until=Until in markers,
        partly=Partly in markers,
        shape=_shape(read.plain, published=OnlyPublished in markers),
    )
    return field._replace(example=markers[Shown].value) if Shown in markers else field


def _kind(where: str, plain: Any) -> Kind:  # noqa: ANN401 - any type
    if plain in _PLAIN:
        return _PLAIN[plain]
    if dataclasses.is_dataclass(plain):
        return "record"
    if _values(plain):
        return "text"
    if plain == Json:
        return "json"
    raise TypeError(f"{where}: {plain} is no type of a field")


def _shape(plain: Any, *, published: bool) -> Shape | None:  # noqa: ANN401 - any type
    if not (isinstance(plain, type) and dataclasses.is_dataclass(plain)):
        return None
    whole = shape_of(plain)
    if not published:
        return whole
    return whole.seen_by(Audience.ANYONE)._replace(name=f"Published{whole.name}")


def _is_enumeration(plain: Any) -> bool:  # noqa: ANN401 - any type
    return isinstance(plain, type) and issubclass(plain, StrEnum)


def _values(plain: Any) -> tuple[str, ...]:  # noqa: ANN401 - any type
    if _is_enumeration(plain):
        return tuple(member.value for member in plain)
    return get_args(plain) if get_origin(plain) is Literal else ()
