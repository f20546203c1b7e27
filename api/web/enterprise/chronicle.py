"""The picture of an enterprise's days as a table: everything that it draws up to the day, the latest first."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from api.web.enterprise.picture import measure_in_words, plan_in_words, plan_path
from api.words.language import Words
from api.words.last_day import last_day
from api.words.phrasing import levels, occupation
from api.words.words import INSPECTIONS, LEVELS, SEVERITIES, STANDINGS


class Happening(NamedTuple):
    """One row: when, of which kind, what, where its record is, and what the checks say of it."""

    day: str
    kind: Words
    what: Words
    path: str | None = None
    verdict: str | None = None
    flags: Sequence[str] = ()


def chronicle(of: Mapping[str, Any], day: date) -> list[Happening]:
    """Return what a timeline (`GET /v1/enterprises/{uscc}/timeline`) tells of the days up to `day`."""
    upto = day.isoformat()
    every = [
        *_standings(of),
        *_scopes(of),
        *_sessions(of),
        *_issued(of),
        *_visits(of),
        *_findings(of),
        *_plans(of, upto),
    ]
    return sorted((each for each in every if each.day <= upto), key=_day_of, reverse=True)


def _day_of(each: Happening) -> tuple[str, str]:
    return each.day, each.path or ""


def _until(stretch: Mapping[str, Any]) -> Words:
    end = last_day(stretch["valid_to"])
    return Words(f"至 {end}", f"to {end}") if end else Words("起", "on")


def _standings(of: Mapping[str, Any]) -> Iterator[Happening]:
    for each in of["standings"]:
        if each["standing"] != "unlisted":
            name, until = STANDINGS[each["standing"]], _until(each)
            yield Happening(
                each["valid_from"],
                Words("名单", "Roster"),
                Words(f"{name.zh} {until.zh}", f"{name.en} {until.en}"),
                f"/enterprises/{of['uscc']}/history",
            )


def _scopes(of: Mapping[str, Any]) -> Iterator[Happening]:
    for row in of["occupations"]:
        for each in row["scope"]:
            name, until = occupation(row["occupation"]), _until(each)
            yield Happening(
                each["valid_from"],
                Words("确认范围", "Scope"),
                Words(
                    f"{name} {levels('zh', each['levels'])} {until.zh}",
                    f"{name} {levels('en', each['levels'])} {until.en}",
                ),
            )


def _sessions(of: Mapping[str, Any]) -> Iterator[Happening]:
    for row in of["occupations"]:
        name = occupation(row["occupation"])
        for each in row["sessions"]:
            level = LEVELS[each["level"]]
            yield Happening(
                each["held_from"],
                Words("认定", "Session"),
                Words(f"{name} {level.zh}", f"{name} {level.en}"),
                f"/assessments/{each['assessment_id']}",
                each["verdict"],
                each["flags"],
            )


def _issued(of: Mapping[str, Any]) -> Iterator[Happening]:
    for each in of["certificates"]:
        number = each["certificates"]
        yield Happening(
            f"{each['month']}-01",
            Words("发证", "Certificates"),
            Words(f"全月 {number} 本", f"{number} in the whole month"),
            f"/enterprises/{of['uscc']}/certificates",
        )


def _visits(of: Mapping[str, Any]) -> Iterator[Happening]:
    for each in of["inspections"]:
        kind = INSPECTIONS.get(each["kind"], Words(each["kind"], each["kind"]))
        yield Happening(
            each["dispatched_on"],
            Words("派出督导", "Inspectors sent"),
            Words(f"{kind.zh} {each['inspection_id']}", f"{kind.en} {each['inspection_id']}"),
            f"/inspections/{each['inspection_id']}",
        )
    for each in of["spot_checks"]:
        yield Happening(
            each["seen_on"],
            Words("现场督导", "Spot check"),
            Words(each["inspection_id"], each["inspection_id"]),
            f"/inspections/{each['inspection_id']}",
        )


def _findings(of: Mapping[str, Any]) -> Iterator[Happening]:
    for each in of["findings"]:
        name, path = each["finding_id"], f"/findings/{each['finding_id']}"
        weight = SEVERITIES[each["severity"]]

        def tell(day: str, zh: str, en: str, at: str = path, of: str = name) -> Happening:
            return Happening(day, Words("问题", "Finding"), Words(f"{of} {zh}", f"{of} {en}"), at)

        yield tell(
            each["raised_on"],
            f"提出：{each['kind']}（{weight.zh}）",
            f"raised: {each['kind']} ({weight.en})",
        )
        for order in each["orders"]:
            due = order["due_on"]
            yield tell(
                order["ordered"], f"责令整改，期限 {due}", f"ordered to be put right by {due}"
            )
            if order["reported"]:
                yield tell(order["reported"], "报告整改", "rectification reported")
            for late in order["overdue"]:
                until = last_day(late["effective_to"])
                yield tell(
                    late["effective_from"],
                    f"整改逾期{f'，至 {until}' if until else ''}",
                    f"rectification overdue{f' until {until}' if until else ''}",
                )
        if each["ended_on"]:
            yield tell(each["ended_on"], "终止", "ended")
        for measure in each["measures"]:
            said = measure_in_words(measure, each)
            yield Happening(measure["effective_from"], Words("措施", "Measure"), said, path)


def _plans(of: Mapping[str, Any], upto: str) -> Iterator[Happening]:
    for each in of["plans"]:
        first = f"{each['year']}-01-01"
        filed = each["filed_on"] if each["filed_on"] and each["filed_on"] <= upto else None
        yield Happening(
            max(first, filed or first),
            Words("计划与实际", "Plan"),
            plan_in_words(each),
            plan_path(of["uscc"], each),
        )
