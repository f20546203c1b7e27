"""Readers of the workbench: real browsers on a real server that holds the sample year."""

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from api.access import accounts, demo_accounts
from api.access.tokens import issue
from api.cli.demonstration import SAMPLE, SUFFIXES
from api.installation.settings import Settings
from api.installation.wiring import Installation
from api.intake.imports.files import Rejects
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.log.clock import now

SUPERVISOR = Actor(account="supervisor-1", role=Role.QUALITY_SUPERVISOR, organisation="centre")
OFFICER = Actor(account="centre-1", role=Role.CENTRE_OFFICER, organisation="centre")
PUBLISHER = Actor(account="bureau-1", role=Role.BUREAU_PUBLISHER, organisation="bureau")
ANALYST = Actor(account="analyst-1", role=Role.ANALYST, organisation="centre")
INSPECTOR = Actor(account="inspector-110105-1", role=Role.DISTRICT_INSPECTOR, organisation="110105")
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]},
    # What passes need not be told node by node: that is nine tenths of an answer, which nobody reads.
    "resultTypes": ["violations"],
}


@contextmanager
def sample_year(settings: Settings) -> Iterator[Installation]:
    """Yield a demonstration: an installation that holds the sample year and one account a role."""
    with Installation(settings, connections=16) as made:
        made.follow()
        demo_accounts.prepare(made.gate, now())
        for path in sorted(Path(SAMPLE).iterdir()):
            if path.suffix in SUFFIXES:
                rejects = Rejects(settings.folder / f"{path.name}.reject.ndjson")
                made.bench.importer(None, lambda _done, _all: None).take(path, rejects)
        made.wait_for(made.log.head().position)
        yield made


class Site:
    """The server, and who may be sent to it."""

    def __init__(self, base: str, key: bytes) -> None:
        self.base, self.key = base, key

    def headers(self, actor: Actor | None) -> dict[str, str]:
        """What speaks for the actor; nothing for an anonymous reader."""
        if actor is None:
            return {}
        token = issue(self.key, actor, now(), timedelta(hours=1))
        return {"Authorization": f"Bearer {token}"}

    def get(self, path: str, actor: Actor | None = None, language: str = "zh") -> httpx2.Response:
        """Ask for a page the way a browser does, without following where it leads."""
        asked = {
            "Accept": "text/html,*/*;q=0.8",
            "Accept-Language": language,
            **self.headers(actor),
        }
        return httpx2.get(self.base + path, headers=asked, timeout=30)

    def record(self, line: dict[str, Any]) -> int:
        """Have one command recorded; return its position.

        By its own actor; a filing by who received it. What needs two persons is taken by the second.
        """
        named = ("valid_from", "reason", "document_no", "received_on")
        beside = {n: line[n] for n in named if n in line}
        actor = line.get("received_by", line["actor"])
        path = f"/v1/commands/{line['type']}"
        answer = self._post(path, {**line["data"], **beside}, actor)
        if answer.status_code == 202:
            decision = f"/v1/requests/{answer.json()['request_id']}/decision"
            answer = self._post(decision, {"taken": True}, line["approved_by"])
            assert answer.status_code == 201, answer.text
            return int(answer.json()["positions"][1])
        assert answer.status_code == 201, answer.text
        return int(answer.json()["position"])

    def _post(self, path: str, body: dict[str, Any], by: dict[str, str]) -> httpx2.Response:
        role = Role(by["role"])
        actor = Actor(account=by["account"], role=role, organisation=by["organisation"])
        key = {"Idempotency-Key": str(uuid.uuid4())}
        headers = {**self.headers(actor), **key}
        return httpx2.post(f"{self.base}{path}", json=body, headers=headers, timeout=30)


def know(house: Installation, *actors: Actor) -> None:
    """Have accounts stored, so that forms offer the people behind them."""
    with house.gate.connection() as connection, connection.transaction():
        for actor in actors:
            if accounts.find(connection, actor.account) is None:
                accounts.add(connection, actor, f"姓名 {actor.account}")


class Reader:
    """A person with a browser: opens pages, and everything that its console complains of is kept."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.page: Page = context.new_page()
        self.base = base
        self.complaints: list[str] = []
        self.page.on("console", lambda said: self._keep(said.type, said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _keep(self, kind: str, text: str) -> None:
        # An answer that is a problem on purpose (404, 422) is told by the browser as an error too.
        if kind in {"error", "warning"} and "Failed to load resource" not in text:
            self.complaints.append(text)

    def open(self, path: str) -> Page:
        """Go to a page of the site."""
        self.page.goto(self.base + path)
        return self.page

    def violations(self) -> list[str]:
        """What axe finds wrong with the page as it stands (WCAG 2.2 A and AA)."""
        found: Any = Axe().run(self.page, options=RULES).response["violations"]
        return [f"{v['id']}: {[n['html'][:160] for n in v['nodes'][:3]]}" for v in found]

    def wide(self) -> bool:
        """Whether the page must be pushed sideways to be read."""
        script = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        return bool(self.page.evaluate(script))


Opener = Callable[..., Reader]


def follow(control: Locator) -> None:
    """Click a link or button that leads to another page; return when that page is there whole.

    A bare click returns as soon as the next document begins to arrive. What does not wait by itself
    (`count`, `all`, `inner_text`, `url`) would then see half of it, or still the page before.
    """
    with control.page.expect_navigation():
        control.click()


@contextmanager
def reading(browser: Browser, site: Site) -> Iterator[Opener]:
    """Yield what makes readers; at the end none of their consoles may have complained."""
    made: list[tuple[BrowserContext, Reader]] = []

    def reader(actor: Actor | None = None, *, language: str = "zh", phone: bool = False) -> Reader:
        context = browser.new_context(
            viewport=PHONE if phone else DESK,
            locale="zh-CN" if language == "zh" else "en-GB",
            extra_http_headers=site.headers(actor),
        )
        one = Reader(context, site.base)
        made.append((context, one))
        return one

    yield reader
    complaints = [text for _, one in made for text in one.complaints]
    for context, _ in made:
        context.close()
    assert complaints == []


def text_of(html: str) -> str:
    """The words of a page, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))
