"""Pages of the duties' papers: the registers of enterprises, and complaints (一(四), 二(一), 三, 四)."""

from fastapi import APIRouter, Request, Response

from api.http.caller import Caller, Installed
from api.web.frame.lists import list_page

router = APIRouter(include_in_schema=False)


@router.get("/registers")
def registers(request: Request, house: Installed, actor: Caller) -> Response:
    """Show examiners, partnerships and specifications, enterprise by enterprise."""
    return list_page(request, house, actor, "registers", may=("StaffRegistered", "StaffReleased"))


@router.get("/complaints")
def complaints(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the complaints that authorities received."""
    return list_page(
        request, house, actor, "complaints", may=("ComplaintReceived",), newest="-complained_on"
    )
