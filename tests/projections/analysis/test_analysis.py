"""The schema of the analysts: the same rows as the files, for who may see them and nobody else."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection, errors, sql

from docs.generate_analysis import GRANTS, grants
from domain.terms.identifiers import masked_name
from ledger.connect import Addresses
from ledger.migrate import migrate
from projections.analysis.schema import ANALYSIS
from projections.counts import delays
from projections.follow.rebuild import rebuild
from projections.follow.runner import Runner
from projections.follow.schema import PROJECTIONS
from projections.items.tables import TABLES, Table
from projections.views.basis import Basis
from tests.api.lines import SUPERVISOR, line, listed, session, uscc
from tests.projections.analysis.conftest import LOGIN
from tests.projections.chronicle import Step, chronicles, tell
from tests.projections.conftest import RULES, Ledger
from tests.projections.desk import Desk
from tests.replay.lake.lakes import exported, rows

pytestmark = pytest.mark.postgres
SHOWN = [*TABLES.values()]
OF_VIEWS = [table.name for table in SHOWN if table.view is not None]
Row = dict[str, Any]


def test_the_script_is_written_from_the_declaration_of_the_tables():
    assert GRANTS.read_text("utf-8") == grants(), "python -m docs.generate_analysis"


def asked(conn: Connection[Any], query: str, *values: Any) -> list[Any]:
    return conn.execute(query.encode(), values).fetchall()


def in_sql(conn: Connection[Any], table: Table) -> list[Row]:
    found = conn.execute(
        sql.SQL("SELECT to_jsonb(v) FROM analysis.{} v").format(sql.Identifier(table.name))
    )
    return [plain(row) for (row,) in found.fetchall()]


def plain(value: Any) -> Any:
    """A value whatever its way: instants as one, numbers as numbers, JSON text as what it says."""
    match value:
        case dict():
            return {
                name: _said(each) if name in {"data", "fields"} else plain(each)
                for name, each in value.items()
            }
        case list():
            return [plain(each) for each in value]
        case str():
            return _as_it_reads(value)
        case bool() | None:
            return value
        case _:
            return float(value)


def _said(value: Any) -> Any:
    """What has no fixed members; what is not there is stored as nothing, and shown as null."""
    return _there(plain(json.loads(value) if isinstance(value, str) else value))


def _there(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _there(each) for name, each in value.items() if each is not None}
    return [_there(each) for each in value] if isinstance(value, list) else value


def _as_it_reads(text: str) -> object:
    try:
        if "T" in text and len(text) > 18:
            return dt.datetime.fromisoformat(text).astimezone(dt.UTC).isoformat()
        return float(text)  # rows are written with numbers as text
    except ValueError:
        return text


def ordered(some: list[Row]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True, ensure_ascii=False) for row in some)


@settings(
    max_examples=settings().max_examples // 10,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(chronicles())
def test_a_view_says_what_the_file_says(
    fresh: Callable[[], Ledger],
    above: Connection[Any],
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[Step],
):
    ledger, folder = fresh(), tmp_path_factory.mktemp("tables") / "of"
    tell(ledger.story, steps)
    position = Runner(ledger.conninfo, RULES).catch_up()
    exported(ledger.conninfo, RULES, folder, position)
    above.execute("INSERT INTO analysis.reader SELECT session_user ON CONFLICT DO NOTHING")
    for table in SHOWN:
        if table.name in {"districts", "event_types"}:
            continue  # named in the test's own words
        filed = [plain(row) for row in rows(folder, table.name)]
        assert ordered(in_sql(above, table)) == ordered(filed), table.name
    for day, at in ((dt.date(2026, 12, 31), position), (dt.date(2025, 6, 30), position // 2)):
        assert delays_in_sql(above, day, at) == delays_counted(above, day, at)


def delays_in_sql(conn: Connection[Any], day: dt.date, position: int) -> list[str]:
    found = asked(conn, "SELECT to_jsonb(d) FROM analysis.delays_at(%s, %s) d", day, position)
    return ordered([row for (row,) in found])


def delays_counted(conn: Connection[Any], day: dt.date, position: int) -> list[str]:
    return ordered([*delays.page(conn, Basis(day, position), delays.Asked(), None, 10_000).items])


def test_what_followed_a_breach_is_the_same_in_sql(town: Desk, admitted: Connection[Any]):
    day = dt.date(2026, 10, 31)
    ((key, code),) = asked(
        admitted,
        "SELECT key, subject FROM analysis.flags_at(%s, %s) WHERE code = 'S2' AND district = '110105'",
        day,
        town.position(),
    )
    finding = {"finding_id": "f-1", "uscc": code, "kind": "超范围", "severity": "major"}
    finding |= {"rule": "2020-3/S2.1", "statement": "超等级开展认定", "assessments": []}
    order = {"finding_id": "f-1", "requirement": "停止超范围认定", "due_on": "2026-07-31"}
    review = {"flag": key, "decision": "upheld", "reason": "属实"}
    town.load(
        line("FlagReviewed", "2026-06-01", SUPERVISOR, **review),
        line("FindingRaised", "2026-06-02", SUPERVISOR, **finding, certificates=[], flags=[key]),
        line("RectificationOrdered", "2026-06-12", SUPERVISOR, **order),
    )
    last = town.position()
    ((raised, ordered_on, known),) = asked(
        admitted,
        "SELECT raised_on, ordered_on, days_to_knowledge FROM analysis.delays_at(%s, %s) WHERE key = %s",
        day,
        last,
        key,
    )
    assert (raised, ordered_on) == (dt.date(2026, 6, 2), dt.date(2026, 6, 12))
    assert known is not None
    told = delays_in_sql(admitted, day, last)
    admitted.execute("RESET SESSION AUTHORIZATION")
    assert told == delays_counted(admitted, day, last)
    admitted.execute("UPDATE analysis.reader SET district = '110108'")
    admitted.execute(f"SET SESSION AUTHORIZATION {LOGIN}".encode())
    found = asked(admitted, "SELECT DISTINCT district FROM analysis.delays_at(%s, %s)", day, last)
    assert found == [("110108",)]
    admitted.execute("RESET SESSION AUTHORIZATION")
    admitted.execute("DELETE FROM analysis.reader")
    admitted.execute(f"SET SESSION AUTHORIZATION {LOGIN}".encode())
    assert asked(admitted, "SELECT * FROM analysis.delays_at(%s, %s)", day, last) == []


@pytest.fixture
def town(desk: Desk) -> Desk:
    """Two enterprises in two districts with sessions, one of each outside its scope."""
    for where in ("110105", "110108"):
        code = uscc(where)
        desk.load(*listed(code, "4", where=where), session(code), session(code, "3"))
    return desk


def test_as_of_and_differences_are_functions(town: Desk, admitted: Connection[Any]):
    last = town.position()
    day = dt.date(2025, 12, 31)
    now = asked(admitted, "SELECT key FROM analysis.flags_at(%s, %s)", day, last)
    assert now
    assert asked(admitted, "SELECT key FROM analysis.flags_at(%s, 0)", day) == []
    told = asked(
        admitted, "SELECT change, key FROM analysis.diff('flags', %s, 0, %s, %s)", day, day, last
    )
    assert sorted(told) == sorted(("added", key) for (key,) in now)
    assert (
        asked(
            admitted, "SELECT * FROM analysis.diff('flags', %s, %s, %s, %s)", day, last, day, last
        )
        == []
    )
    with pytest.raises(errors.InvalidParameterValue):
        asked(admitted, "SELECT * FROM analysis.diff('pg_authid', %s, 0, %s, 0)", day, day)


def test_who_was_not_admitted_sees_nothing_and_a_district_its_own(
    town: Desk, admitted: Connection[Any], above: Connection[Any]
):
    def seen(district: str | None, *, there: bool = True) -> set[str | None]:
        admitted.execute("RESET SESSION AUTHORIZATION")
        above.execute("DELETE FROM analysis.reader")
        if there:
            above.execute("INSERT INTO analysis.reader VALUES (%s, %s)", (LOGIN, district))
        admitted.execute(f"SET SESSION AUTHORIZATION {LOGIN}".encode())
        districts: set[str | None] = set()
        for name in (*OF_VIEWS, "entries", "actions"):
            query = sql.SQL("SELECT DISTINCT district FROM analysis.{}")
            districts |= {
                d for (d,) in admitted.execute(query.format(sql.Identifier(name))).fetchall()
            }
        return districts

    assert seen(None) >= {"110105", "110108"}
    assert seen("110108") == {"110108"}
    assert seen(None, there=False) == set()


def test_an_analyst_reads_views_and_nothing_else(town: Desk, admitted: Connection[Any]):
    for statement in (
        "SELECT * FROM projections.flags",
        "SELECT * FROM ledger.entry",
        "SELECT * FROM vault.person",
        "SELECT * FROM analysis.reader",
        "INSERT INTO analysis.reader VALUES ('x')",
        "UPDATE analysis.reader SET district = NULL",
        "CREATE VIEW analysis.mine AS SELECT 1",
        "SET ROLE dudao_app",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            admitted.execute(statement.encode())


def test_no_leaky_function_sees_what_the_view_hides(town: Desk, admitted: Connection[Any]):
    """A condition of the asker's own must not be tried on rows that are not shown."""
    admitted.execute("RESET SESSION AUTHORIZATION")
    admitted.execute("UPDATE analysis.reader SET district = '110108'")
    admitted.execute("CREATE FUNCTION pg_temp.tell(text) RETURNS boolean LANGUAGE plpgsql COST 0.0001"
                     " AS $$ BEGIN RAISE NOTICE '%', $1; RETURN true; END $$")  # fmt: skip
    told: list[str] = []
    admitted.add_notice_handler(lambda notice: told.append(str(notice.message_primary)))
    admitted.execute(f"SET SESSION AUTHORIZATION {LOGIN}".encode())
    admitted.execute("SELECT key FROM analysis.assessments WHERE pg_temp.tell(district)")
    assert set(told) == {"110108"}


