"""A killed import loses nothing, doubles nothing, and is simply run again."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from api.installation.settings import Settings
from ledger.codec import decode
from tests.api.lines import Json, certificate, registered, session, uscc

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

DUDAO = (sys.executable, "-c", "import sys; from api.cli.main import main; sys.exit(main())")
CERTIFICATES = 12_000
PATIENCE = 120


def numbered(line: Json, serial: int) -> Json:
    """The certificate under another number and for another person."""
    holder = {
        "name": f"李{serial}",
        "id_type": "999",
        "id_no": f"P{serial}",
        "category": "employee",
    }
    number = f"{line['data']['certificate_no'][:-6]}{serial:06d}"
    return {**line, "data": {**line["data"], "certificate_no": number, "holder": holder}}


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A file large enough to be read beside, about one enterprise."""
    code = uscc()
    held = session(code)
    first = certificate(code, held["data"]["assessment_id"], 1)
    issued = (numbered(first, serial) for serial in range(1, CERTIFICATES + 1))
    path = tmp_path_factory.mktemp("kill") / "lines.ndjson"
    with path.open("w", encoding="utf-8") as file:
        for line in (registered(code), held, *issued):
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return path, code


class Imports:
    """Runs of the command, and what is in the ledger about one enterprise."""

    def __init__(self, settings: Settings, path: Path, code: str) -> None:
        self._environment = {
            **os.environ,
            "DUDAO_DATABASE_URL": settings.url or "",
            "DUDAO_DATA": str(settings.folder),
        }
        self._url = settings.url or ""
        self._path, self._code = path, code

    def start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - our own program
            [*DUDAO, "import", str(self._path)],
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def stored(self) -> int:
        query = "SELECT count(*) FROM ledger.entry WHERE subject = %s"
        try:
            with psycopg.connect(self._url) as connection:
                row = connection.execute(query, (self._code,)).fetchone()
        except psycopg.errors.UndefinedTable:
            return 0  # killed before it had made the tables
        return row[0] if row else 0

    def numbers(self) -> Iterator[str]:
        query = "SELECT type, payload FROM ledger.entry WHERE subject = %s AND type LIKE 'certificate.%%'"
        with psycopg.connect(self._url) as connection:
            for kind, payload in connection.execute(query, (self._code,)):
                yield decode(kind, payload).certificate_no

    def killed_once_stored(self, least: int) -> None:
        """Run until so many entries are there, then kill -9."""
        deadline = time.monotonic() + PATIENCE
        with self.start() as running:
            while running.poll() is None and self.stored() < least:
                assert time.monotonic() < deadline
                time.sleep(0.005)
            running.kill()


def test_an_import_killed_again_and_again_takes_every_line_exactly_once(
    settings: Settings, lines: tuple[Path, str]
) -> None:
    imports = Imports(settings, *lines)
    whole = CERTIFICATES + 2
    for least in (0, 1, 5_001):
        imports.killed_once_stored(least)
        # Only whole batches are in, and they are the first lines of the file.
        assert imports.stored() in {0, 5_000, 10_000, whole}
    for _ in range(2):
        with imports.start() as running:
            assert running.wait(PATIENCE) == 0
        assert imports.stored() == whole
    counted = Counter(imports.numbers())
    assert len(counted) == CERTIFICATES
    assert set(counted.values()) == {1}
