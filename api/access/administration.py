"""What a security administrator does with accounts; the command line does the same.

Each act is one transaction with its entry in the access log: none is done without being remembered.
A change of role, a reset and a disabling end the sessions of the account at once. What lets somebody
be somebody takes two administrators (`account_requests`); whoever may use the database on this
machine is named as such and acts alone, and so does the first administrator until there is another.
"""

from datetime import timedelta
from typing import Any, NamedTuple

from psycopg import Connection

from api.access import (
    access_log,
    account_requests,
    accounts,
    attempts,
    credentials,
    exclusions,
    invitations,
    notices,
    sessions,
)
from api.access.access_log import Deed, Visit
from api.access.account_requests import Act, Request, Wanted
from api.access.accounts import Account
from api.access.gate import Gate
from api.access.notices import Notice
from api.questions.problems import not_found
from domain.terms.decider import Refused
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role


def require_account(connection: Connection[Any], account: str) -> Account:
    """Return the account.

    Raises:
        Problem: 404, there is none of that name.
    """
    stored = accounts.find(connection, account)
    if stored is None:
        raise not_found(
            f"没有账户 {account}；dudao users list 列出全部",
            f"there is no account {account}; dudao users list shows all",
        )
    return stored


def _require_enabled(connection: Connection[Any], account: str) -> Account:
    stored = require_account(connection, account)
    if stored.disabled_at is not None:
        raise Refused(
            "account-disabled",
            f"账户 {account} 已停用，不能再用；请另建账户",
            f"account {account} is disabled for good: make another",
            "account",
        )
    return stored


def _require_other(administrator: Actor, account: str) -> None:
    """Refuse what one administrator may only do to others: so there is always one left."""
    if administrator.account == account:
        raise Refused(
            "own-account",
            "不能变更、重置或停用本人账户；请由另一名安全管理员办理",
            "nobody changes, resets or disables their own account: ask another security administrator",
            "account",
        )


def _require_alone(connection: Connection[Any], administrator: Actor) -> None:
    """Refuse one administrator what takes two."""
    if administrator.role is Role.SECURITY_ADMIN and not account_requests.alone(
        connection, administrator
    ):
        raise Refused(
            "needs-two",
            "此事须由另一名安全管理员批准，请提出申请",
            "this takes another security administrator: ask for it",
        )


def add(
    connection: Connection[Any], administrator: Actor, new: Actor, person: str | None, visit: Visit
) -> None:
    """Store an account for `person`.

    Raises:
        Refused: the name is taken, the person holds a role that excludes this one, or it takes two.
    """
    with connection.transaction():
        exclusions.lock(connection)
        _require_alone(connection, administrator)
        _add(connection, administrator, new, person, visit)


def _add(
    connection: Connection[Any], administrator: Actor, new: Actor, person: str | None, visit: Visit
) -> None:
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
        Refused: it is one's own or disabled, the person holds a role that excludes this one, or it
            takes two.
    """
    _require_other(administrator, new.account)
    with connection.transaction():
        exclusions.lock(connection)
        _require_alone(connection, administrator)
        _change(connection, administrator, new, person, visit)


def _change(
    connection: Connection[Any], administrator: Actor, new: Actor, person: str | None, visit: Visit
) -> None:
    _require_enabled(connection, new.account)
    if person:
        exclusions.require_separate(connection, person, new.account, new.role)
    accounts.change(connection, new, person)
    sessions.end_all(connection, new.account)
    about = f"{new.account} {new.role.value} {new.organisation}"
    access_log.record(connection, visit, administrator, Deed.ACCOUNT_CHANGED, about)
    notices.add(connection, new.account, Notice.ASSIGNED, administrator.account, visit.at)


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
        Refused: it is disabled, or it takes two.
    """
    with connection.transaction():
        exclusions.lock(connection)
        _require_alone(connection, administrator)
        return _invite(connection, administrator, account, visit, lasts)


