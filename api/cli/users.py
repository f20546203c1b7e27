"""`dudao users`: accounts, as a security administrator keeps them, for whoever runs the installation."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from api.cli.failures import Failure
from api.cli.output import FormatOption, JsonOption, OutOption, form_of, write_few
from api.cli.tokens import DistrictOption, OrganisationOption, RoleOption, UsccOption, actor, span
from domain.terms.vocabulary import Role

if TYPE_CHECKING:
    from psycopg import Connection

    from api.access.access_log import Visit
    from api.access.gate import Gate
    from domain.terms.envelope import Actor

users = typer.Typer(help="账户 / Accounts", no_args_is_help=True)

AccountArgument = Annotated[str, typer.Argument(help="账户名 / account name")]
PersonOption = Annotated[
    str | None,
    typer.Option(help="持有人的工号或姓名，用于检查互斥角色 / staff number or name of the holder"),
]
LastsOption = Annotated[str, typer.Option("--ttl", help="链接有效期，如 1d、12h / time to live")]


class Acting(NamedTuple):
    """The way in, a connection, and who acts: whoever may use the database, named as such."""

    gate: "Gate"
    connection: "Connection[Any]"
    administrator: "Actor"
    visit: "Visit"


@contextmanager
def _acting() -> Generator[Acting]:
    from api.access.access_log import command_line  # noqa: PLC0415 - start-up time
    from api.installation.opening import gated  # noqa: PLC0415
    from domain.terms.envelope import Actor  # noqa: PLC0415
    from ledger.log.clock import now  # noqa: PLC0415

    who = Actor(account="dudao users", role=Role.SYSTEM_ADMIN, organisation="command-line")
    with gated() as gate, gate.connection() as connection:
        yield Acting(gate, connection, who, command_line(now()))


@users.command("add")
def add_user(  # noqa: PLR0913 - one argument an option
    account: AccountArgument,
    *,
    role: RoleOption,
    district: DistrictOption = None,
    uscc: UsccOption = None,
    organisation: OrganisationOption = None,
    person: PersonOption = None,
) -> None:
    """登记账户 / Store an account."""
    from api.access import administration  # noqa: PLC0415
    from api.access.accounts import require_name  # noqa: PLC0415 - start-up time

    require_name(account)
    who = actor(role, account, organisation, district, uscc)
    with _acting() as acting:
        administration.add(acting.connection, acting.administrator, who, person, acting.visit)
    sys.stdout.write(f"{who.account}\t{who.role.value}\t{who.organisation}\n")


@users.command("list")
def list_users(
    *, form: FormatOption = None, out: OutOption = None, json: JsonOption = False
) -> None:
    """列出账户 / List accounts."""
    from api.access.accounts import listed  # noqa: PLC0415
    from api.installation.opening import connected  # noqa: PLC0415
    from projections.items.shape import plain  # noqa: PLC0415

    chosen_form = form_of(form, out, json=json)
    with connected() as connection:
        stored = listed(connection)
    if form is not None or out is not None or json:
        fields = (
            plain("account", "账户", "account"),
            plain("role", "角色", "role"),
            plain("organisation", "机构", "organisation"),
            plain("person", "持有人", "person"),
            plain("created_at", "登记时间", "created at", "instant"),
            plain("signed_in_at", "最近登录", "signed in at", "instant"),
            plain("disabled_at", "停用时间", "disabled at", "instant"),
        )
        accounts = [account._asdict() for account in stored]
        rows = [{name: _instant(value) for name, value in account.items()} for account in accounts]
        write_few(rows, fields, "users list", chosen_form, out, document=accounts)
        return
    for account in stored:
        state = "disabled" if account.disabled_at else "enabled"
        sys.stdout.write(f"{account.account}\t{account.role}\t{account.organisation}\t{state}\n")


def _instant(value: object) -> object:
    """Return an instant as rows of lists hold it: as text."""
    from datetime import datetime  # noqa: PLC0415 - start-up time

    from ledger.log.entry import instant_text  # noqa: PLC0415

    return instant_text(value) if isinstance(value, datetime) else value


@users.command("disable")
def disable_user(account: AccountArgument) -> None:
    """停用账户，其会话、令牌随即失效 / Disable an account and with it its sessions and tokens."""
    from api.access import administration  # noqa: PLC0415

    with _acting() as acting:
        administration.disable(acting.connection, acting.administrator, account, acting.visit)


@users.command("invite")
def invite_user(account: AccountArgument, *, ttl: LastsOption = "1d") -> None:
    """打印设置密码的一次性链接 / Print a one-time link to set the password."""
    _link(account, ttl, void=False)


@users.command("reset")
def reset_user(account: AccountArgument, *, ttl: LastsOption = "1d") -> None:
    """作废密码与二次验证，打印一次性链接 / Void password and second factor; print a one-time link."""
    _link(account, ttl, void=True)


@users.command("unlock")
def unlock_user(account: AccountArgument) -> None:
    """解除登录锁定 / Let an account that is locked try again."""
    from api.access import administration  # noqa: PLC0415

    with _acting() as acting:
        administration.unlock(
            acting.gate, acting.connection, acting.administrator, account, acting.visit
        )


@users.command("tokens")
def list_tokens() -> None:
    """列出未到期的令牌 / List tokens whose days are not over."""
    from api.access.token_table import listed  # noqa: PLC0415

    with _acting() as acting:
        tokens = listed(acting.connection, acting.visit.at)
    for token in tokens:
        state = "revoked" if token.revoked_at else "good"
        used = token.used_at.isoformat() if token.used_at else "never"
        line = (token.token_id, token.account, token.role, token.ends_at.isoformat(), used, state)
        sys.stdout.write("\t".join(line) + "\n")


@users.command("revoke-token")
def revoke_token(
    token_id: Annotated[str, typer.Argument(help="令牌编号，见 tokens / id of the token")],
) -> None:
    """撤销一个令牌 / Take one token back."""
    from api.access.token_table import revoke  # noqa: PLC0415

    with _acting() as acting:
        if not revoke(acting.connection, token_id, None, acting.administrator, acting.visit):
            raise Failure(f"没有令牌 {token_id}", f"there is no token {token_id}")


def _link(account: str, ttl: str, *, void: bool) -> None:
    """Print a one-time link; with `void` the password so far is good no more."""
    from api.access import administration  # noqa: PLC0415 - start-up time
    from api.access.invitations import LONGEST, address  # noqa: PLC0415
    from api.installation.settings import Settings  # noqa: PLC0415

    lasts = span(ttl)
    if lasts > LONGEST:
        raise Failure(
            f"链接最长 {LONGEST.days} 天有效", f"a link is good for {LONGEST.days} days at most"
        )
    make = administration.reset if void else administration.invite
    with _acting() as acting:
        secret = make(acting.connection, acting.administrator, account, acting.visit, lasts)
    sys.stdout.write(address(Settings().address, secret) + "\n")
