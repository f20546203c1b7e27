import contextlib
import json
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic_core import ValidationError

from domain.certificate.certificate import CertificateIssued
from domain.correction import FieldCorrection
from domain.inspection.draw import Pool, Sample
from domain.registry import EVENTS
from domain.request import ActRequested
from domain.terms.decider import Refused
from domain.terms.vocabulary import Level
from ledger.deciding.amending import amend, apply
from ledger.gate.faults import Invalid
from ledger.gate.json import examine, read
from ledger.gate.output import contract, members
from ledger.gate.schema import command_reader, event_reader
from ledger.gate.shapes import Submission, from_line, from_members
from ledger.gate.text import is_plain
from tests.generated import events

CENTRE = {"account": "centre-1", "role": "centre_officer", "organisation": "centre"}
OCCUPATION = {"edition": "2022", "code": "6-31-01-03", "name": "电工", "trade": None}
CERTIFICATE = {
    "certificate_no": "Y000011000001265000001",
    "assessment_id": "as-1",
    "issuer_uscc": "91110000710939135P",
    "occupation": OCCUPATION,
    "level": "5",
    "holder": {
        "name": "欧阳小红",
        "id_type": "201",
        "id_no": "11010519491231002X",
        "category": "employee",
    },
    "results": {"theory": 80, "practice": 82.5},
    "issued_on": "2026-01-01",
}
SESSION = {
    "assessment_id": "as-1",
    "uscc": "91110000710939135P",
    "occupation": OCCUPATION,
    "level": "5",
    "method": "examination",
    "mode": "on_site",
    "held_from": "2026-01-01",
    "held_to": "2026-01-01",
    "venue": {"lon": 116.3, "lat": 39.9, "datum": "GCJ-02", "accuracy_m": 20},
    "candidates": {"employee": 3},
    "assessors": ["甲"],
    "quality_staff": [],
}


def line(data: object, type_: str = "CertificateIssued", **top: object) -> bytes:
    whole = {"type": type_, "actor": CENTRE, "data": data, **top}
    return json.dumps(whole, ensure_ascii=False).encode()


def faults(raw: bytes) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        from_line(raw)
    return {fault.field: fault.reason for fault in caught.value.faults}


def changed(base: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(base))
    at = copy
    *parents, last = path.split(".")
    for part in parents:
        at = at[part]
    at[last] = value
    return copy


def test_a_certificate_leaves_its_holder_to_the_vault() -> None:
    found = from_line(line(CERTIFICATE))
    assert found.holder is not None
    assert tuple(found.holder) == ("欧阳小红", "201", "11010519491231002X")
    assert found.body.holder.subject_id == ""
    assert found.body.holder.masked_name == "欧阳**"
    assert found.body.results.practice == Decimal("82.5")
    assert found.valid_from == date(2026, 1, 1)
    assert "小红" not in repr(found.body)


def test_the_day_may_be_left_out_only_where_the_data_holds_it() -> None:
    assert from_line(line(SESSION, "AssessmentHeld")).valid_from == date(2026, 1, 1)
    assert faults(line({"application_id": "a"}, "ApplicationAccepted")).keys() == {"valid_from"}


@pytest.mark.parametrize("word", ["5", "五级", "初级工", "初级", "五级/初级工"])
def test_a_level_is_read_from_any_of_its_names(word: str) -> None:
    assert from_line(line(changed(CERTIFICATE, "level", word))).body.level is Level.FIVE


