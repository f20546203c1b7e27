"""Rows as XLSX: text stays text, days are days, nothing is run, the same rows give the same bytes."""

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from api.export.files import Origin, pieces
from api.export.formats import XLSX, columns
from api.export.workbook import CUT, LONGEST_CELL
from api.http.routes.draws import DRAWS
from api.http.routes.watch import BACKLOG, LATE
from api.questions.lists import VIEWS
from api.questions.requests import REQUESTS
from api.questions.shapes import DIFF, HISTORY, SCOPE, STANDING, STATS
from api.words.heads import HEADS

SHAPE = columns(
    "uscc name certificate_no valid_from:day position:integer published:boolean scope:json"
)
KNOWN_AT = "2026-03-01T04:05:06.000007Z"
ORIGIN = Origin(
    "/v1/roster",
    {"valid_at": "2026-03-01", "known_at": KNOWN_AT, "position": 7, "rules": "2020-3"},
    {"district": "110108"},
    {"district": "110108"},
    "ab" * 32,
)
ITEM = {
    "edition": "2022",
    "code": "6-31-01-03",
    "name": "电工",
    "trade": None,
    "levels": ["5", "4"],
}
ROW: dict[str, Any] = {
    "uscc": "911100005858054799",
    "name": "虚构企业",
    "certificate_no": "0001100001234567890123",
    "valid_from": "2024-07-01",
    "position": 12,
    "published": True,
    "scope": [ITEM],
}


def made(*rows: dict[str, Any]) -> bytes:
    return b"".join(pieces(XLSX, SHAPE, [rows], ORIGIN))


def sheets(octets: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(octets))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def part(octets: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        return archive.read(name).decode()


def test_the_first_sheet_holds_the_data_under_heads_in_both_languages() -> None:
    data = sheets(made(ROW))["数据 data"]
    assert data[0][:3] == ["统一社会信用代码", "企业名称", "证书编号"]
    assert data[1] == [column.name for column in SHAPE]
    assert data[2] == [
        "911100005858054799",
        "虚构企业",
        "0001100001234567890123",
        date(2024, 7, 1),
        12,
        True,
        "电工 6-31-01-03:五级/初级工/四级/中级工",
    ]


def test_the_second_sheet_says_what_the_first_is() -> None:
    said = {row[0]: row[1] for row in sheets(made(ROW, ROW))["说明 about"]}
    assert said["业务日期 / valid_at"] == "2026-03-01"
    assert said["台账位置 / position"] == "7"
    assert said["台账根(SHA-256) / root"] == "ab" * 32
    assert said["rules"] == "2020-3"
    assert said["筛选条件 / filters"] == "district=110108"
    assert said["可见范围 / limited to"] == "district=110108"
    assert said["行数 / rows"] == "2"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-2",
        "@SUM(A1)",
        "\tx",
        "＝cmd",
        "http://evil.example",
        "00123",
        "1e5",
        "_x0041_",
    ],
)
def test_every_text_stays_the_text_that_it_is(text: str) -> None:
    octets = made({**ROW, "name": text})
    assert "<f>" not in part(octets, "xl/worksheets/sheet1.xml")
    assert "hyperlink" not in part(octets, "xl/worksheets/sheet1.xml")
    assert sheets(octets)["数据 data"][2][1] == text


def test_a_cell_that_starts_like_a_formula_is_marked_as_text_for_who_edits_it() -> None:
    assert 'quotePrefix="1"' in part(made({**ROW, "name": "=1"}), "xl/styles.xml")


def test_what_is_too_long_for_a_cell_is_cut_and_said_to_be() -> None:
    octets = made({**ROW, "name": "长" * (LONGEST_CELL + 1)}, {**ROW, "name": "长" * LONGEST_CELL})
    data, about = sheets(octets).values()
    assert data[2][1].endswith(CUT)
    assert len(data[2][1]) == len(data[3][1]) == LONGEST_CELL
    assert ["截断的单元格 / cells cut", "1"] in about


@pytest.mark.parametrize("day", ["1900-02-28", "1899-12-31", "soon"])
def test_a_day_that_excel_cannot_count_stays_text(day: str) -> None:
    assert sheets(made({**ROW, "valid_from": day}))["数据 data"][2][3] == day


def test_the_same_rows_give_the_same_bytes_and_the_time_is_that_of_the_basis() -> None:
    assert made(ROW) == made(ROW)
    assert "2026-03-01T04:05:06Z" in part(made(ROW), "docProps/core.xml")


def test_an_empty_list_has_its_heads() -> None:
    data, about = sheets(made()).values()
    assert len(data) == 2
    assert ["行数 / rows", "0"] in about


def test_every_column_of_every_list_has_a_head() -> None:
    shapes = [
        *(view.shape for view in VIEWS.values()),
        SCOPE,
        STANDING,
        HISTORY,
        DIFF,
        DRAWS,
        BACKLOG,
        LATE,
        REQUESTS,
        STATS,
    ]
    names = {column.name for shape in shapes for column in shape}
    assert names == set(HEADS)
