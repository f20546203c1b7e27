"""Who sees what over HTTP: every role at every path, own and other districts and enterprises."""

import json

import pytest

from tests.api.desk import Desk
from tests.api.lines import (
    CENTRE,
    SUPERVISOR,
    Json,
    certificate,
    district,
    line,
    listed,
    reporter,
    session,
    uscc,
)

pytestmark = pytest.mark.postgres

ROLES: dict[str, Json | None] = {
    "nobody": None,
    **{
        role: {"account": f"{role}-9", "role": role, "organisation": seat}
        for role, seat in (
            ("quality_supervisor", "centre"),
            ("centre_officer", "centre"),
            ("bureau_publisher", "bureau"),
            ("analyst", "centre"),
            ("district_inspector", "110105"),
            ("expert", "大学"),
            ("public", "public"),
            ("security_admin", "centre"),
            ("audit_admin", "centre"),
            ("system_admin", "centre"),
        )
    },
    "enterprise_reporter": None,
}
ALL_SEEING = {"quality_supervisor", "centre_officer", "bureau_publisher", "analyst"}
LISTS = ("flags", "assessments", "certificates", "inspections", "findings", "plans", "applications")


class Town:
    """Two enterprises in two districts, each with a session out of scope and a certificate."""

    def __init__(self, desk: Desk) -> None:
        self.here, self.there = uscc("110105"), uscc("110108")
        self.numbers: dict[str, str] = {}
        for code, where in ((self.here, "110105"), (self.there, "110108")):
            held, wrong = session(code), session(code, "3")
            issued = certificate(code, held["data"]["assessment_id"])
            self.numbers[code] = issued["data"]["certificate_no"]
            desk.send(*listed(code, "4", where=where), held, wrong, issued)

    def actor(self, role: str) -> Json | None:
        return reporter(self.here) if role == "enterprise_reporter" else ROLES[role]


@pytest.fixture(scope="module")
def town(desk: Desk) -> Town:
    return Town(desk)


def status(role: str, *, business: bool) -> int:
    if not business:
        return 200
    if role == "nobody":
        return 401
    if role in ALL_SEEING | {"district_inspector", "enterprise_reporter"}:
        return 200
    return 403


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", ["roster", *LISTS])
def test_each_role_at_each_list(desk: Desk, town: Town, role: str, name: str) -> None:
    expected = status(role, business=name != "roster")
    if role == "expert" and name == "applications":
        expected = 200
    answer = desk.get(f"/v1/{name}", town.actor(role))
    assert answer.status_code == expected, answer.text


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("path", ["", "/scope", "/standing", "/history"])
def test_each_role_at_another_enterprise(desk: Desk, town: Town, role: str, path: str) -> None:
    answer = desk.get(f"/v1/enterprises/{town.there}{path}", town.actor(role))
    if role in ALL_SEEING:
        assert answer.status_code == 200
    elif role in {"district_inspector", "enterprise_reporter"}:
        if path:
            assert answer.status_code == 200
            assert answer.json()["items"] == []
            assert answer.json()["limited_to"]
        else:
            assert answer.status_code == 404
    else:
        assert answer.status_code == (401 if role == "nobody" else 403)


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("role", ["district_inspector", "enterprise_reporter"])
def test_a_narrowed_role_sees_its_own_and_nothing_else(
    desk: Desk, town: Town, role: str, name: str
) -> None:
    actor = town.actor(role)
    items = desk.items(f"/v1/{name}", actor)
    own = {item.get("uscc") or item.get("subject") for item in items}
    if role == "enterprise_reporter":
        assert own <= {town.here}
    assert town.there not in json.dumps(items)
    if name not in {"inspections", "findings"}:
        assert town.here in own
    page = desk.get(f"/v1/{name}", actor).json()
    assert set(page["limited_to"]) <= {"district", "uscc"}
    assert {"zh", "en"} == set(page["note"])


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    "asked", [{"district": "110108"}, {"uscc": None}], ids=["district", "uscc"]
)
def test_asking_for_others_gives_an_empty_and_honest_answer(
    desk: Desk, town: Town, name: str, asked: Json
) -> None:
    if "uscc" in asked:
        asked = {"uscc": town.there}
    answer = desk.get(f"/v1/{name}", town.actor("district_inspector"), **asked)
    assert answer.status_code == 200
    said = answer.json()
    assert (said["items"], said["next"]) == ([], None)
    assert said["limited_to"] == {"district": "110105"}
    assert answer.headers["dudao-limited"] == "district=110105"


