"""What decisions are made with, and what is to be appended for one."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from domain.terms.decider import New, PersonOf
from domain.terms.place import UNSURVEYED, Survey
from ledger.catalogues import Shelf
from ledger.codec import draft
from ledger.deciding.outcome import Rejected, too_large
from ledger.deciding.requests import Request
from ledger.log.entry import MAX_ENTRY_BYTES, Draft, Malformed, check
from ledger.log.log import Log
from ledger.log.writer import Writer
from ledger.vault.vault import Person, Spelling, Vault

TRIES = 3
"""How often a command is decided before the caller hears of a conflict."""

_SURELY_FITS = MAX_ENTRY_BYTES // 2
"""Payload bytes below which no entry can be too large: the side columns are short."""


class Parts(NamedTuple):
    """What decisions are made and appended with."""

    log: Log
    writer: Writer
    vault: Vault
    shelf: Shelf
    today: Callable[[], date]
    person: PersonOf = str
    survey: Callable[[], Survey] = lambda: UNSURVEYED
    """Where sessions were held; asked for when what a check says matters to a decision."""


def drafts_of(new: Sequence[New], request: Request) -> tuple[Draft, ...] | Rejected:
    """Return what is to be appended, or the refusal of what is too large for an entry."""
    key, digest = request.key, request.digest
    drafts = tuple([draft(each, request.command, key, digest) for each in new])
    for made in drafts:
        if len(made.payload) > _SURELY_FITS:
            try:
                check(made)
            except Malformed as error:
                return too_large(str(error))
    return drafts


def is_another(vault: Vault, requests: Sequence[Request]) -> bool:
    """Enter newcomers and spellings into the vault; tell whether somebody else was there before.

    Then the pseudonym of a newcomer is another one, and with it the content of the request.
    """
    proposed: dict[bytes, tuple[Person, str]] = {}
    for request in requests:
        if request.newcomer is not None:
            identity, person = request.newcomer
            # The name first reported stays in the box.
            proposed.setdefault(identity, (person, request.command.body.holder.subject_id))
    entered = vault.enter(proposed)
    if any(entered[identity] != subject_id for identity, (_, subject_id) in proposed.items()):
        return True
    vault.spell(list(_spellings(requests)))
    return False


def _spellings(requests: Sequence[Request]) -> Iterator[Spelling]:
    """Yield the names that may be spelt otherwise than the vault has them."""
    entered: dict[str, str] = {}
    for request in requests:
        if request.holder is None:
            continue
        who, name = request.command.body.holder.subject_id, request.holder.name
        if request.newcomer is None or entered.setdefault(who, name) != name:
            yield Spelling(who, request.record, name)
