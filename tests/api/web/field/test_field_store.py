"""What the phone keeps: each record its own, each photo with its name, whatever the thumb, the tab and the disk do."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser, Page, Route, expect

from api.installation.wiring import Installation
from api.web.field import field, offline, phone_page
from api.web.field.checklist import QUESTIONS, VERSION, Question
from api.web.frame.static import content, static
from api.words.language import Language
from ledger.log.clock import now, today
from tests.api.web.field.phone import (
    KEYS,
    PICTURE,
    Json,
    Phone,
    Phones,
    dispatched,
    inspector,
    phones,
)
from tests.api.web.field.test_field_phone import fulfil, spot_checks
from tests.api.web.site import Site, follow

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture
def phone(browser: Browser, site: Site, shown: Installation) -> Iterator[Phones]:
    """Makes phones."""
    with phones(browser, site, shown) as maker:
        yield maker


SLOW = """() => {
    const digest = crypto.subtle.digest.bind(crypto.subtle);
    let open = () => {};
    const gate = new Promise((resolve) => { open = resolve; });
    globalThis.letPass = () => open();
    crypto.subtle.digest = async (...given) => { globalThis.waits = true; await gate; return digest(...given); };
}"""
"""Digests wait until the test lets them pass: a phone with little left."""


def _files(count: int) -> list[Any]:
    return [
        {"name": f"IMG_{n}.png", "mimeType": "image/png", "buffer": PICTURE + bytes([n])}
        for n in range(count)
    ]


def _record(one: Phone, code: str) -> Json:
    (found,) = (each for each in one.kept() if each["form"]["uscc"] == code)
    return found


def _to(one: Phone, step: str) -> None:
    """Go to a step by its name."""
    names = ("visit", "people", "checklist", "photos", "place", "statement", "review")
    one.page.locator("[data-jump] summary").click()
    one.page.locator(f"[data-go='{names.index(step)}']").click()
    expect(one.page.locator(f"[data-step={step}]")).to_be_visible()


def test_photos_that_were_chosen_for_one_record_never_come_into_another(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    (a, _), (b, _) = dispatched(site, actor), dispatched(site, actor)
    page = one.start(actor)
    one.begin(a)
    _to(one, "photos")
    page.evaluate(SLOW)
    page.locator("#photo-general").set_input_files(_files(6))
    one.leave()
    one.begin(b)
    page.evaluate("letPass()")
    _wait_for(page, lambda: len(_record(one, a)["photos"]) == 6)
    assert _record(one, b)["photos"] == []
    kept = {(each["record"], each["sha256"]) for each in one.kept("pictures")}
    assert len(kept) == 6
    assert {record for record, _ in kept} == {_record(one, a)["key"]}


def _wait_for(page: Page, holds: Any) -> None:
    """Let the page go on until something holds; the test's own time limit ends it."""
    expect.set_options(timeout=5_000)
    for _ in range(200):
        if holds():
            return
        page.wait_for_timeout(25)
    assert holds()


def test_a_position_that_was_asked_for_one_record_never_comes_into_another(
    phone: Phones, site: Site
):
    one, actor = phone(), inspector(1)
    (a, _), (b, _) = dispatched(site, actor), dispatched(site, actor)
    one.page.add_init_script(
        """
        const asked = [];
        globalThis.fix = () => asked.splice(0).forEach((found) => found(
            {timestamp: Date.now(), coords: {longitude: 116.111111, latitude: 39.5, accuracy: 9}}));
        const watching = {watchPosition: (found) => asked.push(found), clearWatch: () => {}};
        Object.defineProperty(Navigator.prototype, "geolocation", {get: () => watching});
        """
    )
    page = one.start(actor)
    one.begin(a)
    one.leave()
    one.begin(b)
    page.evaluate("fix()")
    _wait_for(page, lambda: _record(one, b)["form"].get("lon") == "116.111111")
    assert _record(one, a)["form"]["lon"] in {"", "116.111111"}
    one.leave()
    page.evaluate("fix()")
    _to_resume(one, b)
    _to(one, "place")
    expect(page.locator("#field-lon")).to_have_value("116.111111")


