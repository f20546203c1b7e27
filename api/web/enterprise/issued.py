"""`/issued` 发证记录: which certificates were issued, on which days, for those who supervise."""

from fastapi import APIRouter, Request, Response

from api.http.caller import Caller, Installed
from api.web.frame.lists import list_page

router = APIRouter(include_in_schema=False)


@router.get("/issued")
def issued(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the certificates."""
    return list_page(
        request,
        house,
        actor,
        "certificates",
        template="issued.html",
        offers={"state": "certificate"},
        newest="-issued_on",
    )
