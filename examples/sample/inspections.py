"""Draws, dispatches and spot checks: most as they should be, some that break the procedure (Q1)."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

from domain.inspection.draw import commitment
from examples.sample.firms import Firm
from examples.sample.lines import inspector, supervisor
from examples.sample.numbers import card_number, digest
from examples.sample.year import Year, days

Json: TypeAlias = dict[str, Any]

KINDS = ("现场督导", "日常监督检查", "专项督导", "线上督导", "投诉举报核查")
_CHECKLIST = (
    ("考场视频监控", "是", "是/否"),
    ("考评人员持证上岗", "是", "是/否"),
    ("考生身份核验", "是", "是/否"),
    ("评分记录完整", "4", "1–5"),
    ("设备设施完好", "5", "1–5"),
)


def inspectors(firm: Firm, *, city: bool = False) -> list[Json]:
    """Return two inspectors of the enterprise's district (or of the centre), with card and recusal statement."""
    of = "city" if city else firm.district.code
    first = 1 if city else 10 + 2 * firm.number
    return [
        {
            "account": f"supervisor-{k}" if city else f"inspector-{of}-{k}",
            "name": f"示例督导{first + k}",
            "card_no": card_number(first + k),
            "recusal_declared": False,
        }
        for k in (1, 2)
    ]


@dataclass(slots=True, kw_only=True)
class Visit:
    """One inspection: where, when, by whom, and what is odd about it."""

    inspection_id: str
    firm: Firm
    day: date
    kind: str
    city: bool = False
    sent: list[Json] = field(default_factory=list)
    seen_by: list[Json] = field(default_factory=list)
    offline: bool = False
    refused: bool = False
    answers: dict[str, str] = field(default_factory=dict)
    note: str | None = None
    seen: Json = field(default_factory=dict)
    named: bool = True
    """Whether it names the session that the enterprise told of last."""


def visit(year: Year, of: Visit) -> None:
    """Let inspectors be dispatched and their spot check be recorded, later where they were offline."""
    firm, team = of.firm, inspectors(of.firm, city=of.city)
    actor = supervisor() if of.city else inspector(firm.district.code)
    about: Json = {"inspection_id": of.inspection_id, "kind": of.kind, "uscc": firm.uscc}
    year.say(
        of.day - days(1),
        of.day - days(1),
        "InspectionDispatched",
        actor,
        mark=f"{of.inspection_id}/dispatch",
        **about,
        district=firm.district.code,
        inspectors=of.sent or team,
    )

    def seen() -> None:
        year.tell(
            of.day,
            "SpotCheckRecorded",
            actor,
            mark=f"{of.inspection_id}/spot",
            **about,
            **_seen(year, of),
            inspectors=of.seen_by or team,
        )

    year.on(of.day + days(6 if of.offline else 1), seen)


def _seen(year: Year, of: Visit) -> Json:
    """Return what was seen, and of which session where the visit names one."""
    firm = of.firm
    held = [s for s in year.trial.sessions(firm.uscc) if s.held_from <= of.day]
    session = {"assessment_id": held[-1].assessment_id} if held and of.named else {}
    return {
        **session,
        **({} if of.refused else {"unit_statement": "情况属实。"}),
        "district": firm.district.code,
        "captured_at": f"{of.day}T09:{year.chance.randrange(10, 59)}:00+08:00",
        "place": _place(year, firm),
        "device_id": f"pad-{firm.district.code}-{firm.number % 3 + 1}",
        "offline": of.offline,
        "checklist": _checklist(of),
        "evidence": _evidence(year, of),
        "signature_refused": of.refused,
        **({"seen": of.seen} if of.seen else {}),
    }


def _place(year: Year, firm: Firm) -> Json:
    return {
        "address": firm.district.address(firm.number),
        "division": firm.district.division,
        "lon": round(firm.district.lon + year.chance.uniform(-0.005, 0.005), 5),
        "lat": round(firm.district.lat + year.chance.uniform(-0.005, 0.005), 5),
        "datum": "GCJ-02",
        "accuracy_m": 15,
    }


def _checklist(of: Visit) -> list[Json]:
    notes = {"note": of.note} if of.note else {}
    return [
        {"item": item, "value": of.answers.get(item, value), "scale": scale}
        | (notes if item in of.answers else {})
        for item, value, scale in _CHECKLIST
    ]


def _evidence(year: Year, of: Visit) -> list[Json]:
    return [
        {
            "sha256": digest(f"{of.inspection_id} {number}"),
            "media_type": "image/jpeg",
            "file_name": f"{of.inspection_id}-{number}.jpg",
            "captured_at": f"{of.day}T10:{10 + number}:00+08:00",
        }
        for number in range(1, 2 + year.chance.randrange(2))
    ]


