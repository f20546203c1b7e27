"""How many were listed and what was in breach, on ten days, as known at ten positions.

    python as_of.py PLACE

PLACE is a folder of `dudao export` or the address of a server (token in DUDAO_TOKEN).
Each row of the output is a day, each column a position: to the right what was learnt later.
"""

import datetime as dt
import sys

from client import holding, opened


def main(place: str) -> None:
    """Print both grids."""
    tables = opened(place)
    entries = tables.table("entries").select(["position", "valid_from"]).to_pylist()
    last = max(entry["position"] for entry in entries)
    positions = [last * n // 10 for n in range(1, 11)]
    final = max(entry["valid_from"] for entry in entries)
    days = [final - dt.timedelta(days=90 * n) for n in range(9, -1, -1)]
    for name, field, value in (("roster", "standing", "listed"), ("flags", "verdict", "breach")):
        rows = tables.table(name).to_pylist()
        print(f"{name}: {value}".ljust(16), *(f"@{position}".rjust(8) for position in positions))
        for day in days:
            numbers = [
                sum(row[field] == value for row in holding(rows, day, position))
                for position in positions
            ]
            print(str(day).ljust(16), *(str(number).rjust(8) for number in numbers))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
