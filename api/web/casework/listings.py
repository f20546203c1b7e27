"""`/listings/{uscc}`: the bureau changes what an enterprise may certify (动态调整, 六(三), 七(三))."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from api.export.formats import Row
from api.http.caller import Caller, Installed
from api.installation.wiring import Installation
from api.questions import enterprises
from api.questions.clocks import Asked
from api.questions.lists import VIEWS
from api.questions.policy import Action, decide
from api.questions.problems import invalid, not_found
from api.questions.queries import ask
from api.questions.questions import FindingsQuestion
from api.web.casework.offered_subject import one_in_lists
from api.web.casework.scope_fields import LINES, chosen, dictionary_in_force, written
from api.web.casework.touched import NOTHING, Touched, touched
from api.web.frame.acting import Form, Refusal, attempt, new_key, sent_on, text, ticked, typed
from api.web.frame.choices import Choices, choices
from api.web.frame.frame import framed
from api.web.frame.looking import Looked, Sent, look_or_send
from api.web.frame.rendering import render
from api.web.frame.rooms import asked_for_more, grown, room
from api.words.language import Words
from domain.terms.envelope import Actor
from domain.terms.intervals import years_after
from domain.terms.reference import Dictionary
from ledger.log.clock import today

router = APIRouter(include_in_schema=False)
Body = Callable[[FormData, Row, Dictionary], dict[str, Any]]


ITEM = ("edition", "code", "name", "trade", "levels")


def _scope(form: FormData, profile: Row, dictionary: Dictionary) -> dict[str, Any]:
    return {
        "added": written(form, "added", dictionary),
        # What the roster tells besides, the grant behind an item, is no part of the item.
        "removed": [
            {name: item[name] for name in ITEM}
            for item in chosen(form, "removed", profile["scope"])
        ],
    }


def _suspension(form: FormData, profile: Row, dictionary: Dictionary) -> dict[str, Any]:  # noqa: ARG001 - the table's shape
    return {"until": text(form, "until"), "finding_id": text(form, "finding_id")}


def _removal(form: FormData, profile: Row, dictionary: Dictionary) -> dict[str, Any]:  # noqa: ARG001 - the table's shape
    return {"finding_id": text(form, "finding_id")}


def _renewal(form: FormData, profile: Row, dictionary: Dictionary) -> dict[str, Any]:  # noqa: ARG001 - the table's shape
    return {"valid_to": text(form, "valid_to")}


def _nothing(form: FormData, profile: Row, dictionary: Dictionary) -> dict[str, Any]:  # noqa: ARG001 - the table's shape
    return {}


class ListingChange(NamedTuple):
    """One change of a listing: its event, what it is called, when it has a meaning, its body."""

    event: str
    title: Words
    standings: frozenset[str]
    body: Body


CHANGES: Mapping[str, ListingChange] = MappingProxyType(
    {
        "scope": ListingChange(
            "ScopeChanged",
            Words("变更确认范围", "Change the confirmed scope"),
            frozenset({"listed", "suspended"}),
            _scope,
        ),
        "suspension": ListingChange(
            "ListingSuspended", Words("暂停", "Suspend"), frozenset({"listed"}), _suspension
        ),
        "reinstatement": ListingChange(
            "ListingReinstated", Words("恢复", "Reinstate"), frozenset({"suspended"}), _nothing
        ),
        "renewal": ListingChange(
            "ListingRenewed",
            Words("续期", "Renew"),
            frozenset({"listed", "suspended", "expired"}),
            _renewal,
        ),
        "removal": ListingChange(
            "ListingRemoved",
            Words("移出名单", "Take off the roster"),
            frozenset({"listed", "suspended"}),
            _removal,
        ),
    }
)
"""Slug → change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingPage:
    """Where an enterprise stands today, and the changes that the bureau may make."""

    profile: Row
    """The enterprise as `GET /v1/enterprises/{uscc}` gives it."""
    changes: Sequence[tuple[str, ListingChange]]
    """What may be done now: slug and change."""
    levels: Choices
    """The eight levels by rank."""
    room: int
    """Lines of new scope that the form offers."""
    years: int
    """For how many years a listing holds at most."""
    findings: Choices
    """Findings of the enterprise that a change may rest on."""
    planned: Sequence[Row]
    """Planned sessions from the day of effect on that would not be covered any more."""
    touched: Touched
    """Sessions held and certificates issued on that day or later."""
    done: str | None
    """Slug of the change that was made just now."""
    at: str | None
    """Where it was recorded."""
    looked: Looked | None
    """What the change that was sent would come to."""
    sent: str | None
    """Slug of the form that was sent and not carried out."""
    refusal: Refusal | None
    """Why it was refused."""
    fresh: Mapping[str, str]
    """What a form begins with."""
    values: Mapping[str, str]
    """What was typed into the form that was sent."""
    ticked: Mapping[str, frozenset[str]]
    """Boxes that were ticked, by field."""
    key: str
    """Key of the forms."""


