"""What keeps the tables as they are: whose they are, triggers, constraints, defaults, functions and grants.

Held against the release: an owner or a superuser can take each of them away. Without its index a key is
recorded twice, and everything else goes on; a rule drops what is inserted, a policy hides it from whoever
looks, a default says when it happened, all in silence. Beside every folder of migrations lies the list of
what must stand after them (`guards.txt`, written from a fresh database by `python -m ledger.guards`);
whatever else stands in the database is named, and so is what is missing.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from psycopg import Connection

from ledger import roles
from ledger.migrate import Source

LIST = "guards.txt"
PATIENT = "SET LOCAL statement_timeout = 0"

STANDING = """
WITH schema AS (
    SELECT oid, nspname, nspacl, nspowner FROM pg_namespace WHERE nspname = ANY (%(schemas)s)),
relation AS (
    SELECT c.oid, s.nspname || '.' || c.relname AS name, c.relowner, c.relacl, c.relkind,
           c.relrowsecurity OR c.relforcerowsecurity AS hides
      FROM pg_class c JOIN schema s ON s.oid = c.relnamespace WHERE c.relkind IN ('r', 'v', 'S')),
routine AS (
    SELECT s.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS name,
           p.proowner, p.proacl, p.prosecdef, p.prosrc, p.proconfig
      FROM pg_proc p JOIN schema s ON s.oid = p.pronamespace),
granted AS (
    SELECT 'schema ' || nspname AS name, nspowner AS owner, nspacl AS acl, acldefault('n', nspowner) AS usual
      FROM schema
     UNION ALL
    SELECT 'table ' || name, relowner, relacl, acldefault('r', relowner) FROM relation WHERE relkind <> 'S'
     UNION ALL
    SELECT 'sequence ' || name, relowner, relacl, acldefault('s', relowner) FROM relation WHERE relkind = 'S'
     UNION ALL
    SELECT 'column ' || r.name || '.' || a.attname, r.relowner, a.attacl, NULL
      FROM pg_attribute a JOIN relation r ON r.oid = a.attrelid WHERE a.attacl IS NOT NULL
     UNION ALL
    SELECT 'function ' || name, proowner, proacl, acldefault('f', proowner) FROM routine)
SELECT line FROM (
    SELECT 'owner of schema ' || nspname || ': ' || nspowner::regrole::text AS line FROM schema
     UNION ALL
    SELECT 'owner of ' || name || ': ' || relowner::regrole::text FROM relation
     UNION ALL
    SELECT 'trigger ' || r.name || ' ' || t.tgenabled::text || ' ' || pg_get_triggerdef(t.oid)
      FROM pg_trigger t JOIN relation r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal
     UNION ALL
    SELECT 'constraint ' || r.name || ' ' || c.conname || ': ' || pg_get_constraintdef(c.oid)
           || CASE WHEN c.convalidated THEN '' ELSE ' (not looked at)' END
      FROM pg_constraint c JOIN relation r ON r.oid = c.conrelid WHERE c.contype IN ('c', 'f', 'p', 'u')
     UNION ALL
    SELECT 'index ' || pg_get_indexdef(i.indexrelid)
           || CASE WHEN i.indisvalid THEN '' ELSE ' (not valid)' END
      FROM pg_index i JOIN relation r ON r.oid = i.indrelid
     WHERE i.indisunique AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
     UNION ALL
    SELECT 'default of ' || r.name || '.' || a.attname || ': ' || pg_get_expr(d.adbin, d.adrelid)
      FROM pg_attrdef d JOIN relation r ON r.oid = d.adrelid
      JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
     UNION ALL
    SELECT 'rule on ' || r.name || ': ' || w.rulename
      FROM pg_rewrite w JOIN relation r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'
     UNION ALL
    SELECT 'row security on ' || name FROM relation WHERE hides
     UNION ALL
    SELECT 'policy on ' || r.name || ': ' || p.polname FROM pg_policy p JOIN relation r ON r.oid = p.polrelid
     UNION ALL
    SELECT 'function ' || name || ' of ' || proowner::regrole::text
           || CASE WHEN prosecdef THEN ' as its owner ' ELSE ' ' END
           || encode(sha256(convert_to(prosrc || coalesce(array_to_string(proconfig, ','), ''), 'UTF8')), 'hex')
      FROM routine
     UNION ALL
    SELECT 'grant on ' || g.name || ': ' || a.privilege_type || ' to '
           || CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END
           || CASE WHEN a.is_grantable THEN ' with grant option' ELSE '' END
      FROM granted g, aclexplode(coalesce(g.acl, g.usual)) AS a WHERE a.grantee <> g.owner) every
 ORDER BY line COLLATE "C"
"""


def in_place(connection: Connection[Any], source: Source) -> list[str]:
    """Return the guards that stand in the schemas of `source`, one a line."""
    rows = connection.execute(STANDING, {"schemas": guarded(source)}).fetchall()
    return [row[0] for row in rows]


def guarded(source: Source) -> list[str]:
    """Return its schemas that the application may not change: views it may build again itself."""
    return [schema for schema, owner in source.owners.items() if owner == roles.OWNER]


def expected(source: Source) -> list[str]:
    """Return the guards that must stand after the migrations of `source`."""
    return (source.folder / LIST).read_text("utf-8").splitlines()


def differences(
    connection: Connection[Any], sources: Iterable[Source], *, traces: bool = True
) -> list[str]:
    """Return what is missing (`-`) and what nobody expects (`+`); nothing if all stands as it must.

    `traces`: also what was done while a guard was away, which takes a look at every entry.
    """
    lines: list[str] = []
    for source in filter(guarded, sources):
        question = source.folder / roles.TRACES
        if traces and question.exists():
            with connection.transaction():
                connection.execute(PATIENT)
                rows = connection.execute(question.read_bytes()).fetchall()
            lines += [str(row[0]) for row in rows]
        there, wanted = set(in_place(connection, source)), set(expected(source))
        lines += [f"- {line}" for line in sorted(wanted - there)]
        lines += [f"+ {line}" for line in sorted(there - wanted)]
    return lines


MOST_NAMED = 50
"""Differences that are named in one sentence: a vault that is away would name every person there is."""


def named(lines: Sequence[str]) -> str:
    """Return differences as a part of a sentence, and how many there are where they are too many."""
    more = f"; … ({len(lines):,})" if len(lines) > MOST_NAMED else ""
    return "; ".join(lines[:MOST_NAMED]) + more


def write(connection: Connection[Any], sources: Iterable[Source]) -> list[Path]:
    """Write the lists from a database in which every migration of `sources` has just run."""
    written: list[Path] = []
    for source in filter(guarded, sources):
        path = source.folder / LIST
        path.write_text("\n".join(in_place(connection, source)) + "\n", "utf-8")
        written.append(path)
    return written
