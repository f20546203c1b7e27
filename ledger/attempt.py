"""Whether anything can be recorded: by really appending an entry, and undoing that.

Reads tell nothing about it: on a server whose functions do not fit, on a standby, behind a forgotten
lock, with grants lost in a restore, every page is shown as always and every write fails.
"""

from datetime import date
from typing import Any

import psycopg
from psycopg import Connection, errors

from ledger.log import append as appending
from ledger.log.clock import Clock, ClockRefused
from ledger.log.entry import Draft
from ledger.log.log import Append
from ledger.unready import Unready

# What goes through every branch of the functions: a stream, a key, a tag that is asked about.
ATTEMPT = Append(
    (
        Draft(
            stream="doctor/attempt",
            type="doctor.attempt-undone/1",
            valid_from=date(2020, 4, 21),
            subject=None,
            district=None,
            tags=("doctor:attempt",),
            payload=b"{}",
            idempotency_key="doctor/attempt",
            request_digest=bytes(32),
        ),
    ),
    frozenset({"doctor:attempt"}),
    0,
)
PATIENCE = "SET LOCAL lock_timeout = '5s'"
"""An import's batch holds the lock for less; who holds it longer stops every writer."""


class CannotRecord(Unready):
    """An entry cannot be appended; reading may well go on."""


def try_append(connection: Connection[Any], clock: Clock) -> None:
    """Append an entry and undo it. The connection must be in autocommit.

    Raises:
        CannotRecord: with the reason, and what somebody has to type who may.
    """
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(PATIENCE)
            # A guard, so that the lock is taken first: without one a lost race breaks the transaction.
            appending.append(connection, [ATTEMPT], clock, guard=_nothing)
    except ClockRefused as error:
        raise CannotRecord(
            f"时钟不可信，不能入账：{error.zh}。请校正时钟",
            f"the clock is not to be trusted, nothing can be recorded: {error.en}. Put it right",
        ) from error
    except errors.LockNotAvailable as error:
        raise _held(connection) from error
    except errors.ReadOnlySqlTransaction as error:
        raise _read_only(connection) from error
    except psycopg.Error as error:
        said = " ".join(str(error).split())
        raise CannotRecord(f"无法入账：{said}", f"nothing can be recorded: {said}") from error


def _nothing(connection: Connection[Any]) -> None:
    """Ask nothing more."""


HOLDERS = """
SELECT l.pid, a.usename, a.application_name, a.state
  FROM pg_locks l JOIN pg_stat_activity a USING (pid)
  JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'ledger' AND c.relname = 'log_state' AND l.granted AND l.pid <> pg_backend_pid()
   AND l.mode <> 'AccessShareLock' AND l.database = (SELECT oid FROM pg_database
                                                     WHERE datname = current_database())
 ORDER BY a.xact_start LIMIT 1
"""


def _held(connection: Connection[Any]) -> CannotRecord:
    """Name who holds the lock that every append needs."""
    row: Any = connection.execute(HOLDERS).fetchone()
    if row is None:
        return CannotRecord("入账锁长时间被占用", "the append lock was held for too long")
    pid, user, program, state = row
    who = f"{user} {program or '-'} {state or '-'}".strip()
    typed = f"SELECT pg_terminate_backend({pid})"
    return CannotRecord(
        f"入账锁被数据库会话 {pid}（{who}）占用，所有写入都在等待。"
        f"确认后请由数据库管理员执行：\n  {typed};",
        f"session {pid} ({who}) of the database holds the append lock, and every write waits. "
        f"When that is not meant, let an administrator of the database type:\n  {typed};",
    )


IS_STANDBY = "SELECT pg_is_in_recovery(), current_database()"


def _read_only(connection: Connection[Any]) -> CannotRecord:
    row: Any = connection.execute(IS_STANDBY).fetchone()
    standby, database = row
    if standby:
        return CannotRecord(
            "数据库是只读的备用服务器；请把 DUDAO_DATABASE_URL 指向主服务器，或由管理员执行：\n"
            "  SELECT pg_promote();",
            "the database is a standby, which cannot be written to: point DUDAO_DATABASE_URL at "
            "the primary, or let an administrator type:\n  SELECT pg_promote();",
        )
    typed = f'ALTER DATABASE "{database}" RESET default_transaction_read_only'
    return CannotRecord(
        f"数据库被设为只读；请由数据库管理员执行：\n  {typed};",
        f"the database is set to be read only: let an administrator type:\n  {typed};",
    )
