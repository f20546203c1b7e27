"""What a corrected record must still be: a correction lets nothing in that was refused before.

Only what the record itself tells is judged again. Whether it follows from the entries before
it was decided when it was recorded. Clauses 三, 六(二), 六(三).
"""

from typing import Any

from domain.application.confirmation import ApplicationConfirmed
from domain.application.evaluation import require_points
from domain.application.scoring import EvaluationConcluded, EvaluationScored, EvaluationScoreRevised
from domain.assessment import AssessmentHeld
from domain.certificate.certificate import CertificateIssued
from domain.enterprise import UnitCovered
from domain.inspection.inspection import (
    InspectionDispatched,
    SpotCheckRecorded,
    require_kind,
    require_unrecused,
)
from domain.standing.standing import (
    EnterpriseListed,
    ListingReinstated,
    ListingRemoved,
    ListingRenewed,
    ListingSuspended,
    ScopeChanged,
    require_listing_period,
)
from domain.terms.decider import Command, Refused
from domain.terms.envelope import Recorded
from domain.terms.guards import must_be_uscc, not_in_the_future
from domain.terms.intervals import Days
from domain.terms.reference import Reference
from domain.terms.scope import require_certifiable

_MAY_LIE_AHEAD = (
    EnterpriseListed,
    ScopeChanged,
    ListingSuspended,
    ListingReinstated,
    ListingRemoved,
    ListingRenewed,
    InspectionDispatched,
)


def require_sound(
    reference: Reference, command: Command[Any], after: Recorded[Any], day_field: str
) -> None:
    """Refuse a correction after which the record could not have been recorded (§3).

    `day_field` is the path of the correction that sets the record's day.
    """
    if not isinstance(after.event, _MAY_LIE_AHEAD):
        not_in_the_future(command, after.valid_from, day_field)
    _require_possible(command, after.event)
    _require_decidable(reference, after)


def _require_possible(command: Command[Any], event: object) -> None:
    """Refuse a fact that cannot be one."""
    match event:
        case AssessmentHeld():
            not_in_the_future(command, event.held_to, "fields.held_to")
            if event.unit_uscc is not None:
                must_be_uscc(event.unit_uscc, "fields.unit_uscc")
            if event.held_to < event.held_from:
                raise Refused(
                    "days-reversed",
                    f"结束日 {event.held_to} 早于开始日 {event.held_from}",
                    f"the session would end ({event.held_to}) before it begins ({event.held_from})",
                    "fields.held_to",
                )
        case CertificateIssued():
            must_be_uscc(event.issuer_uscc, "fields.issuer_uscc")
        case UnitCovered():
            must_be_uscc(event.unit_uscc, "fields.unit_uscc")
        case InspectionDispatched():
            require_kind(event.kind)
            require_unrecused(event.inspectors)
        case SpotCheckRecorded():
            require_kind(event.kind)
        case _:
            return


def _require_decidable(reference: Reference, after: Recorded[Any]) -> None:
    """Refuse a decision that may not be taken so on its day."""
    event, day = after.event, after.valid_from
    match event:
        case EvaluationScored() | EvaluationScoreRevised():
            require_points(event.scores, reference.rules(day).points_per_heading)
        case EvaluationConcluded() if event.recommended:
            if event.arithmetic is not None and not event.arithmetic.passed:
                raise Refused(
                    "below-pass-mark",
                    f"平均分 {event.arithmetic.mean} 低于合格线 {event.arithmetic.pass_mark},不能推荐",
                    f"the mean {event.arithmetic.mean} is below the pass mark {event.arithmetic.pass_mark}",
                    "fields.recommended",
                )
            require_certifiable(reference, event.scope, day, "fields.scope", after.document_no)
        case ApplicationConfirmed():
            require_certifiable(reference, event.scope, day, "fields.scope", after.document_no)
        case ScopeChanged():
            require_certifiable(reference, event.added, day, "fields.added", after.document_no)
        case EnterpriseListed() | ListingRenewed():
            days = Days(event.valid_from, event.valid_to)
            require_listing_period(days, reference.rules(day).listing_years, "fields.valid_to")
            require_certifiable(
                reference, event.scope or (), day, "fields.scope", after.document_no
            )
        case ListingSuspended() if event.until is not None and event.until <= day:
            raise Refused(
                "until-before-start",
                f"暂停截止日 {event.until} 不晚于起始日 {day}",
                f"the suspension would end ({event.until}) before it begins ({day})",
                "fields.until",
            )
        case _:
            return
