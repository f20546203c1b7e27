"""The lists, declared once: item, key, filters. Route, command, page, download and docs come from here.

A list is asked for by a function of `(reading, who asks, question, *parts of its address)`. Its
columns are the fields of its item, its filters those of its question, its keys what tells two of
its rows apart.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import unquote

from api.questions import (
    coverage,
    draws,
    enterprises,
    feed,
    issued,
    late,
    requests,
    units,
)
from api.questions.answers import ListPage
from api.questions.comparing import diff as changes
from api.questions.comparing import roster_changes
from api.questions.lists import VIEWS
from api.questions.paging import BY_CURSOR, BY_POSITION, Paging
from api.questions.policy import Action, decide
from api.questions.queries import Found, ask
from api.questions.questions import (
    BacklogQuestion,
    CoverageQuestion,
    DelayDistributionQuestion,
    DelaysQuestion,
    DiffQuestion,
    Entire,
    EventsQuestion,
    Formatted,
    HistoryQuestion,
    LateQuestion,
    Listed,
    PlanComparisonQuestion,
    RequestsQuestion,
    RosterChangesQuestion,
    SessionsQuestion,
    StatsQuestion,
    UnvisitedQuestion,
)
from api.questions.reading import Reading
from api.words.language import Words
from api.words.list_names import COMMANDS
from api.words.list_names import LISTS as NAMES
from domain.terms.envelope import Actor
from projections.counts.statistics import columns
from projections.items.changes import COUNTS, DIFFERENCES, KEYS, RATES, CountItem
from projections.items.coverage import CoverageItem, PlanComparisonItem, UnvisitedItem
from projections.items.entries import DrawItem, EntryItem, LateItem, RequestItem
from projections.items.flags import STEPS, BacklogItem, DelayCountItem, DelayItem
from projections.items.listed import (
    RosterChangeItem,
    ScopeStretchItem,
    StandingStretchItem,
    UnitItem,
)
from projections.items.sessions import IssuedItem
from projections.items.shape import Shape, shape_of

Asker: TypeAlias = Callable[..., Found]


class DeclaredList(NamedTuple):
    """One list, as every way out of the house makes it."""

    name: str
    """Its name, on the command line and of its operation too where they have no other."""
    path: str
    """Its address; what stands in braces is asked for beside the question."""
    item: type
    """What a row is; where rows differ with the question, the first of `items`."""
    key: tuple[str, ...]
    """Fields that tell a row from all others of an answer."""
    question: type[Formatted]
    """Its filters and clocks."""
    ask: Asker
    """How it is asked for: a reading, who asks, the question, the parts of the address."""
    brief: tuple[str, ...]
    """Fields of a table on a terminal."""
    page: str
    """The page on which people read it."""
    area: str
    """The tag of its operation."""
    operation: str = ""
    """The id of its operation, where it is not `list_` and its name."""
    paging: Paging = BY_CURSOR
    items: tuple[type, ...] = ()
    """Every kind of row, where the question decides which."""
    fields: Callable[[Any], Shape] | None = None
    """The shape of a row under a question, where it differs with the question."""
    also: tuple[int, ...] = ()
    """Further problems."""
    grows: bool = False
    """Whether it is waited for, and sent on as it grows: entries alone are."""

    @property
    def summary(self) -> Words:
        """What it is called."""
        return NAMES[self.name]

    @property
    def command(self) -> str:
        """What it is called on the command line."""
        return COMMANDS.get(self.name, self.name)

    @property
    def operation_id(self) -> str:
        """The id of its operation: what generated clients call it by."""
        return self.operation or f"list_{self.name.replace('-', '_')}"

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts of its address."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))

    def parts_in(self, path: str) -> tuple[str, ...] | None:
        """Return what stands at an address in place of these parts; None where it is not this list's."""
        return parts_in(self.path, path)

    @property
    def rows(self) -> tuple[type, ...]:
        """Every kind of row."""
        return self.items or (self.item,)

    def shape(self, question: Any = None) -> Shape:  # noqa: ANN401 - the list's own question
        """Return the shape of a row; without a question that of all rows."""
        if self.fields is None or question is None:
            return shape_of(self.item)
        return self.fields(question)


def parts_in(pattern: str, path: str) -> tuple[str, ...] | None:
    """Return what stands in `path` in place of the braces of `pattern`; None where it is another path."""
    match = re.fullmatch(re.sub(r"\\{[a-z]+\\}", "([^/]+)", re.escape(pattern)), path)
    return None if match is None else tuple(map(unquote, match.groups()))


_PAGES = MappingProxyType({"certificates": "/issued"})


