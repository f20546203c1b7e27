"""疑点: the queue, many reviewed at once, one explained, upheld, dismissed, made a finding."""

import re
import uuid

import httpx2
import pytest

from api.web.watch import flag as flag_page
from api.words.words import RESPONSIBLE
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.log.clock import today
from tests.api import lines
from tests.api.web.site import (
    ANALYST,
    INSPECTOR,
    OFFICER,
    SUPERVISOR,
    Opener,
    Site,
    follow,
    text_of,
)

pytestmark = pytest.mark.postgres


@pytest.fixture
def firm(site: Site) -> str:
    """An enterprise of its own with three sessions outside its scope."""
    code = lines.uscc()
    for line in lines.listed(code, "4"):
        site.record(line)
    for day in ("2025-03-10", "2025-03-11", "2025-03-12"):
        site.record(lines.session(code, "3", day))
    return code


def _keys(site: Site, firm: str, **asked: str) -> list[str]:
    query = "&".join(f"{name}={value}" for name, value in {"uscc": firm, **asked}.items())
    return [item["key"] for item in site.get(f"/v1/flags?{query}", SUPERVISOR).json()["items"]]


def _sent(site: Site, path: str, actor: Actor, fields: dict[str, object]) -> httpx2.Response:
    """Send a form the way a browser does, without following where it leads."""
    headers = {**site.headers(actor), "Accept": "text/html", "Accept-Language": "zh"}
    return httpx2.post(site.base + path, data=fields, headers=headers, timeout=30)


def test_the_queue_shows_what_nobody_has_reviewed_and_leads_to_the_rest(site: Site):
    queue = site.get("/flags", SUPERVISOR).text
    twin = site.get("/v1/flags?review=none&limit=50", SUPERVISOR).json()["items"]
    assert re.findall(r'name="flag" value="([^"]+)"', queue) == [item["key"] for item in twin]
    whole = site.get("/flags?review=any&verdict=breach", SUPERVISOR).text
    upheld = site.get("/v1/flags?review=upheld&limit=1", SUPERVISOR).json()["items"][0]["key"]
    assert upheld not in queue
    assert f"/flags/{upheld}" in whole


def test_a_row_names_the_enterprise_the_age_and_both_sides_of_time(site: Site, firm: str):
    text = text_of(site.get(f"/flags?uscc={firm}", SUPERVISOR).text)
    assert f"虚构企业{firm[-6:]}" in text
    assert text.count("今天得知") == 3
    assert text.count("当时、按所看依据都违规") == 3


def test_every_check_has_a_flag_that_opens_and_names_who_answers_for_it(site: Site):
    flags = site.get("/v1/flags?limit=1000", SUPERVISOR).json()["items"]
    of_code = {flag["code"]: flag for flag in flags}
    assert {"P1", "Q1", "S1"} <= set(of_code)
    for flag in of_code.values():
        assert site.get(f"/flags/{flag['key']}", SUPERVISOR).status_code == 200, flag["key"]
        twin = site.get(f"/v1/flags/{flag['key']}/explanation", SUPERVISOR)
        assert twin.status_code == 200, flag["key"]
    roles = {body["role"] for flag in flags for body in flag["responsible"]}
    assert roles <= set(RESPONSIBLE)


def test_any_filter_shows_reviewed_flags_too(site: Site, firm: str):
    key = _keys(site, firm)[0]
    site.record(
        lines.line(
            "FlagReviewed",
            "2026-01-01",
            lines.SUPERVISOR,
            flag=key,
            decision="upheld",
            reason="核实",
        )
    )
    assert key in site.get(f"/flags?uscc={firm}", SUPERVISOR).text
    assert key not in site.get(f"/flags?uscc={firm}&review=none", SUPERVISOR).text


def test_many_are_reviewed_at_once_by_keyboard(reader: Opener, site: Site, firm: str):
    page = reader(SUPERVISOR).open(f"/flags?uscc={firm}")
    boxes = page.locator('input[name="flag"]')
    boxes.nth(0).focus()
    page.keyboard.press("Space")
    boxes.nth(2).focus()
    page.keyboard.press("Space")
    page.get_by_label("维持").focus()
    page.keyboard.press("Space")
    page.get_by_role("textbox", name="理由").focus()
    page.keyboard.type("现场核实属实")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "已复核 2 条，未办理 0 条" in page.get_by_role("status").inner_text()
    follow(page.get_by_role("link", name="回到疑点"))
    assert page.locator("tbody tr", has_text="维持").count() == 2
    first, second, third = _keys(site, firm)
    assert _keys(site, firm, review="upheld") == [first, third]
    item = site.get(f"/v1/flags/{first}", SUPERVISOR).json()
    assert item["review_reason"] == "现场核实属实"
    assert site.get(f"/v1/flags/{second}", SUPERVISOR).json()["review"] is None


