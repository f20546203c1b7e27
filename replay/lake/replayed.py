"""The digests of the tables from the ledger itself: folded, without a look at views or files."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

from projections.follow.fold import Rules
from projections.items.tables import TABLES
from projections.views.lines import NULL
from replay import known_at
from replay.known_at import SubjectsPart
from replay.lake.files import MODULUS, row_digest
from replay.lake.rows import Held, writes

_WRITES = {table.view: (table.name, writes(table)) for table in TABLES.values() if table.view}


class Sum(NamedTuple):
    """Number of rows of a table and the sum over them."""

    rows: int = 0
    digest: int = 0

    def plus(self, other: "Sum") -> "Sum":
        """Return the sum over the rows of both."""
        return Sum(self.rows + other.rows, (self.digest + other.digest) % MODULUS)


Sums: TypeAlias = dict[str, Sum]


def folded(rules: Rules, part: SubjectsPart) -> Sums:
    """Return the sums over all rows that ever held in one part of a replay, by table."""
    sums: Sums = defaultdict(Sum)
    for view, rows in known_at.history(rules, part):
        name, write = _WRITES[view]
        for row in rows:
            sums[name] = sums[name].plus(Sum(1, row_digest(write(_held(view, row)))))
    return dict(sums)


def _held(view: str, row: Sequence[str]) -> Held:
    subject, key, district, known_from, known_to, valid_from, valid_to, doc, *columns = row
    kind, stage = columns if view == "cases" else (None, None)
    return Held(
        key,
        subject,
        _given(district),
        int(known_from),
        None if known_to == NULL else int(known_to),
        valid_from,
        _given(valid_to),
        doc,
        kind,
        stage,
    )


def _given(value: str) -> str | None:
    return None if value == NULL else value


def together(parts: Iterable[Sums]) -> Sums:
    """Return the sums over all parts; a table without rows has an empty one."""
    whole: Sums = {name: Sum() for name, _ in _WRITES.values()}
    for part in parts:
        for name, some in part.items():
            whole[name] = whole[name].plus(some)
    return whole
