import io
import json
import logging
import os
import threading
from pathlib import Path

import pytest

from api.installation import logs

PERSON = "张三-110101199003070000"


def lines(form: logs.Form, *tell) -> list[str]:
    with io.BytesIO() as file:
        with logs.written(form, "info", file):
            for each in tell:
                each()
        return file.getvalue().decode().splitlines()


def test_a_line_has_time_level_and_what_a_request_was():
    about = {"request_id": "r-1", "method": "GET", "path": "/roster", "status": 200, "ms": 1.5}
    (line,) = lines("json", lambda: logging.getLogger("dudao.access").info("request", extra=about))
    found = json.loads(line)
    assert found.pop("time").endswith("Z")
    assert found == {"level": "info", "event": "request", "logger": "dudao.access", **about}


def test_a_line_for_people_is_one_line_whatever_is_said():
    (line,) = lines("text", lambda: logging.getLogger("ledger.x").warning("one\nlevel=error %s", 2))
    assert ' level=warning event="one\\nlevel=error 2" ' in line


def look_up() -> None:
    try:
        _ = {}[PERSON]
    except KeyError as error:
        raise ValueError(PERSON) from error


def raise_and_tell() -> None:
    try:
        look_up()
    except ValueError:
        logging.getLogger("dudao.api").exception("request failed", extra={"account": PERSON})


@pytest.mark.parametrize("form", ["json", "text"])
def test_an_exception_is_told_by_kind_and_place_and_never_by_what_it_says(form: logs.Form):
    (line,) = lines(form, raise_and_tell)
    assert "builtins.KeyError" in line
    assert "builtins.ValueError" in line
    assert f"{__file__}:" in line
    assert "in look_up" in line
    assert "张三" not in line


def test_of_others_only_warnings_are_heard_and_no_objects():
    other = logging.getLogger("asyncio")
    said = lines(
        "json",
        lambda: other.info("connecting to https://u:p@idp/"),
        lambda: other.error(f"Task exception was never retrieved\nfuture: <{PERSON}>"),
    )
    assert [json.loads(line)["event"] for line in said] == ["Task exception was never retrieved"]


def test_what_is_less_than_was_asked_for_is_not_written():
    file = io.BytesIO()
    with logs.written("json", "warning", file):
        logging.getLogger("dudao.access").info("request")
        assert not logging.getLogger("dudao.access").isEnabledFor(logging.INFO)
    assert file.getvalue() == b""


class Stuck(io.RawIOBase):
    """A reader of the log that takes nothing until it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.let = threading.Event(), threading.Event()
        self.written = b""

    def write(self, line: bytes) -> int:
        self.reached.set()
        self.let.wait()
        self.written += line
        return len(line)


def test_a_reader_that_takes_nothing_keeps_nobody_waiting_and_lost_lines_are_counted():
    file = Stuck()
    handler = logs.Lines(file, waiting=2)
    handler.setFormatter(logs.formatter("json"))
    first, *others = (
        logging.LogRecord("dudao.api", logging.WARNING, "", 0, str(number), None, None)
        for number in range(8)
    )
    handler.emit(first)
    file.reached.wait()
    for record in others:
        handler.emit(record)
    file.let.set()
    handler.close()
    said = [json.loads(line)["event"] for line in file.written.splitlines()]
    assert sorted(said) == ["0", "1", "2", "5 lines of the log were lost: nobody took them"]


@pytest.mark.parametrize("broken", ["closed", "full"])
def test_where_logs_cannot_go_the_server_goes_on(broken: str, tmp_path: Path):
    if broken == "full":
        descriptor = os.open("/dev/full", os.O_WRONLY)
    else:
        reading, descriptor = os.pipe()
        os.close(reading)
    with (
        os.fdopen(descriptor, "wb", buffering=0) as file,
        logs.written("json", "info", file),
    ):
        logging.getLogger("dudao.api").warning("said to nobody")
