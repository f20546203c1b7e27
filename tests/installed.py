"""`pipx install .` and `uv tool install .` as the README says, then a demonstration without the checkout.

python -m tests.installed pipx
python -m tests.installed uv

As tests/newcomer.py: a new clone of HEAD, a new home, a bare environment, no cache. Once it is installed
the clone is taken away, so that whatever is needed has to lie in the package.
"""

import shutil
import sys
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.newcomer import (
    NOT_HERE,
    Absent,
    Failed,
    Newcomer,
    Started,
    Way,
    _base,
    _folder,
    _tail,
)

TOOLS: Mapping[str, Sequence[str]] = {"pipx": ("pipx", "install"), "uv": ("uv", "tool", "install")}


def main(arguments: Sequence[str]) -> int:
    for tool in arguments or list(TOOLS):
        try:
            sys.stdout.write(f"{tool}: {attempt(tool)}\n")
        except Absent as error:
            sys.stdout.write(f"{tool}: not possible here: {error}\n")
            return NOT_HERE
        except Failed as error:
            sys.stdout.write(f"{tool}: FAILED: {error}\n")
            return 1
    return 0


def attempt(tool: str) -> str:
    """Install with this tool, and look at what came of it.

    Raises:
        Failed: it did not work.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(_folder()))
        newcomer = Newcomer(Way("root", "system", "plain"), folder)
        clone = newcomer.clone()
        version = tomllib.loads((clone / "pyproject.toml").read_text("utf-8"))["project"]["version"]
        done(newcomer, [str(_base()), "-m", "venv", str(newcomer.tools / "own")], folder)
        programs = newcomer.tools / "own" / "bin"
        done(newcomer, [str(programs / "python"), "-m", "pip", "install", "-q", tool], folder)
        program, *command = TOOLS[tool]
        done(newcomer, [str(programs / program), *command, "."], clone)
        shutil.rmtree(clone)
        dudao = str(newcomer.home / ".local" / "bin" / "dudao")
        if done(newcomer, [dudao, "--version"], newcomer.desk) != f"dudao {version}\n":
            raise Failed("--version tells another version")
        # Which shell it is for is known by who asks.
        asked = ["bash", "-c", f"{dudao} --show-completion; exit $?"]
        if "_DUDAO_COMPLETE" not in done(newcomer, asked, folder):
            raise Failed("nothing is offered to complete commands with")
        demo = Started(newcomer, [dudao, "demo"], newcomer.desk)
        try:
            demo.serves()
            demo.shows_what_was_flagged()
        finally:
            demo.stop()
        return f"serves after {demo.seconds:.0f} s"


def done(newcomer: Newcomer, command: Sequence[str], folder: Path) -> str:
    """Return what a command says that must not fail."""
    finished = newcomer.run(command, folder)
    if finished.returncode:
        raise Failed(f"{' '.join(command)}: {_tail(finished.stdout)}")
    return finished.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
