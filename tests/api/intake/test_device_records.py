"""What devices seal: checked at receipt, sent under a credential for nothing else, missed if left out."""

import hashlib
import io
import json
import uuid
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api.access import access_keys, accounts
from api.installation.wiring import Installation
from api.intake.device_chains import examine
from api.intake.device_records import measured
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.log.clock import now
from proof.signer import open_signer, sign_now
from tests.api.desk import Desk
from tests.api.lines import CENTRE, SUPERVISOR, Json, district, registered, uscc

pytestmark = pytest.mark.postgres
SENDER = district("110108")
PNG = b"\x89PNG\r\n\x1a\n"


class Device:
    """A phone that seals records, one behind the other."""

    def __init__(self, desk: Desk, actor: Json = SENDER) -> None:
        self.desk, self.actor = desk, actor
        self.id, self.sequence, self.previous = f"d-{uuid.uuid4()}", 0, None
        self.code = uscc("110108")
        desk.send(registered(self.code, "110108"))

    def seal(self, *photos: bytes, **changes: Any) -> Json:
        """Return {key, sealed, sha256, body} of the next record."""
        self.sequence += 1
        key = str(uuid.uuid4())
        data = {
            "inspection_id": f"spot-{key}",
            "uscc": self.code,
            "district": "110108",
            "kind": "现场督导",
            "inspectors": [{"account": self.actor["account"], "name": "甲"}],
            "captured_at": "2026-03-10T01:00:00Z",
            "device_id": self.id,
            "offline": True,
            "checklist": [],
            "evidence": [
                {"sha256": _digest(each), "media_type": "image/png", "file_name": "a.png"}
                for each in photos
            ],
            "signature_refused": False,
        }
        record = {
            "format": "dudao-field-record/1",
            "device_id": self.id,
            "sequence": self.sequence,
            "previous": self.previous,
            "key": key,
            "replaces": None,
            "account": self.actor["account"],
            "valid_from": "2026-03-10",
            "data": data,
            **changes,
        }
        sealed = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
        self.previous = _digest(sealed)
        own = {
            "sha256": self.previous,
            "media_type": "application/json",
            "file_name": f"device-record-{self.sequence}.json",
        }
        body = {**data, "evidence": [*data["evidence"], own], "valid_from": "2026-03-10"}
        return {"key": key, "sealed": sealed, "sha256": self.previous, "body": body}

    def put(
        self, octets: bytes, media: str = "application/json", token: str | None = None
    ) -> httpx2.Response:
        headers = {**self._auth(token), "Content-Type": media}
        return self.desk.http.put(
            f"/v1/evidence/{_digest(octets)}", content=octets, headers=headers
        )

    def post(self, record: Json, token: str | None = None, **changes: Any) -> httpx2.Response:
        headers = {**self._auth(token), "Idempotency-Key": record["key"]}
        return self.desk.http.post(
            "/v1/commands/SpotCheckRecorded", json={**record["body"], **changes}, headers=headers
        )

    def send(self, record: Json, *photos: bytes, token: str | None = None) -> httpx2.Response:
        self.put(record["sealed"], token=token)
        for each in photos:
            self.put(each, "image/png", token)
        return self.post(record, token)

    def _auth(self, token: str | None) -> dict[str, str]:
        return self.desk.auth(self.actor) if token is None else {"Authorization": f"Bearer {token}"}


