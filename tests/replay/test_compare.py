"""What differs between two bases, and the entries that explain it."""

from datetime import date, timedelta
from typing import Any

import pytest

from ledger.log.clock import today
from projections.views.basis import BadCursor, Basis
from replay.compare import Of, Where, diff
from tests.api.lines import (
    BUREAU,
    CENTRE,
    COOK,
    SUPERVISOR,
    Json,
    line,
    listed,
    session,
    uscc,
)
from tests.projections.desk import Desk
from tests.projections.views.test_views import MARCH, order_of, scope_changed

pytestmark = pytest.mark.postgres


def lines(desk: Desk, of: Of, before: Basis, after: Basis, **filters: Any) -> list[Json]:
    return diff(desk.conn, desk.log, of, before, after, where=Where(**filters)).items


def causes(shown: Json) -> list[str]:
    return [cause["type"] for cause in shown["because"]]


def test_a_scope_granted_for_a_day_is_explained_by_its_document(desk: Desk):
    code = uscc()
    desk.load(
        *listed(code, "4"),
        scope_changed(code, "2025-06-01", added=("5",), document_no="京确〔2025〕7号"),
    )
    at = desk.position()
    before, after = Basis(date(2025, 5, 31), at), Basis(date(2025, 6, 1), at)
    (shown,) = lines(desk, "scope", before, after, uscc=code)
    assert shown["change"] == "changed"
    assert shown["key"] == f"{code}/2022/6-31-01-03/电工"
    (cause,) = shown["because"]
    assert (cause["type"], cause["document_no"]) == ("ScopeChanged", "京确〔2025〕7号")
    assert cause["actor"]["organisation"] == "bureau"
    (back,) = lines(desk, "scope", after, before, uscc=code)
    assert back["before"] == shown["after"]
    assert causes(back) == ["ScopeChanged"]


def test_a_line_of_scope_is_explained_by_the_papers_of_its_occupation(desk: Desk):
    code = uscc()
    desk.load(*listed(code, "4"))
    before = desk.basis(date(2025, 5, 31))
    other = scope_changed(code, "2025-06-01", added=("5",))
    other["data"]["added"] = [{**COOK, "levels": ["5"]}]
    desk.load(other, scope_changed(code, "2025-06-02", added=("5",)))
    found = lines(desk, "scope", before, desk.basis(date(2025, 6, 30)), uscc=code)
    papers = {
        line["key"].split("/")[-1]: [x["valid_from"] for x in line["because"]] for line in found
    }
    assert papers == {"中式烹调师": ["2025-06-01"], "电工": ["2025-06-02"]}
    assert {line["key"].split("/")[-1]: line["change"] for line in found} == {
        "中式烹调师": "added",
        "电工": "changed",
    }


def test_who_comes_onto_the_roster_is_explained_by_the_publication(desk: Desk):
    code = uscc()
    desk.load(*listed(code, "4"))
    at = desk.position()
    (shown,) = lines(desk, "roster", Basis(date(2024, 6, 30), at), Basis(date(2024, 7, 1), at))
    assert (shown["change"], shown["before"]) == ("added", None)
    assert causes(shown) == ["EnterpriseListed"]
    (learnt,) = lines(desk, "roster", Basis(MARCH, 0), Basis(MARCH, at))
    assert "EnterpriseListed" in causes(learnt)


def test_an_expiry_is_explained_by_the_listing_that_set_its_day(desk: Desk):
    code = uscc()
    desk.load(*listed(code, "4"))
    at = desk.position()
    before, after = Basis(date(2027, 6, 30), at), Basis(date(2027, 7, 1), at)
    (shown,) = lines(desk, "roster", before, after)
    assert shown["after"]["standing"] == "expired"
    assert causes(shown) == ["EnterpriseListed"]
    (scope,) = lines(desk, "scope", before, after)
    assert (scope["change"], causes(scope)) == ("removed", ["EnterpriseListed"])


def test_a_flag_cleared_by_scope_learnt_later_is_explained_by_that_scope(desk: Desk):
    code = uscc()
    then = desk.load(*listed(code, "4"), session(code, level="3"))
    now = desk.load(scope_changed(code, "2025-03-01", added=("3",)))
    (shown,) = lines(desk, "flags", desk.basis(position=then), desk.basis(position=now))
    assert (shown["change"], shown["key"]) == ("removed", f"S2-{then}")
    assert causes(shown) == ["ScopeChanged"]
    (back,) = lines(desk, "flags", desk.basis(position=now), desk.basis(position=then))
    assert (back["change"], causes(back)) == ("added", ["ScopeChanged"])


def test_a_correction_explains_what_it_changed(desk: Desk):
    code = uscc()
    wrong = desk.load(*listed(code, "4"), session(code, venue={"division": "131082"}))
    correction = line(
        "RecordCorrected",
        "2025-03-10",
        SUPERVISOR,
        position=wrong,
        fields={"venue.division": "110105"},
        reason="录入错误",
    )
    now = desk.load(correction)
    (shown,) = lines(desk, "flags", desk.basis(position=wrong), desk.basis(position=now))
    assert causes(shown) == ["RecordCorrected"]
    assert shown["because"][0]["reason"] == "录入错误"


