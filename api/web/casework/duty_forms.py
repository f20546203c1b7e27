"""Forms of the duties' papers: registers, partnerships, specifications, complaints, results made public.

One table: which event, where the form stands, how its fields become the command, where one is led.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from api.http.caller import Caller, Installed
from api.installation.wiring import Installation
from api.questions.policy import Action, decide
from api.questions.problems import invalid, not_found
from api.web.casework.scope_fields import dictionary_in_force, named
from api.web.frame.acting import Form, Refusal, act, attempt, new_id, new_key, sent_on, text, typed
from api.web.frame.choices import Choices, choices
from api.web.frame.frame import framed
from api.web.frame.receipt import may_stamp, stamp
from api.web.frame.rendering import render
from api.web.frame.uploads import keep, sent
from api.words.language import Words
from domain.terms.envelope import Actor
from domain.terms.guards import FILINGS
from ledger.log.clock import today

router = APIRouter(include_in_schema=False)
Body = Callable[[Installation, Actor, FormData], dict[str, Any]]
"""From the fields of a form to the members of its command that are its own."""


class Paper(NamedTuple):
    """One form: its event, its path, what it is called, its fields, and the list that it leads to."""

    event: str
    path: str
    title: Words
    day: Words
    """What the day is that it is valid from."""
    body: Body
    leads_to: str
    own_subject: bool = True
    """Whether the enterprise is named by the form, and by nothing else."""


def _fields(*names: str) -> Body:
    def body(house: Installation, actor: Actor, form: FormData) -> dict[str, Any]:  # noqa: ARG001 - the table's shape
        return {name: text(form, name) for name in names}

    return body


def _specification(house: Installation, actor: Actor, form: FormData) -> dict[str, Any]:
    dictionary = dictionary_in_force(house)
    code, name = named(text(form, "occupation") or "", dictionary, "occupation")
    files = sent(form, "file")
    if len(files) != 1:
        raise invalid("file", "请选择评价规范的文件", "choose the file of the specification")
    return {
        "occupation": {
            "edition": dictionary.edition,
            "code": code,
            "name": name,
            "trade": text(form, "trade"),
        },
        "sha256": keep(house, actor, files[0], "file")["sha256"],
        **{field: text(form, field) for field in ("title", "filed_with", "filing_no", "filed_on")},
    }


def _complaint(house: Installation, actor: Actor, form: FormData) -> dict[str, Any]:
    return {
        **_fields("complaint_id", "complained_on", "subject", "statement")(house, actor, form),
        "evidence": [keep(house, actor, file, "evidence") for file in sent(form, "evidence")],
    }


PAPERS: Mapping[str, Paper] = MappingProxyType(
    {
        each.path: each
        for each in (
            Paper(
                "StaffRegistered",
                "/registers/staff/new",
                Words("登记考评人员、质量内控人员", "Register an examiner or quality officer"),
                Words("登记日期", "Registered on"),
                _fields("staff_id", "name", "duty", "card_no"),
                "/registers",
            ),
            Paper(
                "StaffReleased",
                "/registers/staff/release",
                Words("注销考评人员、质量内控人员", "Take somebody off the register"),
                Words("注销日期", "Released on"),
                _fields("staff_id"),
                "/registers",
            ),
            Paper(
                "PartnershipFiled",
                "/registers/partnerships/new",
                Words("备案校企合作或新型学徒制", "File a partnership or an apprenticeship"),
                Words("合作起始日期", "In force from"),
                _fields("kind", "partner", "valid_to"),
                "/registers",
            ),
            Paper(
                "SpecificationFiled",
                "/registers/specifications/new",
                Words("报送企业评价规范", "File the enterprise's own specification"),
                Words("报送日期", "Handed in on"),
                _specification,
                "/registers",
            ),
            Paper(
                "ComplaintReceived",
                "/complaints/new",
                Words("登记投诉", "Record a complaint"),
                Words("收到日期", "Received on"),
                _complaint,
                "/complaints",
            ),
            Paper(
                "ResultsPublished",
                "/results/new",
                Words("登记成绩公示", "Record that results were made public"),
                Words("公示日期", "Made public on"),
                _fields("assessment_id", "until", "where"),
                "/assessments",
                own_subject=False,
            ),
        )
    }
)
"""Path → form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperForm:
    """The form of one paper."""

    event: str
    """Name of the event that it records."""
    path: str
    """Where it is sent."""
    title: Words
    """What it is called."""
    day: Words
    """What its day is."""
    own_subject: bool
    """Whether it names an enterprise."""
    own: str | None
    """USCC of the reporter's own enterprise; None: the code is typed."""
    may_stamp: bool
    """Whether the reader may state the day of receipt."""
    filed: bool
    """Whether it is filed with an authority, and so valid from its receipt."""
    leads_to: str
    """The list that it belongs to."""
    duties: Choices
    """Duties of staff."""
    partnerships: Choices
    """Kinds of partnership."""
    key: str
    """Key of the form."""
    refusal: Refusal | None
    """Why nothing was recorded."""
    values: Mapping[str, str]
    """What the fields hold."""


