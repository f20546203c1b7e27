"""Whole lists as files: short ones at once, long ones in a process of their own.

Threads of one process share one interpreter: while it made a million rows of a file, everybody else waited for
it. A process asks by the same functions as a page does, its bytes come over a pipe, and the memory that it took
is given back when it ends: some time after its last file, so that the next one need not start anew.
"""

import gc
import os
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any, NamedTuple

from api.export import files
from api.export.files import Origin, TooManyRows
from api.installation.settings import Settings
from api.questions.columns import table
from api.questions.paging import pages
from api.questions.queries import Found
from api.questions.questions import Paged, chosen
from domain.terms.envelope import Actor
from projections.follow.executor import end_with_parent

if TYPE_CHECKING:
    from api.questions.reading import Reading

TURNS = 2
"""Whole lists that one server process has made at a time: each takes a core for a while."""
SHORT = 5
"""Pages that are looked at before a process is asked: a list that ends within them is made at once."""
KEPT = 60.0
"""Seconds for which a process waits for the next list."""
GENTLE = 5
"""By how much a process gives way to those that answer people."""
CONNECTIONS = 2


class Wanted(NamedTuple):
    """What is to be made: which list, who asks, how it begins, and as what."""

    listed: str
    parts: Sequence[str]
    actor: Actor
    question: Paged
    begun: Sequence[Found]
    """Its first pages."""
    media: str
    origin: Origin


class Broken(RuntimeError):  # noqa: N818 - what became of a file
    """The process that made a file ended before it, or failed."""


def begun(answers: Iterator[Found]) -> list[Found]:
    """Return the first pages of a list, as many as are looked at before a process is asked."""
    return list(islice(answers, SHORT))


def pieces(house: "Reading", wanted: Wanted) -> Iterator[bytes]:
    """Yield the file, piece by piece, made here.

    Raises:
        TooManyRows: XLSX with more rows than a sheet has, before anything is yielded.
    """
    from api.installation.every_list import EVERY_LIST  # noqa: PLC0415 - some rest on who knows this module

    listed = EVERY_LIST[wanted.listed]

    def ask(question: Paged) -> Found:
        return listed.ask(house, wanted.actor, question, *wanted.parts)

    answers = pages(wanted.question, ask, listed.paging, wanted.begun)
    audience = wanted.begun[0].audience
    fields = table(listed.shape(wanted.question), chosen(wanted.question), audience).fields
    batches = (answer.page.items for answer in answers)
    return files.pieces(wanted.media, fields, batches, wanted.origin)


class WholeLists:
    """Who makes whole lists: so many at a time, the long ones in processes of their own."""

    def __init__(self, house: "Reading", settings: Settings) -> None:
        self._house = house
        self._settings = settings
        self.turns = threading.BoundedSemaphore(TURNS)
        """Whose turn it is."""
        self._idle: list[_Maker] = []
        self._lock = threading.Lock()

    def pieces(self, wanted: Wanted) -> Iterator[bytes]:
        """Yield the file, piece by piece, wherever it is made.

        Raises:
            TooManyRows: XLSX with more rows than a sheet has, before anything is yielded.
            Broken: the process that made it is gone.
        """
        if wanted.begun[-1].page.next is None:
            return pieces(self._house, wanted)
        return self._elsewhere(wanted)

    def _elsewhere(self, wanted: Wanted) -> Generator[bytes]:
        maker = self._taken()
        whole = False
        try:
            yield from maker.made(wanted)
            whole = True
        except TooManyRows:
            whole = True
            raise
        finally:  # one that was left in the middle of a file is of no more use
            if whole:
                with self._lock:
                    self._idle.append(maker)
            else:
                maker.end()

    def _taken(self) -> "_Maker":
        with self._lock:
            while self._idle:
                maker = self._idle.pop()
                if maker.waits():
                    return maker
                maker.end()
        return _Maker(self._settings)

    def close(self) -> None:
        """End the processes that wait for the next list."""
        with self._lock:
            for maker in self._idle:
                maker.end()
            self._idle.clear()


class _Maker:
    """A process that makes one file after the other."""

    def __init__(self, settings: Settings) -> None:
        # Spawned: a fork would share connections.
        spawning = get_context("spawn")
        self._pipe, its = spawning.Pipe()
        self._process: BaseProcess = spawning.Process(
            target=_work, args=(settings, its), name="whole-lists", daemon=True
        )
        self._process.start()
        its.close()

    def waits(self) -> bool:
        """Return whether it is still there; it ends where nobody has asked for a while."""
        return self._process.is_alive() and not self._pipe.poll()

    def made(self, wanted: Wanted) -> Iterator[bytes]:
        """Yield the pieces as they come."""
        try:
            self._pipe.send(wanted)
            while (said := self._pipe.recv()) is not None:
                if isinstance(said, bytes):
                    yield said
                elif said == TooManyRows.__name__:
                    raise TooManyRows
                else:
                    raise Broken(said)
        except (EOFError, OSError) as error:
            raise Broken("the process that made the file is gone") from error

    def end(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.join()
        self._process.close()
        self._pipe.close()


def _work(settings: Settings, pipe: Connection) -> None:
    """Make the files that are asked for, until nobody asks any more."""
    from api.installation.wiring import Installation  # noqa: PLC0415 - which knows this module

    threading.Thread(target=end_with_parent, name="parent-watch", daemon=True).start()
    with suppress(OSError):
        os.nice(GENTLE)
    house = Installation(settings, connections=CONNECTIONS)
    gc.freeze()  # modules and descriptions live as long as the process: they need no look at each page
    try:
        while pipe.poll(KEPT):
            _make(house, pipe.recv(), pipe.send)
    except (EOFError, BrokenPipeError):
        pass  # nobody is there to ask
    finally:
        house.close()


def _make(house: "Reading", wanted: Wanted, send: Callable[[Any], None]) -> None:
    try:
        for piece in pieces(house, wanted):
            send(piece)
    except BrokenPipeError:
        raise
    except TooManyRows:
        send(TooManyRows.__name__)
    except Exception as error:  # noqa: BLE001 - what fails here is told to who waits for it
        send(f"{type(error).__name__}: {error}")
    else:
        send(None)
