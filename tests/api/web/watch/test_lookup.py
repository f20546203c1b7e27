"""认定活动、证书、记录、查找、首页: single records, and the ways that lead to them."""

import re

import httpx2
import pytest

from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
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

GUARD = "/assessments/as-2024-0103"
"""The session of 保安员 in 房山."""
NUMBER = "Y000011990032243000001"
CODE = "91110105MA0EX02025"


class Issued:
    """An enterprise of 海淀 with one certificate, issued to 张三丰."""

    def __init__(self, site: Site) -> None:
        self.uscc = lines.uscc()
        for each in lines.listed(self.uscc, "4"):
            site.record(each)
        held = lines.session(self.uscc)
        self.session = held["data"]["assessment_id"]
        self.held_at = site.record(held)
        issued = lines.certificate(self.uscc, self.session)
        self.number = issued["data"]["certificate_no"]
        self.issued_at = site.record(issued)


@pytest.fixture(scope="module")
def issued(site: Site) -> Issued:
    return Issued(site)


def _post(site: Site, **fields: str) -> httpx2.Response:
    return httpx2.post(f"{site.base}/certificates", data=fields, timeout=30)


def test_a_session_is_shown_with_its_flags_and_what_was_reported(site: Site):
    page = text_of(site.get(GUARD, SUPERVISOR).text)
    assert "保安员 五级/初级工，2024-11-12" in page
    assert "S1 超范围：职业" in page
    assert "S3 准入类职业" in page
    assert "主管区：房山区" in page
    assert "在职职工 6、劳务派遣人员 2、新型学徒 1" in page


def test_a_session_lists_its_certificates_page_by_page(site: Site, issued: Issued):
    page = site.get(f"/assessments/{issued.session}", SUPERVISOR).text
    assert issued.number in page
    assert f"/entries/{issued.issued_at}" in page
    assert "张**" in page
    analyst = site.get(f"/assessments/{issued.session}", ANALYST).text
    assert issued.number in analyst
    assert "张**" not in analyst


def test_a_session_of_another_district_is_absent(site: Site):
    assert site.get(GUARD, INSPECTOR).status_code == 404
    assert site.get("/assessments/nonsense", SUPERVISOR).status_code == 404
    assert site.get(GUARD).status_code == 303


def test_sessions_are_listed_by_filter_as_in_the_twin(site: Site):
    query = "?district=110105&level=4&from=2025-01-01&to=2025-12-31"
    page = site.get(f"/assessments{query}", SUPERVISOR).text
    items = site.get(f"/v1/assessments{query}", SUPERVISOR).json()["items"]
    assert items
    assert all(item["assessment_id"] in page for item in items[:50])
    limited = site.get("/assessments", INSPECTOR).text
    assert "仅显示您可见的记录：朝阳区" in text_of(limited)
    assert "as-2024-0103" not in limited


def test_anyone_reads_whether_a_certificate_holds_and_nobody_who_holds_it(
    site: Site, issued: Issued
):
    page = site.get(f"/certificates/{issued.number}")
    words = text_of(page.text)
    assert "有效；认定当日，该职业和等级在发证机构的确认范围内" in words
    assert "电工" in words
    assert "张*" not in words
    assert "记录 #" not in words
    assert f"/entries/{issued.issued_at}" not in page.text
    assert f"/entries/{issued.issued_at}" in site.get(page.url.path, SUPERVISOR).text
    assert f"/entries/{issued.issued_at}" not in site.get(page.url.path, INSPECTOR).text


def test_a_revoked_certificate_says_since_when(site: Site, issued: Issued):
    made = lines.certificate(issued.uscc, issued.session)
    number = made["data"]["certificate_no"]
    site.record(made)
    site.record(
        lines.line(
            "CertificateRevoked",
            "2025-06-01",
            lines.CENTRE,
            certificate_no=number,
            reason="复核不合格",
        )
    )
    assert "已于 2025-06-01 撤销" in text_of(site.get(f"/certificates/{number}").text)
    before = text_of(site.get(f"/certificates/{number}?valid_at=2025-05-01").text)
    assert "有效；" in before


def test_the_look_up_answers_yes_or_no_and_nothing_else(site: Site, issued: Issued):
    match = _post(site, number=issued.number, name="张三丰")
    other = _post(site, number=issued.number, name="李四")
    none = _post(site, number="Y000011000000000000000", name="张三丰")
    assert "相符：" in text_of(match.text)
    assert "不相符：" in text_of(other.text)
    assert text_of(other.text).replace("李四", "") == text_of(none.text).replace("张三丰", "")
    for answer in (match, other, none):
        assert answer.status_code == 200
        assert "电工" not in answer.text
        assert issued.uscc not in answer.text