@router.get("/registers/{kind}/{step}")
def of_register(
    request: Request, house: Installed, actor: Caller, kind: str, step: str
) -> Response:
    """Show the form of a paper of the registers."""
    return _page(request, house, actor, _paper(f"/registers/{kind}/{step}"), None, None)


@router.post("/registers/{kind}/{step}")
def file(  # noqa: PLR0913, PLR0917 - one argument a parameter
    request: Request, house: Installed, actor: Caller, kind: str, step: str, form: Form
) -> Response:
    """File a paper of the registers."""
    return _record(request, house, actor, _paper(f"/registers/{kind}/{step}"), form)


@router.get("/complaints/new")
def of_complaint(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the form of a complaint."""
    return _page(request, house, actor, PAPERS["/complaints/new"], None, None)


@router.post("/complaints/new")
def complain(request: Request, house: Installed, actor: Caller, form: Form) -> Response:
    """Record a complaint."""
    return _record(request, house, actor, PAPERS["/complaints/new"], form)


@router.get("/results/new")
def of_results(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the form of results that were made public; `assessment_id` may be given."""
    return _page(request, house, actor, PAPERS["/results/new"], None, None)


@router.post("/results/new")
def publish(request: Request, house: Installed, actor: Caller, form: Form) -> Response:
    """Record that results were made public."""
    return _record(request, house, actor, PAPERS["/results/new"], form)


def _paper(path: str) -> Paper:
    paper = PAPERS.get(path)
    if paper is None:
        raise not_found("没有这个页面", "there is no such page")
    return paper


def _record(
    request: Request, house: Installation, actor: Actor, paper: Paper, form: FormData
) -> Response:
    def work() -> int | None:
        own = decide(actor, Action.RECORD, paper.event).rows.uscc
        day = text(form, "valid_from")
        body: dict[str, Any] = {
            **({"uscc": own or text(form, "uscc")} if paper.own_subject else {}),
            **paper.body(house, actor, form),
            "document_no": text(form, "document_no"),
        }
        body["valid_from"] = day
        if paper.event == "ResultsPublished":
            body["published_on"] = day
        if paper.event in FILINGS:
            body |= stamp(form, actor)
        return act(house, actor, form, paper.event, body)

    done = attempt(work)
    if isinstance(done, Refusal):
        return _page(request, house, actor, paper, form, done)
    return sent_on(_leads_to(paper, form), done)


def _leads_to(paper: Paper, form: FormData) -> str:
    if paper.event == "ResultsPublished":
        return f"/assessments/{text(form, 'assessment_id')}"
    return paper.leads_to


_BEGINS = MappingProxyType(
    {
        "StaffRegistered": ("staff_id", "staff"),
        "ComplaintReceived": ("complaint_id", "cp"),
    }
)
"""Event → the field that is given an id when its form is first shown, and how that id begins."""


def _fresh(request: Request, paper: Paper) -> dict[str, str]:
    day = today().isoformat()
    values = {"valid_from": day, "complained_on": day, "duty": "assessor", "kind": "school"}
    if paper.event in _BEGINS:
        field, begins = _BEGINS[paper.event]
        values[field] = new_id(f"{begins}-{day}")
    return values | dict(request.query_params)


def _page(  # noqa: PLR0913, PLR0917 - one argument a part of the page
    request: Request,
    house: Installation,
    actor: Actor,
    paper: Paper,
    form: FormData | None,
    refusal: Refusal | None,
) -> Response:
    own = decide(actor, Action.RECORD, paper.event).rows.uscc
    frame = framed(request, house, actor)
    filed = paper.event in FILINGS
    page = PaperForm(
        event=paper.event,
        path=paper.path,
        title=paper.title,
        day=paper.day,
        own_subject=paper.own_subject,
        own=own,
        may_stamp=filed and may_stamp(actor),
        filed=filed,
        leads_to=paper.leads_to,
        duties=choices(frame.language, "duty"),
        partnerships=choices(frame.language, "partnership"),
        key=new_key(),
        refusal=refusal,
        values=_fresh(request, paper) if form is None else typed(form),
    )
    return render(frame, "paper_form.html", page, refusal.status if refusal else 200)
