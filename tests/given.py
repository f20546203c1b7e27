"""Given what was recorded, when something is ordered, then these events follow, or a refusal.

A decision is tested through `registry.decide`, the one way in, so permissions are part of it.
History is told as the orders that made it, or as entries where a fold must cope with what no
decider lets in. Facts are folded as the ledger folds them: all entries that carry the tag of
a key, corrections applied, in the order of their positions.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from domain import catalogue, registry
from domain.checks.outcome import Context
from domain.correction import RecordCorrected, resolved
from domain.entry import ENTRY
from domain.permissions import MAY
from domain.supervision.verdicts import Verdicts
from domain.terms.decider import Command, FactKey, Facts, New, Refused, Unread
from domain.terms.envelope import UNSTAMPED, Actor, Recorded, Stamps
from domain.terms.guards import FILINGS
from domain.terms.place import Survey
from domain.terms.reference import Qualifications, Reference
from domain.terms.vocabulary import Role
from ledger.deciding.acts import read_act, write_act
from ledger.deciding.amending import amend, apply
from ledger.reference import installed
from projections.places.places import installed_places
from tests.sentences import code_words

USCC = "91110000710939135P"
OTHER = "91110302562134916R"
UNIT = "911100005858054799"
TODAY = date(2026, 11, 2)
_EPOCH = datetime(2026, 11, 2, 1, tzinfo=UTC)

CENTRE = Actor(account="centre-1", role=Role.CENTRE_OFFICER, organisation="centre")
BUREAU = Actor(account="bureau-1", role=Role.BUREAU_PUBLISHER, organisation="bureau")
PUBLISHER = Actor(account="bureau-2", role=Role.BUREAU_PUBLISHER, organisation="bureau")
SUPERVISOR = Actor(account="sup-1", role=Role.QUALITY_SUPERVISOR, organisation="centre")


def reporter(uscc: str = USCC) -> Actor:
    """The reporter of an enterprise."""
    return Actor(account=f"rep-{uscc[-4:]}", role=Role.ENTERPRISE_REPORTER, organisation=uscc)


def inspector(district: str = "110108") -> Actor:
    """An inspector of a district."""
    return Actor(account=f"ins-{district}", role=Role.DISTRICT_INSPECTOR, organisation=district)


def expert(expert_id: str = "e1") -> Actor:
    """An expert, whose account is their id."""
    return Actor(account=expert_id, role=Role.EXPERT, organisation="某研究所")


def _usual(body: Any) -> Actor:
    """Return who records such an event in the ordinary course."""
    name = type(body).__name__
    if name == "RosterPublished":
        return PUBLISHER  # never the account that confirmed
    if name == "EnterpriseProfileChanged":
        return CENTRE  # who supervises, and by which route, is not the enterprise's to change
    actors = {
        Role.ENTERPRISE_REPORTER: reporter(getattr(body, "uscc", USCC)),
        Role.CENTRE_OFFICER: CENTRE,
        Role.BUREAU_PUBLISHER: BUREAU,
        Role.QUALITY_SUPERVISOR: SUPERVISOR,
        Role.DISTRICT_INSPECTOR: inspector(getattr(body, "district", "110108")),
        Role.EXPERT: expert(getattr(body, "expert_id", "e1")),
    }
    return actors[MAY[name][0]]


def order(
    body: Any,
    on: date = date(2025, 6, 1),
    *,
    by: Actor | None = None,
    reason: str | None = "理由",
    stamps: Stamps | None = None,
) -> Command[Any]:
    """Return the command that has `body` recorded as of the day `on`, by default by the usual role.

    A filing was received on that day; an act was approved by somebody else.
    """
    actor = by or _usual(body)
    return Command(
        body=body,
        actor=actor,
        valid_from=on,
        today=TODAY,
        reason=reason,
        stamps=_usual_stamps(body, on, actor) if stamps is None else stamps,
    )


_SECONDS = {
    Role.BUREAU_PUBLISHER: (BUREAU, PUBLISHER),
    Role.CENTRE_OFFICER: (CENTRE, BUREAU),
    Role.QUALITY_SUPERVISOR: (
        SUPERVISOR,
        Actor(account="sup-2", role=Role.QUALITY_SUPERVISOR, organisation="centre"),
    ),
}
_BY_TWO = {"ScopeChanged", "ListingRemoved", "CatalogueAdopted", "FlagReviewed", "RecordCorrected"}


def _usual_stamps(body: Any, on: date, actor: Actor) -> Stamps:
    name = type(body).__name__
    if name in FILINGS and actor.role is Role.ENTERPRISE_REPORTER:
        return Stamps(received_on=min(on, TODAY), received_by=CENTRE)
    if name in _BY_TWO and actor.role in _SECONDS:
        first, second = _SECONDS[actor.role]
        return Stamps(approved_by=second if actor == first else first)
    return UNSTAMPED


def entry(new: New, position: int, command: Command[Any]) -> Recorded[Any]:
    """Return `new` as the ledger records it at `position`."""
    command = new.under or command
    return Recorded(
        position=position,
        stream=new.stream,
        version=position,
        type=registry.EVENTS[type(new.event).__name__].stored,
        recorded_at=_EPOCH + timedelta(seconds=position),
        valid_from=new.valid_from,
        subject=new.subject,
        district=new.district,
        tags=new.tags,
        actor=command.actor,
        event=new.event,
        reason=command.reason,
        document_no=command.document_no,
        stamps=command.stamps,
    )


def forced(body: Any, *tags: str, on: date = date(2025, 6, 1)) -> Recorded[Any]:
    """Return an entry that no decider was asked about; its position is given in `recorded`."""
    new = New("test/forced", body, getattr(body, "uscc", USCC), "110108", tags, on)
    return entry(new, 0, order(body, on))


def recorded(
    *history: Command[Any] | Recorded[Any], reference: Reference | None = None
) -> list[Recorded[Any]]:
    """Return the entries that `history` makes, positions from 1."""
    entries: list[Recorded[Any]] = []
    for told in history:
        position = len(entries) + 1
        if isinstance(told, Recorded):
            entries.append(told._replace(position=position, version=position))
            continue
        for offset, new in enumerate(_decided(entries, told, reference)):
            entries.append(entry(new, position + offset, told))
    return entries


HELD = installed().holding(
    {digest * 32: Qualifications(edition="2026", controlled={}) for digest in ("ab", "cd")}
)
"""What a decision rests on in tests: two catalogues are stored and not adopted."""


@cache
def _survey() -> Survey:
    places = installed_places()
    return Survey(places, places.apart)


def facts_of(entries: Sequence[Recorded[Any]], reference: Reference | None = None) -> Facts:
    """Return facts of which nothing is read yet, with the reference data that `entries` adopt."""
    start = reference or HELD
    current = catalogue.reference_after(start, state_of(entries, catalogue.ALL))
    judged = Verdicts(
        lambda: Context(current, *_survey()),
        apply,
        lambda: len(entries),
        lambda uscc, after: [e for e in entries if e.subject == uscc and e.position > after],
        lambda tags: [e for e in entries if not set(tags).isdisjoint(e.tags)],
        first=lambda: Context(start, *_survey()),
    )
    return Facts(reference=current, amend=amend, judged=judged, read=read_act, write=write_act)


def state_of(entries: Sequence[Recorded[Any]], key: FactKey[Any]) -> Any:
    """Return the state of `key` after `entries`."""
    found = [e for e in entries if key.tag in e.tags or _is_entry(e, key)]
    state = key.kind.initial
    corrects_itself = key.kind is ENTRY and found and isinstance(found[0].event, RecordCorrected)
    for found_entry in found if corrects_itself else resolved(found, apply):
        state = key.kind.evolve(state, found_entry)
    return state


def _is_entry(told: Recorded[Any], key: FactKey[Any]) -> bool:
    return key.kind is ENTRY and key.tag == f"entry:{told.position}"


def _decided(
    entries: Sequence[Recorded[Any]], command: Command[Any], reference: Reference | None
) -> Sequence[New]:
    facts = facts_of(entries, reference)
    for key in registry.boundary(command):
        facts.states[key.tag] = state_of(entries, key)
    while True:
        try:
            return registry.decide(facts, command)
        except Unread as unread:
            facts.states[unread.key.tag] = state_of(entries, unread.key)


class Then:
    """What an order led to."""

    def __init__(self, body: Any, new: Sequence[New], refusal: Refused | None) -> None:
        self.body = body
        self.new = list(new)
        self.refusal = refusal

    def then(self, *events: Any) -> list[New]:
        """Exactly these events follow, in this order."""
        if self.refusal is not None:
            raise AssertionError(f"refused: {self.refusal.code}") from self.refusal
        assert [new.event for new in self.new] == list(events)
        return self.new

    def then_as_ordered(self) -> list[New]:
        """One event follows: the body of the order, as it is."""
        return self.then(self.body)

    def then_nothing(self) -> None:
        """The order is carried out already: nothing follows."""
        assert self.then() == []

    def then_refused(self, code: str, field: str | None = None) -> Refused:
        """The order is refused, with words for people in both languages."""
        assert self.refusal is not None, f"not refused: {[new.event for new in self.new]}"
        assert self.refusal.code == code, (self.refusal.code, self.refusal.en)
        assert self.refusal.zh
        assert self.refusal.en
        assert code_words(self.refusal.zh) == [], self.refusal.zh
        if field is not None:
            assert self.refusal.field == field
        return self.refusal


class Given:
    """What was recorded before."""

    def __init__(self, entries: Sequence[Recorded[Any]], reference: Reference | None) -> None:
        self.entries = entries
        self.reference = reference

    def when(self, command: Command[Any]) -> Then:
        """Order `command`."""
        try:
            new = _decided(self.entries, command, self.reference)
        except Refused as refusal:
            return Then(command.body, (), refusal)
        return Then(command.body, new, None)


def given(*history: Command[Any] | Recorded[Any], reference: Reference | None = None) -> Given:
    """Return what is known after `history`."""
    return Given(recorded(*history, reference=reference), reference)
