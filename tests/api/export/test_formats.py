"""The tabular forms, and the choice between them."""

import io
from datetime import UTC, date, datetime
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest

from api.export.files import Origin, pieces
from api.export.formats import CSV, JSON, NDJSON, PARQUET, safe_cell
from api.http.negotiation import negotiate
from api.questions.problems import Problem
from projections.items.flags import FlagItem
from projections.items.shape import plain, shape_of

ROWS = [
    {"name": "=1+1", "n": 3, "ok": True, "scope": [{"code": "4-03"}]},
    {"name": None, "n": None},
]
FIELDS = (
    plain("name", "名称", "name"),
    plain("n", "数", "n", "integer"),
    plain("ok", "是否", "ok", "boolean"),
    plain("scope", "范围", "scope", "json")._replace(many=True),
)
ORIGIN = Origin("/v1/roster", {"position": 7}, {"district": "110108"})


def made(media: str, rows: list[dict[str, Any]]) -> bytes:
    return b"".join(pieces(media, FIELDS, [rows[:1], rows[1:]], ORIGIN))


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
        "scope": ['{"code":"4-03"}'],
    }
    assert table.schema.metadata[b"dudao.position"] == b"7"
    assert table.schema.metadata[b"dudao.filters"] == b"district=110108"


FLAG: dict[str, Any] = {
    "key": "S1-12",
    "valid_at": "2025-03-18",
    "responsible": [{"uscc": "91110302562134916R", "role": "assessing"}],
    "message": {"zh": "超范围", "en": "outside"},
    "because": [7, 12],
}


def test_parquet_is_typed_all_the_way_down() -> None:
    shape = shape_of(FlagItem)
    octets = b"".join(pieces(PARQUET, shape.fields, [[FLAG]], ORIGIN))
    table = pq.read_table(io.BytesIO(octets))
    assert table.schema.names == [field.name for field in shape.fields]
    (row,) = table.to_pylist()
    assert row["valid_at"] == date(2025, 3, 18)
    assert row["because"] == [7, 12]
    assert row["message"] == {"zh": "超范围", "en": "outside"}
    assert row["responsible"][0]["role"] == "assessing"


def test_an_instant_is_one_in_parquet_whatever_the_digits_of_its_second() -> None:
    fields = (plain("at", "时间", "at", "instant"), plain("n", "数", "n", "number"))
    rows = [
        {"at": "2026-03-01T04:05:06.000007Z", "n": 1},
        {"at": "2026-03-01T04:05:06Z", "n": 87.5},
    ]
    octets = b"".join(pieces(PARQUET, fields, [rows], ORIGIN))
    at = datetime(2026, 3, 1, 4, 5, 6, tzinfo=UTC)
    assert pq.read_table(io.BytesIO(octets)).to_pylist() == [
        {"at": at.replace(microsecond=7), "n": 1.0},
        {"at": at, "n": 87.5},
    ]


def test_a_whole_list_is_one_document_of_json() -> None:
    assert orjson.loads(made(JSON, ROWS)) == {
        "basis": {"position": 7},
        "items": ROWS,
        "next": None,
    }
    assert orjson.loads(made(JSON, []))["items"] == []