def _digest(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()


def _token(house: Installation, device: Device) -> str:
    account = device.actor["account"]
    with house.gate.connection() as connection:
        issued = access_keys.issue(connection, access_keys.FIELD_DEVICE, account, device.id, now())
    return issued.token


@pytest.fixture
def device(desk: Desk, house: Installation) -> Device:
    """A phone of an inspector who has an account of their own."""
    name = f"inspector-{uuid.uuid4().hex[:8]}"
    actor = Actor(account=name, role=Role.DISTRICT_INSPECTOR, organisation="110108")
    with house.gate.connection() as connection:
        accounts.add(connection, actor)
    return Device(desk, {**SENDER, "account": name})


def test_the_answer_names_the_evidence_that_has_not_arrived_as_of_now(device: Device):
    photo = PNG + uuid.uuid4().bytes
    record = device.seal(photo)
    assert device.put(record["sealed"]).status_code == 201
    first = device.post(record)
    assert (first.status_code, first.json()["evidence_missing"]) == (201, [_digest(photo)])
    assert device.put(photo, "image/png").status_code == 201
    again = device.post(record)
    assert again.json() == {**first.json(), "evidence_missing": []}


def test_an_inspection_names_it_too_at_any_basis_until_it_arrives(desk: Desk, device: Device):
    photo = PNG + uuid.uuid4().bytes
    record = device.seal(photo)
    device.put(record["sealed"])
    position = device.post(record).json()["position"]
    path = f"/v1/inspections/{record['body']['inspection_id']}"

    def ask(**query: str) -> httpx2.Response:
        return desk.http.get(path, params=query, headers=desk.auth(SUPERVISOR))

    pinned = {"position": str(position), "valid_at": "2026-03-10"}
    assert ask().json()["evidence_missing"] == [_digest(photo)]
    told = ask(**pinned)
    assert told.json()["evidence_missing"] == [_digest(photo)]
    assert "immutable" not in told.headers["cache-control"]
    device.put(photo, "image/png")
    assert ask().json()["evidence_missing"] == []
    assert ask(**pinned).json()["evidence_missing"] == []


def test_a_number_that_a_device_left_out_is_said_at_receipt_and_by_verify(
    house: Installation, device: Device
):
    first, second, third = (device.seal() for _ in range(3))
    assert device.send(first).json()["warnings"] == []
    (warning,) = device.send(third).json()["warnings"]
    assert warning["field"] == "device_id"
    assert "缺第 2 号" in warning["reason"]
    assert "no. 2 missing" in warning["reason"]

    def chain() -> Any:
        (found,) = (e for e in examine(house.pool, house.log) if e.device_id == device.id)
        return found

    assert chain().shown()["missing"] == [2]
    assert device.send(second).json()["warnings"] == []
    assert chain().said() == []


def test_a_bundle_says_which_numbers_of_a_device_are_not_there(
    desk: Desk, house: Installation, device: Device, tmp_path: Path
):
    first, second, third = (device.seal() for _ in range(3))
    device.send(first)
    device.send(third)

    def said() -> list[str]:
        with house.pool.connection() as connection:
            sign_now(signer, connection, 1_764_000_000)
        path = f"/v1/enterprises/{device.code}/bundle"
        answer = desk.http.get(path, headers=desk.auth(SUPERVISOR))
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            summary = archive.read("README.txt").decode()
        return [text for text in summary.splitlines() if device.id in text]

    # Other tests of this ledger may have signed it by a name of their own.
    signer = open_signer(tmp_path, f"ledger.example/{uuid.uuid4()}")
    (missing,) = said()
    assert "缺第 2 号" in missing
    assert "no. 2 missing" in missing
    device.send(second)
    (whole,) = said()
    assert "第 1 至 3 号记录相接" in whole


def test_verify_names_an_entry_that_says_something_else_than_was_sealed(
    house: Installation, device: Device
):
    record = device.seal()
    device.put(record["sealed"])
    device.post(record, unit_statement="后来改写")
    (found,) = (e for e in examine(house.pool, house.log) if e.device_id == device.id)
    assert found.altered == (1,)


def test_two_records_under_one_number_are_said(device: Device):
    one = device.seal()
    device.sequence, device.previous = 0, None
    other = device.seal()
    device.send(one)
    (warning,) = device.send(other).json()["warnings"]
    assert "第 1 号有几份" in warning["reason"]


def test_a_credential_of_a_device_sends_what_was_sealed_there(house: Installation, device: Device):
    photo = PNG + uuid.uuid4().bytes
    record = device.seal(photo)
    answer = device.send(record, photo, token=_token(house, device))
    assert answer.status_code == 201
    assert answer.json()["evidence_missing"] == []


def test_a_credential_of_a_device_sends_nothing_else(house: Installation, device: Device):
    token = _token(house, device)
    record = device.seal()
    not_there = device.post(record, token)
    device.put(record["sealed"], token=token)
    altered = device.post(record, token, unit_statement="改写")
    other = Device(device.desk, device.actor)
    foreign = other.seal()
    device.put(foreign["sealed"], token=token)
    for answer in (not_there, altered, other.post(foreign, token)):
        assert (answer.status_code, answer.json()["rule"]) == (403, "not-sealed")
    assert device.post(record, token).status_code == 201


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/field/list"),
        ("GET", "/v1/inspections"),
        ("GET", "/v1/roster"),
        ("POST", "/v1/inspections"),
        ("POST", "/v1/commands/FindingRaised"),
        ("POST", "/v1/commands/SpotCheckRecorded/../FindingRaised"),
        ("GET", f"/v1/evidence/{'0' * 64}"),
        ("POST", "/v1/field/devices"),
        ("POST", "/v1/imports"),
    ],
)
def test_a_credential_of_a_device_opens_no_other_door(
    house: Installation, device: Device, method: str, path: str
):
    headers = {"Authorization": f"Bearer {_token(house, device)}", "Idempotency-Key": "k"}
    answer = device.desk.http.request(method, path, headers=headers)
    assert answer.status_code in {403, 404}
    assert answer.status_code == 404 or answer.json()["rule"] == "credential-scope"