def test_a_draft_keeps_the_place_that_was_found_with_its_time_and_asks_before_another_one(
    phone: Phones, site: Site
):
    one, actor = phone(), inspector(1)
    (a, inspection), (b, _) = dispatched(site, actor), dispatched(site, actor)
    one.page.add_init_script(
        """
        const now = Date.now.bind(Date), state = localStorage;
        Date.now = () => now() + Number(state.ahead ?? 0);
        const watching = {clearWatch: () => {}, watchPosition: (found, failed) => setTimeout(() => (state.lon
            ? found({timestamp: Date.now(), coords: {longitude: Number(state.lon), latitude: 39.5, accuracy: 9}})
            : failed({code: 2})))};
        Object.defineProperty(Navigator.prototype, "geolocation", {get: () => watching});
        """
    )
    page = one.start(actor)
    page.evaluate("localStorage.lon = 116.111111; localStorage.ahead = -3600000")
    for code in (a, b):
        one.begin(code)
        _to(one, "checklist")
        page.locator("[data-rest]").click()
        _to(one, "statement")
        one.refuse()
        one.leave()
        assert _record(one, code)["form"]["lon"] == "116.111111"
    # An hour later, in the office.
    page.evaluate("localStorage.ahead = 0; localStorage.lon = 116.5")
    page.reload()
    _to_resume(one, a)
    _to(one, "place")
    located = page.locator("#located")
    expect(located).to_contain_text("沿用")
    page.locator("[data-locate]").click()
    question = page.locator("#question")
    expect(question).to_contain_text("换成现在的位置")
    question.get_by_role("button", name="取消").click()
    expect(page.locator("#field-lon")).to_have_value("116.111111")
    _to(one, "review")
    expect(page.locator("#doubts")).to_contain_text("位置是")
    page.locator("[data-save]").click()
    expect(one.count("sent")).to_have_text("1")
    (seen,) = spot_checks(site, inspection)
    assert float(seen["place"]["lon"]) == 116.111111
    answers = {each["item"]: each for each in seen["checklist"]}
    assert answers["现场定位"]["value"] == "设备取得"
    assert len(answers["现场定位"]["note"]) == len("2025-04-02 09:30:00")
    # The other one is given the place of now, on purpose; that nothing is found there takes nothing away.
    _to_resume(one, b)
    _to(one, "place")
    expect(located).to_contain_text("沿用")
    for lon, said in (("", "没有取得位置"), ("116.5", "116.500000")):
        page.evaluate("lon => { localStorage.lon = lon; localStorage.ahead = -180000; }", lon)
        page.locator("[data-locate]").click()
        if question.is_visible():
            question.get_by_role("button", name="确定").click()
        expect(located).to_contain_text(said)
        expect(page.locator("[name=place_source]")).to_have_value("device")
    expect(page.locator("#field-lon")).to_have_value("116.500000")
    _to(one, "review")
    expect(page.locator("#doubts")).not_to_contain_text("位置是")
    # Three minutes later one goes back for another photo: it has a place, for the phone goes on looking.
    page.evaluate("localStorage.ahead = 0")
    _to(one, "photos")
    expect(located).to_contain_text("116.500000")
    _wait_for(page, lambda: int(_record(one, b)["form"]["place_at"]) > _now(page) - 60_000)
    one.photograph("general")
    assert _record(one, b)["photos"][0]["lon"] == "116.500000"


def _now(page: Page) -> int:
    return int(page.evaluate("Date.now()"))


