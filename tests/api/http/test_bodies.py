"""Bytes that are no command: every one is answered with a problem, none with a fault of ours."""

import json
import socket
from urllib.parse import urlsplit

import pytest

from tests.api.desk import Desk
from tests.api.lines import CENTRE, reporter, session, uscc

pytestmark = pytest.mark.postgres

WHO = reporter("91110000710939135P")
GOOD = json.dumps(session("91110000710939135P")["data"]).encode()


def within(field: bytes) -> bytes:
    """A body in which the number of candidates is written in another way."""
    return GOOD.replace(b'"employee": 10', b'"employee": ' + field)


CORPUS: dict[str, bytes] = {
    "nothing": b"",
    "blanks": b"  \n ",
    "half": GOOD[: len(GOOD) // 2],
    "trailing": GOOD + b"}",
    "two values": GOOD + GOOD,
    "array": b"[]",
    "null": b"null",
    "text": b'"x"',
    "NaN": within(b"NaN"),
    "Infinity": within(b"Infinity"),
    "1e999": within(b"1e999"),
    "-1e999": within(b"-1e999"),
    "a number too long": within(b"1" * 5000),
    "thirty digits": within(b"123456789012345678901234567890"),
    "a float": within(b"1.5"),
    "a text for a number": within(b'"10"'),
    "true for a number": within(b"true"),
    "a lone surrogate": GOOD.replace(b"as-", b"\\ud800"),
    "a raw surrogate": GOOD.replace(b"as-", b"\xed\xa0\x80"),
    "an escaped NUL": GOOD.replace(b"as-", b"\\u0000"),
    "a raw NUL": GOOD.replace(b"as-", b"\x00"),
    "a control character": GOOD.replace(b"as-", b"\x07"),
    "a bidi control": GOOD.replace(b"as-", b"\\u202e"),
    "a duplicate key": GOOD.replace(b'"level": "4"', b'"level": "4", "level": "5"'),
    "an unknown key": GOOD.replace(b'"level": "4"', b'"level": "4", "lvel": "5"'),
    "__proto__": GOOD.replace(b'"level": "4"', b'"level": "4", "__proto__": {}'),
    "deep lists": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "deep inside": GOOD.replace(b'"10"', b"").replace(b'"4"', b"[" * 500 + b"]" * 500),
    "a byte order mark": b"\xef\xbb\xbf" + GOOD,
    "UTF-16": GOOD.decode().encode("utf-16"),
    "UTF-32": GOOD.decode().encode("utf-32"),
    "Latin-1": GOOD.replace(b"as-", "é".encode("latin-1")),
    "overlong UTF-8": GOOD.replace(b"as-", b"\xc0\xaf"),
    "full-width digits": GOOD.replace(b"2025-03-10", "２０２５-03-10".encode()),
    "an epoch for a day": GOOD.replace(b'"2025-03-10"', b"1741564800"),
    "an instant for a day": GOOD.replace(b"2025-03-10", b"2025-03-10T00:00:00Z"),
    "30 February": GOOD.replace(b"2025-03-10", b"2025-02-30"),
    "year 9999": GOOD.replace(b"2025-03-10", b"9999-12-31"),
    "a newline behind a day": GOOD.replace(b'"2025-03-10"', b'"2025-03-10\\n"'),
    "a list for an object": GOOD.replace(b'{"employee": 10}', b"[10]"),
    "a slash in an id": GOOD.replace(b"as-", b"../../"),
    "type as a number": GOOD.replace(b'{"assessment_id"', b'{"type": 7, "assessment_id"'),
    "type as a list": GOOD.replace(b'{"assessment_id"', b'{"type": [], "assessment_id"'),
    "CSV": b"a,b,c\r\n1,2,3\r\n",
    "XML": b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'a'>]><x>&a;</x>",
}


