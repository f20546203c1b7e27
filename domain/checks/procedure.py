"""Q1, Q2: inspections are carried out properly, rectifications come in time (四, 七)."""

from datetime import date, timedelta

from domain.checks.outcome import CLEAR, Context, Outcome, breach
from domain.envelope import Recorded
from domain.finding import Finding
from domain.inspection import InspectionDispatched, SpotCheckRecorded
from domain.intervals import Days
from domain.rectification import Order


def inspection_proper(
    entry: Recorded[InspectionDispatched] | Recorded[SpotCheckRecorded], context: Context
) -> Outcome:
    """Q1: enough inspectors, each with a card, a statement on recusal and no ground declared."""
    inspectors = entry.event.inspectors
    needed = context.reference.rules(entry.valid_from).inspectors_minimum
    wrong: list[tuple[str, str]] = []
    if len({i.account for i in inspectors}) < needed:
        wrong.append(
            (
                f"督导人员 {len(inspectors)} 人,少于 {needed} 人",
                f"{len(inspectors)} inspectors, {needed} needed",
            )
        )
    for inspector in inspectors:
        if not (inspector.card_no or "").strip():
            wrong.append(
                (f"{inspector.account} 没有督导证号", f"{inspector.account} has no card number")
            )
        if inspector.recusal_declared is None:
            wrong.append(
                (
                    f"{inspector.account} 没有回避声明",
                    f"{inspector.account} made no recusal statement",
                )
            )
        if inspector.recusal_declared:
            wrong.append(
                (
                    f"{inspector.account} 申明有回避事由而未回避",
                    f"{inspector.account} declared a ground for recusal and did not recuse",
                )
            )
    if wrong:
        return breach(
            "督导程序:" + ";".join(zh for zh, _ in wrong),
            "procedure: " + "; ".join(en for _, en in wrong),
            entry.position,
        )
    return CLEAR


def overdue_days(finding: Finding, order: Order) -> Days | None:
    """Q2: return the days on which the ordered rectification is overdue, None if there are none."""
    start = order.due_on + timedelta(days=1)
    ends: list[date] = [d for d in (order.reported, finding.ended_on) if d is not None]
    days = Days(start, min(ends) if ends else None)
    return None if days.empty else days


def overdue(finding: Finding, order: Order) -> Outcome:
    """Return the sentence that goes with a rectification past its deadline."""
    return breach(
        f"整改期限 {order.due_on} 已过,未见整改报告(问题 {finding.raised.finding_id})",
        f"the deadline {order.due_on} passed without a rectification report (finding {finding.raised.finding_id})",
        finding.position,
        order.position,
    )
