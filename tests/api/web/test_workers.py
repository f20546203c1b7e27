"""Several server processes: one address, figures that add up, and nobody missed who is killed."""

import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

from api.access.tokens import load_key
from tests.api.desk import Desk
from tests.api.lines import SUPERVISOR, registered, uscc
from tests.postgres import Server
from tests.programs import Program, running
from tests.serving import own_settings

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
ADMINISTRATOR = {"account": "admin-1", "role": "system_admin", "organisation": "centre"}
ROOT = Path(__file__).parents[3]
PATIENCE = 60.0


class Served:
    """A server with two processes that answer."""

    def __init__(self, program: Program, desk: Desk) -> None:
        self.program, self.desk = program, desk

    def children(self) -> set[int]:
        """The processes that answer, as the kernel knows them."""
        found: set[int] = set()
        for task in Path(f"/proc/{self.program.process.pid}/task").iterdir():
            found |= {int(pid) for pid in (task / "children").read_text().split()}
        return {pid for pid in found if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()}

    def ask(self, path: str) -> int:
        """Ask on a connection of its own, so that any process may answer."""
        with httpx2.Client(base_url=self.desk.base, timeout=30) as client:
            return client.get(path).status_code

    def counted(self, route: str) -> float:
        """How many answers of a route were counted, by all processes."""
        text = self.desk.get("/metrics", ADMINISTRATOR).text
        told = re.findall(
            rf'^dudao_http_requests_total{{.*route="{route}".*}} (\S+)$', text, re.MULTILINE
        )
        return sum(map(float, told))


@pytest.fixture(scope="module")
def served(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    settings = own_settings(server, "dudao_workers", tmp_path_factory.mktemp("workers"))
    assert settings.database_url is not None
    command = [sys.executable, "-m", "api.cli.main", "serve", "--port", "0", "--workers", "2"]
    environment = {
        **os.environ,
        "DUDAO_DATABASE_URL": settings.database_url.get_secret_value(),
        "DUDAO_DATA": str(settings.data),
    }
    with running(command, ROOT, environment) as program:
        address = re.search(r"http://\S+", program.line_with("serves at"))
        assert address is not None
        desk = Desk(address[0], load_key(settings.folder))
        yield Served(program, desk)
        desk.http.close()


def test_each_request_is_counted_once_whoever_answers_and_whoever_is_killed(
    served: Served,
) -> None:
    before = served.children()
    assert len(before) == 2
    served.desk.send(registered(uscc()))  # followed by the process that answers nobody
    assert served.desk.get("/v1/roster", SUPERVISOR).status_code == 200
    assert [served.ask("/healthz") for _ in range(40)] == [200] * 40
    assert served.counted("/healthz") == 40
    os.kill(min(before), signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE
    while len(now := served.children()) < 2 or now == before:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    answered = 0
    for _ in range(20):
        with suppress(httpx2.TransportError):  # what lay with the one that was killed
            answered += served.ask("/healthz") == 200
    assert served.counted("/healthz") == 40 + answered
    assert answered > 0


def test_the_end_of_the_first_process_is_the_end_of_all(served: Served) -> None:
    children = served.children()
    served.program.end()
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