@pytest.mark.parametrize("name", CORPUS)
def test_bytes_that_are_no_command_are_a_problem(desk: Desk, name: str) -> None:
    answer = desk.http.post(
        "/v1/assessments",
        content=CORPUS[name],
        headers={
            **desk.auth(WHO),
            "Idempotency-Key": "corpus",
            "Content-Type": "application/json; charset=utf-8",
        },
    )
    assert answer.status_code in {400, 422}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    answer.json()


@pytest.mark.parametrize(
    "media",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=gb18030",
        "application/json; charset=utf-16",
        "multipart/form-data; boundary=x",
        "",
        "\u00e9",
    ],
)
def test_other_formats_are_415(desk: Desk, media: str) -> None:
    headers = {**desk.auth(WHO), "Idempotency-Key": "k", "Content-Type": media.encode("latin-1")}
    answer = desk.http.post("/v1/assessments", content=GOOD, headers=headers)
    assert answer.status_code == 415
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_too_large_is_413_whether_it_says_so_or_not(desk: Desk) -> None:
    headers = {
        **desk.auth(WHO),
        "Idempotency-Key": "k",
        "Content-Type": "application/json",
    }
    large = b" " * (2 * 1024 * 1024)
    said = desk.http.post("/v1/assessments", content=large, headers=headers)
    assert (said.status_code, said.headers["content-type"]) == (413, "application/problem+json")
    unsaid = desk.http.post(
        "/v1/assessments", content=iter([large[: 1024 * 512]] * 4), headers=headers
    )
    assert unsaid.status_code == 413


def test_an_entry_too_large_is_413(desk: Desk) -> None:
    code = uscc()
    body = {
        "application_id": "x",
        "reason": "长" * 3999,
        "valid_from": "2025-01-01",
        "document_no": "号" * 190,
    }
    answer = desk.post("/v1/acceptances", body | {"type": "ApplicationReturned"}, CENTRE)
    assert answer.status_code == 422  # no such application: the size alone is no fault
    held = session(code)["data"] | {"assessors": ["评" * 200] * 200}
    too_large = desk.post("/v1/assessments", held, reporter(code))
    assert too_large.status_code in {413, 422}


@pytest.mark.parametrize(
    "path",
    [
        "/v1/roster?q=%00",
        "/v1/roster?q=%ED%A0%80",
        "/v1/roster?limit=1_000",
        "/v1/roster?limit=%EF%BC%91",
        "/v1/roster?position=-1",
        "/v1/roster?position=1e3",
        "/v1/roster?valid_at=0000-00-00",
        "/v1/roster?known_at=2026-01-01",
        "/v1/roster?cursor=%F0%9F%92%A9",
        "/v1/roster?cursor=" + "A" * 5000,
        "/v1/roster?=&&&",
        "/v1/flags?from=2025-13-01&to=x",
        "/v1/diff?of=everything",
        "/v1/enterprises/%00/history",
        "/v1/enterprises/%2e%2e%2f",
        "/v1/events/99999999999999999999",
        "/v1/events/%F0%9F%92%A9",
        "/v1/plans/x/%00",
        "/v1/certificates/" + "Y" * 3000,
        "/%ff%fe",
        "//v1/roster",
        "/v1/roster/",
    ],
)
def test_odd_addresses_are_a_problem_or_an_answer(desk: Desk, path: str) -> None:
    answer = desk.http.get(path, headers=desk.auth(CENTRE))
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("header", ["Bearer", "Bearer x", "Basic eDp5", "Bearer a.b.c", "\u00ff"])
def test_odd_credentials_are_401(desk: Desk, header: str) -> None:
    sent = {"Authorization": header.encode("latin-1")}
    answer = desk.http.get("/v1/flags", headers=sent)
    assert answer.status_code == 401


def test_a_request_cut_short_harms_nobody(desk: Desk) -> None:
    where = urlsplit(desk.base)
    assert where.hostname
    assert where.port
    with socket.create_connection((where.hostname, where.port), timeout=5) as raw:
        raw.sendall(
            b"POST /v1/assessments HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
            b"Content-Type: application/json\r\n\r\n{"
        )
    assert desk.get("/healthz").status_code == 200
