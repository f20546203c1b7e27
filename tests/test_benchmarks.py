"""What the benchmarks cover: a page that is new is measured, or set apart with its reason."""

from benchmarks.page_addresses import forgotten


def test_every_page_of_the_workbench_is_measured_or_set_apart() -> None:
    assert forgotten() == set()
