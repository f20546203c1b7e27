"""The entries as a feed: filters, waiting, and a stream that goes on behind what was seen last."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest

from api.installation.news import MOST_WAITING
from api.installation.wiring import Installation
from api.web.app import create_app
from tests.api.desk import Desk
from tests.api.lines import SUPERVISOR, Json, listed, registered, session, uscc
from tests.serving import serving

pytestmark = pytest.mark.postgres

INSPECTOR = {"account": "hd1", "role": "district_inspector", "organisation": "110108"}
STREAM = "text/event-stream"
SCRIPTS = Path(__file__).resolve().parents[3] / "examples" / "analysts"


def head(desk: Desk) -> int:
    position: int = desk.get("/v1/events", limit=1).json()["basis"]["position"]
    return position


def streamed(
    desk: Desk, seen: str | None = None, actor: Json = SUPERVISOR, **asked: Any
) -> Iterator[Json]:
    """The events of a stream, as they come, until it ends."""
    headers = {**desk.auth(actor), "Accept": STREAM}
    if seen is not None:
        headers["Last-Event-ID"] = seen
    with desk.http.stream("GET", "/v1/events", params=asked, headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(STREAM)
        told: str | None = None
        for row in answer.iter_lines():
            name, _, value = row.partition(": ")
            if name == "id":
                told = value
            if name == "data":
                event = json.loads(value)
                assert told == str(event["position"])
                yield event


def test_events_are_narrowed_by_type_enterprise_and_district(desk: Desk) -> None:
    after, code, other = head(desk), uscc(), uscc()
    desk.send(*listed(code, "5"), *listed(other, "5"), session(code), session(other))
    about = desk.items("/v1/events", after=after, subject=code)
    assert {each["subject"] for each in about} == {code}
    held = desk.get("/v1/events", after=after, type="AssessmentHeld").json()["items"]
    assert [each["subject"] for each in held] == [code, other]
    both = desk.get("/v1/events", after=after, type="AssessmentHeld", subject=other).json()
    assert [each["position"] for each in both["items"]] == [held[1]["position"]]
    assert desk.get("/v1/events", after=after, district="110101").json()["items"] == []
    own = desk.get("/v1/events", after=after, district=held[0]["district"]).json()["items"]
    assert {each["subject"] for each in own} == {code, other}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("type", "Nonsense"),
        ("subject", "91110302MA222LU88A"),
        ("district", "110199"),
        ("wait", "0"),
        ("wait", "61"),
        ("wait", "soon"),
        ("after", "-1"),
    ],
)
def test_what_no_event_has_is_no_filter(desk: Desk, field: str, value: str) -> None:
    answer = desk.get("/v1/events", **{field: value})
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [field]


def test_the_pages_of_a_feed_end_where_the_first_one_did(desk: Desk) -> None:
    after, code = head(desk), uscc()
    desk.send(*listed(code, "5"))
    upto = head(desk)
    page = desk.get("/v1/events", after=after, subject=code, limit=3)
    desk.send(session(code))
    found = page.json()["items"]
    while "next" in page.links:
        address = urlsplit(page.links["next"]["url"])
        assert dict(parse_qsl(address.query))["upto"] == str(upto)
        page = desk.get(address.path, **dict(parse_qsl(address.query)))
        found += page.json()["items"]
    assert [each["position"] for each in found] == [
        each["position"] for each in desk.items("/v1/events", after=after, subject=code, upto=upto)
    ]
    assert "AssessmentHeld" not in {each["type"] for each in found}


def test_what_is_rare_is_found_over_several_pages(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    after, code = head(desk), uscc()
    desk.send(*listed(code, "5"), session(code))
    monkeypatch.setattr("api.questions.histories.LOOKED_AT", 3)
    found, pages, behind = [], 0, str(after)
    while behind is not None:
        page = desk.get("/v1/events", after=behind, type="AssessmentHeld").json()
        pages, behind = pages + 1, page["next"]
        found += [each["subject"] for each in page["items"]]
    assert found == [code]
    assert pages > 2


def test_a_question_waits_for_the_next_entry_that_it_asks_for(desk: Desk) -> None:
    after, code = head(desk), uscc()
    told: list[Json] = []

    def wait() -> None:
        told.append(desk.get("/v1/events", after=after, subject=code, wait=30).json())

    waiting = threading.Thread(target=wait)
    waiting.start()
    desk.send(registered(uscc()), registered(code))
    waiting.join()
    assert [each["subject"] for each in told[0]["items"]] == [code]


def test_where_nothing_comes_the_answer_is_empty_and_says_how_far_it_looked(desk: Desk) -> None:
    after = head(desk)
    said = desk.get("/v1/events", after=after, wait=1).json()
    assert (said["items"], said["next"], said["basis"]["position"]) == ([], None, after)
    assert desk.http.head(
        f"/v1/events?after={after}&wait=60", headers=desk.auth(SUPERVISOR)
    ).is_success


def test_a_stream_goes_on_behind_the_last_event_that_was_seen(desk: Desk) -> None:
    after, code = head(desk), uscc()
    desk.send(*listed(code, "5"))
    upto = head(desk)
    every = [each["position"] for each in streamed(desk, after=after, upto=upto)]
    assert every == list(range(after + 1, upto + 1))
    seen = every[len(every) // 2]
    rest = [each["position"] for each in streamed(desk, str(seen), after=after, upto=upto)]
    assert rest == list(range(seen + 1, upto + 1))
    refused = desk.http.get(
        "/v1/events", headers={**desk.auth(SUPERVISOR), "Accept": STREAM, "Last-Event-ID": "x"}
    )
    assert refused.status_code == 422


def test_a_stream_says_the_same_as_the_list(desk: Desk) -> None:
    after, code = head(desk), uscc()
    desk.send(*listed(code, "5"), session(code))
    upto = head(desk)
    whole = desk.items("/v1/events", after=after, upto=upto)
    assert list(streamed(desk, after=after, upto=upto)) == whole
    assert list(streamed(desk, after=after, wait=1)) == whole
    asked = {"accept": STREAM, "after": after, "upto": upto}
    assert desk.get("/v1/events", None, **asked).status_code == 401
    only = desk.http.head(
        f"/v1/events?after={after}", headers={**desk.auth(SUPERVISOR), "Accept": STREAM}
    )
    assert (only.status_code, only.content) == (200, b"")


def test_a_stream_shows_no_more_than_its_reader_may_see(desk: Desk) -> None:
    after, code, reporter = head(desk), uscc(), uscc()
    desk.send(*listed(code, "5"), *listed(reporter, "5"), session(code))
    upto = head(desk)
    own = {"account": "r", "role": "enterprise_reporter", "organisation": reporter}
    told = list(streamed(desk, actor=own, after=after, upto=upto))
    assert {each["subject"] for each in told} == {reporter}
    assert list(streamed(desk, actor=own, after=after, upto=upto, subject=code)) == []
    expert = {"account": "e", "role": "expert", "organisation": "某大学"}
    assert desk.get("/v1/events", expert, accept=STREAM).status_code == 403


WRITERS, EACH = 8, 12


class Readers:
    """Two who follow the feed until they have seen the last position, each in their own way."""

    def __init__(self, desk: Desk, after: int) -> None:
        self.desk, self.after = desk, after
        self.last: int | None = None
        self.in_stream: list[int] = []
        self.in_pages: list[int] = []

    def complete(self, found: list[int]) -> bool:
        return self.last is not None and bool(found) and found[-1] >= self.last

    def follow(self) -> None:
        """Read a stream that breaks off after every few entries."""
        while not self.complete(self.in_stream):
            seen = self.in_stream[-1] if self.in_stream else self.after
            for count, each in enumerate(streamed(self.desk, str(seen), wait=5)):
                self.in_stream.append(each["position"])
                if count == 6 or self.complete(self.in_stream):
                    break

    def poll(self) -> None:
        """Ask for the next few entries, and wait for them."""
        behind = self.after
        while not self.complete(self.in_pages):
            page = self.desk.get("/v1/events", after=behind, wait=5, limit=5).json()
            self.in_pages += [each["position"] for each in page["items"]]
            behind = int(page["next"] or page["basis"]["position"])


def write(desk: Desk) -> None:
    client = Desk(desk.base, desk.key)
    client.send(*(registered(uscc()) for _ in range(EACH)))
    client.http.close()


def test_beside_eight_writers_nobody_who_follows_misses_an_entry_or_gets_one_twice(
    desk: Desk,
) -> None:
    after = head(desk)
    readers = Readers(desk, after)
    reading = [threading.Thread(target=each) for each in (readers.follow, readers.poll)]
    writing = [threading.Thread(target=write, args=(desk,)) for _ in range(WRITERS)]
    for each in (*reading, *writing):
        each.start()
    for each in writing:
        each.join()
    (said,) = desk.send(registered(uscc()))
    readers.last = said["position"]
    for each in reading:
        each.join()
    every = list(range(after + 1, said["position"] + 1))
    assert len(every) > WRITERS * EACH
    assert readers.in_stream == every
    assert readers.in_pages == every


KILLED = """
import os, signal, sys
from pathlib import Path
import follow
left, append = int(sys.argv[3]), follow.append
def dying(file, entry):
    global left
    left -= 1
    if left:
        append(file, entry)
    else:
        file.write(b'{"position": 1')
        file.flush()
        os.kill(os.getpid(), signal.SIGKILL)
