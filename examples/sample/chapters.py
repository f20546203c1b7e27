"""The sample year as a whole: who does what, and on which day another file begins."""

from datetime import date
from functools import partial

import orjson

from examples.sample import (
    findings,
    inspections,
    office,
    planted_certificates,
    planted_conduct,
    planted_duties,
    planted_learnt,
    planted_places,
    planted_scope,
    planted_time,
)
from examples.sample.firms import BATCHES
from examples.sample.listing import REJECTED, publish, whole_way
from examples.sample.manifest import expected
from examples.sample.sessions import certify, hold, ordinary_sessions
from examples.sample.sheets import publish_as_sheet, upload
from examples.sample.year import Year

MANIFEST = "EXPECTED.md"
CALENDAR = "CALENDAR.json"
"""File → [first line, day]: when the ledger of a demonstration learns of what stands there."""


def made() -> Year:
    """Return the sample year with all its files and specimens, the same every time."""
    year = Year()
    _files(year)
    for firm in year.firms.values():
        whole_way(year, firm)
        if firm.number != REJECTED:
            office.plans(year, firm)
            ordinary_sessions(year, firm)
    _units(year)
    office.standings(year)
    office.profiles(year)
    office.approvals(year)
    for part in (
        planted_scope,
        planted_conduct,
        planted_places,
        planted_certificates,
        planted_time,
    ):
        part.plant(year)
    inspections.ordinary_visits(year)
    inspections.planted_visits(year)
    inspections.draws(year)
    findings.plant(year)
    planted_duties.plant(year)
    planted_learnt.plant(year)
    year.run()
    year.files[MANIFEST] = expected(year)
    year.files[CALENDAR] = orjson.dumps(year.learnt, option=orjson.OPT_APPEND_NEWLINE)
    return year


def _files(year: Year) -> None:
    """Begin a file at every half-year; publish and upload first, on the day itself."""
    by_sheet, by_sheet_too = BATCHES[0], BATCHES[2]
    begin = (
        (date(2021, 1, 1), "applications-2023"),
        (date(2024, 1, 2), "events-2024-h1"),
        (date(2024, 7, 1), "events-2024-h2"),
        (date(2025, 1, 2), "events-2025-h1"),
        (date(2025, 7, 1), "events-2025-h2"),
        (date(2026, 1, 5), "events-2026-h1"),
        (date(2026, 7, 1), "events-2026-h2"),
    )
    for day, name in begin:
        year.on(day, partial(year.begin, f"{name}.ndjson"), order=2)
    year.on(date(2021, 1, 1), partial(office.adopt_rules, year), order=3)
    year.on(date(2021, 11, 23), partial(office.adopt_catalogue, year))
    for batch in (by_sheet, by_sheet_too):
        year.on(batch.published_on, partial(publish_as_sheet, year, batch), order=1)
    for batch in BATCHES:
        if batch not in {by_sheet, by_sheet_too}:
            year.on(batch.published_on, partial(publish, year, batch), order=3)
    for day, name in (
        (date(2025, 1, 2), "certificates-2024-q4.xlsx"),
        (date(2026, 1, 5), "certificates-2025-q4.csv"),
    ):
        year.on(day, partial(upload, year, day, name), order=0)


def _units(year: Year) -> None:
    """Let municipal enterprises hold sessions through units that they cover (六(一))."""
    for number, listed, held in (
        (1, date(2024, 1, 10), date(2024, 9, 3)),
        (6, date(2024, 2, 1), date(2025, 2, 26)),
        (26, date(2024, 7, 20), date(2025, 6, 11)),
        (31, date(2024, 7, 20), date(2026, 1, 27)),
    ):
        firm = year.firms[number]
        unit = office.cover(year, firm, 1, listed)
        session = hold(year, firm, held, firm.scope[0], firm.scope[0]["levels"][0], unit_uscc=unit)
        certify(year, firm, session, 5)
