"""The command line: `dudao`.

Commands import what they need when they run: the shell waits for what stands at the top here.
"""

import gc
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from api.cli.analysts import analysts
from api.cli.backups import backup, keys, restore
from api.cli.catalogues import catalogue
from api.cli.checks import doctor, verify
from api.cli.clock import clock
from api.cli.erase import erase
from api.cli.failures import reported, tell
from api.cli.imports import import_files
from api.cli.init import init
from api.cli.installation import migrate
from api.cli.language import LANGUAGES, take_from
from api.cli.lists import add_lists
from api.cli.proofs import bundle, checkpoint, signer, witness
from api.cli.replay import projections, replay
from api.cli.reports import report
from api.cli.saved_questions import saved
from api.cli.serve import demo, serve
from api.cli.tables import export
from api.cli.templates import template
from api.cli.tokens import token
from api.cli.users import users
from api.cli.what_if import what_if
from api.installation.version import VERSION

app = typer.Typer(
    name="dudao",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


SELDOM = 50_000
"""Objects made until the collector looks for cycles among the newest: what importing makes is all kept, and
looking through it every 700 took a tenth of a short command."""


@app.callback()
def options(
    *,
    lang: Annotated[
        str | None,
        typer.Option(
            help="语言，可写在任何位置，默认取 DUDAO_LANG / language: "
            f"{', '.join(LANGUAGES)}; anywhere in the command"
        ),
    ] = None,
    version: Annotated[
        bool,
        typer.Option("--version", help="版本，可写在任何位置 / version; anywhere in the command"),
    ] = False,
) -> None:
    """督导：职业技能等级认定监督与审计台账 / Dudao: supervision and audit ledger."""
    del lang, version  # taken out of the arguments before they got here, wherever they stood
    _tell_of_unknown_variables()


app.command()(init)
app.command()(demo)
app.command()(serve)
app.command()(migrate)
app.command("import")(import_files)
app.command()(template)
add_lists(app)
app.command()(report)
app.command()(replay)
app.command("what-if")(what_if)
app.command()(export)
app.add_typer(analysts, name="analysts")
app.add_typer(saved, name="saved")
app.add_typer(projections, name="projections")
app.add_typer(catalogue, name="catalogue")
app.command()(verify)
app.command()(backup)
app.command()(restore)
app.add_typer(keys, name="keys")
app.command()(signer)
app.command()(checkpoint)
app.command()(bundle)
app.command()(witness)
app.command()(erase)
app.command()(token)
app.add_typer(users, name="users")
app.command()(doctor)
app.command()(clock)


def _tell_of_unknown_variables() -> None:
    """Say which variables of the environment look like settings and are none; go on without them.

    Not refused: whoever runs containers puts names of services there (`DUDAO_PORT_8000_TCP`).
    """
    if not any(name.upper().startswith("DUDAO_") for name in os.environ):
        return
    from api.installation.settings import Settings  # noqa: PLC0415 - start-up time
    from api.installation.variables import unknown  # noqa: PLC0415

    for variable in unknown(Settings, os.environ):
        tell(*variable.said())


def _asks_version(arguments: Sequence[str]) -> bool:
    own = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--version" in own


def main() -> int:
    """Run one command; return its exit status (0 done, 1 not as it should be, 2 unusable, 3 partly)."""
    gc.set_threshold(SELDOM, *gc.get_threshold()[1:])
    status: object = None
    with reported():
        arguments = take_from(sys.argv[1:])
        if _asks_version(arguments):
            sys.stdout.write(f"dudao {VERSION}\n")
            return 0
        status = app(arguments, standalone_mode=False)
    return status if isinstance(status, int) else 0


if __name__ == "__main__":
    sys.exit(main())
