"""What everything about the way in needs: connections, keys, limits. Made once in the wiring."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from psycopg import Connection
from psycopg_pool import ConnectionPool

from api.office.attempts import Bounds, Keys, keys
from api.office.sealing import derived
from api.office.sessions import Limits
from api.settings import Settings


class Gate:
    """The way into one installation."""

    def __init__(
        self, settings: Settings, pool: ConnectionPool[Connection[Any]], key: bytes
    ) -> None:
        self.pool = pool
        self.factor_key = derived(key, "dudao second factors")
        self.offer_key = derived(key, "dudao offered second factors")
        self.cookie_key = derived(key, "dudao provider cookie")
        self.demo_key = derived(key, "dudao demonstration")
        self._attempt_key = derived(key, "dudao attempts")
        self.limits = Limits(
            timedelta(minutes=settings.session_idle_minutes),
            timedelta(hours=settings.session_hours),
            settings.sessions_per_account,
        )
        self.bounds = Bounds(
            settings.sign_in_tries,
            settings.sign_in_tries_per_address,
            timedelta(minutes=settings.sign_in_lock_minutes),
        )

    @contextmanager
    def connection(self) -> Generator[Connection[Any]]:
        """Yield a connection in the application's role."""
        with self.pool.connection() as connection:
            yield connection

    def tried(self, account: str, address: str) -> Keys:
        """Return under what tries of an account from an address are counted."""
        return keys(self._attempt_key, account, address)
