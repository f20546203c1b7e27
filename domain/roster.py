"""Publication of a roster by the bureau: stream `roster/{batch}` (六(三)).

A publication is one act and may name a thousand enterprises, more than an entry holds. So its own
entry says how many there are, with their digest, and each stands in the `EnterpriseListed` that the
same act records: at the positions right behind, in the order in which they were published.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any, TypeAlias

from domain.application.application import APPLICATION, applicant_tag
from domain.application.progress import Application, require_another, require_not_scored
from domain.enterprise import ENTERPRISE, UnitCovered
from domain.standing import standing
from domain.standing.course import Course
from domain.standing.standing import (
    STANDING,
    EnterpriseListed,
    published_applications,
    require_granted,
)
from domain.terms.decider import Command, FactKey, FactKind, Facts, New, Refused, require_none
from domain.terms.envelope import Recorded
from domain.terms.guards import existing_enterprise, not_before, not_in_the_future
from domain.terms.reference import Reference
from domain.terms.scope import ScopeItem, Unit, named, require_published, units


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterEntry:
    """One enterprise on a published roster."""

    uscc: str
    application_id: str
    scope: tuple[ScopeItem, ...]
    valid_from: date
    valid_to: date
    replaces: tuple[str, ...] | None = None
    """Applications whose grants this one takes the place of; without it, it adds to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterPublished:
    """The bureau published a batch of the roster."""

    batch: str
    published_on: date
    entries: tuple[RosterEntry, ...]
    """Stored empty; shown from the `EnterpriseListed` at the positions right behind."""
    number: int | None = None
    """How many enterprises were published."""
    entries_digest: str | None = None
    """See `entries_digest`."""


def resting_on_paper(batch: str, uscc: str) -> str:
    """Return the name of an application that nobody brought in: known by its publication (0281)."""
    return f"roster-{batch}-{uscc}"


