"""The chain of the records that one device has made: what is missing in it, and what does not join.

Each record names the number and the digest of the one before it, so one that was left out, made
later or changed is missed by those that follow. The clock of the device decides nothing here.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One record of a device: its number there, its digest, and the digest before it."""

    sequence: int
    digest: str
    previous: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """What the records of one device say together; numbers, in order."""

    last: int
    """The highest number that is there."""
    missing: tuple[int, ...]
    """Numbers below the last of which there is no record."""
    twice: tuple[int, ...]
    """Numbers under which there are several records."""
    apart: tuple[int, ...]
    """Numbers of records that name another one before them than there is."""

    @property
    def whole(self) -> bool:
        """Whether nothing is missing, nothing there twice, and all joins."""
        return not (self.missing or self.twice or self.apart)


def chain(links: Iterable[Link], last: int = 0) -> Chain:
    """Return what is missing among the records of a device.

    `last`: the highest number of which it is known otherwise that it was given.
    """
    by_number: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        by_number[link.sequence].append(link)
    highest = max([last, *by_number])
    return Chain(
        last=highest,
        missing=tuple(n for n in range(1, highest + 1) if n not in by_number),
        twice=tuple(sorted(n for n, same in by_number.items() if len(same) > 1)),
        apart=tuple(
            sorted(
                n
                for n, same in by_number.items()
                if any(not _joins(link, by_number.get(n - 1, [])) for link in same)
            )
        ),
    )


def _joins(link: Link, before: list[Link]) -> bool:
    """Return whether a record may follow those with the number before; a missing one is no fault of it."""
    if link.sequence == 1:
        return link.previous is None
    if not before:
        return link.previous is not None
    return link.previous in {earlier.digest for earlier in before}
