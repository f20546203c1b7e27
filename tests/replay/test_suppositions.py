"""The whole city as if: nothing supposed changes nothing, and what is supposed is judged like the real."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from psycopg import sql

from domain.catalogue import CatalogueAdopted
from domain.terms.contents import RuleSet
from domain.terms.envelope import Recorded
from domain.terms.vocabulary import CatalogueKind
from ledger.deciding.outcome import Accepted, Rejected
from ledger.gate.shapes import from_line
from projections.follow.runner import Runner
from replay.engines import Executor, InProcess, processes
from replay.suppositions import FoldedPart, Suppositions, Whole, carried_out, explained, plan
from tests.api.lines import BUREAU, ELECTRICIAN, Json, line, listed, registered, session, uscc
from tests.projections.chronicle import SUBJECTS, Step, tell
from tests.projections.conftest import RULES, Ledger
from tests.projections.desk import TODAY, Desk
from tests.projections.follow.test_runner import steps

pytestmark = pytest.mark.postgres


def supposed(desk: Desk, *told: Json) -> tuple[Recorded[Any], ...]:
    """What the lines would record, decided where the ledger stands and never appended."""
    submissions = [from_line(json.dumps(each, ensure_ascii=False).encode()) for each in told]
    made = desk.transactor.rehearsal().suppose([submissions], desk.position())
    return tuple(entry for _, entries in made for entry in entries)


def asked(desk: Desk, supposing: Suppositions, *, tables: bool = False) -> Whole:
    return Whole(desk.conninfo, desk.position(), TODAY, supposing, tables)


def lines(desk: Desk, whole: Whole, executor: Executor | None = None) -> list[Json]:
    found = carried_out(executor or InProcess(desk.rules), plan(whole))
    return [line for each in found for line in explained(desk.log, each.lines, whole)]


def widened(code: str, day: str, level: str) -> Json:
    added = [{**ELECTRICIAN, "levels": [level]}]
    change = {"added": added, "removed": [], "basis": "补充确认"}
    return line("ScopeChanged", day, BUREAU, uscc=code, document_no="假如 1 号", **change)


def test_a_supposed_change_of_scope_clears_the_flags_that_it_would_and_records_nothing(desk: Desk):
    code, other = uscc(), uscc()
    then = desk.load(*listed(code, "4"), *listed(other, "4"), session(code, level="3"))
    entries = supposed(desk, widened(code, "2025-03-01", "3"))
    assert [entry.position for entry in entries] == [then + 1]
    found = lines(desk, asked(desk, Suppositions(entries=entries)))
    (flag,) = [each for each in found if each["of"] == "flags"]
    assert (flag["change"], flag["key"], flag["uscc"]) == ("removed", f"S2-{then}", code)
    (cause,) = flag["supposed"]
    assert (cause["type"], cause["document_no"]) == ("ScopeChanged", "假如 1 号")
    assert flag["clock"] == "supposition"
    # Whatever a difference names by its position is in the ledger: that one will be something else.
    assert max(each["position"] for line in found for each in line["because"]) <= then
    sides = [side for line in found for side in (line["before"], line["after"]) if side]
    assert max(at for side in sides for at in side.get("because", ())) <= then
    assert {each["of"] for each in found} == {"flags", "roster", "scope"}
    assert desk.position() == then
    assert desk.breaches(code) == ["S2"]


def test_it_is_what_comes_when_the_same_line_is_recorded(desk: Desk):
    code = uscc()
    desk.load(*listed(code, "4"), session(code, level="3"), session(code, level="5"))
    change = widened(code, "2025-03-01", "3")
    whole = asked(desk, Suppositions(entries=supposed(desk, change)), tables=True)
    (found,) = carried_out(InProcess(desk.rules), plan(whole))
    desk.load(change)
    assert_live(desk.conn, [found], whole._replace(upto=desk.position()))


def assert_live(conn: Any, found: list[FoldedPart], whole: Whole) -> None:
    """The rows are those of the live tables, as known at the position, on the day."""
    every: dict[str, list[str]] = {}
    for each in found:
        for table, docs in each.rows.items():
            every.setdefault(table if table in TABLES else "cases", []).extend(docs)
    for table in (*TABLES, "cases"):
        statement = sql.SQL(LIVE).format(sql.Identifier("projections", table))
        rows = conn.execute(statement, {"at": whole.upto, "day": whole.day}).fetchall()
        assert sorted(every.get(table, ())) == sorted(doc for (doc,) in rows), table


TABLES = ("roster", "flags", "sessions")
LIVE = """
SELECT doc FROM {}
 WHERE known_from <= %(at)s AND (known_to IS NULL OR known_to > %(at)s)
   AND valid_from <= %(day)s AND (valid_to IS NULL OR valid_to > %(day)s)
