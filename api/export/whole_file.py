"""A file gets the name that was asked for once it is whole: a cut one never has it."""

import errno
import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from api.export.outlet import outlet


@contextmanager
def whole_file(path: Path) -> Generator[IO[bytes]]:
    """Yield what to write to; afterwards `path` holds all of it, or what it held before.

    A device or a pipe has no content to protect and is written to as it is.

    Raises:
        OSError: it cannot be written; named is what was asked for.
    """
    target = Path(os.path.realpath(path))  # of a link, what it points to is replaced
    made = target
    try:
        if target.is_file() or not target.exists():
            _may_replace(target)
            made = target.with_name(f".dudao-{os.getpid()}-{secrets.token_hex(4)}.part")
        with _writer(made, new=made != target) as file:
            yield file
        if made != target:
            if target.exists():
                made.chmod(target.stat().st_mode & 0o7777)
            made.replace(target)
    except OSError as error:
        if error.filename not in {None, str(made)}:
            raise
        raise type(error)(error.errno, error.strerror, str(path)) from None
    finally:
        if made != target:
            with suppress(OSError):  # it has its name by now, or was never made
                made.unlink()


def _may_replace(target: Path) -> None:
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))


@contextmanager
def _writer(path: Path, *, new: bool) -> Generator[IO[bytes]]:
    descriptor = os.open(path, os.O_WRONLY | (os.O_CREAT | os.O_EXCL if new else 0), 0o666)
    try:
        with outlet(descriptor) as file:
            yield file
            file.flush()
            if new:
                os.fsync(descriptor)
    finally:
        os.close(descriptor)
