"""The tabular forms, and the choice between them."""

import io
from typing import Any

import pyarrow.parquet as pq
import pytest

from api.export.files import Origin, pieces
from api.export.formats import CSV, JSON, NDJSON, PARQUET, columns, safe_cell
from api.http.negotiation import negotiate
from api.questions.problems import Problem

ROWS = [
    {"name": "=1+1", "n": 3, "ok": True, "scope": [{"code": "4-03"}]},
    {"name": None, "n": None},
]
SHAPE = columns("name n:integer ok:boolean scope:json")
ORIGIN = Origin("/v1/roster", {"position": 7}, {"district": "110108"})


def made(media: str, rows: list[dict[str, Any]]) -> bytes:
    return b"".join(pieces(media, SHAPE, [rows[:1], rows[1:]], ORIGIN))


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("text/html, */*;q=0.1", JSON),
        ("text/*", CSV),
        ("application/json;q=0.5, text/csv", CSV),
        ("application/x-ndjson", NDJSON),
        ("application/*;q=0.2, application/vnd.apache.parquet;q=0.9", PARQUET),
        ("application/json;q=0, */*", NDJSON),
    ],
)
def test_the_preferred_format_is_given(accept: str, media: str) -> None:
    assert negotiate(accept) == media


@pytest.mark.parametrize("accept", ["image/png", "application/json;q=0", "text/html;q=x", ","])
def test_a_format_that_is_not_there_is_refused(accept: str) -> None:
    with pytest.raises(Problem) as raised:
        negotiate(accept)
    assert raised.value.status == 406


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "\0x", "＝x", "＋x", "－x", "＠x"]
)
def test_no_cell_starts_a_formula(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


def test_csv_is_for_excel() -> None:
    assert made(CSV, ROWS) == (
        b"\xef\xbb\xbf"
        b'"name","n","ok","scope"\r\n'
        b'"\'=1+1","3","true","[{""code"":""4-03""}]"\r\n'
        b'"","","",""\r\n'
    )


def test_a_negative_number_stays_a_number() -> None:
    assert safe_cell(-3) == "-3"


def test_an_empty_list_keeps_its_columns_in_every_form() -> None:
    assert made(CSV, []).count(b",") == 3
    table = pq.read_table(io.BytesIO(made(PARQUET, [])))
    assert table.column_names == ["name", "n", "ok", "scope"]
    assert made(NDJSON, []) == b""


def test_parquet_carries_types_and_its_basis() -> None:
    table = pq.read_table(io.BytesIO(made(PARQUET, ROWS)))
    assert table.to_pylist()[0] == {
        "name": "=1+1",
        "n": 3,
        "ok": True,
        "scope": '[{"code":"4-03"}]',
    }
    assert table.schema.metadata[b"dudao.position"] == b"7"
    assert table.schema.metadata[b"dudao.filters"] == b"district=110108"