def _view(name: str, path_of_key: tuple[str, ...], brief: str) -> DeclaredList:
    view = VIEWS[name]

    def asker(house: Reading, actor: Actor, question: Listed) -> Found:
        return ask(house, actor, view, question)

    return DeclaredList(
        name,
        f"/v1/{name}",
        view.item,
        path_of_key,
        view.question,
        asker,
        tuple(brief.split()),
        _PAGES.get(name, f"/{name}"),
        "reads",
    )


def _history(house: Reading, actor: Actor, question: HistoryQuestion, uscc: str) -> Found:
    return enterprises.history(house, actor, uscc, question)


def _scope(house: Reading, actor: Actor, question: Entire, uscc: str) -> Found:
    return enterprises.scope_intervals(house, actor, uscc, question)


def _standing(house: Reading, actor: Actor, question: Entire, uscc: str) -> Found:
    return enterprises.standing_intervals(house, actor, uscc, question)


def _units(house: Reading, actor: Actor, question: Entire, uscc: str) -> Found:
    return units.units(house, actor, uscc, question)


def _issued(house: Reading, actor: Actor, question: Listed, uscc: str) -> Found:
    of_it = SessionsQuestion.model_construct(**dict(question), uscc=uscc)
    return issued.by_session(house, actor, of_it)


def _draws(house: Reading, actor: Actor, question: Entire) -> Found:
    answer_basis, items = draws.every(house, actor, question.asked())
    grant = decide(actor, Action.READ, "draws")
    return Found(answer_basis, ListPage(items, None, grant.rows.limits), grant.audience)


def _counted(question: StatsQuestion) -> Shape:
    rates = RATES if question.rates == "yes" else ()
    told, whole = {*columns(question.by), *COUNTS, *rates}, shape_of(CountItem)
    return whole.only(*(each.name for each in whole.fields if each.name in told))


def _delayed(question: DelayDistributionQuestion) -> Shape:
    whole = shape_of(DelayCountItem)
    own = () if question.by is None else (question.by,)
    return whole.only(*own, *(each.name for each in whole.fields if not each.sometimes))


def _differing(question: DiffQuestion) -> Shape:
    return shape_of(DIFFERENCES[question.of]).always()


