"""A command over HTTP: who may, what is asked, what came of it.

The actor is who the token says. The answer to a repeated key is made from the entries of the first
time, so it has the same bytes.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote

import orjson
from fastapi import Response

from api.access.access_keys import Held
from api.export.formats import JSON
from api.http.tags import if_match
from api.installation.wiring import Installation
from api.intake import device_records
from api.intake.commands import Conditions, perform
from api.intake.device_records import chains, own_digest, sealed, statements
from api.intake.evidence import missing_of, own_octets
from api.questions.duplicate_sessions import duplicates_as_reported
from api.questions.enterprises import outside
from api.questions.entry_context import MOST_RAISED
from api.questions.policy import READS, Action, decide, unauthenticated
from api.questions.problems import Problem, from_invalid, invalid
from api.questions.reading import Behind
from api.questions.visibility import within
from api.questions.withheld import rows_at
from domain.assessment import AssessmentHeld
from domain.correction import CorrectionRequested
from domain.enterprise import EnterpriseProfileChanged, EnterpriseRegistered
from domain.inspection.inspection import SpotCheckRecorded
from domain.request import ActRequested
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger import codec
from ledger.gate.faults import Invalid
from ledger.gate.json import read_object
from ledger.gate.text import NUMBER_HERE, holds_identity_number
from ledger.log.clock import SHANGHAI
from ledger.log.entry import Entry, instant_text
from ledger.pool import is_temporary
from projections.items.disclosure import shower
from projections.items.flags import FlagItem
from projections.items.shape import Audience
from projections.views import flags, roster
from projections.views.basis import Basis

_KEY = re.compile(r"[!-~]{1,100}")


def headers(sent: Mapping[str, str]) -> Conditions:
    """Return the key, and what must still be so.

    Raises:
        Problem: 400 without a key, 422 where one has no meaning.
    """
    key = sent.get("idempotency-key", "").strip()
    if not key:
        raise Problem(
            "idempotency-key-missing",
            "每次办理须带 Idempotency-Key（如一个 UUID）；重发时用同一个键",
            "send an Idempotency-Key (a UUID, say) with every command, and the same one on retry",
        )
    if not _KEY.fullmatch(key):
        raise invalid(
            "Idempotency-Key",
            "应为 1 至 100 个可见 ASCII 字符",
            "1 to 100 visible ASCII characters",
        )
    if holds_identity_number(key):
        raise invalid("Idempotency-Key", *NUMBER_HERE)
    match = sent.get("if-match")
    return Conditions(key, None if match is None else if_match(match))


def meant_for(sent: Mapping[str, str], actor: Actor) -> None:
    """Refuse what was kept for another account.

    A phone sends its records late, perhaps after its owner has signed out and somebody else in.

    Raises:
        Problem: 401, `Dudao-Account` (percent-encoded) names another account than the caller's.
    """
    account = sent.get("dudao-account")
    if account is not None and unquote(account) != actor.account:
        raise unauthenticated(
            "这条记录属于另一账户，须由其本人登录后发送",
            "this record belongs to another account, which must sign in to send it",
        )


def record(
    house: Installation, actor: Actor, names: Sequence[str], raw: bytes, conditions: Conditions
) -> Response:
    """Carry out or refuse the command of a body; answer with what was recorded and flagged.

    Raises:
        Problem, Refused: nothing was recorded.
    """
    return answer(house, perform(house, actor, names, raw, conditions))


def answer(house: Installation, positions: Sequence[int]) -> Response:
    """Say what was recorded and which flags it raised, once the views hold it.

    What is recorded is never answered with "try again": a `note` says where the flags are not known yet.

    202 where it is a request: the act has no effect until a second person takes it.
    """
    if not positions:
        return _said(_unread(positions), 200, {"Ledger-Position": str(house.ends().head)})
    try:
        return _whole_answer(house, positions)
    except Exception as error:
        if not is_temporary(error):
            raise
        # The database went away behind the commit. It is in the ledger all the same.
        body = {**_unread(positions), "note": _SOON._asdict()}
        return _said(body, 201, {"Location": f"/v1/events/{positions[0]}"})


def _unread(positions: Sequence[int]) -> dict[str, Any]:
    """Return what is said of positions alone, without the entries behind them."""
    position = positions[0] if positions else None
    unread = dict.fromkeys(("stream", "version", "recorded_at", "leaf"))
    return {"position": position, "positions": list(positions), **unread, "flags": []}


def _whole_answer(house: Installation, positions: Sequence[int]) -> Response:
    last = positions[-1]
    entries = house.log.at(positions)
    raised = _raised(house, entries)
    sent = {"Location": f"/v1/events/{entries[0].position}", "Ledger-Position": str(last)}
    body = _recorded(entries[0], positions, raised or ())
    if raised is None:
        body["note"] = _SOON._asdict()
    # What was only asked for is accepted, and has no effect until somebody else takes it.
    asked = codec.decode(entries[0].type, entries[0].payload)
    if isinstance(asked, ActRequested):
        sent["Location"] = f"/v1/requests/{asked.request_id}"
        return _said({**body, "request_id": asked.request_id}, 202, sent)
    status = 202 if isinstance(asked, CorrectionRequested) else 201
    return _said({**body, **_seen(house, entries[0])}, status, sent)


def _seen(house: Installation, entry: Entry) -> dict[str, Any]:
    """Return what the answer says beside what was recorded.

    Of a spot check: evidence that has not arrived by now. It is asked anew at every answer, so that
    a phone which sends its record again learns what to send; nothing of it is part of what a key
    remembers. Of a session: others that say the same, as known when it was recorded. Of a profile: that
    others bear the name, and that the registered address lies outside Beijing.
    """
    event = codec.recorded(entry).event
    if isinstance(event, AssessmentHeld):
        with house.reading() as connection:
            same = duplicates_as_reported(connection, entry.position, event)
        return {"warnings": [_reported_before(same)]} if same else {}
    if isinstance(event, EnterpriseProfileChanged | EnterpriseRegistered):
        doubts = [*_named_alike(house, entry, event), *_registered_outside(house, entry, event)]
        return {"warnings": doubts} if doubts else {}
    if not isinstance(event, SpotCheckRecorded):
        return {}
    with house.reading() as connection:
        chain = chains(connection, [event.device_id]).get(event.device_id)
    told = statements(event.device_id, chain) if chain else []
    return {
        "evidence_missing": missing_of(house, (each.sha256 for each in event.evidence)),
        "warnings": [{"field": "device_id", "reason": f"{zh} / {en}"} for zh, en in told],
    }


def _registered_outside(
    house: Installation, entry: Entry, event: EnterpriseProfileChanged | EnterpriseRegistered
) -> Iterator[dict[str, str]]:
    if event.address is not None:
        clue = outside(house, event.address, entry.valid_from, entry.position)
        if clue is not None:
            yield {"field": "address", "reason": f"{clue['zh']} / {clue['en']}"}


def _named_alike(
    house: Installation, entry: Entry, event: EnterpriseProfileChanged | EnterpriseRegistered
) -> Iterator[dict[str, str]]:
    """Say that others bear the name (§1); a reporter learns of nobody who was never on the roster."""
    if event.name is None:
        return
    by_reporter = codec.recorded(entry).actor.role is Role.ENTERPRISE_REPORTER
    basis = Basis(entry.recorded_at.astimezone(SHANGHAI).date(), entry.position)
    with house.reading() as connection:
        others = roster.namesakes(connection, basis, event.uscc, event.name, public=by_reporter)
    if others:
        zh, en = "、".join(others), ", ".join(others)
        yield {
            "field": "name",
            "reason": f"另有企业使用这一名称（{zh}）；已照录，请核实 / "
            f"another enterprise bears this name ({en}): it is taken, and should be checked",
        }


def _reported_before(same: Sequence[str]) -> dict[str, str]:
    listed = "、".join(same)
    return {
        "field": "assessment_id",
        "reason": f"内容与场次 {listed} 完全相同，可能重复上报；如确为两场请在备注中说明，如为误报请申请更正 / "
        f"says the same as session {listed}: perhaps it was reported twice",
    }


def require_sealed(house: Installation, device_key: Held, raw: bytes, key: str) -> None:
    """Refuse what a device did not seal: its credential posts finished records and nothing else.

    Raises:
        Problem: 403; the record's own bytes have not arrived, are another device's or account's, or
            say something else than the command.
    """
    try:
        body, _ = read_object(raw)
    except Invalid as error:
        raise from_invalid(error) from None
    digest = own_digest(body)
    octets = own_octets(house, device_key.actor, digest)
    record = None if octets is None else device_records.read(octets)
    good = (
        record is not None
        and record.device_id == device_key.holder == body.get("device_id")
        and record.account == device_key.actor.account
        and sealed(record, digest, key, body)
    )
    if not good:
        raise Problem(
            "forbidden",
            "此凭据只能提交本机已保存的记录；请登录后办理",
            "this credential posts records that were sealed on its own device: sign in for others",
            rule="not-sealed",
        )


class _Note(NamedTuple):
    zh: str
    en: str


_SOON = _Note(
    "已入账，不必重发；视图尚未更新，所引起的疑点稍后在疑点清单中显示",
    "it is recorded, do not send it again; the views are not there yet, and the flags that it raised "
    "will show in the list of flags",
)


def _raised(house: Installation, entries: Sequence[Entry]) -> Sequence[Mapping[str, Any]] | None:
    """Return the flags that the entries raised; None where the views do not hold them in time.

    On the day of the recording, and not on the one on which the answer is repeated. Those of the
    entries themselves come first, then those of other records of the same enterprises: one certificate
    too many is C3 of its session. What is withheld from who asked is left out.
    """
    last = entries[-1]
    basis = Basis(last.recorded_at.astimezone(SHANGHAI).date(), last.position)
    positions = [each.position for each in entries]
    subjects = list({each.subject for each in entries if each.subject is not None})
    actor = codec.recorded(last).actor
    try:
        house.wait_for(last.position)
        with house.reading() as connection:
            raised = flags.of_records(connection, basis, positions)
            if "flags" in READS.get(actor.role, ()):
                others = flags.raised_by(connection, basis, positions, subjects, MOST_RAISED)
                rows = rows_at(connection, decide(actor, Action.READ, "flags").rows, last.position)
                raised += [each for each in others if within(each, rows) is not None]
    except Behind:
        return None
    return [*map(shower(FlagItem, Audience.OFFICES), raised)]


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
