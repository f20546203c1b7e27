"""What a question needs of the installation, and nothing else."""

from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from psycopg import Connection

from domain.terms.reference import Reference, RuleSet
from ledger.log.postgres_log import PostgresLog
from ledger.vault.vault import Vault

if TYPE_CHECKING:
    from projections.follow.fold import Rules
    from proof.verifications import Verifier

PATIENCE = 10.0
"""Seconds for which a question waits for the views to reach what was recorded before it."""


class Behind(RuntimeError):  # noqa: N818 - reads as what it says
    """The views did not reach a position in time."""

    def __init__(self, position: int) -> None:
        super().__init__(f"the views have not reached position {position}")
        self.position = position


class Ends(NamedTuple):
    """Where the ledger ends, where the views have come, and which version of the fold made them."""

    head: int
    followed: int
    fold: int


class Reading(Protocol):
    """The read side of an installation: its rows, its log, and the reference of a day."""

    @property
    def log(self) -> PostgresLog:
        """The log itself."""
        ...

    @property
    def vault(self) -> Vault:
        """Who the holders are."""
        ...

    @property
    def folding(self) -> "Rules":
        """What folds need: reference, places, and who reads corrections."""
        ...

    @property
    def verifier(self) -> "Verifier":
        """Who verifies the ledger behind the pages."""
        ...

    def reading(self) -> AbstractContextManager[Connection[Any]]:
        """Yield a connection for statements that only read."""
        ...

    def ends(self) -> Ends:
        """Return where ledger and views end, at one moment."""
        ...

    def wait_for(self, position: int) -> None:
        """Wait until the views hold `position`.

        Raises:
            Behind: they did not within `PATIENCE` seconds.
        """
        ...

    def recorded_at(self, position: int, /) -> datetime:
        """Return when the entry at a position was recorded."""
        ...

    def reference_at(self, position: int) -> Reference:
        """Return the reference data as known at a position."""
        ...

    def rules(self, day: date, position: int) -> str | None:
        """Return the edition of the rule set in force on a day, as known at a position."""
        ...

    def rule_set(self, day: date, position: int) -> RuleSet:
        """Return the rule set in force on a day, as known at a position."""
        ...
