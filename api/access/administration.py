"""What a security administrator does with accounts; the command line does the same.

Each act is one transaction with its entry in the access log: none is done without being remembered.
A change of role, a reset and a disabling end the sessions of the account at once.
"""

from datetime import timedelta
from typing import Any

from psycopg import Connection

from api.access import (
    access_log,
    accounts,
    attempts,
    credentials,
    exclusions,
    invitations,
    sessions,
)
from api.access.access_log import Deed, Visit
from api.access.accounts import Account
from api.access.gate import Gate
from api.questions.problems import not_found
from domain.terms.decider import Refused
from domain.terms.envelope import Actor


def require_account(connection: Connection[Any], account: str) -> Account:
    """Return the account.

    Raises:
        Problem: 404, there is none of that name.
    """
    found = accounts.find(connection, account)
    if found is None:
        raise not_found(
            f"没有账户 {account};dudao users list 列出全部",
            f"there is no account {account}; dudao users list shows all",
        )
    return found


def _require_enabled(connection: Connection[Any], account: str) -> Account:
    found = require_account(connection, account)
    if found.disabled_at is not None:
        raise Refused(
            "account-disabled",
            f"账户 {account} 已停用,不能再用;请另建账户",
            f"account {account} is disabled for good: make another",
            "account",
        )
    return found


def _require_other(administrator: Actor, account: str) -> None:
    """Refuse what one administrator may only do to others: so there is always one left."""
    if administrator.account == account:
        raise Refused(
            "own-account",
            "不能变更、重置或停用本人账户;请由另一名安全管理员办理",
            "nobody changes, resets or disables their own account: ask another security administrator",
            "account",
        )


def add(
    connection: Connection[Any], administrator: Actor, new: Actor, person: str | None, visit: Visit
) -> None:
    """Store an account for `person`.

    Raises:
        Refused: the name is taken, or the person holds a role that excludes this one.
    """
    with connection.transaction():
        exclusions.lock(connection)
        if person:
            exclusions.require_separate(connection, person, new.account, new.role)
        accounts.add(connection, new, person)
        about = f"{new.account} {new.role.value} {new.organisation}"
        access_log.record(connection, visit, administrator, Deed.ACCOUNT_ADDED, about)


def change(
    connection: Connection[Any], administrator: Actor, new: Actor, person: str | None, visit: Visit
) -> None:
    """Give an account another role, organisation or holder; its sessions end.

    Raises:
        Problem: 404, there is no such account.
        Refused: it is one's own or disabled, or the person holds a role that excludes this one.
    """
    _require_other(administrator, new.account)
    with connection.transaction():
        exclusions.lock(connection)
        _require_enabled(connection, new.account)
        if person:
            exclusions.require_separate(connection, person, new.account, new.role)
        accounts.change(connection, new, person)
        sessions.end_all(connection, new.account)
        about = f"{new.account} {new.role.value} {new.organisation}"
        access_log.record(connection, visit, administrator, Deed.ACCOUNT_CHANGED, about)


def disable(connection: Connection[Any], administrator: Actor, account: str, visit: Visit) -> None:
    """Disable an account for good; its sessions and links end. Nothing happens to a disabled one.

    Raises:
        Problem: 404, there is no such account.
        Refused: it is one's own.
    """
    _require_other(administrator, account)
    with connection.transaction():
        require_account(connection, account)
        if not accounts.disable(connection, account):
            return
        sessions.end_all(connection, account)
        credentials.forget(connection, account)
        access_log.record(connection, visit, administrator, Deed.ACCOUNT_DISABLED, account)


def invite(
    connection: Connection[Any],
    administrator: Actor,
    account: str,
    visit: Visit,
    lasts: timedelta = invitations.LASTS,
) -> str:
    """Return the secret of a link by which the holder sets (another) password.

    Until it is used, password and second factor stay as they are.

    Raises:
        Problem: 404, there is no such account.
        Refused: it is disabled.
    """
    with connection.transaction():
        _require_enabled(connection, account)
        access_log.record(connection, visit, administrator, Deed.INVITATION, account)
        return invitations.make(connection, account, administrator.account, visit.at, lasts)


def reset(
    connection: Connection[Any],
    administrator: Actor,
    account: str,
    visit: Visit,
    lasts: timedelta = invitations.LASTS,
) -> str:
    """Take password, second factor and binding to the provider away; return the secret of a link.

    Raises:
        Problem: 404, there is no such account.
        Refused: it is one's own, or disabled.
    """
    _require_other(administrator, account)
    with connection.transaction():
        _require_enabled(connection, account)
        credentials.forget(connection, account)
        accounts.unbind(connection, account)
        sessions.end_all(connection, account)
        access_log.record(connection, visit, administrator, Deed.RESET, account)
        return invitations.make(connection, account, administrator.account, visit.at, lasts)


def unlock(
    gate: Gate, connection: Connection[Any], administrator: Actor, account: str, visit: Visit
) -> bool:
    """Let an account try again at once; return whether tries were counted against it.

    Raises:
        Problem: 404, there is no such account.
    """
    with connection.transaction():
        require_account(connection, account)
        counted = attempts.clear(connection, gate.tried(account, ""))
        access_log.record(connection, visit, administrator, Deed.UNLOCK, account)
        return counted
