"""What every page has around its content: reader, language, clocks, areas, addresses of the same."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from fastapi import Request

from api.access.sessions import Session
from api.installation.saved_questions import KEPT
from api.installation.wiring import Installation
from api.questions.answers import AnswerBasis
from api.questions.policy import ANYONE, READS
from api.web.frame.clocks import PARAMETERS, RULES, Clocks, clocks
from api.web.frame.navigation import Area, areas
from api.web.frame.readers_language import LARGE_COOKIE, choose
from api.web.frame.snippets import Snippet, snippets
from api.words.language import Language
from domain.permissions import MAY
from domain.terms.envelope import Actor
from projections.follow.set_apart import Apart

Value = str | int | None
FILES = ("csv", "xlsx", "parquet")
"""The files that are offered beside a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The surroundings of one page."""

    path: str
    """Address of the page without its query."""
    query: Mapping[str, str]
    """The parameters of its address."""
    actor: Actor
    """Who reads; `anonymous` without a sign-in."""
    language: Language
    """In which language."""
    large: bool
    """Whether in large print (大字版)."""
    areas: tuple[Area, ...]
    """The areas that the reader is shown."""
    clocks: Clocks | None
    """The two clocks; None on a page that shows no state."""
    twin: str | None
    """Address of the JSON twin, without the clocks; None where there is none."""
    beside: Mapping[str, str]
    """Parameters that the twin needs beside those of the page."""
    own: frozenset[str]
    """Parameters of the page alone: its twin does not know them."""
    formats: tuple[str, ...]
    """Formats in which the rows of the page can be taken away, `csv`, `xlsx`, `parquet`."""
    apart: Apart | None
    """Where the views stopped following the enterprise of the page, if what is shown is from before."""
    entire: bool
    """Whether the twin gives all its rows at once, and has no pages."""
    demonstration: bool
    """Whether the ledger is a demonstration, whose times were set."""

    @property
    def signed_in(self) -> bool:
        """Whether the reader is known."""
        return self.actor != ANYONE

    @property
    def captures(self) -> bool:
        """Whether the reader records spot checks, so that their phone may hold some unsent."""
        return self.actor.role in MAY["SpotCheckRecorded"]

    def opens(self, resource: str) -> bool:
        """Whether the reader may read records of this kind: a link to them would lead somewhere."""
        return resource in READS.get(self.actor.role, frozenset())

    @property
    def now(self) -> bool:
        """Whether the page shows what is so now: only then does it offer what may be done."""
        return self.clocks is not None and not self.clocks.past

    def link(self, path: str, **parameters: Value) -> str:
        """Return the address of another page, under the clocks that the reader has set."""
        pinned: Mapping[str, str] = self.clocks.pinned if self.clocks else {}
        return address(path, {**pinned, **parameters})

    def again(self, **changes: Value) -> str:
        """Return the address of this page with some parameters changed; None takes one out.

        The place in a list is kept only where `cursor` is given: another filter begins anew. So are the rules
        that the address names, which are those of its own answer.
        """
        left = () if "cursor" in changes else ("cursor", *RULES)
        kept = {name: value for name, value in self.query.items() if name not in left}
        return address(self.path, {**kept, **changes})

    def at(self, **clock: Value) -> str:
        """Return the address of this page with its clocks set to just these."""
        kept = {n: v for n, v in self.query.items() if n not in {*PARAMETERS, *RULES, "cursor"}}
        return address(self.path, {**kept, **clock})

    @property
    def permanent(self) -> str:
        """Address under which the page says the same, or that other rules say otherwise."""
        basis = self.clocks.basis if self.clocks else {}
        cursor = {"cursor": self.query["cursor"]} if self.query.get("cursor") else {}
        return self.at(**basis, **cursor)

    @property
    def saving(self) -> str | None:
        """Address of the form that keeps the list of the page under a name; None where there is no list.

        The clocks that the reader has set go along: without them the question is asked of each day anew.
        """
        if not (self.twin and self.formats and self.opens("saved-questions") and _lists(self.twin)):
            return None
        unknown = {*self.own, "min_position", "cursor", "limit"}
        kept = {name: value for name, value in self.query.items() if name not in unknown}
        asked = address(self.twin, {**kept, **self.beside})
        return address("/saved-questions", {"address": asked}) + "#new"

    def twin_as(self, form: str | None = None) -> str:
        """Return the address of the twin at the page's basis; `form` for a download.

        The twin shows the rows of the page, a download holds those of every page.
        """
        unknown = {*PARAMETERS, *RULES, *self.own, "min_position"}
        whole: Mapping[str, Value] = {}
        if form is not None and not self.entire:
            unknown |= {"cursor", "limit"}
            whole = {"all": "true"}
        kept = {n: v for n, v in self.query.items() if n not in unknown}
        basis = self.clocks.basis if self.clocks else {}
        asked = {**kept, **self.beside, **basis, "format": form, **whole}
        return address(self.twin or "", asked)

    @property
    def asked(self) -> list[Snippet]:
        """The same rows by other ways, for who may have whole tables; none where there is no list."""
        if not (self.formats and self.twin and self.clocks and self.opens("tables")):
            return []
        of_a_page = {"min_position", "cursor", "limit", "format", "all"}
        unknown = {*PARAMETERS, *RULES, *self.own, *of_a_page}
        kept = {n: v for n, v in self.query.items() if n not in unknown and v}
        return snippets(self.twin, {**kept, **self.beside, **self.clocks.basis})


def address(path: str, parameters: Mapping[str, Value]) -> str:
    """Return `path` with the parameters that have a value."""
    given = {n: str(v) for n, v in parameters.items() if v is not None and str(v).strip()}
    whole = quote(path, safe="/-._~")
    return f"{whole}?{urlencode(given)}" if given else whole


def _lists(path: str) -> bool:
    """Return whether there is a list at the address that may be kept under a name."""
    return any(each.parts_in(path) is not None for each in KEPT)


def _owes(request: Request) -> bool:
    session: Session | None = getattr(request.state, "session", None)
    return session is not None and session.demand is not None


def framed(  # noqa: PLR0913 - one argument a part of the frame
    request: Request,
    house: Installation,
    actor: Actor,
    answer_basis: AnswerBasis | None = None,
    *,
    subject: str | None = None,
    twin: str | None = None,
    beside: Mapping[str, str] | None = None,
    own: Collection[str] = (),
    formats: tuple[str, ...] = (),
    entire: bool = False,
) -> Frame:
    """Return the frame of the page that answers `request`.

    `answer_basis`: what its content stands on. `subject`: the enterprise that the page is about, whose
    entries the steps of the clocks follow. `beside`: parameters of the twin that the page lacks.
    `own`: parameters of the page that the twin does not know. `entire`: the twin has no pages.
    """
    query = dict(request.query_params)
    shown = clocks(house, answer_basis.basis, query, subject) if answer_basis else None
    apart = house.apart(subject) if subject is not None else None
    if apart is not None and shown is not None and shown.position < apart.position:
        apart = None
    return Frame(
        path=request.url.path,
        query=query,
        actor=actor,
        language=choose(request, house.settings.lang),
        large=request.cookies.get(LARGE_COOKIE) == "1",
        # Whoever owes a second factor or another password is shown no area that would lead back here.
        areas=() if _owes(request) else areas(actor),
        clocks=shown,
        twin=twin,
        beside=beside or {},
        own=frozenset(own),
        formats=formats,
        entire=entire,
        apart=apart,
        demonstration=house.demonstration,
    )
