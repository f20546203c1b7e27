"""A roster of history whose application was never brought in rests on its paper, and says so (§3)."""

import csv
import io
import json
from datetime import date
from typing import Any

import pytest

from api.intake.imports import files
from api.intake.imports.files import Rejects
from domain.terms.envelope import Stamps
from tests.acceptance.lines import (
    BUREAU,
    ELECTRICIAN,
    SUMMARY,
    item,
    line,
    listed,
    reporter,
    session,
    uscc,
)

PAPER = "京人社职鉴发〔2020〕9号"
HISTORY = Stamps(entered_by="operator", backfill=True)
HEAD = ("序号", "企业名称", "统一社会信用代码", "职业编码", "职业(工种)", "等级", "有效期")


def taken(office, name: str, raw: bytes, brought: Stamps = HISTORY) -> list[dict[str, Any]]:
    """Take a file as `dudao import --backfill` does; return what was refused of it."""
    path = office.folder / name
    path.write_bytes(raw)
    rejects = path.with_suffix(".reject")
    report = office.bench.importer(None, lambda _done, _whole: None, brought=brought).take(
        path, Rejects(rejects)
    )
    found = [json.loads(x) for x in rejects.read_text().splitlines()] if rejects.exists() else []
    assert report.refused == len(found)
    return found


def lines(*each) -> bytes:
    return "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in each).encode()


def registered(code: str):
    return listed(code, item(ELECTRICIAN, "4"))[0]


def published(code: str, **more: Any):
    entry = {
        "uscc": code,
        "application_id": f"old-{code}",
        "scope": [item(ELECTRICIAN, "4")],
        "valid_from": "2024-07-01",
        "valid_to": "2027-07-01",
    }
    batch = f"old-{code}"
    return line(
        "RosterPublished",
        "2024-07-01",
        BUREAU,
        batch=batch,
        published_on="2024-07-01",
        entries=[entry],
        **more,
    )


def plan(code: str, year: int):
    return line(
        "AnnualPlanFiled",
        f"{year}-01-10",
        reporter(code),
        uscc=code,
        year=year,
        summary=SUMMARY,
        sessions=[],
    )


def test_it_is_listed_and_what_nobody_brought_in_is_undecided(office):
    code = uscc()
    own = session(code, ELECTRICIAN, "4", "2025-03-11", method="技能竞赛")
    history = (registered(code), published(code, document_no=PAPER), plan(code, 2025))
    assert taken(office, "a.ndjson", lines(*history)) == []
    office.load(session(code, ELECTRICIAN, "4", "2025-03-10"), own)
    assert office.standing(code, "2025-03-10") == ["listed"]
    assert office.found(code, valid_at="2025-04-01") == [
        ("S6", "undecided"),
        ("S8", "undecided"),
        ("S8", "undecided"),
    ]
    (listing,) = office.history(code, "EnterpriseListed")
    assert (listing["document_no"], listing["backfill"]) == (PAPER, True)
    message = office.items("/v1/flags", uscc=code, code="S8", valid_at="2025-04-01")[0]["message"]
    assert "确认回执没有录入" in message["zh"]
    assert taken(office, "b.ndjson", lines(*history)) == []
    assert len(office.history(code, "EnterpriseListed")) == 1


def test_a_plan_that_is_missing_is_a_breach_all_the_same(office):
    code = uscc()
    history = (registered(code), published(code, document_no=PAPER))
    assert taken(office, "c.ndjson", lines(*history)) == []
    office.load(session(code, ELECTRICIAN, "4", "2025-03-10"))
    assert office.found(code, valid_at="2025-04-01") == [("S8", "breach")]


def test_without_the_paper_or_without_being_history_it_is_refused(office):
    code = uscc()
    assert taken(office, "d.ndjson", lines(registered(code))) == []
    refused = taken(office, "e.ndjson", lines(published(code)))
    assert [each["code"] for each in refused] == ["document-missing"]
    refused = taken(office, "f.ndjson", lines(published(code, document_no=PAPER)), Stamps())
    assert [each["code"] for each in refused] == ["not-confirmed"]


