"""The user's own sheet comes back with its faults marked, and is mended in place."""

import io
import zipfile
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from api.intake.sheets.file import Sheet, read_text, read_workbook
from api.intake.sheets.forms import recognise
from api.intake.sheets.marked import marked
from api.intake.sheets.templates import choices_of, form_named, template
from api.intake.sheets.upload_form import SESSION, UPLOAD
from tests.api.intake.books import sheet_xml, workbook
from tests.api.intake.test_sheet_kinds import ROW

FORMULA = ("raw", ' s="1" t="str"><f>1+1</f><v>2</v>')
ROWS = [["证书上传"], UPLOAD, ROW, [*ROW[:7], FORMULA, *ROW[8:]], ["注:以上"]]


def reject(row: int, *cells: str, sheet: str = "数据", why: str = "有误 / wrong"):
    errors = [{"field": f"{cell} 证书编号", "reason": why} for cell in cells]
    return {"line": row, "sheet": sheet, "errors": errors, "reason": why}


def saved(tmp_path: Path, content: bytes, name: str = "a.xlsx") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def back(path: Path, *rejects) -> tuple[bytes, list[Sheet]]:
    found = marked(path, rejects)
    assert found is not None
    again = path.with_name("marked.xlsx")
    again.write_bytes(found[1])
    return found[1], list(read_workbook(again).sheets)


def test_the_row_says_what_is_wrong_and_everything_else_stays(tmp_path: Path):
    sheets = {
        "说明": sheet_xml([["请填写"]]),
        "数据": sheet_xml(ROWS, hidden=[3], merged=["A1:C1"]),
    }
    content, (about, data) = back(saved(tmp_path, workbook(sheets)), reject(4, "H4", "A4"))
    assert about.rows == ((1, ("请填写",)),)
    said = {number: cells[11] if len(cells) > 11 else None for number, cells in data.rows}
    assert said == {
        1: None,
        2: "错误说明",
        3: None,
        4: "H4 证书编号：有误；A4 证书编号：有误",
        5: None,
    }
    assert data.formulas == {(4, 7)}
    assert data.hidden_rows == {3}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = archive.read("xl/worksheets/sheet2.xml").decode()
        styles = archive.read("xl/styles.xml").decode()
    assert "<f>1+1</f>" in xml
    assert '<mergeCell ref="A1:C1"/>' in xml
    # Two formats of the workbook were at fault; each got one of its own colour.
    assert 's="3"' in xml or 's="2"' in xml
    assert styles.count('fillId="2"') == 2
    assert (
        'numFmtId="14"' in styles.rpartition('fillId="2"')[2] or styles.count('numFmtId="14"') == 2
    )


def test_only_the_cells_at_fault_have_the_colour(tmp_path: Path):
    content, _ = back(saved(tmp_path, workbook({"数据": sheet_xml(ROWS)})), reject(3, "C3"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    coloured = xml.count('s="2"')
    assert coloured == 1
    assert '<c s="2" r="C3"' in xml


def test_marked_twice_it_says_what_is_wrong_now(tmp_path: Path):
    path = saved(tmp_path, workbook({"数据": sheet_xml(ROWS)}))
    content, _ = back(path, reject(3, "C3", why="甲 / a"), reject(4, "H4", why="乙 / b"))
    _, (data,) = back(saved(tmp_path, content, "b.xlsx"), reject(4, "H4", why="丙 / c"))
    said = {number: cells[11:] for number, cells in data.rows if any(cells[11:])}
    assert said == {2: ("错误说明",), 4: ("H4 证书编号：丙",)}


def test_a_marked_sheet_is_the_same_form(tmp_path: Path):
    content, sheets = back(saved(tmp_path, workbook({"数据": sheet_xml(ROWS)})), reject(3, "C3"))
    (table,) = recognise(read_workbook(saved(tmp_path, content, "b.xlsx"))).tables
    assert (table.unknown, table.missing) == ({}, ())
    assert len(sheets) == 1


def test_a_csv_comes_back_with_a_column_that_no_spreadsheet_reads_as_a_formula(tmp_path: Path):
    text = "\n".join(",".join(row) for row in (UPLOAD, ROW, ["=1+1", *ROW[1:]]))
    path = saved(tmp_path, text.encode("gb18030"), "a.csv")
    found = marked(path, [reject(3, "A3", sheet="")])
    assert found is not None
    ending, content = found
    assert ending == ".csv"
    assert content.startswith(b"\xef\xbb\xbf")
    (sheet,) = read_text(content).sheets
    assert sheet.rows[2][1][0] == "=1+1"
    assert sheet.rows[2][1][11] == "A3 证书编号：有误"
    assert b'"\'=1+1"' in content


@pytest.mark.parametrize("content", [b'{"type": "X"}', b"PK\x03\x04 broken"])
def test_what_is_no_sheet_is_not_marked(tmp_path: Path, content: bytes):
    name = "a.ndjson" if content.startswith(b"{") else "a.xlsx"
    assert marked(saved(tmp_path, content, name), [reject(1, "A1")]) is None


@pytest.mark.parametrize("name", ["roster", "certificates"])
def test_a_template_is_a_sheet_that_is_read(tmp_path: Path, name: str):
    form = form_named(name)
    assert form is not None
    (table,) = recognise(read_workbook(saved(tmp_path, template(form)))).tables
    assert table.form is form
    assert (table.unknown, table.missing) == ({}, ())


def test_a_template_offers_the_occupations_and_levels_in_scope(tmp_path: Path):
    form = form_named("certificates")
    assert form is not None
    scope = [
        {"name": "电工", "trade": None, "levels": ["4", "5"]},
        {"name": "车工", "trade": "数控", "levels": ["3"]},
    ]
    shown = {"name": "某企业", "uscc": "91110000710939135P", "scope": scope}
    content = template(form, choices_of(shown, [{"assessment_id": "as-1"}], "2026-01-01"))
    book = CalamineWorkbook.from_path(str(saved(tmp_path, content)))
    heads, *rows = book.get_sheet_by_name("可选项").to_python()
    offered = {head: [r[at] for r in rows if r[at]] for at, head in enumerate(heads)}
    assert offered == {
        "证件类型": ["201"],
        "职业名称": ["电工", "车工"],
        "工种名称": ["数控"],
        "职业技能等级": ["五级/初级工", "四级/中级工", "三级/高级工"],
        "评价机构": ["某企业"],
        "发证机构": ["某企业"],
        SESSION: ["as-1"],
    }
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    assert xml.count("<dataValidation ") == len(offered)


def test_the_same_template_has_the_same_bytes():
    form = form_named("roster")
    assert form is not None
    assert template(form) == template(form)
