"""The rows that the ledger of November 2026 gives, pinned to the number of the fold that gives them.

`FOLD` must be raised whenever the same entries give other rows, or tables of before go on beside new
ones in silence. The sums of all rows that ever held lie in `tests/fixtures/november_2026/rows.json`;
`python -m tests.fold_rows` writes them anew, after `FOLD` was raised.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from api.installation.opening import open_ledger
from api.installation.settings import Settings
from api.installation.wiring import folding
from ledger.connect import Opening
from projections.follow.version import FOLD
from replay import digest, known_at
from tests.november_2026 import FOLDER, kept, restore

PINNED = FOLDER / "rows.json"
WHAT_TO_DO = (
    "the same entries give other rows than those that are pinned: raise FOLD in "
    "projections/follow/version.py and run python -m tests.fold_rows; where the number that stands "
    "there was never released, python -m tests.fold_rows --unreleased is enough"
)


def given(conninfo: str) -> dict[str, Any]:
    """Return number and sum of the rows, by table, that ever held in the restored ledger."""
    parts = known_at.parts(conninfo, kept().position, 1, tuple(known_at.VIEWS))
    rules = folding()
    return digest.summary(digest.together(digest.histories(rules, part) for part in parts))


def pinned() -> dict[str, Any]:
    """Return the number of the fold and the sums that were pinned."""
    found: dict[str, Any] = json.loads(PINNED.read_text("utf-8"))
    return found


def write(*, unreleased: bool) -> int:
    """Write the sums anew; other rows under a number that stands already only if it was never released."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), trial=True)
        with open_ledger(settings, Opening.OWNING) as database:
            restore(database.addresses.owner)
            rows = given(database.addresses.app)
    before = pinned() if PINNED.exists() else {"fold": None, "rows": None}
    if before["fold"] == FOLD and before["rows"] != rows and not unreleased:
        sys.stderr.write(
            f"the rows of fold {FOLD} are pinned already and are others now: raise FOLD in "
            f"projections/follow/version.py, or say --unreleased where fold {FOLD} was never released\n"
        )
        return 1
    PINNED.write_text(json.dumps({"fold": FOLD, "rows": rows}, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(write(unreleased="--unreleased" in sys.argv[1:]))
