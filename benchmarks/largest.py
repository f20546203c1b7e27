"""(r) One enterprise with 125,000 certificates: its page, and the first command after the server was started.

The server has read nothing yet when that command comes: what a decision rests on has to be there.
"""

from statistics import median
from time import perf_counter

from benchmarks import catch_up, ledgers, sessions
from benchmarks.figures import Row, Setting, at_most
from benchmarks.http_client import Client
from benchmarks.http_reads import requests as reads
from benchmarks.http_reads import server, token
from benchmarks.http_writes import requests as commands
from benchmarks.measuring import percentile
from benchmarks.prepared import CERTIFICATES_PER_SESSION, of_one

SHARE = 8
"""What part of the small ledger's size are its certificates."""
STARTS = 5
PAGES = ("", "/sessions", "/certificates", "/flags", "/history")
ASKED = 60


def run(setting: Setting) -> list[Row]:
    """Start the server again and again and report a session; then ask for the pages."""
    certificates = setting.sizes.small // SHARE
    count = certificates + certificates // CERTIFICATES_PER_SESSION + 10
    folder = ledgers.prepared(setting.work / f"largest-{count}", count, of_one)
    catch_up.caught_up(folder)
    address = f"/enterprises/{sessions.uscc(0)}"
    with ledgers.opened(folder):
        bearer = token(folder, setting.work)
        reported = iter(commands(folder, 0, STARTS))
        first: list[float] = []
        for _ in range(STARTS):
            with server(folder, setting.work) as port:
                first.append(_asked(port, next(reported)) * 1000)
        with server(folder, setting.work) as port:
            waits = {page: _page(port, bearer, address + page) for page in PAGES}
    what = f"{certificates:,} certificates"
    return [
        Row(
            what=f"{what}: first session reported after a start",
            value=median(first),
            unit="ms",
            low=min(first),
            high=max(first),
            targets=(at_most(300),),
        ),
        *(
            Row(
                what=f"{what}: /enterprises/{{uscc}}{page}: p95 (median to slowest)",
                value=percentile(each, 0.95) * 1000,
                unit="ms",
                low=median(each) * 1000,
                high=max(each) * 1000,
                targets=(at_most(50),),
            )
            for page, each in waits.items()
        ),
    ]


def _page(port: int, bearer: str, path: str) -> list[float]:
    (request,) = reads([path], bearer)
    asked = request.replace(b"Accept: application/json", b"Accept: text/html")
    _asked(port, asked)  # the first visit reads templates
    return [_asked(port, asked) for _ in range(ASKED)]


def _asked(port: int, request: bytes) -> float:
    client = Client(port)
    try:
        started = perf_counter()
        client.ask(request)
        while client.take() is None:
            pass
        return perf_counter() - started
    finally:
        client.socket.close()
