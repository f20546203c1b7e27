"""What a running server writes down of those who ask: enough to find a fault, and nothing personal."""

import io
import json
from typing import Any, NamedTuple

import pytest

from api.installation import logs
from api.installation.wiring import Installation
from api.web.app import create_app
from tests.api.desk import Desk
from tests.api.lines import registered, uscc
from tests.serving import serving

pytestmark = pytest.mark.postgres

CANARY = "Wang-Xiaoming-110101199003078515"
"""Stands for everything that is somebody's: a name, a number of a card, a password, a secret."""


class Written(NamedTuple):
    """What was logged, and the id and status of every answer."""

    text: str
    answers: dict[str, int]

    @property
    def requests(self) -> dict[str, dict[str, Any]]:
        lines = [json.loads(line) for line in self.text.splitlines()]
        return {line["request_id"]: line for line in lines if line["event"] == "request"}


@pytest.fixture(scope="module")
def written(house: Installation) -> Written:
    """People ask, and err, with something personal in every place where it can stand."""
    file = io.BytesIO()
    with logs.written("json", "debug", file), serving(create_app(house)) as base:
        desk = Desk(base, house.key)
        http = desk.http
        given = {"name": CANARY, "certificate_no": CANARY, "account": CANARY, "password": CANARY}
        answers = [
            desk.get("/v1/roster", q=CANARY),
            desk.get(f"/v1/certificates/{CANARY}"),
            desk.get(f"/v1/{CANARY}"),
            desk.get(f"/v1/enterprises/{CANARY}/history"),
            http.get(f"/invitations/{CANARY}"),
            http.get("/", headers={"Authorization": f"Bearer {CANARY}", "Cookie": f"a={CANARY}"}),
            http.request("PROPFIND", "/"),
            http.post("/v1/certificates/lookup", json=given),
            http.post("/sign-in", data=given),
            desk.post("/v1/commands/EnterpriseRegistered", registered(uscc())["data"], None),
            http.get("/readyz", headers={"User-Agent": CANARY, "X-Request-Id": CANARY}),
        ]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(house, "ends", fail)
            answers.append(desk.get("/v1/flags"))
        http.close()
    return Written(
        file.getvalue().decode(),
        {answer.headers["X-Request-Id"]: answer.status_code for answer in answers},
    )


def fail() -> None:
    raise ValueError(CANARY)


def test_every_request_has_a_line_with_the_id_that_its_caller_got(written: Written):
    assert {each: line["status"] for each, line in written.requests.items()} == written.answers
    assert 500 in written.answers.values()
    for line in written.requests.values():
        assert {"time", "level", "event", "method", "path", "ms", "logger"} <= line.keys()
        assert line["level"] == "info"


def test_a_line_has_the_pattern_of_an_address_and_not_what_filled_it(written: Written):
    paths = {line["path"] for line in written.requests.values()}
    assert paths >= {"/v1/roster", "/invitations/{secret}", "/readyz", "unknown"}


def test_nothing_personal_and_no_token_stands_in_the_log(written: Written):
    for part in ("wang", "xiaoming", "110101199003078515", "bearer", "dudao1."):
        assert part not in written.text.lower()


def test_a_fault_of_the_program_is_found_by_the_id_on_the_answer(written: Written):
    (failed,) = (each for each, status in written.answers.items() if status == 500)
    lines = [json.loads(line) for line in written.text.splitlines()]
    (fault,) = (line for line in lines if line["level"] == "error")
    assert fault["request_id"] == failed
    assert fault["path"] == "/v1/flags"
    assert fault["exception"][0] == "builtins.ValueError"
    assert fault["exception"][-1].endswith("in fail")
