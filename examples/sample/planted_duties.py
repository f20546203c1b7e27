"""Planted: S10, R2, T2, V1 and P1, and the papers of the duties behind which nothing is wrong."""

from datetime import date
from typing import Any, TypeAlias

from examples.sample.inspections import KINDS, Visit, inspectors, visit
from examples.sample.lines import CENTRE, reporter, supervisor
from examples.sample.numbers import digest
from examples.sample.sessions import award, certify, hold, issue
from examples.sample.year import Year, days

Json: TypeAlias = dict[str, Any]


def plant(year: Year) -> None:
    """Plant all of this module."""
    _examiners(year)
    _departures(year)
    _grounds(year)
    _visits(year)
    _late_plans(year)
    _papers(year)
    _unnamed_visits(year)
    _own_trades(year)
    _unknown_cards(year)


def _examiners(year: Year) -> None:
    firm = year.firms[14]
    for day, changes, why in (
        (date(2025, 4, 8), {"assessors": []}, "没有考评人员"),
        (date(2025, 11, 18), {"quality_staff": []}, "没有质量内控人员"),
    ):
        session = hold(year, firm, day, firm.scope[0], firm.scope[0]["levels"][0], **changes)
        certify(year, firm, session, 3)
        year.plant(14, "S10", session["assessment_id"], why)


def _departures(year: Year) -> None:
    firm = year.firms[30]
    low, high = firm.scope[0]["levels"][:2]
    day = date(2025, 5, 13)
    session = hold(year, firm, day, firm.scope[0], low)
    certify(year, firm, session, 3)
    mark = issue(year, firm, award(year, firm, session, day + days(20), level=high))
    year.plant(30, "R2", mark, f"认定等级 {low},证书等级 {high};两级都在范围内")
    day = date(2026, 3, 24)
    session = hold(year, firm, day, firm.scope[0], low)
    certify(year, firm, session, 3)
    early = award(year, firm, session, day - days(4))
    mark = issue(year, firm, early, told=day + days(20))
    year.plant(30, "R2", mark, "发证日期早于认定开始日")


def _grounds(year: Year) -> None:
    firm = year.firms[29]
    level = firm.scope[0]["levels"][0]
    good = {"kind": "competition", "text": "市职业技能大赛第一名", "document_no": "竞〔2025〕8号"}
    for day, ground, why, verdict in (
        (date(2025, 6, 4), good, "", "clear"),
        (date(2025, 9, 2), {"kind": "competition", "text": "第二名"}, "竞赛成绩没有文件编号", "breach"),
        (date(2025, 12, 2), {"kind": "contribution", "document_no": "京总〔2025〕1号"}, "未写明贡献内容", "breach"),
        (date(2026, 7, 14), None, "2026 年起须上报依据,未上报", "undecided"),
        (date(2026, 8, 18), None, "2026 年起须上报依据,未上报", "undecided"),
    ):  # fmt: skip
        session = hold(year, firm, day, firm.scope[0], level, method="direct", mode="no_session")
        results: Json = {} if ground is None else {"ground": ground}
        mark = issue(year, firm, award(year, firm, session, day + days(20), results=results))
        if why:
            year.plant(29, "T2", mark, why, verdict=verdict)


def _visits(year: Year) -> None:
    firm = year.firms[27]
    low, high = firm.scope[0]["levels"][:2]
    for name, day, seen, why in (
        ("ins-v1-01", date(2025, 4, 22), {"held": False}, "现场没有认定活动"),
        ("ins-v1-02", date(2026, 4, 21), {"held": True, "level": high}, f"所见等级 {high},上报 {low}"),
    ):  # fmt: skip
        hold(year, firm, day, firm.scope[0], low, told=day)
        visit(
            year,
            Visit(inspection_id=name, firm=firm, day=day, kind=KINDS[0], city=True, seen=seen),
        )
        year.plant(27, "V1", f"{name}/spot", why)


def _late_plans(year: Year) -> None:
    for number in (9, 16):
        year.plant(number, "P1", f"receipt-{number}", "2026 年度计划到期未报备", year=2026)


