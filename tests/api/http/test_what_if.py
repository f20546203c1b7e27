"""Suppositions about the whole city over HTTP: asked, followed, read, cancelled; never recorded."""

import io
import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from api.installation import what_if_answers
from api.installation.what_if_answers import WHAT_IF_LISTS
from api.installation.what_if_store import Asked, Job, Stage
from api.installation.what_ifs import WhatIfs
from api.installation.wiring import Installation
from api.questions.declared import LISTS
from api.questions.problems import Problem
from api.questions.questions import WhatIfQuestion
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from ledger.deciding.outcome import Accepted
from ledger.gate.shapes import from_line
from projections.follow.lease import Lease
from projections.items.records import WhatIfItem
from projections.items.shape import Audience, shape_of
from tests.api.desk import Desk
from tests.api.lines import BUREAU, ELECTRICIAN, SUPERVISOR, Json, line, listed, session, uscc
from tests.api.web.test_declared_lists import departures
from tests.postgres import Server
from tests.serving import own_settings

pytestmark = pytest.mark.postgres

ANALYST = {"account": "analyst-1", "role": "analyst", "organisation": "centre"}


def until(ask: Callable[[], Json], enough: Callable[[Json], bool]) -> Json:
    found = ask()
    while not enough(found):
        found = ask()
    return found


def answered(desk: Desk, body: Json, actor: Json = ANALYST) -> Json:
    taken = desk.post("/v1/what-if", body, actor)
    assert taken.status_code == 202, taken.text
    address = taken.headers["location"]
    ended = {"done", "failed", "cancelled"}
    return until(lambda: desk.get(address, actor).json(), lambda said: said["stage"] in ended)


def widened(code: str) -> Json:
    change = {"added": [{**ELECTRICIAN, "levels": ["3"]}], "removed": [], "basis": "补充确认"}
    return line("ScopeChanged", "2025-01-01", BUREAU, uscc=code, **change)


def test_what_is_supposed_is_answered_by_the_rows_that_differ_and_the_tables_as_they_would_be(
    desk: Desk,
) -> None:
    code = uscc()
    desk.send(*listed(code, "5"), session(code, level="3"))
    before = desk.get("/readyz", None).json()["position"]
    said = answered(desk, {"suppositions": [widened(code), widened(uscc())]})
    assert (said["stage"], said["flips"], said["taken"], said["refused"]) == ("done", 1, 1, 1)
    assert said["refusals"][0]["line"] == 2
    assert said["done"] == said["whole"] > 0
    assert said["basis"]["position"] == before == desk.get("/readyz", None).json()["position"]
    assert departures({k: v for k, v in said.items() if k != "basis"}, whole_item(), "") == []
    path = f"/v1/what-if/{said['id']}/diff"
    (flag,) = desk.items(path, ANALYST, uscc=code)
    assert (flag["change"], flag["before"]["code"], flag["after"]) == ("removed", "S2", None)
    assert [(each["line"], each["type"]) for each in flag["supposed"]] == [(1, "ScopeChanged")]
    assert flag["clock"] == "supposition"
    assert max(each["position"] for each in flag["because"]) <= before
    assert said["enterprises"] == 1
    assert flag["message"]["en"].startswith(code)
    (scope,) = desk.items(path, ANALYST, of="scope")
    assert [each["path"] for each in scope["fields"]] == ["levels"]
    sheet = desk.get(path, ANALYST, of="scope", format="csv").content.decode("utf-8-sig")
    assert sheet.splitlines()[0].startswith('"change","key"')
    table = desk.get(f"/v1/what-if/{said['id']}/tables/flags.parquet", ANALYST)
    flags = pq.read_table(io.BytesIO(table.content)).to_pylist()
    ours = [each for each in flags if each["subject"] == code]
    assert "breach" not in {each["verdict"] for each in ours if each["code"] == "S2"}
    assert desk.get(f"/v1/what-if/{said['id']}/tables/nothing.parquet", ANALYST).status_code == 404


def whole_item() -> Any:
    return shape_of(WhatIfItem).seen_by(Audience.READERS)


def test_other_rules_are_paged_and_the_pages_join_to_the_whole(desk: Desk) -> None:
    codes = [uscc() for _ in range(3)]
    for code in codes:
        desk.send(*listed(code, "5"), session(code, level="3"))
    said = answered(desk, {"rules": {"edition": "假如", "checks_off": ["S2"]}})
    assert {each["code"] for each in said["by_check"]} == {"S2"}
    path = f"/v1/what-if/{said['id']}/diff"
    (cause,) = desk.items(path, ANALYST, uscc=codes[0])[0]["supposed"]
    assert (cause["kind"], cause["edition"], cause["line"]) == ("rules", "假如", None)
    paged = desk.items(path, ANALYST, limit=1)
    assert len(paged) == said["differences"]["flags"] >= len(codes)
    assert paged == desk.items(path, ANALYST)
    first = desk.get(path, ANALYST, limit=1).json()["next"]
    assert desk.get(path, ANALYST, limit=1, of="scope", cursor=first).status_code == 422
    assert desk.get(path, ANALYST, code="S7").json()["items"] == []


