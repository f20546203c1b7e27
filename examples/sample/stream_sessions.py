"""Sessions of a stream with their certificates, and what now and then follows from them."""

import random
from collections import deque
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, TypeAlias

import orjson

from examples.sample import occupations as o
from examples.sample.lines import CENTRE, CONFIRMER, inspector, line, reporter
from examples.sample.numbers import (
    PEOPLE_PER_BIRTHDAY,
    birthday_head,
    card_number,
    check_digit,
    digest,
    uscc,
    weight,
)
from examples.sample.stream_firms import StreamFirm, text
from examples.sample.words import NAMES, person_name

Json: TypeAlias = dict[str, Any]

PROBLEM_EVERY = 33
CORRECTED_EVERY = 97
CORRECTED_AFTER = 4
"""How many other wrong divisions are reported before one is noticed: it takes thousands of entries."""
INSPECTED_EVERY = 41
FOUND_EVERY = 389
WIDENED_EVERY = 211
REVOKED_EVERY = 173
PROBLEMS = ("S1", "S2", "S5", "S9", "G1", "R1", "C1", "T1")
_NAMES = [person_name(person) for person in range(NAMES)]
_SERIALS = [(f"{n:03d}", weight(f"{n:03d}", 14)) for n in range(PEOPLE_PER_BIRTHDAY + 1)]
_OUTSIDE = uscc("X01", series="MA0EY")


@lru_cache(maxsize=2)
def _birthday(day: int) -> tuple[str, int]:
    head = birthday_head(day)
    return head, weight(head)


