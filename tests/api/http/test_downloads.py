"""Lists as files: chosen by the address, named, and whole where that is asked for."""

import csv
import io
import json
import re
import socket
import time
from collections.abc import Generator, Iterator
from threading import Event

import httpx2
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from api.export import files, formats, parquet_file
from api.export.files import Origin
from api.http import lists
from api.http.answer_log import Watch
from api.http.downloads import disposition
from api.http.lists import Pieces
from api.http.metrics import Metrics
from api.http.shell import Receive, Scope, Send, Shell
from api.installation.whole_lists import TURNS
from api.installation.wiring import Installation
from ledger.log.tiles import root_at
from projections.items.listed import RosterItem
from projections.items.shape import shape_of
from tests.api.desk import Desk
from tests.api.lines import SUPERVISOR, Json, district, listed, session, uscc
from tests.serving import serving

pytestmark = pytest.mark.postgres

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SESSIONS = 5


@pytest.fixture(scope="module")
def code(desk: Desk) -> str:
    made = uscc()
    days = [f"2025-03-{day:02d}" for day in range(1, SESSIONS + 1)]
    desk.send(*listed(made, "4"), *(session(made, day=day) for day in days))
    return made


def rows_of(octets: bytes, form: str) -> list[str]:
    """The ids of the sessions in a file."""
    if form == "csv":
        lines = csv.DictReader(io.StringIO(octets.decode("utf-8-sig")))
        return [line["assessment_id"] for line in lines]
    if form == "ndjson":
        return [json.loads(line)["assessment_id"] for line in octets.splitlines()]
    if form == "parquet":
        found: list[str] = pq.read_table(io.BytesIO(octets)).column("assessment_id").to_pylist()
        return found
    book = CalamineWorkbook.from_filelike(io.BytesIO(octets))
    return [row[0] for row in book.get_sheet_by_index(0).to_python()[2:]]


def test_the_address_chooses_the_form_before_the_headers_do(desk: Desk, code: str) -> None:
    answer = desk.get("/v1/assessments", uscc=code, format="csv", accept="application/json")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert len(rows_of(answer.content, "csv")) == SESSIONS
    plain = desk.get("/v1/assessments", uscc=code, format="json", accept="text/csv")
    assert plain.headers["content-type"] == "application/json"
    assert "content-disposition" not in plain.headers
    by_header = desk.get("/v1/assessments", uscc=code, accept=XLSX)
    assert by_header.headers["content-type"] == XLSX
    assert len(rows_of(by_header.content, "xlsx")) == SESSIONS


def test_a_form_that_is_not_there_is_refused(desk: Desk) -> None:
    answer = desk.get("/v1/flags", format="pdf")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "format"


