import json
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.certificate.certificate import CertificateIssued, Holder, Results
from domain.inspection.inspection import Evidence
from domain.registry import EVENTS
from domain.standing.standing import ListingRemoved
from domain.terms.decider import Command, New
from domain.terms.envelope import Actor, Stamps
from domain.terms.reference import Occupation
from domain.terms.vocabulary import CandidateCategory, Level, Role
from ledger.codec import (
    EVENT_CODEC,
    Codec,
    Unreadable,
    Upcast,
    draft,
    encode,
    recorded,
    stored_name,
)
from ledger.log.entry import Entry, Malformed
from tests.generated import TEXTS, events

CENTRE = Actor(account="centre-1", role=Role.CENTRE_OFFICER, organisation="centre")
CERTIFICATE = CertificateIssued(
    certificate_no="Y000011000001265000001",
    assessment_id="as-1",
    issuer_uscc="91110000710939135P",
    occupation=Occupation(edition="2022", code="6-31-01-03", name="电工"),
    level=Level.FIVE,
    holder=Holder(
        subject_id="s-1", masked_name="张*", id_type="201", category=CandidateCategory.EMPLOYEE
    ),
    results=Results(theory=Decimal(80), practice=Decimal("82.5")),
    issued_on=date(2026, 1, 1),
)
ACTORS = st.builds(Actor, account=TEXTS, role=st.sampled_from(Role), organisation=TEXTS)
OPTIONAL = st.none() | TEXTS
STAMPS = Stamps(
    received_on=date(2026, 1, 2),
    received_by=CENTRE,
    claimed_on=date(2026, 1, 1),
    approved_by=CENTRE,
    entered_by="office-1",
    backfill=True,
)


def entry(payload: bytes, stored: str) -> Entry:
    return Entry(
        7,
        "finding/1",
        2,
        stored,
        datetime(2026, 1, 2, tzinfo=UTC),
        date(2026, 1, 1),
        "91110000710939135P",
        "110108",
        ("finding:1",),
        "key",
        payload,
        b"0" * 16,
        b"1" * 32,
        0,
        False,  # noqa: FBT003 - a column
        2,
    )


@given(event=events(), actor=ACTORS, reason=OPTIONAL, document_no=OPTIONAL)
@example(
    event=ListingRemoved(uscc="9", basis='says "basis":null and ,"x":null}'),
    actor=CENTRE,
    reason='\\":null',
    document_no=None,
)  # what looks like an absent member inside a text is text
def test_what_is_encoded_comes_back_and_encodes_to_the_same_bytes(
    event: Any, actor: Actor, reason: str | None, document_no: str | None
) -> None:
    """Law 3, for every event: decode(encode(e)) == e and encode(decode(b)) == b."""
    payload = encode(event, actor, reason=reason, document_no=document_no)
    back = recorded(entry(payload, stored_name(event)))
    assert (back.event, back.actor) == (event, actor)
    assert (back.reason, back.document_no) == (reason, document_no)
    again = encode(back.event, back.actor, reason=back.reason, document_no=back.document_no)
    assert again == payload


@given(event=events(), reason=OPTIONAL)
def test_payloads_are_canonical_json_that_a_third_party_can_rebuild(
    event: Any, reason: str | None
) -> None:
    payload = encode(event, CENTRE, reason=reason)
    parsed = json.loads(payload)
    assert orjson.dumps(parsed, option=orjson.OPT_SORT_KEYS) == payload
    values: list[Any] = [parsed]
    while values:
        value = values.pop()
        assert value is not None
        assert not isinstance(value, float)
        if isinstance(value, dict):
            assert all(key.isascii() for key in value)
            values += value.values()
        elif isinstance(value, list):
            values += value


def test_every_entry_field_reaches_the_fold() -> None:
    payload = encode(
        CERTIFICATE,
        CENTRE,
        reason="r",
        document_no="d",
        correlation="co",
        causation="ca",
        stamps=STAMPS,
    )
    found = recorded(entry(payload, "certificate.certificate-issued/1"))
    assert found._asdict() == {
        "position": 7,
        "stream": "finding/1",
        "version": 2,
        "type": "certificate.certificate-issued/1",
        "recorded_at": datetime(2026, 1, 2, tzinfo=UTC),
        "valid_from": date(2026, 1, 1),
        "subject": "91110000710939135P",
        "district": "110108",
        "tags": ("finding:1",),
        "actor": CENTRE,
        "event": CERTIFICATE,
        "reason": "r",
        "document_no": "d",
        "correlation": "co",
        "causation": "ca",
        "idempotency_key": "key",
        "stamps": STAMPS,
    }


