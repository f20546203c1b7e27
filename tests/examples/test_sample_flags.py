"""The manifest of the sample year is true: the checks find what was planted, and nothing else."""

from collections import Counter
from datetime import date

import pytest

from domain.checks import CHECKS
from domain.checks.outcome import Context
from domain.checks.procedure import overdue_days
from domain.supervision.duplicates import Twins
from domain.supervision.flags import case_of
from domain.supervision.supervision import Supervision
from domain.terms.vocabulary import Verdict
from examples.sample.chapters import MANIFEST, made
from ledger.deciding.amending import apply
from ledger.reference import installed
from projections.places.places import installed_places

TODAY = date(2026, 11, 1)


@pytest.fixture(scope="module")
def year():
    return made()


@pytest.fixture(scope="module")
def found(year):
    """Return verdict and case of every flag by its key, as judged on `TODAY`."""
    return dict(_by_enterprise(year.trial)) | dict(_twins(year.trial))


def _by_enterprise(trial):
    context = Context(installed(), installed_places())
    for uscc in sorted({e.subject for e in trial.entries if e.subject}):
        of = Supervision(uscc, context, apply)
        for entry in trial.entries:
            if entry.subject == uscc or entry.type.startswith("catalogue."):
                of.read(entry)
        for key, flag in of.flags.items():
            review = of.file.reviews.get(key)
            case = case_of(flag.then, flag.outcome.verdict, review)
            yield key, (flag.outcome.verdict.value, case.label)
        yield from _overdue(of)


def _overdue(of):
    for finding in of.file.findings.values():
        for order in finding.orders:
            days = overdue_days(finding, order)
            if days is not None and TODAY in days:
                yield f"Q2-{order.position}", ("breach", "then_and_now")
            elif days is not None and days.start <= TODAY:
                yield f"Q2-{order.position}", ("clear", "then_not_now")


def _twins(trial):
    twins = Twins(apply)
    for entry in trial.entries:
        twins.read(entry)
    for entry in trial.entries:
        shown = twins.flag(entry.position)
        if shown is not None:
            flag, review = shown
            case = case_of(flag.then, flag.outcome.verdict, review)
            yield flag.key, (flag.outcome.verdict.value, case.label)


def _key(year, specimen):
    return f"{specimen.code}-{year.marks[specimen.mark]}"


def test_what_the_checks_find_is_what_was_planted(year, found):
    planted = {_key(year, s): (s.verdict, s.case) for s in year.specimens}
    assert found == planted


def test_no_specimen_is_planted_twice(year):
    assert max(Counter(_key(year, s) for s in year.specimens).values()) == 1


@pytest.mark.parametrize("code", CHECKS)
def test_every_check_has_two_specimens_in_breach(year, code):
    assert sum(s.code == code and s.verdict == Verdict.BREACH for s in year.specimens) >= 2


@pytest.mark.parametrize("code", ["S1", "S3", "S4", "G1", "C1", "T1"])
def test_every_check_that_can_be_undecided_has_two_specimens_of_it(year, code):
    assert sum(s.code == code and s.verdict == Verdict.UNDECIDED for s in year.specimens) >= 2


@pytest.mark.parametrize("case", ["then_and_now", "then_not_now", "now_not_then", "overturned"])
def test_every_case_of_time_has_two_specimens(year, case):
    assert sum(s.case == case for s in year.specimens) >= 2


def test_most_enterprises_and_sessions_are_clean(year):
    sessions = [e for e in year.trial.entries if e.type.startswith("assessment.")]
    flagged = {_key(year, s).partition("-")[2] for s in year.specimens}
    assert len({s.firm for s in year.specimens}) < len(year.firms) / 2
    assert 0.05 < sum(str(e.position) in flagged for e in sessions) / len(sessions) < 0.15


def test_the_manifest_names_every_specimen(year):
    text = year.files[MANIFEST].decode()
    assert all(f"| `{_key(year, s)}` |" in text for s in year.specimens)
