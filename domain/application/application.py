"""The way of an application from submission to receipt: stream `application/{id}` (五, 六(一)–六(四)).

A submission, an opinion and a sheet of scores are reported; acceptance, conclusion,
confirmation and receipt are decided by the centre and the bureau.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from operator import itemgetter
from types import MappingProxyType
from typing import Any, TypeAlias, get_args

from domain.application.confirmation import (
    ApplicationConfirmed,
    ApplicationRejected,
    ReceiptIssued,
    require_confirmable,
    require_receipt_due,
    require_rejectable,
)
from domain.application.evaluation import mean_of, require_points
from domain.application.progress import (
    Application,
    ApplicationStage,
    require_in_order,
    require_within,
)
from domain.application.scoring import (
    EvaluationConcluded,
    EvaluationScored,
    EvaluationScoreRevised,
    ExpertsAssigned,
    concluded,
    require_assignable,
    require_independent,
    require_known,
    require_panel,
    require_passed,
    require_scorable,
)
from domain.application.submission import (
    ApplicationAccepted,
    ApplicationReturned,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    DistrictOpinionGiven,
    require_acceptable,
    require_alone,
    require_complete,
    require_in_window,
    require_opinion_due,
    require_returnable,
    require_submittable,
    require_withdrawable,
)
from domain.enterprise import ENTERPRISE
from domain.terms.decider import Command, FactKey, FactKind, Facts, New
from domain.terms.envelope import Recorded
from domain.terms.evidence import evidence_tags
from domain.terms.guards import existing, must_say_why, not_in_the_future
from domain.terms.reference import Reference
from domain.terms.scope import (
    ScopeItem,
    require_certifiable,
    require_published,
    require_some,
    units,
)

Step: TypeAlias = (
    DistrictOpinionGiven
    | ApplicationAccepted
    | ApplicationReturned
    | ExpertsAssigned
    | EvaluationScored
    | EvaluationScoreRevised
    | EvaluationConcluded
    | ApplicationConfirmed
    | ApplicationRejected
    | ReceiptIssued
    | ApplicationWithdrawn
)
"""What may follow a submission."""
Event: TypeAlias = ApplicationSubmitted | Step
_OWN = frozenset(get_args(Event))

_UNACCEPTED: frozenset[ApplicationStage] = frozenset({"submitted", "opinion_given"})
_IN_EVALUATION: frozenset[ApplicationStage] = frozenset({"accepted", "experts_assigned", "scoring"})
_CONCLUDED: frozenset[ApplicationStage] = frozenset({"concluded"})
_UNCONFIRMED = _UNACCEPTED | _IN_EVALUATION | _CONCLUDED
TAKEN_AT: Mapping[type, frozenset[ApplicationStage]] = MappingProxyType(
    {
        DistrictOpinionGiven: _UNACCEPTED,
        ApplicationAccepted: _UNACCEPTED,
        ApplicationReturned: _UNCONFIRMED,
        ApplicationWithdrawn: _UNCONFIRMED,
        ExpertsAssigned: _IN_EVALUATION,
        EvaluationScored: _IN_EVALUATION - {"accepted"},
        EvaluationScoreRevised: _IN_EVALUATION & {"scoring"},
        EvaluationConcluded: _IN_EVALUATION & {"scoring"},
        ApplicationConfirmed: _CONCLUDED,
        ApplicationRejected: _UNCONFIRMED - _UNACCEPTED,
        ReceiptIssued: frozenset({"confirmed", "published"}),
    }
)
"""Step → the stages at which it may be taken; what else it needs, each step asks itself."""

State: TypeAlias = Application | None
initial: State = None


def sound(event: Event, reference: Reference, day: date) -> None:
    """Refuse what is not complete, in an open window, within the points, or may not be confirmed."""
    match event:
        case ApplicationSubmitted():
            require_complete(event)
        case DistrictOpinionGiven() | ApplicationAccepted() | ReceiptIssued():
            pass
        case ApplicationReturned() | ApplicationRejected() | ApplicationWithdrawn():
            must_say_why(event.reason)
        case ExpertsAssigned():
            require_panel(event, reference.rules(day))
        case EvaluationScored():
            require_points(event.scores, reference.rules(day).points_per_heading)
        case EvaluationScoreRevised():
            must_say_why(event.reason)
            require_points(event.scores, reference.rules(day).points_per_heading)
        case EvaluationConcluded():
            _require_conclusion(event, reference, day)
        case ApplicationConfirmed():
            _require_confirmable_scope(reference, event.scope, day, "确认范围为空")


def _require_conclusion(event: EvaluationConcluded, reference: Reference, day: date) -> None:
    if not event.recommended:
        return
    if event.arithmetic is not None:
        require_passed(event.arithmetic)
    _require_confirmable_scope(reference, event.scope, day, "推荐范围为空")


def _require_confirmable_scope(
    reference: Reference, scope: tuple[ScopeItem, ...], day: date, zh: str
) -> None:
    require_some(scope, zh, "the scope is empty")
    require_certifiable(reference, scope, day, "scope")


def evolve(state: State, entry: Recorded[Any]) -> State:
    """Return where the application stands after `entry` (its own events, and its publication)."""
    if type(entry.event) not in _OWN:  # the listing that publishes it carries its tag too
        listing = entry.event
        return None if state is None else replace(state, published=True, listed=listing.valid_from)
    event: Event = entry.event
    if isinstance(event, ApplicationSubmitted):
        return Application(
            application_id=event.application_id,
            uscc=event.uscc,
            window=event.window,
            submitted=entry.valid_from,
            position=entry.position,
            scope=event.scope,
            methods=event.methods,
            own_method=event.own_method,
            covering=tuple((unit.uscc, unit.name) for unit in event.units or ()),
        )
    if state is None:
        return None
    return _advance(state, entry, event)


def _advance(  # noqa: C901, PLR0911 - one line per event
    state: Application,
    entry: Recorded[Any],
    event: Step,
) -> Application:
    match event:
        case DistrictOpinionGiven():
            return replace(
                state,
                opinion=event.opinion,
                opinion_text=event.text,
                opinion_on=entry.valid_from,
            )
        case ApplicationAccepted():
            return replace(state, accepted=entry.valid_from)
        case ApplicationReturned():
            day = entry.valid_from
            return replace(state, ended="returned", ended_on=day, return_until=event.until)
        case ApplicationWithdrawn():
            return replace(state, ended="withdrawn", ended_on=entry.valid_from)
        case ExpertsAssigned():
            named = {expert.expert_id for expert in event.experts}
            before = (*state.left_out, *(expert.expert_id for expert in state.experts))
            left_out = tuple(dict.fromkeys(e for e in before if e not in named))
            # What is sent again replaces experts; the first assignment is what sheets rest on.
            first = min(state.assigned or entry.valid_from, entry.valid_from)
            return replace(state, experts=event.experts, left_out=left_out, assigned=first)
        case EvaluationScored() | EvaluationScoreRevised():
            return _scored(state, entry, event)
        case EvaluationConcluded():
            return replace(
                state,
                recommended=event.recommended,
                recommended_units=units(event.scope),
                mean=mean_of(event.arithmetic) if event.arithmetic else None,
                concluded=entry.valid_from,
                concluded_by=entry.actor.account,
            )
        case ApplicationConfirmed():
            # What is confirmed is withdrawn no more, on whichever later day that was meant.
            return replace(
                _not_yet_withdrawn(state, entry.valid_from),
                confirmed=entry.valid_from,
                confirmed_by=entry.actor.account,
                confirmed_units=units(event.scope),
            )
        case ApplicationRejected():
            return replace(state, ended="rejected", ended_on=entry.valid_from)
        case ReceiptIssued():
            return replace(
                state,
                receipt_no=event.receipt_no,
                receipt_on=event.issued_on,
                receipt_position=entry.position,
            )


def _scored(
    state: Application, entry: Recorded[Any], event: EvaluationScored | EvaluationScoreRevised
) -> Application:
    """Return the application with the sheet of one expert, in place of an earlier one."""
    sheets = tuple(sheet for sheet in state.sheets if sheet[0] != event.expert_id)
    comments = tuple(comment for comment in state.comments if comment[0] != event.expert_id)
    days = state.sheet_days
    if isinstance(event, EvaluationScored):
        days = (*(d for d in days if d[0] != event.expert_id), (event.expert_id, entry.valid_from))
    return replace(
        state,
        # By expert, whoever handed in first: nobody's sheet counts for more.
        sheets=tuple(sorted((*sheets, (event.expert_id, event.scores)), key=itemgetter(0))),
        comments=tuple(sorted((*comments, (event.expert_id, event.comment)))),
        sheet_days=tuple(sorted(days)),
        scored=max(state.scored or entry.valid_from, entry.valid_from),
    )


APPLICATION: FactKind[State] = FactKind("application", initial, evolve)

Pending: TypeAlias = frozenset[tuple[str, str]]
"""Ids and windows of the applications of one enterprise that are open."""


def pending_after(state: Pending, entry: Recorded[Any]) -> Pending:
    """Return what is open after `entry`: what ends an application closes it, and its publication."""
    event = entry.event
    if isinstance(event, ApplicationSubmitted):
        return state | {(event.application_id, event.window)}
    return frozenset(pending for pending in state if pending[0] != event.application_id)


APPLICANT: FactKind[Pending] = FactKind("applicant", frozenset(), pending_after)
FACTS = MappingProxyType({"application": APPLICATION, "applicant": APPLICANT})


def applicant_tag(uscc: str) -> str:
    """Return the tag of what opens and closes applications of one enterprise."""
    return APPLICANT.key(uscc).tag


_OPENS_OR_CLOSES = (
    ApplicationSubmitted,
    ApplicationReturned,
    ApplicationRejected,
    ApplicationWithdrawn,
)


def boundary(command: Command[Event]) -> Iterable[FactKey[Any]]:
    """The application itself, and the enterprise where the command names it."""
    body = command.body
    if isinstance(body, ApplicationSubmitted):
        again = () if body.resubmits is None else (APPLICATION.key(body.resubmits),)
        own = APPLICATION.key(body.application_id)
        return own, ENTERPRISE.key(body.uscc), APPLICANT.key(body.uscc), *again
    return (APPLICATION.key(body.application_id),)


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return the event that carries out `command`, or raise `Refused`."""
    body = command.body
    sound(body, facts.reference, day_of(body, command.valid_from))
    known = facts[APPLICATION.key(body.application_id)]
    if isinstance(body, ApplicationSubmitted):
        returned = None if body.resubmits is None else facts[APPLICATION.key(body.resubmits)]
        require_submittable(facts, command, body, known, returned)
        pending: Pending = facts[APPLICANT.key(body.uscc)]
        require_alone(body, pending)
        return [_new(facts, command, body.uscc, body)]
    state = existing(
        known,
        "unknown-application",
        f"申报 {body.application_id} 不存在",
        f"application {body.application_id} does not exist",
        "application_id",
    )
    not_in_the_future(command)
    state = _not_yet_withdrawn(state, max(command.today, day_of(body, command.valid_from)))
    event = _decided(facts, command, state, body)
    if event is None:
        return []
    new = _new(facts, command, state.uscc, event)
    require_in_order(state, _advance(state, _pending(command, new), event), _day_field(event))
    return [new]


