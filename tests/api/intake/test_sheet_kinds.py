"""Kinds of sheets: heads however they are decorated, days of all kinds, cells by their own addresses."""

from pathlib import Path

import pytest

from api.intake.sheets.cells import day_text, unguarded
from api.intake.sheets.file import ErrorValue, Moment, read_text, read_workbook
from api.intake.sheets.forms import recognise
from api.intake.sheets.heads import body_of, head_name
from api.intake.sheets.kinds import cause_by_start
from api.intake.sheets.roster_form import FORM as ROSTER_FORM
from api.intake.sheets.roster_form import ROSTER, period_in
from api.intake.sheets.upload_form import FORM, UPLOAD
from ledger.gate.faults import Invalid
from tests.api.intake.books import sheet_xml, workbook

ROW = [
    "王五",
    "201",
    "11010519491231002X",
    "某企业",
    "电工",
    "",
    "四级",
    "Y1",
    "2025-03-20",
    "某企业",
    "某企业",
]
LIST = ["1", "某企业", "91110000710939135P", "6-31-01-03", "电工", "四级", "2024-07-01至2027-06-30"]


def book_of(tmp_path: Path, *sheets: str, **how):
    path = tmp_path / "a.xlsx"
    named = {f"表{number}": sheet for number, sheet in enumerate(sheets, 1)}
    path.write_bytes(workbook(named, **how))
    return read_workbook(path)


def table_of(tmp_path: Path, rows, **how):
    (table,) = recognise(book_of(tmp_path, sheet_xml(rows, **how))).tables
    return table


@pytest.mark.parametrize(
    "text",
    [
        "姓名",
        " 姓 名 ",
        "*姓名",
        "姓名*",
        "＊姓名",
        "姓名(必填)",
        "姓名（与证件一致）",
        "【必填】姓名",
        "1.姓名",
        "姓名:",
        "姓名\n(必填)",
        "姓名\n与证件一致",
        "★姓名",
        "（1）姓名",
        "*姓名（必填）（中文）",
        "姓\u200b名",
    ],
)
def test_a_head_is_known_however_it_is_decorated(text: str):
    assert head_name(text, FORM.known) == "姓名"


@pytest.mark.parametrize(
    "text", ["职业(工种)", "职业（工种）", "*职业（工种）", "职业(工种)(必填)", "职业\n(工种)"]
)
def test_brackets_that_belong_to_a_head_stay(text: str):
    assert head_name(text, ROSTER_FORM.known) == "职业(工种)"


@pytest.mark.parametrize("text", ["名字", "姓名拼音", "职业", ""])
def test_what_is_no_head_is_none(text: str):
    assert head_name(text, FORM.known) not in FORM.known


def test_columns_may_stand_in_any_order_and_unknown_ones_are_named(tmp_path: Path):
    heads = ["备注", *reversed(UPLOAD), "学历", "序号"]
    table = table_of(tmp_path, [heads, ["好", *reversed(ROW), "本科", 1]])
    ((_, cells),) = body_of(table).rows
    assert [cells[head] for head in UPLOAD] == [cell or None for cell in ROW]
    assert list(table.unknown) == ["学历"]
    assert any("M1" in note and "学历" in note for note in table.notes())


def test_missing_columns_are_named_with_those_that_are_not_known(tmp_path: Path):
    heads = ["证书编码" if head == "证书编号" else head for head in UPLOAD]
    with pytest.raises(Invalid, match="缺少列：证书编号；不认识的列：证书编码"):
        table_of(tmp_path, [heads, ROW])


def test_titles_and_explanations_may_stand_above_the_head(tmp_path: Path):
    table = table_of(
        tmp_path, [["某公司证书上传表"], [], ["填表人:甲", "日期:2025-01-01"], UPLOAD, ROW]
    )
    assert table.head == 4
    assert [number for number, _ in body_of(table).rows] == [5]


@pytest.mark.parametrize(
    "below",
    [
        ["注:有效期三年"],
        ["合计", "2人"],
        ["", "总计", "", "2"],
        ["说明:", "以上属实"],
        ["共2人"],
        ["填表人:甲"],
        ["本表一式两份,由评价机构留存"],
        ["", "", "", "", "(盖章)"],
    ],
)
def test_notes_and_totals_below_the_table_are_no_rows_of_it(tmp_path: Path, below: list[str]):
    table = table_of(tmp_path, [UPLOAD, ROW, [], [cell or None for cell in below]])
    body = body_of(table)
    assert [number for number, _ in body.rows] == [2]
    assert [number for number, _ in body.asides] == [4]
    assert any("第 4 行" in note for note in body.notes(table.sheet))


