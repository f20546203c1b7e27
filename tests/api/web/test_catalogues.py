"""`/catalogues` 目录: a batch of new occupations is brought in, looked at and adopted by an officer."""

from collections.abc import Callable
from pathlib import Path

from tests.api.web.site import ANALYST, OFFICER, SUPERVISOR, Reader, Site, follow

BATCH = "职业编码,职业名称,类别\n4-99-02-01,页面测试员,技能类\n"


def test_an_officer_brings_a_batch_in_looks_at_it_and_adopts_it(
    reader: Callable[..., Reader], tmp_path: Path
) -> None:
    file = tmp_path / "batch.csv"
    file.write_text(BATCH, encoding="utf-8")
    officer = reader(OFFICER)
    page = officer.open("/catalogues")
    assert officer.violations() == []
    page.get_by_label("类别").select_option("new_occupations")
    page.get_by_label("选择文件").set_input_files(file)
    follow(page.get_by_role("button", name="检查并收录"))
    assert "batch.csv" in page.inner_text("h1")
    page.locator("#field-preview-edition").fill("页面批次")
    page.locator("#field-preview-valid_from").fill("2026-01-01")
    follow(page.get_by_role("button", name="预览"))
    assert "结论会改变" in page.inner_text("[role=status]")
    assert officer.violations() == []
    page.locator("#field-edition").fill("页面批次")
    page.locator("#field-valid_from").fill("2099-01-01")
    page.locator("#field-reason").fill("测试")
    follow(page.get_by_role("button", name="采用", exact=True))
    assert "2099-01-01" in page.inner_text("main")


def test_a_file_that_is_wrong_comes_back_with_its_faults(
    reader: Callable[..., Reader], tmp_path: Path
) -> None:
    file = tmp_path / "wrong.csv"
    file.write_text("职业编码,职业名称\n4-99,某工\n", encoding="utf-8")
    page = reader(OFFICER).open("/catalogues")
    page.get_by_label("类别").select_option("new_occupations")
    page.get_by_label("选择文件").set_input_files(file)
    follow(page.get_by_role("button", name="检查并收录"))
    assert "第 2 行" in page.inner_text("[role=alert]")


def test_who_adopts_nothing_is_shown_no_form(site: Site) -> None:
    for actor in (SUPERVISOR, ANALYST):
        answer = site.get("/catalogues", actor)
        assert answer.status_code == 200
        # Behind it stands the question that a phone asks of who leaves with records unsent.
        assert "<form method" not in answer.text.split("<main")[1].split("</main>")[0]
    assert site.get("/catalogues").status_code == 303


def test_the_page_is_narrowed_as_the_list_is_and_a_slip_in_its_address_is_said(site: Site) -> None:
    rows = site.get("/v1/catalogues?kind=rules", SUPERVISOR).json()["items"]
    page = site.get("/catalogues?kind=rules", SUPERVISOR).text
    assert page.count('<td data-head="SHA-256">') == len(rows) > 0
    assert "/v1/catalogues?kind=rules&" in page.replace("&amp;", "&")
    slip = site.get("/catalogues?kind=nonsense", SUPERVISOR)
    assert slip.status_code == 422
    assert "new_occupations" in slip.text
