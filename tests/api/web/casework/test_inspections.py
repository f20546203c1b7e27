"""督导 and 双随机: inspectors are sent, draws are committed to, carried out and drawn again."""

import uuid
from dataclasses import replace

import httpx2
import pytest

from api.installation.wiring import Installation
from domain.inspection.inspection import KINDS
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from projections.items.persons import LEFT_OUT
from tests.api import lines
from tests.api.web.site import ANALYST, INSPECTOR, SUPERVISOR, Opener, Site, follow, know

pytestmark = pytest.mark.postgres

HAIDIAN = Actor(account="inspector-110108", role=Role.DISTRICT_INSPECTOR, organisation="110108")


@pytest.fixture(scope="module")
def firm(site: Site) -> str:
    """A registered enterprise in Haidian."""
    code = lines.uscc()
    site.record(lines.registered(code))
    return code


def test_inspectors_are_sent_with_card_and_recusal_statement(
    reader: Opener, site: Site, shown: Installation, firm: str
):
    # Accounts whom no other test sends: `test_demonstration` counts what its own inspector has today.
    know(shown, *(replace(HAIDIAN, account=f"haidian-{n}") for n in (0, 1)))
    page = reader(HAIDIAN).open(f"/inspections/new?uscc={firm}")
    number = page.get_by_label("督导编号").input_value()
    for n in (0, 1):
        page.locator(f'[name="inspectors.{n}.account"]').fill(f"haidian-{n}")
        page.locator(f'[name="inspectors.{n}.card_no"]').fill(f"R1123000{n}")
        page.locator(f'[name="inspectors.{n}.recusal"]').select_option("none")
    follow(page.get_by_role("button", name="派出", exact=True))
    assert "声明无应回避情形" in page.inner_text("main")
    item = site.get(f"/v1/inspections/{number}", HAIDIAN).json()
    assert [i["recusal_declared"] for i in item["inspectors"]] == [False, False]
    assert [i["name"] for i in item["inspectors"]] == ["姓名 haidian-0", "姓名 haidian-1"]
    assert item["stage"] == "dispatched"
    again = reader(HAIDIAN).open(f"/inspections/new?uscc={firm}")
    again.locator('[name="inspectors.0.account"]').fill("haidian-0")
    again.locator('[name="inspectors.0.recusal"]').select_option("silent")
    number = again.get_by_label("督导编号").input_value()
    follow(again.get_by_role("button", name="派出", exact=True))
    (one,) = site.get(f"/v1/inspections/{number}", HAIDIAN).json()["inspectors"]
    assert (one["card_no"], one["recusal_declared"]) == ("R11230000", None)


def test_nobody_is_sent_who_is_not_there_and_nothing_is_declared_for_anybody(
    reader: Opener, site: Site, shown: Installation, firm: str
):
    know(shown, replace(HAIDIAN, account="haidian-9"))
    page = reader(HAIDIAN).open(f"/inspections/new?uscc={firm}")
    statements = page.locator("select[name$=recusal]")
    assert {each.input_value() for each in statements.all()} == {""}
    page.locator('[name="inspectors.0.account"]').fill("nobody-at-all")
    follow(page.get_by_role("button", name="派出", exact=True))
    assert "没有可以派出的账户 nobody-at-all" in page.get_by_role("alert").inner_text()
    page.locator('[name="inspectors.0.account"]').fill("haidian-9")
    follow(page.get_by_role("button", name="派出", exact=True))
    assert "请按 姓名 haidian-9 本人的声明选择" in page.get_by_role("alert").inner_text()


def test_the_kinds_of_inspection_have_names_in_both_languages(site: Site):
    for language, name in (("zh", "双随机抽查"), ("en", "check after a random draw")):
        for path in (
            "/inspections/new?kind=双随机抽查",
            "/inspections",
            "/inspections/ins-2024-001",
        ):
            html = site.get(path, HAIDIAN if "new" in path else SUPERVISOR, language).text
            if "new" in path:
                assert f'<option value="双随机抽查" selected>{name}</option>' in html
            elif language == "en":
                assert not any(kind in html for kind in KINDS)


def test_a_dispatch_to_another_district_is_refused_with_what_was_typed(
    reader: Opener, shown: Installation, firm: str
):
    know(shown, INSPECTOR)
    page = reader(INSPECTOR).open(f"/inspections/new?uscc={firm}")
    page.locator('[name="inspectors.0.account"]').fill("inspector-110105-1")
    page.locator('[name="inspectors.0.recusal"]').select_option("none")
    follow(page.get_by_role("button", name="派出", exact=True))
    assert "不由本区主管" in page.get_by_role("alert").inner_text()
    kept = page.locator('[name="inspectors.0.account"]').input_value()
    assert kept == "inspector-110105-1"


def test_a_record_from_the_spot_shows_checklist_place_and_evidence(site: Site):
    html = site.get("/inspections/ins-2024-001", SUPERVISOR).text
    item = site.get("/v1/inspections/ins-2024-001", SUPERVISOR).json()
    record = item["spot_checks"][0]
    assert all(answer["item"] in html for answer in record["checklist"])
    assert record["evidence"][0]["sha256"] in html
    assert record["place"]["address"] in html


def test_an_analyst_reads_a_record_without_cards_and_photos(site: Site):
    page = site.get("/inspections/ins-2024-001", ANALYST)
    assert page.status_code == 200
    assert "督导证号" not in page.text
    # Files that the sample year names, and what was noted, are words of others.
    assert "ins-2024-001-1.jpg" not in page.text
    assert LEFT_OUT in page.text
    assert "/v1/evidence/" not in page.text


