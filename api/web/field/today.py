"""The list of the day as a phone takes it along: what it shows of it is said here, in words."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import orjson
from fastapi import APIRouter, Request, Response

from api.export.formats import JSON
from api.http.caller import Caller, Installed
from api.questions.visits import today
from api.web.frame.readers_language import choose
from api.words.language import Language, Words
from api.words.last_day import last_day
from api.words.words import VOCABULARY
from domain.terms.vocabulary import Datum
from projections.places.datum import to_wgs84

router = APIRouter(include_in_schema=False)

Json: TypeAlias = dict[str, Any]
Given: TypeAlias = Mapping[str, Any]


@router.get("/field/today")
def day(request: Request, house: Installed, actor: Caller) -> Response:
    """Return what an inspector takes along; every sentence of it in the reader's language."""
    members = today(house, actor).members
    said = _Said(choose(request, house.settings.lang))
    taken = {
        **{name: members[name] for name in _CARRIED},
        "limits": {
            "few": members["limits"]["inspectors_minimum"],
            "far": members["limits"]["visit_distance_m"],
        },
        "inspections": [said.inspection(one) for one in members["inspections"]],
        "enterprises": [said.enterprise(firm) for firm in members["enterprises"]],
    }
    headers = {"Cache-Control": "no-store", "Vary": "Cookie, Accept-Language"}
    return Response(orjson.dumps(taken), media_type=JSON, headers=headers)


_CARRIED = ("account", "role", "organisation", "complete", "self")


class _Said:
    """What is known, in one language."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language

    def words(self, zh: str, en: str) -> str:
        return Words(zh, en).speak(self.language)

    def named(self, vocabulary: str, value: object) -> str:
        return VOCABULARY[vocabulary][str(value)].speak(self.language)

    def inspection(self, one: Given) -> Json:
        names = ("inspection_id", "kind", "inspectors", "district", "uscc")
        firm = one["enterprise"]
        count = one["flags"]["count"]
        open_ones = len(one["findings"])
        told = {
            "about": f"{self.named('inspection', one['kind'])} · "
            + self.words(f"{one['dispatched_on']} 派出", f"dispatched {one['dispatched_on']}"),
            "known": self.words(
                f"已知情况：未结问题 {open_ones}，违规疑点 {count}",
                f"Known: open findings {open_ones}, breaches {count}",
            ),
            "facts": [
                (term, said or self.words("无", "none"))
                for term, said in [*(self._facts(firm) if firm else ()), *self._course(one)]
            ],
        }
        return {
            **{name: one[name] for name in names},
            "enterprise": None if firm is None else self.enterprise(firm),
            "told": told,
            "sessions": [
                (each["assessment_id"], f"{each['held_from']} {_occupation(each['occupation'])}")
                for each in one["sessions"]
            ],
            "venues": list(self._venues(one)),
        }

    def _venues(self, one: Given) -> Iterator[tuple[float, float, str]]:
        """Yield where the enterprise is known to be: longitude, latitude in WGS-84, what is there.

        A registered address is words; degrees stand in the premises of an application, and in the
        venues of sessions.
        """
        known = [
            (place, self.words("申报场地", "premises applied for")) for place in one["premises"]
        ]
        for session in one["sessions"]:
            about = self.words(f"{session['held_from']} 活动", f"session of {session['held_from']}")
            known.append((session["venue"] or {}, about))
        for place, about in known:
            if place.get("lon") and place.get("lat") and place.get("datum"):
                degrees = float(place["lon"]), float(place["lat"])
                yield (*to_wgs84(*degrees, Datum(place["datum"])), place["name"] or about)

    def enterprise(self, firm: Given) -> Json:
        names = ("uscc", "name", "district", "address")
        return {
            **{name: firm[name] for name in names},
            "standing": self._standing(firm),
            "scope": sorted({_occupation(item) for item in firm["scope"]}),
            "facts": self._facts(firm),
        }

    def _standing(self, firm: Given) -> str:
        standing = self.named("standing", firm["standing"])
        until = last_day(firm["valid_to"])
        return (
            f"{standing} · " + self.words(f"有效期至 {until}", f"until {until}")
            if until
            else standing
        )

    def _facts(self, firm: Given) -> list[tuple[str, str | list[str]]]:
        scope = [
            _occupation(item)
            + self.words("：", ": ")
            + "、".join(self.named("level", each) for each in item["levels"])
            for item in firm["scope"]
        ]
        return [
            (self.words("登记地址", "Registered address"), firm["address"] or ""),
            (self.words("名单状态", "Standing"), self._standing(firm)),
            (self.words("确认范围", "Confirmed scope"), scope),
        ]

    def _course(self, one: Given) -> list[tuple[str, str | list[str]]]:
        return [
            (
                self.words("计划活动", "Planned sessions"),
                [
                    f"{each['planned_on']} {_occupation(each['occupation'])} · {each['headcount']}"
                    for each in one["planned"]
                ],
            ),
            (
                self.words("近期活动", "Latest sessions"),
                [
                    f"{each['held_from']} {_occupation(each['occupation'])} "
                    f"{self.named('level', each['level'])} · {each['assessment_id']}"
                    for each in one["sessions"]
                ],
            ),
            (
                self.words("未结问题", "Open findings"),
                [
                    f"{self.named('severity', each['severity'])} · {each['statement']}"
                    for each in one["findings"]
                ],
            ),
            (
                self.words("违规疑点", "Breaches"),
                [
                    f"{each['code']} {each['valid_at']} {each['message'][self.language]}"
                    for each in one["flags"]["items"]
                ],
            ),
        ]


def _occupation(item: Given) -> str:
    return f"{item['name']}({item['trade']})" if item["trade"] else str(item["name"])
