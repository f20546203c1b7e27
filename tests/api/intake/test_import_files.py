import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from api.intake.imports.files import Importer, ImportReport, Rejects
from api.intake.imports.reader import ReaderEnded
from ledger.deciding.outcome import Accepted, Outcome
from ledger.gate.faults import Invalid
from ledger.gate.shapes import Submission
from tests.api.lines import registered, uscc


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("roster.xlsx", b"not a workbook"),
        ("roster.xlsx", b""),
        ("roster.ndjson", b"\x00\x01\x02\x03"),
        ("roster.csv", "甲,乙\n1,2\n".encode()),
        ("roster.ndjson", b'[{"type":"ScopeChanged"}]'),
        ("roster.xls", b"\xd0\xcf\x11\xe0 old"),
    ],
)
def test_a_file_of_no_known_form_is_refused_whole(
    tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    reject = tmp_path / "reject.ndjson"
    with pytest.raises(Invalid):
        Importer(None, lambda: None).take(path, Rejects(reject))
    assert not reject.exists()


class Half:
    """Takes the first batch and then breaks, as where the database goes away."""

    def stream(self, batches: Iterable[Sequence[Submission]]) -> Iterator[Outcome]:
        yield from (Accepted(n, 1) for n, _ in enumerate(next(iter(batches)), 1))
        raise ReaderEnded


def test_what_is_durable_is_counted_although_the_rest_of_the_file_fails(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    lines = [json.dumps(registered(uscc())) for _ in range(4)]
    path.write_text("\n".join([*lines[:2], "no json", *lines[2:]]), encoding="utf-8")
    report = ImportReport(str(path))
    with pytest.raises(ReaderEnded):
        Importer(Half(), lambda: None).take(path, Rejects(tmp_path / "reject.ndjson"), report)
    assert (report.lines, report.taken, report.refused) == (5, 4, 1)
    assert not report.complete
    assert report.reject is not None
    assert len(report.reject.read_text().splitlines()) == 1
