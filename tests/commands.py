"""Commands of the terminal, each in a process of its own that finds the libraries loaded already.

An interpreter that starts and imports takes a second of every command, and the tests give hundreds of
them. So each is a fork of one process that has imported what lies below the command line; the command
line itself is imported anew. Where the environment speaks to the interpreter, one is started.
"""

import atexit
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

LOADED = ["api.installation.bench", "api.questions.declared", "psycopg_pool", "pyarrow.parquet"]
TO_THE_INTERPRETER = ("PYTHON", "LC_", "LANG", "LD_")
"""How variables begin that tell at its start, or are read by what is loaded."""
LONGEST = 300
"""Seconds."""

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(LOADED)


def dudao(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run `dudao` with these arguments in a folder; return its status and what it printed.

    Raises:
        subprocess.TimeoutExpired: it did not end, and was killed.
    """
    command = [sys.executable, "-m", "api.cli.main", *arguments]
    if _told(environment) != _told(os.environ):
        return subprocess.run(  # noqa: S603 - our own program
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST,
        )
    with tempfile.TemporaryDirectory() as said:
        outputs = [str(Path(said, name)) for name in ("out", "err")]
        process = _context.Process(
            target=_run, args=(list(arguments), str(folder), dict(environment), outputs)
        )
        process.start()
        process.join(LONGEST)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(command, LONGEST)
        out, err = (Path(output).read_text() for output in outputs)
    return subprocess.CompletedProcess(command, process.exitcode, out, err)


def _told(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environment.items()
        if name.startswith(TO_THE_INTERPRETER) and name != "PYTHONPATH"  # this project, either way
    }


def _run(
    arguments: list[str], folder: str, environment: dict[str, str], outputs: list[str]
) -> None:
    for number, path in enumerate([os.devnull, *outputs]):
        opened = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["dudao", *arguments]
    from api.cli.main import main  # noqa: PLC0415 - by each command, as it starts

    try:
        sys.exit(main())
    finally:  # an interpreter does this when it ends, a fork does not
        atexit._run_exitfuncs()