def test_all_faults_of_a_line_are_told_at_once_in_two_languages() -> None:
    data = changed(changed(CERTIFICATE, "level", "9"), "issued_on", "2026-02-30")
    del data["assessment_id"]
    data["colour"] = "red"
    found = faults(line(data, valid_from="1.3.2026", sender="x"))
    assert found.keys() == {"level", "issued_on", "assessment_id", "colour", "valid_from", "sender"}
    assert found["assessment_id"] == "必填，不能缺少 / required"
    assert found["issued_on"].startswith("没有这一天 / ")


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("results.theory", "80", "results.theory"),
        ("results.theory", True, "results.theory"),
        ("results.theory", 1001, "results.theory"),
        ("results.theory", 0.0000001, "results.theory"),
        ("level", 5, "level"),
        ("level", None, "level"),
        ("certificate_no", 12345, "certificate_no"),
        ("certificate_no", "", "certificate_no"),
        ("certificate_no", "9" * 101, "certificate_no"),
        ("assessment_id", "a/b", "assessment_id"),
        ("assessment_id", "a b", "assessment_id"),
        ("assessment_id", "a\u200bb", "assessment_id"),
        ("assessment_id", "", "assessment_id"),
        ("assessment_id", "9" * 101, "assessment_id"),
        ("issued_on", 1767225600, "issued_on"),
        ("issued_on", "1767225600", "issued_on"),
        ("issued_on", "2026-01-01T00:00:00", "issued_on"),
        ("issued_on", "２０２６-01-01", "issued_on"),
        ("issued_on", "2026-01-01\n", "issued_on"),
        ("issued_on", "0001-01-01", "issued_on"),
        ("issued_on", "9999-12-31", "issued_on"),
        ("occupation.trade", "", "occupation.trade"),
        ("occupation.colour", "red", "occupation.colour"),
        ("holder.id_no", "110105194912310021", "holder.id_no"),
        ("holder.id_no", "11010519490231002X", "holder.id_no"),
        ("holder.name", "张\u202e三", "holder.name"),
        ("holder.name", "张\x00三", "holder.name"),
        ("holder.name", "张\ue000三", "holder.name"),
        ("holder.name", "张\n三", "holder.name"),
        ("holder.category", "friend", "holder.category"),
        ("holder", None, "holder"),
        ("results.content", ["songs"], "results.content.0"),
        ("results.content", "projects", "results.content"),
    ],
)
def test_what_cannot_be_a_fact_is_refused_with_its_field(
    path: str, value: object, field: str
) -> None:
    data = changed(CERTIFICATE, path, value)
    assert list(faults(line(data))) == [field]
    found = faults(
        json.dumps({"type": "CertificateIssued", "actor": CENTRE, "data": data}).encode()
    )
    assert list(found) == [field]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("venue.lon", 181),
        ("venue.lat", -91),
        ("venue.datum", "WGS84"),
        ("candidates.employee", -1),
        ("candidates.employee", 2.0),
        ("candidates.employee", "3"),
        ("mode", "outside"),
        ("assessors", "甲"),
        ("assessors.0", 1),
    ],
)
def test_sessions_are_refused_with_their_field(path: str, value: object) -> None:
    data = changed(SESSION, path, value) if "0" not in path else {**SESSION, "assessors": [1]}
    assert list(faults(line(data, "AssessmentHeld"))) == [path]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"   ",
        b"nonsense",
        b"[]",
        b'"text"',
        b"null",
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":1e999}',
        b'{"a":"\\ud800"}',
        b'{"a":"\xff"}',
        b'{"a":1,"a":2}',
        b'{"a" : 1, "\\u0061":2}',
        b'{"b":{"a":1,"a":1}}',
        b'{"a":123456789012345678901234567890}',
        b'{"a":0.1234567890123456789012345678901234567890123}',
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":"\x01"}',
        b'{"a":1}{"a":1}',
        b'{"a":01}',
        b"[" * 2000 + b"]" * 2000,
        b'{"a":' * 65 + b"1" + b"}" * 65,
        b'{"a":' + b"[" * 400 + b"]" * 400 + b"}",
    ],
)
def test_text_that_two_readers_could_take_differently_is_malformed(raw: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        from_line(raw)
    assert caught.value.code == "malformed"


def test_the_number_is_the_one_that_was_written() -> None:
    assert read(b'{"a":80.10}') == {"a": 80.1}
    assert read(b'{"a":0.1000000000000000000001}') == {"a": Decimal("0.1000000000000000000001")}
    assert read(b'{"a":1E2}') == {"a": 100.0}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(
        allow_nan=False, allow_infinity=False, width=32
    ) | st.text(st.characters(exclude_categories=("Cc", "Cs", "Co", "Cf", "Cn", "Zl", "Zp"))),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", max_size=3), inner),
    max_leaves=12,
)  # fmt: skip


