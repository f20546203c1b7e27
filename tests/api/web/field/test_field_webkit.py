"""The phone's store in WebKit: what an iPhone runs, as far as Debian has it."""

import json
import os
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import pytest

from api.access import accounts, credentials, sessions
from api.access.access_log import command_line
from api.http.arrival import LOCAL_COOKIE
from api.installation.wiring import Installation
from api.web.frame.static import content, static
from domain.terms.envelope import Actor
from ledger.log.clock import now
from tests.api.web.field.phone import KEYS, PICTURE, Json, dispatched, inspector
from tests.api.web.field.test_field_phone import spot_checks
from tests.api.web.field.webkit import MISSING, WebKit, browsing, webkit
from tests.api.web.site import Site

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

STORE, RECORDS, CHAIN = (static(f"field/{name}.js") for name in ("store", "records", "chain"))
MODULES = [STORE, RECORDS, CHAIN, static("field/queue.js"), static("field/takeaway.js")]
LOADED = """
    const [store, records, chain, queue, takeaway] = await Promise.all(modules.map((each) => import(each)));
    const draft = (account) => records.draft(account, "visit", {day: "2025-04-02", uscc: "u"}, null);
    const photo = async (bytes) => ({id: records.uuid(), item: "general", file_name: "a.png",
        media_type: "image/png", size: bytes.byteLength, sha256: await chain.digest(bytes)});
"""


def _require_webkit() -> None:
    if MISSING:
        if os.environ.get("CI"):
            pytest.fail("WebKit is missing: apt-get install webkit2gtk-driver xvfb")
        pytest.skip("needs WebKit: apt-get install webkit2gtk-driver xvfb")


@pytest.fixture
def window() -> Iterator[WebKit]:
    """A window of WebKit."""
    _require_webkit()
    with webkit() as opened:
        yield opened


def _signed_in(window: WebKit, site: Site, shown: Installation, *, to: str = "/field") -> Any:
    """Sign an inspector in and open the page; return who it is and what they are sent to."""
    actor = inspector(1)
    code, inspection = dispatched(site, actor)
    with shown.gate.connection() as connection:
        accounts.add(connection, actor)
        held = credentials.find(connection, actor.account)
        assert held is not None
        seen = command_line(now())
        token = sessions.start(connection, held, "password", seen, shown.gate.limits)
    window.open(f"{site.base}/static/000000000000/icon.svg")
    window.cookie(LOCAL_COOKIE, token)
    window.open(site.base + to)
    return actor, code, inspection


def _told(window: WebKit, script: str, *given: Any) -> Any:
    return window.evaluate(f"async (modules, ...given) => {{{LOADED}{script}}}", MODULES, *given)


def _spot_check(actor: Actor, code: str, inspection: str) -> Json:
    return {
        "inspection_id": inspection,
        "uscc": code,
        "district": "110105",
        "kind": "日常监督检查",
        "inspectors": [{"account": actor.account, "name": "督导1"}],
        "captured_at": "2025-04-02T01:30:00Z",
        "checklist": [],
        "offline": True,
        "signature_refused": False,
    }


def test_a_photo_and_its_name_are_kept_together_and_outlive_the_page(
    window: WebKit, site: Site, shown: Installation
):
    actor, *_ = _signed_in(window, site, shown)
    key = _told(
        window,
        """
        const bytes = new Uint8Array(given[1]).buffer, made = await records.begin(draft(given[0]));
        const {taken} = await records.attach(made.key, await photo(bytes), bytes);
        return taken && made.key;
        """,
        actor.account,
        list(PICTURE),
    )
    window.open(f"{site.base}/field")
    kept = _told(
        window,
        """
        const record = await store.get("records", given[0]), {sha256} = record.photos[0];
        const picture = await records.pictureOf(record.key, sha256);
        return [record.state, [...new Uint8Array(await records.blobOf(picture).arrayBuffer())]];
        """,
        key,
    )
    assert kept == ["draft", list(PICTURE)]


