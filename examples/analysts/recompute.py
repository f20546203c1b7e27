"""Root and digests from exported tables, without Dudao: pyarrow and the standard library.

    python recompute.py FOLDER [ROOT]

Reads `manifest.json` and every file that it names. Ends with 1 when a file, a digest or the root is not what
the manifest says; ROOT is one that you have from elsewhere: a checkpoint, a witness, a colleague.
"""

import datetime as dt
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq


def plain(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return a typed value as a row writes it."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, dt.datetime):
        at = value.astimezone(dt.UTC)
        return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")
    if isinstance(value, dt.date):
        return value.isoformat()
    return repr(value) if isinstance(value, float) else value


def number(row: dict[str, Any]) -> int:
    """Return what a row counts in the sum of its table."""
    line = json.dumps(plain(row), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(line.encode()).digest()[:16], "big")


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a file, a part of it in memory at a time."""
    for batch in pq.ParquetFile(path).iter_batches(10_000):
        yield from batch.to_pylist()


def root(leaves: list[bytes]) -> str:
    """Return the Merkle root of RFC 9162 over leaf hashes in order of position."""
    stack: list[tuple[int, bytes]] = []
    for leaf in leaves:
        height, node = 0, leaf
        while stack and stack[-1][0] == height:
            node = hashlib.sha256(b"\x01" + stack.pop()[1] + node).digest()
            height += 1
        stack.append((height, node))
    if not stack:
        return hashlib.sha256(b"").hexdigest()
    _, whole = stack.pop()
    while stack:
        whole = hashlib.sha256(b"\x01" + stack.pop()[1] + whole).digest()
    return whole.hex()


def tables(folder: Path, manifest: dict[str, Any], leaves: dict[int, bytes]) -> Iterator[str]:
    """Recompute every table and gather the leaf hashes of the entries; yield what differs."""
    for table in manifest["tables"]:
        total = count = 0
        for file in table["files"]:
            content = (folder / file["path"]).read_bytes()
            if hashlib.sha256(content).hexdigest() != file["sha256"]:
                yield f"{file['path']}: SHA-256"
            for row in rows(folder / file["path"]):
                total, count = (total + number(row)) % (1 << 128), count + 1
                if table["name"] == "entries":
                    leaves[row["position"]] = bytes.fromhex(row["leaf"])
        print(f"{table['name']:13} {count:>10,}  {total:032x}")
        if (count, f"{total:032x}") != (table["rows"], table["digest"]):
            yield f"{table['name']}: rows or digest"


def main(folder: Path, expected: str | None = None) -> int:
    """Recompute everything; say what differs."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    leaves: dict[int, bytes] = {}
    wrong = list(tables(folder, manifest, leaves))
    if manifest["since"] == 0:  # what was exported since a position is a part of the tree only
        if sorted(leaves) != list(range(1, manifest["position"] + 1)):
            wrong.append("entries: a position is missing")
        found = root([leaves[position] for position in sorted(leaves)])
        print(f"root {found} at position {manifest['position']}")
        if found != manifest["root"] or expected not in {None, found}:
            wrong.append("root")
    for each in wrong:
        print("DIFFERS:", each, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:3]))
