"""Commands go in as an import would bring them, the runner follows, and the views are asked."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from ledger.connect import Addresses
from ledger.deciding.amending import apply
from ledger.deciding.outcome import Rejected
from ledger.deciding.transact import Transactor
from ledger.gate.shapes import from_line
from ledger.log.postgres_log import PostgresLog
from ledger.log.writer import Writer
from ledger.reference import installed
from ledger.vault.keys import Keys
from ledger.vault.vault import Vault
from projections.follow.fold import Rules
from projections.follow.runner import Runner
from projections.places.installed import installed_context
from projections.views import flags, roster
from projections.views.basis import Basis
from tests.api.lines import Json

TODAY = date(2026, 11, 2)


class Desk:
    """One ledger with its views."""

    def __init__(
        self, log: PostgresLog, conn: Connection[Any], conninfo: str, rules: Rules
    ) -> None:
        self.log, self.conn, self.conninfo, self.rules = log, conn, conninfo, rules
        self.runner = Runner(conninfo, rules)
        self.writer = Writer(log)
        vault = Vault(log.pool, Keys(bytes(32), bytes(range(32))))
        self.transactor = Transactor(log, self.writer, vault, installed(), today=lambda: TODAY)

    def load(self, *lines: Json) -> int:
        """Take lines in, every one of them, and bring the views up; return the last position."""
        submissions = [from_line(json.dumps(x, ensure_ascii=False).encode()) for x in lines]
        refused = [
            outcome
            for outcome in self.transactor.stream([submissions])
            if isinstance(outcome, Rejected)
        ]
        assert refused == []
        return self.runner.catch_up()

    def position(self) -> int:
        """The end of the ledger."""
        return self.log.head().position

    def basis(self, day: date | None = None, position: int | None = None) -> Basis:
        """A day, today by default, as known at a position, by default the end."""
        return Basis(day or TODAY, self.position() if position is None else position)

    def flags(
        self, of: str, day: date | None = None, position: int | None = None, **filters: Any
    ) -> list[Json]:
        """The flags of an enterprise."""
        wanted = flags.Filters(uscc=of, **filters)
        return flags.page(self.conn, self.basis(day, position), wanted, None, 1000).items

    def breaches(
        self, code: str, day: date | None = None, position: int | None = None
    ) -> list[str]:
        """Codes of the flags in breach."""
        return sorted(x["code"] for x in self.flags(code, day, position, verdict="breach"))

    def roster(self, day: date, position: int | None = None, **filters: Any) -> list[Json]:
        """The roster of a day."""
        wanted = roster.Filters(**filters)
        return roster.page(self.conn, self.basis(day, position), wanted, None, 1000).items


@pytest.fixture(scope="session")
def installed_rules() -> Rules:
    """The rules of a real installation."""
    return Rules(installed_context(), apply)


@pytest.fixture
def desk(tables: Addresses, log: PostgresLog, installed_rules: Rules) -> Iterator[Desk]:
    """An empty ledger with empty views."""
    with psycopg.connect(tables.app, autocommit=True) as conn:
        made = Desk(log, conn, tables.app, installed_rules)
        yield made
