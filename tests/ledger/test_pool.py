"""Connections that a firewall forgot, or whose other end lost power: found out within seconds."""

from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from api.installation.wiring import Installation
from ledger.pool import lively
from tests.postgres import Server
from tests.serving import own_settings

SAID = "postgresql://dudao@db.example/dudao"


def test_either_end_asks_whether_the_other_is_there() -> None:
    parts = conninfo_to_dict(lively(SAID))
    assert int(parts["keepalives_idle"]) + 3 * int(parts["keepalives_interval"]) <= 15
    assert int(parts["tcp_user_timeout"]) <= 15_000
    assert int(parts["connect_timeout"]) <= 5
    assert "-c tcp_user_timeout=10000" in str(parts["options"])
    assert "-c tcp_keepalives_idle=5" in str(parts["options"])


def test_what_the_address_itself_says_of_it_stands() -> None:
    parts = conninfo_to_dict(
        lively(f"{SAID}?tcp_user_timeout=60000&options=-c%20tcp_keepalives_idle%3D60")
    )
    assert parts["tcp_user_timeout"] == "60000"
    assert parts["options"] == "-c tcp_keepalives_idle=60"


@pytest.mark.postgres
def test_every_connection_to_a_server_is_such_a_one(server: Server, tmp_path: Path) -> None:
    settings = own_settings(server, "dudao_lively", tmp_path)
    with Installation(settings, connections=2) as house:
        for address in house.database.addresses:
            assert "tcp_user_timeout" in conninfo_to_dict(address)
        assert house.pool.conninfo == house.database.addresses.app
