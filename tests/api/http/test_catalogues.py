"""`/v1/catalogues`: a file is brought in, looked at, adopted; and what a new ledger begins with."""

import hashlib
import io
import json

import psycopg
import pytest
import xlsxwriter
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from api.installation import founding
from api.installation.bench import recording
from api.installation.founding import found
from api.installation.wiring import Installation
from api.intake.sheets.catalogue_files import table
from domain.terms.vocabulary import CatalogueKind
from ledger import catalogues
from ledger.deciding.outcome import Accepted
from ledger.gate.shapes import from_members
from ledger.reference import SHIPPED
from projections.views.arrivals import holds_history, recorded_on
from tests.api.desk import Desk
from tests.api.lines import BUREAU, CENTRE, SUPERVISOR, Json, line, registered, reporter, uscc
from tests.postgres import Server
from tests.serving import own_settings

NEW = "新职业测试员"
BATCH = f"code,name,class\n4-99-01-01,{NEW},技能类\n"


def add(desk: Desk, kind: str, content: object, actor: Json = CENTRE) -> object:
    return desk.post("/v1/catalogues", {"kind": kind, "content": content}, actor)


def session(code: str) -> Json:
    return line(
        "AssessmentHeld",
        "2025-03-10",
        reporter(code),
        assessment_id=f"new-{code[-8:]}",
        uscc=code,
        occupation={"edition": "2022", "code": "4-99-01-01", "name": NEW, "trade": None},
        level="4",
        method="examination",
        mode="online",
        held_from="2025-03-10",
        held_to="2025-03-10",
        venue=None,
        candidates={"employee": 1, "dispatched": 0, "student": 0, "apprentice": 0, "other": 0},
        assessors=["甲"],
        quality_staff=["乙"],
    )


def verdicts(desk: Desk, code: str) -> list[tuple[str, str]]:
    found = desk.items("/v1/flags", uscc=code)
    return [(f["code"], f["verdict"]) for f in found if f["code"] == "S4"]


def test_a_batch_is_brought_in_looked_at_and_adopted_on_the_day_it_appears(desk: Desk):
    code = uscc()
    desk.send(registered(code), session(code))
    assert verdicts(desk, code) == [("S4", "breach")]

    stored = add(desk, "new_occupations", BATCH)
    assert stored.status_code == 201, stored.text
    sha256 = stored.json()["sha256"]
    assert sha256 == hashlib.sha256(BATCH.encode()).hexdigest()
    assert verdicts(desk, code) == [("S4", "breach")], "what is only stored turns nothing"

    head = desk.get("/v1/flags").headers["Ledger-Position"]
    asked = {"edition": "测试批", "valid_from": "2025-03-01", "uscc": code}
    preview = desk.get(f"/v1/catalogues/{sha256}/preview", SUPERVISOR, **asked).json()
    ((flip),) = preview["items"]
    assert (flip["code"], flip["before"], flip["after"]) == ("S4", "breach", "clear")
    assert (preview["enterprises"], preview["flips"]) == (1, 1)
    assert desk.get("/v1/flags").headers["Ledger-Position"] == head, "nothing was recorded"

    adoption = {
        "kind": "new_occupations",
        "edition": "测试批",
        "valid_from": "2025-03-01",
        "sha256": sha256,
        "document_no": "测试〔2025〕1号",
    }
    done = desk.post("/v1/catalogues", adoption, BUREAU)
    assert done.status_code == 201, done.text
    desk.get("/v1/flags", min_position=done.json()["position"])
    assert verdicts(desk, code) == []
    (listed,) = [e for e in desk.items("/v1/catalogues") if e["sha256"] == sha256]
    assert listed["state"] == "adopted"
    assert listed["adopted"][0]["position"] == done.json()["position"]
    kept = desk.get(f"/v1/catalogues/{sha256}/file", accept="*/*")
    assert kept.content == BATCH.encode()


