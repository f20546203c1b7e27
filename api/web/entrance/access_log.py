"""`/access-log` 访问记录: who came, what they took away, what was changed and refused; for auditors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from fastapi import APIRouter, Request, Response
from pydantic import Field

from api.access import access_log
from api.access.access_log import Deed, EntriesWanted, Entry
from api.export.formats import CSV, MEDIA, csv_head, csv_rows
from api.http.caller import Caller, Installed
from api.http.downloads import disposition
from api.questions.policy import Action, decide
from api.questions.problems import Fault
from api.questions.questions import Question
from api.web.frame.choices import Choices, choices
from api.web.frame.clocks import PARAMETERS
from api.web.frame.frame import framed
from api.web.frame.reading import read
from api.web.frame.rendering import render
from ledger.log.entry import instant_text
from projections.items.shape import plain

router = APIRouter(include_in_schema=False)
PAGE = 100
MOST = 100_000
"""Entries of one file; older ones are had by asking for their days."""
COLUMNS = (
    plain("number", "序号", "number", "integer"),
    plain("at", "时间", "at", "instant"),
    plain("account", "账户", "account"),
    plain("role", "角色", "role"),
    plain("organisation", "机构", "organisation"),
    plain("address", "地址", "address"),
    plain("action", "操作", "what"),
    plain("object", "对象", "object"),
    plain("outcome", "结果", "outcome"),
    plain("request_id", "请求标识", "request"),
)


class LogQuestion(Question):
    """Which entries are wanted."""

    account: str | None = Field(default=None, max_length=200)
    action: Deed | None = None
    outcome: str | None = Field(default=None, pattern="^(done|refused)$")
    first: date | None = None
    last: date | None = None
    cursor: int | None = Field(default=None, ge=1, lt=2**63)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessLogPage:
    """Entries, the newest first."""

    asked: dict[str, str]
    """The filters as typed."""
    faults: tuple[Fault, ...]
    """Filters that could not be understood."""
    deeds: Choices
    """What is remembered."""
    outcomes: Choices
    """How it came out."""
    entries: Sequence[Entry]
    """A page of them."""
    next: int | None
    """Cursor of the page behind this one."""
    file: str
    """Address of the same entries as a file."""


def _asked(question: LogQuestion) -> EntriesWanted:
    return EntriesWanted(
        question.account,
        question.action.value if question.action else None,
        question.outcome,
        question.first,
        question.last,
        question.cursor,
    )


@router.get("/access-log")
def show(request: Request, house: Installed, actor: Caller) -> Response:
    """Show a page of entries."""
    decide(actor, Action.READ, "access-log")
    question, reading = read(request, LogQuestion, *PARAMETERS)
    with house.gate.connection() as connection:
        entries = access_log.page(connection, _asked(question), PAGE + 1)
    frame = framed(request, house, actor)
    page = AccessLogPage(
        asked=dict(request.query_params),
        faults=reading.faults,
        deeds=choices(frame.language, "deed"),
        outcomes=choices(frame.language, "outcome"),
        entries=entries[:PAGE],
        next=entries[PAGE - 1].number if len(entries) > PAGE else None,
        file=frame.again().replace("/access-log", "/access-log.csv", 1),
    )
    return render(frame, "access_log.html", page, reading.status)


@router.get("/access-log.csv")
def file(request: Request, house: Installed, actor: Caller) -> Response:
    """Give the entries as a file."""
    decide(actor, Action.READ, "access-log")
    question, _ = read(request, LogQuestion, *PARAMETERS)
    with house.gate.connection() as connection:
        entries = list(islice(access_log.every(connection, _asked(question)), MOST))
    rows = [{**each._asdict(), "at": instant_text(each.at)} for each in entries]
    body = csv_head(COLUMNS) + csv_rows(rows, COLUMNS)
    headers = {"Content-Disposition": disposition("access-log.csv")}
    return Response(body, media_type=MEDIA[CSV], headers=headers)
