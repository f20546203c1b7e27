"""What a stranger does with the README, on this machine as it is: clone, then `./run`.

./run newcomer              one way, as root and as another user: what .ci/run does
./run newcomer --all        every way; ./run long does them one by one
./run newcomer --list       what ways there are
./run newcomer NAME …       these

Each way begins with nothing of ours: a new clone of HEAD, a new home, an environment of three
variables, no cache. Only how this machine reaches the package index is taken along. The standard
library alone, so that no package of ours can keep it from saying what is wrong.
"""

import argparse
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import product
from pathlib import Path
from typing import NamedTuple
from urllib.request import ProxyHandler, build_opener

ROOT = Path(__file__).resolve().parent.parent
SYSTEM = Path("/usr/bin/python3")
INSTALL_WITHIN = 600.0
"""Seconds for the environment, the embedded server and the sample year; a slow index takes most."""
STOP_WITHIN = 60.0
NOT_HERE = 77
"""The exit status where no way could be tried on this machine, as test runners know it."""
LARGEST = 500_000_000
"""Bytes of the packages that running needs; bytecode is a cache and not counted."""
NETWORK = re.compile(
    r"(PIP_(INDEX_URL|CERT|TRUSTED_HOST|PROXY|DEFAULT_TIMEOUT)|UV_(INDEX_URL|DEFAULT_INDEX|SYSTEM_CERTS)|"
    r"SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|(HTTPS?|ALL|NO)_PROXY|(https?|all|no)_proxy)"
)
SERVES = re.compile(r"Dudao serves at (http://\S+)")
# A Python that brings another pip than this machine's, as older and newer releases of it do.
PYTHON = """#!/bin/sh
case "$1 $2" in
  "-m venv")
    {python} "$@" || exit
    for folder; do :; done
    exec "$folder/bin/python" -m pip install --disable-pip-version-check --quiet --upgrade {pip} ;;
esac
exec {python} "$@"
"""
USERS = ("root", "other")
INSTALLERS = ("system", "own", "pip-22.3", "pip-23.0.1", "pip-newest", "uv")
PLACES = ("plain", "blanks", "read-only", "twice")
CHOSEN = ("root-system-plain", "other-system-blanks")


class Way(NamedTuple):
    """One way to begin: as whom, with which installer, where."""

    user: str
    installer: str
    place: str

    @property
    def name(self) -> str:
        return "-".join(self)


WAYS = {way.name: way for way in map(Way._make, product(USERS, INSTALLERS, PLACES))}


class Failed(Exception):  # noqa: N818 - reads as what it says
    """The newcomer gives up; the message says over what."""


class Absent(Exception):  # noqa: N818
    """This machine cannot show that way."""


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    if given.list:
        sys.stdout.write("".join(f"{name}\n" for name in WAYS))
        return 0
    names = list(WAYS) if given.all else given.ways or list(CHOSEN)
    failed, absent = [], []
    for name in names:
        began = time.monotonic()
        try:
            said = attempt(WAYS[name])
        except Absent as error:
            absent.append(name)
            said = f"not possible here: {error}"
        except Failed as error:
            failed.append(name)
            said = f"FAILED: {error}"
        sys.stdout.write(f"{name:26} {time.monotonic() - began:5.0f} s  {said}\n")
        sys.stdout.flush()
    done = len(names) - len(failed) - len(absent)
    sys.stdout.write(f"newcomer: {done} passed, {len(failed)} failed, {len(absent)} skipped\n")
    if failed:
        return 1
    return 0 if done else NOT_HERE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./run newcomer", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("ways", nargs="*", choices=[*WAYS, []], metavar="NAME")
    parser.add_argument("--all", action="store_true", help="every way")
    parser.add_argument("--list", action="store_true", help="print the names of all ways")
    return parser


