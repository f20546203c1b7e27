"""Ready means that what is recorded is shown soon: views that nobody moves are said."""

from collections.abc import Iterator

import pytest
from psycopg import OperationalError

from api.installation import wiring
from api.installation.wiring import Installation
from api.web.app import create_app
from tests.api.desk import Desk
from tests.api.lines import registered, uscc
from tests.ledger.drafts import single
from tests.postgres import Server
from tests.serving import own_settings, serving

pytestmark = pytest.mark.postgres
ADMINISTRATOR = {"account": "admin-1", "role": "system_admin", "organisation": "centre"}


@pytest.fixture
def unfollowed(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A client of an installation in which nobody follows the ledger."""
    settings = own_settings(server, "dudao_unfollowed", tmp_path_factory.mktemp("unfollowed"))
    with Installation(settings, connections=4) as house:
        house.following = True  # a follower that hangs believes so
        with serving(create_app(house)) as base:
            made = Desk(base, house.key)
            house.log.append([single()])
            yield made
            made.http.close()


def test_views_that_nobody_moves_are_not_ready(
    unfollowed: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert unfollowed.get("/readyz", None).status_code == 200
    monkeypatch.setattr(wiring, "STILL", -1.0)
    told = unfollowed.get("/readyz", None)
    assert told.status_code == 503
    assert told.json()["position"] == 0
    assert "视图停在位置 0" in told.json()["detail"]
    figures = unfollowed.get("/metrics", ADMINISTRATOR).text
    assert "dudao_projections_lag_seconds" in figures


def test_an_idle_ledger_is_ready_however_long_nothing_moved(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "STILL", -1.0)
    position = desk.get("/v1/events", limit=1).json()["basis"]["position"]
    ready = desk.get("/readyz", None)
    assert (ready.status_code, ready.json()["followed"]) == (200, position)


def test_what_is_recorded_is_never_answered_try_again(
    unfollowed: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "PATIENCE", 0.05)
    line = registered(uscc())
    body = {**line["data"], "valid_from": line["valid_from"]}
    said = unfollowed.post("/v1/commands/EnterpriseRegistered", body, line["actor"], "k")
    assert said.status_code == 201
    assert said.json()["position"] == 2
    assert "不必重发" in said.json()["note"]["zh"]

    def gone(*_: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr("api.http.commands._raised", gone)
    again = unfollowed.post("/v1/commands/EnterpriseRegistered", body, line["actor"], "k")
    assert again.status_code == 201, again.text
    assert again.json()["positions"] == [2]
    assert "不必重发" in again.json()["note"]["zh"]
