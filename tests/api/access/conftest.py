"""One installation for the tests of the way in, with a server and a connection that turns back time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

from api.installation.settings import Settings
from api.installation.wiring import Installation
from api.web.app import create_app
from tests.api.access.house import House
from tests.api.access.identities import Identities
from tests.postgres import Server
from tests.serving import own_settings, serving


@pytest.fixture
def house(open_house: House) -> Iterator[House]:
    """The installation; whoever comes in a test has left when it ends."""
    yield open_house
    open_house.close()


@pytest.fixture(scope="session")
def open_house(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """An installation of its own; generous to the one address that all tests come from."""
    folder = tmp_path_factory.mktemp("office")
    settings = own_settings(server, "dudao_office", folder, sign_in_tries_per_address=10_000)
    with (
        psycopg.connect(settings.owners_url or "", autocommit=True) as owner,
        served(settings, owner) as made,
    ):
        yield made


@contextmanager
def served(settings: Settings, owner: psycopg.Connection[Any]) -> Iterator[House]:
    """Yield an installation behind a running server."""
    with Installation(settings, connections=16) as made:
        made.follow()
        with serving(create_app(made)) as base:
            yield House(made, base, owner)


@pytest.fixture(scope="session")
def identities() -> Iterator[Identities]:
    """An identity provider."""
    with Identities() as running:
        yield running


@pytest.fixture(scope="session")
def open_branch(open_house: House, identities: Identities) -> Iterator[House]:
    """The same installation, served by a process that knows the identity provider."""
    settings = open_house.made.settings.model_copy(
        update={
            "oidc_issuer": identities.issuer,
            "oidc_client_id": identities.client_id,
            "oidc_client_secret": SecretStr(identities.client_secret),
        }
    )
    with served(settings, open_house.owner) as made:
        yield made


@pytest.fixture
def branch(open_branch: House, identities: Identities) -> Iterator[House]:
    """The branch, with a provider that behaves until a test says otherwise."""
    identities.behave()
    yield open_branch
    open_branch.close()
