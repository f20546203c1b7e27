"""(g) Kills: writers, connections and the server die at any moment; nothing acknowledged is lost.

The test of the ledger (`tests/ledger/log/test_crash.py`), run at length. It fails on a lost or doubled
command, on half a command, and on a tree that is no longer a continuation of what it was; its
negative control shows that it would notice.
"""

from benchmarks.figures import Row, Setting
from benchmarks.measuring import cost_of, environment, python, required

TEST = "tests/ledger/log/test_crash.py"


def run(setting: Setting) -> list[Row]:
    """Run the test; raise if it fails."""
    kills = setting.sizes.kills
    env = {**environment(setting.work), "DUDAO_TEST_KILLS": str(kills), "TMPDIR": str(setting.work)}
    command = python("-m", "pytest", "-q", "-p", "no:cacheprovider", TEST)
    cost = required(cost_of(command, env, setting.work / "kills.log"))
    if "skipped" in cost.output:
        raise RuntimeError(f"a part of the test did not run:\n{cost.output[-2000:]}")
    return [
        Row(what="nothing lost, halved or doubled", value=kills, unit="kills"),
        Row(what="duration, negative control included", value=cost.seconds, unit="s"),
    ]
