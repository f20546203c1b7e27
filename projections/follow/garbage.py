"""Folding without the collector of reference cycles.

A fold makes millions of records that live long and refer to nothing but older ones. Looking
through them for cycles again and again would take longer than the fold itself.
"""

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Generator[None]:
    """Keep the collector off; what is no longer referred to is still freed at once."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