def _not_yet_withdrawn(state: Application, day: date) -> Application:
    """Return the application as an act of `day` finds it: a withdrawal of a later day stops no authority."""
    later = state.ended == "withdrawn" and state.ended_on is not None and day < state.ended_on
    return replace(state, ended=None, ended_on=None) if later else state


def founded(facts: Facts, right: Recorded[Any]) -> None:
    """Refuse a correction after which the entry rests on nothing: beyond its limit, or out of order."""
    event: Event = right.event
    state = facts[APPLICATION.key(event.application_id)]
    if state is None:
        return
    match event:
        case ApplicationSubmitted():
            _require_submission(facts, state, event, right.valid_from)
            return
        case ExpertsAssigned():
            require_independent(facts, state, event, right.valid_from)
        case EvaluationConcluded() if event.recommended:
            require_within(event.scope, units(state.scope), "申报范围", "the scope applied for")
            require_known(facts.reference, event, right.valid_from)
        case ApplicationConfirmed():
            limit, day = state.recommended_units, right.valid_from
            require_within(event.scope, limit, "推荐范围", "the recommended scope")
            require_published(facts.reference, event.scope, day, "scope", right.document_no)
        case (
            DistrictOpinionGiven()
            | ApplicationAccepted()
            | ApplicationReturned()
            | EvaluationScored()
            | EvaluationScoreRevised()
            | EvaluationConcluded()
            | ApplicationRejected()
            | ReceiptIssued()
            | ApplicationWithdrawn()
        ):
            pass
    require_in_order(state, _advance(state, right, event), _day_field(event))


