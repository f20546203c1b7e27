"""Whoever takes a guard of the ledger away is named, be it the owner or a superuser."""

import psycopg
import pytest

from ledger import guards
from ledger.connect import Addresses, app_pool
from ledger.log.log import Append
from ledger.log.postgres_log import PostgresLog
from ledger.migrate import LEDGER
from ledger.vault.keys import Keys
from ledger.vault.vault import Person, Vault
from tests.ledger.drafts import draft
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
    "CREATE RULE quiet AS ON INSERT TO vault.access DO INSTEAD NOTHING": "rule on vault.access: quiet",
    "ALTER TABLE vault.access ENABLE ROW LEVEL SECURITY": "row security on vault.access",
    "CREATE POLICY hidden ON vault.access USING (actor <> 'me')": "policy on vault.access: hidden",
    "ALTER TABLE vault.access ALTER COLUMN at SET DEFAULT '2020-01-01'": "default of vault.access.at: '2020",
    "DROP INDEX ledger.entry_command": "index CREATE UNIQUE INDEX entry_command ON ledger.entry",
    "ALTER TABLE ledger.entry DROP CONSTRAINT entry_salt_check": "constraint ledger.entry entry_salt_check:",
    "ALTER TABLE ledger.tile DROP CONSTRAINT tile_pkey": "constraint ledger.tile tile_pkey: PRIMARY KEY",
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


ISSUED = "certificate.certificate-issued/1"
DELETE = "DELETE FROM vault.person WHERE subject_id = %s"


def test_a_person_taken_out_of_the_vault_is_named_whoever_did_it(
    server: Server, addresses: Addresses
):
    database = psycopg.conninfo.conninfo_to_dict(addresses.owner)["dbname"]
    conninfo = psycopg.conninfo.make_conninfo(server.superuser, dbname=database)
    with app_pool(addresses.app, 1) as pool:
        vault = Vault(pool, Keys(bytes(32), bytes(32)))
        people = vault.pseudonyms([Person(f"张{n}", "201", str(n)) for n in range(4)])
        drafts = [
            draft(f"certificate/{who}", f"holder:{who}")._replace(type=ISSUED) for who in people
        ]
        PostgresLog(pool).append([Append((each,)) for each in drafts])
        by_dudao, by_owner, in_secret, _ = people
        assert vault.erase(by_dudao, "centre-1", "本人申请")
        with pool.connection() as connection:
            assert guards.differences(connection, [LEDGER]) == []
        with psycopg.connect(addresses.owner) as owner:
            owner.execute(DELETE, (by_owner,))
        with psycopg.connect(conninfo, autocommit=True) as superuser:
            superuser.execute("ALTER TABLE vault.person DISABLE TRIGGER note_erasure")
            superuser.execute(DELETE, (in_secret,))
            superuser.execute("ALTER TABLE vault.person ENABLE ALWAYS TRIGGER note_erasure")
        with pool.connection() as connection:
            owner, secret = sorted(
                guards.differences(connection, [LEDGER]), key=lambda line: "taken out" not in line
            )
        assert owner.startswith(f"- person {by_owner}: taken out of the vault by login ")
        assert secret.startswith(f"- person {in_secret}: entries name them")
        acts = [(each.actor, each.act) for each in vault.accesses(by_dudao)]
        assert acts == [("centre-1", "erase")]


@pytest.mark.parametrize("table", ["person", "spelling"])
def test_the_vault_is_emptied_by_nobody_at_once(addresses: Addresses, table: str):
    with psycopg.connect(addresses.owner) as owner, pytest.raises(psycopg.DatabaseError) as caught:
        owner.execute(f"TRUNCATE vault.{table} CASCADE".encode())
    assert caught.value.sqlstate == "LG002"


def test_of_very_many_differences_some_are_named_and_all_are_counted():
    lines = [f"- person {number}" for number in range(20_000)]
    assert guards.named(lines[:2]) == "- person 0; - person 1"
    named = guards.named(lines)
    assert named.endswith("- person 49; … (20,000)")
