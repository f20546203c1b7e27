"""A list on a page: its rows, what narrowed them, what its filters offer. One shape for all lists."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias, TypeVar

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from api.export.formats import Row
from api.installation.wiring import Installation
from api.questions.answers import AnswerBasis
from api.questions.columns import table
from api.questions.lists import VIEWS
from api.questions.policy import Action, decide
from api.questions.problems import Fault, Problem
from api.questions.queries import Found, ask
from api.questions.questions import Listed, Sorted
from api.questions.reading import Reading
from api.questions.visibility import Narrowed
from api.web.frame.acts import recordable
from api.web.frame.choices import Choices, choices
from api.web.frame.clocks import PARAMETERS, RULES
from api.web.frame.enterprise_names import names_at
from api.web.frame.frame import FILES, Frame, address, framed
from api.web.frame.reading import Read, read
from api.web.frame.rendering import render
from api.words.language import Language
from domain.terms.envelope import Actor
from projections.counts.stages import stages
from projections.items.shape import Field, shape_of
from projections.views.basis import Basis
from projections.views.cases import Filters
from projections.views.sorting import Column

ROWS = 50
"""Rows of a page at most."""
_NO_FILTER = frozenset({*PARAMETERS, *RULES, "min_position", "cursor", "limit", "sort", "columns"})

Q = TypeVar("Q", bound=Listed)
Past: TypeAlias = Callable[[Reading, AnswerBasis, Sequence[Row]], frozenset[str]]
"""Which rows of a page have a deadline that is past on the day of the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One page of a list."""

    asked: Mapping[str, str]
    """The filters as typed."""
    faults: tuple[Fault, ...]
    """Filters that could not be understood."""
    narrowed: bool
    """Whether a filter is set."""
    offered: Mapping[str, Choices]
    """What the filters offer, by name; no district where the reader is limited to one."""
    items: Sequence[Row]
    """The rows as the API gives them."""
    names: Mapping[str, str]
    """Names of their enterprises by USCC."""
    next: str | None
    """Cursor of the page behind this one."""
    limited: Mapping[str, Any] | None
    """What the reader sees is limited to."""
    fields: Mapping[str, Field] = field(default_factory=dict[str, Field])
    """Every column that there is for the reader, by name; none where no columns are chosen."""
    chosen: Sequence[str] = ()
    """The columns that were chosen, in their order; none: those of the page."""
    sort: str | None = None
    """The column that the rows are sorted by, with `-` the last first; None: the list's own order."""
    sortable: Mapping[str, Column] = field(default_factory=dict[str, Column])
    """The columns that the rows may be sorted by."""

    def shown(self, columns: Mapping[str, str]) -> Sequence[str]:
        """Return the names of the columns to show; `columns`: those that the page has by itself."""
        return self.chosen or [*columns]

    def offers(self, columns: Mapping[str, str]) -> Sequence[str]:
        """Return the names of all columns that may be chosen, those that are shown first."""
        return [*dict.fromkeys((*self.shown(columns), *columns, *self.fields))]

    def sorted_by(self, name: str) -> str:
        """Return how the rows are sorted by the column: `ascending`, `descending`, or not at all."""
        if self.sort is None or self.sort.removeprefix("-") != name:
            return ""
        return "descending" if self.sort.startswith("-") else "ascending"

    def next_order(self, name: str) -> str:
        """Return the order that its head leads to: the other way round, and of days the newest first."""
        match self.sorted_by(name):
            case "ascending":
                return f"-{name}"
            case "descending":
                return name
            case _:
                return (
                    f"-{name}"
                    if name.endswith("_on") or self.sortable[name].kind == "day"
                    else name
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """A list with what may be done from it."""

    list: Shown
    """The list."""
    stages: Sequence[tuple[str, int]] = ()
    """Stages in order, each with the number of cases that stand there under the filters."""
    may: frozenset[str] = frozenset()
    """Events that the reader may record from here."""
    overdue: frozenset[str] = frozenset()
    """Ids of the rows with a deadline that is past."""


def at_most(question: Q) -> Q:
    """Return the question for one page: whoever wants more rows at once has the API."""
    return question.model_copy(update={"limit": min(question.limit, ROWS)})


def newest_first(question: Q, order: str | None) -> Q:
    """Return the question in the order that people read it in, where it asks for none."""
    if order is None or not isinstance(question, Sorted) or question.sort is not None:
        return question
    return question.model_copy(update={"sort": order})


def shown(  # noqa: PLR0913 - one argument a part of the list
    frame: Frame,
    house: Installation,
    reading: Read,
    answer: Found,
    *,
    offers: Mapping[str, str] | None = None,
    whose: str | None = "uscc",
    arranged: "Arranged | None" = None,
) -> Shown:
    """Return a page of a list as it was found.

    `offers`: filter → the vocabulary that it offers, beside the districts. `whose`: the member of a
    row that is a USCC; None where all rows are about one enterprise.
    """
    limits = answer.page.limited or {}
    usccs = {row[whose] for row in answer.page.items if row[whose]} if whose else ()
    return Shown(
        asked=frame.query,
        faults=reading.faults,
        narrowed=any(value for name, value in frame.query.items() if name not in _NO_FILTER),
        offered=_offered(frame.language, {"district": "district", **(offers or {})}, limits),
        items=answer.page.items,
        names=names_at(house, answer.answer_basis, usccs) if usccs else {},
        next=answer.page.next,
        limited=answer.page.limited,
        **(arranged._asdict() if arranged else {}),
    )


class Arranged(NamedTuple):
    """The columns of a page of a list, and their order."""

    fields: Mapping[str, Field]
    chosen: Sequence[str]
    sort: str | None
    sortable: Mapping[str, Column]


_TICKED = "column-"
"""Before the name of a column in a form: no parameter is given twice."""


def asked_columns(request: Request) -> Response | None:
    """Return the way to the address that carries the columns ticked in a form; None: none were sent."""
    given = request.query_params
    ticked = [name.removeprefix(_TICKED) for name in given if name.startswith(_TICKED)]
    if not ticked:
        return None
    kept = {n: v for n, v in given.items() if n != "columns" and not n.startswith(_TICKED)}
    return RedirectResponse(address(request.url.path, {**kept, "columns": ",".join(ticked)}), 303)


def arranged(
    reading: Read, question: Listed, answer: Found, item: type, sortable: Mapping[str, Column]
) -> tuple[Read, Arranged]:
    """Return what is shown of a list in which order; a column that it has not is a fault of the address."""
    whole = table(shape_of(item), None, answer.audience)
    fields = {each.name: each for each in whole.fields}
    names: tuple[str, ...] = ()
    try:
        if question.columns is not None:
            names = tuple(f.name for f in table(whole, question.columns, answer.audience).fields)
    except Problem as problem:
        reading = Read((*reading.faults, *problem.errors))
    sort = question.sort if isinstance(question, Sorted) else None
    return reading, Arranged(fields, names, sort, sortable)


def _offered(
    language: Language, offers: Mapping[str, str], limits: Mapping[str, Any]
) -> dict[str, Choices]:
    one_district = limits.keys() & {"district", "uscc"}
    return {
        name: choices(language, vocabulary)
        for name, vocabulary in offers.items()
        if not (name == "district" and one_district)
    }


def list_page(  # noqa: PLR0913 - one argument a part of the page
    request: Request,
    house: Installation,
    actor: Actor,
    name: str,
    *,
    template: str | None = None,
    offers: Mapping[str, str] | None = None,
    steps: Sequence[str] = (),
    may: Sequence[str] = (),
    past: Past | None = None,
    newest: str | None = None,
) -> Response:
    """Return the page of the list `name` of the API, from `{name}.html` if no template is named.

    `newest`: the order in which people read it unless they ask for another.

    `steps`: stages to be counted, in order. `may`: events that the page offers to record. `past`: says
    which rows have a deadline that is past.
    """
    moved = asked_columns(request)
    if moved is not None:
        return moved
    view = VIEWS[name]
    question, reading = read(request, view.question)
    wanted = newest_first(at_most(question), newest)
    answer = ask(house, actor, view, wanted)
    reading, columns = arranged(reading, wanted, answer, view.item, view.sorted)
    frame = framed(
        request,
        house,
        actor,
        answer.answer_basis,
        twin=f"/v1/{name}",
        formats=FILES,
        beside={} if columns.sort is None else {"sort": columns.sort},
    )
    narrowed = view.narrow(wanted, decide(actor, Action.READ, name).rows)
    page = ListPage(
        list=shown(frame, house, reading, answer, offers=offers, arranged=columns),
        stages=_counted(house, name, answer.answer_basis, narrowed, steps),
        may=recordable(actor, may),
        overdue=past(house, answer.answer_basis, answer.page.items) if past else frozenset(),
    )
    return render(frame, template or f"{name}.html", page, reading.status)


def _counted(
    house: Installation,
    name: str,
    answer_basis: AnswerBasis,
    narrowed: Narrowed,
    steps: Sequence[str],
) -> list[tuple[str, int]]:
    """Return how many cases stand at each step, narrowed as the list is; none for an expert.

    An expert sees the applications that they were assigned to, which no count knows.
    """
    if not steps or narrowed.nothing or narrowed.rows.expert:
        return []
    basis = Basis(answer_basis.day, answer_basis.position)
    with house.reading() as connection:
        allowed = narrowed.at(connection, basis.position)
        left_out = allowed.rows.withheld.visits
        filters = Filters(kind=name, uscc=allowed.uscc, district=allowed.district, without=left_out)
        counts = stages(connection, basis, filters)
    return [(step, counts.get(step, 0)) for step in steps]
