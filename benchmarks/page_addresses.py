"""Which pages are asked for, of which subjects, days and positions: drawn from a ledger.

Every address of the workbench is here or in `APART`; a page that is in neither ends the run.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlencode

from fastapi.routing import APIRoute

from api.web.routes import ROUTERS
from benchmarks.page_ground import Ground
from benchmarks.prepared import DISTRICTS
from domain.checks import CHECKS
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role

SUPERVISOR = Actor(account="supervisor-1", role=Role.QUALITY_SUPERVISOR, organisation="centre")
PUBLISHER = Actor(account="bureau-1", role=Role.BUREAU_PUBLISHER, organisation="bureau")
REPORTER = Actor(account="reporter-1", role=Role.ENTERPRISE_REPORTER, organisation="")
"""Of the largest enterprise, whose code only the ledger tells."""
INSPECTOR = Actor(account="inspector-1", role=Role.DISTRICT_INSPECTOR, organisation=DISTRICTS[0])
CENTRE = Actor(account="centre-1", role=Role.CENTRE_OFFICER, organisation="centre")
SECURITY = Actor(account="security-1", role=Role.SECURITY_ADMIN, organisation="centre")
AUDIT = Actor(account="audit-1", role=Role.AUDIT_ADMIN, organisation="centre")
SYSTEM = Actor(account="system-1", role=Role.SYSTEM_ADMIN, organisation="centre")
APART = frozenset(
    {
        # Of a person who has signed in with a password: nothing of the ledger stands on them.
        "/account",
        "/account/password",
        "/account/second-factor",
        "/accounts/of",
        "/invitations/{secret}",
        "/sign-in/provider",
        "/sign-in/return",
        # Lead elsewhere.
        "/enterprises",
        # Of one thing that has to be made first: a file that was sent, a catalogue, a job that ran.
        "/applications/{application_id}/materials/{sha256}",
        "/catalogues/{sha256}",
        "/what-if/{id_}",
        # No pages.
        "/access-log.csv",
        "/favicon.ico",
        "/imports/{import_id}",
        "/manifest.webmanifest",
        "/static/{digest}/{name:path}",
        "/sw.js",
    }
)


class Page(NamedTuple):
    """A page: its address with names for what differs, and how one of them is drawn.

    `who` None: without a token.
    """

    route: str
    what: str
    draw: Callable[[Ground], str]
    who: Actor | None = SUPERVISOR


def _at(path: str, ground: Ground, **filters: object) -> str:
    given = {
        name: value for name, value in (ground.clocks() | filters).items() if value is not None
    }
    return f"{path}?{urlencode(given)}" if given else path


def _fixed(path: str) -> Callable[[Ground], str]:
    return lambda ground: path  # noqa: ARG005 - the same for every ledger


def _of(path: str, kind: str) -> Callable[[Ground], str]:
    return lambda ground: _at(path.format(ground.one(kind)), ground)


def _list(path: str, **filters: Callable[[Ground], object]) -> Callable[[Ground], str]:
    def draw(ground: Ground) -> str:
        drawn = {name: lambda value=value: value(ground) for name, value in filters.items()}
        return _at(path, ground, **ground.some(**drawn))

    return draw


def _one_of(*values: object) -> Callable[[Ground], object]:
    return lambda ground: ground.chance.choice(values)


def _of_kind(kind: str) -> Callable[[Ground], object]:
    return lambda ground: ground.one(kind)


_DISTRICT: Callable[[Ground], object] = Ground.district
_DAY: Callable[[Ground], object] = Ground.day
_FLAGS: Mapping[str, Callable[[Ground], object]] = MappingProxyType(
    {
        "code": _one_of(*CHECKS),
        "verdict": _one_of("breach", "undecided", "clear"),
        "district": _DISTRICT,
        "review": _one_of("upheld", "dismissed", "converted", "none", "any"),
        "case": _one_of("then_and_now", "then_not_now", "now_not_then", "overturned"),
        "from": _DAY,
        "learnt_from": _DAY,
        "uscc": _of_kind("enterprise"),
    }
)
_CERTIFICATES: Mapping[str, Callable[[Ground], object]] = MappingProxyType(
    {
        "district": _DISTRICT,
        "state": _one_of("valid", "reissued", "revoked"),
        "from": _DAY,
        "uscc": _of_kind("enterprise"),
    }
)
_SESSIONS: Mapping[str, Callable[[Ground], object]] = MappingProxyType(
    {
        "district": _DISTRICT,
        "level": _one_of("5", "4", "3", "1"),
        "from": _DAY,
        "occupation": _one_of("电工", "中式烹调师", "茶艺师"),
    }
)
_CASES: Mapping[str, Callable[[Ground], object]] = MappingProxyType(
    {"district": _DISTRICT, "uscc": _of_kind("enterprise")}
)
_TABS = ("flags", "sessions", "certificates", "supervision", "plans", "history")


def _compared(of: str) -> Callable[[Ground], str]:
    """Two days a year apart, both as known now; or one day, as known then and now."""

    def draw(ground: Ground) -> str:
        day = ground.day()
        given: dict[str, object] = {"of": of}
        if ground.chance.random() < 0.5:
            given |= {"from_valid_at": day - timedelta(days=365), "to_valid_at": day}
        else:
            then = ground.chance.randint(1, ground.head)
            given |= {"from_valid_at": day, "to_valid_at": day, "from_position": then}
            given |= {"to_position": ground.head}
        return f"{{}}?{urlencode(given)}"

    return draw


def _compare(path: str, of: str) -> Callable[[Ground], str]:
    drawn = _compared(of)
    return lambda ground: drawn(ground).format(path)


def _revision(ground: Ground) -> str:
    return f"/plans/{ground.largest}/{ground.chance.choice((2025, 2026))}/revision"


def _search(ground: Ground) -> str:
    q = ground.chance.choice(("示例", "流水0001", "公司", "91110", "没有这家", "12"))
    return _at("/search", ground, q=q)


def _suggested(of: str) -> Callable[[Ground], str]:
    """What is typed into a field that offers what there is: a part of a name, or first letters."""
    typed = (
        ("示例", "流水", "slqy", "没有这家") if of == "enterprises" else ("电工", "zscp", "6-31")
    )
    return lambda ground: f"/suggestions/{of}?{urlencode({'q': ground.chance.choice(typed)})}"


def _first() -> Iterator[Page]:
    """Yield where work begins, and the lists that are looked into most."""
    yield Page("/", "/, public", _fixed("/"), None)
    yield Page("/sign-in", "/sign-in", _fixed("/sign-in"), None)
    yield Page("/overview", "/overview", _list("/overview"))
    yield Page("/overview", "/overview of a district", _list("/overview", district=_DISTRICT))
    counted = {"by": _one_of("district", "district,month", "code"), "rates": _one_of("yes", "no")}
    yield Page("/statistics", "/statistics", _list("/statistics", district=_DISTRICT, **counted))
    yield Page("/delays", "/delays", _list("/delays", district=_DISTRICT, code=_one_of("S2", "R2")))
    yield Page("/saved-questions", "/saved-questions", _fixed("/saved-questions"))
    yield Page("/digest", "/digest", _fixed("/digest"))
    yield Page("/todo", "/todo", _fixed("/todo"))
    yield Page("/todo", "/todo of a reporter", _fixed("/todo"), REPORTER)
    yield Page("/approvals", "/approvals", _fixed("/approvals"), PUBLISHER)
    yield Page("/coverage", "/coverage", _list("/coverage", district=_DISTRICT))
    yield Page("/late", "/late", _list("/late", district=_DISTRICT, days=_one_of(7, 30, 365)))
    roster = {
        "district": _DISTRICT,
        "standing": _one_of("listed", "suspended", "removed", "expired"),
        "q": _one_of("示例", "没有这家"),
        "expiring_within": _one_of(60, 180, 3000),
    }
    yield Page("/roster", "/roster", _list("/roster", **roster))
    yield Page("/roster", "/roster, public", _list("/roster", **roster), None)
    yield Page("/search", "/search", _search)
    yield Page("/flags", "/flags", _list("/flags"))
    yield Page("/flags", "/flags, filtered", _list("/flags", **_FLAGS))
    yield Page("/flags/{key}", "/flags/{key}", _of("/flags/{}", "flag"))
    yield Page("/flags/triage", "/flags/triage", _list("/flags/triage", district=_DISTRICT))
    yield Page("/suggestions/enterprises", "/suggestions/enterprises", _suggested("enterprises"))
    yield Page("/suggestions/occupations", "/suggestions/occupations", _suggested("occupations"))
    yield Page(
        "/suggestions/places", "/suggestions/places", _fixed("/suggestions/places?x=80&y=80")
    )


def _about_one() -> Iterator[Page]:
    """Yield the pages about an enterprise, and about what it held and issued."""
    enterprise = "/enterprises/{uscc}"
    for kind, said in (("enterprise", ""), ("largest", " of the largest")):
        yield Page(enterprise, f"{enterprise}{said}", _of("/enterprises/{}", kind))
        for tab in _TABS:
            address = f"/enterprises/{{}}/{tab}"
            yield Page(f"{enterprise}/{tab}", f"{enterprise}/{tab}{said}", _of(address, kind))
    yield Page(enterprise, f"{enterprise}, public", _of("/enterprises/{}", "enterprise"), None)
    yield Page("/assessments", "/assessments", _list("/assessments", **_SESSIONS))
    yield _single("/assessments/{assessment_id}", "session")
    yield Page("/assessments/new", "/assessments/new", _fixed("/assessments/new"), REPORTER)
    yield Page("/issued", "/issued", _list("/issued", **_CERTIFICATES))
    yield Page("/certificates", "/certificates, public", _fixed("/certificates"), None)
    number = "/certificates/{number:path}"
    yield Page(number, "/certificates/{number}", _of("/certificates/{}", "certificate"))
    yield Page(
        number, "/certificates/{number}, public", _of("/certificates/{}", "certificate"), None
    )


def _cases() -> Iterator[Page]:
    """Yield applications, inspections, findings, plans and draws."""
    yield Page("/applications", "/applications", _list("/applications", **_CASES))
    yield _single("/applications/{application_id}", "application")
    yield Page("/applications/new", "/applications/new", _fixed("/applications/new"), REPORTER)
    yield Page("/inspections", "/inspections", _list("/inspections", **_CASES))
    yield _single("/inspections/{inspection_id}", "inspection")
    yield Page("/inspections/new", "/inspections/new", _fixed("/inspections/new"))
    yield Page("/findings", "/findings", _list("/findings", open=_one_of("yes", "no"), **_CASES))
    yield _single("/findings/{finding_id}", "finding")
    yield Page("/findings/new", "/findings/new", _fixed("/findings/new"))
    yield Page("/plans", "/plans", _list("/plans", **_CASES))
    yield Page("/plans/{uscc}/{year}", "/plans/{uscc}/{year}", _of("/plans/{}", "plan"))
    revision = "/plans/{uscc}/{year}/revision"
    yield Page(revision, revision, _revision, REPORTER)
    yield Page("/plans/new", "/plans/new", _fixed("/plans/new"), REPORTER)
    yield Page("/plans/compared", "/plans/compared", _list("/plans/compared", district=_DISTRICT))
    yield Page("/complaints", "/complaints", _list("/complaints", **_CASES))
    yield Page("/complaints/new", "/complaints/new", _fixed("/complaints/new"), CENTRE)
    yield Page("/results/new", "/results/new", _fixed("/results/new"), REPORTER)
    yield Page("/registers", "/registers", _list("/registers", uscc=_of_kind("enterprise")))
    paper = "/registers/{kind}/{step}"
    yield Page(paper, paper, _fixed("/registers/staff/new"), REPORTER)
    yield Page("/draws", "/draws", _list("/draws"))
    yield _single("/draws/{draw_id}", "draw")
    yield Page("/draws/new", "/draws/new", _fixed("/draws/new"))


def _others() -> Iterator[Page]:
    """Yield the rest."""
    for of in ("roster", "scope", "flags"):
        yield Page("/compare", f"/compare of {of}", _compare("/compare", of))
    yield Page(
        "/entries/{position}",
        "/entries/{position}",
        lambda g: f"/entries/{g.chance.randint(1, g.head)}",
    )
    yield Page("/field", "/field", _fixed("/field"))
    yield Page("/field/record", "/field/record", _fixed("/field/record"))
    yield Page("/field/today", "/field/today", _fixed("/field/today"), INSPECTOR)
    yield Page("/field/devices", "/field/devices", _fixed("/field/devices"), INSPECTOR)
    yield Page("/catalogues", "/catalogues", _fixed("/catalogues"))
    yield Page("/what-if", "/what-if", _fixed("/what-if"))
    yield Page("/verify", "/verify", _fixed("/verify"), None)
    yield Page("/docs", "/docs", _fixed("/docs"), None)
    yield Page("/docs/shapes", "/docs/shapes", _fixed("/docs/shapes"), None)
    yield Page("/imports", "/imports", _fixed("/imports"))
    yield Page("/integrity", "/integrity", _fixed("/integrity"))
    yield Page(
        "/listings/{uscc}",
        "/listings/{uscc}",
        lambda g: f"/listings/{g.one('enterprise')}",
        PUBLISHER,
    )
    yield Page("/publications/new", "/publications/new", _fixed("/publications/new"), PUBLISHER)
    yield Page("/accounts", "/accounts", _fixed("/accounts"), SECURITY)
    yield Page("/access-log", "/access-log", _fixed("/access-log"), AUDIT)
    yield Page("/system", "/system", _fixed("/system"), SYSTEM)


def _single(route: str, kind: str) -> Page:
    return Page(route, route, _of(route.partition("{")[0] + "{}", kind))


def _twins() -> Iterator[Page]:
    """Yield what the API answers beside the pages, and the counts that none of them shows."""
    for name, filters in (
        ("roster", {"district": _DISTRICT}),
        ("flags", _FLAGS),
        ("assessments", _SESSIONS),
        ("certificates", _CERTIFICATES),
        ("applications", _CASES),
        ("inspections", _CASES),
        ("findings", _CASES),
        ("plans", _CASES),
        ("overview", {"district": _DISTRICT}),
        ("backlog", {"district": _DISTRICT}),
        ("late", {"district": _DISTRICT}),
    ):
        yield Page("", f"/v1/{name}", _list(f"/v1/{name}", **filters))
    for by in ("district", "month", "occupation", "level", "method", "code"):
        drawn = _list("/v1/stats", district=_DISTRICT, uscc=_of_kind("largest"))
        yield Page("", f"/v1/stats by {by}", lambda g, by=by, drawn=drawn: _with_by(drawn(g), by))
    for of in ("roster", "scope", "flags"):
        yield Page("", f"/v1/diff of {of}", _compare("/v1/diff", of))
    for end in ("", "/timeline", "/history", "/scope", "/standing"):
        address = f"/v1/enterprises/{{}}{end}"
        yield Page("", f"/v1/enterprises/{{uscc}}{end} of the largest", _of(address, "largest"))
    yield Page("", "/v1/certificates/{number}", _of("/v1/certificates/{}", "certificate"), None)


def _with_by(address: str, by: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}by={by}"


PAGES = (*_first(), *_about_one(), *_cases(), *_others())
TWINS = tuple(_twins())


def forgotten() -> set[str]:
    """Return the addresses of the workbench that nothing here asks for."""
    served = {
        route.path
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and "GET" in route.methods
    }
    return served - {page.route for page in PAGES} - APART
