"""What tests are served by: an installation with a database of its own, and a server before it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import uvicorn

from api.http.shell import App
from api.installation.opening import SOURCES
from api.installation.settings import Settings
from api.web.bounded_heads import BoundedHeads
from api.web.server import address, listen
from ledger.migrate import migrate
from tests.postgres import Server


def own_settings(server: Server, database: str, folder: Path, **beside: Any) -> Settings:
    """A new database with an empty ledger, a data folder, and any free port."""
    server.drop(database)
    addresses = server.create(database, "template0")
    with psycopg.connect(addresses.owner) as connection:
        migrate(connection, SOURCES)
    return Settings.model_validate(
        {
            "database_url": addresses.app,
            "owner_url": addresses.owner,
            "data": folder,
            "host": "127.0.0.1",
            "port": 0,
            **beside,
        }
    )


@contextmanager
def serving(app: App) -> Iterator[str]:
    """Yield the address of a server of `app`, and stop it afterwards."""
    with listen(Settings.model_validate({"host": "127.0.0.1", "port": 0})) as listening:
        config = uvicorn.Config(
            app, log_config=None, log_level="critical", lifespan="off", http=BoundedHeads
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield address(listening)
        finally:  # also where what is served fails, or the process waits for the thread for ever
            server.should_exit = True
            thread.join()
