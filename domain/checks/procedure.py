"""Q1, Q2: inspections are carried out properly, rectifications come in time (四, 七)."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from domain.checks.outcome import CLEAR, Context, Outcome, breach, undecided
from domain.finding.finding import Finding
from domain.finding.rectification import Order
from domain.inspection.inspection import InspectionDispatched, Inspector, SpotCheckRecorded
from domain.terms.envelope import Recorded
from domain.terms.identifiers import is_card_number, masked_name
from domain.terms.intervals import Days
from domain.terms.naming import Name, how_many


class _Said(NamedTuple):
    """A sentence in Chinese and in English, and what it judges: a review belongs to that (§1)."""

    zh: str
    en: str
    judged: str


def inspection_proper(
    entry: Recorded[InspectionDispatched] | Recorded[SpotCheckRecorded], context: Context
) -> Outcome:
    """Q1: enough inspectors, each with a card, a statement on recusal and no ground declared.

    A card number that is not shaped like that of an external supervisor is undecided: no source
    says what other cards look like.
    """
    inspectors = entry.event.inspectors
    needed = context.reference.rules(entry.valid_from).inspectors_minimum
    numbered = tuple(enumerate(inspectors, 1))
    wrong = [*_too_few(inspectors, needed), *(s for n, i in numbered for s in _wrong_with(n, i))]
    strange = [s for n, i in numbered for s in _strange_about(n, i)]
    remarks = [*wrong, *strange]
    if not remarks:
        return CLEAR
    zh = f"督导程序：{'；'.join(remark.zh for remark in remarks)}"
    en = f"procedure: {'; '.join(remark.en for remark in remarks)}"
    values = tuple(remark.judged for remark in remarks)
    if wrong:
        return breach(zh, en, entry.position, reason="procedure", values=values)
    return undecided(zh, en, entry.position, reason="card-unknown", values=values)


def _too_few(inspectors: Sequence[Inspector], needed: int) -> Iterator[_Said]:
    number = len({inspector.account for inspector in inspectors})
    if number < needed:
        en = f"{how_many(number, 'inspector')}, {needed} needed"
        judged = f"{number} inspectors, {needed} needed"
        yield _Said(f"督导人员 {number} 人，少于 {needed} 人", en, judged)


def _who(number: int, inspector: Inspector) -> tuple[str, str]:
    """Return who is meant: flags are read without personal data too, the inspection names everybody."""
    name = masked_name(inspector.name)
    return f"第 {number} 名督导人员（{name}）", f"inspector {number} ({name})"


def _wrong_with(number: int, inspector: Inspector) -> Iterator[_Said]:
    (zh, en), account = _who(number, inspector), inspector.account
    if not (inspector.card_no or "").strip():
        said = "has no card number"
        yield _Said(f"{zh}没有督导证号", f"{en} {said}", f"{account} {said}")
    if inspector.recusal_declared is None:
        said = "made no recusal statement"
        yield _Said(f"{zh}没有回避声明", f"{en} {said}", f"{account} {said}")
    if inspector.recusal_declared:
        said = "declared a ground for recusal and did not recuse"
        yield _Said(f"{zh}声明有回避事由而未回避", f"{en} {said}", f"{account} {said}")


def _strange_about(number: int, inspector: Inspector) -> Iterator[_Said]:
    # The number itself is not repeated: whoever reads flags without personal data reads this.
    card = (inspector.card_no or "").strip()
    if card and not is_card_number(card):
        zh, en = _who(number, inspector)
        yield _Said(
            f"{zh}的督导证号不是已知格式（R 加 8 位数字），无法核对",
            f"the card number of {en} follows no known pattern (R and 8 digits)",
            f"the card number of {inspector.account} follows no known pattern (R and 8 digits)",
        )


class Overdue(NamedTuple):
    """Days on which an ordered rectification is overdue, and the entry that ended them."""

    days: Days
    reopened_by: int = 0
    """The failed reinspection that opened it again; 0: nobody had reported."""
    ended_by: int | None = None
    ended_how: Name = Name("", "")
    """What the entry did that ended them: a sentence says no more than that."""


def overdue(finding: Finding, order: Order) -> Sequence[Overdue]:
    """Q2: return the stretches of days on which the order, while in force, is past its deadline.

    A failed reinspection opens it again. A withdrawn finding never was overdue. What ends on the day on
    which it began was late and has no day of its own: a report holds on all of its day (0266).
    """
    if finding.ended == "withdrawn":
        return ()
    stretches: list[Overdue] = []
    end, ended_by, how = in_force_until(finding, order)
    past = order.due_on + timedelta(days=1)
    since, reopened_by, is_open = past, 0, True
    for step in order.settlings:
        if end is not None and step.day >= end:
            break
        if step.settled and is_open:
            answered = _PASSED if step.reinspected else _REPORTED
            stretches.append(Overdue(Days(since, step.day), reopened_by, step.position, answered))
            is_open = False
        elif not step.settled and not is_open:
            since, reopened_by, is_open = max(past, step.day), step.position, True
    if is_open:
        stretches.append(Overdue(Days(since, end), reopened_by, ended_by, how))
    return [each for each in stretches if each.days.end is None or each.days.start <= each.days.end]


class _End(NamedTuple):
    """Until when an order holds, the entry that ended it, and what that did."""

    day: date | None
    position: int | None
    how: Name


_REPORTED = Name("报告整改", "its rectification was reported")
_PASSED = Name("复查通过", "it passed a reinspection")
_REPLACED = Name("另行责令整改，以新的期限为准", "another order set a new deadline")
_CLOSED = Name("问题销号", "its finding was closed")


def in_force_until(finding: Finding, order: Order) -> _End:
    """Return the next order or the end of the finding, whichever is first."""
    ends: list[_End] = []
    if order.replaced is not None:
        ends.append(_End(order.replaced, order.replaced_position, _REPLACED))
    if finding.ended_on is not None:
        ends.append(_End(finding.ended_on, finding.ended_position, _CLOSED))
    return min(ends, key=lambda end: end.day or date.max, default=_End(None, None, Name("", "")))


def past_deadline(finding: Finding, order: Order, reopened_by: int = 0) -> Outcome:
    """Return the sentence that goes with a rectification past its deadline."""
    finding_id = finding.raised.finding_id
    zh, en = "未见整改报告", "passed without a rectification report"
    because = [finding.position, order.position]
    if reopened_by:
        zh, en = "复查未通过，整改未完成", "passed, and the reinspection failed"
        because.append(reopened_by)
    return breach(
        f"整改期限 {order.due_on} 已过，{zh}（问题 {finding_id}）",
        f"the deadline {order.due_on} {en} (finding {finding_id})",
        *because,
        reason="reinspection-failed" if reopened_by else "overdue",
        values=(str(order.due_on),),
    )