def test_all_on_the_page_can_be_ticked_without_a_script(reader: Opener, firm: str):
    page = reader(SUPERVISOR).open(f"/flags?uscc={firm}")
    follow(page.get_by_role("link", name="勾选本页全部"))
    assert page.locator('input[name="flag"]:checked').count() == 3
    assert "select" not in page.get_by_role("link", name="JSON").get_attribute("href")


def test_each_flag_of_a_form_is_done_or_refused_by_itself(site: Site, firm: str):
    good = _keys(site, firm)[0]
    fields = {
        "key": str(uuid.uuid4()),
        "flag": [good, "S2-1"],
        "decision": "dismissed",
        "reason": "误报",
    }
    answer = _sent(site, f"/flags?uscc={firm}", SUPERVISOR, fields)
    text = text_of(answer.text)
    assert "已复核 1 条，未办理 1 条" in text
    assert "疑点 S2-1 不存在" in text
    again = _sent(site, f"/flags?uscc={firm}", SUPERVISOR, fields)
    assert "已复核 1 条，未办理 1 条" in text_of(again.text)
    reviews = site.get(f"/v1/flags/{good}/explanation", SUPERVISOR).json()["reviews"]
    assert len(reviews) == 1


def test_a_form_without_flags_or_reason_reviews_nothing_and_keeps_what_was_typed(
    site: Site, firm: str
):
    key = _keys(site, firm)[0]
    answer = _sent(site, f"/flags?uscc={firm}", SUPERVISOR, {"flag": [key], "decision": "upheld"})
    assert answer.status_code == 422
    assert "必须写明理由" in answer.text
    assert re.search(rf'value="{key}"[^>]*checked', answer.text)
    empty = _sent(
        site, f"/flags?uscc={firm}", SUPERVISOR, {"reason": "已核实情况", "decision": "upheld"}
    )
    assert "至少勾选一条" in empty.text
    assert "已核实情况" in empty.text
    assert _keys(site, firm, review="none") == _keys(site, firm)


def test_only_supervisors_review(site: Site, firm: str):
    key = _keys(site, firm)[0]
    reporter = Actor(account=f"reporter-{firm}", role=Role.ENTERPRISE_REPORTER, organisation=firm)
    for actor in (ANALYST, reporter):
        for path in (f"/flags?uscc={firm}", f"/flags/{key}"):
            page = site.get(path, actor)
            assert page.status_code == 200
            assert '<form method="post" action="/flags"' not in page.text
            assert "/review" not in page.text
            assert "/convert" not in page.text
    fields = {"flag": [key], "decision": "upheld", "reason": "自评"}
    assert _sent(site, "/flags", reporter, fields).status_code == 403
    assert _sent(site, f"/flags/{key}/review", ANALYST, fields).status_code == 403
    assert _keys(site, firm, review="none") == _keys(site, firm)


def test_flags_of_others_are_not_there(site: Site, firm: str):
    key = _keys(site, firm)[0]
    other = Actor(account="r", role=Role.ENTERPRISE_REPORTER, organisation=lines.uscc())
    assert site.get(f"/flags/{key}", INSPECTOR).status_code == 404
    assert site.get(f"/flags/{key}", other).status_code == 404
    assert key not in site.get(f"/flags?uscc={firm}", INSPECTOR).text


def test_of_very_many_entries_that_a_flag_rests_on_the_first_are_told_and_the_others_fold(
    site: Site, firm: str, monkeypatch: pytest.MonkeyPatch
):
    (key, *_) = _keys(site, firm)
    (item,) = [
        f for f in site.get(f"/v1/flags?uscc={firm}", SUPERVISOR).json()["items"] if f["key"] == key
    ]
    assert "另有" not in site.get(f"/flags/{key}", SUPERVISOR).text
    monkeypatch.setattr(flag_page, "ENTRIES_TOLD", 1)
    page = site.get(f"/flags/{key}", SUPERVISOR).text
    assert f"另有 {len(item['because']) - 1} 条" in page
    assert all(f"/entries/{at}" in page for at in item["because"])


def test_the_past_is_shown_without_forms(site: Site, firm: str):
    key = _keys(site, firm)[0]
    basis = site.get(f"/v1/flags/{key}", SUPERVISOR).json()["basis"]
    site.record(lines.session(firm, "4", "2025-04-01"))
    for path in (f"/flags/{key}?", f"/flags?uscc={firm}&"):
        page = site.get(f"{path}position={basis['position']}", SUPERVISOR)
        assert "因此不能复核" in page.text
        assert '<form method="post" action="/flags' not in page.text


