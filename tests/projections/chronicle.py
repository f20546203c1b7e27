"""Random histories of three enterprises that touch every view, for laws that hold for all of them."""

import random
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from hypothesis import strategies as st

from domain.correction import (
    CorrectionDecided,
    CorrectionRequested,
    FieldCorrection,
    RecordCorrected,
)
from domain.finding.finding import FindingRaised
from domain.flag import FlagAnswered, FlagReviewed
from domain.judged import JUDGED
from domain.terms.vocabulary import ReviewDecision
from tests.ledger_story import LedgerStory
from tests.projections.chronicle_corrections import CORRECTIONS
from tests.projections.chronicle_events import (
    BEGIN,
    MAKERS,
    NEED,
    START,
    SUBJECTS,
    Step,
    day_of,
    pick,
)

__all__ = ["START", "SUBJECTS", "Step", "Told", "chronicles", "tell", "told"]

CORRECTION, REVIEW, ANSWER = "RecordCorrected", "FlagReviewed", "FlagAnswered"
REQUEST, DECISION = "CorrectionRequested", "CorrectionDecided"
_BUSY = ("AssessmentHeld", "CertificateIssued", "CertificateRevoked", "CertificateReissued")
KINDS = (
    *MAKERS,
    *(_BUSY * 2),
    *("CertificateIssued",) * 4,
    *("EnterpriseProfileChanged",) * 2,
    *(CORRECTION,) * 16,
    *(REVIEW,) * 5,
    *(ANSWER,) * 2,
    *(REQUEST,) * 3,
    *(DECISION,) * 3,
    *("ActRequested", "ActDecided") * 2,
)
"""Every event; sessions, certificates and what is said about records before come more often."""

_DECISIONS = (ReviewDecision.UPHELD, ReviewDecision.DISMISSED)

_BEGINNING = (
    ("EnterpriseRegistered", 0),
    ("ApplicationSubmitted", 5),
    ("EnterpriseListed", 10),
    ("AssessmentHeld", 60),
    ("CertificateIssued", 70),
)
BEGINNING = [
    Step(uscc, kind, day, number, 3)
    for number, uscc in enumerate(SUBJECTS)
    for kind, day in _BEGINNING
]
"""The usual course of events, which makes what follows mean something."""

_WHOM = (*SUBJECTS[:2], *SUBJECTS)
_small = st.lists(
    st.builds(
        Step,
        uscc=st.sampled_from(_WHOM),
        kind=st.sampled_from(KINDS),
        day=st.integers(0, 400),
        a=st.integers(0, 5),
        b=st.integers(0, 5),
    ),
    min_size=1,
    max_size=40,
)


def by_chance(seed: int, length: int) -> list[Step]:
    """So many steps, the same for the same seed.

    Half of the histories are of a few events only, so that rare ones meet each other and their
    corrections.
    """
    chance = random.Random(seed)  # noqa: S311 - a history, not a key
    theme = chance.sample(sorted(MAKERS), chance.randint(2, 8))
    said = (*(CORRECTION,) * 4, REVIEW, REVIEW, ANSWER, REQUEST, DECISION)
    kinds = chance.choice((KINDS, (*theme, *said)))
    return [
        Step(
            chance.choice(_WHOM),
            chance.choice(kinds),
            chance.randrange(400),
            chance.randrange(6),
            chance.randrange(6),
        )
        for _ in range(length)
    ]


_large = st.builds(by_chance, st.integers(0, 2**32 - 1), st.integers(5, 60))


@st.composite
def chronicles(draw: st.DrawFn) -> list[Step]:
    """A history, mostly with the usual beginning.

    Most come by chance: Hypothesis likes to repeat its choices, and steps of few kinds hardly
    meet. The others are its own, because it makes those smaller when one of them fails.
    """
    steps = draw(_large if draw(st.integers(0, 3)) else _small)
    return [*BEGINNING, *steps] if draw(st.integers(0, 3)) else steps


class Told(NamedTuple):
    """One step that became an entry."""

    position: int
    uscc: str
    event: Any


