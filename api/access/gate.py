"""What everything about the way in needs: connections, keys, limits. Made once in the wiring."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection
from psycopg_pool import ConnectionPool

from api.access import known_devices, rate
from api.access.attempts import Bounds, Keys, keys, of_address
from api.access.policy import policy_of
from api.access.rate import RateLimit
from api.access.sealing import derived
from api.access.sessions import Limits
from api.access.settings import AccessSettings


def factor_key(key: bytes) -> bytes:
    """Return what second factors are sealed with, of the installation's key."""
    return derived(key, "dudao second factors")


class Gate:
    """The way into one installation."""

    def __init__(
        self,
        settings: AccessSettings,
        pool: ConnectionPool[Connection[Any]],
        key: bytes,
        earlier: Sequence[bytes] = (),
    ) -> None:
        """`earlier`: keys of before, by which browsers are still known."""
        self.pool = pool
        self.factor_key = factor_key(key)
        self.offer_key = derived(key, "dudao offered second factors")
        self.cookie_key = derived(key, "dudao provider cookie")
        self.demo_key = derived(key, "dudao demonstration")
        self.device_key, *self._device_keys_of_before = (
            derived(each, "dudao known devices") for each in (key, *earlier)
        )
        self._attempt_key = derived(key, "dudao attempts")
        self._pace_key = derived(key, "dudao look-ups")
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
        self.policy = policy_of(settings)
        self.pace = RateLimit(
            settings.look_ups_at_once, timedelta(seconds=settings.look_up_seconds)
        )

    @contextmanager
    def connection(self) -> Generator[Connection[Any]]:
        """Yield a connection in the application's role."""
        with self.pool.connection() as connection:
            yield connection

    def tried(self, account: str, address: str, mark: str = "") -> Keys:
        """Return under what tries of an account are counted, from an address, by a browser of that mark."""
        device_keys = (self.device_key, *self._device_keys_of_before) if mark else ()
        known = (known_devices.known(key, mark, account) for key in device_keys)
        device = next((number for number in known if number is not None), None)
        return keys(self._attempt_key, account, address, device)

    def require_patience(self, address: str, at: datetime) -> None:
        """Let an address look one certificate up.

        Raises:
            Problem: 429, it has asked for too many lately.
        """
        key = of_address(self._pace_key, address)
        with self.connection() as connection:
            wait = rate.take(connection, key, self.pace, at)
        if wait is not None:
            raise rate.too_fast(wait)
