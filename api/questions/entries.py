"""Entries of the ledger as the API shows them: the contract's names and shapes.

An event looks like the line that would be imported, but for its holder, who stays masked.
"""

from typing import Any

from domain.registry import STORED
from domain.terms.envelope import Recorded
from ledger.gate.output import contract
from ledger.log.entry import instant_text


def shown(entry: Recorded[Any]) -> dict[str, Any]:
    """Return one entry as an item of a history or of the list of events."""
    return {
        "position": entry.position,
        "stream": entry.stream,
        "version": entry.version,
        "type": name_of(entry.type),
        "schema": int(entry.type.rpartition("/")[2]),
        "recorded_at": instant_text(entry.recorded_at),
        "valid_from": entry.valid_from.isoformat(),
        "subject": entry.subject,
        "district": entry.district,
        "actor": {
            "account": entry.actor.account,
            "role": entry.actor.role.value,
            "organisation": entry.actor.organisation,
        },
        "reason": entry.reason,
        "document_no": entry.document_no,
        "correlation": entry.correlation,
        "causation": entry.causation,
        "data": contract(entry.event),
    }


def name_of(stored: str) -> str:
    """Return the event name that the contract uses for a stored type name."""
    return STORED[stored].name