def test_a_row_with_little_in_it_is_no_note(tmp_path: Path):
    rows = [UPLOAD, ["王五", "201"], ROW, ["注意安全", "201", "11010519491231002X"]]
    body = body_of(table_of(tmp_path, rows))
    assert [number for number, _ in body.rows] == [2, 3, 4]


def test_a_head_that_is_repeated_for_printing_is_skipped(tmp_path: Path):
    body = body_of(table_of(tmp_path, [UPLOAD, ROW, UPLOAD, ROW]))
    assert [number for number, _ in body.rows] == [2, 4]
    assert body.repeated == (3,)


def test_serial_numbers_that_were_filled_in_ahead_are_no_rows(tmp_path: Path):
    rows = [["序号", *UPLOAD], [1, *ROW], [2], [3]]
    body = body_of(table_of(tmp_path, rows))
    assert [number for number, _ in body.rows] == [2]
    assert body.asides == ()


def test_merged_cells_hold_for_every_row_that_they_span(tmp_path: Path):
    rows = [
        ["名单 公布日期:2024-07-01 批次:1"],
        ROSTER,
        LIST,
        [None, None, None, "6-18-01-01", "车工", "五级"],
    ]
    merged = ["A1:G1", "A3:A4", "B3:B4", "C3:C4", "G3:G4"]
    body = body_of(table_of(tmp_path, rows, merged=merged))
    (_, first), (_, second) = body.rows
    assert (second["统一社会信用代码"], second["有效期"]) == (
        first["统一社会信用代码"],
        first["有效期"],
    )
    assert second["职业编码"] == "6-18-01-01"


def test_a_merged_formula_is_a_formula_in_every_row(tmp_path: Path):
    formula = ("raw", ' t="str"><f>A1</f><v>某企业</v>')
    rows = [UPLOAD, [*ROW[:9], formula, "某企业"], [*ROW[:9], None, "某企业"]]
    table = table_of(tmp_path, rows, merged=["J2:J3"])
    assert table.sheet.formulas == {(2, 9), (3, 9)}


@pytest.mark.parametrize(
    ("xml", "places"),
    [
        (' t="str"><f>CONCATENATE("Y","1")</f><v>Y1</v>', {(2, 7)}),
        (' t="str"><f t="shared" si="0"/><v>Y1</v>', {(2, 7)}),
        (' t="str"><f t="array" ref="H2:H3">X</f><v>Y1</v>', {(2, 7), (3, 7)}),
        ("><f>1+1</f>", {(2, 7)}),
        (
            ' t="str"><f xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">1</f><v>Y</v>',
            {(2, 7)},
        ),
        (' t="str"><!-- a note --><f>1</f><v>Y1</v>', {(2, 7)}),
    ],
)
def test_a_formula_is_found_where_the_workbook_says_it_is(tmp_path: Path, xml: str, places):
    rows = [UPLOAD, [*ROW[:7], ("raw", xml), *ROW[8:]], ROW]
    assert table_of(tmp_path, rows).sheet.formulas == places


def test_a_formula_is_found_in_a_part_of_any_name(tmp_path: Path):
    rows = [UPLOAD, [*ROW[:7], ("raw", ' t="str"><f>1</f><v>Y1</v>'), *ROW[8:]]]
    path = tmp_path / "a.xlsx"
    made = workbook(
        {"说明": sheet_xml([["请填写"]]), "数据": sheet_xml(rows)},
        parts=["worksheets/Tabelle 7.xml", "worksheets/SHEET1.xml"],
    )
    path.write_bytes(made)
    _, data = read_workbook(path).sheets
    assert (data.name, data.formulas) == ("数据", {(2, 7)})


def test_words_that_look_like_a_formula_in_a_text_are_none(tmp_path: Path):
    rows = [UPLOAD, [*ROW[:7], '<f>1</f> hidden="1" t="e"', *ROW[8:]]]
    sheet = table_of(tmp_path, rows).sheet
    assert (sheet.formulas, sheet.hidden_rows) == (frozenset(), frozenset())


