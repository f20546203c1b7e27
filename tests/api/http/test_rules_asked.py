"""An address names the rules under which it was answered: under others it is answered and says so, or is not."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from api.http.tags import tag_of
from tests.api.described import DESCRIPTION
from tests.api.desk import Desk
from tests.api.lines import listed, session, uscc

pytestmark = pytest.mark.postgres

EARLIER = "2020-3/1"
"""Rules of an address that was made by an earlier version of the fold."""


def refused(desk: Desk, path: str, status: int, **asked: object) -> dict[str, Any]:
    """What is said instead of an answer."""
    answer = desk.get(path, **asked)
    assert answer.status_code == status, answer.text
    said: dict[str, Any] = answer.json()
    return said


@pytest.fixture
def code(desk: Desk) -> str:
    made = uscc()
    desk.send(*listed(made, "4"), session(made, "4"))
    return made


def test_an_answer_under_the_rules_of_its_address_is_the_same(desk: Desk, code: str) -> None:
    basis = desk.get("/v1/roster", uscc=code).json()["basis"]
    at = {name: basis[name] for name in ("valid_at", "position", "rules")}
    once = desk.get("/v1/roster", uscc=code, **at)
    again = desk.get("/v1/roster", uscc=code, **at, exact="true")
    assert once.content == again.content
    assert "asked_rules" not in once.json()["basis"]


def test_an_answer_under_other_rules_says_so_and_with_exact_is_none(desk: Desk, code: str) -> None:
    for path in (
        "/v1/roster",
        "/v1/flags",
        f"/v1/enterprises/{code}",
        f"/v1/enterprises/{code}/timeline",
        f"/v1/enterprises/{code}/scope",
        "/v1/overview",
        "/v1/catalogues",
        "/v1/tables",
    ):
        now = desk.get(path).json()
        earlier = desk.get(path, position=now["basis"]["position"], rules=EARLIER).json()
        assert earlier["basis"]["asked_rules"] == EARLIER
        assert earlier["basis"]["rules"] == now["basis"]["rules"]
        said = refused(desk, path, 409, rules=EARLIER, exact="true")
        assert said["type"] == "urn:dudao:problem:other-rules"
        assert EARLIER in said["detail"]
        assert now["basis"]["rules"] in said["detail"]


def test_both_sides_of_a_comparison_may_name_their_rules(desk: Desk, code: str) -> None:
    asked = {
        "of": "flags",
        "uscc": code,
        "from_valid_at": "2025-03-01",
        "to_valid_at": "2025-03-31",
    }
    basis = desk.get("/v1/diff", **asked, from_rules=EARLIER).json()["basis"]
    assert basis["from"]["asked_rules"] == EARLIER
    assert "asked_rules" not in basis
    rules = {"from_rules": basis["from"]["rules"], "to_rules": basis["rules"]}
    desk.get("/v1/diff", **asked, **rules, exact="true")
    for side in ("from_rules", "to_rules"):
        said = refused(desk, "/v1/diff", 409, **asked, **{side: EARLIER}, exact="true")
        assert said["type"] == "urn:dudao:problem:other-rules"


@pytest.mark.parametrize("rules", ["2020-3", "2020-3/", "/7", "2020-3/x", "2020-3/0", "7"])
def test_what_names_no_rules_is_refused_with_how_they_are_written(desk: Desk, rules: str) -> None:
    fault = refused(desk, "/v1/roster", 422, rules=rules)["errors"][0]
    assert fault["field"] == "rules"
    assert "2020-3/7" in fault["reason"]


def test_exact_without_rules_is_refused(desk: Desk) -> None:
    for path, asked in (("/v1/roster", {}), ("/v1/diff", {"of": "flags"})):
        fault = refused(desk, path, 422, **asked, exact="true")["errors"][0]
        assert fault["field"] == "exact"


def test_a_further_page_stands_under_the_same_condition(desk: Desk) -> None:
    for _ in range(2):
        desk.send(*listed(uscc(), "4"))
    first = desk.get("/v1/roster", limit=1, rules=EARLIER).json()
    assert first["next"]
    further = {"limit": 1, "cursor": first["next"]}
    assert "asked_rules" not in desk.get("/v1/roster", **further).json()["basis"]
    second = desk.get("/v1/roster", **further, rules=EARLIER).json()
    assert second["basis"] == first["basis"]
    refused(desk, "/v1/roster", 409, **further, rules=EARLIER, exact="true")


def test_the_address_of_a_past_state_names_its_rules(desk: Desk, code: str) -> None:
    position = desk.get("/readyz").json()["position"]
    answer = desk.get("/v1/roster", uscc=code, position=position, rules=EARLIER)
    where = urlsplit(answer.headers["content-location"])
    named = dict(parse_qsl(where.query))
    assert named["rules"] == answer.json()["basis"]["rules"]
    assert "exact" not in named
    there = desk.get(where.path, **named, exact="true").json()
    assert there["items"] == answer.json()["items"]
    assert "rules=" not in answer.headers["link"]


def test_the_tag_of_an_answer_is_one_of_its_rules() -> None:
    """A file of rows does not name them, and an upgrade may read the same rows otherwise tomorrow."""
    tags = {
        tag_of(b"a\n", "text/csv", "/v1/roster", 7, rules) for rules in ("2020-3/7", "2020-3/8")
    }
    assert len(tags) == 2


def test_whatever_has_a_clock_may_name_its_rules() -> None:
    """But entries: what stands in the ledger is the same under any rules."""
    without: list[str] = []
    for path, methods in DESCRIPTION["paths"].items():
        for method, operation in methods.items():
            names = {
                each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"
            }
            if {"known_at", "position"} <= names and not {"rules", "exact"} <= names:
                without.append(f"{method} {path}")
    assert without == []
