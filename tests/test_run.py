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
case "$*" in
  *"/$PIP_FAILS_FOR") exit 1 ;;
  *" install "*) echo "$*" >>"$UV_CALLS.pip" ;;
esac
echo "cwd=$(pwd)"
echo "path=${PYTHONPATH-} safe=${PYTHONSAFEPATH-} venv=${VIRTUAL_ENV-} home=${PYTHONHOME-}"
for argument in "$@"; do echo "[$argument]"; done
"""
# Takes its time over an environment, and counts.
UV = """#!/bin/sh
echo "$*" >>"$UV_CALLS"
case "$*" in *" $UV_FAILS_FOR") exit 1 ;; esac
[ "$1" = venv ] || exit 0
for folder; do :; done
sleep 0.3
mkdir -p "$folder/bin" && cp "$UV_PYTHON_STANDIN" "$folder/bin/python"
"""
RUNNING, TESTING = "requirements.lock", "requirements-test.lock"
TOOLS_BUT_FLOCK = (
    *("cat", "cksum", "cp", "cut", "dirname", "id", "mkdir", "readlink", "rm", "sed", "sh"),
    *("sleep", "tr"),
)


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
        self.lock(RUNNING, "one==1")
        self.lock(TESTING, "one==1", "two==1 ; python_version < '4'")
        self.calls.touch()
        self.env: Mapping[str, str] = {
            "PATH": f"{tools}:/usr/bin:/bin",
            "HOME": str(folder),
            "UV_CALLS": str(self.calls),
            "UV_FAILS_FOR": "nothing",
            "PIP_FAILS_FOR": "nothing",
            "UV_PYTHON_STANDIN": str(script(tools / "python-standin", PYTHON)),
            "VIRTUAL_ENV": "/elsewhere",
            "PYTHONHOME": "/elsewhere",
            "PYTHONPATH": "/elsewhere",
        }
        script(tools / "uv", UV)

    def lock(self, name: str, *lines: str) -> None:
        (self.root / name).write_text("".join(f"{line} \\\n" for line in lines), encoding="utf-8")

    def start(self, *arguments: str, launcher: str | None = None) -> CompletedProcess[str]:
        command = [launcher or str(self.root / "run"), *arguments]
        return run(  # noqa: S603 - our own command
            command, cwd=self.caller, env=self.env, capture_output=True, text=True, check=False
        )

    def run(self, *arguments: str, launcher: str | None = None) -> CompletedProcess[str]:
        done = self.start(*arguments, launcher=launcher)
        assert done.returncode == 0, done.stderr
        return done

    def installs(self) -> list[str]:
        """The locks that were installed, in order."""
        calls = self.calls.read_text(encoding="utf-8").splitlines()
        return [line.rpartition(" ")[2] for line in calls if line.startswith("pip sync")]

    def pip_calls(self) -> list[str]:
        return Path(f"{self.calls}.pip").read_text(encoding="utf-8").splitlines()

    def fails(self, lock: str, *installers: str) -> None:
        self.env = {**self.env, **{f"{installer}_FAILS_FOR": lock for installer in installers}}


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
    assert checkout.installs() == [RUNNING]


def test_a_changed_lock_is_installed_on_top(checkout: Checkout):
    checkout.run("roster")
    checkout.lock(RUNNING, "one==2")
    checkout.run("roster")
    assert checkout.installs() == [RUNNING, RUNNING]
    assert checkout.calls.read_text(encoding="utf-8").count("venv --quiet") == 1


def test_only_the_tests_install_what_tests_need(checkout: Checkout):
    checkout.run("roster")
    assert checkout.installs() == [RUNNING]
    checkout.run("test", "-k", "one")
    assert checkout.installs() == [RUNNING, TESTING]
    assert checkout.run("test", "-k", "one").stderr == checkout.run("roster").stderr == ""
    assert checkout.installs() == [RUNNING, TESTING]


def test_a_changed_lock_of_the_tests_is_nothing_to_those_who_run(checkout: Checkout):
    checkout.run("test", "-k", "one")
    checkout.lock(TESTING, "one==1", "two==2")
    assert checkout.run("roster").stderr == ""
    checkout.run("test", "-k", "one")
    assert checkout.installs() == [RUNNING, TESTING, TESTING]


def test_after_a_change_of_what_runs_the_tests_install_again(checkout: Checkout):
    checkout.run("test", "-k", "one")
    checkout.lock(RUNNING, "one==2")
    checkout.lock(TESTING, "one==2", "two==1")
    checkout.run("roster")
    checkout.run("test", "-k", "one")
    assert checkout.installs() == [RUNNING, TESTING, RUNNING, TESTING]


def test_without_a_lock_of_the_tests_it_runs_all_the_same(checkout: Checkout):
    (checkout.root / TESTING).unlink()
    assert arguments(checkout.run("roster"))[2:] == ["roster"]
    done = checkout.start("test", "-k", "one")
    assert (done.returncode, TESTING in done.stderr) == (1, True)


def test_what_tests_need_cannot_break_what_runs(checkout: Checkout):
    checkout.fails(TESTING, "UV", "PIP")
    done = checkout.start("test", "-k", "one")
    assert (done.returncode, "不影响运行" in done.stderr) == (1, True)
    again = checkout.run("roster")
    assert (arguments(again)[2:], again.stderr) == (["roster"], "")


def test_tests_of_another_resolution_would_change_what_runs_and_are_refused(checkout: Checkout):
    checkout.lock(TESTING, "one==1.1", "two==1")
    done = checkout.start("test", "-k", "one")
    assert (done.returncode, "one==1" in done.stderr) == (1, True)
    assert checkout.installs() == [RUNNING]


def test_with_pip_the_lock_is_all_that_is_installed_and_nothing_is_resolved(checkout: Checkout):
    checkout.fails(RUNNING, "UV")
    checkout.run("roster")
    (asked,) = checkout.pip_calls()
    assert {"--no-deps", "--require-hashes", "--only-binary"} <= set(asked.split())
    assert asked.endswith(f"-r {checkout.root / RUNNING}")


def test_an_interrupted_installation_starts_afresh(checkout: Checkout):
    checkout.run("roster")
    (checkout.root / ".venv" / f".{RUNNING}.stamp").unlink()
    (checkout.root / ".venv" / "half-written").touch()
    checkout.run("roster")
    assert not (checkout.root / ".venv" / "half-written").exists()


@pytest.mark.parametrize("with_flock", [True, False])
def test_runs_at_the_same_time_install_once(checkout: Checkout, with_flock):
    if not with_flock:
        tools = Path(checkout.env["PATH"].split(":", maxsplit=1)[0])
        for name in TOOLS_BUT_FLOCK:
            (tools / name).symlink_to(shutil.which(name) or name)
        checkout.env = {**checkout.env, "PATH": str(tools)}
    command = [str(checkout.root / "run"), "roster"]
    started = [
        Popen(command, cwd=checkout.caller, env=checkout.env, stdout=PIPE, stderr=PIPE)  # noqa: S603 - our own command
        for _ in range(4)
    ]
    said = [process.communicate() for process in started]
    assert [process.returncode for process in started] == [0] * 4, said
    assert checkout.installs() == [RUNNING]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_the_environment_moves_to_the_cache_where_the_checkout_is_read_only(checkout: Checkout):
    checkout.root.chmod(0o555)
    checkout.run("roster")
    assert not (checkout.root / ".venv").exists()
    assert list((checkout.root.parent / ".cache" / "dudao").glob("venv-*/bin/python"))