def test_cells_without_references_follow_one_another(tmp_path: Path):
    cells = "".join(f'<c t="str"><v>{head}</v></c>' for head in UPLOAD)
    row = "".join(
        f'<c t="str">{"<f>1</f>" if n == 7 else ""}<v>{cell}</v></c>' for n, cell in enumerate(ROW)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = f'<worksheet xmlns="{main}"><sheetData><row>{cells}</row><row>{row}</row></sheetData></worksheet>'
    (table,) = recognise(book_of(tmp_path, xml)).tables
    assert table.sheet.formulas == {(2, 7)}


@pytest.mark.parametrize("shown", ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?"])
def test_an_error_is_the_error_that_the_cell_shows(tmp_path: Path, shown: str):
    rows = [
        UPLOAD,
        [("raw", f' t="e"><v>{shown}</v>'), *ROW[1:-1], ("raw", f' t="e"><v>{shown}</v>')],
    ]
    ((_, cells),) = body_of(table_of(tmp_path, rows)).rows
    assert cells["姓名"] == cells["发证机构"] == ErrorValue(shown)


def test_hidden_rows_and_columns_are_read_and_named(tmp_path: Path):
    columns = '<cols><col min="3" max="4" hidden="1"/></cols>'
    table = table_of(tmp_path, [UPLOAD, ROW, ROW, ROW], hidden=[3, 4], columns=columns)
    body = body_of(table)
    assert len(body.rows) == 3
    assert any("3-4" in note for note in body.notes(table.sheet))
    assert any("证件号码、所在单位" in note for note in table.notes())


def test_every_visible_sheet_with_a_known_head_is_read_and_the_others_are_named(tmp_path: Path):
    book = book_of(
        tmp_path,
        sheet_xml([["填写说明"]]),
        sheet_xml([UPLOAD, ROW]),
        sheet_xml([UPLOAD, ROW]),
        sheet_xml([["名单 公布日期:2024-07-01 批次:1"], ROSTER, LIST]),
        sheet_xml([UPLOAD, ROW]),
        states={"表3": "hidden", "表5": "veryHidden"},
    )
    found = recognise(book)
    assert [(t.sheet.name, t.form.name) for t in found.tables] == [
        ("表2", "certificates"),
        ("表4", "roster"),
    ]
    notes = " ".join(found.notes)
    assert all(f"“{name}”" in notes for name in ("表1", "表3", "表5"))


def test_backslashes_in_an_archive_are_read(tmp_path: Path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook({"数据": sheet_xml([UPLOAD, ROW])}, slash="\\"))
    assert len(read_workbook(path).sheets[0].rows) == 2


@pytest.mark.parametrize(
    ("serial", "cell"),
    [(45473, "2024-06-30"), (45473.25, Moment), (45472.9999999, Moment), ("45473", "2024-06-30")],
)
def test_a_date_cell_is_a_day_or_a_moment(tmp_path: Path, serial, cell):
    rows = [UPLOAD, [*ROW[:8], ("d", serial), *ROW[9:]]]
    ((_, cells),) = body_of(table_of(tmp_path, rows)).rows
    found = cells["发证日期"]
    assert isinstance(found, Moment) if cell is Moment else str(found) == cell


@pytest.mark.parametrize(
    "text",
    [
        "2024-06-30",
        "2024/6/30",
        "2024.6.30",
        "2024.06.30",
        "20240630",
        "2024年6月30日",
        "2024年06月30日",
        "2024年6月30号",
        "２０２４－０６－３０",
        "2024 年 6 月 30 日",
        "2024-06-30 00:00:00",
        "2024-06-30T00:00:00",
        "2024/6/30 0:00",
    ],
)
def test_a_day_is_read_from_any_usual_way_of_writing_it(text: str):
    assert day_text(text) == "2024-06-30"


@pytest.mark.parametrize(
    "text",
    [
        "30/6/2024",
        "2024-13-01",
        "2024-02-30",
        "24-06-30",
        "2024-6",
        "6月30日",
        "2024-06/30",
        "昨天",
        "2024-06-30 12:00",
        "202406",
        "2024063",
        "20241301",
        "",
    ],
)
def test_what_may_be_two_days_or_none_is_none(text: str):
    assert day_text(text) is None


@pytest.mark.parametrize(
    ("text", "valid_to", "years"),
    [
        ("2024-07-01至2026-06-30", "2026-07-01", 0),
        ("2023年7月1日至2026年6月30日", "2026-07-01", 0),
        ("自2023年7月1日起至2026年6月30日止", "2026-07-01", 0),
        ("2024.7.1-2027.6.30", "2027-07-01", 0),
        ("2024/7/1~2027/6/30", "2027-07-01", 0),
        ("20240701—20270630", "2027-07-01", 0),
        ("2024-07-01 至\n2027-06-30", "2027-07-01", 0),
        ("2024-07-01－2027-06-30", "2027-07-01", 0),
        ("2024-07-01至2027-07-01", "2027-07-01", 3),
        ("2024-07-01至2024-12-31", "2025-01-01", 0),
        ("2024-02-29至2027-02-28", "2027-03-01", 0),
        ("2024-02-29至2027-03-01", "2027-03-01", 3),
        ("2024-07-01至2024-07-01", "2024-07-02", 0),
    ],
)
def test_the_last_printed_day_is_the_last_day_that_counts(text: str, valid_to: str, years: int):
    period = period_in(text)
    assert period is not None
    assert (period.valid_to, period.years) == (valid_to, years)


@pytest.mark.parametrize(
    "text", ["三年", "2024-07-01", "2027-06-30至2024-07-01", "2024-07-01至", "至2027-06-30"]
)
def test_half_a_period_is_none(text: str):
    assert period_in(text) is None


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ('="110"', "110"),
        ('="1""0"', '1"0'),
        ("'110", "110"),
        ("\t110\t", "110"),
        ("=110", "=110"),
        ('= "110"', "110"),
    ],
)
def test_a_guard_against_numbers_is_taken_off(text: str, plain: str):
    assert unguarded(text, code=True) == plain


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_csv_may_end_its_lines_and_part_its_columns_in_any_usual_way(end: str, delimiter: str):
    text = end.join(delimiter.join(row) for row in (UPLOAD, ROW, ROW))
    (table,) = recognise(read_text(text.encode())).tables
    assert [number for number, _ in body_of(table).rows] == [2, 3]


