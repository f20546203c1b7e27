"""Sheets as offices make them, cell by cell: what is read, what is refused, and at which cell."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from api.intake.imports.files import Rejects
from api.intake.sheets.roster_form import ROSTER
from api.intake.sheets.upload_form import UPLOAD
from tests.acceptance.lines import changed, item, listed, session, uscc
from tests.api.intake.books import sheet_xml, workbook

FITTER = {"edition": "2022", "code": "6-20-01-01", "name": "装配钳工", "trade": None}
ADMIN = {"edition": "2022", "code": "4-04-04-01", "name": "信息通信网络运行管理员", "trade": None}
SECURITY = {"edition": "2022", "code": "4-04-04-02", "name": "网络与信息安全管理员", "trade": None}
ASSESSOR = "京示例八号机电集团有限公司"
ID = "11010519491231002X"
TITLE = ["公布企业名单 公布日期:2024-07-01 批次:2024-31"]


class Desk:
    """The office, an enterprise with one session, and two that are confirmed and not published."""

    def __init__(self, office: Any) -> None:
        self.office = office
        code = uscc()
        lines = listed(code, item(FITTER, "5"))
        lines[0] = changed(lines[0], name=ASSESSOR)
        office.load(*lines, session(code, FITTER, "5", "2024-06-10", candidates={"employee": 100}))
        self.usccs = [uscc(), uscc()]
        self.names = ["京假设甲网络有限公司", "京假设乙网络有限公司"]
        for name, each in zip(self.names, self.usccs, strict=True):
            lines = listed(each, item(ADMIN, "4", "3"), item(SECURITY, "4", "3"))
            lines[0] = changed(lines[0], name=name)
            later = ("RosterPublished", "ReceiptIssued", "AnnualPlanFiled")
            office.load(*(line for line in lines if line["type"] not in later))

    def try_out(self, content: bytes, folder: Path, name: str = "a.xlsx") -> "Tried":
        """What would become of a file; nothing is recorded, so that each file meets the same ledger."""
        path = folder / name
        path.write_bytes(content)
        rejects = Rejects(folder / "reject.ndjson")
        report = self.office.bench.rehearser(None, lambda _done, _whole: None).take(path, rejects)
        text = rejects.path.read_text() if rejects.path.exists() else ""
        return Tried(report, dict(re.findall(r'"field":"([^"]+)","reason":"([^"]+)"', text)), text)

    def rows(self, which: int = 0, **cells: Any) -> list[list[Any]]:
        """The rows of one enterprise on a roster."""
        usual = {"企业名称": self.names[which], "统一社会信用代码": self.usccs[which]}
        usual |= {"等级": "四级/中级工、三级/高级工", "有效期": "2024-07-01至2027-06-30"}
        return [
            [
                (usual | {"序号": n, "职业编码": o["code"], "职业(工种)": o["name"]} | cells).get(
                    head
                )
                for head in ROSTER
            ]
            for n, o in enumerate((ADMIN, SECURITY), 1)
        ]


class Tried:
    def __init__(self, report: Any, cells: Mapping[str, str], text: str) -> None:
        self.taken, self.cells, self.text = report.taken, cells, text
        self.notes = " ".join(report.notes)


@pytest.fixture(scope="module")
def desk(office) -> Desk:
    return Desk(office)


def person(number: int = 1, **cells: Any) -> list[Any]:
    """A row of an upload."""
    usual = dict(zip(UPLOAD, ["张三丰", "201", ID, ASSESSOR, "装配钳工", None], strict=False))
    usual |= {"职业技能等级": "五级/初级工", "证书编号": f"Y0000119900012450009{number:02d}"}
    usual |= {"发证日期": "2024-06-30", "评价机构": ASSESSOR, "发证机构": ASSESSOR}
    return [(usual | cells).get(head) for head in UPLOAD]


def book(rows: Sequence[Sequence[Any]], **how: Any) -> bytes:
    return workbook({"Sheet1": sheet_xml(rows, **how)})


NO_ROWS = {
    "a total with words in other columns": [
        "合计",
        None,
        None,
        None,
        "1个职业",
        None,
        None,
        "共1本",
    ],
    "a total in the columns of numbers": ["小计", None, 1, None, None, None, None, 1],
    "a total that begins in the middle": [None, None, None, None, None, None, "合计", "1"],
    "who is to be asked": ["联系人", "李四", "电话", "13800000000"],
    "who is to be asked, in two cells": ["联系人:李四", None, "电话:13800000000"],
    "a signature": ["单位(盖章):", None, None, None, "负责人:王五", None, None, "2024年7月1日"],
    "who filled it in": [
        "填表人:张三",
        None,
        "联系电话:010-12345678",
        None,
        None,
        "日期:2024-07-01",
    ],
    "a signature over the identifiers": ["负责人:", "王五", "2024年7月1日"]
    + [None] * 4
    + ["2024-07-01"],
    "a day of signing": [None] * 7 + ["填表日期:", ("d", 45474)],
    "a note in two cells": ["注:1.一式两份", None, "2.由机构留存"],
    "lines of dashes": ["-"] * 11,
    "an example": ["例:张三", "201", ID, "某公司", "电工", None, "四级", "Y0000", "2024-06-30"],
    "hints for who fills it in": ["必填"] * 5 + ["选填"] + ["必填"] * 5,
    "numbers of the columns": list(range(1, 12)),
    "the title of a part": ["第二批"],
}


@pytest.mark.parametrize("beside", NO_ROWS.values(), ids=NO_ROWS)
@pytest.mark.parametrize("where", ["above", "between", "below"])
def test_what_is_no_row_keeps_none_from_being_taken(desk, tmp_path: Path, beside, where: str):
    rows = [person(1), person(2)]
    rows.insert({"above": 0, "between": 1, "below": 2}[where], beside)
    found = desk.try_out(book([UPLOAD, *rows]), tmp_path)
    assert (found.taken, found.cells) == (2, {})


@pytest.mark.parametrize(
    "below",
    [
        ["合计", "1家", None, None, "2个职业"],
        [None, "合计", "1家企业", "2个职业"],
        ["合计", None, None, 2],
        ["联系人", "李四", "联系电话", "13800000000"],
        ["联系人:李四", None, "电话:010-88888888", None, None, "2024年7月1日"],
        ["注:1.有效期三年", None, "2.本名单动态调整"],
    ],
)
def test_a_roster_is_not_withheld_for_a_total_or_a_contact_below_it(desk, tmp_path: Path, below):
    found = desk.try_out(book([TITLE, ROSTER, *desk.rows(), below]), tmp_path)
    assert (found.taken, found.cells) == (1, {})
    assert "第 5 行" in found.notes


@pytest.mark.parametrize(
    ("cells", "at_fault"),
    [
        ({"姓名": "合计"}, set()),
        ({"证件号码": None}, {"C2 证件号码"}),
        ({"证件号码": None, "证书编号": None}, {"C2 证件号码", "H2 证书编号"}),
        ({"姓名": None}, {"A2 姓名"}),
        ({"姓名": "例外", "证件号码": "无"}, {"C2 证件号码"}),
    ],
)
def test_a_row_that_lacks_something_is_still_a_row(desk, tmp_path: Path, cells, at_fault):
    found = desk.try_out(book([UPLOAD, person(1, **cells), person(2)]), tmp_path)
    assert set(found.cells) == at_fault


DAYS = ["2024-06-30", "2024/6/30", "2024.6.30", "2024年6月30日", "20240630", "2024—06—30"]
DAYS += ["２０２４年６月３０日", "二〇二四年六月三十日", "2024年6月30日 星期日", "'2024-06-30"]


@pytest.mark.parametrize("day", [*DAYS, ("d", 45473), 20240630, ("d", 45473.0003)])
def test_a_day_is_read_in_every_usual_way_of_writing_it(desk, tmp_path: Path, day):
    found = desk.try_out(book([UPLOAD, person(1, 发证日期=day)]), tmp_path)
    assert (found.taken, found.cells) == (1, {})


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (45473, "若指 2024-06-30"),
        ("2024-06-31", "不是日历上的一天"),
        ("二〇二四年十三月一日", "不是日历上的一天"),
        ("2024年6月30日 星期一", "不是日期"),
        ("2024-06-30 15:20", "带有时刻"),
        (("d", 45473.5), "带有时刻"),
        ("6/30/2024", "不是日期"),
        ("24-06-30", "不是日期"),
        ("2024年6月", "不是日期"),
    ],
)
def test_what_may_be_another_day_is_refused_at_its_cell(desk, tmp_path: Path, day, why: str):
    found = desk.try_out(book([UPLOAD, person(1, 发证日期=day)]), tmp_path)
    assert list(found.cells) == ["I2 发证日期"]
    assert why in found.cells["I2 发证日期"]


@pytest.mark.parametrize(
    "number",
    [
        "110105 19491231 002X",
        "110105-19491231-002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        ID.lower(),
    ],
)
def test_an_identity_number_is_read_as_it_is_printed(desk, tmp_path: Path, number: str):
    found = desk.try_out(book([UPLOAD, person(1, 证件号码=number)]), tmp_path)
    assert (found.taken, found.cells) == (1, {})
    assert ID not in found.notes


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("110105194912310021", "校验位不符"),
        ("110105491231002", "15 位"),
        ("1.10105E+17", "科学计数法"),
        (110105194912310020, "存为数字"),
        ("11010519491231", "14 位"),
    ],
)
def test_why_an_identity_number_is_none_is_said_without_it(desk, tmp_path: Path, number, why: str):
    found = desk.try_out(book([UPLOAD, person(1, 证件号码=number)]), tmp_path)
    assert why in found.cells["C2 证件号码"]
    assert str(number) not in found.cells["C2 证件号码"]


@pytest.mark.parametrize(
    "kind", ["身份证", "居民身份证", "201-居民身份证", "２０１", "居民身份证(201)"]
)
def test_an_identity_card_by_its_name_is_held_to_its_check_digit(desk, tmp_path: Path, kind: str):
    right = person(1, 证件类型=kind)
    wrong = person(2, 证件类型=kind, 证件号码="110105194912310021")
    found = desk.try_out(book([UPLOAD, right, wrong]), tmp_path)
    assert (found.taken, set(found.cells)) == (1, {"C3 证件号码"})


def test_a_number_that_lost_its_digits_is_no_number_of_a_certificate(desk, tmp_path: Path):
    found = desk.try_out(book([UPLOAD, person(1, 证书编号="1.1E+21")]), tmp_path)
    assert "科学计数法" in found.cells["H2 证书编号"]


def test_a_line_break_is_named_as_one(desk, tmp_path: Path):
    found = desk.try_out(book([UPLOAD, person(1, 职业名称="装配\n钳工")]), tmp_path)
    assert "换行" in found.cells["E2 职业名称"]


def test_a_roster_is_refused_at_the_cells_that_go_beyond_what_was_confirmed(desk, tmp_path: Path):
    first, second = desk.rows(0), desk.rows(1)
    first[1][5] = "四级、二级/技师"
    second[0][3:5] = ["6-18-01-01", "车工"]
    second[1][3] = "4-04-04-09"
    found = desk.try_out(book([TITLE, ROSTER, *first, *second]), tmp_path)
    assert set(found.cells) == {"F4 等级", "E5 职业(工种)", "D6 职业编码"}
    assert "二级/技师" in found.cells["F4 等级"]
    assert "4-04-04-02" in found.cells["D6 职业编码"]
    assert [int(n) for n in re.findall(r'"line":(\d+)', found.text)] == [4, 5, 6]


def test_what_only_the_publication_is_refused_for_stands_in_the_row_of_its_cell(
    desk, tmp_path: Path
):
    long = desk.rows(1, 有效期="2024-07-01至2034-06-30")
    found = desk.try_out(book([TITLE, ROSTER, *desk.rows(0), *long]), tmp_path)
    assert set(found.cells) == {"G5 有效期"}
    assert '"line":5' in found.text


def test_the_title_is_named_for_a_day_that_has_not_come(desk, tmp_path: Path):
    title = ["名单", None, "公布日期:2030-07-01 批次:2024-31"]
    found = desk.try_out(book([title, ROSTER, *desk.rows()]), tmp_path)
    assert set(found.cells) == {"C1 标题"}


def test_a_title_that_is_a_formula_says_nothing(desk, tmp_path: Path):
    formula = ("raw", f' t="str"><f>A9</f><v>{TITLE[0]}</v>')
    found = desk.try_out(book([[None, formula], ROSTER, *desk.rows()]), tmp_path)
    assert "公式" in found.cells["B1 标题"]


def test_the_row_whose_period_is_another_is_the_one_that_is_named(desk, tmp_path: Path):
    rows = [*desk.rows(), desk.rows(0, 有效期="2024-07-01至2026-06-30")[0]]
    found = desk.try_out(book([TITLE, ROSTER, *rows]), tmp_path)
    assert set(found.cells) == {"G5 有效期"}
    assert "第 3 行" in found.cells["G5 有效期"]


@pytest.mark.parametrize("last", ["2031-02-28", "2031-03-01"])
def test_three_years_from_29_february_end_with_the_last_of_february(
    desk, tmp_path: Path, last: str
):
    rows = desk.rows(0, 有效期=f"2028-02-29至{last}")
    found = desk.try_out(book([TITLE, ROSTER, *rows]), tmp_path)
    assert (found.taken, found.cells) == (1, {})


@pytest.mark.parametrize(
    ("period", "why"),
    [
        ("2024-07-01至2023-06-30", "早于有效期起"),
        ("2024-02-29至2027-02-29", "日历上的日期"),
        ("2024-07-01起三年", "应写作"),
    ],
)
def test_why_a_period_is_none_is_said(desk, tmp_path: Path, period: str, why: str):
    found = desk.try_out(book([TITLE, ROSTER, *desk.rows(0, 有效期=period)]), tmp_path)
    assert set(found.cells) == {"G3 有效期", "G4 有效期"}
    assert why in found.cells["G3 有效期"]


@pytest.mark.parametrize(
    "period",
    [
        "20240701-20270630",
        "2024.7.1－2027.6.30",
        "2024-07-01 00:00:00至2027-06-30 00:00:00",
        "自2024年7月1日起至2027年6月30日止",
        "2024-07-01\n至\n2027-06-30",
        "2024-07-01-2027-06-30",
        "二〇二四年七月一日至二〇二七年六月三十日",
    ],
)
def test_a_period_is_read_in_every_usual_way_of_writing_it(desk, tmp_path: Path, period: str):
    found = desk.try_out(book([TITLE, ROSTER, *desk.rows(0, 有效期=period)]), tmp_path)
    assert (found.taken, found.cells) == (1, {})


def test_a_file_without_an_ending_is_read_as_what_it_is(desk, tmp_path: Path):
    text = "\n".join(",".join(str(cell or "") for cell in row) for row in (UPLOAD, person()))
    assert desk.try_out(text.encode(), tmp_path, "上传").taken == 1


def test_a_zero_byte_is_refused_at_its_cell(desk, tmp_path: Path):
    rows = (UPLOAD, person(1), person(2, 姓名="张\0三"))
    text = "\n".join(",".join(str(cell or "") for cell in row) for row in rows)
    found = desk.try_out(text.encode(), tmp_path, "a.csv")
    assert (found.taken, set(found.cells)) == (1, {"A3 姓名"})
