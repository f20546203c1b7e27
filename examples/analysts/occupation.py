"""The certificates of an occupation by edition, level and state, as known now.

python occupation.py PLACE NAME [DAY]
"""

import datetime as dt
import sys
from collections import Counter

from client import holding, opened


def main(place: str, name: str, day: str | None = None) -> None:
    """Print a line for each edition, code, level and state; levels by rank."""
    tables = opened(place)
    on = dt.date.max if day is None else dt.date.fromisoformat(day)
    ranks = {row["level"]: row["rank"] for row in tables.table("levels").to_pylist()}
    certificates = holding(tables.table("certificates").to_pylist(), on, sys.maxsize)
    counts = Counter(
        (row["occupation"]["edition"], row["occupation"]["code"], row["level"], row["state"])
        for row in certificates
        if row["occupation"]["name"] == name
    )
    for (edition, code, level, state), number in sorted(
        counts.items(), key=lambda item: (*item[0][:2], ranks[item[0][2]], item[0][3])
    ):
        print(edition, code, level, state, number, sep="\t")
    print(f"# {sum(counts.values())} certificates")


if __name__ == "__main__":
    if len(sys.argv) not in {3, 4}:
        sys.exit(__doc__)
    main(*sys.argv[1:4])
