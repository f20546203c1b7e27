"""Sheets from offices: encodings, formulas, sheets that are too large, and cells that came from us."""

import io
import re
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from api.export.formats import FORMULA, safe_cell, text_of_cell
from api.intake.sheets.file import MOST_ROWS, read_text, read_workbook
from api.intake.sheets.forms import recognise
from api.intake.sheets.heads import body_of
from api.intake.sheets.upload_form import FORM, UPLOAD
from ledger.gate.faults import Invalid

HEAD = ",".join(UPLOAD)
ROW = "王五,201,11010519491231002X,某企业,电工,,四级,Y1,2025-03-20,某企业,某企业"


def written(path: Path, *cells: tuple[int, int, object]) -> Path:
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for row, column, value in cells:
            sheet.write(row, column, value)
    return path


def respelt(path: Path, pattern: str, by: str) -> None:
    """Write the sheet's elements another way, as another program would."""
    octets = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(octets) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name.startswith("xl/worksheets/sheet"):
                text, number = re.subn(pattern, by, text)
                assert number
            new.writestr(name, text)


@given(st.text(st.sampled_from([*FORMULA, "'", "a", "京", '"', ","]), max_size=6))
def test_a_cell_that_was_exported_says_what_it_said(text: str):
    cell = safe_cell(text)
    assert not cell.startswith(FORMULA)
    assert text_of_cell(cell) == text


def test_a_mark_against_formulas_is_taken_off_again():
    row = ROW.replace("王五", "'=HYPERLINK(1)")
    (table,) = recognise(read_text(f"{HEAD}\n{row}\n".encode())).tables
    ((_, cells),) = body_of(table).rows
    assert cells["姓名"] == "=HYPERLINK(1)"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_a_csv_is_read_in_the_encodings_of_offices(encoding: str):
    book = read_text(f"{HEAD}\r\n{ROW}\r\n".encode(encoding))
    (table,) = recognise(book).tables
    assert table.form is FORM
    ((number, cells),) = body_of(table).rows
    assert (number, cells["姓名"], cells["工种名称"]) == (2, "王五", None)
    assert bool(book.notes) == (not encoding.startswith("utf-8"))


@pytest.mark.parametrize("encoding", ["utf-32", "utf-32-le"])
def test_a_csv_in_another_encoding_says_how_to_save_it(encoding: str):
    with pytest.raises(Invalid, match="UTF-8"):
        read_text(f"{HEAD}\n{ROW}\n".encode(encoding))


def test_a_damaged_csv_of_two_bytes_a_character_says_how_to_save_it():
    with pytest.raises(Invalid, match="UTF-8"):
        read_text(f"{HEAD}\n{ROW}\n".encode("utf-16")[:-1])


@pytest.mark.parametrize(
    ("pattern", "by"),
    [
        (r"<c (r=)", r"<c \1"),
        (r'<c (r="[A-Z0-9]+")', r'<c s="0" \1'),
        (r'<c (r="[A-Z0-9]+")', r'<c\n  s="0"\n  \1'),
        (r"<(/?)(c|f|v)([ >])", r"<\1x:\2\3"),
    ],
)
def test_a_formula_is_found_however_it_is_written(tmp_path: Path, pattern: str, by: str):
    path = written(tmp_path / "a.xlsx", (0, 0, "值"), (1, 1, "=1+1"), (2, 2, "一"))
    respelt(path, pattern, by)
    if "x:" not in by:
        assert read_workbook(path).sheets[0].formulas == {(2, 1)}
        return
    with zipfile.ZipFile(path) as archive:
        text = archive.read("xl/worksheets/sheet1.xml")
    respelt(
        path,
        "<worksheet ",
        '<worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" ',
    )
    assert b"<x:f>" in text
    assert read_workbook(path).sheets[0].formulas == {(2, 1)}


def test_a_sheet_with_its_last_cell_far_away_is_too_large(tmp_path: Path):
    path = written(tmp_path / "a.xlsx", (0, 0, "一"), (1_048_575, 16_383, "二"))
    with pytest.raises(Invalid, match="拆分"):
        read_workbook(path)


def test_a_sheet_of_too_many_rows_is_too_large(tmp_path: Path):
    rows = ((row, 0, row) for row in range(MOST_ROWS + 1))
    with pytest.raises(Invalid, match="拆分"):
        read_workbook(written(tmp_path / "a.xlsx", *rows))


def test_a_csv_of_too_many_rows_is_too_large():
    with pytest.raises(Invalid, match="拆分"):
        read_text(b"1\n" * (MOST_ROWS + 1))


def test_a_head_that_stands_twice_is_named_with_both_its_cells():
    with pytest.raises(Invalid, match=r"A1、L1.*“姓名”出现两次"):
        recognise(read_text(f"{HEAD},姓名\n{ROW},王六\n".encode()))


PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(["王五", "欧阳\u3000询", "阿布都·热合曼", "O'Neil", "𠮷野"]),
        st.sampled_from(["11010519491231002X", "军字第123456号", "P<1234567", "无"]),
        st.sampled_from(["Y000011990001245000401", "Y0000-11-990001", "证书2024第0007号"]),
        st.sampled_from(["2024-06-30", "2024年6月30日", "昨天"]),
    ),
    min_size=1,
    max_size=4,
)
ASIDES = st.sampled_from(
    [
        ["合计", "2人", "", "", "1个职业", "", "", "共2本"],
        ["", "小计", "2"],
        ["联系人", "李四", "联系电话", "010-88888888"],
        ["填表人:李四", "", "日期:2024-07-01"],
        ["(盖章)"],
        ["注:以上属实", "", "由机构留存"],
        ["-"] * 11,
        [str(number) for number in range(1, 12)],
    ]
)
TITLES = st.sampled_from(["证书上传表", "填报单位:某公司", "说明:请以文本填写"])


@st.composite
def sheets(draw: st.DrawFn) -> tuple[list[list[str]], bytes]:
    """The rows of a CSV, and it: columns in any order, numbered or not, notes above and between."""
    said = [
        [name, "201", id_no, "某企业", "电工", "", "四级", number, day, "某企业", "某企业"]
        for name, id_no, number, day in draw(PEOPLE)
    ]
    order, is_numbered = draw(st.permutations(range(len(UPLOAD)))), draw(st.booleans())
    head = [*(["序号"] if is_numbered else []), *(UPLOAD[place] for place in order)]
    table = [
        [*([str(n)] if is_numbered else []), *(row[place] for place in order)]
        for n, row in enumerate(said, 1)
    ]
    for aside in draw(st.lists(ASIDES, max_size=4)):
        table.insert(draw(st.integers(0, len(table))), aside)
    titles = [[title] for title in draw(st.lists(TITLES, max_size=3))]
    delimiter = draw(st.sampled_from([",", ";", "\t"]))
    text = "\r\n".join(delimiter.join(line) for line in [*titles, head, *table])
    return said, text.encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"])))


@given(sheets())
def test_however_a_sheet_is_laid_out_its_rows_are_read_and_nothing_else(
    sheet: tuple[list[list[str]], bytes],
):
    said, content = sheet
    (table,) = recognise(read_text(content)).tables
    read = [[cells[head] or "" for head in UPLOAD] for _, cells in body_of(table).rows]
    assert read == [[cell.strip("\u3000") for cell in row] for row in said]
