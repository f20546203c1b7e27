"""The tables of reference: what the codes of the others mean, as known at the position."""

from collections.abc import Mapping
from typing import NamedTuple

from domain.checks import CHECKS
from domain.registry import EVENTS
from domain.terms.reference import Reference
from domain.terms.vocabulary import Level
from projections.analysis import adopted
from projections.analysis.adopted import Row


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
        "occupations": [*adopted.occupations(reference)],
        "catalogues": [*adopted.catalogues(reference)],
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