def test_a_thumb_that_is_faster_than_the_phone_breaks_nothing(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, inspection = dispatched(site, actor)
    page = one.start(actor)
    # Pressed twice: the record is opened once, and nobody says that another tab has it.
    page.locator("#today .visit", has_text=code[-6:]).locator("button").dblclick()
    expect(page.locator("[data-step=visit]")).to_be_visible()
    _to(one, "checklist")
    page.locator("[data-rest]").click()
    expect(page.locator("#question")).to_be_hidden()
    _to(one, "photos")
    one.photograph("general")
    # A caption is kept as it is typed: its field is never left.
    page.locator("ul[data-photos=general] input").press_sequentially("全景")
    _wait_for(page, lambda: _record(one, code)["photos"][0].get("caption") == "全景")
    _to(one, "statement")
    one.refuse()
    _to(one, "review")
    page.evaluate(SLOW)
    page.locator("[data-save]").click()
    _wait_for(page, lambda: page.evaluate("globalThis.waits"))
    # Back while it is being sealed: the first page is shown after, not the page before this one.
    page.evaluate("""() => new Promise((resolve) => {
        addEventListener("popstate", resolve, {once: true});
        history.back();
    })""")
    page.evaluate("letPass()")
    expect(page.locator("#home")).to_be_visible()
    expect(one.count("sent")).to_have_text("1")
    assert page.url == f"{site.base}/field"
    (seen,) = spot_checks(site, inspection)
    assert "全景" in seen["evidence"][0]["file_name"]
    # Back as far as the first page while it is being sealed: it is saved, and says so.
    again, _ = dispatched(site, actor)
    page.reload()
    one.begin(again)
    _to(one, "checklist")
    page.locator("[data-rest]").click()
    _to(one, "statement")
    one.refuse()
    _to(one, "review")
    one.network(on=False)
    page.evaluate(SLOW)
    page.locator("[data-save]").click()
    _wait_for(page, lambda: page.evaluate("globalThis.waits"))
    one.leave()
    page.evaluate("letPass()")
    expect(page.locator("#told")).to_contain_text("已保存")
    expect(one.count("queue")).to_have_text("1")


def _to_resume(one: Phone, code: str) -> None:
    item = one.page.locator("#drafts li", has_text=code[-6:])
    item.get_by_role("button", name="继续填写").click()
    expect(one.page.locator("#capture")).to_be_visible()


def test_a_step_waits_until_its_photos_are_kept_and_says_how_far_it_is(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, _ = dispatched(site, actor)
    page = one.start(actor)
    one.begin(code)
    _to(one, "photos")
    page.evaluate(SLOW)
    page.locator("#photo-general").set_input_files(_files(3))
    expect(page.locator("[data-busy]")).to_contain_text("正在保存第 1/3 张")
    one.forward()
    expect(page.locator("[data-step=photos]")).to_be_visible()
    page.evaluate("letPass()")
    expect(page.locator("[data-step=place]")).to_be_visible()
    assert len(_record(one, code)["photos"]) == 3


def test_a_receipt_that_arrives_meanwhile_sweeps_no_photo_away(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    (a, _), (b, inspection) = dispatched(site, actor), dispatched(site, actor)
    page = one.start(actor)
    one.network(on=False)
    one.record(a)
    one.begin(b)
    _to(one, "photos")
    page.evaluate(SLOW)
    page.locator("#photo-general").set_input_files(_files(6))
    one.network(on=True)
    _wait_for(page, lambda: _record(one, a)["state"] == "sent")
    page.evaluate("letPass()")
    expect(page.locator("ul[data-photos=general] li")).to_have_count(6)
    _to(one, "people")
    one.forward()
    one.answer()
    for _ in range(3):
        one.forward()
    one.refuse()
    one.forward()
    one.save()
    _wait_for(page, lambda: _record(one, b)["state"] == "sent")
    (seen,) = spot_checks(site, inspection)
    assert len([e for e in seen["evidence"] if e["media_type"] == "image/png"]) == 6


def test_a_stale_tab_neither_rewrites_nor_deletes_nor_sends_again(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, inspection = dispatched(site, actor)
    one.start(actor)
    one.begin(code)
    one.leave()
    stale = one.context.new_page()
    stale.goto(f"{one.base}/field")
    expect(stale.locator("#drafts-count")).to_have_text("1")
    # The tab goes on with what it has read: it hears of no change.
    stale.evaluate("BroadcastChannel.prototype.dispatchEvent = () => {}")
    # A tab behind another one is drawn once a second.
    one.page.bring_to_front()
    draft = _record(one, code)
    _to_resume(one, code)
    _to(one, "people")
    one.forward()
    one.answer()
    for _ in range(3):
        one.forward()
    one.refuse()
    one.forward()
    one.save()
    expect(one.count("sent")).to_have_text("1")
    sent = _record(one, code)
    script = """async ([address, seen]) => {
        const {amend, leave, attach} = await import(address);
        const back = await amend(seen, () => ({form: {}}));
        const photo = {id: "x", sha256: "0".repeat(64)};
        const attached = await attach(seen.key, photo, new ArrayBuffer(1));
        return [back.taken, await leave(seen), attached.taken];
    }"""
    assert stale.evaluate(script, [static("field/records.js"), draft]) == [False] * 3
    assert _record(one, code) == sent
    assert len(spot_checks(site, inspection)) == 1


def test_a_receipt_is_never_another_one_and_no_state_leads_back(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    page = one.start(actor)
    script = """async (address) => {
        const {after} = await import(address);
        const fails = (record, change) => { try { after(record, change); return false; } catch { return true; } };
        const sent = {key: "k", version: 3, state: "sent", receipt: {position: 7}};
        return [fails(sent, {state: "draft"}), fails(sent, {state: "ready"}), fails(sent, {receipt: {position: 8}}),
            fails({...sent, state: "ready", receipt: null}, {state: "draft"}), fails(sent, {note: 1})];
    }"""
    assert page.evaluate(script, static("field/records.js")) == [True] * 4 + [False]


def test_one_tab_writes_a_record_and_another_may_take_it_over(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, _ = dispatched(site, actor)
    page = one.start(actor)
    one.begin(code)
    page.locator("#field-assessment_id").fill("erste")
    second = one.context.new_page()
    second.goto(f"{one.base}/field")
    second.get_by_role("button", name="继续填写").click()
    expect(second.locator("#question")).to_contain_text("另一个标签页正在填写")
    second.locator("#question").get_by_role("button", name="确定").click()
    expect(second.locator("#field-assessment_id")).to_have_value("erste")
    expect(page.locator("#told")).to_contain_text("另一个标签页")
    expect(page.locator("#capture")).to_be_hidden()
    second.locator("#field-assessment_id").fill("zweite")
    _wait_for(second, lambda: _record(one, code)["form"]["assessment_id"] == "zweite")


def test_a_visit_has_one_draft(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, _ = dispatched(site, actor)
    page = one.start(actor)
    one.begin(code)
    page.locator("#field-assessment_id").fill("as-1")
    one.leave()
    one.begin(code)
    expect(page.locator("#field-assessment_id")).to_have_value("as-1")
    one.leave()
    expect(one.count("drafts")).to_have_text("1")


def test_resuming_shows_that_record_and_nothing_of_another_one(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    (a, _), (b, _) = dispatched(site, actor), dispatched(site, actor)
    page = one.start(actor)
    one.begin(a)
    one.leave()
    one.begin(b)
    _to(one, "statement")
    page.locator("[name=signature][value=drawn]").check()
    pad = page.locator("[data-signature] canvas")
    pad.scroll_into_view_if_needed()
    box: Any = pad.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 70, steps=4)
    page.mouse.up()
    page.locator("#signatory").fill("乙厂厂长")
    one.leave()
    _to_resume(one, a)
    expect(page.locator("#firm")).to_contain_text(a[-6:])
    _to(one, "statement")
    page.locator("[name=signature][value=drawn]").check()
    expect(page.locator("#signatory")).to_have_value("")
    page.locator("[data-sign]").click()
    expect(page.locator("ul[data-photos=signature] li")).to_have_count(0)
    assert [p for p in _record(one, a)["photos"] if p["item"] == "signature"] == []


def test_a_draft_goes_on_at_the_step_where_it_was(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, _ = dispatched(site, actor)
    page = one.start(actor)
    one.begin(code)
    _to(one, "statement")
    page.locator("#field-unit_statement").fill("情况属实")
    page.reload()
    _to_resume(one, code)
    expect(page.locator("[data-step=statement]")).to_be_visible()


def test_what_is_typed_is_kept_as_it_is_typed(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, _ = dispatched(site, actor)
    page = one.start(actor)
    one.begin(code)
    _to(one, "statement")
    # Never left, never blurred: the phone dies while the field has the focus.
    page.locator("#field-unit_statement").press_sequentially("考生")
    _wait_for(page, lambda: _record(one, code)["form"].get("unit_statement") == "考生")


def test_how_much_room_is_left_is_said_while_one_types(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    a, _ = dispatched(site, actor)
    b, _ = dispatched(site, actor)
    page = one.start(actor)
    one.begin(a)
    _to(one, "statement")
    said = page.locator("[data-step=statement] [data-room]").first
    page.locator("#field-unit_statement").press_sequentially("考生")
    expect(said).to_have_text("已写 2 字，最多 2000 字")
    # Several sign, each over their printed name: it stands in the picture, which is higher by a line.
    one.sign(1, "厂长 王某")
    one.sign(2)
    signed = page.locator("ul[data-photos=signature] img")
    heights = "all => all.map((each) => each.naturalHeight)"
    _wait_for(page, lambda: signed.evaluate_all(heights) == [288, 240])
    _to(one, "place")
    address = page.locator("#field-address")
    address.press_sequentially("东门")
    expect(address.locator("xpath=..").locator("[data-room]")).to_have_text(
        "已写 2 字，最多 300 字"
    )
    one.leave()
    one.begin(b)
    _to(one, "statement")
    expect(said).to_be_empty()


def test_a_photo_is_drawn_upon_as_a_copy_and_stays_what_it_was(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, _ = dispatched(site, actor)
    page = one.start(actor)
    one.begin(code)
    _to(one, "photos")
    one.photograph("general", bytes_=content("field/icon-192.png") or b"")
    original = _record(one, code)["photos"][0]
    shown = page.locator("ul[data-photos=general] li")
    shown.get_by_role("button", name="标注").click()
    board = page.locator("#board")
    board.scroll_into_view_if_needed()
    box = board.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 60, steps=4)
    page.mouse.up()
    page.get_by_role("button", name="存为标注件").click()
    expect(shown).to_have_count(2)
    first, second = _record(one, code)["photos"]
    assert first == original
    assert second["file_name"] == f"标注 {original['sha256'][:6]}.jpg"
    assert second["media_type"] == "image/jpeg"
    assert (second["item"], second["taken_at"]) == (original["item"], original["taken_at"])
    # Given up, or nothing drawn: nothing is added.
    shown.first.get_by_role("button", name="标注").click()
    page.locator("#marking").get_by_role("button", name="取消").click()
    shown.first.get_by_role("button", name="标注").click()
    page.get_by_role("button", name="存为标注件").click()
    expect(page.locator("#marking")).to_be_hidden()
    expect(shown).to_have_count(2)


def test_a_lost_connection_is_made_anew_and_nothing_is_lost(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, _ = dispatched(site, actor)
    one.page.add_init_script(
        """
        const transaction = IDBDatabase.prototype.transaction;
        globalThis.loseNext = 0;
        IDBDatabase.prototype.transaction = function (...given) {
            if (globalThis.loseNext > 0) {
                globalThis.loseNext -= 1;
                throw new DOMException("Connection to Indexed Database server lost", "UnknownError");
            }
            return transaction.apply(this, given);
        };
        """
    )
    page = one.start(actor)
    one.begin(code)
    page.evaluate("loseNext = 1")
    page.locator("#field-assessment_id").fill("as-1")
    _wait_for(page, lambda: _record(one, code)["form"]["assessment_id"] == "as-1")
    expect(page.locator("#trouble")).to_be_hidden()
    page.evaluate("loseNext = 2")
    page.locator("#field-assessment_id").fill("as-2")
    expect(page.locator("#trouble")).to_contain_text("未能写入")
    # It did not poison the next one, and that one takes the sentence away.
    page.locator("#field-assessment_id").fill("as-3")
    _wait_for(page, lambda: _record(one, code)["form"]["assessment_id"] == "as-3")
    expect(page.locator("#trouble")).to_be_hidden()


def test_a_full_device_says_so_and_names_the_photos_that_were_not_kept(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, _ = dispatched(site, actor)
    page = one.start(actor)
    one.begin(code)
    _to(one, "photos")
    page.evaluate(
        """() => {
            const put = IDBObjectStore.prototype.put;
            globalThis.full = true;
            IDBObjectStore.prototype.put = function (value) {
                if (this.name === "pictures" && globalThis.full) {
                    throw new DOMException("no room", "QuotaExceededError");
                }
                return put.call(this, value);
            };
        }"""
    )
    page.locator("#photo-general").set_input_files(_files(2))
    expect(page.locator("#trouble")).to_contain_text("空间已满")
    expect(page.locator("#trouble")).to_contain_text("IMG_0.png")
    record = _record(one, code)
    assert (record["photos"], one.kept("pictures")) == ([], [])
    one.forward()
    expect(page.locator("#trouble")).to_be_visible()
    page.evaluate("full = false")
    _to(one, "photos")
    page.locator("#photo-general").set_input_files(_files(2))
    expect(page.locator("ul[data-photos=general] li")).to_have_count(2)
    expect(page.locator("#trouble")).to_be_hidden()


def test_a_store_that_does_not_open_is_said(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    one.page.add_init_script(
        """IDBFactory.prototype.open = () => {
            const request = new EventTarget();
            setTimeout(() => {
                request.error = new DOMException("private", "InvalidStateError");
                request.onerror();
            });
            return request;
        };"""
    )
    one.sign_in(actor)
    page = one.open("/field")
    expect(page.locator("#trouble")).to_contain_text("存储打不开")
    expect(page.locator("#trouble")).to_contain_text("联网单页填写")


def test_a_page_without_random_uuid_records_all_the_same(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, inspection = dispatched(site, actor)
    one.page.add_init_script("delete Crypto.prototype.randomUUID")
    one.start(actor)
    one.record(code)
    expect(one.count("sent")).to_have_text("1")
    assert len(spot_checks(site, inspection)) == 1


def test_a_page_that_cannot_make_digests_says_so_and_begins_nothing(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    one.page.add_init_script(
        "Object.defineProperty(Crypto.prototype, 'subtle', {get: () => undefined})"
    )
    one.sign_in(actor)
    page = one.open("/field")
    expect(page.locator("#trouble")).to_contain_text("https")
    expect(page.locator("#capturing")).to_be_hidden()


def test_an_answer_stays_with_its_question_when_the_checklist_changes(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, _ = dispatched(site, actor)
    page = one.start(actor)
    one.begin(code)
    one.forward()
    one.forward()
    one.answer(no=2)
    one.photograph(KEYS[2])
    one.leave()
    # An update: a question before all others, and another one in other words.
    page.route("**/field", _another_list)
    page.route("**/sw.js", lambda route: route.abort())
    page.evaluate(
        "navigator.serviceWorker.getRegistration().then((registration) => registration.unregister())"
    )
    page.reload()
    _to_resume(one, code)
    _to(one, "checklist")
    expect(page.locator("#relisted")).to_contain_text("检查表已更新，请重答 2 项")
    expect(page.locator(f"[name=answer-{KEYS[2]}][value=否]")).to_be_checked()
    expect(page.locator(f"#field-note-{KEYS[2]}")).to_have_value("三名考生没有带证件")
    expect(page.locator(f"ul[data-photos='{KEYS[2]}'] li")).to_have_count(1)
    for key in ("new", KEYS[3]):
        assert page.locator(f"[name=answer-{key}]:checked").count() == 0
        page.locator(f"[name=answer-{key}]").first.check()
    expect(page.locator("#relisted")).to_contain_text("检查表已更新。")


def test_a_new_version_in_mid_draft_takes_nothing_away(
    phone: Phones, site: Site, monkeypatch: pytest.MonkeyPatch
):
    one, actor = phone(), inspector(1)
    visits = dispatched(site, actor), dispatched(site, actor)
    (a, _), (b, _) = visits
    page = one.start(actor)
    first = offline.version()
    for code in (b, a):
        one.begin(code)
        _to(one, "checklist")
        page.locator("[data-rest]").click()
        one.photograph(KEYS[1], bytes_=PICTURE + code.encode())
        _to(one, "statement")
        one.refuse()
        if code == b:
            one.leave()
    with monkeypatch.context() as newer:
        _release(newer)
        _updated(page)
        assert offline.version() != first
        # A is open on the page of before, whose worker is gone with its files: it goes on to its end.
        page.locator("#field-unit_statement").fill("换了版本以后写的")
        _to(one, "photos")
        one.photograph("general", bytes_=PICTURE + b"late")
        one.network(on=False)
        _to(one, "review")
        one.save()
        expect(page.locator("#told")).to_contain_text("已保存")
        assert _sealed(one, a)["page"] == first
        # B is opened by the page of now, without a network: one question is new to it, the rest stands.
        page.reload()
        _to_resume(one, b)
        _to(one, "checklist")
        expect(page.locator("#relisted")).to_contain_text("请重答 1 项")
        expect(page.locator(f"[name=answer-{KEYS[1]}][value=是]")).to_be_checked()
        expect(page.locator(f"ul[data-photos='{KEYS[1]}'] li")).to_have_count(1)
        page.locator("[name=answer-new]").first.check()
        one.leave()
        one.network(on=True)
        # A version that is not there whole (its page is still that of before) is not taken.
        newer.setattr(offline, "version", lambda: "0" * 16)
        _updated(page, taken=False)
    _hotel(page, monkeypatch)
    one.network(on=False)
    page.reload()
    _to_resume(one, b)
    _to(one, "review")
    one.save()
    assert len(_sealed(one, b)["data"]["checklist"]) > len(_sealed(one, a)["data"]["checklist"])
    one.network(on=True)
    expect(one.count("sent")).to_have_text("2")
    photos = [
        [each for each in seen["evidence"] if each["media_type"] == "image/png"]
        for _, inspection in visits
        for seen in spot_checks(site, inspection)
    ]
    assert [len(each) for each in photos] == [2, 1]


def _hotel(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody in between answers 200 for the page: what is kept is shown, and what came is not kept."""

    def welcome(*_: object) -> HTMLResponse:
        return HTMLResponse("<p>Welcome</p>")

    with monkeypatch.context() as hotel:
        hotel.setattr(field, "render", welcome)
        hotel.setattr(field, "VERSION_HEADER", "Welcome")
        page.reload()
        expect(page.locator("[data-question=new]")).to_have_count(1)
        _updated(page, taken=False)


def _release(newer: pytest.MonkeyPatch) -> None:
    """Have the server be of a later release, whose checklist has one question more."""
    earlier = phone_page.field_page
    asked = Question("new", "一个新问题", "A new question", QUESTIONS[0].hint)

    def later(language: Language, release: str) -> phone_page.FieldPage:
        page = earlier(language, release)
        return replace(page, version="2027-01", questions=(asked, *page.questions))

    for module in (phone_page, field):
        newer.setattr(module, "field_page", later)
    made = cache(offline.version.__wrapped__)
    newer.setattr(offline, "version", made)
    newer.setattr(field, "version", made)


def _updated(page: Page, *, taken: bool = True) -> None:
    """Let the browser look for a new worker; return when it was taken, or was not."""
    script = """async () => {
        const registration = await navigator.serviceWorker.getRegistration();
        const taken = new Promise((resolve) => {
            navigator.serviceWorker.addEventListener("controllerchange", () => resolve(true), {once: true});
        });
        await registration.update();
        const worker = registration.installing;
        if (!worker) return taken;
        const given = new Promise((resolve) => {
            worker.addEventListener("statechange", () => worker.state === "redundant" && resolve(false));
        });
        return Promise.race([taken, given]);
    }"""
    assert page.evaluate(script) is taken


def _sealed(one: Phone, code: str) -> Json:
    sealed: Json = json.loads(_record(one, code)["sealed"])
    return sealed


def _another_list(route: Route) -> None:
    body: str = route.fetch().text()
    start = body.index('<fieldset class="field question')
    end = body.index("</fieldset>", start) + len("</fieldset>")
    first = body[start:end]
    another = first.replace(KEYS[0], "new").replace(QUESTIONS[0].item, "一个新问题")
    changed = body[:start] + another + body[start:]
    changed = changed.replace(
        f'data-item="{QUESTIONS[3].item}"', 'data-item="换了说法的问题"'
    ).replace(f'data-version="{VERSION}"', 'data-version="2027-01"')
    route.fulfill(body=changed, content_type="text/html")


def test_what_an_earlier_release_kept_comes_along_with_its_photos(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, _ = dispatched(site, actor)
    one.sign_in(actor)
    page = one.open("/roster")
    page.evaluate(
        """([account, uscc, bytes]) => new Promise((resolve) => {
            const opening = indexedDB.open("dudao-field", 1);
            opening.onupgradeneeded = () => {
                for (const [name, keyPath] of [["records", "key"], ["photos", "sha256"], ["facts", "name"]]) {
                    opening.result.createObjectStore(name, {keyPath});
                }
            };
            opening.onsuccess = () => {
                const done = opening.result.transaction(["records", "photos"], "readwrite");
                done.objectStore("photos").put({
                    sha256: "a".repeat(64), media_type: "image/png", file_name: "x.png",
                    blob: new Blob([new Uint8Array(bytes)], {type: "image/png"})});
                done.objectStore("records").put({key: "k1", account, state: "draft", updated_at: 1,
                    form: {uscc, inspection_id: `ins-${uscc}`, enterprise: uscc, day: "2025-04-02", district: "110105",
                        "answer-3": "否", "note-3": "没有核验"},
                    photos: [{sha256: "a".repeat(64), item: "3", file_name: "x.png",
                        media_type: "image/png", size: 9}]});
                done.oncomplete = () => { opening.result.close(); resolve(); };
            };
        })""",
        [actor.account, code, list(PICTURE)],
    )
    page = one.start(actor)
    _to_resume(one, code)
    _to(one, "checklist")
    expect(page.locator(f"[name=answer-{KEYS[3]}][value=否]")).to_be_checked()
    expect(page.locator(f"ul[data-photos='{KEYS[3]}'] li")).to_have_count(1)
    assert [(p["record"], p["sha256"]) for p in one.kept("pictures")] == [("k1", "a" * 64)]


def test_a_portal_that_says_200_to_a_photo_takes_nothing_away(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, inspection = dispatched(site, actor)
    one.page.add_init_script("navigator.setAppBadge = async (n) => { globalThis.badge = n; }")
    page = one.start(actor)
    page.route("**/v1/evidence/*", lambda route: fulfil(route, 200, "<p>Welcome</p>", "text/html"))
    one.begin(code)
    _to(one, "photos")
    one.photograph("general")
    _to(one, "people")
    one.forward()
    one.answer()
    for _ in range(3):
        one.forward()
    one.refuse()
    one.forward()
    one.save()
    expect(page.locator("#queue")).to_contain_text("不是来自督导系统")
    assert len(one.kept("pictures")) == 1
    page.unroute_all()
    assert page.evaluate("badge") == 1
    # How far it is, until it is there; then when it was, and nothing waits.
    held: list[Route] = []

    def hold(route: Route) -> None:
        if held:
            route.continue_()
        held.append(route)

    page.route("**/v1/evidence/*", hold)
    page.get_by_role("button", name="立即上传").click()
    expect(page.locator("#queue")).to_contain_text("正在上传第 1/2 个文件")
    while not held:  # the words stand there before the request has come as far as this
        page.wait_for_timeout(10)
    held[0].continue_()
    expect(one.count("sent")).to_have_text("1")
    expect(page.locator("#state")).to_contain_text("上次上传")
    _wait_for(page, lambda: page.evaluate("badge") == 0)
    (seen,) = spot_checks(site, inspection)
    assert len(seen["evidence"]) == 2
    assert one.kept("pictures") == []


@pytest.mark.parametrize(("faked", "state"), [("image/png", "entered"), ("", "ready")])
def test_originals_stay_until_the_server_has_them_all(
    phone: Phones, site: Site, faked: str, state: str
):
    one, actor = phone(), inspector(1)
    code, inspection = dispatched(site, actor)
    page = one.start(actor)

    def portal(route: Route) -> None:
        if not (route.request.headers.get("content-type") or "").startswith(faked):
            route.continue_()
            return
        digest = route.request.url.rsplit("/", 1)[1]
        size = len(route.request.post_data_buffer or b"")
        body = json.dumps({"sha256": digest, "size": size, "media_type": "image/png"})
        fulfil(route, 201, body, "application/json")

    # It has the shape of a receipt and is none: only the ledger's own word counts.
    page.route("**/v1/evidence/*", portal)
    one.begin(code)
    _to(one, "photos")
    # Nobody has sent it before: the server has what it has, whoever sent it.
    one.photograph("general", "IMG_1.png", PICTURE + uuid.uuid4().bytes)
    _to(one, "people")
    one.forward()
    one.answer()
    for _ in range(3):
        one.forward()
    one.refuse()
    one.forward()
    one.save()
    expect(page.locator("#queue")).to_contain_text("服务器还缺")
    assert len(one.kept("pictures")) == 1
    assert one.kept()[0]["state"] == state
    page.unroute_all()
    page.get_by_role("button", name="立即上传").click()
    expect(one.count("sent")).to_have_text("1")
    assert one.kept("pictures") == []
    (seen,) = spot_checks(site, inspection)
    assert one.kept()[0]["receipt"]["position"] == seen["position"]


def test_a_record_is_sent_after_the_sign_in_has_ended(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, inspection = dispatched(site, actor)
    page = one.start(actor)
    one.network(on=False)
    one.record(code)
    one.context.clear_cookies()
    one.network(on=True)
    expect(page.locator("#sign-in")).to_be_visible()
    _wait_for(page, lambda: _record(one, code)["state"] == "sent")
    assert len(spot_checks(site, inspection)) == 1


def test_a_credential_that_was_taken_back_sends_nothing_until_its_owner_is_there(
    phone: Phones, site: Site
):
    one, actor = phone(), inspector(1)
    code, inspection = dispatched(site, actor)
    page = one.start(actor)
    _wait_for(page, lambda: any(f["name"].startswith("credential/") for f in one.kept("facts")))
    kept = {fact["name"]: fact["value"] for fact in one.kept("facts")}
    account = one.context.new_page()
    account.goto(f"{one.base}/account")
    row = account.get_by_role("row", name=kept["device"])
    follow(row.get_by_role("button", name="撤销"))
    expect(row).to_have_count(0)
    account.close()
    one.network(on=False)
    one.record(code)
    one.context.clear_cookies()
    one.network(on=True)
    _wait_for(page, lambda: _record(one, code).get("trouble") == "signed-out")
    assert spot_checks(site, inspection) == []
    one.sign_in(actor)
    page.reload()
    expect(one.count("sent")).to_have_text("1")
    assert len(spot_checks(site, inspection)) == 1


def test_a_receipt_outlives_a_clock_that_is_set_right(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, _ = dispatched(site, actor)
    one.page.add_init_script(
        """const now = Date.now.bind(Date);
        Date.now = () => now() + Number(localStorage.ahead ?? 0);"""
    )
    page = one.start(actor)
    page.evaluate("localStorage.ahead = -400 * 86400000")
    page.locator("#renew").click()
    expect(page.locator("#clock")).to_contain_text("相差约 400 天")
    one.record(code)
    expect(one.count("sent")).to_have_text("1")
    assert _record(one, code)["form"]["day"] == today().isoformat()
    page.evaluate("localStorage.clear()")
    page.reload()
    expect(page.locator("#ready")).to_be_visible()
    expect(one.count("sent")).to_have_text("1")
    # It leaves the phone a month after the ledger had it, whatever the phone's clock says.
    month_ago = (now() - timedelta(days=31)).isoformat()
    script = """async ([address, key, recorded_at]) => {
        const {write} = await import(address);
        await write(async (step) => {
            const record = await step.get("records", key);
            await step.put("records", {...record, receipt: {...record.receipt, recorded_at}});
        });
    }"""
    page.evaluate(script, [static("field/store.js"), _record(one, code)["key"], month_ago])
    page.reload()
    for _ in range(500):  # the count is 0 as the page comes, so it tells nothing yet
        if one.kept() == []:
            break
        page.wait_for_timeout(10)
    assert one.kept() == []
    expect(one.count("sent")).to_have_text("0")


def test_the_first_look_never_says_that_nobody_is_signed_in(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    one.sign_in(actor)
    one.page.add_init_script(
        """
        globalThis.flashed = false;
        new MutationObserver(() => {
            const shown = document.getElementById("sign-in");
            const state = document.getElementById("state")?.textContent ?? "";
            const app = document.getElementById("app");
            const said = shown && !shown.hidden && !app.hidden;
            if (said || state.includes("未登录")) globalThis.flashed = true;
        }).observe(document, {subtree: true, childList: true, attributes: true});
        """
    )
    page = one.open("/field")
    expect(page.locator("#state")).to_contain_text(actor.account)
    assert page.evaluate("flashed") is False


def test_a_dispatched_check_without_remarks_takes_twelve_touches(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, inspection = dispatched(site, actor, inspector(2))
    page = one.start(actor)
    touches = 0

    def touch(selector: str) -> None:
        nonlocal touches
        touches += 1
        page.locator(selector).click()

    one.begin(code)
    touches += 1
    touch("[data-next]")
    touch("[data-next]")
    touch("[data-rest]")
    touch("[data-next]")
    touch("[data-next]")
    touch("[data-next]")
    touch("[name=signature][value=drawn]")
    pad = page.locator("[data-signature] canvas")
    pad.scroll_into_view_if_needed()
    box: Any = pad.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 70, steps=4)
    page.mouse.up()
    touches += 1
    touch("[data-next]")
    touch("[data-save]")
    assert touches <= 12
    expect(one.count("sent")).to_have_text("1")
    (seen,) = spot_checks(site, inspection)
    assert {answer["value"] for answer in seen["checklist"]} == {"是"}
    assert float(seen["place"]["lon"]) == pytest.approx(116.461)


def test_a_position_that_was_typed_is_marked_as_typed(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, inspection = dispatched(site, actor)
    page = one.start(actor)
    one.begin(code)
    _to(one, "place")
    page.locator("#field-lon").fill("116.4")
    page.locator("#field-lat").fill("39.9")
    _to(one, "people")
    one.forward()
    one.answer()
    for _ in range(3):
        one.forward()
    one.refuse()
    one.forward()
    expect(page.locator("#doubts")).to_contain_text("手工填写")
    one.save()
    expect(one.count("sent")).to_have_text("1")
    (seen,) = spot_checks(site, inspection)
    assert {a["item"]: a["value"] for a in seen["checklist"]}["现场定位"] == "手工填写"


def test_a_photo_says_where_and_when_it_was_taken(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, inspection = dispatched(site, actor)
    page = one.start(actor)
    one.begin(code)
    one.forward()
    one.forward()
    one.answer(no=0)
    expect(page.locator("[name=place_source]")).to_have_value("device")
    one.photograph(KEYS[0], bytes_=content("field/icon-192.png") or b"")
    for _ in range(3):
        one.forward()
    one.refuse()
    one.forward()
    one.save()
    expect(one.count("sent")).to_have_text("1")
    (seen,) = spot_checks(site, inspection)
    picture = seen["evidence"][0]
    assert (picture["lon"], picture["lat"], picture["datum"]) == (116.461, 39.921, "WGS-84")
    assert picture["captured_at"] is not None
    # At the desk: how exact that place is, as the device sealed it, and a small picture instead of the original.
    page.goto(f"{site.base}/inspections/{inspection}")
    shown = page.locator(".evidence li").first
    expect(shown).to_contain_text("116.461, 39.921 WGS-84 ±12 m")
    preview = shown.locator("img")
    address = f"/v1/evidence/{picture['sha256']}/preview?account={actor.account}"
    expect(preview).to_have_attribute("src", address)
    preview.scroll_into_view_if_needed()
    _wait_for(page, lambda: preview.evaluate("each => each.naturalWidth > 0"))


def test_a_refused_record_is_put_aside_with_a_reason(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, _ = dispatched(site, actor)
    page = one.start(actor)
    problem = json.dumps({"type": "urn:dudao:problem:refused", "detail": "不予办理", "status": 409})
    page.route("**/v1/commands/*", lambda route: fulfil(route, 409, problem))
    one.record(code)
    expect(page.locator("#queue .refusal")).to_contain_text("409")
    page.get_by_role("button", name="搁置").click()
    page.locator("#question-reason").fill("另有记录")
    page.locator("#question").get_by_role("button", name="确定").click()
    expect(page.locator("#queue")).to_contain_text("另有记录")
    assert one.kept()[0]["aside"]["reason"] == "另有记录"


def test_what_waited_for_a_network_goes_as_soon_as_the_server_is_there(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, inspection = dispatched(site, actor)
    page = one.start(actor)
    page.route("**/v1/commands/*", lambda route: route.abort())
    one.record(code)
    for tries in range(2, 7):
        page.get_by_role("button", name="立即上传").click()
        _wait_for(page, lambda tries=tries: _record(one, code)["tries"] == tries)
    # By itself it would be tried again only in minutes.
    page.unroute_all()
    page.reload()
    expect(one.count("sent")).to_have_text("1")
    assert len(spot_checks(site, inspection)) == 1


def test_what_is_missing_stands_still_as_soon_as_it_is_said(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, _ = dispatched(site, actor)
    page = one.start(actor)
    one.begin(code)
    _to(one, "checklist")
    page.evaluate(
        """() => {
            const faults = document.getElementById("faults"), seen = [];
            const look = () => {
                seen.push(Math.round(faults.getBoundingClientRect().top));
                if (seen.length < 40) requestAnimationFrame(look);
                else globalThis.places = new Set(seen).size;
            };
            faults.addEventListener("focus", () => requestAnimationFrame(look));
            scrollTo(0, document.documentElement.scrollHeight);
        }"""
    )
    one.forward()
    _wait_for(page, lambda: page.evaluate("globalThis.places ?? 0") > 0)
    assert page.evaluate("globalThis.places") == 1


def test_back_is_the_head_of_the_step_before(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, _ = dispatched(site, actor)
    page = one.start(actor)
    one.begin(code)
    assert page.evaluate("history.scrollRestoration") == "manual"
    _to(one, "checklist")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    _to(one, "photos")
    assert page.evaluate("scrollY") == 0
