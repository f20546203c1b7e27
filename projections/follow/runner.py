"""Follows the ledger and keeps the live tables up to it: one process at a time, any may take over.

Rows and position are written in one transaction, so whatever kills a runner leaves the tables
as they were at some position, and the next one goes on from there.
"""

import logging
import time
from collections.abc import Callable, Collection, Generator, Iterable
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import partial
from threading import Condition, Event, Lock, Thread
from typing import Any, NamedTuple, TypeAlias

import psycopg
from psycopg import Connection

from ledger.log.follow import Follower
from projections.analysis import adopted
from projections.counts import tallies
from projections.follow import batches, bulk, histories, set_apart, version
from projections.follow.bulk import BulkPart
from projections.follow.executor import Executor, InProcess
from projections.follow.fold import Rules
from projections.follow.garbage import uncollected
from projections.follow.lease import NAME, Lease
from projections.follow.memory import CAPACITY, Memory
from projections.follow.pump import AtOnce, Pump
from projections.follow.schema import LIVE, SEARCH
from projections.follow.set_apart import Apart
from projections.follow.store import apply

logger = logging.getLogger("dudao.projections")

LONG = 50_000
"""Entries behind which a stretch is read subject by subject."""
AT_ONCE = 500
"""Up to so many entries are written in the thread that folds them."""
CANCELLED_WITHIN = 1.0
"""Seconds for the server to take note that a statement is broken off."""
STANDBY = 0.5
"""Seconds between attempts of a standby to become the follower."""


class Stopped(Exception):  # noqa: N818 - reads as what it says
    """Nobody waits for the stretch under way any more; nothing of it was written."""


class Overtaken(RuntimeError):  # noqa: N818 - reads as what it says
    """Somebody else wrote to the tables while this process was the one elected."""


Executors: TypeAlias = Callable[[Rules], AbstractContextManager[Executor]]
"""Opens what the parts of a long stretch run on."""


def here(rules: Rules) -> AbstractContextManager[Executor]:
    """Run them in this thread."""
    return nullcontext(InProcess(rules))


Renew: TypeAlias = Callable[[Event], object]
"""Makes the tables anew beside the live ones, unless the event says that nobody waits for it."""


class Sizes(NamedTuple):
    """How much is done at once: entries in one transaction, entries of files kept in memory."""

    batch: int = 10_000
    long: int = LONG
    memory: int = CAPACITY


