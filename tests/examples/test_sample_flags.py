"""The manifest of the sample year is true: the checks find what was planted, and nothing else."""

from collections import Counter
from datetime import date

import pytest

from domain.checks import CHECKS
from domain.checks.conduct import PARTNERSHIP
from domain.finding.finding import FindingRaised
from domain.standing.standing import ListingReinstated, ListingRemoved, ListingSuspended
from domain.terms.vocabulary import Verdict
from examples.sample.chapters import MANIFEST, made
from examples.sample.trial import held
from tests.verdicts import verdicts

TODAY = date(2026, 11, 1)


@pytest.fixture(scope="module")
def year():
    return made()


@pytest.fixture(scope="module")
def found(year):
    """Return verdict and case of every flag by its key, as judged on `TODAY`."""
    judged = verdicts(year.trial.entries, TODAY)
    return {key: (flag.verdict, flag.case) for key, flag in judged.items()}


def _key(year, specimen):
    return year.key(specimen)


def test_what_the_checks_find_is_what_was_planted(year, found):
    planted = {_key(year, s): (s.verdict, s.case) for s in year.specimens}
    assert found == planted


def test_no_specimen_is_planted_twice(year):
    assert max(Counter(_key(year, s) for s in year.specimens).values()) == 1


@pytest.mark.parametrize("code", CHECKS)
def test_every_check_has_two_specimens_in_breach(year, code):
    assert sum(s.code == code and s.verdict == Verdict.BREACH for s in year.specimens) >= 2


UNDECIDED = ("S1", "S2", "S3", "S4", "G1", "C1", "C2", "T1", "T2", "V1", "Q1")
"""Checks that say "undecided" in the sample year."""


@pytest.mark.parametrize("code", UNDECIDED)
def test_every_check_that_can_be_undecided_has_two_specimens_of_it(year, code):
    assert sum(s.code == code and s.verdict == Verdict.UNDECIDED for s in year.specimens) >= 2


def test_a_check_that_is_undecided_nowhere_in_the_sample_year_never_is_or_not_yet():
    """S5 asks for partnerships from the day that the rule set names; all others say breach or clear."""
    said = {code for code in CHECKS if code not in UNDECIDED}
    assert said == {"S5", "S6", "S7", "S8", "S9", "S10", "G2", "R1", "R2", "C3", "P1", "Q2"}
    assert not held().rules(TODAY).judges(PARTNERSHIP, TODAY)


@pytest.mark.parametrize("code", ["S10", "R2", "T2", "V1", "P1"])
def test_each_later_check_has_two_specimens_of_what_was_mended(year, code):
    assert sum(s.code == code and s.verdict == Verdict.CLEAR for s in year.specimens) >= 2


def test_visits_that_name_no_session_are_held_against_those_reported_afterwards(year):
    cases = [(s.verdict, s.case) for s in year.specimens if s.code == "V1"]
    assert cases.count(("undecided", "now_not_then")) >= 2


def test_every_suspension_and_removal_of_the_sample_year_names_its_finding(year):
    raised = {e.event.finding_id for e in year.trial.entries if isinstance(e.event, FindingRaised)}
    named = [
        e.event.finding_id
        for e in year.trial.entries
        if isinstance(e.event, ListingSuspended | ListingRemoved | ListingReinstated)
    ]
    assert len(named) == 4
    assert set(named) <= raised


@pytest.mark.parametrize("case", ["then_and_now", "then_not_now", "now_not_then", "overturned"])
def test_every_case_of_time_has_two_specimens(year, case):
    assert sum(s.case == case for s in year.specimens) >= 2


def test_most_enterprises_and_sessions_are_clean(year):
    sessions = [e for e in year.trial.entries if e.type.startswith("assessment.")]
    flagged = {_key(year, s).split("-")[1] for s in year.specimens}
    assert len({s.firm for s in year.specimens}) < len(year.firms) / 2
    assert 0.05 < sum(str(e.position) in flagged for e in sessions) / len(sessions) < 0.15


def test_the_manifest_names_every_specimen(year):
    text = year.files[MANIFEST].decode()
    assert all(f"| `{_key(year, s)}` |" in text for s in year.specimens)
