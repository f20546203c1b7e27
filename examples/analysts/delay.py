"""From breach to knowledge, to review and to finding: days for each flag, and their median.

    python delay.py PLACE

History that was brought in has no delay and is left out.
"""

import sys
from statistics import median
from zoneinfo import ZoneInfo

from client import holding, now, opened

BEIJING = ZoneInfo("Asia/Shanghai")


def main(place: str) -> None:
    """Print a line a flag, then the medians."""
    tables = opened(place)
    recorded = {
        row["position"]: row["recorded_at"].astimezone(BEIJING).date()
        for row in tables.table("entries").to_pylist()
        if not row["backfill"]
    }
    raised = {
        row["finding"]["finding_id"]: row["finding"]["raised_on"]
        for row in tables.table("cases").to_pylist()
        if row["kind"] == "findings" and row["known_to"] is None
    }
    found: dict[str, list[int]] = {"known": [], "reviewed": [], "finding": []}
    for row in holding(tables.table("flags").to_pylist(), *now(tables)):
        if row["verdict"] != "breach":
            continue
        days = {
            "known": recorded.get(row["flag_known_from"]),
            "reviewed": recorded.get(row["review_position"]),
            "finding": raised.get(row["finding_id"]) if row["review"] else None,
        }
        delays = {
            name: (day - row["valid_at"]).days for name, day in days.items() if day is not None
        }
        for name, delay in delays.items():
            found[name].append(delay)
        print(row["key"], row["district"], *(delays.get(name, "") for name in found), sep="\t")
    for name, delays_of in found.items():
        print(
            f"# {name}: {len(delays_of)} flags, median {median(delays_of) if delays_of else '-'} days"
        )


if __name__ == "__main__":
    main(sys.argv[1])
