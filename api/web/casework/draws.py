"""`/draws` 双随机: a draw is committed to, carried out, and drawn again before everybody's eyes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter, Request, Response

from api.export.formats import Row
from api.http.caller import Caller, Installed
from api.installation.wiring import Installation
from api.questions import draws
from api.questions.clocks import Asked
from api.questions.lists import VIEWS
from api.questions.paging import pages
from api.questions.policy import Action, decide
from api.questions.problems import Fault, invalid
from api.questions.queries import ask
from api.questions.questions import AsOf, RosterQuestion
from api.web.casework.drawn_again import Ticket, drawn_again
from api.web.casework.people import Person, picked
from api.web.casework.people import inspectors as inspectors_of
from api.web.frame.acting import (
    Form,
    Refusal,
    act,
    attempt,
    new_id,
    new_key,
    sent_on,
    text,
    ticked,
    typed,
)
from api.web.frame.choices import Choices, choices
from api.web.frame.enterprise_names import names_at
from api.web.frame.frame import FILES, framed
from api.web.frame.reading import read
from api.web.frame.rendering import render
from domain.inspection.draw import commitment
from domain.permissions import MAY
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Standing
from ledger.log.clock import today

router = APIRouter(include_in_schema=False)
EVENT = "InspectionDrawn"
FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "sample.enterprises": "enterprises",
        "sample.inspectors": "inspectors",
        "pool.enterprises": "district",
        "pool.inspectors": "pool_inspectors",
    }
)
"""Fields of the command → fields of the form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawsPage:
    """All draws in short."""

    items: Sequence[Row]
    """Draws as `GET /v1/draws` gives them."""
    may_draw: bool
    """Whether the reader may begin one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawPage:
    """One draw, drawn again for the reader."""

    item: Row
    """The draw as `GET /v1/draws/{id}` gives it."""
    names: Mapping[str, str]
    """Names of the enterprises by USCC."""
    enterprises: Sequence[Ticket]
    """The pool in the order of its tickets; empty before the seed is known."""
    inspectors: Sequence[Ticket]
    """The same of the inspectors."""
    agrees: bool | None
    """Whether drawing again gives the recorded result and the seed its commitment; None before."""
    may_reveal: bool
    """Whether the reader may carry it out now."""
    key: str
    """Key of the form."""
    refusal: Refusal | None
    """Why it was refused."""
    pairs: Sequence[tuple[str, str]]
    """Enterprises drawn, each with the query that fills the form to send inspectors there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawForm:
    """The form that commits to a draw."""

    districts: Choices
    """Districts whose enterprises may be drawn."""
    key: str
    """Key of the form."""
    refusal: Refusal | None
    """Why it was refused."""
    people: Sequence[Person]
    """Who may be drawn."""
    pool: frozenset[str]
    """Accounts in the pool."""
    recused: frozenset[str]
    """Accounts with a ground for recusal."""
    values: Mapping[str, str]
    """What the fields hold."""


@router.get("/draws")
def every(request: Request, house: Installed, actor: Caller) -> Response:
    """Show all draws."""
    question, reading = read(request, AsOf)
    answer_basis, items = draws.every(house, actor, question.asked())
    frame = framed(
        request, house, actor, answer_basis, twin="/v1/draws", formats=FILES, entire=True
    )
    page = DrawsPage(items=items, may_draw=actor.role in MAY[EVENT])
    return render(frame, "draws.html", page, reading.status)


