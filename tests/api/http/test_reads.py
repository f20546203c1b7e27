"""Questions: bases, pages, formats, caches."""

import csv
import io
import json
from datetime import datetime

import pyarrow.parquet as pq
import pytest

from domain.inspection.draw import Pool, Sample, commitment, draw
from projections.follow.version import FOLD
from tests.api.desk import Desk
from tests.api.lines import (
    BUREAU,
    COOK,
    ELECTRICIAN,
    SUPERVISOR,
    certificate,
    line,
    listed,
    registered,
    session,
    uscc,
)

pytestmark = pytest.mark.postgres

LISTS = (
    "roster",
    "flags",
    "assessments",
    "certificates",
    "applications",
    "inspections",
    "findings",
    "plans",
    "events",
)


def test_an_answer_says_what_it_stands_on(desk: Desk) -> None:
    desk.send(registered(uscc()))
    answer = desk.get("/v1/roster", valid_at="2025-01-01")
    basis = answer.json()["basis"]
    assert list(basis) == ["valid_at", "known_at", "position", "rules"]
    assert basis["valid_at"] == "2025-01-01"
    assert basis["rules"] == f"2020-3/{FOLD}"
    assert int(answer.headers["ledger-position"]) == basis["position"]
    assert datetime.fromisoformat(basis["known_at"]).tzinfo is not None


@pytest.mark.parametrize("name", LISTS)
def test_the_same_basis_gives_the_same_bytes(desk: Desk, name: str) -> None:
    code = uscc()
    desk.send(*listed(code, "5", "4"), session(code, "3"))
    live = desk.get(f"/v1/{name}", limit=3)
    basis = live.json()["basis"]
    desk.send(registered(uscc()), session(code, "5"))
    if name == "events":
        pinned = desk.get("/v1/events", limit=3, upto=basis["position"])
    else:
        pinned = desk.get(
            f"/v1/{name}", limit=3, valid_at=basis["valid_at"], position=basis["position"]
        )
        instant = desk.get(
            f"/v1/{name}", limit=3, valid_at=basis["valid_at"], known_at=basis["known_at"]
        )
        assert instant.content == live.content
    assert pinned.content == live.content


def test_counts_are_compared_like_everything_else(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "5"))
    then = desk.get("/readyz").json()["position"]
    desk.send(session(code, "5", "2025-04-02"), session(code, "5", "2025-05-02"))
    asked = {"of": "counts", "by": "month", "uscc": code, "from_position": then}
    first = desk.get("/v1/diff", limit=1, **asked).json()
    rest = desk.get("/v1/diff", limit=1, cursor=first["next"], **asked).json()
    assert rest["next"] is None
    april, may = (*first["items"], *rest["items"])
    assert [april["key"], may["key"]] == ["2025-04", "2025-05"]
    assert (april["change"], april["clock"], april["because"]) == ("added", "knowledge", [])
    assert april["after"]["sessions"] == 1
    assert april["message"]["en"].startswith(f"{code}: month 2025-04 added: sessions 1")
    assert desk.get("/v1/diff", of="counts", by="colour").status_code == 422


def test_who_has_just_recorded_something_sees_it(desk: Desk) -> None:
    code = uscc()
    for _ in range(5):
        code = uscc()
        desk.send(registered(code))
        assert desk.get(f"/v1/enterprises/{code}").json()["uscc"] == code


def test_min_position_waits_and_a_position_to_come_is_refused(desk: Desk) -> None:
    (said,) = desk.send(registered(uscc()))
    assert desk.get("/v1/roster", min_position=said["position"]).status_code == 200
    assert desk.get("/v1/roster", position=said["position"] + 10_000).status_code == 422


def test_known_at_and_position_exclude_each_other(desk: Desk) -> None:
    answer = desk.get("/v1/roster", position=1, known_at="2026-01-01T00:00:00Z")
    assert answer.status_code == 422


