"""Everything can be reached by keyboard, in order, and seen where one is; large print fits a small phone."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.api.web.site import OFFICER, SUPERVISOR, Opener, follow

pytestmark = pytest.mark.postgres

WHERE = """() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  const all = [...document.querySelectorAll("*")];
  return {
    place: all.indexOf(one), body: one === document.body,
    seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    shown: box.width > 0 && box.height > 0 && box.right > 0 && box.bottom > 0 && box.top < innerHeight,
  };
}"""


def test_the_skip_link_comes_first_and_leads_past_the_areas(reader: Opener):
    page = reader(SUPERVISOR).open("/flags")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="跳到正文")
    expect(skip).to_be_focused()
    assert skip.bounding_box()["x"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#main").get_by_role("link").first).to_be_focused()


@pytest.mark.parametrize("path", ["/overview", "/findings/new", "/compare", "/imports"])
def test_tab_goes_through_a_page_in_its_order_and_out_of_it(reader: Opener, path: str):
    page = reader(SUPERVISOR).open(path)
    page.emulate_media(reduced_motion="reduce")
    places: list[int] = []
    for _ in range(400):
        page.keyboard.press("Tab")
        at: Any = page.evaluate(WHERE)
        if at["body"] or (places and at["place"] < places[-1]):
            break
        assert at["seen"], f"nothing shows that the focus is at element {at['place']} of {path}"
        assert at["shown"], f"element {at['place']} of {path} has the focus and cannot be seen"
        places.append(at["place"])
    else:
        pytest.fail(f"the focus does not leave {path}")
    assert len(places) > 15
    assert places == sorted(set(places))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_large_print_fits_the_smallest_phone(reader: Opener, language: str):
    one = reader(OFFICER, language=language, phone=True)
    page = one.open("/overview")
    page.set_viewport_size({"width": 360, "height": 740})
    follow(page.locator('button[name="large"]'))
    for path in ("/overview", "/flags", "/roster", "/applications/app-2023-10-001", "/draws/new"):
        one.open(path)
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"
        assert (path, one.wide()) == (path, False)
