"""How fast strangers may look certificates up: in the database, over HTTP and on pages."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from psycopg import Connection

from api.access import attempts, rate
from api.access.attempts import line_of
from api.access.rate import RateLimit
from domain.terms.vocabulary import Role
from tests.api.access.conftest import served
from tests.api.access.house import House, Visitor

pytestmark = pytest.mark.postgres

START = datetime(2026, 11, 1, 8, tzinfo=UTC)
STEP = timedelta(seconds=10)
PACE = RateLimit(3, STEP)
NUMBER = "Y000011000001253000001"
_number = count(1)


@pytest.fixture
def connection(house: House) -> Iterator[Connection[Any]]:
    with house.gate.connection() as made:
        yield made


def fresh() -> bytes:
    return attempts.of_address(bytes(32), f"address {next(_number)}")


def seconds(wait: timedelta | None) -> int | None:
    return None if wait is None else int(wait.total_seconds())


def test_so_many_at_once_and_then_one_a_step(connection: Connection[Any]) -> None:
    key = fresh()
    taken = [seconds(rate.take(connection, key, PACE, START)) for _ in range(5)]
    assert taken == [None, None, None, 10, 10]
    later = START + timedelta(seconds=4)
    assert seconds(rate.take(connection, key, PACE, later)) == 6
    after = START + STEP
    assert rate.take(connection, key, PACE, after) is None
    assert seconds(rate.take(connection, key, PACE, after)) == 10


def test_knocking_too_early_makes_nobody_wait_longer(connection: Connection[Any]) -> None:
    key = fresh()
    for _ in range(50):
        rate.take(connection, key, PACE, START)
    assert rate.take(connection, key, PACE, START + STEP) is None


def test_whoever_keeps_the_pace_never_waits(connection: Connection[Any]) -> None:
    key = fresh()
    for n in range(30):
        assert rate.take(connection, key, PACE, START + n * STEP) is None


def test_after_a_rest_there_is_no_more_than_at_first(connection: Connection[Any]) -> None:
    key = fresh()
    rate.take(connection, key, PACE, START)
    rested = START + timedelta(days=1)
    taken = [rate.take(connection, key, PACE, rested) is None for _ in range(4)]
    assert taken == [True, True, True, False]


def test_many_at_once_get_no_more_than_one_after_the_other(house: House) -> None:
    key = fresh()

    def take(_: int) -> bool:
        with house.gate.connection() as connection:
            return rate.take(connection, key, RateLimit(7, STEP), START) is None

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(take, range(60))) == 7


def test_what_is_paid_off_is_forgotten(house: House, connection: Connection[Any]) -> None:
    key = fresh()
    rate.take(connection, key, PACE, START)
    rate.take(connection, fresh(), PACE, START + timedelta(days=1))
    kept = {bytes(row[0]) for row in house.rows("SELECT key FROM office.pace")}
    assert key not in kept


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.7", "192.0.2.8", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("", "testclient", False),
    ],
)
def test_one_ipv6_line_counts_as_one_address(one: str, other: str, *, same: bool) -> None:
    assert (line_of(one) == line_of(other)) is same


@pytest.fixture(scope="module")
def open_strict(open_house: House) -> Iterator[House]:
    """The same installation, served by a process that lets strangers look two up at once."""
    changed = {"look_ups_at_once": 2, "look_up_seconds": 60}
    settings = open_house.made.settings.model_copy(update=changed)
    with served(settings, open_house.owner) as made:
        yield made


@pytest.fixture
def strict(open_strict: House) -> Iterator[House]:
    """That house, in which nobody has looked anything up yet."""
    open_strict.owner.execute("DELETE FROM office.pace")
    yield open_strict
    open_strict.close()


def looks_up(visitor: Visitor, way: str) -> Any:
    """One look-up, in one of the ways there are."""
    json = {"Accept": "application/json"}
    match way:
        case "page":
            return visitor.get(f"/certificates/{NUMBER}")
        case "form":
            return visitor.post("/certificates", {"number": NUMBER})
        case "name":
            return visitor.post("/certificates", {"number": NUMBER, "name": "张三"})
        case "search":
            return visitor.get(f"/search?q={NUMBER}")
        case "api":
            return visitor.http.get(f"/v1/certificates/{NUMBER}", headers=json)
        case _:
            body = {"certificate_no": NUMBER, "name": "张三"}
            return visitor.http.post("/v1/certificates/lookup", json=body, headers=json)


WAYS = ("page", "form", "name", "search", "api", "lookup")


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_a_certificate_is_slow_for_a_stranger(strict: House, way: str) -> None:
    visitor = strict.visitor()
    assert [looks_up(visitor, way).status_code == 429 for _ in range(3)] == [False, False, True]


def test_all_ways_share_one_pace_whatever_browser_one_comes_with(strict: House) -> None:
    early = [looks_up(strict.visitor(), way).status_code for way in WAYS]
    assert early.count(429) == len(WAYS) - 2


def test_a_program_is_told_when_to_come_back(strict: House) -> None:
    for _ in range(2):
        looks_up(strict.visitor(), "lookup")
    answer = looks_up(strict.visitor(), "lookup")
    assert answer.status_code == 429
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:dudao:problem:too-many-attempts"
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert NUMBER not in answer.text
    assert "张三" not in answer.text


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "查询过于频繁，请"), ("en", "Too many look-ups: try again in")]
)
def test_a_person_is_told_on_a_page(strict: House, language: str, said: str) -> None:
    visitor = strict.visitor(Accept_Language=language)
    for _ in range(2):
        looks_up(visitor, "form")
    answer = looks_up(visitor, "form")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert answer.headers["content-type"].startswith("text/html")
    assert said in answer.text


def test_a_stranger_who_waits_is_answered_again(strict: House) -> None:
    visitor = strict.visitor()
    for _ in range(3):
        looks_up(visitor, "api")
    strict.owner.execute("UPDATE office.pace SET due = due - interval '60 seconds'")
    assert looks_up(visitor, "api").status_code == 404


def test_who_has_signed_in_is_known_by_name_and_not_held_back(strict: House) -> None:
    visitor = strict.inside(Role.EXPERT)
    for way in WAYS:
        assert looks_up(visitor, way).status_code != 429


def test_other_pages_are_not_counted(strict: House) -> None:
    visitor = strict.visitor()
    for _ in range(4):
        assert visitor.get("/roster").status_code == 200
        assert visitor.get("/certificates").status_code == 200
        assert visitor.get("/search?q=机床").status_code == 200


def test_as_it_is_set_a_person_with_a_pile_of_papers_never_waits(house: House) -> None:
    # The form and the page that it leads to, forty papers in a row, one every twenty seconds.
    with house.gate.connection() as connection:
        key = fresh()
        for paper in range(40):
            at = START + timedelta(seconds=20 * paper)
            assert rate.take(connection, key, house.gate.pace, at) is None
            assert rate.take(connection, key, house.gate.pace, at) is None
    # A million numbers take more than a hundred days.
    assert house.gate.pace.step * 1_000_000 > timedelta(days=100)