def test_what_was_known_then_is_not_what_is_known_now(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "5", "4"), session(code, "3"))
    then = desk.get("/readyz").json()["position"]
    change = {"added": [{**COOK, "levels": ["3"]}], "removed": [], "basis": "补充确认"}
    change["added"][0] = {**session(code)["data"]["occupation"], "levels": ["3"]}
    desk.send(line("ScopeChanged", "2025-03-01", BUREAU, uscc=code, **change))
    assert [f["code"] for f in desk.items("/v1/flags", uscc=code)] == []
    assert [f["code"] for f in desk.items("/v1/flags", uscc=code, position=then)] == ["S2"]


def test_pages_join_to_the_whole_and_stay_at_their_basis(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "4"), *(session(code, "4", f"2025-05-{d:02d}") for d in range(1, 8)))
    whole = desk.items("/v1/assessments", uscc=code)
    first = desk.get("/v1/assessments", uscc=code, limit=3)
    desk.send(session(code, "4", "2025-05-20"))
    cursor = first.json()["next"]
    found = first.json()["items"]
    while cursor:
        page = desk.get("/v1/assessments", uscc=code, limit=3, cursor=cursor).json()
        assert page["basis"] == first.json()["basis"]
        found += page["items"]
        cursor = page["next"]
    assert found == whole
    assert len(found) == 7


@pytest.mark.parametrize("path", ["/v1/plans", "/v1/late", "/v1/enterprises/{uscc}/history"])
def test_a_cursor_stays_on_the_basis_of_its_first_page(desk: Desk, path: str) -> None:
    code = uscc()
    desk.send(*listed(code, "5"))
    path = path.format(uscc=code)
    of = {} if "enterprises" in path else {"uscc": code}
    first = desk.get(path, limit=1, **of).json()
    again = {**of, "limit": 1, "cursor": first["next"]}
    assert desk.get(path, **again).json()["basis"] == first["basis"]
    position = first["basis"]["position"]
    assert desk.get(path, position=position, **again).status_code == 200
    assert desk.get(path, position=position - 1, **again).status_code == 422
    assert desk.get(path, valid_at="2024-07-02", **again).status_code == 422


def test_a_cursor_belongs_to_its_list(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "4"))
    cursor = desk.get("/v1/plans", uscc=code, limit=1).json()["next"]
    assert desk.get("/v1/plans", limit=1, cursor=cursor).status_code == 422
    assert desk.get("/v1/findings", uscc=code, limit=1, cursor=cursor).status_code == 422


def test_a_link_leads_to_the_next_page_in_every_format(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "4"))
    page = desk.get("/v1/plans", uscc=code, limit=1, accept="text/csv")
    address = page.headers["link"].split(">")[0].lstrip("<")
    assert desk.http.get(address, headers=desk.auth(SUPERVISOR)).status_code == 200


def test_a_history_comes_newest_first_and_page_by_page(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "4"), session(code))
    items = desk.items(f"/v1/enterprises/{code}/history", limit=4)
    positions = [item["position"] for item in items]
    assert positions == sorted(positions, reverse=True)
    assert items[0]["type"] == "AssessmentHeld"
    assert items[-1]["type"] == "EnterpriseRegistered"
    assert items[0]["data"]["candidates"]["employee"] == 10
    only = desk.items(f"/v1/enterprises/{code}/history", type="AnnualPlanFiled")
    assert {item["type"] for item in only} == {"AnnualPlanFiled"}


def test_events_come_in_order_and_go_on_behind_a_position(desk: Desk) -> None:
    page = desk.get("/v1/events", limit=2).json()
    assert [item["position"] for item in page["items"]] == [1, 2]
    more = desk.get("/v1/events", limit=2, after=page["next"]).json()
    assert [item["position"] for item in more["items"]] == [3, 4]


