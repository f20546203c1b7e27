"""The results as kept (`results.json`) and as shown (the tables in `README.md`)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec

from benchmarks import machine
from benchmarks.figures import Row, Target, verdict

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results.json"
README = FOLDER / "README.md"
BEGIN, END = "<!-- written by the run: begin -->", "<!-- written by the run: end -->"
SAME_MACHINE = ("processor", "cores", "memory_gib")


def keep(name: str, title: str, rows: Sequence[Row], circumstances: Mapping[str, Any]) -> None:
    """Put one figure in the place of its last measurement, and write the tables again.

    Figures of another machine are dropped: a table mixes nothing.
    """
    results = _kept(circumstances["machine"])
    results[name] = {"title": title, **circumstances, "rows": [asdict(row) for row in rows]}
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
    text = README.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{BEGIN}\n\n{_tables(results)}\n{END}{after}")


def _kept(machine: Mapping[str, Any]) -> dict[str, Any]:
    if not RESULTS.exists():
        return {}
    results: dict[str, Any] = json.loads(RESULTS.read_text())
    return {
        name: figure
        for name, figure in results.items()
        if all(figure["machine"][key] == machine[key] for key in SAME_MACHINE)
    }


def _tables(results: Mapping[str, Any]) -> str:
    newest = max(results.values(), key=lambda figure: figure["day"])
    lines = ["| machine | |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in newest["machine"].items()]
    pieces = ["\n".join(lines)]
    pieces += [_table(figure) for figure in sorted(results.values(), key=lambda f: f["title"])]
    return "\n\n".join(pieces) + "\n"


def _table(figure: Mapping[str, Any]) -> str:
    sync = figure["machine"]["fdatasync_ms_median"]
    at = _measured_at(figure.get("commit", ""))
    when = f"{figure['day']}{at}, load before: {figure['load']}, sync of the disk: {sync} ms"
    lines = [
        f"### {figure['title']}",
        "",
        f"`{figure['command']}` · {when}",
        "",
        "| what | median | lowest to highest | ratio | target | |",
        "|---|---:|---:|---|---|---|",
    ]
    lines += [_line(msgspec.convert(row, Row)) for row in figure["rows"]]
    return "\n".join(lines)


def _measured_at(commit: str) -> str:
    """Return at which commit a figure was taken, and how many came since: the more, the less it says of today."""
    if not commit:
        return " (no commit was kept)"
    since = machine.commits_since(commit)
    return f" at `{commit}`" + (
        f", {since} commits of the product before this table" if since else ""
    )


def _line(row: Row) -> str:
    spread = "" if row.low is None or row.high is None else f"{_n(row.low)} – {_n(row.high)}"
    ratio = "" if row.ratio is None else f"{row.ratio:.2f} × {row.to}"
    targets = "<br>".join(map(_bound, row.targets))
    verdicts = "<br>".join(verdict(row, target) for target in row.targets)
    return (
        f"| {row.what} | {_n(row.value)} {row.unit} | {spread} | {ratio} | {targets} | {verdicts} |"
    )


def _bound(target: Target) -> str:
    sign = "≥" if target.at_least else "≤"
    return f"{sign} {target.bound:g} ×" if target.of_ratio else f"{sign} {_n(target.bound)}"


def _n(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def shown(title: str, rows: Sequence[Row]) -> str:
    """Return a figure for a terminal."""
    lines = ["", title]
    for row in rows:
        verdicts = "; ".join(f"{_bound(target)}: {verdict(row, target)}" for target in row.targets)
        ratio = "" if row.ratio is None else f"{row.ratio:.2f} ×"
        lines.append(f"  {_n(row.value):>10} {row.unit:<10} {ratio:<8} {row.what}  {verdicts}")
    return "\n".join(lines)