def ordinary_visits(year: Year) -> None:
    """Let every third enterprise be looked at once or twice, without anything to complain of."""
    number = 0
    for firm in year.firms.values():
        if firm.number % 3 or firm.busy_to < date(2025, 6, 1):
            continue
        day = firm.busy_from + days(100 + 3 * firm.number)
        while day < date(2026, 10, 20):
            number += 1
            year_visit = Visit(
                inspection_id=f"ins-{day.year}-{number:03d}",
                firm=firm,
                day=day,
                kind=KINDS[number % len(KINDS)],
                city=number % 4 == 0,
                offline=number % 3 == 0,
            )
            visit(year, year_visit)
            day += days(380)


def planted_visits(year: Year) -> None:
    """Plant Q1, and the visits that findings rest on."""
    firm = year.firms[20]
    one, other = inspectors(firm)
    silent = {k: v for k, v in other.items() if k != "recusal_declared"}
    cardless = {k: v for k, v in other.items() if k != "card_no"}
    declared = other | {"recusal_declared": True}
    odd: tuple[tuple[str, date, Json, str, str, str], ...] = (
        ("ins-q1-01", date(2025, 9, 3), {"sent": [one]}, "dispatch", "breach", "只派出 1 名督导员"),
        ("ins-q1-02", date(2025, 11, 5), {"seen_by": [one, cardless]}, "spot", "breach", "一名督导员没有证号"),
        ("ins-q1-03", date(2026, 2, 4), {"seen_by": [one, silent]}, "spot", "breach", "一名督导员没有回避声明"),
        ("ins-q1-04", date(2026, 4, 8), {"seen_by": [one, declared]}, "spot", "breach", "一人声明有回避事由而未回避"),
        ("ins-q1-05", date(2026, 6, 3), {"sent": [one, silent]}, "dispatch", "breach", "派出时一人没有回避声明"),
    )  # fmt: skip
    for name, day, changes, record, verdict, why in odd:
        visit(year, Visit(inspection_id=name, firm=firm, day=day, kind=KINDS[0], **changes))
        year.plant(20, "Q1", f"{name}/{record}", why, verdict=verdict)
    _grave_visits(year)


def _grave_visits(year: Year) -> None:
    visit(
        year,
        Visit(
            inspection_id="ins-2024-909",
            firm=year.firms[9],
            day=date(2024, 12, 18),
            kind="投诉举报核查",
            refused=True,
            answers={"评分记录完整": "1"},
            note="三场活动没有评分表;负责人拒绝签字",
        ),
    )
    visit(
        year,
        Visit(
            inspection_id="ins-2024-911",
            firm=year.firms[11],
            day=date(2024, 12, 20),
            kind="专项督导",
            city=True,
            answers={"评分记录完整": "1", "考生身份核验": "否"},
            note="成绩系事后补填",
        ),
    )


def draws(year: Year) -> None:
    """Commit to a draw and carry it out a week later, twice; visit who was drawn."""
    for number, day in ((1, date(2025, 5, 6)), (2, date(2026, 5, 6))):
        _draw(year, f"draw-{day.year}-{number}", day)


def _draw(year: Year, draw_id: str, day: date) -> None:
    seed = f"示例种子 {draw_id} {digest(draw_id)[:16]}"
    listed = [f for f in year.firms.values() if f.batch.published_on < day and f.busy_to > day]
    body: Json = {
        "draw_id": draw_id,
        "pool": {
            "enterprises": [firm.uscc for firm in listed],
            "inspectors": [f"supervisor-{k}" for k in range(1, 7)],
        },
        "sample": {"enterprises": 4, "inspectors": 2},
        "seed_commitment": commitment(seed),
    }
    year.say(day, day, "InspectionDrawn", supervisor(), **body)

    def reveal() -> None:
        told = day + days(7)
        entry = year.tell(told, "InspectionDrawn", supervisor(), **body, seed=seed)[0]
        by_uscc = {firm.uscc: firm for firm in listed}
        team = [_drawn_inspector(account) for account in entry.event.drawn.inspectors]
        for place, code in enumerate(entry.event.drawn.enterprises, 1):
            visit(
                year,
                Visit(
                    inspection_id=f"ins-{draw_id}-{place}",
                    firm=by_uscc[code],
                    day=told + days(3 + 2 * place),
                    kind="双随机抽查",
                    city=True,
                    sent=team,
                    seen_by=team,
                ),
            )

    year.on(day + days(7), reveal)


def _drawn_inspector(account: str) -> Json:
    number = int(account[-1])
    return {
        "account": account,
        "name": f"示例督导{number}",
        "card_no": card_number(number),
        "recusal_declared": False,
    }
