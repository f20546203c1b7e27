"""What the command line says when something is wrong: one sentence on stderr, with what to do next.

A traceback is for faults of the program alone.
"""

import errno
import os
import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from api.cli import usage
from api.cli.language import chosen, one_of
from api.export.outlet import abandon_stdout, whole_streams
from api.questions.problems import Problem
from domain.terms.decider import Refused
from ledger.unready import Unready

BROKEN_PIPE = 128 + signal.SIGPIPE
"""The exit status that the shell gives to other programs whose reader went away."""


class Failure(Exception):  # noqa: N818 - what the user is told
    """A command ends here: `zh` and `en` say why and what to do; `status` is the exit status."""

    def __init__(self, zh: str, en: str, status: int = 2) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh = zh
        self.en = en
        self.status = status


@contextmanager
def reported() -> Generator[None]:
    """Turn what is raised inside into a message and an exit status; output leaves whole or fails."""
    try:
        with whole_streams():
            yield
    except KeyboardInterrupt:
        tell("已中断", "interrupted")
        sys.exit(130)
    except BrokenPipeError:
        # The reader has had enough (`| head`): nothing to say, but what it has is not the whole.
        abandon_stdout()
        sys.exit(BROKEN_PIPE)
    except Exception as error:
        abandon_stdout()
        if (shown := usage.help_of(error)) is not None:
            sys.stderr.write(f"{shown}\n")
            sys.exit(2)
        failure = explained(error)
        if failure is None:
            raise
        tell(failure.zh, failure.en)
        sys.exit(failure.status)


def require_file(path: Path) -> None:
    """See that there is a file that can be read from its start again.

    Raises:
        Failure: there is none, or it is something else.
    """
    if path.is_file():
        return
    if path.is_dir():
        raise Failure(
            f"{path} 是文件夹；请写出其中的文件", f"{path} is a folder: name the files in it"
        )
    if path.exists():
        raise Failure(
            f"{path} 是管道或设备，不能从头再读；请先存成文件",
            f"{path} is a pipe or a device and cannot be read again from its start: save it to a file first",
        )
    raise Failure(f"没有这个文件：{path}", f"no such file: {path}")


def require_day(text: str) -> date:
    """Return the day that was typed.

    Raises:
        Failure: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        from ledger.gate.days import not_a_day  # noqa: PLC0415 - start-up time

        zh, en = not_a_day(text)
        raise Failure(f"{text}：{zh}", f"{text}: {en}") from None


def tell(zh: str, en: str) -> None:
    """Say something on stderr, in the chosen language."""
    sys.stderr.write(f"{chosen(zh, en)}\n")


def explained(error: Exception) -> Failure | None:
    """Return what to tell the user about `error`; None if it is a fault of the program."""
    if isinstance(error, Failure):
        return error
    if isinstance(error, Problem):
        faults = [(fault.field, one_of(fault.reason)) for fault in error.errors]
        return Failure(
            "\n  ".join([error.zh, *(f"{field}：{said}" for field, said in faults)]),
            "\n  ".join([error.en, *(f"{field}: {said}" for field, said in faults)]),
        )
    if isinstance(error, Refused):
        return Failure(error.zh, error.en)
    if usage.is_usage(error):
        return Failure(*usage.explained(error))
    for explain in (_database, _settings, _reader, _files):
        failure = explain(error)
        if failure is not None:
            return failure
    return None


def _named(error: Exception, *names: str) -> bool:
    """Return whether `error` is of a class named `module:class`, without importing that module."""
    return any(f"{c.__module__}:{c.__qualname__}" in names for c in type(error).__mro__)


def _database(error: Exception) -> Failure | None:
    if isinstance(error, Unready):
        return Failure(error.zh, error.en)
    if _named(error, "psycopg:OperationalError", "psycopg_pool.errors:PoolTimeout"):
        said = " ".join(str(error).split())
        return Failure(
            f"无法使用数据库：{said}。请检查 DUDAO_DATABASE_URL 或数据目录，可运行 dudao doctor",
            f"the database cannot be used: {said}. Check DUDAO_DATABASE_URL or the data folder, "
            "or run dudao doctor",
        )
    if _named(error, "ledger.log.clock:ClockRefused"):
        return Failure(
            f"时钟不可信，未予入账：{getattr(error, 'zh', error)}。请校正时钟",
            f"the clock is not to be trusted, nothing was recorded: {error}. Put it right",
        )
    if _named(
        error,
        "ledger.server.embedded:Unavailable",
        "ledger.migrate:Edited",
        "ledger.connect:Unsafe",
    ):
        return Failure(f"账本不可用：{error}", f"the ledger cannot be used: {error}")
    return None


def _settings(error: Exception) -> Failure | None:
    if not _named(error, "pydantic_core._pydantic_core:ValidationError"):
        return None
    from pydantic_core import ValidationError  # noqa: PLC0415 - it is loaded already

    from api.installation.settings import Settings  # noqa: PLC0415 - it is loaded already
    from api.installation.variables import explained  # noqa: PLC0415

    # Of another model it would be a fault of the program.
    if not isinstance(error, ValidationError) or error.title != Settings.__name__:
        return None
    return Failure(*explained(Settings, error))


def _reader(error: Exception) -> Failure | None:
    if not _named(error, "api.intake.imports.reader:ReaderEnded"):
        return None
    return Failure(
        "读取文件的进程意外结束（可能内存不足或被终止）；请重新运行，已入账的不会重复入账",
        "the process that reads the file ended early, for want of memory or killed: run it again, "
        "nothing is added twice",
    )


def _files(error: Exception) -> Failure | None:
    if not isinstance(error, OSError) or error.errno is None:
        return None
    if isinstance(error, FileNotFoundError):
        return Failure(f"没有这个文件：{error.filename}", f"no such file: {error.filename}")
    # Of the others, those that files give: a socket's are not told by a name.
    if error.filename is None and error.errno not in _LOST:
        return None
    where = error.filename or chosen("输出", "the output")
    zh, en = _elsewhere(error)
    return Failure(
        f"无法读写 {where}：{error.strerror}{zh}", f"cannot use {where}: {error.strerror}{en}"
    )


_LOST = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF})
"""What says that bytes did not arrive, also where no file is named."""


def _elsewhere(error: OSError) -> tuple[str, str]:
    """Return what to do where it is the data folder that cannot be used."""
    from api.installation.settings import Settings  # noqa: PLC0415 - start-up time

    try:
        folder = Settings().folder
        given = Path(os.fsdecode(error.filename or "")).absolute()
    except (TypeError, ValueError, Unready):
        return "", ""
    if folder != given and folder not in given.parents:
        return "", ""
    return (
        "；请用 DUDAO_DATA 另选可写的数据目录",
        "; choose a data folder that can be written with DUDAO_DATA",
    )
