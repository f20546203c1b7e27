"""Write `docs/decisions/README.md`: every decision by theme, with its status.

Run `python -m docs.generate_decisions` after adding a decision; a test compares. A decision says in its
third line `Accepted, YYYY-MM. Theme: NAME.`, and `Superseded by NNNN` where a later one took its place.
"""  # noqa: INP001 - a script among documents, not a package

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

FOLDER = Path(__file__).with_name("decisions")
TARGET = FOLDER / "README.md"
THEMES: Mapping[str, str] = MappingProxyType(
    {
        "law": "What the law means 法规与判定",
        "places": "Places and reference data 地点与目录",
        "input": "What comes in 输入",
        "ledger": "The ledger 账本",
        "proof": "Proof 证明",
        "views": "Views and replay 视图与回放",
        "answers": "Answers and files 回答与文件",
        "access": "Access 访问",
        "pages": "Pages and reports 页面与报告",
        "field": "On the spot 现场",
        "operation": "Operation 运行",
    }
)
_STATUS = re.compile(r"^Accepted, (\d{4}-\d{2})\. Theme: (\w+)\.(.*)$", re.MULTILINE)
_SUPERSEDED = re.compile(r"[Ss]uperseded( in part)? by (\d{4})")


class Decision(NamedTuple):
    """One decision as the index shows it; `theme` is a key of `THEMES`."""

    number: str
    title: str
    theme: str
    status: str
    file: str


def read(path: Path) -> Decision:
    """Return the decision of a file.

    Raises:
        ValueError: it has no line of status, names no theme, or does not begin with its number.
    """
    text = path.read_text("utf-8")
    found = _STATUS.search(text)
    if found is None or found[2] not in THEMES:
        expected = f"Accepted, YYYY-MM. Theme: {'|'.join(THEMES)}."
        raise ValueError(f"{path.name}: the line `{expected}` is missing")
    superseded = _SUPERSEDED.search(found[3])
    status = f"in force since {found[1]}"
    if superseded is not None:
        extent = "in part" if superseded[1] else "whole"
        status = f"superseded ({extent}) by {superseded[2]}"
    number = path.name[:4]
    head = f"# {number} · "
    title = text.splitlines()[0].removeprefix(head)
    if not text.startswith(head):
        raise ValueError(f"{path.name}: it does not begin with `{head}` and what is decided")
    return Decision(number, title, found[2], status, path.name)


def render() -> str:
    """Return the index."""
    decisions = [read(path) for path in sorted(FOLDER.glob("0*.md"))]
    lines = ["# Decisions", "", "Written by `docs/generate_decisions.py`; do not edit."]
    for theme, title in THEMES.items():
        rows = [each for each in decisions if each.theme == theme]
        if not rows:
            continue
        lines += ["", f"## {title}", "", "| | decision | status |", "|---|---|---|"]
        lines += [
            f"| {each.number} | [{each.title}]({each.file}) | {each.status} |" for each in rows
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    TARGET.write_text(render(), "utf-8")