"""


def test_somebody_of_whom_nobody_has_heard_is_folded_too(desk: Desk):
    code = uscc()
    desk.load(registered(uscc()))
    whole = asked(desk, Suppositions(entries=supposed(desk, *listed(code, "4"))))
    assert {(each["of"], each["change"]) for each in lines(desk, whole)} == {
        ("roster", "added"),
        ("scope", "added"),
        ("standings", "added"),
    }


def test_what_an_act_may_not_be_is_refused_in_supposition_too(desk: Desk):
    code = uscc()
    desk.load(*listed(code, "4"))
    told = [widened(code, "2025-03-01", "3"), widened(uscc(), "2025-03-01", "3")]
    submissions = [from_line(json.dumps(each, ensure_ascii=False).encode()) for each in told]
    made = list(desk.transactor.rehearsal().suppose([submissions], desk.position()))
    assert [type(outcome) for outcome, _ in made] == [Accepted, Rejected]
    assert [len(entries) for _, entries in made] == [1, 0]


@pytest.fixture
def ledger(fresh: Callable[[], Ledger]) -> Ledger:
    made = fresh()
    for seed, subject in enumerate(SUBJECTS):
        tell(made.story, [step._replace(uscc=subject) for step in steps(60, seed)])
    tell(made.story, [Step(SUBJECTS[0], "CatalogueAdopted", 0, 0, 0)])
    Runner(made.conninfo, RULES).catch_up()
    return made


DAYS = (date(2025, 6, 1), date(2026, 6, 1), date(2027, 3, 1))


@pytest.mark.parametrize("day", DAYS)
def test_under_the_rules_in_force_the_whole_city_is_as_it_is(ledger: Ledger, day: date):
    story, conn, conninfo = ledger
    whole = Whole(conninfo, story.position, day, Suppositions(), tables=True)
    found = list(carried_out(InProcess(RULES), plan(whole, 3)))
    assert [line for each in found for line in each.lines] == []
    assert_live(conn, found, whole)


def numbered(found: list[FoldedPart]) -> list[tuple[str, str, str]]:
    return [(each["of"], each["key"], each["change"]) for part in found for each in part.lines]


def test_other_rules_flip_verdicts_alike_on_one_process_and_on_several(ledger: Ledger):
    _, _, conninfo = ledger
    strict = RuleSet(edition="假如", checks_off=("S1", "S2", "S7"))
    whole = Whole(conninfo, ledger.story.position, DAYS[1], Suppositions(rules=strict))
    alone = list(carried_out(InProcess(RULES), plan(whole)))
    flips = sum((each.flips() for each in alone), start=type(alone[0].flips())())
    assert {code for code, *_ in flips} >= {"S7"}
    with processes(RULES, 2) as executor:
        several = list(carried_out(executor, plan(whole, 3)))
    assert len(several) > 1
    assert numbered(several) == numbered(alone)
    assert numbered(alone) != []


def test_what_was_done_before_an_interruption_need_not_be_done_again(ledger: Ledger):
    _, _, conninfo = ledger
    strict = RuleSet(edition="假如", checks_off=("S7",))
    whole = Whole(conninfo, ledger.story.position, DAYS[1], Suppositions(rules=strict))
    planned = plan(whole, 3)
    every = list(carried_out(InProcess(RULES), planned))
    rest = list(carried_out(InProcess(RULES), plan(whole, 3, behind=every[0].last)))
    assert numbered(every[:1]) + numbered(rest) == numbered(every)
    assert sum(entries for _, entries in planned.parts) == planned.entries


def test_a_catalogue_that_is_supposed_is_an_entry_with_its_content(desk: Desk):
    code = uscc()
    at = desk.load(*listed(code, "4"), session(code, level="3"))
    lenient = RuleSet(edition="宽", checks_off=("S2",))
    adoption = CatalogueAdopted(
        kind=CatalogueKind.RULES, edition="宽", valid_from=date(2025, 1, 1), sha256="f" * 64
    )
    (entry,) = supposed(desk, widened(code, "2025-03-01", "5"))
    adopted = entry._replace(
        type="catalogue.catalogue-adopted/1", event=adoption, subject=None, tags=("catalogue:all",)
    )
    whole = asked(desk, Suppositions(entries=(adopted,), contents={"f" * 64: lenient}))
    found = [each for each in lines(desk, whole) if each["of"] == "flags"]
    assert [(each["key"], each["change"]) for each in found] == [(f"S2-{at}", "removed")]
    assert [(each["kind"], each["edition"]) for each in found[0]["supposed"]] == [
        ("catalogue", "宽")
    ]
