"""现场: the list that a phone takes along, what lets it open without a network, the form without a script."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api.web.field.checklist import QUESTIONS, SCALE
from api.web.frame.static import static
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from tests.api import lines
from tests.api.web.field.phone import KEYS, PICTURE, as_json, dispatched, inspector
from tests.api.web.site import ANALYST, DESK, OFFICER, PHONE, SUPERVISOR, Opener, Site, follow

pytestmark = pytest.mark.postgres

REPORTER = Actor(
    account="reporter-1", role=Role.ENTERPRISE_REPORTER, organisation="91110000710939135P"
)


def _list(site: Site, actor: Actor | None) -> httpx2.Response:
    return httpx2.get(f"{site.base}/v1/field/list", headers=site.headers(actor), timeout=30)


def test_the_list_holds_dispatches_to_the_caller_until_there_is_a_record(site: Site):
    one, other = inspector(1), inspector(2)
    code, inspection = dispatched(site, one, other, listed=True)
    for actor in (one, other):
        found = _list(site, actor).json()["inspections"]
        assert [each["inspection_id"] for each in found] == [inspection]
        assert found[0]["enterprise"]["uscc"] == code
        assert found[0]["enterprise"]["scope"][0]["levels"] == ["4"]
    assert _list(site, inspector(3)).json()["inspections"] == []
    site.record(_spot_check(one, code, inspection))
    assert _list(site, one).json()["inspections"] == []


def _spot_check(actor: Actor, code: str, inspection: str, **changes: Any) -> dict[str, Any]:
    data = {
        "inspection_id": inspection,
        "uscc": code,
        "district": "110105",
        "kind": "日常监督检查",
        "inspectors": [{"account": actor.account, "name": "督导1"}],
        "captured_at": "2025-04-02T09:30:00+08:00",
        "device_id": "d-1",
        "offline": False,
        "checklist": [],
        "evidence": [],
        "signature_refused": False,
        **changes,
    }
    return lines.line("SpotCheckRecorded", "2025-04-02", as_json(actor), **data)


def test_the_list_says_in_short_what_is_known_at_the_door(site: Site):
    one = inspector(1)
    code, _ = dispatched(site, one, listed=True)
    day = _list(site, one).json()["basis"]["valid_at"]
    hall = {"name": "实训楼", "lon": 116.46, "lat": 39.92, "datum": "WGS-84"}
    site.record(lines.session(code, level="3", day=day, venue=hall))
    again = lines.submitted(code, [{**lines.ELECTRICIAN, "levels": ["4"]}])
    premises = [{"address": "朝阳区", "lon": 116.4062, "lat": 39.9101, "datum": "GCJ-02"}]
    again["data"] |= {"application_id": f"app2-{code}", "premises": premises}
    site.record(again)
    finding = {
        "finding_id": f"fd-{code}",
        "uscc": code,
        "kind": "超范围",
        "severity": "major",
        "rule": "S2",
        "statement": "超出确认等级",
        "assessments": [],
        "certificates": [],
        "flags": [],
    }
    site.record(lines.line("FindingRaised", day, as_json(one), **finding))
    found = _list(site, one).json()["inspections"][0]
    assert [each["level"] for each in found["sessions"]] == ["3"]
    assert [each["statement"] for each in found["findings"]] == ["超出确认等级"]
    assert "S2" in {each["code"] for each in found["flags"]["items"]}
    assert found["flags"]["count"] >= len(found["flags"]["items"])
    # Where the enterprise is known to be, as a phone measures: WGS-84, whatever the paper's datum was.
    taken = site.get("/field/today", one).json()["inspections"][0]["venues"]
    assert [name for *_, name in taken] == ["申报场地", "实训楼"]
    (lon, lat, _), hall_taken = taken
    assert (round(lon, 3), round(lat, 3)) == (116.4, 39.909)
    assert hall_taken == [116.46, 39.92, "实训楼"]


def test_an_inspector_takes_along_the_enterprises_of_their_own_district_alone(site: Site):
    here, _ = dispatched(site, inspector(1), listed=True)
    there, _ = dispatched(site, inspector(1, "110108"), where="110108", listed=True)
    for where, own, foreign in (("110105", here, there), ("110108", there, here)):
        listed = _list(site, inspector(2, where)).json()["enterprises"]
        assert {each["district"] for each in listed} == {where}
        assert own in {each["uscc"] for each in listed}
        assert foreign not in {each["uscc"] for each in listed}
    everywhere = _list(site, SUPERVISOR).json()["enterprises"]
    assert {here, there} <= {each["uscc"] for each in everywhere}


@pytest.mark.parametrize(
    ("actor", "status"),
    [(None, 401), (ANALYST, 403), (REPORTER, 403), (OFFICER, 200), (SUPERVISOR, 200)],
)
def test_only_who_may_record_a_spot_check_gets_list_and_page(
    site: Site, actor: Actor | None, status: int
):
    assert _list(site, actor).status_code == status
    page = site.get("/field", actor)
    assert page.status_code == (303 if actor is None else status)


def test_the_kept_page_holds_nothing_of_its_reader(site: Site):
    one, other = inspector(1), inspector(2, "110108")
    assert site.get("/field", one).text == site.get("/field", other).text


def test_the_worker_has_the_whole_site_and_a_policy_of_its_own(site: Site):
    worker = site.get("/sw.js")
    assert worker.headers["service-worker-allowed"] == "/"
    assert worker.headers["content-type"].startswith("text/javascript")
    assert "connect-src 'self'" in worker.headers["content-security-policy"]
    assert worker.headers["cache-control"] == "no-cache"


def test_worker_and_page_are_of_one_version_and_its_files_are_there(site: Site):
    worker, page = site.get("/sw.js").text, site.get("/field", inspector(1))
    assert f'const VERSION = "{page.headers["dudao-field"]}"' in worker
    kept = re.findall(r'"(/static/[^"]+)"', worker)
    used = set(re.findall(r'"(/static/[^"]+\.(?:js|css))"', page.text))
    assert used <= set(kept)
    for address in kept:
        answer = site.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]


def test_modules_name_only_neighbours_that_are_kept(site: Site):
    kept = re.findall(r'"(/static/[^"]+\.js)"', site.get("/sw.js").text)
    named: set[str] = set()
    for address in kept:
        folder = address.rpartition("/")[0]
        found = re.findall(r'from *"\./([^"]+)"', site.get(address).text)
        named |= {f"{folder}/{name}" for name in found}
    assert named
    assert named <= set(kept)


def test_every_word_that_the_scripts_say_is_on_the_page(site: Site):
    page = site.get("/field", inspector(1)).text
    said = set(json.loads(re.findall(r"data-words='([^']+)'", page)[0]))
    scripts = "".join(
        site.get(address).text
        for address in re.findall(r'"(/static/[^"]+\.js)"', site.get("/sw.js").text)
    )
    asked = set(re.findall(r'\bsay\("([^"]+)"', scripts)) - {"held-", "trouble-"}
    asked |= set(re.findall(r'"((?:doubt|store|photos|photo|place)-[a-z]+)"', scripts)) - {
        "photo-item"
    }
    asked |= set(
        re.findall(r'"([a-z-]+)"', " ".join(re.findall(r"\bsay\([^)]*\?[^)]*\)", scripts)))
    )
    asked |= {f"held-{state}" for state in ("draft", "ready", "refused", "entered", "sent")}
    named = set(re.findall(r'"([a-z-]+)"', scripts))
    asked |= {f"place-error-{code}" for code in (1, 2, 3)}
    named |= {each for each in said if each.startswith(("held-", "trouble-", "place-error-"))}
    assert asked - said == set()
    assert said - named == set(), "said by no script"


def test_the_document_names_tests_that_there_are():
    root = Path(__file__).parents[4]
    named = set(re.findall(r"`(test_\w+)`", (root / "docs/field.md").read_text(encoding="utf-8")))
    written = "".join(
        path.read_text(encoding="utf-8") for path in (root / "tests/api").rglob("test_*.py")
    )
    assert named
    assert named - set(re.findall(r"def (test_\w+)", written)) == set()


def test_fields_have_the_keys_that_they_need_and_photos_two_ways_in(site: Site):
    page = site.get("/field", inspector(1)).text
    keys = dict(re.findall(r'name="([\w.-]+)"[^>]*inputmode="(\w+)"', page))
    assert (
        keys.items()
        >= {
            "day": "numeric",
            "lon": "decimal",
            "lat": "decimal",
            "accuracy_m": "numeric",
            f"due-{KEYS[0]}": "numeric",
        }.items()
    )
    for item in (*KEYS, "general"):
        (camera,) = re.findall(rf'<input[^>]*id="camera-{item}"[^>]*>', page)
        (gallery,) = re.findall(rf'<input[^>]*id="photo-{item}"[^>]*>', page)
        assert ('capture="environment"' in camera, "multiple" in camera) == (True, False)
        assert ("capture" in gallery, "multiple" in gallery) == (False, True)


def test_an_old_address_of_a_file_is_not_kept_for_ever(site: Site):
    assert site.get("/static/000000000000/dudao.css").headers["cache-control"] == "no-cache"


def test_the_manifest_names_icons_that_are_there(site: Site):
    manifest = site.get("/manifest.webmanifest")
    assert manifest.headers["content-type"].startswith("application/manifest+json")
    whole = manifest.json()
    assert whole["start_url"] == "/field"
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in whole["icons"]}
    for icon in whole["icons"]:
        answer = site.get(icon["src"])
        assert answer.headers["content-type"].startswith(icon["type"])
    assert 'rel="manifest"' in site.get("/field", inspector(1)).text


def test_a_record_kept_for_another_account_is_not_taken(site: Site):
    one, other = inspector(1), inspector(2)
    code, inspection = dispatched(site, one, other)
    sent = _spot_check(one, code, inspection)
    body = {**sent["data"], "valid_from": sent["valid_from"]}
    for account, status in ((other.account, 401), (one.account, 201)):
        answer = httpx2.post(
            f"{site.base}/v1/commands/SpotCheckRecorded",
            json=body,
            headers={
                **site.headers(one),
                "Idempotency-Key": f"k-{code}",
                "Dudao-Account": account,
            },
            timeout=30,
        )
        assert answer.status_code == status
    assert len(answer.json()["leaf"]) == 64


def test_two_inspectors_may_record_the_same_visit(site: Site):
    one, other = inspector(1), inspector(2)
    code, inspection = dispatched(site, one, other)
    for actor in (one, other):
        site.record(_spot_check(actor, code, inspection, device_id=actor.account))
    told = httpx2.get(
        f"{site.base}/v1/inspections/{inspection}", headers=site.headers(SUPERVISOR), timeout=30
    ).json()
    assert [each["device_id"] for each in told["spot_checks"]] == [one.account, other.account]


def _fill(page: Any, no: int | None = None) -> None:
    for n, key in enumerate(KEYS):
        page.locator(f"[name=answer-{key}]").nth(1 if n == no else 0).check()
    page.get_by_label("没有定位的原因").fill("联网填写")
    page.locator("[name=signature][value=paper]").check()


def test_a_code_is_checked_on_the_phone_as_on_the_server(reader: Opener, site: Site):
    page = reader(inspector(1)).open("/roster")
    module = static("field/record.js")
    script = """async ([address, codes]) => {
        const { isUscc } = await import(address);
        return codes.map(isUscc);
    }"""
    good = ["91110302562134916R", "91110000710939135P", "911100005858054799", lines.uscc()]
    bad = ["91110302MA222LU88A", "91110000710939135Q", "9111000071093913", "", "9111000071093913IO"]
    assert page.evaluate(script, [module, good + bad]) == [True] * 4 + [False] * 5


def _javascript_off(one: Any, site: Site, actor: Actor) -> Any:
    browser = one.page.context.browser
    context = browser.new_context(
        java_script_enabled=False, locale="zh-CN", extra_http_headers=site.headers(actor)
    )
    return context.new_page()


def test_a_spot_check_is_recorded_without_a_script(reader: Opener, site: Site):
    actor = inspector(1)
    code, inspection = dispatched(site, actor, inspector(2))
    page = _javascript_off(reader(), site, actor)
    page.goto(f"{site.base}/field")
    follow(page.get_by_role("link", name="联网填写检查记录"))
    page.get_by_label("依派出单填写").select_option(inspection)
    follow(page.get_by_role("button", name="取用"))
    assert page.locator("[name=uscc]").input_value() == code
    _fill(page)
    page.get_by_label("被检查单位意见").fill("情况属实。")
    follow(page.get_by_role("button", name="提交记录"))
    assert "/entries/" in page.url
    told = httpx2.get(
        f"{site.base}/v1/inspections/{inspection}", headers=site.headers(SUPERVISOR), timeout=30
    ).json()
    seen = told["spot_checks"][0]
    assert told["stage"] == "recorded"
    assert [each["item"] for each in seen["checklist"]][:-1] == [q.item for q in QUESTIONS]
    assert {each["scale"] for each in seen["checklist"][:-1]} == {SCALE}
    assert seen["checklist"][-1]["note"] == "联网填写"
    assert seen["unit_statement"] == "情况属实。"
    assert len(seen["inspectors"]) == 2
    page.context.close()


def test_photos_go_along_without_a_script_under_the_names_of_the_phone(reader: Opener, site: Site):
    actor = inspector(1)
    _, inspection = dispatched(site, actor)
    page = _javascript_off(reader(), site, actor)
    page.goto(f"{site.base}/field/record?inspection_id={inspection}")
    _fill(page, no=2)
    page.locator(f"#field-note-{KEYS[2]}").fill("没有核验")
    sheet = b"%PDF-1.7 signed"
    for field, name, octets in (
        ("photos", "hall.png", PICTURE),
        (f"photos-{KEYS[2]}", "card.png", PICTURE + b"2"),
        ("photos-signature", "sheet.pdf", sheet),
    ):
        chosen: Any = {"name": name, "mimeType": "text/plain", "buffer": octets}
        page.locator(f"#field-{field}").set_input_files([chosen])
    follow(page.get_by_role("button", name="提交记录"))
    assert "/entries/" in page.url
    told = httpx2.get(
        f"{site.base}/v1/inspections/{inspection}", headers=site.headers(SUPERVISOR), timeout=30
    ).json()
    kept = told["spot_checks"][0]["evidence"]
    sent = (PICTURE, PICTURE + b"2", sheet)
    named = [hashlib.sha256(octets).hexdigest()[:12] for octets in sent]
    assert [(each["file_name"], each["media_type"]) for each in kept] == [
        (f"{named[0]}.png", "image/png"),
        (f"{QUESTIONS[2].item} · {named[1]}.png", "image/png"),
        (f"{named[2]}.pdf", "application/pdf"),
    ]
    for each, octets in zip(kept, sent, strict=True):
        stored = httpx2.get(
            f"{site.base}/v1/evidence/{each['sha256']}", headers=site.headers(actor), timeout=30
        )
        assert stored.content == octets
    page.context.close()


def test_what_is_no_photo_is_said_beside_its_field_and_nothing_is_recorded(
    reader: Opener, site: Site
):
    actor = inspector(1)
    _, inspection = dispatched(site, actor)
    page = _javascript_off(reader(), site, actor)
    page.goto(f"{site.base}/field/record?inspection_id={inspection}")
    _fill(page)
    film: Any = {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": b"<svg/>"}
    page.locator(f"#field-photos-{KEYS[4]}").set_input_files([film])
    follow(page.get_by_role("button", name="提交记录"))
    assert "PDF 或照片" in page.locator(f"#fault-photos-{KEYS[4]}").inner_text()
    assert "请重新选择照片" in page.inner_text("main")
    assert page.locator(f"[name=answer-{KEYS[2]}]").first.is_checked()
    told = httpx2.get(
        f"{site.base}/v1/inspections/{inspection}", headers=site.headers(SUPERVISOR), timeout=30
    ).json()
    assert told["spot_checks"] == []
    page.context.close()


def test_what_is_missing_stands_on_top_and_beside_and_nothing_typed_is_lost(
    reader: Opener, site: Site
):
    actor = inspector(1)
    code, inspection = dispatched(site, actor)
    page = _javascript_off(reader(), site, actor)
    page.goto(f"{site.base}/field/record?inspection_id={inspection}")
    _fill(page, no=2)
    page.locator("[name=lon]").fill("东经")
    page.locator("[name=lat]").fill("39.9")
    follow(page.get_by_role("button", name="提交记录"))
    assert "答“否”须写明情况" in page.get_by_role("alert").inner_text()
    assert page.locator(f"#fault-note-{KEYS[2]}").count() == 1
    page.locator(f"#field-note-{KEYS[2]}").fill("没有核验")
    follow(page.get_by_role("button", name="提交记录"))
    assert page.locator("#fault-lon").count() == 1
    assert page.locator(f"[name=answer-{KEYS[2]}]").nth(1).is_checked()
    assert page.locator("[name=uscc]").input_value() == code
    page.context.close()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_form_is_accessible_and_fits_the_screen(reader: Opener, site: Site, language: str):
    actor = inspector(1)
    _, inspection = dispatched(site, actor)
    one = reader(actor, language=language)
    for width, height in ((DESK["width"], DESK["height"]), (PHONE["width"], PHONE["height"])):
        one.page.set_viewport_size({"width": width, "height": height})
        one.open(f"/field/record?inspection_id={inspection}")
        assert one.violations() == []
        assert not one.wide()


@pytest.mark.parametrize(
    ("left", "said"),
    [
        ("inspector-0-account", "至少填写一名督导人员"),
        ("due", "不早于检查之日"),
        ("uscc", "统一社会信用代码"),
    ],
)
def test_a_form_without_an_inspector_or_a_sound_deadline_comes_back_with_what_was_typed(
    site: Site, left: str, said: str
):
    actor, code = inspector(1), lines.uscc("110105")
    site.record(lines.registered(code, "110105"))
    fields = {
        "uscc": code,
        "district": "110105",
        "kind": "现场督导",
        "day": "2025-04-02",
        "captured_at": "2025-04-02T01:30:00Z",
        "inspector-0-account": actor.account,
        "inspector-0-name": "督导1",
        **{f"answer-{key}": "是" for key in KEYS},
        f"answer-{KEYS[0]}": "否",
        f"note-{KEYS[0]}": "没有录像",
        f"due-{KEYS[0]}": "2025-04-01" if left == "due" else "2025-05-01",
        "place_missing": "联网填写",
        "signature": "paper",
        "unit_statement": "情况属实",
    }
    parts = {n: v for n, v in fields.items() if not n.startswith(left.removesuffix("-account"))}
    sent = fields if left == "due" else parts
    answer = httpx2.post(
        f"{site.base}/field/record", data=sent, headers=site.headers(actor), timeout=30
    )
    assert answer.status_code == 422
    assert said in answer.text
    assert "情况属实" in answer.text
