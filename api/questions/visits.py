"""The list of the day: what an inspector takes along to where there is no signal.

Dispatches to this account that have no record yet, each with what one wants to know at the door,
and the enterprises of the district, so that a check may begin without a dispatch. Everything is
asked with the questions of the API at one basis, under the same policy.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

from api.questions.answers import AnswerBasis
from api.questions.clocks import Asked
from api.questions.lists import VIEWS
from api.questions.paging import pages
from api.questions.parameters import LARGEST_PAGE
from api.questions.policy import Action, Rows, decide
from api.questions.queries import ask, settle
from api.questions.questions import Listed
from api.questions.reading import Reading
from domain.checks import CHECKS
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Verdict
from projections.items.disclosure import shower
from projections.items.on_site import FieldListItem

Json: TypeAlias = dict[str, Any]

SPOT_CHECK = "SpotCheckRecorded"
MOST_DISPATCHES = 50
MOST_PAGES = 5
"""Pages of dispatches that are looked through for those of one account."""
LATELY = timedelta(days=120)
"""How far back sessions are shown."""
SHOWN = 5
"""Sessions, findings and flags of one enterprise."""


class Today(NamedTuple):
    """The list with what it stands on."""

    answer_basis: AnswerBasis
    members: Json


class _Basis(NamedTuple):
    """Who asks, at which basis."""

    house: Reading
    actor: Actor
    valid_at: date
    position: int

    def items(self, name: str, **asked: str) -> Iterator[Sequence[Mapping[str, Any]]]:
        """Yield the pages of a list."""
        view = VIEWS[name]
        clocks = {"valid_at": self.valid_at.isoformat(), "position": str(self.position)}
        question: Listed = view.question.model_validate({**clocks, **asked})
        for answer in pages(question, lambda each: ask(self.house, self.actor, view, each)):
            yield answer.page.items

    def first(self, name: str, **asked: str) -> Sequence[Mapping[str, Any]]:
        """Return the first page of a list."""
        return next(self.items(name, **asked))


def today(house: Reading, actor: Actor) -> Today:
    """Return the list of the day for `actor`.

    Raises:
        Problem: 401 or 403, the caller records no spot checks.
    """
    grant = decide(actor, Action.RECORD, SPOT_CHECK)
    answer_basis, basis = _settled(house, actor)
    dispatched = _dispatched(basis)
    firms = _enterprises(basis, grant.rows)
    members = {
        "account": actor.account,
        "role": actor.role.value,
        "organisation": actor.organisation,
        "inspections": _inspections(basis, dispatched),
        "enterprises": [_brief(firm) for firm in firms],
        "self": _own(basis, dispatched),
        "limits": _limits(basis),
        "complete": len(dispatched) <= MOST_DISPATCHES and len(firms) < LARGEST_PAGE,
    }
    return Today(answer_basis, shower(FieldListItem, grant.audience)(members))


def _limits(basis: "_Basis") -> Json:
    """Return what the rules in force say of a visit: the phone asks by it, as the flags will."""
    rules = basis.house.rule_set(basis.valid_at, basis.position)
    return {
        "inspectors_minimum": rules.inspectors_minimum,
        "visit_distance_m": rules.visit_distance_m,
    }


def visits(house: Reading, actor: Actor) -> list[Json]:
    """Return the dispatches to `actor` without a record, as the list of the day has them.

    Raises:
        Problem: 401 or 403, the caller records no spot checks.
    """
    decide(actor, Action.RECORD, SPOT_CHECK)
    _, basis = _settled(house, actor)
    return _inspections(basis, _dispatched(basis))


def _settled(house: Reading, actor: Actor) -> tuple[AnswerBasis, _Basis]:
    """Return now as a basis."""
    settled = settle(house, Asked())
    basis = settled.basis
    return settled.answer_basis, _Basis(house, actor, basis.valid_at, basis.position)


def _dispatched(basis: _Basis) -> list[Mapping[str, Any]]:
    """Return the dispatches to this account without a record, the latest first."""
    mine: list[Mapping[str, Any]] = []
    pages = basis.items("inspections", stage="dispatched")
    for _, page in zip(range(MOST_PAGES), pages, strict=False):
        mine += (
            one for one in page if basis.actor.account in {i["account"] for i in one["inspectors"]}
        )
    return sorted(mine, key=lambda one: (one["dispatched_on"], one["inspection_id"]), reverse=True)


def _own(basis: _Basis, dispatched: Sequence[Mapping[str, Any]]) -> Json:
    """Return the name and card under which the account went last; nothing where it never did."""
    pages = basis.items("inspections", stage="recorded")
    recorded = (one for _, page in zip(range(MOST_PAGES), pages, strict=False) for one in page)
    for inspection in chain(dispatched, recorded):
        visitors = (
            inspector for check in inspection["spot_checks"] for inspector in check["inspectors"]
        )
        for inspector in (*inspection["inspectors"], *visitors):
            if inspector["account"] == basis.actor.account and inspector["name"]:
                return {"name": inspector["name"], "card_no": inspector["card_no"]}
    return {}


def _enterprises(basis: _Basis, rows: Rows) -> Sequence[Mapping[str, Any]]:
    district = {} if rows.district is None else {"district": rows.district}
    return basis.first("roster", **district)


def _brief(firm: Mapping[str, Any]) -> Json:
    """Return what a phone needs to find an enterprise and to know it again."""
    names = ("uscc", "name", "district", "address", "standing", "valid_to")
    scope = [{name: item[name] for name in ("name", "trade", "levels")} for item in firm["scope"]]
    return {**{name: firm[name] for name in names}, "scope": scope}


def _inspections(basis: _Basis, dispatched: Sequence[Mapping[str, Any]]) -> list[Json]:
    """Return the dispatches with what is known at the door, each enterprise asked about once."""
    shown = dispatched[:MOST_DISPATCHES]
    known = {uscc: _known(basis, uscc) for uscc in {one["uscc"] for one in shown}}
    names = ("inspection_id", "kind", "dispatched_on", "inspectors", "district", "uscc")
    return [{**{name: one[name] for name in names}, **known[one["uscc"]]} for one in shown]


def _known(basis: _Basis, uscc: str) -> Json:
    firms = basis.first("roster", uscc=uscc)
    return {
        "enterprise": _brief(firms[0]) if firms else None,
        "planned": _planned(basis, uscc),
        "premises": _premises(basis, uscc),
        "sessions": _sessions(basis, uscc),
        "findings": _findings(basis, uscc),
        "flags": _flags(basis, uscc),
    }


def _planned(basis: _Basis, uscc: str) -> list[Json]:
    """Return the next sessions of the plans on file."""
    since = (basis.valid_at - timedelta(days=7)).isoformat()
    planned = [
        session
        for plan in basis.first("plans", uscc=uscc)
        for session in plan["sessions"]
        if session["planned_on"] >= since
    ]
    return sorted(planned, key=lambda session: session["planned_on"])[:SHOWN]


def _premises(basis: _Basis, uscc: str) -> list[Any]:
    """Return the premises that the latest application names."""
    with_premises = [each for each in basis.first("applications", uscc=uscc) if each["premises"]]
    return (
        list(max(with_premises, key=lambda each: each["submitted_on"])["premises"])
        if with_premises
        else []
    )


def _sessions(basis: _Basis, uscc: str) -> list[Json]:
    """Return the latest sessions."""
    since = (basis.valid_at - LATELY).isoformat()
    recent = basis.first("assessments", uscc=uscc, **{"from": since})
    latest = sorted(recent, key=lambda one: one["held_from"], reverse=True)
    names = ("assessment_id", "occupation", "level", "held_from", "held_to", "venue")
    return [{name: one[name] for name in names} for one in latest[:SHOWN]]


def _findings(basis: _Basis, uscc: str) -> list[Json]:
    """Return what was found and is not settled."""
    names = ("finding_id", "severity", "stage", "statement", "raised_on")
    open_ones = [
        {name: one[name] for name in names}
        for one in basis.first("findings", uscc=uscc, open="yes")
    ]
    return sorted(open_ones, key=lambda one: one["raised_on"], reverse=True)[:SHOWN]


def _flags(basis: _Basis, uscc: str) -> Json:
    """Return how many breaches stand, and the latest of them."""
    breaches = basis.first("flags", uscc=uscc, verdict=Verdict.BREACH.value)
    breaches = [one for one in breaches if CHECKS[one["code"]].of_enterprise]
    latest = sorted(breaches, key=lambda one: one["valid_at"], reverse=True)
    names = ("key", "code", "valid_at", "message")
    return {
        "count": len(breaches),
        "items": [{name: one[name] for name in names} for one in latest[:SHOWN]],
    }
