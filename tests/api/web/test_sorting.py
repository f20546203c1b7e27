"""Lists sorted by their columns, and tables of chosen columns: page, file and terminal say the same."""

import csv
import io
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from api.questions.lists import VIEWS
from api.questions.parameters import LARGEST_PAGE
from projections.items.shape import Audience, shape_of
from projections.views.sorting import orders
from tests.api.web.site import ANALYST, SUPERVISOR, Opener, Site, follow

pytestmark = pytest.mark.postgres


def _every() -> Iterator[tuple[str, str]]:
    for view in VIEWS.values():
        for order in orders(view.sorted):
            yield view.name, order


def _rows(site: Site, address: str) -> list[dict[str, Any]]:
    """Every row of a list, page by page, as its links go on."""
    rows: list[dict[str, Any]] = []
    cursor = ""
    while True:
        answer = site.get(f"{address}{cursor}", SUPERVISOR).json()
        rows += answer["items"]
        if answer["next"] is None:
            return rows
        cursor = f"&cursor={answer['next']}"


def _value(row: dict[str, Any], name: str) -> Any:
    if name == "due_on":
        return row["orders"][-1]["due_on"] if row["orders"] else "9999-12-31"
    if name == "severity":
        return ("minor", "major", "severe").index(row["severity"])
    missing = "9999-12-31" if name == "valid_to" else ""
    return row[name] if row[name] is not None else missing


@pytest.mark.parametrize(
    ("name", "order"), [pytest.param(*e, id=f"{e[0]} {e[1]}") for e in _every()]
)
def test_a_sorted_list_has_the_rows_of_the_list_and_has_them_in_order(
    site: Site, name: str, order: str
):
    few = "&uscc=91110113MA0EX027XJ" if name == "certificates" else ""
    whole = _rows(site, f"/v1/{name}?limit={LARGEST_PAGE}{few}")
    size = max(1, len(whole) // 4)
    shown = _rows(site, f"/v1/{name}?sort={order}&limit={size}{few}")
    assert whole, "the sample year has some"
    by_text = sorted(map(repr, whole))
    assert sorted(map(repr, shown)) == by_text, "a page boundary loses and doubles nothing"
    values = [_value(row, order.removeprefix("-")) for row in shown]
    assert values == sorted(values, reverse=order.startswith("-"))


def test_a_cursor_goes_on_in_its_own_order_alone(site: Site):
    by_day = site.get("/v1/assessments?sort=-held_from&limit=2", SUPERVISOR).json()["next"]
    for order in ("", "&sort=held_from", "&sort=uscc"):
        answer = site.get(f"/v1/assessments?limit=2{order}&cursor={by_day}", SUPERVISOR)
        assert answer.status_code == 422
    refused = site.get("/v1/assessments?sort=venue", SUPERVISOR)
    assert refused.status_code == 422
    assert "-held_from" in refused.json()["errors"][0]["reason"]


def test_a_file_has_the_chosen_columns_in_their_order_and_rows_of_json_are_whole(site: Site):
    asked = "sort=-held_from&columns=held_from,assessment_id&all=true"
    answer = site.get(f"/v1/assessments?{asked}&format=csv", SUPERVISOR)
    head, *rows = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert head == ["held_from", "assessment_id"]
    days = [day for day, _ in rows]
    assert days == sorted(days, reverse=True)
    (row,) = site.get("/v1/assessments?columns=held_from&limit=1", SUPERVISOR).json()["items"]
    everything = {
        f.name for f in shape_of(VIEWS["assessments"].item).seen_by(Audience.OFFICES).fields
    }
    assert row.keys() == everything
    for path in ("/v1/assessments?columns=holder", "/v1/assessments?columns=holder&all=true"):
        refused = site.get(f"{path}&format=csv", SUPERVISOR)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == "columns"


def test_a_column_that_a_reader_may_not_see_is_none_of_the_list_s(site: Site):
    asked = "/v1/certificates?columns=certificate_no,holder&format=csv&limit=5"
    for actor in (SUPERVISOR, ANALYST):
        text = site.get(asked, actor).text
        assert ("masked_name" in text) == (actor is SUPERVISOR)
    assert site.get("/v1/roster?columns=address&format=csv").status_code == 422
    assert site.get("/v1/roster?columns=address&format=csv", ANALYST).status_code == 200


@pytest.mark.parametrize("path", ["/assessments", "/issued", "/applications", "/findings"])
def test_a_page_shows_the_newest_first_and_its_files_do(site: Site, path: str):
    html = unescape(site.get(path, SUPERVISOR).text)
    assert 'aria-sort="descending"' in html
    assert "?sort=-" in html.partition("下载整个列表")[2]


def test_a_reader_sorts_by_a_head_chooses_columns_and_takes_them_along(reader: Opener):
    desk = reader(SUPERVISOR)
    page = desk.open("/roster")
    sorted_head = page.locator("th[aria-sort]")
    follow(page.locator("thead").get_by_role("link", name="有效期"))
    assert sorted_head.get_attribute("aria-sort") == "ascending"
    follow(sorted_head.get_by_role("link"))
    assert sorted_head.get_attribute("aria-sort") == "descending"
    page.locator("details.chooser > summary").click()
    page.get_by_role("checkbox", name="确认范围").uncheck()
    page.get_by_role("checkbox", name="公布批次").check()
    assert desk.violations() == []
    follow(page.get_by_role("button", name="按所选显示"))
    heads = page.locator("thead th").all_inner_texts()
    assert [head.split()[0] for head in heads] == ["企业", "主管区", "状态", "有效期", "公布批次"]
    assert sorted_head.get_attribute("aria-sort") == "descending"
    assert "columns=uscc%2Cdistrict" in str(
        page.get_by_role("link", name="CSV").get_attribute("href")
    )
    page.get_by_role("combobox", name="主管区").select_option("110105")
    follow(page.get_by_role("button", name="筛选"))
    assert "columns=uscc%2Cdistrict" in page.url
    assert "sort=-valid_from" in page.url
    page.locator("details.chooser > summary").click()
    follow(page.get_by_role("link", name="恢复默认列"))
    assert "确认范围" in page.locator("thead").inner_text()


@pytest.mark.parametrize("path", ["/flags", "/roster", "/findings"])
def test_chosen_columns_fit_a_phone_and_speak_english(reader: Opener, path: str):
    phone = reader(SUPERVISOR, language="en", phone=True)
    page = phone.open(path)
    page.locator("details.chooser > summary").click()
    assert phone.violations() == []
    assert not phone.wide()


def test_a_column_that_there_is_not_is_said_on_the_page(site: Site):
    answer = site.get("/roster?columns=holder", SUPERVISOR)
    assert answer.status_code == 422
    assert "取值应为" in answer.text
