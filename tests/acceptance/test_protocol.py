"""The manners of every answer: clocks, validators, forms, cursors, and problems for the rest."""

import csv
import email.utils
import hashlib
import io
import json
from datetime import datetime

import pytest

from tests.acceptance.lines import (
    ANALYST,
    BUREAU,
    CENTRE,
    COOK,
    ELECTRICIAN,
    SUPERVISOR,
    certificate,
    corrected,
    district,
    finding,
    granted,
    item,
    line,
    listed,
    reporter,
    session,
    spot_check,
    suspended,
    uscc,
)
from tests.acceptance.office import problem

LISTS = [
    "roster",
    "flags",
    "assessments",
    "applications",
    "inspections",
    "findings",
    "plans",
    "certificates",
]


@pytest.fixture(scope="module")
def code(office) -> str:
    found, another = uscc(), uscc()
    held = session(found, COOK, "4", "2025-03-10")
    office.load(
        *listed(another, item(ELECTRICIAN, "4")),
        *listed(found, item(ELECTRICIAN, "4")),
        held,
        certificate(held),
        spot_check(found),
        finding(found),
    )
    return found


@pytest.mark.parametrize("name", LISTS)
def test_every_list_takes_both_clocks_and_one_of_two_ways_to_say_when(office, code, name):
    path = f"/v1/{name}"
    head = office.position()
    known = office.get(path, position=head, valid_at="2026-01-01")["basis"]
    assert (known["position"], known["valid_at"]) == (head, "2026-01-01")
    assert set(known) >= {"valid_at", "known_at", "position", "rules"}
    problem(office.ask(path, position=head, known_at=known["known_at"]), 422)
    problem(office.ask(path, position=head + 1_000_000), 422)
    problem(office.ask(path, position="-1"), 422)
    problem(office.ask(path, valid_at="2025-02-29"), 422)
    problem(office.ask(path, valid_at="2025-2-1"), 422)
    problem(office.ask(path, known_at="2025-03-01"), 422)
    problem(office.ask(path, known_at="2199-01-01T00:00:00Z"), 422)
    problem(office.ask(path, limit=0), 422)
    problem(office.ask(path, limit=1001), 422)
    problem(office.ask(path, cursor="nonsense"), 422)
    problem(office.ask(path, disrict="110108"), 422)


@pytest.mark.parametrize("name", LISTS)
def test_every_list_comes_in_four_forms(office, code, name):
    asked = {"uscc": code, "position": office.position()}
    items = office.get(f"/v1/{name}", **asked)["items"]
    assert items
    for accept, kind in (
        ("text/csv", "text/csv"),
        ("application/x-ndjson", "application/x-ndjson"),
        ("application/vnd.apache.parquet", "application/vnd.apache.parquet"),
        ("application/json", "application/json"),
        ("text/html,application/json;q=0.5", "application/json"),
        ("*/*", "application/json"),
    ):
        answer = office.ask(f"/v1/{name}", headers={"Accept": accept}, **asked)
        assert answer.status_code == 200, accept
        assert answer.headers["Content-Type"].startswith(kind), accept
        assert int(answer.headers["Ledger-Position"]) == asked["position"]
        if kind == "text/csv":
            rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
            assert len(rows) == len(items) + 1
        if kind == "application/x-ndjson":
            assert [json.loads(x) for x in answer.text.splitlines()] == items
    problem(office.ask(f"/v1/{name}", headers={"Accept": "image/png"}, **asked), 406)