def normal(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [normal(each) for each in value]
    return {k: normal(v) for k, v in value.items()} if isinstance(value, dict) else value


@given(value=JSON, ascii_only=st.booleans(), indent=st.sampled_from([None, 2]))
def test_good_json_is_read_as_any_reader_reads_it(
    *, value: Any, ascii_only: bool, indent: int | None
) -> None:
    raw = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    found, wrong = examine(raw)
    assert found == normal(json.loads(raw))
    assert not wrong


@given(text=st.text(max_size=20))
def test_a_text_that_passes_unseen_needs_no_look(text: str) -> None:
    """The shortcut never lets anything through that the slow way would change or refuse."""
    raw = orjson.dumps({"note": text}) if text.isprintable() else b""
    if raw and b"\\" not in raw and is_plain(raw):
        assert unicodedata.is_normalized("NFC", text)
        assert text.isprintable()


def test_prose_keeps_its_paragraphs_in_one_form() -> None:
    data = {"finding_id": "f", "statement": "第一段\r\n第二段\t完", "evidence": []}
    found = from_line(line(data, "RectificationReported", valid_from="2026-01-01"))
    assert found.body.statement == "第一段\n第二段\t完"


def test_text_is_stored_in_normal_form_and_rare_characters_are_welcome() -> None:
    decomposed = unicodedata.normalize("NFD", "René")
    data = changed(CERTIFICATE, "holder.name", decomposed)
    found = from_line(line(data))
    assert found.holder is not None
    assert found.holder.name == "René"
    rare = "\U000304c5\U0002ebf0\u9fff"
    found = from_line(line(changed(CERTIFICATE, "holder.name", rare)))
    assert found.holder is not None
    assert found.holder.name == rare


@pytest.mark.parametrize(
    ("pool", "sample"),
    [
        (["a"], 1),
        ({"enterprises": ["a"], "inspectors": []}, {"enterprises": 1}),
    ],
)
def test_a_draw_takes_its_pool_in_both_forms(pool: object, sample: object) -> None:
    data = {"draw_id": "d", "pool": pool, "sample": sample, "seed_commitment": "AB" * 32}
    body = from_line(line(data, "InspectionDrawn", valid_from="2026-01-01")).body
    assert body.pool == Pool(enterprises=("a",))
    assert body.sample == Sample(enterprises=1)
    assert body.seed_commitment == "ab" * 32
    assert body.drawn is None


def test_what_the_ledger_computes_cannot_be_claimed() -> None:
    data = {
        "application_id": "a",
        "recommended": True,
        "scope": [],
        "arithmetic": {"totals": [], "mean": "99", "pass_mark": 60, "passed": True},
    }
    found = faults(line(data, "EvaluationConcluded", valid_from="2026-01-01"))
    assert list(found) == ["arithmetic"]


def test_a_district_is_one_of_the_seventeen() -> None:
    data = {
        "uscc": "91110000710939135P",
        "name": "甲",
        "kind": "private",
        "district": "110115",
        "address": "",
    }
    for code in ("110115", "BDA"):
        body = from_line(
            line({**data, "district": code}, "EnterpriseRegistered", valid_from="2026-01-01")
        ).body
        assert body.district == code
    for code in ("110302", "130100", 110115):
        found = faults(
            line({**data, "district": code}, "EnterpriseRegistered", valid_from="2026-01-01")
        )
        assert list(found) == ["district"]


def test_an_actor_is_read_strictly_also_when_known() -> None:
    from_line(line(CERTIFICATE))
    for actor in ({**CENTRE, "x": 1}, {**CENTRE, "account": 1}, {"account": "centre-1"}, None, []):
        assert all(f.startswith("actor") for f in faults(line(CERTIFICATE, actor=actor)))


def test_an_unknown_type_is_named_without_its_tricks() -> None:
    assert "U+200B" in faults(line({}, "Certificate\u200bIssued"))["type"]
    assert list(faults(b'{"data":{}}')) == ["type"]
    assert list(faults(b'{"type":["CertificateIssued"],"data":{}}')) == ["type"]


def test_what_is_refused_never_repeats_a_document_number() -> None:
    data = changed(CERTIFICATE, "holder.id_no", "110105194912310021")
    with pytest.raises(Invalid) as caught:
        from_line(line(data))
    said = f"{caught.value} {caught.value.zh} {caught.value.en}"
    assert "110105194912310021" not in said
    assert "小红" not in said


def test_what_stands_beside_the_data_counts_where_the_day_is_left_out() -> None:
    beside = {"reason": "r", "document_no": "d", "idempotency_key": "k"}
    for name, value in beside.items():
        found = from_line(line(SESSION, "AssessmentHeld", **{name: value}))
        assert getattr(found, name) == value


def test_a_reason_is_taken_at_either_place_of_a_line() -> None:
    beside = from_line(
        line({"application_id": "a"}, "ApplicationReturned", valid_from="2026-01-01", reason="r")
    )
    within = from_line(
        line({"application_id": "a", "reason": "r"}, "ApplicationReturned", valid_from="2026-01-01")
    )
    assert (beside.body, beside.reason) == (within.body, within.reason)
    assert within.reason == "r"
    both = {"application_id": "a", "reason": "inner"}
    found = from_line(line(both, "ApplicationReturned", valid_from="2026-01-01", reason="outer"))
    assert (found.body.reason, found.reason) == ("inner", "outer")
    assert list(
        faults(line({"application_id": "a"}, "ApplicationReturned", valid_from="2026-01-01"))
    ) == ["reason"]


def test_corrections_keep_each_value_as_it_was_written() -> None:
    data = {"position": 7, "fields": {"venue.lon": 116.30, "venue": None, "assessors": ["乙"]}}
    body = from_line(line(data, "RecordCorrected", valid_from="2026-01-01", reason="r")).body
    assert body.fields == (
        FieldCorrection(path="venue.lon", value="116.3"),
        FieldCorrection(path="venue", value="null"),
        FieldCorrection(path="assessors", value='["乙"]'),
    )
    assert contract(body) == {"position": 7, "fields": data["fields"]}


def held() -> Any:
    return from_line(line(SESSION, "AssessmentHeld")).body


def test_amending_sets_fields_and_validates_the_outcome() -> None:
    after = amend(held(), [("venue.division", '"110108"'), ("candidates.other", "2")]).event
    assert after.venue.division == "110108"
    assert after.candidates.total == 5
    assert amend(held(), []).event == held()


def test_amending_into_something_absent_creates_it() -> None:
    without = amend(held(), [("venue", "null")]).event
    assert without.venue is None
    assert amend(without, [("venue.division", '"131082"')]).event.venue.division == "131082"


def test_one_item_of_a_list_is_amended_and_read_so_again() -> None:
    changes = [("assessors.0", '"丁"')]
    amended = amend(held(), changes)
    assert amended.event.assessors == ("丁",)
    assert amended.changes == tuple(changes)
    assert apply(held(), amended.changes) == amended.event


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("level", '"9"'),
        ("level", "null"),
        ("colour", '"red"'),
        ("venue.lon", "181"),
        ("venue.lon", '"116"'),
        ("venue.lon", "12345678901234567890123456789012345678901"),
        ("candidates.employee.count", "1"),
        ("assessors.7", '"乙"'),
        ("assessors.x", '"乙"'),
        ("assessors", '["a\\u0000b"]'),
        ("venue", '{"lon":1,"lon":2}'),
    ],
)
def test_an_amendment_that_leaves_no_event_is_refused_with_its_field(path: str, text: str) -> None:
    with pytest.raises(Refused) as caught:
        amend(held(), [("method", '"process"'), (path, text)])
    assert caught.value.field.startswith("fields")