class Runner:
    """Keeps the tables of one schema up to the ledger. One thread uses it; any may stop it."""

    def __init__(  # noqa: PLR0913, PLR0917 - what it follows, with what, and how much at once
        self,
        conninfo: str,
        rules: Rules,
        sizes: Sizes | None = None,
        schema: str = LIVE,
        executors: Executors = here,
        stopped: Event | None = None,
        renew: Renew | None = None,
    ) -> None:
        """`renew`: makes tables of an earlier version of the fold anew, beside those that are followed."""
        self._renew = renew
        self._conninfo = conninfo
        self._installed = rules
        self._sizes = sizes or Sizes()
        self._schema = schema
        self._executors = executors
        self._memory = Memory(self._sizes.memory)
        self._apart: set[str] = set()
        self._stopped = stopped or Event()
        self._lock = Lock()
        self._follower: Follower | None = None
        self._connected: tuple[Connection[Any], ...] = ()
        self._known: tuple[int, Rules] | None = None
        """The rules as known at a position, if that is where the last stretch ended."""
        self._moved, self._at, self._writes = Condition(), 0, False
        self._kept: int | None = None
        """Of how many adoptions the schema of analysts says what they hold; None: nobody has looked."""
        self._made_by = 0
        """The version of the fold that the tables were of when this runner was elected, or later."""

    @property
    def stopped(self) -> bool:
        """Whether it was told to end."""
        return self._stopped.is_set()

    def catch_up(self, upto: int | None = None) -> int:
        """Bring the tables up to the ledger's end, or to `upto`; return their position.

        Where another process follows the ledger, waits for that one to get there.
        """
        with self._connections() as (reader, writer):
            goal = _head(reader) if upto is None else min(upto, _head(reader))
            lease = Lease(self._conninfo, self._schema)
            while not self._stopped.is_set() and position_of(writer) < goal:
                if not lease.try_take(writer):
                    self._stopped.wait(STANDBY / 10)
                    continue
                self._made_by = version.of_tables(writer)
                with lease.held(), suppress(Stopped):
                    self._catch_up(reader, writer, upto, lease)
                writer.rollback()
            return position_of(writer)

    def run(self) -> None:
        """Follow the ledger until stopped; stand by while another process does."""
        with Follower(self._conninfo) as ledger:
            self._attend(ledger)
            try:
                while not self._stopped.is_set():
                    self._serve(ledger)
            finally:
                self._attend(None)

    def _attend(self, ledger: Follower | None) -> None:
        with self._lock:
            self._follower = ledger

    def _serve(self, ledger: Follower) -> None:
        """Stand for election, and follow, until stopped or until a connection breaks."""
        try:
            with self._connections() as (reader, writer):
                lease = Lease(self._conninfo, self._schema)
                if self._elected(lease, writer):
                    version.require_not_later(writer)
                    self._made_by = version.of_tables(writer)
                    with lease.held(), self._renewing(writer), self._writing():
                        self._follow(reader, writer, ledger, lease)
        except version.LaterFold as error:
            logger.error("%s", error)  # noqa: TRY400 - no fault: a later release runs, or has run
            self._stopped.wait(STANDBY * 10)
        except Stopped:
            pass
        except (psycopg.OperationalError, Overtaken):
            # The server is gone or restarts; what was not committed is done again.
            self._stopped.wait(STANDBY)

    @contextmanager
    def _writing(self) -> Generator[None]:
        self._writes = True
        try:
            yield
        finally:
            self._writes = False

    @contextmanager
    def _renewing(self, writer: Connection[Any]) -> Generator[None]:
        """While the tables are followed as they are, have those of an earlier version made anew."""
        if self._renew is None or not version.is_earlier(writer):
            yield
            return
        logger.warning("the views are of an earlier version of the fold; they are made anew beside")
        renewing = Thread(target=self._renew_until_done, name="projections-renewal", daemon=True)
        renewing.start()
        yield

    def _renew_until_done(self) -> None:
        while self._renew is not None and not self._stopped.is_set():
            try:
                self._renew(self._stopped)
            except Exception as error:
                if not isinstance(error, psycopg.OperationalError):
                    logger.exception("the views were not made anew")
                self._stopped.wait(STANDBY * 10)
            else:
                return

    def stop(self) -> None:
        """End `run` after the transaction under way."""
        self._stopped.set()
        with self._lock:
            if self._follower is not None:
                self._follower.stop()

    def wait_until(self, position: int, seconds: float) -> bool:
        """Wait until this runner has written up to `position`; for `seconds` where another one writes.

        Returns whether it has. Where the tables are otherwise, whoever waits looks for themselves.
        """
        with self._moved:
            return self._moved.wait_for(
                lambda: self._at >= position, STANDBY if self._writes else seconds
            )

    def _commit(self, writer: Connection[Any], upto: int) -> None:
        writer.execute(ADVANCE, {"position": upto})
        writer.execute("COMMIT")
        with self._moved:
            self._at = upto
            self._moved.notify_all()

    def interrupt(self) -> None:
        """Break off the statements under way, each in a transaction that leaves nothing behind.

        For a runner that was told to stop and does not: somebody may hold a lock that it waits for.
        """
        with self._lock:
            connected = self._connected
        for connection in connected:
            with suppress(psycopg.Error):
                connection.cancel_safe(timeout=CANCELLED_WITHIN)

    def _elected(self, lease: Lease, writer: Connection[Any]) -> bool:
        while not self._stopped.is_set():
            if lease.try_take(writer):
                return True
            self._stopped.wait(STANDBY)
        return False

    def _follow(
        self, reader: Connection[Any], writer: Connection[Any], ledger: Follower, lease: Lease
    ) -> None:
        while not self._stopped.is_set() and not lease.lost:
            at = self._catch_up(reader, writer, None, lease)
            ledger.wait(at, STANDBY * 10)

    def _catch_up(
        self, reader: Connection[Any], writer: Connection[Any], upto: int | None, lease: Lease
    ) -> int:
        at, self._apart, head = _look(writer)
        goal = head if upto is None else min(upto, head)
        try:
            # A few entries are written sooner than a thread is woken.
            pump: Pump | AtOnce = AtOnce() if goal - at <= AT_ONCE else Pump()
            with uncollected(), pump:
                while at < goal and not self._stopped.is_set() and not lease.lost:
                    at = self._step(reader, writer, pump, at, goal)
                pump.wait()
        except BaseException:
            # The files may be ahead of the tables now.
            self._memory.clear()
            raise
        self._keep_adopted(reader, writer, at)
        return at

    def _keep_adopted(self, reader: Connection[Any], writer: Connection[Any], at: int) -> None:
        """Let whoever asks in SQL have what was adopted; of rows that others read, none rests on it."""
        if self._schema != LIVE:
            return
        rules = self._rules(reader, at)
        self._known = at, rules
        if len(rules.catalogue) != self._kept:
            adopted.keep(writer, rules.reference_at(at))
            self._kept = len(rules.catalogue)

    def _step(
        self,
        reader: Connection[Any],
        writer: Connection[Any],
        pump: Pump | AtOnce,
        at: int,
        head: int,
    ) -> int:
        """Have the next stretch written, in one transaction with where it ends; return its end."""
        if head - at > self._sizes.long:
            return self._leap(reader, writer, pump, at, head)
        upto = min(head, at + self._sizes.batch)
        rules = self._rules(reader, at)
        batch = batches.by_position(reader, rules, self._memory, at, upto, pump.wait, self._apart)
        if batch is None:
            return self._leap(reader, writer, pump, at, upto)
        self._known = upto, rules  # nothing was adopted among them
        changes = batch.changes(reader, pump.wait)
        pump.add(partial(self._begin, writer, at, frozenset(self._apart)))
        self._set_apart(batch.apart)
        pump.add(partial(apply, writer, changes))
        pump.add(partial(set_apart.note, writer, batch.apart))
        pump.add(partial(tallies.keep, writer, at, upto))
        pump.add(partial(self._commit, writer, upto))
        return upto

    def _leap(
        self,
        reader: Connection[Any],
        writer: Connection[Any],
        pump: Pump | AtOnce,
        at: int,
        upto: int,
    ) -> int:
        """The same for a stretch that is read subject by subject."""
        pump.wait()
        whole = BulkPart(self._conninfo, self._schema, at, upto)
        pump.add(partial(self._begin, writer, at, frozenset(self._apart)))
        with self._executors(self._installed) as executor:
            for changes, apart in executor.map(bulk.changes, bulk.parts(reader, whole)):
                if self._stopped.is_set():
                    raise Stopped
                self._set_apart(apart)
                pump.add(partial(apply, writer, changes))
                pump.add(partial(set_apart.note, writer, apart))
        pump.add(partial(tallies.keep, writer, at, upto))
        if upto - at > LONG:
            pump.add(partial(_look_over, writer))
        pump.add(partial(self._commit, writer, upto))
        self._memory.clear()
        return upto

    def _begin(self, writer: Connection[Any], at: int, apart: Collection[str]) -> None:
        """Begin a transaction in which the tables are as they were left.

        Raises:
            Overtaken, LaterFold: they are not.
        """
        writer.execute("BEGIN")
        row: Any = writer.execute(LOCK).fetchone()
        if row[0] != at:
            raise Overtaken(
                f"the tables rest on {row[0]}, not on {at}: another process writes them"
            )
        if frozenset(row[1]) != apart:
            raise Overtaken("the tables were rebuilt, and others are set apart now")
        if row[2] > version.FOLD:
            raise version.LaterFold(row[2])
        if row[2] < self._made_by:
            # What follows would stand in them for good: whoever is elected next has them made anew.
            raise Overtaken("the tables were rebuilt by an earlier release")
        self._made_by = row[2]
        if at == 0:
            version.sign(writer)
            self._made_by = version.FOLD

    def _set_apart(self, subjects: Iterable[Apart]) -> None:
        for apart in subjects:
            logger.error(
                "entry %s (%s) cannot be followed: %s; %s stays as it was before it",
                *(apart.position, apart.type, apart.reason, apart.subject or "nothing else"),
            )
            if apart.subject is not None:
                self._apart.add(apart.subject)
                self._memory.drop(apart.subject)

    def _rules(self, reader: Connection[Any], upto: int) -> Rules:
        if self._known is not None and self._known[0] == upto:
            return self._known[1]
        known = histories.known_rules(reader, self._installed, upto)
        # What was read of the store is kept, so that files share it.
        self._installed = self._installed._replace(context=known.context)
        return known

    @contextmanager
    def _connections(self) -> Generator[tuple[Connection[Any], Connection[Any]]]:
        """Two connections without time limits: a first fold of a large ledger is one transaction."""
        with (
            psycopg.connect(self._conninfo, autocommit=True, application_name=NAME) as reader,
            psycopg.connect(self._conninfo, autocommit=True, application_name=NAME) as writer,
        ):
            for connection in (reader, writer):
                connection.execute(SEARCH, {"schema": self._schema})
                connection.execute(UNLIMITED)
            with self._lock:
                self._connected = reader, writer
            try:
                yield reader, writer
            finally:
                with self._lock:
                    self._connected = ()


