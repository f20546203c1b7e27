"""`/entries/{position}` 记录: one entry in words and as data, and what stands around it."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from api.http.caller import Caller, Installed
from api.questions.assurance import transparency
from api.questions.assurance.transparency import is_covered, verifier_keys
from api.questions.entry_context import in_context
from api.questions.problems import Fault
from api.questions.questions import AsOf
from api.web.enterprise.enterprise_context import name_of
from api.web.frame.frame import framed
from api.web.frame.reading import read
from api.web.frame.rendering import render
from api.words.document_titles import TITLES
from ledger.gate.text import as_object

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    """One entry."""

    context: Mapping[str, Any]
    """The entry with what stands around it, as `GET /v1/events/{position}/context` gives it."""
    enterprise: str | None
    """Name of the enterprise that it is about, on the day."""
    faults: tuple[Fault, ...]
    """What could not be understood of the address."""
    data: str
    """Its data as JSON."""
    receipt: str | None
    """Its proof as a file (tlog-proof), None until a checkpoint covers it."""
    leaf: str
    """The hash of its leaf in Base64, as receipts write hashes."""
    keys: str
    """The keys that the checkpoint was signed with, as the installation states them, a line each."""
    document: str | None
    """The title of the document that such an act is sent or kept as; None where there is none."""
    corrected: tuple[tuple[str, str, str], ...]
    """Fields that were corrected: path, what was recorded, what is read since."""


@router.get("/entries/{position}")
def entry(request: Request, house: Installed, actor: Caller, position: str) -> Response:
    """Show one entry."""
    question, reading = read(request, AsOf)
    answer_basis, item = in_context(house, actor, position, question.asked())
    shown, about = item["entry"], item["entry"]["subject"]
    frame = framed(
        request,
        house,
        actor,
        answer_basis,
        subject=about,
        twin=f"/v1/events/{position}/context",
    )
    receipt: str | None = None
    if is_covered(house, shown["position"]):
        receipt = transparency.receipt(house, actor, position).content.decode()
    page = EntryPage(
        context=item,
        enterprise=name_of(house, actor, about, answer_basis.asked) if about else None,
        faults=reading.faults,
        data=_json(shown["data"]),
        receipt=receipt,
        leaf=b64encode(bytes.fromhex(item["leaf"]["hash"])).decode(),
        keys="" if receipt is None else verifier_keys(house).decode().strip(),
        document=TITLES[shown["type"]].speak(frame.language) if shown["type"] in TITLES else None,
        corrected=_corrected(item),
    )
    return render(frame, "entry.html", page, reading.status)


def _json(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def _corrected(item: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    """Return the corrected fields with what was recorded and what is read since."""
    now = item["now"]
    if now is None:
        return ()
    was: dict[str, Any] = item["entry"]
    paths = dict.fromkeys(path for each in item["corrections"] for path in each["data"]["fields"])
    return tuple((path, _at(was, path), _at(now, path)) for path in paths)


def _at(record: Mapping[str, Any], path: str) -> str:
    """Return a field of a record as text: within its data, or the day beside it."""
    value: Any = record["data"]
    for name in path.split("."):
        inside = as_object(value)
        value = None if inside is None else inside.get(name)
    if value is None and path == "valid_from":
        value = record["valid_from"]
    if value is None:
        return "—"
    return value if isinstance(value, str) else orjson.dumps(value).decode()
