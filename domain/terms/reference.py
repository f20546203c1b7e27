"""Reference data in force: occupation dictionary, qualification catalogue, rule set, outline.

Editions are data with their own valid interval. What an edition says comes with the
installation; from when to when it applies is what the ledger knows (`CatalogueAdopted`).
Clause 三; `domain/catalogue.py` holds the events.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum

from domain.terms.intervals import Days
from domain.terms.vocabulary import CatalogueKind, Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupation:
    """One occupation, or one 工种 of it, in a named edition of the dictionary."""

    edition: str
    code: str
    name: str
    trade: str | None = None

    @property
    def label(self) -> str:
        """Name for people, with the 工种 where there is one."""
        return f"{self.name}({self.trade})" if self.trade else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictionary:
    """Content of one edition of 职业分类大典."""

    edition: str
    names: Mapping[str, str]
    """Occupation name by code."""
    codes: Mapping[str, str]
    """Code by occupation name."""
    levels: Mapping[str, frozenset[Level]]
    """Levels of the national standard by code; a code without an entry: not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Controlled:
    """An occupation that a qualification catalogue lists as 准入类.

    `only` names the part of the occupation that is controlled (None: all of it);
    `words` are the words in a 工种 that mark this part.
    """

    name: str
    only: str | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualifications:
    """Content of one 国家职业资格目录: the 准入类 occupations by the names it uses or their 2022 names."""

    edition: str
    controlled: Mapping[str, Controlled]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """What no source fixes and the authority configures [C]."""

    edition: str
    points_per_heading: int = 20
    pass_mark: int = 60
    experts_minimum: int = 1
    inspectors_minimum: int = 2
    listing_years: int = 3
    early_warning_days: tuple[int, ...] = (180, 60)
    rectification_days: int = 30


class Control(Enum):
    """Whether an occupation is 准入类 on a day."""

    CONTROLLED = "controlled"
    FREE = "free"
    PARTLY = "partly"
    """Only some of its work is controlled and the record does not say which was assessed."""
    UNKNOWN = "unknown"
    """The catalogue in force that day is not held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """An adopted edition and the days it is in force."""

    kind: CatalogueKind
    edition: str
    days: Days
    sha256: str
    position: int = 0
    """Entry that adopted it; 0 where it came with the installation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """All content held, and which edition applies on which day, as known at one position."""

    dictionaries: Mapping[str, Dictionary] = field(default_factory=dict[str, Dictionary])
    qualifications: Mapping[str, Qualifications] = field(default_factory=dict[str, Qualifications])
    rule_sets: Mapping[str, RuleSet] = field(default_factory=dict[str, RuleSet])
    adopted: tuple[Edition, ...] = ()

    def in_force(self, kind: CatalogueKind, day: date) -> Edition | None:
        """Return the edition of `kind` in force on `day`: the one that began last, then recorded last."""
        found = [e for e in self.adopted if e.kind is kind and day in e.days]
        return max(found, key=lambda e: (e.days.start, e.position), default=None)

    def rules(self, day: date) -> RuleSet:
        """Return the rule set in force on `day`; one whose content is not held leaves its predecessor."""
        found = [
            e
            for e in self.adopted
            if e.kind is CatalogueKind.RULES and e.edition in self.rule_sets and day in e.days
        ]
        latest = max(found, key=lambda e: (e.days.start, e.position), default=None)
        return self.rule_sets[latest.edition] if latest else RuleSet(edition="none")

    def under(self, rules: RuleSet) -> "Reference":
        """Return the same with `rules` in force on every day, whatever the ledger adopts."""
        always = Edition(
            kind=CatalogueKind.RULES, edition=rules.edition, days=Days(date.min), sha256=""
        )
        others = (e for e in self.adopted if e.kind is not CatalogueKind.RULES)
        return replace(self, rule_sets={rules.edition: rules}, adopted=(*others, always))

    def control(self, occupation: Occupation, day: date) -> tuple[Control, str]:
        """Return whether `occupation` is 准入类 on `day` and the catalogue edition that says so (三)."""
        edition = self.in_force(CatalogueKind.QUALIFICATIONS, day)
        if edition is None or edition.edition not in self.qualifications:
            return Control.UNKNOWN, edition.edition if edition else ""
        entry = self.qualifications[edition.edition].controlled.get(occupation.name)
        if entry is None:
            return Control.FREE, edition.edition
        if entry.only is None:
            return Control.CONTROLLED, edition.edition
        if occupation.trade is None:
            return Control.PARTLY, edition.edition
        marked = any(word in occupation.trade for word in entry.words)
        return (Control.CONTROLLED if marked else Control.FREE), edition.edition
