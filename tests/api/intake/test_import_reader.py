import io
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given

from api.intake.imports import reader
from api.intake.imports.items import Item, of_lines
from api.intake.imports.reader import beside
from domain.registry import EVENTS
from ledger.gate.faults import Invalid
from tests.api.lines import certificate, listed, registered, session, uscc
from tests.generated import events


def written(path: Path, *lines: object) -> Path:
    texts = [x if isinstance(x, str) else json.dumps(x, ensure_ascii=False) for x in lines]
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path


def whole_file() -> list[object]:
    code = uscc()
    held = session(code)
    keyed = {**registered(uscc()), "idempotency_key": "k", "reason": "r", "document_no": "d"}
    return [
        *listed(code, "4"),
        held,
        certificate(code, held["data"]["assessment_id"], 1),
        keyed,
        "",
        "no json",
        {**registered(uscc()), "type": "Nothing"},
        {**certificate(code, "as/1", 1), "valid_from": "1.3.2026"},
        '{"a":1,"a":2}',
        "x" * (2**20 + 10),
        registered(uscc()),
    ]


def test_the_process_beside_reads_what_this_one_would(tmp_path: Path) -> None:
    path = written(tmp_path / "a.ndjson", *whole_file())
    here, there = list(of_lines(path)), list(beside(path))
    assert here == there
    assert sum(item.submission is None for item in here) == 5
    assert [item.line for item in here] == [
        n for n, line in enumerate(whole_file(), 1) if line != ""
    ]


def test_what_was_sent_is_found_again_in_the_file(tmp_path: Path) -> None:
    lines = whole_file()
    path = written(tmp_path / "a.ndjson", *lines)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    found = [item.given.given() for item in of_lines(path)]
    expected = [line for line in lines if line != ""]
    assert found[:-2] == [
        json.loads(line) if isinstance(line, str) and line[0] == "{" else line
        for line in expected[:-2]
    ]
    assert len(found[-2]) == 2**20


@pytest.mark.parametrize(
    "content", [b"", b" \n \n", "甲乙".encode("gb18030"), "甲".encode("utf-16")]
)
def test_a_file_that_is_none_is_refused_from_beside_too(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.ndjson"
    path.write_bytes(content)
    with pytest.raises(Invalid) as here:
        list(of_lines(path))
    with pytest.raises(Invalid) as there:
        list(beside(path))
    assert here.value.faults == there.value.faults


def test_a_reader_that_dies_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "a.ndjson", *whole_file())
    monkeypatch.setattr(reader.sys, "executable", "/bin/true")
    with pytest.raises(reader.ReaderEnded):
        list(beside(path))


def test_a_reader_ends_when_nobody_listens_any_more(tmp_path: Path) -> None:
    path = written(tmp_path / "a.ndjson", *[registered(uscc()) for _ in range(5_000)])
    items = beside(path)
    assert type(next(items)) is Item
    items.close()  # type: ignore[attr-defined]


@given(event=events())
def test_an_event_travels_unchanged(event: Any) -> None:
    name = type(event).__name__
    sent = msgspec.Raw(msgspec.msgpack.encode(event))
    assert reader._bodies[name](sent) == event
    assert reader._bodies.keys() == EVENTS.keys()


def test_what_arrives_otherwise_than_it_was_sent_is_noticed(tmp_path: Path) -> None:
    path = written(tmp_path / "a.ndjson", *[registered(uscc()) for _ in range(3)])
    pipe = io.BytesIO()
    reader.send(path, pipe)
    whole = pipe.getvalue()
    assert len(list(reader._frames(io.BytesIO(whole)))) == 1
    cut = [whole[:end] for end in range(len(whole))]
    turned = [
        whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        for place in range(len(whole))
    ]
    for damaged in (*cut, *turned):
        with pytest.raises(reader.ReaderEnded):
            list(reader._frames(io.BytesIO(damaged)))
