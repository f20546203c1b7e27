"""`/todo` 待我办理: where a role's day begins; what waits for the reader, by the day it is due, one act a row.

Each kind of work is a list that stands anyway, asked for at the stage at which it is the reader's:
nothing is kept here, and what is shown is what the lists show.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from api.export.formats import Row
from api.http.caller import Caller, Installed
from api.installation import saved_questions
from api.installation.one_moment import at_one_moment
from api.installation.wiring import Installation
from api.questions import coverage, late, requests
from api.questions.clocks import Asked
from api.questions.lists import VIEWS
from api.questions.paging import pages
from api.questions.policy import Action, decide
from api.questions.queries import ask, settle
from api.questions.questions import (
    ApplicationsQuestion,
    BacklogQuestion,
    FindingsQuestion,
    FlagsQuestion,
    InspectionsQuestion,
    PlanComparisonQuestion,
    RequestsQuestion,
    RosterQuestion,
)
from api.web.frame.enterprise_names import names_at
from api.web.frame.frame import framed
from api.web.frame.rendering import render
from api.words.language import Words
from domain.application.progress import ApplicationStage
from domain.application.submission import window_of
from domain.finding.finding import FindingStage
from domain.permissions import MAY
from domain.terms.envelope import Actor
from domain.terms.vocabulary import EnterpriseKind, Role

router = APIRouter(include_in_schema=False)
SHOWN = 200
"""Duties on one page; all of them are counted."""
SOON = 7
"""Days: what is due within them stands apart."""


class Duty(NamedTuple):
    """One thing to be done."""

    what: Words
    """The kind of work."""
    name: str
    """What it is about: a number."""
    uscc: str | None
    """The enterprise that it is about."""
    said: str
    """What stands there, in a few words; from the record itself."""
    due_on: date | None
    """The last day on which it is in time; None: no day is set."""
    since: date | None
    """Since when it waits."""
    verb: Words
    """What the button says."""
    link: str
    """Where it is done."""


class DueTogether(NamedTuple):
    """Duties that are due at about the same time."""

    title: Words
    late: bool
    duties: Sequence[Duty]
    """Those of them that are on the page."""
    number: int
    """How many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TodoPage:
    """Everything that waits for the reader."""

    groups: Sequence[DueTogether]
    """By the day on which it is due."""
    number: int
    """How many in all."""
    names: Mapping[str, str]
    """Names of enterprises by USCC."""
    first: int
    """Place of the first duty on the page among all, from 0."""
    shown: int
    """How many a page has."""
    before: int | None
    """Where the page before begins; None: this is the first."""
    after: int | None
    """Where the next page begins; None: this is the last."""


class _Desk(NamedTuple):
    """The reader, the day, and the lists."""

    house: Installation
    actor: Actor
    day: date

    def rows(self, view: str, question: Any) -> Sequence[Row]:  # noqa: ANN401 - of any list
        """Return the rows of a list, all of them."""
        answers = pages(question, lambda each: ask(self.house, self.actor, VIEWS[view], each))
        return [row for page in answers for row in page.page.items]

    def applications(self, *stages: ApplicationStage) -> Iterator[Row]:
        """Yield applications at these stages."""
        for stage in stages:
            yield from self.rows(
                "applications", ApplicationsQuestion.model_validate({"stage": stage})
            )

    def findings(self, *stages: FindingStage) -> Iterator[Row]:
        """Yield findings at these stages."""
        for stage in stages:
            yield from self.rows("findings", FindingsQuestion.model_validate({"stage": stage}))


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None


def _application(item: Row, what: tuple[str, str], slug: str, verb: tuple[str, str]) -> Duty:
    number = item["application_id"]
    return Duty(
        Words(*what),
        number,
        item["uscc"],
        "、".join(each["name"] for each in item["scope"]),
        None,
        _day(item["submitted_on"]),
        Words(*verb),
        f"/applications/{number}#{slug}",
    )


