"""What cannot be answered for the moment: the database is away, busy or locked, or its clock is wrong.

That is no fault of the program and none of the caller: 503, when to ask again, and no traceback.
"""

import logging
from collections.abc import Sequence
from typing import NamedTuple

from psycopg import errors

from api.questions.problems import Problem
from ledger.codec import Unreadable
from ledger.log.clock import ClockRefused
from ledger.log.log import OutcomeUnknown
from ledger.pool import Busy, is_temporary
from ledger.unready import Unready

AGAIN = "5"
"""Seconds after which it is worth asking again."""

logger = logging.getLogger("dudao.api")


class Said(NamedTuple):
    """A sentence in both languages."""

    zh: str
    en: str


def outage(error: BaseException) -> Problem | None:
    """Return the problem that answers what was raised; None if it is a fault of the program."""
    said = _said(error)
    if said is None:
        return None
    logger.warning("not available: %s: %s", type(error).__name__, " ".join(str(error).split()))
    return Problem("not-ready", *said, headers={"Retry-After": AGAIN})


def _said(error: BaseException) -> Said | None:
    """Return the sentence in both languages."""
    if isinstance(error, Unready):
        return Said(error.zh, error.en)
    if isinstance(error, ClockRefused):
        return Said(
            f"时钟不可信，未予入账：{error.zh}。请系统管理员校正时钟，请稍后重试",
            f"the clock is not to be trusted, nothing was recorded: {error.en}. The administrator has "
            "to put it right; try again after that",
        )
    if isinstance(error, Unreadable):
        return Said(
            f"位置 {error.position} 的记录（{error.stored}）本版本无法读取，请升级程序后再稍后重试",
            f"this version cannot read the entry at position {error.position} ({error.stored}): "
            "upgrade the program, then try again",
        )
    for kinds, said in _SENTENCES:
        if isinstance(error, kinds):
            return said
    return _AWAY if is_temporary(error) else None


_AWAY = Said(
    "数据库暂时无法使用，请稍后重试；如正在办理，请以同一 Idempotency-Key 重发，不会重复入账",
    "the database cannot be used at the moment, try again soon; a command is sent again with the "
    "same Idempotency-Key, and is recorded once",
)
_SLOW = Said(
    "数据库未能及时答复，请稍后重试",
    "the database did not answer in time, try again soon",
)
_SENTENCES: Sequence[tuple[type[BaseException] | tuple[type[BaseException], ...], Said]] = (
    (OutcomeUnknown, _AWAY),
    (
        Busy,
        Said(
            "数据库连接均被占用，请稍后重试",
            "every connection to the database is in use, try again soon",
        ),
    ),
    (
        errors.LockNotAvailable,
        Said(
            "账本正被另一数据库会话锁定，请稍后重试；系统管理员可在“系统”页查看由谁占用",
            "another session of the database holds a lock that this needs, try again soon; the "
            "administrator sees on the page System which one it is",
        ),
    ),
    (
        errors.ReadOnlySqlTransaction,
        Said(
            "数据库目前只读，不能写入，请稍后重试，或联系系统管理员",
            "the database takes no changes at the moment; try again later, or tell the administrator",
        ),
    ),
    (
        (errors.QueryCanceled, errors.IdleInTransactionSessionTimeout, errors.TransactionTimeout),
        _SLOW,
    ),
)
