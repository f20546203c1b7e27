"""History that was brought in: nothing is said of how late it came or how long it was known."""

import json

from api.intake.imports.files import Rejects
from domain.terms.envelope import Stamps
from ledger.log.clock import today
from tests.acceptance.lines import ELECTRICIAN, SUPERVISOR, item, listed, session, uscc

AGES = ("days_7", "days_30", "days_90", "older")


def brought_in(office, *lines) -> None:
    """Import lines as `dudao import --backfill` does; every one is taken."""
    path = office.folder / f"history-{uscc()}.ndjson"
    path.write_text("".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in lines))
    stamps = Stamps(entered_by="operator", backfill=True)
    importer = office.bench.importer(None, lambda _done, _whole: None, brought=stamps)
    report = importer.take(path, Rejects(path.with_suffix(".reject")))
    assert (report.taken, report.refused) == (len(lines), 0)


def test_what_was_brought_in_has_no_age_and_no_delay(office):
    code = uscc()
    brought_in(
        office,
        *listed(code, item(ELECTRICIAN, "4")),
        session(code, ELECTRICIAN, "3", "2025-03-10"),
    )
    (counted,) = office.items("/v1/backlog", uscc=code)
    assert counted["code"] == "S2"
    assert [counted[age] for age in AGES] == [0, 0, 0, 0]
    assert (counted["backfilled"], counted["breaches"]) == (1, 1)
    assert office.items("/v1/late", uscc=code, days=1) == []
    assert office.flags(code, learnt_from=today().isoformat()) == []
    assert office.verdicts(code, "S2") == ["breach"]
    (delayed,) = office.items("/v1/delays", uscc=code)
    assert (delayed["backfilled"], delayed["days_to_knowledge"]) == (True, None)
    apart = office.items("/v1/delay-distribution", uscc=code)
    assert [each["backfilled"] for each in apart] == [True] * len(apart)


def test_the_pages_say_that_history_is_left_out(office):
    code = uscc()
    brought_in(
        office,
        *listed(code, item(ELECTRICIAN, "4")),
        session(code, ELECTRICIAN, "3", "2025-03-10"),
    )
    html = {"Accept": "text/html", "Accept-Language": "zh"}
    at = office.bench.log.head().position
    flags = office.ask("/flags", headers=html, uscc=code, min_position=at).text
    assert "历史补录，不计时长" in flags
    assert "历史补录和随产品提供的目录不计滞后" in office.ask("/late", headers=html).text
    assert "历史补录的不计时长" in office.ask("/overview", SUPERVISOR, html).text


def test_what_was_reported_beside_it_grows_old_as_ever(office):
    code = uscc()
    brought_in(office, *listed(code, item(ELECTRICIAN, "4")))
    office.load(session(code, ELECTRICIAN, "3", "2025-03-10"))
    (counted,) = office.items("/v1/backlog", uscc=code)
    assert (counted["days_7"], counted["backfilled"]) == (1, 0)
    (late,) = office.items("/v1/late", uscc=code, days=1)
    assert late["type"] == "AssessmentHeld"
    assert len(office.flags(code, learnt_from=today().isoformat())) == 1