def test_a_corrected_listing_is_explained_by_the_correction(desk: Desk):
    code = uscc()
    desk.load(*listed(code, "4"))
    (entry,) = [e for e in desk.log.history(code) if "enterprise-listed" in e.type]
    before = desk.basis(MARCH)
    correction = line(
        "RecordCorrected",
        "2025-03-10",
        BUREAU,
        position=entry.position,
        fields={"valid_to": "2026-07-01"},
        reason="有效期录入错误",
    )
    desk.load(correction)
    (shown,) = lines(desk, "roster", before, desk.basis(MARCH))
    assert (shown["change"], shown["after"]["valid_to"]) == ("changed", "2026-07-01")
    assert causes(shown) == ["RecordCorrected"]


def test_another_district_on_a_flag_is_explained_by_the_change_of_profile(desk: Desk):
    code = uscc()
    then = desk.load(*listed(code, "4"), session(code, level="3"))
    moved = line("EnterpriseProfileChanged", "2025-01-01", CENTRE, uscc=code, district="BDA")
    desk.load(moved)
    (shown,) = lines(desk, "flags", desk.basis(position=then), desk.basis())
    assert (shown["change"], shown["after"]["district"]) == ("changed", "BDA")
    assert causes(shown) == ["EnterpriseProfileChanged"]


def test_a_deadline_that_passes_is_explained_by_the_order(desk: Desk):
    code = uscc()
    raised, ordered, _ = order_of(code, "2025-05-02")
    desk.load(*listed(code, "4"), raised, ordered)
    (shown,) = lines(
        desk, "flags", desk.basis(date(2025, 5, 1)), desk.basis(date(2025, 5, 3)), uscc=code
    )
    assert (shown["change"], causes(shown)) == ("added", ["RectificationOrdered"])


def test_what_was_not_known_yet_lets_no_deadline_pass_behind_its_own_day(desk: Desk):
    """By what was known before the report nobody could say that the deadline would pass (0282)."""
    code = uscc()
    now_ = today()
    due, day = now_ + timedelta(days=10), now_ + timedelta(days=30)
    raised, ordered, reported = order_of(code, due.isoformat())
    then = desk.load(*listed(code, "4"), raised, ordered)
    now = desk.load(reported)
    before, after = Basis(day, then), Basis(day, now)
    assert lines(desk, "flags", before, after, uscc=code) == []
    assert lines(desk, "flags", after, before, uscc=code) == []
    (shown,) = lines(desk, "flags", Basis(now_, then), Basis(day, then), uscc=code)
    assert (shown["change"], shown["clock"]) == ("added", "day")


def test_lines_come_in_pages(desk: Desk):
    codes = [uscc() for _ in range(3)]
    for code in codes:
        desk.load(*listed(code, "4"), session(code, level="3"))
    before, after = Basis(MARCH, 0), desk.basis(MARCH)
    for of in ("roster", "flags"):
        first = diff(desk.conn, desk.log, of, before, after, limit=2)
        assert first.next is not None
        rest = diff(desk.conn, desk.log, of, before, after, limit=2, cursor=first.next)
        assert [x["uscc"] for x in (*first.items, *rest.items)] == codes
        assert rest.next is None
    assert len(lines(desk, "roster", before, after, district="110108")) == 3
    assert lines(desk, "roster", before, after, district="BDA") == []
    assert lines(desk, "roster", after, after) == []
    with pytest.raises(BadCursor):
        diff(desk.conn, desk.log, "flags", before, after, cursor="?")


def test_which_clock_did_it_is_said_of_every_line(desk: Desk):
    code, other = uscc(), uscc()
    desk.load(*listed(code, "4"), *listed(other, "4"))
    at = desk.position()
    now = desk.load(
        scope_changed(code, "2025-02-01", added=("5",)),
        scope_changed(other, "2025-06-01", added=("5",)),
    )
    may, july, late = date(2025, 5, 1), date(2025, 7, 1), date(2027, 7, 1)

    def clocks(of: Of, before: Basis, after: Basis) -> dict[str, str]:
        return {x["uscc"]: x["clock"] for x in lines(desk, of, before, after)}

    assert clocks("scope", Basis(may, at), Basis(may, now)) == {code: "knowledge"}
    assert clocks("scope", Basis(may, now), Basis(july, now)) == {other: "day"}
    # What was learnt of one holds on both days; that of the other on the later one alone.
    both = {code: "knowledge", other: "both"}
    assert clocks("scope", Basis(may, at), Basis(july, now)) == both
    assert clocks("scope", Basis(july, now), Basis(may, at)) == both
    # The listing ends, whatever is known.
    assert set(clocks("standings", Basis(may, at), Basis(late, now)).values()) == {"day"}


def test_the_clock_of_a_flag_is_that_of_what_cleared_it(desk: Desk):
    code = uscc()
    then = desk.load(*listed(code, "4"), session(code, level="3"))
    now = desk.load(scope_changed(code, "2025-03-01", added=("3",)))
    before, after = Basis(date(2025, 12, 1), then), Basis(date(2026, 1, 1), now)
    (shown,) = lines(desk, "flags", before, after)
    assert (shown["change"], shown["clock"]) == ("removed", "knowledge")


def test_a_standing_is_compared_beyond_the_roster(desk: Desk):
    code = uscc()
    desk.load(*listed(code, "4"))
    at = desk.position()
    before, after = Basis(date(2024, 6, 30), at), Basis(date(2024, 7, 1), at)
    (shown,) = lines(desk, "standings", before, after)
    assert (shown["before"]["standing"], shown["after"]["standing"]) == ("unlisted", "listed")
    assert (shown["change"], shown["clock"]) == ("changed", "day")
    assert causes(shown) == ["EnterpriseListed"]
