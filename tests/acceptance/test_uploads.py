"""Certificate uploads: which session a row comes of is known, said or refused, and never guessed."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from api.intake.imports.files import ImportReport, Rejects
from api.intake.sheets.upload_form import SESSION, UPLOAD
from tests.acceptance.lines import (
    COOK,
    ELECTRICIAN,
    certificate,
    identity,
    item,
    listed,
    reporter,
    serial,
    session,
    uscc,
)


class Firm:
    """A listed enterprise with sessions, and what its uploads come to."""

    def __init__(self, office, *held: tuple[Any, str, str]) -> None:
        self.office, self.code = office, uscc()
        lines = listed(self.code, item(ELECTRICIAN, "3", "4", "5"))
        self.name = lines[0]["data"]["name"]
        self.held = [session(self.code, occupation, level, day) for occupation, level, day in held]
        office.load(*lines, *self.held)

    def ids(self) -> list[str]:
        return [each["data"]["assessment_id"] for each in self.held]

    def row(self, **cells: str) -> dict[str, str]:
        own = dict.fromkeys(("所在单位", "评价机构", "发证机构"), self.name)
        fixed = {"姓名": "王五", "证件类型": "201", "证件号码": identity(), "职业名称": "电工"}
        number = f"Y000011{self.code[-7:-1]}254{next(serial):06d}"
        more = {"职业技能等级": "四级", "证书编号": number, "发证日期": "2025-03-31"}
        return fixed | own | more | cells

    def file(self, *rows: dict[str, str]) -> bytes:
        heads = list(dict.fromkeys([*UPLOAD, *(head for row in rows for head in row)]))
        out = io.StringIO()
        lines = csv.writer(out)
        lines.writerow(heads)
        lines.writerows([row.get(head, "") for head in heads] for row in rows)
        return out.getvalue().encode()

    def upload(self, *rows: dict[str, str]) -> tuple[ImportReport, list[dict[str, Any]]]:
        report, refused = self.office.take(self.file(*rows), "a.csv")
        return report, [error for each in refused for error in each["errors"]]

    def issued(self) -> list[dict[str, Any]]:
        return [each["data"] for each in self.office.history(self.code, "CertificateIssued")]


TWICE = ((ELECTRICIAN, "4", "2025-03-03"), (ELECTRICIAN, "4", "2025-03-24"))


def test_a_row_that_fits_two_sessions_is_refused_and_both_are_named(office):
    firm = Firm(office, *TWICE)
    report, (fault,) = firm.upload(firm.row())
    assert (report.taken, report.refused) == (0, 1)
    assert fault["field"] == "E2 职业名称"
    assert all(id_ in fault["reason"] for id_ in firm.ids())
    assert SESSION in fault["reason"]


def test_a_column_says_of_which_session_each_row_is(office):
    firm = Firm(office, *TWICE)
    first, second = firm.ids()
    report, faults = firm.upload(firm.row(场次=second), firm.row(场次=first))
    assert (report.taken, faults) == (2, [])
    assert {each["assessment_id"] for each in firm.issued()} == {first, second}


def test_who_brings_the_file_may_say_it_for_all_rows(office, tmp_path: Path):
    firm = Firm(office, *TWICE)
    path = tmp_path / "a.csv"
    path.write_bytes(firm.file(firm.row(), firm.row()))
    done = office.run("import", str(path), "--assessment", firm.ids()[0])
    assert done.returncode == 0, done.stderr
    assert {each["assessment_id"] for each in firm.issued()} == {firm.ids()[0]}


def test_a_session_of_somebody_else_is_refused_at_its_cell(office):
    other = Firm(office, *TWICE)
    firm = Firm(office, *TWICE)
    _, (fault,) = firm.upload(firm.row(场次=other.ids()[0]))
    assert fault["field"] == "L2 场次"
    _, (fault,) = firm.upload(firm.row(场次=firm.ids()[0], 职业名称="车工"))
    assert fault["field"] == "E2 职业名称"


def test_a_row_that_is_recorded_already_is_known_by_its_number(office):
    firm = Firm(office, *TWICE)
    row = firm.row()
    firm.upload(row | {"场次": firm.ids()[0]})
    report, faults = firm.upload(row)
    assert (report.known, report.taken, faults) == (1, 0, [])


@pytest.mark.parametrize(
    ("cells", "field", "word"),
    [
        ({"职业名称": "车工"}, "E2 职业名称", "电工"),
        ({"职业技能等级": "五级"}, "G2 职业技能等级", "四级"),
        ({"发证日期": "2025-03-02"}, "I2 发证日期", "2025-03-03"),
        ({"工种名称": "甲工种"}, "F2 工种名称", "乙工种"),
    ],
)
def test_a_row_that_fits_no_session_says_which_cell_keeps_it_out(office, cells, field, word):
    traded = {**ELECTRICIAN, "trade": "乙工种"}
    firm = Firm(office, (traded, "4", "2025-03-03"))
    _, (fault,) = firm.upload(firm.row(**cells))
    assert fault["field"] == field
    assert word in fault["reason"]


def test_the_trade_is_what_the_row_says(office):
    traded = {**ELECTRICIAN, "trade": "变电站值班员"}
    firm = Firm(office, (traded, "4", "2025-03-03"), (ELECTRICIAN, "5", "2025-03-03"))
    five = {"职业技能等级": "初级工（五级）", "工种名称": "送电线路工"}
    rows = (
        firm.row(),
        firm.row(工种名称="变电站 值班员"),
        firm.row(**five),
        firm.row(工种名称="/"),
    )
    report, faults = firm.upload(*rows)
    assert (report.taken, faults) == (4, [])
    found = {each["certificate_no"]: each["occupation"]["trade"] for each in firm.issued()}
    assert [found[row["证书编号"]] for row in rows] == [None, "变电站值班员", "送电线路工", None]


def test_every_fault_of_every_row_is_told_in_one_round(office):
    firm = Firm(office, (ELECTRICIAN, "4", "2025-03-03"))
    bad = firm.row(姓名="-", 证件号码="110105194912310021", 发证日期="昨天", 职业技能等级="九级")
    _, faults = firm.upload(
        bad, firm.row(证书编号="", 评价机构="没有的公司"), firm.row(证书编号="Y" * 200)
    )
    assert [fault["field"] for fault in faults] == [
        "A2 姓名",
        "C2 证件号码",
        "G2 职业技能等级",
        "I2 发证日期",
        "H3 证书编号",
        "J3 评价机构",
        "H4 证书编号",
    ]


def test_an_identity_number_in_any_other_cell_is_refused_there(office):
    firm = Firm(office, (ELECTRICIAN, "4", "2025-03-03"))
    _, faults = firm.upload(firm.row(证书编号=identity()), firm.row(所在单位=f"公司{identity()}"))
    assert [fault["field"] for fault in faults] == ["H2 证书编号", "D3 所在单位"]


def test_one_number_written_in_two_ways_on_two_holders_is_c2(office):
    firm = Firm(office, (ELECTRICIAN, "4", "2025-03-03"))
    number = firm.row()["证书编号"]
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number)
    report, faults = firm.upload(
        firm.row(证书编号=wide), firm.row(证书编号=f"{number[:8]} {number[8:].lower()}")
    )
    assert (report.taken, faults) == (2, [])
    # Issued on one day: it stands on both.
    flags = office.flags(firm.code, check="C2", verdict="breach")
    assert [flag["subject"] for flag in flags] == [firm.code, firm.code]
    assert {
        each["certificate_no"] for each in office.items("/v1/certificates", certificate_no=number)
    } == {
        wide,
        f"{number[:8]} {number[8:]}",
    }


def test_a_certificate_is_revoked_by_its_number_however_it_is_written(office):
    code, paper, _ = office.certified()
    number = paper["data"]["certificate_no"]
    revoked = {
        "type": "CertificateRevoked",
        "valid_from": "2025-05-01",
        "actor": reporter(code),
        "data": {"certificate_no": number.lower(), "reason": "错发"},
    }
    office.load(revoked)
    assert office.get(f"/v1/certificates/{number}", None)["revoked"]


def test_the_search_finds_a_name_in_any_width_and_spacing(office):
    code = uscc()
    lines = listed(code, item(COOK, "4"))
    lines[0]["data"]["name"] = f"北京ABC（餐饮）有限公司{code[-4:]}"
    office.load(*lines)
    for q in (f"ａｂｃ(餐饮)有限公司{code[-4:]}", f"abc（餐饮） 有限公司{code[-4:]}", code.lower()):
        assert [row["uscc"] for row in office.items("/v1/roster", q=q, valid_at="2025-01-01")] == [
            code
        ]


def test_the_own_sheet_comes_back_marked_from_the_command_line(office, tmp_path: Path):
    firm = Firm(office, (ELECTRICIAN, "4", "2025-03-03"))
    path, target = tmp_path / "a.csv", tmp_path / "marked.csv"
    path.write_bytes(firm.file(firm.row(), firm.row(职业技能等级="九级")))
    done = office.run("import", str(path), "--marked", str(target), "--json")
    assert done.returncode == 3
    assert json.loads(done.stdout)[0]["taken"] == 1
    heads, good, bad = csv.reader(io.StringIO(target.read_text("utf-8-sig")))
    assert (heads[-1], good[-1]) == ("错误说明", "")
    assert bad[-1].startswith("G3 职业技能等级")
    assert target.stat().st_mode & 0o077 == 0


def test_a_template_for_an_enterprise_comes_from_the_command_line(office, tmp_path: Path):
    firm = Firm(office, (ELECTRICIAN, "4", "2025-03-03"))
    path = tmp_path / "t.xlsx"
    done = office.run("template", "certificates", "-o", str(path), "--uscc", firm.code)
    assert done.returncode == 0, done.stderr
    offered = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("可选项").to_python()
    assert firm.ids()[0] in {cell for row in offered for cell in row}
    assert "电工" in {cell for row in offered for cell in row}


def test_counts_are_true_also_where_the_import_breaks_off(office, tmp_path: Path):
    firm = Firm(office, (ELECTRICIAN, "4", "2025-03-03"))
    path = tmp_path / "a.csv"
    path.write_bytes(firm.file(*(firm.row() for _ in range(3))))
    importer = office.bench.importer(None, lambda _done, _whole: None)
    importer.transactor = BreaksOff(importer.transactor)
    report = ImportReport("a.csv")
    with pytest.raises(ConnectionError):
        importer.take(path, Rejects(tmp_path / "r.ndjson"), report)
    assert (report.taken, len(firm.issued())) == (2, 2)
    report, _ = office.take(path.read_bytes(), "a.csv")
    assert (report.taken, report.known) == (1, 2)


class BreaksOff:
    """Gets the first two rows of a file and then loses whoever sends them."""

    def __init__(self, decider) -> None:
        self._decider = decider

    def stream(self, batches):
        def some():
            for batch in batches:
                yield batch[:2]
                raise ConnectionError

        return self._decider.stream(some())


def test_a_certificate_over_http_is_refused_for_an_identity_number_in_its_key(office):
    code, _, held = office.certified()
    answer = office.post(
        "/v1/certificates", certificate(held), reporter(code), key=f"k-{identity()}"
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


def test_a_reporter_learns_nothing_of_other_enterprises_from_an_upload(office):
    """Neither that they are registered, nor of what they held sessions, and at which levels."""
    other, own = Firm(office, *TWICE), Firm(office, *TWICE)
    said = []
    for name in (other.name, "并无此企业有限公司"):
        row = own.row(评价机构=name, 职业名称="车工")
        _, refused = office.take(own.file(row), "a.csv", reporter(own.code))
        (fault,) = (e for each in refused for e in each["errors"])
        assert fault["field"] == "J2 评价机构"
        said.append(fault["reason"].replace(name, "…"))
    assert said[0] == said[1]
    assert "电工" not in said[0]
