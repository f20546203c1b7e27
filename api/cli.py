"""The command line: `dudao`.

Commands import what they need when they run: the shell waits for what stands at the top here.
"""

import sys

import typer

from api.cli_checks import doctor, verify
from api.cli_failures import reported
from api.cli_ledger import import_files
from api.cli_office import token, users
from api.cli_reads import diff, flags, history, roster, stats
from api.cli_replay import projections, replay
from api.cli_reports import report
from api.cli_serve import demo, serve

app = typer.Typer(
    name="dudao",
    help="督导:职业技能等级认定监督与审计台账 / Dudao: supervision and audit ledger",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(demo)
app.command()(serve)
app.command("import")(import_files)
app.command()(roster)
app.command()(flags)
app.command()(history)
app.command()(diff)
app.command()(stats)
app.command()(report)
app.command()(replay)
app.add_typer(projections, name="projections")
app.command()(verify)
app.command()(token)
app.add_typer(users, name="users")
app.command()(doctor)


def main() -> int:
    """Run one command; return its exit status (0 done, 1 not as it should be, 2 unusable, 3 partly)."""
    with reported():
        app()
    return 0


if __name__ == "__main__":
    sys.exit(main())