def _takes_opinion(desk: _Desk, item: Row) -> bool:
    """Whether the district is heard before the centre: not of municipal enterprises (六(一))."""
    with desk.house.reading() as connection:
        row = connection.execute(KIND, {"uscc": item["uscc"]}).fetchone()
    return row is not None and EnterpriseKind(row[0]).takes_district_route


KIND = """
SELECT doc::json ->> 'kind' FROM projections.roster
 WHERE key = %(uscc)s AND known_to IS NULL ORDER BY valid_from DESC LIMIT 1
"""


def _opinions(desk: _Desk) -> Iterator[Duty]:
    for item in desk.applications("submitted"):
        if item["opinion"] is None and _takes_opinion(desk, item):
            yield _application(
                item, ("初步意见", "Opinion"), "opinion", ("出具意见", "Give the opinion")
            )


def _acceptances(desk: _Desk) -> Iterator[Duty]:
    for item in desk.applications("submitted", "opinion_given"):
        if item["opinion"] is not None or not _takes_opinion(desk, item):
            yield _application(item, ("受理", "Acceptance"), "acceptance", ("受理", "Accept"))


def _assignments(desk: _Desk) -> Iterator[Duty]:
    for item in desk.applications("accepted"):
        yield _application(item, ("派专家", "Experts"), "experts", ("派出专家", "Assign experts"))


def _conclusions(desk: _Desk) -> Iterator[Duty]:
    for item in desk.applications("scoring"):
        if len(item["scores"]) >= len(item["experts"]):
            yield _application(
                item, ("评估结论", "Conclusion"), "conclusion", ("作出结论", "Conclude")
            )


def _receipts(desk: _Desk) -> Iterator[Duty]:
    for item in desk.applications("confirmed", "published"):
        if item["receipt_no"] is None:
            yield _application(
                item, ("确认回执", "Receipt"), "receipt", ("发回执", "Issue the receipt")
            )


def _scores(desk: _Desk) -> Iterator[Duty]:
    for item in desk.applications("experts_assigned", "scoring"):
        given = {sheet["expert_id"] for sheet in item["scores"]}
        if desk.actor.account not in given:
            yield _application(item, ("评分", "Score sheet"), "sheet", ("评分", "Score"))


def _confirmations(desk: _Desk) -> Iterator[Duty]:
    for item in desk.applications("concluded"):
        slug, verb = (
            ("confirmation", ("确认", "Confirm"))
            if item["recommended"]
            else ("rejection", ("不予确认", "Reject"))
        )
        yield _application(item, ("确认", "Confirmation"), slug, verb)


def _publications(desk: _Desk) -> Iterator[Duty]:
    for item in desk.applications("confirmed"):
        duty = _application(item, ("公布", "Publication"), "", ("去公布", "Publish"))
        yield duty._replace(link="/publications/new", since=_day(item["confirmed_on"]))


def _expiring(desk: _Desk) -> Iterator[Duty]:
    within = min(desk.house.rule_set(desk.day, desk.house.ends().head).early_warning_days)
    question = RosterQuestion.model_validate({"expiring_within": within})
    for firm in desk.rows("roster", question):
        ends = _day(firm["valid_to"])
        yield Duty(
            Words("即将到期", "Ends soon"),
            firm["uscc"],
            firm["uscc"],
            "",
            ends - timedelta(days=1) if ends else None,
            None,
            Words("续期", "Renew"),
            f"/listings/{firm['uscc']}#renewal",
        )


def _approvals(desk: _Desk) -> Iterator[Duty]:
    question = RequestsQuestion.model_validate({"state": "waiting"})
    answers = pages(question, lambda each: requests.requests(desk.house, desk.actor, each))
    for item in (row for page in answers for row in page.page.items):
        name = "CorrectionDecided" if item["kind"] == "correction" else str(item["type"])
        if desk.actor.role not in MAY.get(name, ()):
            continue
        if item.get("requested_by", {}).get("account") == desk.actor.account:
            continue
        yield Duty(
            Words("待批准", "Approval"),
            str(item["request_id"])[:18],
            item["subject"],
            str(item["reason"] or ""),
            None,
            None,
            Words("去批准", "Decide"),
            "/approvals?state=waiting",
        )


