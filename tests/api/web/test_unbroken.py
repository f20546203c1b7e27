"""A date, or the number of a record, that stands by itself is not broken over two lines, in either language."""

import pytest

from tests.api.web.site import ANALYST, Opener

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

FIRM = "/enterprises/91110105MA0EX02025"
PAGES = (
    *("/todo", "/overview", "/roster", "/assessments", "/inspections", "/findings", "/delays"),
    *("/late", "/plans", "/draws", "/catalogues", "/integrity"),
    *(FIRM, f"{FIRM}/sessions", f"{FIRM}/supervision", f"{FIRM}/plans", f"{FIRM}/history"),
    "/compare?of=flags&from_valid_at=2025-03-01&to_valid_at=2025-06-01",
)
BROKEN = """() => {
  const alone = /^(\\d{4}-\\d{2}-\\d{2}|[a-z]{2,3}-\\d{4}-\\d{3,4}|[A-Z]\\d{1,2}-\\d+)$/;
  const found = [];
  const texts =
    document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (!alone.test(text.data.trim())) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const lines = [...range.getClientRects()].filter(each => each.width > 0).map(each => Math.round(each.top));
    if (new Set(lines).size > 1) found.push(text.data.trim());
  }
  return found;
}"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_dates_and_numbers_stand_in_one_line(reader: Opener, language: str) -> None:
    one = reader(ANALYST, language=language)
    broken = {}
    for path in PAGES:
        found = one.open(path).evaluate(BROKEN)
        if found or one.wide():
            broken[path] = found
    assert broken == {}
