"""Marked people through every way in: found in the vault, where the law keeps words as said, and nowhere else.

The lines of the sample year are every event of the registry once or more; what they hold in words, names
and numbers is marked by the names and types of their fields, so a new event or a new field is tried by
itself. Then every table, log, file and answer is searched.
"""

import io
import json
import logging
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pyarrow.parquet as pq
import pytest
from psycopg import Connection, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from api.installation.every_list import EVERY_LIST
from api.installation.wiring import Installation
from api.intake.imports.files import Rejects
from api.web.app import create_app
from domain.registry import EVENTS
from ledger.gate.faults import Invalid
from ledger.gate.shapes import from_line
from ledger.gate.text import PROSE
from ledger.vault.vault import Person
from projections.items.persons import LEFT_OUT
from proof.signer import open_signer, sign_now
from tests.api.desk import Desk
from tests.api.intake.test_operations import finished
from tests.api.lines import (
    SUPERVISOR,
    certificate,
    identity,
    listed,
    registered,
    reporter,
    session,
    uscc,
)
from tests.api.questions.ways_in import People, Ways
from tests.postgres import Server
from tests.serving import own_settings, serving

pytestmark = pytest.mark.postgres

SAMPLE = Path(__file__).parents[3] / "examples" / "sample_year"
ANALYST = {"account": "analyst-1", "role": "analyst", "organisation": "centre"}
NAME, PHONE = "金丝雀甲", "13912345678"
"""In words, in the names of files and of people that entries name: those words are kept as said."""
HOLDER, NUMBER = "金丝雀乙", identity(399)
"""Of a holder: in the vault alone."""
MASKED = "金***"
FILES = frozenset({"file_name"})
PEOPLE = frozenset({"assessors", "quality_staff", "assessors_absent"})
BY_OTHERS = frozenset(
    {"EnterpriseListed", "ClockSet", "DayClosed", "DemonstrationBegun", "PersonErased"}
)
"""Events that nobody sends: they follow from others, or are the owner's; erasures stand in a test of their own."""
AS_SAID = frozenset(
    {
        "ledger.entry.payload",
        "projections.*.doc",
        "ledger.catalogue.content",
        "ledger.catalogue.file_name",
    }
)
"""Where words stand that were taken: the entry, which a court reads, the rows that are shown of it, and files
of reference data with the name that who brought them in gave them, which analysts are not told."""


def marked(value: Any, path: tuple[str, ...] = ()) -> Any:
    """The line with people in all that is written in words, names a file, or names a person."""
    if isinstance(value, dict):
        return {name: marked(each, (*path, name)) for name, each in value.items()}
    if isinstance(value, list):
        return [marked(each, path) for each in value]
    return _marked(value, path) if isinstance(value, str) and path and path[0] != "actor" else value


def _marked(value: str, path: tuple[str, ...]) -> str:
    last = path[-1]
    if last in PROSE | {"title", "main_business", "where"} or path[-2:] == ("complaint", "subject"):
        return f"{value} {NAME} {PHONE}"
    if last in FILES:
        return f"{NAME}-{PHONE}.{value.rpartition('.')[2]}"
    if last in PEOPLE or (last == "name" and set(path) & {"experts", "inspectors"}):
        return NAME
    return value


def story(path: Path) -> str:
    """A file of the sample year with every line of it marked."""
    lines = [marked(json.loads(each)) for each in path.read_text("utf-8").splitlines()]
    lines[0]["idempotency_key"] = f"{NAME} {PHONE} {path.name}"
    return "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in lines)