def _plans(desk: _Desk) -> Iterator[Duty]:
    """One row: who has filed no plan for this year is a list of its own."""
    asked = {"year": desk.day.year, "plan": "missing"}
    question = PlanComparisonQuestion.model_validate(asked)
    answers = pages(question, lambda each: coverage.compared(desk.house, desk.actor, each))
    number = sum(len(page.page.items) for page in answers)
    if number:
        deadline = desk.house.rule_set(desk.day, desk.house.ends().head).plan_deadline
        yield Duty(
            Words("年度计划", "Annual plans"),
            str(desk.day.year),
            None,
            str(number),
            deadline(desk.day.year),
            None,
            Words("谁还没报备", "Who filed none"),
            f"/plans/compared?year={desk.day.year}",
        )


def _finding(item: Row, slug: str, what: tuple[str, str], verb: tuple[str, str]) -> Duty:
    orders = [order for order in item["orders"] if order["replaced"] is None]
    due = _day(orders[-1]["due_on"]) if orders else None
    return Duty(
        Words(*what),
        item["finding_id"],
        item["uscc"],
        item["kind"],
        due,
        _day(item["raised_on"]),
        Words(*verb),
        f"/findings/{item['finding_id']}#{slug}",
    )


def _reinspections(desk: _Desk) -> Iterator[Duty]:
    for item in desk.findings("rectification_reported"):
        yield _finding(item, "reinspection", ("复查", "Reinspection"), ("记录复查", "Reinspect"))


def _orders(desk: _Desk) -> Iterator[Duty]:
    for item in desk.findings("raised"):
        yield _finding(item, "order", ("责令整改", "Order"), ("责令整改", "Order rectification"))


def _overdue(desk: _Desk) -> Iterator[Duty]:
    for item in desk.findings("rectification_ordered"):
        duty = _finding(item, "order", ("整改到期", "Rectification due"), ("查看", "Look"))
        if duty.due_on is not None and duty.due_on <= desk.day:
            yield duty._replace(link=f"/findings/{item['finding_id']}")


def _new_flags(desk: _Desk) -> Iterator[Duty]:
    """One row: they are counted as 总览 counts them, and not read."""
    lines = late.backlog(desk.house, desk.actor, BacklogQuestion.model_construct()).page.items
    waiting = {row["code"]: row["unreviewed"] + row["undecided_unreviewed"] for row in lines}
    number = sum(waiting.values())
    if number:
        yield Duty(
            Words("疑点复核", "Flags to review"),
            str(number),
            None,
            "、".join(sorted(code for code, waits in waiting.items() if waits)),
            None,
            None,
            Words("逐条办理", "Review one by one"),
            "/flags/triage",
        )


def _visits(desk: _Desk) -> Iterator[Duty]:
    question = InspectionsQuestion.model_validate({"stage": "dispatched"})
    for item in desk.rows("inspections", question):
        mine = desk.actor.account in {one["account"] for one in item["inspectors"]}
        if desk.actor.role is Role.DISTRICT_INSPECTOR or mine:
            yield Duty(
                Words("现场督导", "Visit"),
                item["inspection_id"],
                item["uscc"],
                item["kind"],
                None,
                _day(item["dispatched_on"]),
                Words("去现场", "Go there") if mine else Words("查看", "Look"),
                "/field" if mine else f"/inspections/{item['inspection_id']}",
            )


