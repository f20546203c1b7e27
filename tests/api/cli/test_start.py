"""What a command loads: somebody at a shell waits for it each time."""

import subprocess
import sys

LOADED = """
import sys
from api.cli.lists import _command
_command({name!r}, explained=False)
print(*sorted(module for module in sys.modules if module.startswith("api.")))
"""


def loaded(name: str) -> set[str]:
    program = [sys.executable, "-c", LOADED.format(name=name)]
    return set(subprocess.check_output(program, text=True).split())  # noqa: S603 - ours


def test_a_list_of_the_views_loads_neither_catalogues_nor_what_if() -> None:
    of_roster = loaded("roster")
    assert "api.questions.declared" in of_roster
    # What explains options is read for who asks, and what takes files in by who brings some.
    assert not {"api.words.labels", "api.intake.imports.files"} & of_roster
    assert not {each for each in of_roster if each.startswith(("api.http", "api.web"))}
    assert not of_roster & {"api.installation.catalogues", "api.installation.what_if_answers"}


def test_a_list_that_rests_on_more_loads_it() -> None:
    assert "api.installation.catalogues" in loaded("catalogues")
