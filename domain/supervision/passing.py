"""Q2 and P1, which the passing of time brings about: on which days, and as known on which day (§2).

No entry says that a deadline has passed. So *then*, of a day, is what the ledger knew at the end of that day,
or of the day on which the record itself was entered, if that came later: nobody could see more, and
an order says nothing of the days behind its deadline before they come.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple, TypeAlias

from domain.checks.duties import Due, Owing, plan_late
from domain.checks.outcome import CLEAR, Outcome
from domain.checks.procedure import overdue, past_deadline
from domain.finding.finding import Finding
from domain.finding.rectification import Order
from domain.plan import Plan
from domain.standing.course import standing_en, standing_zh
from domain.supervision.flags import cleared
from domain.terms.intervals import Days
from domain.terms.naming import Name
from domain.terms.vocabulary import Verdict


class Spell(NamedTuple):
    """Days on which something is past its deadline, the sentence of these days, and what ended them."""

    days: Days
    outcome: Outcome
    zh: str
    """What is late, as a sentence names it."""
    en: str
    ended_by: int | None = None
    ended_how: Name = Name("", "")
    """What that entry did: of a new order nothing was made good, there is another deadline."""

    @property
    def ended(self) -> Outcome:
        """What is said from the day on which it was over: the days themselves stay what they were."""
        start, end, at = self.days.start, self.days.end or date.max, self.ended_by
        zh, en = (
            f"自 {start} 至 {end - timedelta(days=1)} 逾期；{end} ",
            f"from {start} to {end - timedelta(days=1)}; on {end} ",
        )
        if self.days.empty:
            zh, en = f"自 {start} 起逾期，当天", f"from {start}; the same day "
        return Outcome(
            Verdict.CLEAR,
            f"{self.zh}{zh}{self.ended_how.zh}{_entry_zh(at)}",
            f"{self.en} was overdue {en}{self.ended_how.en}{_entry_en(at)}",
            self.outcome.because if at is None else (*self.outcome.because, at),
        )


def _entry_zh(at: int | None) -> str:
    return "" if at is None else f"（位置 {at} 的记录）"


def _entry_en(at: int | None) -> str:
    return "" if at is None else f" (the entry at position {at})"


Spells: TypeAlias = tuple[Spell, ...]


def of_order(finding: Finding | None, order: Order | None) -> Spells:
    """Q2: the days on which an order to rectify is overdue."""
    if finding is None or order is None:
        return ()
    return tuple(
        Spell(
            stretch.days,
            past_deadline(finding, order, stretch.reopened_by),
            f"整改（期限 {order.due_on}，问题 {finding.raised.finding_id}）",
            f"the rectification (deadline {order.due_on}, finding {finding.raised.finding_id})",
            stretch.ended_by,
            stretch.ended_how,
        )
        for stretch in overdue(finding, order)
    )


def of_plan(due: Due | None, plan: Plan | None) -> Spells:
    """P1: the days on which a plan that is owed is late."""
    if due is None:
        return ()
    return tuple(_late(due, owing, plan) for owing in due.owing if _is_late(due, owing, plan))


def _is_late(due: Due, owing: Owing, plan: Plan | None) -> bool:
    """A plan of the first day after the deadline is late; one of the day of a return to the roster is not."""
    if plan is None or owing.days.start < plan.filed:
        return True
    return owing.days.start == due.late_from == plan.filed


def _late(due: Due, owing: Owing, plan: Plan | None) -> Spell:
    last = due.late_from - timedelta(days=1)
    days, ended_by = owing.days, owing.ended_by
    how = Name(
        f"企业{standing_zh(owing.ended_as)}", f"the enterprise {standing_en(owing.ended_as)}"
    )
    if plan is not None and (days.end is None or plan.filed <= days.end):
        days, ended_by, how = Days(days.start, plan.filed), plan.position, _FILED
    return Spell(
        days,
        plan_late(due, owing.because),
        f"{due.year} 年度计划（期限 {last}）",
        f"the plan for {due.year} (deadline {last})",
        ended_by,
        how,
    )


_FILED = Name("报备", "it was filed")


class _Knowledge(NamedTuple):
    """What was known from the end of a day on, and since which entry."""

    day: date
    position: int
    spells: Spells


class Stage(NamedTuple):
    """What is shown of the flag over some days."""

    days: Days
    spell: Spell
    """The days of it: those that run, else the last ones that were."""
    now: Verdict
    """Of these days, as known now."""
    of_its_own: Verdict
    """Of the days that the flag is about, as known now: a breach stays one when it is over."""
    then: Verdict
    """Of the same days, as known then."""
    cleared_by: int | None

    @property
    def outcome(self) -> Outcome:
        """What is said over these days."""
        if self.now is Verdict.BREACH:
            return self.spell.outcome
        if self.spell.ended_by == self.cleared_by:
            return self.spell.ended
        return cleared(self.spell.outcome, self.cleared_by or 0)


class Passing:
    """The days of one such flag, as known now and as known on every day before."""

    __slots__ = ("_known", "_record")

    def __init__(self, position: int) -> None:
        self._record = position
        """The entry since which the matter is in the ledger."""
        self._known: list[_Knowledge] = []

    def learn(self, day: date, position: int, spells: Spells) -> None:
        """Take in what is known since the entry at `position`, recorded on `day`."""
        if not self._known:
            self._known.append(_Knowledge(day, position, spells))
            return
        last = self._known[-1]
        if last.spells == spells:
            return
        if last.day == day:  # what one day taught is known at its end
            self._known.pop()
        self._known.append(_Knowledge(day, position, spells))

    @property
    def now(self) -> Spells:
        """The days as known now."""
        return self._known[-1].spells if self._known else ()

    def then(self, day: date) -> Spell | None:
        """Return what runs on `day` as known then."""
        return _running(self._known_on(day), day)

    def _known_on(self, day: date) -> Spells:
        known = self._known[0]
        for knowledge in self._known:
            if knowledge.day <= day:
                known = knowledge
        return known.spells

    def _late_then(self, day: date) -> Spell | None:
        """Return what was late on `day` as known then: for all of it, or for its first part."""
        return _late_on(self._known_on(day), day)

    def outcome(self, day: date) -> Outcome | None:
        """Return what the check says on `day`; None where it was never raised up to then."""
        stages = [stage for stage in self.stages() if stage.days.start <= day]
        if not stages:
            return None
        return stages[-1].outcome if stages[-1].now is Verdict.BREACH else CLEAR

    def known_from(self, stage: Stage) -> int:
        """Return the entry since which a stage is known: the record's own, or the one that taught it."""
        if stage.then is Verdict.BREACH:
            return self._record
        is_over = stage.now is not stage.of_its_own
        return self._since(stage.spell.days.start if is_over else stage.days.start)

    def _since(self, day: date) -> int:
        """Return the entry since which is known whether anything was late on `day`."""
        in_time, position = _late_on(self.now, day) is None, self._known[-1].position
        for knowledge in reversed(self._known):
            if (_late_on(knowledge.spells, day) is None) is not in_time:
                break
            position = knowledge.position
        return position

    def stages(self) -> Sequence[Stage]:
        """Return what is shown, from the first day of a breach as known then or now."""
        stages: list[Stage] = []
        for days in self._stretches():
            stage = self._stage(days, stages[-1] if stages else None)
            if stage is not None and stages and stages[-1][1:] == stage[1:]:
                stage = stage._replace(days=Days(stages.pop().days.start, days.end))
            if stage is not None:
                stages.append(stage)
        return stages

    def _stretches(self) -> Iterator[Days]:
        spells = [spell for known in self._known for spell in known.spells]
        if not spells:
            return
        first = min(spell.days.start for spell in spells)
        bounds = {known.day for known in self._known}
        for spell in spells:
            bounds |= {spell.days.start, spell.days.end or first}
        starts = sorted(day for day in bounds if day >= first)
        yield from (Days(*each) for each in zip(starts, (*starts[1:], None), strict=True))

    def _stage(self, days: Days, before: Stage | None) -> Stage | None:
        day = days.start
        known_then, running = self.then(day), _running(self.now, day)
        then = Verdict.BREACH if known_then is not None else Verdict.CLEAR
        if running is not None:
            return Stage(days, running, Verdict.BREACH, Verdict.BREACH, then, None)
        over = [spell for spell in self.now if spell.days.end is not None and spell.days.end <= day]
        if over:
            spell = over[-1]
            if known_then is not None:  # what ended it was learnt later
                return Stage(
                    days, spell, Verdict.CLEAR, Verdict.CLEAR, Verdict.BREACH, spell.ended_by
                )
            known = self._late_then(spell.days.start) is not None
            return Stage(
                days,
                spell,
                Verdict.CLEAR,
                Verdict.BREACH,
                Verdict.BREACH if known else Verdict.CLEAR,
                spell.ended_by,
            )
        last = self._late_then(day) or (before.spell if before is not None else None)
        if last is None:
            return None
        cleared_by = self._since(last.days.start)
        return Stage(days, last, Verdict.CLEAR, Verdict.CLEAR, Verdict.BREACH, cleared_by)


def _late_on(spells: Spells, day: date) -> Spell | None:
    begun = next((spell for spell in spells if spell.days.start == day), None)
    return _running(spells, day) or begun


def _running(spells: Spells, day: date) -> Spell | None:
    return next((spell for spell in spells if day in spell.days), None)