def entries_digest(entries: Iterable[RosterEntry]) -> str:
    """Return SHA-256 over the entries in their order, one a line, each as a JSON array in ASCII.

    `[uscc, application_id, valid_from, valid_to, [[edition, code, name, trade, [level]]]]`, and the
    list of what it replaces behind it where it names any.
    """
    lines = (
        json.dumps(
            (
                *(e.uscc, e.application_id, str(e.valid_from), str(e.valid_to), _scope(e.scope)),
                *([e.replaces] if e.replaces is not None else ()),
            ),
            separators=(",", ":"),
        )
        for e in entries
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _scope(scope: Iterable[ScopeItem]) -> list[tuple[str, str, str, str | None, list[str]]]:
    return [(i.edition, i.code, i.name, i.trade, [v.value for v in i.levels]) for i in scope]


def recorded_form(published: RosterPublished) -> RosterPublished:
    """Return what the publication's own entry holds."""
    return replace(
        published,
        entries=(),
        number=len(published.entries),
        entries_digest=entries_digest(published.entries),
    )


def whole(published: RosterPublished, listed: Iterable[EnterpriseListed]) -> RosterPublished:
    """Return the publication with its entries, given what was recorded right behind it."""
    entries = tuple(
        RosterEntry(
            uscc=listing.uscc,
            application_id=listing.application_id,
            scope=listing.scope,
            valid_from=listing.valid_from,
            valid_to=listing.valid_to,
            replaces=listing.replaces,
        )
        for listing in listed
    )
    return replace(published, entries=entries)


Event: TypeAlias = RosterPublished
State: TypeAlias = RosterPublished | None
initial: State = None


def sound(event: Event, reference: Reference, day: date) -> None:
    """Refuse a publication of nobody, of one enterprise twice, of a listing that cannot be."""
    _require_entries(event)
    require_none(list(_unsound(event, reference, day)))


def _require_entries(event: Event) -> None:
    if not event.entries:
        raise Refused("entries-missing", "名单为空", "the roster has no entries", "entries")
    doubled = [uscc for uscc, times in Counter(e.uscc for e in event.entries).items() if times > 1]
    if doubled:
        raise Refused(
            "entry-twice",
            f"同一批次中企业重复：{'、'.join(sorted(doubled))}",
            f"listed twice in one batch: {', '.join(sorted(doubled))}",
            "entries",
        )


def _unsound(event: Event, reference: Reference, day: date) -> Iterator[Refused]:
    """Yield what is wrong with each line by itself: whoever mends a roster mends all of it at once."""
    for index, entry in enumerate(event.entries):
        where = f"entries.{index}"
        try:
            standing.sound(_listing(event, entry), reference, entry.valid_from)
        except Refused as refusal:
            yield refusal.within(where)
        try:
            not_before(
                entry.valid_from,
                day,
                "有效期起早于公布日",
                "a listing before its publication",
                f"{where}.valid_from",
            )
        except Refused as refusal:
            yield refusal


def evolve(state: State, entry: Recorded[Any]) -> State:  # noqa: ARG001 - of any stream
    """Return the batch as published."""
    event: Event = entry.event
    match event:
        case RosterPublished():
            return event


ROSTER: FactKind[State] = FactKind("roster", initial, evolve)
FACTS = MappingProxyType({"roster": ROSTER})


def boundary(command: Command[Event]) -> Iterable[FactKey[Any]]:
    """The batch, and for every entry its enterprise, application and standing."""
    yield ROSTER.key(command.body.batch)
    for entry in command.body.entries:
        yield ENTERPRISE.key(entry.uscc)
        yield APPLICATION.key(entry.application_id)
        yield STANDING.key(entry.uscc)


def decide(facts: Facts, command: Command[Event]) -> Sequence[New]:
    """Return `RosterPublished` and an `EnterpriseListed` for each entry, or raise `Refused`."""
    body = command.body
    published = facts[ROSTER.key(body.batch)]
    recorded = recorded_form(body)
    if published == recorded:
        return []
    if published is not None:
        raise Refused(
            "batch-exists",
            f"批次 {body.batch} 已于 {published.published_on} 公布",
            f"batch {body.batch} was already published on {published.published_on}",
            "batch",
        )
    not_in_the_future(command, body.published_on, "published_on")
    _require_entries(body)
    tags = (f"roster:{body.batch}",)
    new = [New(f"roster/{body.batch}", recorded, None, None, tags, body.published_on)]
    refusals = list(_unsound(body, facts.reference, body.published_on))
    for index, entry in enumerate(body.entries):
        try:
            new.append(_listed(facts, command, entry, f"entries.{index}"))
        except Refused as refusal:
            refusals.append(refusal)
    require_none(refusals)
    # Behind them all: the entries of a publication stand right behind it.
    listed = new[1:]
    for entry, of_entry in zip(body.entries, listed, strict=True):
        new.extend(_units(facts, entry, of_entry))
    return new


def _listed(facts: Facts, command: Command[Event], entry: RosterEntry, where: str) -> New:
    enterprise = existing_enterprise(facts[ENTERPRISE.key(entry.uscc)], entry.uscc, f"{where}.uscc")
    limit = _publishable(facts, command, entry, where)
    beyond = units(entry.scope) - limit if limit is not None else frozenset[Unit]()
    if beyond:
        raise Refused(
            "scope-beyond",
            f"{named(beyond)} 不在确认范围内",
            f"{named(beyond)} is not within the confirmed scope",
            f"{where}.scope",
        )
    # What stands in no catalogue was confirmed by the paper that published it.
    paper = command.document_no or entry.application_id
    require_published(facts.reference, entry.scope, entry.valid_from, f"{where}.scope", paper)
    try:
        require_granted(facts[STANDING.key(entry.uscc)], entry.uscc, entry.replaces)
    except Refused as refusal:
        raise refusal.within(where) from None
    return New(
        f"standing/{entry.uscc}",
        _listing(command.body, entry),
        entry.uscc,
        enterprise.district_on(entry.valid_from),
        (
            f"standing:{entry.uscc}",
            f"application:{entry.application_id}",
            applicant_tag(entry.uscc),
        ),
        entry.valid_from,
    )


def _listing(published: RosterPublished, entry: RosterEntry) -> EnterpriseListed:
    return EnterpriseListed(
        uscc=entry.uscc,
        batch=published.batch,
        application_id=entry.application_id,
        scope=entry.scope,
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
        replaces=entry.replaces,
    )


def _units(facts: Facts, entry: RosterEntry, listed: New) -> Iterator[New]:
    """Yield the units that the application names: covered from the first day of the grant (六(一))."""
    application = facts[APPLICATION.key(entry.application_id)]
    for unit_uscc, unit_name in application.covering if application else ():
        if unit_uscc == entry.uscc:
            continue
        yield New(
            f"enterprise/{entry.uscc}",
            UnitCovered(uscc=entry.uscc, unit_uscc=unit_uscc, unit_name=unit_name),
            entry.uscc,
            listed.district,
            (f"enterprise:{entry.uscc}",),
            entry.valid_from,
        )


def _publishable(
    facts: Facts, command: Command[Event], entry: RosterEntry, where: str
) -> frozenset[Unit] | None:
    """Return what was confirmed; None for history of which only the paper of the publication is there."""
    field = f"{where}.application_id"
    state = facts[APPLICATION.key(entry.application_id)]
    if _rests_on_paper(command, entry, state):
        _require_new(facts[STANDING.key(entry.uscc)], entry, field)
        return state.recommended_units if state is not None and state.recommended else None
    if state is None or state.uscc != entry.uscc or state.confirmed is None:
        raise Refused(
            "not-confirmed",
            f"企业 {entry.uscc} 的申报 {entry.application_id} 未经市局确认，按六（三）不能公布",
            f"application {entry.application_id} of {entry.uscc} is not confirmed; it cannot be published (六(三))",
            field,
        )
    _require_new(facts[STANDING.key(entry.uscc)], entry, field)
    not_before(
        command.body.published_on,
        state.confirmed,
        "公布早于确认",
        "published before the confirmation",
        "published_on",
    )
    account = command.actor.account
    require_another(
        facts, account, state.concluded_by, "评估结论与公布", "conclusion and publication"
    )
    require_another(
        facts, account, state.confirmed_by, "确认与公布", "confirmation and publication"
    )
    require_not_scored(facts, state, account)
    return state.confirmed_units


def _rests_on_paper(
    command: Command[Event], entry: RosterEntry, application: Application | None
) -> bool:
    """Tell whether history brings in a roster whose application is missing, or was not followed to its end.

    What is there of the application must not contradict the publication (§3).
    """
    if not command.stamps.backfill:
        return False
    if application is not None and (
        application.uscc != entry.uscc
        or application.confirmed is not None
        or application.ended is not None
        or application.recommended is False
        or command.body.published_on < max(filter(None, _days(application)))
    ):
        return False
    if not (command.document_no or "").strip():
        raise Refused(
            "document-missing",
            "历史补录没有申报的名单时，须写明所依据的文号",
            "history without the application rests on a paper; give its number (document_no)",
            "document_no",
        )
    return True


def _days(application: Application) -> Iterable[date | None]:
    return (
        application.submitted,
        application.accepted,
        application.assigned,
        application.scored,
        application.concluded,
    )


def _require_new(course: Course, entry: RosterEntry, field: str) -> None:
    """Refuse to publish an application twice, also one that came in behind its publication."""
    if entry.application_id in published_applications(course):
        raise Refused(
            "already-published",
            f"申报 {entry.application_id} 已公布",
            f"application {entry.application_id} was already published",
            field,
        )
