"""A client that `openapi-python-client` makes of `/openapi.json`, without a warning, and what it reads.

The generator and what it needs are in no lock, so this runs beside them:

./run long clients/python
"""

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.api.described import DESCRIPTION
from tests.api.desk import Desk
from tests.api.lines import COOK, SUPERVISOR, listed, session, uscc

pytestmark = pytest.mark.postgres

GENERATE = (
    "from openapi_python_client.cli import app;"
    "app(['generate', '--path', {!r}, '--config', {!r}, '--output-path', {!r},"
    " '--meta', 'none', '--fail-on-warning'])"
)


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the name of the package that was generated."""
    folder = tmp_path_factory.mktemp("client")
    described, config = folder / "openapi.json", folder / "config.json"
    described.write_text(json.dumps(DESCRIPTION), encoding="utf-8")
    config.write_text(json.dumps({"post_hooks": []}), encoding="utf-8")
    source = GENERATE.format(str(described), str(config), str(folder / "dudao_client"))
    made = subprocess.run(  # noqa: S603 - a command of ours
        [sys.executable, "-c", source], check=False, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stdout + made.stderr
    assert "arning" not in made.stdout + made.stderr
    sys.path.insert(0, str(folder))
    return "dudao_client"


def test_every_module_of_it_can_be_read(generated: str) -> None:
    root = importlib.import_module(generated)
    assert root.__file__ is not None
    folder = Path(root.__file__).parent
    modules = sorted(folder.rglob("*.py"))
    assert len(modules) > 500
    for path in modules:
        parts = path.relative_to(folder.parent).with_suffix("").parts
        importlib.import_module(".".join(part for part in parts if part != "__init__"))


def test_it_reads_whole_lists_typed_and_is_told_of_a_slip(generated: str, desk: Desk) -> None:
    codes = [uscc() for _ in range(3)]
    for code in codes:
        desk.send(*listed(code, "4"), session(code, occupation=COOK))
    made: Any = importlib.import_module(f"{generated}.client").AuthenticatedClient(
        base_url=desk.base, token=desk.token(SUPERVISOR)
    )
    flags: Any = importlib.import_module(f"{generated}.api.reads.list_flags")
    check = importlib.import_module(f"{generated}.models").ListFlagsCodeType0("S1")
    with made as client:
        answer = flags.sync_detailed(client=client, code=check, all_=True)
        slip = flags.sync_detailed(client=client, uscc=codes[0][:17] + "I")
    assert answer.status_code == 200
    found = {flag.subject: flag for flag in answer.parsed.items}
    assert set(codes) <= set(found)
    one = found[codes[0]]
    said = (str(one.code), str(one.verdict), one.valid_at.isoformat())
    assert said == ("S1", "breach", "2025-03-10")
    assert slip.status_code == 422
    assert slip.parsed.errors[0].field == "uscc"
