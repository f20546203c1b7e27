"""Seconds of CPU that a fold takes in two checkouts, in turns: `python -m benchmarks.fold_pairs BEFORE`.

Each side makes a ledger of the same prepared entries by its own code, and measures in a process of
its own: replay, catching up far behind and in order, all in one process and without what is loaded
at the start. A process does not say how long it waited for others: CPU bears a busy machine.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from benchmarks.measuring import ROOT, environment

WAYS = ("replay", "far", "near")
ENTRIES = 100_000
FIRST = 2_000
"""Entries of a replay that does not count: it loads what is loaded when it is asked for."""


def main() -> None:
    """Print every turn, and of each way the medians and their ratio."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fold_pairs")
    parser.add_argument("before", type=Path, help="the checkout that this one is held against")
    parser.add_argument("--work", type=Path, required=True, help="where the ledgers are made")
    parser.add_argument("--turns", type=int, default=5)
    asked = parser.parse_args()
    sides = {"before": asked.before.resolve(), "now": ROOT}
    for side in sides:
        (asked.work / side).mkdir(parents=True, exist_ok=True)
    for way in WAYS:
        seconds: dict[str, list[float]] = {side: [] for side in sides}
        for turn in range(asked.turns):
            for side in (*sides,)[:: 1 if turn % 2 else -1]:
                seconds[side].append(_taken(sides[side], way, asked.work / side))
        for side, taken in seconds.items():
            shown = " ".join(f"{value:.2f}" for value in taken)
            sys.stdout.write(f"{way}, {side}: {median(taken):.2f} s ({shown})\n")
        ratio = median(seconds["before"]) / median(seconds["now"])
        sys.stdout.write(f"{way}: {ratio:.2f} of the speed before\n")


def _taken(checkout: Path, way: str, work: Path) -> float:
    """Measure in the checkout's own code: this file is read, and all else from there."""
    command = [sys.executable, "-P", str(Path(__file__)), way, str(work)]
    env = {**environment(work), "PYTHONPATH": str(checkout)}
    ended = subprocess.run(  # noqa: S603 - a command of ours
        command, env=env, cwd=checkout, capture_output=True, text=True, check=True
    )
    return float(ended.stdout.split()[-1])


def _measure(way: str, work: Path) -> None:
    # Of whichever checkout is measured: so only here, and only what the older one has too.
    from api.installation.wiring import folding  # noqa: PLC0415
    from benchmarks import catch_up, ledgers  # noqa: PLC0415
    from projections.follow.runner import Runner  # noqa: PLC0415
    from replay import digest, known_at  # noqa: PLC0415
    from replay.engines import InProcess  # noqa: PLC0415

    folder = ledgers.large(work, ENTRIES)
    with ledgers.opened(folder) as database:
        rules, conninfo = folding(), database.addresses.app

        def replayed(upto: int) -> None:
            digest.together(InProcess(rules).map(digest.folded, known_at.parts(conninfo, upto, 4)))

        replayed(FIRST)
        if way == "replay":
            began = time.process_time()
            replayed(ENTRIES)
        else:
            catch_up._empty(database)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
            runner = Runner(conninfo, rules, catch_up.NEAR if way == "near" else None)
            began = time.process_time()
            runner.catch_up()
        sys.stdout.write(f"{time.process_time() - began}\n")


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in WAYS:
        _measure(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
