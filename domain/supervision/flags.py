"""A flag through time: what was known when its record was made, what is known now (§2, §6)."""

from dataclasses import dataclass, replace
from datetime import date

from domain.checks.outcome import Outcome
from domain.flag import Review
from domain.terms.identifiers import flag_key
from domain.terms.vocabulary import Case, ReviewDecision, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagState:
    """One check on one record, as known at a position.

    `then` is the verdict right after the record itself entered the ledger. `known_from` is
    the entry since which it has been raised, `known_to` the entry that cleared it.
    """

    code: str
    position: int
    day: date
    then: Verdict
    outcome: Outcome
    known_from: int
    known_to: int | None = None
    year: int | None = None
    """Of P1: the year of the plan."""
    entered: Outcome | None = None
    """What was said right after the record itself was entered; None: nothing, or the same of every day."""
    of_its_own: Verdict | None = None
    """Of what time brought about and ended: the verdict of its own days as known now (0200)."""

    @property
    def key(self) -> str:
        """Key of the flag."""
        key = flag_key(self.code, self.position)
        return key if self.year is None else f"{key}-{self.year}"

    @property
    def name(self) -> str:
        """Name of the outcome."""
        return self.outcome.name

    def then_on(self, day: date) -> Verdict:
        """Return what was said of a day right after the record itself was entered."""
        entered = self.entered
        if entered is None:
            return self.then
        early = entered.begun is not None and day < entered.begun
        return Verdict.CLEAR if early else entered.on(day).verdict

    @property
    def raised(self) -> bool:
        """Whether it is a breach or undecided."""
        return self.outcome.verdict is not Verdict.CLEAR


def case_of(then: Verdict, now: Verdict, review: Review | None) -> Case:
    """Return which of the four cases a flag is; undecided weighs between clear and breach.

    `review`: the one that holds, none that is stale.
    """
    if review is not None and review.decision is ReviewDecision.DISMISSED:
        return Case.OVERTURNED
    if then is Verdict.CLEAR and now is Verdict.CLEAR:  # raised in between, and cleared again
        return Case.OVERTURNED
    if then.gravity == now.gravity:
        return Case.THEN_AND_NOW
    return Case.THEN_NOT_NOW if now.gravity < then.gravity else Case.NOW_NOT_THEN


def raised(  # noqa: PLR0913 - one argument a field
    code: str, position: int, day: date, outcome: Outcome, *, at: int, own: bool
) -> FlagState:
    """Return a flag that is raised for the first time by the entry `at`; `own`: that is the record's."""
    return FlagState(
        code=code,
        position=position,
        day=day,
        then=outcome.verdict if own else Verdict.CLEAR,
        outcome=outcome,
        known_from=at,
        entered=outcome if own else None,
    )


_WITHIN_QUOTES = str.maketrans("“”", "‘’")
"""What is quoted within what is quoted (GB/T 15834)."""


def cleared(before: Outcome, at: int) -> Outcome:
    """Return what is said where the entry `at` has cleared a breach, or decided what was undecided."""
    within = before.zh.translate(_WITHIN_QUOTES)
    return Outcome(
        Verdict.CLEAR,
        f"已澄清（位置 {at} 的记录）：此前为“{within}”",
        f"cleared by the entry at position {at}; before: {before.en}",
        (*before.because, at),
        before.begun,
        bodies=before.bodies,
    )


def over(before: Outcome) -> Outcome:
    """Return what is said from the day on which an authority made an end of it: no acquittal (0280)."""
    until, at = before.until or date.max, before.ended_by or 0
    within = before.zh.translate(_WITHIN_QUOTES)
    return Outcome(
        Verdict.CLEAR,
        f"{until} 起不再如此（位置 {at} 的记录）：此前为“{within}”",
        f"over since {until} by the entry at position {at}; before: {before.en}",
        (*before.because, at),
        bodies=before.bodies,
    )


def on_day(outcome: Outcome, day: date) -> Outcome:
    """Return what holds on `day` of an outcome of which an authority may have made an end."""
    if outcome.until is None or day < outcome.until:
        return outcome.on(day) if outcome.earlier else outcome
    return over(outcome)


def after(state: FlagState, outcome: Outcome, at: int) -> FlagState:
    """Return the flag after the entry `at`, with the check's outcome as it stands now."""
    if outcome.verdict is Verdict.CLEAR:
        if not state.raised:
            return state
        return replace(state, outcome=cleared(state.outcome, at), known_to=at)
    if outcome == state.outcome:
        return state
    known_from = state.known_from if state.raised else at
    return replace(state, outcome=outcome, known_from=known_from, known_to=None)


def settled(state: FlagState, outcome: Outcome, day: date, at: int) -> FlagState:
    """Return the same with the day of the record as it stands now; `state` itself where nothing changes."""
    changed = after(state, outcome, at)
    return changed if changed.day == day else replace(changed, day=day)
