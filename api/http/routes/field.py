"""What a phone takes along to where there is no signal, and what lets it send when it is back."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response

from api.access import access_keys
from api.access.access_log import Deed
from api.access.access_log import record as remember
from api.export.formats import JSON
from api.http import bodies
from api.http.answers import document
from api.http.arrival import visit
from api.http.caller import Caller, Installed, SignedIn
from api.http.described import a_record, of_now, problems
from api.http.routes.lists import add_list
from api.intake import device_records
from api.intake.field_devices import DEVICES
from api.questions.policy import Action, decide
from api.questions.problems import Fault, Problem
from api.questions.questions import Question
from api.questions.visits import SPOT_CHECK, today
from ledger.log.entry import instant_text
from projections.items.on_site import FieldListItem

router = APIRouter(tags=["on-site"])


@router.get(
    "/v1/field/list",
    summary="现场清单：派给本人而未记录的督导，与本区企业 / dispatches to the caller without a record, and enterprises",
    operation_id="get_field_list",
    responses=a_record(FieldListItem),
    response_class=Response,
)
def field_list(
    request: Request, house: Installed, actor: Caller, _: Annotated[Question, Query()]
) -> Response:
    """Return the list of the day of the caller."""
    listed = today(house, actor)
    return document(request, listed.answer_basis, listed.members)


_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_TOLD = {
    "type": "object",
    "required": ["device_id", "sequence", "unsent"],
    "properties": {
        "device_id": {**_TEXT, "maxLength": device_records.LONGEST_ID},
        "sequence": {
            **_COUNT,
            "description": "本机最后一条已保存记录的序号 / number of its last record",
        },
        "unsent": {
            **_COUNT,
            "description": "尚未上传的记录数（含草稿） / not sent yet, drafts too",
        },
    },
}


@router.post(
    "/v1/field/devices",
    summary="为本机取得上传凭据，并报告未上传数 / a credential for this device, and what waits on it",
    operation_id="post_field_device",
    status_code=201,
    responses={
        201: of_now("post_field_device", "凭据 / the credential"),
        **problems(400, 401, 403, 413, 415, 422),
    },
    openapi_extra={"requestBody": {"required": True, "content": {JSON: {"schema": _TOLD}}}},
    response_class=Response,
)
async def device(
    request: Request, house: Installed, session: SignedIn, _: Annotated[Question, Query()]
) -> Response:
    """Give the device a credential that sends what was sealed on it, and nothing else."""
    actor = session.actor
    decide(actor, Action.RECORD, SPOT_CHECK)
    told = _told(await bodies.read_object(request))
    arrived = visit(request)

    def issue() -> access_keys.Issued:
        with house.gate.connection() as connection, connection.transaction():
            said = {**told, "account": actor.account, "agent": arrived.agent[:200]}
            device_records.tell(connection, {**said, "told_at": arrived.at})
            issued = access_keys.issue(
                connection, access_keys.FIELD_DEVICE, actor.account, told["device_id"], arrived.at
            )
            remember(connection, arrived, actor, Deed.KEY, issued.key_id)
            return issued

    issued = await bodies.in_thread(issue)
    answer = {
        "account": actor.account,
        "device_id": told["device_id"],
        "key_id": issued.key_id,
        "token": issued.token,
        "ends_at": instant_text(issued.ends_at),
        "scope": list(access_keys.SCOPES[access_keys.FIELD_DEVICE]),
    }
    headers = {"Cache-Control": "no-store"}
    return Response(orjson.dumps(answer), status_code=201, media_type=JSON, headers=headers)


def _told(said: dict[str, Any]) -> dict[str, Any]:
    """Return what a device says of itself.

    Raises:
        Problem: 422, a member is missing, of another kind, or unknown.
    """
    device_id = said.get("device_id")
    is_text = isinstance(device_id, str) and device_id.isprintable() and bool(device_id.strip())
    good = {"device_id": is_text and len(str(device_id)) <= device_records.LONGEST_ID}
    for name in ("sequence", "unsent"):
        count = said.get(name)
        good[name] = type(count) is int and 0 <= count <= device_records.MOST
    wrong = [name for name, is_good in good.items() if not is_good]
    wrong += sorted(set(said) - set(good))
    if wrong:
        reason = "缺少、格式不对或不认识 / missing, of another kind, or unknown"
        errors = [Fault(name[:40], reason) for name in wrong[:10]]
        raise Problem("invalid", "设备信息有误", "what the device says is wrong", errors=errors)
    return said


add_list(router, DEVICES)
