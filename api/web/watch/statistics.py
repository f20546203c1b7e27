"""`/statistics` 统计: counts by one or two of their dimensions, with shares, a picture and what is counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from api.export.formats import Row
from api.http.caller import Caller, Installed
from api.questions.comparing import diff
from api.questions.parameters import MOST_COLUMNS
from api.questions.problems import Fault
from api.questions.questions import StatsQuestion
from api.web.frame.choices import Choices, choices
from api.web.frame.frame import FILES, framed
from api.web.frame.reading import read
from api.web.frame.rendering import render
from api.web.watch.counted_charts import Cells, CountBar, bars, cells
from api.words.definitions import DEFINITIONS, NAMES, Definition
from api.words.language import Words
from projections.counts.rates import FEW
from projections.counts.statistics import columns
from projections.items.changes import COLUMNS, COUNTS

router = APIRouter(include_in_schema=False)
FIRST = "district"
"""What is counted by where nobody says."""
_RATES = ("session_rate", "certificate_rate")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsPage:
    """Counts, and a picture of one of them."""

    asked: Mapping[str, str]
    """The filters as typed."""
    faults: tuple[Fault, ...]
    """Filters that could not be understood."""
    dimensions: Choices
    """What counts can be by."""
    measures: Choices
    """What the picture can show."""
    districts: Choices
    """The authorities to choose from; none for whom one is given."""
    by: Sequence[str]
    """Members of a line that say what it counts."""
    measure: str
    """What the picture shows."""
    lines: Sequence[Row]
    """As `GET /v1/stats` gives them."""
    rates: bool
    """Whether shares are shown."""
    few: int
    """Below so many a share is marked."""
    total: Mapping[str, int]
    """Sums of what is counted once in a line."""
    bars: Sequence[CountBar]
    """The picture of one dimension."""
    cells: Cells | None
    """The picture of two."""
    limited: Mapping[str, str] | None
    """What the reader sees is limited to."""
    definitions: Sequence[tuple[Words | str, Definition]]
    """What is counted, in words; a plain count by its name in the vocabulary."""


@router.get("/statistics")
def statistics(request: Request, house: Installed, actor: Caller) -> Response:
    """Show counts."""
    given = {**request.query_params}
    words, slips = _dimensions(given)
    by = ",".join(words)
    question, reading = read(request, StatsQuestion, "by", "and_by", "measure", beside={"by": by})
    answer = diff.stats(house, actor, question)
    frame = framed(
        request,
        house,
        actor,
        answer.answer_basis,
        twin="/v1/stats",
        beside={"by": by},
        own=("by", "and_by", "measure"),
        formats=FILES,
        entire=True,
    )
    lines, named = answer.page.items, columns(question.by)
    measure = given.get("measure", "")
    measure = measure if measure in COUNTS else "breaches"
    page = StatisticsPage(
        asked={**given, "by": words[0], "and_by": words[1] if words[1:] else ""},
        faults=(*slips, *reading.faults),
        dimensions=choices(frame.language, "stated_by"),
        measures=choices(frame.language, "count"),
        districts=[] if answer.page.limited else choices(frame.language, "district"),
        by=named,
        measure=measure,
        lines=lines,
        rates=question.rates == "yes",
        few=FEW,
        total={name: sum(line[name] for line in lines) for name in ("sessions", "certificates")},
        bars=[] if words[1:] else bars(lines, named[-1], measure),
        cells=cells(lines, named[-1], named[0], measure) if words[1:] else None,
        limited=answer.page.limited,
        definitions=[(NAMES.get(name, name), DEFINITIONS[name]) for name in (*COUNTS, *_RATES)],
    )
    return render(frame, "statistics.html", page, 422 if page.faults else 200)


def _dimensions(given: Mapping[str, str]) -> tuple[list[str], tuple[Fault, ...]]:
    """Return the words that counts are by, chosen in one field or in two, and what is no such word."""
    asked = [*given.get("by", "").split(","), given.get("and_by", "")]
    words = [word for word in dict.fromkeys(asked) if word in COLUMNS][:MOST_COLUMNS]
    wrong = any(word and word not in COLUMNS for word in asked)
    reason = f"取值应为 {'、'.join(COLUMNS)} 之一 / must be one of {', '.join(COLUMNS)}"
    return words or [FIRST], (Fault("by", reason),) if wrong else ()
