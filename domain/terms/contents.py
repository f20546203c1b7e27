"""What a catalogue says: dictionary, new occupations, standards, qualifications, mapping, rules, outline.

A content is known by the digest of the file that it was read from and never changes. When it
applies is not its business (`domain/terms/reference.py`).
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TypeAlias

from domain.terms.vocabulary import Level

SKILLS_CLASSES = frozenset("3456")
"""First digits of codes of skills occupations: 3 办事人员 … 6 生产制造人员. The others are 国家机关负责人,
专业技术人员, 军人, 其他."""
BESIDE_EVERY_STANDARD = frozenset({Level.APPRENTICE, Level.SPECIAL, Level.CHIEF})
"""学徒工, 特级技师 and 首席技师 stand beside every national standard."""


@lru_cache(maxsize=16_384)
def folded(text: str) -> str:
    """Return a name as it is compared: one width, no blanks, brackets of one kind."""
    return "".join(unicodedata.normalize("NFKC", text).split())


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

    @property
    def parts(self) -> tuple[str, str, str, str]:
        """Edition, code, name and 工种, empty where there is none."""
        return self.edition, self.code, self.name, self.trade or ""


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
    doubtful: frozenset[str] = frozenset()
    """Codes of rows whose source is in doubt: they serve only as undecided."""

    def code_of(self, name: str) -> str | None:
        """Return the code of the occupation of that name, however it is spaced."""
        return self.codes.get(name) or self.codes.get(folded(name))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOccupation:
    """One 新职业 of a batch. The code may be unknown (""); `skills`: not of a professional class."""

    name: str
    code: str
    skills: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOccupations:
    """Content of one batch of 新职业, by folded name. It extends the dictionary of its day."""

    by_name: Mapping[str, NewOccupation]

    def get(self, occupation: Occupation) -> NewOccupation | None:
        """Return the occupation of that name."""
        return self.by_name.get(folded(occupation.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """One 国家职业标准: of an occupation, or of one 工种, from the day of issue on."""

    code: str
    trade: str | None
    issued_on: date | None
    levels: frozenset[Level] | None
    """None: the source does not say which levels it has."""
    document: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingStandard:
    """What standards say of an occupation on a day: its levels (None: not said), or that there is none."""

    levels: frozenset[Level] | None
    exists: bool = True
    documents: tuple[str, ...] = ()

    def has(self, level: Level) -> bool:
        """Return whether the level is one of the standard, as far as it says."""
        return self.levels is None or level in self.levels or level in BESIDE_EVERY_STANDARD


@dataclass(frozen=True, slots=True, kw_only=True)
class Standards:
    """Content of a list of 国家职业标准, by folded name of the occupation.

    `without` are occupations of which the list says that they have no standard: an enterprise
    assesses them by a specification of its own (三).
    """

    by_name: Mapping[str, tuple[Standard, ...]]
    without: frozenset[str] = frozenset()

    def on(self, occupation: Occupation, day: date) -> StandingStandard | None:
        """Return what holds on `day`, None where the list does not speak of the occupation.

        A list names codes of the day of issue, so an occupation is found by name and code; of
        several standards of one occupation the last one issued before `day` holds, and those of
        a 工种 add to it.
        """
        name = folded(occupation.name)
        if name in self.without:
            return StandingStandard(levels=None, exists=False)
        standards = [
            standard
            for standard in self.by_name.get(name, ())
            if standard.code in {"", occupation.code}
            and (standard.issued_on is None or standard.issued_on <= day)
        ]
        if not standards:
            return None
        latest: dict[str, Standard] = {}
        for standard in sorted(standards, key=lambda standard: standard.issued_on or date.min):
            latest[standard.trade or ""] = standard
        trade = folded(occupation.trade) if occupation.trade else ""
        if trade:
            holding = [latest[trade]] if trade in latest else [latest.get("", standards[-1])]
        else:
            # A record without 工种 may mean any; of one whose levels are not said, the whole decides.
            whole = latest.get("")
            holding = [whole] if whole is not None else []
            holding += [e for e in latest.values() if e.trade and (e.levels or whole is None)]
        levels: frozenset[Level] | None = frozenset()
        for standard in holding:
            levels = None if standard.levels is None or levels is None else levels | standard.levels
        documents = tuple(standard.document for standard in holding if standard.document)
        return StandingStandard(levels=levels, documents=documents)

    @property
    def days(self) -> Iterator[date]:
        """Every day on which one of them was issued."""
        for standards in self.by_name.values():
            for standard in standards:
                if standard.issued_on is not None:
                    yield standard.issued_on

    def issues(self, occupation: Occupation) -> Iterator[date]:
        """Yield the days on which standards of the occupation were issued."""
        for standard in self.by_name.get(folded(occupation.name), ()):
            if standard.issued_on is not None:
                yield standard.issued_on


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
    """Content of one 国家职业资格目录: the 准入类 occupations by the names it uses or their 2022 names.

    `licences` license operations (特种作业人员 …), not occupations: shown, never matched.
    """

    edition: str
    controlled: Mapping[str, Controlled]
    licences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OccupationMapping:
    """Which occupation of one edition is which of another: pairs of (edition, code, name), both ways."""

    pairs: frozenset[tuple[tuple[str, str, str], tuple[str, str, str]]]

    def maps(self, one: Occupation, other: Occupation) -> bool:
        """Return whether the two are a pair, in either order; 工种 must not differ."""
        if one.trade != other.trade:
            return False
        a = (one.edition, one.code, folded(one.name))
        b = (other.edition, other.code, folded(other.name))
        return (a, b) in self.pairs or (b, a) in self.pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """Content of an outline: GeoJSON in WGS-84 with a feature of code 110000."""

    edition: str
    sha256: str
    content: bytes = field(repr=False)


NUMBER_PATTERN = r"[YS]\d{4}\d{2}\d{6}\d{2}[1-5A-Z]\d{6}"
"""Certificate numbers of 22 characters (京职技鉴发〔2019〕9号)."""
FOUNDING_CHECKS = frozenset(
    "S1 S2 S3 S4 S5 S6 S7 S8 S9 G1 G2 R1 C1 C2 C3 T1 Q1 Q2".split()  # noqa: SIM905 - reads as the table does
)
"""Checks that judged from the first day: on unless switched off. A later one is off until named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """What no source fixes and the authority configures [C]."""

    edition: str
    points_per_heading: int = 20
    pass_mark: int = 60
    experts_minimum: int = 1
    inspectors_minimum: int = 2
    assessors_minimum: int = 1
    quality_staff_minimum: int = 1
    listing_years: int = 3
    early_warning_days: tuple[int, ...] = (180, 60)
    rectification_days: int = 30
    plan_due: str = "01-31"
    """Month and day by which the plan of a year is filed (六(四))."""
    outline_error_m: int = 150
    """How far the outline may be wrong: half of it lies within 43 m of a second source, 99 % within 120 m."""
    visit_distance_m: int = 1000
    """How far from the venue a visit in person may be (V1)."""
    number_pattern: str = NUMBER_PATTERN
    checks_from: Mapping[str, date] = field(default_factory=dict[str, date])
    """First day judged, by check or part of one (`S10`, `S10.register`); a later check needs one."""
    checks_off: tuple[str, ...] = ()

    def judges(self, code: str, day: date) -> bool:
        """Return whether a check, or a part of one, judges records of `day`."""
        if code in self.checks_off:
            return False
        start = self.checks_from.get(code)
        return start <= day if start is not None else code in FOUNDING_CHECKS

    def plan_deadline(self, year: int) -> date:
        """Return the last day on which the plan of `year` is in time."""
        return _deadline(self.plan_due, year)

    @property
    def reads_numbers_plainly(self) -> bool:
        """Whether numbers of certificates are read as the notice's annex has them."""
        return self.number_pattern == NUMBER_PATTERN


@lru_cache(maxsize=256)
def _deadline(plan_due: str, year: int) -> date:
    month, day = (int(part) for part in plan_due.split("-"))
    return date(year, month, day)


Content: TypeAlias = (
    Dictionary | NewOccupations | Standards | Qualifications | OccupationMapping | RuleSet | Outline
)
