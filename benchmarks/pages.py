"""(i) Pages of the workbench with a million entries in the ledger: server time and bytes over the wire.

`dudao serve` as a process, one keep-alive connection on the same machine, one question at a time:
how long an answer takes, not how many the server gives. Every page is asked for many times, each
time of another subject, day or position, as a reader who may see everything; public pages without a
token. A first visit is the page with the style sheets and scripts that it names.
"""

import gzip
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

from api.access.tokens import issue, load_key
from benchmarks import catch_up, http_reads, ledgers, page_addresses, page_ground
from benchmarks.figures import Row, Setting, at_most
from benchmarks.measuring import percentile
from benchmarks.page_addresses import PAGES, TWINS, Page
from benchmarks.page_ground import Ground
from domain.terms.envelope import Actor
from ledger.log.clock import now
from ledger.log.postgres_log import PostgresLog

EACH = 120
"""Times that a page is asked for; a few before that do not count."""
FIRMS = 1_000
"""Enterprises of the made lines at full size."""
TIME, SIZE = at_most(100), at_most(60)
ANSWER_WITHIN = 60.0
KB = 1_000
TRIES = 20
"""Draws until there is something at the address: a subject may not be known yet on a day."""
SHOWN = frozenset({200, 303})
"""An answer: the page, or where an exact search leads."""
_BESIDE = re.compile(rb"""<(?:link rel="stylesheet" href|script [^>]*src)="(/static/[^"]+)\"""")


class Asked(NamedTuple):
    """What came of one kind of page: seconds of each answer, bytes of the largest first visit."""

    page: Page
    seconds: list[float]
    size: int


def run(setting: Setting) -> list[Row]:
    """Ask for every page and for what the API answers beside them."""
    if lost := page_addresses.forgotten():
        raise LookupError(f"pages that nothing asks for: {', '.join(sorted(lost))}")
    count = setting.sizes.small
    folder = ledgers.varied(setting.work, count, min(FIRMS, max(20, count // 1_000)))
    catch_up.caught_up(folder)
    times = min(EACH, max(4, setting.sizes.questions // 10))
    with ledgers.opened(folder) as database:
        with database.pool(2) as pool, pool.connection() as connection:
            head = PostgresLog(pool).head().position
            subjects = page_ground.subjects(connection, head)
        ground = Ground(subjects, head, random.Random(7))  # noqa: S311 - repeatable, not secret
        with http_reads.server(folder, setting.work) as port:
            reader = Reader(port, folder)
            for page in (*PAGES, *TWINS):  # not counted: a fresh server has read nothing yet
                _asked(reader, ground, page, times // 2)
            pages = [_asked(reader, ground, page, times) for page in PAGES]
            twins = [_asked(reader, ground, page, times) for page in TWINS]
    return [*_worst(pages), *_rows(pages), *_rows(twins)]


def _worst(pages: Sequence[Asked]) -> Iterator[Row]:
    slowest = max(pages, key=lambda each: percentile(each.seconds, 0.95))
    largest = max(pages, key=lambda each: each.size)
    yield _time(slowest, f"slowest page, {slowest.page.what}")
    yield _size(largest, f"largest page, {largest.page.what}")


def _rows(asked: Sequence[Asked]) -> Iterator[Row]:
    for each in asked:
        yield _time(each, each.page.what)
        if each.page.route:
            yield _size(each, each.page.what)


def _time(each: Asked, what: str) -> Row:
    """Return the 95th percentile; beside it from the median to the slowest."""
    values = [second * 1000 for second in each.seconds]
    return Row(
        what=f"{what}: p95 (median to slowest)",
        value=percentile(values, 0.95),
        unit="ms",
        low=median(values),
        high=max(values),
        targets=(TIME,),
    )


def _size(each: Asked, what: str) -> Row:
    return Row(what=f"{what}: first visit", value=each.size / KB, unit="KB", targets=(SIZE,))


def _asked(reader: "Reader", ground: Ground, page: Page, times: int) -> Asked:
    seconds: list[float] = []
    size = 0
    for number in range(times + max(1, times // 10)):
        answer = _drawn(reader, ground, page)
        if number >= max(1, times // 10):
            seconds.append(answer.seconds)
        size = max(size, answer.size + sum(map(reader.size_of, answer.beside)))
    return Asked(page, seconds, size)


class Answer(NamedTuple):
    """One answer: how long it took, its bytes with its head, the files that a page names."""

    status: int
    seconds: float
    size: int
    beside: frozenset[str]


def _drawn(reader: "Reader", ground: Ground, page: Page) -> Answer:
    """Ask until there is something; what is not there is an answer too, but not the page."""
    for _ in range(TRIES):
        address = page.draw(ground)
        who = page.who
        if who is not None and not who.organisation:
            who = replace(who, organisation=ground.largest)
        answer = reader.ask(address, who)
        if answer.status in SHOWN:
            return answer
        if answer.status != 404:
            raise ValueError(f"{address}: {answer.status}")
    raise LookupError(f"{page.what}: nothing is there, {TRIES} times")


class Reader:
    """One connection, kept; a browser that takes what is compressed."""

    def __init__(self, port: int, folder: Path) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=ANSWER_WITHIN)
        self._key = load_key(folder)
        self._tokens: dict[Actor, str] = {}
        self._sizes: dict[str, int] = {}

    def ask(self, address: str, who: Actor | None) -> Answer:
        """Ask for a page, or for JSON where the address is one of the API."""
        media = "application/json" if address.startswith("/v1/") else "text/html"
        started = perf_counter()
        self._connection.request("GET", address, headers=self._headers(media, who))
        answer = self._connection.getresponse()
        body = answer.read()
        seconds = perf_counter() - started
        size = len(body) + _head_size(answer.getheaders())
        if answer.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        beside = {found[1].decode() for found in _BESIDE.finditer(body)}
        return Answer(answer.status, seconds, size, frozenset(beside))

    def _headers(self, media: str, who: Actor | None) -> Mapping[str, str]:
        headers = {"Accept": media, "Accept-Encoding": "gzip", "Sec-Fetch-Site": "same-origin"}
        if who is not None:
            if who not in self._tokens:
                self._tokens[who] = issue(self._key, who, now(), timedelta(hours=12))
            headers["Authorization"] = f"Bearer {self._tokens[who]}"
        return headers

    def size_of(self, file: str) -> int:
        """Return the bytes of a file of the package."""
        if file not in self._sizes:
            self._sizes[file] = self.ask(file, None).size
        return self._sizes[file]


def _head_size(headers: Sequence[tuple[str, str]]) -> int:
    """Return the bytes of the head: the status line, and `name: value` with an end of line each."""
    return len("HTTP/1.1 200 OK\r\n\r\n") + sum(len(n) + len(v) + 4 for n, v in headers)
