"""The order of entry decides nothing: of all orders in which the same papers are taken, one result.

The same papers with the same stamps, each order through the deciders; reviews are left out, since
what a supervisor looked at is what was known then.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import assume, example, given
from hypothesis import strategies as st

from domain import plan
from domain.application import application
from domain.assessment import ResultsPublished
from domain.certificate.certificate import CertificateReissued, CertificateRevoked
from domain.checks.outcome import Context
from domain.enterprise import EnterpriseProfileChanged, UnitCovered, UnitReleased
from domain.finding import finding, measure
from domain.inspection.inspection import Seen
from domain.partnership import PartnershipFiled
from domain.staff import StaffRegistered, StaffReleased
from domain.standing import standing
from domain.supervision.supervision import Supervision
from domain.terms.decider import Command, Refused
from domain.terms.envelope import Recorded
from domain.terms.vocabulary import PartnershipKind, StaffDuty
from ledger.deciding.amending import apply
from projections.views.cases import KINDS, rows_of
from projections.views.certificates import rows_of as certificate_rows
from projections.views.flag_rows import rows as flag_rows
from projections.views.roster import rows as roster_rows
from projections.views.row import item
from tests import facts
from tests.facts import COOK, ELECTRICIAN, LATHE, NUMBER, SCOPE
from tests.given import CENTRE, SUPERVISOR, UNIT, USCC, _decided, entry, order
from tests.story import LATER, apart, locate

START = date(2025, 1, 1)
MORE = (facts.item(LATHE, "4"), facts.item(ELECTRICIAN, "3"))
CHOICES = 19


def _day(offset: int) -> date:
    return START + timedelta(days=offset)


def _second(offset: int) -> list[Command[Any]]:
    """The way of a second application onto the roster, and its receipt."""
    ordered: list[Command[Any]] = []
    for command in (*facts.listed(MORE)[1:], _receipt("app-1", 0)):
        body = command.body
        changes = {"application_id": "app-2"} if hasattr(body, "application_id") else {}
        if hasattr(body, "entries"):
            days = {"valid_from": _day(offset), "valid_to": date(2027, 12, 31)}
            entries = tuple(replace(e, application_id="app-2", **days) for e in body.entries)
            changes |= {"batch": "2024-2", "entries": entries, "published_on": date(2024, 12, 1)}
        if hasattr(body, "window"):
            changes["window"] = "2024-10"
        if hasattr(body, "receipt_no"):
            changes |= {"receipt_no": "R-2", "issued_on": _day(offset)}
        ordered.append(replace(command, body=replace(body, **changes)))
    return ordered


def _receipt(app: str, offset: int) -> Command[Any]:
    body = application.ReceiptIssued(application_id=app, receipt_no="R-1", issued_on=_day(offset))
    return order(body, _day(offset))


def _papers(  # noqa: C901, PLR0911 - one kind of paper a case
    choice: int, offset: int, n: int
) -> list[Command[Any]]:
    """One or a few papers of one kind."""
    day = _day(offset)

    def of(body: Any, **more: Any) -> Command[Any]:
        return order(body, day, **more)

    summary = plan.AnnualSummary(sessions=n, candidates=0, certificates=0)
    match choice:
        case 0:
            added, removed = (SCOPE[:1], MORE) if n % 2 else (MORE[n % 2 :], SCOPE)
            basis = {"uscc": USCC, "basis": f"依据{n}"}
            return [of(standing.ScopeChanged(added=added, removed=removed, **basis))]
        case 1:
            until = None if n % 3 else day + timedelta(days=20 * n + 1)
            return [of(standing.ListingSuspended(uscc=USCC, basis=f"{n}", until=until))]
        case 2:
            return [of(standing.ListingReinstated(uscc=USCC, basis="恢复"))]
        case 3:
            scope = None if n % 2 else SCOPE
            body = standing.ListingRenewed(
                uscc=USCC,
                basis="续",
                valid_from=day + timedelta(days=30 * n),
                valid_to=day + timedelta(days=30 * n + 200),
                scope=scope,
            )
            return [of(body)]
        case 4:
            return [of(standing.ListingRemoved(uscc=USCC, basis="移出"))] if n == 0 else []
        case 5:
            names = {"name": f"企业{n}"} if n % 2 else {"district": ("110108", "BDA")[n // 2 % 2]}
            return [of(EnterpriseProfileChanged(uscc=USCC, **names))]
        case 6:
            covered = UnitCovered(uscc=USCC, unit_uscc=UNIT, unit_name="分公司")
            return [of(covered if n % 2 else UnitReleased(uscc=USCC, unit_uscc=UNIT))]
        case 7:
            filed = plan.AnnualPlanFiled if n % 2 else plan.AnnualPlanRevised
            return [of(filed(uscc=USCC, year=2025 + n // 4, summary=summary, sessions=()))]
        case 8:
            held = facts.session(
                day,
                assessment_id=f"a-{n}",
                occupation=(ELECTRICIAN, LATHE, COOK)[n % 3],
                held_to=day + timedelta(days=3 * (n % 3)),
                unit_uscc=UNIT if n % 2 else None,
            )
            certificate = facts.issue(
                assessment_id=held.assessment_id,
                certificate_no=f"{NUMBER[:-1]}{n}",
                issued_on=held.held_to,
                occupation=ELECTRICIAN,
            )
            return [order(held, day), order(certificate, held.held_to, by=None)]
        case 12:
            hired = StaffRegistered(
                uscc=USCC, staff_id=f"p-{n % 2}", name=("甲", "丙")[n % 2], duty=StaffDuty.ASSESSOR
            )
            gone = StaffReleased(uscc=USCC, staff_id=f"p-{n % 2}")
            kind = PartnershipKind.SCHOOL
            return [
                of(hired if n % 3 else gone),
                of(PartnershipFiled(uscc=USCC, kind=kind, partner="校")),
            ]
        case 13:
            named = f"a-{n % 3}" if n % 2 else None
            seen = Seen(candidates=20, occupation=LATHE if n > 2 else None)
            return [of(facts.spot_check(inspection_id=f"i-{n}", assessment_id=named, seen=seen))]
        case _:
            return _more_papers(choice, offset, n)


def _more_papers(  # noqa: PLR0911 - one kind of paper a case
    choice: int, offset: int, n: int
) -> list[Command[Any]]:
    """The same of findings, measures, ends of certificates, and what is judged by little else."""
    day = _day(offset)

    def of(body: Any, **more: Any) -> Command[Any]:
        return order(body, day, **more)

    match choice:
        case 9:
            found = facts.raised(finding_id=f"f-{n % 2}")
            ordered = finding.RectificationOrdered(
                finding_id=found.finding_id, requirement=f"{n}", due_on=day + timedelta(days=10 * n)
            )
            return [order(found, _day(1)), of(ordered)]
        case 10:
            report = {"finding_id": f"f-{n % 2}", "statement": f"{n}", "evidence": ()}
            passed = {"finding_id": f"f-{n % 2}", "passed": n < 3, "note": ""}
            bodies: tuple[Any, ...] = (
                finding.RectificationReported(**report),
                finding.ReinspectionRecorded(**passed),
            )
            return [of(bodies[0]), order(bodies[1], day + timedelta(days=n))]
        case 11:
            identity = {"finding_id": f"f-{n % 2}", "measure_id": f"m-{n % 2}"}
            imposed = measure.MeasureImposed(kind="暂停", effective_from=_day(5), **identity)
            stayed = measure.MeasureStayed(
                effective_from=day + timedelta(days=6),
                effective_to=day + timedelta(days=9 + n),
                **identity,
            )
            return [order(imposed, _day(4)), of(stayed, by=SUPERVISOR)]
        case 14:
            finding_id = f"f-{n % 2}"
            endings: tuple[Any, ...] = (
                finding.FindingClosed(finding_id=finding_id, outcome="销号"),
                finding.FindingWithdrawn(finding_id=finding_id, reason="疑点不成立"),
                finding.FindingDisputed(finding_id=finding_id, statement=f"异议{n}"),
            )
            return [of(endings[n % 3])]
        case 15:
            identity = {"finding_id": f"f-{n % 2}", "measure_id": f"m-{n % 2}"}
            changed = (measure.MeasureVaried, measure.MeasureLifted, measure.MeasureSetAside)[n % 3]
            varied = {"effective_to": _day(300 + n)} if n % 3 == 0 else {}
            body = changed(effective_from=_day(5) if n % 3 == 0 else day, **varied, **identity)
            return [of(body, by=SUPERVISOR if n % 3 else None)]
        case 16:
            number = f"{NUMBER[:-1]}{n % 3}"
            new = f"{NUMBER[:-2]}9{n}"
            ended: Any = (
                CertificateReissued(certificate_no=number, new_certificate_no=new, reason="遗失")
                if n % 2
                else CertificateRevoked(certificate_no=number, reason="作废")
            )
            return [of(ended, by=CENTRE if n > 2 else None)]
        case 17:
            again = facts.issue(
                assessment_id=f"a-{n % 3}",
                certificate_no=f"{NUMBER[:-1]}{n % 3}",
                issued_on=day,
                occupation=ELECTRICIAN,
            )
            return [of(again)]
        case _:
            held_on = day + timedelta(days=10)
            shown = ResultsPublished(
                assessment_id=f"a-{n % 3}", published_on=day, until=held_on, where=f"{n}"
            )
            heard = finding.HearingHeld(finding_id=f"f-{n % 2}", held_on=day, outcome=f"{n}")
            number = f"备案{n}" if n % 2 else None
            filed = replace(facts.specification(), filing_no=number, title=f"规范{n}")
            return [of((shown, heard, filed)[n % 3])]


PAPERS = st.lists(
    st.tuples(st.integers(0, CHOICES - 1), st.integers(5, 420), st.integers(0, 5)),
    max_size=14,
)


def taken(
    papers: Sequence[Command[Any]], chance: random.Random | None
) -> list[Recorded[Any]] | None:
    """Return the entries where every paper is taken, in this order or another; None where one never is."""
    entries: list[Recorded[Any]] = []
    waiting = list(papers)
    while waiting:
        if chance is not None:
            chance.shuffle(waiting)
        left = [paper for paper in waiting if not _take(entries, paper)]
        if len(left) == len(waiting):
            return None
        waiting = left
    return entries


def _take(entries: list[Recorded[Any]], paper: Command[Any]) -> bool:
    try:
        new = _decided(entries, paper, LATER)
    except Refused:
        return False
    position = len(entries) + 1
    entries += [entry(each, position + n, paper) for n, each in enumerate(new)]
    return True


def _distinct(papers: Sequence[Command[Any]]) -> Iterator[Command[Any]]:
    """Leave out what is the same act again, and what no order would take."""
    entries: list[Recorded[Any]] = []
    for paper in papers:
        before = len(entries)
        if _take(entries, paper) and len(entries) > before:
            yield paper


_POSITIONS = frozenset(
    (
        "because",
        "position",
        "reported_position",
        "replaced_position",
        "known_from",
        "known_to",
        "key",
    )
)


def _bare(shown: Any) -> Any:
    """Leave out of an item what is the number of an entry."""
    if isinstance(shown, dict):
        return {name: _bare(value) for name, value in shown.items() if name not in _POSITIONS}
    return [_bare(each) for each in shown] if isinstance(shown, list) else shown


def result(entries: Sequence[Recorded[Any]]) -> dict[str, Any]:
    """Return everything that follows from the entries, without their numbers."""
    of = Supervision(USCC, Context(LATER, locate, apart), apply)
    for each in entries:
        if each.subject == USCC:
            of.read(each)
    records = {each.position: repr(each.event) for each in entries}
    cases = {
        (touch.view, touch.key): [
            (*row[:4], _bare(item(row.doc))) for row in rows_of(touch.view)(of, touch.key)
        ]
        for touch in of.behind
        if touch.view in KINDS
    }
    flags = {
        (flag.code, records[flag.position]): (flag.day, flag.outcome[:3], flag.outcome.since)
        for flag in of.flags.values()
        if flag.raised
    }
    derived = sorted(
        str((row.valid_from, row.valid_to, row.district, row.columns[1:5]))
        for key in (*of.owed, *(f"Q2-{at}" for at in of.file.orders))
        for row in flag_rows(of, key)
        if row.columns[3] != "clear"  # what was known in between is another matter
    )
    roster = [(*row[:4], _bare(item(row.doc))) for row in roster_rows(of, USCC)]
    papers = sorted(
        str((*row[:4], {**_bare(item(row.doc)), "ended_position": None}))
        for record in of.file.certificates
        for row in certificate_rows(of.file, record)
    )
    shown = {"cases": cases, "flags": flags, "derived": derived, "roster": roster}
    return {**shown, "certificates": papers}


CHANCE = random.Random(1)  # noqa: S311 - an order, not a key
BASE = [*facts.listed(SCOPE), _receipt("app-1", 0)]


@example([(0, 90, 0), (0, 70, 1), (1, 80, 0), (2, 90, 0)], 12, CHANCE)
# A revocation, a name and a report that arrived before what came earlier in the world.
@example([(5, 60, 1), (5, 40, 3), (9, 30, 2), (10, 40, 4), (9, 60, 4), (10, 55, 2)], 3, CHANCE)
@given(PAPERS, st.integers(0, 300), st.randoms(use_true_random=False))
def test_of_all_orders_in_which_the_same_papers_are_taken_the_result_is_one(
    choices: list[tuple[int, int, int]], second: int, chance: random.Random
):
    told = [*BASE, *_second(second)]
    for choice, offset, n in choices:
        told += _papers(choice, offset, n)
    papers = list(_distinct(told))
    once = taken(papers, None)
    assert once is not None
    other = taken(papers, chance)
    assume(other is not None)
    assert other is not None
    found, expected = result(other), result(once)
    for name, shown in expected.items():
        assert found[name] == shown, name


@given(PAPERS, st.randoms(use_true_random=False))
def test_a_case_that_is_folded_on_shows_what_one_shows_that_is_folded_anew(
    choices: list[tuple[int, int, int]], chance: random.Random
):
    told = list(BASE)
    for choice, offset, n in choices:
        told += _papers(choice, offset, n)
    entries = taken(list(_distinct(told)), chance)
    assume(entries is not None)
    assert entries is not None
    supervision = Supervision(USCC, Context(LATER, locate, apart), apply)
    for each in entries:
        for touch in supervision.read(each) if each.subject == USCC else ():
            if touch.view in KINDS:
                continued = rows_of(touch.view)(supervision, touch.key)
                kept, supervision.continued = supervision.continued, {}
                assert continued == rows_of(touch.view)(supervision, touch.key)
                supervision.continued = kept
