"""Whose the tables are, who may use them, and how both come about on any server.

`dudao_ledger` owns everything and has no login: nobody connects as it. The owner's login is a member
of it while it migrates. `dudao_app` reads and appends; whoever serves is a member of that alone.

All of it is done again at each `init`, `migrate` and `restore`: a dump restored on another server
comes without roles, owners and grants, and gets them back here.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from psycopg import Connection, errors, sql
from psycopg.conninfo import conninfo_to_dict

from ledger.unready import LacksRights, NeedsAdministrator, OwnersLogin

OWNER = "dudao_ledger"
APP = "dudao_app"
ANALYST = "dudao_analyst"
"""Reads the views of `analysis`, and nothing else."""
HAS_ANALYST = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dudao_analyst')"
ATTEMPTS = 5
"""Roles belong to the whole server: another database's `init` may be making the same ones."""
WITH_OPTIONS = 160_000
"""Since PostgreSQL 16 a member may take a role on, and inherits from it, only where that was said."""

STATE = """
SELECT session_user,
       (SELECT rolsuper FROM pg_roles WHERE rolname = session_user),
       EXISTS (SELECT FROM pg_roles WHERE rolname = 'dudao_ledger'),
       EXISTS (SELECT FROM pg_roles WHERE rolname = 'dudao_app')
"""
MAY_TAKE_ON = (
    "SELECT pg_has_role(%(who)s, %(role)s, %(way)s) AND pg_has_role(%(who)s, %(role)s, 'USAGE')"
)
MAY_CREATE = "SELECT has_database_privilege('dudao_ledger', current_database(), 'CREATE')"


def establish(connection: Connection[Any], member: str | None = None) -> None:
    """Make the two roles where they are missing, and let `member` act as them: else the login.

    Raises:
        NeedsAdministrator: with what somebody has to type who may.
    """
    for _ in range(ATTEMPTS):
        missing = list(_missing_roles(connection, member))
        if not missing:
            return
        if not _carried_out(connection, missing):
            break
    left = list(_missing_roles(connection, member))
    if left:
        raise NeedsAdministrator(_login(connection), [each.as_string(connection) for each in left])
    # Nothing rests on this one: where the login may not make it, an administrator does when there
    # is somebody to admit (docs/analysts.md).
    if connection.execute(HAS_ANALYST).fetchone() != (True,):
        _carried_out(
            connection, [sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(ANALYST))]
        )


def admit(connection: Connection[Any], login: str) -> None:
    """Let `login` serve: make it a member of the application's role.

    Raises:
        NeedsAdministrator: there is no such login, or it is somebody else's to admit.
    """
    known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (login,)).fetchone()
    if known is not None and _may_take_on(connection, login, APP):
        return
    if known is None:
        statement = sql.SQL("CREATE ROLE {} LOGIN PASSWORD '…' IN ROLE {}").format(
            sql.Identifier(login), sql.Identifier(APP)
        )
        raise NeedsAdministrator(_login(connection), [statement.as_string(connection)])
    statement = _membership(connection, APP, login)
    if not _carried_out(connection, [statement]):
        raise NeedsAdministrator(_login(connection), [statement.as_string(connection)])


def _missing_roles(connection: Connection[Any], member: str | None) -> Iterator[sql.Composed]:
    """Yield the statements that are still to be carried out, in order."""
    row: Any = connection.execute(STATE).fetchone()
    login, is_superuser, has_owner, has_app = row
    for role, exists in ((OWNER, has_owner), (APP, has_app)):
        if not exists:
            yield sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role))
    # The owner makes schemas that belong to the application.
    if not (has_owner and has_app and _may_take_on(connection, OWNER, APP)):
        yield _membership(connection, APP, OWNER)
    if member is not None or not is_superuser:
        for role, exists in ((OWNER, has_owner), (APP, has_app)):
            if not (exists and _may_take_on(connection, member or login, role)):
                yield _membership(connection, role, member or login)
    if member is None and not (has_owner and _may_create(connection)):
        yield sql.SQL("GRANT CREATE ON DATABASE {} TO {}").format(
            sql.Identifier(connection.info.dbname), sql.Identifier(OWNER)
        )


def _may_create(connection: Connection[Any]) -> bool:
    return connection.execute(MAY_CREATE).fetchone() == (True,)


def _membership(connection: Connection[Any], role: str, member: str) -> sql.Composed:
    options = " WITH INHERIT TRUE, SET TRUE" if _has_options(connection) else ""
    return sql.SQL("GRANT {} TO {}" + options).format(sql.Identifier(role), sql.Identifier(member))


