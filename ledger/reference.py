"""Reference content that comes with the installation: editions, outline, districts.

The files lie in `ledger/reference/`; each row names its source. What an edition says is read
here once; from when to when it applies is the ledger's to say (`CatalogueAdopted`), and the
intervals below are what a new ledger starts with.
"""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

from domain.terms.contents import Content
from domain.terms.intervals import Days
from domain.terms.reference import (
    Controlled,
    Dictionary,
    Edition,
    Qualifications,
    Reference,
    RuleSet,
)
from domain.terms.vocabulary import CatalogueKind, Level
from ledger import catalogue_forms

DICTIONARY_FILES: Mapping[str, str] = MappingProxyType({"2022": "occupations_2022.csv"})
QUALIFICATIONS_FILES: Mapping[str, str] = MappingProxyType(
    {"2017": "qualifications_2017.csv", "2021": "qualifications_2021.csv"}
)
RULE_SET = RuleSet(edition="2020-3")
OUTLINE = "beijing-2020-echarts-wgs84"
OUTLINE_FILE = "beijing_districts.geojson"
DISTRICTS_FILE = "districts.csv"
DIVISIONS_FILE = "divisions.csv"

# Parts of a district with an office of their own that the notice does not name as an authority.
_NOT_AUTHORITIES = frozenset({"YANSHAN", "PKX"})

# 大典2022 was presented on 27 and 28 September 2022; no source fixes its first day [C].
_DICTIONARY_DAYS = MappingProxyType({"2022": Days(date(2022, 9, 27))})
# 人社部发〔2017〕68号 of 12 September 2017; 目录(2021年版) of 23 November 2021.
_QUALIFICATIONS_DAYS = MappingProxyType(
    {
        "2017": Days(date(2017, 9, 12), date(2021, 11, 23)),
        "2021": Days(date(2021, 11, 23)),
    }
)
# The notice 京人社职鉴发〔2020〕3号 is of 21 April 2020.
_RULES_DAYS = Days(date(2020, 4, 21))
# The line has not moved since the last counties became districts: it serves every session.
_OUTLINE_DAYS = Days(date(2017, 1, 1))


def packaged(name: str) -> bytes:
    """Return the bytes of the reference file `name`."""
    return (files("ledger") / "reference" / name).read_bytes()


def rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of the packaged CSV file `name`, in order."""
    yield from csv.DictReader(packaged(name).decode("utf-8").splitlines())


@cache
def installed() -> Reference:
    """Return all content that comes with the installation and the days on which it applies."""
    # Plain dictionaries: a read-only view cannot be sent to another process.
    return Reference(
        dictionaries={e: _dictionary(e) for e in DICTIONARY_FILES},
        qualifications={e: _qualifications(e) for e in QUALIFICATIONS_FILES},
        rule_sets={RULE_SET.edition: RULE_SET},
        adopted=_adopted(),
    )


@cache
def authorities() -> Mapping[str, str]:
    """Return the 17 district authorities: name of the district by code, BDA last."""
    return {r["code"]: r["name"] for r in rows(DISTRICTS_FILE) if r["code"] not in _NOT_AUTHORITIES}


def _dictionary(edition: str) -> Dictionary:
    occupations = list(rows(DICTIONARY_FILES[edition]))
    return Dictionary(
        edition=edition,
        names={r["code"]: r["name"] for r in occupations},
        codes={r["name"]: r["code"] for r in occupations},
        levels={
            r["code"]: frozenset(map(Level, r["levels"].split(";")))
            for r in occupations
            if r["levels"]
        },
    )


def _qualifications(edition: str) -> Qualifications:
    controlled: dict[str, Controlled] = {}
    for row in rows(QUALIFICATIONS_FILES[edition]):
        entry = Controlled(
            name=row["name"],
            only=row["only"] or None,
            words=tuple(word for word in row["words"].split(";") if word),
        )
        controlled[row["name"]] = entry
        if row["former_name"]:
            controlled[row["former_name"]] = entry
    return Qualifications(edition=edition, controlled=controlled)


def _adopted() -> tuple[Edition, ...]:
    dictionaries = (
        _edition(CatalogueKind.DICTIONARY, edition, _DICTIONARY_DAYS[edition], packaged(name))
        for edition, name in DICTIONARY_FILES.items()
    )
    catalogues = (
        _edition(
            CatalogueKind.QUALIFICATIONS, edition, _QUALIFICATIONS_DAYS[edition], packaged(name)
        )
        for edition, name in QUALIFICATIONS_FILES.items()
    )
    rules = json.dumps(_FOUNDING_RULES, sort_keys=True, separators=(",", ":")).encode()
    return (
        *dictionaries,
        *catalogues,
        _edition(CatalogueKind.RULES, RULE_SET.edition, _RULES_DAYS, rules),
        _edition(CatalogueKind.OUTLINE, OUTLINE, _OUTLINE_DAYS, packaged(OUTLINE_FILE)),
    )


# Written out: the digest of what every ledger began with does not follow later rules.
_FOUNDING_RULES = {
    "early_warning_days": [180, 60],
    "edition": "2020-3",
    "experts_minimum": 1,
    "inspectors_minimum": 2,
    "listing_years": 3,
    "pass_mark": 60,
    "points_per_heading": 20,
    "rectification_days": 30,
}


class Shipped(NamedTuple):
    """A catalogue that comes with the product, and what a new ledger adopts it as."""

    kind: CatalogueKind
    edition: str
    file: str
    days: Days
    document: str | None = None
    """The paper behind it, where one is known."""
    suggested: bool = False
    """Only inferred: a person adopts it, never the product."""

    def content(self) -> bytes:
        """Return its bytes."""
        return packaged(self.file)

    @property
    def sha256(self) -> str:
        """Return their digest."""
        return _digest(self.file)


@cache
def _digest(name: str) -> str:
    return hashlib.sha256(packaged(name)).hexdigest()


def _shipped(  # noqa: PLR0913, PLR0917 - one argument a column of the table
    kind: CatalogueKind,
    edition: str,
    file: str,
    start: date,
    end: date | None = None,
    document: str | None = None,
    *,
    suggested: bool = False,
) -> Shipped:
    return Shipped(kind, edition, file, Days(start, end), document, suggested)


_K = CatalogueKind
SHIPPED: tuple[Shipped, ...] = (
    # No source fixes the first day of 大典2015 either [C]; the notice of 2020 refers to this edition.
    _shipped(_K.DICTIONARY, "2015", "catalogues/dictionary_2015.csv", date(2015, 7, 29)),
    _shipped(_K.DICTIONARY, "2022", "catalogues/dictionary_2022.csv", date(2022, 9, 27)),
    _shipped(
        _K.NEW_OCCUPATIONS,
        "1",
        "catalogues/new_occupations_1.csv",
        date(2019, 4, 1),
        document="人社厅发〔2019〕48号",
    ),
    _shipped(
        _K.NEW_OCCUPATIONS,
        "2",
        "catalogues/new_occupations_2.csv",
        date(2020, 2, 25),
        document="人社厅发〔2020〕17号",
    ),
    _shipped(
        _K.NEW_OCCUPATIONS,
        "3",
        "catalogues/new_occupations_3.csv",
        date(2020, 6, 28),
        document="人社厅发〔2020〕73号",
    ),
    _shipped(
        _K.NEW_OCCUPATIONS,
        "4",
        "catalogues/new_occupations_4.csv",
        date(2021, 3, 18),
        document="人社厅发〔2021〕17号",
    ),
    _shipped(
        _K.NEW_OCCUPATIONS,
        "5",
        "catalogues/new_occupations_5.csv",
        date(2022, 9, 27),
        document="中华人民共和国职业分类大典(2022年版)",
    ),
    _shipped(
        _K.NEW_OCCUPATIONS,
        "6",
        "catalogues/new_occupations_6.csv",
        date(2024, 7, 25),
        document="人社厅发〔2024〕36号",
    ),
    # Day and number were not found: on 22 July 2025 the ministry spoke of it as published [C].
    _shipped(_K.NEW_OCCUPATIONS, "7", "catalogues/new_occupations_7.csv", date(2025, 7, 22)),
    # Each standard has its own day of issue, the earliest found 26 December 2018.
    _shipped(_K.STANDARDS, "2026-08", "catalogues/standards.csv", date(2018, 12, 26)),
    _shipped(_K.MAPPING, "2015-2022", "catalogues/mapping_2015_2022.csv", date(2022, 9, 27)),
    _shipped(
        _K.MAPPING,
        "2015-2022-suggested",
        "catalogues/mapping_2015_2022_suggested.csv",
        date(2022, 9, 27),
        suggested=True,
    ),
    _shipped(
        _K.QUALIFICATIONS,
        "2017",
        "qualifications_2017.csv",
        date(2017, 9, 12),
        date(2021, 11, 23),
        "人社部发〔2017〕68号",
    ),
    _shipped(_K.QUALIFICATIONS, "2021", "catalogues/qualifications_2021.csv", date(2021, 11, 23)),
    _shipped(_K.RULES, "2020-3", "catalogues/rules.json", date(2020, 4, 21)),
    _shipped(_K.OUTLINE, OUTLINE, OUTLINE_FILE, date(2017, 1, 1)),
)
"""What the product knows. A new ledger adopts all but what is only suggested."""


@cache
def shipped_content(sha256: str) -> Content | None:
    """Return what a shipped catalogue says, by its digest; None for any other digest."""
    for shipped in SHIPPED:
        if shipped.sha256 == sha256:
            return catalogue_forms.read(shipped.kind, shipped.content()).content
    return None


def _edition(kind: CatalogueKind, edition: str, days: Days, content: bytes) -> Edition:
    return Edition(
        kind=kind, edition=edition, days=days, sha256=hashlib.sha256(content).hexdigest()
    )
