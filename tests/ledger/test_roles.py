"""Whose the tables are on any server, and what is said where a login may not see to it."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import Connection, sql
from psycopg.conninfo import make_conninfo

from ledger import roles
from ledger.connect import Addresses, app_pool, check_rights, in_role
from ledger.log.postgres_log import PostgresLog
from ledger.migrate import LEDGER, migrate
from ledger.server import embedded
from ledger.unready import LacksRights, NeedsAdministrator, OwnersLogin
from tests.ledger.drafts import single
from tests.postgres import Kind, Server, peopled, private

pytestmark = pytest.mark.postgres

OF_THE_LEDGER = """
SELECT c.relname, pg_get_userbyid(c.relowner), coalesce(c.relacl::text, '')
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname IN ('ledger', 'vault') AND c.relkind IN ('r', 'S') UNION ALL
SELECT p.proname, pg_get_userbyid(p.proowner), coalesce(p.proacl::text, '')
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'ledger' UNION ALL
SELECT n.nspname, pg_get_userbyid(n.nspowner), n.nspacl::text
  FROM pg_namespace n WHERE n.nspname IN ('ledger', 'vault') ORDER BY 1, 2
"""


@pytest.fixture
def above(server: Server, addresses: Addresses) -> Iterator[Connection]:
    """A superuser's connection to the test's database."""
    name = psycopg.conninfo.conninfo_to_dict(addresses.owner)["dbname"]
    conninfo = make_conninfo(server.superuser, dbname=name)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        yield connection


def as_of_a_dump(above: Connection) -> None:
    """Leave what `pg_restore --no-owner --no-acl` leaves: all of it one login's, nothing granted."""
    kinds = "SELECT nspname FROM pg_namespace WHERE nspname IN ('ledger', 'vault')"
    for (schema,) in above.execute(kinds).fetchall():
        name = sql.Identifier(schema)
        for kind in ("TABLES", "FUNCTIONS"):
            revoke = "REVOKE ALL ON ALL {} IN SCHEMA {} FROM dudao_app"
            above.execute(sql.SQL(revoke).format(sql.SQL(kind), name))
        above.execute(sql.SQL("REVOKE ALL ON SCHEMA {} FROM dudao_app").format(name))
        above.execute(sql.SQL("ALTER SCHEMA {} OWNER TO CURRENT_USER").format(name))
    tables = (
        "SELECT format('%%I.%%I', schemaname, tablename) FROM pg_tables WHERE schemaname = ANY(%s)"
    )
    for (name,) in above.execute(tables, (["ledger", "vault"],)).fetchall():
        above.execute(f"ALTER TABLE {name} OWNER TO CURRENT_USER".encode())
    functions = (
        "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'ledger'::regnamespace"
    )
    for (name,) in above.execute(functions).fetchall():
        above.execute(f"ALTER ROUTINE {name} OWNER TO CURRENT_USER".encode())
    above.execute("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ledger TO PUBLIC")


def test_what_a_dump_leaves_behind_is_given_and_granted_again(
    above: Connection, addresses: Addresses
):
    before = above.execute(OF_THE_LEDGER).fetchall()
    as_of_a_dump(above)
    with pytest.raises(LacksRights) as lacks:
        check_rights(above, [LEDGER])
    assert "GRANT SELECT ON ledger.log_state TO dudao_app" in lacks.value.statements
    assert 'ALTER TABLE ledger.entry OWNER TO "dudao_ledger"' in lacks.value.statements
    migrate(above, [LEDGER])
    check_rights(above, [LEDGER])
    assert above.execute(OF_THE_LEDGER).fetchall() == before
    with app_pool(addresses.app, 1) as pool:
        PostgresLog(pool).append([single("a/1", key="k")])


def test_nothing_belongs_to_somebody_who_can_sign_in(above: Connection):
    owners = {row[1] for row in above.execute(OF_THE_LEDGER).fetchall()}
    assert owners == {"dudao_ledger"}
    login = "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'dudao_ledger'"
    assert above.execute(login).fetchone() == (False,)


