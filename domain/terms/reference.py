"""Reference data in force: dictionaries, new occupations, standards, qualifications, rules, outline.

Editions are data with their own valid interval. What an edition says is content under a digest;
from when to when it applies is what the ledger knows (`CatalogueAdopted`). Clause 三;
`domain/catalogue.py` holds the events, `domain/contents.py` what a content says.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from domain.terms.contents import (
    SKILLS_CLASSES,
    Content,
    Controlled,
    Dictionary,
    NewOccupations,
    Occupation,
    OccupationMapping,
    Outline,
    Qualifications,
    RuleSet,
    Standard,
    Standards,
    StandingStandard,
    folded,
)
from domain.terms.intervals import Days
from domain.terms.vocabulary import CatalogueKind, Level

__all__ = [
    "Content",
    "Control",
    "Controlled",
    "Dictionary",
    "Edition",
    "NewOccupations",
    "Occupation",
    "OccupationMapping",
    "Outline",
    "Publication",
    "Published",
    "Qualifications",
    "Reference",
    "RuleSet",
    "Standard",
    "Standards",
    "StandingStandard",
]

A = TypeVar("A")
MOST_ANSWERS = 20_000
"""Answers that are remembered at once."""
FIRST_EDITION = "2015"
"""The dictionary that the notice itself refers to; batches before the next one extend it."""


class Control(Enum):
    """Whether an occupation is 准入类 on a day."""

    CONTROLLED = "controlled"
    FREE = "free"
    PARTLY = "partly"
    """Only some of its work is controlled and the record does not say which was assessed."""
    UNKNOWN = "unknown"
    """The catalogue in force that day is not held."""


class Published(Enum):
    """Whether an occupation is published on a day, and if not, how that is known."""

    YES = "yes"
    NOT_YET = "not_yet"
    """It is published later: the edition or the batch begins after the day."""
    NO_SKILLS = "no_skills"
    """It exists and is no skills occupation."""
    NO_SKILLS_CLASS = "no_skills_class"
    """Its code is of a class without skills occupations, which no content that is held lists."""
    DOUBTFUL = "doubtful"
    """The edition lists it, by a source that is in doubt."""
    OTHER_NAME = "other_name"
    """Code and name belong to different occupations."""
    UNKNOWN = "unknown"
    """It stands in nothing that is held."""
    NOT_HELD = "not_held"
    """The edition that it names is not held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """An adopted edition and the days it is in force."""

    kind: CatalogueKind
    edition: str
    days: Days
    sha256: str
    position: int = 0
    """Entry that adopted it; 0 where it came with the installation."""

    @property
    def precedence(self) -> tuple[date, list[tuple[int, int, str]], int]:
        """Return by what one edition takes the place of another of its kind: day, then name (0283).

        Numbers in names count as numbers. The same name again from the same day is the edition corrected,
        and holds like any correction from its entry on.
        """
        parts = re.findall(r"[0-9]+|[^0-9]+", self.edition)
        name = [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts]
        return self.days.start, name, self.position


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What is known of an occupation on a day, by which edition, and under which other name."""

    state: Published
    by: str = ""
    known_as: str = ""
    since: date | None = None


class Catalogued(NamedTuple):
    """What the catalogues say of one occupation, the same on every day that was asked for."""

    may_be_assessed: bool
    """Whether it is published, not 准入类, and not said to have no standard."""
    standard: StandingStandard | None

    def has(self, level: Level) -> bool:
        """Return whether its national standard has the level, as far as it says."""
        return self.standard is None or self.standard.has(level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """All content held, and which edition applies on which day, as known at one position."""

    dictionaries: Mapping[str, Dictionary] = field(default_factory=dict[str, Dictionary])
    qualifications: Mapping[str, Qualifications] = field(default_factory=dict[str, Qualifications])
    rule_sets: Mapping[str, RuleSet] = field(default_factory=dict[str, RuleSet])
    adopted: tuple[Edition, ...] = ()
    contents: Mapping[str, Content] = field(default_factory=dict[str, Content])
    """Content by SHA-256. What is not here is looked for by the edition's name, as entries before
    November 2026 are: the installation's own content stands under that above."""
    pinned: RuleSet | None = None
    """A rule set in force on every day, whatever the ledger adopts."""
    plain: bool = field(init=False, compare=False, repr=False, default=True)
    """Whether every rule set in force reads the numbers of certificates alike."""
    _after: dict[Edition, "Reference"] = field(
        init=False, compare=False, repr=False, default_factory=dict[Edition, "Reference"]
    )
    _known: dict[Any, Any] = field(
        init=False, compare=False, repr=False, default_factory=dict[Any, Any]
    )
    """Answers that were given before: sessions of one day and occupation ask the same."""

    def __post_init__(self) -> None:
        """Look once at what is asked for each of ten million certificates."""
        adopted = (self.content(e) for e in self.adopted if e.kind is CatalogueKind.RULES)
        rule_sets = adopted if self.pinned is None else (self.pinned,)
        plain = all(
            rules.reads_numbers_plainly for rules in rule_sets if isinstance(rules, RuleSet)
        )
        object.__setattr__(self, "plain", plain)

    def __reduce__(self) -> tuple[Any, ...]:
        """Leave what was remembered behind when sent to another process."""
        content = (self.dictionaries, self.qualifications, self.rule_sets)
        return _remade, (*content, self.adopted, self.contents, self.pinned)

    def catalogued(self, occupation: Occupation, first: date, last: date) -> Catalogued | None:
        """Return what the catalogues say from `first` to `last`; None where that may change meanwhile.

        Nearly all sessions are of one day, and between two days on which anything begins or ends all
        days have one answer: a replay looks it up a million times.
        """
        days = self._days()
        stretch = bisect_right(days, first)
        if first != last and bisect_right(days, last) != stretch:
            return None
        key = (
            stretch,
            occupation.name,
            occupation.code,
            occupation.edition,
            occupation.trade,
        )
        known: Catalogued | None = self._known.get(key)
        return known or self._once(key, lambda: self._catalogued(occupation, first))

    def _catalogued(self, occupation: Occupation, day: date) -> Catalogued:
        standard = self.standard(occupation, day)
        free = self.control(occupation, day)[0] is Control.FREE
        published = self.publication(occupation, day).state is Published.YES
        exists = standard is None or standard.exists
        return Catalogued(free and published and exists, standard)

    def _days(self) -> Sequence[date]:
        """Return every day on which an edition begins or ends or a standard was issued, in order."""
        known: Sequence[date] | None = self._known.get("days")
        return known or self._once("days", lambda: sorted(set(self._changes())))

    def _changes(self) -> Iterator[date]:
        for edition in self.adopted:
            yield edition.days.start
            if edition.days.end is not None:
                yield edition.days.end
            content = self.content(edition)
            if isinstance(content, Standards):
                yield from content.days

    def _once(self, key: Hashable, answer: Callable[[], A]) -> A:
        """Return the answer of before, or of now."""
        known = self._known
        try:
            kept: A = known[key]
        except KeyError:
            if len(known) >= MOST_ANSWERS:
                known.clear()
            kept = known[key] = answer()
        return kept

    def adopting(self, edition: Edition) -> "Reference":
        """Return the same with one edition more; every file that reads the entry shares it."""
        known = self._after.get(edition)
        if known is None:
            known = replace(self, adopted=(*self.adopted, edition))
            self._after[edition] = known
        return known

    def holding(self, contents: Mapping[str, Content]) -> "Reference":
        """Return the same with more content; itself where all of it is here."""
        if contents.keys() <= self.contents.keys():
            return self
        return replace(self, contents={**self.contents, **contents})

    def content(self, edition: Edition) -> Content | None:
        """Return what an edition says, None where that is not held."""
        content = self.contents.get(edition.sha256)
        if content is not None:
            return content
        match edition.kind:
            case CatalogueKind.DICTIONARY:
                return self.dictionaries.get(edition.edition)
            case CatalogueKind.QUALIFICATIONS:
                return self.qualifications.get(edition.edition)
            case CatalogueKind.RULES:
                return self.rule_sets.get(edition.edition)
            case (
                CatalogueKind.NEW_OCCUPATIONS
                | CatalogueKind.STANDARDS
                | CatalogueKind.MAPPING
                | CatalogueKind.OUTLINE
            ):
                return None

    def holds(self, edition: Edition) -> bool:
        """Return whether the content of an edition is held: under its digest, or by its name."""
        if edition.kind is CatalogueKind.OUTLINE and any(
            e.kind is edition.kind and e.sha256 == edition.sha256 for e in self.adopted
        ):
            return True  # the installation's own, which no fold reads as content
        return isinstance(self.content(edition), _CONTENT_OF[edition.kind])

    def in_force(self, kind: CatalogueKind, day: date) -> Edition | None:
        """Return the edition of `kind` in force on `day`: the one that began last."""
        editions = [e for e in self.adopted if e.kind is kind and day in e.days]
        return max(editions, key=lambda e: e.precedence, default=None)

    def adoptions(self, day: date, *kinds: CatalogueKind) -> tuple[int, ...]:
        """Return the entries that adopted what is in force on `day`; what the installation has has none."""
        editions = (self.in_force(kind, day) for kind in kinds)
        return tuple(edition.position for edition in editions if edition and edition.position)

    def adopted_as(self, name: str, *kinds: CatalogueKind) -> tuple[int, ...]:
        """Return the entries that adopted editions of that name."""
        return tuple(
            edition.position
            for edition in self.adopted
            if edition.position and edition.edition == name and edition.kind in kinds
        )

    def days_of_change(self, first: date, last: date, *kinds: CatalogueKind) -> tuple[date, ...]:
        """Return `first`, and each day up to `last` on which an edition of these kinds begins or ends."""
        if first == last:
            return (first,)
        days = {first}
        for edition in self.adopted:
            if edition.kind in kinds:
                days |= {edition.days.start, edition.days.end or first}
        return tuple(sorted(day for day in days if first <= day <= last))

    def rules(self, day: date) -> RuleSet:
        """Return the rule set in force on `day`; one whose content is not held leaves its predecessor."""
        if self.pinned is not None:
            return self.pinned
        return self._once(("rules", day), lambda: self._rules(day))

    def _rules(self, day: date) -> RuleSet:
        latest: Edition | None = None
        rules: RuleSet | None = None
        for edition in self.adopted:
            if edition.kind is not CatalogueKind.RULES or day not in edition.days:
                continue
            if latest is not None and edition.precedence < latest.precedence:
                continue
            content = self.content(edition)
            if isinstance(content, RuleSet):
                latest, rules = edition, content
        if latest is None or rules is None:
            return RuleSet(edition="none")
        # One file may be adopted under another name than it bears: the ledger's name counts.
        named = rules.edition == latest.edition
        return rules if named else replace(rules, edition=latest.edition)

    def under(self, rules: RuleSet) -> "Reference":
        """Return the same with `rules` in force on every day, whatever the ledger adopts."""
        return replace(self, pinned=rules)

    def control(self, occupation: Occupation, day: date) -> tuple[Control, str]:
        """Return whether `occupation` is 准入类 on `day` and the catalogue edition that says so (三)."""
        edition = self.in_force(CatalogueKind.QUALIFICATIONS, day)
        catalogue = self.content(edition) if edition is not None else None
        if edition is None or not isinstance(catalogue, Qualifications):
            return Control.UNKNOWN, edition.edition if edition else ""
        entry = catalogue.controlled.get(folded(occupation.name))
        if entry is None:
            return Control.FREE, edition.edition
        if entry.only is None:
            return Control.CONTROLLED, edition.edition
        if occupation.trade is None:
            return Control.PARTLY, edition.edition
        trade = folded(occupation.trade)
        marked = any(word in trade for word in entry.words)
        return (Control.CONTROLLED if marked else Control.FREE), edition.edition

    def dictionary(self, edition: str) -> Dictionary | None:
        """Return the content of the dictionary `edition` that began last; None: not held."""
        adopted = [
            e for e in self.adopted if e.kind is CatalogueKind.DICTIONARY and e.edition == edition
        ]
        for candidate in sorted(adopted, key=lambda e: e.precedence, reverse=True):
            content = self.content(candidate)
            if isinstance(content, Dictionary):
                return content
        return self.dictionaries.get(edition)

    def offered(self, day: date) -> Dictionary | None:
        """Return the skills occupations that may be named on `day`: edition in force, and batches."""
        edition = self.in_force(CatalogueKind.DICTIONARY, day)
        dictionary = self.dictionary(edition.edition) if edition is not None else None
        if edition is None or dictionary is None:
            return None
        names = {c: n for c, n in dictionary.names.items() if c[:1] in SKILLS_CLASSES}
        codes = {n: c for n, c in dictionary.codes.items() if c[:1] in SKILLS_CLASSES}
        for batch, new in self.batches(edition.edition):
            for occupation in new.by_name.values() if batch.days.start <= day else ():
                if occupation.skills:
                    codes.setdefault(occupation.name, occupation.code)
                    if occupation.code:
                        names.setdefault(occupation.code, occupation.name)
        return replace(dictionary, edition=edition.edition, names=names, codes=codes)

    def batches(self, edition: str) -> Iterator[tuple[Edition, NewOccupations]]:
        """Yield the adopted batches of new occupations that extend a dictionary, with their days."""
        for adopted in self.adopted:
            content = (
                self.content(adopted) if adopted.kind is CatalogueKind.NEW_OCCUPATIONS else None
            )
            if isinstance(content, NewOccupations) and self._extends(adopted.days.start) == edition:
                yield adopted, content

    def _extends(self, day: date) -> str:
        """Return the dictionary that a batch of `day` extends: the one of its day."""
        edition = self.in_force(CatalogueKind.DICTIONARY, day)
        return edition.edition if edition is not None else FIRST_EDITION

    def publication(self, occupation: Occupation, day: date) -> Publication:
        """Return whether the occupation exists in the edition that it names, on `day` (三)."""
        return self._once(
            ("published", occupation, day), lambda: self._publication(occupation, day)
        )

    def _publication(self, occupation: Occupation, day: date) -> Publication:
        label = occupation.edition
        batches = sorted(self.batches(label), key=lambda dated: dated[0].precedence)
        in_batch = _in_batches(batches, occupation, day)
        if in_batch is not None:
            return in_batch
        dictionary = self.dictionary(label)
        if dictionary is None:
            return Publication(state=Published.NOT_HELD)
        known = dictionary.names.get(occupation.code)
        if known is not None and folded(known) == folded(occupation.name):
            if occupation.code in dictionary.doubtful:
                return Publication(state=Published.DOUBTFUL, by=label)
            return self._in_dictionary(occupation, day)
        elsewhere = (new.code for _, batch in batches if (new := batch.get(occupation)))
        other = known or dictionary.code_of(occupation.name) or next(elsewhere, "")
        if other:
            return Publication(state=Published.OTHER_NAME, known_as=other)
        digit = occupation.code[:1]
        no_skills = digit.isdigit() and digit not in SKILLS_CLASSES
        state = Published.NO_SKILLS_CLASS if no_skills else Published.UNKNOWN
        return Publication(state=state, by=label)

    def _in_dictionary(self, occupation: Occupation, day: date) -> Publication:
        editions = [
            e
            for e in self.adopted
            if e.kind is CatalogueKind.DICTIONARY and e.edition == occupation.edition
        ]
        if occupation.code[:1] not in SKILLS_CLASSES:
            return Publication(state=Published.NO_SKILLS, by=occupation.edition)
        if any(e.days.start <= day for e in editions):
            return Publication(state=Published.YES, by=occupation.edition)
        since = min((e.days.start for e in editions), default=None)
        return Publication(state=Published.NOT_YET, by=occupation.edition, since=since)

    def named(self, edition: str, name: str, day: date) -> str | None:
        """Return the code of the occupation of that name in an edition on `day` ("": not known)."""
        dictionary = self.dictionary(edition)
        code = dictionary.code_of(name) if dictionary is not None else None
        if code is not None:
            return code
        for batch, occupations in self.batches(edition):
            new = occupations.by_name.get(folded(name))
            if new is not None and batch.days.start <= day:
                return new.code
        return None

    def standard(self, occupation: Occupation, day: date) -> StandingStandard | None:
        """Return what the standards in force say of the occupation on `day`; None: nothing."""
        return self._once(("standard", occupation, day), lambda: self._standard(occupation, day))

    def _standard(self, occupation: Occupation, day: date) -> StandingStandard | None:
        edition = self.in_force(CatalogueKind.STANDARDS, day)
        standards = self.content(edition) if edition is not None else None
        return standards.on(occupation, day) if isinstance(standards, Standards) else None

    def standard_days(self, occupation: Occupation, first: date, last: date) -> tuple[date, ...]:
        """Return `first`, and each day up to `last` on which another standard may hold."""
        days = set(self.days_of_change(first, last, CatalogueKind.STANDARDS))
        for day in tuple(days) if first != last else ():
            edition = self.in_force(CatalogueKind.STANDARDS, day)
            standards = self.content(edition) if edition is not None else None
            if isinstance(standards, Standards):
                days |= {
                    issued for issued in standards.issues(occupation) if first < issued <= last
                }
        return tuple(sorted(days))

    def are_mapped(self, one: Occupation, other: Occupation, day: date) -> bool:
        """Return whether an adopted mapping says that two editions mean the same occupation."""
        for edition in self.adopted:
            if edition.kind is CatalogueKind.MAPPING and day in edition.days:
                mapping = self.content(edition)
                if isinstance(mapping, OccupationMapping) and mapping.maps(one, other):
                    return True
        return False

    def outline(self, day: date) -> Outline | None:
        """Return the outline that the ledger adopted for `day`; None: the installation's own."""
        return self._once(("outline", day), lambda: self._outline(day))

    def _outline(self, day: date) -> Outline | None:
        edition = self.in_force(CatalogueKind.OUTLINE, day)
        if edition is None or any(
            e.position == 0 and e.sha256 == edition.sha256 for e in self.adopted
        ):
            return None
        outline = self.content(edition)
        return replace(outline, edition=edition.edition) if isinstance(outline, Outline) else None


