"""(o) Catch-up of casework: visits, findings, orders, reports, reinspections, measures.

Nine of ten entries of the other ledgers are certificates. These are what officers do all day: every
entry changes a case that is there, and an enterprise has hundreds of them.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from benchmarks import catch_up, ledgers
from benchmarks.figures import Row, Setting, at_least
from benchmarks.prepared import LISTED_ON, SESSION_DAYS, Firm, drafted, firm_of, keyed, listed
from domain.finding.finding import FindingClosed, FindingRaised
from domain.finding.measure import MeasureImposed, MeasureLifted
from domain.finding.rectification import (
    RectificationOrdered,
    RectificationReported,
    ReinspectionRecorded,
)
from domain.inspection.inspection import InspectionDispatched, Inspector, SpotCheckRecorded
from domain.terms.vocabulary import Severity
from ledger.log.entry import Draft

ENTRIES_PER_FIRM = 2_000
SHARE = 10
"""What part of the small ledger's size it has."""
TARGET = at_least(20_000)
INSPECTORS = (
    Inspector(account="inspector-1", name="甲", card_no="R11200001", recusal_declared=True),
    Inspector(account="inspector-2", name="乙", card_no="R11200002", recusal_declared=True),
)


def run(setting: Setting) -> list[Row]:
    """Measure from nothing and in order."""
    count = setting.sizes.small // SHARE
    folder = ledgers.prepared(setting.work / f"casework-{count}", count, entries)
    return [
        row
        for way in ("far", "near")
        for row in catch_up.measured(setting, folder, way, count, TARGET)
    ]


def entries(total: int, seed: int = 1) -> Iterator[Draft]:
    """Yield exactly `total` entries, the same for the same seed."""
    yield from keyed(_all(total, random.Random(seed)), total)  # noqa: S311 - repeatable, not secret


def _all(total: int, chance: random.Random) -> Iterator[Draft]:
    firms = [firm_of(number) for number in range(max(4, total // ENTRIES_PER_FIRM))]
    for firm in firms:
        yield from listed(firm)
    number = 0
    while True:
        number += 1
        day = LISTED_ON + timedelta(days=chance.randrange(SESSION_DAYS - 200))
        yield from _case(chance.choice(firms), number, day)


def _case(firm: Firm, number: int, day: date) -> Iterator[Draft]:
    """A visit, what was found by it, and what became of that."""
    visit, finding, measure = f"i-{number}", f"f-{number}", f"m-{number}"
    kind = "日常监督检查"
    dispatched = InspectionDispatched(
        inspection_id=visit, kind=kind, uscc=firm.uscc, inspectors=INSPECTORS
    )
    check = SpotCheckRecorded(
        inspection_id=visit,
        uscc=firm.uscc,
        district=firm.district,
        kind=kind,
        inspectors=INSPECTORS,
        captured_at=datetime.combine(day + timedelta(days=3), time(2), UTC),
        device_id="d-1",
        offline=False,
        checklist=(),
        evidence=(),
        signature_refused=False,
    )
    for event, later in ((dispatched, 0), (check, 3)):
        at = day + timedelta(days=later)
        yield drafted(firm, f"inspection/{visit}", event, at, f"inspection:{visit}")
    raised = FindingRaised(
        finding_id=finding,
        uscc=firm.uscc,
        kind="考评记录缺失",
        severity=Severity.MAJOR,
        rule="四",
        statement="没有评分记录",
        inspection_id=visit,
    )
    steps = (
        (raised, 4),
        (
            RectificationOrdered(
                finding_id=finding, requirement="补齐", due_on=day + timedelta(days=35)
            ),
            5,
        ),
        (
            MeasureImposed(
                finding_id=finding,
                measure_id=measure,
                kind="约谈",
                effective_from=day + timedelta(days=6),
            ),
            6,
        ),
        (RectificationReported(finding_id=finding, statement="已补齐", evidence=()), 30),
        (ReinspectionRecorded(finding_id=finding, passed=number % 5 != 0, note="已看"), 40),
        (
            MeasureLifted(
                measure_id=measure, finding_id=finding, effective_from=day + timedelta(days=41)
            ),
            41,
        ),
        (FindingClosed(finding_id=finding, outcome="已整改"), 42),
    )
    for step, later in steps:
        at = day + timedelta(days=later)
        yield drafted(firm, f"finding/{finding}", step, at, f"finding:{finding}")