class Logged(logging.Handler):
    """Every line that is logged meanwhile."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()} {record.__dict__}")


class Told:
    """What the whole story left behind."""

    def __init__(self, house: Installation, desk: Desk, folder: Path) -> None:
        self.house, self.desk, self.folder = house, desk, folder
        self.printed, self.code = "", ""
        self.logged = Logged()
        logging.getLogger().addHandler(self.logged)


@pytest.fixture(scope="module")
def told(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    folder = tmp_path_factory.mktemp("canaries")
    settings = own_settings(server, "dudao_canaries", folder / "data")
    with Installation(settings, connections=8) as house:
        house.follow()
        with serving(create_app(house)) as base:
            desk = Desk(base, house.key)
            told = Told(house, desk, folder)
            try:
                every_way_in(told)
                yield told
            finally:
                logging.getLogger().removeHandler(told.logged)
                desk.http.close()


def every_way_in(told: Told) -> None:
    """Import on the server, sheets and files over HTTP, commands, keys, files, searches."""
    importer = told.house.bench.importer(None, lambda _done, _whole: None)
    # In order and whole: the sample year names flags by the positions of what they are about.
    for each in sorted(SAMPLE.iterdir(), key=lambda path: path.name):
        path = told.folder / f"{NAME} {each.name}"
        if each.suffix == ".ndjson":
            path.write_text(story(each), "utf-8")
        elif each.suffix in {".xlsx", ".csv"}:
            path.write_bytes(each.read_bytes())
        else:
            continue
        reject = told.folder / "reject.ndjson"
        report = importer.take(path, Rejects(reject))
        path.unlink()
        assert report.refused == 0, reject.read_text("utf-8")[:2000]
    over_http(told)
    sheets_and_files(told)
    addresses = told.house.database.addresses
    environment = {
        "DUDAO_DATABASE_URL": addresses.app,
        "DUDAO_OWNER_URL": addresses.owner,
        "DUDAO_DATA": str(told.house.settings.folder),
    }
    ways = Ways(told.desk, People(NAME, PHONE, HOLDER, NUMBER), told.folder, environment)
    ways.all()
    told.printed, told.code = ways.printed, ways.code
    told.desk.items("/v1/flags", limit=1000)  # waits until the views hold all of it


def over_http(told: Told) -> None:
    """Commands with people in what stands beside them: the key, the reason, what is searched for."""
    desk = told.desk
    code, key = uscc("110108"), f"of-{PHONE}"
    desk.send(*listed(code, "4"))
    held = session(code)
    body = {**held["data"], "reason": f"{NAME} {PHONE}"}
    for _ in range(2):
        answer = desk.post("/v1/commands/AssessmentHeld", body, reporter(code), key=key)
        assert answer.status_code == 201, answer.text
    issued = certificate(code, held["data"]["assessment_id"], 399, HOLDER)
    assert issued["data"]["holder"]["id_no"] == NUMBER
    desk.send(issued)
    wrong = {**issued["data"], "certificate_no": NUMBER}
    for path, sent in (
        ("/v1/commands/CertificateIssued", wrong),
        ("/v1/certificates/lookup", {"certificate_no": f"{HOLDER}{PHONE}", "name": HOLDER}),
        ("/v1/what-if", {"suppose": [issued], "title": HOLDER}),
    ):
        assert desk.post(path, sent, reporter(code)).status_code < 500
    supposed = json.dumps(issued, ensure_ascii=False)
    desk.post("/v1/what-if", {"suppose": supposed}, SUPERVISOR)
    for asked in (NAME, PHONE, NUMBER, HOLDER):
        for accept in ("application/json", "text/csv"):
            for path in (
                "/v1/roster",
                "/search",
                f"/v1/certificates/{asked}",
                f"/v1/findings/{asked}",
            ):
                answer = desk.get(path, SUPERVISOR, accept=accept, q=asked)
                assert answer.status_code < 500
        desk.get("/v1/roster", None, q=asked)
        desk.http.post("/sign-in", data={"account": asked, "password": asked})


def sheets_and_files(told: Told) -> None:
    """Files over HTTP: lists with faults, catalogues, evidence, each named after somebody."""
    desk = told.desk
    code = uscc("110108")
    lines = [registered(code), certificate(code, "as-none", 399, HOLDER)]
    lines[1]["data"]["holder"]["category"] = "nobody"
    content = "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in lines).encode()
    sheet = f"姓名,证件号码,证书编号\n{HOLDER},{NUMBER},x\n".encode()
    for name, octets in ((f"{NAME}.ndjson", content), (f"{HOLDER} {PHONE}.csv", sheet)):
        answer = desk.http.post(
            "/v1/imports", files={"file": (name, octets)}, headers=desk.auth(reporter(code))
        )
        assert answer.status_code == 202, answer.text
        finished(desk, reporter(code), answer.json()["id"])
    answer = desk.http.post(
        "/v1/imports", files={"file": (f"{NUMBER}.csv", sheet)}, headers=desk.auth(reporter(code))
    )
    assert answer.status_code == 422


NEEDLES = tuple(
    form
    for text in (HOLDER, NUMBER)
    for form in (text, text.encode().hex(), json.dumps(text)[1:-1])
)
WORDS = tuple(form for text in (NAME, PHONE) for form in (text, text.encode().hex()))


COLUMNS = """
SELECT c.table_schema, c.table_name, c.column_name FROM information_schema.columns c
  JOIN information_schema.tables t USING (table_schema, table_name)
 WHERE t.table_type = 'BASE TABLE' AND c.table_schema NOT IN ('pg_catalog', 'information_schema')