def test_a_flag_shows_then_and_now_and_what_made_the_difference(site: Site, firm: str):
    key = _keys(site, firm)[0]
    changed = site.record(
        lines.line(
            "ScopeChanged",
            "2025-03-01",
            lines.BUREAU,
            document_no="京人社〔2025〕9号",
            uscc=firm,
            added=[{**lines.ELECTRICIAN, "levels": ["3"]}],
            removed=[],
            basis="补充确认",
        )
    )
    page = site.get(f"/flags/{key}?min_position={changed}", SUPERVISOR).text
    text = text_of(page)
    assert "后来入账的事实（如追溯的范围变更、更正）使它不再违规" in text
    assert f'href="/entries/{changed}"' in page
    assert "京人社〔2025〕9号" in text
    assert "在确认范围内、在本市行政区域内开展" in text
    then, now = page.index("当时：记录入账时"), page.index("现在：按本页依据")
    assert then < page.index("verdict-breach", then) < now < page.index("verdict-clear", now)


def test_a_supervisor_dismisses_one_flag_with_a_reason(reader: Opener, site: Site, firm: str):
    key = _keys(site, firm)[0]
    page = reader(SUPERVISOR).open(f"/flags/{key}")
    form = page.locator('form[action$="/review"]')
    form.get_by_label("排除").check()
    form.get_by_role("textbox", name="理由").fill("证据不足")
    follow(form.get_by_role("button"))
    assert "min_position=" in page.url
    assert "证据不足" in page.inner_text("main")
    assert "督导员复核后改变了结论" in page.inner_text("main")
    assert site.get(f"/v1/flags/{key}", SUPERVISOR).json()["case"] == "overturned"


def test_a_flag_becomes_a_finding_in_one_step(reader: Opener, site: Site, firm: str):
    key = _keys(site, firm)[0]
    page = reader(SUPERVISOR).open(f"/flags/{key}")
    form = page.locator('form[action$="/convert"]')
    number = form.get_by_label("问题编号").input_value()
    form.get_by_role("textbox", name="理由").fill("情况属实,立案")
    follow(form.get_by_role("button"))
    assert f"/findings/{number}" in page.url
    finding = site.get(f"/v1/findings/{number}", SUPERVISOR).json()
    assert finding["flags"] == [key]
    assert finding["uscc"] == firm
    assert finding["assessments"]
    flag = site.get(f"/v1/flags/{key}", SUPERVISOR).json()
    assert (flag["review"], flag["finding_id"]) == ("converted", number)


def test_a_second_flag_is_taken_into_the_open_finding(reader: Opener, site: Site, firm: str):
    first, second, _ = _keys(site, firm)
    number = f"fd-{firm[-8:]}"
    fields = {
        "key": str(uuid.uuid4()),
        "finding_id": number,
        "kind": "超范围",
        "severity": "major",
        "statement": "超范围开展认定",
        "reason": "立案",
    }
    done = _sent(site, f"/flags/{first}/convert", SUPERVISOR, fields)
    assert done.status_code == 303
    assert _sent(site, f"/flags/{first}/convert", SUPERVISOR, fields).status_code == 303
    page = reader(SUPERVISOR).open(f"/flags/{second}")
    form = page.locator('form[action$="/convert"]')
    form.get_by_label("并入未结的问题").select_option(number)
    form.get_by_role("textbox", name="理由").fill("同一问题")
    follow(form.get_by_role("button"))
    flag = site.get(f"/v1/flags/{second}", SUPERVISOR).json()
    assert (flag["review"], flag["finding_id"]) == ("converted", number)
    history = site.get(f"/v1/enterprises/{firm}/history?type=FindingRaised", SUPERVISOR).json()
    assert len(history["items"]) == 1


def test_a_finding_is_not_raised_without_a_reason(site: Site, firm: str):
    key = _keys(site, firm)[0]
    number = f"fd-{firm[-8:]}"
    fields = {
        "key": str(uuid.uuid4()),
        "finding_id": number,
        "kind": "超范围",
        "severity": "major",
        "statement": "超范围开展认定",
    }
    refused = _sent(site, f"/flags/{key}/convert", SUPERVISOR, fields)
    assert refused.status_code == 422
    assert "必须写明理由" in refused.text
    assert site.get(f"/v1/findings/{number}", SUPERVISOR).status_code == 404