@router.get("/listings/{uscc}")
def listing(request: Request, house: Installed, actor: Caller, uscc: str) -> Response:
    """Show what may be changed."""
    return _page(request, house, actor, uscc, None, None, None)


@router.post("/listings/{uscc}/{slug}")
def change(  # noqa: PLR0913, PLR0917 - one argument a parameter
    request: Request, house: Installed, actor: Caller, uscc: str, slug: str, form: Form
) -> Response:
    """Carry out one change."""
    asked = CHANGES.get(slug)
    if asked is None:
        raise not_found("没有这种办理", "there is no such act")
    decide(actor, Action.RECORD, asked.event)
    if asked_for_more(form) is not None:
        return _page(request, house, actor, uscc, slug, None, form)
    profile = enterprises.one(house, actor, uscc, Asked())[1]

    def made() -> dict[str, Any]:
        dictionary = dictionary_in_force(house)
        if asked.event == "ListingRemoved":
            _require_grounds(form)
        return {
            "uscc": uscc,
            "basis": text(form, "basis"),
            "valid_from": text(form, "valid_from"),
            "document_no": text(form, "document_no"),
            **asked.body(form, profile, dictionary),
        }

    done = attempt(lambda: look_or_send(house, actor, form, asked.event, made))
    if isinstance(done, Refusal):
        return _page(request, house, actor, uscc, slug, done, form)
    if isinstance(done, Sent):
        # What waits for a second person leads to where that is said; anything else to its outcome.
        position = done.position
        return sent_on(f"/listings/{uscc}", position, done=slug, at=str(position or ""))
    return _page(request, house, actor, uscc, slug, None, form, done)


SAYS_SOMETHING = 8
"""Characters of a reason that is more than a word."""


def _require_grounds(form: FormData) -> None:
    """Refuse to take an enterprise off the roster for nothing that anybody could check."""
    if text(form, "finding_id") is not None:
        return
    said = [letter for letter in text(form, "basis") or "" if letter.isalnum()]
    if len(said) < SAYS_SOMETHING:
        raise invalid(
            "basis",
            "移出名单须有依据：选择一项问题，或写明事实与理由（不少于 8 个字）",
            "a removal needs grounds: choose a finding, or say facts and reason in eight letters or more",
        )


def _findings(house: Installation, actor: Actor, uscc: str) -> Choices:
    question = FindingsQuestion.model_validate({"uscc": uscc, "limit": 100})
    findings = ask(house, actor, VIEWS["findings"], question).page.items
    return [
        (one["finding_id"], f"{one['finding_id']} {one['kind']}")
        for one in findings
        if one["stage"] != "withdrawn"
    ]


def _uncovered(house: Installation, actor: Actor, uscc: str, looked: Looked) -> list[Row]:
    """Return the planned sessions to come of which an occupation or level would be lost."""
    standing = next((each for each in looked.foreseen.standings if each.uscc == uscc), None)
    if standing is None:
        return []
    day = today()
    plans = (one_in_lists(house, actor, "plans", f"{uscc}/{day.year + n}") for n in (0, 1))
    sessions = (one for plan in plans if plan for one in plan["sessions"])
    return [
        one
        for one in sessions
        if str(one["planned_on"]) >= day.isoformat()
        and set(one["levels"]) & standing.lost(one["occupation"]["name"])
    ]


def _page(  # noqa: PLR0913, PLR0917 - one argument a part of the page
    request: Request,
    house: Installation,
    actor: Actor,
    uscc: str,
    sent: str | None,
    refusal: Refusal | None,
    form: FormData | None,
    looked: Looked | None = None,
) -> Response:
    decide(actor, Action.RECORD, "ScopeChanged")
    profile = enterprises.one(house, actor, uscc, Asked())[1]
    day = today()
    years = house.rule_set(day, house.ends().head).listing_years
    start = profile["valid_to"] or day.isoformat()
    fresh = {"valid_from": day.isoformat(), "renewal_from": start}
    values = {} if form is None else typed(form)
    if form is not None and asked_for_more(form) is not None:
        values = grown(values, "added", LINES)
    frame = framed(request, house, actor)
    page = ListingPage(
        profile=profile,
        changes=[
            (slug, each) for slug, each in CHANGES.items() if profile["standing"] in each.standings
        ],
        levels=choices(frame.language, "level"),
        room=room(values, "added", LINES),
        years=years,
        findings=_findings(house, actor, uscc),
        planned=_uncovered(house, actor, uscc, looked) if looked else (),
        touched=(
            touched(house, actor, uscc, text(form, "valid_from")) if looked and form else NOTHING
        ),
        done=request.query_params.get("done"),
        at=request.query_params.get("at"),
        looked=looked,
        sent=sent,
        refusal=refusal,
        fresh={**fresh, "valid_to": years_after(type(day).fromisoformat(start), years).isoformat()},
        values=values,
        ticked={} if form is None else ticked(form),
        key=new_key(),
    )
    return render(frame, "listing.html", page, refusal.status if refusal else 200)
