"""`GET /v1/draws/{id}`: a fair draw with everything that is needed to draw it again."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.access import ALL, Action, decide
from api.answers import document
from api.caller import Caller, Installed
from api.described import a_record
from api.queries import missing, settle
from api.questions import AsOf, Text
from domain.inspection import InspectionDrawn
from ledger import codec
from ledger.entry import instant_text
from ledger.shape_output import contract

router = APIRouter(tags=["督导 / supervision"])

METHOD = {
    "zh": (
        "每个成员的签号为 SHA-256(“dudao/draw/v1”、种子、类别 enterprise 或 inspector、成员,"
        "各占一行,行间以换行符相隔)的十六进制;签号最小者抽中。承诺为种子的 SHA-256。"
    ),
    "en": (
        "each member's ticket is the hexadecimal SHA-256 of four lines joined by line feeds: "
        "dudao/draw/v1, the seed, enterprise or inspector, the member; the lowest tickets are "
        "drawn. The commitment is the SHA-256 of the seed."
    ),
}


@router.get(
    "/v1/draws/{draw_id}",
    summary="一次双随机抽取,可据以重抽验证 / one fair draw, to be drawn again by anyone",
    operation_id="get_draw",
    responses=a_record(),
    response_class=Response,
)
def draw(
    request: Request,
    house: Installed,
    actor: Caller,
    draw_id: Text,
    question: Annotated[AsOf, Query()],
) -> Response:
    """Return pool, sample, commitment, seed and result, with the entries that hold them."""
    grant = decide(actor, Action.READ, "draws")
    settled = settle(house, question.asked())
    read = house.log.read({f"inspection:{draw_id}"}, settled.basis.position)
    drawn = [entry for entry in map(codec.recorded, read) if _is_draw(entry.event)]
    # A draw concerns enterprises of many districts: an inspector sees those of their own office.
    if grant.rows != ALL:
        drawn = [e for e in drawn if e.actor.organisation == actor.organisation]
    if not drawn:
        raise missing()
    steps: list[dict[str, Any]] = [
        {
            "position": entry.position,
            "recorded_at": instant_text(entry.recorded_at),
            "actor": entry.actor.account,
            "carried_out": entry.event.seed is not None,
        }
        for entry in drawn
    ]
    members = {**contract(drawn[-1].event), "method": METHOD, "steps": steps}
    return document(request, settled.standing, members)


def _is_draw(event: object) -> bool:
    return isinstance(event, InspectionDrawn)
