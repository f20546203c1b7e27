"""The views of analysts in DuckDB, which attaches the database itself.

Its extension is a package of its own and of an older DuckDB than the lock's, so this runs beside both:

./run long analysts_tools
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.projections.analysis.by_other_doors import COUNTED, asked
from tests.projections.analysis.conftest import above, conn, desk, installed_rules, tables

__all__ = ["above", "asked", "conn", "desk", "installed_rules", "tables"]

pytestmark = pytest.mark.postgres


def test_duckdb_attaches_the_database_itself(asked: tuple[str, list[Any]]) -> None:
    brought = find_spec("duckdb_extension_postgres_scanner")
    assert brought is not None
    assert brought.origin is not None
    (extension,) = Path(brought.origin).parent.rglob("postgres_scanner.duckdb_extension")
    conninfo, told = asked
    with duckdb.connect() as conn:
        conn.execute(f"LOAD '{extension}'")
        quoted = conninfo.replace("'", "''")
        conn.execute(f"ATTACH '{quoted}' AS dudao (TYPE postgres, READ_ONLY, SCHEMA 'analysis')")
        assert conn.execute(COUNTED.format("dudao.analysis")).fetchall() == told
