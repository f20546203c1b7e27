"""From breach to knowledge, review, finding, order and closure: days for each flag, and their median.

    python delay.py PLACE

The same days as `/v1/delays` gives. What was brought in as history has no day of knowledge.
"""

import sys
from collections.abc import Iterator
from datetime import date
from statistics import median_low
from zoneinfo import ZoneInfo

from client import Row, Tables, holding, now, opened

BEIJING = ZoneInfo("Asia/Shanghai")
STEPS = ("knowledge", "review", "finding", "order", "closure")


def delays(tables: Tables) -> Iterator[tuple[Row, dict[str, int]]]:
    """Yield each breach as known now, with the days until each step that it came to."""
    basis = now(tables)
    entries = {row["position"]: row for row in tables.table("entries").to_pylist()}
    cases = holding(tables.table("cases").to_pylist(), *basis)
    findings = sorted(
        (row["finding"] for row in cases if row["kind"] == "findings"),
        key=lambda finding: (finding["raised_on"], finding["finding_id"]),
    )
    for flag in holding(tables.table("flags").to_pylist(), *basis):
        if flag["verdict"] != "breach" or flag["code"] == "Q1":
            continue
        day, known = flag["valid_at"], entries[flag["flag_known_from"]]
        # A review that was said of an earlier outcome holds no more.
        reviewed = flag["review"] and not flag["review_stale"]
        made = flag["finding_id"] if reviewed and flag["review"] == "converted" else None
        finding = next(
            (
                each
                for each in findings
                if each["stage"] != "withdrawn"
                and each["raised_on"] >= day
                and (flag["key"] in each["flags"] or each["finding_id"] == made)
            ),
            None,
        )
        days: dict[str, date | None] = {
            "knowledge": None
            if known["backfill"]
            else max(known["recorded_at"].astimezone(BEIJING).date(), day),
            "review": entries[flag["review_position"]]["valid_from"] if reviewed else None,
        }
        if finding is not None:
            orders = [order["ordered"] for order in finding["orders"]]
            days["finding"] = finding["raised_on"]
            days["order"] = min(orders, default=None)
            days["closure"] = finding["ended_on"] if finding["stage"] == "closed" else None
        yield flag, {step: (on - day).days for step, on in days.items() if on is not None}


def main(place: str) -> None:
    """Print a line a flag, then the medians."""
    found: dict[str, list[int]] = {step: [] for step in STEPS}
    for flag, took in delays(opened(place)):
        for step, days in took.items():
            found[step].append(days)
        print(flag["key"], flag["district"], *(took.get(step, "") for step in STEPS), sep="\t")
    for step, days_of in found.items():
        print(
            f"# {step}: {len(days_of)} flags, median {median_low(days_of) if days_of else '-'} days"
        )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
