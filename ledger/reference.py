"""Reference content that comes with the installation: editions, outline, districts.

The files lie in `ledger/reference/`; each row names its source. What an edition says is read
here once; from when to when it applies is the ledger's to say (`CatalogueAdopted`), and the
intervals below are what a new ledger starts with.
"""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType

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
    found = list(rows(DICTIONARY_FILES[edition]))
    return Dictionary(
        edition=edition,
        names={r["code"]: r["name"] for r in found},
        codes={r["name"]: r["code"] for r in found},
        levels={
            r["code"]: frozenset(map(Level, r["levels"].split(";"))) for r in found if r["levels"]
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
    rules = json.dumps(asdict(RULE_SET), sort_keys=True, separators=(",", ":")).encode()
    return (
        *dictionaries,
        *catalogues,
        _edition(CatalogueKind.RULES, RULE_SET.edition, _RULES_DAYS, rules),
        _edition(CatalogueKind.OUTLINE, OUTLINE, _OUTLINE_DAYS, packaged(OUTLINE_FILE)),
    )


def _edition(kind: CatalogueKind, edition: str, days: Days, content: bytes) -> Edition:
    return Edition(
        kind=kind, edition=edition, days=days, sha256=hashlib.sha256(content).hexdigest()
    )
