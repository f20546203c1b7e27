"""A stranger who types wrong passwords locks himself out, and not whose account it is."""

import pytest

from api.access.known_devices import MOST, known, marked
from api.http.arrival import address_of
from domain.terms.vocabulary import Role
from tests.api.access.house import House

pytestmark = pytest.mark.postgres

KEY = bytes(range(32))
WRONG = "wrong wrong wrong"


def test_a_stranger_locks_nobody_out_of_a_browser_that_is_known(house: House) -> None:
    account, visitor = house.account(), house.visitor()
    assert visitor.sign_in(account).status_code == 303
    visitor.post("/sign-out")
    for _ in range(6):
        house.visitor().sign_in(account, WRONG)
    assert house.visitor().sign_in(account).status_code == 429
    assert visitor.sign_in(account).status_code == 303
    # What a browser kept of one account says nothing of another.
    other = house.account()
    for _ in range(6):
        house.visitor().sign_in(other, WRONG)
    assert visitor.sign_in(other).status_code == 429


def test_a_browser_that_is_known_is_counted_too(house: House) -> None:
    account, visitor = house.account(), house.visitor()
    visitor.sign_in(account)
    answers = [visitor.sign_in(account, WRONG).status_code for _ in range(6)]
    assert answers == [403] * 5 + [429]
    assert visitor.sign_in(account).status_code == 429
    assert visitor.sign_in(account).headers["retry-after"]
    assert house.visitor().sign_in(account).status_code == 303


def test_nobody_makes_a_mark_without_the_key() -> None:
    mark = marked(KEY, "", "wang")
    assert known(KEY, mark, "wang")
    for forged in ("", mark.split(".")[0], mark.replace(".", ".0"), f"{mark}x", "督导", "." * 200):
        assert known(KEY, forged, "wang") is None
    assert known(KEY, mark, "li") is None
    assert known(bytes(32), mark, "wang") is None


def test_a_browser_keeps_the_last_accounts_and_its_number() -> None:
    mark = ""
    for name in range(MOST + 2):
        mark = marked(KEY, mark, f"account {name}")
    numbers = [known(KEY, mark, f"account {name}") for name in range(MOST + 2)]
    assert numbers[:2] == [None, None]
    assert len({*numbers[2:]}) == 1
    assert marked(KEY, "督导.督导", "wang").isascii()


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:51234", "192.0.2.7"),
        (" 192.0.2.7 ", "192.0.2.7"),
        ("[2001:DB8::1]:443", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("", ""),
        ("unknown", "unknown"),
        ("_hidden", "unknown"),
        ("<script>", "unknown"),
        ("192.0.2.7, 10.0.0.1", "unknown"),
    ],
)
def test_an_address_is_one_however_a_proxy_writes_it(written: str, address: str) -> None:
    assert address_of(written) == address


def test_what_a_session_reads_is_kept_by_no_browser(house: House) -> None:
    visitor = house.inside(Role.QUALITY_SUPERVISOR)
    for path in ("/v1/flags", "/v1/assessments?position=0&valid_at=2025-01-01", "/v1/overview"):
        answer = visitor.get(path, Accept="application/json")
        assert answer.headers["cache-control"] == "private, no-store", path


def test_people_as_json_and_look_ups_of_what_is_not_theirs_are_remembered(house: House) -> None:
    account, visitor = house.enter(Role.DISTRICT_INSPECTOR)
    for path in ("/v1/certificates", "/v1/flags/S1-99999999", "/flags/S1-99999999", "/v1/none"):
        visitor.get(path, Accept="application/json")
    assert house.entries(account)[1:] == [
        ("reveal", "GET /v1/certificates", "done"),
        ("look-up", "GET /v1/flags/S1-99999999", "refused"),
        ("look-up", "GET /flags/S1-99999999", "refused"),
    ]
