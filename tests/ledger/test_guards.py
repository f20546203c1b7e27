"""Whoever takes a guard of the ledger away is named, be it the owner or a superuser."""

import psycopg
import pytest

from ledger import guards
from ledger.connect import Addresses
from ledger.migrate import LEDGER
from tests.postgres import Server

pytestmark = pytest.mark.postgres


def test_what_stands_after_the_migrations_is_what_the_list_says(addresses: Addresses):
    with psycopg.connect(addresses.app) as connection:
        found = guards.differences(connection, [LEDGER])
    assert found == [], "after a migration: python -m docs.generate_guards"


TAMPERED = {
    "ALTER TABLE ledger.entry DISABLE TRIGGER refuse_change": "trigger ledger.entry D",
    "ALTER TABLE ledger.entry ENABLE TRIGGER refuse_change": "trigger ledger.entry O",
    "DROP TRIGGER refuse_change ON ledger.log_state": "trigger ledger.log_state A",
    "CREATE OR REPLACE FUNCTION ledger.refuse() RETURNS trigger LANGUAGE plpgsql"
    " AS 'BEGIN RETURN NULL; END'": "function ledger.refuse()",
    "CREATE OR REPLACE FUNCTION ledger.clock() RETURNS timestamptz LANGUAGE sql"
    " AS 'SELECT now() - interval ''1 day'''": "function ledger.clock()",
    "ALTER FUNCTION ledger.append_2 SECURITY INVOKER": "function ledger.append_2(",
    "CREATE FUNCTION ledger.mend() RETURNS void LANGUAGE sql SECURITY DEFINER"
    " AS 'DELETE FROM ledger.entry'": "function ledger.mend() of",
    "GRANT UPDATE ON ledger.entry TO dudao_app": "grant on table ledger.entry: UPDATE to dudao_app",
    "GRANT UPDATE (payload) ON ledger.entry TO PUBLIC": "grant on column ledger.entry.payload: UPDATE",
    "GRANT EXECUTE ON FUNCTION ledger.append_checked TO dudao_app": "grant on function ledger.append_ch",
    "REVOKE SELECT ON ledger.tile FROM dudao_app": "grant on table ledger.tile: SELECT to dudao_app",
    "ALTER TABLE vault.person OWNER TO dudao_app": "owner of vault.person: dudao_app",
}


@pytest.mark.parametrize(("attack", "named"), TAMPERED.items())
def test_a_guard_that_was_changed_is_named(
    server: Server, addresses: Addresses, attack: str, named: str
):
    database = psycopg.conninfo.conninfo_to_dict(addresses.owner)["dbname"]
    conninfo = psycopg.conninfo.make_conninfo(server.superuser, dbname=database)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(attack.encode())
    with psycopg.connect(addresses.app) as connection:
        found = guards.differences(connection, [LEDGER])
    assert any(line[2:].startswith(named) for line in found), found
