"""Which records each check judges: a flag stands on one of them, or it does not exist (§6)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from domain.application.confirmation import ReceiptIssued
from domain.assessment import AssessmentHeld
from domain.certificate.certificate import CertificateIssued, CertificateReissued
from domain.entry import ENTRY
from domain.finding.rectification import RectificationOrdered
from domain.inspection.inspection import InspectionDispatched, SpotCheckRecorded
from domain.terms.decider import Facts
from domain.terms.envelope import Recorded
from domain.terms.identifiers import flag_parts

_SESSIONS: tuple[type, ...] = (AssessmentHeld,)
_CERTIFICATES: tuple[type, ...] = (CertificateIssued,)
JUDGED: Mapping[str, tuple[type, ...]] = MappingProxyType(
    {
        **dict.fromkeys(("S1", "S2", "S3", "S4", "S5"), _SESSIONS + _CERTIFICATES),
        **dict.fromkeys(("S6", "S7", "S8", "S9", "S10", "G1", "G2", "C3"), _SESSIONS),
        **dict.fromkeys(("R1", "R2", "T1", "T2"), _CERTIFICATES),
        **dict.fromkeys(("C1", "C2"), (*_CERTIFICATES, CertificateReissued)),
        "V1": (SpotCheckRecorded,),
        "P1": (ReceiptIssued,),
        "Q1": (InspectionDispatched, SpotCheckRecorded),
        "Q2": (RectificationOrdered,),
    }
)
"""Code of a check → the events that it judges."""


def judged_record(facts: Facts, key: str) -> Recorded[Any] | None:
    """Return the record that the flag `key` stands on; None where there is no such flag."""
    parts = flag_parts(key)
    if parts is None:
        return None
    record = facts[ENTRY.key(str(parts[1]))]
    if record is None or not isinstance(record.event, JUDGED.get(parts[0], ())):
        return None
    return record