@pytest.mark.parametrize(
    "path",
    [
        "roster", "flags", "assessments", "certificates", "inspections", "findings", "plans",
        "applications", "events", "enterprises/{}/scope", "enterprises/{}/standing",
        "enterprises/{}/history", "stats?by=district", "diff?of=roster", "draws",
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet", "ndjson"])
def test_every_list_is_a_file_with_a_name(desk: Desk, code: str, path: str, form: str) -> None:
    address, _, asked = path.format(code).partition("?")
    named = dict(part.split("=") for part in asked.split("&")) if asked else {}
    answer = desk.get(f"/v1/{address}", format=form, **named)
    assert answer.status_code == 200, answer.text
    position = answer.headers["ledger-position"]
    name = re.escape(address.replace("/", "-"))
    said = answer.headers["content-disposition"]
    assert re.match(rf'attachment; filename="{name}-\d{{4}}-\d\d-\d\d-{position}\.{form}"; ', said)


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet", "ndjson"])
def test_a_whole_list_holds_every_page(
    desk: Desk, code: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.questions.paging.LARGEST_PAGE", 2)
    whole = desk.get("/v1/assessments", uscc=code, format=form, all="true")
    assert whole.status_code == 200, whole.text
    items = desk.items("/v1/assessments", uscc=code)
    assert rows_of(whole.content, form) == [item["assessment_id"] for item in items]
    assert whole.headers["ledger-position"]
    again = desk.get(
        "/v1/assessments",
        uscc=code,
        format=form,
        all="true",
        position=whole.headers["ledger-position"],
        valid_at="2026-01-01",
    )
    assert again.headers["cache-control"] == "private, max-age=31536000, immutable"


@pytest.mark.parametrize("whole", [{}, {"all": "true"}])
def test_a_file_says_the_root_of_the_ledger_at_its_position(
    desk: Desk, house: Installation, code: str, whole: Json
) -> None:
    at = house.log.head().position - 1
    asked = {"uscc": code, "position": at, **whole}
    with house.reading() as connection:
        root = root_at(connection, at).hex()
    assert root != house.log.head().root.hex()
    parquet = desk.get("/v1/assessments", format="parquet", **asked).content
    assert pq.read_schema(io.BytesIO(parquet)).metadata[b"dudao.root"].decode() == root
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(desk.get("/v1/assessments", format="xlsx", **asked).content)
    )
    about = {row[0]: row[1] for row in book.get_sheet_by_index(1).to_python()}
    assert about["台账根（SHA-256） / root"] == root


def test_all_entries_come_whole_up_to_one_position(
    desk: Desk, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.questions.paging.LARGEST_PAGE", 7)
    answer = desk.get("/v1/events", format="ndjson", all="true")
    positions = [json.loads(line)["position"] for line in answer.content.splitlines()]
    assert positions == list(range(1, int(answer.headers["ledger-position"]) + 1))


def test_a_whole_list_is_narrowed_to_what_the_caller_sees(desk: Desk, code: str) -> None:
    other = desk.get("/v1/assessments", district("110105"), uscc=code, format="csv", all="true")
    assert rows_of(other.content, "csv") == []
    assert other.headers["dudao-limited"] == "district=110105"
    assert desk.get("/v1/assessments", None, format="csv", all="true").status_code == 401


@pytest.mark.parametrize(
    "asked",
    [
        {"all": "true", "limit": 10},
        {"all": "true", "format": "csv", "limit": 10},
        {"all": "true", "format": "csv", "cursor": "x"},
        {"all": "perhaps", "format": "csv"},
    ],
)
def test_what_contradicts_a_whole_list_is_refused(desk: Desk, asked: Json) -> None:
    answer = desk.get("/v1/flags", **asked)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "all"


def test_a_list_too_long_for_a_sheet_is_refused_before_anything_is_sent(
    desk: Desk, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_ROWS", SESSIONS - 1)
    answer = desk.get("/v1/assessments", uscc=code, format="xlsx", all="true")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "all"
    for form in ("csv", "parquet"):
        lines = desk.get("/v1/assessments", uscc=code, format=form, all="true")
        assert len(rows_of(lines.content, form)) == SESSIONS


@pytest.mark.parametrize("media", [formats.CSV, formats.NDJSON, formats.PARQUET])
def test_a_file_begins_before_its_rows_have_all_been_read(
    media: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_file, "GROUP", 4)
    monkeypatch.setattr(parquet_file, "FIRST", 2)
    read: list[int] = []

    def batches() -> Iterator[list[Json]]:
        for number in range(50):
            read.append(number)
            yield [{"uscc": str(number)}, {"uscc": str(number)}]

    shape = shape_of(RosterItem).only("uscc")
    made = files.pieces(media, shape.fields, batches(), Origin("/v1/roster", {}, {}))
    begun = [next(made)]
    assert len(read) <= 2
    whole = b"".join([*begun, *made])
    if media == formats.PARQUET:
        assert pq.read_table(io.BytesIO(whole)).num_rows == 100
    assert len(read) == 50


def test_a_turn_is_given_back_whatever_becomes_of_the_download(
    desk: Desk, house: Installation, code: str
) -> None:
    headers = desk.auth(SUPERVISOR)
    for _ in range(2 * TURNS):
        with desk.http.stream("GET", "/v1/events?all=true&format=csv", headers=headers) as answer:
            assert answer.status_code == 200  # and go away
    held = [house.whole_lists.turns.acquire(timeout=30) for _ in range(TURNS)]
    assert all(held)
    try:
        busy = desk.get("/v1/events", format="csv", all="true")
        assert busy.status_code == 503
        assert busy.headers["retry-after"]
    finally:
        for _ in held:
            house.whole_lists.turns.release()
    assert desk.get("/v1/events", format="csv", all="true").status_code == 200


def test_what_breaks_half_way_does_not_pass_for_whole(house: Installation) -> None:
    closed = []

    def half() -> Generator[bytes]:
        try:
            yield b"second"
            raise OSError("gone")
        finally:
            closed.append(True)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await Pieces(b"first", half(), "text/csv", {})(scope, receive, send)

    with serving(Shell(answer, Metrics(), Watch(house.gate), house.settings)) as base:
        got: list[bytes] = []
        with (
            pytest.raises(httpx2.RemoteProtocolError),
            httpx2.stream("GET", base) as response,
        ):
            got.extend(response.iter_raw())
    assert b"".join(got) == b"firstsecond"
    assert closed == [True]


def test_a_caller_who_stops_reading_keeps_nobodys_turn(
    house: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "STALLED", 0.2)
    closed = Event()

    def endless() -> Generator[bytes]:
        try:
            while True:
                yield bytes(2**20)
        finally:
            closed.set()

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await Pieces(b"first", endless(), "text/csv", {})(scope, receive, send)

    metrics = Metrics()
    with serving(Shell(answer, metrics, Watch(house.gate), house.settings)) as base:
        host, port = base.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as caller:
            caller.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert caller.recv(15) == b"HTTP/1.1 200 OK"
            assert closed.wait(30)


def test_an_upload_that_is_broken_off_is_no_fault(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    host, port = desk.base.removeprefix("http://").split(":")
    head = (
        "POST /v1/imports HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n"
        f"Authorization: {desk.auth(SUPERVISOR)['Authorization']}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
    )
    caplog.set_level("INFO", logger="dudao.api")
    with socket.create_connection((host, int(port))) as caller:
        caller.sendall(head.encode())
        desk.get("/healthz")
    deadline = time.monotonic() + 30
    while "the caller is gone" not in caplog.text:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert "Traceback" not in caplog.text


def test_a_page_after_a_download_goes_on_in_another_form(desk: Desk, code: str) -> None:
    first = desk.get("/v1/assessments", uscc=code, limit=2).json()
    asked = {"uscc": code, "limit": 2, "cursor": first["next"], "format": "ndjson"}
    assert len(rows_of(desk.get("/v1/assessments", **asked).content, "ndjson")) == 2


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("报告.pdf", "pdf"),
        ("a/../b\\c.csv", "a_.._b_c.csv"),
        ('x"; evil=1\r\nSet-Cookie: a.csv', "x_evil_1_Set-Cookie_a.csv"),
        ("...", "file"),
    ],
)
def test_no_name_of_a_file_ends_its_header(name: str, plain: str) -> None:
    said = disposition(name)
    assert said.startswith(f"attachment; filename=\"{plain}\"; filename*=UTF-8''")
    assert said.isascii()
    assert not set(said) & set("\r\n/\\")


def test_a_file_comes_as_bytes_to_who_takes_nothing_else(desk: Desk) -> None:
    own = desk.get("/v1/templates/certificates.xlsx")
    octets = desk.get("/v1/templates/certificates.xlsx", accept="application/octet-stream")
    assert own.headers["content-type"].startswith("application/vnd.openxml")
    assert octets.headers["content-type"] == "application/octet-stream"
