"""EXPECTED.md: what was planted, where, and why the checks must find it."""

from collections import Counter
from collections.abc import Iterator

from domain.checks import CHECKS
from domain.registry import EVENTS
from examples.sample.year import Year

_HEAD = """# What was planted in the sample year

Made by `python -m examples.make_sample_year`; do not edit. Every name and number is invented.
Import the files in the order of their names into an empty ledger: positions depend on it, and
corrections and reviews name positions. Publish the sheets as `bureau-2` (bureau), send the
certificate sheets as `centre-1` (centre). Nothing else is flagged than what is listed here, as
judged on 2026-11-01 at the last position.

`verdict` is the verdict now; `case` compares it with the verdict when the record was made.
"""


def expected(year: Year) -> bytes:
    """Return the manifest."""
    return "\n".join([_HEAD, *_figures(year), "", *_table(year), ""]).encode()


def _figures(year: Year) -> Iterator[str]:
    counts = Counter(type(e.event).__name__ for e in year.trial.entries)
    flagged = {s.firm for s in year.specimens}
    yield "## Figures"
    yield ""
    yield f"* {len(year.trial.entries)} entries from {len(year.files)} files"
    yield f"* {counts['EnterpriseRegistered']} enterprises, {len(flagged)} of them with something planted"
    yield f"* {counts['AssessmentHeld']} sessions, {counts['CertificateIssued']} certificates"
    yield f"* {len(year.specimens)} specimens"
    yield ""
    yield "| event | entries |"
    yield "|---|---|"
    yield from (f"| {name} | {counts[name]} |" for name in EVENTS)


def _table(year: Year) -> Iterator[str]:
    yield "## Specimens"
    yield ""
    yield "| flag | check | verdict | case | enterprise | record | why |"
    yield "|---|---|---|---|---|---|---|"
    order = {code: number for number, code in enumerate(CHECKS)}
    for s in sorted(year.specimens, key=lambda s: (order[s.code], year.marks[s.mark])):
        firm = year.firms[s.firm]
        check = f"{s.code} {CHECKS[s.code].zh}"
        key = year.key(s)
        yield f"| `{key}` | {check} | {s.verdict} | {s.case} | {firm.name} {firm.uscc} | {s.mark} | {s.why} |"
