"""导入: a file is previewed, confirmed or given up; what is refused comes back as a sheet to mend."""

import io
import json

import pytest
from python_calamine import CalamineWorkbook

from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from tests.api import lines
from tests.api.web.site import ANALYST, SUPERVISOR, Opener, Site, follow

pytestmark = pytest.mark.postgres


def _reporter(code: str) -> Actor:
    return Actor(account=f"reporter-{code}", role=Role.ENTERPRISE_REPORTER, organisation=code)


def _file(code: str) -> bytes:
    """Three lines: one to be taken, one refused for its level, one for a session that rests on the first."""
    wrong = lines.session(code)
    wrong["data"] = wrong["data"] | {"level": "9"}
    held = lines.session(code, "4", "2025-05-05")
    return b"".join(
        json.dumps(each).encode() + b"\n" for each in (lines.registered(code), wrong, held)
    )


def _head(site: Site) -> int:
    return int(site.get("/v1/integrity", SUPERVISOR).json()["head"]["position"])


def test_a_file_is_previewed_recorded_and_known_the_second_time(reader: Opener, site: Site):
    code = lines.uscc()
    content = {"name": "in.ndjson", "mimeType": "application/x-ndjson", "buffer": _file(code)}
    before = _head(site)
    one = reader(_reporter(code))
    page = one.open("/imports")
    page.get_by_label("选择文件").set_input_files(content)
    follow(page.get_by_role("button", name="预览"))
    page.get_by_role("button", name="确认入账").wait_for()
    assert "确认后将入账 2 行" in page.inner_text("main")
    assert _head(site) == before
    assert one.violations() == []
    follow(page.get_by_role("button", name="确认入账"))
    page.get_by_text("导入完成").wait_for()
    assert _head(site) == before + 2
    page.goto(f"{one.base}/imports")
    page.get_by_label("选择文件").set_input_files(content)
    follow(page.get_by_role("button", name="预览"))
    page.get_by_role("button", name="确认入账").wait_for()
    assert "确认后将入账 0 行" in page.inner_text("main")
    follow(page.get_by_role("button", name="放弃"))
    page.get_by_text("已放弃").wait_for()
    assert _head(site) == before + 2


def test_the_error_list_holds_the_refused_line_and_the_reason(reader: Opener, site: Site):
    code = lines.uscc()
    content = {"name": "in.ndjson", "mimeType": "application/x-ndjson", "buffer": _file(code)}
    page = reader(_reporter(code)).open("/imports")
    page.get_by_label("选择文件").set_input_files(content)
    follow(page.get_by_role("button", name="预览"))
    link = page.get_by_role("link", name="下载错误清单")
    link.wait_for()
    answer = site.get(str(link.get_attribute("href")), _reporter(code))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    heads, row = sheet.to_python()
    assert heads == ["内容", "行号", "错误说明"]
    assert json.loads(str(row[0]))["data"]["level"] == "9"
    assert row[1] == "2"
    assert "level" in str(row[2])


def test_an_unusable_file_says_what_to_do(reader: Opener):
    code = lines.uscc()
    content = {"name": "old.xlsx", "mimeType": "application/x", "buffer": b"\xd0\xcf\x11\xe0" * 200}
    page = reader(_reporter(code)).open("/imports")
    page.get_by_label("选择文件").set_input_files(content)
    follow(page.get_by_role("button", name="预览"))
    page.get_by_text("文件不能使用").wait_for()
    assert ".xlsx" in page.inner_text("main")


def test_an_import_is_its_own_account_s_alone(site: Site):
    assert site.get("/imports", ANALYST).status_code == 403
    assert site.get("/imports").status_code == 303
    missing = site.get("/imports/7b0e6c3e-0000-4000-8000-000000000000", SUPERVISOR)
    assert missing.status_code == 404


@pytest.mark.parametrize(("language", "phone"), [("zh", False), ("en", True)])
def test_the_page_is_accessible_and_fits(reader: Opener, language: str, *, phone: bool):
    one = reader(SUPERVISOR, language=language, phone=phone)
    one.open("/imports")
    assert one.violations() == []
    assert not one.wide()
