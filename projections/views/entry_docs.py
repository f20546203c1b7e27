"""Entries of the ledger as the API shows them: the contract's names and shapes.

An event looks like the line that would be imported, but for its holder, who stays masked.
"""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

from domain.registry import STORED
from domain.terms.envelope import Actor, Recorded, Stamps
from ledger.codec import Illegible
from ledger.gate.output import contract
from ledger.log.entry import instant_text

UNREADABLE = "Unreadable"
"""Stands for the kind of an entry that this version cannot read; its data say how it is stored."""


def actor_shown(actor: Actor) -> dict[str, str]:
    """Return who acted as the contract writes it."""
    return {
        "account": actor.account,
        "role": actor.role.value,
        "organisation": actor.organisation,
    }


# Thousands of entries share the time of their transaction, and nearly all are unstamped.
_recorded_at = lru_cache(maxsize=1_024)(instant_text)


@lru_cache(maxsize=1_024)
def _stamps_shown(stamps: Stamps) -> Mapping[str, Any]:
    """Return who else had a hand in an entry, and the days of a paper."""
    return {
        "received_on": stamps.received_on.isoformat() if stamps.received_on else None,
        "received_by": actor_shown(stamps.received_by) if stamps.received_by else None,
        "claimed_on": stamps.claimed_on.isoformat() if stamps.claimed_on else None,
        "approved_by": actor_shown(stamps.approved_by) if stamps.approved_by else None,
        "entered_by": stamps.entered_by,
        "backfill": stamps.backfill,
    }


def shown(
    entry: Recorded[Any], data: Callable[[object], dict[str, Any]] = contract
) -> dict[str, Any]:
    """Return one entry as an item of a history or of the list of events; `data` shows its event."""
    return {
        "position": entry.position,
        "stream": entry.stream,
        "version": entry.version,
        "type": UNREADABLE if type(entry.event) is Illegible else name_of(entry.type),
        "schema": schema_of(entry.type),
        "recorded_at": _recorded_at(entry.recorded_at),
        "valid_from": entry.valid_from.isoformat(),
        "subject": entry.subject,
        "district": entry.district,
        "actor": actor_shown(entry.actor),
        "reason": entry.reason,
        "document_no": entry.document_no,
        "correlation": entry.correlation,
        "causation": entry.causation,
        **_stamps_shown(entry.stamps),
        "data": data(entry.event),
    }


@cache
def schema_of(stored: str) -> int:
    """Return the version of the shape that a stored type name ends with."""
    return int(stored.rpartition("/")[2])


def name_of(stored: str) -> str:
    """Return the event name that the contract uses for a stored type name."""
    return STORED[stored].name