def test_a_stale_write_changes_nothing(window: WebKit, site: Site, shown: Installation):
    actor, *_ = _signed_in(window, site, shown)
    outcome = _told(
        window,
        """
        const seen = await records.begin(draft(given[0])), bytes = new ArrayBuffer(4);
        const closed = await records.amend(seen, () => ({state: "ready", body: "{}", sequence: 1}));
        const late = await records.amend(seen, () => ({form: {}}));
        const attached = await records.attach(seen.key, await photo(bytes), bytes);
        return [closed.taken, late.taken, attached.taken, await records.leave(seen),
            (await store.get("records", seen.key)).state, (await store.all("pictures")).length];
        """,
        actor.account,
    )
    assert outcome == [True, False, False, False, "ready", 0]


def test_a_lost_connection_is_made_anew(window: WebKit, site: Site, shown: Installation):
    actor, *_ = _signed_in(window, site, shown)
    outcome = _told(
        window,
        """
        const transaction = IDBDatabase.prototype.transaction;
        let left = 1;
        IDBDatabase.prototype.transaction = function (...asked) {
            if (left-- > 0) throw new DOMException("Connection to Indexed Database server lost", "UnknownError");
            return transaction.apply(this, asked);
        };
        const made = await records.begin(draft(given[0]));
        left = 2;
        const failed = await records.amend(made, () => ({step: 1})).catch((error) => error.word);
        IDBDatabase.prototype.transaction = transaction;
        return [failed, (await records.amend(made, () => ({step: 2}))).taken];
        """,
        actor.account,
    )
    assert outcome == ["store-failed", True]


def test_a_sealed_record_is_sent_once_with_all_its_bytes(
    window: WebKit, site: Site, shown: Installation
):
    actor, code, inspection = _signed_in(window, site, shown)
    outcome = _told(
        window,
        """
        const [account, data, bytes] = given, octets = new Uint8Array(bytes).buffer;
        const made = await records.begin(draft(account)), about = await photo(octets);
        const {record} = await records.attach(made.key, about, octets);
        const {sha256, media_type, file_name} = about;
        const event = {...data, device_id: await chain.device(), evidence: [{sha256, media_type, file_name}]};
        const refused = await chain.seal(record, event, {checklist: "1"});
        await queue.flush(account, true);
        await queue.flush(account, true);
        const sent = await store.get("records", made.key);
        return [refused, sent.state, sent.problem, await records.pictureOf(made.key, sha256) ?? null];
        """,
        actor.account,
        _spot_check(actor, code, inspection),
        list(PICTURE),
    )
    assert outcome == [None, "sent", None, None]
    (seen,) = spot_checks(site, inspection)
    assert [each["media_type"] for each in seen["evidence"]] == ["image/png", "application/json"]


def test_what_one_phone_saved_another_takes_in(window: WebKit, site: Site, shown: Installation):
    actor, *_ = _signed_in(window, site, shown)
    outcome = _told(
        window,
        """
        const [account, bytes] = given, octets = new Uint8Array(bytes).buffer;
        const made = await records.begin(draft(account));
        const {record} = await records.attach(made.key, await photo(octets), octets);
        const links = document.createElement("ul");
        HTMLAnchorElement.prototype.click = () => {};
        let file;
        URL.createObjectURL = (blob) => { file = blob; return "blob:"; };
        await takeaway.takeAway({account}, links);
        await records.leave(record);
        const gone = await store.get("records", made.key) ?? null;
        await takeaway.takeIn({account}, file);
        const [{sha256}] = (await store.get("records", made.key)).photos;
        const picture = await records.pictureOf(made.key, sha256);
        return [gone, [...new Uint8Array(picture.bytes)]];
        """,
        actor.account,
        list(PICTURE),
    )
    assert outcome == [None, list(PICTURE)]


