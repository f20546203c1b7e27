"""Planted: R1, C1, C2, C3 and T1, certificates that should not have been issued like this."""

from datetime import date
from typing import Any

from examples.sample import occupations as o
from examples.sample.firms import Firm
from examples.sample.lines import CENTRE, reporter
from examples.sample.numbers import certificate_number, uscc
from examples.sample.planted_conduct import candidates
from examples.sample.sessions import award, certify, hold, issue
from examples.sample.year import Year, days


def plant(year: Year) -> None:
    """Plant all of this module."""
    _issuers(year)
    _numbers(year)
    _duplicates(year)
    _too_many(year)
    _content(year)
    _uploaded_content(year)
    _replaced(year)


def _one(year: Year, firm: Firm, day: date, **changes: Any) -> str:  # noqa: ANN401 - JSON
    """Let a session be held with good certificates and one that is not; return the name of the latter."""
    session = hold(year, firm, day, firm.scope[0], "4")
    certify(year, firm, session, 3)
    return issue(year, firm, award(year, firm, session, day + days(20), **changes))


def _issuers(year: Year) -> None:
    firm = year.firms[27]
    mark = _one(year, firm, date(2024, 12, 10), issuer_uscc=year.firms[28].uscc)
    year.plant(27, "R1", mark, "由另一家名单内企业发证")
    mark = _one(year, firm, date(2025, 7, 8), issuer_uscc=uscc("927", "110114"))
    year.plant(27, "R1", mark, "由一家未登记的单位发证")
    day = date(2025, 12, 9)
    session = hold(year, firm, day, firm.scope[0], "5")
    year.upload += [award(year, firm, session, day + days(20)) for _ in range(4)]
    foreign = award(year, firm, session, day + days(20), issuer_uscc=year.firms[28].uscc)
    year.upload.append(foreign)
    year.plant(27, "R1", foreign["certificate_no"], "上传表中发证机构与评价机构不同")


def _numbers(year: Year) -> None:
    firm = year.firms[29]
    institution = 990000 + firm.number
    for day, number, why in (
        (
            date(2025, 4, 22),
            certificate_number(institution, date(2024, 5, 12), "4", 901),
            "编号年份 24,发证在 2025 年",
        ),
        (
            date(2025, 9, 30),
            certificate_number(institution, date(2025, 10, 20), "3", 902),
            "编号等级位 3,证书为四级",
        ),
        (
            date(2026, 3, 31),
            "S" + certificate_number(institution, date(2026, 4, 20), "4", 903)[1:],
            "编号类别 S,发证的是企业",
        ),
    ):
        year.plant(29, "C1", _one(year, firm, day, certificate_no=number), why)
    for day, number in ((date(2025, 2, 11), "JS-2025-00017"), (date(2026, 7, 14), "BJ202607123")):
        mark = _one(year, firm, day, certificate_no=number)
        year.plant(29, "C1", mark, "编号不是已知的格式", verdict="undecided")


def _duplicates(year: Year) -> None:
    firm = year.firms[30]
    day = date(2025, 4, 29)
    session = hold(year, firm, day, firm.scope[0], "4", candidates=candidates(employee=9))
    first = certify(year, firm, session, 3)[0]
    mark = issue(year, firm, award(year, firm, session, day + days(21), certificate_no=first))
    year.plant(30, "C2", mark, "同一编号发给两人")
    person = year.person()
    for day in (date(2025, 8, 12), date(2026, 4, 21)):
        session = hold(year, firm, day, firm.scope[0], "5")
        certify(year, firm, session, 3)
        mark = issue(year, firm, award(year, firm, session, day + days(20), person=person))
    year.plant(30, "C2", mark, "同一人的同一职业同一等级发了两本证书")


def _too_many(year: Year) -> None:
    firm = year.firms[32]
    for day, people, number in ((date(2025, 3, 27), 4, 6), (date(2026, 5, 26), 5, 6)):
        some = candidates(employee=people)
        session = hold(year, firm, day, o.ROBOT_OPERATOR, "4", candidates=some)
        certify(year, firm, session, number)
        why = f"考生 {people} 人,发证 {number} 本"
        year.plant(32, "C3", session["assessment_id"], why, case="now_not_then")
    day = date(2025, 10, 15)
    some = candidates(employee=4)
    session = hold(year, firm, day, o.ROBOT_OPERATOR, "3", candidates=some)
    extra = certify(year, firm, session, 5)[-1]
    why = "考生 4 人,发证 5 本;多发的一本后来撤销"
    year.plant(32, "C3", session["assessment_id"], why, verdict="clear", case="now_not_then")
    revoked = day + days(45)
    year.say(
        revoked,
        revoked,
        "CertificateRevoked",
        CENTRE,  # its own revocation would acquit the enterprise of nothing
        certificate_no=extra,
        reason="经核实持证人未参加考核",
    )


def _content(year: Year) -> None:
    firm = year.firms[32]
    for day, parts, why in (
        (date(2024, 11, 20), ["projects"], "技师考评只有技术项目"),
        (date(2025, 7, 22), [], "技师考评内容四项全缺"),
    ):
        session = hold(year, firm, day, o.ROBOT_CARE, "2")
        certify(year, firm, session, 2)
        results = {"theory": 78, "practice": 81, "content": parts}
        mark = issue(year, firm, award(year, firm, session, day + days(20), results=results))
        year.plant(32, "T1", mark, why)


def _uploaded_content(year: Year) -> None:
    firm = year.firms[33]
    for day, level in ((date(2024, 10, 29), "2"), (date(2025, 11, 4), "1")):
        session = hold(year, firm, day, o.LIFTS, level)
        for _ in range(2):
            uploaded = award(year, firm, session, day + days(20))
            year.upload.append(uploaded)
            year.plant(
                33,
                "T1",
                uploaded["certificate_no"],
                "证书以表格上传,表中没有考评内容",
                verdict="undecided",
            )


def _replaced(year: Year) -> None:
    """A certificate that was reissued as it should: nothing to flag."""
    firm = year.firms[28]
    day = date(2025, 6, 17)
    session = hold(year, firm, day, firm.scope[0], "4")
    number = certify(year, firm, session, 4)[0]
    later = day + days(60)
    serial = firm.next_number(later.year, "4")
    year.say(
        later,
        later,
        "CertificateReissued",
        reporter(firm.uscc),
        certificate_no=number,
        new_certificate_no=certificate_number(990000 + firm.number, later, "4", serial),
        reason="证书遗失补发",
    )