def _remade(  # noqa: PLR0913, PLR0917 - one argument a field
    dictionaries: Mapping[str, Dictionary],
    qualifications: Mapping[str, Qualifications],
    rule_sets: Mapping[str, RuleSet],
    adopted: tuple[Edition, ...],
    contents: Mapping[str, Content],
    pinned: RuleSet | None,
) -> Reference:
    return Reference(
        dictionaries=dictionaries,
        qualifications=qualifications,
        rule_sets=rule_sets,
        adopted=adopted,
        contents=contents,
        pinned=pinned,
    )


_CONTENT_OF: Mapping[CatalogueKind, type[Content]] = MappingProxyType(
    {
        CatalogueKind.DICTIONARY: Dictionary,
        CatalogueKind.NEW_OCCUPATIONS: NewOccupations,
        CatalogueKind.STANDARDS: Standards,
        CatalogueKind.QUALIFICATIONS: Qualifications,
        CatalogueKind.MAPPING: OccupationMapping,
        CatalogueKind.RULES: RuleSet,
        CatalogueKind.OUTLINE: Outline,
    }
)


def _in_batches(
    batches: Iterable[tuple[Edition, NewOccupations]], occupation: Occupation, day: date
) -> Publication | None:
    """Return what batches, earliest first, say of the occupation; None: nothing."""
    for edition, batch in batches:
        new = batch.get(occupation)
        # The code at publication and the one in the next dictionary may differ, or be unknown.
        if new is None or (new.code and occupation.code and new.code != occupation.code):
            continue
        if not new.skills:
            return Publication(state=Published.NO_SKILLS, by=edition.edition)
        since = edition.days.start
        state = Published.YES if since <= day else Published.NOT_YET
        return Publication(state=state, by=edition.edition, since=since)
    return None
