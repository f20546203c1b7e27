"""No form answers 500, whatever of it is left out: what was typed is worth an answer that says what is wrong."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import NamedTuple

import httpx2
import pytest

from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from tests.api.web.site import INSPECTOR, OFFICER, PUBLISHER, SUPERVISOR, Site

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

REPORTER = Actor(
    account="reporter-1",
    role=Role.ENTERPRISE_REPORTER,
    organisation="91110105MA0EX0376E",
)
ADMIN = Actor(account="security-1", role=Role.SECURITY_ADMIN, organisation="centre")
READERS = (SUPERVISOR, OFFICER, PUBLISHER, INSPECTOR, REPORTER, ADMIN)
STARTS = (
    "/overview", "/todo", "/flags", "/findings", "/findings/new", "/inspections", "/inspections/new",
    "/applications", "/applications/new", "/publications/new", "/plans", "/plans/new", "/draws",
    "/draws/new", "/listings", "/roster", "/imports", "/catalogues", "/approvals", "/integrity",
    "/account", "/accounts", "/field/record", "/assessments/new", "/certificates",
)  # fmt: skip
MOST_PAGES = 60
LASTING = {"/sign-out", "/account/sessions/end-all", "/account/sessions/end", "/preferences"}
"""What says nothing that could be wrong."""


class Sent(NamedTuple):
    """A form as a page offers it."""

    action: str
    multipart: bool
    fields: tuple[tuple[str, str], ...]


class _Forms(HTMLParser):
    """The forms of a page that record something, and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Sent] = []
        self.links: list[str] = []
        self._open: Sent | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "a" and said.get("href", "").startswith("/"):
            self.links.append(said["href"].split("#")[0])
        elif tag == "form":
            is_post = said.get("method", "").lower() == "post"
            multipart = "multipart" in said.get("enctype", "")
            self._open = Sent(said.get("action", ""), multipart, ()) if is_post else None
        elif self._open is not None and said.get("name") and said.get("type") != "file":
            pair = (said["name"], said.get("value", ""))
            self._open = self._open._replace(fields=(*self._open.fields, pair))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._open is not None:
            self.forms.append(self._open)
            self._open = None


def _kind(path: str) -> str:
    """What pages of one kind share: their address without numbers, codes and questions."""
    return re.sub(r"/[^/]*\d[^/]*", "/*", path.split("?", maxsplit=1)[0])


def _forms(site: Site, reader: Actor) -> Iterator[Sent]:
    """Every kind of form that the reader is offered."""
    waiting, kinds, offered = list(STARTS), set[str](), set[tuple[str, tuple[str, ...]]]()
    while waiting and len(kinds) < MOST_PAGES:
        path = waiting.pop(0)
        if _kind(path) in kinds:
            continue
        kinds.add(_kind(path))
        answer = site.get(path, reader)
        assert answer.status_code < 500, path
        page = _Forms()
        page.feed(answer.text if "html" in answer.headers.get("content-type", "") else "")
        waiting += page.links
        for form in page.forms:
            kind = (_kind(form.action or path), tuple(name for name, _ in form.fields))
            if kind[0] not in LASTING and kind not in offered:
                offered.add(kind)
                yield form._replace(action=form.action or path)


def _variants(form: Sent) -> Iterator[dict[str, str]]:
    """Nothing at all, everything empty or of no keyboard, and each field not there."""
    yield {}
    yield dict.fromkeys((name for name, _ in form.fields), "")
    yield dict.fromkeys((name for name, _ in form.fields), "\u4e00\x00 ")
    whole = dict(form.fields)
    for name in whole:
        rest = {each: value for each, value in whole.items() if each != name}
        yield rest


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.role.value)
def test_whatever_is_left_out_of_a_form_is_answered(site: Site, reader: Actor):
    failed: list[str] = []
    for form in _forms(site, reader):
        for fields in _variants(form):
            sent = (
                {"files": {n: (None, v) for n, v in fields.items()}}
                if form.multipart
                else {"data": fields}
            )
            answer = httpx2.post(
                site.base + form.action,
                headers={**site.headers(reader), "Accept": "text/html"},
                timeout=60,
                **sent,
            )
            if answer.status_code >= 500:
                failed.append(f"{form.action} {answer.status_code} {sorted(fields.items())[:6]}")
    assert failed == []
