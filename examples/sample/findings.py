"""Findings, their rectification and the measures taken; among them rectifications past their deadline (Q2)."""

from datetime import date

from examples.sample.finding_case import Case
from examples.sample.office import SUSPENDED, SUSPENDED_FOR
from examples.sample.planted_time import review
from examples.sample.year import Specimen, Year


def planted(year: Year, firm: int, code: str) -> Specimen:
    """Return the first specimen of `code` at an enterprise."""
    return next(s for s in year.specimens if (s.firm, s.code) == (firm, code))


def plant(year: Year) -> None:
    """Plant all of this module."""
    _guards(year)
    _suspension(year)
    _removal(year)
    _outside(year)
    _converted(year)
    _overdue(year)
    _withdrawn(year)
    _without_staff(year)
    _issuer(year)
    _recent(year)


def _guards(year: Year) -> None:
    case = Case(year, "fd-2024-001", year.firms[8])
    mark = planted(year, 8, "S3").mark
    case.raised(
        date(2024, 12, 2),
        "对准入类职业保安员开展认定并发证。",
        kind="超范围开展认定",
        severity="severe",
        rule="三",
        assessments=[mark],
        flags=[("S3", mark), ("S1", mark)],
    )
    case.measure(date(2024, 12, 4), "Imposed", "ms-2024-001", kind="约谈")
    case.ordered(date(2024, 12, 5), date(2025, 1, 5), "停止保安员认定,清理已发证书。")
    case.reported(date(2024, 12, 27), "已停止认定,证书正在收回。")
    case.reinspected(date(2025, 1, 9), passed=True, note="证书已收回,制度已修订")
    case.measure(date(2025, 1, 10), "Lifted", "ms-2024-001")
    case.ended(date(2025, 1, 10), "FindingClosed", outcome="整改到位,销号")


def _suspension(year: Year) -> None:
    case = Case(year, "fd-2025-001", year.firms[9], city=False)
    case.raised(
        date(2025, 1, 6),
        "三场认定活动没有评分记录,现场负责人拒绝签字。",
        kind="考评记录缺失",
        severity="major",
        rule="四",
        inspection_id="ins-2024-909",
    )
    case.measure(
        date(2025, 1, 10), "Imposed", "ms-2025-001", kind="暂停", effective_to="2025-07-10"
    )
    case.ordered(date(2025, 1, 13), date(2025, 2, 13), "补齐评分记录,培训考评人员。")
    case.reported(date(2025, 2, 10), "已补齐记录。")
    case.reinspected(date(2025, 2, 20), passed=False, note="补填的记录与视频不符")
    case.ordered(date(2025, 2, 24), date(2025, 4, 24), "重新培训全部考评人员并留存考核记录。")
    case.reported(date(2025, 4, 17), "考评人员已全部重新培训。")
    case.measure(
        date(2025, 4, 28),
        "Varied",
        "ms-2025-001",
        start=date(2025, 1, 10),
        effective_to="2025-06-01",
    )
    case.reinspected(date(2025, 5, 22), passed=True, note="抽查两场,记录完整")
    case.ended(date(2025, 5, 28), "FindingClosed", outcome="复查通过,恢复认定资格")
    year.plant(
        9,
        "Q2",
        "fd-2025-001/order-2025-02-13",
        "期限内已报告,2 月 20 日复查未通过:到 24 日再次责令之前逾期",
        verdict="clear",
        case="then_and_now",
    )


def _removal(year: Year) -> None:
    case = Case(year, "fd-2025-002", year.firms[11])
    case.raised(
        date(2025, 1, 15),
        "成绩系事后补填,考生身份未核验。",
        kind="伪造成绩",
        severity="severe",
        rule="七",
        inspection_id="ins-2024-911",
    )
    case.measure(date(2025, 2, 10), "Imposed", "ms-2025-002", kind="通报")
    case.measure(date(2025, 2, 24), "Imposed", "ms-2025-003", kind="移出", start=date(2025, 3, 1))
    case.ended(date(2025, 3, 5), "FindingClosed", outcome="已移出名单")


def _outside(year: Year) -> None:
    case = Case(year, "fd-2025-003", year.firms[20])
    mark = planted(year, 20, "G1").mark
    case.raised(
        date(2025, 4, 9),
        "在河北省三河市燕郊镇组织认定。",
        kind="北京行政区域外开展认定",
        severity="severe",
        rule="七(三)",
        assessments=[mark],
        flags=[("G1", mark)],
    )
    case.ordered(date(2025, 4, 10), date(2025, 5, 10), "撤回外地考点,复核已发证书。")
    case.reported(date(2025, 5, 26), "外地考点已撤回。")
    case.reinspected(date(2025, 6, 5), passed=True, note="考点已撤,迟报已提醒")
    case.ended(date(2025, 6, 9), "FindingClosed", outcome="整改到位;逾期 16 天已记录")
    year.plant(
        20,
        "Q2",
        "fd-2025-003/order-2025-05-10",
        "期限 2025-05-10,5 月 26 日才报告:其间逾期,之后补报",
        verdict="clear",
        case="then_and_now",
    )