def test_every_format_says_the_same(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "5"), session(code, "3"))
    items = desk.items("/v1/flags", uscc=code)
    lines = desk.get("/v1/flags", uscc=code, accept="application/x-ndjson").content.splitlines()
    assert [json.loads(each) for each in lines] == items
    sheet = desk.get("/v1/flags", uscc=code, accept="text/csv")
    assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    assert [row["key"] for row in rows] == [item["key"] for item in items]
    parquet = desk.get("/v1/flags", uscc=code, accept="application/vnd.apache.parquet")
    table = pq.read_table(io.BytesIO(parquet.content))
    assert table.column("key").to_pylist() == [item["key"] for item in items]
    assert table.column("message").to_pylist()[0] == items[0]["message"]
    assert table.schema.metadata[b"dudao.position"] == parquet.headers["ledger-position"].encode()


def test_a_live_answer_is_asked_for_again_and_a_pinned_one_kept(desk: Desk) -> None:
    live = desk.get("/v1/flags", limit=1)
    assert live.headers["cache-control"] == "private, no-cache"
    tag = live.headers["etag"]
    asked = {**desk.auth(SUPERVISOR), "If-None-Match": tag}
    again = desk.http.get("/v1/flags", params={"limit": 1}, headers=asked)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    pinned = desk.get("/v1/flags", limit=1, position=1)
    assert pinned.headers["cache-control"] == "private, max-age=31536000, immutable"
    public = desk.get("/v1/roster", None, limit=1, position=1)
    assert public.headers["cache-control"] == "public, max-age=31536000, immutable"


MEMENTOS = (
    *(f"/v1/{name}" for name in ("roster", "flags", "assessments", "findings", "plans", "late")),
    "/v1/stats?by=code",
    "/v1/enterprises/{uscc}",
    "/v1/enterprises/{uscc}/history?limit=2",
    "/v1/enterprises/{uscc}/timeline",
    "/v1/overview",
)


@pytest.mark.parametrize("path", MEMENTOS)
@pytest.mark.parametrize("day", [None, "2025-06-01"])
def test_a_state_of_the_past_says_at_which_address_it_stands_for_ever(
    desk: Desk, path: str, day: str | None
) -> None:
    code = uscc()
    desk.send(*listed(code, "5", "4"), session(code, "3"))
    address, _, query = path.format(uscc=code).partition("?")
    asked = {**dict(each.split("=") for each in query.split("&") if each), "valid_at": day}
    known_at = desk.get("/v1/roster").json()["basis"]["known_at"]
    desk.send(registered(uscc()))
    then = desk.get(address, known_at=known_at, **asked)
    assert then.status_code == 200, then.text
    assert then.headers["cache-control"].endswith("immutable")
    place = then.headers["content-location"]
    assert "known_at" not in place
    assert "position=" in place
    again = desk.http.get(place, headers=desk.auth(SUPERVISOR))
    assert again.content == then.content
    assert again.headers["content-location"] == place
    assert 'rel="original timegate"' in then.headers["link"]
    assert "Accept-Datetime" in then.headers["vary"]


def test_what_is_known_now_may_grow_and_is_asked_for_again(desk: Desk) -> None:
    desk.send(registered(uscc()))
    basis = desk.get("/v1/roster").json()["basis"]
    last = desk.get("/v1/flags", known_at=basis["known_at"], valid_at=basis["valid_at"], limit=1)
    assert last.headers["cache-control"] == "private, no-cache"
    live = desk.get("/v1/flags", limit=1)
    assert not {"content-location", "memento-datetime"} & set(live.headers)
    desk.send(registered(uscc()))
    past = desk.get("/v1/flags", known_at=basis["known_at"], valid_at=basis["valid_at"], limit=1)
    assert past.headers["cache-control"].endswith("immutable")
    assert past.content == last.content
    whole = desk.get("/v1/flags", known_at=basis["known_at"], all="true", format="csv")
    assert "position=" in whole.headers["content-location"]
    assert "Accept-Datetime" in whole.headers["vary"]