"""


@pytest.fixture(scope="module")
def above(server: Server, told: Told) -> Iterator[Connection[Any]]:
    """A superuser's connection, who reads everything."""
    name = conninfo_to_dict(told.house.database.addresses.owner)["dbname"]
    with psycopg.connect(make_conninfo(server.superuser, dbname=name), autocommit=True) as made:
        yield made


def holding(connection: Connection[Any], needles: tuple[str, ...]) -> set[str]:
    """Columns of the database in which one of the texts stands, as text, bytes or JSON."""
    found: set[str] = set()
    query = sql.SQL(
        "SELECT EXISTS (SELECT FROM (SELECT {column}::text AS shown FROM {schema}.{table}) v"
        " WHERE shown LIKE ANY (%s))"
    )
    for schema, table, column in connection.execute(COLUMNS).fetchall():
        named = {
            "schema": sql.Identifier(schema),
            "table": sql.Identifier(table),
            "column": sql.Identifier(column),
        }
        wanted = [f"%{each}%" for each in needles]
        if connection.execute(query.format(**named), (wanted,)).fetchone() == (True,):
            found.add(f"{schema}.{table}.{column}")
    return found


def test_every_event_was_tried(told: Told) -> None:
    with told.house.reading() as connection:
        types = {kind for (kind,) in connection.execute("SELECT DISTINCT type FROM ledger.entry")}
    missing = {name for name, kind in EVENTS.items() if kind.stored not in types}
    assert missing == BY_OTHERS - {"EnterpriseListed"}


def test_a_holder_stands_in_no_table(told: Told, above: Connection[Any]) -> None:
    assert told.house.vault.find([told.house.vault.digests(Person(HOLDER, "201", NUMBER))])
    assert holding(above, NEEDLES) == set()


def test_words_stand_where_they_were_said_and_nowhere_else(above: Connection[Any]) -> None:
    found = holding(above, WORDS)
    assert {
        f"{each.split('.')[0]}.*.doc" if each.endswith(".doc") else each for each in found
    } == AS_SAID


def test_nobody_stands_in_a_log_or_a_file(told: Told) -> None:
    texts = ["\n".join(told.logged.lines), told.printed]
    folder = told.house.settings.folder
    texts += [
        f"{path} {path.read_bytes().decode('utf-8', 'replace')}"
        for path in folder.rglob("*")
        if path.is_file()
    ]
    for text in texts:
        assert not [each for each in (*NEEDLES, *WORDS) if each in text], text[:300]


