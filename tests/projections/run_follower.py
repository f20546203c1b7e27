"""A runner to be killed: follows the ledger until somebody ends the process.

Run as `python -m tests.projections.run_follower CONNINFO BATCH`.
"""

import sys

from projections.follow.runner import Runner, Sizes
from tests.projections.conftest import RULES

if __name__ == "__main__":
    conninfo, batch = sys.argv[1:]
    Runner(conninfo, RULES, Sizes(batch=int(batch))).run()
