"""Commands over HTTP: recorded and flagged, repeated, refused, or not for this caller."""

import pytest

from tests.acceptance.lines import (
    ANALYST,
    BUREAU,
    CENTRE,
    COOK,
    ELECTRICIAN,
    SUPERVISOR,
    certificate,
    changed,
    district,
    finding,
    granted,
    item,
    listed,
    registered,
    reporter,
    session,
    uscc,
    way_of,
)
from tests.acceptance.office import problem
from tests.acceptance.situations import applied


@pytest.fixture
def code(office):
    """An enterprise on the roster."""
    made = uscc()
    office.load(*listed(made, item(ELECTRICIAN, "4")))
    return made


def test_a_fact_that_breaks_a_rule_is_recorded_and_flagged(office, code):
    held = session(code, COOK, "4", "2025-03-10")
    answer = office.post("/v1/assessments", held, reporter(code), code)
    assert answer.status_code == 201, answer.text
    assert [flag["code"] for flag in answer.json()["flags"]] == ["S1"]
    assert office.ask(answer.headers["Location"]).status_code == 200
    assert office.breaches(code) == ["S1"]
    again = office.post("/v1/assessments", held, reporter(code), code)
    assert again.json() == answer.json()
    other = session(code, COOK, "4", "2025-03-11")
    problem(office.post("/v1/assessments", other, reporter(code), code), 422)
    assert office.breaches(code) == ["S1"]


def test_a_command_needs_a_key(office, code):
    before = office.position()
    held = session(code, COOK, "4", "2025-03-10")
    headers = {"Authorization": f"Bearer {office.token(reporter(code))}"}
    problem(office.client.post("/v1/assessments", json=held["data"], headers=headers), 400)
    assert office.position() == before


def test_a_malformed_command_is_answered_with_every_field(office, code):
    held = changed(session(code, ELECTRICIAN, "4", "2025-03-10"), level="9", mode="magic")
    answer = problem(office.post("/v1/assessments", held, reporter(code)), 422)
    assert {"level", "mode"} <= {fault["field"] for fault in answer["errors"]}


@pytest.mark.parametrize(
    "raw", [b"{", b"[]", b'{"a": NaN}', b'"x"', b"\xff\xfe", b'{"a":1,"a":2}', b"[" * 5000]
)
def test_a_body_that_is_no_object_is_answered_with_a_problem(office, code, raw):
    problem(office.post("/v1/assessments", raw, reporter(code)), 400, 422)


def test_a_refused_decision_writes_nothing(office):
    code = uscc()
    office.load(registered(code))
    before = office.position()
    change = granted(code, "2025-01-01", added=(item(COOK, "4"),))
    assert problem(office.post("/v1/scope-changes", change, BUREAU), 409, 422)["detail"]
    assert office.position() == before


def test_nobody_acts_for_others(office, code):
    other = uscc()
    held = session(code, ELECTRICIAN, "4", "2025-03-10")
    change = granted(code, "2025-01-01", added=(item(COOK, "4"),))
    problem(office.post("/v1/assessments", held, reporter(other)), 403)
    problem(office.post("/v1/assessments", held, None), 401)
    problem(office.post("/v1/findings", finding(code), district("110102")), 403)
    for actor in (CENTRE, ANALYST, SUPERVISOR, reporter(code)):
        problem(office.post("/v1/scope-changes", change, actor), 403)


def test_a_stream_that_has_moved_on_is_a_conflict(office, code):
    change = granted(code, "2025-06-01", added=(item(COOK, "4"),))
    before = office.position()
    answer = office.post("/v1/scope-changes", change, BUREAU, If_Match='"999999"')
    problem(answer, 412)
    assert office.position() == before
    assert office.post("/v1/scope-changes", change, BUREAU).status_code == 202


def test_every_stage_may_be_posted(office, code):
    held = session(code, ELECTRICIAN, "4", "2025-03-10")
    other = uscc()
    way = way_of(other)
    office.load(held, way["EnterpriseRegistered"][0])
    for path, body, actor in (
        ("/v1/certificates", certificate(held), reporter(code)),
        ("/v1/findings", finding(code), SUPERVISOR),
        ("/v1/applications", applied(other), reporter(other)),
    ):
        answer = office.post(path, body, actor)
        assert answer.status_code == 201, answer.text
        assert answer.json()["flags"] == []
        assert office.ask(answer.headers["Location"]).status_code == 200
