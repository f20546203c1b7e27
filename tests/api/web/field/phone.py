"""An inspector with a phone: a browser in the shape of one, with a place, with and without a network."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from api.access import accounts, credentials, sessions
from api.access.access_log import command_line
from api.http.arrival import LOCAL_COOKIE
from api.installation.wiring import Installation
from api.web.field.checklist import QUESTIONS
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.log.clock import now
from tests.api import lines
from tests.api.web.site import RULES, Reader, Site

Json = dict[str, Any]

SHAPE: Json = {
    "viewport": {"width": 412, "height": 839},
    "device_scale_factor": 2.625,
    "is_mobile": True,
    "has_touch": True,
    "user_agent": (
        "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/140.0.0.0 Mobile Safari/537.36"
    ),
}
HERE = {"latitude": 39.921, "longitude": 116.461, "accuracy": 12.0}
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6364f8cf500f0003860180" + "5a347d6a0000000049454e44ae426082"
)
KEYS = tuple(question.key for question in QUESTIONS)
"""The questions of the checklist, by the number that a test calls them by."""


def inspector(number: int, district: str = "110105") -> Actor:
    """An inspector of the district whom no other test knows."""
    account = f"field-{district}-{number}-{uuid.uuid4().hex[:6]}"
    return Actor(account=account, role=Role.DISTRICT_INSPECTOR, organisation=district)


def as_json(actor: Actor) -> Json:
    """The actor as a line of an import names them."""
    role = actor.role.value
    return {"account": actor.account, "role": role, "organisation": actor.organisation}


def dispatched(
    site: Site, *team: Actor, where: str = "110105", listed: bool = False
) -> tuple[str, str]:
    """An enterprise of its own, and the inspection to which the team is sent."""
    code = lines.uscc(where)
    for each in lines.listed(code, "4", where=where) if listed else [lines.registered(code, where)]:
        site.record(each)
    inspection = f"ins-{code}"
    inspectors = [
        {
            "account": one.account,
            "name": f"督导{n}",
            "card_no": f"R112600{n:02d}",
            "recusal_declared": False,
        }
        for n, one in enumerate(team, 1)
    ]
    sent = lines.line(
        "InspectionDispatched",
        "2025-04-01",
        lines.district(where),
        inspection_id=inspection,
        kind="日常监督检查",
        district=where,
        uscc=code,
        inspectors=inspectors,
    )
    site.record(sent)
    return code, inspection


class Phone(Reader):
    """A phone on which 现场 was opened."""

    def __init__(self, context: BrowserContext, site: Site, house: Installation) -> None:
        super().__init__(context, site.base)
        self.context, self.house = context, house
        self.page.set_default_timeout(10_000)

    def sign_in(self, actor: Actor) -> None:
        """Let `actor` be who is signed in on this phone, whoever was before."""
        gate = self.house.gate
        with gate.connection() as connection:
            if accounts.find(connection, actor.account) is None:
                accounts.add(connection, actor)
            held = credentials.find(connection, actor.account)
            assert held is not None
            seen = command_line(now())
            token = sessions.start(connection, held, "password", seen, gate.limits)
        self.context.clear_cookies()
        self.context.add_cookies([{"name": LOCAL_COOKIE, "value": token, "url": self.base}])

    def start(self, actor: Actor) -> Page:
        """Sign in and open the page, until it may be opened without a network too."""
        self.sign_in(actor)
        page = self.open("/field")
        expect(page.locator("#ready")).to_be_visible()
        expect(page.locator("#state")).to_contain_text(actor.account)
        return page

    def violations(self) -> list[str]:
        """What axe finds, at the foot of the step: elsewhere the bar there covers what scrolls under it."""
        self.page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        # Read in the sun: the contrast of AAA, beyond what every page is held to.
        rules = {**RULES, "rules": {"color-contrast-enhanced": {"enabled": True}}}
        found: Any = Axe().run(self.page, options=rules).response["violations"]
        return [f"{v['id']}: {[n['html'][:160] for n in v['nodes'][:3]]}" for v in found]

    def network(self, *, on: bool) -> None:
        """Come into reach of the network, or leave it."""
        self.context.set_offline(not on)

    def begin(self, code: str) -> None:
        """Begin the check of the enterprise."""
        visit = self.page.locator("#today .visit", has_text=code[-6:])
        visit.locator("button").click()
        # The first page hides only when the record is there: until then the form shows the one before.
        expect(self.page.locator("#capture")).to_be_visible()
        expect(self.page.locator("#firm")).to_contain_text(code[-6:])

    def forward(self) -> None:
        """Go to the next step."""
        self.page.locator("[data-next]").click()

    def leave(self) -> None:
        """Go back until the first page is shown."""
        while self.page.locator("#capture").is_visible():
            self.page.evaluate(
                """() => new Promise((resolve) => {
                    addEventListener("popstate", resolve, {once: true});
                    history.back();
                })"""
            )
        expect(self.page.locator("#home")).to_be_visible()

    def answer(self, no: int | None = None) -> None:
        """Answer every question with yes, one of them with no."""
        for n, key in enumerate(KEYS):
            self.page.locator(f"[name=answer-{key}]").nth(1 if n == no else 0).check()
        if no is not None:
            self.page.locator(f"#field-note-{KEYS[no]}").fill("三名考生没有带证件")

    def photograph(self, item: str, name: str = "IMG_1.png", bytes_: bytes = PICTURE) -> None:
        """Add a photo."""
        shown = self.page.locator(f"ul[data-photos='{item}'] li")
        before = shown.count()
        chosen: Any = {"name": name, "mimeType": "image/png", "buffer": bytes_}
        self.page.locator(f"#photo-{item}").set_input_files([chosen])
        expect(shown).to_have_count(before + 1)

    def locate(self) -> None:
        """Take the position."""
        self.page.locator("[data-locate]").click()
        expect(self.page.locator("#located")).to_contain_text("116.461")

    def refuse(self) -> None:
        """The unit does not sign."""
        self.page.locator("[name=signature][value=refused]").check()
        self.page.locator("#field-refusal_reason").fill("负责人不在场,保安在场")

    def sign(self, count: int = 1, name: str = "") -> None:
        """Somebody of the unit signs on the screen, over their printed name; as the `count`th of them."""
        self.page.locator("[name=signature][value=drawn]").check()
        self.page.locator("#signatory").fill(name)
        pad = self.page.locator("[data-signature] canvas")
        pad.scroll_into_view_if_needed()
        box: Any = pad.bounding_box()
        self.page.mouse.move(box["x"] + 20, box["y"] + 30)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + 150, box["y"] + 70, steps=4)
        self.page.mouse.up()
        self.page.locator("[data-sign]").click()
        expect(self.page.locator("ul[data-photos=signature] li")).to_have_count(count)

    def save(self) -> None:
        """Save the record that is being shown whole."""
        self.page.locator("[data-save]").click()
        expect(self.page.locator("#home")).to_be_visible()

    def record(self, code: str) -> None:
        """Record a check from beginning to end, with all well and a signature refused."""
        self.begin(code)
        self.forward()
        self.forward()
        self.answer()
        self.forward()
        self.forward()
        self.locate()
        self.forward()
        self.refuse()
        self.forward()
        self.save()

    def count(self, name: str) -> Locator:
        """The count of `drafts`, `queue` or `sent`."""
        return self.page.locator(f"#{name}-count")

    def kept(self, store: str = "records") -> list[Json]:
        """What the phone holds in one of its stores; of photos only what describes them."""
        script = """store => new Promise((resolve, reject) => {
            const opening = indexedDB.open("dudao-field");
            opening.onsuccess = () => {
                const asked = opening.result.transaction(store).objectStore(store).getAll();
                asked.onsuccess = () => {
                    opening.result.close();
                    resolve(asked.result.map(({bytes, ...rest}) => rest));
                };
            };
            opening.onerror = () => reject(opening.error);
        })"""
        found: list[Json] = self.page.evaluate(script, store)
        return found


Phones = Callable[..., Phone]


@contextmanager
def phones(browser: Browser, site: Site, house: Installation) -> Iterator[Phones]:
    """Yield what makes phones; at the end none of their consoles may have complained."""
    made: list[tuple[BrowserContext, Phone]] = []

    def phone(language: str = "zh", *, located: bool = True) -> Phone:
        shape = {
            **SHAPE,
            "locale": "zh-CN" if language == "zh" else "en-GB",
            "geolocation": HERE,
            "permissions": ["geolocation"] if located else [],
        }
        context = browser.new_context(**shape)
        one = Phone(context, site, house)
        made.append((context, one))
        return one

    yield phone
    complaints = [text for _, one in made for text in one.complaints]
    for context, _ in made:
        context.close()
    assert complaints == []