def test_head_says_what_get_would(desk: Desk) -> None:
    headers = desk.auth(SUPERVISOR)
    got = desk.http.get("/v1/flags?position=1", headers=headers)
    head = desk.http.head("/v1/flags?position=1", headers=headers)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(got.content))
    assert head.headers["etag"] == got.headers["etag"]


def test_of_a_certificate_the_public_is_told_what_the_flags_say(desk: Desk) -> None:
    old = {**ELECTRICIAN, "edition": "2015"}  # no mapping to the confirmed edition is adopted
    span = {"held_from": "2025-04-30", "held_to": "2025-05-02"}
    sessions = {
        None: lambda code: session(code, occupation=old),
        False: lambda code: session(code, **span),
        True: session,
    }
    for wanted, held_by in sessions.items():
        code = uscc()
        held = held_by(code)
        issued = certificate(code, held["data"]["assessment_id"])
        issued["data"] |= {"occupation": held["data"]["occupation"], "issued_on": "2025-05-20"}
        suspended = line(
            "ListingSuspended", "2025-05-02", BUREAU, uscc=code, basis="检查", until="2025-06-01"
        )
        desk.send(*listed(code, "4"), suspended, held, issued)
        number = issued["data"]["certificate_no"]
        said = desk.get(f"/v1/certificates/{number}", None).json()
        assert said["issuer_in_scope"] is wanted
        # Of who issues for another's session no flag says it: the same checks do.
        assessor = uscc()
        theirs = held_by(assessor)
        lent = certificate(assessor, theirs["data"]["assessment_id"])
        lent["data"] |= issued["data"] | {
            name: lent["data"][name] for name in ("assessment_id", "certificate_no", "holder")
        }
        desk.send(*listed(assessor, "4"), theirs, lent)
        borrowed = desk.get(f"/v1/certificates/{lent['data']['certificate_no']}", None).json()
        assert borrowed["issuer"]["uscc"] == code
        assert borrowed["issuer_in_scope"] is wanted
        assert (said["assessed_on"], said["assessed_to"]) == (
            held["data"]["held_from"],
            held["data"]["held_to"],
        )
        page = desk.http.get(f"/certificates/{number}", headers={"Accept": "text/html"}).text
        phrase = {None: "尚不能判定", False: "有该职业和等级不在", True: "认定当日，该职业和等级在"}
        assert phrase[wanted] in page


def test_anyone_may_look_a_certificate_up(desk: Desk) -> None:
    code = uscc()
    held = session(code)
    issued = certificate(code, held["data"]["assessment_id"])
    desk.send(*listed(code, "4"), held, issued)
    number = issued["data"]["certificate_no"]
    said = desk.get(f"/v1/certificates/{number}", None).json()
    assert said["masked_name"] == "张**"
    assert (said["issuer"]["uscc"], said["issuer_in_scope"]) == (code, True)
    assert (said["revoked"], said["state"], said["others"]) == (False, "valid", [])
    assert "subject_id" not in json.dumps(said)
    assert "results" not in said
    asked = {"certificate_no": number, "name": "张三丰"}
    assert desk.http.post("/v1/certificates/lookup", json=asked).json()["match"] is True
    asked["name"] = "张三"
    answer = desk.http.post("/v1/certificates/lookup", json=asked).json()
    assert answer["match"] is False
    assert set(answer) == {"basis", "match"}
    assert desk.get("/v1/certificates/Y000011000000000000000", None).status_code == 404


