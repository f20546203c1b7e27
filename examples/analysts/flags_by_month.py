"""Breaches by month of their record and by district, as known now; with a second argument also as a picture.

python flags_by_month.py PLACE [FILE.svg]
"""

import sys
from collections import Counter
from html import escape
from pathlib import Path

from client import holding, now, opened


def main(place: str, picture: str | None = None) -> None:
    """Print a table of two dimensions, zeros too."""
    tables = opened(place)
    names = {row["code"]: row["zh"] for row in tables.table("districts").to_pylist()}
    flags = [
        row
        for row in holding(tables.table("flags").to_pylist(), *now(tables))
        if row["verdict"] == "breach"
    ]
    counts = Counter((f"{row['valid_at']:%Y-%m}", row["district"]) for row in flags)
    months = sorted({month for month, _ in counts})
    districts = sorted({district for _, district in counts}, key=str)
    print(
        "month\t"
        + "\t".join(names.get(district, str(district)) for district in districts)
        + "\tall"
    )
    totals = []
    for month in months:
        row = [counts[month, district] for district in districts]
        totals.append(sum(row))
        print("\t".join([month, *map(str, row), str(sum(row))]))
    if picture is not None:
        Path(picture).write_text(bars(months, totals), encoding="utf-8")


def bars(names: list[str], values: list[int]) -> str:
    """Return a bar chart as SVG, with its numbers in it."""
    highest = max(values, default=1)
    drawn = "".join(
        f'<g transform="translate(0 {22 * n})"><text x="0" y="15">{escape(name)}</text>'
        f'<rect x="80" y="3" width="{400 * value / highest:.0f}" height="16" fill="#345"/>'
        f'<text x="490" y="15">{value}</text></g>'
        for n, (name, value) in enumerate(zip(names, values, strict=True))
    )
    size = f'width="540" height="{22 * len(names) + 6}" font-size="13"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{drawn}</svg>\n'


if __name__ == "__main__":
    if len(sys.argv) not in {2, 3}:
        sys.exit(__doc__)
    main(*sys.argv[1:3])