def _unnamed_visits(year: Year) -> None:
    """Who was visited reports afterwards: no inspector can name that session."""
    firm = year.firms[33]
    low, high = firm.scope[0]["levels"][:2]
    for name, day, seen, why in (
        ("ins-v1-03", date(2025, 9, 23), {"level": high}, f"报告在后:所见等级 {high},上报 {low}"),
        ("ins-v1-04", date(2026, 9, 22), {"candidates": 40}, "报告在后:在场考生多于上报"),
    ):  # fmt: skip
        where = {
            "name": "技能评价中心",
            "address": firm.district.address(firm.number),
            "division": firm.district.division,
        }
        hold(year, firm, day, firm.scope[0], low, told=day + days(4), venue=where)
        visit(
            year,
            Visit(
                inspection_id=name,
                firm=firm,
                day=day,
                kind=KINDS[0],
                city=True,
                named=False,
                seen=seen,
            ),
        )
        year.plant(33, "V1", f"{name}/spot", why, verdict="undecided", case="now_not_then")


def _own_trades(year: Year) -> None:
    """A second certificate of a holder with a 工种 that nobody else names."""
    firm = year.firms[30]
    what, level = firm.scope[0], firm.scope[0]["levels"][0]
    trade = {name: what[name] for name in ("edition", "code", "name")} | {"trade": "自编工种"}
    for first, second in (
        (date(2024, 10, 22), date(2025, 6, 17)),
        (date(2025, 11, 25), date(2026, 6, 16)),
    ):
        person = year.person()
        for day, changes in ((first, {}), (second, {"occupation": trade})):
            session = hold(year, firm, day, what, level)
            certify(year, firm, session, 2)
            paper = award(year, firm, session, day + days(20), person=person, **changes)
            mark = issue(year, firm, paper)
        why = "同一人的第二本证书写了认定活动和范围都没有的工种"
        year.plant(30, "C2", mark, why, verdict="undecided")


def _unknown_cards(year: Year) -> None:
    firm = year.firms[33]
    for name, day in (("ins-card-01", date(2025, 12, 9)), ("ins-card-02", date(2026, 8, 25))):
        team = inspectors(firm, city=True)
        team[0]["card_no"] = "督2025-17"
        visit(
            year,
            Visit(inspection_id=name, firm=firm, day=day, kind=KINDS[1], city=True, seen_by=team),
        )
        year.plant(33, "Q1", f"{name}/spot", "督导证号不是已知格式", verdict="undecided")


def _papers(year: Year) -> None:
    """Registers, partnerships, a specification, a complaint, published results, a withdrawal."""
    firm, day = year.firms[6], date(2025, 2, 10)
    own: Json = {"uscc": firm.uscc}

    def file(on: date, type_: str, **data: Any) -> None:  # noqa: ANN401 - JSON
        year.say(on, on, type_, reporter(firm.uscc), **own, **data)

    for number, duty in ((1, "assessor"), (2, "assessor"), (3, "quality")):
        name = f"考评员{firm.number}{'甲乙丙'[number - 1]}"
        file(day, "StaffRegistered", staff_id=f"st-{number}", name=name, duty=duty)
    file(date(2026, 6, 1), "StaffReleased", staff_id="st-2")
    file(day, "PartnershipFiled", kind="school", partner="示例技师学院", valid_to="2028-02-10")
    file(day, "PartnershipFiled", kind="apprenticeship", partner="示例培训中心")
    occupation = {name: firm.scope[0][name] for name in ("edition", "code", "name", "trade")}
    file(
        day,
        "SpecificationFiled",
        occupation=occupation,
        title=f"{occupation['name']}企业评价规范",
        sha256=digest("specification"),
        filed_with="人力资源社会保障部",
        filing_no="示备〔2025〕3号",
        filed_on="2025-01-20",
    )
    held = date(2025, 4, 15)
    session = hold(year, firm, held, firm.scope[0], firm.scope[0]["levels"][0])
    certify(year, firm, session, 3)
    shown = held + days(5)
    year.say(
        shown,
        shown,
        "ResultsPublished",
        reporter(firm.uscc),
        assessment_id=session["assessment_id"],
        published_on=shown.isoformat(),
        until=(shown + days(6)).isoformat(),
        where="企业公告栏",
    )
    received = date(2025, 9, 15)
    year.say(
        received,
        received,
        "ComplaintReceived",
        CENTRE,
        complaint_id="tc-2025-001",
        uscc=firm.uscc,
        complained_on="2025-09-12",
        subject="考场纪律",
        statement="反映一场考核提前交卷,未见违规。",
        evidence=[],
    )
    heard = date(2026, 8, 28)
    year.say(
        heard,
        heard,
        "HearingHeld",
        supervisor(),
        finding_id="fd-2026-004",
        held_on=heard.isoformat(),
        outcome="企业陈述系外训误报,未提供材料",
    )
