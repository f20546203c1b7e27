"""Days are closed by the server: once, over everybody, and made again by whoever verifies."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from threading import Event

import psycopg
import pytest

from domain.day import DayClosed, closed
from domain.standing.standing import EnterpriseListed, ListingSuspended
from domain.terms.decider import Command, New
from domain.terms.envelope import Actor
from domain.terms.scope import ScopeItem
from domain.terms.vocabulary import Level, Role
from ledger import codec
from ledger.connect import Addresses, app_pool
from ledger.log.clock import SHANGHAI
from ledger.log.entry import Draft
from ledger.log.log import Append, Appended
from ledger.log.postgres_log import PostgresLog
from proof.closing import LEDGER, Books, Closer, Closing, close_day, closings, difference
from proof.subjects import Value, blind, check, positions_digest, read_value
from proof.verifications import verify_and_keep
from tests.database_clock import as_read, put_clock
from tests.ledger.drafts import draft

pytestmark = pytest.mark.postgres

FIRST, SECOND = "91110000000000001A", "91110000000000002B"
DAY = date(2026, 3, 1)
BUREAU = Actor(account="b", role=Role.BUREAU_PUBLISHER, organisation="bureau")


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


class Days:
    """A ledger whose clock stands where a test puts it."""

    def __init__(self, log: PostgresLog, addresses: Addresses) -> None:
        self.log, self._addresses = log, addresses

    def put(self, instant: datetime) -> None:
        put_clock(self._addresses, instant)

    def append(self, *drafts: Draft) -> int:
        (result,) = self.log.append([Append(drafts)])
        assert isinstance(result, Appended)
        return result.first

    def difference(self) -> str | None:
        with self.log.pool.connection() as connection:
            found = difference(connection, self.log.head().position)
        return None if found is None else f"{found.position}: {found.what}"

    def shown(self, closing: Closing, subject: str) -> Value | None:
        with self.log.pool.connection() as connection:
            books = Books()
            books.read(connection, closing.event.upto)
        event = closing.event
        return check(books.on(event.day).show(subject), subject, event.subjects, event.root)


@pytest.fixture
def days(addresses: Addresses) -> Iterator[Days]:
    with app_pool(addresses.app) as pool:
        yield Days(PostgresLog(pool, as_read), addresses)


def decided(event: object, day: date, uscc: str = FIRST) -> Draft:
    command = Command(body=event, actor=BUREAU, valid_from=day, today=day)
    new = New(f"standing/{uscc}", event, uscc, "110108", (f"standing:{uscc}",), day)
    return codec.draft(new, command)


def listing() -> Draft:
    scope = (ScopeItem(edition="2022", code="4-03-02-01", name="中式烹调师", levels=(Level("5"),)),)
    event = EnterpriseListed(
        uscc=FIRST,
        batch="2026-1",
        application_id="a-1",
        scope=scope,
        valid_from=DAY,
        valid_to=DAY + timedelta(days=9),
    )
    return decided(event, DAY)


def test_a_day_that_has_ended_is_closed_once_and_says_all_about_everybody(days: Days) -> None:
    days.put(at(DAY, 10))
    assert close_day(days.log) is None, "nothing was recorded before today"
    days.append(draft("plan/1", subject=SECOND), draft("x"), listing())
    days.append(draft("plan/2", subject=SECOND))
    assert close_day(days.log) is None, "the day has not ended"
    days.put(at(DAY + timedelta(days=1), 0, 10))
    assert close_day(days.log) is None, "something of yesterday may be on its way"
    days.put(at(DAY + timedelta(days=1), 0, 20))
    days.append(draft("plan/3", subject=FIRST))
    made = close_day(days.log)
    assert made is not None
    assert (made.position, made.event.day, made.event.upto, made.event.subjects) == (6, DAY, 4, 2)
    assert close_day(days.log) is None, "it is closed"
    entry = days.log.at([made.position])[0]
    assert (entry.stream, entry.version, entry.type) == (f"day/{DAY}", 1, "day.day-closed/1")
    salts = [each.salt for each in days.log.at([3, 4])]
    assert days.shown(made, FIRST) == Value(1, 3, positions_digest([3]), "listed", blind(salts[0]))
    assert days.shown(made, SECOND) == Value(
        2, 4, positions_digest([1, 4]), "unlisted", blind(salts[1])
    )
    assert days.shown(made, "91110000000000001B") is None
    assert verify_and_keep(days.log.pool, "a").difference is None


def test_a_day_says_what_standing_was_on_it_as_known_then(days: Days) -> None:
    days.put(at(DAY, 10))
    days.append(listing())
    days.put(at(DAY + timedelta(days=1), 10))
    first = close_day(days.log)
    days.append(decided(ListingSuspended(uscc=FIRST, basis="决定", until=None), DAY))
    days.put(at(DAY + timedelta(days=2), 10))
    second = close_day(days.log)
    days.put(at(DAY + timedelta(days=30), 10))
    third = close_day(days.log)
    assert first is not None
    assert second is not None
    assert third is not None
    found = [days.shown(each, FIRST) for each in (first, second, third)]
    assert [each.standing if each else None for each in found] == ["listed", "suspended", "expired"]
    with days.log.pool.connection() as connection:
        assert closings(connection) == [first, second, third]
    assert days.difference() is None


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"root": "0a" * 32}, "the map over all subjects"),
        ({"subjects": 5}, "the map over all subjects"),
        ({"upto": 1}, "to the last entry of its day"),
        ({"upto": 9}, "further than its own entry"),
        ({"day": DAY - timedelta(days=3)}, "not behind the day"),
    ],
)
def test_a_false_close_that_the_application_records_is_named(
    days: Days, changes: dict[str, object], what: str
) -> None:
    days.put(at(DAY - timedelta(days=1), 10))
    days.append(listing())
    days.put(at(DAY, 10))
    assert close_day(days.log) is not None
    days.append(draft("plan/1", subject=SECOND))
    days.put(at(DAY + timedelta(days=1), 10))
    with days.log.pool.connection() as connection:
        books = Books()
        books.read(connection, 3)
    right = {"day": DAY, "upto": 3, "subjects": 2, "root": books.on(DAY).root}
    event = DayClosed(**{**right, **changes})  # type: ignore[arg-type]
    command = Command(body=event, actor=LEDGER, valid_from=DAY, today=DAY)
    days.append(codec.draft(closed(event), command))
    found = days.difference()
    assert found is not None
    assert found.startswith("4: day ")
    assert what in found
    report = verify_and_keep(days.log.pool, "a")
    assert report.difference is not None
    assert report.difference.position == 4


def test_what_was_made_to_agree_afterwards_does_not_agree_with_the_day(
    days: Days, addresses: Addresses
) -> None:
    """The tables alone do not tell that a subject was swapped; the close of the day does."""
    days.put(at(DAY, 10))
    days.append(draft("plan/1", subject=SECOND))
    days.put(at(DAY + timedelta(days=1), 10))
    assert close_day(days.log) is not None
    assert days.difference() is None
    with psycopg.connect(addresses.owner, autocommit=True) as owner:
        owner.execute("SET ROLE dudao_ledger")
        owner.execute("ALTER TABLE ledger.entry DISABLE TRIGGER ALL")
        owner.execute("UPDATE ledger.entry SET subject = 'other' WHERE position = 1")
    found = days.difference()
    assert found is not None
    assert "the map over all subjects" in found


def test_the_server_goes_on_where_one_close_fails(
    days: Days, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []
    again = Event()

    def failing(_log: PostgresLog) -> None:
        looks.append(1)
        if len(looks) == 1:
            raise RuntimeError("away")
        again.set()

    monkeypatch.setattr("proof.closing.close_day", failing)
    closer = Closer(days.log, every=0.001)
    closer.start()
    assert again.wait(60)
    closer.stop()
    assert closer.thread is not None
    closer.thread.join(60)
    assert "could not be closed" in caplog.text


def test_a_value_is_read_as_it_was_written() -> None:
    value = Value(1, 2, "p", "listed", "b")
    assert read_value(value.written().decode()) == value
