"""Acts that take two persons, and whether the second one is another (§1, §3).

Persons are counted, never accounts: an account of which no person is known is a person of its own.
What was brought in as history may lack its second person; then it rests on the paper that it names.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeAlias, get_args

from domain import catalogue, correction, enterprise, flag
from domain.assessment import AssessmentHeld
from domain.catalogue import CatalogueAdopted
from domain.certificate.certificate import CertificateIssued
from domain.checks import CHECKS
from domain.correction import CorrectionDecided, CorrectionRequested, RecordCorrected
from domain.enterprise import (
    EnterpriseProfileChanged,
    EnterpriseRegistered,
    UnitCovered,
    UnitReleased,
)
from domain.entry import ENTRY
from domain.flag import FlagAnswered, FlagReviewed
from domain.permissions import require_role
from domain.roster import RosterPublished
from domain.standing import standing
from domain.standing.standing import (
    EnterpriseListed,
    ListingReinstated,
    ListingRemoved,
    ListingRenewed,
    ListingSuspended,
    ScopeChanged,
)
from domain.terms.decider import Command, Facts, Refused
from domain.terms.envelope import Actor, Recorded
from domain.terms.identifiers import flag_parts
from domain.terms.naming import event_of
from domain.terms.vocabulary import ReviewDecision, Role, Severity, Verdict

_Weighed: TypeAlias = (
    standing.Event | enterprise.Event | catalogue.Event | flag.Event | correction.Event
)
_WEIGHED = frozenset(get_args(_Weighed))
"""Acts of the streams in which some take two persons by name; in no other one does any."""
_ADOPTED_BY_TWO = frozenset({"rules", "qualifications", "mapping", "outline"})
_REACHES_BACK = (RecordCorrected, CorrectionDecided, ListingReinstated, ListingRenewed)
_CORRECTED_BY_TWO = (ScopeChanged, ListingRemoved, EnterpriseListed, RosterPublished)


def needs_two(  # noqa: PLR0911 - one answer per act
    facts: Facts, command: Command[Any], decided: object = None
) -> bool:
    """Tell whether a second person has to approve the act, of which `decided` is what is recorded."""
    if type(command.body) not in _WEIGHED:  # certificates come by the million
        return False
    body: _Weighed = command.body
    match body:
        case ScopeChanged() | ListingRemoved():
            return True
        case EnterpriseProfileChanged():
            return is_wish(command.actor, body)
        case CatalogueAdopted():
            return body.kind.value in _ADOPTED_BY_TWO
        case FlagReviewed():
            review = decided if isinstance(decided, FlagReviewed) else body
            return review.decision is ReviewDecision.DISMISSED and _is_severe(review)
        case RecordCorrected():
            return _corrected_by_two(facts, body)
        case (
            EnterpriseListed()
            | ListingRenewed()
            | ListingSuspended()
            | ListingReinstated()
            | EnterpriseRegistered()
            | UnitCovered()
            | UnitReleased()
            | FlagAnswered()
            | CorrectionRequested()
            | CorrectionDecided()
        ):
            return False


def _corrected_by_two(facts: Facts, body: RecordCorrected) -> bool:
    entry = facts[ENTRY.key(str(body.position))]
    event = entry.event if entry is not None else None
    if isinstance(event, FlagReviewed):
        return _is_severe(event)
    return isinstance(event, _CORRECTED_BY_TWO)


def acquits(facts: Facts, command: Command[Any], foreseen: Sequence[Recorded[Any]]) -> bool:
    """Tell whether the act ends a severe breach: then it is a dismissal in effect, and takes two (§1).

    Only what can reach back into what a breach rests on is looked at: corrections, and acts that
    bring an enterprise back onto the roster for days that have passed.
    """
    if not isinstance(command.body, _REACHES_BACK) or not _may_bear(facts, command.body):
        return False
    return facts.judged.ends_severe_breach(foreseen)


def _may_bear(facts: Facts, body: object) -> bool:
    """Tell whether what is corrected can be what S3, S7, G1 or R1 looks at in its record.

    Columns of an upload are corrected by the thousand, and a fold of the enterprise is no matter for each.
    """
    if not isinstance(body, RecordCorrected):
        return True
    record = facts[ENTRY.key(str(body.position))]
    event: object = record.event if record is not None else None
    looked_at = LOOKED_AT.get(type(event))
    roots = {field.path.partition(".")[0] for field in body.fields}
    return looked_at is None or not looked_at.isdisjoint(roots)


LOOKED_AT: Mapping[type, frozenset[str]] = MappingProxyType(
    {
        AssessmentHeld: frozenset(
            {"uscc", "occupation", "level", "mode", "held_from", "held_to", "venue", "venues"}
        ),
        CertificateIssued: frozenset(
            {"assessment_id", "issuer_uscc", "occupation", "level", "issued_on"}
        ),
    }
)
"""What of a session or a certificate the severe checks look at; all of any other record."""


def is_wish(actor: Actor, body: object) -> bool:
    """Tell whether it is an enterprise's to ask for alone: another name of its own (§1)."""
    reported = actor.role is Role.ENTERPRISE_REPORTER
    return reported and isinstance(body, EnterpriseProfileChanged) and body.name is not None


def _is_severe(review: FlagReviewed) -> bool:
    """Tell whether the flag is, or was, of a check whose breach is severe."""
    parts = flag_parts(review.flag)
    check = CHECKS.get(parts[0]) if parts is not None else None
    if (review.outcome or "").partition(".")[0] == Verdict.UNDECIDED.value:
        return False
    return check is not None and check.severity is Severity.SEVERE


def require_second_person(facts: Facts, command: Command[Any], *, on_paper: bool) -> None:
    """Refuse an act of one person alone, unless it is history that rests on a paper.

    `on_paper`: what a file brings in needs to name its paper alone, which two persons signed.
    """
    second, name = command.stamps.approved_by, type(command.body).__name__
    if second is not None:
        require_role(second, name, "approved_by")
        _require_authority(second)
        require_other_person(facts, command.actor.account, second.account)
        return
    paper: str = command.document_no or getattr(command.body, "basis", None) or ""
    if on_paper and paper.strip():
        return
    if on_paper:
        raise Refused(
            "second-person-missing",
            f"“{event_of(name).zh}”使严重违规不再成立，须由两人办理：请写明第二人或所依据的文号",
            f"“{event_of(name).en}” ends a severe breach, which takes two persons; name the second one"
            " or the number of the paper",
            "approved_by",
        )
    if not command.stamps.backfill:
        raise Refused(
            "second-person-missing",
            f"“{event_of(name).zh}”须由两人办理，请写明第二人",
            f"“{event_of(name).en}” takes two persons; name the second one",
            "approved_by",
        )
    if not (command.document_no or "").strip():
        raise Refused(
            "document-missing",
            "历史补录没有第二人时，须写明所依据的文号",
            "history without a second person rests on a paper; give its number (document_no)",
            "document_no",
        )


def _require_authority(second: Actor) -> None:
    if second.role is Role.ENTERPRISE_REPORTER:
        raise Refused(
            "role-not-allowed",
            "企业的申报员不能批准；须由主管部门核准",
            "a reporter approves nothing; the authority does",
            "approved_by.role",
        )


def require_other_person(facts: Facts, first: str, second: str) -> None:
    """Refuse one person in two parts, under whichever accounts."""
    if facts.person(first) == facts.person(second):
        raise Refused(
            "same-person",
            "两个账户属于同一人；须由另一人批准",
            "the two accounts are of one person; another one has to approve",
            "approved_by",
        )
