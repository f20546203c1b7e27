"""`dudao what-if`: the whole city under other rules, another catalogue, or lines that are only supposed."""

import sys
import tempfile
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from api.cli.engines import (
    EngineKind,
    EngineOption,
    SchedulerOption,
    WorkersOption,
    chosen_engine,
    executor,
)
from api.cli.failures import Failure, require_day, tell
from api.cli.imports import bar
from api.cli.output import Format, destination
from api.cli.questions import KnownAt, Position, ValidAt, question_of

if TYPE_CHECKING:
    from api.installation.supposing import Adoption, Supposed
    from api.installation.wiring import Installation
    from api.questions.queries import Settled
    from replay.engines import Engine
    from replay.suppositions import Whole

SHOWN = 50
"""Flags on a terminal; their number is said in any case."""


def what_if(  # noqa: PLR0913 - one argument an option
    *,
    rules: Annotated[
        Path | None,
        typer.Option(help="规则文件（JSON），视为各日有效 / rule set, as if in force on every day"),
    ] = None,
    catalogue: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="目录文件，或已收录目录的 SHA-256 / a catalogue's file, or the SHA-256 of a stored one",
        ),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            help="目录类别，文件未收录时必填 / kind of a file that is not stored: dictionary "
            "new_occupations standards qualifications mapping rules outline"
        ),
    ] = None,
    valid_from: Annotated[
        str | None, typer.Option("--from", help="目录的生效日 / first day of the catalogue")
    ] = None,
    valid_to: Annotated[
        str | None, typer.Option("--to", help="目录的失效日（不含） / its end, not included")
    ] = None,
    edition: Annotated[str, typer.Option(help="目录的版本名称 / name of its edition")] = "",
    suppose: Annotated[
        Path | None,
        typer.Option(
            metavar="NDJSON",
            help="假设的记录，同导入文件；照常判定，不入账 / lines as for an import, decided and never recorded",
        ),
    ] = None,
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
    position: Position = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="DIR",
            help="目录：差异与假设下的各表（Parquet） / folder for differences and tables as they would be",
        ),
    ] = None,
    engine: EngineOption = EngineKind.LOCAL,
    scheduler: SchedulerOption = None,
    workers: WorkersOption = 0,
    json: Annotated[bool, typer.Option("--json", help="JSON 输出 / as JSON")] = False,
) -> int:
    """假如：换规则、换目录或假设若干记录，重算全市并比较；不入账 / What if; nothing is recorded."""
    from api.installation import supposing  # noqa: PLC0415 - start-up time
    from api.installation.wiring import LOCAL, caught_up  # noqa: PLC0415
    from api.questions.queries import settle  # noqa: PLC0415
    from api.questions.questions import AsOf  # noqa: PLC0415
    from replay.suppositions import Whole  # noqa: PLC0415

    where = chosen_engine(engine, scheduler, workers)
    if rules is None and catalogue is None and suppose is None:
        raise Failure(
            "请用 --rules、--catalogue 或 --suppose 说明假设什么",
            "say what is supposed: --rules, --catalogue or --suppose",
        )
    if out is not None and out.exists() and not out.is_dir():
        raise Failure(f"{out} 不是目录", f"{out} is no folder")
    given = {"valid_at": valid_at, "known_at": known_at, "position": position}
    question = question_of(AsOf, {k: v for k, v in given.items() if v is not None})
    raw = None if rules is None else _bytes(rules)
    days = (valid_from, valid_to)
    with caught_up() as (house, _):
        settled = settle(house, question.asked())
        at = settled.basis.position
        other = None if raw is None else supposing.rules_in(house, raw, settled.basis)
        adoption = None if catalogue is None else _adoption(house, catalogue, kind, edition, days)
        with ExitStack() as opened:
            lines = () if suppose is None else opened.enter_context(_opened(suppose))
            supposed = supposing.supposed(
                house, LOCAL, at, rules=other, adoption=adoption, lines=lines
            )
        address, day = house.database.addresses.app, settled.basis.valid_at
        whole = Whole(address, at, day, supposed.suppositions, tables=out is not None)
        told = _Told(house, settled, supposed, out)
        told.carry_out(whole, where)
    told.say(as_json=json)
    return 3 if supposed.refused else 0


def _bytes(path: Path) -> bytes:
    with _opened(path) as file:
        return file.read(64 * 1024 * 1024)


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise Failure(f"无法读取 {path}", f"{path} cannot be read: {error.strerror}") from None


def _adoption(
    house: "Installation",
    named: str,
    kind: str | None,
    edition: str,
    days: tuple[str | None, str | None],
) -> "Adoption":
    from api.installation import catalogues, supposing  # noqa: PLC0415 - start-up time
    from domain.terms.intervals import Days  # noqa: PLC0415

    start, end = days
    if start is None:
        raise Failure("请用 --from 给出目录的生效日", "say from which day with --from")
    interval = Days(require_day(start), None if end is None else require_day(end))
    path = Path(named)
    if not path.exists():
        return supposing.stored_adoption(house, named, edition, interval)
    if kind is None:
        raise Failure("请用 --kind 给出目录类别", "say what kind of catalogue it is: --kind")
    return supposing.adoption_of(catalogues.kind_of(kind), path, edition, interval)


