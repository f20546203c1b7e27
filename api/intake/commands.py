"""One command from outside, by whatever way it came: who may, what is asked, where it was recorded."""

import uuid
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, NamedTuple, Protocol

from api.questions.policy import Action, decide
from api.questions.problems import Problem, from_invalid, from_rejection, invalid
from domain.registry import EVENTS
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.deciding.expected import Expected
from ledger.deciding.outcome import Accepted, Already, Nothing, Outcome, Rejected
from ledger.deciding.rehearsal import Foreseen
from ledger.deciding.transact import Transactor
from ledger.gate.faults import Fault as ShapeFault
from ledger.gate.faults import Invalid
from ledger.gate.json import read_object
from ledger.gate.output import members
from ledger.gate.shapes import Submission, from_members
from ledger.log.clock import today

_SPEAKS_FOR_ANOTHER = ("received_by", "approved_by")


class Recording(Protocol):
    """What recording needs of an installation."""

    @property
    def transactor(self) -> Transactor:
        """The one way to append."""
        ...


class Conditions(NamedTuple):
    """What the headers of a command say."""

    key: str
    expected: Expected | None
    about: tuple[tuple[str, object], ...] = ()
    """Members of the data that the address says."""


def perform(
    house: Recording, actor: Actor, names: Sequence[str], raw: bytes, conditions: Conditions
) -> range:
    """Carry out the command of a body, of one of `names`; return where it was recorded, if anywhere.

    Raises:
        Problem, Refused: nothing was recorded.
    """
    submission = _read(actor, names, raw, conditions)
    expected = conditions.expected
    if expected is not None:
        expected = expected._replace(by_reporter=actor.role is Role.ENTERPRISE_REPORTER)
    outcome = house.transactor.execute(submission, expected)
    try:
        positions = _positions(outcome)
    except Problem as problem:
        # Refused by what its author has not read: that is said first.
        if expected is None or problem.code != "refused":
            raise
        changed = house.transactor.changed_since(submission, expected)
        raise problem if changed is None else from_rejection(changed) from None
    if not positions and expected is not None:  # it would change nothing: any more?
        changed = house.transactor.changed_since(submission, expected)
        if changed is not None:
            raise from_rejection(changed)
    return positions


def foresee(house: Recording, actor: Actor, commands: Sequence[tuple[str, bytes]]) -> Foreseen:
    """Return what commands of `actor`, name and body, would have recorded; nothing is.

    What a second person has to approve is looked at as if it were: that is what is asked for.

    Raises:
        Problem: a command would be refused.
    """
    second = Actor(
        account="supposed second person", role=actor.role, organisation=actor.organisation
    )
    supposed: list[Submission] = []
    for number, (name, raw) in enumerate(commands):
        read = _read(actor, (name,), raw, Conditions(f"supposed/{uuid.uuid4()}/{number}", None))
        approved = replace(read.stamps, approved_by=second) if name in APPROVED else read.stamps
        supposed.append(read._replace(asks=False, stamps=approved))
    foreseen = house.transactor.rehearsal().foresee(supposed)
    if foreseen.refusals:
        raise from_rejection(foreseen.refusals[0])
    return foreseen


APPROVED = frozenset(
    {
        "ScopeChanged",
        "ListingRemoved",
        "ListingReinstated",
        "ListingRenewed",
        "RecordCorrected",
        "CorrectionDecided",
    }
)
"""Acts that take a second person, always or where they end a severe breach, and wait without one."""


def _read(actor: Actor, names: Sequence[str], raw: bytes, conditions: Conditions) -> Submission:
    """Return the command of a body that `actor` may record.

    Raises:
        Problem: it is not well formed, or not theirs.
    """
    try:
        data, faults = read_object(raw)
        data |= dict(conditions.about)
        name = _named(names, data)
        decide(actor, Action.RECORD, name)
        # Keys of two accounts never meet: nobody finds out by trying which keys others have used.
        key = f"{actor.account}/{conditions.key}"
        return _submission(name, data, faults, actor, key)
    except Invalid as error:
        raise from_invalid(error) from None


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
    """Take the event's name out of the body; without one it is the path's default.

    A request's own `type` is that of the act that is asked for, and stays in the body.
    """
    if len(names) == 1 and "type" in {field.name for field in fields(EVENTS[names[0]].cls)}:
        return names[0]
    if names == ("ActRequested",):  # its own data has a `type`: the act that is asked for
        return names[0]
    name = data.pop("type", names[0])
    if name in names:
        return str(name)
    raise invalid("type", f"应为 {'、'.join(names)} 之一", f"must be one of {', '.join(names)}")


def _submission(
    name: str, data: dict[str, Any], faults: Sequence[ShapeFault], actor: Actor, key: str
) -> Submission:
    """Return the command; a member that the event itself has (`reason` of some) belongs to it."""
    own = {field.name for field in fields(EVENTS[name].cls)}
    beside: dict[str, Any] = {
        member: data.pop(member)
        for member in ("valid_from", "reason", "document_no", "received_on")
        if member in data and member not in own
    }
    shape_faults = [*faults]
    for member in _SPEAKS_FOR_ANOTHER:
        if member in data and member not in own:
            data.pop(member)
            shape_faults.append(
                ShapeFault(
                    member,
                    "须由其本人登录办理，不能代为写明",
                    "nobody states this for somebody else: they sign in and do so themselves",
                )
            )
    if name == "ActDecided":
        beside.setdefault("valid_from", today().isoformat())
    top = {"type": name, "actor": members(actor), "data": data, "idempotency_key": key, **beside}
    # A second person signs in by themselves: what needs one becomes a request.
    return from_members(top, shape_faults)._replace(asks=True)
