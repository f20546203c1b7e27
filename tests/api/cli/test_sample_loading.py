"""`dudao demo` records its sample at the times at which it was learnt, interrupted or not."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.cli import demonstration
from api.cli.demonstration import BEGINS, CALENDAR, SAMPLE, load
from api.cli.failures import Failure
from api.installation.wiring import Installation
from ledger.connect import Opening
from ledger.deciding.demonstration import Hand
from ledger.log.clock import SHANGHAI, today
from projections.views import flags
from projections.views.basis import Basis
from tests.api.lines import CENTRE, line, uscc
from tests.postgres import Server
from tests.serving import own_settings

pytestmark = pytest.mark.postgres

Opened = Callable[[str], Any]


@pytest.fixture
def opened(server: Server, tmp_path: Path) -> Opened:
    """Opens an empty ledger of its own."""

    @contextmanager
    def make(name: str) -> Iterator[Installation]:
        database, folder = f"dudao_sample_{name}", tmp_path / name
        settings = own_settings(server, database, folder, trial=True)
        with Installation(settings, opening=Opening.RECORDING) as house:
            yield house

    return make


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The first half-year of the sample."""
    folder = tmp_path / "files"
    folder.mkdir()
    first = sorted(SAMPLE.glob("0[1-3]*"))
    for path in first:
        shutil.copy(path, folder)
    calendar = json.loads((SAMPLE / CALENDAR).read_text())
    own = {path.name: calendar[path.name] for path in first}
    (folder / CALENDAR).write_text(json.dumps(own))
    return folder


def recorded(house: Installation) -> list[tuple[Any, ...]]:
    return [
        (entry.type, entry.recorded_at, entry.valid_from, entry.subject)
        for entry in house.log.entries()
        if not entry.type.startswith("catalogue.")
    ]


def test_a_load_that_was_broken_off_goes_on_at_the_times_of_the_first(
    opened: Opened, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened("whole") as house:
        load(house, files)
        assert house.demonstration
        whole = recorded(house)
    assert whole[0][:2] == ("demonstration.demonstration-begun/1", BEGINS)
    assert whole[-1][1].astimezone(SHANGHAI).date().year == 2024
    moves = 0

    def move(hand: Hand, clock: Any) -> None:
        nonlocal moves
        moves += 1
        if moves == 20:
            raise KeyboardInterrupt
        own(hand, clock)

    with opened("broken") as house:
        own = Hand.move
        monkeypatch.setattr(Hand, "move", move)
        with pytest.raises(KeyboardInterrupt):
            load(house, files)
        assert len(recorded(house)) < len(whole)
        monkeypatch.undo()
        load(house, files)
        assert recorded(house) == whole


def test_the_whole_sample_is_flagged_as_it_says_and_was_learnt_late(
    opened: Opened, capsys: pytest.CaptureFixture[str]
) -> None:
    planted = re.findall(
        r"^\| `([A-Z0-9]+)-(\d+)((?:-\d{4})?)`", (SAMPLE / "EXPECTED.md").read_text(), re.MULTILINE
    )
    wanted = {f"{code}-{int(position) + 1}{year}" for code, position, year in planted}
    with opened("year") as house:
        house.follow()
        demonstration.prepare(house)
        head = house.log.head().position
        load(house, SAMPLE)
        assert house.log.head().position == head
        with house.reading() as connection:
            found = flags.page(connection, Basis(today(), head), flags.Filters(), None, 1000).items
        late = [each for each in recorded(house) if each[1].date() - each[2] > timedelta(days=30)]
    keys = {each["key"] for each in found}
    assert keys <= wanted
    assert len(keys) > len(wanted) // 2  # the others are clear by now
    assert len(late) > 20
    assert f"{head} 条记录" in capsys.readouterr().out


def test_a_ledger_with_other_entries_is_left_alone(opened: Opened, files: Path) -> None:
    with opened("other") as house:
        house.bench.importer(None, lambda _done, _all: None).take(
            next(files.glob("01*")), demonstration.Rejects(files / "rejects.ndjson")
        )
        before = house.log.head()
        with pytest.raises(Failure):
            load(house, files)
        assert house.log.head() == before


def test_of_two_that_start_at_once_one_loads_and_the_other_finds_it_loaded(
    opened: Opened, files: Path
) -> None:
    with opened("both") as house:
        load(house, files)
        before = house.log.head()
        (files / "stray.ndjson").write_text("{}")
        load(house, files)
        assert house.log.head() == before
        assert not list(house.settings.folder.glob("sample-year*"))


def test_a_load_goes_on_behind_no_entry_of_another_day(
    opened: Opened, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def move(hand: Hand, clock: Any) -> None:
        own(hand, clock)
        if house.log.head().position > 100:
            raise KeyboardInterrupt

    with opened("disturbed") as house:
        own = Hand.move
        monkeypatch.setattr(Hand, "move", move)
        with pytest.raises(KeyboardInterrupt):
            load(house, files)
        monkeypatch.undo()
        one = files.parent / "one.ndjson"
        desk = house.bench.importer(None, lambda _done, _all: None)
        registered = json.dumps(
            line(
                "EnterpriseRegistered",
                "2024-01-01",
                CENTRE,
                uscc=uscc(),
                name="别家",
                kind="private",
                district="110108",
                address="北京市海淀区",
            )
        )
        one.write_text(registered)
        assert desk.take(one, demonstration.Rejects(files / "rejects.ndjson")).taken == 1
        before = house.log.head()
        with pytest.raises(Failure, match="in part"):
            load(house, files)
        assert house.log.head() == before
