"""Whoever changes what the same entries come to raises the number of the fold: the rows are pinned to it."""

import pytest

from ledger.connect import Addresses
from projections.follow.version import FOLD
from tests.fold_rows import WHAT_TO_DO, given, pinned
from tests.november_2026 import restore

pytestmark = pytest.mark.postgres


def test_the_same_entries_give_the_rows_that_are_pinned_to_the_fold(addresses: Addresses) -> None:
    restore(addresses.owner)
    assert {"fold": FOLD, "rows": given(addresses.app)} == pinned(), WHAT_TO_DO
