"""The description of the API: complete, understood by others, and true."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, cast

import jsonschema_rs
import pytest

from api.questions.answered import ANSWERS
from api.web.app import describe
from domain.registry import EVENTS
from tests.api.desk import Desk
from tests.api.lines import SUPERVISOR

pytestmark = pytest.mark.slow

DESCRIPTION: dict[str, Any] = describe().openapi()
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
CHINESE = re.compile("[\u4e00-\u9fff]")


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in DESCRIPTION["paths"].items()
        for method, operation in methods.items()
    ]


def test_it_is_openapi_3_1() -> None:
    assert DESCRIPTION["openapi"].startswith("3.1")


def test_every_operation_has_an_id_of_its_own_and_a_summary() -> None:
    ids = [operation["operationId"] for _, _, operation in operations()]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch("[a-z_]+", each) for each in ids)
    assert all(operation["summary"] for _, _, operation in operations())


def test_every_read_is_summed_up_in_chinese_and_english() -> None:
    for method, _, operation in operations():
        if method == "get":
            zh, _, en = operation["summary"].partition(" / ")
            assert CHINESE.search(zh)
            assert en


def test_every_parameter_says_in_chinese_and_english_what_it_is() -> None:
    for _, path, operation in operations():
        for each in operation.get("parameters", ()):
            zh, _, en = each.get("description", "").partition(" / ")
            assert CHINESE.search(zh), (path, each["name"])
            assert re.search("[A-Za-z]", en), (path, each["name"])


def test_every_event_is_described() -> None:
    text = str(DESCRIPTION)
    of_no_role = {"ClockSet", "DayClosed", "DemonstrationBegun"}  # no request has it recorded
    assert {name for name in EVENTS if f"'title': '{name}'" not in text} == of_no_role


def test_every_failure_is_described_as_a_problem() -> None:
    for _, path, operation in operations():
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"], (path, status)


def test_nothing_of_another_validator_is_left() -> None:
    assert "HTTPValidationError" not in str(DESCRIPTION)


def test_every_reference_leads_to_a_component_and_every_component_is_used() -> None:
    schemas = set(DESCRIPTION["components"]["schemas"])
    referred = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(DESCRIPTION)))
    assert referred - schemas == set()
    assert schemas - referred - {item.__name__ for item in ANSWERS.values()} == set()


def test_a_generated_client_can_read_every_answer_and_send_every_body() -> None:
    """What generators know: JSON, text, bytes and forms. A file is offered as bytes, too."""
    known = re.compile(
        r"application/([a-z+]+\+)?json|text/.*|application/octet-stream|multipart/.*"
    )
    for _, path, operation in operations():
        for status, answer in operation["responses"].items():
            media = answer.get("content", {})
            assert not media or any(map(known.fullmatch, media)), (path, status)
        sent = operation.get("requestBody", {}).get("content", {})
        assert all(map(known.fullmatch, sent)), path


def test_rows_of_several_kinds_say_which_they_are() -> None:
    several = {
        name: page["properties"]["items"]["items"]
        for name, page in DESCRIPTION["components"]["schemas"].items()
        if "anyOf" in page.get("properties", {}).get("items", {}).get("items", {})
    }
    assert set(several) == {"DiffPage", "WhatIfDiffPage"}
    for rows in several.values():
        mark = rows["discriminator"]
        assert mark["propertyName"] == "of"
        assert set(mark["mapping"].values()) == {each["$ref"] for each in rows["anyOf"]}
        for value, component in mark["mapping"].items():
            kind = DESCRIPTION["components"]["schemas"][component.rpartition("/")[2]]
            assert kind["properties"]["of"]["enum"] == [value]
            assert "of" in kind["required"]


def test_tags_are_ascii_and_described_and_the_server_is_named() -> None:
    described = {tag["name"] for tag in DESCRIPTION["tags"]}
    used = {tag for _, _, operation in operations() for tag in operation["tags"]}
    assert used == described
    assert all(name.isascii() for name in used)
    assert DESCRIPTION["servers"] == [{"url": "/", "description": "此处 / here"}]


def schemas(part: Any) -> Iterator[dict[str, Any]]:
    """Yield every part of the description that shows examples of itself."""
    if isinstance(part, dict):
        known: dict[str, Any] = part
        if isinstance(known.get("examples"), list):
            yield known
        for each in known.values():
            yield from schemas(each)
    elif isinstance(part, list):
        for each in cast("list[Any]", part):
            yield from schemas(each)


def test_every_example_is_what_its_schema_takes() -> None:
    found = list(schemas(DESCRIPTION))
    assert len(found) > 100
    for schema in found:
        whole = {**schema, "components": DESCRIPTION["components"]}
        takes = jsonschema_rs.validator_for(whole)
        assert all(map(takes.is_valid, schema["examples"])), schema


def test_no_request_says_one_name_twice() -> None:
    for _, path, operation in operations():
        names = [each["name"] for each in operation.get("parameters", ())]
        assert len(set(names)) == len(names), path


def test_answers_to_questions_say_their_headers() -> None:
    for name in ("roster", "flags", "stats"):
        answer = DESCRIPTION["paths"][f"/v1/{name}"]["get"]["responses"]["200"]
        assert {"Ledger-Position", "ETag", "Cache-Control", "Link"} <= set(answer["headers"])


@pytest.mark.postgres
def test_generated_requests_meet_no_fault_and_nothing_undescribed(desk: Desk) -> None:
    options = {
        "--header": f"Authorization: {desk.auth(SUPERVISOR)['Authorization']}",
        "--checks": ",".join(CHECKS),
        "--phases": "fuzzing",
        "--max-examples": "6",
        "--max-time": "20",
        "--seed": "1",
        "--generation-database": "none",
    }
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{desk.base}/openapi.json"]
    arguments = [part for option in options.items() for part in option]
    done = subprocess.run(  # noqa: S603 - a fixed program
        [*command, *arguments, "--no-color"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
