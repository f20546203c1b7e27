"""One server for all cases: started by the real command line, on an embedded PostgreSQL of its own."""

import io
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.access.tokens import load_key
from api.installation.bench import recording
from api.installation.settings import Settings
from tests.acceptance.office import DUDAO, Office


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder: Path = tmp_path_factory.mktemp("office")
    env = {k: v for k, v in os.environ.items() if not k.startswith("DUDAO_")}
    with subprocess.Popen(  # noqa: S603 - our own program
        [*DUDAO, "serve", "--port", "0"],
        env={**env, "DUDAO_DATA": str(folder)},
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            base = _address(server)
            # Whatever else it says is read, so that it never waits for a full pipe.
            threading.Thread(target=(server.stderr or io.StringIO()).read, daemon=True).start()
            settings = Settings.model_validate({"data": folder, "database_url": None})
            with recording(settings) as bench:
                made = Office(base, load_key(folder), bench, folder)
                yield made
                made.client.close()
        finally:
            server.terminate()
            server.wait()


def _address(server: subprocess.Popen[str]) -> str:
    """Where it serves, as soon as it says so."""
    said = []
    for each in server.stderr or ():
        said.append(each)
        found = re.search(r"serves at (http://\S+)", each)
        if found:
            return found[1]
    pytest.fail(f"the server did not start: {''.join(said)}")
