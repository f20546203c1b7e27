"""Keep a copy of every entry in a file, one a line.

    python follow.py https://dudao.example copy.ndjson

The token is in `DUDAO_TOKEN`. Run again it goes on behind the last whole line, also when it was killed in the
middle of one: nothing is lost, nothing doubled.
"""

import json
import os
import sys
from pathlib import Path
from typing import IO

from client import Client, Row


def reached(file: IO[bytes]) -> int:
    """Return the position of the last whole line, and take away what was begun behind it."""
    position = end = 0
    for line in file:
        if not line.endswith(b"\n"):
            break
        position, end = int(json.loads(line)["position"]), end + len(line)
    file.seek(end)
    file.truncate()
    return position


def append(file: IO[bytes], entry: Row) -> None:
    """Write an entry as a line."""
    file.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")


def follow(client: Client, path: Path) -> int:
    """Bring a copy up to date; return the position up to which it holds everything."""
    path.touch()
    with path.open("r+b") as file:
        position = reached(file)
        for entry in client.events(position):
            append(file, entry)
            position = int(entry["position"])
        file.flush()
        os.fsync(file.fileno())
    return position


if __name__ == "__main__":
    print(follow(Client(sys.argv[1], os.environ["DUDAO_TOKEN"]), Path(sys.argv[2])))
