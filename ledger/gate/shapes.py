"""Untrusted input to commands: the one gate for import lines and HTTP bodies.

A certificate's holder arrives in clear. Here it is split: the command's body has the masked name
and an empty subject id, the name and the document number go beside it, for the vault.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from hashlib import sha256
from types import MappingProxyType
from typing import Any, NamedTuple

from pydantic_core import SchemaValidator, ValidationError

from domain.certificate.certificate import CertificateIssued
from domain.correction import day_in
from domain.registry import EVENTS
from domain.roster import RosterPublished, resting_on_paper
from domain.terms.envelope import UNSTAMPED, Actor, Stamps
from domain.terms.evidence import generated
from domain.terms.vocabulary import Role
from ledger.gate.errors import UNKNOWN_FIELD, faults_of
from ledger.gate.faults import Fault, Invalid, path_text
from ledger.gate.json import canonical, read_object
from ledger.gate.schema import ACTOR, DAY, IDENTITY_CARD, TEXTS, command_reader
from ledger.gate.text import as_object

_BESIDE = ("reason", "document_no", "idempotency_key")
STAMPS = ("received_on", "received_by", "approved_by")
"""Who else had a hand in it, and when; no part of what a command is known by."""
_NEEDED = 4
"""Members that nearly every line has, and most have no others: type, valid_from, actor, data."""
_KNOWN = frozenset({"type", "valid_from", "actor", "data", *_BESIDE, *STAMPS})
_REASONED = frozenset(
    name for name, kind in EVENTS.items() if "reason" in {field.name for field in fields(kind.cls)}
)
"""Events that hold their reason themselves; it is the entry's reason too."""
_WITH_EVIDENCE = frozenset(
    name
    for name, kind in EVENTS.items()
    if "evidence" in {field.name for field in fields(kind.cls)}
)
NOBODY = Actor(account="", role=Role.PUBLIC, organisation="")
MOST_KEPT = 10_000
"""Actors and days remembered; lines of one file have few."""


class Clear(NamedTuple):
    """Who a holder is. Only the vault may keep this."""

    name: str
    id_type: str
    id_no: str


class Submission(NamedTuple):
    """A command that is well formed; whether it is allowed, its decider says."""

    body: Any
    """An event; a certificate's holder has no subject id yet."""
    holder: Clear | None
    actor: Actor
    valid_from: date
    reason: str | None
    document_no: str | None
    idempotency_key: str | None
    content: bytes
    """Digest of what was asked. Of a holder, only what is masked went into it."""
    earlier: tuple[bytes, ...] = ()
    """The same of what earlier releases made of the same row of a sheet: it is known by these, too."""
    stamps: Stamps = UNSTAMPED
    asks: bool = False
    """Whether an act without its second person becomes a request: they sign in by themselves."""


def from_line(raw: bytes, *, history: bool = False) -> Submission:
    """Return the command of one NDJSON line; of history the application under a publication may be missing.

    Raises:
        Invalid: with every fault.
    """
    top, faults = read_object(raw)
    return from_members(_named(top) if history else top, faults)


