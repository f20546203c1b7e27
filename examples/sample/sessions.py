"""Sessions and their certificates: ordinary ones, and the means to hold a particular one."""

from datetime import date
from typing import Any, TypeAlias

from examples.sample.firms import Firm
from examples.sample.lines import reporter
from examples.sample.numbers import certificate_number, identity_number
from examples.sample.words import person_name
from examples.sample.year import Year, days

Json: TypeAlias = dict[str, Any]

CATEGORIES = ("employee", "dispatched", "student", "apprentice", "other")
ALL_PARTS = ("projects", "problems", "innovation", "teaching")
GROUND = {"kind": "contribution", "text": "突出贡献", "document_no": "示例评审 1 号"}
"""What an ordinary direct certification rests on."""
UPLOADED_MONTHS = (10, 11)
"""Sessions of these months in 2024 and 2025 send their certificates as a sheet."""


def venue(year: Year, firm: Firm) -> Json:
    """Return a place in the enterprise's district, told more or less exactly."""
    district = firm.district
    place: Json = {
        "name": "技能评价中心",
        "address": district.address(year.chance.randrange(1, 400)),
        "division": district.division,
    }
    if year.chance.random() < 0.6:
        place["lon"] = round(district.lon + year.chance.uniform(-0.01, 0.01), 5)
        place["lat"] = round(district.lat + year.chance.uniform(-0.01, 0.01), 5)
        place["datum"] = year.chance.choice(("WGS-84", "WGS-84", "GCJ-02", "CGCS2000"))
        place["accuracy_m"] = year.chance.choice((10, 20, 35))
    return place


def headcount(year: Year) -> Json:
    """Return candidates by category."""
    people = dict.fromkeys(CATEGORIES, 0)
    people["employee"] = year.chance.randrange(6, 12)
    people["dispatched"] = year.chance.choice((0, 0, 0, 1, 2))
    people["apprentice"] = year.chance.choice((0, 0, 1))
    return people


def hold(year: Year, firm: Firm, day: date, occupation: Json, level: str, **changes: Any) -> Json:  # noqa: ANN401 - JSON
    """Let a session be held on `day` and told three days later (or on `told`); return its data."""
    told: date = changes.pop("told", day + days(3))
    method = changes.pop("method", "examination")
    session: Json = {
        "assessment_id": year.session_id(day.year),
        "uscc": firm.uscc,
        "occupation": {name: occupation[name] for name in ("edition", "code", "name", "trade")},
        "level": level,
        "method": method,
        "mode": "on_site",
        "held_from": day.isoformat(),
        "held_to": day.isoformat(),
        "venue": venue(year, firm),
        "candidates": headcount(year),
        "assessors": [f"考评员{firm.number}甲", f"考评员{firm.number}乙"],
        "quality_staff": [f"内控员{firm.number}丙"],
    } | changes
    if session["mode"] != "on_site":
        session["venue"] = None
    mark = session["assessment_id"]
    year.say(day, told, "AssessmentHeld", reporter(firm.uscc), mark=mark, **session)
    return session


def award(year: Year, firm: Firm, session: Json, day: date, **changes: Any) -> Json:  # noqa: ANN401 - JSON
    """Return one certificate of a session, issued on `day` to somebody new."""
    level = str(changes.get("level", session["level"]))
    person = changes.pop("person", None) or year.person()
    serial = firm.next_number(day.year, level)
    content = {"content": list(ALL_PARTS)} if level in {"1", "2"} else {}
    chance = year.chance
    return {
        "certificate_no": certificate_number(990000 + firm.number, day, level, serial),
        "assessment_id": session["assessment_id"],
        "issuer_uscc": firm.uscc,
        "occupation": session["occupation"],
        "level": level,
        "holder": {
            "name": person_name(person),
            "id_type": "201",
            "id_no": identity_number(person),
            "category": changes.pop("category", "employee"),
        },
        "results": {
            "theory": chance.randrange(60, 98),
            "practice": chance.randrange(60, 98),
            **content,
            **({"ground": GROUND} if session["method"] == "direct" else {}),
        },
        "issued_on": day.isoformat(),
    } | changes


def issue(year: Year, firm: Firm, certificate: Json, *, told: date | None = None) -> str:
    """Let a certificate be reported; return the name of its record."""
    day = date.fromisoformat(certificate["issued_on"])
    mark = str(certificate["certificate_no"])
    if mark in year.marks:
        mark += "#2"
    year.marks[mark] = 0
    year.say(day, told or day, "CertificateIssued", reporter(firm.uscc), mark=mark, **certificate)
    return mark


def certify(year: Year, firm: Firm, session: Json, number: int, **changes: Any) -> list[str]:  # noqa: ANN401 - JSON
    """Let `number` ordinary certificates be issued twenty days after the session."""
    day: date = changes.pop("day", date.fromisoformat(session["held_to"]) + days(20))
    told: date | None = changes.pop("told", None)
    return [
        issue(year, firm, award(year, firm, session, day, **changes), told=told)
        for _ in range(number)
    ]


def ordinary_sessions(year: Year, firm: Firm) -> None:
    """Let an enterprise hold sessions as it should, about three a year."""
    day = firm.busy_from + days(22 + year.chance.randrange(60))
    while day < firm.busy_to:
        if day.month == 1 and day.day < 12:  # the plan of the year is filed first
            day += days(15)
        ordinary_session(year, firm, day)
        day += days(year.chance.randrange(82, 120))


def ordinary_session(year: Year, firm: Firm, day: date) -> None:
    """Let one session be held that breaks no rule, with a certificate for most candidates."""
    item = year.chance.choice(firm.scope)
    level = year.chance.choice(item["levels"])
    mode, method = "on_site", year.chance.choice(firm.methods)
    if method == "performance" and year.chance.random() < 0.5:
        mode, method = "no_session", "direct"
    elif level in {"5", "4"} and year.chance.random() < 0.1:
        mode = "online"
    session = hold(
        year,
        firm,
        day,
        item,
        level,
        method=firm.own_method if method == "own" else method,
        mode=mode,
    )
    number = sum(session["candidates"].values()) - year.chance.choice((0, 1, 1, 2))
    by_sheet = day.month in UPLOADED_MONTHS and day.year < 2026 and level in {"5", "4", "3"}
    if by_sheet and firm.number % 2 == 1:
        year.upload += [award(year, firm, session, day + days(20)) for _ in range(number)]
        return
    certify(year, firm, session, number)
