"""`/assessments` 认定活动: which sessions were held, and each with its flags and certificates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response

from api.export.formats import Row
from api.http.caller import Caller, Installed
from api.questions.clocks import Asked
from api.questions.duplicate_sessions import duplicates_of
from api.questions.lists import VIEWS
from api.questions.problems import Fault
from api.questions.queries import ask, ask_one
from api.questions.questions import CasesQuestion, CertificatesQuestion, FlagsQuestion
from api.web.enterprise.enterprise_context import name_of
from api.web.frame.frame import framed
from api.web.frame.lists import ROWS, list_page
from api.web.frame.reading import read
from api.web.frame.rendering import render
from domain.permissions import MAY

router = APIRouter(include_in_schema=False)
REPORTED = "reported"
"""Position of the report that led here: then the page is its receipt."""


@router.get("/assessments")
def assessments(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the sessions that were held until the day."""
    return list_page(
        request,
        house,
        actor,
        "assessments",
        offers={"level": "level"},
        may=("AssessmentHeld",),
        newest="-held_from",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentPage:
    """One session."""

    session: Mapping[str, Any]
    """As `GET /v1/assessments/{id}` gives it."""
    reported: bool
    """Whether the reader comes from reporting it."""
    may_report: bool
    """Whether the reader may report a session."""
    enterprise: str | None
    """Name of the assessing enterprise on the day."""
    faults: tuple[Fault, ...]
    """What could not be understood of the address."""
    flags: Sequence[Row]
    """What is breach or undecided of it and of its certificates."""
    flags_more: bool
    """Whether there are more than shown."""
    may_raise: bool
    """Whether the reader may raise a finding about it."""
    may_publish: bool
    """Whether the reader may record that its results were made public."""
    certificates: Sequence[Row]
    """Its certificates, a page of them."""
    next: str | None
    """Cursor of the page behind this one."""
    same: Sequence[str]
    """Other sessions that say exactly what it says."""
    checks: Sequence[Mapping[str, Any]]
    """The spot checks that were made of it."""
    findings: Sequence[Row]
    """The findings that name it."""


@router.get("/assessments/{assessment_id}")
def assessment(request: Request, house: Installed, actor: Caller, assessment_id: str) -> Response:
    """Show one session with what was found about it."""
    question, reading = read(request, CertificatesQuestion, REPORTED)
    wanted = question.model_copy(update={"assessment_id": assessment_id, "limit": ROWS})
    answer = ask(house, actor, VIEWS["certificates"], wanted)
    asked = answer.answer_basis.asked
    _, session = ask_one(house, actor, "assessments", asked, assessment_id)
    uscc = session["uscc"]
    judged = FlagsQuestion.model_construct(
        assessment_id=assessment_id,
        uscc=uscc,
        limit=ROWS,
        valid_at=asked.valid_at,
        position=asked.position,
    )
    with house.reading() as connection:
        same = duplicates_of(
            connection,
            answer.answer_basis.position,
            assessment_id,
            date.fromisoformat(session["held_from"]),
        )
    raised = ask(house, actor, VIEWS["flags"], judged).page
    frame = framed(
        request,
        house,
        actor,
        answer.answer_basis,
        subject=uscc,
        twin=f"/v1/assessments/{assessment_id}",
        own=(REPORTED,),
    )
    page = AssessmentPage(
        session=session,
        reported=str(session["position"]) == request.query_params.get(REPORTED),
        may_report=frame.now and actor.role in MAY["AssessmentHeld"],
        enterprise=name_of(house, actor, uscc, asked),
        faults=reading.faults,
        flags=raised.items,
        flags_more=raised.next is not None,
        may_raise=actor.role in MAY["FindingRaised"],
        may_publish=frame.now and actor.role in MAY["ResultsPublished"],
        certificates=answer.page.items,
        next=answer.page.next,
        same=same,
        checks=[
            check
            for inspection in _cases(house, actor, "inspections", uscc, asked)
            for check in inspection["spot_checks"]
            if check["assessment_id"] == assessment_id
        ],
        findings=[
            finding
            for finding in _cases(house, actor, "findings", uscc, asked)
            if assessment_id in finding["assessments"]
        ],
    )
    return render(frame, "assessment.html", page, reading.status)


def _cases(
    house: Installed, actor: Caller, view: str, uscc: str, asked: Asked
) -> Sequence[dict[str, Any]]:
    """Return the cases of an enterprise, few as they are, among which those of a session stand."""
    question = CasesQuestion.model_construct(
        uscc=uscc, valid_at=asked.valid_at, position=asked.position, limit=100
    )
    return [dict(item) for item in ask(house, actor, VIEWS[view], question).page.items]