def test_a_record_of_others_is_as_if_it_were_not(desk: Desk, town: Town) -> None:
    (flag,) = desk.items("/v1/flags", SUPERVISOR, uscc=town.there)
    inspector = town.actor("district_inspector")
    paths = [
        (f"/v1/flags/{flag['key']}", "/v1/flags/S2-99999999"),
        (f"/v1/assessments/{flag['assessment_id']}", "/v1/assessments/none"),
        (f"/v1/applications/app-{town.there[-8:]}", "/v1/applications/none"),
        (f"/v1/plans/{town.there}/2025", f"/v1/plans/{town.there}/2050"),
        (f"/v1/events/{flag['because'][-1]}", "/v1/events/99999999"),
    ]
    for hidden, absent in paths:
        one, other = desk.get(hidden, inspector), desk.get(absent, inspector)
        assert one.status_code == other.status_code == 404, hidden
        assert one.json()["detail"] == other.json()["detail"]


def test_events_and_counts_tell_an_inspector_nothing_of_others(desk: Desk, town: Town) -> None:
    inspector = town.actor("district_inspector")
    page = desk.get("/v1/events", inspector, limit=1000).json()
    assert town.there not in json.dumps(page["items"])
    assert {item["district"] for item in page["items"]} == {"110105"}
    counts = desk.get("/v1/stats", inspector, by="district").json()
    assert {item["district"] for item in counts["items"]} == {"110105"}
    lines = desk.get("/v1/diff", inspector, of="roster", from_position=0).json()
    assert town.there not in json.dumps(lines["items"])


def test_the_roster_is_for_everybody_and_only_what_was_published(desk: Desk, town: Town) -> None:
    hidden = uscc("110106")
    desk.send(*listed(hidden, "4", where="110106")[:2])
    for role in ("nobody", "district_inspector", "enterprise_reporter", "security_admin"):
        actor = town.actor(role)
        named = desk.items("/v1/roster", actor, uscc=town.there)
        assert [item["uscc"] for item in named] == [town.there]
        assert desk.items("/v1/roster", actor, uscc=hidden) == []
        unlisted = desk.items("/v1/roster", actor, standing="unlisted")
        assert hidden not in {item["uscc"] for item in unlisted}
    assert desk.items("/v1/roster", SUPERVISOR, uscc=hidden)
    own = desk.items("/v1/roster", district("110106"), standing="unlisted")
    assert hidden in {item["uscc"] for item in own}


def test_an_expert_sees_the_applications_assigned_and_their_own_sheet_only(
    desk: Desk, town: Town
) -> None:
    code = uscc()
    app = f"app-{code[-8:]}"
    lines = listed(code, "4")
    concluded = next(i for i, x in enumerate(lines) if x["type"] == "EvaluationConcluded")
    desk.send(*lines[:concluded])
    expert = {"account": f"{app}-e1", "role": "expert", "organisation": "单位1"}
    (mine,) = desk.items("/v1/applications", expert)
    assert mine["application_id"] == app
    assert [sheet["expert_id"] for sheet in mine["scores"]] == [f"{app}-e1"]
    assert desk.get(f"/v1/applications/{app}", expert).status_code == 200
    assert desk.get(f"/v1/applications/app-{town.here[-8:]}", expert).status_code == 404
    desk.send(lines[concluded])
    (mine,) = desk.items("/v1/applications", expert)
    assert len(mine["scores"]) == 3


def test_an_analyst_sees_no_person(desk: Desk, town: Town) -> None:
    analyst = ROLES["analyst"]
    for path in (
        f"/v1/enterprises/{town.here}/history",
        "/v1/assessments",
        "/v1/certificates",
        "/v1/applications",
    ):
        text = desk.get(path, analyst, limit=1000).text
        for person in ("甲某", "张**", "subject_id", "专家1"):
            assert person not in text, (path, person)


def test_the_history_of_an_enterprise_that_moved_is_for_the_new_inspector(desk: Desk) -> None:
    code = uscc("110112")
    desk.send(*listed(code, "4", where="110112"), session(code))
    whole = desk.items(f"/v1/enterprises/{code}/history", SUPERVISOR)
    moved = line("EnterpriseProfileChanged", "2025-09-01", CENTRE, uscc=code, district="110113")
    desk.send(moved)
    old, new = district("110112"), district("110113")
    assert desk.items(f"/v1/enterprises/{code}/history", old) == []
    shown = desk.items(f"/v1/enterprises/{code}/history", new)
    assert len(shown) == len(whole) + 1
    for name in ("assessments", "applications"):
        assert desk.items(f"/v1/{name}", old, uscc=code) == []
        assert desk.items(f"/v1/{name}", new, uscc=code) != []
    assert desk.items("/v1/assessments", old, uscc=code, valid_at="2025-08-31") != []
