import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE, STDOUT, Popen, run
from urllib.request import ProxyHandler, build_opener
from zipfile import ZipFile

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory) -> Path:
    """The wheel's content, as an installer would lay it down."""
    folder = tmp_path_factory.mktemp("wheel")
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    with ZipFile(wheel) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def packages() -> list[str]:
    return sorted(marker.parent.name for marker in ROOT.glob("*/__init__.py"))


def files_below(root: Path, package: str) -> dict[str, bytes]:
    paths = (path for path in (root / package).rglob("*") if path.is_file())
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in paths
        if "__pycache__" not in path.parts
    }


def test_the_packages_are_those_of_the_house():
    assert packages() == ["api", "domain", "ledger", "projections", "proof", "replay"]


def sample_year() -> dict[str, bytes]:
    files = files_below(ROOT, "examples/sample_year")
    return {path.replace("examples/", "api/cli/", 1): octets for path, octets in files.items()}


@pytest.mark.parametrize("package", packages())
def test_the_wheel_holds_every_file_of_a_package_and_no_other(unpacked: Path, package):
    on_disk, shipped = files_below(ROOT, package), files_below(unpacked, package)
    if package == "api":
        on_disk |= sample_year()
    assert shipped.keys() == on_disk.keys()
    assert shipped == on_disk


def test_the_wheel_holds_nothing_but_the_packages(unpacked: Path):
    assert {path.name for path in unpacked.iterdir()} == {*packages(), "dudao-0.1.0.dist-info"}


@pytest.fixture
def outside() -> Iterator[Path]:
    """A folder that the embedded server's own account can reach: pytest's are closed to it."""
    with tempfile.TemporaryDirectory(prefix="dudao-wheel-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.slow
def test_a_demonstration_from_the_wheel_opens_no_file_of_the_checkout(
    unpacked: Path, outside: Path
):
    """Whatever code opens, templates, scripts, SQL, catalogues, the sample year, lies in the wheel."""
    opened, said = outside / "opened", outside / "said"
    (outside / "watching").mkdir()
    watch = WATCH.format(root=str(ROOT), opened=str(opened))
    (outside / "watching" / "sitecustomize.py").write_text(watch)
    env = {name: value for name, value in os.environ.items() if not name.startswith("DUDAO_")}
    env["PYTHONPATH"] = f"{outside / 'watching'}:{unpacked}"
    env["PYTHONSAFEPATH"] = "1"
    source = "import sys; from api.cli.main import main; sys.exit(main())"
    command = [sys.executable, "-c", source, "demo", "--port", "0"]
    with (
        said.open("wb") as output,
        Popen(command, cwd=outside, env=env, stdout=output, stderr=STDOUT) as demo,  # noqa: S603 - our own command
    ):
        try:
            while not (found := SERVES.search(said.read_text("utf-8"))):
                assert demo.poll() is None, said.read_text("utf-8")
                time.sleep(0.2)
            for path in PAGES:
                with build_opener(ProxyHandler({})).open(found[1] + path, timeout=60) as answer:
                    assert answer.status == 200, path
        finally:
            demo.terminate()
    assert demo.returncode == 0
    assert not opened.exists(), opened.read_text("utf-8")


WATCH = """
import sys
def see(event, arguments):
    if event == "open" and str(arguments[0]).startswith({root!r} + "/"):
        path = str(arguments[0])
        if "/.venv/" not in path:
            with open({opened!r}, "a") as file:
                file.write(path + "\\n")
sys.addaudithook(see)
"""
SERVES = re.compile(r"Dudao serves at (http://\S+)")
PAGES = ("/", "/roster", "/v1/roster", "/openapi.json", "/sign-in")


def test_the_command_starts_from_the_wheel_alone(unpacked: Path, tmp_path: Path):
    source = (
        "import sys; from importlib.metadata import distribution;"
        "(command,) = distribution('dudao').entry_points.select(name='dudao');"
        "assert callable(command.load()); print(sys.modules[command.module].__file__)"
    )
    env = {**os.environ, "PYTHONPATH": str(unpacked), "PYTHONSAFEPATH": "1"}
    command = [sys.executable, "-c", source]
    done = run(command, cwd=tmp_path, env=env, stdout=PIPE, stderr=STDOUT, text=True, check=False)  # noqa: S603 - our own command
    assert done.stdout.strip() == str(unpacked / "api" / "cli" / "main.py")