follow.append = dying
follow.follow(follow.Client(sys.argv[1], os.environ["DUDAO_TOKEN"]), Path(sys.argv[2]))
"""


def test_a_reader_that_is_killed_anywhere_goes_on_and_loses_nothing_and_doubles_nothing(
    desk: Desk, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.ndjson"
    analyst = {"account": "analyst-1", "role": "analyst", "organisation": "centre"}
    own = {"DUDAO_TOKEN": desk.token(analyst), "PYTHONPATH": str(SCRIPTS)}

    def run(*program: str, left: int = 0) -> int:
        command = [sys.executable, *program, desk.base, str(copy), str(left)]
        done = subprocess.run(command, check=False, env={**os.environ, **own})  # noqa: S603 - ours
        return done.returncode

    desk.send(*listed(uscc(), "4"))
    for left in (1, 2, 5):
        assert run("-c", KILLED, left=left) == -signal.SIGKILL
        assert not copy.read_bytes().endswith(b"\n")
        desk.send(registered(uscc()))
    assert run(str(SCRIPTS / "follow.py")) == 0
    kept = [json.loads(row) for row in copy.read_bytes().splitlines()]
    assert [entry["position"] for entry in kept] == list(range(1, head(desk) + 1))


def test_a_server_that_ends_lets_go_of_who_waits(served: Any, desk: Desk) -> None:
    with Installation(served, connections=4) as house, serving(create_app(house)) as base:
        client = httpx2.Client(base_url=base, timeout=60)
        headers = {**desk.auth(SUPERVISOR), "Accept": STREAM}
        after = head(desk)
        with client.stream("GET", f"/v1/events?after={after}", headers=headers) as answer:
            rows = answer.iter_lines()
            assert next(rows).startswith("retry")
            house.news.stop()
            assert [row for row in rows if row] == []
        client.close()


def test_no_more_wait_than_there_are_places(house: Installation, desk: Desk) -> None:
    after = head(desk)
    with ExitStack() as held:
        for _ in range(MOST_WAITING):
            held.enter_context(house.news.waiting())
        answer = desk.get("/v1/events", after=after, wait=30)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
        assert desk.get("/v1/events", accept=STREAM).status_code == 503
        assert desk.get("/v1/events", after=after).status_code == 200
    assert desk.get("/v1/events", after=after, wait=1).status_code == 200


def test_who_asks_behind_the_end_of_the_ledger_is_told_so_and_does_not_wait(desk: Desk) -> None:
    head = desk.get("/readyz", None).json()["position"]
    for accept in ("application/json", STREAM):
        answer = desk.get("/v1/events", after=head + 1_000, wait=60, accept=accept)
        assert answer.status_code == 422
        (fault,) = answer.json()["errors"]
        assert fault["field"] == "after"
        assert "the ledger ends at position" in fault["reason"]
