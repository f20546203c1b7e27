"""One server for all cases: started by the real command line, on an embedded PostgreSQL of its own."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.access.tokens import load_key
from api.installation.bench import recording
from api.installation.settings import Settings
from tests.acceptance.office import DUDAO, Office
from tests.programs import running


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder: Path = tmp_path_factory.mktemp("office")
    env = {k: v for k, v in os.environ.items() if not k.startswith("DUDAO_")}
    with running(
        [*DUDAO, "serve", "--port", "0"], Path.cwd(), {**env, "DUDAO_DATA": str(folder)}
    ) as program:
        address = re.search(r"http://\S+", program.line_with("serves at"))
        assert address is not None
        settings = Settings.model_validate({"data": folder, "database_url": None})
        with recording(settings) as bench:
            made = Office(address[0], load_key(folder), bench, folder)
            yield made
            made.client.close()
