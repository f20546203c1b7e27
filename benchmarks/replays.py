"""(d) Replay: every public row at a basis, folded from the entries alone, on one and two processes.

The rows are digested as they come, as `dudao replay --check` does: nothing grows with the ledger
but the sums of each subject. One and two processes must come to the same digest.
"""

import hashlib
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from api.installation.opening import open_ledger
from api.installation.settings import Settings
from api.installation.wiring import folding
from benchmarks import ledgers
from benchmarks.figures import Row, Setting, at_most
from benchmarks.measuring import MIB, cost_of, environment, python, required
from replay import digest, known_at
from replay.audit import PARTS_PER_WORKER
from replay.engines import Executor, InProcess, processes

WITHIN = at_most(90)
"""Seconds for the large ledger on two processes."""


def run(setting: Setting) -> list[Row]:
    """Replay both ledgers both ways."""
    sizes = setting.sizes
    return [row for count in (sizes.small, sizes.large) for row in _replayed(setting, count)]


def _replayed(setting: Setting, count: int) -> list[Row]:
    folder = ledgers.large(setting.work, count)
    rows: list[Row] = []
    digests: set[str] = set()
    with ledgers.opened(folder):
        for workers in (1, 2):
            command = python("-m", "benchmarks.replays", str(folder), str(workers))
            cost = required(cost_of(command, environment(folder), setting.work / "replay.log"))
            seconds, found = cost.output.split()[-2:]
            digests.add(found)
            what = f"{count:,} entries, {workers} process" + ("es" if workers > 1 else "")
            targets = (WITHIN,) if workers == 2 and count == setting.sizes.large else ()
            rows += [
                Row(what=what, value=float(seconds), unit="s", targets=targets),
                Row(what=f"{what}: speed", value=count / float(seconds), unit="entries/s"),
                Row(what=f"{what}: peak memory", value=cost.peak / MIB, unit="MiB"),
            ]
    if len(digests) != 1:
        raise RuntimeError("one and two processes do not replay the same rows")
    return rows


def _main(folder: Path, workers: int) -> None:
    with open_ledger(Settings(data=folder)) as database, ExitStack() as stack:
        conninfo = database.addresses.app
        started = time.perf_counter()
        rules = folding()
        executor: Executor = InProcess(rules)
        if workers > 1:
            executor = stack.enter_context(processes(rules, workers))
        with database.pool(1) as pool, pool.connection() as connection:
            head = ledgers.head(connection)
        parts = known_at.parts(conninfo, head, workers * PARTS_PER_WORKER)
        sums = digest.together(executor.map(digest.folded, parts))
        seconds = time.perf_counter() - started
    whole = repr(digest.summary(sums))
    print(seconds, hashlib.sha256(whole.encode()).hexdigest())


if __name__ == "__main__":
    _main(Path(sys.argv[1]), int(sys.argv[2]))
