"""`dudao analysts`: which database logins may ask in SQL, and for which district."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.failures import Failure, tell
from api.cli.language import chosen

if TYPE_CHECKING:
    from psycopg import Connection

analysts = typer.Typer(
    help="可用 SQL 查询的数据库账户 / Database logins that may ask in SQL", no_args_is_help=True
)
LoginArgument = Annotated[str, typer.Argument(help="数据库账户 / login of the database")]

ADMIT = """
INSERT INTO analysis.reader (login, district) VALUES (%(login)s, %(district)s)
ON CONFLICT (login) DO UPDATE SET district = excluded.district
"""
DISMISS = "DELETE FROM analysis.reader WHERE login = %(login)s"
LISTED = "SELECT login, district FROM analysis.reader ORDER BY login"
# What an administrator has to see to: roles are no business of the application.
STANDING = """
SELECT to_regrole('dudao_analyst') IS NOT NULL,
       EXISTS (SELECT FROM pg_roles WHERE rolname = %(login)s),
       EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
                 JOIN pg_roles r ON r.oid = m.member
                WHERE g.rolname = 'dudao_analyst' AND r.rolname = %(login)s)
"""


@analysts.command()
def admit(
    login: LoginArgument,
    *,
    district: Annotated[
        str | None,
        typer.Option(help="只看该区，默认全市 / this district alone; else the whole city"),
    ] = None,
) -> None:
    """准许一个账户查询 / Let a login ask."""
    from api.installation.opening import connected  # noqa: PLC0415 - start-up time
    from ledger.reference import authorities  # noqa: PLC0415

    if district is not None and district not in authorities():
        raise Failure(f"没有主管区 {district}", f"there is no district {district}")
    with connected() as connection:
        connection.execute(ADMIT, {"login": login, "district": district})
        typed = _to_type(connection, login)
    tell(
        f"已准许 {login} 查询{district or '全市'}；须为角色 dudao_analyst 的成员",
        f"{login} may ask about {district or 'the whole city'}, as a member of dudao_analyst",
    )
    if typed:
        tell("请数据库管理员执行：", "an administrator of the database types:")
    for statement in typed:
        typer.echo(statement)


def _to_type(connection: "Connection[Any]", login: str) -> list[str]:
    """Return what an administrator has still to type."""
    from psycopg import sql  # noqa: PLC0415 - start-up time

    row: Any = connection.execute(STANDING, {"login": login}).fetchone()
    has_role, has_login, is_member = row
    name = sql.Identifier(login).as_string(connection)
    wanted: list[str] = []
    if not has_role:
        wanted.append("CREATE ROLE dudao_analyst NOLOGIN;  -- then: dudao migrate")
    if not has_login:
        wanted.append(f"CREATE ROLE {name} LOGIN PASSWORD '…' IN ROLE dudao_analyst;")
    elif not is_member:
        wanted.append(f"GRANT dudao_analyst TO {name};")
    if wanted:
        wanted.append(f"ALTER ROLE {name} SET statement_timeout = '15s';")
        wanted.append(f"ALTER ROLE {name} SET default_transaction_read_only = on;")
    return wanted


@analysts.command()
def dismiss(login: LoginArgument) -> None:
    """不再准许 / Let a login ask no longer."""
    from api.installation.opening import connected  # noqa: PLC0415 - start-up time

    with connected() as connection:
        removed = connection.execute(DISMISS, {"login": login}).rowcount
    if not removed:
        raise Failure(f"没有准许过 {login}", f"{login} was not admitted", status=1)


@analysts.command("list")
def listed() -> None:
    """已准许的账户 / Logins that were admitted."""
    from api.cli.output import table  # noqa: PLC0415 - start-up time
    from api.installation.opening import connected  # noqa: PLC0415
    from projections.items.shape import plain  # noqa: PLC0415

    with connected() as connection:
        rows = connection.execute(LISTED).fetchall()
    whole = chosen("全市", "the whole city")
    shown = [{"login": login, "district": district or whole} for login, district in rows]
    table(shown, (plain("login", "账户", "login"), plain("district", "主管区", "district")))
