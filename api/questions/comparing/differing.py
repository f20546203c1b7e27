"""Where two records differ: every field by its path, with what stands on either side."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from projections.views.roster import by_occupation

Item = Mapping[str, Any]
EXPLAINING = frozenset({"because"})
"""What a record rests on explains a difference, and is none."""


def fields(before: Item | None, after: Item | None) -> list[dict[str, Any]]:
    """Return `{path, before, after}` of what differs; of what came or went as a whole, nothing."""
    if before is None or after is None:
        return []
    return [
        {"path": path, "before": old, "after": new}
        for path, old, new in _differing("", before, after)
    ]


def _differing(start: str, before: Item, after: Item) -> Iterator[tuple[str, Any, Any]]:
    for name in [*before, *(name for name in after if name not in before)]:
        if name in EXPLAINING:
            continue
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        path = f"{start}{name}"
        members = _members(old), _members(new)
        if members[0] is None or members[1] is None:
            yield path, old, new
        else:
            yield from _differing(f"{path}.", members[0], members[1])


def _members(value: object) -> Item | None:
    """Return what a value is taken apart into: a record, or the items of a scope by occupation."""
    if isinstance(value, dict):
        return cast("Item", value)
    if isinstance(value, list):
        return _by_occupation(cast("Sequence[Any]", value))
    return None


def _by_occupation(values: Sequence[Any]) -> Item | None:
    if not all(isinstance(each, dict) and each.keys() >= _OCCUPATION for each in values):
        return None
    return by_occupation(cast("Sequence[Item]", values))


_OCCUPATION = frozenset({"edition", "code", "name"})
