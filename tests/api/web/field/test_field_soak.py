"""Sequences by chance on a phone: each record ends in the ledger once with all its bytes, or here with the reason.

`DUDAO_TEST_SEQUENCES` and `DUDAO_TEST_SEED` choose how many and which; `./run long field` does five hundred.
"""

import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from hashlib import sha256
from random import Random
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Page, Route, TimeoutError, expect  # noqa: A004 - its own

from api.installation.wiring import Installation
from tests.api.web.field.phone import PICTURE, Json, Phone, Phones, dispatched, inspector, phones
from tests.api.web.site import SUPERVISOR, Site

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

SEED = int(os.environ.get("DUDAO_TEST_SEED", "20261130"))
SEQUENCES = int(os.environ.get("DUDAO_TEST_SEQUENCES", "2"))
ACTS = 16
HAND = """
const put = IDBObjectStore.prototype.put, now = Date.now.bind(Date);
IDBObjectStore.prototype.put = function (value) {
    if (this.name === "pictures" && localStorage.full) throw new DOMException("no room", "QuotaExceededError");
    return put.call(this, value);
};
Date.now = () => now() + Number(localStorage.ahead ?? 0);
"""
"""A full disk and a clock that is off, switched from outside and standing when the page is opened again."""
PAGE, PROBLEM = "text/html", "application/problem+json"
CONFLICT = json.dumps({"type": "urn:dudao:problem:conflict", "detail": "相关记录正在变化"})
ANSWERS = (
    (200, PAGE, "<p>Welcome</p>"),
    (200, "application/json", "{}"),
    (404, PAGE, "<p>gone</p>"),
    (413, PAGE, "<p>large</p>"),
    (503, PAGE, "<p>busy</p>"),
    (409, PROBLEM, CONFLICT),
)


@pytest.fixture
def phone(browser: Browser, site: Site, shown: Installation) -> Iterator[Phones]:
    """Makes phones."""
    with phones(browser, site, shown) as maker:
        yield maker


