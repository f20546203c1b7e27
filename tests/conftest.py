"""What holds for every test: how hard properties are tried, and what may be skipped."""

import os
from collections.abc import Generator
from functools import cache

import httpcore2
import pytest
from hypothesis import settings

IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}

# Every client reads the authorities that the machine trusts, for 20 ms of CPU each: one reading is enough.
httpcore2.default_ssl_context = cache(httpcore2.default_ssl_context)

# Shared machines stall; a slow example is no fault of the property.
settings.register_profile("person", max_examples=50, deadline=None)
# The same examples on every machine, so that a change is what turns it red; `thorough` searches.
settings.register_profile("ci", max_examples=50, deadline=None, derandomize=True)
settings.register_profile("thorough", max_examples=1_000, deadline=None, print_blob=True)
settings.register_profile("nightly", max_examples=20_000, deadline=None, print_blob=True)
settings.load_profile("ci" if IN_CI else "person")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest: at the end one worker would wait for another's."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail in CI what a missing server would skip: a green run must have met PostgreSQL."""
    report = yield
    expected_failure = hasattr(report, "wasxfail")
    if IN_CI and report.skipped and not expected_failure and item.get_closest_marker("postgres"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, where the marker postgres may not be: {report.longrepr}"
    return report