@pytest.mark.parametrize("said", [{}, {"application_id": None}])
def test_lines_of_history_need_not_name_the_application(office, said, monkeypatch):
    code = uscc()
    publication = published(code, document_no=PAPER)
    (entry,) = publication["data"]["entries"]
    del entry["application_id"]
    entry |= said
    assert taken(office, "n.ndjson", lines(registered(code))) == []
    refused = taken(office, "o.ndjson", lines(publication), Stamps())
    assert [each["errors"][0]["field"] for each in refused] == ["entries.0.application_id"]
    assert taken(office, "p.ndjson", lines(publication)) == []
    (listing,) = office.history(code, "EnterpriseListed")
    assert listing["data"]["application_id"] == f"roster-old-{code}-{code}"
    monkeypatch.setattr(files, "LARGE", 0)  # a large file is read by a process of its own
    assert taken(office, "q.ndjson", lines(publication)) == []
    assert len(office.history(code, "EnterpriseListed")) == 1


@pytest.mark.parametrize("kept", [2, 9])
def test_an_application_that_is_there_may_end_before_its_confirmation(office, kept):
    """Submitted alone, or followed up to the conclusion: what is there does not contradict."""
    code = uscc()
    steps = listed(code, item(ELECTRICIAN, "4"))[:kept]
    roster = published(code, document_no=PAPER)
    roster["data"]["entries"][0]["application_id"] = steps[1]["data"]["application_id"]
    assert taken(office, f"g{kept}.ndjson", lines(*steps, roster)) == []
    assert office.standing(code, "2025-03-10") == ["listed"]


def test_an_application_that_contradicts_is_refused(office):
    code = uscc()
    steps = listed(code, item(ELECTRICIAN, "4"))[:2]
    application = steps[1]["data"]["application_id"]
    roster = published(code, document_no=PAPER)
    roster["data"]["entries"][0]["application_id"] = application
    ended = line(
        "ApplicationWithdrawn", "2024-05-20", reporter(code), application_id=application, reason="x"
    )
    refused = taken(office, "h.ndjson", lines(*steps, ended, roster))
    assert [each["code"] for each in refused] == ["not-confirmed"]


def test_an_application_that_comes_in_behind_its_publication_is_published_no_second_time(office):
    code = uscc()
    history = (registered(code), published(code, document_no=PAPER), plan(code, 2025))
    assert taken(office, "i.ndjson", lines(*history)) == []
    steps = listed(code, item(ELECTRICIAN, "4"))[1:]
    text = json.dumps(steps, ensure_ascii=False)
    text = text.replace(steps[0]["data"]["application_id"], f"old-{code}")
    later = {each["type"]: each for each in json.loads(text)}
    refused = taken(office, "j.ndjson", lines(*json.loads(text)))
    assert [each["code"] for each in refused] == ["already-published"]
    assert "ReceiptIssued" in later
    office.load(session(code, ELECTRICIAN, "4", "2025-03-10"))
    assert office.found(code, valid_at="2025-04-01") == []


def sheet(code: str, title: str, **cells: str) -> bytes:
    row = {
        "序号": "1",
        "企业名称": registered(code)["data"]["name"],
        "统一社会信用代码": code,
        "职业编码": "6-31-01-03",
        "职业(工种)": "电工",
        "等级": "四级",
        "有效期": "2024-07-01至2027-06-30",
    }
    out = io.StringIO()
    csv.writer(out).writerows([[title], HEAD, [(row | cells)[head] for head in HEAD]])
    return out.getvalue().encode("utf-8-sig")


@pytest.mark.parametrize(
    ("title", "paper"),
    [
        (f"企业名单({PAPER}) 公布日期:2024-07-01 批次:{{}}", PAPER),
        ("企业名单 公布日期:2024-07-01 批次:{}", None),
    ],
)
def test_a_sheet_of_history_needs_no_application(office, title, paper):
    code = uscc()
    assert taken(office, "k.ndjson", lines(registered(code))) == []
    raw = sheet(code, title.format(f"b{code}"))
    assert taken(office, "l.csv", raw, Stamps()) != []
    assert taken(office, "m.csv", raw) == []
    assert office.standing(code, "2025-03-10") == ["listed"]
    (listing,) = office.history(code, "EnterpriseListed")
    assert listing["document_no"] == (paper or f"b{code}")
    assert taken(office, "n.csv", raw) == []
    assert len(office.history(code, "EnterpriseListed")) == 1
    assert date.fromisoformat(listing["valid_from"]) == date(2024, 7, 1)
