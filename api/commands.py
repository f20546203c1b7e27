"""A command over HTTP: who may, what is asked, what came of it.

The actor is who the token says. The answer to a repeated key is made from the entries of the first
time, so it has the same bytes.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, NamedTuple
from urllib.parse import unquote

import orjson
from fastapi import Response

from api.access import Action, decide, unauthenticated
from api.bodies import from_invalid
from api.formats import JSON
from api.problems import Problem, from_rejection, invalid
from api.queries import behind
from api.wiring import Behind, Installation
from domain.envelope import Actor
from domain.registry import EVENTS
from ledger.entry import Entry, instant_text
from ledger.faults import Fault as ShapeFault
from ledger.faults import Invalid
from ledger.outcome import Accepted, Already, Nothing, Outcome, Rejected
from ledger.shape_json import read_object
from ledger.shape_output import members
from ledger.shapes import Submission, from_members
from projections import flags

_KEY = re.compile(r"[!-~]{1,100}")
_VERSION = re.compile(r'"([0-9]{1,10})"')
_TAG = re.compile(r'(?:W/)?"[!#-~]*"')


class Conditions(NamedTuple):
    """What the headers of a command say."""

    key: str
    version: int | None


def headers(sent: Mapping[str, str]) -> Conditions:
    """Return key and expected version.

    Raises:
        Problem: 400 without a key, 412 for a tag that is no stream's, 422 where one has no meaning.
    """
    key = sent.get("idempotency-key", "").strip()
    if not key:
        raise Problem(
            "idempotency-key-missing",
            "每次办理须带 Idempotency-Key(如一个 UUID);重发时用同一个键",
            "send an Idempotency-Key (a UUID, say) with every command, and the same one on retry",
        )
    if not _KEY.fullmatch(key):
        raise invalid(
            "Idempotency-Key",
            "应为 1 至 100 个可见 ASCII 字符",
            "1 to 100 visible ASCII characters",
        )
    match = sent.get("if-match")
    if match is None:
        return Conditions(key, None)
    version = _VERSION.fullmatch(match.strip())
    if version is None and _TAG.fullmatch(match.strip()):
        raise Problem(
            "version-conflict",
            'If-Match 不是任何流的版本;请用上次办理答复中的 version,如 "3"',
            'If-Match is the version of no stream; send the version of the last answer, like "3"',
        )
    if version is None:
        raise invalid(
            "If-Match", '应为流的版本,如 "3"', 'the version of the stream is expected, like "3"'
        )
    return Conditions(key, int(version[1]))


def meant_for(sent: Mapping[str, str], actor: Actor) -> None:
    """Refuse what was kept for another account.

    A phone sends its records late, perhaps after its owner has signed out and somebody else in.

    Raises:
        Problem: 401, `Dudao-Account` (percent-encoded) names another account than the caller's.
    """
    account = sent.get("dudao-account")
    if account is not None and unquote(account) != actor.account:
        raise unauthenticated(
            "这条记录属于另一账户,须由其本人登录后发送",
            "this record belongs to another account, which must sign in to send it",
        )


def record(
    house: Installation, actor: Actor, names: Sequence[str], raw: bytes, conditions: Conditions
) -> Response:
    """Carry out or refuse the command of a body; answer with what was recorded and flagged.

    Raises:
        Problem, Refused: nothing was recorded.
    """
    return _answer(house, perform(house, actor, names, raw, conditions))


def perform(
    house: Installation, actor: Actor, names: Sequence[str], raw: bytes, conditions: Conditions
) -> range:
    """Carry out the command of a body, of one of `names`; return where it was recorded, if anywhere.

    Raises:
        Problem, Refused: nothing was recorded.
    """
    try:
        data, faults = read_object(raw)
        name = _named(names, data)
        decide(actor, Action.RECORD, name)
        # Keys of two accounts never meet: nobody finds out by trying which keys others have used.
        key = f"{actor.account}/{conditions.key}"
        submission = _submission(name, data, faults, actor, key)
    except Invalid as error:
        raise from_invalid(error) from None
    return _positions(house.transactor.execute(submission, conditions.version))


def _positions(outcome: Outcome) -> range:
    """Return where a command was recorded; empty if nothing would change.

    Raises:
        Problem: it was refused.
    """
    match outcome:
        case Accepted(first, count) | Already(first, count):
            return range(first, first + count)
        case Nothing():
            return range(0)
        case Rejected():
            raise from_rejection(outcome)


def _named(names: Sequence[str], data: dict[str, Any]) -> str:
    """Take the event's name out of the body; without one it is the path's default."""
    name = data.pop("type", names[0])
    if name in names:
        return str(name)
    listed = ", ".join(names)
    raise invalid("type", f"应为 {listed} 之一", f"must be one of {listed}")


def _submission(
    name: str, data: dict[str, Any], faults: Sequence[ShapeFault], actor: Actor, key: str
) -> Submission:
    """Return the command; a member that the event itself has (`reason` of some) belongs to it."""
    own = {field.name for field in fields(EVENTS[name].cls)}
    beside: dict[str, Any] = {
        member: data.pop(member)
        for member in ("valid_from", "reason", "document_no")
        if member in data and member not in own
    }
    top = {"type": name, "actor": members(actor), "data": data, "idempotency_key": key, **beside}
    return from_members(top, faults)


def _answer(house: Installation, positions: Sequence[int]) -> Response:
    """Say what was recorded and which flags it raised, once the views hold it."""
    if not positions:
        empty: dict[str, Any] = {"position": None, "positions": [], "stream": None, "version": None}
        sent = {"Ledger-Position": str(house.ends().head)}
        return _said({**empty, "recorded_at": None, "leaf": None, "flags": []}, 200, sent)
    entries = house.log.at(positions)
    last = positions[-1]
    try:
        house.wait_for(last)
    except Behind:
        raise behind(last) from None
    with house.reading() as connection:
        raised = flags.of_records(connection, list(positions), last)
    sent = {"Location": f"/v1/events/{entries[0].position}", "Ledger-Position": str(last)}
    return _said(_recorded(entries[0], positions, raised), 201, sent)


def _recorded(
    entry: Entry, positions: Sequence[int], raised: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    return {
        "position": entry.position,
        "positions": list(positions),
        "stream": entry.stream,
        "version": entry.version,
        "recorded_at": instant_text(entry.recorded_at),
        "leaf": entry.leaf_hash().hex(),
        "flags": list(raised),
    }


def _said(body: Mapping[str, Any], status: int, sent: Mapping[str, str]) -> Response:
    return Response(orjson.dumps(body), status_code=status, media_type=JSON, headers=dict(sent))
