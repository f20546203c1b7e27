"""现场 on a phone: without a network, back in it, and everything that can go wrong in between."""

import hashlib
import json
import time
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from playwright.sync_api import Browser, expect

from api.field.checklist import QUESTIONS
from api.imports import Rejects
from api.server import address, listen
from api.wiring import Installation
from domain.envelope import Actor
from tests.api import lines
from tests.pages.bridge import Bridge, BridgedSite
from tests.pages.phone import (
    PICTURE,
    Json,
    Phone,
    Phones,
    as_json,
    dispatched,
    inspector,
    phones,
)
from tests.pages.site import SUPERVISOR, Site

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def field_site(shown: Installation) -> Iterator[Site]:
    with listen(shown.settings) as listening:
        running = uvicorn.Server(uvicorn.Config(Bridge(shown), log_level="critical", lifespan="off"))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        while not running.started:
            time.sleep(0.01)
        yield BridgedSite(address(listening), shown.key)
        running.should_exit = True
        thread.join()


@pytest.fixture
def phone(browser: Browser, field_site: Site) -> Iterator[Phones]:
    """Makes phones."""
    with phones(browser, field_site) as maker:
        yield maker


def _spot_checks(site: Site, inspection: str) -> list[Json]:
    answer = httpx2.get(
        f"{site.base}/v1/inspections/{inspection}", headers=site.headers(SUPERVISOR), timeout=30
    )
    found: list[Json] = answer.json()["spot_checks"]
    return found


def _sealed(record: Json) -> Json:
    said: Json = json.loads(record["sealed"])
    return said


def test_a_check_recorded_without_a_network_is_sent_once_when_there_is_one(
    phone: Phones, field_site: Site
):
    one, actor = phone(), inspector(1)
    code, inspection = dispatched(field_site, actor, inspector(2))
    page = one.start(actor)
    one.network(on=False)
    page.reload()
    expect(page.locator("#state")).to_contain_text("当前离线")
    one.begin(code)
    one.forward()
    one.forward()
    one.answer(no=2)
    one.photograph("2")
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
    assert _spot_checks(field_site, inspection) == []
    one.network(on=True)
    expect(one.count("sent")).to_have_text("1")
    expect(one.count("queue")).to_have_text("0")
    (seen,) = _spot_checks(field_site, inspection)
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
    assert digests["考生身份核验 · IMG_1.png" if False else f"{QUESTIONS[2].item} · IMG_1.png"] == (
        hashlib.sha256(PICTURE).hexdigest()
    )
    assert digests["IMG_2.png"] == hashlib.sha256(PICTURE + b"!").hexdigest()
    assert "signature.png" in digests
    assert one.kept("photos") == []


def test_sending_again_is_harmless_and_gives_the_same_receipt(phone: Phones, field_site: Site):
    one, actor = phone(), inspector(1)
    code, inspection = dispatched(field_site, actor)
    page = one.start(actor)
    one.record(code)
    expect(one.count("sent")).to_have_text("1")
    page.get_by_role("button", name="再次核对").click()
    expect(page.locator("#sent")).to_contain_text("没有重复入账")
    assert len(_spot_checks(field_site, inspection)) == 1


def test_an_answer_that_was_lost_does_not_make_a_second_entry(phone: Phones, field_site: Site):
    one, actor = phone(), inspector(1)
    code, inspection = dispatched(field_site, actor)
    page = one.start(actor)
    one.network(on=False)
    one.record(code)
    (record,) = one.kept()
    headers = {**field_site.headers(actor), "Idempotency-Key": record["key"]}
    url = f"{field_site.base}/v1/commands/SpotCheckRecorded"
    sent = {**headers, "Content-Type": "application/json"}
    first = httpx2.post(url, content=record["body"], headers=sent, timeout=30)
    assert first.status_code == 201
    one.network(on=True)
    expect(one.count("sent")).to_have_text("1")
    expect(page.locator("#sent")).to_contain_text(f"入账位置 {first.json()['position']}")
    assert len(_spot_checks(field_site, inspection)) == 1


def test_the_key_of_another_body_stays_with_its_reason(phone: Phones, field_site: Site):
    one, actor = phone(), inspector(1)
    code, inspection = dispatched(field_site, actor)
    page = one.start(actor)
    one.network(on=False)
    one.record(code)
    (record,) = one.kept()
    other = {**json.loads(record["body"]), "unit_statement": "另一份"}
    headers = {**field_site.headers(actor), "Idempotency-Key": record["key"]}
    url = f"{field_site.base}/v1/commands/SpotCheckRecorded"
    assert httpx2.post(url, json=other, headers=headers, timeout=30).status_code == 201
    one.network(on=True)
    expect(page.locator("#queue .refusal")).to_contain_text("422")
    expect(one.count("queue")).to_have_text("1")
    assert len(_spot_checks(field_site, inspection)) == 1


def test_a_refused_record_is_corrected_under_a_key_of_its_own_and_kept(
    phone: Phones, field_site: Site
):
    one, actor = phone(), inspector(1)
    code, _ = dispatched(field_site, actor)
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
    expect(page.locator("#doubts")).to_contain_text("少于两名")
    one.save()
    expect(page.locator("#queue .refusal")).to_contain_text("未登记")
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


def test_each_record_holds_the_digest_of_the_one_before_it(phone: Phones, field_site: Site):
    one, actor = phone(), inspector(1)
    codes = [dispatched(field_site, actor)[0] for _ in range(2)]
    one.start(actor)
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


def test_what_is_kept_for_one_account_another_neither_sees_nor_sends(
    phone: Phones, field_site: Site
):
    one, owner, other = phone(), inspector(1), inspector(2)
    code, inspection = dispatched(field_site, owner)
    page = one.start(owner)
    one.network(on=False)
    one.record(code)
    one.network(on=True)
    one.context.set_offline(True)
    one.sign_in(other)
    one.network(on=True)
    page.reload()
    expect(page.locator("#state")).to_contain_text(other.account)
    expect(page.locator("#others")).to_contain_text(owner.account)
    expect(one.count("queue")).to_have_text("0")
    page.get_by_role("button", name="立即上传").click()
    assert _spot_checks(field_site, inspection) == []
    one.sign_in(owner)
    page.reload()
    expect(one.count("sent")).to_have_text("1")
    assert len(_spot_checks(field_site, inspection)) == 1
