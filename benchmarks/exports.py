"""(n) `dudao export` of a million entries: all tables the first time, and again with nothing new.

The command runs as a process that makes as many more as there are cores; starting them is in the time, and so
is the wait for the disk. What of the CPU it took is beside it, the database's own part left out.
"""

import json
import shutil

from benchmarks import ledgers
from benchmarks.figures import Row, Setting, at_least
from benchmarks.measuring import MIB, cost_of, cpu_of_ended, dudao, environment, required


def run(setting: Setting) -> list[Row]:
    """Export the ledger into a new folder, then once more into the same."""
    folder = ledgers.large(setting.work, setting.sizes.small)
    tables, log = setting.work / "tables", setting.work / "export.log"
    shutil.rmtree(tables, ignore_errors=True)
    with ledgers.opened(folder) as database, database.pool(1) as pool:
        with pool.connection() as connection:
            head = ledgers.head(connection)
        # The views are brought up to the ledger before: they are no part of an export.
        required(cost_of(dudao("stats", "--by", "code"), environment(folder), log))
        before = cpu_of_ended()
        first = required(cost_of(dudao("export", str(tables)), environment(folder), log))
        cpu = cpu_of_ended() - before
        again = required(cost_of(dudao("export", str(tables)), environment(folder), log))
    manifest = json.loads((tables / "manifest.json").read_bytes())
    rows = {table["name"]: table["rows"] for table in manifest["tables"]}
    if rows["entries"] != head:
        raise RuntimeError(f"{rows['entries']} of {head} entries were exported")
    octets = sum(file["bytes"] for table in manifest["tables"] for file in table["files"])
    return [
        Row(
            what="export, all tables",
            value=head / first.seconds,
            unit="entries/s",
            targets=(at_least(200_000),),
        ),
        Row(what="export: CPU an entry, all its tables", value=cpu / head * 1e6, unit="µs"),
        Row(what="export: rows an entry", value=sum(rows.values()) / head, unit=""),
        Row(what="export: bytes an entry", value=octets / head, unit="B"),
        Row(what="export: peak memory", value=first.peak / MIB, unit="MiB"),
        Row(what="export, nothing new", value=again.seconds, unit="s"),
    ]
