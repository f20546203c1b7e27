"""Which flags differ between two days, as known now, and which entries they rest on.

python causes.py PLACE FIRST_DAY SECOND_DAY
"""

import datetime as dt
import sys
from collections import Counter

from client import holding, opened


def main(place: str, first: str, second: str) -> None:
    """Print what came and went, then the kinds of entries behind it."""
    tables = opened(place)
    flags = tables.table("flags").to_pylist()
    entries = {row["position"]: row for row in tables.table("entries").to_pylist()}
    last = max(entries)
    before, after = (
        {row["key"]: row for row in holding(flags, dt.date.fromisoformat(day), last)}
        for day in (first, second)
    )
    behind: Counter[str] = Counter()
    for key in sorted(before.keys() | after.keys()):
        was, is_now = before.get(key), after.get(key)
        verdicts = tuple(None if row is None else row["verdict"] for row in (was, is_now))
        if verdicts[0] == verdicts[1]:
            continue
        rests_on = (is_now or was or {})["because"]
        behind.update(entries[position]["type"] for position in rests_on)
        print(key, verdicts[0] or "-", "→", verdicts[1] or "-", *rests_on, sep="\t")
    for kind, number in behind.most_common():
        print(f"# rests on {number} × {kind}")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:4])
