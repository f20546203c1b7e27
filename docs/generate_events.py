"""Write `docs/events.md` from the registry: every event with its fields, roles and refusals.

Run `python -m docs.generate_events` after changing an event; a test compares.
"""  # noqa: INP001 - a script among documents, not a package

import ast
import inspect
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import ModuleType, NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from domain import corrector, permissions
from domain.application import evaluation, progress
from domain.finding import finding, grounds
from domain.inspection import draw, inspection
from domain.permissions import MAY
from domain.registry import EVENTS, EventType
from domain.terms import guards, scope
from domain.terms.clauses import CLAUSES
from ledger.members import member

TARGET = Path(__file__).with_name("events.md")
SHARED = (guards, permissions, corrector, progress, scope, evaluation)
_RULES: Mapping[ModuleType, tuple[ModuleType, ...]] = {
    finding: (grounds,),
    inspection: (draw,),
}
"""Stream → rules of its own that stand apart from its events and its state."""
_PLAIN = {
    str: "text",
    int: "whole number",
    bool: "true or false",
    Decimal: "number",
    date: "day",
    datetime: "instant",
}
_REFUSING = {"Refused": 0, "existing": 1}
"""Functions that refuse → place of the code among their arguments; the words follow."""

_INTRODUCTION = """\
# Events

Written by `docs/generate_events.py` from the code; do not edit.

{number} events in {streams} kinds of stream. Each is recorded under its stored name, whose last part is
the number of its schema; older schemas stay readable for ever. What every entry carries beside its
data (position, both times, subject, district, actor, reason, document) stands in `ledger-format.md`.
Levels are written `apprentice`, `5` … `1`, `special`, `chief`; days are calendar days in Asia/Shanghai.
"""


def render() -> str:
    """Return the whole document."""
    modules: dict[ModuleType, list[EventType]] = {}
    for event in EVENTS.values():
        modules.setdefault(event.module, []).append(event)
    parts = [_INTRODUCTION.format(number=len(EVENTS), streams=len(modules))]
    for module, events in modules.items():
        parts += [_stream(module), *map(_event, events), _refusals(module)]
    parts += ["## Shapes\n", *map(_shape, _shapes())]
    parts += ["## Refusals that streams share\n", *map(_refusals, SHARED)]
    return "\n".join(part for part in parts if part)


def _stream(module: ModuleType) -> str:
    title, _, more = inspect.cleandoc(module.__doc__ or "").partition("\n")
    clauses = _clauses(title)
    lines = [f"## {title.rstrip('.')}\n"]
    if more.strip():
        lines.append(f"{_one_line(more)}\n")
    if clauses:
        lines.append("\n".join(f"- {c}: {CLAUSES[c].zh} · {CLAUSES[c].en}" for c in clauses) + "\n")
    return "\n".join(lines)


def _clauses(text: str) -> list[str]:
    """Return the clauses that `text` names; `六(一)–六(四)` stands for all between."""
    order = list(CLAUSES)
    longest_first = "|".join(map(re.escape, sorted(order, key=len, reverse=True)))
    found: set[str] = set()
    for first, last in re.findall(f"({longest_first})(?:–({longest_first}))?", text):
        start = order.index(first)
        found |= set(order[start : order.index(last) + 1] if last else [first])
    return [clause for clause in order if clause in found]


def _event(event: EventType) -> str:
    roles = ", ".join(f"`{role.value}`" for role in MAY[event.name]) or "the owner of the tables"
    head = f"### {event.name}\n\n`{event.stored}` · recorded by {roles}\n"
    return f"{head}\n{_words(event.cls)}\n\n{_table(event.cls)}"


def _shape(cls: type) -> str:
    return f"### {cls.__name__}\n\n{_words(cls)}\n\n{_table(cls)}"


