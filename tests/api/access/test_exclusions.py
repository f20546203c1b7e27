"""Separation of duties: which roles one person may not hold together."""

from itertools import product

import pytest

from api.access.exclusions import ADMINISTRATORS, AUTHORITIES, excluded
from api.access.persons import folded
from domain.terms.vocabulary import Role

R = Role
PAIRS = list(product(Role, repeat=2))


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_it_does_not_matter_which_came_first(one: Role, other: Role) -> None:
    assert excluded(one, other) == excluded(other, one)


@pytest.mark.parametrize("role", Role)
def test_the_same_role_twice_is_no_conflict(role: Role) -> None:
    assert not excluded(role, role)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("administrator", sorted(ADMINISTRATORS))
def test_an_administrator_is_nothing_else(administrator: Role, role: Role) -> None:
    assert excluded(administrator, role) == (administrator is not role)


@pytest.mark.parametrize("role", sorted(AUTHORITIES))
def test_who_reports_does_not_supervise(role: Role) -> None:
    assert excluded(R.ENTERPRISE_REPORTER, role)


def test_who_publishes_does_not_evaluate() -> None:
    assert excluded(R.BUREAU_PUBLISHER, R.EXPERT)
    assert not excluded(R.QUALITY_SUPERVISOR, R.EXPERT)
    assert not excluded(R.QUALITY_SUPERVISOR, R.CENTRE_OFFICER)
    assert not excluded(R.ENTERPRISE_REPORTER, R.EXPERT)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0101", "工号 ０１０１"),
        ("王伟(0101)", "0101 王 伟"),
        ("王伟", "王　伟 "),
        ("ZHANG San", "zhang san"),
        ("a1234", "A1234,张三"),
        ("a1234", "\u04301234"),
        ("o101", "0101"),
        ("ZHANG Ping", "Zh\u0430ng P\u0456ng"),
        ("ΑΒΕ", "abe"),
        ("王口", "王ロ"),
        ("李二工", "李ニエ"),
        ("José", "Jose\u0301"),
    ],
)
def test_one_person_is_one_person_however_written(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("王伟 0101", "王伟 0102"),
        ("王伟", "王维"),
        ("0101", "0110"),
        ("Ali", "Alf"),
        ("王二", "王三"),
    ],
)
def test_two_persons_are_two(one: str, other: str) -> None:
    assert folded(one) != folded(other)
