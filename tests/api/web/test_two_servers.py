"""What one server process began, any other goes on with: nothing that is used once is kept by a process."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple

import httpx2
import pytest

from api.access import administration, invitations
from api.access.access_log import command_line
from api.installation.wiring import Installation
from api.web.app import create_app
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.log.clock import now
from tests.api.access.house import MAKER, PASSWORD, Visitor
from tests.api.desk import Desk
from tests.api.lines import CENTRE, Json, registered, reporter, session, uscc
from tests.postgres import Server
from tests.serving import own_settings, serving

pytestmark = pytest.mark.postgres


class Two(NamedTuple):
    """Two servers of one ledger, each with memory of its own, and a folder of its own for what is under way."""

    house: Installation
    one: Desk
    other: Desk


@pytest.fixture(scope="module")
def two(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    settings = own_settings(server, "dudao_two", tmp_path_factory.mktemp("two"))
    with Installation(settings, connections=6) as first, Installation(settings) as second:
        first.follow()
        with serving(create_app(first)) as base, serving(create_app(second)) as beside:
            desks = [Desk(address, first.key) for address in (base, beside)]
            yield Two(first, *desks)
            for desk in desks:
                desk.http.close()


def until_done(desk: Desk, actor: Json, path: str) -> Json:
    deadline = time.monotonic() + 60
    while (said := desk.get(path, actor).json())["stage"] not in {"done", "failed"}:
        assert time.monotonic() < deadline, said
        time.sleep(0.02)
    return said


def test_a_file_that_one_took_in_is_told_of_and_its_refused_lines_are_given_by_the_other(
    two: Two,
) -> None:
    code = uscc()
    wrong = session(code)
    wrong["data"] = {**wrong["data"], "level": "9"}
    content = b"".join(json.dumps(each).encode() + b"\n" for each in (registered(code), wrong))
    asked = two.one.http.post(
        "/v1/imports", files={"file": ("in.ndjson", content)}, headers=two.one.auth(reporter(code))
    )
    path = asked.headers["location"]
    said = until_done(two.other, reporter(code), path)
    assert (said["taken"], said["refused"]) == (1, 1)
    lines = two.other.get(path, reporter(code), accept="application/x-ndjson")
    assert json.loads(lines.content)["input"]["data"]["level"] == "9"


def test_a_key_that_was_used_with_one_is_known_to_the_other(two: Two) -> None:
    code = uscc()
    line = registered(code)
    body = {**line["data"], "valid_from": line["valid_from"]}
    first = two.one.post("/v1/enterprises", body, line["actor"], "once")
    again = two.other.post("/v1/enterprises", body, line["actor"], "once")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["position"] == again.json()["position"]


def test_evidence_that_one_took_is_given_by_the_other(two: Two) -> None:
    content = b"%PDF-1.4\n%%EOF\n"
    path = f"/v1/evidence/{sha256(content).hexdigest()}"
    form = {**two.one.auth(CENTRE), "Content-Type": "application/pdf"}
    sent = two.one.http.put(path, content=content, headers=form)
    assert sent.status_code == 201, sent.text
    assert two.other.get(path, CENTRE, accept="*/*").content == content


def test_a_link_is_good_once_whoever_is_asked_and_lets_in_everywhere(two: Two) -> None:
    who = Actor(account="analyst-of-two", role=Role.ANALYST, organisation="centre")
    with two.house.gate.connection() as connection:
        administration.add(connection, MAKER, who, "甲", command_line(now()))
        secret = invitations.make(connection, who.account, "test", now(), timedelta(hours=1))
    path, left = f"/invitations/{secret}", list[httpx2.Client]()
    here, there = (Visitor(desk.base, left) for desk in (two.one, two.other))
    try:
        assert here.get(path).status_code == 200
        made = there.post(path, {"password": PASSWORD, "again": PASSWORD, "code": ""})
        assert made.status_code == 303, made.text
        assert here.get(path).status_code == 404
        here.http.cookies.set("dudao-session", there.token or "", domain="127.0.0.1")
        assert there.reads() == here.reads() == 200
    finally:
        for client in left:
            client.close()
