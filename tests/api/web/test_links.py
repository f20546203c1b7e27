"""No page offers a link that leads nowhere: every role follows what it is offered, one of each kind."""

import re
from collections import deque
from html import unescape

import pytest

from api.access.demo_accounts import SAMPLE
from api.questions.policy import ANYONE
from domain.terms.envelope import Actor
from tests.api.web.site import Site

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

HREF = re.compile(r'href="([^"]*)"')
ID = re.compile(r'id="([^"]*)"')
OF_ONE_KIND = "enterprises assessments applications inspections findings draws plans flags entries"
KINDS = re.compile(
    rf"/({OF_ONE_KIND.replace(' ', '|')}|certificates|evidence|imports|listings)/(?!new)[^/?]+"
)
CLOCKS = re.compile(r"valid_at=|position=|known_at=")
MOST = 90
"""Pages that one reader opens."""


def _kind(address: str) -> str:
    """Addresses of one kind differ in a number or a filter, or in whether they carry a clock."""
    path, _, query = address.partition("?")
    return KINDS.sub(r"/\1/*", path) + ("?clock" if CLOCKS.search(query) else "")


def _called(actor: Actor) -> str:
    return actor.role.value


@pytest.mark.parametrize("actor", [ANYONE, *SAMPLE], ids=_called)
def test_every_link_that_a_reader_is_offered_can_be_followed(site: Site, actor: Actor):
    who = None if actor is ANYONE else actor
    todo, seen, broken = deque(["/"]), {"/"}, list[tuple[str, str]]()
    opened = 0
    while todo and opened < MOST:
        address = todo.popleft()
        opened += 1
        answer = site.get(address, who)
        if answer.status_code == 303:
            answer = site.get(address := answer.headers["location"], who)
        if answer.status_code >= 400:
            broken.append((address, str(answer.status_code)))
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        ids = set(ID.findall(answer.text))
        for href in map(unescape, HREF.findall(answer.text)):
            if href.startswith("#"):
                broken += [] if href[1:] in ids else [(address, href)]
                continue
            path = href.partition("#")[0]
            # An account belongs to a session; these readers come with a token.
            if path == "/account" or path.startswith("/static") or _kind(path) in seen:
                continue
            seen.add(_kind(path))
            todo.append(path)
    assert broken == []
