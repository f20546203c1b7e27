import shutil
import sys
from pathlib import Path
from subprocess import PIPE, run

import pytest

CONFTEST = Path(__file__).with_name("conftest.py")
INI = "[pytest]\nmarkers = postgres: needs a real server\n"
TESTS = """
import pytest

@pytest.mark.postgres
def test_needs_a_server():
    pytest.skip("no server")

@pytest.mark.postgres
@pytest.mark.xfail
def test_is_known_to_fail():
    raise AssertionError

def test_may_be_skipped():
    pytest.skip("no browser")
"""


@pytest.mark.parametrize(("ci", "status"), [("true", 1), ("", 0)])
def test_a_skipped_test_that_needs_postgres_fails_in_ci_only(tmp_path: Path, ci, status):
    shutil.copy(CONFTEST, tmp_path)
    (tmp_path / "pytest.ini").write_text(INI, encoding="utf-8")
    (tmp_path / "test_sample.py").write_text(TESTS, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "test_sample.py"]
    done = run(command, cwd=tmp_path, env={"CI": ci}, stdout=PIPE, text=True, check=False)  # noqa: S603 - our own command
    assert done.returncode == status, done.stdout
    assert ("skipped in CI" in done.stdout) == bool(ci)
    assert "test_may_be_skipped FAILED" not in done.stdout
