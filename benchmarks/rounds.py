"""Rates of several ways to do the same, taken in turns so that a noisy moment hits all of them."""

import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from threading import Barrier, Thread
from typing import NamedTuple, TypeAlias

from benchmarks.figures import Row, Target

Act: TypeAlias = Callable[[], object]
Ways: TypeAlias = Mapping[str, Sequence[Act]]
"""Name of a way → what each of its clients does, again and again."""


class Rates(NamedTuple):
    """Acts per second of each way, one value a round."""

    of: Mapping[str, list[float]]

    def row(self, what: str, way: str, to: str | None, *targets: Target) -> Row:
        """Return the median of a way, and the median of its ratios to `to` round by round."""
        values = self.of[way]
        ratio = None
        if to is not None:
            ratio = median(a / b for a, b in zip(values, self.of[to], strict=True))
        return Row(
            what=what,
            value=median(values),
            unit="/s",
            low=min(values),
            high=max(values),
            ratio=ratio,
            to=to or "",
            targets=targets,
        )


def alternate(ways: Ways, rounds: int, seconds: float) -> Rates:
    """Measure every way in every round, each round beginning with another one."""
    found: dict[str, list[float]] = {way: [] for way in ways}
    for acts in ways.values():
        rate(acts, seconds / 4)  # connections, plans and caches are there before it counts
    order = list(ways)
    for number in range(rounds):
        turn = number % len(order)
        for way in order[turn:] + order[:turn]:
            found[way].append(rate(ways[way], seconds))
    return Rates(found)


def rate(acts: Sequence[Act], seconds: float) -> float:
    """Return how often the clients acted in a second, each in a thread of its own."""
    counts = [0] * len(acts)
    errors: list[BaseException] = []
    ready = Barrier(len(acts) + 1)

    def client(number: int, act: Act) -> None:
        ready.wait()
        deadline = time.perf_counter() + seconds
        try:
            while time.perf_counter() < deadline:
                act()
                counts[number] += 1
        except BaseException as error:  # noqa: BLE001 - raised below, where it ends the benchmark
            errors.append(error)

    threads = [Thread(target=client, args=each, daemon=True) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    ready.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return sum(counts) / (time.perf_counter() - started)
