import os
import sys
from pathlib import Path
from subprocess import PIPE, STDOUT, run
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


@pytest.mark.parametrize("package", packages())
def test_the_wheel_holds_every_file_of_a_package_and_no_other(unpacked: Path, package):
    on_disk, shipped = files_below(ROOT, package), files_below(unpacked, package)
    assert shipped.keys() == on_disk.keys()
    assert shipped == on_disk


def test_the_wheel_holds_nothing_but_the_packages(unpacked: Path):
    assert {path.name for path in unpacked.iterdir()} == {*packages(), "dudao-0.1.0.dist-info"}


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
