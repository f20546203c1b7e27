"""What of an item somebody sees: its declared fields as far as they may see them, and nothing else."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any, TypeAlias, cast

from domain.terms.identifiers import masked_name
from projections.items.persons import LEFT_OUT, at_path, without_persons
from projections.items.shape import MASKED, WRITTEN, Audience, Field, Shape, shape_of

Shower: TypeAlias = Callable[[Mapping[str, Any]], dict[str, Any]]
_Convert: TypeAlias = Callable[[Any], Any]


@cache
def shower(item: type, audience: Audience) -> Shower:
    """Return what makes an item of that type, as stored, into what they see.

    Every field that they may see is there, without a value where none is stored; what is not
    declared is left out, whatever a stored document holds.
    """
    return _of_shape(shape_of(item), audience)


def _of_shape(shape: Shape, audience: Audience) -> Shower:
    visible = [field for field in shape.fields if field.visible_to(audience)]
    names = [field.name for field in visible]
    asked = frozenset(field.name for field in visible if field.sometimes)
    converted = [(field.name, _of_field(field, audience)) for field in visible]
    converts = [(name, convert) for name, convert in converted if convert is not None]

    # Which field it is that differs says the path; what may be shown of it goes by that.
    pathed = shape.name == "FieldDifference" and audience is not Audience.OFFICES

    def show(stored: Mapping[str, Any]) -> dict[str, Any]:
        get = stored.get
        shown = {name: get(name) for name in names}
        for name in asked:
            if name not in stored:
                del shown[name]
        for name, convert in converts:
            value = shown.get(name)
            if value is not None:
                shown[name] = convert(value)
        if pathed:
            shown |= {
                side: at_path(str(shown["path"]), shown[side]) for side in ("before", "after")
            }
        return shown

    return show


def _of_field(field: Field, audience: Audience) -> _Convert | None:
    """Return what is done to a value that is there; None where it is shown as it is."""
    one = _of_value(field, audience)
    if one is None or not field.many:
        return one

    def each(values: Sequence[Any]) -> list[Any]:
        return [one(value) for value in values]

    return each


def _of_value(field: Field, audience: Audience) -> _Convert | None:
    hidden = audience is not Audience.OFFICES
    if field.shape is not None:
        show = _of_shape(field.shape, audience)
        return partial(_in_part, show) if field.partly else show
    if field.kind in {"json", "any"}:
        return _nameless if hidden else None
    if hidden and field.see is WRITTEN:
        return _left_out
    return _masked if hidden and field.see is MASKED else None


def _in_part(show: Shower, value: Mapping[str, Any]) -> dict[str, Any]:
    return dict(value) if set(value) == {"position"} else show(value)


def _nameless(value: object) -> object:
    return without_persons(cast("Mapping[str, Any]", value)) if isinstance(value, dict) else value


def _left_out(_: object) -> str:
    return LEFT_OUT


def _masked(value: object) -> str:
    return masked_name(str(value))