def _invite(  # noqa: PLR0913, PLR0917 - one argument a part of the link
    connection: Connection[Any],
    administrator: Actor,
    account: str,
    visit: Visit,
    lasts: timedelta = invitations.LASTS,
    code: bytes | None = None,
) -> str:
    _require_enabled(connection, account)
    access_log.record(connection, visit, administrator, Deed.INVITATION, account)
    if credentials.any_kept(connection, account):
        notices.add(connection, account, Notice.INVITED, administrator.account, visit.at)
    return invitations.make(connection, account, administrator.account, visit.at, lasts, code)


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
        Refused: it is one's own, or disabled, or it takes two.
    """
    _require_other(administrator, account)
    with connection.transaction():
        exclusions.lock(connection)
        _require_alone(connection, administrator)
        return _reset(connection, administrator, account, visit, lasts)


def _reset(  # noqa: PLR0913, PLR0917 - one argument a part of the link
    connection: Connection[Any],
    administrator: Actor,
    account: str,
    visit: Visit,
    lasts: timedelta = invitations.LASTS,
    code: bytes | None = None,
) -> str:
    _require_enabled(connection, account)
    credentials.forget(connection, account)
    accounts.unbind(connection, account)
    sessions.end_all(connection, account)
    access_log.record(connection, visit, administrator, Deed.RESET, account)
    notices.add(connection, account, Notice.RESET, administrator.account, visit.at)
    return invitations.make(connection, account, administrator.account, visit.at, lasts, code)


class RequestedOrDone(NamedTuple):
    """What came of asking: a request with the code for the holder, or it is done, with a link's secret."""

    number: int | None = None
    code: str | None = None
    secret: str | None = None


def ask(
    connection: Connection[Any], administrator: Actor, wanted: Wanted, visit: Visit
) -> RequestedOrDone:
    """Ask another administrator for what takes two; the only one that ever was does it at once.

    Raises:
        Problem: 404, there is no such account.
        Refused: it would be refused if it were done now.
    """
    if wanted.act in {Act.ASSIGN, Act.RESET}:
        _require_other(administrator, wanted.account)
    with connection.transaction():
        exclusions.lock(connection)
        if account_requests.alone(connection, administrator):
            return RequestedOrDone(
                secret=_carry_out(connection, administrator, wanted, visit, None)
            )
        _would_do(connection, administrator, wanted, visit)
        code = account_requests.new_code()
        by = administrator.account
        number = account_requests.ask(connection, wanted, code, by, visit.at)
        about = f"{number} {wanted.act.value} {wanted.account}"
        access_log.record(connection, visit, administrator, Deed.ACCOUNT_ASKED, about)
        return RequestedOrDone(number, None if wanted.act is Act.ASSIGN else code)


class _OnlyTried(Exception):  # noqa: N818 - no error: what was tried is taken back
    """What would be done can be done."""


def _would_do(
    connection: Connection[Any], administrator: Actor, wanted: Wanted, visit: Visit
) -> None:
    """Refuse what would be refused now, and leave everything as it is."""
    try:
        with connection.transaction():
            _carry_out(connection, administrator, wanted, visit, None)
            raise _OnlyTried  # noqa: TRY301 - so that the transaction is taken back
    except _OnlyTried:
        return


def _carry_out(
    connection: Connection[Any],
    administrator: Actor,
    wanted: Wanted,
    visit: Visit,
    code: bytes | None,
) -> str | None:
    match wanted.act:
        case Act.ADD:
            _add(connection, administrator, wanted.actor, wanted.person, visit)
            return _invite(connection, administrator, wanted.account, visit, code=code)
        case Act.ASSIGN:
            _change(connection, administrator, wanted.actor, wanted.person, visit)
            return None
        case Act.INVITE:
            return _invite(connection, administrator, wanted.account, visit, code=code)
        case Act.RESET:
            return _reset(connection, administrator, wanted.account, visit, code=code)


class Decided(NamedTuple):
    """What was asked for, the secret of the link that follows, and who has its other half."""

    wanted: Wanted
    secret: str | None
    asked_by: str


def decide(
    connection: Connection[Any], administrator: Actor, number: int, *, taken: bool, visit: Visit
) -> Decided:
    """Carry out what another administrator asked for, or not. Who asked may take it back alone.

    Raises:
        Problem: 404, there is no such request that waits.
        Refused: it takes another person, or it cannot be done any more.
    """
    with connection.transaction():
        exclusions.lock(connection)
        request = _waiting(connection, number, visit)
        secret = None
        if taken:
            account_requests.require_another(connection, request, administrator)
            secret = _carry_out(connection, administrator, request.wanted, visit, request.code)
        by = administrator.account
        account_requests.decide(connection, number, taken=taken, decided_by=by, at=visit.at)
        wanted = request.wanted
        own = account_requests.person_of(connection, request.asked_by)
        back = account_requests.person_of(connection, by) == own
        came = "taken" if taken else "taken back" if back else "refused"
        about = f"{number} {wanted.act.value} {wanted.account} {came}"
        access_log.record(connection, visit, administrator, Deed.ACCOUNT_DECIDED, about)
        return Decided(wanted, secret, request.asked_by)


def _waiting(connection: Connection[Any], number: int, visit: Visit) -> Request:
    for request in account_requests.listed(connection, number):
        if request.waits(visit.at):
            return request
    raise not_found(
        "没有这项待批准的申请，或已办理、已过期",
        "there is no such request that waits: it was decided, or is over",
    )


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
