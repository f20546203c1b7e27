"""Rows of a form that grow as they are needed: how many it shows, with a script and without one.

A button `more` of the form's own brings it back with more rows and everything that was typed.
"""

from collections.abc import Iterator, Mapping

from starlette.datastructures import FormData

from api.web.frame.acting import text

MORE = "more"
"""The button that asks for another row; its value names the rows."""
MOST = 200
"""Rows that a form holds at most; whoever has more sends a file."""


def room(values: Mapping[str, str], name: str, least: int) -> int:
    """Return how many rows the form shows that holds `values`."""
    said = values.get(f"rooms.{name}", "")
    shown = int(said) if said.isascii() and said.isdecimal() and len(said) < 4 else 0
    return min(MOST, max(least, shown))


def asked_for_more(form: FormData) -> str | None:
    """Return which rows the reader wants more of, if that is what was pressed."""
    return text(form, MORE)


def grown(values: dict[str, str], name: str, least: int, by: int = 4) -> dict[str, str]:
    """Return the values of a form that shows more rows of `name`."""
    return {**values, f"rooms.{name}": str(min(MOST, room(values, name, least) + by))}


def filled(form: FormData, name: str, field: str) -> Iterator[str]:
    """Yield the names `name.N` of the rows whose `field` holds something, in order."""
    for number in range(MOST):
        if text(form, f"{name}.{number}.{field}") is not None:
            yield f"{name}.{number}"
