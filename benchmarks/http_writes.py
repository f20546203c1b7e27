"""(m) Commands over HTTP: sessions that are reported one by one, each answered with the flags it raised.

From the request to the answer: read, decided, appended, synchronised, followed by the views and asked of them.
Clients in processes of their own; server, database and clients share the machine's cores.
"""

import multiprocessing
import uuid
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from itertools import islice
from multiprocessing.pool import Pool
from pathlib import Path
from statistics import median
from typing import NamedTuple

import orjson

from benchmarks import catch_up, ledgers, sessions
from benchmarks.figures import Row, Setting, Target, at_least, at_most
from benchmarks.http_client import Answered, Load, ask
from benchmarks.http_reads import CLIENTS_EACH, PROCESSES, server
from benchmarks.measuring import cost_of, dudao, environment, percentile, required

MOST_A_SECOND = 3_000
"""More than can be answered: so many different commands are made for a second of one process."""
DAYS = 600
"""Days over which the sessions are spread."""
SHARE = 10
"""What part of the small ledger is there before; these commands make it grow."""


class Shape(NamedTuple):
    """Who asks at once: processes, and clients in each."""

    processes: int
    clients: int


def run(setting: Setting) -> list[Row]:
    """Report sessions: one client alone, then several."""
    own = setting.work / "writes"
    own.mkdir()
    own.chmod(0o755)  # the server has an account of its own where this runs as root
    try:
        folder = ledgers.large(own, setting.sizes.small // SHARE)
        catch_up.caught_up(folder)
        with _clients() as clients:
            asked = partial(_asked, setting, folder, clients)
            with server(folder, own) as port:
                alone, many = asked(port, Shape(1, 1)), asked(port, Shape(PROCESSES, CLIENTS_EACH))
            with server(folder, own, "--workers", "2") as port:
                shared = asked(port, Shape(PROCESSES, CLIENTS_EACH))
    finally:
        ledgers.drop(own)
    number = PROCESSES * CLIENTS_EACH
    return [
        *_rows("one client", alone, p50=(at_most(5),)),
        *_rows(f"{number} clients", many, rate=(at_least(800),), p99=(at_most(50),)),
        *_rows(f"{number} clients, two workers", shared),
    ]


def _asked(
    setting: Setting, folder: Path, clients: Pool, port: int, shape: Shape
) -> list[list[Answered]]:
    rounds: list[list[Answered]] = []
    seconds = setting.sizes.seconds
    for number in range(setting.sizes.rounds + 1):
        loads = [
            Load(
                requests(folder, firm, int(MOST_A_SECOND * seconds)),
                seconds,
                port,
                shape.clients,
                once=True,
            )
            for firm in range(shape.processes)
        ]
        answered = clients.map(ask, loads, chunksize=1)
        if number:  # the first round warms up
            rounds.append(answered)
    return rounds


def _rows(
    what: str,
    rounds: Sequence[Sequence[Answered]],
    rate: tuple[Target, ...] = (),
    p50: tuple[Target, ...] = (),
    p99: tuple[Target, ...] = (),
) -> list[Row]:
    rates = [sum(len(each.waits) / each.seconds for each in answered) for answered in rounds]
    waits = [wait * 1000 for answered in rounds for each in answered for wait in each.waits]
    return [
        Row(
            what=f"a session reported over HTTP, {what}",
            value=median(rates),
            unit="/s",
            low=min(rates),
            high=max(rates),
            targets=rate,
        ),
        Row(what=f"{what}: p50", value=median(waits), unit="ms", targets=p50),
        Row(what=f"{what}: p99", value=percentile(waits, 0.99), unit="ms", targets=p99),
    ]


def requests(folder: Path, firm: int, number: int) -> list[bytes]:
    """Return commands of one enterprise's reporter, none like another, of today's kind of session."""
    bearer = _token(folder, sessions.uscc(firm))
    return list(islice(_commands(firm, bearer), number))


def _commands(firm: int, bearer: str) -> Iterator[bytes]:
    for turn, command in enumerate(sessions.reports(firm)):
        number = uuid.uuid4().hex
        # Of days apart: thousands on one day that say the same are looked through for the warning of a duplicate.
        day = (sessions.HELD_ON - timedelta(days=turn % DAYS)).isoformat()
        held = orjson.loads(orjson.dumps(command.body))
        members = {name: value for name, value in held.items() if value is not None}
        own = {"assessment_id": f"s-{number}", "held_from": day, "held_to": day}
        body = orjson.dumps(members | own)
        head = (
            "POST /v1/assessments HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {bearer}\r\nIdempotency-Key: {number}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        yield head.encode() + body


def _token(folder: Path, uscc: str) -> str:
    command = dudao("token", "--role", "enterprise_reporter", "--uscc", uscc)
    return required(
        cost_of(command, environment(folder), folder.parent / "token.log")
    ).output.strip()


def _clients() -> Pool:
    # Spawned: a fork would inherit the connections of this process.
    return multiprocessing.get_context("spawn").Pool(PROCESSES)
