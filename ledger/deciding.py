"""What decisions are made with, and what is to be appended for one."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from domain.decider import New
from domain.reference import Reference
from ledger.codec import draft
from ledger.entry import MAX_ENTRY_BYTES, Draft, Malformed, check
from ledger.log import Log
from ledger.outcome import Rejected, too_large
from ledger.requests import Request
from ledger.vault import Vault
from ledger.writer import Writer

TRIES = 3
"""How often a command is decided before the caller hears of a conflict."""

_SURELY_FITS = MAX_ENTRY_BYTES // 2
"""Payload bytes below which no entry can be too large: the side columns are short."""


class Parts(NamedTuple):
    """What decisions are made and appended with."""

    log: Log
    writer: Writer
    vault: Vault
    installed: Reference
    today: Callable[[], date]


def drafts_of(new: Sequence[New], request: Request) -> tuple[Draft, ...] | Rejected:
    """Return what is to be appended, or the refusal of what is too large for an entry."""
    key, digest = request.key, request.digest
    drafts = tuple(draft(each, request.command, key, digest) for each in new)
    for made in drafts:
        if len(made.payload) > _SURELY_FITS:
            try:
                check(made)
            except Malformed as error:
                return too_large(str(error))
    return drafts


def is_another(vault: Vault, requests: Sequence[Request]) -> bool:
    """Enter newcomers into the vault; tell whether somebody else entered one of them before.

    Then the pseudonym is another one, and with it the content of the request.
    """
    new = [r for r in requests if r.newcomer is not None]
    if not new:
        return False
    proposed = [request.command.body.holder.subject_id for request in new]
    people = [request.newcomer for request in new if request.newcomer is not None]
    return vault.enter(people, proposed) != proposed