class _Told:
    """What came of it: counted, and written where it is wanted."""

    def __init__(
        self, house: "Installation", settled: "Settled", supposed: "Supposed", out: Path | None
    ) -> None:
        from api.installation.as_if import Flips  # noqa: PLC0415 - start-up time

        self._house, self._settled, self._found, self._out = house, settled, supposed, out
        self._flips = Flips(Counter())
        self._lines: Counter[str] = Counter()
        self._flags: list[dict[str, Any]] = []
        self._subjects = 0
        self._spooled: dict[str, IO[bytes]] = {}

    def carry_out(self, whole: "Whole", where: "Engine") -> None:
        """Ask, part by part; only what is shown stays in memory."""
        from api.installation import as_if  # noqa: PLC0415 - start-up time
        from projections.items.shape import Audience  # noqa: PLC0415
        from replay.suppositions import plan  # noqa: PLC0415

        planned = plan(whole, where.workers)
        if where.scheduler is None and planned.entries <= as_if.FEW:
            where = where._replace(workers=1)
        folding = self._house.folding
        done = 0
        with (
            ExitStack() as opened,
            executor(folding, where) as running,
            bar("what-if") as advance,
        ):
            for entries, part, lines in as_if.asked(self._house, whole, planned, running):
                self._subjects += part.subjects
                self._flips.numbers.update(part.flips())
                for line in lines:
                    shown = as_if.line_shown(line, Audience.OFFICES)
                    self._take(opened, line["of"], shown)
                for name, docs in part.rows.items():
                    for doc in docs:
                        self._spool(opened, f"rows-{name}", doc.encode() + b"\n")
                done += entries
                advance(done, planned.entries)
            if self._out is not None:
                self._write(self._out)

    def _take(self, opened: ExitStack, kind: str, line: dict[str, Any]) -> None:
        import orjson  # noqa: PLC0415 - start-up time

        self._lines[kind] += 1
        if kind == "flags" and len(self._flags) < SHOWN:
            self._flags.append(line)
        self._spool(opened, f"diff-{kind}", orjson.dumps(line) + b"\n")

    def _spool(self, opened: ExitStack, name: str, row: bytes) -> None:
        if self._out is None:
            return
        if name not in self._spooled:
            self._spooled[name] = opened.enter_context(_temporary())
        self._spooled[name].write(row)

    def _write(self, folder: Path) -> None:
        """Write what differs and the tables as they would be, and what they stand on."""
        from api.installation import as_if  # noqa: PLC0415 - start-up time
        from projections.items.changes import DIFFERENCES  # noqa: PLC0415
        from projections.items.shape import shape_of  # noqa: PLC0415
        from replay.suppositions import KINDS  # noqa: PLC0415

        folder.mkdir(parents=True, exist_ok=True)
        for kind in KINDS:
            self._table(
                folder / f"diff-{kind}.parquet", f"diff-{kind}", shape_of(DIFFERENCES[kind])
            )
        for name, listed in as_if.LISTED.items():
            self._table(folder / f"{listed}.parquet", f"rows-{name}", as_if.shape_of_rows(name))
        with destination(folder / "what-if.json") as file:
            file.write(self._summary())

    def _table(self, path: Path, spooled: str, shape: Any) -> None:  # noqa: ANN401 - of any item
        from api.export import files  # noqa: PLC0415 - start-up time
        from api.export.files import Origin  # noqa: PLC0415
        from api.export.formats import NAMED  # noqa: PLC0415

        origin = Origin("what-if", self._settled.answer_basis.basis, {})
        batches = _batches(self._spooled.get(spooled))
        with destination(path) as file:
            file.writelines(
                files.pieces(NAMED[Format.PARQUET.value], shape.fields, batches, origin)
            )

    def _answer(self) -> dict[str, Any]:
        supposed = self._found
        return {
            "basis": dict(self._settled.answer_basis.basis),
            "enterprises": self._subjects,
            "flips": self._flips.total,
            "by_check": self._flips.shown(),
            "differences": dict(sorted(self._lines.items())),
            "lines": supposed.lines,
            "taken": supposed.taken,
            "refused": supposed.refused,
            "refusals": [each.shown() for each in supposed.refusals],
        }

    def _summary(self) -> bytes:
        import orjson  # noqa: PLC0415 - start-up time

        return orjson.dumps(self._answer(), option=orjson.OPT_APPEND_NEWLINE)

    def say(self, *, as_json: bool) -> None:
        """Write the answer to standard output, and how much it is to standard error."""
        if as_json:
            sys.stdout.write(self._summary().decode())
        else:
            self._draw()
        supposed = self._found
        for refusal in supposed.refusals:
            tell(f"第 {refusal.line} 行：{refusal.zh}", f"line {refusal.line}: {refusal.en}")
        if supposed.refused and not supposed.taken and not supposed.suppositions.concerns_all:
            tell(
                "所假设的行都不予办理：等于什么也没有假设",
                "every supposed line would be refused: nothing was supposed",
            )
        differing = sum(self._lines.values())
        tell(
            f"{self._subjects} 家企业中，{self._flips.total} 处结论会改变，共 {differing} 处差异；未入账",
            f"{self._flips.total} verdicts of {self._subjects} enterprises would change, {differing} "
            "differences in all; nothing was recorded",
        )

    def _draw(self) -> None:
        from api.cli.output import table  # noqa: PLC0415 - start-up time
        from projections.items.changes import FlagDifferenceItem  # noqa: PLC0415
        from projections.items.shape import shape_of  # noqa: PLC0415

        shape = shape_of(FlagDifferenceItem).only("change", "key", "message", "supposed", "because")
        table(self._flags, shape.fields)


@contextmanager
def _temporary() -> Generator[IO[bytes]]:
    with tempfile.TemporaryFile() as file:
        yield file


def _batches(file: IO[bytes] | None) -> Iterator[Sequence[Mapping[str, Any]]]:
    import orjson  # noqa: PLC0415 - start-up time

    if file is None:
        return
    file.seek(0)
    while some := file.readlines(1_000_000):
        yield [orjson.loads(row) for row in some]
