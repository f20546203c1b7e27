"""The fair draw (双随机): a seed committed before, revealed after, drawn again by anyone.

Every member of the pool gets a ticket, SHA-256 of `dudao/draw/v1`, the seed and the member;
the lowest tickets are drawn. Who knows pool, sample and seed gets the same result.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Who may be drawn: USCCs of enterprises, accounts of inspectors."""

    enterprises: tuple[str, ...]
    inspectors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """How many are drawn."""

    enterprises: int
    inspectors: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Who was drawn, in the order of their tickets."""

    enterprises: tuple[str, ...]
    inspectors: tuple[str, ...]


def commitment(seed: str) -> str:
    """Return the commitment to `seed`: SHA-256 of its UTF-8 bytes, in hex."""
    return hashlib.sha256(seed.encode()).hexdigest()


def pool_digest(pool: Pool) -> str:
    """Return the digest of the pool: SHA-256 over its members, sorted, one a line."""
    lines = [f"enterprise {m}" for m in sorted(pool.enterprises)]
    lines += [f"inspector {m}" for m in sorted(pool.inspectors)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def draw(pool: Pool, sample: Sample, seed: str) -> Drawn:
    """Return who is drawn; the same for the same pool (in any order), sample and seed."""
    return Drawn(
        enterprises=_lowest("enterprise", pool.enterprises, sample.enterprises, seed),
        inspectors=_lowest("inspector", pool.inspectors, sample.inspectors, seed),
    )


def ticket(kind: str, member: str, seed: str) -> str:
    """Return the ticket of a member; `kind` is `enterprise` or `inspector`."""
    return hashlib.sha256(f"dudao/draw/v1\n{seed}\n{kind}\n{member}".encode()).hexdigest()


def _lowest(kind: str, members: Iterable[str], number: int, seed: str) -> tuple[str, ...]:
    ordered = sorted(set(members), key=lambda member: ticket(kind, member, seed))
    return tuple(ordered[:number])
