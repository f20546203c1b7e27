"""The picture of an enterprise's days as a table: everything that it draws up to the day, the latest first."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from api.web.enterprise.picture import (
    issued_in_words,
    measure_in_words,
    plan_in_words,
    plan_path,
)
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


def chronicle(timeline: Mapping[str, Any], day: date) -> list[Happening]:
    """Return what a timeline (`GET /v1/enterprises/{uscc}/timeline`) tells of the days up to `day`."""
    upto = day.isoformat()
    every = [
        *_standings(timeline),
        *_scopes(timeline),
        *_sessions(timeline),
        *_issued(timeline, upto),
        *_visits(timeline),
        *_findings(timeline),
        *_plans(timeline, upto),
    ]
    return sorted((each for each in every if each.day <= upto), key=_day_of, reverse=True)


def _day_of(happening: Happening) -> tuple[str, str]:
    return happening.day, happening.path or ""


def _until(stretch: Mapping[str, Any]) -> Words:
    end = last_day(stretch["valid_to"])
    return Words(f"至 {end}", f"to {end}") if end else Words("起", "on")


def _standings(timeline: Mapping[str, Any]) -> Iterator[Happening]:
    for stretch in timeline["standings"]:
        if stretch["standing"] != "unlisted":
            name, until = STANDINGS[stretch["standing"]], _until(stretch)
            yield Happening(
                stretch["valid_from"],
                Words("名单", "Roster"),
                Words(f"{name.zh} {until.zh}", f"{name.en} {until.en}"),
                f"/enterprises/{timeline['uscc']}/history",
            )


def _scopes(timeline: Mapping[str, Any]) -> Iterator[Happening]:
    for row in timeline["occupations"]:
        for stretch in row["scope"]:
            name, until = occupation(row["occupation"]), _until(stretch)
            yield Happening(
                stretch["valid_from"],
                Words("确认范围", "Scope"),
                Words(
                    f"{name} {levels('zh', stretch['levels'])} {until.zh}",
                    f"{name} {levels('en', stretch['levels'])} {until.en}",
                ),
            )


def _sessions(timeline: Mapping[str, Any]) -> Iterator[Happening]:
    for row in timeline["occupations"]:
        name = occupation(row["occupation"])
        for session in row["sessions"]:
            level = LEVELS[session["level"]]
            yield Happening(
                session["held_from"],
                Words("认定", "Session"),
                Words(f"{name} {level.zh}", f"{name} {level.en}"),
                f"/assessments/{session['assessment_id']}",
                session["verdict"],
                session["flags"],
            )


def _issued(timeline: Mapping[str, Any], upto: str) -> Iterator[Happening]:
    for month in timeline["certificates"]:
        if month["certificates"]:
            yield Happening(
                f"{month['month']}-01",
                Words("发证", "Certificates"),
                issued_in_words(month, upto),
                f"/enterprises/{timeline['uscc']}/certificates",
            )


def _visits(timeline: Mapping[str, Any]) -> Iterator[Happening]:
    for visit in timeline["inspections"]:
        kind = INSPECTIONS.get(visit["kind"], Words(visit["kind"], visit["kind"]))
        yield Happening(
            visit["dispatched_on"],
            Words("派出督导", "Inspectors sent"),
            Words(f"{kind.zh} {visit['inspection_id']}", f"{kind.en} {visit['inspection_id']}"),
            f"/inspections/{visit['inspection_id']}",
        )
    for visit in timeline["spot_checks"]:
        yield Happening(
            visit["seen_on"],
            Words("现场督导", "Spot check"),
            Words(visit["inspection_id"], visit["inspection_id"]),
            f"/inspections/{visit['inspection_id']}",
        )


def _findings(timeline: Mapping[str, Any]) -> Iterator[Happening]:
    for finding in timeline["findings"]:
        name, path = finding["finding_id"], f"/findings/{finding['finding_id']}"
        weight = SEVERITIES[finding["severity"]]

        def tell(day: str, zh: str, en: str, at: str = path, about: str = name) -> Happening:
            return Happening(
                day, Words("问题", "Finding"), Words(f"{about} {zh}", f"{about} {en}"), at
            )

        yield tell(
            finding["raised_on"],
            f"提出：{finding['kind']}（{weight.zh}）",
            f"raised: {finding['kind']} ({weight.en})",
        )
        for order in finding["orders"]:
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
        if finding["ended_on"]:
            yield tell(finding["ended_on"], "终止", "ended")
        for measure in finding["measures"]:
            said = measure_in_words(measure, finding)
            yield Happening(measure["effective_from"], Words("措施", "Measure"), said, path)


def _plans(timeline: Mapping[str, Any], upto: str) -> Iterator[Happening]:
    for plan in timeline["plans"]:
        first = f"{plan['year']}-01-01"
        filed = plan["filed_on"] if plan["filed_on"] and plan["filed_on"] <= upto else None
        yield Happening(
            max(first, filed or first),
            Words("计划与实际", "Plan"),
            plan_in_words({**plan, "held_later": 0}, upto),
            plan_path(timeline["uscc"], plan),
        )