UNLIMITED = "SET idle_in_transaction_session_timeout = 0; SET statement_timeout = 0"
LOCK = """
SELECT position, ARRAY(SELECT subject FROM set_apart WHERE subject IS NOT NULL), fold
  FROM progress FOR UPDATE
"""


LOOK_OVER = "ANALYZE roster, scope, flags, sessions, certificates, cases, tallies"


def _look_over(writer: Connection[Any]) -> None:
    """Let the planner see the tables as they are: what it knows of them is of before, or nothing."""
    writer.execute(LOOK_OVER)


ADVANCE = "UPDATE progress SET position = %(position)s, moved_at = clock_timestamp()"


HEAD = "SELECT size FROM ledger.log_state"


def _head(conn: Connection[Any]) -> int:
    row: Any = conn.execute(HEAD).fetchone()
    return int(row[0])


LOOK = """
SELECT position, ARRAY(SELECT subject FROM set_apart WHERE subject IS NOT NULL),
       (SELECT size FROM ledger.log_state)
  FROM progress
"""


def _look(writer: Connection[Any]) -> tuple[int, set[str], int]:
    """Return where the tables are, the subjects that are set apart in them, and the ledger's end."""
    row: Any = writer.execute(LOOK).fetchone()
    return int(row[0]), set(row[1]), int(row[2])


