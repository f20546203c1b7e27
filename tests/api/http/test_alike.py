"""What is not there and what is another enterprise's answer alike, whichever way one asks (11 A 7)."""

from datetime import date
from typing import Any

import pytest

from tests.api.desk import Desk
from tests.api.lines import (
    SUPERVISOR,
    certificate,
    line,
    listed,
    registered,
    reporter,
    session,
    uscc,
)

pytestmark = pytest.mark.postgres
DAY = date(2025, 6, 1)
NOWHERE = 9_000_000_000


def alike(one: Any, other: Any, *ids: object) -> None:
    """Both answers are the same but for the ids that the caller has given and the moment's own id."""
    said = []
    for answer, name in ((one, ids[0]), (other, ids[1])):
        body = answer.json()
        body.pop("instance", None)
        said.append((answer.status_code, str(body).replace(str(name), "…")))
    assert said[0] == said[1]


@pytest.fixture(scope="module")
def theirs(desk: Desk) -> dict[str, Any]:
    """Records of an enterprise, as somebody else might address them."""
    code = uscc()
    held = session(code, "4")
    sent = desk.send(*listed(code, "4"), held)
    paper = certificate(code, held["data"]["assessment_id"], 1)
    desk.send(paper)
    finding = f"f-{code[-8:]}"
    raised = line(
        "FindingRaised",
        DAY.isoformat(),
        SUPERVISOR,
        finding_id=finding,
        uscc=code,
        kind="考评记录缺失",
        severity="major",
        rule="四",
        statement="没有评分记录",
    )
    desk.send(raised)
    return {
        "uscc": code,
        "application_id": f"app-{code[-8:]}",
        "assessment_id": held["data"]["assessment_id"],
        "certificate_no": paper["data"]["certificate_no"],
        "finding_id": finding,
        "flag": f"S1-{sent[-1]['position']}",
        "position": sent[-1]["position"],
    }


READS = [
    ("/v1/applications/{}", "application_id"),
    ("/v1/assessments/{}", "assessment_id"),
    ("/v1/findings/{}", "finding_id"),
    ("/v1/flags/{}", "flag"),
    ("/v1/flags/{}/explained", "flag"),
    ("/v1/events/{}", "position"),
    ("/v1/events/{}/context", "position"),
    ("/v1/events/{}/proof", "position"),
]


@pytest.mark.parametrize(("path", "field"), READS)
def test_a_record_of_another_enterprise_reads_like_none(desk: Desk, theirs, path: str, field: str):
    mine = uscc()
    desk.send(registered(mine))
    head = desk.get("/v1/roster", limit=1).json()["basis"]["position"]
    nothing = head + NOWHERE if field == "position" else "nothing-there"
    nothing = f"S1-{NOWHERE}" if field == "flag" else nothing
    asked = [desk.get(path.format(name), reporter(mine)) for name in (theirs[field], nothing)]
    assert asked[0].status_code in {403, 404}
    alike(*asked, theirs[field], nothing)


WRITES = [
    ("ApplicationWithdrawn", "application_id", {"reason": "不再申报"}),
    (
        "ResultsPublished",
        "assessment_id",
        {"published_on": "2025-06-01", "until": "2025-06-09", "where": "公告栏"},
    ),
    ("CertificateRevoked", "certificate_no", {"reason": "误发"}),
    (
        "CertificateReissued",
        "certificate_no",
        {"new_certificate_no": "Y000011123456254777777", "reason": "换"},
    ),
    ("RectificationReported", "finding_id", {"statement": "已改", "evidence": []}),
    ("FindingDisputed", "finding_id", {"statement": "有异议"}),
    ("FlagAnswered", "flag", {"statement": "说明", "evidence": []}),
    ("RecordCorrected", "position", {"fields": {"level": "5"}, "reason": "误"}),
]


@pytest.mark.parametrize(("name", "field", "more"), WRITES)
def test_a_command_on_another_enterprises_record_is_answered_like_one_on_none(
    desk: Desk, theirs, name: str, field: str, more: dict[str, Any]
):
    mine = uscc()
    desk.send(registered(mine))
    nothing: Any = {"position": NOWHERE, "flag": f"S1-{NOWHERE}"}.get(field, "nothing-there")
    nothing = "Y000011123456254888888" if field == "certificate_no" else nothing
    sent = [
        desk.post(
            f"/v1/commands/{name}",
            {field: each, **more, "valid_from": "2025-09-01"},
            reporter(mine),
        )
        for each in (theirs[field], nothing)
    ]
    assert sent[0].status_code == 403
    alike(*sent, theirs[field], nothing)


@pytest.mark.parametrize("kind", ["AssessmentHeld", "ApplicationSubmitted"])
def test_a_used_id_is_refused_in_the_same_words_whosever_it_is(
    desk: Desk, theirs: dict[str, Any], kind: str
):
    """Ids are one space (0246): that one is used is told, whose and for what is not."""
    mine = uscc()
    own = listed(mine, "4")
    desk.send(*own, session(mine, "4"))
    if kind == "AssessmentHeld":
        field, sent = "assessment_id", session(mine, "4", "2025-04-11")
        used = session(mine, "4")["data"][field]
    else:
        field, sent = "application_id", own[1]
        used = own[1]["data"][field]
    body = {**sent["data"], "valid_from": "2025-04-11"}
    if kind == "ApplicationSubmitted":
        body |= {"window": "2025-05", "valid_from": "2025-05-11"}
    answers = [
        desk.post(f"/v1/commands/{kind}", {**body, field: name}, reporter(mine))
        for name in (used, theirs[field])
    ]
    assert answers[0].status_code == 409, answers[0].text
    alike(*answers, used, theirs[field])
