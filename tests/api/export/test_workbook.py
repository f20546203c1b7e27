"""Rows as XLSX: text stays text, days are days, nothing is run, the same rows give the same bytes."""

import io
import zipfile
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

import pytest
from python_calamine import CalamineWorkbook

from api.export.files import Origin, pieces
from api.export.formats import XLSX
from api.export.readable import readable
from api.export.workbook import CUT, LONGEST_CELL
from projections.items.entries import CatalogueItem, EntryItem
from projections.items.flags import FlagItem
from projections.items.listed import RosterItem
from projections.items.parts import ScopeItem
from projections.items.shape import READ, Head, shape_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """企业 / an enterprise of a sheet."""

    uscc: Annotated[str, Head("统一社会信用代码", "USCC"), READ]
    name: Annotated[str, Head("企业名称", "name"), READ]
    certificate_no: Annotated[str, Head("证书编号", "certificate"), READ]
    valid_from: Annotated[date, Head("生效日期", "from"), READ]
    position: Annotated[int, Head("记录位置", "position"), READ]
    published: Annotated[bool, Head("已公布", "published"), READ]
    scope: Annotated[tuple[ScopeItem, ...], Head("范围", "scope"), READ]


FIELDS = shape_of(Firm).fields
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
    return b"".join(pieces(XLSX, FIELDS, [rows], ORIGIN))


def sheets(octets: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(octets))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def part(octets: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        return archive.read(name).decode()


def test_the_first_sheet_holds_the_data_under_heads_in_both_languages() -> None:
    data = sheets(made(ROW))["数据 data"]
    assert data[0][:3] == ["统一社会信用代码", "企业名称", "证书编号"]
    assert data[1] == [column.name for column in FIELDS]
    assert data[2] == [
        "911100005858054799",
        "虚构企业",
        "0001100001234567890123",
        date(2024, 7, 1),
        12,
        True,
        "电工 6-31-01-03：五级/初级工、四级/中级工",
    ]


def test_the_second_sheet_says_what_the_first_is() -> None:
    said = {row[0]: row[1] for row in sheets(made(ROW, ROW))["说明 about"]}
    assert said["业务日期 / valid_at"] == "2026-03-01"
    assert said["台账位置 / position"] == "7"
    assert said["台账根（SHA-256） / root"] == "ab" * 32
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


def test_codes_names_instants_and_ends_are_what_people_say() -> None:
    shape = shape_of(FlagItem).only("district", "verdict", "responsible", "message")
    bodies = [
        {"uscc": "911100005858054799", "role": "assessing"},
        {"district": "110119", "role": "supervising"},
    ]
    flag = {
        "district": "110119",
        "verdict": "breach",
        "responsible": bodies,
        "message": {"zh": "超范围", "en": "outside"},
    }
    octets = b"".join(pieces(XLSX, shape.fields, [[flag]], ORIGIN))
    assert sheets(octets)["数据 data"][2] == [
        "延庆区",
        "违规",
        "评价企业 911100005858054799；主管区 延庆区",
        "超范围",
    ]
    entry = shape_of(EntryItem).only("type", "recorded_at", "data")
    data = {"name": "虚构企业", "kind": "private", "district": "110119"}
    row = {"type": "EnterpriseRegistered", "recorded_at": KNOWN_AT, "data": data}
    octets = b"".join(pieces(XLSX, entry.fields, [[row]], ORIGIN))
    assert sheets(octets)["数据 data"][2] == [
        "企业登记",
        "2026-03-01 12:05:06",
        "虚构企业，非公，主管区 延庆区",
    ]


def test_an_end_is_the_last_day_that_counts() -> None:
    fields = shape_of(RosterItem).only("valid_to").fields
    octets = b"".join(pieces(XLSX, fields, [[{"valid_to": "2027-07-01"}]], ORIGIN))
    assert sheets(octets)["数据 data"][2] == [date(2027, 6, 30)]


def test_levels_can_be_told_apart() -> None:
    assert readable([ITEM], shape_of(RosterItem).only("scope").fields[0]) == (
        "电工 6-31-01-03：五级/初级工、四级/中级工"
    )


def test_what_a_catalogue_was_adopted_as_is_said_with_its_last_day() -> None:
    adopted = next(f for f in shape_of(CatalogueItem).fields if f.name == "adopted")
    closed = {"valid_to": "2022-09-27", "last_day": "2022-09-26", "position": 4}
    open_ended = {"valid_to": None, "last_day": None, "position": 5}
    editions = [
        {"edition": "2015", "valid_from": "2015-07-29", **closed},
        {"edition": "2022", "valid_from": "2022-09-27", **open_ended},
    ]
    assert readable(editions, adopted) == "2015（2015-07-29–2022-09-26）；2022（2022-09-27–）"
    said = readable(editions, adopted, "en")
    assert said == "2015 (2015-07-29–2022-09-26); 2022 (2022-09-27–)"