def test_a_draw_can_be_drawn_again(desk: Desk) -> None:
    pool = [uscc() for _ in range(6)]
    draw_id = f"draw-{pool[0][-6:]}"
    seed = "四月十日开奖号码 123456"
    body = {
        "draw_id": draw_id,
        "pool": {"enterprises": pool, "inspectors": ["甲", "乙"]},
        "sample": {"enterprises": 2, "inspectors": 1},
        "seed_commitment": commitment(seed),
        "valid_from": "2026-04-01",
    }
    assert desk.post("/v1/draws", body, SUPERVISOR).status_code == 201
    assert desk.post("/v1/draws", body | {"seed": seed}, SUPERVISOR).status_code == 201
    said = desk.get(f"/v1/draws/{draw_id}").json()
    again = draw(
        Pool(enterprises=tuple(said["pool"]["enterprises"]), inspectors=("甲", "乙")),
        Sample(**said["sample"]),
        said["seed"],
    )
    assert said["drawn"]["enterprises"] == list(again.enterprises)
    assert [step["carried_out"] for step in said["steps"]] == [False, True]


def test_a_draw_is_listed_from_its_day_on_and_becomes_one_carried_out_on_its_own(
    desk: Desk,
) -> None:
    pool = [uscc() for _ in range(3)]
    body = {
        "draw_id": f"draw-{pool[0][-6:]}",
        "pool": {"enterprises": pool},
        "sample": {"enterprises": 1},
        "seed_commitment": commitment("五月八日开奖号码"),
    }
    told = [{"valid_from": "2026-05-01"}, {"valid_from": "2026-05-08", "seed": "五月八日开奖号码"}]
    for each in told:
        assert desk.post("/v1/draws", body | each, SUPERVISOR).status_code == 201
    path = f"/v1/draws/{body['draw_id']}"
    stages = {}
    for day in ("2026-04-30", "2026-05-01", "2026-05-07", "2026-05-08"):
        rows = desk.get("/v1/draws", SUPERVISOR, valid_at=day).json()["items"]
        stages[day] = [row["stage"] for row in rows if row["draw_id"] == body["draw_id"]]
        there = 200 if stages[day] else 404
        assert desk.get(path, SUPERVISOR, valid_at=day).status_code == there
    assert list(stages.values()) == [[], ["committed"], ["committed"], ["carried_out"]]
    inspector = {"account": "i", "role": "district_inspector", "organisation": "110108"}
    narrowed = desk.get("/v1/draws", inspector).json()
    assert (narrowed["items"], narrowed["limited_to"]) == ([], {"district": "110108"})


def test_an_enterprise_is_warned_before_its_listing_ends(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "4"))
    path = f"/v1/enterprises/{code}"
    assert desk.get(path, valid_at="2026-11-01").json()["warning"] is None
    assert desk.get(path, valid_at="2027-01-15").json()["warning"]["within_days"] == 180
    assert desk.get(path, valid_at="2027-06-30").json()["warning"] == {
        "days_left": 1,
        "within_days": 60,
    }
    assert desk.get(path, valid_at="2027-07-01").json()["standing"] == "expired"


def test_the_installation_says_how_it_is(desk: Desk) -> None:
    assert desk.get("/healthz", None).json() == {"alive": True}
    ready = desk.get("/readyz", None).json()
    assert ready["ready"] is True
    figures = desk.get("/metrics").text
    assert "dudao_ledger_position" in figures
    assert "dudao_http_requests_total" in figures
    assert "/9111" not in figures  # no enterprise stands in a route


def test_an_occupation_is_asked_for_by_its_code_as_by_its_name(desk: Desk) -> None:
    code = uscc()
    held = session(code, "3")
    for each in (*listed(code, "4"), held, certificate(code, held["data"]["assessment_id"])):
        desk.send(each)
    for name in ("roster", "assessments", "flags"):
        by_name, by_code = (
            desk.get(f"/v1/{name}", uscc=code, occupation=ELECTRICIAN[asked]).json()["items"]
            for asked in ("name", "code")
        )
        assert by_code, name
        assert by_code == by_name
        other = desk.get(f"/v1/{name}", uscc=code, occupation=COOK["code"]).json()
        assert other["items"] == [], name
