"""The manifest of the sample year is true: the checks find what was planted, and nothing else."""

from collections import Counter
from datetime import date

import pytest

from domain.checks import CHECKS
from domain.terms.vocabulary import Verdict
from examples.sample.chapters import MANIFEST, made
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


@pytest.mark.parametrize("code", ["S1", "S3", "S4", "G1", "C1", "C2", "T1", "T2", "Q1"])
def test_every_check_that_can_be_undecided_has_two_specimens_of_it(year, code):
    assert sum(s.code == code and s.verdict == Verdict.UNDECIDED for s in year.specimens) >= 2


def test_visits_that_name_no_session_are_compared_with_those_reported_afterwards(year):
    cases = [(s.verdict, s.case) for s in year.specimens if s.code == "V1"]
    assert cases.count(("breach", "now_not_then")) >= 2


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
