"""What is shown at a basis, summed up so that any way of asking can be compared: API, files, SQL, replay.

A row counts by what it says, whatever its types: days and instants as ISO writes them, numbers as numbers.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from projections.follow.fold import Rules
from projections.items.tables import KINDS, TABLES
from projections.items.typed import writer
from projections.views.row import item
from replay import known_at
from replay.known_at import SubjectsPart

Row = Mapping[str, Any]
Sums = dict[str, tuple[int, int]]
"""List → number of rows and the sum over them."""
MODULUS = 1 << 128
LISTS = ("roster", "flags", "assessments", "certificates")
"""Tables that are a list of the API under the same name; cases are six of them."""
NAMES = {
    name: [
        ({here: field for field, here in TABLES[name].renamed.items()}.get(f.name, f.name), f.name)
        for f in TABLES[name].fields[7:]
    ]
    for name in LISTS
}
"""List → the fields that are compared: as the item calls them, as the table does."""
OF_VIEW = {TABLES[name].view: name for name in LISTS}


def summed(rows: Mapping[str, Iterable[Row]]) -> Sums:
    """Sum up rows under the names of their items, list by list."""
    found = dict.fromkeys((*LISTS, *KINDS), (0, 0))
    for name, some in rows.items():
        for row in some:
            number, total = found[name]
            found[name] = number + 1, (total + _counts_as(name, row)) % MODULUS
    return found


def together(parts: Iterable[Sums]) -> Sums:
    """The sums over all parts."""
    found = summed({})
    for part in parts:
        for name, (number, total) in part.items():
            before = found[name]
            found[name] = before[0] + number, (before[1] + total) % MODULUS
    return found


def _counts_as(name: str, row: Row) -> int:
    shown = {field: row[field] for field, _ in NAMES[name]} if name in NAMES else row
    line = json.dumps(plain(shown), sort_keys=True, ensure_ascii=False).encode()
    return int.from_bytes(sha256(line).digest()[:16])


def of_table(name: str, row: Row) -> Row:
    """A row of a table as its item."""
    return {field: row[here] for field, here in NAMES[name]}


def of_cases(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows of the table of cases, as the items of six lists."""
    found: dict[str, list[Row]] = {kind: [] for kind in KINDS}
    for row in rows:
        found[row["kind"]].append(row[KINDS[row["kind"]][0]])
    return found


def folded(rules: Rules, part: SubjectsPart, day: dt.date) -> Sums:
    """What one part of a replay shows on a day."""
    found: dict[str, list[Row]] = {}
    for shown in known_at.rows(rules, part):
        if not shown.row.holds_on(day):
            continue
        if shown.table == "cases":
            kind = shown.key.partition("/")[0]
            found.setdefault(kind, []).append(writer(KINDS[kind][1])(item(shown.row.doc)))
        elif shown.table in OF_VIEW:
            name = OF_VIEW[shown.table]
            found.setdefault(name, []).append(writer(TABLES[name].item)(item(shown.row.doc)))
    return summed(found)


def plain(value: Any) -> Any:
    """A value whatever its way; fields of a correction are JSON text in files, and compared elsewhere."""
    match value:
        case dict():
            return {name: plain(each) for name, each in value.items() if name != "fields"}
        case list():
            return [plain(each) for each in value]
        case dt.date():
            return _instant(value) if isinstance(value, dt.datetime) else value.isoformat()
        case str():
            return _as_it_reads(value)
        case bool() | None:
            return value
        case _:
            return float(value)


def _instant(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat()


def _as_it_reads(text: str) -> object:
    if text.startswith("{"):
        return plain(json.loads(text))  # what has no fixed members
    try:
        if "T" in text and len(text) > 18:
            return _instant(dt.datetime.fromisoformat(text))
        return float(text)  # rows are written with numbers as text
    except ValueError:
        return text
