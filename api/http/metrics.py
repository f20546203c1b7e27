"""Figures for Prometheus: requests, the head of the ledger, how far the views have come."""

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from api.installation.wiring import Lag
from projections.follow.set_apart import Apart

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
# Labels are a bounded set: what a caller invents must not grow the table of figures.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """The figures of one server process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "dudao_http_requests",
            "Requests answered",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "dudao_http_request_seconds",
            "Time from the request to the end of its answer",
            ("method", "route"),
            registry=self._registry,
        )
        self._head = Gauge(
            "dudao_ledger_position", "Last position of the ledger", registry=self._registry
        )
        self._followed = Gauge(
            "dudao_projections_position",
            "Last position that the views hold",
            registry=self._registry,
        )

        self._waiting = Gauge(
            "dudao_projections_lag_seconds",
            "For how long the oldest entry waits that the views do not hold yet",
            registry=self._registry,
        )
        self._clock = Gauge(
            "dudao_clock_refused",
            "1 while the clock of the database's server is refused and nothing is recorded",
            registry=self._registry,
        )
        self._behind_ledger = Gauge(
            "dudao_clock_behind_ledger_seconds",
            "By how much the clock of the database's server stands before the last entry",
            registry=self._registry,
        )
        self._apart = Gauge(
            "dudao_projections_set_apart_position",
            "Last position of each stored type at which the views stopped following a subject",
            ("type",),
            registry=self._registry,
        )

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; `route` is the pattern, never the path with its identifiers."""
        method = method if method in _METHODS else "other"
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def text(self, lag: Lag, apart: Sequence[Apart], *, clock_refused: bool) -> bytes:
        """Return the exposition in the text format."""
        self._clock.set(clock_refused)
        self._behind_ledger.set(lag.clock_behind)
        self._head.set(lag.head)
        self._followed.set(lag.followed)
        self._waiting.set(lag.waiting)
        self._apart.clear()
        for each in apart:
            self._apart.labels(each.type).set(each.position)
        return generate_latest(self._registry)
