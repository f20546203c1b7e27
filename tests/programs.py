"""A program of ours that runs beside a test: what it says is read, and it ends whatever becomes of the test."""

import queue
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

STARTING = 60
"""Seconds within which a program says what is waited for, on the slowest machine."""

ENDING = 40
"""Seconds within which a program ends: the server gives requests under way twenty of them."""


class Program:
    """A running program whose two outputs are read as it writes, so that it never waits for a full pipe."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: list[str] = []
        """All lines so far, of both outputs."""
        assert process.stdout is not None
        assert process.stderr is not None
        self._outputs = (process.stdout, process.stderr)
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._passed: list[str] = []
        self._ended = 0
        self._readers = [
            threading.Thread(target=self._read, args=(output,), daemon=True)
            for output in self._outputs
        ]
        for reader in self._readers:
            reader.start()

    def line_with(self, text: str) -> str:
        """Return the first line, of either output, that holds `text` and was not returned yet.

        Which output is read first is nobody's choice, so a line that another was looked for before stays.
        """
        for place, line in enumerate(self._passed):
            if text in line:
                return self._passed.pop(place)
        while self._ended < len(self._outputs):
            came = self._lines.get(timeout=STARTING)
            if came is None:
                self._ended += 1
            elif text in came:
                return came
            else:
                self._passed.append(came)
        raise AssertionError(f"it ended without saying {text!r}")

    def end(self) -> str:
        """Ask it to end; return all that it said.

        Raises:
            AssertionError: it ended with another status than 0.
            subprocess.TimeoutExpired: it did not end.
        """
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(ENDING)
        for reader in self._readers:
            reader.join()
        assert status == 0
        return "".join(self.said)

    def let_go(self) -> None:
        """Kill it if it still runs, and close what it was read by."""
        self.process.kill()
        self.process.wait()
        for reader, output in zip(self._readers, self._outputs, strict=True):
            reader.join()
            output.close()

    def _read(self, output: IO[str]) -> None:
        for line in output:
            self.said.append(line)
            self._lines.put(line)
        self._lines.put(None)


@contextmanager
def running(
    command: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> Iterator[Program]:
    """Run a program beside a test and end it in order after it; kill it where the test fails."""
    program = Program(
        subprocess.Popen(  # noqa: S603 - our own program
            command,
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    )
    try:
        yield program
        program.end()
    except BaseException as error:
        error.add_note("".join(["the program said:\n", *program.said]))
        raise
    finally:
        program.let_go()
