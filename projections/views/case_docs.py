"""How cases are shown: each kind takes in the entries of one case, day after day, and says how it stands."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any, Protocol

from domain import partnership, plan, specification, staff
from domain.application import application
from domain.application.submission import ApplicationSubmitted, DistrictOpinionGiven
from domain.finding import finding
from domain.finding.measure import Measure
from domain.flag import FlagReviewed
from domain.inspection import inspection
from domain.inspection.inspection import InspectionDispatched, SpotCheckRecorded
from domain.partnership import PartnershipFiled
from domain.staff import StaffRegistered, StaffReleased
from domain.terms.envelope import Recorded
from domain.terms.scope import items
from projections.views.row import fields


class CaseFold(Protocol):
    """One case, as far as its entries have been taken in."""

    def take(self, entry: Recorded[Any]) -> None:
        """Take in the next entry; they come in order of their days."""
        ...

    def doc(self, day: date) -> dict[str, Any] | None:
        """Return the item on `day`; None before it began."""
        ...

    def days(self) -> Iterable[date]:
        """Return the days on which the item changes without an entry."""
        ...


_BESIDE = ("units", "premises", "main_business", "staff", "standards", "resubmits")
"""What an application says besides, shown as it was given."""


class ApplicationFold:
    """Where an application stands."""

    def __init__(self) -> None:
        self._state: application.State = application.initial
        self._materials: Any = ()
        self._beside: dict[str, Any] = {}
        self._opinion: Any = None

    def take(self, entry: Recorded[Any]) -> None:
        """Take in the next entry."""
        self._state = application.evolve(self._state, entry)
        event = entry.event
        if isinstance(event, ApplicationSubmitted):
            self._materials = event.materials
            self._beside = {name: getattr(event, name) for name in _BESIDE}
        elif isinstance(event, DistrictOpinionGiven):
            self._opinion = {**fields(event), "given_on": entry.valid_from}

    def days(self) -> Iterable[date]:
        """Nothing but its entries changes an application."""
        return ()

    def doc(self, day: date) -> dict[str, Any] | None:  # noqa: ARG002 - the shape of a case
        """Return the item."""
        state = self._state
        if state is None:
            return None
        return {
            "application_id": state.application_id,
            "uscc": state.uscc,
            "window": state.window,
            "stage": state.stage,
            "submitted_on": state.submitted,
            "materials": self._materials,
            "scope": state.scope,
            "methods": state.methods,
            "own_method": state.own_method,
            **self._beside,
            "opinion": self._opinion,
            "accepted_on": state.accepted,
            "experts": state.experts,
            "scores": [
                {
                    "expert_id": expert,
                    **asdict(scores),
                    "total": scores.total,
                    "left_out": expert in state.left_out,
                }
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


class InspectionFold:
    """What was dispatched and what was seen."""

    def __init__(self) -> None:
        self._state: inspection.State = inspection.initial
        self._seen: list[dict[str, Any]] = []
        self._dispatched_on: date | None = None

    def take(self, entry: Recorded[Any]) -> None:
        """Take in the next entry."""
        self._state = inspection.evolve(self._state, entry)
        if isinstance(entry.event, SpotCheckRecorded):
            shown = {"seen_on": entry.valid_from, "position": entry.position}
            self._seen.append({**fields(entry.event), **shown})
        elif isinstance(entry.event, InspectionDispatched):
            self._dispatched_on = entry.valid_from

    def days(self) -> Iterable[date]:
        """Nothing but its entries changes an inspection."""
        return ()

    def doc(self, day: date) -> dict[str, Any] | None:  # noqa: ARG002 - the shape of a case
        """Return the item."""
        state = self._state
        first = state.dispatched or (state.spot_checks[0] if state.spot_checks else None)
        if first is None:
            return None
        return {
            "inspection_id": first.inspection_id,
            "uscc": first.uscc,
            "kind": first.kind,
            "stage": "recorded" if self._seen else "dispatched",
            "dispatched_on": self._dispatched_on,
            "inspectors": first.inspectors,
            "spot_checks": list(self._seen),
        }


class FindingFold:
    """Where a finding stands, with its orders and measures."""

    def __init__(self) -> None:
        self._state: finding.State = finding.initial
        self._converted: list[str] = []
        """Flags that reviews made part of it; no correction of the finding takes them out."""

    def take(self, entry: Recorded[Any]) -> None:
        """Take in the next entry."""
        if isinstance(entry.event, FlagReviewed):
            self._converted.append(entry.event.flag)
            return
        self._state = finding.evolve(self._state, entry)

    def days(self) -> Iterable[date]:
        """Return the days on which a measure begins to stand otherwise."""
        measures = self._state.measures if self._state is not None else ()
        return frozenset[date]().union(*(measure.days for measure in measures))

    def doc(self, day: date) -> dict[str, Any] | None:
        """Return the item on `day`."""
        state = self._state
        if state is None:
            return None
        return {
            **fields(state.raised),
            "flags": tuple(dict.fromkeys((*state.raised.flags, *sorted(self._converted)))),
            "stage": state.stage,
            "raised_on": state.raised_on,
            "position": state.position,
            "orders": [
                {name: value for name, value in fields(order).items() if name != "settlings"}
                for order in state.orders
            ],
            "measures": [_measure(measure, day) for measure in state.measures],
            "hearings": state.hearings,
            "disputed": state.disputed,
            "ended_on": state.ended_on,
            "outcome": state.outcome,
        }


def _measure(measure: Measure, day: date) -> dict[str, Any]:
    return {
        "measure_id": measure.measure_id,
        "kind": measure.kind,
        "stands": measure.stands(day),
        "effective_from": measure.effective_from,
        "effective_to": measure.effective_to,
        "stays": [stay._asdict() for stay in measure.stays],
        "in_effect": measure.in_effect(day),
    }


class RegisterFold:
    """The registers of an enterprise: examiners and quality staff, partnerships, specifications."""

    def __init__(self) -> None:
        self._uscc: str | None = None
        self._staff: staff.State = staff.initial
        self._partnerships: partnership.State = partnership.initial
        self._specifications: specification.State = specification.initial

    def take(self, entry: Recorded[Any]) -> None:
        """Take in the next entry."""
        self._uscc = entry.subject
        match entry.event:
            case StaffRegistered() | StaffReleased():
                self._staff = staff.evolve(self._staff, entry)
            case PartnershipFiled():
                self._partnerships = partnership.evolve(self._partnerships, entry)
            case _:
                self._specifications = specification.evolve(self._specifications, entry)

    def days(self) -> Iterable[date]:
        """Return the days on which a partnership ends."""
        return frozenset(p.event.valid_to for p in self._partnerships if p.event.valid_to)

    def doc(self, day: date) -> dict[str, Any] | None:
        """Return the item on `day`."""
        if self._uscc is None:
            return None
        return {
            "uscc": self._uscc,
            "stage": "kept",
            "staff": [
                {**_beside(paper.event), "registered_on": paper.day}
                for paper in staff.registered_on(self._staff, day)
            ],
            "partnerships": [
                {**_beside(paper.event), "filed_on": paper.day}
                for paper in self._partnerships
                if paper.event.valid_to is None or day < paper.event.valid_to
            ],
            "specifications": [
                {**_beside(paper.event), "received_on": paper.day} for paper in self._specifications
            ],
        }


def _beside(event: Any) -> dict[str, Any]:  # noqa: ANN401 - any event
    """Return what the event says besides whose it is."""
    return {name: value for name, value in fields(event).items() if name != "uscc"}


class ComplaintFold:
    """A complaint as received."""

    def __init__(self) -> None:
        self._entry: Recorded[Any] | None = None

    def take(self, entry: Recorded[Any]) -> None:
        """Take in the next entry."""
        self._entry = entry

    def days(self) -> Iterable[date]:
        """Nothing but its entries changes a complaint."""
        return ()

    def doc(self, day: date) -> dict[str, Any] | None:  # noqa: ARG002 - the shape of a case
        """Return the item."""
        if self._entry is None:
            return None
        received = {"received_on": self._entry.valid_from, "position": self._entry.position}
        return {**fields(self._entry.event), "stage": "received", **received}


class PlanFold:
    """The plan on file."""

    def __init__(self) -> None:
        self._state: plan.State = plan.initial

    def take(self, entry: Recorded[Any]) -> None:
        """Take in the next entry."""
        self._state = plan.evolve(self._state, entry)

    def days(self) -> Iterable[date]:
        """Nothing but its entries changes a plan."""
        return ()

    def doc(self, day: date) -> dict[str, Any] | None:  # noqa: ARG002 - the shape of a case
        """Return the item."""
        state = self._state
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
