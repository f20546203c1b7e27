"""Planted: what was learnt later, so that what was true then and what is true now differ."""

from datetime import date
from typing import Any, TypeAlias

from examples.sample import occupations as o
from examples.sample.lines import CENTRE, CONFIRMER, reporter, supervisor
from examples.sample.planted_conduct import candidates
from examples.sample.sessions import certify, hold
from examples.sample.year import Year, days

Json: TypeAlias = dict[str, Any]


def plant(year: Year) -> None:
    """Plant all of this module."""
    _corrected(year)
    _granted_late(year)
    _withdrawn_late(year)
    _dismissed(year)
    _upheld(year)


def correct(
    year: Year,
    told: date,
    mark: str,
    fields: Json,
    *,
    by: Json = CENTRE,
    **beside: Any,  # noqa: ANN401 - JSON
) -> None:
    """Let the record `mark` be corrected by the centre, or by who saw it."""

    def act() -> None:
        position = year.marks[mark]
        number = f"更正〔{told.year}〕{position}号"
        year.tell(
            told,
            "RecordCorrected",
            by,
            position=position,
            fields=fields,
            document_no_=number,
            **beside,
        )

    year.on(told, act)


def ask(year: Year, told: date, uscc: str, mark: str, **asked: Any) -> None:  # noqa: ANN401 - JSON
    """Let the enterprise ask for a correction of its record, and the centre take it a week later."""
    decided = told + days(7)

    def act() -> None:
        position = year.marks[mark]
        entries = year.tell(
            told,
            "CorrectionRequested",
            reporter(uscc),
            position=position,
            **asked,
        )
        request = entries[0].position

        def take() -> None:
            reason = "核对场地租赁合同,情况属实"
            told = {"position": request, "taken": True, "reason": reason}
            year.tell(decided, "CorrectionDecided", CENTRE, **told)

        year.on(decided, take)

    year.on(told, act)


def answer(year: Year, told: date, flag: tuple[str, str], uscc: str, statement: str) -> None:
    """Let the enterprise say something to a flag (code, name of the record)."""
    code, mark = flag

    def act() -> None:
        key = f"{code}-{year.marks[mark]}"
        said: Json = {"flag": key, "statement": statement, "evidence": []}
        year.tell(told, "FlagAnswered", reporter(uscc), **said)

    year.on(told, act)


def review(year: Year, told: date, flag: tuple[str, str], decision: str, **more: Any) -> None:  # noqa: ANN401 - JSON
    """Let the flag (code, name of the record) be reviewed."""
    code, mark = flag

    def act() -> None:
        key = f"{code}-{year.marks[mark]}"
        year.tell(told, "FlagReviewed", supervisor(), flag=key, decision=decision, **more)

    year.on(told, act, order=6)


def _corrected(year: Year) -> None:
    firm = year.firms[35]
    day = date(2025, 3, 20)
    venue = {"name": "技能评价中心", "division": "410105"}
    session = hold(year, firm, day, o.CAR_REPAIR, "4", venue=venue)
    mark = session["assessment_id"]
    right = {"venue.division": "110105"}
    why = "区划代码录入错误"
    ask(year, day + days(12), firm.uscc, mark, fields=right, reason_=why)
    certify(year, firm, session, 4)
    why = "区划代码误录为河南省郑州市金水区,后更正"
    year.plant(35, "G1", mark, why, verdict="clear", case="then_not_now")
    day = date(2025, 9, 11)
    session = hold(year, firm, day, o.CAR_REPAIR, "1")
    mark = session["assessment_id"]
    correct(year, day + days(10), mark, {"level": "3"}, reason_="等级录入错误,实为三级")
    certify(year, firm, session | {"level": "3"}, 4)
    why = "等级误录为一级,后更正为三级"
    year.plant(35, "S2", mark, why, verdict="clear", case="then_not_now")
    day = date(2026, 4, 16)
    some = candidates(employee=7)
    session = hold(year, firm, day, o.CAR_REPAIR, "5", candidates=some)
    certify(year, firm, session, 5)
    mark = session["assessment_id"]
    fields = {"candidates.employee": 6, "candidates.other": 1}
    correct(year, date(2026, 9, 8), mark, fields, reason_="核查社保记录,1 人不是本单位职工")
    year.plant(35, "S5", mark, "更正后有 1 名考生不属于四类人员", case="now_not_then")