def _require_submission(
    facts: Facts, state: Application, event: ApplicationSubmitted, day: date
) -> None:
    """Refuse a window that was closed, or that another open application of the enterprise is for."""
    returned = None if event.resubmits is None else facts[APPLICATION.key(event.resubmits)]
    require_in_window(event, returned, day)
    pending: Pending = facts[APPLICANT.key(event.uscc)]
    require_alone(event, (other for other in pending if other[0] != event.application_id))
    require_in_order(state, replace(state, submitted=day))


def day_of(event: Event, valid_from: date) -> date:
    """Return the day of a step: its own data may hold it."""
    return event.issued_on if isinstance(event, ReceiptIssued) else valid_from


def _day_field(event: Event) -> str:
    return "issued_on" if isinstance(event, ReceiptIssued) else "valid_from"


def _pending(command: Command[Event], new: New) -> Recorded[Any]:
    """Return the entry that the decision is about to make, as far as its days are concerned."""
    # fmt: off
    return Recorded(
        0, new.stream, 0, "", _NEVER, new.valid_from, new.subject, new.district, new.tags,
        command.actor, new.event,
    )
    # fmt: on


_NEVER = datetime(1, 1, 1, tzinfo=UTC)


def _decided(  # noqa: C901 - one line per event
    facts: Facts, command: Command[Event], state: Application, body: Step
) -> Step | None:
    """Return what to record; None where nothing would change."""
    match body:
        case DistrictOpinionGiven():
            require_opinion_due(facts, command, state, body)
        case ApplicationAccepted():
            require_acceptable(facts, command, state)
        case ApplicationReturned():
            require_returnable(state)
        case ApplicationWithdrawn():
            require_withdrawable(state)
        case ExpertsAssigned():
            require_assignable(facts, command, state, body)
        case EvaluationScored() | EvaluationScoreRevised():
            require_scorable(facts, command, state, body)
        case EvaluationConcluded():
            return replace(body, arithmetic=concluded(facts, command, state, body))
        case ApplicationConfirmed():
            require_confirmable(facts, command, state, body)
        case ApplicationRejected():
            require_rejectable(state)
        case ReceiptIssued():
            require_receipt_due(command, state, body)
    return None if _holds_already(state, body) else body