def test_a_draw_is_committed_to_then_carried_out_and_drawn_again(
    reader: Opener, site: Site, shown: Installation
):
    know(shown, *(replace(HAIDIAN, account=f"haidian-{n}") for n in (0, 1, 2)))
    page = reader(SUPERVISOR).open("/draws/new")
    number = page.get_by_label("抽取编号").input_value()
    page.get_by_label("抽取池").select_option("110105")
    page.get_by_label("抽取企业数").fill("2")
    assert page.get_by_label("抽取督导人员数").input_value() == "2"
    for box in page.locator('input[name="pool_inspectors"]').all():
        box.set_checked((box.get_attribute("value") or "").startswith("haidian-"))
    page.locator('input[name="recused"][value="haidian-1"]').check()
    page.get_by_label("抽取督导人员数").fill("0")
    follow(page.get_by_role("button", name="登记并生成种子"))
    assert "至少 1 人" in page.get_by_role("alert").inner_text()
    assert not page.locator('input[name="pool_inspectors"][value="supervisor-1"]').is_checked()
    page.get_by_label("抽取督导人员数").fill("1")
    follow(page.get_by_role("button", name="登记并生成种子"))
    assert "种子尚未公开" in page.inner_text("main")
    before = site.get(f"/v1/draws/{number}", SUPERVISOR).json()
    assert "haidian-1" not in before["pool"]["inspectors"]
    assert {"haidian-0", "haidian-2"} <= set(before["pool"]["inspectors"])
    assert before.get("seed") is None
    follow(page.get_by_role("button", name="公开种子并抽取"))
    assert "复算一致" in page.inner_text("main")
    after = site.get(f"/v1/draws/{number}", SUPERVISOR).json()
    assert after["seed_commitment"] == before["seed_commitment"]
    assert len(after["drawn"]["enterprises"]) == 2
    assert page.get_by_role("link", name="派出督导").count() == 2
    listed = site.get("/v1/draws", SUPERVISOR).json()["items"]
    assert listed[0]["draw_id"] == number
    assert listed[0]["stage"] == "carried_out"


def test_a_sample_larger_than_the_pool_is_refused(reader: Opener):
    page = reader(SUPERVISOR).open("/draws/new")
    page.get_by_label("抽取企业数").fill("99999")
    follow(page.get_by_role("button", name="登记并生成种子"))
    assert "超过抽取池" in page.get_by_role("alert").inner_text()


def test_who_may_not_draw_or_send_is_told_so(site: Site):
    for path in ("/draws/new", "/inspections/new"):
        assert site.get(path, ANALYST).status_code == 403
        assert site.get(path).status_code == 303


@pytest.mark.parametrize(("language", "phone"), [("zh", False), ("en", True)])
def test_the_pages_are_accessible_and_fit(
    reader: Opener, site: Site, language: str, *, phone: bool
):
    drawn = site.get("/v1/draws", SUPERVISOR).json()["items"]
    one = reader(SUPERVISOR, language=language, phone=phone)
    for path in (
        "/inspections",
        "/inspections/new",
        "/inspections/ins-2024-001",
        "/draws",
        "/draws/new",
        f"/draws/{drawn[-1]['draw_id']}",
    ):
        one.open(path)
        assert (path, one.violations()) == (path, [])
        assert (path, one.wide()) == (path, False)


def visited(code: str, number: str, day: str = "2025-03-10") -> lines.Json:
    """A visit in Haidian that names no session, and saw another level than was reported."""
    people = [
        {"account": f"h-{n}", "name": "某", "card_no": f"R1123000{n}", "recusal_declared": False}
        for n in (0, 1)
    ]
    return lines.line(
        "SpotCheckRecorded",
        day,
        lines.district("110108"),
        inspection_id=number,
        uscc=code,
        district="110108",
        kind=KINDS[0],
        inspectors=people,
        captured_at=f"{day}T10:00:00+08:00",
        place={"lon": 116.3, "lat": 40.04, "datum": "WGS-84", "accuracy_m": 10},
        device_id="d1",
        offline=False,
        checklist=[{"item": "identity", "value": "yes"}],
        evidence=[],
        signature_refused=False,
        seen={"held": True, "level": "3"},
    )


def test_who_visited_names_the_session_that_was_seen_and_it_is_judged(site: Site):
    code, number = lines.uscc(), f"visit-{lines.uscc()}"
    site.record(lines.registered(code))
    held = [lines.session(code, level) for level in ("4", "5")]
    for each in held:
        site.record(each)
    position = site.record(visited(code, number))
    path, key = f"/inspections/{number}", f"V1-{position}"
    assert site.get(f"/v1/flags/{key}", SUPERVISOR).json()["verdict"] == "undecided"
    form = site.get(path, HAIDIAN).text
    assert "写明所见的认定活动" in form
    # Not theirs: what another authority saw it corrects itself.
    assert "写明所见的认定活动" not in site.get(path, SUPERVISOR).text
    fields = {"position": str(position), "valid_from": "2025-03-10", "reason": "现场登记表"}
    headers = {**site.headers(HAIDIAN), "Accept": "text/html", "Accept-Language": "zh"}

    def send(**more: str) -> httpx2.Response:
        data = {"key": str(uuid.uuid4()), **fields, **more}
        return httpx2.post(f"{site.base}{path}/session", data=data, headers=headers, timeout=30)

    refused = send()
    assert refused.status_code == 422
    assert "请选择所见的认定活动" in refused.text
    session = held[0]["data"]["assessment_id"]
    answer = send(assessment_id=session)
    assert answer.status_code == 303
    page = site.get(answer.headers["location"], HAIDIAN).text
    assert session in page
    assert "写明所见的认定活动" not in page
    flag = site.get(f"/v1/flags/{key}", SUPERVISOR).json()
    assert (flag["verdict"], flag["assessment_id"]) == ("breach", session)
