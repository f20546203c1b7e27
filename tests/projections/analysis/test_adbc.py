"""The views of analysts by another door than psycopg: ADBC, which brings Arrow."""

from typing import Any

import pytest

from tests.projections.analysis.by_other_doors import COUNTED, asked

__all__ = ["asked"]

dbapi: Any = pytest.importorskip("adbc_driver_postgresql.dbapi")

pytestmark = pytest.mark.postgres


def test_adbc_brings_the_same_rows_as_arrow(asked: tuple[str, list[Any]]) -> None:
    conninfo, told = asked
    with dbapi.connect(conninfo) as conn, conn.cursor() as cursor:
        cursor.execute(COUNTED.format("analysis"))
        found = cursor.fetch_arrow_table()
        assert [tuple(row.values()) for row in found.to_pylist()] == told
        with pytest.raises(dbapi.Error, match="permission denied"):
            cursor.execute("SELECT * FROM ledger.entry")
