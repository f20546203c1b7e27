"""Tables of a larger city out of those of a small one: every row again under other subjects and positions.

python -m benchmarks.multiplied TABLES TIMES OUT

Repeats the flags of an export so many times and asks DuckDB, on two threads, for a grid of 35 months at ten
positions and for what differs between two days; prints the median of seven. Questions in two times look
at the columns of the rectangle alone, so that the rows are repeated ones makes no odds to them.
"""

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import duckdb

from projections.views.basis import holds

REPEATED = """
COPY (SELECT * REPLACE (f.key || '-' || n AS key, f.subject || '-' || n AS subject,
                        f.known_from + n * $head AS known_from, f.known_to + n * $head AS known_to)
        FROM '{tables}/flags/*.parquet' f, range($times) t(n) ORDER BY n, f.subject, f.key)
  TO '{out}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 50000)
"""
AS_OF = holds("{position}", "{day}", "f.")
GRID = f"""
WITH days AS (SELECT unnest(generate_series(DATE '2023-01-01', DATE '2025-11-01', INTERVAL 1 MONTH))::date AS day),
     known AS (SELECT unnest(range(1, 11)) * $head // 10 AS position)
SELECT day, position, f.code, count(*) FROM days, known, '{{out}}' f
 WHERE {AS_OF.format(position="position", day="day")} AND f.verdict = 'breach' GROUP BY ALL
"""  # noqa: S608 - of literals
SIDE = "(SELECT key, verdict FROM '{{out}}' f WHERE {as_of})"
DIFF = f"""
SELECT count(*) FROM {SIDE.format(as_of=AS_OF.format(position="$head", day="DATE '2025-03-01'"))} a
  FULL JOIN {SIDE.format(as_of=AS_OF.format(position="$head", day="DATE '2025-09-01'"))} b USING (key)
 WHERE a.verdict IS DISTINCT FROM b.verdict
"""  # noqa: S608 - of literals
ROUNDS = 7


def main(arguments: Sequence[str]) -> None:
    """Make the tables and ask."""
    tables, times, out = arguments[0], int(arguments[1]), Path(arguments[2])
    conn: Any = duckdb.connect()
    conn.execute("SET threads = 2")
    (small,) = conn.execute(f"SELECT max(position) FROM '{tables}/entries/*.parquet'").fetchone()  # noqa: S608
    values = {"times": times, "head": small}
    conn.execute(REPEATED.format(tables=tables, out=out), values)
    (rows,) = conn.execute(f"SELECT count(*) FROM '{out}'").fetchone()  # noqa: S608
    print(f"{small * times:,} entries' flags: {rows:,} rows, {out.stat().st_size / 2**20:.0f} MiB")
    for name, question in (("35 months at 10 positions", GRID), ("two days compared", DIFF)):
        taken = []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            conn.execute(question.format(out=out), {"head": small * times}).fetchall()
            taken.append(time.perf_counter() - begun)
        print(f"{name}: {median(taken) * 1000:.0f} ms")


if __name__ == "__main__":
    main(sys.argv[1:])