def _scope(year: Year, firm: int, day: date, told: date, **change: list[Json]) -> None:
    """Let items be `added` to or `removed` from a scope from `day` on, decided on the day `told`."""
    year.say(
        day,
        told,
        "ScopeChanged",
        CONFIRMER,
        uscc=year.firms[firm].uscc,
        added=change.get("added", []),
        removed=change.get("removed", []),
        basis=f"范围调整决定,自 {day} 起生效",
        document_no_=f"京人社职鉴函〔{told.year}〕{firm}号",
    )


def _granted_late(year: Year) -> None:
    firm = year.firms[37]
    session = hold(year, firm, date(2025, 5, 13), o.PIPES, "3")
    certify(year, firm, session, 4)
    grant = [o.with_levels(o.PIPES, "3")]
    _scope(year, 37, date(2025, 5, 1), date(2025, 6, 20), added=grant)
    why = "管道工三级于 6 月补准,自 5 月 1 日起生效"
    year.plant(37, "S2", session["assessment_id"], why, verdict="clear", case="then_not_now")
    session = hold(year, firm, date(2025, 9, 16), o.STOREKEEPER, "5")
    certify(year, firm, session, 4)
    grant = [o.with_levels(o.STOREKEEPER, "54")]
    _scope(year, 37, date(2025, 9, 1), date(2025, 10, 30), added=grant)
    why = "仓储管理员于 10 月补准,自 9 月 1 日起生效"
    year.plant(37, "S1", session["assessment_id"], why, verdict="clear", case="then_not_now")


def _withdrawn_late(year: Year) -> None:
    firm = year.firms[38]
    session = hold(year, firm, date(2025, 6, 17), o.CHEMISTRY, "4")
    certify(year, firm, session, 4)
    _scope(
        year, 38, date(2025, 6, 1), date(2025, 8, 20), removed=[o.with_levels(o.CHEMISTRY, "543")]
    )
    why = "化学检验员于 8 月撤回,自 6 月 1 日起生效"
    year.plant(38, "S1", session["assessment_id"], why, case="now_not_then")
    session = hold(year, firm, date(2026, 3, 17), o.COOLING, "3")
    certify(year, firm, session, 4)
    _scope(year, 38, date(2026, 3, 1), date(2026, 5, 12), removed=[o.with_levels(o.COOLING, "3")])
    why = "制冷空调系统安装维修工三级于 5 月撤回,自 3 月 1 日起生效"
    year.plant(38, "S2", session["assessment_id"], why, case="now_not_then")


def _dismissed(year: Year) -> None:
    firm = year.firms[40]
    session = hold(year, firm, date(2025, 5, 22), firm.scope[0], "4", method="过程考核")
    certify(year, firm, session, 3)
    mark = session["assessment_id"]
    why = "上报的“过程考核”即过程化考核,用词不同"
    review(year, date(2025, 7, 3), ("S6", mark), "dismissed", reason_=why)
    year.plant(40, "S6", mark, why, case="overturned")
    some = candidates(employee=6, other=2)
    session = hold(year, firm, date(2026, 1, 20), firm.scope[0], "5", candidates=some)
    certify(year, firm, session, 5)
    mark = session["assessment_id"]
    why = "两人为新型学徒,培养协议已核验"
    said = "2 名“其他”人员为新型学徒,附培养协议编号"
    answer(year, date(2026, 2, 10), ("S5", mark), firm.uscc, said)
    review(year, date(2026, 3, 5), ("S5", mark), "dismissed", reason_=why)
    year.plant(40, "S5", mark, why, case="overturned")


def _upheld(year: Year) -> None:
    for told, firm, code, why in (
        (date(2025, 4, 8), 20, "G1", "现场核实属实"),
        (date(2025, 3, 20), 3, "S1", "现场核实属实"),
        (date(2025, 6, 18), 41, "S8", "回执至今未发,企业已知悉"),
    ):
        mark = next(s.mark for s in year.specimens if (s.firm, s.code) == (firm, code))
        review(year, told, (code, mark), "upheld", reason_=why)
