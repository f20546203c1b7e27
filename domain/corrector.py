"""Who corrects what: nobody acquits themselves, nobody rewrites another's act (domain.md §1)."""

from typing import TYPE_CHECKING, Any

from domain.permissions import (
    CENTRE,
    OF_THE_AUTHORITY,
    REPORTED,
    SEEN,
    authority_decides,
    require_own,
    require_role,
)
from domain.terms.decider import Command, Facts, Refused
from domain.terms.envelope import Actor, Recorded
from domain.terms.guards import FILINGS
from domain.terms.naming import body_of, event_of, role_of
from domain.terms.vocabulary import Role

if TYPE_CHECKING:
    from domain.correction import RecordCorrected

_OF_ITSELF = frozenset({"FindingDisputed", "FlagAnswered"})
"""What an enterprise says for itself: nothing is judged by it."""
_PROFILE = frozenset({"EnterpriseRegistered", "EnterpriseProfileChanged"})


def is_request(
    facts: Facts, actor: Actor, record: Recorded[Any], correction: "RecordCorrected"
) -> bool:
    """Return whether the correction is the enterprise's to ask for and the centre's to make.

    Raises:
        Refused: the enterprise may not even ask for it.
    """
    if actor.role is not Role.ENTERPRISE_REPORTER:
        return False
    name = type(record.event).__name__
    require_role(actor, name)
    require_own(actor, record.subject, None)
    if name in _PROFILE:
        _require_own_part(correction)
    if name in FILINGS:
        _require_day_kept(correction)
    if name in _OF_ITSELF and record.actor.organisation == actor.organisation:
        return False
    if name in FILINGS or name == "EnterpriseRegistered":
        return True
    if record.actor.organisation != actor.organisation:
        return True
    return (
        facts.judged.bears_breach(record)
        or facts.judged.has_finding(record)
        or facts.judged.has_certificates(record)
    )


def _require_day_kept(correction: "RecordCorrected") -> None:
    """Refuse what would make a filing valid from another day than that of its receipt."""
    if any(field.path == "valid_from" for field in correction.fields):
        raise Refused(
            "day-of-receipt",
            "报送材料自收件之日起有效,企业不能更正这一日期;如收件日登记有误,请市中心更正",
            "a filing is valid from its receipt, which the enterprise does not correct; ask the centre",
            "fields.valid_from",
        )


def _require_own_part(correction: "RecordCorrected") -> None:
    for field in correction.fields:
        if field.path in OF_THE_AUTHORITY:
            raise authority_decides(field.path, f"fields.{field.path}")


def require_corrector(command: Command[Any], record: Recorded[Any]) -> None:
    """Refuse to correct what another body reported, saw or decided."""
    actor, name = command.actor, type(record.event).__name__
    own = record.actor.organisation == actor.organisation
    if name in REPORTED or name in FILINGS:
        allowed = actor.organisation == CENTRE or own
    elif name in SEEN:
        allowed = own
    else:
        allowed = own and record.actor.role is actor.role
    if not allowed:
        body, role = body_of(record.actor.organisation), role_of(record.actor.role)
        raise Refused(
            "not-yours-to-correct",
            f"“{event_of(name).zh}”由{body.zh}({role.zh})办理,只能由其更正",
            f"“{event_of(name).en}” was recorded by {body.en} ({role.en}), and is theirs to correct",
            "actor.role",
        )