def test_a_stored_catalogue_is_supposed_by_its_digest(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "5"), session(code, level="3"))
    rules = {"edition": "宽", "checks_off": ["S2"]}
    added = desk.post("/v1/catalogues", {"kind": "rules", "content": rules}, SUPERVISOR)
    if added.status_code == 403:
        added = desk.post("/v1/catalogues", {"kind": "rules", "content": rules}, BUREAU)
    assert added.status_code == 201, added.text
    asked = {"sha256": added.json()["sha256"], "valid_from": "2025-01-01"}
    said = answered(desk, {"catalogue": asked})
    assert said["stage"] == "done"
    (flag,) = desk.items(f"/v1/what-if/{said['id']}/diff", ANALYST, uscc=code)
    assert [(each["kind"], each["edition"]) for each in flag["supposed"]] == [("catalogue", "宽")]
    assert "checks_from" in added.text


def test_the_tables_as_they_would_be_are_lists_as_those_of_what_there_is(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "5"), session(code, level="3"), session(code, level="5"))
    said = answered(desk, {"suppositions": [widened(code)]})
    tables = [each for each in WHAT_IF_LISTS if "/tables/" in each.path]
    assert [each["name"] for each in said["tables"]] == [
        each.path.rpartition("/")[2] for each in tables
    ]
    for each in tables:
        path = each.path.format(id=said["id"])
        rows = desk.items(path, ANALYST, limit=1000)
        shape = shape_of(each.item).seen_by(Audience.READERS)
        assert [line for row in rows for line in departures(row, shape, each.name)] == []
        keys = [tuple(row[name] for name in each.key) for row in rows]
        assert len(set(keys)) == len(keys)
        file = desk.get(path, ANALYST, format="parquet", all="true").content
        assert pq.read_table(io.BytesIO(file)).num_rows == len(rows)
        real = desk.get(LISTS[each.path.rpartition("/")[2]].path, ANALYST, all="true").json()
        assert bool(rows) == bool(real["items"])
    path = f"/v1/what-if/{said['id']}/tables/assessments"
    ours = desk.items(path, ANALYST, uscc=code)
    assert len(ours) == 2
    assert desk.items(path, ANALYST, uscc=code, limit=1) == ours
    assert desk.get(path, ANALYST, uscc=code, district="110101").json()["items"] == []
    flags = f"/v1/what-if/{said['id']}/tables/flags"
    breaches = desk.items(flags, ANALYST, uscc=code, verdict="breach")
    live = desk.items("/v1/flags", ANALYST, uscc=code, verdict="breach")
    assert {each["code"] for each in live} - {each["code"] for each in breaches} == {"S2"}
    assert desk.get(flags, ANALYST, code="S99").status_code == 422


def test_where_every_line_would_be_refused_it_is_said_that_nothing_was_supposed(desk: Desk) -> None:
    said = answered(desk, {"suppositions": [widened(uscc())]})
    assert (said["taken"], said["refused"], said["flips"]) == (0, 1, 0)
    assert "nothing was supposed" in said["note"]["en"]
    page = desk.get(f"/v1/what-if/{said['id']}/diff", ANALYST).json()
    assert (page["items"], page["note"]) == ([], said["note"])
    assert answered(desk, {"rules": {"edition": "假如"}})["note"] is None