def test_a_number_alone_leads_to_its_certificate(site: Site, issued: Issued):
    answer = _post(site, number=f" {issued.number} ")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/certificates/{issued.number}"
    assert "没有这个编号的证书" in _post(site, number="Y000011000000000000000").text


def test_a_look_up_without_a_number_says_what_is_missing(site: Site):
    answer = _post(site, number="", name="张三丰")
    assert answer.status_code == 422
    assert "请填写" in answer.text
    assert _post(site, number="a\x07b").status_code == 422


def test_an_entry_is_shown_in_words_and_as_data_with_its_place(site: Site, issued: Issued):
    page = text_of(site.get(f"/entries/{issued.held_at}", SUPERVISOR).text)
    twin = site.get(f"/v1/events/{issued.held_at}/context", SUPERVISOR).json()
    assert f"第 {issued.held_at} 条记录：开展认定" in page
    assert "电工 四级/中级工，考核鉴定，10 人" in page
    assert twin["leaf"]["hash"] in page
    assert twin["leaf"]["sha256"] in page
    assert f"#{twin['previous']}" in page
    assert f"#{twin['next']}" in page
    assert "dudao/entry/v2" in page


def test_a_corrected_entry_shows_what_it_said_and_what_is_read_since(site: Site):
    code = lines.uscc()
    for each in lines.listed(code, "4"):
        site.record(each)
    at = site.record(lines.session(code, "3"))
    assert "S2 超范围：等级" in text_of(site.get(f"/entries/{at}", SUPERVISOR).text)
    correction = lines.line(
        "RecordCorrected",
        "2025-03-10",
        lines.SUPERVISOR,
        position=at,
        fields={"level": "4", "venue.name": "新址"},
        reason="录入错误",
    )
    by = site.record(correction)
    page = site.get(f"/entries/{at}", SUPERVISOR).text
    cells = re.findall(
        r'<tr><td title="([^"]*)">.*?</td><td[^>]*>(.*?)</td><td[^>]*>(.*?)</td>', page
    )
    assert cells == [("level", "3", "4"), ("venue.name", "培训中心", "新址")]
    assert f"/entries/{by}" in page
    assert "录入错误" in page
    assert "S2 超范围：等级" not in text_of(page)
    then = site.get(f"/entries/{at}?position={at}", SUPERVISOR).text
    assert "更正" not in text_of(then)
    about = text_of(site.get(f"/entries/{by}", SUPERVISOR).text)
    assert f"它更正了 {at}" in about


def test_an_entry_that_is_not_ones_own_is_absent(site: Site, issued: Issued):
    path = f"/entries/{issued.held_at}"
    assert site.get(path, INSPECTOR).status_code == 404
    assert site.get("/entries/99999999", SUPERVISOR).status_code == 404
    assert site.get("/entries/x", SUPERVISOR).status_code == 404
    assert site.get(path).status_code == 303
    for role in (Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.SYSTEM_ADMIN, Role.EXPERT):
        actor = Actor(account="a", role=role, organisation="centre")
        assert site.get(path, actor).status_code == 403


@pytest.mark.parametrize(
    ("q", "path"),
    [
        (CODE, f"/enterprises/{CODE}"),
        (f" {CODE.lower()} ", f"/enterprises/{CODE}"),
        (NUMBER, f"/certificates/{NUMBER}"),
        ("#123", "/entries/123"),
        ("\uff03 123", "/entries/123"),
        (f"{CODE[:6]} {CODE[6:]}", f"/enterprises/{CODE}"),
        ("".join(chr(ord(c) + 0xFEE0) for c in CODE), f"/enterprises/{CODE}"),
        (f"{NUMBER[:5]} {NUMBER[5:]}", f"/certificates/{NUMBER}"),
        ("".join(chr(ord(c) + 0xFEE0) for c in NUMBER), f"/certificates/{NUMBER}"),
        (NUMBER.lower(), f"/certificates/{NUMBER}"),
    ],
)
def test_what_is_named_exactly_is_led_to(site: Site, q: str, path: str):
    answer = httpx2.get(f"{site.base}/search", params={"q": q}, headers=site.headers(SUPERVISOR))
    assert answer.status_code == 303
    assert answer.headers["location"] == path


