"""Files as offices make them, each with what it must give (rebuilt from complaints about such uploads)."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from api.intake.imports.files import Rejects
from ledger.gate.faults import Invalid
from tests.acceptance.lines import ELECTRICIAN, changed, item, listed, registered, session, uscc

FILES = Path(__file__).parent / "files"
FITTER = {"edition": "2022", "code": "6-20-01-01", "name": "装配钳工", "trade": None}
ADMIN = {"edition": "2022", "code": "4-04-04-01", "name": "信息通信网络运行管理员", "trade": None}
SECURITY = {"edition": "2022", "code": "4-04-04-02", "name": "网络与信息安全管理员", "trade": None}
CODES = ("1W", "20", "33", "46", "59", "6C", "7F")
NETWORKS = [f"91110113MA0FR000{end}" for end in CODES]
ASSESSOR = "京示例一号机电集团有限公司"


class Gives(NamedTuple):
    """What a file gives: rows taken, cells refused (address → word of the reason), words of its notes."""

    taken: int
    refused: Mapping[str, str] = {}
    notes: tuple[str, ...] = ()


def network(number: int) -> list[dict[str, Any]]:
    """One of the enterprises of the rosters, confirmed and not published."""
    code = NETWORKS[number - 1]
    scope = [item(ADMIN, "4", "3"), item(SECURITY, "4", "3")]
    lines = listed(code, *scope, where="110113")
    lines[0] = changed(lines[0], name=f"京虚构{number}号网络股份有限公司")
    later = ("RosterPublished", "ReceiptIssued", "AnnualPlanFiled")
    return [each for each in lines if each["type"] not in later]


@pytest.fixture(scope="module")
def desk(office):
    """The office with the enterprise and session that the uploads name, and seven to be published."""
    code = uscc()
    lines = listed(code, item(FITTER, "5"))
    lines[0] = changed(lines[0], name=ASSESSOR)
    office.load(*lines, session(code, FITTER, "5", "2024-06-10", candidates={"employee": 100}))
    for number in range(1, 8):
        office.load(*network(number))
    return office


def rehearsed(desk, name: str, tmp_path: Path):
    """What would become of a file; nothing is recorded, so that each file meets the same ledger."""
    rejects = Rejects(tmp_path / "reject.ndjson")
    importer = desk.bench.rehearser(None, lambda _done, _whole: None)
    report = importer.take(FILES / name, rejects)
    lines = rejects.path.read_bytes().splitlines() if rejects.path.exists() else []
    return report, lines


UPLOADS = {
    "101-newline-in-number-row4.csv": Gives(3, {"H4 证书编号": "U+000A"}),
    "100-0-unscreened.csv": Gives(0, {"H2 证书编号": "U+202E"}),
    "100-2-unscreened.csv": Gives(0, {"A2 姓名": "U+0009"}),
    "35-instructions-first.xlsx": Gives(1, notes=("填写说明",)),
    "35b-two-data-sheets.xlsx": Gives(2),
    "90-502.xlsx": Gives(1, notes=("I2", "2024-06-30")),
    "90-504.xlsx": Gives(1, notes=("I2", "2024-06-30")),
    "30-formula-plain.xlsx": Gives(0, {"H2 证书编号": "公式"}),
    "33-sheets-moved.xlsx": Gives(0, {"H2 证书编号": "公式"}, ("说明",)),
    "34b-part-Sheet1.xlsx": Gives(0, {"H2 证书编号": "公式"}),
    "31b-formula-name-B-offset.xlsx": Gives(0, {"B2 姓名": "公式"}),
    "18b-starts-in-B-bad-day.xlsx": Gives(0, {"J2 发证日期": "昨天"}),
    "61-zwsp-number.csv": Gives(1, {"H2 证书编号": "U+200B"}),
    "62-fullwidth-number.csv": Gives(1),
    "64-zwsp-only.csv": Gives(0, {"H2 证书编号": "U+200B"}),
    "67-kangxi-occupation.csv": Gives(1),
    "41-cr.csv": Gives(2),
    "40-gbk.csv": Gives(2, notes=("GB18030",)),
    "36-backslash.xlsx": Gives(1),
    "123-error-constant.xlsx": Gives(0, {"A2 姓名": "#N/A"}),
    "13-serial-column-first.xlsx": Gives(1),
    "11-starred-headings.xlsx": Gives(1),
    "26b-number-20240630.xlsx": Gives(1),
    "127-hidden-row.xlsx": Gives(3, notes=("隐藏的行", "3")),
    "46-equals-guard.csv": Gives(1),
    "126-0-placeholder.xlsx": Gives(0, {"A2 姓名": "占位符"}),
}
ROSTERS = {
    "70-roster-control.xlsx": Gives(1, notes=("周年日",)),
    "71-roster-merged.xlsx": Gives(1),
    "72-roster-note.xlsx": Gives(1, notes=("第 5 行“注:有效期自公布之日起三年”",)),
    "73r-roster-name-mismatch.xlsx": Gives(
        0, {"B3 企业名称": "京虚构3号", "B4 企业名称": "京虚构3号"}, ("整张表都不入账",)
    ),
    "82-uscc-lower.xlsx": Gives(1, notes=("C3", "91110113MA0FR0001W")),
    "86-0-batch.xlsx": Gives(1),
    "86-2-batch.xlsx": Gives(1),
    "87-period-last-day.xlsx": Gives(1),
}


@pytest.mark.parametrize("name", [*UPLOADS, *ROSTERS])
def test_a_file_gives_what_it_must(desk, tmp_path: Path, name: str):
    gives = (UPLOADS | ROSTERS)[name]
    report, lines = rehearsed(desk, name, tmp_path)
    cells = dict(re.findall(r'"field":"([^"]+)","reason":"([^"]+)"', b"".join(lines).decode()))
    assert report.taken == gives.taken
    assert cells.keys() == gives.refused.keys()
    assert all(word in cells[cell] for cell, word in gives.refused.items())
    assert report.lines == report.taken + report.known + report.refused
    notes = " ".join(report.notes)
    assert all(word in notes for word in gives.notes), report.notes


@pytest.mark.parametrize(
    ("name", "said"),
    [("134-html.xls", "HTML.*另存为"), ("58-csv-named.xlsx", r"CSV 文本.*\.csv")],
)
def test_a_file_that_calls_itself_something_else_is_named(
    desk, tmp_path: Path, name: str, said: str
):
    with pytest.raises(Invalid, match=said):
        rehearsed(desk, name, tmp_path)


def test_every_file_has_an_outcome():
    named = {*UPLOADS, *ROSTERS, "134-html.xls", "58-csv-named.xlsx"}
    assert {path.name for path in FILES.iterdir()} == named


def test_the_day_of_a_cell_near_midnight_is_the_day_that_is_recorded(desk):
    desk.take((FILES / "90-504.xlsx").read_bytes(), "90-504.xlsx")
    shown = desk.get("/v1/certificates/Y000011990001245000504", None)
    assert shown["issued_on"] == "2024-06-30"


def test_a_number_in_full_width_is_found_as_it_is_printed_and_kept_as_it_was_given(desk):
    desk.take((FILES / "62-fullwidth-number.csv").read_bytes(), "62.csv")
    given = "Ｙ００００１１９９０００１２４５０００４０３"
    for number in (given, "Y000011990001245000403", "y000011990001245000403"):
        assert desk.get(f"/v1/certificates/{number}", None)["certificate_no"] == given


def test_a_certificate_of_an_upload_has_no_category_and_no_trade_that_nobody_wrote(desk):
    desk.take((FILES / "13-serial-column-first.xlsx").read_bytes(), "13.xlsx")
    (entry,) = desk.items("/v1/certificates", certificate_no="Y000011990001245000105")
    assert entry["holder"].get("category") is None
    assert entry["occupation"]["trade"] is None


@pytest.mark.parametrize(
    ("name", "batch"), [("86-0-batch.xlsx", "2024-3"), ("86-2-batch.xlsx", "2024-5")]
)
def test_a_batch_is_named_without_what_stands_around_it(desk, name: str, batch: str):
    report, refused = desk.take((FILES / name).read_bytes(), name)
    assert (report.taken, refused) == (1, [])
    code = NETWORKS[3] if batch == "2024-3" else NETWORKS[5]
    (row,) = desk.items("/v1/roster", valid_at="2025-01-01", uscc=code)
    assert row["batch"] == batch


def test_the_last_day_on_paper_still_counts(desk):
    report, refused = desk.take((FILES / "87-period-last-day.xlsx").read_bytes(), "87.xlsx")
    assert (report.taken, refused) == (1, [])
    assert desk.standing(NETWORKS[6], "2026-06-30") == ["listed"]
    assert desk.standing(NETWORKS[6], "2026-07-01") == ["expired"]


def test_an_occupation_out_of_every_session_is_named_with_those_there_are(desk, tmp_path: Path):
    path = tmp_path / "a.csv"
    text = (FILES / "62-fullwidth-number.csv").read_text("utf-8-sig")
    path.write_text(text.replace("装配钳工", ELECTRICIAN["name"]))
    _, refused = desk.take(path.read_bytes(), "a.csv")
    ((fault,),) = [each["errors"] for each in refused]
    assert fault["field"] == "E2 职业名称"
    assert "装配钳工" in fault["reason"]


def test_an_enterprise_that_is_not_registered_is_named_at_its_cell(desk, tmp_path: Path):
    text = (FILES / "62-fullwidth-number.csv").read_text("utf-8-sig")
    _, refused = desk.take(text.replace(ASSESSOR, "没有登记的公司"), "a.csv")
    fields = [fault["field"] for fault in refused[0]["errors"]]
    assert fields == ["J2 评价机构", "K2 发证机构"]
    assert registered(uscc())["data"]["name"] not in refused[0]["reason"]
