"""Looking for garbage in cycles seldom, where a million objects are made and no cycles."""

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def rare_collections() -> Generator[None]:
    """Raise the collector's thresholds: at its usual ones it takes a third of an import's time."""
    usual = gc.get_threshold()
    gc.set_threshold(1_000_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
