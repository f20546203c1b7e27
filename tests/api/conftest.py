"""A real server for the tests of the API: one for all of them, each with enterprises of its own."""

from collections.abc import Iterator

import pytest

from api.installation.settings import Settings
from api.installation.wiring import Installation
from api.web.app import create_app
from tests.api.desk import Desk
from tests.postgres import Server
from tests.serving import own_settings, serving


@pytest.fixture(scope="session")
def settings(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An installation that nobody serves: for imports that are killed half-way."""
    return own_settings(server, "dudao_import", tmp_path_factory.mktemp("import"))


@pytest.fixture(scope="session")
def served(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The installation that is served."""
    return own_settings(server, "dudao_api", tmp_path_factory.mktemp("dudao"))


@pytest.fixture(scope="session")
def house(served: Settings) -> Iterator[Installation]:
    """The installation behind the server."""
    with Installation(served, connections=16) as made:
        made.follow()
        yield made


@pytest.fixture(scope="session")
def desk(house: Installation) -> Iterator[Desk]:
    """A client of the running server."""
    with serving(create_app(house)) as base:
        client = Desk(base, house.key)
        yield client
        client.http.close()
