"""What became of a submission."""

from dataclasses import dataclass
from typing import TypeAlias

from domain.terms.decider import Refused
from ledger.gate.faults import Fault


@dataclass(frozen=True, slots=True)
class Accepted:
    """Recorded at `position` and the `count - 1` positions behind it."""

    position: int
    count: int


@dataclass(frozen=True, slots=True)
class Already:
    """The same request was recorded before, at `position`; nothing was added."""

    position: int
    count: int


@dataclass(frozen=True, slots=True)
class Nothing:
    """Allowed, and nothing would change."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """Not allowed; nothing was recorded. `code` is stable, `field` a path in the data or empty."""

    code: str
    zh: str
    en: str
    field: str = ""
    errors: tuple[Fault, ...] = ()
    position: int | None = None
    """Of the entry that stands in the way, where it is one."""


Outcome: TypeAlias = Accepted | Already | Nothing | Rejected

KEY_REUSED = Rejected(
    "idempotency-key-reused",
    "该幂等键已用于另一项内容不同的请求；请换一个键",
    "the idempotency key belongs to a request with other content; use another key",
    "idempotency_key",
)
CONFLICT = Rejected(
    "conflict",
    "相关记录正被他人连续更改，三次尝试均未成功；请稍后重试",
    "others keep changing what this rests on, three tries failed; try again later",
)


def refused(refusal: Refused) -> Rejected:
    """Return the outcome that says a refusal."""
    errors = tuple(
        Fault(each.field, each.zh, each.en) for each in (refusal, *refusal.also) if each.field
    )
    return Rejected(refusal.code, refusal.zh, refusal.en, refusal.field, errors)


def version_conflict(stream: str, *, there: bool = True) -> Rejected:
    """Return the outcome for a stream that is not any more what the caller has read; or is not `there`."""
    if not there:
        return Rejected(
            "version-conflict",
            f"{stream} 尚无记录，If-Match 不成立",
            f"nothing is recorded of {stream} yet, so If-Match does not hold",
        )
    return Rejected(
        "version-conflict",
        f"{stream} 在读取之后已有变化，或 If-Match 不是它的标记；请重新读取后再办理",
        f"{stream} has changed since it was read, or If-Match is no tag of it; read it again",
    )


def too_large(reason: str) -> Rejected:
    """Return the outcome for a command whose entry would be too large."""
    return Rejected(
        "too-large",
        "内容过多，一条记录最多 60 kB；请拆分，或只登记材料的摘要",
        f"too much for one entry of 60 kB; split it, or refer to material by its digest ({reason})",
    )