def is_json(text: str) -> bool:
    """Whether a correction may hold `text`: the gate writes nothing but JSON there."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


@given(event=events())
def test_every_event_is_shown_and_read_again_in_the_contracts_shape(event: Any) -> None:
    """What `contract` shows is JSON; what `members` gives is a whole event again, or refused."""
    assume(all(is_json(each.value) for each in getattr(event, "fields", ())))
    assume(not isinstance(event, ActRequested) or is_json(event.data))
    assert json.loads(orjson.dumps(contract(event))) is not None
    with contextlib.suppress(ValidationError):  # texts and numbers out of bounds are refused
        assert event_reader(type(event)).validate_python(members(event)) == event


def test_every_event_can_be_given_but_what_the_ledger_computes() -> None:
    for name, kind in EVENTS.items():
        assert command_reader(name) is command_reader(name)
        assert event_reader(kind.cls) is event_reader(kind.cls)


def test_an_instant_needs_its_zone_and_is_kept_in_utc() -> None:
    evidence = {"sha256": "0" * 64, "media_type": "image/jpeg", "file_name": "a.jpg"}
    data = {"finding_id": "f", "statement": "s", "evidence": [evidence]}

    def at(instant: object) -> bytes:
        given_ = {**data, "evidence": [{**evidence, "captured_at": instant}]}
        return line(given_, "RectificationReported", valid_from="2026-01-01")

    body = from_line(at("2026-06-01T07:30:00+08:00")).body
    assert body.evidence[0].captured_at == datetime(2026, 5, 31, 23, 30, tzinfo=UTC)
    for wrong in ("2026-06-01T07:30:00", "2026-06-01", 1767225600, "0001-01-01T00:00:00+08:00"):
        assert list(faults(at(wrong))) == ["evidence.0.captured_at"]


def test_a_submission_of_a_parsed_object_equals_that_of_its_line() -> None:
    whole = {"type": "CertificateIssued", "actor": CENTRE, "data": CERTIFICATE}
    one: Submission = from_members(whole)
    assert one == from_line(json.dumps(whole).encode())
    assert type(one.body) is CertificateIssued
