"""The launcher, against stand-ins for Python and uv: nothing is installed."""

import os
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path
from subprocess import PIPE, CompletedProcess, Popen, run

import pytest

LAUNCHER = Path(__file__).parent.parent / "run"
# Tells what it was called with, instead of starting anything.
PYTHON = """#!/bin/sh
echo "cwd=$(pwd)"
echo "path=${PYTHONPATH-} safe=${PYTHONSAFEPATH-} venv=${VIRTUAL_ENV-} home=${PYTHONHOME-}"
for argument in "$@"; do echo "[$argument]"; done
"""
# Takes its time over an environment, and counts.
UV = """#!/bin/sh
echo "$*" >>"$UV_CALLS"
[ "$1" = venv ] || exit 0
for folder; do :; done
sleep 0.3
mkdir -p "$folder/bin" && cp "$UV_PYTHON_STANDIN" "$folder/bin/python"
"""

TOOLS_BUT_FLOCK = ["cat", "cksum", "cp", "dirname", "mkdir", "readlink", "rm", "sh", "sleep"]


class Checkout:
    """A folder with the launcher, a lock and a uv that makes stand-ins."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "a checkout"
        self.caller = folder / "caller"
        self.calls = folder / "calls"
        tools = folder / "tools"
        for made in (self.root, self.caller, tools):
            made.mkdir()
        shutil.copy(LAUNCHER, self.root)
        (self.root / "requirements.lock").write_text("one==1\n", encoding="utf-8")
        self.calls.touch()
        self.env: Mapping[str, str] = {
            "PATH": f"{tools}:/usr/bin:/bin",
            "HOME": str(folder),
            "UV_CALLS": str(self.calls),
            "UV_PYTHON_STANDIN": str(script(tools / "python-standin", PYTHON)),
            "VIRTUAL_ENV": "/elsewhere",
            "PYTHONHOME": "/elsewhere",
            "PYTHONPATH": "/elsewhere",
        }
        script(tools / "uv", UV)

    def run(self, *arguments: str, launcher: str | None = None) -> CompletedProcess[str]:
        command = [launcher or str(self.root / "run"), *arguments]
        return run(  # noqa: S603 - our own command
            command, cwd=self.caller, env=self.env, capture_output=True, text=True, check=True
        )

    def installs(self) -> int:
        return self.calls.read_text(encoding="utf-8").count("pip sync")


def script(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def arguments(done: CompletedProcess[str]) -> list[str]:
    return [line[1:-1] for line in done.stdout.splitlines() if line.startswith("[")]


def test_without_arguments_it_is_the_demo(checkout: Checkout):
    assert arguments(checkout.run())[2:] == ["demo"]


def test_arguments_arrive_as_they_were_given(checkout: Checkout):
    given = ["import", "a file.ndjson", "", "*", "--actor=$HOME"]
    assert arguments(checkout.run(*given))[2:] == given


def test_the_caller_stays_in_its_folder(checkout: Checkout):
    assert f"cwd={checkout.caller}\n" in checkout.run("roster").stdout


def test_tests_run_in_the_projects_folder(checkout: Checkout):
    done = checkout.run("test", "-k", "one or two")
    assert f"cwd={checkout.root}\n" in done.stdout
    assert arguments(done) == ["-m", "pytest", "-k", "one or two"]


def test_an_activated_environment_does_not_leak_in(checkout: Checkout):
    assert f"path={checkout.root} safe=1 venv= home=\n" in checkout.run("roster").stdout


def test_it_finds_its_folder_through_symbolic_links(checkout: Checkout):
    (checkout.caller / "near").symlink_to(checkout.root / "run")
    (checkout.caller / "far").symlink_to("near")
    done = checkout.run("roster", launcher="./far")
    assert f"path={checkout.root} " in done.stdout


def test_it_installs_once_and_is_silent_afterwards(checkout: Checkout):
    assert "正在准备运行环境" in checkout.run("roster").stderr
    assert checkout.run("roster").stderr == ""
    assert checkout.installs() == 1


def test_a_changed_lock_is_installed_on_top(checkout: Checkout):
    checkout.run("roster")
    (checkout.root / "requirements.lock").write_text("one==2\n", encoding="utf-8")
    checkout.run("roster")
    calls = checkout.calls.read_text(encoding="utf-8")
    assert (calls.count("pip sync"), calls.count("venv --quiet")) == (2, 1)


def test_an_interrupted_installation_starts_afresh(checkout: Checkout):
    checkout.run("roster")
    (checkout.root / ".venv" / ".stamp").unlink()
    (checkout.root / ".venv" / "half-written").touch()
    checkout.run("roster")
    assert not (checkout.root / ".venv" / "half-written").exists()


@pytest.mark.parametrize("with_flock", [True, False])
def test_runs_at_the_same_time_install_once(checkout: Checkout, with_flock):
    if not with_flock:
        tools = Path(checkout.env["PATH"].split(":", maxsplit=1)[0])
        for name in [
            "cat",
            "cksum",
            "cp",
            "cut",
            "dirname",
            "id",
            "mkdir",
            "readlink",
            "rm",
            "sh",
            "sleep",
        ]:
            (tools / name).symlink_to(shutil.which(name) or name)
        checkout.env = {**checkout.env, "PATH": str(tools)}
    command = [str(checkout.root / "run"), "roster"]
    started = [
        Popen(command, cwd=checkout.caller, env=checkout.env, stdout=PIPE, stderr=PIPE)  # noqa: S603 - our own command
        for _ in range(4)
    ]
    said = [process.communicate() for process in started]
    assert [process.returncode for process in started] == [0] * 4, said
    assert checkout.installs() == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_the_environment_moves_to_the_cache_where_the_checkout_is_read_only(checkout: Checkout):
    checkout.root.chmod(0o555)
    checkout.run("roster")
    assert not (checkout.root / ".venv").exists()
    assert list((checkout.root.parent / ".cache" / "dudao").glob("venv-*/bin/python"))
