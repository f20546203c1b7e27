"""`/issued` 发证记录: which certificates were issued, on which days, for those who supervise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from api.caller import Caller, Installed
from api.formats import Row
from api.pages.choices import Choices, choices
from api.pages.frame import framed
from api.pages.reading import read
from api.pages.rendering import render
from api.problems import Fault
from api.queries import ask
from api.questions import CertificatesQuestion
from api.views import VIEWS
from projections.basis import Basis
from projections.names import names

router = APIRouter(include_in_schema=False)
ROWS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedPage:
    """Certificates, a page of them."""

    asked: Mapping[str, str]
    """The filters as typed."""
    faults: tuple[Fault, ...]
    """Filters that could not be understood."""
    districts: Choices
    """The 17 authorities."""
    states: Choices
    """Whether a certificate holds."""
    items: Sequence[Row]
    """As `GET /v1/certificates` gives them."""
    names: Mapping[str, str]
    """Names of the enterprises by USCC."""
    next: str | None
    """Cursor of the page behind this one."""
    limited: Mapping[str, Any] | None
    """What the reader sees is limited to."""


@router.get("/issued")
def issued(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the certificates."""
    question, seen = read(request, CertificatesQuestion)
    view = VIEWS["certificates"]
    found = ask(house, actor, view, question.model_copy(update={"limit": ROWS}))
    basis = Basis(found.standing.day, found.standing.position)
    with house.reading() as connection:
        called = names(connection, basis, {item["uscc"] for item in found.page.items})
    frame = framed(
        request,
        house,
        actor,
        found.standing,
        twin="/v1/certificates",
        formats=("csv", "xlsx", "parquet"),
    )
    page = IssuedPage(
        asked=dict(request.query_params),
        faults=seen.faults,
        districts=choices(frame.language, "district"),
        states=choices(frame.language, "issued"),
        items=found.page.items,
        names=called,
        next=found.page.next,
        limited=found.page.limited,
    )
    return render(frame, "issued.html", page, seen.status)
