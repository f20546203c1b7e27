"""Lines of NDJSON as the contract has them: who acts, and one event a line."""

import json
from datetime import date
from typing import Any, TypeAlias

from domain.terms.guards import FILINGS

Json: TypeAlias = dict[str, Any]

CENTRE: Json = {"account": "centre-1", "role": "centre_officer", "organisation": "centre"}
CONFIRMER: Json = {"account": "bureau-1", "role": "bureau_publisher", "organisation": "bureau"}
PUBLISHER: Json = {"account": "bureau-2", "role": "bureau_publisher", "organisation": "bureau"}
"""Confirmation and publication need two people."""


def supervisor(number: int = 1) -> Json:
    """Return a quality supervisor of the centre."""
    return {
        "account": f"supervisor-{number}",
        "role": "quality_supervisor",
        "organisation": "centre",
    }


def inspector(district: str, number: int = 1) -> Json:
    """Return an inspector of a district authority."""
    return {
        "account": f"inspector-{district}-{number}",
        "role": "district_inspector",
        "organisation": district,
    }


def reporter(uscc: str) -> Json:
    """Return the reporter of an enterprise."""
    return {
        "account": f"reporter-{uscc}",
        "role": "enterprise_reporter",
        "organisation": uscc,
    }


def expert(expert_id: str, affiliation: str) -> Json:
    """Return an expert."""
    return {"account": expert_id, "role": "expert", "organisation": affiliation}


_DATED = ("held_from", "issued_on", "published_on")
_TOP = ("reason", "document_no")


def line(type_: str, day: date, actor: Json, **data: Any) -> Json:  # noqa: ANN401 - JSON
    """Return one line; `reason_` and `document_no` go beside the data.

    `valid_from` is left out where the data hold the day themselves.
    """
    beside = {name: data.pop(f"{name}_") for name in _TOP if f"{name}_" in data}
    dated = any(data.get(name) == day.isoformat() for name in _DATED)
    start = {} if dated else {"valid_from": day.isoformat()}
    stamps = _stamps(type_, day, actor)
    return {"type": type_, **start, "actor": actor, "data": data, **stamps, **beside}


_CORRECTIONS = frozenset({"RecordCorrected", "CorrectionDecided"})
_BY_TWO = frozenset({"ScopeChanged", "ListingRemoved", "CatalogueAdopted"})


def _stamps(type_: str, day: date, actor: Json) -> Json:
    """Return who received what an enterprise filed, on that very day, or who approved an act of two."""
    if type_ in FILINGS and actor["role"] == "enterprise_reporter":
        return {"received_on": day.isoformat(), "received_by": CENTRE}
    if type_ in _BY_TWO:
        return {"approved_by": PUBLISHER if actor == CONFIRMER else CONFIRMER}
    if type_ in _CORRECTIONS and actor == CENTRE:  # a severe breach may rest on what they correct
        return {"approved_by": supervisor()}
    return {}


def written(one: Json) -> bytes:
    """Return the line as it stands in a file."""
    return json.dumps(one, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
