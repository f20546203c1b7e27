"""What would be if: asked of the whole city, part by part, and said as a comparison says it."""

from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from api.export import files
from api.export.files import Origin
from api.export.formats import PARQUET
from api.installation.wiring import Installation
from api.questions.comparing.diff import in_words
from api.questions.lists import VIEWS
from projections.follow.fold import Rules
from projections.items.changes import DIFFERENCES
from projections.items.disclosure import shower
from projections.items.shape import Audience, Shape, shape_of
from projections.views.cases import KINDS
from projections.views.row import item
from replay import engines, suppositions
from replay.engines import Engine, Executor
from replay.suppositions import FoldedPart, Planned, Whole

FEW = 50_000
"""Entries up to which one process is quicker than starting others."""


class Flips(NamedTuple):
    """How many verdicts flip, by check and by verdict before and after."""

    numbers: Counter[tuple[str, str, str]]

    @property
    def total(self) -> int:
        """All of them."""
        return self.numbers.total()

    def shown(self) -> list[dict[str, Any]]:
        """Return them as the API shows them."""
        return [
            {"code": code, "before": before, "after": after, "number": number}
            for (code, before, after), number in sorted(self.numbers.items())
        ]


def asked(
    house: Installation, whole: Whole, planned: Planned, running: Executor
) -> Iterator[tuple[int, FoldedPart, list[dict[str, Any]]]]:
    """Yield of each part its entries, what was found, and its lines with what explains them."""
    of_parts = suppositions.carried_out(running, planned)
    for (_, entries), found_of_part in zip(planned.parts, of_parts, strict=True):
        yield entries, found_of_part, suppositions.explained(house.log, found_of_part.lines, whole)


@contextmanager
def executor(folding: Rules, entries: int, workers: int) -> Generator[Executor]:
    """Yield where the parts run: here for few entries, else on so many processes."""
    with engines.running(folding, Engine(1 if entries <= FEW else workers)) as running:
        yield running


def line_shown(line: dict[str, Any], audience: Audience) -> dict[str, Any]:
    """Return a line as its reader sees it, in words too."""
    kind = str(line["of"])
    return in_words(kind, shower(DIFFERENCES[kind], audience)(line))


LISTED = {
    "roster": "roster",
    "flags": "flags",
    "sessions": "assessments",
    **{kind: kind for kind in KINDS},
}
"""A table as it would be → the list that shows its rows as they are."""


def shape_of_rows(name: str) -> Shape:
    """Return the shape of the rows of a table."""
    return shape_of(VIEWS[LISTED[name]].item)


def parquet(
    name: str, batches: Iterator[Sequence[str]], origin: Origin, audience: Audience
) -> Iterator[bytes]:
    """Yield a table as a file: the rows of a list as its reader would see them."""
    shape = VIEWS[LISTED[name]].item
    show = shower(shape, audience)
    rows = ([show(item(doc)) for doc in docs] for docs in batches)
    return files.pieces(PARQUET, shape_of(shape).seen_by(audience).fields, rows, origin)
