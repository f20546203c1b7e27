"""访问记录: everything that should be remembered is, and nobody changes it."""

import csv
import io
import re
from datetime import timedelta

import psycopg
import pytest
from psycopg import errors

from domain.terms.vocabulary import Role
from ledger.log.clock import today
from tests.api.access.house import ANOTHER, House, Visitor

pytestmark = pytest.mark.postgres


@pytest.fixture
def auditor(house: House) -> Visitor:
    """An audit administrator who has signed in."""
    return house.inside(Role.AUDIT_ADMIN)


CHANGES = [
    "UPDATE office.access_log SET account = 'x'",
    "DELETE FROM office.access_log",
    "TRUNCATE office.access_log",
]


@pytest.mark.parametrize("statement", CHANGES)
def test_neither_the_application_nor_the_owner_changes_it(house: House, statement: str) -> None:
    house.account()
    with pytest.raises(errors.InsufficientPrivilege), house.gate.connection() as connection:
        connection.execute(statement.encode())
    with pytest.raises(psycopg.DatabaseError) as raised:
        house.owner.execute(statement.encode())
    assert raised.value.sqlstate == "LG002"


@pytest.mark.parametrize("column", ["at", "number"])
def test_the_application_does_not_say_when_or_in_which_order(house: House, column: str) -> None:
    value = {"at": "'2020-01-01'", "number": "1"}[column]
    statement = (
        f"INSERT INTO office.access_log (account, role, organisation, address, action, object, "  # noqa: S608 - a column of ours
        f"outcome, request_id, {column}) OVERRIDING SYSTEM VALUE VALUES ('', '', '', '', '', '', 'done', '', {value})"
    )
    with pytest.raises(errors.InsufficientPrivilege), house.gate.connection() as connection:
        connection.execute(statement.encode())


def test_coming_failing_and_going_are_remembered(house: House) -> None:
    account, visitor = house.account(), house.visitor()
    visitor.sign_in(account, ANOTHER)
    visitor.sign_in(account)
    visitor.post("/sign-out")
    assert house.entries(account) == [
        ("sign-in", "password", "refused"),
        ("sign-in", "password", "done"),
        ("sign-out", "own session", "done"),
    ]


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/v1/flags", "text/csv"),
        ("/v1/flags", "application/vnd.apache.parquet"),
        ("/v1/flags", "application/x-ndjson"),
        ("/v1/roster", "text/csv"),
    ],
)
def test_taking_data_away_is_remembered(house: House, path: str, accept: str) -> None:
    account, visitor = house.account(), house.visitor()
    visitor.sign_in(account)
    answer = visitor.http.get(path, headers={"Accept": accept})
    assert answer.status_code == 200
    assert house.entries(account)[-1] == ("export", f"GET {path}", "done")
    ((request,),) = house.rows(
        "SELECT request_id FROM office.access_log WHERE account = %s AND action = 'export'", account
    )
    assert request == answer.headers["x-request-id"]


def test_reading_on_the_screen_is_not_an_export(house: House) -> None:
    account, visitor = house.account(), house.visitor()
    visitor.sign_in(account)
    visitor.reads()
    visitor.get("/roster")
    assert [entry[0] for entry in house.entries(account)] == ["sign-in"]


def test_what_is_refused_is_remembered_for_sessions_and_tokens(house: House) -> None:
    account, visitor = house.account(Role.ENTERPRISE_REPORTER), house.visitor()
    visitor.sign_in(account)
    assert visitor.reads("/v1/draws") == 403
    visitor.post("/sign-out", Origin="https://evil.example")
    assert house.entries(account)[1:] == [
        ("refusal", "GET /v1/draws", "refused"),
        ("refusal", "POST /sign-out", "refused"),
    ]


def test_what_nobody_in_particular_does_fills_no_log(house: House) -> None:
    ((before,),) = house.rows("SELECT count(*) FROM office.access_log")
    visitor = house.visitor()
    visitor.http.get("/v1/roster", headers={"Accept": "text/csv"})
    visitor.post("/sign-in", Origin="https://evil.example")
    visitor.get("/accounts")
    assert house.rows("SELECT count(*) FROM office.access_log") == [(before,)]


def test_what_cannot_be_remembered_is_not_given_out(house: House) -> None:
    account, visitor = house.account(), house.visitor()
    visitor.sign_in(account)
    house.owner.execute("REVOKE INSERT (account) ON office.access_log FROM dudao_app")
    try:
        answer = visitor.http.get("/v1/flags", headers={"Accept": "text/csv"})
    finally:
        house.owner.execute("GRANT INSERT (account) ON office.access_log TO dudao_app")
    assert answer.status_code == 500
    assert b"position" not in answer.content


def test_auditors_filter_turn_pages_and_take_a_file(house: House, auditor: Visitor) -> None:
    account, visitor = house.account(), house.visitor()
    visitor.sign_in(account, ANOTHER)
    visitor.sign_in(account)
    for _ in range(60):
        visitor.http.get("/v1/roster", headers={"Accept": "text/csv"})
        visitor.reads("/v1/metrics-of-nobody")
    page = auditor.get(f"/access-log?account={account}&action=export").text
    assert page.count("读取 名单") == 60
    assert "拒绝" in auditor.get(f"/access-log?account={account}&outcome=refused").text
    file = auditor.get(f"/access-log.csv?account={account}")
    assert file.headers["content-disposition"].startswith('attachment; filename="access-log.csv"')
    rows = list(csv.DictReader(io.StringIO(file.text.removeprefix("\ufeff"))))
    assert [row["action"] for row in rows] == ["export"] * 60 + ["sign-in"] * 2
    assert rows[-1]["outcome"] == "refused"


def test_pages_of_it_follow_each_other_without_gap_or_double(
    house: House, auditor: Visitor
) -> None:
    ((whole,),) = house.rows("SELECT count(*) FROM office.access_log")
    seen: list[int] = []
    path: str | None = "/access-log?last=2999-01-01"
    while path:
        page = auditor.get(path).text
        seen += [int(n) for n in re.findall(r'<span class="note">(\d+)</span>', page)]
        found = re.search(r'rel="next" href="([^"]+)"', page)
        path = found[1].replace("&amp;", "&") if found else None
    assert len(seen) >= whole
    assert seen == sorted(set(seen), reverse=True)


@pytest.mark.parametrize(
    "asked", ["first=2026-13-01", "outcome=maybe", "action=nothing", "cursor=0", "unknown=1"]
)
def test_a_slip_in_the_filters_is_shown(auditor: Visitor, asked: str) -> None:
    assert auditor.get(f"/access-log?{asked}").status_code == 422


def test_entries_are_asked_for_by_day(house: House, auditor: Visitor) -> None:
    account = house.account()
    house.visitor().sign_in(account)
    none = "没有符合条件的记录"
    day = today()
    before = day - timedelta(days=1)
    assert none in auditor.get(f"/access-log?account={account}&last={before}").text
    assert none not in auditor.get(f"/access-log?account={account}&first={day}&last={day}").text