def test_no_view_tells_of_a_person(town: Desk, admitted: Connection[Any]):
    found = "\n".join(json.dumps(in_sql(admitted, table), ensure_ascii=False) for table in SHOWN)
    for word in ("subject_id", "masked_name", "card_no"):
        assert word not in found
    ((assessors,),) = asked(
        admitted, "SELECT DISTINCT assessors FROM analysis.assessments WHERE assessors <> '{}'"
    )
    assert all("*" in name for name in assessors)


@given(st.text(min_size=1, max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_names_are_masked_as_everywhere(above: Connection[Any], name: str):
    if "\0" in name or any("\ud800" <= letter <= "\udfff" for letter in name):
        return
    assert asked(above, "SELECT analysis.masked(%s)", name) == [(masked_name(name),)]


def test_the_views_follow_the_tables_when_those_change_places(
    town: Desk, admitted: Connection[Any]
):
    before = asked(admitted, "SELECT count(*) FROM analysis.flags")
    admitted.execute("RESET SESSION AUTHORIZATION")
    # As an earlier release left it: with fewer columns, and still bound anew.
    admitted.execute("DROP VIEW analysis.roster CASCADE")
    admitted.execute("SET ROLE dudao_app")
    admitted.execute("CREATE VIEW analysis.roster AS SELECT t.key FROM projections.roster t")
    admitted.execute(f"SET SESSION AUTHORIZATION {LOGIN}".encode())
    rebuild(town.conninfo, town.rules)
    assert asked(admitted, "SELECT count(*) FROM analysis.flags") == before != [(0,)]
    code = uscc()
    town.load(*listed(code, "4"), session(code, "3"))
    assert asked(admitted, "SELECT count(*) FROM analysis.flags") > before


def test_every_column_has_its_heads_in_two_languages(admitted: Connection[Any]):
    for table in SHOWN:
        found = asked(
            admitted,
            "SELECT a.attname, col_description(a.attrelid, a.attnum) FROM pg_attribute a"
            " WHERE a.attrelid = %s::regclass AND a.attnum > 0 ORDER BY a.attnum",
            f"analysis.{table.name}",
        )
        assert found == [(f.name, f"{f.head.zh} / {f.head.en}") for f in table.fields]


def test_carried_out_again_it_changes_nothing(tables: Addresses, above: Connection[Any]):
    above.execute("CREATE VIEW public.mine AS SELECT key FROM analysis.flags")
    with psycopg.connect(tables.owner) as connection:
        assert migrate(connection, [PROJECTIONS, ANALYSIS]) == []
    assert asked(above, "SELECT count(*) FROM public.mine") == [(0,)]
