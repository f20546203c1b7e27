"""(s) Commands of the shell beside a running server: the CPU that each takes from its start to its end.

The server's and the database's own part is left out. Commands are run in turns, each a process.
"""

from collections.abc import Sequence
from statistics import median

from benchmarks import catch_up, ledgers
from benchmarks.figures import Row, Setting, Target, at_most
from benchmarks.http_reads import server
from benchmarks.measuring import cost_of, cpu_of_ended, dudao, environment, python, required

SHARE = 10
"""What part of the small ledger's size it has."""
TURNS = 9
COMMANDS: tuple[tuple[str, Sequence[str], tuple[Target, ...]], ...] = (
    ("an empty Python", python("-c", "pass"), ()),
    ("dudao --help", dudao("--help"), ()),
    ("dudao roster", dudao("roster", "--format", "json"), (at_most(0.5),)),
    ("dudao flags", dudao("flags", "--limit", "50", "--format", "json"), (at_most(0.5),)),
)


def run(setting: Setting) -> list[Row]:
    """Run every command in turns."""
    folder = ledgers.large(setting.work, setting.sizes.small // SHARE)
    catch_up.caught_up(folder)
    spent: dict[str, list[float]] = {name: [] for name, _, _ in COMMANDS}
    with ledgers.opened(folder), server(folder, setting.work):
        for _ in range(TURNS):
            for name, command, _ in COMMANDS:
                before = cpu_of_ended()
                required(cost_of(command, environment(folder), setting.work / "start.log"))
                spent[name].append(cpu_of_ended() - before)
    return [
        Row(
            what=f"CPU of `{name}`" if name.startswith("dudao") else f"CPU of {name}",
            value=median(spent[name]),
            unit="s",
            low=min(spent[name]),
            high=max(spent[name]),
            targets=targets,
        )
        for name, _, targets in COMMANDS
    ]