@pytest.mark.parametrize(
    ("given_as", "written"),
    [
        ("80", "80"),
        ("80.0", "80"),
        ("80.50", "80.5"),
        ("8E+1", "80"),
        ("-0.0", "0"),
        ("0.10", "0.1"),
        ("0.000001", "0.000001"),
    ],
)
def test_a_decimal_is_written_in_one_way(given_as: str, written: str) -> None:
    event = replace(CERTIFICATE, results=Results(theory=Decimal(given_as)))
    assert json.loads(encode(event, CENTRE))["data"]["results"] == {"theory": written}


def test_an_instant_is_written_in_utc() -> None:
    shanghai = timezone(timedelta(hours=8))
    evidence = Evidence(
        sha256="0" * 64,
        media_type="image/jpeg",
        file_name="a.jpg",
        captured_at=datetime(2026, 6, 1, 7, 30, tzinfo=shanghai),
    )
    event = EVENTS["RectificationReported"].cls(finding_id="f", statement="s", evidence=(evidence,))
    written = json.loads(encode(event, CENTRE))["data"]["evidence"][0]
    assert written["captured_at"] == "2026-05-31T23:30:00Z"


@pytest.mark.parametrize(
    "event",
    [
        ListingRemoved(uscc="9", basis=unicodedata.normalize("NFD", "é")),
        replace(CERTIFICATE, results=Results(theory=Decimal("NaN"))),
        replace(CERTIFICATE, results=Results(theory=Decimal("1E-7"))),
        EVENTS["RecordCorrected"].cls(position=2**53, fields=()),
        EVENTS["RectificationReported"].cls(
            finding_id="f",
            statement="s",
            evidence=(
                Evidence(
                    sha256="0",
                    media_type="m",
                    file_name="f",
                    captured_at=datetime(2026, 1, 1),  # noqa: DTZ001 - the fault under test
                ),
            ),
        ),
    ],
)
def test_what_has_no_canonical_form_is_not_written(event: Any) -> None:
    with pytest.raises(Malformed):
        encode(event, CENTRE)


def test_an_unknown_stored_type_is_named() -> None:
    with pytest.raises(Unreadable, match=r"7: certificate\.certificate-issued/99: unknown type"):
        recorded(entry(b"{}", "certificate.certificate-issued/99"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedV1:
    uscc: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedV2:
    uscc: str
    why: str


def test_an_old_schema_is_read_through_every_step_up_to_the_present_one() -> None:
    codec = Codec(
        {"standing.listing-removed/3": ListingRemoved},
        {
            "standing.listing-removed/1": Upcast(
                RemovedV1,
                "standing.listing-removed/2",
                lambda old: RemovedV2(uscc=old.uscc, why="not stated"),
            ),
            "standing.listing-removed/2": Upcast(
                RemovedV2,
                "standing.listing-removed/3",
                lambda old: ListingRemoved(uscc=old.uscc, basis=old.why),
            ),
        },
    )
    actor = b'{"actor":{"account":"a","organisation":"centre","role":"centre_officer"},"data":'
    first = actor + b'{"uscc":"9"}}'
    second = actor + b'{"uscc":"9","why":"w"}}'
    one = codec.recorded(entry(first, "standing.listing-removed/1"))
    assert one.event == ListingRemoved(uscc="9", basis="not stated")
    assert one.type == "standing.listing-removed/1"
    assert codec.decode("standing.listing-removed/2", second) == ListingRemoved(uscc="9", basis="w")


def test_every_event_has_a_stored_name_that_reads_it() -> None:
    for kind in EVENTS.values():
        assert kind.cls in EVENT_CODEC._names
        assert EVENT_CODEC._names[kind.cls] == kind.stored


def test_a_draft_takes_everything_from_the_decision_and_its_command() -> None:
    command = Command(
        body=CERTIFICATE,
        actor=CENTRE,
        valid_from=date(2026, 1, 1),
        today=date(2026, 1, 2),
        reason="r",
    )
    new = New("assessment/as-1", CERTIFICATE, "9", "110108", ("a:1", "a:1"), date(2026, 1, 1))
    made = draft(new, command, "key", b"d" * 32)
    assert made.type == "certificate.certificate-issued/1"
    assert made.tags == ("a:1",)
    assert (made.idempotency_key, made.request_digest) == ("key", b"d" * 32)
    assert made.payload == encode(CERTIFICATE, CENTRE, reason="r")
