"""`dudao import`: files into the ledger."""

import getpass
import os
import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.failures import Failure, require_file
from api.cli.language import chosen, one_of
from api.cli.output import no_folder

if TYPE_CHECKING:
    from api.intake.imports.files import Importer, ImportReport

Advance = Callable[[int, int], None]

JsonOption = Annotated[bool, typer.Option("--json", help="JSON 输出 / as JSON")]


def import_files(  # noqa: PLR0913 - one argument an option
    files: Annotated[list[Path], typer.Argument(help="NDJSON、XLSX 或 CSV / NDJSON, XLSX or CSV")],
    *,
    reject: Annotated[
        Path | None,
        typer.Option(
            help="被拒行写入的文件，默认为文件名加 .reject.ndjson / file for refused lines"
        ),
    ] = None,
    actor: Annotated[
        str | None,
        typer.Option(
            help="表格由谁导入：账户,角色,机构 / who imports a sheet: ACCOUNT,ROLE,ORGANISATION"
        ),
    ] = None,
    assessment: Annotated[
        str | None,
        typer.Option(
            help="证书上传表各行所属的认定活动 / the session of all rows of a certificate upload"
        ),
    ] = None,
    marked: Annotated[
        Path | None,
        typer.Option(
            help="把标出错误的原表写入此文件 / write the sheet with its faults marked to this file"
        ),
    ] = None,
    backfill: Annotated[
        bool,
        typer.Option(
            "--backfill",
            help="历史补录：不计迟报、时长，缺第二人的须有文号 / history from an older system: nothing "
            "is said of how late it came; what lacks a second person rests on its document_no",
        ),
    ] = False,
    json: JsonOption = False,
) -> None:
    """导入文件；可重复运行，不会重复入账 / Import files; running it again adds nothing twice."""
    from api.installation.bench import recording  # noqa: PLC0415
    from api.installation.settings import Settings  # noqa: PLC0415 - start-up time
    from api.intake.imports.files import ImportReport  # noqa: PLC0415

    who = None if actor is None else _actor(actor)
    for path in files:
        require_file(path)
    for target in (reject, marked):
        if target is not None:
            _must_be_writable(target)
    from domain.terms.envelope import Stamps  # noqa: PLC0415

    reports: list[ImportReport] = []
    try:
        brought = Stamps(entered_by=_account(), backfill=backfill)
        with recording(Settings()) as bench:
            for path in files:
                rejects = _reject_path(path, reject, len(files))
                report = ImportReport(str(path))
                reports.append(report)
                importer = partial(bench.importer, who, assessment_id=assessment, brought=brought)
                _take(importer, path, rejects, report)
                if marked is not None:
                    _mark(path, report, _reject_path(path, marked, len(files)))
    finally:  # also where a later file cannot be used: what was taken before it is in the ledger
        _tell([report for report in reports if report.lines or report.notes], as_json=json)
    if any(report.refused for report in reports):
        raise typer.Exit(3)


def _actor(text: str) -> Mapping[str, str]:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 3 or not all(parts):
        raise Failure(
            "--actor 应写作 账户,角色,机构，如 centre-1,centre_officer,centre",
            "--actor is ACCOUNT,ROLE,ORGANISATION, like centre-1,centre_officer,centre",
        )
    return dict(zip(("account", "role", "organisation"), parts, strict=True))


def _reject_path(path: Path, given: Path | None, files: int) -> Path:
    if given is None:
        return path.with_name(f"{path.name}.reject.ndjson")
    return given if files == 1 else given.with_name(f"{given.stem}-{path.name}{given.suffix}")


def _account() -> str:
    """Return the account of this machine under which files are brought in."""
    try:
        return f"local/{getpass.getuser()}"
    except (KeyError, OSError):  # a container may have no name for its user
        return "local"


def _must_be_writable(path: Path) -> None:
    """Refuse, before anything is taken, what cannot be made the file that was asked for."""
    if not path.absolute().parent.is_dir():
        raise no_folder(path)
    if path.is_dir() or not os.access(path if path.exists() else path.absolute().parent, os.W_OK):
        raise Failure(f"无法写入 {path}；请另选文件", f"cannot write {path}: name another file")


def _take(
    importer: "Callable[[Advance], Importer]", path: Path, reject: Path, report: "ImportReport"
) -> None:
    """Import one file, with a bar on a terminal.

    Raises:
        Failure: the file cannot be used at all.
    """
    from api.intake.imports.files import Rejects  # noqa: PLC0415 - start-up time
    from ledger.gate.faults import Invalid  # noqa: PLC0415

    with bar(path.name) as advance:
        try:
            importer(advance).take(path, Rejects(reject), report)
        except Invalid as error:
            raise Failure(f"{path}：{error.zh}", f"{path}: {error.en}") from None


def _mark(path: Path, report: "ImportReport", target: Path) -> None:
    """Write the sheet with its faults marked; a file of lines, or without faults, has none."""
    import orjson  # noqa: PLC0415 - start-up time

    from api.intake.sheets.marked import marked  # noqa: PLC0415

    if report.reject is None:
        return
    lines = report.reject.read_bytes().splitlines()
    made = marked(path, [orjson.loads(line) for line in lines])
    if made is not None:
        with os.fdopen(os.open(target, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
            file.write(made[1])


@contextmanager
def bar(name: str) -> Generator[Advance]:
    """Yield what moves a progress bar; on something other than a terminal it shows nothing."""
    if not sys.stderr.isatty():
        yield lambda _done, _whole: None
        return
    from rich.console import Console  # noqa: PLC0415 - start-up time
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task(name, total=None)
        yield lambda done, whole: progress.update(task, completed=done, total=whole)


def _tell(reports: "Sequence[ImportReport]", *, as_json: bool) -> None:
    if as_json:
        import orjson  # noqa: PLC0415 - start-up time

        shown = [
            {
                "file": report.file,
                "lines": report.lines,
                "taken": report.taken,
                "known": report.known,
                "refused": report.refused,
                "notes": report.notes,
                "reject": None if report.reject is None else str(report.reject),
                "complete": report.complete,
            }
            for report in reports
        ]
        sys.stdout.write(orjson.dumps(shown).decode() + "\n")
        return
    for report in reports:
        said = chosen(
            f"{report.file}：共 {report.lines} 行，入账 {report.taken}，已有 {report.known}，"
            f"被拒 {report.refused}",
            f"{report.file}: {report.lines} lines, {report.taken} taken, {report.known} known, "
            f"{report.refused} refused",
        )
        sys.stdout.write(f"{said}\n")
        if not report.complete:
            cut = chosen(
                f"未读完：以上是前 {report.lines} 行的结果，均已入账生效；再次运行从其后继续，不会重复入账",
                f"not read to its end: this is what became of its first {report.lines} lines, and it "
                "is durable; run it again to go on behind them, nothing is added twice",
            )
            sys.stdout.write(f"  {cut}\n")
        for note in report.notes:
            sys.stdout.write(f"  {one_of(note)}\n")
        if report.reject is not None:
            sys.stdout.write(f"  {chosen('被拒的行见：', 'refused lines: ')}{report.reject}\n")
