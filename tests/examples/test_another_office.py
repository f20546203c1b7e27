"""Another office, an application of the eventsourcing library, reads and appends on this ledger."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from eventsourcing.persistence import IntegrityError

from api.installation.wiring import Installation
from examples.another_office import REGISTERED, REVOKED, LicensingOffice, Told
from ledger.deciding.outcome import Accepted
from ledger.gate.shapes import from_line
from ledger.log.verify import verify
from tests.api.lines import registered, uscc
from tests.postgres import Server
from tests.serving import own_settings

pytestmark = pytest.mark.postgres


@pytest.fixture
def house(server: Server, tmp_path: Path) -> Iterator[Installation]:
    with Installation(own_settings(server, "dudao_office", tmp_path), connections=4) as made:
        yield made
    server.drop("dudao_office")


@pytest.fixture
def office(house: Installation) -> Iterator[LicensingOffice]:
    with LicensingOffice({"DUDAO_DATABASE_URL": house.database.addresses.app}) as made:
        yield made


def register(house: Installation, code: str) -> int:
    submission = from_line(json.dumps(registered(code), ensure_ascii=False).encode())
    outcome = house.transactor.execute(submission)
    assert isinstance(outcome, Accepted)
    return outcome.position


def test_it_follows_what_the_ledger_records_and_what_it_records_itself(
    house: Installation, office: LicensingOffice
):
    code = uscc()
    first = register(house, code)
    watching = office.watch()
    assert next(watching) == Told(first, REGISTERED, code)
    revoked = office.revoke(code, date(2026, 11, 2))
    assert next(watching) == Told(first + 1, REVOKED, code)
    assert revoked == first + 1
    other = uscc()
    assert register(house, other) == first + 2
    assert next(watching) == Told(first + 2, REGISTERED, other)
    watching.close()


def test_what_it_decides_rests_on_what_it_read(house: Installation, office: LicensingOffice):
    code = uscc()
    assert office.revoke(code, date(2026, 11, 2)) == 1
    assert office.revoke(code, date(2026, 11, 3)) is None

    class Late(LicensingOffice):
        """Somebody records the same between its look and its append."""

        def __init__(self, env: dict[str, str]) -> None:
            super().__init__(env)
            read = self.recorder.read

            def and_then(*args: object, **kwargs: object) -> object:
                found = read(*args, **kwargs)  # type: ignore[arg-type]
                office.revoke(other, date(2026, 11, 4))
                return found

            self.recorder.read = and_then  # type: ignore[method-assign, assignment]

    other = uscc()
    address = {"DUDAO_DATABASE_URL": house.database.addresses.app}
    with Late(address) as late, pytest.raises(IntegrityError):
        late.revoke(other, date(2026, 11, 5))


def test_the_ledgers_own_views_pass_over_it_and_its_proofs_cover_it(
    house: Installation, office: LicensingOffice
):
    code = uscc()
    register(house, code)
    position = office.revoke(code, date(2026, 11, 2))
    assert house.runner.catch_up() == position
    assert house.set_apart() == []
    assert register(house, uscc()) == position + 1
    report = verify(house.pool)
    assert (report.head.position, report.difference) == (position + 1, None)
