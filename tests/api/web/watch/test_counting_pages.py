"""统计, 时滞 and 保存的问题 in a browser: read by everybody, on a phone too, and a list kept under a name."""

import pytest

from api.web.watch.counted_charts import bars, cells
from tests.api.web.site import ANALYST, Opener, follow

PAGES = (
    "/statistics?by=level&and_by=method&rates=yes",
    "/delays?code=S3",
    "/saved-questions?address=/v1/flags",
)


@pytest.mark.postgres
@pytest.mark.parametrize(("language", "phone"), [("zh", True), ("en", False)])
def test_pages_that_count_are_accessible_and_fit_the_screen(
    reader: Opener, language: str, *, phone: bool
):
    one = reader(ANALYST, language=language, phone=phone)
    for path in PAGES:
        one.open(path)
        assert one.violations() == [], path
        assert not one.wide(), path


@pytest.mark.postgres
def test_an_analyst_counts_by_two_words_and_keeps_a_list_under_a_name(reader: Opener):
    one = reader(ANALYST)
    page = one.open("/overview")
    follow(
        page.get_by_role("link", name="统计：按两项分列")
        .or_(page.locator("a[href^='/statistics']"))
        .first
    )
    page.locator("#field-by").select_option("level")
    page.locator("#field-and_by").select_option("month")
    page.locator("#field-rates").select_option("yes")
    follow(page.locator("#main").get_by_role("button", name="查看"))
    assert page.locator("svg .cell").count() > 0
    assert "基数过小" in page.inner_text("main")
    page.get_by_text("统计口径").click()
    assert "当日结论为违规的疑点" in page.inner_text("main")

    follow(page.get_by_role("link", name="保存为问题"))
    assert page.locator("#field-address").input_value() == "/v1/stats?rates=yes&by=level%2Cmonth"
    page.locator("#field-name").fill("等级按月")
    follow(page.get_by_role("button", name="保存", exact=True))
    follow(page.get_by_role("link", name="等级按月"))
    assert page.locator("#field-and_by").input_value() == "month"
    page.go_back()
    follow(page.get_by_role("button", name="删除 等级按月"))
    assert page.get_by_role("link", name="等级按月").count() == 0
    assert one.complaints == []


def test_a_bar_is_as_long_as_its_number_and_a_cell_as_dark():
    lines = [
        {"level": level, "month": month, "breaches": number}
        for level, month, number in (("3", "2025-01", 0), ("3", "2025-02", 1), ("4", "2025-02", 8))
    ]
    assert [(bar.value, bar.length) for bar in bars(lines, "month", "breaches")] == [
        ("2025-01", 0.0),
        ("2025-02", 12.5),
        ("2025-02", 100.0),
    ]
    grid = cells(lines, "month", "level", "breaches")
    assert grid.heads == ["2025-01", "2025-02"]
    assert [(level, [cell.step for cell in row]) for level, row in grid.rows] == [
        ("3", [0, 1]),
        ("4", [0, 4]),
    ]
    assert bars([], "month", "breaches") == []
