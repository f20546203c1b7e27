"""现场 on a phone: without a network, back in it, and everything that can go wrong in between."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Download, Route, expect

from api.installation.wiring import Installation
from api.intake.imports.files import Rejects
from api.questions.visits import MOST_DISPATCHES
from api.web.field.checklist import QUESTIONS
from api.web.field.record import event_of
from api.web.frame.readers_language import LARGE_COOKIE
from api.web.frame.static import static
from tests.api import lines
from tests.api.web.field.phone import (
    KEYS,
    PICTURE,
    Json,
    Phone,
    Phones,
    as_json,
    dispatched,
    inspector,
    phones,
)
from tests.api.web.site import SUPERVISOR, Site

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture
def phone(browser: Browser, site: Site, shown: Installation) -> Iterator[Phones]:
    """Makes phones."""
    with phones(browser, site, shown) as maker:
        yield maker


def spot_checks(site: Site, inspection: str) -> list[Json]:
    answer = httpx2.get(
        f"{site.base}/v1/inspections/{inspection}", headers=site.headers(SUPERVISOR), timeout=30
    )
    found: list[Json] = answer.json()["spot_checks"]
    return found


OURS = "application/problem+json"


def fulfil(route: Route, status: int, body: str, kind: str = OURS) -> None:
    """Answer in the server's place."""
    route.fulfill(status=status, body=body, content_type=kind)


def _sealed(record: Json) -> Json:
    said: Json = json.loads(record["sealed"])
    return said


def test_a_check_recorded_without_a_network_is_sent_once_when_there_is_one(
    phone: Phones, site: Site
):
    one, actor = phone(), inspector(1)
    code, inspection = dispatched(site, actor, inspector(2))
    page = one.start(actor)
    one.network(on=False)
    page.reload()
    expect(page.locator("#state")).to_contain_text("当前离线")
    one.begin(code)
    one.forward()
    one.forward()
    one.answer(no=2)
    one.photograph(KEYS[2])
    one.forward()
    one.photograph("general", "IMG_2.png", PICTURE + b"!")
    one.forward()
    one.locate()
    one.forward()
    page.locator("#field-unit_statement").fill("情况属实。")
    one.sign()
    one.forward()
    expect(page.locator("#review")).to_contain_text("三名考生没有带证件")
    one.save()
    expect(one.count("queue")).to_have_text("1")
    assert spot_checks(site, inspection) == []
    one.network(on=True)
    expect(one.count("sent")).to_have_text("1")
    expect(one.count("queue")).to_have_text("0")
    (seen,) = spot_checks(site, inspection)
    expect(page.locator("#sent")).to_contain_text(f"入账位置 {seen['position']}")
    assert seen["offline"] is True
    assert seen["place"] | {"address": None} == {
        "name": None,
        "address": None,
        "division": None,
        "lon": 116.461,
        "lat": 39.921,
        "datum": "WGS-84",
        "accuracy_m": 12,
    }
    assert seen["checklist"][2]["note"] == "三名考生没有带证件"
    digests = {each["file_name"]: each["sha256"] for each in seen["evidence"]}
    first, second = (hashlib.sha256(octets).hexdigest() for octets in (PICTURE, PICTURE + b"!"))
    assert digests[f"{QUESTIONS[2].item} · {first[:12]}.png"] == first
    assert digests[f"{second[:12]}.png"] == second
    assert "signature.png" in digests
    for sha256 in digests.values():
        stored = httpx2.get(
            f"{site.base}/v1/evidence/{sha256}",
            headers=site.headers(SUPERVISOR),
            timeout=30,
        )
        assert hashlib.sha256(stored.content).hexdigest() == sha256
    assert one.kept("pictures") == []


def test_a_list_that_is_not_complete_says_so(phone: Phones, site: Site):
    actor, told = inspector(1), {"zh": "清单太长", "en": "list is too long"}
    code, _ = dispatched(site, actor)
    both = {language: phone(language=language) for language in told}
    for one in both.values():
        page = one.start(actor)
        expect(page.locator("#today .visit")).to_have_count(1)
        expect(page.locator("#incomplete")).to_be_hidden()
    for n in range(MOST_DISPATCHES):
        sent = lines.line(
            "InspectionDispatched",
            "2025-04-02",
            as_json(actor),
            inspection_id=f"ins-{code}-{n}",
            kind="日常监督检查",
            district="110105",
            uscc=code,
            inspectors=[{"account": actor.account, "name": "督导1"}],
        )
        site.record(sent)
    for language, one in both.items():
        one.page.locator("#renew").click()
        expect(one.page.locator("#today .visit")).to_have_count(MOST_DISPATCHES)
        expect(one.page.locator("#incomplete")).to_contain_text(told[language])
        assert one.violations() == []
        assert not one.wide()