def test_a_right_that_is_missing_is_named_with_its_column(above: Connection):
    right = roles.Right("TABLE", "ledger.entry", "payload", "UPDATE")
    assert roles.lacking(above, [right]) == ["GRANT UPDATE (payload) ON ledger.entry TO dudao_app"]
    assert roles.lacking(above, [right._replace(privilege="SELECT")]) == []
    there_is_none = roles.Right("FUNCTION", "ledger.nothing", "", "EXECUTE")
    assert roles.lacking(above, [there_is_none]) == [there_is_none.statement]


def test_no_plan_of_the_application_is_compiled(server: Server, addresses: Addresses):
    with app_pool(in_role(addresses.app, "dudao_app"), 1) as pool, pool.connection() as connection:
        assert connection.execute("SHOW jit").fetchone() == ("off",)
        shown = connection.execute("SELECT source FROM pg_settings WHERE name = 'jit'").fetchone()
    assert shown == ("client",)  # not merely because this server's default is so


def test_the_grants_of_every_folder_are_understood():
    found = {right.statement for right in roles.rights(LEDGER.folder)}
    assert {
        "GRANT USAGE ON SCHEMA vault TO dudao_app",
        "GRANT SELECT ON ledger.log_state TO dudao_app",
        "GRANT EXECUTE ON FUNCTION ledger.open_append TO dudao_app",
        "GRANT DELETE ON vault.spelling TO dudao_app",
    } <= found


@pytest.fixture
def stranger(above: Connection) -> Iterator[str]:
    """A login without rights that owns the database."""
    name = "dudao_test_stranger"
    above.execute(f"DROP ROLE IF EXISTS {name}".encode())
    above.execute(f"CREATE ROLE {name} LOGIN".encode())
    yield name
    above.execute("RESET SESSION AUTHORIZATION")
    above.execute(f"DROP OWNED BY {name}".encode())
    above.execute(f"DROP ROLE {name}".encode())


def test_an_owner_without_rights_is_told_what_an_administrator_types(
    above: Connection, stranger: str
):
    above.execute(f"SET SESSION AUTHORIZATION {stranger}".encode())
    with pytest.raises(NeedsAdministrator) as told:
        migrate(above, [LEDGER])
    assert stranger in told.value.en
    assert stranger in told.value.zh
    above.execute("RESET SESSION AUTHORIZATION")
    for statement in told.value.statements:
        above.execute(statement.encode())
    above.execute(f"SET SESSION AUTHORIZATION {stranger}".encode())
    assert migrate(above, [LEDGER]) == []


def test_a_login_that_is_not_admitted_is_told_who_can_admit_it(above: Connection, stranger: str):
    with pytest.raises(NeedsAdministrator, match=r"CREATE ROLE .*IN ROLE"):
        roles.admit(above, "dudao_nobody")
    roles.admit(above, stranger)
    member = "SELECT pg_has_role(%s, 'dudao_app', 'MEMBER')"
    assert above.execute(member, (stranger,)).fetchone() == (True,)


def test_only_who_cannot_become_the_owner_may_serve(above: Connection, stranger: str):
    roles.admit(above, stranger)
    above.execute(f"SET SESSION AUTHORIZATION {stranger}".encode())
    roles.refuse_owner(above)
    above.execute("RESET SESSION AUTHORIZATION")
    with pytest.raises(OwnersLogin, match="DUDAO_OWNER_URL"):
        roles.refuse_owner(above)
    above.execute(f"GRANT dudao_ledger TO {stranger}".encode())
    above.execute(f"SET SESSION AUTHORIZATION {stranger}".encode())
    with pytest.raises(OwnersLogin, match=stranger):
        roles.refuse_owner(above)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_owner_makes_a_ledger_on_a_server_that_knows_no_roles(
    monkeypatch: pytest.MonkeyPatch, kind: Kind
):
    """Since PostgreSQL 16 who makes a role may grant it, and not yet take it on."""
    monkeypatch.setenv("DUDAO_TEST_OWNER", kind)
    with private(embedded.programs()) as machine:
        found = peopled(machine.superuser)
        addresses = found.create("made", "template0")
        with psycopg.connect(addresses.owner) as connection:
            migrate(connection, [LEDGER])
        with app_pool(addresses.app, 1) as pool:
            PostgresLog(pool).append([single("a/1", key="k")])