def _may_take_on(connection: Connection[Any], who: str, role: str) -> bool:
    way = "SET" if _has_options(connection) else "MEMBER"
    values = {"who": who, "role": role, "way": way}
    return connection.execute(MAY_TAKE_ON, values).fetchone() == (True,)


def _has_options(connection: Connection[Any]) -> bool:
    return connection.info.server_version >= WITH_OPTIONS


def _carried_out(connection: Connection[Any], statements: Iterable[sql.Composed]) -> bool:
    """Carry out what this login may; tell whether it is worth looking at the state again.

    A statement that it may not carry out undoes nothing of the others.
    """
    allowed = True
    for statement in statements:
        try:
            with connection.transaction():
                connection.execute(statement)
        except (errors.DuplicateObject, errors.UniqueViolation, errors.InternalError_):
            pass  # somebody else made it at the same moment
        except (errors.InsufficientPrivilege, errors.UndefinedObject):
            allowed = False
    return allowed


def _login(connection: Connection[Any]) -> str:
    row: Any = connection.execute("SELECT session_user").fetchone()
    return str(row[0])


# Only what does not belong to whom it should; identity sequences go with their tables.
STRANGE = """
WITH wanted (schema, owner) AS (
    SELECT n.oid, r.oid
      FROM unnest(%(schemas)s::text[], %(owners)s::text[]) AS w(schema, owner)
      JOIN pg_namespace n ON n.nspname = w.schema
      JOIN pg_roles r ON r.rolname = w.owner
)
SELECT 'SCHEMA', quote_ident(n.nspname), o.rolname, 0, n.nspname
  FROM wanted w JOIN pg_namespace n ON n.oid = w.schema JOIN pg_roles o ON o.oid = w.owner
 WHERE n.nspowner <> w.owner
UNION ALL
SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
                      WHEN 'S' THEN 'SEQUENCE' WHEN 'c' THEN 'TYPE' ELSE 'TABLE' END,
       quote_ident(n.nspname) || '.' || quote_ident(c.relname), o.rolname, 1, c.relname
  FROM wanted w JOIN pg_namespace n ON n.oid = w.schema JOIN pg_roles o ON o.oid = w.owner
  JOIN pg_class c ON c.relnamespace = n.oid
 WHERE c.relowner <> w.owner AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'c')
   AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                      AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i'))
UNION ALL
SELECT 'ROUTINE', p.oid::regprocedure::text, o.rolname, 2, p.proname
  FROM wanted w JOIN pg_namespace n ON n.oid = w.schema JOIN pg_roles o ON o.oid = w.owner
  JOIN pg_proc p ON p.pronamespace = n.oid
 WHERE p.proowner <> w.owner
 ORDER BY 4, 5
"""


def strange(connection: Connection[Any], owners: Mapping[str, str]) -> list[str]:
    """Return the statements that give everything in these schemas to the role named for each."""
    values = {"schemas": list(owners), "owners": list(owners.values())}
    rows = connection.execute(STRANGE, values).fetchall()
    return [f'ALTER {kind} {name} OWNER TO "{owner}"' for kind, name, owner, *_ in rows]


def settle(connection: Connection[Any], owners: Mapping[str, str]) -> None:
    """Give everything in these schemas to the role named for each schema.

    Raises:
        NeedsAdministrator: something belongs to somebody else, whom the login may not act for.
    """
    refused: list[str] = []
    for statement in strange(connection, owners):
        try:
            with connection.transaction():
                connection.execute(statement.encode())
        except errors.InsufficientPrivilege:
            refused.append(statement)
    if refused:
        raise NeedsAdministrator(_login(connection), refused)


TRACES = "traces.sql"
"""Asks for what somebody did while a guard was away, in the file of this name beside the migrations."""
GRANTS = "grants.sql"
"""Beside the numbered files: all that the application may, carried out after each migration."""


def grant(connection: Connection[Any], folder: Path) -> None:
    """Carry out the grants of a folder, if it has any."""
    path = folder / GRANTS
    if path.exists():
        connection.execute(path.read_bytes())


class Right(NamedTuple):
    """One privilege that the application needs. `column` is empty for the whole object."""

    kind: str
    name: str
    column: str
    privilege: str

    @property
    def statement(self) -> str:
        """How it is granted."""
        column = f" ({self.column})" if self.column else ""
        kind = "" if self.kind == "TABLE" else f"{self.kind} "
        return f"GRANT {self.privilege}{column} ON {kind}{self.name} TO {APP}"


