"""A real server for the tests of the API: one for all of them, each with enterprises of its own."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from api.app import create_app
from api.server import address, listen
from api.settings import Settings
from api.wiring import Installation
from tests.api.desk import Desk
from tests.postgres import Server


def _settings(server: Server, database: str, folder: Path) -> Settings:
    """A database and a data folder of their own, and any free port."""
    server.drop(database)
    addresses = server.create(database, "template0")
    return Settings.model_validate(
        {
            "database_url": addresses.owner,
            "database_app_url": addresses.app,
            "data": folder,
            "host": "127.0.0.1",
            "port": 0,
        }
    )


@pytest.fixture(scope="session")
def settings(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An installation that nobody serves: for imports that are killed half-way."""
    return _settings(server, "dudao_import", tmp_path_factory.mktemp("import"))


@pytest.fixture(scope="session")
def served(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The installation that is served."""
    return _settings(server, "dudao_api", tmp_path_factory.mktemp("dudao"))


@pytest.fixture(scope="session")
def house(served: Settings) -> Iterator[Installation]:
    """The installation behind the server."""
    with Installation(served, connections=16) as made:
        made.follow()
        yield made


@pytest.fixture(scope="session")
def desk(served: Settings, house: Installation) -> Iterator[Desk]:
    """A client of the running server."""
    with listen(served) as listening:
        running = uvicorn.Server(
            uvicorn.Config(create_app(house), log_level="critical", lifespan="off")
        )
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        while not running.started:
            time.sleep(0.01)
        client = Desk(address(listening), house.key)
        yield client
        client.http.close()
        running.should_exit = True
        thread.join()