def _named(top: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the publication with a name for each application that it does not name (0287)."""
    data = as_object(top.get("data")) if top.get("type") == RosterPublished.__name__ else None
    if data is None or type(data.get("batch")) is not str or type(data.get("entries")) is not list:
        return top
    entries = [_resting(data["batch"], entry) for entry in data["entries"]]
    return {**top, "data": {**data, "entries": entries}}


def _resting(batch: str, given: Any) -> Any:  # noqa: ANN401 - any JSON value
    entry = as_object(given)
    if entry is None or entry.get("application_id") is not None:
        return given
    uscc = entry.get("uscc")
    if type(uscc) is not str:
        return given
    return {**entry, "application_id": resting_on_paper(batch, uscc)}


def from_members(top: Mapping[str, Any], faults: Sequence[Fault] = ()) -> Submission:
    """Return the command that a JSON object asks for; `faults` are those found while reading it.

    Raises:
        Invalid: with every fault.
    """
    wrong = list(faults)
    name, data = top.get("type"), top.get("data")
    validator = command_reader(name) if type(name) is str and name in EVENTS else None
    if validator is None:
        raise Invalid([*wrong, _unknown_type(name)])
    if name in _REASONED:
        data = _with_reason(data, top.get("reason"))
    body = _checked(validator, data, "data", wrong)
    if name in _WITH_EVIDENCE and body is not None and body.evidence:
        body = replace(body, evidence=tuple(map(generated, body.evidence)))
    actor = _actor(top.get("actor"), wrong)
    valid_from = _valid_from(top.get("valid_from"), body, wrong)
    reason, document_no, key = (
        (_text(top.get(field), field, wrong) for field in _BESIDE)
        if len(top) > _NEEDED or "valid_from" not in top
        else (None, None, None)
    )
    stamps = _stamps(top, wrong) if len(top) > _NEEDED else UNSTAMPED
    if reason is None and name in _REASONED:
        reason = getattr(body, "reason", None)
    if not top.keys() <= _KNOWN:
        wrong += (
            Fault(path_text([k]), *_NOT_ON_A_LINE.get(k, UNKNOWN_FIELD))
            for k in top
            if k not in _KNOWN
        )
    if wrong:
        raise Invalid(wrong)
    asked = {name: value for name, value in top.items() if name not in _NO_CONTENT}
    holder = None
    if type(body) is CertificateIssued:
        holder, asked["data"] = _masked(as_object(data) or {}, body.holder.masked_name)
    content = sha256(canonical(asked)).digest()
    return Submission(
        body, holder, actor, valid_from, reason, document_no, key, content, (), stamps
    )


_NO_CONTENT = frozenset({"idempotency_key", *STAMPS})
_NOT_ON_A_LINE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "backfill": (
            "历史补录由服务器上的 dudao import --backfill 标明，不能写在行内",
            "history is marked by dudao import --backfill on the server, never on a line",
        ),
        "entered_by": (
            "录入账户由账本记录，不能写在行内",
            "the ledger records which account brings a line in; it is not stated",
        ),
    }
)


def _stamps(top: Mapping[str, Any], faults: list[Fault]) -> Stamps:
    if top.keys().isdisjoint(STAMPS):
        return UNSTAMPED
    received_on, received_by, approved_by = (top.get(name) for name in STAMPS)
    stamps = Stamps(
        received_on=_checked(DAY, received_on, "received_on", faults) if received_on else None,
        received_by=_stated(received_by, "received_by", faults),
        approved_by=_stated(approved_by, "approved_by", faults),
    )
    return UNSTAMPED if stamps == UNSTAMPED else stamps


def _stated(given: Any, field: str, faults: list[Fault]) -> Actor | None:  # noqa: ANN401
    """Return an actor beside the one who acts; None where there is none."""
    if given is None:
        return None
    actor: Actor | None = _checked(ACTOR, given, field, faults)
    return actor


def _masked(data: Mapping[str, Any], masked_name: str) -> tuple[Clear, Mapping[str, Any]]:
    """Return who the holder is, and the data without that."""
    holder = data["holder"]
    number, card = holder["id_no"], holder["id_type"] == IDENTITY_CARD
    clear = Clear(holder["name"], holder["id_type"], number.upper() if card else number)
    return clear, {**data, "holder": {**holder, "name": masked_name, "id_no": ""}}


def _with_reason(data: Any, beside: object) -> Any:  # noqa: ANN401 - any JSON value
    """Return `data` with the reason given beside it: callers write it at either place."""
    members = as_object(data)
    if beside is None or members is None or "reason" in members:
        return data
    return {**members, "reason": beside}


def _unknown_type(name: object) -> Fault:
    if name is None:
        return Fault("type", "必填：记录类型", "required: the name of the event")
    shown = path_text([name]) if isinstance(name, str) else ""
    return Fault(
        "type",
        f"没有“{shown}”这种记录，可用：{'、'.join(EVENTS)}",
        f"there is no event {shown!r}; events are: {', '.join(EVENTS)}",
    )


def _checked(validator: SchemaValidator, value: Any, field: str, faults: list[Fault]) -> Any:  # noqa: ANN401
    """Return what `value` stands for; None, with its faults added to `faults`, where it is wrong."""
    try:
        return validator.validate_python(value)
    except ValidationError as error:
        # Faults of a command's data are named as the domain names them: without `data.`
        nameless = field == "data" and type(value) is dict
        faults += faults_of(error, *(() if nameless else (field,)))
        return None


_ACTOR = ("account", "role", "organisation")
_actors: dict[tuple[Any, ...], Actor] = {}
_days: dict[str, date] = {}


def _actor(given: Any, faults: list[Fault]) -> Actor:  # noqa: ANN401 - any JSON value
    key: tuple[Any, ...] | None = None
    try:
        if len(given) == len(_ACTOR):
            key = given["account"], given["role"], given["organisation"]
            return _actors[key]
    except (KeyError, TypeError):
        pass  # not seen before, or no actor at all: looked at below
    actor: Actor | None = _checked(ACTOR, given, "actor", faults)
    if actor is not None:
        _remember(_actors, key, actor)
    return actor or NOBODY


def _valid_from(given: Any, body: object, faults: list[Fault]) -> date:  # noqa: ANN401
    """Return the business day: as given, or the day that the data holds."""
    if type(given) is str and given in _days:
        return _days[given]
    if given is None:
        day = day_in(body) or getattr(body, "valid_from", None)
        if day is None and body is not None:
            faults.append(Fault("valid_from", "必填：业务日期", "required: the day in the world"))
        return day or date.min
    day = _checked(DAY, given, "valid_from", faults)
    if day is not None:
        _remember(_days, given, day)
    return day or date.min


def _remember(known: dict[Any, Any], key: object, value: object) -> None:
    if len(known) >= MOST_KEPT:
        known.clear()
    known[key] = value


def _text(given: Any, field: str, faults: list[Fault]) -> str | None:  # noqa: ANN401
    if given is None:
        return None
    text: str | None = _checked(TEXTS[field], given, field, faults)
    return text
