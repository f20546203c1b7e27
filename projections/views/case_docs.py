"""How cases are shown: from the entries of one case, in the order in which they were recorded."""

from dataclasses import asdict
from typing import Any

from domain import plan
from domain.application import application
from domain.application.submission import ApplicationSubmitted, DistrictOpinionGiven
from domain.finding import finding
from domain.inspection import inspection
from domain.inspection.inspection import InspectionDispatched, SpotCheckRecorded
from domain.terms.envelope import Recorded
from domain.terms.scope import items
from projections.views.row import fields


def application_doc(entries: list[Recorded[Any]]) -> dict[str, Any] | None:
    """Return where an application stands; None before it was submitted."""
    state: application.State = application.initial
    materials: Any = ()
    opinion: Any = None
    for entry in entries:
        state = application.evolve(state, entry)
        event = entry.event
        if isinstance(event, ApplicationSubmitted):
            materials = event.materials
        elif isinstance(event, DistrictOpinionGiven):
            opinion = {**fields(event), "given_on": entry.valid_from}
    if state is None:
        return None
    return {
        "application_id": state.application_id,
        "uscc": state.uscc,
        "window": state.window,
        "stage": state.stage,
        "submitted_on": state.submitted,
        "materials": materials,
        "scope": state.scope,
        "methods": state.methods,
        "own_method": state.own_method,
        "opinion": opinion,
        "accepted_on": state.accepted,
        "experts": state.experts,
        "scores": [
            {"expert_id": expert, **asdict(scores), "total": scores.total}
            for expert, scores in state.sheets
        ],
        "recommended": state.recommended,
        "recommended_scope": items(state.recommended_units),
        "mean": state.mean,
        "confirmed_on": state.confirmed,
        "confirmed_scope": items(state.confirmed_units),
        "published": state.published,
        "receipt_no": state.receipt_no,
        "receipt_on": state.receipt_on,
    }


def inspection_doc(entries: list[Recorded[Any]]) -> dict[str, Any] | None:
    """Return what was dispatched and what was seen."""
    state: inspection.State = inspection.initial
    seen: list[dict[str, Any]] = []
    for entry in entries:
        state = inspection.evolve(state, entry)
        if isinstance(entry.event, SpotCheckRecorded):
            seen.append(
                {**fields(entry.event), "seen_on": entry.valid_from, "position": entry.position}
            )
    sent = state.dispatched
    first = sent or (state.spot_checks[0] if state.spot_checks else None)
    if first is None:
        return None
    dispatched = next((e for e in entries if isinstance(e.event, InspectionDispatched)), None)
    return {
        "inspection_id": first.inspection_id,
        "uscc": first.uscc,
        "kind": first.kind,
        "stage": "recorded" if seen else "dispatched",
        "dispatched_on": dispatched.valid_from if dispatched else None,
        "inspectors": first.inspectors,
        "spot_checks": seen,
    }


def finding_doc(entries: list[Recorded[Any]]) -> dict[str, Any] | None:
    """Return where a finding stands, with its orders and measures."""
    state: finding.State = finding.initial
    for entry in entries:
        state = finding.evolve(state, entry)
    if state is None:
        return None
    return {
        **fields(state.raised),
        "stage": state.stage,
        "raised_on": state.raised_on,
        "position": state.position,
        "orders": state.orders,
        "measures": state.measures,
        "disputed": state.disputed,
        "ended_on": state.ended_on,
        "outcome": state.outcome,
    }


def plan_doc(entries: list[Recorded[Any]]) -> dict[str, Any] | None:
    """Return the plan on file."""
    state: plan.State = plan.initial
    for entry in entries:
        state = plan.evolve(state, entry)
    if state is None:
        return None
    return {
        "key": f"{state.uscc}/{state.year}",
        "uscc": state.uscc,
        "year": state.year,
        "stage": "filed" if state.revised is None else "revised",
        "filed_on": state.filed,
        "revised_on": state.revised,
        "summary": state.summary,
        "sessions": state.sessions,
        "position": state.position,
    }