def _words(cls: type) -> str:
    return _one_line(inspect.getdoc(cls) or "")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _table(cls: Any) -> str:  # noqa: ANN401 - a class of records
    hints, said = get_type_hints(cls), _said(cls)
    lines = ["| field | holds | |", "|---|---|---|"]
    for field in fields(cls):
        optional = "" if _required(field) else "may be left out"
        remark = " · ".join(filter(None, (optional, said.get(field.name, ""))))
        lines.append(f"| `{member(field.name)}` | {_holds(hints[field.name])} | {remark} |")
    return "\n".join(lines) + "\n"


def _required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _holds(hint: Any) -> str:  # noqa: ANN401 - any annotation
    if get_origin(hint) in {Union, UnionType}:
        return " or ".join(_holds(kind) for kind in get_args(hint) if kind is not NoneType)
    if get_origin(hint) is tuple:
        return f"list of {_holds(get_args(hint)[0])}"
    if is_dataclass(hint):
        name = getattr(hint, "__name__", "")
        return f"[{name}](#{name.lower()})"
    if issubclass(hint, Enum):
        return " ".join(f"`{member.value}`" for member in hint)
    return _PLAIN[hint]


def _shapes() -> list[type]:
    """Return the records that stand in events, in order of name."""
    found: set[type] = set()
    waiting: list[Any] = [event.cls for event in EVENTS.values()]
    while waiting:
        for hint in get_type_hints(waiting.pop()).values():
            for inner in _records(hint):
                if inner not in found:
                    found.add(inner)
                    waiting.append(inner)
    return sorted(found, key=lambda cls: cls.__name__)


def _records(hint: Any) -> Iterator[type]:  # noqa: ANN401 - any annotation
    if isinstance(hint, type) and is_dataclass(hint):
        yield hint
    for inner in get_args(hint):
        yield from _records(inner)


@cache
def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(inspect.getsource(module))


def _said(cls: type) -> Mapping[str, str]:
    """Return what the source says of fields: a text on its own behind the field."""
    tree = _tree(sys.modules[cls.__module__])
    body = next(n.body for n in tree.body if isinstance(n, ast.ClassDef) and n.name == cls.__name__)
    said: dict[str, str] = {}
    for before, after in pairwise(body):
        if isinstance(before, ast.AnnAssign) and isinstance(before.target, ast.Name):
            text = _text(after.value) if isinstance(after, ast.Expr) else None
            if text is not None:
                said[before.target.id] = _one_line(text)
    return said


def _refusals(module: ModuleType) -> str:
    found = sorted(set(refusals(module)))
    if not found:
        return ""
    title = module.__name__.rpartition(".")[2].replace("_", " ")
    heading = f"#### Refused ({title})\n\n| code | words |\n|---|---|\n"
    return heading + "".join(f"| `{code}` | {zh}<br>{en} |\n" for code, zh, en in found)


def refusals(module: ModuleType) -> Iterable[tuple[str, str, str]]:
    """Yield code and words in both languages of every refusal that a stream or a rule words itself."""
    for part in _parts(module):
        yield from _worded(part)


def _parts(module: ModuleType) -> set[ModuleType]:
    """Return `module` and, where it is a stream, the modules of its events, its state and its rules."""
    events = [event.cls for event in EVENTS.values() if event.module is module]
    state = getattr(module, "State", None)
    homes = (*events, state, *get_args(state))
    return {
        module,
        *_RULES.get(module, ()),
        *(sys.modules[cls.__module__] for cls in homes if is_dataclass(cls)),
    }


def _worded(module: ModuleType) -> Iterable[tuple[str, str, str]]:
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            place = _REFUSING.get(node.func.id)
            words = [_text(part) for part in node.args]
            if place is None or len(words) < place + 3 or words[place] is None:
                continue
            code, zh, en = words[place : place + 3]
            yield code or "", zh or "…", en or "…"


def _text(node: ast.expr) -> str | None:
    """Return a text as it stands in the source; `…` where a value is filled in."""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr():
            return "".join(_text(part) or "…" for part in node.values)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return f"{_text(left) or '…'}{_text(right) or '…'}"
        case _:
            return None


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
