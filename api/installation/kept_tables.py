"""The tables that a server hands out: made once for a position, kept, and made anew when they were let go.

One set of files is made at a time, behind the request; whoever asks for it waits a while, and is told to
ask again where it takes longer. A set is named by position and version of the fold.
"""

import logging
import os
import shutil
from pathlib import Path
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, NamedTuple

from api.questions.problems import Problem
from replay.lake import manifest as manifests
from replay.lake.manifest import File, Manifest, TableFiles, Unusable

if TYPE_CHECKING:
    from api.installation.wiring import Installation

logger = logging.getLogger("dudao.tables")

PATIENCE = 20.0
"""Seconds for which a request waits for tables that are being made."""
KEPT = 4
"""Sets of tables that stay."""
FEW = 50_000
"""Entries up to which the server makes them itself; for more it starts processes."""


class Set(NamedTuple):
    """The tables at one position."""

    folder: Path
    manifest: Manifest

    def file(self, name: str) -> tuple[TableFiles, File] | None:
        """Return a table with its one file; None where there is none of that name."""
        table = self.manifest.table(name)
        return None if table is None else (table, table.files[0])


class KeptTables:
    """Sets of tables in a folder of the installation."""

    def __init__(self, house: "Installation", folder: Path) -> None:
        self._house = house
        self._folder = folder
        self._lock = Lock()
        self._making: tuple[int, Event] | None = None

    def at(self, position: int) -> Set:
        """Return the tables at a position that the views have reached.

        Raises:
            Problem: 503, they are still being made; with when to ask again.
        """
        fold = self._house.ends().fold
        folder = self._folder / f"{fold}-{position}"
        for _ in range(2):
            manifest = manifests.read(folder)
            if manifest is not None:
                os.utime(folder)
                return Set(folder, manifest)
            made = self._begin(position, folder)
            if not made.wait(PATIENCE):
                break
        raise Problem(
            "not-ready",
            "数据表正在生成，请稍后再取",
            "the tables are being made: ask again in a moment",
            position=position,
            headers={"Retry-After": "10"},
        )

    def _begin(self, position: int, folder: Path) -> Event:
        """Begin to make tables unless some are being made; return what says that it is over."""
        with self._lock:
            if self._making is None:
                over = Event()
                self._making = position, over
                Thread(
                    target=self._make, args=(position, folder, over), name="tables", daemon=True
                ).start()
            return self._making[1]

    def _make(self, position: int, folder: Path, over: Event) -> None:
        from api.installation import tables  # noqa: PLC0415 - what folds need, see wiring
        from replay.engines import InProcess, processes  # noqa: PLC0415

        house = self._house
        try:
            wanted = tables.wanted(house, position, buckets=1)
            if position < FEW:
                tables.export(house, InProcess(house.folding), folder, wanted, _silent)
            else:
                with processes(house.folding) as running:
                    tables.export(house, running, folder, wanted, _silent)
            self._let_go()
        except Unusable:  # another process of this installation makes them
            logger.info("the tables at position %s are being made elsewhere", position)
        except Exception:
            logger.exception("the tables at position %s could not be made", position)
        finally:
            with self._lock:
                self._making = None
            over.set()

    def _let_go(self) -> None:
        """Let go of those sets that nobody has asked for longest."""
        sets = sorted(self._folder.iterdir(), key=lambda each: each.stat().st_mtime, reverse=True)
        for old in sets[KEPT:]:
            shutil.rmtree(old, ignore_errors=True)


def _silent(_done: int, _whole: int) -> None:
    """Nobody looks on."""
