"""The chain of a device: what is missing in it, what is there twice, what does not join."""

from domain.device_chain import Link, chain


def _link(number: int, digest: str | None = None, previous: str | None = None) -> Link:
    before = f"d{number - 1}" if number > 1 else None
    return Link(sequence=number, digest=digest or f"d{number}", previous=previous or before)


def test_records_that_name_each_other_are_a_whole_chain():
    found = chain([_link(3), _link(1), _link(2)])
    assert found.whole
    assert found.last == 3


def test_a_number_that_never_came_is_missing_and_no_fault_of_the_next():
    found = chain([_link(1), _link(2), _link(5)])
    assert (found.missing, found.twice, found.apart) == ((3, 4), (), ())


def test_what_the_device_says_it_has_given_is_missing_until_it_comes():
    assert chain([_link(1)], last=3).missing == (2, 3)
    assert chain([], last=2).missing == (1, 2)


def test_two_records_under_one_number_are_named():
    found = chain([_link(1), _link(2), _link(2, digest="other")])
    assert found.twice == (2,)
    assert not found.whole


def test_a_record_that_names_another_one_before_it_does_not_join():
    assert chain([_link(1), _link(2, previous="forged")]).apart == (2,)


def test_a_first_record_has_nothing_before_it():
    assert chain([_link(1, previous="d0")]).apart == (1,)