def _holds_already(state: Application, body: Step) -> bool:
    """Whether recording `body` would change nothing."""
    match body:
        case DistrictOpinionGiven():
            return (state.opinion, state.opinion_text) == (body.opinion, body.text)
        case ExpertsAssigned():
            return state.experts == body.experts
        case EvaluationScoreRevised():
            same_scores = (body.expert_id, body.scores) in state.sheets
            return same_scores and (body.expert_id, body.comment) in state.comments
        case ReceiptIssued():
            return state.receipt_no is not None
        case (
            ApplicationAccepted()
            | ApplicationReturned()
            | ApplicationWithdrawn()
            | EvaluationScored()
            | EvaluationConcluded()
            | ApplicationConfirmed()
            | ApplicationRejected()
        ):
            return False


def _new(facts: Facts, command: Command[Event], uscc: str, event: Event) -> New:
    enterprise = facts[ENTERPRISE.key(uscc)]
    day = day_of(event, command.valid_from)
    materials = event.materials if isinstance(event, ApplicationSubmitted) else ()
    tags = (
        f"application:{event.application_id}",
        *evidence_tags(material.sha256 for material in materials),
    )
    if isinstance(event, _OPENS_OR_CLOSES):
        tags = (*tags, applicant_tag(uscc))
    return New(
        f"application/{event.application_id}",
        event,
        uscc,
        enterprise.district_on(day) if enterprise else None,
        tags,
        day,
    )