class Clerk:
    """Writes sessions; knows how many entries there are and who was seen."""

    def __init__(self, chance: random.Random, position: int) -> None:
        self.chance = chance
        self.position = position
        """The position of the last entry before the next session."""
        self.number = 0
        self.people = 0
        self.wrong: deque[tuple[int, str]] = deque()
        """Sessions with a wrong division that nobody has noticed yet: position and right division."""
        self.last: tuple[StreamFirm, str, date] | None = None
        """The certificate that was issued last, by whom and when."""

    def session(self, firm: StreamFirm, day: date) -> tuple[list[bytes], int]:
        """Return the lines of the next session, certificates last, and how many of these there are."""
        self.number += 1
        problem = ""
        if self.number % PROBLEM_EVERY == 0:
            problem = PROBLEMS[self.number // PROBLEM_EVERY % len(PROBLEMS)]
        held, number = self._held(firm, day, problem)
        lines = [text(line("AssessmentHeld", day, reporter(firm.uscc), **held))]
        lines += (text(one) for one in self._beside(firm, day, held))
        return lines + self._certificates(firm, day, held, number, problem), number

    def _held(self, firm: StreamFirm, day: date, problem: str) -> tuple[Json, int]:
        chance = self.chance
        item = firm.scope[chance.randrange(len(firm.scope))]
        level = item["levels"][chance.randrange(len(item["levels"]))]
        what = {name: item[name] for name in ("edition", "code", "name", "trade")}
        if problem == "S1":
            what = o.CHEMISTRY
        if problem in {"S2", "T1"}:
            level = "1"
        people = chance.randrange(20, 61)
        held: Json = {
            "assessment_id": f"as-{self.number:08d}",
            "uscc": firm.uscc,
            "occupation": what,
            "level": level,
            "method": "examination",
            "mode": "on_site",
            "held_from": day.isoformat(),
            "held_to": day.isoformat(),
            "venue": _venue(firm, chance, outside=problem == "G1"),
            "candidates": {
                "employee": people,
                "dispatched": 2,
                "student": 0,
                "apprentice": 1,
                "other": 2 if problem == "S5" else 0,
            },
            "assessors": ["考评员甲", "考评员乙"],
            "quality_staff": ["内控员丙"],
        }
        if self.number % CORRECTED_EVERY == 0:
            held["venue"]["division"] = "131082"
        if problem == "S9":
            held["unit_uscc"] = _OUTSIDE
        return held, people * chance.randrange(75, 100) // 100

    def _beside(self, firm: StreamFirm, day: date, held: Json) -> Iterator[Json]:
        """Yield what follows from the session and is told before its certificates."""
        number, at = self.number, self.position + 1
        if number % CORRECTED_EVERY == 0:
            self.wrong.append((at, firm.district.division))
        if len(self.wrong) > CORRECTED_AFTER:
            at, division = self.wrong.popleft()
            fields = {"venue.division": division}
            why = "区划代码录入错误"
            yield line("RecordCorrected", day, CENTRE, position=at, fields=fields, reason_=why)
        if number % INSPECTED_EVERY == 0:
            yield from _inspected(firm, day, held["assessment_id"], number)
        if number % FOUND_EVERY == 0:
            yield from _found(firm, day, held["assessment_id"], number)
        if number % REVOKED_EVERY == 0 and self.last is not None:
            issuer, certificate, issued = self.last
            why = "持证人未参加考核"
            told: Json = {"certificate_no": certificate, "reason": why}
            revoked = max(day, issued)  # the next session may come before the paper is out
            yield line("CertificateRevoked", revoked, reporter(issuer.uscc), **told)
        if number % WIDENED_EVERY == 0 and not firm.widened:
            firm.widened = True
            firm.scope.append(o.with_levels(o.TEA, "54"))
            change: Json = {"added": [o.with_levels(o.TEA, "54")], "removed": []}
            yield line("ScopeChanged", day, CONFIRMER, uscc=firm.uscc, **change, basis="增加职业")

    def _certificates(
        self, firm: StreamFirm, day: date, held: Json, number: int, problem: str
    ) -> list[bytes]:
        """Return one line a certificate. Nine of ten lines are made here: text, not dictionaries."""
        issued = day + timedelta(days=20)
        level = held["level"]
        key = f"{issued:%y}{level}"
        serial = firm.serials.get(key, 0)
        firm.serials[key] = serial + number
        year = f"{issued:%y}" if problem != "C1" else "19"
        head = (
            f'{{"type":"CertificateIssued","actor":{firm.actor},"data":{{'
            f'"assessment_id":"{held["assessment_id"]}",'
            f'"issuer_uscc":"{_OUTSIDE if problem == "R1" else firm.uscc}",'
            f'"occupation":{orjson.dumps(held["occupation"]).decode()},"level":"{level}",'
            f'"results":{_results(level, problem)},"issued_on":"{issued}",'
            f'"certificate_no":"Y000011{firm.number:06d}{year}{level}'
        )
        tail = '","category":"employee"}}}\n'
        lines: list[bytes] = []
        for person in range(self.people, self.people + number):
            serial += 1
            born, nth = divmod(person, PEOPLE_PER_BIRTHDAY)
            first, total = _birthday(born)
            last, more = _SERIALS[nth + 1]
            name, mark = _NAMES[person % NAMES], check_digit(total + more)
            lines.append(
                f'{head}{serial:06d}","holder":{{"name":"{name}","id_type":"201",'
                f'"id_no":"{first}{last}{mark}{tail}'.encode()
            )
        self.people += number
        self.last = (firm, f"Y000011{firm.number:06d}{year}{level}{serial:06d}", issued)
        return lines


def _results(level: str, problem: str) -> str:
    if level not in {"1", "2"}:
        return '{"theory":81,"practice":84}'
    parts = '["projects"]' if problem == "T1" else '["projects","problems","innovation","teaching"]'
    return f'{{"theory":81,"practice":84,"content":{parts}}}'


def _venue(firm: StreamFirm, chance: random.Random, *, outside: bool) -> Json:
    if outside:
        return {"name": "外训点", "address": "河北省三河市燕郊镇示例大街8号", "division": "131082"}
    district = firm.district
    return {
        "name": "技能评价中心",
        "address": district.address(chance.randrange(1, 400)),
        "division": district.division,
        "lon": round(district.lon + chance.uniform(-0.01, 0.01), 5),
        "lat": round(district.lat + chance.uniform(-0.01, 0.01), 5),
        "datum": "WGS-84",
        "accuracy_m": 20,
    }


def _inspected(firm: StreamFirm, day: date, session: str, number: int) -> Iterator[Json]:
    code = firm.district.code
    actor = inspector(code)
    team = [
        {
            "account": f"inspector-{code}-{k}",
            "name": f"示例督导{k}",
            "card_no": card_number(k),
            "recusal_declared": False,
        }
        for k in (1, 2)
    ]
    about: Json = {
        "inspection_id": f"ins-{number:08d}",
        "kind": "现场督导",
        "uscc": firm.uscc,
        "district": code,
        "inspectors": team[:1] if number % (3 * INSPECTED_EVERY) == 0 else team,
    }
    yield line("InspectionDispatched", day, actor, **about)
    yield line(
        "SpotCheckRecorded",
        day,
        actor,
        **about,
        assessment_id=session,
        captured_at=f"{day}T09:30:00+08:00",
        place={"division": firm.district.division},
        device_id=f"pad-{code}",
        offline=False,
        checklist=[{"item": "考场视频监控", "value": "是", "scale": "是/否"}],
        evidence=[_photo(session)],
        unit_statement="情况属实。",
        signature_refused=False,
    )


def _photo(session: str) -> Json:
    return {
        "sha256": digest(f"{session} photo"),
        "media_type": "image/jpeg",
        "file_name": f"{session}.jpg",
    }


def _found(firm: StreamFirm, day: date, session: str, number: int) -> Iterator[Json]:
    about: Json = {"finding_id": f"fd-{number:08d}"}
    actor = inspector(firm.district.code)
    what: Json = {
        "kind": "评分记录不全",
        "severity": "minor",
        "rule": "四",
        "statement": "缺一页评分表",
    }
    yield line("FindingRaised", day, actor, **about, uscc=firm.uscc, **what, assessments=[session])
    due = (day + timedelta(days=30)).isoformat()
    yield line("RectificationOrdered", day, actor, **about, requirement="补齐评分表", due_on=due)
    evidence: list[Json] = []
    yield line(
        "RectificationReported",
        day + timedelta(days=10),
        reporter(firm.uscc),
        **about,
        statement="已补齐",
        evidence=evidence,
    )
