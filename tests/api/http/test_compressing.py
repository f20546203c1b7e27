"""What goes out compressed, and to whom."""

import httpx2
import pytest

from tests.api.desk import Desk

pytestmark = pytest.mark.postgres

PAGE = {"Accept": "text/html", "Accept-Encoding": "br;q=0.9, gzip"}


def sent(desk: Desk, path: str, **headers: str) -> httpx2.Response:
    """Ask with these headers instead of the client's own."""
    return desk.http.get(path, headers={name.replace("_", "-"): v for name, v in headers.items()})


def style(desk: Desk) -> str:
    page = sent(desk, "/sign-in", **PAGE).text
    start = page.index('href="/static/') + len('href="')
    return page[start : page.index('"', start)]


@pytest.mark.parametrize("path", ["/sign-in", "style"])
def test_a_page_and_its_style_are_sent_compressed_and_say_the_same(desk: Desk, path: str):
    path = style(desk) if path == "style" else path
    packed = sent(desk, path, **PAGE)
    plain = sent(desk, path, **PAGE | {"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(packed.content) / 2
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    for answer in (packed, plain):
        assert "accept-encoding" in answer.headers["vary"].lower()


def test_a_question_for_the_head_alone_is_answered_as_the_whole_would_be(desk: Desk):
    whole = sent(desk, style(desk), **PAGE)
    head = desk.http.head(style(desk), headers=PAGE)
    assert head.content == b""
    assert head.headers["content-length"] == whole.headers["content-length"]
    assert head.headers["content-encoding"] == "gzip"


@pytest.mark.parametrize(
    ("accepted", "sent_as"),
    [
        ("gzip", "gzip"),
        ("GZIP;q=0.5", "gzip"),
        ("gzip;q=0", None),
        ("gzip; q=0.00", None),
        ("br", None),
    ],
)
def test_only_who_takes_gzip_is_sent_it(desk: Desk, accepted: str, sent_as: str | None):
    answer = sent(desk, style(desk), **PAGE | {"Accept-Encoding": accepted})
    assert answer.headers.get("content-encoding") == sent_as


def test_a_page_that_another_site_asks_for_is_not_compressed(desk: Desk):
    own = sent(desk, "/sign-in", **PAGE, Sec_Fetch_Site="same-origin")
    foreign = sent(desk, "/sign-in", **PAGE, Sec_Fetch_Site="cross-site")
    assert "content-encoding" in own.headers
    assert "content-encoding" not in foreign.headers


def test_answers_of_the_api_go_out_as_their_etag_says(desk: Desk):
    answer = sent(desk, "/v1/roster", **PAGE | {"Accept": "application/json"})
    assert answer.headers["etag"]
    assert "content-encoding" not in answer.headers
