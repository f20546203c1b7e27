"""What a page offers to take away: every link to a file is good, and the file holds every row."""

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from api.export.formats import JSON, MEDIA, NAMED
from tests.api.web.site import SUPERVISOR, Site

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

CLOCKS = {"valid_at", "known_at", "position", "min_position"}
CODED = re.compile(r"/(?!v1/)[^/]*[0-9%][^/]*")
"""A part of a path that names one thing: every key, number and code has a digit."""


class Link(NamedTuple):
    """A link of a page, and whether it offers something to take away."""

    page: str
    address: str
    file: bool


class Links(HTMLParser):
    """All links of one page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.found: list[Link] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        href = named.get("href")
        if tag == "a" and href and not href.startswith("#"):
            where = urljoin(self.page, href).partition("#")[0]
            self.found.append(Link(self.page, where, "download" in named))


def kind(address: str) -> str:
    """What an address is one of: its path without codes, and the names of its parameters but the clocks."""
    parts = urlsplit(address)
    names = sorted({name for name, _ in parse_qsl(parts.query)} - CLOCKS)
    return f"{CODED.sub('/{}', parts.path)} {' '.join(names)}"


def crawled(site: Site, start: str) -> Iterator[Link]:
    """Yield the links of every kind of page that a supervisor comes to."""
    # The own account is for a session; these readers come with a token.
    seen, waiting = {kind(start), kind("/account")}, deque([start])
    while waiting:
        page = waiting.popleft()
        answer = site.get(page, SUPERVISOR)
        if "location" in answer.headers:
            links = [Link(page, urljoin(page, answer.headers["location"]), file=False)]
        else:
            assert answer.status_code == 200, page
            parser = Links(page)
            parser.feed(answer.text)
            links = parser.found
        for link in links:
            if urlsplit(link.address).path.startswith("/v1/") or link.file:
                yield link
            elif kind(link.address) not in seen:
                seen.add(kind(link.address))
                waiting.append(link.address)


@pytest.fixture(scope="module")
def links(site: Site) -> list[Link]:
    """Links to files and to the API, one of every kind: on a first page, and on a page behind it."""
    found: dict[tuple[str, str, bool], Link] = {}
    for link in crawled(site, "/overview"):
        form = dict(parse_qsl(urlsplit(link.address).query)).get("format", "")
        behind = "cursor=" in link.page
        found.setdefault((kind(link.address), form, behind), link)
    return list(found.values())


def form_of(link: Link) -> str | None:
    return dict(parse_qsl(urlsplit(link.address).query)).get("format")


def as_listed(site: Site, address: str) -> int:
    """How many rows the list has that a file holds: counted in JSON, page by page."""
    parts = urlsplit(address)
    asked = dict(parse_qsl(parts.query))
    asked.pop("format")
    if asked.pop("all", None):
        asked["limit"] = "1000"
    count = 0
    while True:
        page = site.get(f"{parts.path}?{urlencode(asked)}", SUPERVISOR).json()
        count += len(page["items"])
        if page["next"] is None:
            return count
        asked["cursor"] = page["next"]


def in_file(octets: bytes, form: str) -> int:
    """How many rows a file holds."""
    if form == "csv":
        return len(list(csv.reader(io.StringIO(octets.decode("utf-8-sig"))))) - 1
    if form == "parquet":
        return int(pq.read_metadata(io.BytesIO(octets)).num_rows)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(octets)).get_sheet_by_index(0)
    return len(sheet.to_python()) - 2


def test_every_file_that_a_page_offers_holds_every_row_of_its_list(site: Site, links: list[Link]):
    files = [link for link in links if form_of(link)]
    counted: dict[str, int] = {}
    for link in files:
        form = form_of(link) or ""
        answer = site.get(link.address, SUPERVISOR)
        assert answer.status_code == 200, link
        assert answer.headers["content-type"] == MEDIA.get(NAMED[form], NAMED[form]), link
        assert answer.headers["content-disposition"].startswith("attachment"), link
        rows = link.address.replace(f"format={form}", "format=")
        if rows not in counted:
            counted[rows] = as_listed(site, link.address)
        assert in_file(answer.content, form) == counted[rows], link
    # Lists longer than a page, and pages of a list other than the first, were among them.
    assert max(counted.values()) > 1000
    assert [link for link in files if "cursor=" in link.page]
    offered = Counter(form_of(link) for link in files)
    assert offered["csv"] == offered["xlsx"] == offered["parquet"] > 20


def test_every_other_link_to_the_api_is_good(site: Site, links: list[Link]):
    # The sample year names evidence by digest alone: its bytes were never sent.
    others = [link for link in links if not form_of(link) and "/v1/evidence/" not in link.address]
    for link in others:
        answer = site.get(link.address, SUPERVISOR)
        assert answer.status_code == 200, link
        media = answer.headers["content-type"]
        assert media in {JSON, "application/pdf"} or link.file, link
    assert {urlsplit(link.address).path for link in others} >= {"/v1/roster", "/v1/overview"}


def test_the_page_says_that_a_download_is_the_whole_list(site: Site):
    assert "下载整个列表" in site.get("/roster", SUPERVISOR).text
    assert "The whole list" in site.get("/roster", SUPERVISOR, "en").text
    assert "下载整个列表" not in site.get("/overview", SUPERVISOR).text


def test_behind_the_first_page_the_twin_has_the_rows_shown_and_a_file_all(site: Site):
    first = Links("/assessments")
    first.feed(site.get("/assessments", SUPERVISOR).text)
    behind = next(link.address for link in first.found if "cursor=" in link.address)
    page = Links(behind)
    page.feed(site.get(behind, SUPERVISOR).text)
    twin, *files = [link for link in page.found if link.address.startswith("/v1/assessments?")]
    assert "cursor=" in twin.address
    assert len(files) == 3
    assert all("all=true" in link.address and "cursor=" not in link.address for link in files)