@router.get("/draws/new")
def new(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the form."""
    day = today().isoformat()
    values = {
        "draw_id": new_id(f"draw-{day}"),
        "enterprises": "3",
        "inspectors": str(house.rule_set(today(), house.ends().head).inspectors_minimum),
    }
    return _form(request, house, actor, values, None)


@router.post("/draws/new")
def commit(request: Request, house: Installed, actor: Caller, form: Form) -> Response:
    """Commit to a draw: pool, sample and the digest of a new secret seed become an entry."""
    draw_id = text(form, "draw_id") or ""

    def work() -> int | None:
        own = decide(actor, Action.RECORD, EVENT).rows.district
        pool = _pool(house, actor, form, own or text(form, "district"))
        with house.pool.connection() as connection:
            seed = draws.make_seed(connection, draw_id, actor.account)
        body = {
            "draw_id": draw_id,
            "pool": pool,
            "sample": {
                "enterprises": _count(form, "enterprises"),
                "inspectors": _at_least_one(_count(form, "inspectors")),
            },
            "seed_commitment": commitment(seed),
            "valid_from": today().isoformat(),
            "reason": text(form, "reason"),
        }
        return act(house, actor, form, EVENT, body)

    done = attempt(work)
    if isinstance(done, Refusal):
        errors = tuple(Fault(FIELDS.get(e.field, e.field), e.reason) for e in done.errors)
        boxes = ticked(form)
        return _form(request, house, actor, typed(form), done._replace(errors=errors), boxes)
    return sent_on(f"/draws/{draw_id}", done)


def _count(form: Form, name: str) -> int:
    said = text(form, name) or "0"
    if not (said.isascii() and said.isdecimal() and len(said) < 6):
        raise invalid(f"sample.{name}", "应为整数", "a whole number is expected")
    return int(said)


def _at_least_one(number: int) -> int:
    if number < 1:
        raise invalid(
            "sample.inspectors",
            "双随机须同时抽取督导人员，至少 1 人",
            "both are drawn at random: one inspector at least",
        )
    return number


def _pool(house: Installation, actor: Actor, form: Form, district: str | None) -> dict[str, Any]:
    """Return the enterprises on the roster today in the district, and the inspectors named.

    Whoever has declared a ground for recusal is left out before the seed is made.
    """
    people = inspectors_of(house, actor)
    named = [str(each) for each in form.getlist("pool_inspectors")]
    inspectors = [picked(people, one, "pool.inspectors").account for one in named]
    recused = set(map(str, form.getlist("recused")))
    return {
        "enterprises": _listed(house, actor, district),
        "inspectors": sorted(set(inspectors) - recused),
    }


def _listed(house: Installation, actor: Actor, district: str | None) -> list[str]:
    question = RosterQuestion.model_construct(standing=Standing.LISTED, district=district)
    answers = pages(question, lambda each: ask(house, actor, VIEWS["roster"], each))
    return [item["uscc"] for each in answers for item in each.page.items]


def _form(  # noqa: PLR0913, PLR0917 - one argument a part of the page
    request: Request,
    house: Installation,
    actor: Actor,
    values: Mapping[str, str],
    refusal: Refusal | None,
    boxes: Mapping[str, frozenset[str]] | None = None,
) -> Response:
    own = decide(actor, Action.RECORD, EVENT).rows.district
    people = inspectors_of(house, actor)
    everybody = frozenset(one.account for one in people)
    frame = framed(request, house, actor)
    page = DrawForm(
        districts=choices(frame.language, "district", [own] if own else None),
        people=people,
        pool=everybody if boxes is None else boxes.get("pool_inspectors", frozenset()),
        recused=frozenset() if boxes is None else boxes.get("recused", frozenset()),
        key=new_key(),
        refusal=refusal,
        values=values,
    )
    return render(frame, "draw_form.html", page, refusal.status if refusal else 200)


@router.get("/draws/{draw_id}")
def draw(request: Request, house: Installed, actor: Caller, draw_id: str) -> Response:
    """Show one draw, drawn again."""
    return _one(request, house, actor, draw_id, None)


@router.post("/draws/{draw_id}")
def reveal(request: Request, house: Installed, actor: Caller, draw_id: str, form: Form) -> Response:
    """Carry the draw out: the seed becomes an entry, and with it the result."""
    item = draws.one(house, actor, draw_id, Asked())[1]

    def work() -> int | None:
        with house.reading() as connection:
            seed = draws.seed_of(connection, draw_id)
        if seed is None:
            raise invalid(
                "seed",
                "这次抽取的种子不在本系统，请用 POST /v1/draws 公开",
                "the seed of this draw is not kept here; reveal it by POST /v1/draws",
            )
        body = {
            **{name: item[name] for name in ("draw_id", "pool", "sample", "seed_commitment")},
            "seed": seed,
            "valid_from": today().isoformat(),
        }
        return act(house, actor, form, EVENT, body)

    done = attempt(work)
    if isinstance(done, Refusal):
        return _one(request, house, actor, draw_id, done)
    return sent_on(f"/draws/{draw_id}", done)


def _one(
    request: Request, house: Installation, actor: Actor, draw_id: str, refusal: Refusal | None
) -> Response:
    question, reading = read(request, AsOf)
    answer_basis, item = draws.one(house, actor, draw_id, question.asked())
    again = drawn_again(item)
    with house.reading() as connection:
        kept = draws.seed_of(connection, draw_id) is not None
    frame = framed(request, house, actor, answer_basis, twin=f"/v1/draws/{draw_id}")
    page = DrawPage(
        item=item,
        names=names_at(house, answer_basis, item["pool"]["enterprises"]),
        enterprises=again.enterprises if again else (),
        inspectors=again.inspectors if again else (),
        agrees=again.agrees if again else None,
        may_reveal=frame.now and kept and item.get("seed") is None and actor.role in MAY[EVENT],
        key=new_key(),
        refusal=refusal,
        pairs=_dispatches(item),
    )
    return render(frame, "draw.html", page, refusal.status if refusal else reading.status)


def _dispatches(item: Row) -> list[tuple[str, str]]:
    drawn = item.get("drawn")
    if not drawn:
        return []
    sent = "&".join(f"inspectors.{n}.account={a}" for n, a in enumerate(drawn["inspectors"][:4]))
    return [
        (uscc, f"uscc={uscc}&kind=双随机抽查&{sent}".rstrip("&")) for uscc in drawn["enterprises"]
    ]