class Sequence:
    """One phone, two visits, and what its owner was told is kept."""

    def __init__(self, one: Phone, chance: Random, codes: list[str]) -> None:
        self.one, self.chance, self.codes = one, chance, codes
        self.told: dict[str, set[str]] = defaultdict(set)
        self.writing: str | None = None
        self.pages = 0

    @property
    def page(self) -> Page:
        return self.one.page

    def acts(self) -> list[Callable[[], None]]:
        inside = [self.photo, self.photo, self.back, self.finish, self.finish]
        either = [self.killed, self.second_tab, self.network, self.answers, self.disk, self.clock]
        return [*(inside if self.writing else [self.begin, self.begin, self.send]), *either]

    def go(self) -> None:
        for _ in range(ACTS):
            self.chance.choice(self.acts())()

    def begin(self) -> None:
        code = self.chance.choice(self.codes)
        visit = self.page.locator("#today .visit", has_text=code[-6:]).locator("button")
        try:
            visit.click(timeout=2_000)
        except TimeoutError:
            return  # recorded by now, and so no longer on the list
        asked = self.page.locator("#question")
        expect(asked.or_(self.page.locator("#capture")).filter(visible=True)).to_be_visible()
        if asked.is_visible():
            takes_over = "另一个标签页" in asked.inner_text()
            asked.get_by_role("button", name="确定" if takes_over else "取消").click()
            if not takes_over:
                return
        expect(self.page.locator("#capture")).to_be_visible()
        self.writing = code

    def photo(self) -> None:
        assert self.writing is not None
        self._step(3)
        octets = PICTURE + self.chance.randbytes(8)
        chosen: Any = {"name": "IMG.png", "mimeType": "image/png", "buffer": octets}
        shown = self.page.locator("ul[data-photos=general] li")
        before = shown.count()
        self.page.locator("#photo-general").set_input_files([chosen])
        if self.chance.random() < 0.3:
            return  # not waited for: nobody was told anything
        kept = shown.nth(before).or_(self.page.locator("#trouble"))
        expect(kept.filter(visible=True).first).to_be_visible()
        if shown.count() > before:
            self.told[self.writing].add(sha256(octets).hexdigest())

    def back(self) -> None:
        self.one.leave()
        self.writing = None

    def finish(self) -> None:
        self._step(2)
        rest = self.page.locator("[data-rest]")
        if rest.is_visible():
            rest.click()
        self._step(4)
        if not self.page.locator("#field-lon").input_value():
            self.page.locator("#field-place_missing").fill("没有信号")
        self._step(5)
        self.one.refuse()
        self._step(6)
        self.page.locator("[data-save]").click()
        saved = self.page.locator("#home").or_(self.page.locator("#faults"))
        expect(saved.filter(visible=True).first).to_be_visible()
        if self.page.locator("#home").is_visible():
            self.writing = None

    def killed(self) -> None:
        fresh = self.one.context.new_page()
        self.page.close()
        self._open(fresh)

    def second_tab(self) -> None:
        if self.pages < 2:
            self.pages += 1
            self._open(self.one.context.new_page())

    def _open(self, page: Page) -> None:
        self.one.page, self.writing = page, None
        page.add_init_script(HAND)
        page.goto(f"{self.one.base}/field")
        expect(page.locator("#capturing")).to_be_visible()
        expect(page.locator("#storage")).not_to_be_empty()

    def network(self) -> None:
        self.one.network(on=self.chance.random() < 0.5)

    def answers(self) -> None:
        self.one.context.unroute_all()
        if self.chance.random() < 0.6:
            status, kind, body = self.chance.choice(ANSWERS)

            def answer(route: Route) -> None:
                route.fulfill(status=status, content_type=kind, body=body)

            which = self.chance.choice(["**/v1/evidence/*", "**/v1/commands/*", "**/v1/e*/*"])
            self.one.context.route(which, answer)

    def disk(self) -> None:
        full = self.chance.random() < 0.4
        self.page.evaluate(
            "full => full ? localStorage.full = 1 : localStorage.removeItem('full')", full
        )

    def clock(self) -> None:
        days = self.chance.choice([0, 0, -400, 5])
        self.page.evaluate("ms => localStorage.ahead = ms", days * 86_400_000)

    def send(self) -> None:
        self.page.get_by_role("button", name="立即上传").click()

    def _step(self, step: int) -> None:
        self.page.locator("[data-jump] summary").click()
        self.page.locator(f"[data-go='{step}']").click()
        expect(self.page.locator("[data-step]").nth(step)).to_be_visible()

    def end(self) -> list[Json]:
        """All is well again, and the page is opened once more; return what the phone holds then."""
        self.one.context.unroute_all()
        self.page.evaluate("localStorage.clear()")
        self.one.network(on=True)
        for page in self.one.context.pages[:-1]:
            page.close()
        self._open(self.one.context.pages[-1])
        for _ in range(20):
            records = self.one.kept()
            if not any(each["state"] in {"ready", "entered"} for each in records):
                break
            self.send()
            self.page.wait_for_timeout(500)
        return self.one.kept()


@pytest.mark.parametrize("number", range(SEQUENCES))
def test_every_record_is_in_the_ledger_once_or_here_with_the_reason(
    phone: Phones, site: Site, number: int
):
    chance = Random(SEED + number)  # noqa: S311 - sequences, not secrets
    one, actor = phone(), inspector(1)
    visits = [dispatched(site, actor) for _ in range(2)]
    one.sign_in(actor)
    run = Sequence(one, chance, [code for code, _ in visits])
    run._open(one.page)
    expect(one.page.locator("#ready")).to_be_visible()
    run.go()
    records = run.end()
    pictures = {(each["record"], each["sha256"]) for each in one.kept("pictures")}
    held: dict[str, set[str]] = defaultdict(set)
    for record in records:
        if record["state"] in {"ready", "refused", "entered"}:
            assert record.get("trouble") or record.get("problem"), record
        if record["state"] in {"draft", "ready", "refused", "entered"}:
            digests = {photo["sha256"] for photo in record["photos"]}
            assert {(record["key"], digest) for digest in digests} <= pictures
            held[record["form"]["uscc"]] |= digests
    for code, inspection in visits:
        answer = httpx2.get(
            f"{site.base}/v1/inspections/{inspection}", headers=site.headers(SUPERVISOR), timeout=30
        ).json()
        assert answer["evidence_missing"] == []
        entered = [each["position"] for each in answer["spot_checks"]]
        sent = [
            each["receipt"]["position"]
            for each in records
            if each["form"]["uscc"] == code and each["state"] == "sent"
        ]
        assert sorted(sent) == sorted(entered)
        assert len(entered) <= 1
        for check in answer["spot_checks"]:
            held[code] |= {each["sha256"] for each in check["evidence"]}
        # What one was told is kept has gone nowhere but into this record.
        assert run.told[code] <= held[code]
