"""`/approvals` 待批准: acts that wait for a second person, and their decision."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from api.http.caller import Caller, Installed
from api.installation.wiring import Installation
from api.questions import requests
from api.questions.policy import Action, decide
from api.questions.questions import RequestsQuestion
from api.web.frame.acting import Form, Refusal, act, attempt, new_key, sent_on, text, typed
from api.web.frame.frame import FILES, framed
from api.web.frame.lists import Shown, at_most, shown
from api.web.frame.reading import read
from api.web.frame.rendering import render
from domain.permissions import MAY
from domain.terms.envelope import Actor
from ledger.log.clock import today

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalsPage:
    """Acts that wait for a second person."""

    list: Shown
    """The requests as `GET /v1/requests` gives them."""
    mine: frozenset[str]
    """Ids of those on this page that the reader may decide on."""
    account: str
    """The reader's account: who asked does not approve."""
    refusal: Refusal | None
    """Why a decision was refused."""
    values: Mapping[str, str]
    """What was typed."""
    key: str
    """Key of the forms."""


@router.get("/approvals")
def approvals(request: Request, house: Installed, actor: Caller) -> Response:
    """Show what waits, and what became of the rest."""
    return _page(request, house, actor, None, {})


@router.post("/approvals/{request_id}")
def decision(
    request: Request, house: Installed, actor: Caller, request_id: str, form: Form
) -> Response:
    """Take a request, or refuse it with a reason."""
    at = requests.correction_of(request_id)
    name = "ActDecided" if at is None else "CorrectionDecided"
    decide(actor, Action.RECORD, name)

    def work() -> int | None:
        requests.require(house, actor, request_id)
        body: dict[str, object] = {
            "taken": text(form, "taken") == "yes",
            "reason": text(form, "reason"),
        }
        if at is None:
            body["request_id"] = request_id
        else:
            body |= {"position": at, "valid_from": today().isoformat()}
        return act(house, actor, form, name, body, request_id[-12:])

    done = attempt(work)
    if isinstance(done, Refusal):
        return _page(request, house, actor, done, typed(form))
    return sent_on("/approvals", done)


def _decided_as(item: Mapping[str, object]) -> str:
    """Return the event whose roles decide: of an act its own, of a correction the decision's."""
    return "CorrectionDecided" if item["kind"] == "correction" else str(item["type"])


def _page(
    request: Request,
    house: Installation,
    actor: Actor,
    refusal: Refusal | None,
    values: Mapping[str, str],
) -> Response:
    question, reading = read(request, RequestsQuestion)
    answer = requests.requests(house, actor, at_most(question))
    frame = framed(request, house, actor, answer.answer_basis, twin="/v1/requests", formats=FILES)
    mine = (
        item["request_id"]
        for item in answer.page.items
        if item["state"] == "waiting" and actor.role in MAY.get(_decided_as(item), ())
    )
    page = ApprovalsPage(
        list=shown(
            frame, house, reading, answer, offers={"state": "request_state"}, whose="subject"
        ),
        mine=frozenset(mine),
        account=actor.account,
        refusal=refusal,
        values=values,
        key=new_key(),
    )
    return render(frame, "approvals.html", page, refusal.status if refusal else reading.status)