COMMENT = re.compile(r"--[^\n]*")
STATEMENT = re.compile(
    r"GRANT\s+([^;]+?)\s+ON\s+(?:(SCHEMA|FUNCTION|TABLE)\s+)?([^;]+?)\s+TO\s+dudao_app\s*;"
)
PRIVILEGE = re.compile(r"([A-Z]+)\s*(?:\(([^)]*)\))?")


def rights(folder: Path) -> list[Right]:
    """Return what the grants of a folder give to the application."""
    path = folder / GRANTS
    text = COMMENT.sub("", path.read_text("utf-8")) if path.exists() else ""
    return [
        Right(kind or "TABLE", name.strip(), column.strip(), privilege)
        for granted, kind, names in STATEMENT.findall(text)
        for name in names.split(",")
        for privilege, columns in PRIVILEGE.findall(granted)
        for column in columns.split(",")
    ]


# A name is looked up in the catalogue: to_regclass fails where the schema may not be looked into.
REFUSED = """
SELECT w.number
  FROM unnest(%(kinds)s::text[], %(schemas)s::text[], %(names)s::text[], %(columns)s::text[],
              %(privileges)s::text[])
       WITH ORDINALITY AS w(kind, schema, name, column_name, privilege, number)
  LEFT JOIN pg_namespace n ON n.nspname = w.schema
  LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.name AND w.kind = 'TABLE'
  LEFT JOIN pg_proc p ON p.pronamespace = n.oid AND p.proname = w.name AND w.kind = 'FUNCTION'
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = w.column_name
 WHERE NOT coalesce(
       CASE WHEN w.kind = 'SCHEMA' THEN has_schema_privilege('dudao_app', n.oid, w.privilege)
            WHEN w.kind = 'FUNCTION' THEN has_function_privilege('dudao_app', p.oid, w.privilege)
            WHEN w.column_name <> ''
            THEN has_column_privilege('dudao_app', c.oid, a.attnum, w.privilege)
            ELSE has_table_privilege('dudao_app', c.oid, w.privilege) END, false)
 ORDER BY w.number
"""


def lacking(connection: Connection[Any], wanted: Iterable[Right]) -> list[str]:
    """Return the statements that would give the application what it needs and has not."""
    asked = list(wanted)
    pairs = [right.name.partition(".") for right in asked]
    values = {
        "kinds": [right.kind for right in asked],
        "schemas": [schema for schema, _, _ in pairs],
        "names": [name for _, _, name in pairs],
        "columns": [right.column for right in asked],
        "privileges": [right.privilege for right in asked],
    }
    rows: list[tuple[int]] = connection.execute(REFUSED, values).fetchall()
    return [asked[number - 1].statement for (number,) in rows]


def check(connection: Connection[Any], wanted: Iterable[Right], owners: Mapping[str, str]) -> None:
    """Raise `LacksRights` when the application may not do all that it has to."""
    statements = [*strange(connection, owners), *lacking(connection, wanted)]
    if statements:
        raise LacksRights(statements)


IS_MEMBER = """
SELECT coalesce((SELECT pg_has_role(session_user, oid, 'MEMBER')
                   FROM pg_roles WHERE rolname = 'dudao_app'), false)
"""


def act_as_application(connection: Connection[Any]) -> None:
    """Take on the application's role until the transaction ends, where the login may."""
    if connection.execute(IS_MEMBER).fetchone() == (True,):
        connection.execute("SELECT set_config('role', %s, true)", (APP,))


def act_as_owner(connection: Connection[Any]) -> None:
    """Take on the role that the tables belong to until the transaction ends."""
    connection.execute("SELECT set_config('role', %s, true)", (OWNER,))


# A login that could take the owner's role on could switch the guards off.
OWNS = """
SELECT session_user, coalesce((SELECT pg_has_role(session_user, r.oid, 'MEMBER')
                                 FROM pg_roles r WHERE r.rolname = 'dudao_ledger'), false)
"""


def refuse_owner(connection: Connection[Any]) -> None:
    """Raise `OwnersLogin` when whoever is connected may act as the owner of the tables."""
    row: Any = connection.execute(OWNS).fetchone()
    if row[1]:
        raise OwnersLogin(row[0])


def explained(conninfo: str, error: psycopg.OperationalError) -> NeedsAdministrator | None:
    """Return what an administrator must type when a login may not take the application's role on.

    None where the reason is another one.
    """
    login = conninfo_to_dict(conninfo).get("user")
    if "role" not in str(error) or APP not in str(error) or not isinstance(login, str):
        return None
    return NeedsAdministrator(login, [f'GRANT {APP} TO "{login}"'])
