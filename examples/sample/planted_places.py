"""Planted: G1 and G2, sessions outside Beijing, at places that cannot be decided, and with contradictory evidence."""

from datetime import date

from examples.sample.occupations import Json
from examples.sample.sessions import certify, hold
from examples.sample.year import Year

YANJIAO: Json = {
    "name": "燕郊培训基地",
    "address": "河北省三河市燕郊镇示例大街8号",
    "division": "131082",
}
ZHUOZHOU: Json = {
    "name": "外训点",
    "lon": 115.98013,
    "lat": 39.48021,
    "datum": "WGS-84",
    "accuracy_m": 20,
}
ON_THE_LINE: Json = {
    "name": "河边实训场",
    "lon": 116.77013,
    "lat": 39.95011,
    "datum": "WGS-84",
    "accuracy_m": 20,
}
NO_DATUM: Json = {"name": "实训场", "lon": 116.76013, "lat": 39.95011, "accuracy_m": 20}


def _held(year: Year, number: int, day: date, venue: Json | None) -> str:
    firm = year.firms[number]
    session = hold(year, firm, day, firm.scope[0], "4", venue=venue)
    certify(year, firm, session, 3)
    return str(session["assessment_id"])


def plant(year: Year) -> None:
    """Plant all of this module."""
    mark = _held(year, 20, date(2025, 3, 18), YANJIAO)
    year.plant(20, "G1", mark, "在河北省三河市燕郊镇认定")
    mark = _held(year, 25, date(2026, 6, 9), ZHUOZHOU)
    year.plant(25, "G1", mark, "只报了坐标,坐标在河北省涿州市")
    for day in (date(2025, 2, 25), date(2025, 6, 24)):
        mark = _held(year, 22, day, None)
        year.plant(22, "G1", mark, "现场认定而未报地点", verdict="undecided")
    for day in (date(2025, 11, 18), date(2026, 3, 24)):
        mark = _held(year, 22, day, ON_THE_LINE)
        why = "坐标离市界约 70 米,小于界线误差"
        year.plant(22, "G1", mark, why, verdict="undecided")
    for day in (date(2026, 5, 12), date(2026, 8, 18)):
        mark = _held(year, 22, day, NO_DATUM)
        why = "坐标未写明坐标系,离市界不足 1 公里"
        year.plant(22, "G1", mark, why, verdict="undecided")
    _contradictory(year)


def _contradictory(year: Year) -> None:
    venue = {"division": "110105", "lon": 116.82013, "lat": 39.95011, "datum": "WGS-84"}
    mark = _held(year, 20, date(2025, 8, 26), venue)
    year.plant(20, "G2", mark, "区划代码为朝阳区,坐标在河北省三河市")
    venue = {"division": "131003", "address": "北京市房山区示例大街6号"}
    mark = _held(year, 25, date(2025, 10, 28), venue)
    year.plant(25, "G1", mark, "区划代码 131003 在河北省廊坊市")
    year.plant(25, "G2", mark, "区划代码在河北省,地址却写北京市房山区")
