"""`dudao verify` and `dudao doctor`: is the ledger whole, is the installation sound."""

import sys
from typing import Annotated, Any

import typer

from api.cli.failures import explained, tell
from api.cli.language import chosen

JsonOption = Annotated[bool, typer.Option("--json", help="JSON 输出 / as JSON")]


def verify(*, json: JsonOption = False) -> None:
    """重算整个账本,指出第一处不符 / Recompute the whole ledger and name the first difference."""
    import orjson  # noqa: PLC0415 - start-up time

    from api.installation.opening import open_ledger  # noqa: PLC0415
    from api.installation.settings import Settings  # noqa: PLC0415
    from api.installation.wiring import LOCAL  # noqa: PLC0415
    from api.intake.device_chains import examine  # noqa: PLC0415
    from ledger.log.postgres_log import PostgresLog  # noqa: PLC0415
    from proof.verifications import verify_and_keep  # noqa: PLC0415

    with open_ledger(Settings()) as database, database.pool(3) as pool:
        report = verify_and_keep(pool, LOCAL.account, _progress if sys.stderr.isatty() else None)
        # Entries that differ cannot be read for what they say.
        devices = [] if report.difference else examine(pool, PostgresLog(pool))
    head, difference = report
    if json:
        found = None if difference is None else difference._asdict()
        answer = {
            "position": head.position,
            "root": head.root.hex(),
            "difference": found,
            "devices": [device.shown() for device in devices],
        }
        sys.stdout.write(orjson.dumps(answer).decode() + "\n")
    elif difference is None:
        whole = chosen(
            f"账本完整:{head.position} 条记录,根 {head.root.hex()}",
            f"the ledger is whole: {head.position} entries, root {head.root.hex()}",
        )
        sys.stdout.write(f"{whole}\n")
    # What a phone has not sent is no fault of the ledger: it is said, and the ledger stays whole.
    for zh, en in (each for device in devices for each in device.said()):
        tell(zh, en)
    if difference is not None:
        where = f"位置 {difference.position}" if difference.position else "账本状态"
        tell(
            f"账本不符:{where},{difference.what}。请保留现场,与备份或见证核对",
            f"the ledger differs at position {difference.position}: {difference.what}; "
            "leave everything as it is and compare with a backup or a witness",
        )
        raise typer.Exit(1)


def _progress(position: int, last: int) -> None:
    sys.stderr.write(f"\r{position:,} / {last:,}")
    if position == last:
        sys.stderr.write("\n")


def doctor(*, json: JsonOption = False) -> None:
    """检查安装情况 / Check the installation."""
    import orjson  # noqa: PLC0415 - start-up time

    from api.cli.output import table  # noqa: PLC0415
    from api.export.formats import columns  # noqa: PLC0415
    from api.installation.doctor import Finding, State, examine  # noqa: PLC0415
    from api.installation.settings import Settings  # noqa: PLC0415
    from api.installation.wiring import Installation  # noqa: PLC0415

    found: list[dict[str, Any]] = []
    try:
        with Installation(Settings(), connections=2) as house:
            found += [finding._asdict() for finding in examine(house)]
    except Exception as error:
        # What cannot even be opened is what a doctor is asked about.
        failure = explained(error)
        if failure is None:
            raise
        found.append(Finding("opening", State.FAULT, failure.zh, failure.en)._asdict())
    if json:
        sys.stdout.write(orjson.dumps(found).decode() + "\n")
    else:
        said = [{**finding, "message": {k: finding[k] for k in ("zh", "en")}} for finding in found]
        table(said, columns("state check message:json"))
    if any(finding["state"] == State.FAULT for finding in found):
        raise typer.Exit(1)
