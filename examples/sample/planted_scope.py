"""Planted: S1 to S4, sessions outside the scope, of 准入类 and of unknown occupations."""

from datetime import date

from examples.sample import occupations as o
from examples.sample.sessions import award, certify, hold, issue
from examples.sample.year import Year, days


def _session(  # noqa: PLR0913, PLR0917 - enterprise, day, what, level, certificates
    year: Year, firm: int, day: date, what: o.Json, level: str, number: int = 3
) -> str:
    session = hold(year, year.firms[firm], day, what, level)
    certify(year, year.firms[firm], session, number)
    return str(session["assessment_id"])


def plant(year: Year) -> None:
    """Plant all of this module."""
    _outside(year)
    _other_editions(year)
    _levels(year)
    _access_controlled(year)
    _unpublished(year)


def _outside(year: Year) -> None:
    mark = _session(year, 3, date(2024, 9, 10), o.COOK, "5")
    year.plant(3, "S1", mark, "汽车企业认定中式烹调师,该职业从未确认")
    mark = _session(year, 6, date(2025, 5, 20), o.LIFTS, "4")
    year.plant(6, "S1", mark, "机床企业认定电梯安装维修工,该职业从未确认")
    for day in (date(2025, 3, 4), date(2026, 3, 10)):
        mark = _session(year, 44, day, o.WATERPROOFING, "5")
        why = "确认范围限于屋面防水工,记录未写明工种"
        year.plant(44, "S1", mark, why, verdict="undecided")


def _other_editions(year: Year) -> None:
    for firm, day, what in (
        (3, date(2025, 3, 12), o.CAR_REPAIR),
        (6, date(2024, 6, 18), o.LATHE),
    ):
        mark = _session(year, firm, day, {**what, "edition": "2015"}, "4")
        why = "记录按2015年版大典,确认范围按2022年版,两版没有对应关系"
        year.plant(firm, "S1", mark, why, verdict="undecided")
        year.plant(firm, "S4", mark, "2015年版大典未收录,无法核对", verdict="undecided")
    mark = _session(year, 44, date(2025, 10, 20), {**o.TEA, "name": "茶艺员"}, "5")
    year.plant(44, "S1", mark, "编码是茶艺师的,名称写作茶艺员", verdict="undecided")
    year.plant(44, "S4", mark, "编码与名称不符", verdict="undecided")


def _levels(year: Year) -> None:
    firm = year.firms[6]
    mark = _session(year, 6, date(2024, 10, 15), o.FITTER, "1", 2)
    year.plant(6, "S2", mark, "装配钳工只确认到二级,认定了一级")
    mark = _session(year, 6, date(2025, 6, 10), o.LATHE, "2", 2)
    year.plant(6, "S2", mark, "车工只确认到三级,认定了二级")
    day = date(2025, 9, 24)
    session = hold(year, firm, day, o.LATHE, "3")
    certify(year, firm, session, 3)
    mark = issue(year, firm, award(year, firm, session, day + days(20), level="1"))
    year.plant(6, "S2", mark, "活动为车工三级,证书却写一级,该等级未确认")
    year.plant(6, "R2", mark, "活动为车工三级,证书却写一级:与认定不符")


def _access_controlled(year: Year) -> None:
    for firm, day, what in (
        (8, date(2024, 11, 12), o.GUARD),
        (43, date(2025, 9, 16), o.FIRE_SYSTEMS),
    ):
        mark = _session(year, firm, day, what, "5", 4)
        year.plant(firm, "S3", mark, f"{what['name']}在2021年目录中为准入类")
        year.plant(firm, "S1", mark, f"{what['name']}不在确认范围内")
    for day, level in ((date(2025, 9, 2), "5"), (date(2026, 4, 14), "4")):
        mark = _session(year, 46, day, o.WELDER, level)
        why = "焊工仅核安全设备焊接为准入类,记录未写明工种"
        year.plant(46, "S3", mark, why, verdict="undecided")


def _unpublished(year: Year) -> None:
    for day, what in (
        (date(2025, 4, 8), o.occupation("4-99-99-01", "星际导游员")),
        (date(2026, 2, 24), o.occupation("4-99-99-02", "时空快递员")),
    ):
        mark = _session(year, 43, day, what, "5", 2)
        year.plant(43, "S4", mark, f"大典和新职业中没有{what['name']}")
        year.plant(43, "S1", mark, f"{what['name']}不在确认范围内")