def test_a_search_keeps_the_clocks(site: Site):
    answer = site.get(f"/search?q={CODE}&valid_at=2025-03-01&position=3000", SUPERVISOR)
    assert answer.headers["location"] == (f"/enterprises/{CODE}?valid_at=2025-03-01&position=3000")


def test_part_of_a_name_gives_a_list_and_nothing_gives_advice(site: Site):
    found = httpx2.get(f"{site.base}/search", params={"q": "机床"}).text
    names = site.get("/v1/roster?q=%E6%9C%BA%E5%BA%8A").json()["items"]
    assert names
    assert all(item["name"] in found for item in names)
    empty = httpx2.get(f"{site.base}/search", params={"q": "没有这样的名字"})
    assert "没有找到" in empty.text
    assert "可以这样查" in empty.text
    assert "请在页面上方输入" in site.get("/search").text
    assert "请在页面上方输入" not in site.get("/search?q=%23999999999", SUPERVISOR).text


def test_a_search_tells_nobody_of_what_they_may_not_see(site: Site):
    code = lines.uscc()
    site.record(lines.registered(code, "110105", name="隐名精密制造有限公司"))

    def found(q: str, actor: Actor | None) -> bool:
        answer = httpx2.get(f"{site.base}/search", params={"q": q}, headers=site.headers(actor))
        return answer.status_code == 303 or f"/enterprises/{code}" in answer.text

    stranger = Actor(account="i", role=Role.DISTRICT_INSPECTOR, organisation="110108")
    for q in (code, "隐名精密"):
        assert [found(q, who) for who in (SUPERVISOR, INSPECTOR)] == [True, True]
        assert [found(q, who) for who in (None, stranger)] == [False, False]


def test_the_start_page_tells_anyone_what_changed_lately(site: Site):
    page = site.get("/?valid_at=2026-11-24")
    changes = site.get("/v1/roster/changes?valid_at=2026-11-24&limit=20").json()["items"]
    assert changes
    assert all(each["uscc"] in page.text for each in changes)
    assert "查证书" in page.text
    assert "supervisor" not in page.text


@pytest.mark.parametrize(
    ("role", "organisation", "path"),
    [
        (Role.QUALITY_SUPERVISOR, "centre", "/todo"),
        (Role.DISTRICT_INSPECTOR, "110105", "/field"),
        (Role.EXPERT, "大学", "/todo"),
        (Role.ENTERPRISE_REPORTER, CODE, "/todo"),
        (Role.SECURITY_ADMIN, "centre", "/accounts"),
        (Role.SYSTEM_ADMIN, "centre", "/system"),
        (Role.AUDIT_ADMIN, "centre", "/access-log"),
    ],
)
def test_who_is_signed_in_begins_where_their_work_is(
    site: Site, role: Role, organisation: str, path: str
):
    answer = site.get("/", Actor(account="a", role=role, organisation=organisation))
    assert answer.status_code == 303
    assert answer.headers["location"] == path


def test_the_public_finds_a_certificate_from_the_start_page(reader: Opener):
    one = reader()
    page = one.open("/")
    follow(page.get_by_role("link", name="查证书"))
    page.get_by_label("证书编号").last.fill(NUMBER)
    follow(page.get_by_role("button", name="查询"))
    page.wait_for_url("**/certificates/Y*")
    assert "有效" in page.locator(".answer").inner_text()
    follow(page.get_by_role("link", name="核对姓名，或查另一张"))
    page.get_by_label("证书编号").last.fill(NUMBER)
    page.get_by_label("持证人姓名").fill("无此人")
    follow(page.get_by_role("button", name="查询"))
    assert "不相符" in page.get_by_role("status").inner_text()


@pytest.mark.parametrize(("language", "phone"), [("zh", False), ("en", True)])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/certificates",
        f"/certificates/{NUMBER}",
        f"/enterprises/{CODE}",
        "/search?q=%E6%9C%BA%E5%BA%8A",
        "/search",
    ],
)
def test_public_pages_are_accessible_and_fit_the_screen(
    reader: Opener, path: str, language: str, *, phone: bool
):
    one = reader(language=language, phone=phone)
    one.open(path)
    assert one.violations() == []
    assert not one.wide()


@pytest.mark.parametrize(("language", "phone"), [("zh", False), ("en", True)])
@pytest.mark.parametrize("path", ["/assessments", GUARD, "/entries/1233", "/search?q=91110105"])
def test_records_are_accessible_and_fit_the_screen(
    reader: Opener, path: str, language: str, *, phone: bool
):
    one = reader(OFFICER, language=language, phone=phone)
    one.open(path)
    assert one.violations() == []
    assert not one.wide()