def test_a_digest_of_which_nothing_is_held_is_not_adopted(desk: Desk):
    body = {"kind": "rules", "edition": "x", "valid_from": "2099-01-01", "sha256": "a" * 64}
    refused = desk.post("/v1/catalogues", body, BUREAU)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "sha256"


@pytest.mark.parametrize(
    ("kind", "content", "named"),
    [
        ("new_occupations", "code\n4-01\n", "name"),
        ("new_occupations", "code,name\n4-01,某工\n", "2"),
        ("dictionary", "code,name\n4-01-01-01,某工\n4-01-01-01,某工\n", "3"),
        ("standards", "name,levels\n某工,9\n", "2"),
        ("mapping", "edition_from,code_from\n", "edition_to"),
        ("rules", {"edition": "x", "number_pattern": "(a+)+"}, "number_pattern"),
        ("rules", {"edition": "x", "plan_due": "02-30"}, "plan_due"),
        ("rules", {"pass_mark": 60}, "edition"),
        ("outline", {"type": "FeatureCollection", "features": []}, "110000"),
        ("nonsense", "x", "kind"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_the_rows_at_fault(desk, kind, content, named):
    refused = add(desk, kind, content)
    assert refused.status_code == 422, refused.text
    assert named in refused.text


def test_who_may_not_adopt_may_not_bring_in(desk: Desk):
    assert add(desk, "new_occupations", BATCH, reporter(uscc())).status_code == 403
    assert add(desk, "new_occupations", BATCH, SUPERVISOR).status_code == 403


def test_a_preview_is_for_who_sees_every_enterprise(desk: Desk):
    sha256 = add(desk, "new_occupations", BATCH).json()["sha256"]
    answer = desk.get(f"/v1/catalogues/{sha256}/preview", reporter(uscc()), valid_from="2025-01-01")
    assert answer.status_code == 403


def test_a_workbook_is_kept_as_sent_and_read_as_a_sheet(desk: Desk):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["序号", "职业编码", "职业名称", "类别", "备忘"])
        sheet.write_row(1, 0, [1, "4-99-01-02", "另一测试员", "技能类", "x"])
    raw = file.getvalue()
    headers = {**desk.auth(CENTRE), "Idempotency-Key": "workbook"}
    answer = desk.http.post(
        "/v1/catalogues",
        data={"kind": "new-occupations"},
        files={"file": ("新职业.xlsx", raw)},
        headers=headers,
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["rows"] == 1
    assert "备忘" in answer.json()["notes"][0]
    assert answer.json()["sha256"] == hashlib.sha256(raw).hexdigest()
    kept = desk.get(f"/v1/catalogues/{answer.json()['sha256']}/file", accept="*/*")
    assert kept.content == raw


def test_a_file_as_it_is_names_its_kind_in_the_address(desk: Desk):
    rules = json.dumps({"edition": "2026-试行", "inspectors_minimum": 3})
    headers = {**desk.auth(CENTRE), "Content-Type": "application/json", "Idempotency-Key": "raw"}
    answer = desk.http.post("/v1/catalogues?kind=rules", content=rules, headers=headers)
    assert answer.status_code == 201, answer.text
    headers["Content-Type"] = "text/html"
    refused = desk.http.post("/v1/catalogues?kind=rules", content=rules, headers=headers)
    assert refused.status_code == 415


def test_a_new_ledger_adopts_what_is_shipped_and_an_existing_one_nothing(
    server: Server, tmp_path_factory: pytest.TempPathFactory
):
    fresh = own_settings(server, "dudao_founded", tmp_path_factory.mktemp("founded"))
    firm = [each for each in SHIPPED if not each.suggested]
    with recording(fresh) as bench:
        assert found(bench) == len(firm)
        assert found(bench) == 0
    with Installation(fresh, connections=4) as house:
        adopted = house.reference_at(len(firm)).adopted
        assert {e.sha256 for e in adopted if e.position} == {e.sha256 for e in firm}
        kinds = {e.kind for e in adopted if e.position}
        assert kinds == set(CatalogueKind)
        used = house.reference_at(len(firm)).dictionary("2015")
        assert used is not None
        assert used.names["4-07-05-03"] == "智能楼宇管理员"
        with house.reading() as connection:
            # The product brought them along: nobody was late, and they are no history of anybody's.
            assert recorded_on(connection, range(1, len(firm) + 1)) == {}
            assert not holds_history(connection)
        body = house.reference_at(0).adopted
        assert all(e.position == 0 for e in body)
        assert house.reference_at(0).dictionary("2015") is None


def test_a_ledger_that_holds_anything_else_is_not_changed(
    server: Server, tmp_path_factory: pytest.TempPathFactory
):
    old = own_settings(server, "dudao_unfounded", tmp_path_factory.mktemp("unfounded"))
    with recording(old) as bench:
        first = from_members(registered(uscc()))
        assert [type(o) for o in bench.transactor.stream([[first]])] == [Accepted]
        assert found(bench) == 0
        assert bench.log.head().position == 1


def test_a_founding_that_was_cut_short_is_finished(
    server: Server, tmp_path_factory: pytest.TempPathFactory
):
    fresh = own_settings(server, "dudao_half", tmp_path_factory.mktemp("half"))
    with recording(fresh) as bench:
        half = list(founding.adoptions(SHIPPED[:5]))
        list(bench.transactor.stream([half]))
        assert found(bench) == len([e for e in SHIPPED if not e.suggested]) - 5


def test_what_is_installed_is_shown_once_when_the_ledger_adopts_it(desk: Desk):
    entries = [
        (each["kind"], adopted["edition"], adopted["valid_from"])
        for each in desk.get("/v1/catalogues").json()["items"]
        for adopted in each["adopted"]
    ]
    assert entries
    assert len(entries) == len(set(entries))


def test_a_catalogue_that_somebody_changed_is_held_no_more_and_verification_names_it(
    desk: Desk, house: Installation, server: Server
):
    csv = "code,name,class\n4-99-01-90,被改的职业,技能类\n"
    book = io.BytesIO()
    sheet = xlsxwriter.Workbook(book)
    for number, row in enumerate(each.split(",") for each in csv.splitlines()):
        sheet.add_worksheet("目录") if number == 0 else None
        sheet.worksheets()[0].write_row(number, 0, row)
    sheet.close()
    plain = add(desk, "new_occupations", csv).json()["sha256"]
    answer = desk.http.post(
        "/v1/catalogues",
        data={"kind": "new_occupations"},
        files={"file": ("x.xlsx", book.getvalue())},
        headers={**desk.auth(CENTRE), "Idempotency-Key": "changed"},
    )
    assert answer.status_code == 201, answer.text
    database = conninfo_to_dict(house.database.addresses.owner)["dbname"]
    superuser = make_conninfo(server.superuser, dbname=database)
    change = "UPDATE ledger.catalogue SET content = %s WHERE sha256 = %s"
    with psycopg.connect(superuser, autocommit=True) as connection, house.pool.connection() as own:
        assert catalogues.difference(own, table) is None
        connection.execute("ALTER TABLE ledger.catalogue DISABLE TRIGGER refuse_change")
        for sha256 in (plain, answer.json()["sha256"]):
            row = connection.execute(
                "SELECT content FROM ledger.catalogue WHERE sha256 = %s", [bytes.fromhex(sha256)]
            ).fetchone()
            assert row is not None
            other = bytes(row[0]).replace("被改的".encode(), "另一个".encode())
            connection.execute(change, [other, bytes.fromhex(sha256)])
            try:
                assert sha256 in (catalogues.difference(own, table) or "")
                if sha256 == plain:
                    path = f"/v1/catalogues/{sha256}/file"
                    assert desk.get(path, accept="*/*").status_code == 404
                    assert catalogues.contents(own, [sha256]) == {}
            finally:
                connection.execute(change, [row[0], bytes.fromhex(sha256)])
        connection.execute("ALTER TABLE ledger.catalogue ENABLE ALWAYS TRIGGER refuse_change")
        assert catalogues.difference(own, table) is None
