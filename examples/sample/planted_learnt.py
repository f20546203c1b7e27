"""Planted: what S10, R2, T2 and V1 said until somebody mended it, and S2 by a catalogue that came later."""

from datetime import date
from typing import Any, TypeAlias

from examples.sample import occupations as o
from examples.sample.inspections import KINDS, Visit, visit
from examples.sample.lines import supervisor
from examples.sample.office import LATE_PLANS, adopt_standards
from examples.sample.planted_time import correct
from examples.sample.sessions import award, certify, hold, issue
from examples.sample.year import Year, days

Json: TypeAlias = dict[str, Any]


def plant(year: Year) -> None:
    """Plant all of this module."""
    _examiners(year)
    _departures(year)
    _grounds(year)
    _visits(year)
    _plans(year)
    _standards(year)


def _examiners(year: Year) -> None:
    firm = year.firms[35]
    for day, missing, why in (
        (date(2025, 6, 24), "assessors", "考评人员漏报,后经更正补上"),
        (date(2026, 3, 10), "quality_staff", "质量内控人员漏报,后经更正补上"),
    ):
        session = hold(year, firm, day, o.CAR_REPAIR, "4", **{missing: []})
        certify(year, firm, session, 3)
        mark = session["assessment_id"]
        names = [f"考评员{firm.number}甲"]
        correct(year, day + days(14), mark, {missing: names}, reason_="漏报,附签到表")
        year.plant(35, "S10", mark, why, verdict="clear", case="then_not_now")


def _departures(year: Year) -> None:
    firm = year.firms[35]
    for day, wrong, right, why in (
        (date(2025, 10, 14), {"level": "3"}, {"level": "4"}, "证书等级误录为三级,后更正为四级"),
        (
            date(2026, 5, 12),
            {"category": "student"},
            {"holder.category": "employee"},
            "持证人误录为学生,该场没有学生,后更正",
        ),
    ):
        session = hold(year, firm, day, o.CAR_REPAIR, "4")
        certify(year, firm, session, 3)
        issued = day + days(20)
        category = wrong.get("category", "employee")
        paper = award(year, firm, session, issued, category=category)
        mark = issue(year, firm, paper | {k: v for k, v in wrong.items() if k == "level"})
        correct(year, issued + days(9), mark, right, reason_="录入错误,附证书存根")
        year.plant(35, "R2", mark, why, verdict="clear", case="then_not_now")
        if "level" in wrong:
            digit = "编号等级位 4,证书误录为三级,后更正"
            year.plant(35, "C1", mark, digit, verdict="clear", case="then_not_now")


def _grounds(year: Year) -> None:
    firm = year.firms[29]
    level = firm.scope[0]["levels"][0]
    whole = {"kind": "competition", "text": "市职业技能大赛第三名", "document_no": "竞〔2026〕2号"}
    partly = {name: whole[name] for name in ("kind", "text")}
    for day, ground, why in (
        (date(2026, 2, 10), partly, "竞赛文件编号漏报,后经更正补上"),
        (date(2026, 6, 9), None, "2026 年起须上报的依据漏报,后经更正补上"),
    ):
        session = hold(year, firm, day, firm.scope[0], level, method="direct", mode="no_session")
        results: Json = {} if ground is None else {"ground": ground}
        mark = issue(year, firm, award(year, firm, session, day + days(20), results=results))
        correct(
            year, day + days(40), mark, {"results.ground": whole}, reason_="补报文件,已核对原件"
        )
        year.plant(29, "T2", mark, why, verdict="clear", case="then_not_now")


def _visits(year: Year) -> None:
    """Inspectors mend what they wrote: a level, and the session that they saw."""
    firm = year.firms[35]
    where = {
        "name": "技能评价中心",
        "address": firm.district.address(firm.number),
        "division": firm.district.division,
    }

    def looked(name: str, day: date, *, named: bool) -> None:
        seen = Visit(
            inspection_id=name,
            firm=firm,
            day=day,
            kind=KINDS[0],
            city=True,
            named=named,
            seen={"level": "3"},
        )
        visit(year, seen)

    day = date(2025, 7, 15)
    hold(year, firm, day, o.CAR_REPAIR, "4", told=day, venue=where)
    looked("ins-v1-05", day, named=True)
    mark, right = "ins-v1-05/spot", {"seen.level": "4"}
    correct(year, day + days(8), mark, right, by=supervisor(), reason_="所见等级误录,实为四级")
    year.plant(35, "V1", mark, "所见等级误录,后由督导员更正", verdict="clear", case="then_not_now")
    day = date(2026, 7, 14)
    hold(year, firm, day, o.CAR_REPAIR, "4", told=day, venue=where)
    other = hold(year, firm, day, o.CAR_REPAIR, "3", told=day, venue=where)
    looked("ins-v1-06", day, named=False)
    mark, right = "ins-v1-06/spot", {"assessment_id": other["assessment_id"]}
    correct(year, day + days(6), mark, right, by=supervisor(), reason_="写明所见场次")
    why = "当日两场,督导记录未写明场次;写明后与所见一致"
    year.plant(35, "V1", mark, why, verdict="clear", case="then_not_now")


def _plans(year: Year) -> None:
    for number, of, filed in LATE_PLANS:
        why = f"{of} 年度计划 {filed} 才报备:其间逾期,之后补报"
        year.plant(number, "P1", f"receipt-{number}", why, verdict="clear", year=of)


def _standards(year: Year) -> None:
    """信息安全测试员 has no 五级 in its standard; it was confirmed before the catalogue was adopted."""
    firm = year.firms[42]
    adopted = date(2026, 8, 20)
    adopt_standards(year, adopted)
    for day, case in (
        (date(2025, 10, 21), "now_not_then"),
        (date(2026, 9, 15), "then_and_now"),
    ):
        session = hold(year, firm, day, o.TESTER, "5")
        certify(year, firm, session, 3)
        mark = session["assessment_id"]
        why = "已确认五级,国家职业标准只有四级至一级"
        year.plant(42, "S2", mark, why, verdict="undecided", case=case)
