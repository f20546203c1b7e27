"""Where everything is put together: database, log, views, and who follows whom."""

import logging
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import lru_cache, partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from psycopg import Connection

from api.access.accounts import Register
from api.access.gate import Gate
from api.access.sealing import derived, seal, unseal_with
from api.installation.bench import Bench
from api.installation.beside import BESIDE
from api.installation.made_once import made_once
from api.installation.news import News
from api.installation.opening import SOURCES, open_ledger
from api.installation.settings import Settings
from api.questions.reading import PATIENCE, Behind, Ends
from domain.terms.envelope import Actor
from domain.terms.reference import Reference, RuleSet
from domain.terms.vocabulary import CatalogueKind, Role
from ledger import codec
from ledger.attempt import try_append
from ledger.connect import Opening, check_rights
from ledger.deciding.amending import apply
from ledger.log.append import Overtaken
from ledger.log.clock import elapsed
from ledger.log.follow import Follower
from projections.follow.version import FOLD

if TYPE_CHECKING:
    from api.access.provider import Provider
    from api.installation.kept_tables import KeptTables
    from api.installation.what_ifs import WhatIfs
    from api.installation.whole_lists import WholeLists
    from api.intake.operations import Operations
    from api.intake.sealed_jobs import Seals
    from projections.follow.fold import Rules
    from projections.follow.runner import Runner
    from projections.follow.set_apart import Apart
    from proof.closing import Closer, Closings
    from proof.verifications import Verifier

# What folds need (geometry, gazetteer) is imported where it is used: not every command that
# opens an installation folds, and each is started by itself.

logger = logging.getLogger("dudao.api")

RETRY_AFTER = 1.0
"""Seconds after which a follower that failed is tried again."""
ATTEMPT_HOLDS = timedelta(seconds=5)
"""For how long an append that was tried and undone tells that the next will succeed."""
SOON = 5.0
"""Seconds for which a request waits for the database before it is told that it is away."""
FINISHED_WITHIN = timedelta(seconds=7)
"""How long what works beside the requests may take to end."""
BROKEN_OFF_AFTER = timedelta(seconds=3)
"""After which statements are broken off that write views: somebody may hold a lock before them."""
BROKEN_OFF_EVERY = 0.5
"""Seconds from one attempt to the next: what was broken off may begin another statement."""


def folding() -> "Rules":
    """Return what folds need: the installation's reference, places, and who reads corrections."""
    from projections.follow.fold import Rules  # noqa: PLC0415 - see above
    from projections.places.installed import installed_context  # noqa: PLC0415

    return Rules(installed_context(), apply)


ENDS = """
SELECT (SELECT size FROM ledger.log_state), position,
       CASE WHEN position = 0 THEN %(fold)s ELSE fold END
  FROM projections.progress
"""
# The entry behind the last that the views hold: for how long it waits, and for how long nothing moved.
LAG = """
SELECT l.size, p.position,
       coalesce(extract(epoch FROM clock_timestamp() - e.recorded_at), 0)::float,
       coalesce(extract(epoch FROM clock_timestamp() - p.moved_at), 0)::float,
       coalesce(extract(epoch FROM l.recorded_at - clock_timestamp()), 0)::float
  FROM ledger.log_state l CROSS JOIN projections.progress p
  LEFT JOIN ledger.entry e ON e.position = p.position + 1
"""
STILL = 15.0
"""Seconds after which views that have not moved, while entries wait for them, stand still."""


class Lag(NamedTuple):
    """How far the views are behind the ledger, in entries and in seconds."""

    head: int
    followed: int
    waiting: float
    """For how long the entry waits that the views take up next; 0 where none does."""
    unmoved: float
    """For how long the views have not moved."""
    ahead: float
    """By how many seconds the last entry is later than the clock; less than 0 where all is well."""

    @property
    def clock_behind(self) -> float:
        """By how many seconds the clock stands before the last entry."""
        return max(self.ahead, 0.0)

    @property
    def stands_still(self) -> bool:
        """Whether nobody brings the views up to the ledger."""
        return self.followed < self.head and min(self.waiting, self.unmoved) > STILL