@pytest.mark.parametrize("name", LISTS)
def test_a_live_answer_has_a_strong_tag_and_a_pinned_one_is_kept_for_ever(office, code, name):
    live = office.ask(f"/v1/{name}", uscc=code)
    tag = live.headers["ETag"]
    assert tag.startswith('"')
    again = office.ask(f"/v1/{name}", uscc=code, headers={"If-None-Match": f'"x", {tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == tag
    pinned = office.ask(f"/v1/{name}", uscc=code, position=office.position())
    assert "immutable" in pinned.headers["Cache-Control"]
    assert "immutable" not in live.headers["Cache-Control"]


def test_accept_datetime_is_known_at(office, code):
    known = datetime.fromisoformat(office.get("/v1/roster", q=code)["basis"]["known_at"])
    # A header knows whole seconds: one that is over is sure to hold nothing more.
    moment = known.replace(microsecond=0)
    said = email.utils.format_datetime(moment, usegmt=True)
    answer = office.ask("/v1/roster", headers={"Accept-Datetime": said}, q=code)
    assert answer.status_code == 200, answer.text
    asked = office.get("/v1/roster", q=code, known_at=moment.isoformat())
    assert answer.json() == asked
    assert "Accept-Datetime" in answer.headers["Vary"]
    pinned = office.ask("/v1/roster", q=code, position=office.position())
    basis = datetime.fromisoformat(pinned.json()["basis"]["known_at"]).replace(microsecond=0)
    assert pinned.headers["Memento-Datetime"] == email.utils.format_datetime(basis, usegmt=True)
    assert f'</v1/roster?q={code}>; rel="original timegate"' in pinned.headers["Link"]
    live = office.ask("/v1/roster", q=code)
    assert "Memento-Datetime" not in live.headers
    assert "Accept-Datetime" in live.headers["Vary"]


def test_an_accept_datetime_that_is_none_is_refused_and_one_ahead_means_now(office, code):
    wrong = office.ask("/v1/roster", headers={"Accept-Datetime": "2025-03-01"})
    problem(wrong, 400)
    ahead = {"Accept-Datetime": "Fri, 01 Jan 2100 00:00:00 GMT"}
    assert office.ask("/v1/roster", headers=ahead).status_code == 200
    here = office.position()
    fixed = office.ask("/v1/roster", headers={"Accept-Datetime": "x"}, position=here)
    assert fixed.json()["basis"]["position"] == here


def test_a_cursor_keeps_its_question_and_its_position(office, code):
    first = office.get("/v1/roster", limit=1)
    assert first["next"]
    office.load(suspended(code, "2025-05-01"))
    second = office.get("/v1/roster", limit=1, cursor=first["next"])
    assert second["basis"]["position"] == first["basis"]["position"]
    problem(office.ask("/v1/roster", limit=1, cursor=first["next"], district="BDA"), 422)
    problem(office.ask("/v1/flags", limit=1, cursor=first["next"]), 422)
    problem(office.ask("/v1/roster", cursor=first["next"], position=1), 422)


def test_paths_and_methods_that_there_are_not_are_problems(office):
    problem(office.ask("/v1/nothing"), 404)
    problem(office.ask("/v1/assessments/unknown"), 404)
    problem(office.ask("/v1/enterprises/91110108MA00000000"), 404)
    problem(office.client.delete("/v1/roster"), 405)
    problem(office.ask("/v1/roster", headers={"Authorization": "Bearer nonsense"}), 401)
    problem(office.ask("/v1/flags", None), 401)


def test_a_command_needs_json_and_a_stream_that_has_not_moved(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")))
    change = granted(code, "2025-01-01", added=(item(COOK, "4"),))
    problem(office.post("/v1/scope-changes", b"a=1", BUREAU, Content_Type="text/plain"), 415)
    stale = office.post("/v1/scope-changes", change, BUREAU, If_Match='"7"')
    assert problem(stale, 412)["type"].endswith("version-conflict")
    # It waits for a second person, and rests all the same on what its author has read.
    done = office.post("/v1/scope-changes", change, BUREAU, If_Match='"1"')
    assert done.status_code == 202, done.text
    assert done.headers["Location"]
    assert done.json()["position"] == office.position()
    problem(office.post("/v1/scope-changes", change, BUREAU, If_Match="nonsense"), 400, 412, 422)


def test_the_same_key_gives_the_same_answer_and_another_body_is_refused(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")))
    held = session(code, COOK, "4", "2025-03-10")
    first = office.post("/v1/assessments", held, reporter(code), key="k-1")
    assert first.status_code == 201
    assert [f["code"] for f in first.json()["flags"]] == ["S1"]
    again = office.post("/v1/assessments", held, reporter(code), key="k-1")
    assert (again.status_code, again.json()["position"]) in {
        (200, first.json()["position"]),
        (201, first.json()["position"]),
    }
    other = {**held, "data": {**held["data"], "level": "5"}}
    refused = office.post("/v1/assessments", other, reporter(code), key="k-1")
    assert problem(refused, 422)["type"].endswith("idempotency-key-reused")


def test_refusals_are_problems_with_rule_and_field(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")))
    lifted = line("ListingReinstated", "2023-01-01", BUREAU, uscc=code, basis="x")
    found = problem(office.post("/v1/commands/ListingReinstated", lifted, BUREAU), 409)
    assert found["rule"] == "not-listed"
    assert found["errors"][0]["field"] == "uscc"
    future = session(code, COOK, "4", "2199-01-01")
    assert "day-in-the-future" in json.dumps(
        problem(office.post("/v1/assessments", future, reporter(code)), 409, 422)
    )
    theirs = session(code, COOK, "4", "2025-03-10")
    problem(office.post("/v1/assessments", theirs, reporter(uscc())), 403)
    problem(office.post("/v1/assessments", theirs, ANALYST), 403)
    problem(office.post("/v1/assessments", theirs, None), 401)


def test_an_inspector_of_another_district_sees_nothing_and_is_told_why(office, code):
    for name in LISTS:
        page = office.get(f"/v1/{name}", district("110105"), uscc=code)
        if name == "roster":
            continue
        assert page["items"] == [], name
        assert page["limited_to"] == {"district": "110105"}, name
    asked = office.get("/v1/flags", district("110105"), district="110108")
    assert asked["items"] == []
    theirs = spot_check(code, where="110105", actor=district("110105"))
    problem(office.post("/v1/spot-checks", theirs, district("110105")), 403)


def test_a_reporter_counts_what_the_own_enterprise_did(office, code):
    own = office.get("/v1/stats", reporter(code), by="level")
    assert own["items"] == [
        {"level": "4", "sessions": 1, "certificates": 1, "breaches": 1, "open_findings": 0},
        {"level": None, "sessions": 0, "certificates": 0, "breaches": 0, "open_findings": 1},
    ]
    assert own["limited_to"] == {"uscc": code}
    everybody = office.get("/v1/stats", by="level", uscc=code)
    assert everybody["items"] == own["items"]
    other = uscc()
    office.load(*listed(other, item(ELECTRICIAN, "4")))
    assert office.get("/v1/stats", reporter(other), by="level")["items"] == []
    assert office.get("/v1/stats", reporter(other), by="level", uscc=code)["items"] == []


@pytest.mark.parametrize("by", ["district", "occupation", "level", "method", "month", "code"])
def test_counts_by_everything_are_those_of_the_reporter(office, code, by):
    own = office.get("/v1/stats", reporter(code), by=by)["items"]
    assert sum(row["breaches"] for row in own) == 1
    assert all(
        set(row) == {by, "sessions", "certificates", "breaches", "open_findings"} for row in own
    )


@pytest.mark.parametrize(
    "of",
    ["roster", "scope", "flags"],
)
def test_differences_name_change_key_before_after_and_cause(office, code, of):
    other = uscc()
    office.load(*listed(other, item(ELECTRICIAN, "4")), session(other, COOK, "4", "2025-03-10"))
    then = office.position()
    office.load(granted(other, "2025-01-01", added=(item(COOK, "4"),)))
    asked = {"of": of, "uscc": other, "from_position": then, "to_position": office.position()}
    asked |= {"from_valid_at": "2025-03-10", "to_valid_at": "2025-03-10"}
    lines = office.items("/v1/diff", **asked)
    assert lines, of
    for each in lines:
        assert each["change"] in {"added", "removed", "changed"}
        assert {"key", "before", "after", "because"} <= set(each)
        assert [b["type"] for b in each["because"]] == ["ScopeChanged"]
        assert {"position", "type", "actor", "reason", "document_no"} <= set(each["because"][0])
    problem(office.ask("/v1/diff", **{**asked, "of": "weather"}), 422)
    problem(
        office.ask("/v1/diff", of=of, from_position=1, from_known_at="2026-01-01T00:00:00Z"), 422
    )


def test_a_draw_is_made_again_from_what_it_says(office):
    codes = [uscc() for _ in range(4)]
    seed = "2026年第一次开奖"
    drawn = {
        "draw_id": f"d-{codes[0][-6:]}",
        "pool": {"enterprises": codes, "inspectors": ["甲", "乙", "丙"]},
        "sample": {"enterprises": 2, "inspectors": 1},
        "seed_commitment": hashlib.sha256(seed.encode()).hexdigest(),
    }
    first = office.post("/v1/draws", {**drawn, "valid_from": "2025-03-01"}, SUPERVISOR)
    assert first.status_code == 201, first.text
    other = {**drawn, "seed": "another", "valid_from": "2025-03-02"}
    problem(office.post("/v1/draws", other, SUPERVISOR), 409, 422)
    done = office.post("/v1/draws", {**drawn, "seed": seed, "valid_from": "2025-03-02"}, SUPERVISOR)
    assert done.status_code == 201, done.text
    shown = office.get(f"/v1/draws/{drawn['draw_id']}")
    assert len(shown["drawn"]["enterprises"]) == 2
    tickets = sorted(
        codes,
        key=lambda c: hashlib.sha256(
            f"dudao/draw/v1\n{seed}\nenterprise\n{c}".encode()
        ).hexdigest(),
    )
    assert shown["drawn"]["enterprises"] == tickets[:2]
    problem(office.ask("/v1/draws/none"), 404)


def test_the_largest_draw_is_committed_to_and_carried_out(office):
    codes = [uscc() for _ in range(2600)]
    seed = "开奖" * 20
    drawn = {
        "draw_id": f"d-{codes[0][-6:]}-{'x' * 40}",
        "pool": codes,
        "sample": 66,
        "seed_commitment": hashlib.sha256(seed.encode()).hexdigest(),
        "valid_from": "2025-03-01",
    }
    refused = office.post("/v1/draws", {**drawn, "sample": 67}, SUPERVISOR)
    assert problem(refused, 422)["rule"] == "pool-too-large"
    assert office.post("/v1/draws", drawn, SUPERVISOR).status_code == 201
    done = office.post("/v1/draws", {**drawn, "seed": seed}, SUPERVISOR)
    assert done.status_code == 201, done.text
    assert len(office.get(f"/v1/draws/{drawn['draw_id']}")["drawn"]["enterprises"]) == 66


def test_corrections_of_what_decisions_rest_on_are_known_from_then_on(office):
    code = uscc()
    confirmed = (item(ELECTRICIAN, "5", "4"), item(COOK, "4"))
    office.load(*listed(code, *confirmed), session(code, ELECTRICIAN, "4", "2025-03-10"))
    then = office.position()
    of = {
        kind: office.history(code, kind)[0]["position"]
        for kind in ("EnterpriseListed", "ReceiptIssued", "EnterpriseRegistered")
    }
    year = next(
        e["position"]
        for e in office.history(code, "AnnualPlanFiled")
        if e["valid_from"] == "2025-01-10"
    )
    office.load(corrected(of["EnterpriseListed"], BUREAU, scope=[item(ELECTRICIAN, "5")]))
    assert office.breaches(code) == ["S2"]
    office.load(corrected(of["EnterpriseListed"], BUREAU, scope=[item(COOK, "4")]))
    assert office.breaches(code) == ["S1"]
    # Never beyond what was confirmed, and never by another role than the one that published.
    (beyond,) = office.refuse(
        corrected(of["EnterpriseListed"], BUREAU, scope=[item(ELECTRICIAN, "3")])
    )
    assert beyond["code"] == "scope-beyond"
    whole = corrected(of["EnterpriseListed"], CENTRE, scope=[*confirmed])
    assert [each["code"] for each in office.refuse(whole)] == ["not-yours-to-correct"]
    office.load(corrected(of["EnterpriseListed"], BUREAU, scope=[item(ELECTRICIAN, "4")]))
    assert office.breaches(code) == []
    office.load(corrected(of["EnterpriseListed"], BUREAU, valid_to="2025-03-10"))
    assert office.breaches(code) == ["S7"]
    office.load(corrected(of["EnterpriseListed"], BUREAU, valid_to="2025-03-11"))
    office.load(corrected(of["ReceiptIssued"], CENTRE, issued_on="2025-03-11"))
    assert office.breaches(code) == ["S8"]
    office.load(corrected(of["ReceiptIssued"], CENTRE, issued_on="2025-03-10"))
    assert office.breaches(code) == []
    # The day of receipt is the authority's to say: the enterprise cannot move it either way.
    (refused,) = office.refuse(corrected(year, reporter(code), valid_from="2025-03-11"))
    assert refused["code"] == "day-of-receipt"
    office.load(corrected(year, CENTRE, valid_from="2025-03-11"))
    assert office.breaches(code) == ["S8"]
    assert office.breaches(code, position=then) == []
    office.load(corrected(year, CENTRE, valid_from="2025-01-10"))
    moved = {"name": "更名后的企业", "district": "110105"}
    (own,) = office.refuse(corrected(of["EnterpriseRegistered"], reporter(code), **moved))
    assert own["code"] == "authority-decides"
    office.load(corrected(of["EnterpriseRegistered"], CENTRE, **moved))
    (row,) = office.items("/v1/roster", q="更名后的企业")
    assert (row["uscc"], row["district"]) == (code, "110105")
    assert office.items("/v1/roster", q="更名后的企业", position=then) == []
    assert office.get("/v1/assessments", district("110105"), uscc=code)["items"]
    done = office.run("replay", "--check", "--workers", "1")
    assert done.returncode == 0, done.stdout + done.stderr
