"""The fair draw (双随机): a seed committed before, revealed after, drawn again by anyone.

Every member of the pool gets a ticket, SHA-256 of `dudao/draw/v1`, the seed and the member;
the lowest tickets are drawn. Who knows pool, sample and seed gets the same result.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from domain.terms.decider import Refused
from domain.terms.guards import must_be_uscc

MOST_BYTES = 56_000
"""What pool and result may take in the one entry of a draw, which has 60 kB: some 2,600 enterprises."""


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


def require_drawable(pool: Pool, sample: Sample, seed: str | None, promised: str) -> None:
    """Refuse a pool from which cannot be drawn so, and a seed other than the one committed to."""
    for index, uscc in enumerate(pool.enterprises):
        must_be_uscc(uscc, f"pool.enterprises.{index}")
    sizes = (
        ("enterprises", sample.enterprises, len(set(pool.enterprises))),
        ("inspectors", sample.inspectors, len(set(pool.inspectors))),
    )
    for name, wanted, there in sizes:
        if wanted < 0 or wanted > there:
            raise Refused(
                "sample-too-large",
                f"抽取数量 {wanted} 超过抽取池 {there}",
                f"{wanted} cannot be drawn from {there}",
                f"sample.{name}",
            )
    _require_recordable(pool, sample)
    if seed is not None and commitment(seed) != promised:
        raise Refused(
            "seed-mismatch",
            "种子与事先承诺不符（承诺应为种子的 SHA-256）",
            "the seed does not match its commitment (SHA-256 of the seed)",
            "seed",
        )


def _require_recordable(pool: Pool, sample: Sample) -> None:
    """Refuse more than one entry holds, before anything is committed to that cannot be carried out.

    Counted as it will stand there: every member with quotes and comma, and whoever is drawn again.
    """
    size = 0
    for members, wanted in (
        (pool.enterprises, sample.enterprises),
        (pool.inspectors, sample.inspectors),
    ):
        sizes = sorted((len(member.encode()) + 3 for member in members), reverse=True)
        size += sum(sizes) + sum(sizes[:wanted])
    if size > MOST_BYTES:
        number = len(pool.enterprises)
        raise Refused(
            "pool-too-large",
            f"抽取池共 {number} 家企业，一次抽取最多登记约 2600 家；请按区或按批次分别抽取",
            f"the pool names {number} enterprises, and one draw records some 2,600 at most; "
            "draw for each district or batch by itself",
            "pool.enterprises",
        )
