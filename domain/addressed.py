"""Whose a record is that a command names: judged before anything of it shows in an answer (§1).

A refusal tells. "There is no such finding", "it is closed", "it is another enterprise's" let a reporter
count the findings of a competitor. So who is bound to an enterprise, a district or a sheet hears one and the same
of what is not there and of what is not theirs; the authorities that see everything hear which.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias, cast

from domain.application.application import APPLICATION
from domain.assessment import ASSESSMENT
from domain.certificate.certificate import recorded_under
from domain.complaint import COMPLAINT
from domain.enterprise import ENTERPRISE
from domain.entry import ENTRY
from domain.finding.finding import FINDING
from domain.inspection.inspection import INSPECTION
from domain.judged import judged_record
from domain.terms.decider import Command, Facts, Refused
from domain.terms.envelope import Actor
from domain.terms.identifiers import is_uscc
from domain.terms.vocabulary import Role


class Holder(NamedTuple):
    """The enterprise that a record is about, and the district under which it was recorded."""

    uscc: str | None
    district: str | None = None


_Find: TypeAlias = Callable[[Facts, str], Iterator[Holder]]


class Kind(NamedTuple):
    """One kind of record: what it is called, and how its holders are found."""

    zh: str
    en: str
    find: _Find


def _enterprise(facts: Facts, uscc: str) -> Iterator[Holder]:
    if facts[ENTERPRISE.key(uscc)] is not None:
        yield Holder(uscc)


def _application(facts: Facts, name: str) -> Iterator[Holder]:
    state = facts[APPLICATION.key(name)]
    if state is not None:
        yield Holder(state.uscc)


def _session(facts: Facts, name: str) -> Iterator[Holder]:
    state = facts[ASSESSMENT.key(name)]
    if state is not None:
        yield Holder(state.uscc)


def _certificate(facts: Facts, number: str) -> Iterator[Holder]:
    yield from (Holder(issue.uscc) for issue in recorded_under(facts, number))


def _finding(facts: Facts, name: str) -> Iterator[Holder]:
    state = facts[FINDING.key(name)]
    if state is not None:
        yield Holder(state.raised.uscc)


def _inspection(facts: Facts, name: str) -> Iterator[Holder]:
    yield Holder(facts[INSPECTION.key(name)].uscc)


def _flag(facts: Facts, key: str) -> Iterator[Holder]:
    record = judged_record(facts, key)
    if record is not None:
        yield Holder(record.subject, record.district)


def _entry(facts: Facts, position: str) -> Iterator[Holder]:
    record = facts[ENTRY.key(position)]
    if record is not None:
        yield Holder(record.subject, record.district)


def _complaint(facts: Facts, name: str) -> Iterator[Holder]:
    state = facts[COMPLAINT.key(name)]
    if state is not None:
        yield Holder(state.uscc)


_ENTERPRISE = Kind("企业", "enterprise", _enterprise)
_APPLICATION = Kind("申报", "application", _application)
_SESSION = Kind("认定活动", "session", _session)
_CERTIFICATE = Kind("证书", "certificate", _certificate)
_FINDING = Kind("问题", "finding", _finding)
_INSPECTION = Kind("督导", "inspection", _inspection)
_FLAG = Kind("疑点", "flag", _flag)
_ENTRY = Kind("记录", "entry", _entry)
_COMPLAINT = Kind("投诉", "complaint", _complaint)

NAMED: Mapping[str, Kind] = MappingProxyType(
    {
        "uscc": _ENTERPRISE,
        "application_id": _APPLICATION,
        "resubmits": _APPLICATION,
        "assessment_id": _SESSION,
        "assessments": _SESSION,
        "certificate_no": _CERTIFICATE,
        "certificates": _CERTIFICATE,
        "finding_id": _FINDING,
        "inspection_id": _INSPECTION,
        "flag": _FLAG,
        "flags": _FLAG,
        "position": _ENTRY,
        "complaints": _COMPLAINT,
    }
)
"""Field of an event → the kind of record that it names."""
NEW: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "EnterpriseRegistered": frozenset({"uscc"}),
        "ApplicationSubmitted": frozenset({"application_id"}),
        "AssessmentHeld": frozenset({"assessment_id"}),
        "CertificateIssued": frozenset({"certificate_no"}),
        "InspectionDispatched": frozenset({"inspection_id"}),
        # A visit may stand without a dispatch.
        "SpotCheckRecorded": frozenset({"inspection_id"}),
        "FindingRaised": frozenset({"finding_id"}),
    }
)
"""Event → fields that give a new record its name."""


def named_by(body: object) -> Iterator[tuple[Kind, str]]:
    """Yield every record that a command names, with its kind."""
    new = NEW.get(type(body).__name__, frozenset())
    for field, kind in NAMED.items():
        if field in new:
            continue
        value: object = getattr(body, field, None)
        if value is None:
            continue
        identifiers = cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,)
        yield from ((kind, str(identifier)) for identifier in identifiers)


def require_addressed(facts: Facts, command: Command[Any]) -> None:
    """Refuse a bound actor what is not there and what is not theirs, in one way."""
    actor = command.actor
    theirs = _THEIRS.get(actor.role)
    if theirs is None:
        return
    for kind, name in named_by(command.body):
        if kind is _ENTERPRISE and (actor.role is Role.ENTERPRISE_REPORTER or not is_uscc(name)):
            continue  # it is their own, or was refused before; and what is no code says so itself
        if not any(theirs.holds(facts, actor, kind, name, h) for h in kind.find(facts, name)):
            raise Refused(
                theirs.code,
                f"{kind.zh} {name[:40]} 不存在，或{theirs.zh}",
                f"{kind.en} {name[:40]} does not exist, or {theirs.en}",
                theirs.field,
            )


_OF_OTHERS = frozenset(
    {
        "ComplaintReceived",
        "EvaluationScored",
        "EvaluationScoreRevised",
        "InspectionDispatched",
        "InspectionDrawn",
    }
)
"""Entries about an enterprise that it is shown late or never, and never corrects: not there, to it."""


def _of_enterprise(facts: Facts, actor: Actor, kind: Kind, name: str, holder: Holder) -> bool:
    if kind is _ENTRY:
        record = facts[ENTRY.key(name)]
        if record is not None and type(record.event).__name__ in _OF_OTHERS:
            return False
    return kind is not _COMPLAINT and holder.uscc == actor.organisation


def _of_district(facts: Facts, actor: Actor, kind: Kind, name: str, holder: Holder) -> bool:  # noqa: ARG001 - as the others
    """Whether the district is competent, or was: what it may do now is for the decider to say."""
    if holder.district == actor.organisation:
        return True
    enterprise = facts[ENTERPRISE.key(holder.uscc)] if holder.uscc is not None else None
    profiles = enterprise.profiles if enterprise is not None else ()
    return any(profile.district == actor.organisation for _, _, profile in profiles)


def _of_expert(facts: Facts, actor: Actor, kind: Kind, name: str, holder: Holder) -> bool:  # noqa: ARG001 - as the others
    state = facts[APPLICATION.key(name)] if kind is _APPLICATION else None
    if state is None:
        return False
    assigned = {expert.expert_id for expert in state.experts}
    return actor.account in assigned | {expert for expert, _ in state.sheets}


class _Bound(NamedTuple):
    """To whom a role is bound, and what it hears of everything else."""

    holds: Callable[[Facts, Actor, Kind, str, Holder], bool]
    code: str
    zh: str
    en: str
    field: str = "actor.organisation"


_THEIRS: Mapping[Role, _Bound] = MappingProxyType(
    {
        Role.ENTERPRISE_REPORTER: _Bound(
            _of_enterprise, "other-enterprise", "不属于本企业", "is not your enterprise's"
        ),
        Role.DISTRICT_INSPECTOR: _Bound(
            _of_district, "other-district", "不由本区主管", "is not under your district"
        ),
        Role.EXPERT: _Bound(
            _of_expert,
            "expert-not-assigned",
            "未指定由您评估",
            "is not assigned to you",
            "application_id",
        ),
    }
)