AT = "SELECT position FROM progress"


def position_of(writer: Connection[Any]) -> int:
    """Return the entry that the tables of the connection's schema rest on last."""
    row: Any = writer.execute(AT).fetchone()
    return int(row[0])


LIVE_AT = "SELECT position FROM projections.progress"


def position(conn: Connection[Any]) -> int:
    """Return the entry that the live tables rest on last."""
    row: Any = conn.execute(LIVE_AT).fetchone()
    return int(row[0])


def sleep(_wanted: int, seconds: float) -> None:
    """Wait for so many seconds: nobody here can say when the tables are there."""
    time.sleep(seconds)


def wait_for(
    conn: Connection[Any],
    wanted: int,
    timeout: float,
    pause: Callable[[int, float], object] = sleep,
) -> int:
    """Wait until the live tables rest on `wanted`, for `timeout` seconds at most.

    `pause`: waits for so many seconds, or until somebody who knows says that they are there.

    Returns where they are then, which is less than `wanted` if time ran out. The connection must
    not be in a transaction that sees only what was there when it began (READ COMMITTED will do).
    """
    deadline = time.monotonic() + timeout
    seconds = 0.001
    at = position(conn)
    while at < wanted and time.monotonic() < deadline:
        pause(wanted, seconds)
        seconds = min(2 * seconds, 0.025)
        at = position(conn)
    return at
