"""Facts written straight into a real ledger, past the deciders: folds must cope with anything."""

from collections.abc import Sequence
from datetime import date
from typing import Any, get_args

from domain import enterprise
from domain.assessment import AssessmentHeld
from domain.catalogue import CatalogueAdopted
from domain.certificate.certificate import (
    CertificateIssued,
    CertificateReissued,
    CertificateRevoked,
)
from domain.correction import CorrectionDecided, CorrectionRequested, RecordCorrected
from domain.erasure import PersonErased
from domain.inspection.inspection import InspectionDrawn
from domain.registry import EVENTS
from domain.roster import RosterPublished
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.codec import encode
from ledger.log.entry import Draft
from ledger.log.log import Append, Log
from tests.story import USCC, _own_day

ABOUT_NOBODY = (CatalogueAdopted, RosterPublished, InspectionDrawn, PersonErased)
BUREAU = Actor(account="bureau-1", role=Role.BUREAU_PUBLISHER, organisation="bureau")


class LedgerStory:
    """Events to be appended; positions are what the ledger will give."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.position = 0
        self.known: set[str] = set()
        """Identities that were begun, for whoever tells only what the deciders would let in."""
        self._told: list[Draft] = []
        self._holders: dict[str, set[str]] = {}
        self._tags: dict[int, tuple[str, ...]] = {}

    def tell(  # noqa: PLR0913 - what an entry says beside its event
        self,
        event: Any,
        day: date | None = None,
        *,
        uscc: str = USCC,
        district: str = "110108",
        reason: str = "理由",
        document_no: str | None = None,
    ) -> int:
        """Say that `event` about `uscc` holds from `day`; return the position that it will have."""
        subject = None if isinstance(event, ABOUT_NOBODY) else uscc
        tags = self._tags_of(event)
        self.position += 1
        self._tags[self.position] = tags
        draft = Draft(
            # As in a real ledger a session begins its stream: what belongs to it is found by that.
            stream=f"assessment/{event.assessment_id}"
            if isinstance(event, AssessmentHeld)
            else f"story/{self.position}",
            type=EVENTS[type(event).__name__].stored,
            valid_from=day or _own_day(event),
            subject=subject,
            district=None if subject is None else district,
            tags=tags,
            payload=encode(event, BUREAU, reason=reason, document_no=document_no),
        )
        self._told.append(draft)
        return self.position

    @property
    def waiting(self) -> int:
        """How many entries were told since the last time."""
        return len(self._told)

    def write(self) -> int:
        """Append what was told since the last time; return the end of the ledger."""
        if self._told:
            (result,) = self.log.append([Append(tuple(self._told))])
            assert result.first + result.count == self.position + 1
            self._told.clear()
        return self.position

    def _tags_of(self, event: Any) -> tuple[str, ...]:  # noqa: PLR0911 - one line an event
        match event:
            case CatalogueAdopted():
                return ("catalogue:all",)
            case RecordCorrected():
                return (*self._tags.get(event.position, ()), f"entry:{event.position}")
            case InspectionDrawn():
                return (f"inspection:{event.draw_id}",)
            case CorrectionRequested():
                return (f"correction:{event.position}",)
            case CorrectionDecided():
                return self._tags.get(event.position, ())
            case _ if isinstance(event, get_args(enterprise.Event)):
                return (f"enterprise:{event.uscc}",)
            case _:
                return self._assessment_tags(event)

    def _assessment_tags(self, event: Any) -> tuple[str, ...]:
        if isinstance(event, AssessmentHeld):
            return (f"assessment:{event.assessment_id}",)
        if isinstance(event, CertificateIssued):
            number, holder = event.certificate_no, event.holder.subject_id
            self._holders.setdefault(number, set()).add(holder)
            return (f"certificate:{number}", f"holder:{holder}")
        if not isinstance(event, CertificateReissued | CertificateRevoked):
            return ()
        numbers: Sequence[str] = [event.certificate_no]
        if isinstance(event, CertificateReissued):
            numbers = [*numbers, event.new_certificate_no]
        holders = sorted(self._holders.get(event.certificate_no, ()))
        if isinstance(event, CertificateReissued):
            self._holders.setdefault(event.new_certificate_no, set()).update(holders)
        return (*(f"certificate:{n}" for n in numbers), *(f"holder:{h}" for h in holders))
