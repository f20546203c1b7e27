"""The whole city as if: the same fold under what is in force and under what is supposed, compared.

Supposed are a rule set, in force on every day, or entries that would stand behind the last one; a
catalogue is such an entry, with its content. Subjects are independent, so this is a map over them like
any replay, and what differs is said by the very comparison that `diff` makes. Nothing is recorded.
What spans enterprises (C2) is merged in as things stand, on both sides, where all rows are wanted.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from psycopg import Connection

from domain.catalogue import CatalogueAdopted
from domain.supervision.supervision import Supervision
from domain.terms.contents import Content, RuleSet
from domain.terms.envelope import Recorded
from ledger import catalogues
from ledger.codec import legible
from ledger.log.log import Log
from projections.follow import duplicate_verdicts, histories
from projections.follow.fold import Rules, SetApart, current, merged, read
from projections.views.row import item
from replay import compare
from replay.causes import cause
from replay.compare import Of
from replay.engines import Executor
from replay.known_at import JUDGED, connection

Item: TypeAlias = dict[str, Any]
KINDS: tuple[Of, ...] = ("roster", "scope", "flags", "standings")
"""What is compared, as in `diff`."""
UNCOMPARED = frozenset({"because", "rule"})
"""Another rule set names itself on every flag: that alone is no difference."""


class Suppositions(NamedTuple):
    """What is supposed, beyond what the ledger holds."""

    rules: RuleSet | None = None
    """In force on every day, whatever was adopted."""
    entries: tuple[Recorded[Any], ...] = ()
    """At the positions behind the last entry, in order."""
    contents: Mapping[str, Content] = MappingProxyType({})
    """What catalogues say that the store does not hold, by digest."""
    lines: Mapping[int, int] = MappingProxyType({})
    """Position of a supposed entry → the line that supposes it."""

    @property
    def adoptions(self) -> tuple[Recorded[CatalogueAdopted], ...]:
        """The catalogues among the entries."""
        return tuple(each for each in self.entries if type(each.event) is CatalogueAdopted)

    @property
    def concerns_all(self) -> bool:
        """Whether every enterprise is judged by something else."""
        return self.rules is not None or bool(self.adoptions)

    def concerns(self, uscc: str) -> bool:
        """Return whether an enterprise is judged by something else, or has another history."""
        return self.concerns_all or any(each.subject == uscc for each in self.entries)

    def subjects(self) -> frozenset[str]:
        """Return those whom an entry is about."""
        return frozenset(each.subject for each in self.entries if each.subject is not None)

    def about(self, subjects: Sequence[str]) -> "Suppositions":
        """Return what a part needs: the entries about its subjects, and what concerns all."""
        own = frozenset(subjects)
        entries = (e for e in self.entries if e.subject in own or type(e.event) is CatalogueAdopted)
        contents, lines = dict(self.contents), dict(self.lines)
        return self._replace(entries=tuple(entries), contents=contents, lines=lines)

    def causes(self, uscc: str, rests_on: Sequence[int]) -> list[Item]:
        """Return what of it explains a line about `uscc` that rests on entries at these positions.

        What concerns all explains every line. An entry is named by the line that supposes it: the
        position behind the last one will be that of something else.
        """
        own = [each for each in self.entries if each.position in rests_on]
        if not (own or self.concerns_all):
            own = [each for each in self.entries if each.subject == uscc]
        rules = [] if self.rules is None else [_of_rules(self.rules)]
        chosen = sorted({each.position: each for each in (*self.adoptions, *own)}.items())
        return [*rules, *(self._cause(entry) for _, entry in chosen)]

    def _cause(self, entry: Recorded[Any]) -> Item:
        event = entry.event
        line = self.lines.get(entry.position)
        adopted = isinstance(event, CatalogueAdopted)
        return {
            "kind": "catalogue" if adopted and line is None else "suppositions",
            "edition": event.edition if adopted else None,
            "line": line,
            "type": type(event).__name__,
            "valid_from": entry.valid_from.isoformat(),
            "reason": entry.reason,
            "document_no": entry.document_no,
        }

    def over(self, now: Rules, conn: Connection[Any]) -> Rules:
        """Return `now` as if all this were so."""
        reference = now.context.reference.holding(self.contents)
        missing = {each.event.sha256 for each in self.adoptions} - reference.contents.keys()
        if missing:
            reference = reference.holding(catalogues.contents(conn, sorted(missing)))
        if self.rules is not None:
            reference = reference.under(self.rules)
        context = replace(now.context, reference=reference)
        return now._replace(context=context, catalogue=(*now.catalogue, *self.adoptions))


def _of_rules(rules: RuleSet) -> Item:
    unsaid = dict.fromkeys(("line", "type", "valid_from", "reason", "document_no"))
    return {"kind": "rules", "edition": rules.edition, **unsaid}


class Whole(NamedTuple):
    """What is asked: which ledger, up to which entry, on which day, under which suppositions."""

    conninfo: str
    upto: int
    day: date
    supposed: Suppositions
    tables: bool = False
    """Whether all rows are wanted as they would be, and not only those that differ."""


class SupposedPart(NamedTuple):
    """One job: some subjects, and their certificates that share a number or a holder."""

    whole: Whole
    subjects: tuple[str, ...] = ()
    certificates: tuple[int, ...] = ()


class FoldedPart(NamedTuple):
    """What one part came to."""

    last: str
    """Its last subject: where the next part begins."""
    subjects: int
    """Enterprises that the suppositions concern; others are folded for the tables alone."""
    flags: int
    lines: list[Item]
    """`{of, change, key, uscc, clock, before, after}`, unexplained."""
    rows: dict[str, list[str]]
    """Documents by table, cases by kind: all that would hold on the day."""

    def flips(self) -> Counter[tuple[str, str, str]]:
        """Return the verdicts that flip: how many by check, verdict before and after."""
        flipped: Counter[tuple[str, str, str]] = Counter()
        for line in self.lines:
            if line["of"] == "flags":
                shown = line["after"] or line["before"]
                sides = (_verdict(line["before"]), _verdict(line["after"]))
                if sides[0] != sides[1]:
                    flipped[shown["code"], *sides] += 1
        return flipped


def _verdict(shown: Item | None) -> str:
    return "clear" if shown is None else str(shown["verdict"])


WHOLE = tuple(view for view in JUDGED if view != "scope")
"""The views of which all rows are wanted; what a scope is, the roster says."""
ENTRIES = 20_000
"""Entries in one part, so far as they belong to several subjects."""


class Planned(NamedTuple):
    """The parts of a question, and how many entries they look at."""

    parts: list[tuple[SupposedPart, int]]
    """Each with its entries: what progress is counted by."""

    @property
    def entries(self) -> int:
        """Entries of all parts."""
        return sum(entries for _, entries in self.parts)


def plan(whole: Whole, workers: int = 1, behind: str = "") -> Planned:
    """Return the parts, in order of subject, from the subject behind `behind` on."""
    with connection(whole.conninfo) as conn:
        sizes = dict(histories.sizes(conn, 0, whole.upto))
        supposed = whole.supposed
        concerned = supposed.subjects()
        if supposed.concerns_all or whole.tables:
            concerned |= sizes.keys()
        parts = _together(whole, {s: sizes.get(s, 0) for s in sorted(concerned)}, workers)
        sharing = duplicate_verdicts.sharing(conn, 0, whole.upto) if whole.tables else {}
    return Planned(
        [
            (part._replace(certificates=_of(sharing, part.subjects)), size)
            for part, size in parts
            if part.subjects[0] > behind
        ]
    )


def _of(sharing: Mapping[str, Sequence[int]], subjects: Iterable[str]) -> tuple[int, ...]:
    return tuple(position for subject in subjects for position in sharing.get(subject, ()))


def _together(
    whole: Whole, sizes: Mapping[str, int], workers: int
) -> Iterator[tuple[SupposedPart, int]]:
    share = min(ENTRIES, max(1, sum(sizes.values()) // workers))
    some: list[str] = []
    taken = 0
    for subject, size in sizes.items():
        if some and taken + size > share:
            yield _part(whole, some), taken
            some, taken = [], 0
        some.append(subject)
        taken += size
    if some:
        yield _part(whole, some), taken


def _part(whole: Whole, subjects: Sequence[str]) -> SupposedPart:
    own = whole._replace(supposed=whole.supposed.about(subjects))
    return SupposedPart(own, tuple(subjects))


def carried_out(executor: Executor, planned: Planned) -> Iterator[FoldedPart]:
    """Yield what each part comes to, in their order; memory is bounded by a few of them."""
    return executor.map(fold_part, (part for part, _ in planned.parts))


def fold_part(rules: Rules, part: SupposedPart) -> FoldedPart:
    """Fold the subjects of a part both ways."""
    whole = part.whole
    outcome = FoldedPart(part.subjects[-1] if part.subjects else "", 0, 0, [], {})
    with connection(whole.conninfo) as conn:
        now = histories.known_rules(conn, rules, whole.upto)
        then = whole.supposed.over(now, conn)
        verdicts = duplicate_verdicts.of_certificates(
            conn, now.apply, 0, whole.upto, part.certificates
        )
        left = list(part.subjects)
        subjects = flags = 0
        for uscc, history in histories.of_subjects(conn, part.subjects, whole.upto):
            left.remove(uscc)
            entries = list(merged(verdicts.get(uscc, ()), history))
            flags += _both_ways(uscc, entries, (now, then), whole, outcome)
            subjects += whole.supposed.concerns(uscc)
        for uscc in left:  # nobody has heard of them yet
            flags += _both_ways(uscc, [], (now, then), whole, outcome)
            subjects += whole.supposed.concerns(uscc)
    return outcome._replace(subjects=subjects, flags=flags)


def _both_ways(
    uscc: str,
    history: Sequence[Recorded[Any]],
    rules: tuple[Rules, Rules],
    whole: Whole,
    outcome: FoldedPart,
) -> int:
    """Add what differs about a subject; return how many flags of it there are, either way."""
    own = [each for each in whole.supposed.entries if each.subject == uscc]
    one = _folded(uscc, history, rules[0], whole.upto)
    other = _folded(uscc, [*history, *own], rules[1], _end(whole))
    before = _on_day(one, whole.upto, whole.day, ("roster", "flags"))
    views = WHOLE if whole.tables else ("roster", "flags")
    after = _on_day(other, _end(whole), whole.day, views)
    for table, docs in after.items() if whole.tables else ():
        for key, doc in docs.items():
            outcome.rows.setdefault(_kept_as(table, key), []).append(doc)
    for table, kinds in _COMPARED:
        old, new = before.get(table, {}), after.get(table, {})
        for key in sorted({*old, *new}):
            if old.get(key) != new.get(key):
                sides = [None if doc is None else item(doc) for doc in (old.get(key), new.get(key))]
                outcome.lines.extend(_lines(kinds, key, uscc, sides, whole.upto))
    return len({*before.get("flags", {}), *after.get("flags", {})})


def _kept_as(table: str, key: str) -> str:
    """Return the table of a row; cases have one for each kind."""
    return key.partition("/")[0] if table == "cases" else table


_COMPARED: tuple[tuple[str, tuple[Of, ...]], ...] = (
    ("roster", ("roster", "scope", "standings")),
    ("flags", ("flags",)),
)


def _known(side: Item | None, upto: int) -> Item | None:
    """Return a side with the entries that it rests on, as far as they are entries."""
    if side is None or "because" not in side:
        return side
    return {**side, "because": [at for at in side["because"] if at <= upto]}


def _lines(
    kinds: Iterable[Of], key: str, uscc: str, docs: Sequence[Item | None], upto: int
) -> Iterator[Item]:
    for kind in kinds:
        for line in compare.differing(kind, key, uscc, *docs):
            if _differs(line.before, line.after):
                rests_on = sorted(line.change.before | line.change.after)
                before, after = (_known(side, upto) for side in (line.before, line.after))
                sides = compare.sides(line.key, before, after)
                own = {"of": kind, "uscc": uscc, "clock": "supposition", "rests_on": rests_on}
                yield {**sides, **own}


def _differs(before: Item | None, after: Item | None) -> bool:
    if before is None or after is None:
        return True
    return any(before.get(name) != after.get(name) for name in {*before, *after} - UNCOMPARED)


def _end(whole: Whole) -> int:
    return max((each.position for each in whole.supposed.entries), default=whole.upto)


def _folded(uscc: str, entries: Sequence[Recorded[Any]], rules: Rules, upto: int) -> Supervision:
    """Return the file of a subject; where an entry cannot be followed, as it was before that."""
    file = rules.new_file(uscc)
    try:
        read(file, rules.among(entries, 0, upto))
    except SetApart as error:
        at = error.position
        return _folded(uscc, [e for e in entries if e.position < at], rules, at - 1)
    return file


def _on_day(
    file: Supervision, upto: int, day: date, views: Sequence[str]
) -> dict[str, dict[str, str]]:
    """Return by table the documents that hold on the day, by key."""
    documents: dict[str, dict[str, str]] = {}
    for table, key, _, _, _, rows in current(file, upto, views):
        for row in rows:
            if row.holds_on(day):
                documents.setdefault(table, {})[key] = row.doc
    return documents


MOST_CAUSES = 12
"""Entries that one line names beside what is supposed."""


def explained(log: Log, lines: Sequence[Item], whole: Whole) -> list[Item]:
    """Return the lines, each with `supposed`, what makes it so, and `because`, the entries it rests on."""
    named = {at for line in lines for at in line["rests_on"] if at <= whole.upto}
    entries = {entry.position: legible(entry) for entry in log.at(named)}
    return [_explained(line, entries, whole) for line in lines]


def _explained(line: Item, entries: Mapping[int, Recorded[Any]], whole: Whole) -> Item:
    rests_on: list[int] = line["rests_on"]
    earlier = [at for at in rests_on if at in entries][:MOST_CAUSES]
    kept = {name: value for name, value in line.items() if name != "rests_on"}
    supposed = whole.supposed.causes(line["uscc"], [at for at in rests_on if at > whole.upto])
    return {**kept, "supposed": supposed, "because": [cause(entries[at]) for at in earlier]}
