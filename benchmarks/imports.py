"""(b) Import end to end: `dudao import` as a process, from the first line to the last commit."""

import shutil

import psycopg

from benchmarks import ledgers
from benchmarks.figures import Row, Setting, at_least, at_most
from benchmarks.measuring import MIB, cost_of, dudao, environment, required

SOME_REFUSED = 3


def run(setting: Setting) -> list[Row]:
    """Import the lines into an empty ledger."""
    work, count = setting.work, setting.sizes.small
    ledgers.need_space(work, count)
    lines = ledgers.make_lines(work, count)
    with lines.open("rb") as file:
        given = sum(1 for _ in file)
    folder = work / "import"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        # The server is up before, so that the figure is the importer's and not initdb's.
        with ledgers.opened(folder) as database:
            command = dudao("import", str(lines), "--reject", str(work / "refused.ndjson"))
            cost = cost_of(command, environment(folder), work / "import.log")
            required(cost, SOME_REFUSED)
            with psycopg.connect(database.addresses.app) as connection:
                stored = ledgers.head(connection)
    finally:
        ledgers.drop(folder)
    what = f"{given:,} lines, {lines.stat().st_size / MIB:,.0f} MiB, {stored:,} entries"
    return [
        Row(what=what, value=given / cost.seconds, unit="lines/s", targets=(at_least(25_000),)),
        Row(
            what="peak memory of the importer",
            value=cost.peak / MIB,
            unit="MiB",
            targets=(at_most(1024),),
        ),
    ]