def _asked(desk: _Desk) -> Iterator[Duty]:
    """Findings that an inspector asked for on the spot: the unit was told the day."""
    for answer in coverage.asked_findings(desk.house, desk.actor):
        number = answer["inspection_id"]
        given = {
            "uscc": answer["uscc"],
            "inspection_id": number,
            "kind": answer["item"],
            "statement": answer["note"] or answer["item"],
        }
        yield Duty(
            Words("现场提出的问题", "Asked for on the spot"),
            number,
            answer["uscc"],
            answer["item"],
            _day(answer["due_on"]),
            _day(answer["seen_on"]),
            Words("提出问题", "Raise the finding"),
            f"/findings/new?{urlencode(given)}",
        )


def _rectifications(desk: _Desk) -> Iterator[Duty]:
    for item in desk.findings("rectification_ordered", "failed"):
        yield _finding(item, "report", ("整改", "Rectification"), ("报告整改", "Report"))


def _own_plan(desk: _Desk) -> Iterator[Duty]:
    uscc = desk.actor.organisation
    asked = {"year": desk.day.year, "plan": "missing", "limit": 1}
    question = PlanComparisonQuestion.model_validate(asked)
    if coverage.compared(desk.house, desk.actor, question).page.items:
        deadline = desk.house.rule_set(desk.day, desk.house.ends().head).plan_deadline
        yield Duty(
            Words("年度计划", "Annual plan"),
            str(desk.day.year),
            uscc,
            "",
            deadline(desk.day.year),
            None,
            Words("报备", "File it"),
            f"/plans/new?year={desk.day.year}",
        )


def _returned(desk: _Desk) -> Iterator[Duty]:
    for item in desk.applications("returned"):
        duty = _application(item, ("补正", "Returned"), "", ("重新申报", "Apply again"))
        yield duty._replace(link="/applications/new")


def _own_flags(desk: _Desk) -> Iterator[Duty]:
    question = FlagsQuestion.model_validate({"review": "none", "uscc": desk.actor.organisation})
    for flag in desk.rows("flags", question):
        yield Duty(
            Words("疑点", "Flag"),
            flag["key"],
            desk.actor.organisation,
            flag["code"],
            None,
            _day(flag["valid_at"]),
            Words("陈述申辩", "Answer"),
            f"/flags/{flag['key']}#answers",
        )


def _own_listing(desk: _Desk) -> Iterator[Duty]:
    """A listing that ends soon: the window in which to apply again."""
    firm = next(
        iter(desk.rows("roster", RosterQuestion.model_validate({"expiring_within": 180}))), None
    )
    mine = firm is not None and firm["uscc"] == desk.actor.organisation
    if firm is None or not mine:
        return
    window = window_of(desk.day)
    year, month = map(int, window.split("-"))
    yield Duty(
        Words("申报窗口", "Window"),
        window,
        desk.actor.organisation,
        str(firm["valid_to"]),
        date(year, month, 31),
        None,
        Words("申报", "Apply"),
        "/applications/new",
    )


def _changed_answers(desk: _Desk) -> Iterator[Duty]:
    """Questions that the reader saved and whose answer is another one than they saw last."""
    for saved in saved_questions.every(desk.house, desk.actor):
        if saved["state"] == "changed":
            rows = saved["rows"], saved["rows_now"]
            yield Duty(
                Words("保存的问题有变化", "A saved question has another answer"),
                saved["name"],
                None,
                saved["description"] if rows[0] == rows[1] else f"{rows[0]} → {rows[1]}",
                None,
                date.fromisoformat(saved["seen_at"][:10]),
                Words("去看", "Look"),
                f"/saved-questions#question-{saved['id']}",
            )


