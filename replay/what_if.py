"""What an adoption would change: the same fold twice, as things stand and as if it had been made.

Subjects are independent, so this is a map over them like any replay; those chosen are folded and
no others. Nothing is recorded. What spans enterprises (C2) rests on no catalogue and is left out.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from domain.checks.outcome import CLEAR, Outcome
from domain.supervision.flags import FlagState
from domain.supervision.supervision import Supervision
from domain.terms.contents import Content
from domain.terms.reference import Edition
from domain.terms.vocabulary import Verdict
from projections.follow import histories
from projections.follow.fold import Rules, SetApart, read
from replay.engines import Executor
from replay.known_at import connection

MOST_ROWS = 500
"""Rows that are kept of a preview; their number is counted in any case."""


class Adoption(NamedTuple):
    """An adoption that is only supposed: an edition with its days, and what it says."""

    edition: Edition
    content: Content

    def among(self, rules: Rules) -> Rules:
        """Return `rules` as if the adoption stood in the ledger, behind all others."""
        reference = rules.context.reference.holding({self.edition.sha256: self.content})
        context = replace(rules.context, reference=reference.adopting(self.edition))
        return rules._replace(context=context)


class TriedPart(NamedTuple):
    """One job: which subjects of which ledger, up to which entry."""

    conninfo: str
    upto: int
    subjects: tuple[str, ...]
    supposed: Adoption


class Flip(NamedTuple):
    """A flag whose verdict would be another one."""

    key: str
    code: str
    subject: str
    day: date
    before: Verdict
    after: Verdict
    zh: str
    en: str
    because: tuple[int, ...]


class Preview(NamedTuple):
    """What an adoption would change."""

    position: int
    subjects: int
    """Enterprises that were looked at."""
    flags: int
    """Flags of them that were ever raised, either way."""
    number: int
    """Verdicts that flip."""
    by_check: Mapping[tuple[str, Verdict, Verdict], int]
    """Their number by check and by verdict before and after."""
    rows: Sequence[Flip]
    """The first of them, in order of enterprise and flag."""


def preview(
    executor: Executor, conninfo: str, upto: int, supposed: Adoption, subjects: Sequence[str] = ()
) -> Preview:
    """Fold the chosen subjects (all, where none is named) both ways and compare."""
    counts: Counter[tuple[str, Verdict, Verdict]] = Counter()
    rows: list[Flip] = []
    looked_at = flags = 0
    for outcome in executor.map(flips, _parts(executor, conninfo, upto, supposed, subjects)):
        looked_at += outcome.subjects
        flags += outcome.flags
        for flip in outcome.rows:
            counts[flip.code, flip.before, flip.after] += 1
            if len(rows) < MOST_ROWS:
                rows.append(flip)
    return Preview(upto, looked_at, flags, counts.total(), dict(counts), rows)


class TriedFlips(NamedTuple):
    """What one part came to."""

    subjects: int
    flags: int
    rows: list[Flip]


def flips(rules: Rules, part: TriedPart) -> TriedFlips:
    """Return what would flip in one part."""
    rows: list[Flip] = []
    subjects = flags = 0
    with connection(part.conninfo) as conn:
        now = histories.known_rules(conn, rules, part.upto)
        then = part.supposed.among(now)
        for uscc, history in histories.of_subjects(conn, part.subjects, part.upto):
            entries = list(now.among(history, 0, part.upto))
            before, after = now.new_file(uscc), then.new_file(uscc)
            with suppress(SetApart):  # what cannot be read changes nothing under other rules either
                read(before, entries)
            with suppress(SetApart):
                read(after, entries)
            subjects += 1
            keys = before.flags.keys() | after.flags.keys()
            flags += len(keys)
            rows += _flipped(before, after, keys)
    return TriedFlips(subjects, flags, rows)


def _flipped(before: Supervision, after: Supervision, keys: Iterable[str]) -> Iterator[Flip]:
    for key in sorted(keys):
        one, other = before.flags.get(key), after.flags.get(key)
        was, would_be = _outcome(one), _outcome(other)
        state = other or one
        if state is None or was.verdict is would_be.verdict:
            continue
        shown = would_be if would_be.zh else was
        yield Flip(
            key,
            state.code,
            after.file.uscc,
            state.day,
            was.verdict,
            would_be.verdict,
            shown.zh,
            shown.en,
            would_be.because or was.because,
        )


def _outcome(state: FlagState | None) -> Outcome:
    return CLEAR if state is None else state.outcome


ENTRIES = 20_000
"""Entries in one part, so far as they belong to several subjects."""


def _parts(
    executor: Executor, conninfo: str, upto: int, supposed: Adoption, subjects: Sequence[str]
) -> Iterator[TriedPart]:
    with connection(conninfo) as conn:
        sizes = histories.sizes(conn, 0, upto)
    chosen = set(subjects)
    share = min(ENTRIES, max(1, sum(size for _, size in sizes) // executor.workers))
    some: list[str] = []
    taken = 0
    for subject, size in sizes:
        if chosen and subject not in chosen:
            continue
        if some and taken + size > share:
            yield TriedPart(conninfo, upto, tuple(some), supposed)
            some, taken = [], 0
        some.append(subject)
        taken += size
    if some:
        yield TriedPart(conninfo, upto, tuple(some), supposed)
