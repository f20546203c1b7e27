"""The bureau's confirmation and the centre's receipt (六(四)).

Recorded in the stream of the application (`domain.application.application`).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.application.progress import (
    Application,
    require_accepted,
    require_another,
    require_not_scored,
    require_open,
    require_within,
)
from domain.terms.decider import Command, Facts, Refused
from domain.terms.guards import not_in_the_future
from domain.terms.scope import ScopeItem, require_published


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationConfirmed:
    """The bureau confirmed the result."""

    application_id: str
    scope: tuple[ScopeItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationRejected:
    """The bureau did not confirm."""

    application_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptIssued:
    """The centre issued the 确认回执."""

    application_id: str
    receipt_no: str
    issued_on: date


def require_confirmable(
    facts: Facts, command: Command[Any], state: Application, body: ApplicationConfirmed
) -> None:
    """Refuse to confirm twice, alone, without a recommendation, or more than was recommended."""
    require_open(state)
    if state.confirmed is not None:
        raise Refused(
            "already-confirmed",
            "申报已确认",
            "the application is already confirmed",
            "application_id",
        )
    if state.recommended is None:
        raise Refused(
            "not-concluded",
            "专家评估尚未结束",
            "the expert evaluation is not concluded",
            "application_id",
        )
    if not state.recommended:
        raise Refused(
            "not-recommended",
            "专家评估未推荐，不能确认",
            "the evaluation did not recommend it",
            "application_id",
        )
    account = command.actor.account
    require_another(
        facts, account, state.concluded_by, "评估结论与确认", "conclusion and confirmation"
    )
    require_not_scored(facts, state, account)
    require_within(body.scope, state.recommended_units, "推荐范围", "the recommended scope")
    require_published(facts.reference, body.scope, command.valid_from, "scope", command.document_no)


def require_rejectable(state: Application) -> None:
    """Refuse to reject what was not taken in or is confirmed."""
    require_open(state)
    require_accepted(state)
    if state.confirmed is not None:
        raise Refused(
            "already-confirmed",
            "申报已确认，不能再作不予确认",
            "already confirmed; it cannot be rejected",
            "application_id",
        )


def require_receipt_due(command: Command[Any], state: Application, body: ReceiptIssued) -> None:
    """Refuse a receipt for what is not confirmed, and a second, different one."""
    require_open(state)
    not_in_the_future(command, body.issued_on, "issued_on")
    if state.confirmed is None:
        raise Refused(
            "not-confirmed",
            "申报尚未确认，按六（四）不能发确认回执",
            "the application is not confirmed; no receipt can be issued (六(四))",
            "application_id",
        )
    issued = (state.receipt_no, state.receipt_on)
    if state.receipt_no is not None and issued != (body.receipt_no, body.issued_on):
        raise Refused(
            "receipt-exists",
            f"确认回执 {state.receipt_no} 已发",
            f"receipt {state.receipt_no} was already issued",
            "receipt_no",
        )