def test_a_list_that_is_drawn_anew_under_a_finger_loses_no_press(phone: Phones, site: Site):
    actor = inspector(61)
    code, _ = dispatched(site, actor)
    page = phone().start(actor)
    button = page.locator("#today .visit", has_text=code[-6:]).locator("button")
    box = button.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 10)
    page.mouse.down()
    # The list comes anew while the finger is down, as it does when another tab or the server has news.
    page.evaluate("""() => {
        document.getElementById("storage").textContent = "";
        dispatchEvent(new Event("online"));
    }""")
    expect(page.locator("#storage")).not_to_be_empty()
    page.mouse.up()
    expect(page.locator("#capture")).to_be_visible()


def test_sending_again_is_harmless_and_gives_the_same_receipt(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, inspection = dispatched(site, actor)
    page = one.start(actor)
    one.record(code)
    expect(one.count("sent")).to_have_text("1")
    page.get_by_role("button", name="再次核对").click()
    expect(page.locator("#sent")).to_contain_text("没有重复入账")
    assert len(spot_checks(site, inspection)) == 1


def test_an_answer_that_was_lost_does_not_make_a_second_entry(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, inspection = dispatched(site, actor)
    page = one.start(actor)
    one.network(on=False)
    one.record(code)
    (record,) = one.kept()
    headers = {**site.headers(actor), "Idempotency-Key": record["key"]}
    url = f"{site.base}/v1/commands/SpotCheckRecorded"
    sent = {**headers, "Content-Type": "application/json"}
    first = httpx2.post(url, content=record["body"], headers=sent, timeout=30)
    assert first.status_code == 201
    one.network(on=True)
    expect(one.count("sent")).to_have_text("1")
    expect(page.locator("#sent")).to_contain_text(f"入账位置 {first.json()['position']}")
    assert len(spot_checks(site, inspection)) == 1


def test_the_key_of_another_body_stays_with_its_reason(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, inspection = dispatched(site, actor)
    page = one.start(actor)
    one.network(on=False)
    one.record(code)
    (record,) = one.kept()
    other = {**json.loads(record["body"]), "unit_statement": "另一份"}
    headers = {**site.headers(actor), "Idempotency-Key": record["key"]}
    url = f"{site.base}/v1/commands/SpotCheckRecorded"
    assert httpx2.post(url, json=other, headers=headers, timeout=30).status_code == 201
    one.network(on=True)
    expect(page.locator("#queue .refusal")).to_contain_text("422")
    expect(one.count("queue")).to_have_text("1")
    assert len(spot_checks(site, inspection)) == 1


def test_a_refused_record_is_corrected_under_a_key_of_its_own_and_kept(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, _ = dispatched(site, actor)
    unknown = lines.uscc("110105")
    page = one.start(actor)
    page.get_by_text("没有派出单的检查").click()
    page.locator("#elsewhere").click()
    page.locator("#field-uscc").fill(unknown)
    one.forward()
    page.locator("#field-inspector-0-name").fill("督导1")
    one.forward()
    one.answer()
    one.forward()
    one.forward()
    one.locate()
    one.forward()
    one.refuse()
    one.forward()
    expect(page.locator("#doubts")).to_contain_text("少于 2 名")
    one.save()
    expect(page.locator("#queue .refusal")).to_contain_text("不存在，或不由本区主管")
    page.get_by_role("button", name="修改").click()
    page.locator("#field-uscc").fill(code)
    for _ in range(6):
        one.forward()
    one.save()
    expect(one.count("sent")).to_have_text("1")
    expect(page.locator("#queue")).to_contain_text("本条留存备查")
    refused, corrected = sorted(one.kept(), key=lambda each: each["sequence"])
    assert (refused["state"], corrected["state"]) == ("refused", "sent")
    assert refused["key"] != corrected["key"]
    assert corrected["replaces"] == refused["key"]
    assert _sealed(corrected)["previous"] == refused["sealed_sha256"]


def test_each_record_holds_the_digest_of_the_one_before_it(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    codes = [dispatched(site, actor)[0] for _ in range(2)]
    page = one.start(actor)
    one.network(on=False)
    for code in codes:
        one.record(code)
    first, second = sorted(one.kept(), key=lambda each: each["sequence"])
    assert _sealed(first)["previous"] is None
    assert first["sealed_sha256"] == hashlib.sha256(first["sealed"].encode()).hexdigest()
    assert _sealed(second)["previous"] == first["sealed_sha256"]
    assert _sealed(first)["device_id"] == _sealed(second)["device_id"]
    own = json.loads(second["body"])["evidence"][-1]
    assert own["sha256"] == second["sealed_sha256"]
    assert own["media_type"] == "application/json"
    # There is nowhere to send them to, which is said; and no visit is recorded a second time unasked.
    page.get_by_role("button", name="立即上传").click()
    expect(page.locator("#told")).to_contain_text("现在没有网络")
    page.locator("#today .visit", has_text=codes[0][-6:]).locator("button").click()
    expect(page.locator("#question")).to_contain_text("已有这次督导的记录")
    page.locator("#question").get_by_role("button", name="取消").click()
    expect(page.locator("#home")).to_be_visible()
    assert len(one.kept()) == 2


def test_what_is_kept_for_one_account_another_neither_sees_nor_sends(phone: Phones, site: Site):
    one, owner, other = phone(), inspector(1), inspector(2)
    code, inspection = dispatched(site, owner)
    page = one.start(owner)
    one.network(on=False)
    one.record(code)
    one.sign_in(other)
    # Until it hears of the other one, this page may send for its owner, by the credential of the device.
    page.route("**/v1/evidence/*", lambda route: route.abort())
    one.network(on=True)
    # The other one signs in and opens the page in a tab of their own; whoever comes back to this one is they.
    second = one.context.new_page()
    second.goto(f"{one.base}/field")
    expect(second.locator("#state")).to_contain_text(other.account)
    second.close()
    page.unroute("**/v1/evidence/*")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#state")).to_contain_text(other.account)
    page.reload()
    expect(page.locator("#state")).to_contain_text(other.account)
    expect(page.locator("#others")).to_contain_text(owner.account)
    expect(one.count("queue")).to_have_text("0")
    page.get_by_role("button", name="立即上传").click()
    assert spot_checks(site, inspection) == []
    one.sign_in(owner)
    page.reload()
    expect(one.count("sent")).to_have_text("1")
    assert len(spot_checks(site, inspection)) == 1


NO_WORD_OF_OURS = [
    (status, "<p>Welcome</p>", "text/html", "不是来自督导系统")
    for status in (200, 403, 404, 413, 422)
]
NOT_NOW = [
    (503, "unauthenticated", "服务器暂不可用"),
    (409, "conflict", "稍后自动重试"),
    (401, "unauthenticated", "登录已失效"),
]


def test_whatever_is_no_refusal_of_ours_leaves_the_record_waiting(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, inspection = dispatched(site, actor)
    page = one.start(actor)
    answers = [
        *NO_WORD_OF_OURS,
        *(
            (status, json.dumps({"type": f"urn:dudao:problem:{kind}", "detail": "x"}), OURS, said)
            for status, kind, said in NOT_NOW
        ),
    ]
    given = iter(answers)
    page.route("**/v1/commands/*", lambda route: fulfil(route, *next(given)[:3]))
    one.record(code)
    for tries, (*_, said) in enumerate(answers, 1):
        if tries > 1:
            page.get_by_role("button", name="立即上传").click()
        waiting = page.locator("#queue")
        expect(waiting).to_contain_text(said)
        _tried(one, tries)
        (record,) = one.kept()
        assert record["state"] == "ready"
    page.unroute_all()
    page.get_by_role("button", name="立即上传").click()
    expect(one.count("sent")).to_have_text("1")
    assert len(spot_checks(site, inspection)) == 1


def _tried(one: Phone, tries: int) -> None:
    """Wait until the phone has tried so often."""
    for _ in range(200):
        if one.kept()[0]["tries"] >= tries:
            break
        one.page.wait_for_timeout(25)
    assert one.kept()[0]["tries"] == tries


def test_what_is_no_picture_is_not_taken_whatever_its_name_says(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, _ = dispatched(site, actor)
    page = one.start(actor)
    one.begin(code)
    one.forward()
    one.forward()
    one.answer()
    one.forward()
    film: Json = {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": b"<svg/>"}
    page.locator("#photo-general").set_input_files([film])
    expect(page.locator("[data-left=general]")).to_contain_text("IMG_1.jpg")
    expect(page.locator("ul[data-photos=general] li")).to_have_count(0)
    # Named as a JPEG, the bytes are PNG: they are sent as what they are.
    one.photograph("general", "IMG_2.jpg")
    assert [each["media_type"] for each in one.kept("pictures")] == ["image/png"]


def test_a_signature_that_was_taken_back_does_not_go_along(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, inspection = dispatched(site, actor)
    one.start(actor)
    one.begin(code)
    one.forward()
    one.forward()
    one.answer()
    one.forward()
    one.forward()
    one.locate()
    one.forward()
    one.sign()
    one.refuse()
    one.forward()
    one.save()
    expect(one.count("sent")).to_have_text("1")
    (seen,) = spot_checks(site, inspection)
    assert [each["media_type"] for each in seen["evidence"]] == ["application/json"]
    assert seen["signature_refused"] is True


def test_a_check_of_before_a_suspension_may_arrive_after_it(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, inspection = dispatched(site, actor, listed=True)
    one.start(actor)
    one.network(on=False)
    one.record(code)
    (record,) = one.kept()
    day = json.loads(record["body"])["valid_from"]
    basis = {"uscc": code, "basis": "督导发现"}
    site.record(lines.line("ListingSuspended", day, lines.BUREAU, **basis))
    one.network(on=True)
    expect(one.count("sent")).to_have_text("1")
    (seen,) = spot_checks(site, inspection)
    assert seen["seen_on"] == day


def test_two_phones_record_the_same_visit(phone: Phones, site: Site):
    team = inspector(1), inspector(2)
    code, inspection = dispatched(site, *team)
    both = [phone(), phone()]
    for one, actor in zip(both, team, strict=True):
        one.start(actor)
        one.network(on=False)
        one.record(code)
    for one in both:
        one.network(on=True)
        expect(one.count("sent")).to_have_text("1")
    devices = {each["device_id"] for each in spot_checks(site, inspection)}
    assert len(devices) == 2


def test_a_draft_outlives_the_page_and_may_be_deleted(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, _ = dispatched(site, actor)
    page = one.start(actor)
    one.begin(code)
    one.forward()
    one.forward()
    one.answer(no=0)
    one.photograph(KEYS[0])
    page.reload()
    expect(one.count("drafts")).to_have_text("1")
    expect(page.locator("#today")).to_contain_text("本机有草稿")
    page.get_by_role("button", name="继续填写").click()
    expect(page.locator("[data-step=checklist]")).to_be_visible()
    expect(page.locator(f"#field-note-{KEYS[0]}")).to_be_visible()
    expect(page.locator(f"#field-note-{KEYS[0]}")).to_have_value("三名考生没有带证件")
    expect(page.locator(f"ul[data-photos='{KEYS[0]}'] li")).to_have_count(1)
    page.go_back()
    expect(page.locator("#told")).to_contain_text("已存为草稿")
    page.get_by_role("button", name="删除").click()
    page.locator("#question").get_by_role("button", name="取消").click()
    expect(one.count("drafts")).to_have_text("1")
    page.get_by_role("button", name="删除").click()
    page.locator("#question").get_by_role("button", name="确定").click()
    expect(one.count("drafts")).to_have_text("0")
    assert one.kept("pictures") == []


def test_a_step_with_a_gap_says_what_is_missing_and_takes_the_focus(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, _ = dispatched(site, actor)
    page = one.start(actor)
    one.begin(code)
    page.locator("#field-day").fill("2999-01-01")
    one.forward()
    expect(page.locator("#faults")).to_be_focused()
    page.locator("#faults a").click()
    expect(page.locator("#field-day")).to_be_focused()
    expect(page.locator("#field-day")).to_have_attribute("aria-invalid", "true")
    page.locator("#field-day").fill("2025-04-02")
    expect(page.locator("#faults")).to_be_hidden()
    one.forward()
    expect(page.locator("[data-step=people]")).to_be_visible()


def test_without_a_position_the_reason_is_recorded(phone: Phones, site: Site):
    one, actor = phone(located=False), inspector(1)
    code, inspection = dispatched(site, actor)
    page = one.start(actor)
    one.begin(code)
    one.forward()
    one.forward()
    one.answer()
    one.forward()
    one.forward()
    expect(page.locator("#located")).to_contain_text("设备未允许定位")
    page.locator("#field-place_missing").fill("")
    one.forward()
    expect(page.locator("#faults")).to_contain_text("没有定位的原因")
    page.locator("[data-locate]").click()
    expect(page.locator("#field-place_missing")).to_have_value("设备未允许定位")
    page.locator("#field-address").fill("地下车间")
    one.forward()
    one.refuse()
    one.forward()
    one.save()
    expect(one.count("sent")).to_have_text("1")
    (seen,) = spot_checks(site, inspection)
    assert seen["place"]["address"] == "地下车间"
    assert seen["place"]["lon"] is None
    notes = {each["item"]: each["note"] for each in seen["checklist"] if each["note"]}
    assert notes == {"现场定位": "设备未允许定位", "被检查单位签字": "负责人不在场,保安在场"}


def test_what_was_taken_away_is_imported_and_not_recorded_again_by_the_phone(
    phone: Phones, site: Site, shown: Installation, tmp_path: Path
):
    one, actor = phone(), inspector(1)
    code, inspection = dispatched(site, actor)
    page = one.start(actor)
    one.network(on=False)
    one.begin(code)
    one.forward()
    one.forward()
    one.answer(no=1)
    one.photograph(KEYS[1])
    for _ in range(2):
        one.forward()
    one.locate()
    one.forward()
    one.refuse()
    one.forward()
    one.save()
    page.get_by_text("导出未上传记录").click()
    saved: list[Download] = []

    def keep(download: Download) -> None:
        saved.append(download)

    page.on("download", keep)
    page.locator("#take-away").click()
    expect(page.locator("#told")).to_contain_text("已导出 1 条记录、2 个附件")
    page.wait_for_timeout(200)
    files = {each.suggested_filename: Path(each.path()) for each in saved}
    (commands,) = (name for name in files if name.endswith(".ndjson"))
    (photo,) = (name for name in files if name.endswith("IMG_1.png"))
    assert code[-6:] in photo
    assert files[photo].read_bytes() == PICTURE
    copy = tmp_path / commands
    copy.write_bytes(files[commands].read_bytes())
    for taken, known in ((1, 0), (0, 1)):
        importer = shown.bench.importer(None, lambda _done, _all: None)
        report = importer.take(copy, Rejects(tmp_path / "reject.ndjson"))
        assert (report.taken, report.known, report.refused) == (taken, known, 0)
    shown.wait_for(shown.log.head().position)
    (seen,) = spot_checks(site, inspection)
    one.network(on=True)
    expect(one.count("sent")).to_have_text("1")
    expect(page.locator("#sent")).to_contain_text(f"入账位置 {seen['position']}")
    assert len(spot_checks(site, inspection)) == 1


def test_the_worker_keeps_this_page_and_its_files_and_clears_older_versions(
    phone: Phones, site: Site
):
    one, actor = phone(), inspector(1)
    one.sign_in(actor)
    page = one.open("/roster")
    page.evaluate(
        "caches.open('dudao-field-older').then((c) => c.put('/field', new Response('old')))"
    )
    one.start(actor)
    one.open("/roster")
    script = """async () => {
        const found = {};
        for (const name of await caches.keys()) {
            const kept = await (await caches.open(name)).keys();
            found[name] = kept.map((request) => new URL(request.url).pathname);
        }
        return found;
    }"""
    (addresses,) = page.evaluate(script).values()
    outside = [each for each in addresses if not each.startswith("/static/")]
    assert outside == ["/field"]


def test_signing_out_warns_takes_the_list_and_leaves_the_records(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, _ = dispatched(site, actor)
    page = one.start(actor)
    one.begin(code)
    page.reload()
    expect(one.count("drafts")).to_have_text("1")
    one.open("/roster")
    leave = page.get_by_role("button", name="退出", exact=True)
    leave.click()
    expect(page.locator("#leaving [data-count]")).to_have_text("1")
    page.locator("[data-stay]").click()
    assert {each["name"] for each in one.kept("facts")} >= {"session", "list"}
    leave.click()
    with page.expect_navigation():
        page.locator("[data-leave]").click()
    assert page.url.startswith(f"{one.base}/sign-in")
    page.goto(f"{one.base}/static/000000000000/icon.svg")
    assert {each["name"] for each in one.kept("facts")} & {"session", "list"} == set()
    assert [each["state"] for each in one.kept()] == ["draft"]
    one.network(on=False)
    page.goto(f"{one.base}/field")
    expect(page.locator("#sign-in")).to_be_visible()
    expect(page.locator("#capturing")).to_be_hidden()
    expect(page.locator("#others")).to_contain_text(actor.account)


def test_a_browser_without_a_worker_is_told_to_be_left(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    one.page.add_init_script("delete Navigator.prototype.serviceWorker")
    one.sign_in(actor)
    page = one.open("/field")
    expect(page.locator("#no-worker")).to_contain_text("请用系统浏览器打开")
    expect(page.locator("#capturing")).to_be_visible()


def test_inside_wechat_the_page_asks_for_another_browser_unless_its_store_is_kept(
    phone: Phones, site: Site
):
    actor = inspector(1)
    for kept in (False, True):
        one = phone()
        one.page.add_init_script(
            f"""
            const agent = navigator.userAgent + " MicroMessenger/8.0.49";
            Object.defineProperty(Navigator.prototype, "userAgent", {{get: () => agent}});
            StorageManager.prototype.persisted = async () => {json.dumps(kept)};
            """
        )
        page = one.start(actor)
        expect(page.locator("#storage")).to_contain_text("已承诺" if kept else "未承诺")
        told = page.locator("#no-worker")
        if kept:
            expect(told).to_be_hidden()
        else:
            expect(told).to_contain_text("请用系统浏览器打开")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_step_is_accessible_and_fits_the_phone(phone: Phones, site: Site, language: str):
    one, actor = phone(language), inspector(1)
    code, _ = dispatched(site, actor, inspector(2))
    page = one.start(actor)
    seen = {"home": one.violations()}
    one.begin(code)
    page.locator("#known summary").click()
    for step in ("visit", "people", "checklist", "photos", "place", "statement"):
        if step == "checklist":
            one.forward()
            # The summary takes the focus, and the page scrolls to it: only then is it as it stays.
            expect(page.locator("#faults")).to_be_focused()
            seen["faults"] = one.violations()
            one.answer(no=1)
            one.photograph(KEYS[1])
        elif step == "place":
            one.locate()
        elif step == "statement":
            one.sign()
        seen[step] = one.violations()
        assert not one.wide(), step
        expect(page.locator("h1:visible")).to_have_count(1)
        one.forward()
    seen["review"] = one.violations()
    expect(page.locator("h1:visible")).to_have_count(1)
    one.save()
    expect(one.count("sent")).to_have_text("1")
    seen["sent"] = one.violations()
    assert not one.wide()
    assert {step: found for step, found in seen.items() if found} == {}


BROKEN = """() => {
    const broken = [], texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        for (const word of text.data.matchAll(/[A-Za-z]{2,}/g)) {
            const range = document.createRange();
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            if (new Set([...range.getClientRects()].map(({top}) => top)).size > 1) broken.push(word[0]);
        }
    }
    return broken;
}"""
"""Words of which a part stands on the next line."""


def test_large_print_in_english_fits_the_narrowest_phone_without_breaking_a_word(
    phone: Phones, site: Site
):
    one, actor = phone("en"), inspector(1)
    code, _ = dispatched(site, actor)
    page = one.start(actor)
    one.context.add_cookies([{"name": LARGE_COOKIE, "value": "1", "url": one.base}])
    page.set_viewport_size({"width": 360, "height": 740})
    page.reload()
    expect(page.locator("#ready")).to_be_visible()
    seen = {"home": (one.wide(), page.evaluate(BROKEN))}
    one.begin(code)
    for step in ("visit", "people", "checklist", "photos", "place", "statement"):
        if step == "checklist":
            one.answer(no=1)
            one.photograph(KEYS[1])
        elif step == "place":
            one.locate()
        elif step == "statement":
            one.sign()
        seen[step] = (one.wide(), page.evaluate(BROKEN))
        one.forward()
    seen["review"] = (one.wide(), page.evaluate(BROKEN))
    assert {step: said for step, said in seen.items() if said != (False, [])} == {}


def test_the_phone_and_the_form_without_a_script_record_the_same(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    page = one.start(actor)
    fields = {
        "inspection_id": " ins-1 ",
        "uscc": "91110105ma0ex0376e",
        "district": "110105",
        "kind": "现场督导",
        "inspector-0-account": "a-1",
        "inspector-0-name": "甲",
        "inspector-0-recusal": "false",
        "inspector-2-account": "a-2",
        "inspector-2-name": "乙",
        "inspector-2-card_no": "R11260001",
        "lon": "116.46",
        "lat": "",
        "address": "车间",
        "place_missing": "没有信号",
        "unit_statement": "",
        "signature": "refused",
        "refusal_reason": "拒绝",
        "captured_at": "2025-04-02T01:30:00Z",
        **{f"answer-{key}": "是" for key in KEYS},
        f"answer-{KEYS[3]}": "否",
        f"note-{KEYS[3]}": " 没有核验 ",
        f"due-{KEYS[3]}": "2025-05-01",
        f"due-{KEYS[4]}": "2025-05-01",
    }
    script = """async ([address, fields]) => {
        const { eventOf } = await import(address);
        const form = document.getElementById("record");
        const list = {
            questions: [...form.querySelectorAll("[data-question]")].map(
                ({dataset}) => ({key: dataset.question, item: dataset.item})),
            scale: form.dataset.scale, no: form.dataset.no,
            raising: form.dataset.raising, locating: form.dataset.locating, signing: form.dataset.signing,
            located: form.dataset.located.split("|"), signed: form.dataset.signed.split("|"),
        };
        const around = {device_id: "workbench", offline: false, captured_at: fields.captured_at};
        return eventOf(fields, [], list, around);
    }"""
    module = static("field/record.js")
    for changed in ({}, {"lat": "39.92", "datum": "CGCS2000", "accuracy_m": "8"}):
        given = {**fields, **changed}
        assert page.evaluate(script, [module, given]) == event_of(given)
    asked = """async ([address, venues]) => {
        const { doubts } = await import(address);
        const known = {venues, far: 1500, few: 3};
        return doubts({lon: "116.46", lat: "39.92"}, [], {questions: []}, {...known, today: "2025-04-02"});
    }"""
    doubt = """async ([address, values]) => {
        const { doubts } = await import(address);
        return doubts(values, [], {questions: []}, {today: "2025-04-02"});
    }"""
    for values, told in (
        ({"accuracy_m": "51"}, ["doubt-accuracy", "51"]),
        ({"day": "2025-03-30"}, ["doubt-day", "2025-03-30"]),
    ):
        assert told in page.evaluate(doubt, [module, values])
    beyond = page.evaluate(doubt, [module, {"accuracy_m": "50", "day": "2025-03-31"}])
    assert not {"doubt-accuracy", "doubt-day"} & {each[0] for each in beyond}
    # Of how many inspectors and from how far away it asks is what the rules say.
    far, farther, near = [116.46, 39.94, "东厂"], [116.46, 39.99, "西厂"], [116.46, 39.9325, "南厂"]
    for venues, told in (
        ([farther, far], [["doubt-far", "2.2", "东厂"]]),
        ([farther, far, near], []),
        ([], [["doubt-no-venue"]]),
    ):
        said = page.evaluate(asked, [module, venues])
        assert ["doubt-alone", 3] in said
        assert [each for each in said if each[0] in {"doubt-far", "doubt-no-venue"}] == told


def test_a_draft_goes_on_on_another_phone_with_its_photos(
    phone: Phones, site: Site, tmp_path: Path
):
    one, other, actor = phone(), phone(), inspector(1)
    code, inspection = dispatched(site, actor)
    page = one.start(actor)
    one.begin(code)
    one.forward()
    one.forward()
    one.answer(no=1)
    one.photograph(KEYS[1])
    one.leave()
    page.get_by_text("导出未上传记录").click()
    with page.expect_download() as download:
        page.locator("#take-away").click()
    assert download.value.suggested_filename.endswith(".dudao")
    copy = tmp_path / download.value.suggested_filename
    download.value.save_as(copy)
    fresh = other.start(actor)
    fresh.get_by_text("导入另一台手机导出的记录").click()
    for taken in (1, 0):
        fresh.locator("#take-in").set_input_files(copy)
        expect(fresh.locator("#told")).to_contain_text(f"已导入 {taken} 条")
    assert other.kept() == one.kept()
    (saved,), (taken_in,) = one.kept("pictures"), other.kept("pictures")
    assert taken_in.items() >= saved.items()
    fresh.get_by_role("button", name="继续填写").click()
    expect(fresh.locator(f"ul[data-photos='{KEYS[1]}'] li")).to_have_count(1)
    for _ in range(4):
        other.forward()
    other.locate()
    other.forward()
    other.refuse()
    other.forward()
    other.save()
    expect(other.count("sent")).to_have_text("1")
    (seen,) = spot_checks(site, inspection)
    assert hashlib.sha256(PICTURE).hexdigest() in {each["sha256"] for each in seen["evidence"]}


def test_a_file_that_is_no_takeaway_or_of_somebody_else_brings_nothing(
    phone: Phones, site: Site, tmp_path: Path
):
    one, other, actor = phone(), phone(), inspector(1)
    code, _ = dispatched(site, actor)
    page = one.start(actor)
    one.begin(code)
    one.leave()
    page.get_by_text("导出未上传记录").click()
    with page.expect_download() as download:
        page.locator("#take-away").click()
    copy = tmp_path / "one.dudao"
    download.value.save_as(copy)
    (tmp_path / "two.dudao").write_bytes(b"no such file")
    fresh = other.start(inspector(2))
    fresh.get_by_text("导入另一台手机导出的记录").click()
    for name in ("one.dudao", "two.dudao"):
        fresh.locator("#take-in").set_input_files(tmp_path / name)
        expect(fresh.locator("#told")).to_contain_text("已导入 0 条")
        fresh.locator("#told").evaluate("each => { each.textContent = ''; }")
    assert other.kept() == []


def test_a_finding_is_asked_for_on_the_spot_with_its_deadline(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    code, inspection = dispatched(site, actor)
    page = one.start(actor)
    one.begin(code)
    one.forward()
    one.forward()
    one.answer(no=2)
    due = page.locator(f"#field-due-{KEYS[2]}")
    due.fill("2020-01-01")
    one.forward()
    expect(page.locator("#faults")).to_contain_text("不早于检查之日")
    due.fill("2099-06-30")
    for _ in range(3):
        one.forward()
    one.refuse()
    one.forward()
    one.save()
    expect(one.count("sent")).to_have_text("1")
    # It waits at the desk until somebody raises it, and leads to the form.
    waits = site.get("/todo", actor).text
    assert f"/findings/new?uscc={code}&amp;inspection_id={inspection}" in waits
    assert "2099-06-30" in waits
    page.goto(f"{site.base}/inspections/{inspection}")
    row = page.get_by_role("row", name="2099-06-30")
    expect(row).to_contain_text(QUESTIONS[2].item)
    row.get_by_role("link", name="提出问题").click()
    expect(page.locator("#field-uscc")).to_have_value(code)
    expect(page.locator("#field-statement")).to_have_value("三名考生没有带证件")
    page.get_by_role("button", name="提出", exact=True).click()
    expect(page.locator("[name=due_on]")).to_have_value("2099-06-30")
    assert inspection not in site.get("/todo", actor).text


def test_who_was_sent_before_is_known_without_being_asked(phone: Phones, site: Site):
    one, actor = phone(), inspector(1)
    dispatched(site, actor)
    page = one.start(actor)
    page.get_by_text("没有派出单的检查").click()
    page.locator("#elsewhere").click()
    expect(page.locator("#field-inspector-0-name")).to_have_value("督导1")
    expect(page.locator("#field-inspector-0-card_no")).to_have_value("R11260001")
