"""Dudao for scripts: lists, differences, entries, and the tables in two times. pyarrow and the standard library.

    client = Client("https://dudao.example", token)      # dudao token --role analyst
    client.items("/v1/flags", verdict="breach")          # every row of a list, page by page
    client.table("flags")                                # a table in two times, as Arrow
    tables = opened("tables")                            # the same from `dudao export tables`

`holding(rows, day, position)` are the rows that hold on a day, as known at an entry.
"""

import datetime as dt
import io
import json
import os
import urllib.request
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

Row = dict[str, Any]


class Tables(Protocol):
    """Where tables come from: a server or a folder."""

    def table(self, name: str) -> pa.Table:
        """Return a table in two times."""
        ...


class Client:
    """One server, asked as whoever the token speaks for."""

    def __init__(self, base: str, token: str) -> None:
        self._base, self._token = base.rstrip("/"), token
        self._addresses: dict[str, str] = {}

    def get(self, path: str, **asked: object) -> bytes:
        """Return the bytes of an answer; parameters without a value are left out."""
        query = urlencode({k.rstrip("_"): v for k, v in asked.items() if v is not None})
        address = f"{self._base}{path}{'?' + query if query else ''}"
        headers = {"Authorization": f"Bearer {self._token}"}
        request = urllib.request.Request(address, headers=headers)  # noqa: S310 - the caller's own server
        with urllib.request.urlopen(request, timeout=600) as answer:  # noqa: S310 - as above
            content: bytes = answer.read()
        return content

    def items(self, path: str, **asked: object) -> Iterator[Row]:
        """Yield every row of a list; all pages stand on the position of the first."""
        cursor: str | None = None
        while True:
            # A list that is never long has no pages, and knows no `limit`.
            further = {} if cursor is None else {"limit": 1000, "cursor": cursor}
            page = json.loads(self.get(path, **further, **asked))
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def diff(self, of: str, **bases: object) -> Iterator[Row]:
        """Yield what two bases show differently (`from_valid_at`, `to_valid_at`, `from_position` …)."""
        return self.items("/v1/diff", of=of, **bases)

    def events(self, after: int = 0) -> Iterator[Row]:
        """Yield the entries behind a position."""
        while True:
            page = json.loads(self.get("/v1/events", after=after, limit=1000))
            yield from page["items"]
            if page["next"] is None:
                return
            after = int(page["next"])

    def table(self, name: str) -> pa.Table:
        """Return a table; all tables of a client are of the position at which it first asked."""
        if not self._addresses:
            manifest = json.loads(self.get("/v1/tables"))
            self._addresses = {each["name"]: each["address"] for each in manifest["tables"]}
        return pq.read_table(io.BytesIO(self.get(self._addresses[name])))


class Folder:
    """Tables that `dudao export` has written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._manifest: Row = json.loads((folder / "manifest.json").read_bytes())

    def table(self, name: str) -> pa.Table:
        """Return a table: the files that the manifest names."""
        (found,) = (each for each in self._manifest["tables"] if each["name"] == name)
        return pa.concat_tables(
            pq.read_table(self._folder / each["path"]) for each in found["files"]
        )


def opened(place: str) -> Tables:
    """Return the tables at an address (with the token in `DUDAO_TOKEN`) or in a folder."""
    if place.startswith(("http://", "https://")):
        return Client(place, os.environ["DUDAO_TOKEN"])
    return Folder(Path(place))


def now(tables: Tables) -> tuple[dt.date, int]:
    """Return the day in Beijing on which the last entry was recorded, and its position."""
    entries = tables.table("entries").select(["position", "recorded_at"]).sort_by("position")
    last = entries.slice(entries.num_rows - 1).to_pylist()[0]
    return last["recorded_at"].astimezone(ZoneInfo("Asia/Shanghai")).date(), last["position"]


def holding(rows: Iterable[Row], day: dt.date, position: int) -> list[Row]:
    """Return the rows that hold on a day, as known when the entry at `position` was the last."""
    return [
        row
        for row in rows
        if row["known_from"] <= position
        and (row["known_to"] is None or row["known_to"] > position)
        and row["valid_from"] <= day
        and (row["valid_to"] is None or row["valid_to"] > day)
    ]