def test_a_credential_ends_with_its_days_by_revocation_and_with_the_accounts_epoch(
    house: Installation, device: Device
):
    account = device.actor["account"]
    with house.gate.connection() as connection:
        token = _token(house, device)
        late = now() + access_keys.DAYS[access_keys.FIELD_DEVICE] + timedelta(seconds=1)
        assert access_keys.find(connection, token, now()) is not None
        assert access_keys.find(connection, token, late) is None
        (shown,) = access_keys.of_account(connection, account, now())
        assert access_keys.revoke(connection, account, shown.key_id, now())
        assert access_keys.find(connection, token, now()) is None
    assert device.put(device.seal()["sealed"], token=token).status_code == 401
    another = _token(house, device)
    with house.gate.connection() as connection:
        accounts.disable(connection, account)
    assert device.put(device.seal()["sealed"], token=another).status_code == 401


def test_another_credential_of_the_same_device_ends_the_one_before(
    house: Installation, device: Device
):
    first, second = _token(house, device), _token(house, device)
    with house.gate.connection() as connection:
        assert access_keys.find(connection, first, now()) is None
        assert access_keys.find(connection, second, now()) is not None


def test_a_secret_that_is_not_the_keys_opens_nothing(house: Installation, device: Device):
    token = _token(house, device)
    assert device.put(device.seal()["sealed"], token=f"{token}x").status_code == 401


def test_a_program_with_a_token_gets_no_credential(desk: Desk, device: Device):
    told = {"device_id": device.id, "sequence": 0, "unsent": 0}
    answer = desk.http.post("/v1/field/devices", json=told, headers=desk.auth(device.actor))
    assert (answer.status_code, answer.json()["rule"]) == (403, "session-needed")


@pytest.mark.parametrize(
    "changes",
    [
        {"sequence": 0},
        {"sequence": "1"},
        {"previous": "0" * 64},
        {"account": None},
        {"device_id": ""},
        {"data": []},
        {"format": "dudao-field-record/9"},
    ],
)
def test_what_is_no_record_of_a_device_is_not_stored_as_one(device: Device, changes: Json):
    answer = device.put(device.seal(**changes)["sealed"])
    assert answer.status_code == 422


def test_how_exact_the_place_of_a_photo_is_stands_in_the_record_of_its_device():
    said = [
        {"sha256": "a" * 64, "accuracy_m": "12"},
        {"sha256": "b" * 64},
        {"sha256": "c" * 64, "accuracy_m": "<b>"},
        {"sha256": "d", "accuracy_m": "12"},
        "e",
    ]
    assert measured(json.dumps({"measured": said}).encode()) == {"a" * 64: 12}
    for nothing in (b"[]", b"{", b'{"measured": {}}', b'{"measured": [], "measured": []}'):
        assert measured(nothing) == {}


def test_the_devices_are_for_those_who_supervise_them(desk: Desk, device: Device):
    for actor, status in ((SUPERVISOR, 200), (device.actor, 200), (CENTRE, 200), (None, 401)):
        answer = desk.http.get("/v1/field/devices", headers=desk.auth(actor))
        assert answer.status_code == status
