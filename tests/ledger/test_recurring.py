"""What entries say alike is read once, and is what it would have been."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.certificate.certificate import CertificateIssued
from ledger import codec, recurring
from ledger.codec import EVENT_CODEC, Illegible, encode, stored_name
from tests.ledger.test_codec import CENTRE, CERTIFICATE

STORED = stored_name(CERTIFICATE)


def _parts(*payloads: bytes) -> list[Any]:
    rows = [(at, date(2026, 1, 1), "91110000710939135P", p) for at, p in enumerate(payloads, 1)]
    return [entry.event for entry in EVENT_CODEC.parts_one_by_one(STORED, rows)]


def _at_once(*payloads: bytes) -> list[Any]:
    some = len(payloads)
    columns = (range(1, some + 1), [date(2026, 1, 1)] * some, ["91110000710939135P"] * some)
    return [entry.event for entry in codec.parts(STORED, *columns, payloads)]


def test_certificates_share_what_they_say_alike_and_nothing_else() -> None:
    other = replace(
        CERTIFICATE,
        certificate_no="Y000011000001265000002",
        results=replace(CERTIFICATE.results, theory=Decimal(81)),
    )
    first, again, third = _at_once(
        encode(CERTIFICATE, CENTRE), encode(CERTIFICATE, CENTRE), encode(other, CENTRE)
    )
    assert [first, again, third] == [CERTIFICATE, CERTIFICATE, other]
    assert first.occupation is again.occupation is third.occupation
    assert first.results is again.results is not third.results
    assert first is not again
    assert first.holder is not again.holder


def test_what_was_read_in_two_steps_is_an_event_like_any_other() -> None:
    (event,) = _at_once(encode(CERTIFICATE, CENTRE))
    assert type(event) is CertificateIssued
    assert hash(event) == hash(CERTIFICATE)
    with pytest.raises(AttributeError):
        event.occupation = None  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    assert not hasattr(event, "__dict__")


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        (b'"theory":"80"', b'"theory":"eighty"'),
        (b'"name":"\xe7\x94\xb5\xe5\xb7\xa5"', b'"name":7'),
        (b'"name":"\xe7\x94\xb5\xe5\xb7\xa5"', b'"name":"\xff"'),
    ],
)
def test_of_a_certificate_whose_occupation_or_points_cannot_be_read_no_other_suffers(
    written: bytes, instead: bytes
) -> None:
    payload = encode(CERTIFICATE, CENTRE)
    assert written in payload
    broken = payload.replace(written, instead)
    first, illegible, last = _parts(payload, broken, payload)
    assert first == last == CERTIFICATE
    assert type(illegible) is Illegible


def test_more_values_than_are_kept_are_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recurring, "KEPT", 2)
    given = [
        replace(CERTIFICATE, results=replace(CERTIFICATE.results, theory=Decimal(points)))
        for points in (1, 2, 3, 4, 1, 2)
    ]
    assert _at_once(*(encode(event, CENTRE) for event in given)) == given
    kept = recurring._values(type(CERTIFICATE.results))  # pyright: ignore[reportPrivateUsage]
    assert len(kept) <= 2