def attempt(way: Way) -> str:
    """Begin in this way; return what was seen.

    Raises:
        Failed: it did not work.
        Absent: this machine has not what it takes.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(_folder()))
        newcomer = Newcomer(way, folder)
        clone = newcomer.clone()
        if way.place == "read-only":
            stack.enter_context(_read_only(clone, newcomer.account))
            newcomer.refuses_to_write(clone)
        started = [newcomer.start(clone) for _ in range(2 if way.place == "twice" else 1)]
        try:
            for one in started:
                one.serves()
                one.shows_what_was_flagged()
            newcomer.asks(clone)
        finally:
            for one in started:
                one.stop()
        return (
            f"serves after {max(one.seconds for one in started):.0f} s, {newcomer.size(clone)} MB"
        )


@contextmanager
def _folder() -> Iterator[str]:
    with tempfile.TemporaryDirectory(
        prefix="dudao-newcomer-", ignore_cleanup_errors=True
    ) as folder:
        Path(folder).chmod(0o755)
        yield folder


class Newcomer:
    """Somebody with a home, a few tools and nothing else."""

    def __init__(self, way: Way, folder: Path) -> None:
        self.way = way
        self.folder = folder
        self.account = _account(way.user)
        self.home = folder / "home"
        self.desk = folder / ("my desk 我的 文件夹" if way.place == "blanks" else "desk")
        self.tools = folder / "tools"
        for made in (self.home, self.desk, self.tools):
            made.mkdir()
            self._hand_over(made)
        _equip(self.tools, way.installer, self.environment)

    @property
    def environment(self) -> Mapping[str, str]:
        kept = {name: value for name, value in os.environ.items() if NETWORK.fullmatch(name)}
        # Any port: on a machine that serves already, 8000 is taken.
        path = f"{self.tools}:/usr/local/bin:/usr/bin:/bin"
        return {**kept, "PATH": path, "HOME": str(self.home), "DUDAO_PORT": "0"}

    def _hand_over(self, path: Path) -> None:
        if self.account is not None:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)

    def clone(self) -> Path:
        """Do the first command of the README."""
        # A bundle: git serves nobody from a repository that belongs to another account.
        bundle = self.folder / "dudao.bundle"
        _git("-C", str(ROOT), "bundle", "create", "--quiet", str(bundle), "HEAD")
        bundle.chmod(0o644)
        done = self.run(["git", "clone", "--quiet", str(bundle), "dudao"], self.desk)
        if done.returncode:
            raise Failed(f"git clone: {done.stdout}")
        return self.desk / "dudao"

    def run(self, command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
        with self.spawn(command, folder, subprocess.PIPE) as process:
            said, _ = process.communicate(timeout=INSTALL_WITHIN)
        return subprocess.CompletedProcess(command, process.returncode, said)

    def spawn(self, command: Sequence[str], folder: Path, output: int) -> subprocess.Popen[str]:
        account = self.account
        return subprocess.Popen(  # noqa: S603 - our own commands
            command,
            cwd=folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="backslashreplace",
            start_new_session=True,
            user=None if account is None else account.pw_uid,
            group=None if account is None else account.pw_gid,
            extra_groups=None if account is None else [],
        )

    def start(self, clone: Path) -> "Started":
        """Do the second command of the README."""
        return Started(self, [str(clone / "run")], self.beside(clone))

    def beside(self, clone: Path) -> Path:
        """Where to stand: in the clone, unless nothing can be written there."""
        return self.desk if self.way.place == "read-only" else clone

    def refuses_to_write(self, clone: Path) -> None:
        """In a folder that cannot be written, the reason is said and no traceback is shown."""
        done = self.run([str(clone / "run"), "demo"], clone)
        if done.returncode == 0 or "Traceback" in done.stdout or "DUDAO_DATA" not in done.stdout:
            raise Failed(f"in a folder that cannot be written: {_tail(done.stdout)}")

    def asks(self, clone: Path) -> None:
        """A second command finds everything made."""
        done = self.run([str(clone / "run"), "verify"], self.beside(clone))
        if done.returncode or "Preparing the environment" in done.stdout:
            raise Failed(f"./run verify: {_tail(done.stdout)}")

    def size(self, clone: Path) -> int:
        """Return the megabytes that running needs.

        Raises:
            Failed: more than are promised.
        """
        made = [clone / ".venv", *self.home.glob(".cache/dudao/venv-*")]
        found = next(path for path in made if path.is_dir())
        files = (path for path in found.rglob("*") if "__pycache__" not in path.parts)
        total = sum(path.lstat().st_size for path in files if not path.is_dir())
        if total > LARGEST:
            raise Failed(f"running needs {total // 10**6} MB")
        return total // 10**6


class Started:
    """A demonstration that was started, and what it says."""

    def __init__(self, newcomer: Newcomer, command: Sequence[str], folder: Path) -> None:
        self._began = time.monotonic()
        self.seconds = 0.0
        self._url = ""
        self._said = newcomer.folder / f"said-{self._began}"
        with self._said.open("wb") as output:
            self._process = newcomer.spawn(command, folder, output.fileno())
        self._data = folder / ".dudao"

    @property
    def said(self) -> str:
        return self._said.read_text("utf-8", "backslashreplace")

    def serves(self) -> None:
        """Wait until it says where it serves, and look there."""
        while not (found := SERVES.search(self.said)):
            if self._process.poll() is not None:
                raise Failed(
                    f"the demonstration ended with {self._process.returncode}: {_tail(self.said)}"
                )
            if time.monotonic() - self._began > INSTALL_WITHIN:
                raise Failed(f"nothing served after {INSTALL_WITHIN:.0f} s: {_tail(self.said)}")
            time.sleep(0.2)
        self.seconds = time.monotonic() - self._began
        self._url = found[1]
        opener = build_opener(ProxyHandler({}))
        for path in ("/", "/sign-in", "/readyz"):
            with opener.open(f"{self._url}{path}", timeout=30) as answer:
                if answer.status != 200:
                    raise Failed(f"{path} answers {answer.status}")

    def shows_what_was_flagged(self) -> None:
        """The table of the README is there, with breaches in it."""
        if not re.search(r"^S1\s.*\s[1-9]\d*\s", self.said, re.MULTILINE):
            raise Failed(f"no flags were shown: {_tail(self.said)}")

    def stop(self) -> None:
        """End it as Ctrl-C does, and what it left."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGINT)
            try:
                self._process.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        left = self._data / "postgres" / "postmaster.pid"
        if left.exists():
            os.kill(int(left.read_text("ascii").split()[0]), signal.SIGQUIT)


