"""A recorded entry, as every fold sees it: the event with everything the ledger says about it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from domain.terms.vocabulary import Role

E = TypeVar("E")
_SHANGHAI = timezone(timedelta(hours=8))
"""Civil days are those of Asia/Shanghai, which has had no other offset since 1991."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acted: an account in a role for an organisation.

    `organisation` is `centre`, `bureau`, a district code (`110108`, `BDA`), a USCC, or the
    affiliation of an expert.
    """

    account: str
    role: Role
    organisation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamps:
    """Who else had a hand in an entry, and on which day a paper came in (contract.md §2)."""

    received_on: date | None = None
    """The day on which an authority received what an enterprise filed; it is valid from then."""
    received_by: Actor | None = None
    """Who states that day; absent: it is the day of the entry itself."""
    claimed_on: date | None = None
    """An earlier day that the enterprise gave; it decides nothing."""
    approved_by: Actor | None = None
    """The second person of an act that needs two."""
    entered_by: str | None = None
    """The account that brought the entry in, where it came from a file."""
    backfill: bool = False
    """Whether it is history from an older system: nothing is said of how late it came."""


UNSTAMPED = Stamps()


class Recorded(NamedTuple, Generic[E]):
    """One entry of the ledger. A tuple, because a replay makes ten million of them."""

    position: int
    stream: str
    version: int
    type: str
    recorded_at: datetime
    valid_from: date
    subject: str | None
    district: str | None
    tags: tuple[str, ...]
    actor: Actor
    event: E
    reason: str | None = None
    document_no: str | None = None
    correlation: str | None = None
    causation: str | None = None
    idempotency_key: str | None = None
    stamps: Stamps = UNSTAMPED

    @property
    def recorded_on(self) -> date:
        """The civil day on which the ledger learnt it."""
        return _civil_day(self.recorded_at)


@lru_cache(maxsize=256)  # entries of one import, and those of which a fold is told no time
def _civil_day(instant: datetime) -> date:
    return instant.astimezone(_SHANGHAI).date()
