"""`/draws` 双随机: a draw is committed to, carried out, and drawn again before everybody's eyes."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from fastapi import APIRouter, Request, Response

from api import draws
from api.access import Action, decide
from api.caller import Caller, Installed
from api.formats import Row
from api.pages.acting import Form, Refusal, act, attempt, new_key, sent_on, text, typed
from api.pages.choices import Choices, choices
from api.pages.frame import FILES, framed
from api.pages.reading import read
from api.pages.rendering import render
from api.problems import invalid
from api.queries import ask
from api.questions import LARGEST_PAGE, AsOf, RosterQuestion
from api.time_travel import Asked
from api.views import VIEWS
from api.wiring import Installation
from domain.draw import Pool, Sample, commitment, ticket
from domain.draw import draw as drawn_by
from domain.envelope import Actor
from domain.permissions import MAY
from domain.vocabulary import Role
from ledger.clock import today
from projections.basis import Basis
from projections.names import names

router = APIRouter(include_in_schema=False)
EVENT = "InspectionDrawn"


class Ticket(NamedTuple):
    """A member of the pool with its ticket; the lowest are drawn."""

    member: str
    ticket: str
    drawn: bool


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
    values: Mapping[str, str]
    """What the fields hold."""


@router.get("/draws")
def every(request: Request, house: Installed, actor: Caller) -> Response:
    """Show all draws."""
    question, seen = read(request, AsOf)
    standing, items = draws.every(house, actor, question.asked())
    frame = framed(request, house, actor, standing, twin="/v1/draws", formats=FILES, entire=True)
    page = DrawsPage(items=items, may_draw=actor.role in MAY[EVENT])
    return render(frame, "draws.html", page, seen.status)


@router.get("/draws/new")
def new(request: Request, house: Installed, actor: Caller) -> Response:
    """Show the form."""
    day = today().isoformat()
    values = {
        "draw_id": f"draw-{day}-{uuid.uuid4().hex[:6]}",
        "enterprises": "3",
        "inspectors": "0",
    }
    return _form(request, house, actor, values, None)


@router.post("/draws/new")
def commit(request: Request, house: Installed, actor: Caller, form: Form) -> Response:
    """Commit to a draw: pool, sample and the digest of a new secret seed become an entry."""
    draw_id = text(form, "draw_id") or ""

    def work() -> int | None:
        decide(actor, Action.RECORD, EVENT)
        pool = _pool(house, actor, form)
        with house.pool.connection() as connection:
            seed = draws.make_seed(connection, draw_id, actor.account)
        body = {
            "draw_id": draw_id,
            "pool": pool,
            "sample": {
                "enterprises": _count(form, "enterprises"),
                "inspectors": _count(form, "inspectors"),
            },
            "seed_commitment": commitment(seed),
            "valid_from": today().isoformat(),
            "reason": text(form, "reason"),
        }
        return act(house, actor, form, EVENT, body)

    done = attempt(work)
    if isinstance(done, Refusal):
        return _form(request, house, actor, typed(form), done)
    return sent_on(f"/draws/{draw_id}", done)


def _count(form: Form, name: str) -> int:
    said = text(form, name) or "0"
    if not (said.isascii() and said.isdecimal() and len(said) < 6):
        raise invalid(f"sample.{name}", "应为整数", "a whole number is expected")
    return int(said)


def _pool(house: Installation, actor: Actor, form: Form) -> dict[str, Any]:
    """Return the enterprises on the roster today in the chosen district, and the inspectors named.

    Whoever has declared a ground for recusal is left out before the seed is made.
    """
    inspectors = (text(form, "pool_inspectors") or "").split()
    recused = set((text(form, "recused") or "").split())
    return {
        "enterprises": _listed(house, actor, text(form, "district")),
        "inspectors": sorted(set(inspectors) - recused),
    }


def _listed(house: Installation, actor: Actor, district: str | None) -> list[str]:
    own = actor.organisation if actor.role is Role.DISTRICT_INSPECTOR else district
    found: list[str] = []
    cursor: str | None = None
    while True:
        question = RosterQuestion.model_validate(
            {"standing": "listed", "district": own, "limit": LARGEST_PAGE, "cursor": cursor}
        )
        page = ask(house, actor, VIEWS["roster"], question).page
        found += [item["uscc"] for item in page.items]
        cursor = page.next
        if cursor is None:
            return found


def _form(
    request: Request,
    house: Installation,
    actor: Actor,
    values: Mapping[str, str],
    refusal: Refusal | None,
) -> Response:
    decide(actor, Action.RECORD, EVENT)
    frame = framed(request, house, actor)
    own = {actor.organisation} if actor.role is Role.DISTRICT_INSPECTOR else None
    page = DrawForm(
        districts=choices(frame.language, "district", own),
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
                "这次抽取的种子不在本系统,请用 POST /v1/draws 公开",
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
    question, seen = read(request, AsOf)
    standing, item = draws.one(house, actor, draw_id, question.asked())
    again = _drawn_again(item)
    with house.reading() as connection:
        basis = Basis(standing.day, standing.position)
        called = names(connection, basis, item["pool"]["enterprises"])
        kept = draws.seed_of(connection, draw_id) is not None
    frame = framed(request, house, actor, standing, twin=f"/v1/draws/{draw_id}")
    now = frame.clocks is not None and not frame.clocks.past
    page = DrawPage(
        item=item,
        names=called,
        enterprises=again.enterprises if again else (),
        inspectors=again.inspectors if again else (),
        agrees=again.agrees if again else None,
        may_reveal=now and kept and item.get("seed") is None and actor.role in MAY[EVENT],
        key=new_key(),
        refusal=refusal,
        pairs=_dispatches(item),
    )
    return render(frame, "draw.html", page, refusal.status if refusal else seen.status)


class _Again(NamedTuple):
    enterprises: list[Ticket]
    inspectors: list[Ticket]
    agrees: bool


def _drawn_again(item: Row) -> _Again | None:
    """Return the draw carried out once more by the rule of the domain, from what is public."""
    seed = item.get("seed")
    if seed is None:
        return None
    pool = Pool(
        enterprises=tuple(item["pool"]["enterprises"]),
        inspectors=tuple(item["pool"]["inspectors"]),
    )
    sample = Sample(
        enterprises=item["sample"]["enterprises"], inspectors=item["sample"]["inspectors"]
    )
    result = drawn_by(pool, sample, seed)
    recorded = item["drawn"]
    agrees = (
        commitment(seed) == item["seed_commitment"]
        and list(result.enterprises) == recorded["enterprises"]
        and list(result.inspectors) == recorded["inspectors"]
    )
    return _Again(
        _tickets("enterprise", pool.enterprises, result.enterprises, seed),
        _tickets("inspector", pool.inspectors, result.inspectors, seed),
        agrees,
    )


def _tickets(kind: str, members: Sequence[str], drawn: Sequence[str], seed: str) -> list[Ticket]:
    found = [Ticket(each, ticket(kind, each, seed), each in set(drawn)) for each in members]
    return sorted(found, key=lambda each: each.ticket)


def _dispatches(item: Row) -> list[tuple[str, str]]:
    drawn = item.get("drawn")
    if not drawn:
        return []
    sent = "&".join(f"inspectors.{n}.account={a}" for n, a in enumerate(drawn["inspectors"][:4]))
    return [
        (uscc, f"uscc={uscc}&kind=双随机抽查&{sent}".rstrip("&")) for uscc in drawn["enterprises"]
    ]
