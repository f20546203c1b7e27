"""One enterprise's story: every entry about it, and what was raised, cleared or reviewed with each.

python story.py PLACE USCC
"""

import sys

import pyarrow.compute as pc
from client import opened


def main(place: str, uscc: str) -> None:
    """Print the story in the order in which the ledger learnt it."""
    tables = opened(place)

    def about(name: str) -> list[dict]:
        table = tables.table(name)
        return table.filter(pc.equal(table["subject"], uscc)).to_pylist()

    told: dict[int, list[str]] = {}
    for row in sorted(about("flags"), key=lambda row: row["known_from"]):
        said = f"{row['key']} {row['verdict']}" + (f", {row['review']}" if row["review"] else "")
        lines = told.setdefault(row["known_from"], [])
        if said not in lines:
            lines.append(said)
    for entry in sorted(about("entries"), key=lambda row: row["position"]):
        actor = entry["actor"]["role"]
        print(
            entry["position"],
            entry["valid_from"],
            entry["type"],
            actor,
            entry["reason"] or "",
            sep="\t",
        )
        for line in told.get(entry["position"], ()):
            print("", "", f"→ {line}", sep="\t")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:3])
