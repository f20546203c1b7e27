"""The committed files are what the maker makes, and they say what the ledger of the maker says."""

import csv
import io
import re
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from api.intake.sheets.roster_form import ROSTER
from api.intake.sheets.upload_form import SESSION, UPLOAD
from domain.registry import EVENTS
from domain.terms.vocabulary import EnterpriseKind, level_from
from examples.make_sample_year import FOLDER
from examples.sample.chapters import made
from examples.sample.lines import CENTRE, PUBLISHER, line, written
from examples.sample.trial import STANDARDS, TODAY, Trial
from ledger.reference import authorities

FILES = sorted(path.name for path in FOLDER.iterdir())


@pytest.fixture(scope="module")
def year():
    return made()


@pytest.fixture(scope="module")
def loaded():
    """Return a ledger into which the committed files were read, in order."""
    trial = Trial()
    for name in FILES:
        for raw in _lines(trial, FOLDER / name):
            assert trial.take(raw), raw
    return trial


def _lines(trial: Trial, path: Path):
    if path.suffix == ".ndjson":
        yield from path.read_bytes().splitlines(keepends=True)
    elif path.name.partition("-")[2].startswith("roster"):
        yield _roster(trial, CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python())
    elif path.suffix == ".xlsx":
        yield from _uploaded(
            trial, CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        )
    elif path.suffix == ".csv":
        text = path.read_text("utf-8-sig")
        yield from _uploaded(trial, list(csv.reader(io.StringIO(text, newline=""))))


def _roster(trial, rows):
    (title, *_), header, *body = rows
    published, batch = re.search(r"公布日期:(\S+) 批次:(\S+)", title).groups()
    assert tuple(header) == ROSTER
    entries = {}
    for _, name, uscc, code, occupation, levels, period in body:
        named, _, trade = occupation.rstrip(")").partition("(")
        start, end = period.split("至")
        entry = entries.setdefault(
            uscc,
            {
                "uscc": uscc,
                "application_id": _confirmed(trial, uscc),
                "scope": [],
                "valid_from": start,
                "valid_to": end,
            },
        )
        assert _uscc_of(trial, name) == uscc
        entry["scope"].append(
            {
                "edition": "2022",
                "code": code,
                "name": named,
                "trade": trade or None,
                "levels": [level_from(level).value for level in levels.split("、")],
            }
        )
    day = date.fromisoformat(published)
    body = {"batch": batch, "published_on": published, "entries": list(entries.values())}
    return written(line("RosterPublished", day, PUBLISHER, **body))


def _confirmed(trial, uscc):
    """Return the enterprise's latest application that is confirmed and not published."""
    mine = [e.event for e in trial.entries if e.subject == uscc]
    confirmed = [e.application_id for e in mine if type(e).__name__ == "ApplicationConfirmed"]
    return confirmed[-1]


def _uscc_of(trial, name):
    found = {
        e.event.uscc
        for e in trial.entries
        if type(e.event).__name__ == "EnterpriseRegistered" and e.event.name == name
    }
    assert len(found) == 1
    return found.pop()


def _uploaded(trial, rows):
    header, *body = rows
    assert tuple(header) == (*UPLOAD, SESSION)
    for (
        name,
        kind,
        number,
        _,
        occupation,
        _,
        level,
        certificate,
        day,
        assessor,
        issuer,
        id_,
    ) in body:
        issued = day if isinstance(day, date) else date.fromisoformat(day)
        (session,) = (
            s for s in trial.sessions(_uscc_of(trial, assessor)) if s.assessment_id == id_
        )
        assert (session.occupation.name, session.level) == (occupation, level_from(level))
        what = session.occupation
        yield written(
            line(
                "CertificateIssued",
                issued,
                CENTRE,
                certificate_no=certificate,
                assessment_id=session.assessment_id,
                issuer_uscc=_uscc_of(trial, issuer),
                occupation={
                    "edition": what.edition,
                    "code": what.code,
                    "name": what.name,
                    "trade": what.trade,
                },
                level=session.level.value,
                holder={"name": name, "id_type": kind, "id_no": number},
                results={},
                issued_on=issued.isoformat(),
            )
        )


def test_the_committed_files_are_what_the_maker_makes(year):
    assert sorted(year.files) == FILES


@pytest.mark.parametrize("name", FILES)
def test_a_committed_file_has_the_bytes_that_the_maker_makes(year, name):
    assert FOLDER.joinpath(name).read_bytes() == year.files[name], (
        f"{name} differs; run: python -m examples.make_sample_year"
    )


def test_the_files_are_small():
    assert sum(FOLDER.joinpath(name).stat().st_size for name in FILES) < 4_000_000


def test_the_files_lead_to_the_entries_whose_positions_the_maker_counted_on(year, loaded):
    assert [e.event for e in loaded.entries] == [e.event for e in year.trial.entries]
    assert [e.valid_from for e in loaded.entries] == [e.valid_from for e in year.trial.entries]


def test_every_event_of_the_domain_occurs(year):
    # By `dudao erase` with the vault at hand, by `dudao clock` as the owner; no file says so.
    by_command = {"PersonErased", "ClockSet", "DayClosed", "DemonstrationBegun"}
    assert {type(e.event).__name__ for e in year.trial.entries} == set(EVENTS) - by_command


def test_every_authority_and_every_kind_of_enterprise_occurs(year):
    firms = year.firms.values()
    assert {firm.district.code for firm in firms} == set(authorities())
    assert {firm.kind for firm in firms} == {kind.value for kind in EnterpriseKind}


def test_what_happened_lies_before_the_day_on_which_the_sample_year_ends(year):
    # A request and its decision are of the day on which they are recorded.
    ahead = {"EnterpriseListed", "RectificationOrdered", "ActRequested", "ActDecided"}
    days = [e.valid_from for e in year.trial.entries if type(e.event).__name__ not in ahead]
    assert max(days) < TODAY
    assert min(days) == STANDARDS.days.start, "the first national standard"


def test_people_and_enterprises_are_nobody(year):
    assert all("MA0EX" in firm.uscc for firm in year.firms.values())
    numbers = re.findall(rb'"id_no":"(\d{6})', b"".join(year.files.values()))
    assert set(numbers) == {b"119999"}
