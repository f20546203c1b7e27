"""Run tests beside packages that are in no lock, because they would hold another one back.

python -m tests.with_packages 'duckdb==1.5.5' 'duckdb-extension-postgres-scanner==1.5.5' -- FILE …

Ends as pytest ends, or with 77 where the packages cannot be had.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.newcomer import NOT_HERE

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: Sequence[str]) -> int:
    """Install into a folder of their own what stands before `--`, and run what stands behind it."""
    at = arguments.index("--")
    packages, asked = arguments[:at], arguments[at + 1 :]
    with tempfile.TemporaryDirectory() as folder:
        wheels = ("--no-deps", "--only-binary", ":all:", "--quiet", "--target", folder)
        pip = [sys.executable, "-m", "pip", "install", *wheels, *packages]
        if subprocess.run(pip, check=False).returncode:  # noqa: S603 - a command of ours
            return NOT_HERE
        path = os.pathsep.join((folder, str(ROOT)))
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *asked]
        env = {**os.environ, "PYTHONPATH": path}
        return subprocess.run(command, check=False, cwd=ROOT, env=env).returncode  # noqa: S603 - as above


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
