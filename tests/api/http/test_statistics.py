"""Every definition of docs/statistics.md against the rows themselves, on days and as known then and now."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from api.words.definitions import DEFINITIONS
from ledger.reference import authorities
from projections.counts.rates import FEW
from projections.items.changes import COUNTS
from projections.items.flags import STEPS
from tests.api.desk import Desk
from tests.api.lines import (
    CENTRE,
    ELECTRICIAN,
    SUPERVISOR,
    Json,
    certificate,
    line,
    listed,
    session,
    uscc,
)

pytestmark = pytest.mark.postgres

DOCUMENT = Path(__file__).parents[3] / "docs" / "statistics.md"
DAYS = ("2025-03-15", "2025-04-15", "2025-06-15", "2025-12-31")


@pytest.fixture(scope="module")
def told(desk: Desk) -> tuple[str, int]:
    """An enterprise with something of each kind, and a position in the middle of it."""
    code = uscc()
    held = session(code, "4", "2025-03-10")
    issued = [certificate(code, held["data"]["assessment_id"]) for _ in range(3)]
    wide = [session(code, "3", f"2025-0{month}-10") for month in (3, 4, 5)]
    sent = desk.send(*listed(code, "4"), held, *issued, *wide)
    middle = sent[-1]["position"]
    flags = desk.items("/v1/flags", uscc=code, code="S2")
    assert len(flags) == 3
    review = {"flag": flags[0]["key"], "decision": "dismissed", "reason": "误报"}
    finding = {
        "finding_id": f"f-{code[-6:]}",
        "uscc": code,
        "kind": "超范围",
        "severity": "major",
        "rule": "2020-3/S2.1",
        "statement": "超等级开展认定",
        "assessments": [wide[1]["data"]["assessment_id"]],
        "certificates": [],
        "flags": [flags[1]["key"]],
    }
    revoked = {"certificate_no": issued[0]["data"]["certificate_no"], "reason": "误发"}
    desk.send(
        line("FlagReviewed", "2025-06-01", SUPERVISOR, **review),
        line("FindingRaised", "2025-06-02", SUPERVISOR, **finding),
        line("CertificateRevoked", "2025-06-03", CENTRE, **revoked),
    )
    return code, middle


def rows(desk: Desk, code: str, day: str, position: int | None) -> dict[str, list[Json]]:
    """What the lists show that the table names."""
    at: dict[str, Any] = {"uscc": code, "valid_at": day, "position": position}
    return {
        "sessions": desk.items("/v1/assessments", **at),
        "certificates": desk.items("/v1/certificates", state="valid", **at),
        "breaches": desk.items(
            "/v1/flags", verdict="breach", procedure="without", review="any", **at
        ),
        "open_findings": desk.items("/v1/findings", open="yes", **at),
    }


MONTH = {
    "sessions": "held_from",
    "certificates": "issued_on",
    "breaches": "valid_at",
    "open_findings": "raised_on",
}


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("now", [True, False])
def test_counts_are_those_of_the_rows_by_month_and_district(
    desk: Desk, told: tuple[str, int], day: str, *, now: bool
) -> None:
    code, middle = told
    position = None if now else middle
    shown = rows(desk, code, day, position)
    for by in ("month", "district"):
        said = desk.get("/v1/stats", by=by, uscc=code, valid_at=day, position=position).json()
        for count in COUNTS:
            counted = Counter(
                each[MONTH[count]][:7] if by == "month" else each["district"]
                for each in shown[count]
            )
            told_of = {each[by]: each[count] for each in said["items"] if each[count]}
            assert told_of == dict(counted), (by, count)


def totals(desk: Desk, code: str, day: str, position: int | None = None) -> dict[str, int]:
    asked = {"by": "district", "uscc": code, "valid_at": day, "position": position}
    items = desk.get("/v1/stats", **asked).json()["items"]
    return {count: sum(each[count] for each in items) for count in COUNTS}


def test_a_dismissed_flag_is_a_breach_and_a_revoked_certificate_is_none(
    desk: Desk, told: tuple[str, int]
) -> None:
    code, middle = told
    reviewed = desk.items("/v1/flags", uscc=code, review="dismissed")
    assert [each["verdict"] for each in reviewed] == ["breach"]
    assert totals(desk, code, "2025-12-31") == {
        "sessions": 4,
        "certificates": 2,
        "breaches": 3,
        "open_findings": 1,
    }
    before = totals(desk, code, "2025-06-02")
    assert before["certificates"] == 3
    as_known_before = totals(desk, code, "2025-12-31", middle)
    assert (as_known_before["certificates"], as_known_before["open_findings"]) == (3, 0)


def test_a_finding_counts_for_the_checks_that_it_names(desk: Desk, told: tuple[str, int]) -> None:
    code, _ = told
    asked = {"by": "code", "uscc": code, "valid_at": "2025-12-31"}
    said = {each["code"]: each for each in desk.get("/v1/stats", **asked).json()["items"]}
    assert (said["S2"]["breaches"], said["S2"]["open_findings"]) == (3, 1)
    assert (said["S2"]["sessions"], said["S2"]["certificates"]) == (0, 0)


def test_every_number_is_defined_in_the_same_words_on_the_page_and_in_the_document() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert {*COUNTS, "session_rate", "certificate_rate", *STEPS} == {*DEFINITIONS}
    for name, definition in DEFINITIONS.items():
        assert f"| `{name}` " in text or f"| `days_to_{name}` " in text
        parts = (definition.counted, definition.left_out)
        assert all(f"{said.en} {said.zh}" in text for said in parts), name


@pytest.mark.parametrize("now", [True, False])
def test_two_dimensions_count_the_rows_that_have_both(
    desk: Desk, told: tuple[str, int], *, now: bool
) -> None:
    code, middle = told
    position = None if now else middle
    shown = rows(desk, code, "2025-12-31", position)
    asked: dict[str, Any] = {"uscc": code, "valid_at": "2025-12-31", "position": position}
    said = desk.get("/v1/stats", by="month,level", **asked).json()["items"]
    assert [list(each) for each in said] == [["level", "month", *COUNTS]] * len(said)
    assert said == sorted(said, key=lambda each: (each["month"], each["level"]))
    for count in ("sessions", "certificates"):
        counted = Counter((each[MONTH[count]][:7], each["level"]) for each in shown[count])
        assert {
            (each["month"], each["level"]): each[count] for each in said if each[count]
        } == dict(counted)
    months = Counter(each["valid_at"][:7] for each in shown["breaches"])
    assert {
        (each["month"], each["level"]): each["breaches"] for each in said if each["breaches"]
    } == {(month, "3"): number for month, number in months.items()}
    twice = desk.get("/v1/stats", by="month,month", **asked).json()["items"]
    assert twice == desk.get("/v1/stats", by="month", **asked).json()["items"]
    assert desk.get("/v1/stats", by="month,level,code", **asked).status_code == 422


def test_an_occupation_is_told_by_edition_and_code(desk: Desk, told: tuple[str, int]) -> None:
    code, _ = told
    asked = {"by": "occupation_code,level", "uscc": code, "valid_at": "2025-12-31"}
    said = desk.get("/v1/stats", **asked).json()["items"]
    assert [
        (each["edition"], each["occupation_code"], each["occupation"], each["level"])
        for each in said
    ] == [("2022", ELECTRICIAN["code"], ELECTRICIAN["name"], level) for level in ("3", "4")]
    assert [tuple(each[count] for count in COUNTS) for each in said] == [(3, 0, 3, 1), (1, 2, 0, 0)]


@pytest.mark.parametrize("odd", ['X"1', "X\\1", '","name":"', "职业"])
def test_an_occupation_of_any_spelling_is_told_as_it_was_reported(desk: Desk, odd: str) -> None:
    code = uscc()
    occupation = {**ELECTRICIAN, "code": odd, "name": odd}
    desk.send(*listed(code, "4"), session(code, occupation=occupation))
    (said,) = desk.get("/v1/stats", by="occupation_code", uscc=code).json()["items"]
    (edition, own) = (ELECTRICIAN["edition"], odd)
    assert (said["edition"], said["occupation_code"], said["occupation"]) == (edition, own, odd)
    assert said["sessions"] == 1


def test_rows_of_zero_change_no_other_row(desk: Desk, told: tuple[str, int]) -> None:
    code, _ = told
    asked: dict[str, Any] = {"uscc": code, "valid_at": "2025-12-31"}
    for by, number in (("level", 8), ("method", 5), ("month", 10), ("month,level", 80)):
        plain = desk.get("/v1/stats", by=by, **asked).json()["items"]
        whole = desk.get("/v1/stats", by=by, zeros="yes", **asked).json()["items"]
        assert [each for each in whole if any(each[count] for count in COUNTS)] == plain
        assert len(whole) == number, by
    everywhere = desk.get("/v1/stats", by="district", zeros="yes").json()["items"]
    assert {each["district"] for each in everywhere} >= set(authorities())


def test_a_rate_stands_beside_what_it_is_of_and_is_marked_where_that_is_little(
    desk: Desk, told: tuple[str, int]
) -> None:
    code, _ = told
    asked: dict[str, Any] = {"uscc": code, "valid_at": "2025-12-31", "rates": "yes"}
    by_level = {
        each["level"]: each for each in desk.get("/v1/stats", by="level", **asked).json()["items"]
    }
    shown = rows(desk, code, "2025-12-31", None)
    broken = {each["assessment_id"] for each in shown["breaches"] if each["certificate_no"] is None}
    assert by_level["3"]["sessions_in_breach"] == by_level["3"]["of_sessions"] == len(broken) == 3
    assert by_level["3"]["session_rate"] == 1
    assert by_level["3"]["certificate_rate"] is None
    assert (by_level["4"]["sessions_in_breach"], by_level["4"]["session_rate"]) == (0, 0)
    assert (by_level["4"]["of_certificates"], by_level["4"]["certificate_rate"]) == (2, 0)
    assert by_level["3"]["small"] == ["sessions", "certificates"]
    by_code = {
        each["code"]: each for each in desk.get("/v1/stats", by="code", **asked).json()["items"]
    }
    assert (by_code["S2"]["sessions_in_breach"], by_code["S2"]["of_sessions"]) == (3, 4)
    assert by_code["S2"]["session_rate"] == 0.75
    everywhere = desk.get("/v1/stats", by="district", rates="yes").json()["items"]
    for each in everywhere:
        assert each["of_sessions"] == each["sessions"]
        assert ("sessions" in each["small"]) is (each["sessions"] < FEW)
        assert each["sessions_in_breach"] <= each["of_sessions"]


def test_the_page_shows_the_same_numbers_with_a_picture_and_their_files(
    desk: Desk, told: tuple[str, int]
) -> None:
    code, _ = told
    asked: dict[str, Any] = {"uscc": code, "valid_at": "2025-12-31"}
    page = desk.get(
        "/statistics", accept="text/html", by="month", and_by="level", rates="yes", **asked
    ).text
    said = desk.get("/v1/stats", by="month,level", rates="yes", **asked).json()["items"]
    assert page.count('<rect class="cell ') == len({each["month"] for each in said}) * len(
        {each["level"] for each in said}
    )
    assert "by=month%2Clevel" in page
    assert "and_by" not in "".join(part for part in page.split('"') if part.startswith("/v1/stats"))
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert body.count("<tr>") == len(said)
    assert "当日结论为违规的疑点" in page
    one = desk.get("/statistics", accept="text/html", **asked).text
    assert one.count('<rect class="bar-breaches"') == 1
    wrong = desk.get("/statistics", accept="text/html", by="colour")
    assert wrong.status_code == 422
    assert "occupation_code" in wrong.text
    csv = desk.get("/v1/stats", by="month,level", rates="yes", format="csv", **asked).text
    assert len(csv.splitlines()) == len(said) + 1


def test_lines_are_sorted_by_a_count_and_the_page_turns_the_order_round(
    desk: Desk, told: tuple[str, int]
) -> None:
    code, _ = told
    asked: dict[str, Any] = {"by": "month", "uscc": code, "valid_at": "2025-12-31"}
    usual = desk.get("/v1/stats", **asked).json()["items"]
    turned = 0
    for name in COUNTS:
        up = desk.get("/v1/stats", sort=name, **asked).json()["items"]
        down = desk.get("/v1/stats", sort=f"-{name}", **asked).json()["items"]
        assert up == sorted(usual, key=lambda line: line[name])
        assert down == sorted(usual, key=lambda line: -line[name])
        turned += up != down
    assert turned  # of equal numbers neither order would tell
    assert desk.get("/v1/stats", sort="month", **asked).status_code == 422
    page = desk.get("/statistics", accept="text/html", sort="-breaches", **asked).text
    assert 'aria-sort="descending"' in page
    assert 'name="sort" value="-breaches"' in page
    assert re.search(r'href="[^"]*sort=breaches[&"]', page)
    first = page.partition("<tbody>")[2].partition("</tr>")[0]
    assert max(usual, key=lambda line: line["breaches"])["month"] in first
