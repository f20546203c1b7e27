"""What may be done with an application, by whom and when, and how its form becomes a command (六)."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from starlette.datastructures import FormData

from api.pages.acting import text
from api.pages.language import Words
from api.pages.scope_fields import chosen
from domain.envelope import Actor
from domain.permissions import MAY
from domain.vocabulary import EnterpriseKind

EXPERTS = 5
"""Experts that a form offers room for."""
HEADINGS = ("basics", "hr_system", "funding", "organisation_quality", "premises_it")

Item = Mapping[str, Any]
Body = Callable[[FormData, Item, Actor], dict[str, Any]]


def _opinion(form: FormData, item: Item, actor: Actor) -> dict[str, Any]:
    return {
        "district": item["district"] or actor.organisation,
        "opinion": text(form, "opinion"),
        "text": text(form, "text") or "",
    }


def _nothing(form: FormData, item: Item, actor: Actor) -> dict[str, Any]:  # noqa: ARG001 - the table's shape
    return {}


def _experts(form: FormData, item: Item, actor: Actor) -> dict[str, Any]:  # noqa: ARG001 - the table's shape
    rows = [
        {
            "expert_id": text(form, f"experts.{n}.expert_id"),
            "name": text(form, f"experts.{n}.name") or "",
            "affiliation": text(form, f"experts.{n}.affiliation") or "",
            "recusal_declared": text(form, f"experts.{n}.recusal_declared") == "yes",
        }
        for n in range(EXPERTS)
    ]
    return {"experts": [row for row in rows if row["expert_id"]]}


def _sheet(form: FormData, item: Item, actor: Actor) -> dict[str, Any]:  # noqa: ARG001 - the table's shape
    return {
        "expert_id": actor.account,
        "scores": {name: _points(text(form, f"scores.{name}")) for name in HEADINGS},
        "comment": text(form, "comment") or "",
    }


def _points(said: str | None) -> int | float | str | None:
    """Return points as a number; what is none goes on as it was typed and is refused with its field."""
    if said is None:
        return None
    try:
        return int(said) if said.isascii() and said.isdecimal() else float(said)
    except ValueError:
        return said


def _conclusion(form: FormData, item: Item, actor: Actor) -> dict[str, Any]:  # noqa: ARG001 - the table's shape
    recommended = text(form, "recommended") == "yes"
    return {
        "recommended": recommended,
        "scope": chosen(form, "scope", item["scope"]) if recommended else [],
    }


def _confirmation(form: FormData, item: Item, actor: Actor) -> dict[str, Any]:  # noqa: ARG001 - the table's shape
    return {"scope": chosen(form, "scope", item["recommended_scope"])}


def _receipt(form: FormData, item: Item, actor: Actor) -> dict[str, Any]:  # noqa: ARG001 - the table's shape
    return {"receipt_no": text(form, "receipt_no"), "issued_on": text(form, "valid_from")}


class Act(NamedTuple):
    """One act: its event, what it is called, the stages at which it is due, its command's body."""

    event: str
    slug: str
    title: Words
    stages: frozenset[str]
    body: Body


def _act(event: str, slug: str, title: tuple[str, str], stages: str, body: Body) -> Act:
    return Act(event, slug, Words(*title), frozenset(stages.split()), body)


_OPEN = "submitted opinion_given accepted experts_assigned scoring concluded"

ACTS: Mapping[str, Act] = MappingProxyType(
    {
        act.slug: act
        for act in (
            _act(
                "DistrictOpinionGiven",
                "opinion",
                ("出具初步意见", "Give the district's opinion"),
                "submitted opinion_given",
                _opinion,
            ),
            _act(
                "ApplicationAccepted",
                "acceptance",
                ("受理", "Accept"),
                "submitted opinion_given",
                _nothing,
            ),
            _act(
                "ExpertsAssigned",
                "experts",
                ("派出专家", "Assign experts"),
                "accepted experts_assigned",
                _experts,
            ),
            _act(
                "EvaluationScored",
                "sheet",
                ("填写评分表", "Fill in the score sheet"),
                "experts_assigned scoring",
                _sheet,
            ),
            _act(
                "EvaluationScoreRevised",
                "revision",
                ("修改评分表", "Revise the score sheet"),
                "scoring",
                _sheet,
            ),
            _act(
                "EvaluationConcluded",
                "conclusion",
                ("作出评估结论", "Conclude the evaluation"),
                "scoring",
                _conclusion,
            ),
            _act(
                "ApplicationConfirmed",
                "confirmation",
                ("确认", "Confirm"),
                "concluded",
                _confirmation,
            ),
            _act(
                "ReceiptIssued",
                "receipt",
                ("发确认回执", "Issue the receipt"),
                "confirmed published",
                _receipt,
            ),
            _act("ApplicationReturned", "return", ("退回", "Return"), _OPEN, _nothing),
            _act(
                "ApplicationRejected",
                "rejection",
                ("不予确认", "Reject"),
                "accepted experts_assigned scoring concluded",
                _nothing,
            ),
        )
    }
)
"""Slug → act, in the order in which they are due."""


def due(item: Item, kind: str | None, actor: Actor) -> Sequence[Act]:
    """Return what `actor` may do now with the application of an enterprise of that kind.

    The decider has the last word; here nothing is offered that it is known to refuse.
    """
    return [act for act in ACTS.values() if _is_due(act, item, kind, actor)]


def _is_due(act: Act, item: Item, kind: str | None, actor: Actor) -> bool:
    if actor.role not in MAY[act.event] or item["stage"] not in act.stages:
        return False
    district_route = kind is not None and EnterpriseKind(kind).takes_district_route
    has_sheet = actor.account in {sheet["expert_id"] for sheet in item["scores"]}
    needed = {
        "opinion": district_route and item["opinion"] is None,
        "acceptance": not district_route or item["opinion"] is not None,
        "sheet": not has_sheet,
        "revision": has_sheet,
        "conclusion": len(item["scores"]) == len(item["experts"]),
        "confirmation": bool(item["recommended"]),
        "receipt": item["receipt_no"] is None,
    }
    return needed.get(act.slug, True)
