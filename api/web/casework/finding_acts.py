"""What may be done with a finding, by whom and when, and how its form becomes a command (四, 七)."""

import uuid
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from starlette.datastructures import FormData

from api.web.frame import acts
from api.web.frame.acting import KEY, text
from api.web.frame.acts import Act, Body, Item, act
from domain.finding.finding import TAKEN_AT
from domain.finding.measure import OVER
from domain.terms.envelope import Actor

MEASURES = ("约谈", "通报", "限期整改", "暂停", "移出")
"""What the field suggests; the ladder of measures is configuration [C], so any other text is taken."""


def _order(form: FormData, item: Item, actor: Actor) -> dict[str, Any]:  # noqa: ARG001 - the table's shape
    return {"requirement": text(form, "requirement"), "due_on": text(form, "due_on")}


def _reinspection(form: FormData, item: Item, actor: Actor) -> dict[str, Any]:  # noqa: ARG001 - the table's shape
    return {"passed": text(form, "passed") == "yes", "note": text(form, "note") or ""}


def _closing(form: FormData, item: Item, actor: Actor) -> dict[str, Any]:  # noqa: ARG001 - the table's shape
    return {"outcome": text(form, "outcome")}


def _statement(form: FormData, item: Item, actor: Actor) -> dict[str, Any]:  # noqa: ARG001 - the table's shape
    return {"statement": text(form, "statement")}


def _report(form: FormData, item: Item, actor: Actor) -> dict[str, Any]:
    return {"evidence": [], **_statement(form, item, actor)}


def _reason(form: FormData, item: Item, actor: Actor) -> dict[str, Any]:  # noqa: ARG001 - the table's shape
    return {"reason": text(form, "reason")}


def _measure(form: FormData, item: Item, actor: Actor) -> dict[str, Any]:  # noqa: ARG001 - the table's shape
    # Made from the form's key: a form that is sent twice names the same measure.
    made = uuid.uuid5(uuid.NAMESPACE_URL, text(form, KEY) or str(uuid.uuid4()))
    return {"measure_id": f"ms-{made}", "kind": text(form, "kind"), **_days(form)}


def _change(form: FormData, item: Item, actor: Actor) -> dict[str, Any]:  # noqa: ARG001 - the table's shape
    return {"measure_id": text(form, "measure_id"), **_days(form)}


def _days(form: FormData) -> dict[str, Any]:
    return {
        "effective_from": text(form, "effective_from"),
        "effective_to": text(form, "effective_to"),
    }


def _hearing(form: FormData, item: Item, actor: Actor) -> dict[str, Any]:  # noqa: ARG001 - the table's shape
    return {"held_on": text(form, "valid_from"), "outcome": text(form, "outcome")}


def _act(event: str, slug: str, title: tuple[str, str], body: Body) -> Act:
    return act(event, slug, title, TAKEN_AT, body)


ACTS: Mapping[str, Act] = MappingProxyType(
    {
        each.slug: each
        for each in (
            _act("RectificationOrdered", "order", ("责令整改", "Order rectification"), _order),
            _act(
                "RectificationReported",
                "report",
                ("报告整改", "Report the rectification"),
                _report,
            ),
            _act(
                "ReinspectionRecorded",
                "reinspection",
                ("记录复查", "Record a reinspection"),
                _reinspection,
            ),
            _act("HearingHeld", "hearing", ("记录听证", "Record a hearing"), _hearing),
            _act("MeasureImposed", "measure", ("采取措施", "Impose a measure"), _measure),
            _act("MeasureStayed", "stay", ("暂缓执行", "Stay"), _change),
            _act("MeasureVaried", "variation", ("变更措施", "Vary"), _change),
            _act("MeasureSetAside", "setting-aside", ("撤销措施", "Set aside"), _change),
            _act("MeasureLifted", "lifting", ("解除措施", "Lift"), _change),
            _act("FindingDisputed", "dispute", ("提出异议", "Dispute"), _statement),
            _act("FindingClosed", "closing", ("销号", "Close"), _closing),
            _act("FindingWithdrawn", "withdrawal", ("撤回问题", "Withdraw"), _reason),
        )
    }
)
"""Slug → act, in the order in which they are due."""
OF_MEASURES = frozenset({"stay", "variation", "setting-aside", "lifting"})
"""Acts that change a measure."""


def offered(item: Item, actor: Actor) -> list[Act]:
    """Return what `actor` may do now with the finding."""
    changeable = any(m["stands"] not in OVER for m in item["measures"])
    return [
        each
        for each in acts.offered(ACTS.values(), item, actor)
        if changeable or each.slug not in OF_MEASURES
    ]
