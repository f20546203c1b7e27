"""A clock that cannot be right: nothing is recorded, and every way in says so and names the clock."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from api.installation.wiring import Installation
from api.web.app import create_app
from ledger.log.clock import DatabaseClock
from tests.api.desk import Desk
from tests.api.lines import SUPERVISOR, registered, uscc
from tests.postgres import Server
from tests.serving import own_settings, serving

pytestmark = pytest.mark.postgres
ADMINISTRATOR = {"account": "admin-1", "role": "system_admin", "organisation": "centre"}


class Wrong:
    """A database whose clock is wrong by so much."""

    def __init__(self, by: timedelta) -> None:
        self._by, self._checked = by, DatabaseClock()

    @property
    def refused(self) -> str | None:
        return self._checked.refused

    def __call__(self, reading: datetime, last: datetime | None, /) -> datetime | timedelta:
        return self._checked(reading + self._by, last)


@pytest.fixture(scope="module")
def clocked(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    settings = own_settings(server, "dudao_clock", tmp_path_factory.mktemp("clock"))
    with Installation(settings, connections=6) as house:
        house.follow()
        yield house


@pytest.fixture(scope="module")
def client(clocked: Installation) -> Iterator[Desk]:
    with serving(create_app(clocked)) as base:
        made = Desk(base, clocked.key)
        made.send(registered(uscc()))
        yield made
        made.http.close()


@pytest.mark.parametrize(
    ("by", "told"),
    [(timedelta(hours=-1), "早于最后一条记录"), (timedelta(days=400), "应约为")],
    ids=["an hour back", "400 days ahead"],
)
def test_a_wrong_clock_is_named_everywhere_and_no_fault(
    clocked: Installation,
    client: Desk,
    monkeypatch: pytest.MonkeyPatch,
    by: timedelta,
    told: str,
) -> None:
    line = registered(uscc())
    body = {**line["data"], "valid_from": line["valid_from"]}
    with monkeypatch.context() as patch:
        patch.setattr(clocked.log, "clock", Wrong(by))
        patch.setattr(clocked, "_appended", None)
        refused = client.post("/v1/commands/EnterpriseRegistered", body, line["actor"], "k")
        ready = client.get("/readyz", None)
        figures = client.get("/metrics", ADMINISTRATOR).text
        page = client.get("/system", ADMINISTRATOR, accept="text/html")
        read = client.get("/v1/roster", SUPERVISOR)
    for answer in (refused, ready):
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert "时钟" in answer.json()["detail"]
        assert told in answer.json()["detail"]
    assert "dudao_clock_refused 1.0" in figures
    assert page.status_code == read.status_code == 200
    assert told in page.text
    again = client.post("/v1/commands/EnterpriseRegistered", body, line["actor"], "k")
    assert again.status_code == 201
    assert "dudao_clock_refused 0.0" in client.get("/metrics", ADMINISTRATOR).text