FIRST_RELEASE = """<!doctype html><script type="module">
const bytes = %(bytes)s, sha256 = "%(sha256)s";
const tell = (said) => fetch("/told", {method: "POST", body: JSON.stringify(said)});
const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = request.oncomplete = () => resolve(request.result);
    request.onerror = request.onabort = () => reject(request.error);
});
try {
    if (location.hash === "#first") {
        const opening = indexedDB.open("dudao-field", 1);
        opening.onupgradeneeded = () => {
            for (const [name, keyPath] of [["records", "key"], ["photos", "sha256"], ["facts", "name"]]) {
                opening.result.createObjectStore(name, {keyPath});
            }
        };
        const database = await done(opening), kept = database.transaction(["records", "photos"], "readwrite");
        const media_type = "image/png", file_name = "x.png";
        const blob = new Blob([new Uint8Array(bytes)], {type: media_type});
        kept.objectStore("photos").put({sha256, media_type, file_name, blob});
        kept.objectStore("records").put({key: "k1", account: "a", state: "draft", updated_at: 1,
            form: {uscc: "u", inspection_id: "i", day: "2025-04-02", "answer-3": "否"},
            photos: [{sha256, item: "3", file_name, media_type, size: bytes.length}]});
        await done(kept);
        tell("kept");
    } else {
        const records = await import("./field/records.js"), store = await import("./field/store.js");
        await records.bringFirst();
        const record = await store.get("records", "k1"), picture = await records.pictureOf("k1", sha256);
        const now = [...new Uint8Array(await records.blobOf(picture).arrayBuffer())];
        tell([record.state, record.photos[0].item, now, (await store.all("photos")).length]);
    }
} catch (error) {
    tell(String(error));
}
</script>"""


def test_a_picture_that_the_first_release_kept_as_a_blob_comes_along(tmp_path: Path):
    _require_webkit()
    said: Queue[Any] = Queue()
    given = {"bytes": list(PICTURE), "sha256": sha256(PICTURE).hexdigest()}
    page = (FIRST_RELEASE % given).encode()

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            script = content(self.path.removeprefix("/"))
            self.send_response(200)
            kind = "text/html; charset=utf-8" if script is None else "text/javascript"
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(page if script is None else script)

        def do_POST(self) -> None:
            said.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        # The phone is restarted in between, with the page of this release.
        for where, told in (("#first", "kept"), ("", ["draft", KEYS[3], list(PICTURE), 0])):
            with browsing(address + where, tmp_path):
                assert said.get(timeout=60) == told
        server.shutdown()


def test_a_check_goes_through_the_page_from_the_list_of_the_day_to_the_receipt(
    window: WebKit, site: Site, shown: Installation
):
    actor, code, inspection = _signed_in(window, site, shown)
    window.wait('document.querySelector("#today .visit")')
    shown_state = window.evaluate(
        "async () => [document.getElementById('state').textContent, document.getElementById('today').textContent,"
        " document.getElementById('trouble').hidden]"
    )
    assert actor.account in shown_state[0]
    assert code[-6:] in shown_state[1]
    assert shown_state[2] is True

    def press(selector: str, until: str) -> None:
        window.evaluate("async (one) => document.querySelector(one).click()", selector)
        window.wait(until)

    def step(number: int) -> None:
        shown_step = f'!document.querySelectorAll("[data-step]")[{number}].hidden'
        press(f"[data-go='{number}']", shown_step)

    def type_in(field: str, text: str) -> None:
        script = """async (id, text) => {
            const field = document.getElementById(id);
            field.value = text;
            field.dispatchEvent(new Event("input", {bubbles: true}));
        }"""
        window.evaluate(script, f"field-{field}", text)

    press("#today .visit button", '!document.querySelector("#capture").hidden')
    step(2)
    press("[data-rest]", 'document.querySelector("[data-rest]").hidden')
    step(3)
    window.evaluate(
        """async (bytes) => {
            const chosen = new DataTransfer(), input = document.getElementById("photo-general");
            chosen.items.add(new File([new Uint8Array(bytes)], "a.png", {type: "image/png"}));
            input.files = chosen.files;
            input.dispatchEvent(new Event("change", {bubbles: true}));
        }""",
        list(content("field/icon-192.png") or b""),
    )
    window.wait('document.querySelector("ul[data-photos=general] li")')
    step(4)
    type_in("place_missing", "没有信号")
    step(5)
    press("[name=signature][value=refused]", "true")
    type_in("refusal_reason", "负责人不在场")
    step(6)
    press("[data-save]", 'document.querySelector("#sent-count").textContent === "1"')
    (seen,) = spot_checks(site, inspection)
    photo, record = seen["evidence"]
    assert (photo["media_type"], record["media_type"]) == ("image/png", "application/json")
    preview = site.get(f"/v1/evidence/{photo['sha256']}/preview", actor)
    assert preview.headers["content-type"] == "image/jpeg"