def test_a_row_of_a_csv_counts_as_a_spreadsheet_counts_it():
    text = f'{",".join(UPLOAD)}\n\n"王\n五",{",".join(ROW[1:])}\n{",".join(ROW)}\n'
    (table,) = recognise(read_text(text.encode())).tables
    assert [number for number, _ in body_of(table).rows] == [3, 4]


@pytest.mark.parametrize(
    ("head", "word"),
    [
        (b"<html><table>", "HTML"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html>", "HTML"),
        (b"<table border=1>", "HTML"),
        (b'<?xml version="1.0"?><html>', "HTML"),
        (b"MIME-Version: 1.0\r\n", "HTML"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "2003",
        ),
        (b"%PDF-1.7", "PDF"),
        (b"\xd0\xcf\x11\xe0", ".xls"),
        (b"\xff\xd8\xff\xe0", "照片"),
        (b"Rar!\x1a", "RAR"),
        (b"{\\rtf1", "RTF"),
    ],
)
def test_a_file_is_named_by_what_it_is(head: bytes, word: str):
    cause = cause_by_start(head)
    assert cause is not None
    assert word in cause[0]


@pytest.mark.parametrize("head", [b'{"type": "X"}', "姓名,证件类型".encode(), b"PK\x03\x04", b""])
def test_what_is_read_is_no_other_kind(head: bytes):
    assert cause_by_start(head) is None


@pytest.mark.parametrize(
    ("member", "word"),
    [
        ("word/document.xml", "Word"),
        ("content.xml", "ods"),
        ("xl/workbook.bin", "xlsb"),
        ("名单.xlsx", "解压"),
    ],
)
def test_an_archive_is_named_by_what_is_in_it(tmp_path: Path, member: str, word: str):
    import zipfile  # noqa: PLC0415

    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, "x")
    with pytest.raises(Invalid, match=word):
        read_workbook(path)


def test_a_workbook_with_a_document_type_is_refused(tmp_path: Path):
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]>' + sheet_xml([[("raw", "><f>1</f><v>1</v>")]])
    with pytest.raises(Invalid):
        book_of(tmp_path, bomb)