def test_rules_that_name_no_first_days_suppose_no_later_check_away(desk: Desk) -> None:
    code = uscc()
    desk.send(*listed(code, "5"), session(code, level="5", quality_staff=[]))
    named = {"edition": "假如", "checks_from": {"S10": "2020-04-21"}}
    raised = answered(desk, {"rules": named})
    (flag,) = desk.items(f"/v1/what-if/{raised['id']}/diff", ANALYST, uscc=code)
    assert flag["after"]["code"] == "S10"
    said = answered(desk, {"rules": {"edition": "假如", "inspectors_minimum": 3}})
    assert desk.items(f"/v1/what-if/{said['id']}/diff", ANALYST, uscc=code) == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "suppositions"),
        ({"suppositions": " "}, "suppositions"),
        ({"suppositions": 3}, "suppositions"),
        ({"rules": {"edition": ""}}, "rules.edition"),
        ({"catalogue": {"sha256": "0"}}, "catalogue"),
        ({"rules": {"edition": "x"}, "valid_at": "soon"}, "valid_at"),
        ({"rules": {"edition": "x"}, "colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_supposed_is_refused_at_once(desk: Desk, body: Json, field: str) -> None:
    answer = desk.post("/v1/what-if", body, ANALYST)
    assert answer.status_code == 422, answer.text
    assert field in [each["field"] for each in answer.json()["errors"]]


def test_a_question_is_its_askers_and_is_for_those_who_see_everybody(desk: Desk) -> None:
    said = answered(desk, {"rules": {"edition": "假如"}})
    path = f"/v1/what-if/{said['id']}"
    assert said["id"] in {each["id"] for each in desk.get("/v1/what-if", ANALYST).json()["items"]}
    for address in (path, f"{path}/diff", f"{path}/tables/flags.parquet"):
        assert desk.get(address, SUPERVISOR).status_code == 404
    inspector = {"account": "i", "role": "district_inspector", "organisation": "110108"}
    reporter = {"account": "r", "role": "enterprise_reporter", "organisation": uscc()}
    for actor, status in ((inspector, 403), (reporter, 403), (None, 401)):
        assert desk.post("/v1/what-if", {"rules": {"edition": "x"}}, actor).status_code == status
        assert desk.get(path, actor).status_code == status
    waiting = desk.post("/v1/what-if", {"rules": {"edition": "假如"}}, ANALYST).json()
    given_up = desk.http.delete(f"/v1/what-if/{waiting['id']}", headers=desk.auth(ANALYST)).json()
    if given_up["stage"] == "cancelled":  # else it had come to its end
        assert desk.get(f"/v1/what-if/{waiting['id']}/diff", ANALYST).status_code == 409
    gone = desk.http.delete(path, headers=desk.auth(ANALYST))
    assert gone.status_code == 200
    assert desk.get(path, ANALYST).status_code == 404


@pytest.fixture
def lone(server: Server, tmp_path: Path) -> Iterator[Installation]:
    """An installation that nobody serves: its questions wait for a hand."""
    made = own_settings(server, "dudao_lone", tmp_path)
    with Installation(made, connections=6) as house:
        yield house
    server.drop("dudao_lone")


ASKER = Actor(account="analyst-1", role=Role.ANALYST, organisation="centre")


def loaded(lone: Installation) -> int:
    lines = [each for _ in range(4) for each in _some(uscc())]
    sent = [from_line(json.dumps(each, ensure_ascii=False).encode()) for each in lines]
    assert {type(each) for each in lone.transactor.stream([sent])} == {Accepted}
    return lone.runner.catch_up()


def _some(code: str) -> list[Json]:
    return [*listed(code, "5"), session(code, level="3")]


def asked(lone: Installation, what_ifs: WhatIfs) -> Job:
    job = what_ifs.ask(
        ASKER,
        Asked(rules='{"edition": "假如", "checks_off": ["S2"]}'),
        lone.ends().head,
        lone.recorded_at(lone.ends().head).date(),
    )
    found = what_ifs.store.find(job.id)
    assert found is not None
    return found


def lines_of(what_ifs: WhatIfs, job: Job) -> list[Any]:
    rows = [row for _, rows in what_ifs.store.pieces(job, "diff-flags") for row in rows]
    return [json.loads(row)["key"] for row in rows]


def test_what_a_server_did_before_it_went_away_is_not_done_again(
    lone: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded(lone)
    monkeypatch.setattr("replay.suppositions.ENTRIES", 1)
    lease = Lease(lone.database.addresses.app, "what-if")
    whole = asked(lone, lone.what_ifs)
    lone.what_ifs._carry_out(whole, lease)
    dying = WhatIfs(lone, lone.what_ifs.store)
    job = asked(lone, dying)
    with pytest.raises(Problem) as refused:
        what_if_answers.lines(lone, ASKER, WhatIfQuestion(), job.id)
    assert refused.value.status == 409
    saved = dying.store.save

    def last(job: Job, found: Any = None) -> bool:
        done = saved(job, found)
        if job.parts == 2:
            dying._closing.set()
        return done

    monkeypatch.setattr(dying.store, "save", last)
    dying._carry_out(job, lease)
    monkeypatch.setattr(dying.store, "save", saved)
    left = lone.what_ifs.store.next()
    assert left is not None
    assert (left.id, left.stage, left.parts) == (job.id, Stage.RUNNING, 2)
    lone.what_ifs._carry_out(left, lease)
    assert left.stage is Stage.DONE
    assert lines_of(lone.what_ifs, left) == lines_of(lone.what_ifs, whole)
    assert (left.flips, left.done, left.whole) == (whole.flips, whole.done, whole.whole)


def test_a_cancelled_question_is_not_carried_on(lone: Installation) -> None:
    loaded(lone)
    what_ifs = lone.what_ifs
    job = asked(lone, what_ifs)
    running = what_ifs.store.next()
    assert running is not None
    assert what_ifs.give_up(job).stage is Stage.CANCELLED
    what_ifs._carry_out(running, Lease(lone.database.addresses.app, "what-if"))
    found = what_ifs.store.find(job.id)
    assert found is not None
    assert found.stage is Stage.CANCELLED
    assert what_ifs.store.next() is None


def test_no_name_stands_anywhere_in_clear(lone: Installation) -> None:
    what_ifs = lone.what_ifs
    what_ifs.ask(
        ASKER,
        Asked(suppositions='{"type": "CertificateIssued", "data": {"holder": {"name": "王清晰"}}}'),
        0,
        date(2026, 1, 1),
    )
    with lone.reading() as connection:
        rows = connection.execute("SELECT asked, state FROM office.what_if").fetchall()
    assert rows
    assert all("王清晰".encode() not in bytes(value) for row in rows for value in row)
