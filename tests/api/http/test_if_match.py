"""`If-Match`: a command rests on what its author has read, by the tag of the answer, a version, or `*`."""

from typing import Any

import pytest

from tests.api.desk import Desk
from tests.api.lines import (
    BUREAU,
    CENTRE,
    SUPERVISOR,
    Json,
    certificate,
    line,
    listed,
    reporter,
    session,
    submitted,
    uscc,
)

pytestmark = pytest.mark.postgres


def tag(desk: Desk, path: str, actor: Json = SUPERVISOR, **asked: Any) -> str:
    answer = desk.get(path, actor, **asked)
    assert answer.status_code == 200, answer.text
    found: str = answer.headers["ETag"]
    return found


def told(command: Json) -> Json:
    beside = {k: command[k] for k in ("valid_from", "reason") if k in command}
    return {**command["data"], **beside}


def send(desk: Desk, command: Json, match: str, actor: Json | None = None) -> Any:
    path = f"/v1/commands/{command['type']}"
    return desk.post(path, told(command), actor or command["actor"], If_Match=match)


def stale(answer: Any, *positions: int) -> None:
    """Refused with 412, and what has changed is named."""
    assert answer.status_code == 412, answer.text
    problem = answer.json()
    assert problem["type"] == "urn:dudao:problem:version-conflict"
    assert problem["position"] == positions[-1]
    assert [error["field"] for error in problem["errors"]] == ["If-Match"] * len(positions)
    for position, error in zip(positions, problem["errors"], strict=True):
        assert str(position) in error["reason"]


def suspended(code: str) -> Json:
    return line("ListingSuspended", "2025-05-01", BUREAU, uscc=code, basis="依据")


def renamed(code: str, name: str) -> Json:
    return line("EnterpriseProfileChanged", "2025-05-02", CENTRE, uscc=code, name=name)


def raised(code: str, finding: str) -> Json:
    return line(
        "FindingRaised", "2025-05-01", SUPERVISOR,
        finding_id=finding, uscc=code, kind="记录", severity="minor", rule="四", statement="记录不全",
        assessments=[], certificates=[], flags=[],
    )  # fmt: skip


def ordered(finding: str) -> Json:
    return line(
        "RectificationOrdered", "2025-05-03", SUPERVISOR,
        finding_id=finding, requirement="补正", due_on="2025-06-01",
    )  # fmt: skip


@pytest.mark.parametrize("part", ["", "/scope", "/standing"])
def test_an_enterprise_that_has_not_changed_since_it_was_read(desk: Desk, part: str) -> None:
    code = uscc()
    desk.send(*listed(code, "5"))
    read = tag(desk, f"/v1/enterprises/{code}{part}")
    desk.send(*listed(uscc(), "5"))  # what is recorded of others changes nothing
    first = send(desk, suspended(code), read)
    assert first.status_code == 201, first.text
    position = first.json()["position"]
    stale(send(desk, renamed(code, f"新名{code}"), read), position)
    now = tag(desk, f"/v1/enterprises/{code}{part}")
    assert send(desk, renamed(code, f"新名{code}"), now).status_code == 201


def test_a_session_a_finding_and_an_application(desk: Desk) -> None:
    code = uscc()
    held = session(code)
    desk.send(*listed(code, "5", "4"), held, raised(code, f"f-{code}"))
    address = f"/v1/assessments/{held['data']['assessment_id']}"
    read = tag(desk, address)
    paper = certificate(code, held["data"]["assessment_id"])
    issued = send(desk, paper, read, reporter(code))
    assert issued.status_code == 201, issued.text
    other = certificate(code, held["data"]["assessment_id"], 2)
    stale(send(desk, other, read, reporter(code)), issued.json()["position"])
    read = tag(desk, f"/v1/findings/f-{code}")
    done = send(desk, ordered(f"f-{code}"), read)
    assert done.status_code == 201, done.text
    withdrawn = line(
        "FindingWithdrawn", "2025-05-04", SUPERVISOR, finding_id=f"f-{code}", reason="x"
    )
    stale(send(desk, withdrawn, read), done.json()["position"])


def test_a_refusal_by_what_was_not_read_says_what_has_changed(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "5"), raised(code, f"f-{code}"))
    read = tag(desk, f"/v1/findings/f-{code}")
    closing = line(
        "FindingWithdrawn", "2025-05-04", SUPERVISOR, finding_id=f"f-{code}", reason="误报"
    )
    (done,) = desk.send(closing)
    stale(send(desk, ordered(f"f-{code}"), read), done["position"])
    # Whoever has read it hears the rule.
    now = send(desk, ordered(f"f-{code}"), tag(desk, f"/v1/findings/f-{code}"))
    assert now.status_code == 409


def test_an_act_that_waits_rests_on_what_its_author_has_read(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "5"))
    read = tag(desk, f"/v1/enterprises/{code}")
    (done,) = desk.send(suspended(code))
    removed = line("ListingRemoved", "2025-06-01", BUREAU, uscc=code, basis="依据")
    stale(send(desk, removed, read), done["position"])
    assert send(desk, removed, tag(desk, f"/v1/enterprises/{code}")).status_code == 202


def test_a_pinned_answer_is_as_old_as_its_position(desk: Desk) -> None:
    code = uscc()
    said = desk.send(*listed(code, "5"))
    position = said[-1]["positions"][-1]
    (done,) = desk.send(suspended(code))
    read = tag(desk, f"/v1/enterprises/{code}", position=position)
    stale(send(desk, renamed(code, f"别名{code}"), read), done["position"])


def test_a_tag_of_something_else_or_a_weak_one_matches_nothing(desk: Desk) -> None:
    code, other = uscc(), uscc()
    desk.send(*listed(code, "5"), *listed(other, "5"))
    own = tag(desk, f"/v1/enterprises/{code}")
    for match in (
        tag(desk, f"/v1/enterprises/{other}"),
        tag(desk, "/v1/roster"),
        f"W/{own}",
        '"x"',
    ):
        assert send(desk, suspended(code), match).status_code == 412
    assert send(desk, suspended(code), "no tag").status_code == 422
    assert send(desk, suspended(code), f'"x", {own}').status_code == 201


def test_a_star_asks_that_there_is_something(desk: Desk) -> None:
    code = uscc()
    (registering, *_) = listed(code, "5")
    assert send(desk, registering, "*").status_code == 412
    desk.send(*listed(code, "5"))
    assert send(desk, suspended(code), "*").status_code == 201


def test_scores_change_nothing_for_an_enterprise_that_may_not_see_them(desk: Desk) -> None:
    code = uscc()
    way = listed(code, "5")
    scored = next(n for n, each in enumerate(way) if each["type"] == "EvaluationScored")
    desk.send(*way[:scored])
    application = way[scored]["data"]["application_id"]
    mine = tag(desk, f"/v1/applications/{application}", reporter(code))
    theirs = tag(desk, f"/v1/applications/{application}", CENTRE)
    (done,) = desk.send(way[scored])
    withdrawn = line(
        "ApplicationWithdrawn", None, reporter(code), application_id=application, reason="暂缓"
    )
    returned = line(
        "ApplicationRejected", "2024-06-20", BUREAU, application_id=application, reason="x"
    )
    stale(send(desk, returned, theirs), done["position"])
    assert send(desk, withdrawn, mine).status_code != 412


def test_the_first_filing_of_an_application_is_no_change_of_another(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "5"))
    scope = listed(code, "5")[1]["data"]["scope"]
    other = submitted(code, scope)
    assert send(desk, other, "*", CENTRE).status_code in {409, 412}
