"""Planted: S5 to S9, who was assessed and how, and whether the enterprise might assess at all."""

from datetime import date

from examples.sample import occupations as o
from examples.sample.lines import CONFIRMER, reporter
from examples.sample.numbers import uscc
from examples.sample.office import cover
from examples.sample.sessions import CATEGORIES, award, certify, hold, issue
from examples.sample.year import Year, days


def candidates(**numbers: int) -> o.Json:
    """Return candidates by category."""
    return dict.fromkeys(CATEGORIES, 0) | numbers


def plant(year: Year) -> None:
    """Plant all of this module."""
    _people(year)
    _methods(year)
    _not_listed(year)
    _taken_off(year)
    _paperwork(year)
    _units(year)


def _people(year: Year) -> None:
    firm = year.firms[14]
    session = hold(
        year, firm, date(2024, 12, 3), o.MASONRY, "5", candidates=candidates(employee=6, other=2)
    )
    certify(year, firm, session, 6)
    year.plant(14, "S5", session["assessment_id"], "2 名考生不属于四类人员")
    day = date(2025, 5, 14)
    session = hold(year, firm, day, o.MASONRY, "4", candidates=candidates(employee=8))
    certify(year, firm, session, 5)
    mark = issue(year, firm, award(year, firm, session, day + days(20), category="other"))
    year.plant(14, "S5", mark, "证书持有人不属于四类人员,而活动记录中没有这样的考生")


def _methods(year: Year) -> None:
    for number, day, what, method, why in (
        (14, date(2025, 9, 9), o.CRANES, "线上投票评选", "认定方式不是四种之一,也未申报"),
        (14, date(2025, 4, 15), o.MASONRY, "own", "采用本企业方式,但实施方案中未申报"),
    ):
        firm = year.firms[number]
        session = hold(year, firm, day, what, "4", method=method)
        certify(year, firm, session, 3)
        year.plant(number, "S6", session["assessment_id"], why)


def _not_listed(year: Year) -> None:
    firm = year.firms[58]
    session = hold(year, firm, date(2026, 6, 20), firm.scope[0], "4", told=date(2026, 6, 24))
    year.plant(58, "S7", session["assessment_id"], "公布前十一天已开展认定:尚不在名单")
    firm = year.firms[60]
    session = hold(year, firm, date(2026, 8, 11), firm.scope[0], "5")
    certify(year, firm, session, 2)
    year.plant(60, "S7", session["assessment_id"], "市局不予确认,从未列入名单")
    firm = year.firms[12]
    session = hold(year, firm, date(2026, 2, 10), firm.scope[0], "4")
    certify(year, firm, session, 3)
    year.plant(12, "S7", session["assessment_id"], "有效期 2026-01-02 届满后仍开展认定")


def _taken_off(year: Year) -> None:
    """Sessions while suspended and after removal. The findings behind both are in `findings`."""
    suspended, back = date(2025, 1, 10), date(2025, 6, 1)
    firm = year.firms[9]
    about: o.Json = {
        "uscc": firm.uscc,
        "basis": "考评记录缺失,暂停认定",
        "finding_id": "fd-2025-001",
    }
    year.say(suspended, suspended, "ListingSuspended", CONFIRMER, **about)
    year.say(
        back,
        back,
        "ListingReinstated",
        CONFIRMER,
        uscc=firm.uscc,
        basis="复查通过,恢复认定",
        finding_id="fd-2025-001",
    )
    session = hold(year, firm, date(2025, 2, 18), firm.scope[0], "4")
    certify(year, firm, session, 4)
    year.plant(9, "S7", session["assessment_id"], "暂停期间开展认定")
    certify(year, firm, hold(year, firm, date(2025, 9, 17), firm.scope[0], "4"), 5)
    removed = date(2025, 3, 1)
    firm = year.firms[11]
    about = {"uscc": firm.uscc, "basis": "伪造成绩,移出名单", "finding_id": "fd-2025-002"}
    year.say(removed, removed, "ListingRemoved", CONFIRMER, **about)
    session = hold(year, firm, date(2025, 4, 22), firm.scope[0], "4")
    certify(year, firm, session, 3)
    year.plant(11, "S7", session["assessment_id"], "移出名单后仍开展认定")


def _paperwork(year: Year) -> None:
    firm = year.firms[41]
    for day, level in ((date(2025, 3, 18), "4"), (date(2026, 5, 19), "3")):
        session = hold(year, firm, day, firm.scope[0], level)
        certify(year, firm, session, 3)
        year.plant(41, "S8", session["assessment_id"], "没有确认回执")
    firm = year.firms[16]
    session = hold(year, firm, date(2025, 3, 25), firm.scope[0], "4")
    certify(year, firm, session, 4)
    year.plant(16, "S8", session["assessment_id"], "2025 年度计划到 6 月才报备")
    late = date(2025, 6, 3)
    summary = {"sessions": 2, "candidates": 18, "certificates": 15}
    year.say(
        late,
        late,
        "AnnualPlanFiled",
        reporter(firm.uscc),
        uscc=firm.uscc,
        year=2025,
        summary=summary,
        sessions=[],
    )
    certify(year, firm, hold(year, firm, date(2025, 10, 21), firm.scope[0], "3"), 4)


def _units(year: Year) -> None:
    firm = year.firms[16]
    session = hold(
        year, firm, date(2024, 5, 21), firm.scope[0], "4", unit_uscc=uscc("916", "110108")
    )
    certify(year, firm, session, 3)
    year.plant(16, "S9", session["assessment_id"], "实施单位从未登记为该企业的下属单位")
    firm = year.firms[21]
    unit = cover(year, firm, 1, date(2024, 8, 1))
    gone = date(2025, 2, 1)
    year.say(gone, gone, "UnitReleased", reporter(firm.uscc), uscc=firm.uscc, unit_uscc=unit)
    certify(year, firm, hold(year, firm, date(2024, 11, 6), firm.scope[0], "4", unit_uscc=unit), 4)
    session = hold(year, firm, date(2025, 3, 11), firm.scope[0], "4", unit_uscc=unit)
    certify(year, firm, session, 3)
    year.plant(21, "S9", session["assessment_id"], "实施单位已于 2025-02-01 解除覆盖")
