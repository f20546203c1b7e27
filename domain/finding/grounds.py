"""What a finding rests on: an inspection, sessions, certificates, flags, each of them recorded (四)."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from domain.assessment import ASSESSMENT
from domain.certificate.certificate import number_keys, recorded_under
from domain.inspection.inspection import INSPECTION
from domain.judged import judged_record
from domain.terms.decider import FactKey, Facts, Refused
from domain.terms.guards import belongs, existing, not_before


class Grounds(NamedTuple):
    """The identifiers that a finding names; flags by their keys."""

    inspection_id: str | None
    assessments: tuple[str, ...]
    certificates: tuple[str, ...]
    flags: tuple[str, ...]


def keys(grounds: Grounds) -> Iterable[FactKey[Any]]:
    """Yield the facts that tell whether the grounds are recorded; of a flag the decision finds out."""
    yield from (ASSESSMENT.key(a) for a in grounds.assessments)
    yield from (key for number in grounds.certificates for key in number_keys(number))
    if grounds.inspection_id is not None:
        yield INSPECTION.key(grounds.inspection_id)


def require_founded(facts: Facts, grounds: Grounds, uscc: str, day: date) -> None:
    """Refuse grounds that the ledger does not know, of another enterprise, or that came after `day`."""
    _require_sessions(facts, grounds.assessments, uscc, day)
    _require_certificates(facts, grounds.certificates, uscc, day)
    if grounds.inspection_id is not None:
        _require_inspection(facts, grounds.inspection_id, uscc, day)
    for index, key in enumerate(grounds.flags):
        record, field = judged_record(facts, key), f"flags.{index}"
        if record is None:
            raise Refused(
                "unknown-flag",
                f"疑点 {key[:40]} 不存在",
                f"flag {key[:40]} does not exist",
                field,
            )
        belongs(record.subject, uscc, f"疑点 {key}", f"flag {key}", field)
        not_before(day, record.valid_from, *_TOO_EARLY)


_TOO_EARLY = ("问题早于所涉及的记录", "before the record that it concerns")


def _require_sessions(facts: Facts, assessments: Iterable[str], uscc: str, day: date) -> None:
    for index, assessment_id in enumerate(assessments):
        field = f"assessments.{index}"
        session = existing(
            facts[ASSESSMENT.key(assessment_id)],
            "unknown-assessment",
            f"认定活动 {assessment_id} 未登记",
            f"session {assessment_id} is not recorded",
            field,
        )
        belongs(session.uscc, uscc, f"认定活动 {assessment_id}", f"session {assessment_id}", field)
        not_before(day, session.held_from, *_TOO_EARLY)


def _require_certificates(facts: Facts, certificates: Iterable[str], uscc: str, day: date) -> None:
    for index, number in enumerate(certificates):
        field = f"certificates.{index}"
        issues = existing(
            recorded_under(facts, number) or None,
            "unknown-certificate",
            f"证书 {number} 未登记",
            f"certificate {number} is not recorded",
            field,
        )
        # One number may stand on certificates of several enterprises: that is C2.
        owner = uscc if uscc in {issue.uscc for issue in issues} else None
        belongs(owner, uscc, f"证书 {number}", f"certificate {number}", field)
        not_before(day, min(i.day for i in issues if i.uscc == uscc), *_TOO_EARLY)


def _require_inspection(facts: Facts, inspection_id: str, uscc: str, day: date) -> None:
    inspection = facts[INSPECTION.key(inspection_id)]
    owner = existing(
        inspection.uscc,
        "unknown-inspection",
        f"督导 {inspection_id} 不存在",
        f"inspection {inspection_id} does not exist",
        "inspection_id",
    )
    belongs(owner, uscc, f"督导 {inspection_id}", f"inspection {inspection_id}", "inspection_id")
    if inspection.began is not None:
        not_before(
            day, inspection.began, "问题早于所依据的督导", "before the inspection it rests on"
        )
