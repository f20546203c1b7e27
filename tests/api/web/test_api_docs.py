"""`/docs`: the reference of the API as a page like all others, in both languages, without a script of its own."""

import re
from typing import Any

import pytest

from api.web.api_docs import METHODS, page
from api.web.app import describe
from tests.api.web.site import Site

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def described() -> Any:
    return describe().openapi()


def test_every_operation_and_every_shape_stands_on_it(described: Any) -> None:
    shown = page(described, "zh")
    operations = [operation for group in shown.groups for operation in group.operations]
    expected = {
        (method.upper(), path)
        for path, methods in described["paths"].items()
        for method in methods
        if method in METHODS
    }
    assert {(each.method, each.path) for each in operations} == expected
    assert len(operations) == len(expected) == len({each.name for each in operations})
    names = {each.name for each in shown.shapes}
    assert names == set(described["components"]["schemas"])
    answers = [answer for each in operations for answer in each.answers]
    assert {shape for answer in answers for shape in answer.shapes} <= names
    members = [member for shape in shown.shapes for member in shape.members]
    assert {shape for member in members for shape in member.shapes} <= names
    (assessments,) = (each for each in operations if each.name == "post_assessments")
    assert {"assessment_id", "held_from", "venue"} <= {
        m.name for m in assessments.bodies[0].members
    }


def test_who_reads_english_reads_it_in_english(described: Any) -> None:
    shown = page(described, "en")
    said = [each.title for each in shown.groups]
    said += [operation.title for g in shown.groups for operation in g.operations]
    said += [answer.said for g in shown.groups for o in g.operations for answer in o.answers]
    assert not [text for text in said if re.search("[\u4e00-\u9fff]", text)]


@pytest.mark.parametrize("path", ["/docs", "/docs/shapes"])
def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing(site: Site, path: str) -> None:
    answer = site.get(path)
    assert answer.status_code == 200
    assert "text/html" in answer.headers["content-type"]
    assert "script-src" in answer.headers["content-security-policy"]
    html = answer.text
    assert not re.search(r'(?:src|href)="(?:https?:)?//', html)
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert " style=" not in html


def test_what_an_operation_names_is_found_among_the_shapes(site: Site) -> None:
    operations, shapes = site.get("/docs").text, site.get("/docs/shapes").text
    assert "/v1/flags/{key}" in operations
    named = set(re.findall(r'href="/docs/shapes#(shape-\w+)"', operations + shapes))
    assert "shape-FlagItem" in named
    assert named <= set(re.findall(r'id="(shape-\w+)"', shapes))