def _account(user: str) -> pwd.struct_passwd | None:
    """Return whom to become; None to stay who we are."""
    if user == "root":
        if os.geteuid():
            raise Absent("this is not root")
        return None
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _base() -> Path:
    """Return a Python that can make environments: the system's, else the one under ours."""
    if SYSTEM.exists() and _can_begin(SYSTEM):
        return SYSTEM
    return Path(os.path.realpath(sys.executable))


def _can_begin(python: Path) -> bool:
    source = "import sys, ensurepip, venv; assert sys.version_info >= (3, 11)"
    done = subprocess.run([python, "-Ic", source], capture_output=True, check=False)  # noqa: S603
    return done.returncode == 0


def _equip(tools: Path, installer: str, environment: Mapping[str, str]) -> None:
    """Lay into `tools` what makes ./run choose this installer."""
    python = _base()
    kind, _, version = installer.partition("-")
    if installer == "system":
        if python != SYSTEM:
            raise Absent(f"{SYSTEM} is missing, too old or without venv")
        return
    if installer == "own":
        own = Path(os.path.realpath(sys.executable))
        if own == SYSTEM.resolve() or not os.access(own, os.X_OK):
            raise Absent("the only Python here is the system's")
        _script(tools / "python3", f'#!/bin/sh\nexec "{own}" "$@"\n')
    elif kind == "pip":
        pip = "pip" if version == "newest" else f"pip=={version}"
        _script(tools / "python3", PYTHON.format(python=python, pip=pip))
    else:
        made = tools.parent / "uv"
        for command in (["-m", "venv", made], ["-m", "pip", "install", "--quiet", "uv"]):
            using = python if command[1] == "venv" else made / "bin" / "python"
            subprocess.run([using, *command], env=environment, check=True)  # noqa: S603 - our own commands
        (tools / "uv").symlink_to(made / "bin" / "uv")


def _script(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


@contextmanager
def _read_only(clone: Path, account: pwd.struct_passwd | None) -> Iterator[None]:
    """Take from the clone every right to write; from root by a mount, which modes do not stop."""
    if account is None and os.geteuid() == 0:
        for command in (["--bind", clone, clone], ["-o", "remount,bind,ro", clone]):
            if subprocess.run(["mount", *command], check=False).returncode:  # noqa: S603, S607
                raise Absent("nothing can be mounted here, and modes do not stop root")
        try:
            yield
        finally:
            subprocess.run(["umount", "--lazy", clone], check=True)  # noqa: S603, S607
        return
    paths = [clone, *clone.rglob("*")]
    for path in paths:
        if not path.is_symlink():
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~0o222)
    try:
        yield
    finally:
        for path in paths:
            if path.is_dir():
                path.chmod(0o755)


def _git(*arguments: str) -> None:
    git = shutil.which("git")
    if git is None:
        raise Absent("there is no git")
    subprocess.run([git, *arguments], check=True)  # noqa: S603 - our own commands


def _tail(said: str) -> str:
    return "\n    ".join(["", *said.splitlines()[-15:]])


if __name__ == "__main__":
    sys.exit(main())