def told(
    steps: Iterable[Step],
    after: int = 0,
    known: set[str] | None = None,
    before: list[Told] | None = None,
) -> Iterator[tuple[Step, Told]]:
    """Yield what the steps say; one that the deciders would never let in there says nothing.

    `known` are the ids that were begun, `before` the entries that may be reviewed and corrected;
    both grow.
    """
    before = [] if before is None else before
    known = set() if known is None else known
    position = after
    for step in steps:
        about, event = step.uscc, None
        about_before = _ABOUT_BEFORE.get(step.kind)
        if about_before is not None:
            about, event = about_before(step, before)
        else:
            event = MAKERS[step.kind](step)
        if event is not None and _possible(event, known):
            position += 1
            entry = Told(position, about, event)
            before.append(entry)
            yield step, entry


def tell(story: LedgerStory, steps: list[Step]) -> None:
    """Record a history."""
    for step, entry in told(steps, story.position, story.known):
        story.tell(entry.event, day_of(step), uscc=entry.uscc)
    story.write()


def _possible(event: Any, known: set[str]) -> bool:
    """Return whether what the event begins is new, and what it refers to exists."""
    name, needed = BEGIN.get(type(event)), NEED.get(type(event))
    if needed is not None:
        return getattr(event, needed) in known
    if name is None:
        return True
    identity = getattr(event, name)
    new = identity not in known
    known.add(identity)
    return new


def _recent(before: list[Told], names: Any, number: int) -> Told | None:
    """One of the last entries of the types."""
    found = [entry for entry in before if type(entry.event).__name__ in names][-8:]
    return pick(found, number) if found else None


def _correction(step: Step, before: list[Told]) -> tuple[str, Any]:
    # Half of them correct the last record that may be corrected; so they come in chains too.
    wrong = _recent(before, CORRECTIONS, step.day if step.day % 2 else -1)
    if wrong is None:
        return step.uscc, None
    choices = CORRECTIONS[type(wrong.event).__name__]
    found = {pick(choices, step.a), pick(choices, step.a + step.b)}
    fields = tuple(FieldCorrection(path=p, value=v) for p, v in sorted(dict(found).items()))
    return wrong.uscc, RecordCorrected(position=wrong.position, fields=fields)


_CODES: dict[str, list[str]] = {}
for _code, _classes in JUDGED.items():
    for _class in _classes:
        _CODES.setdefault(_class.__name__, []).append(_code)


def _review(step: Step, before: list[Told]) -> tuple[str, Any]:
    record = _recent(before, _CODES, step.day)
    if record is None:
        return step.uscc, None
    codes = _CODES[type(record.event).__name__]
    # A third of those of a certificate are of C2: it is folded apart from the others.
    code = "C2" if "C2" in codes and step.b % 3 == 0 else pick(codes, step.a + step.b)
    decision = pick(_DECISIONS, step.a)
    year = "-2024" if code == "P1" else ""
    flag = f"{code}-{record.position}{year}"
    finding_id = _finding_of(record.uscc, before) if decision is ReviewDecision.CONVERTED else None
    return record.uscc, FlagReviewed(flag=flag, decision=decision, finding_id=finding_id)


def _finding_of(uscc: str, before: list[Told]) -> str | None:
    """The last finding about the enterprise."""
    found = [e.event for e in before if isinstance(e.event, FindingRaised) and e.uscc == uscc]
    return found[-1].finding_id if found else None


def _answer(step: Step, before: list[Told]) -> tuple[str, Any]:
    about, review = _review(step, before)
    if review is None:
        return about, None
    return about, FlagAnswered(flag=review.flag, statement=f"申辩{step.a}", evidence=())


def _request(step: Step, before: list[Told]) -> tuple[str, Any]:
    about, correction = _correction(step, before)
    if correction is None:
        return about, None
    return about, CorrectionRequested(position=correction.position, fields=correction.fields)


def _decision(step: Step, before: list[Told]) -> tuple[str, Any]:
    asked = _recent(before, (REQUEST,), step.day)
    if asked is None:
        return step.uscc, None
    event = CorrectionDecided(position=asked.position, taken=step.a % 2 == 0, reason="核实")
    return asked.uscc, event


_ABOUT_BEFORE = {
    CORRECTION: _correction,
    REVIEW: _review,
    ANSWER: _answer,
    REQUEST: _request,
    DECISION: _decision,
}
"""What is said of something that was recorded before."""
