"""`/certificates` 证书查询: whether a certificate holds, for anyone, without personal data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.export.formats import Row
from api.http.caller import Caller, Installed, Unhurried
from api.installation.wiring import Installation
from api.questions import certificates
from api.questions.clocks import Asked
from api.questions.lists import VIEWS
from api.questions.parameters import plain
from api.questions.policy import READS
from api.questions.problems import Fault, Problem, Unclear
from api.questions.queries import ask
from api.questions.questions import AsOf, CertificatesQuestion
from api.web.frame.acting import Form, text, typed
from api.web.frame.frame import Frame, address, framed
from api.web.frame.reading import read
from api.web.frame.rendering import render
from domain.terms.envelope import Actor

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupPage:
    """The form of the look-up, and its answer."""

    typed: Mapping[str, str]
    """What was typed."""
    faults: tuple[Fault, ...]
    """Fields that are missing or cannot be."""
    match: bool | None
    """Whether number and name belong together; None: not asked."""
    unknown: bool
    """Whether no certificate has the number."""


@router.get("/certificates")
def form(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the form."""
    return _answer(framed(request, house, actor), {})


@router.post("/certificates", dependencies=[Unhurried])
async def look_up(request: Request, house: Installed, actor: Caller, given: Form) -> Response:
    """Lead to the certificate of the number, or say whether number and name belong together."""
    values = {name: value for name, value in typed(given).items() if name in {"number", "name"}}
    number, name = text(given, "number"), text(given, "name")
    frame = framed(request, house, actor)
    faults = [
        *_faults("number", number, required=True),
        *_faults("name", name, required=False),
    ]
    if faults or number is None:
        return _answer(frame, values, faults=tuple(faults), status=422)
    if name is None:
        return await run_in_threadpool(_found, frame, house, actor, number)
    _, match = await run_in_threadpool(certificates.matches, house, actor, number, name)
    return _answer(frame, values, match=match)


def _faults(field: str, value: str | None, *, required: bool) -> list[Fault]:
    if value is None:
        reason = "请填写 / please fill in"
        return [Fault(field, reason)] if required else []
    try:
        plain(value)
    except Unclear as unclear:
        return [Fault(field, str(unclear))]
    return []


def _found(frame: Frame, house: Installation, actor: Actor, number: str) -> Response:
    try:
        certificates.by_number(house, actor, number, Asked())
    except Problem as problem:
        if problem.code != "not-found":
            raise
        return _answer(frame, {"number": number}, unknown=True)
    return Response(status_code=303, headers={"Location": address(f"/certificates/{number}", {})})


def _answer(  # noqa: PLR0913 - one argument a part of the answer
    frame: Frame,
    values: Mapping[str, str],
    *,
    faults: tuple[Fault, ...] = (),
    match: bool | None = None,
    unknown: bool = False,
    status: int = 200,
) -> Response:
    page = LookupPage(typed=values, faults=faults, match=match, unknown=unknown)
    return render(frame, "certificates.html", page, status)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificatePage:
    """What the papers under one number say."""

    number: str
    """The number."""
    faults: tuple[Fault, ...]
    """What could not be understood of the address."""
    certificates: Sequence[Mapping[str, Any]]
    """Each as `GET /v1/certificates/{no}` gives it to anyone; those that hold come first."""
    records: Sequence[Row]
    """The records behind them that the reader may see."""


@router.get("/certificates/{number:path}", dependencies=[Unhurried])
def certificate(request: Request, house: Installed, actor: Caller, number: str) -> Response:
    """Show what anyone may know of a certificate, and the records to who may see them."""
    question, reading = read(request, AsOf)
    answer_basis, first = certificates.by_number(house, actor, number, question.asked())
    papers = [{**first}, *first["others"]]
    frame = framed(request, house, actor, answer_basis, twin=f"/v1/certificates/{number}")
    page = CertificatePage(
        number=number,
        faults=reading.faults,
        certificates=papers,
        records=_records(house, actor, number, answer_basis.asked),
    )
    return render(frame, "certificate.html", page, reading.status)


def _records(house: Installation, actor: Actor, number: str, asked: Asked) -> Sequence[Row]:
    if "certificates" not in READS.get(actor.role, frozenset()):
        return ()
    question = CertificatesQuestion.model_construct(
        certificate_no=number, valid_at=asked.valid_at, position=asked.position, limit=20
    )
    return ask(house, actor, VIEWS["certificates"], question).page.items
