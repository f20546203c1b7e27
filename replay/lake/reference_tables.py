"""The tables of reference: what the codes of the others mean, as known at the position."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from domain.checks import CHECKS
from domain.registry import EVENTS
from domain.terms.contents import SKILLS_CLASSES, Dictionary, NewOccupations
from domain.terms.reference import Edition, Reference
from domain.terms.vocabulary import Level

Row: TypeAlias = dict[str, Any]


class Names(NamedTuple):
    """What districts and events are called, by code: in Chinese and in English."""

    districts: Mapping[str, tuple[str, str]]
    events: Mapping[str, tuple[str, str]]


def reference_tables(reference: Reference, names: Names) -> dict[str, list[Row]]:
    """Return the rows of every table of reference by its name."""
    return {
        "districts": [_named("code", code, names.districts) for code in names.districts],
        "checks": [
            {
                "code": check.code,
                "zh": check.zh,
                "en": check.en,
                "clause": check.clause.number,
                "severity": check.severity,
                "version": check.version,
                "of_enterprise": check.of_enterprise,
            }
            for check in CHECKS.values()
        ],
        "levels": [
            {"level": level, "rank": level.rank, "zh": level.zh, "en": level.en} for level in Level
        ],
        "occupations": [
            row for edition in reference.adopted for row in _occupations(reference, edition)
        ],
        "catalogues": [
            {"kind": each.kind, "edition": each.edition, "sha256": each.sha256, **_days(each)}
            for each in reference.adopted
        ],
        "event_types": [
            {
                **_named("type", name, names.events),
                "stream": kind.stem.partition(".")[0],
                "schema": kind.schema,
                "stored": kind.ever_stored,
            }
            for name, kind in EVENTS.items()
        ],
    }


def _named(field: str, code: str, names: Mapping[str, tuple[str, str]]) -> Row:
    zh, en = names.get(code, (code, code))
    return {field: code, "zh": zh, "en": en}


def _days(edition: Edition) -> Row:
    start, end = edition.days.start, edition.days.end
    return {
        "valid_from": None if start == date.min else start.isoformat(),
        "valid_to": None if end is None else end.isoformat(),
        "known_from": edition.position,
    }


def _occupations(reference: Reference, edition: Edition) -> Iterator[Row]:
    content = reference.content(edition)
    about = {"edition": edition.edition, "kind": edition.kind, **_days(edition)}
    match content:
        case Dictionary():
            for code, name in content.names.items():
                levels = content.levels.get(code)
                yield {
                    **about,
                    "code": code,
                    "name": name,
                    "skills": code[:1] in SKILLS_CLASSES,
                    "levels": None if levels is None else sorted(levels, key=_rank),
                }
        case NewOccupations():
            for new in content.by_name.values():
                row = {"code": new.code, "name": new.name, "skills": new.skills, "levels": None}
                yield {**about, **row}
        case _:
            return


def _rank(level: Level) -> int:
    return level.rank