def _converted(year: Year) -> None:
    case = Case(year, "fd-2026-004", year.firms[25])
    mark = planted(year, 25, "G1").mark
    case.raised(
        date(2026, 8, 11),
        "坐标显示在河北省涿州市组织认定。",
        kind="北京行政区域外开展认定",
        severity="severe",
        rule="七(三)",
        assessments=[mark],
        flags=[("G1", mark)],
    )
    review(
        year,
        date(2026, 8, 11),
        ("G1", mark),
        "converted",
        reason_="坐标与企业外训通知一致",
        finding_id="fd-2026-004",
    )
    case.ordered(date(2026, 8, 13), date(2026, 9, 13), "说明情况,收回证书。")
    year.plant(25, "Q2", "fd-2026-004/order-2026-09-13", "期限 2026-09-13 已过,至今未报告")


def _overdue(year: Year) -> None:
    case = Case(year, "fd-2026-001", year.firms[12], city=False)
    mark = planted(year, 12, "S7").mark
    case.raised(
        date(2026, 3, 16),
        "名单有效期届满后仍组织认定。",
        kind="期满后开展认定",
        severity="severe",
        rule="六(三)",
        assessments=[mark],
        flags=[("S7", mark)],
    )
    case.ordered(date(2026, 3, 18), date(2026, 4, 18), "停止认定,清理证书。")
    case.measure(date(2026, 5, 6), "Imposed", "ms-2026-001", kind="通报")
    year.plant(12, "Q2", "fd-2026-001/order-2026-04-18", "期限 2026-04-18 已过,至今未报告")


def _withdrawn(year: Year) -> None:
    case = Case(year, "fd-2026-002", year.firms[40])
    mark = planted(year, 40, "S5").mark
    case.raised(
        date(2026, 2, 10),
        "两名考生不属于四类人员。",
        kind="对象不符",
        severity="major",
        rule="二(一)",
        assessments=[mark],
        flags=[("S5", mark)],
    )
    case.measure(date(2026, 2, 12), "Imposed", "ms-2026-002", kind="约谈", start=date(2026, 3, 2))
    case.disputed(date(2026, 2, 16), "两人为新型学徒,附培养协议。")
    case.measure(
        date(2026, 2, 18),
        "Stayed",
        "ms-2026-002",
        start=date(2026, 2, 18),
        effective_to="2026-03-31",
    )
    case.measure(date(2026, 3, 6), "SetAside", "ms-2026-002")
    case.ended(date(2026, 3, 6), "FindingWithdrawn", reason="疑点不成立,协议已核验")


def _without_staff(year: Year) -> None:
    """What the enterprise is suspended for that is suspended when the sample year ends."""
    case = Case(year, SUSPENDED_FOR, year.firms[SUSPENDED], city=False)
    case.raised(
        date(2026, 9, 8),
        "两名质量内控人员离职,未补足。",
        kind="质量内控人员不足",
        severity="major",
        rule="一(四)",
    )
    case.ordered(date(2026, 9, 10), date(2026, 12, 10), "补足质量内控人员并报备。")


def _issuer(year: Year) -> None:
    case = Case(year, "fd-2025-005", year.firms[27], city=False)
    mark = planted(year, 27, "R1").mark
    case.raised(
        date(2025, 2, 11),
        "证书由另一家企业发放。",
        kind="评价与发证主体不一致",
        severity="major",
        rule="七(二)",
        certificates=[mark],
        flags=[("R1", mark)],
    )
    case.ordered(date(2025, 2, 12), date(2025, 3, 14), "收回该证书,由本企业重新发证。")
    case.reported(date(2025, 3, 3), "已收回。")
    case.reinspected(date(2025, 3, 12), passed=True, note="已核对收回的证书")
    case.ended(date(2025, 3, 14), "FindingClosed", outcome="整改到位,销号")


def _recent(year: Year) -> None:
    """Findings that are open when the sample year ends."""
    case = Case(year, "fd-2026-005", year.firms[29])
    mark = planted(year, 29, "C1").mark
    case.raised(
        date(2026, 10, 12),
        "证书编号年份与发证日期不符。",
        kind="证书编号不合规",
        severity="minor",
        rule="京职技鉴发〔2019〕9号",
        certificates=[mark],
        flags=[("C1", mark)],
    )
    case = Case(year, "fd-2026-006", year.firms[43])
    mark = planted(year, 43, "S3").mark
    case.raised(
        date(2026, 10, 14),
        "对准入类职业消防设施操作员开展认定。",
        kind="超范围开展认定",
        severity="severe",
        rule="三",
        assessments=[mark],
        flags=[("S3", mark), ("S1", mark)],
    )
    case.ordered(date(2026, 10, 16), date(2026, 12, 15), "停止认定,收回证书。")
    case = Case(year, "fd-2026-007", year.firms[60], city=False)
    mark = planted(year, 60, "S7").mark
    case.raised(
        date(2026, 10, 20),
        "未列入公布名单即组织认定并发证。",
        kind="未列入名单开展认定",
        severity="severe",
        rule="六(三)",
        assessments=[mark],
        flags=[("S7", mark)],
    )
    case.measure(date(2026, 10, 22), "Imposed", "ms-2026-003", kind="约谈", start=date(2026, 11, 3))
