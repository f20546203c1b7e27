"""What is supposed, read: rules, a catalogue, or lines as an import would take them.

Lines are decided by the same deciders on a look at the ledger as it stood at the position, each in the
name of the actor that it states, and never appended.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from api.installation import catalogues
from api.installation.wiring import Installation
from api.questions.problems import Fault, Problem, invalid
from api.questions.queries import missing
from domain.catalogue import ALL, CatalogueAdopted
from domain.registry import EVENTS
from domain.terms.contents import Content, RuleSet
from domain.terms.envelope import UNSTAMPED, Actor, Recorded
from domain.terms.intervals import Days
from domain.terms.vocabulary import CatalogueKind
from ledger import catalogue_forms
from ledger.catalogues import contents
from ledger.deciding.outcome import Accepted, Outcome, Rejected
from ledger.gate.faults import Invalid
from ledger.gate.shapes import Submission, from_line
from ledger.log.clock import now
from projections.views.basis import Basis
from replay.suppositions import Suppositions

MOST_LINES = 20_000
"""Lines that may be supposed at a time: what they would record is kept in memory."""
MOST_REFUSED = 100
"""Refused lines that are named; their number is said in any case."""


class Adoption(NamedTuple):
    """A catalogue that is supposed to be adopted."""

    kind: CatalogueKind
    edition: str
    days: Days
    sha256: str
    content: Content


class Refusal(NamedTuple):
    """A line that would be refused."""

    line: int
    code: str
    zh: str
    en: str

    def shown(self) -> dict[str, Any]:
        """Return it as the API shows it."""
        return {"line": self.line, "code": self.code, "reason": f"{self.zh} / {self.en}"}


class Supposed(NamedTuple):
    """Everything that is supposed, and what of the lines would be refused."""

    suppositions: Suppositions
    lines: int = 0
    taken: int = 0
    refused: int = 0
    refusals: tuple[Refusal, ...] = ()
    """The first of them."""


def rules_in(house: Installation, raw: bytes, basis: Basis) -> RuleSet:
    """Return the rule set of a file; what it leaves out is as in force at the basis.

    Raises:
        Problem: 422, with everything that is wrong with it.
    """
    try:
        return catalogue_forms.rules(raw, house.reference_at(basis.position).rules(basis.valid_at))
    except Invalid as error:
        raise Problem(
            "invalid",
            f"规则不可用：{error.zh}"[:2000],
            f"these are no usable rules: {error.en}"[:2000],
            errors=tuple(Fault(f"rules.{f.field}".rstrip("."), f.reason) for f in error.faults),
        ) from None


def stored_adoption(house: Installation, sha256: str, edition: str, days: Days) -> Adoption:
    """Return the adoption of a file that is stored or shipped.

    Raises:
        Problem: 404, it is not held; 422, the days are empty.
    """
    catalogue = catalogues.one(house, house.ends().head, sha256)
    with house.reading() as connection:
        content = contents(connection, [sha256]).get(sha256)
    if content is None:
        raise missing()
    own = content.edition if isinstance(content, RuleSet) else ""
    return _adoption(catalogue.kind, edition or own or catalogue.file_name, days, sha256, content)


def adoption_of(kind: CatalogueKind, path: Path, edition: str, days: Days) -> Adoption:
    """Return the adoption of a file that nobody has stored.

    Raises:
        Problem: 422, with everything that is wrong with it.
    """
    raw = path.read_bytes()
    content = catalogues.content_of(kind, path.name, raw)
    return _adoption(kind, edition or path.stem, days, hashlib.sha256(raw).hexdigest(), content)


def _adoption(
    kind: CatalogueKind, edition: str, days: Days, sha256: str, content: Content
) -> Adoption:
    if days.empty:
        raise invalid("valid_to", "失效日不晚于生效日", "the edition would end before it begins")
    return Adoption(kind, edition, days, sha256, content)


def supposed(  # noqa: PLR0913 - one argument a kind of supposition
    house: Installation,
    actor: Actor,
    position: int,
    *,
    rules: RuleSet | None = None,
    adoption: Adoption | None = None,
    lines: Iterable[bytes] = (),
) -> Supposed:
    """Return what is supposed behind the entry at `position`, decided where it has to be."""
    read = _Lines()
    entries = list(read.entries(house, lines, position))
    contents: dict[str, Content] = {}
    if adoption is not None:
        entries.append(_entry(adoption, actor, position + len(entries) + 1))
        contents[adoption.sha256] = adoption.content
    suppositions = Suppositions(rules, tuple(entries), contents, read.lines)
    refusals = tuple(read.refusals[:MOST_REFUSED])
    return Supposed(suppositions, read.number, read.taken, len(read.refusals), refusals)


def _entry(adoption: Adoption, actor: Actor, position: int) -> Recorded[CatalogueAdopted]:
    event = CatalogueAdopted(
        kind=adoption.kind,
        edition=adoption.edition,
        valid_from=adoption.days.start,
        valid_to=adoption.days.end,
        sha256=adoption.sha256,
    )
    # fmt: off
    return Recorded(
        position, f"catalogue/{adoption.kind.value}", 0, EVENTS["CatalogueAdopted"].stored, now(),
        adoption.days.start, None, None, (ALL.tag,), actor, event, None, None, None, None, None,
        UNSTAMPED,
    )
    # fmt: on


class _Lines:
    """Lines on their way to what they would record."""

    def __init__(self) -> None:
        self.number = 0
        self.taken = 0
        self.refusals: list[Refusal] = []
        self.lines: dict[int, int] = {}
        """Position of what a line would record → the line."""
        self._sound: list[int] = []

    def entries(
        self, house: Installation, lines: Iterable[bytes], position: int
    ) -> Iterator[Recorded[Any]]:
        """Yield what the lines would record; remember which would be refused, and why."""
        submissions = list(self._submissions(lines))
        rehearsal = house.transactor.rehearsal()
        decided = rehearsal.suppose([submissions] if submissions else [], position)
        for line, (outcome, entries) in zip(self._sound, decided, strict=True):
            self._count(line, outcome)
            for entry in entries:
                self.lines[entry.position] = line
                yield entry
        self.refusals.sort()

    def _count(self, line: int, outcome: Outcome) -> None:
        if isinstance(outcome, Accepted):
            self.taken += 1
        if isinstance(outcome, Rejected):
            self.refusals.append(Refusal(line, outcome.code, outcome.zh, outcome.en))

    def _submissions(self, lines: Iterable[bytes]) -> Iterator[Submission]:
        for at, raw in enumerate(lines, 1):
            if not raw.strip():
                continue
            self.number += 1
            if self.number > MOST_LINES:
                raise invalid(
                    "suppositions",
                    f"最多假设 {MOST_LINES} 行",
                    f"at most {MOST_LINES} lines can be supposed",
                )
            try:
                submission = from_line(raw.strip())
            except Invalid as error:
                self.refusals.append(Refusal(at, error.code, error.zh, error.en))
                continue
            self._sound.append(at)
            yield submission
