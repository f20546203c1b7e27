"""What a supervisor made of a flag: stream `flag/{key}` (四)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

from domain.correction import ENTRY
from domain.finding.finding import FINDING
from domain.judged import judged_record
from domain.terms.decider import Command, FactKey, FactKind, Facts, New, Refused
from domain.terms.envelope import Recorded
from domain.terms.guards import existing, not_in_the_future, reason_given
from domain.terms.identifiers import flag_parts
from domain.terms.vocabulary import ReviewDecision


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagReviewed:
    """A supervisor upheld or dismissed a flag, or made it a finding. The reason is the entry's."""

    flag: str
    decision: ReviewDecision
    finding_id: str | None = None


Event: TypeAlias = FlagReviewed


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The review that holds, and its entry."""

    decision: ReviewDecision
    position: int
    by: str
    reason: str
    finding_id: str | None


State: TypeAlias = Review | None
initial: State = None


def evolve(state: State, entry: Recorded[Any]) -> State:  # noqa: ARG001 - the last review holds
    """Return the review after `entry`."""
    return review_in(entry)


def review_in(entry: Recorded[FlagReviewed]) -> Review:
    """Return what the entry says."""
    event = entry.event
    return Review(
        decision=event.decision,
        position=entry.position,
        by=entry.actor.account,
        reason=entry.reason or "",
        finding_id=event.finding_id,
    )


FLAG: FactKind[State] = FactKind("flag", initial, evolve)
FACTS = MappingProxyType({"flag": FLAG})


def boundary(command: Command[Event]) -> Iterable[FactKey[Any]]:
    """The review so far, the judged record, and the finding that it became."""
    body = command.body
    yield FLAG.key(body.flag)
    parts = flag_parts(body.flag)
    if parts is not None:
        yield ENTRY.key(str(parts[1]))
    if body.finding_id is not None:
        yield FINDING.key(body.finding_id)


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return the review; none if the same review holds already."""
    body = command.body
    not_in_the_future(command)
    reason = reason_given(command)
    record = judged_record(facts, body.flag)
    if record is None:
        raise Refused(
            "unknown-flag",
            f"疑点 {body.flag[:40]} 不存在",
            f"flag {body.flag[:40]} does not exist",
            "flag",
        )
    if body.decision is ReviewDecision.CONVERTED:
        finding = FINDING.key(body.finding_id or "")
        existing(
            facts[finding] if body.finding_id else None,
            "unknown-finding",
            "转为问题时须给出已登记的问题编号(finding_id)",
            "a converted flag names a finding that exists (finding_id)",
            "finding_id",
        )
    held = facts[FLAG.key(body.flag)]
    if held is not None and (held.decision, held.finding_id, held.reason) == (
        body.decision,
        body.finding_id,
        reason,
    ):
        return []
    return [
        New(
            f"flag/{body.flag}",
            body,
            record.subject,
            record.district,
            (f"flag:{body.flag}", *_twin_tags(body.flag, record)),
            command.valid_from,
        )
    ]


def _twin_tags(key: str, record: Recorded[Any]) -> tuple[str, ...]:
    """C2 is judged over all certificates of a number or a holder, so its review is a fact of theirs."""
    if not key.startswith("C2-"):
        return ()
    return tuple(tag for tag in record.tags if tag.startswith(("certificate:", "holder:")))