def test_an_analyst_is_told_of_nobody(told: Told) -> None:
    """Every list whole, every table taken home: names masked, what was written left out."""
    said = {}
    for name, each in EVERY_LIST.items():
        if each.parts or name in {"diff", "stats"}:
            continue
        answer = told.desk.get(each.path, ANALYST, all="true")
        said[each.path] = answer.text if answer.status_code == 200 else ""
    said["/v1/events"] = told.desk.get("/v1/events", ANALYST, "application/x-ndjson", after=0).text
    firm = next(item["uscc"] for item in told.desk.items("/v1/findings", ANALYST, limit=1000))
    for part in ("history", "timeline", "standing", "scope"):
        path = f"/v1/enterprises/{firm}/{part}"
        said[path] = told.desk.get(path, ANALYST).text
    said["page"] = told.desk.get(f"/enterprises/{firm}/history", ANALYST, "text/html").text
    manifest = told.desk.get("/v1/tables", ANALYST).json()
    for table in manifest["tables"]:
        content = told.desk.get(table["address"], ANALYST, "*/*").content
        path = told.folder / "table.parquet"
        path.write_bytes(content)
        said[table["name"]] = json.dumps(
            pq.read_table(path).to_pylist(), default=str, ensure_ascii=False
        )
    assert MASKED in said["/v1/assessments"]
    assert LEFT_OUT in said["/v1/findings"]
    told_of = {
        where: each for where, text in said.items() for each in (*NEEDLES, *WORDS) if each in text
    }
    assert told_of == {}


def test_the_views_of_analysts_hold_nobody(above: Connection[Any]) -> None:
    above.execute("INSERT INTO analysis.reader (login) VALUES (session_user)")
    for table in (
        "entries",
        "roster",
        "scope",
        "flags",
        "assessments",
        "certificates",
        "cases",
        "actions",
    ):
        query = sql.SQL("SELECT v::text FROM {} v").format(sql.Identifier("analysis", table))
        text = "\n".join(row for (row,) in above.execute(query).fetchall())
        assert text
        assert not [each for each in (*NEEDLES, *WORDS) if each in text], table


def test_a_bundle_holds_no_holder(told: Told, tmp_path: Path) -> None:
    """Everything about an enterprise, for who sees everything: words as they were said, and no person."""
    house = told.house
    with house.pool.connection() as connection:
        sign_now(open_signer(tmp_path / "signer", "ledger.example/canaries"), connection, 0)
    path = f"/v1/enterprises/{told.code}/bundle"
    answer = told.desk.http.get(path, headers=told.desk.auth(SUPERVISOR), timeout=60)
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert any(name.startswith("entries/") for name in archive.namelist())
        for name in archive.namelist():
            text = archive.read(name).decode("utf-8", "replace")
            assert not [each for each in NEEDLES if each in f"{name} {text}"], name


def test_the_public_is_told_of_nobody(told: Told) -> None:
    for path in ("/v1/roster?all=true", "/v1/roster/changes", "/", "/roster"):
        text = told.desk.http.get(path, headers={"Accept": "text/csv, text/html"}).text
        assert not [each for each in (*NEEDLES, *WORDS) if each in text], path


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where texts stand in a line."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(each, (*path, key))


def put(value: Any, path: tuple[str | int, ...], text: str) -> Any:
    """The line with another text at that place."""
    if not path:
        return text
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = put(copy[path[0]], path[1:], text)
    return copy


def test_an_identity_number_comes_in_nowhere_but_as_a_holders_own() -> None:
    """Every text of every event, as a line brings it: refused before anything is decided."""
    tried: set[str] = set()
    for path in sorted(SAMPLE.glob("*.ndjson")):
        for raw in path.read_text("utf-8").splitlines():
            each = json.loads(raw)
            if each["type"] in tried:
                continue
            tried.add(each["type"])
            each |= {"idempotency_key": "k", "reason": "r", "document_no": "d"}
            for where in leaves(each):
                if where[-1] == "id_no":
                    continue
                for text in (NUMBER, f"见{NUMBER}。", f"{NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]}"):
                    sent = json.dumps(put(each, where, text), ensure_ascii=False).encode()
                    with pytest.raises(Invalid):
                        from_line(sent)
    assert set(EVENTS) - tried == BY_OTHERS
