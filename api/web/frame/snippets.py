"""The question of a page, as somebody asks it from a shell, from Python, in SQL and with the command."""

import shlex
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlencode

from api.installation.every_list import list_at
from domain.checks import OF_SUPERVISORS

CLOCKS = ("valid_at", "position")
RULES = "rules"
"""What a statement cannot ask for: the views that it reads are of one version of the fold."""


class Snippet(NamedTuple):
    """One way to ask the same."""

    name: str
    text: str


class InSql(NamedTuple):
    """How the filters of a list are said about its view."""

    view: str
    columns: Mapping[str, str]
    """Filter → column that equals it."""
    day: str | None
    """Column that `from` and `to` are about."""
    usual: str | None
    """What holds where none of `unusual` is asked for."""
    unusual: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    """Checks of which it has no rows."""


_OF_ALL = MappingProxyType({"uscc": "subject", "district": "district"})
IN_SQL: Mapping[str, InSql] = MappingProxyType(
    {
        "roster": InSql(
            "roster",
            MappingProxyType({**_OF_ALL, "standing": "standing"}),
            None,
            "standing <> 'unlisted'",
            frozenset({"standing", "uscc"}),
        ),
        "flags": InSql(
            "flags",
            MappingProxyType({**_OF_ALL, "code": "code", "verdict": "verdict", "case": '"case"'}),
            "valid_at",
            "verdict <> 'clear'",
            frozenset({"verdict", "case"}),
        ),
        "assessments": InSql(
            "assessments", MappingProxyType({**_OF_ALL, "level": "level"}), "held_from", None
        ),
        "certificates": InSql(
            "certificates", MappingProxyType({**_OF_ALL, "state": "state"}), "issued_on", None
        ),
        "delays": InSql(
            "delays",
            MappingProxyType({**_OF_ALL, "code": "code"}),
            "valid_at",
            None,
            absent=frozenset(OF_SUPERVISORS),
        ),
    }
)
"""List → its view. A filter that is not here has no plain equal in SQL: then none is offered."""


def snippets(twin: str, asked: Mapping[str, str]) -> list[Snippet]:
    """Return the ways to ask for the whole list at `twin`; `asked` are its filters and clocks."""
    at = list_at(twin)
    whole = urlencode({**asked, "format": "csv", "all": "true"})
    made = [
        Snippet(
            "curl",
            f'curl -H "Authorization: Bearer $DUDAO_TOKEN" -o list.csv "$DUDAO_URL{twin}?{whole}"',
        ),
        Snippet("Python", f"list(client.items({twin!r}, **{dict(asked)!r}))"),
    ]
    if at is None:
        return made
    listed, parts = at
    statement = _statement(listed.name, asked)
    if statement is not None:
        made.append(Snippet("SQL", statement))
    options = " ".join(
        f"--{name.replace('_', '-')} {shlex.quote(value)}" for name, value in asked.items()
    )
    command = " ".join(["dudao", listed.command, *map(shlex.quote, parts), options])
    return [*made, Snippet("dudao", f"{command} -o list.csv")]


def _statement(name: str, asked: Mapping[str, str]) -> str | None:
    known = IN_SQL.get(name)
    filters = {n: value for n, value in asked.items() if n not in {*CLOCKS, RULES}}
    if known is None or not asked.keys() >= {*CLOCKS} or filters.get("code") in known.absent:
        return None
    conditions: list[str] = []
    for filter_, value in filters.items():
        if filter_ in known.columns:
            conditions.append(f"{known.columns[filter_]} = {_quoted(value)}")
        elif filter_ in {"from", "to"} and known.day is not None:
            conditions.append(f"{known.day} {'>=' if filter_ == 'from' else '<='} {_quoted(value)}")
        else:
            return None
    if known.usual is not None and not known.unusual & filters.keys():
        conditions.append(known.usual)
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    day, position = _quoted(asked["valid_at"]), int(asked["position"])
    return f"SELECT * FROM analysis.{known.view}_at({day}, {position}){where};"  # noqa: S608 - to be read


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