_OF_ENTERPRISE = "/v1/enterprises/{uscc}"
LISTS: Mapping[str, DeclaredList] = MappingProxyType(
    {
        each.name: each
        for each in (
            _view("roster", ("uscc",), "uscc name district standing valid_from valid_to scope"),
            _view("flags", ("key",), "key code verdict subject valid_at case review message"),
            _view(
                "assessments",
                ("assessment_id",),
                "assessment_id uscc occupation level held_from district",
            ),
            _view(
                "certificates",
                ("position",),
                "certificate_no uscc occupation level issued_on state",
            ),
            _view(
                "applications", ("application_id",), "application_id uscc window stage submitted_on"
            ),
            _view("inspections", ("inspection_id",), "inspection_id uscc kind stage dispatched_on"),
            _view("findings", ("finding_id",), "finding_id uscc severity stage raised_on"),
            _view("complaints", ("complaint_id",), "complaint_id uscc complained_on subject"),
            _view("registers", ("uscc",), "uscc district staff partnerships specifications"),
            _view("plans", ("uscc", "year"), "uscc year stage filed_on"),
            DeclaredList(
                "requests",
                "/v1/requests",
                RequestItem,
                ("request_id",),
                RequestsQuestion,
                requests.requests,
                (
                    "request_id",
                    "type",
                    "state",
                    "subject",
                    "valid_from",
                    "asked_by",
                    "asked_at",
                    "reason",
                ),
                "/approvals",
                "approvals",
            ),
            DeclaredList(
                "diff",
                "/v1/diff",
                DIFFERENCES["roster"],
                ("key",),
                DiffQuestion,
                changes.diff,
                ("change", "key", "message", "because"),
                "/compare",
                "changes",
                operation="diff",
                items=tuple(DIFFERENCES.values()),
                fields=_differing,
            ),
            DeclaredList(
                "stats",
                "/v1/stats",
                CountItem,
                KEYS,
                StatsQuestion,
                changes.stats,
                (*KEYS, *COUNTS, *RATES),
                "/statistics",
                "changes",
                operation="stats",
                fields=_counted,
            ),
            DeclaredList(
                "delays",
                "/v1/delays",
                DelayItem,
                ("key",),
                DelaysQuestion,
                late.delays,
                (
                    "key",
                    "district",
                    "valid_at",
                    *(f"days_to_{step}" for step in STEPS),
                ),
                "/delays",
                "watching",
            ),
            DeclaredList(
                "delay-distribution",
                "/v1/delay-distribution",
                DelayCountItem,
                ("district", "code", "month", "step", "backfilled"),
                DelayDistributionQuestion,
                late.distribution,
                (
                    "district",
                    "code",
                    "month",
                    "step",
                    "backfilled",
                    "breaches",
                    "reached",
                    "median",
                    "ninth",
                    "most",
                ),
                "/delays",
                "watching",
                operation="delay_distribution",
                fields=_delayed,
            ),
            DeclaredList(
                "backlog",
                "/v1/backlog",
                BacklogItem,
                ("code",),
                BacklogQuestion,
                late.backlog,
                (
                    "code",
                    "breaches",
                    "unreviewed",
                    "days_7",
                    "days_30",
                    "days_90",
                    "older",
                    "undecided",
                ),
                "/overview",
                "watching",
                operation="backlog",
            ),
            DeclaredList(
                "late",
                "/v1/late",
                LateItem,
                ("position",),
                LateQuestion,
                late.late,
                ("position", "type", "days_late", "valid_from", "recorded_at", "subject", "actor"),
                "/late",
                "watching",
            ),
            DeclaredList(
                "coverage",
                "/v1/coverage",
                CoverageItem,
                ("district",),
                CoverageQuestion,
                coverage.coverage,
                ("district", "listed", "visited", "unvisited"),
                "/coverage",
                "watching",
                operation="coverage",
            ),
            DeclaredList(
                "unvisited",
                "/v1/unvisited",
                UnvisitedItem,
                ("uscc",),
                UnvisitedQuestion,
                coverage.unvisited,
                ("uscc", "name", "district", "standing", "last_visit"),
                "/coverage",
                "watching",
            ),
            DeclaredList(
                "plan-comparisons",
                "/v1/plan-comparisons",
                PlanComparisonItem,
                ("uscc",),
                PlanComparisonQuestion,
                coverage.compared,
                ("uscc", "name", "filed_on", "planned_sessions", "sessions", "candidates"),
                "/plans/compared",
                "watching",
            ),
            DeclaredList(
                "draws",
                "/v1/draws",
                DrawItem,
                ("draw_id",),
                Entire,
                _draws,
                ("draw_id", "stage", "committed_on", "carried_out_on", "sample"),
                "/draws",
                "supervision",
            ),
            DeclaredList(
                "events",
                "/v1/events",
                EntryItem,
                ("position",),
                EventsQuestion,
                feed.events,
                ("position", "type", "valid_from", "recorded_at", "subject", "actor", "data"),
                "/enterprises/{uscc}/history",
                "changes",
                paging=BY_POSITION,
                grows=True,
            ),
            DeclaredList(
                "roster-changes",
                "/v1/roster/changes",
                RosterChangeItem,
                ("uscc",),
                RosterChangesQuestion,
                roster_changes.lately,
                ("change", "uscc", "before", "after"),
                "/",
                "public",
            ),
            DeclaredList(
                "scope",
                f"{_OF_ENTERPRISE}/scope",
                ScopeStretchItem,
                ("valid_from",),
                Entire,
                _scope,
                ("valid_from", "valid_to", "standing", "scope"),
                "/enterprises/{uscc}",
                "enterprises",
                operation="get_scope",
                also=(404,),
            ),
            DeclaredList(
                "standing",
                f"{_OF_ENTERPRISE}/standing",
                StandingStretchItem,
                ("valid_from",),
                Entire,
                _standing,
                ("standing", "batch", "valid_from", "valid_to"),
                "/enterprises/{uscc}",
                "enterprises",
                operation="get_standing",
                also=(404,),
            ),
            DeclaredList(
                "units",
                f"{_OF_ENTERPRISE}/units",
                UnitItem,
                ("unit_uscc",),
                Entire,
                _units,
                ("unit_uscc", "unit_name", "covered_from"),
                "/enterprises/{uscc}",
                "enterprises",
                operation="get_units",
                also=(404,),
            ),
            DeclaredList(
                "issued",
                f"{_OF_ENTERPRISE}/certificates",
                IssuedItem,
                ("assessment_id",),
                Listed,
                _issued,
                ("assessment_id", "occupation", "level", "held_from", "candidates", "certificates"),
                "/enterprises/{uscc}/certificates",
                "enterprises",
                operation="get_issued",
                also=(404,),
            ),
            DeclaredList(
                "history",
                f"{_OF_ENTERPRISE}/history",
                EntryItem,
                ("position",),
                HistoryQuestion,
                _history,
                ("position", "type", "valid_from", "recorded_at", "actor", "reason", "document_no"),
                "/enterprises/{uscc}/history",
                "enterprises",
                operation="get_history",
                also=(404,),
            ),
        )
    }
)
"""Name → list."""
