"""Every answer of every address: nothing undeclared in it, nothing declared left out."""

import hashlib
import re
import uuid
from contextlib import closing
from typing import Any

import httpx2
import pytest

from api.access import demo_accounts
from api.installation.every_list import EVERY_LIST
from api.installation.wiring import Installation
from domain.terms.envelope import Actor
from tests.api.described import DESCRIPTION, undescribed
from tests.api.web.site import ANALYST, INSPECTOR, SUPERVISOR, Site
from tests.api.web.test_declared_lists import FIRM, QUESTIONS

pytestmark = pytest.mark.postgres

JSON = "application/json"
Sample = dict[str, Any]
FILE = b'{"type":"EnterpriseRegistered","valid_from":"2025-01-01"}\n'
PHOTO = b"\x89PNG\r\n\x1a\n" + b"of the door" * 5
ASKED_WITH = {"preview_catalogue": {"valid_from": "2026-01-01", "edition": "x"}}
"""What an operation has to be asked with, beside its address."""
BY = {"number": "certificate_no"}
"""What a part of an address is called in rows, where it is called otherwise."""


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """Every operation that answers with JSON: of the description itself, none is left out by hand."""
    return [
        (method, path, operation)
        for path, methods in DESCRIPTION["paths"].items()
        for method, operation in methods.items()
        if any(
            JSON in answer.get("content", {}) and status.startswith("2")
            for status, answer in operation["responses"].items()
            if path != "/v1/evidence/{sha256}" or method != "get"  # a device's record is evidence
        )
    ]


READS = [(path, each["operationId"]) for method, path, each in operations() if method == "get"]
WRITES = {each["operationId"] for method, _, each in operations() if method != "get"}
COMMANDS = {
    each["operationId"]
    for _, _, each in operations()
    if "201" in each["responses"]
    and "Recorded" in str(each["responses"]["201"].get("content", {}).get(JSON))
}
"""They are answered by one function: `Desk` holds every answer of it in any test to the description."""


