"""What a finding rests on: an inspection, sessions, certificates, flags, each of them recorded (四)."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from domain.assessment import ASSESSMENT
from domain.certificate.certificate import number_keys, recorded_under
from domain.inspection.inspection import INSPECTION
from domain.judged import judged_record
from domain.terms.decider import FactKey, Facts, Refused
from domain.terms.guards import existing


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


def require_recorded(facts: Facts, grounds: Grounds) -> None:
    """Refuse grounds that the ledger does not know."""
    for index, assessment_id in enumerate(grounds.assessments):
        existing(
            facts[ASSESSMENT.key(assessment_id)],
            "unknown-assessment",
            f"认定活动 {assessment_id} 未登记",
            f"session {assessment_id} is not recorded",
            f"assessments.{index}",
        )
    for index, number in enumerate(grounds.certificates):
        existing(
            recorded_under(facts, number) or None,
            "unknown-certificate",
            f"证书 {number} 未登记",
            f"certificate {number} is not recorded",
            f"certificates.{index}",
        )
    if grounds.inspection_id is not None:
        inspection = facts[INSPECTION.key(grounds.inspection_id)]
        existing(
            inspection.dispatched or (inspection.spot_checks or None),
            "unknown-inspection",
            f"督导 {grounds.inspection_id} 不存在",
            f"inspection {grounds.inspection_id} does not exist",
            "inspection_id",
        )
    for index, key in enumerate(grounds.flags):
        if judged_record(facts, key) is None:
            raise Refused(
                "unknown-flag",
                f"疑点 {key[:40]} 不存在",
                f"flag {key[:40]} does not exist",
                f"flags.{index}",
            )