class Installation:
    """The parts of a running Dudao. Make it after forking, never before."""

    def __init__(
        self,
        settings: Settings,
        *,
        connections: int = 16,
        opening: Opening = Opening.READING,
    ) -> None:
        self.settings = settings
        self.database = open_ledger(settings, opening)
        self.bench = Bench(settings, self.database, connections, SOON)
        self.key, self.earlier_keys = self.bench.token_key, self.bench.earlier_token_keys
        self.pool, self.log, self.vault = self.bench.pool, self.bench.log, self.bench.vault
        self.transactor = self.bench.transactor
        self.accounts = Register(self.pool)
        self.gate = Gate(settings, self.pool, self.key, self.earlier_keys)
        self.news = News(self.database.addresses.app)
        """That the ledger has grown."""
        self.recorded_at = lru_cache(maxsize=4096)(self._recorded_at)
        self.following = False
        """Whether this process keeps the views up to date, or stands by to."""
        self._attempt = threading.Lock()
        self._appended: timedelta | None = None
        self._closing = threading.Event()
        self._closer: Closer | None = None
        self._thread: threading.Thread | None = None
        self._adopted: tuple[int, Rules] | None = None
        self._demonstration: bool | None = None

    @property
    def folding(self) -> "Rules":
        """What folds need."""
        return self._folding

    @made_once
    def _folding(self) -> "Rules":
        return folding()

    @made_once
    def runner(self) -> "Runner":
        """Who brings the views up to the ledger."""
        from projections.follow.executor import processes  # noqa: PLC0415 - see above
        from projections.follow.rebuild import rebuild  # noqa: PLC0415
        from projections.follow.runner import Runner  # noqa: PLC0415

        conninfo = self.database.addresses.app

        def renew(stopped: threading.Event) -> None:
            rebuilt = rebuild(conninfo, self.folding, executors=processes, stopped=stopped)
            logger.warning(
                "the views were made anew at position %s; %s rows differ from those of before",
                *(rebuilt.position, len(rebuilt.differences)),
            )

        return Runner(conninfo, self.folding, executors=processes, renew=renew)

    @made_once
    def provider(self) -> "Provider | None":
        """The identity provider that people may sign in through, if one is set."""
        settings = self.settings
        if settings.oidc_issuer is None or settings.oidc_client_id is None:
            return None
        from api.access.provider import Client, Provider  # noqa: PLC0415 - see above

        secret = settings.oidc_client_secret
        client = Client(
            settings.oidc_issuer,
            settings.oidc_client_id,
            secret.get_secret_value() if secret else None,
            settings.oidc_claim,
        )
        return Provider(client, self.gate.cookie_key)

    @made_once
    def operations(self) -> "Operations":
        """Imports asked for over HTTP."""
        from api.intake.operation_store import Store  # noqa: PLC0415 - see above
        from api.intake.operations import Operations  # noqa: PLC0415 - see above

        store = Store(self.pool, self._seals("dudao imports"))
        folder = self.settings.folder / "imports"
        return Operations(folder, self.bench, store, self.database.addresses.app)

    @made_once
    def whole_lists(self) -> "WholeLists":
        """Whole lists as files."""
        from api.installation.whole_lists import WholeLists  # noqa: PLC0415 - see above

        return WholeLists(self, self.settings)

    @made_once
    def tables(self) -> "KeptTables":
        """The tables in two times, as files."""
        from api.installation.kept_tables import KeptTables  # noqa: PLC0415 - see above

        return KeptTables(self, self.settings.folder / "tables")

    @made_once
    def what_ifs(self) -> "WhatIfs":
        """Questions what would be if."""
        from api.installation.what_if_store import WhatIfStore  # noqa: PLC0415 - see above
        from api.installation.what_ifs import WhatIfs  # noqa: PLC0415

        return WhatIfs(self, WhatIfStore(self.pool, self._seals("dudao what-if")))

    def _seals(self, purpose: str) -> "Seals":
        """Return how content is sealed for a purpose; what a key of before has sealed opens too."""
        from api.intake.sealed_jobs import Seals  # noqa: PLC0415 - see above

        key, *earlier = (derived(each, purpose) for each in (self.key, *self.earlier_keys))
        return Seals(partial(seal, key), partial(unseal_with, (key, *earlier)))

    @made_once
    def closings(self) -> "Closings":
        """Return the maps of days that were closed."""
        from proof.closing import Closings  # noqa: PLC0415 - see above

        return Closings()

    @property
    def verifier(self) -> "Verifier":
        """Who verifies the ledger behind the pages."""
        return self._verifier

    @made_once
    def _verifier(self) -> "Verifier":
        from proof.verifications import Verifier  # noqa: PLC0415 - see above

        return Verifier(self.pool, SOURCES, BESIDE)

    @contextmanager
    def reading(self) -> Generator[Connection[Any]]:
        """Yield a connection for statements that only read."""
        with self.pool.connection() as connection:
            yield connection

    def ends(self) -> Ends:
        """Return where ledger and views end, at one moment."""
        with self.reading() as connection:
            row: Any = connection.execute(ENDS, {"fold": FOLD}).fetchone()
        return Ends(*row)

    def set_apart(self) -> list["Apart"]:
        """Return the subjects that the views do not follow, and the entries at which they stopped."""
        from projections.follow import set_apart  # noqa: PLC0415 - see above

        with self.reading() as connection:
            return set_apart.listed(connection)

    @property
    def demonstration(self) -> bool:
        """Whether the ledger's first entry says that it is a demonstration's, or was brought in for one."""
        if self._demonstration is None:
            first = self.log.at([1])
            if not first:
                return False
            # Before it said so itself, its lines were marked by the account that brought them in.
            brought = codec.legible(first[0]).stamps.entered_by == "demonstration"
            self._demonstration = brought or first[0].type.startswith("demonstration.")
        return self._demonstration

    def apart(self, subject: str) -> "Apart | None":
        """Return where the views stopped following a subject, if they did."""
        from projections.follow import set_apart  # noqa: PLC0415 - see above

        with self.reading() as connection:
            return set_apart.of_subject(connection, subject)

    def lag(self) -> Lag:
        """Return how far the views are behind."""
        with self.reading() as connection:
            row: Any = connection.execute(LAG).fetchone()
        return Lag(*row)

    def try_append(self) -> None:
        """Append an entry and undo it; what did so a moment ago is believed.

        Raises:
            Unready: nothing can be recorded; with what to do.
        """
        with self._attempt:
            if self._appended is not None and elapsed() - self._appended < ATTEMPT_HOLDS:
                return
            self._appended = None
            with self.reading() as connection:
                check_rights(connection, SOURCES)
                self._attempted(connection)
            self._appended = elapsed()

    def _attempted(self, connection: Connection[Any]) -> None:
        for last in (False, False, True):  # as an append is decided again that somebody overtook
            try:
                return try_append(connection, self.log.clock)
            except Overtaken:
                if last:
                    raise
        return None

    def wait_for(self, position: int) -> None:
        """Wait until the views hold `position`.

        Raises:
            Behind: they did not within `PATIENCE` seconds.
        """
        from projections.follow.runner import sleep, wait_for  # noqa: PLC0415 - see above

        pause = self.runner.wait_until if self.following else sleep
        if self.following and self.runner.wait_until(position, 0):
            return  # written by this very process: the tables need not be asked
        with self.reading() as connection:
            if wait_for(connection, position, PATIENCE, pause) < position:
                raise Behind(position)

    def wait_beyond(self, position: int, seconds: float) -> None:
        """Wait until the ledger is longer than `position`, `seconds` at most, and the views hold it."""
        with Follower(self.database.addresses.app) as ledger:
            ledger.wait(position, seconds)
        self.runner.catch_up()

    def _recorded_at(self, position: int) -> datetime:
        return self.log.recorded_at(position)

    def reference_at(self, position: int) -> Reference:
        """Return the reference data as known at a position."""
        from projections.follow import histories  # noqa: PLC0415 - see above

        known = self._adopted
        if known is None or position > known[0]:
            with self.reading() as connection:
                # What was read of the store before is there, and files share what they ask of it.
                rules = self.folding if known is None else known[1]
                known = position, histories.known_rules(connection, rules, position)
            self._adopted = known
        return known[1].reference_at(position)

    def rules(self, day: date, position: int) -> str | None:
        """Return the edition of the rule set in force on a day, as known at a position."""
        edition = self.reference_at(position).in_force(CatalogueKind.RULES, day)
        return edition.edition if edition else None

    def rule_set(self, day: date, position: int) -> RuleSet:
        """Return the rule set in force on a day, as known at a position."""
        return self.reference_at(position).rules(day)

    def follow(self) -> None:
        """Keep the views up to the ledger until closed, and go on with unfinished imports."""
        self.operations.start()
        self.what_ifs.start()
        from proof.closing import Closer  # noqa: PLC0415 - see above

        self._closer = Closer(self.log)
        self._closer.start()
        self._thread = threading.Thread(target=self._keep_following, name="runner", daemon=True)
        self._thread.start()

    def _keep_following(self) -> None:
        """Run the follower; one that fails says so, and is tried again: the ledger is whole."""
        while not self._closing.is_set():
            self.following = True
            try:
                self.runner.run()
            except Exception:
                self.following = False
                logger.exception("the views stopped following the ledger")
                self._closing.wait(RETRY_AFTER)
        self.following = False

    def close(self) -> None:
        """Finish what is under way and let go of the database."""
        self._closing.set()
        self.news.stop()
        self.verifier.stop()
        if "whole_lists" in vars(self):  # whoever never made one has nothing to end
            self.whole_lists.close()
        threads = [self.news.thread, self.verifier.thread]
        if self._thread is not None:
            if self._closer is not None:
                self._closer.stop()
                threads.append(self._closer.thread)
            self.operations.stop()
            self.what_ifs.stop()
            self.runner.stop()
            threads += [self.operations.thread, self.what_ifs.thread, self._thread]
        late = self._late([each for each in threads if each is not None and each.ident is not None])
        if late:
            logger.warning(
                "%s had not come to an end %g s after they were told to, and are given up: what they "
                "had not finished is done again",
                *(", ".join(late), FINISHED_WITHIN.total_seconds()),
            )
        if self.news.thread is None or not self.news.thread.is_alive():
            self.news.close()
        self.bench.close()
        self.database.close()

    def _late(self, threads: list[threading.Thread]) -> list[str]:
        """Wait for threads that were told to end; return the names of those that have not."""
        began = elapsed()
        while elapsed() - began < FINISHED_WITHIN:
            for thread in threads:
                thread.join(BROKEN_OFF_EVERY / len(threads))
            if not any(thread.is_alive() for thread in threads):
                break
            if elapsed() - began > BROKEN_OFF_AFTER and self._thread is not None:
                self.runner.interrupt()
        return [thread.name for thread in threads if thread.is_alive()]

    def __enter__(self) -> Self:
        """Return the installation itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()


LOCAL = Actor(account="local", role=Role.QUALITY_SUPERVISOR, organisation="centre")
"""Who asks on the command line: whoever may use the database sees everything in it."""


@contextmanager
def caught_up() -> Generator[tuple[Installation, Actor]]:
    """Yield the installation with its views up to the ledger, whether or not a server runs."""
    with Installation(Settings(), connections=4) as house:
        house.runner.catch_up()
        yield house, LOCAL