class Asker:
    """Asks as one reader; keeps the rows that lists gave."""

    def __init__(self, site: Site, actor: Actor) -> None:
        self.site, self.actor = site, actor
        self.rows: dict[str, list[Sample]] = {}

    def send(self, method: str, path: str, **sent: Any) -> httpx2.Response:
        headers = {
            "Accept": JSON,
            "Idempotency-Key": str(uuid.uuid4()),
            **self.site.headers(self.actor),
            **sent.pop("headers", {}),
        }
        return httpx2.request(method, self.site.base + path, headers=headers, timeout=60, **sent)

    def samples(self, path: str) -> list[Sample]:
        """Up to three rows of the list that an address belongs to, with the parts of the address."""
        parts = re.findall(r"\{(\w+)\}", path)
        if not parts:
            return [{}]
        listed = next((e for e in EVERY_LIST.values() if path.startswith(f"{e.path}/{{")), None)
        name = "roster" if listed is None else listed.name
        rows = [row for row in self.rows[name] if row.get("file_held", True)]
        picked = rows[:: max(1, len(rows) // 3)][:3]
        if path.endswith("/preview"):
            picked = [row for row in rows if row["kind"] == "dictionary"][:1]
        key = None if listed is None else listed.key[0]
        return [
            {
                part: FIRM if name == "roster" else row.get(BY.get(part, part), row.get(key))
                for part in parts
            }
            for row in picked
        ]


def _walk(asker: Asker, path: str, operation: str, known: Sample) -> list[str]:
    listed = next((each for each in EVERY_LIST.values() if each.operation_id == operation), None)
    asked = ASKED_WITH.get(operation, {})
    samples = [known] if set(re.findall(r"\{(\w+)\}", path)) <= known.keys() else None
    departures = []
    for sample in samples if samples is not None else asker.samples(path):
        for question in QUESTIONS.get(listed.name, ("",)) if listed else ("",):
            address = path.format(**sample)
            answer = asker.send(
                "GET",
                f"{address}?{question}" if question else address,
                params=None if question else asked,
            )
            if asker.actor is INSPECTOR and answer.status_code in {403, 404}:
                continue
            if asker.actor is ANALYST and answer.status_code == 403:
                continue
            assert answer.status_code == 200, (address, answer.text)
            departures += undescribed(answer, people=asker.actor is not ANALYST)
            if listed is not None:
                asker.rows.setdefault(listed.name, []).extend(answer.json()["items"])
    return departures


def _signed_in(site: Site, shown: Installation) -> httpx2.Client:
    """A browser: a device's credential is given to somebody who is there, not to a token."""
    browser = httpx2.Client(base_url=site.base, headers={"Origin": site.base}, timeout=30)
    account = next(a.account for a in demo_accounts.SAMPLE if a.role is SUPERVISOR.role)
    browser.post(
        "/sign-in", data={"account": account, "password": demo_accounts.password(shown.gate)}
    )
    return browser


@pytest.fixture(scope="module")
def written(site: Site, shown: Installation) -> tuple[Sample, list[str], set[str]]:
    """What was begun by writing: the ids that reads need, departures, operations that were asked."""
    asker, departures, asked = Asker(site, SUPERVISOR), [], set()

    def send(operation: str, method: str, path: str, **sent: Any) -> Sample:
        answer = asker.send(method, path, **sent)
        assert answer.is_success, (operation, answer.text)
        departures.extend(undescribed(answer, people=True))
        asked.add(operation)
        said: Sample = answer.json()
        return said

    digest = hashlib.sha256(PHOTO).hexdigest()
    octets = {"Content-Type": "application/octet-stream"}
    send("put_evidence", "PUT", f"/v1/evidence/{digest}", content=PHOTO, headers=octets)
    send("put_evidence", "PUT", f"/v1/evidence/{digest}", content=PHOTO, headers=octets)
    told = {"device_id": "phone-1", "sequence": 3, "unsent": 0}
    with closing(_signed_in(site, shown)) as browser:
        answer = browser.post("/v1/field/devices", json=told)
    departures.extend(undescribed(answer, people=True))
    asked.add("post_field_device" if answer.status_code == 201 else answer.text)
    name = {"certificate_no": "Y000011990032243000001", "name": "张三"}
    send("lookup_certificate", "POST", "/v1/certificates/lookup", json=name)
    send("post_verification", "POST", "/v1/integrity/verifications")
    file = {"file": ("lines.ndjson", FILE)}
    begun = [send("post_import", "POST", "/v1/imports?preview=true", files=file) for _ in range(2)]
    for one in begun:
        address = f"/v1/imports/{one['id']}"
        while send("get_import", "GET", address)["stage"] != "previewed":
            pass
    send("confirm_import", "POST", f"/v1/imports/{begun[0]['id']}/confirmation")
    send("discard_import", "DELETE", f"/v1/imports/{begun[1]['id']}")
    question = {"name": "超范围", "description": "", "address": "/v1/flags?code=S2"}
    saved = send("save_question", "POST", "/v1/saved-questions", json=question)
    send("look_at_question", "POST", f"/v1/saved-questions/{saved['id']}/seen")
    send("forget_question", "DELETE", f"/v1/saved-questions/{saved['id']}")
    rules = {"rules": {"edition": "假如", "checks_off": ["S2"]}}
    jobs = [send("post_what_if", "POST", "/v1/what-if", json=rules) for _ in range(2)]
    send("delete_what_if", "DELETE", f"/v1/what-if/{jobs[1]['id']}")
    while send("get_what_if", "GET", f"/v1/what-if/{jobs[0]['id']}")["stage"] in {
        "queued",
        "running",
    }:
        pass
    return {"import_id": begun[0]["id"], "id": jobs[0]["id"]}, departures, asked


@pytest.mark.parametrize("actor", [SUPERVISOR, ANALYST, INSPECTOR], ids=lambda actor: actor.role)
def test_no_read_says_what_is_not_declared_or_leaves_out_what_is(
    site: Site, written: tuple[Sample, list[str], set[str]], actor: Actor
) -> None:
    known, _, _ = written
    asker = Asker(site, actor)
    own = known if actor is SUPERVISOR else {}
    departures = []
    for path, operation in sorted(READS, key=lambda read: "{" in read[0]):
        if {"import_id", "id"} & set(re.findall(r"\{(\w+)\}", path)) and not own:
            continue  # who did not begin it is not told of it
        departures += _walk(asker, path, operation, own)
    assert departures == []


def test_no_write_is_answered_by_what_is_not_declared(
    written: tuple[Sample, list[str], set[str]],
) -> None:
    _, departures, asked = written
    assert departures == []
    assert WRITES - COMMANDS - asked == set()
    assert len(COMMANDS) > 35


def test_what_is_not_declared_and_what_is_missing_are_both_found() -> None:
    asked = httpx2.Request("GET", "http://here/healthz")
    for said in ({}, {"alive": True, "well": True}, {"alive": "yes"}):
        answer = httpx2.Response(200, json=said, request=asked)
        assert len(undescribed(answer)) == 1
    assert undescribed(httpx2.Response(200, json={"alive": True}, request=asked)) == []
