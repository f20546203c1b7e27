"""The stream for measurements: every line is accepted, and it is exactly as long as was asked."""

import io
from collections import Counter

import pytest

from domain.certificate.certificate import CertificateIssued
from examples.make_sample_year import main
from examples.sample.stream import Plan, write
from examples.sample.trial import Trial


def _stream(enterprises=None, certificates=None, events=None, seed=1):
    out = io.BytesIO()
    entries = write(Plan.of(enterprises, certificates, events, seed), out)
    return out.getvalue().splitlines(keepends=True), entries


@pytest.fixture(scope="module")
def taken():
    trial = Trial()
    lines, entries = _stream(enterprises=40, events=20_000)
    for raw in lines:
        assert trial.take(raw), raw
    assert entries == len(trial.entries)
    return trial


def test_twenty_thousand_lines_are_all_accepted_and_counted(taken):
    assert len(taken.entries) == 20_000


def test_most_lines_are_certificates_and_some_of_everything_follows(taken):
    counts = Counter(type(e.event).__name__ for e in taken.entries)
    assert counts["CertificateIssued"] > 0.85 * len(taken.entries)
    assert counts["RecordCorrected"] > 0
    assert counts["SpotCheckRecorded"] > 0
    assert counts["FindingRaised"] > 0
    assert counts["ScopeChanged"] > 0
    assert counts["CertificateRevoked"] > 0
    assert counts["AnnualPlanFiled"] == 3 * 40


def test_corrections_name_a_session_that_was_recorded_long_before(taken):
    for entry in taken.entries:
        if type(entry.event).__name__ == "RecordCorrected":
            assert entry.position - entry.event.position > 10_000
            assert taken.entries[entry.event.position - 1].tags[0].startswith("assessment:")


def test_no_certificate_goes_to_somebody_twice(taken):
    holders = Counter(
        e.event.holder.subject_id for e in taken.entries if isinstance(e.event, CertificateIssued)
    )
    assert max(holders.values()) == 1


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    assert _stream(events=3_000) == _stream(events=3_000)
    assert _stream(events=3_000) != _stream(events=3_000, seed=2)


@pytest.mark.parametrize("events", [1, 11, 700, 2_503])
def test_a_stream_ends_with_the_entry_that_was_asked_for(events):
    lines, entries = _stream(enterprises=3, events=events)
    trial = Trial()
    for raw in lines:
        trial.take(raw)
    assert len(trial.entries) == entries == events


def test_a_stream_that_would_end_inside_a_publication_ends_before_it():
    _, before = _stream(enterprises=1, events=11)
    _, inside = _stream(enterprises=1, events=12)
    assert before == 10
    assert inside == 12


@pytest.mark.parametrize("certificates", [1, 40, 777])
def test_a_stream_ends_with_the_certificate_that_was_asked_for(certificates):
    lines, _ = _stream(enterprises=3, certificates=certificates)
    assert sum(b'"CertificateIssued"' in raw for raw in lines) == certificates


def test_a_number_of_enterprises_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match="--enterprises"):
        Plan.of(29_791, None, 1, 1)


def test_the_command_writes_a_stream_into_a_file(tmp_path):
    target = tmp_path / "events.ndjson"
    main(["--enterprises", "2", "--events", "500", "-o", str(target)])
    assert target.read_bytes().splitlines(keepends=True) == _stream(2, None, 500)[0]


def test_the_command_writes_the_sample_year_into_a_folder(tmp_path, capsys):
    main(["-o", str(tmp_path / "year")])
    written = sorted(p.name for p in (tmp_path / "year").iterdir())
    assert written[0] == "01-applications-2023.ndjson"
    told = capsys.readouterr().out
    assert all(name in told for name in written)