_Source = Callable[[_Desk], Iterator[Duty]]
WORK: Mapping[Role, Sequence[_Source]] = MappingProxyType(
    {
        Role.CENTRE_OFFICER: (
            _acceptances,
            _assignments,
            _conclusions,
            _receipts,
            _reinspections,
            _plans,
            _approvals,
            _changed_answers,
        ),
        Role.EXPERT: (_scores,),
        Role.BUREAU_PUBLISHER: (
            _confirmations,
            _publications,
            _expiring,
            _approvals,
            _changed_answers,
        ),
        Role.ANALYST: (_changed_answers,),
        Role.QUALITY_SUPERVISOR: (
            _new_flags,
            _overdue,
            _asked,
            _reinspections,
            _orders,
            _visits,
            _approvals,
            _changed_answers,
        ),
        Role.DISTRICT_INSPECTOR: (
            _opinions,
            _visits,
            _asked,
            _overdue,
            _reinspections,
            _orders,
            _changed_answers,
        ),
        Role.ENTERPRISE_REPORTER: (
            _rectifications,
            _own_plan,
            _own_listing,
            _returned,
            _own_flags,
            _changed_answers,
        ),
    }
)
"""Role → the kinds of work that wait for it."""


@router.get("/todo")
def todo(request: Request, house: Installed, actor: Caller) -> Response:
    """Show what waits for the reader, from the place `from` on; whoever decides nothing is told so."""
    sources = WORK.get(actor.role, ())
    decide(actor, Action.READ, "applications" if sources else "enterprises")
    house = at_one_moment(house)
    settled = settle(house, Asked())
    desk = _Desk(house, actor, settled.basis.valid_at)
    duties = [duty for source in sources for duty in source(desk)]
    # What waits, waits now: no clock of the reader changes it.
    frame = framed(request, house, actor)
    first = _place(request.query_params.get("from"), len(duties))
    groups = _on_page(_grouped(duties, desk.day), first)
    usccs = {duty.uscc for group in groups for duty in group.duties if duty.uscc is not None}
    page = TodoPage(
        groups=groups,
        number=len(duties),
        names=names_at(house, settled.answer_basis, usccs),
        first=first,
        before=max(first - SHOWN, 0) if first else None,
        shown=SHOWN,
        after=first + SHOWN if first + SHOWN < len(duties) else None,
    )
    return render(frame, "todo.html", page)


def _place(said: str | None, number: int) -> int:
    """Return where the page begins; what is no place, or behind the last duty, is the first."""
    place = int(said) if said is not None and re.fullmatch(r"[0-9]{1,9}", said) else 0
    return place if place < number else 0


def _on_page(groups: Sequence[DueTogether], first: int) -> list[DueTogether]:
    """Return the groups with those of their duties that are on the page."""
    shown: list[DueTogether] = []
    passed = 0
    for group in groups:
        start, end = max(first - passed, 0), max(first + SHOWN - passed, 0)
        if duties := group.duties[start:end]:
            shown.append(group._replace(duties=duties))
        passed += group.number
    return shown


class _Bound(NamedTuple):
    """Duties that are due from one day on, before another."""

    title: Words
    first: date
    end: date


def _grouped(duties: Sequence[Duty], day: date) -> list[DueTogether]:
    """Return the duties by the day on which they are due, the most pressing first."""
    tomorrow, soon = day + timedelta(days=1), day + timedelta(days=SOON + 1)
    bounds = (
        _Bound(Words("已逾期", "Overdue"), date.min, day),
        _Bound(Words("今天到期", "Due today"), day, tomorrow),
        _Bound(Words("七天内到期", "Due within seven days"), tomorrow, soon),
        _Bound(Words("以后到期", "Due later"), soon, date.max),
    )
    dated = [(duty.due_on, duty) for duty in duties if duty.due_on is not None]
    groups = [
        (bound.title, bound.end == day, [d for due, d in dated if bound.first <= due < bound.end])
        for bound in bounds
    ]
    undated = [duty for duty in duties if duty.due_on is None]
    groups.append((Words("待办，未定期限", "Waiting, no day is set"), False, undated))
    return [
        DueTogether(title, late, _oldest_first(some), len(some))
        for title, late, some in groups
        if some
    ]


def _oldest_first(duties: Sequence[Duty]) -> list[Duty]:
    return sorted(duties, key=lambda duty: (duty.due_on or date.max, duty.since or date.max))
