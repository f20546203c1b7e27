"""One installation for the tests of the way in, with a server and a connection that turns back time."""

import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
import uvicorn

from api.app import create_app
from api.server import address, listen
from api.settings import Settings
from api.wiring import Installation
from tests.office.house import House
from tests.postgres import Server


@pytest.fixture
def house(open_house: House) -> Iterator[House]:
    """The installation; whoever comes in a test has left when it ends."""
    yield open_house
    open_house.close()


@pytest.fixture(scope="session")
def open_house(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """An installation of its own; generous to the one address that all tests come from."""
    server.drop("dudao_office")
    addresses = server.create("dudao_office", "template0")
    settings = Settings.model_validate(
        {
            "database_url": addresses.owner,
            "database_app_url": addresses.app,
            "data": tmp_path_factory.mktemp("office"),
            "host": "127.0.0.1",
            "port": 0,
            "sign_in_tries_per_address": 10_000,
        }
    )
    with Installation(settings, connections=16) as made, listen(settings) as listening:
        made.follow()
        running = uvicorn.Server(
            uvicorn.Config(create_app(made), log_level="critical", lifespan="off")
        )
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        while not running.started:
            time.sleep(0.01)
        with psycopg.connect(addresses.owner, autocommit=True) as owner:
            yield House(made, address(listening), owner)
        running.should_exit = True
        thread.join()
