"""What may be done with an application, by whom and when, and how its form becomes a command (六)."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from starlette.datastructures import FormData

from api.questions.problems import invalid
from api.web.casework.people import Person, picked, recusal
from api.web.casework.scope_fields import chosen
from api.web.frame import acts
from api.web.frame.acting import text
from api.web.frame.acts import Act, Body, Item, act, nothing
from domain.application.application import TAKEN_AT
from domain.application.evaluation import HeadingScores
from domain.terms.envelope import Actor
from domain.terms.vocabulary import EnterpriseKind

EXPERTS = 5
"""Experts that a form offers room for."""
HEADINGS = tuple(heading.name for heading in fields(HeadingScores))


def _opinion(form: FormData, item: Item, actor: Actor) -> dict[str, Any]:
    return {
        "district": item["district"] or actor.organisation,
        "opinion": text(form, "opinion"),
        "text": text(form, "text") or "",
    }


def _experts(form: FormData, item: Item, actor: Actor) -> dict[str, Any]:  # noqa: ARG001 - the table's shape
    """Return who is chosen; name and affiliation follow from the person (`with_people`)."""
    rows = [
        {"expert_id": text(form, f"experts.{n}.expert_id"), "field": f"experts.{n}"}
        for n in range(EXPERTS)
    ]
    return {"experts": [row for row in rows if row["expert_id"]]}


def with_people(form: FormData, body: dict[str, Any], people: Sequence[Person]) -> dict[str, Any]:
    """Return the body of an assignment with everything that follows from the people chosen.

    Raises:
        Problem: 422, nobody has such an account, or what they declared is not said.
    """
    experts: list[dict[str, Any]] = []
    for row in body["experts"]:
        person = picked(people, row["expert_id"], f"{row['field']}.expert_id")
        declared = recusal(form, f"{row['field']}.recusal", person.name)
        if declared is None:
            raise invalid(
                f"{row['field']}.recusal_declared",
                f"{person.name} 尚未作回避声明，不能派出",
                f"{person.name} has made no recusal statement and cannot be assigned",
            )
        experts.append(
            {
                "expert_id": person.account,
                "name": person.name,
                "affiliation": person.organisation,
                "recusal_declared": declared,
            }
        )
    return {**body, "experts": experts}


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


def _act(event: str, slug: str, title: tuple[str, str], body: Body) -> Act:
    return act(event, slug, title, TAKEN_AT, body)


ACTS: Mapping[str, Act] = MappingProxyType(
    {
        each.slug: each
        for each in (
            _act(
                "DistrictOpinionGiven",
                "opinion",
                ("出具初步意见", "Give the district's opinion"),
                _opinion,
            ),
            _act("ApplicationAccepted", "acceptance", ("受理", "Accept"), nothing),
            _act("ExpertsAssigned", "experts", ("派出专家", "Assign experts"), _experts),
            _act("EvaluationScored", "sheet", ("填写评分表", "Fill in the score sheet"), _sheet),
            _act(
                "EvaluationScoreRevised",
                "revision",
                ("修改评分表", "Revise the score sheet"),
                _sheet,
            ),
            _act(
                "EvaluationConcluded",
                "conclusion",
                ("作出评估结论", "Conclude the evaluation"),
                _conclusion,
            ),
            _act("ApplicationConfirmed", "confirmation", ("确认", "Confirm"), _confirmation),
            _act("ReceiptIssued", "receipt", ("发确认回执", "Issue the receipt"), _receipt),
            _act("ApplicationWithdrawn", "withdrawal", ("撤回申报", "Withdraw"), nothing),
            _act("ApplicationReturned", "return", ("退回", "Return"), nothing),
            _act("ApplicationRejected", "rejection", ("不予确认", "Reject"), nothing),
        )
    }
)
"""Slug → act, in the order in which they are due."""


def offered(item: Item, kind: str | None, actor: Actor) -> Sequence[Act]:
    """Return what `actor` may do now with the application of an enterprise of that kind."""
    route = kind is not None and EnterpriseKind(kind).takes_district_route
    has_sheet = actor.account in {sheet["expert_id"] for sheet in item["scores"]}
    needed = {
        "opinion": route and item["opinion"] is None,
        "acceptance": not route or item["opinion"] is not None,
        "sheet": not has_sheet,
        "revision": has_sheet,
        "conclusion": len(item["scores"]) == len(item["experts"]),
        "confirmation": bool(item["recommended"]),
        "receipt": item["receipt_no"] is None,
    }
    return [
        each for each in acts.offered(ACTS.values(), item, actor) if needed.get(each.slug, True)
    ]
