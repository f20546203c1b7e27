"""Figures for Prometheus: requests, the head of the ledger, how far the views have come."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from api.installation.figures import Figure
from api.installation.wiring import Lag
from projections.follow.set_apart import Apart

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
# Labels are a bounded set: what a caller invents must not grow the table of figures.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """The figures of the server processes: each counts, and whichever is asked adds up.

    `folder`: where several processes count together; the library has to know it when it is imported.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
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

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; `route` is the pattern, never the path with its identifiers."""
        method = method if method in METHODS else "other"
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def text(
        self,
        lag: Lag,
        apart: Sequence[Apart],
        figures: Iterable[Figure] = (),
        *,
        clock_refused: bool,
    ) -> bytes:
        """Return the exposition in the text format."""
        counted = self._registry
        if self._folder is not None:
            counted = CollectorRegistry()
            MultiProcessCollector(counted, path=str(self._folder))  # type: ignore[no-untyped-call]
        now = CollectorRegistry()
        now.register(_Now(lag, apart, clock_refused=clock_refused))
        now.register(_Figures(figures))
        ProcessCollector(registry=now)
        return generate_latest(counted) + generate_latest(now)


class _Now(Collector):
    """What holds at the moment of the question, whichever process is asked."""

    def __init__(self, lag: Lag, apart: Sequence[Apart], *, clock_refused: bool) -> None:
        self._figures = (
            ("dudao_ledger_position", "Last position of the ledger", lag.head),
            ("dudao_projections_position", "Last position that the views hold", lag.followed),
            (
                "dudao_projections_lag_seconds",
                "For how long the oldest entry waits that the views do not hold yet",
                lag.waiting,
            ),
            (
                "dudao_clock_refused",
                "1 while the clock of the database's server is refused and nothing is recorded",
                float(clock_refused),
            ),
            (
                "dudao_clock_behind_ledger_seconds",
                "By how much the clock of the database's server stands before the last entry",
                lag.clock_behind,
            ),
        )
        self._apart = {each.type: each.position for each in apart}

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the figures."""
        for name, told, value in self._figures:
            yield GaugeMetricFamily(name, told, value=value)
        apart = GaugeMetricFamily(
            "dudao_projections_set_apart_position",
            "Last position of each stored type at which the views stopped following a subject",
            labels=("type",),
        )
        for stored, position in self._apart.items():
            apart.add_metric((stored,), position)
        yield apart


class _Figures(Collector):
    """How the installation stands, and the process that is asked."""

    def __init__(self, figures: Iterable[Figure]) -> None:
        self._figures = figures

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the figures."""
        for name, told, label, values in self._figures:
            labels = (label,) if label else ()
            family = GaugeMetricFamily(name, told, labels=labels)
            for value, number in values.items():
                family.add_metric((value,) if label else (), number)
            yield family