def test_half_of_a_form_is_said_to_be_half_and_the_rest_can_be_done(site: Site, firm: str):
    key, form_key, number = _keys(site, firm)[0], str(uuid.uuid4()), f"fd-{firm[-8:]}"
    # The form's key was used for another review already, so that the second half cannot be done.
    used = {"key": form_key, "decision": "upheld", "reason": "核实"}
    assert _sent(site, f"/flags/{key}/review", SUPERVISOR, used).status_code == 303
    fields = {
        "key": form_key,
        "finding_id": number,
        "kind": "超范围",
        "severity": "major",
        "statement": "超范围开展认定",
        "reason": "立案",
    }
    half = _sent(site, f"/flags/{key}/convert", SUPERVISOR, fields)
    assert half.status_code == 422
    assert "只办成了一半" in half.text
    assert f"问题 {number} 已经提出" in half.text
    assert site.get(f"/v1/flags/{key}", SUPERVISOR).json()["review"] == "upheld"
    assert re.search(f'<option value="{number}" selected>', half.text)
    fresh = re.findall(r'name="key" value="([^"]+)"', half.text)[-1]
    rest = {**fields, "key": fresh, "existing": number}
    assert _sent(site, f"/flags/{key}/convert", SUPERVISOR, rest).status_code == 303
    flag = site.get(f"/v1/flags/{key}", SUPERVISOR).json()
    assert (flag["review"], flag["finding_id"]) == ("converted", number)


def test_a_number_that_is_taken_is_refused_at_its_field(site: Site, firm: str):
    taken = site.get("/v1/findings?limit=1", SUPERVISOR).json()["items"][0]["finding_id"]
    key = _keys(site, firm)[0]
    fields = {
        "key": str(uuid.uuid4()),
        "finding_id": taken,
        "kind": "超范围",
        "severity": "major",
        "statement": "甲乙丙丁",
        "reason": "立案",
    }
    refused = _sent(site, f"/flags/{key}/convert", SUPERVISOR, fields)
    assert refused.status_code == 409
    assert "甲乙丙丁" in refused.text
    assert 'id="fault-convert-finding_id"' in refused.text
    assert _keys(site, firm, review="none") == _keys(site, firm)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("path", ["/flags", "/flags?code=G2", "one"])
def test_pages_of_flags_are_accessible_and_fit_the_screen(
    reader: Opener, site: Site, path: str, language: str, *, phone: bool
):
    if path == "one":
        items = site.get("/v1/flags?code=G2&limit=1", SUPERVISOR).json()["items"]
        path = f"/flags/{items[0]['key']}"
    one = reader(SUPERVISOR, language=language, phone=phone)
    one.open(path)
    assert one.violations() == []
    assert not one.wide()


def test_a_flag_says_that_the_finding_it_became_was_withdrawn_and_waits_again(
    site: Site, firm: str
):
    key, number = _keys(site, firm)[0], f"fd-{firm[-8:]}"
    fields = {
        "key": str(uuid.uuid4()),
        "finding_id": number,
        "kind": "超范围",
        "severity": "major",
        "statement": "超范围开展认定",
        "reason": "立案",
    }
    assert _sent(site, f"/flags/{key}/convert", SUPERVISOR, fields).status_code == 303
    assert key not in _keys(site, firm, review="none")
    gone = lines.line(
        "FindingWithdrawn", str(today()), lines.SUPERVISOR, finding_id=number, reason="疑点不成立"
    )
    at = site.record(gone)
    page = text_of(site.get(f"/flags/{key}?min_position={at}", SUPERVISOR).text)
    assert "所转问题已撤回，待重新复核" in page
    assert key in _keys(site, firm, review="none")


def test_what_ends_a_severe_flag_on_its_page_waits_for_somebody_else_and_says_so(site: Site):
    code = lines.uscc()
    for line in lines.listed(code, "4"):
        site.record(line)
    outside = {"name": "考点", "address": "河北省三河市燕郊镇", "division": "131082"}
    held = site.record(lines.session(code, "4", venue=outside))
    fields = {"venue.division": "110105", "venue.address": "北京市朝阳区望京街10号"}
    wish = {"position": held, "fields": fields, "reason": "录入错误", "valid_from": str(today())}
    answer = site._post("/v1/commands/RecordCorrected", wish, lines.reporter(code))
    asked = answer.json()["position"]
    (key,) = _keys(site, code, code="G1")
    form = {"key": str(uuid.uuid4()), "position": asked, "taken": "yes", "reason": "属实"}
    done = _sent(site, f"/flags/{key}/correction", SUPERVISOR, form)
    assert done.status_code == 303
    assert _keys(site, code, code="G1") == [key]
    waiting = text_of(site.get(f"/approvals?state=waiting&uscc={code}", OFFICER).text)
    assert "更正申请" in waiting
