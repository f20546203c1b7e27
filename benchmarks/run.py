"""Measure what is published, and write it down.

./run bench                 everything; an hour, and 60 GB of disk
./run bench --quick         everything at toy sizes; nothing is written down
./run bench commands        one figure
"""

import argparse
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from benchmarks import (
    as_of,
    busy_pages,
    casework,
    catch_up,
    checks,
    commands,
    downloads,
    exports,
    http_reads,
    http_writes,
    imports,
    kills,
    largest,
    ledgers,
    machine,
    pages,
    proofs,
    replays,
    report,
    starts,
    verify,
    workers,
)
from benchmarks.figures import FULL, QUICK, Row, Setting, missed
from ledger.log.clock import today


class Figure(NamedTuple):
    """A published figure."""

    title: str
    run: Callable[[Setting], list[Row]]


FIGURES: Mapping[str, Figure] = MappingProxyType(
    {
        "commands": Figure("(a) Single-event commands per second", commands.run),
        "imports": Figure("(b) Import, end to end", imports.run),
        "catch_up": Figure("(c) Projection catch-up", catch_up.run),
        "replays": Figure("(d) Replay", replays.run),
        "as_of": Figure("(e) Questions as of a day, large ledger", as_of.run),
        "http_reads": Figure("(f) HTTP reads under load, large ledger", http_reads.run),
        "kills": Figure("(g) Kills", kills.run),
        "checks": Figure("(h) Views against a replay, random ledger", checks.run),
        "pages": Figure("(i) Pages of the workbench, a million entries", pages.run),
        "workers": Figure(
            "(j) Point reads by two server processes, a million entries", workers.run
        ),
        "verify": Figure("(k) Verification of a million entries", verify.run),
        "proofs": Figure("(l) Proofs and a bundle, a million entries", proofs.run),
        "http_writes": Figure("(m) Commands over HTTP", http_writes.run),
        "exports": Figure("(n) Tables as files, a million entries", exports.run),
        "casework": Figure("(o) Catch-up of casework", casework.run),
        "downloads": Figure("(p) Whole lists over HTTP, a million entries", downloads.run),
        "busy_pages": Figure("(q) Pages under eight users, a million entries", busy_pages.run),
        "largest": Figure("(r) The largest enterprise", largest.run),
        "starts": Figure("(s) Commands of the shell beside a running server", starts.run),
    }
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the figures asked for; return 1 where a target was missed, 2 where one was not measured."""
    given = _parser().parse_args(arguments)
    sizes = QUICK if given.quick else FULL
    if given.small is not None:
        sizes = sizes._replace(small=given.small)
    if given.large is not None:
        sizes = sizes._replace(large=given.large)
    work: Path = given.work or Path(tempfile.mkdtemp(prefix="dudao-benchmark-"))
    work.mkdir(parents=True, exist_ok=True)
    work.chmod(0o755)  # the server has an account of its own where this runs as root
    try:
        setting = Setting(work.resolve(), sizes)
        status = [_status(name, setting, quick=given.quick) for name in given.figures or FIGURES]
    finally:
        if given.work is None:
            shutil.rmtree(work, ignore_errors=True)
    return max(status)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="benchmarks.run", description="Measure what is published."
    )
    known = ", ".join(FIGURES)
    parser.add_argument("figures", nargs="*", type=_name, help=f"of {known}; default: all")
    parser.add_argument(
        "--quick", action="store_true", help="toy sizes, to see that all of it runs"
    )
    parser.add_argument("--small", type=int, help="entries of the small ledgers (1,000,000)")
    parser.add_argument("--large", type=int, help="entries of the large ledger (10,000,000)")
    parser.add_argument(
        "--work", type=Path, help="where ledgers are built and kept; default: temporary"
    )
    return parser


def _name(text: str) -> str:
    if text not in FIGURES:
        raise argparse.ArgumentTypeError(f"{text} is none of {', '.join(FIGURES)}")
    return text


def _status(name: str, setting: Setting, *, quick: bool) -> int:
    try:
        rows = _measure(name, setting, quick=quick)
    except Exception:  # noqa: BLE001 - one figure that fails must not cost an hour of the others
        traceback.print_exc()
        return 2
    return 1 if missed(rows) and not quick else 0


def _measure(name: str, setting: Setting, *, quick: bool) -> list[Row]:
    figure = FIGURES[name]
    circumstances = _circumstances(name, setting.work)
    rows = figure.run(setting)
    print(report.shown(figure.title, rows), flush=True)
    if not quick:
        report.keep(name, figure.title, rows, circumstances)
    return rows


def _circumstances(name: str, work: Path) -> dict[str, Any]:
    """Return when and where: looked at before the measurement adds to the load itself."""
    load = machine.load()
    anywhere = work / "version"
    ledgers.drop(anywhere)
    with ledgers.opened(anywhere) as database:
        server = machine.server_version(database.addresses.app)
    ledgers.drop(anywhere)
    return {
        "command": f"./run bench {name}",
        "day": today().isoformat(),
        "commit": machine.commit(),
        "load": load,
        "machine": {**machine.described(work), "postgresql": server},
    }


if __name__ == "__main__":
    sys.exit(main())
