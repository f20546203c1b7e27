from pathlib import Path

import pytest

from api.intake.imports.files import Importer, Rejects
from ledger.gate.faults import Invalid


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
