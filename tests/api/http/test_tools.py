"""A number on a page is the same number in pandas, polars and DuckDB, from files and by signed link."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.api.desk import Desk
from tests.api.lines import Json, certificate, listed, session, uscc

duckdb: Any = pytest.importorskip("duckdb")
pandas: Any = pytest.importorskip("pandas")
polars: Any = pytest.importorskip("polars")

pytestmark = pytest.mark.postgres

ANALYST = {"account": "analyst-1", "role": "analyst", "organisation": "centre"}
DAY = date(2025, 12, 31)


class Taken:
    """The tables of one position: their addresses with and without a token, and as files."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        for where in ("110105", "110108"):
            code = uscc(where)
            held = session(code)
            issued = certificate(code, held["data"]["assessment_id"])
            desk.send(*listed(code, "4"), held, session(code, "3"), issued)
        manifest = desk.get("/v1/tables", ANALYST).json()
        self.position: int = manifest["basis"]["position"]
        said = desk.get("/v1/tables/links", ANALYST, position=self.position).json()
        self.links = {each["name"]: desk.base + each["address"] for each in said["links"]}
        for each in manifest["tables"]:
            place = folder / each["name"] / "all.parquet"
            place.parent.mkdir()
            place.write_bytes(desk.http.get(self.links[each["name"]]).content)
        self.folder = folder
        self.basis = {"valid_at": DAY.isoformat(), "position": self.position}


@pytest.fixture(scope="module")
def taken(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Taken:
    return Taken(desk, tmp_path_factory.mktemp("tables"))


@pytest.fixture(scope="module")
def breaches(desk: Desk, taken: Taken) -> dict[str, int]:
    """What the API counts, check by check."""
    items: list[Json] = desk.items(
        "/v1/flags", ANALYST, verdict="breach", review="any", limit=1000, **taken.basis
    )
    said = desk.items("/v1/stats", ANALYST, by="code", **taken.basis)
    counted = dict(Counter(item["code"] for item in items))
    assert {each["code"]: each["breaches"] for each in said if each["breaches"]} == counted
    return counted


AS_OF = """
SELECT code, count(*) FROM {rows}
 WHERE known_from <= $position AND (known_to IS NULL OR known_to > $position)
   AND valid_from <= $day AND (valid_to IS NULL OR valid_to > $day) AND verdict = 'breach'
 GROUP BY code
"""


def test_duckdb_counts_the_same_from_files(taken: Taken, breaches: dict[str, int]) -> None:
    asked = AS_OF.format(rows=f"'{taken.folder}/flags/*.parquet'")
    with duckdb.connect() as conn:
        values = {"position": taken.position, "day": DAY}
        assert dict(conn.execute(asked, values).fetchall()) == breaches
        (entries,) = conn.execute(
            f"SELECT count(*) FROM '{taken.folder}/entries/*.parquet' WHERE position <= $position",  # noqa: S608
            {"position": taken.position},
        ).fetchone()
    assert entries == taken.position


def holding(frame: Any, taken: Taken) -> Any:
    """The rows that hold on the day, as known at the position, as pandas says it."""
    day = pandas.Timestamp(DAY)
    first, last = pandas.to_datetime(frame.valid_from), pandas.to_datetime(frame.valid_to)
    known = (frame.known_from <= taken.position) & ~(frame.known_to <= taken.position)
    return frame[known & (first <= day) & ~(last <= day)]


def test_pandas_counts_the_same_from_files_and_by_link(
    taken: Taken, breaches: dict[str, int]
) -> None:
    for place in (taken.folder / "flags", taken.links["flags"]):
        held = holding(pandas.read_parquet(place), taken)
        assert held[held.verdict == "breach"].groupby("code").size().to_dict() == breaches


def test_polars_counts_the_same_read_or_scanned_from_files_and_by_link(
    taken: Taken, breaches: dict[str, int]
) -> None:
    column = polars.col
    condition = (
        (column("known_from") <= taken.position)
        & (column("known_to").is_null() | (column("known_to") > taken.position))
        & (column("valid_from") <= DAY)
        & (column("valid_to").is_null() | (column("valid_to") > DAY))
        & (column("verdict") == "breach")
    )
    files = f"{taken.folder}/flags/*.parquet"
    for frame in (
        polars.read_parquet(files),
        polars.read_parquet(taken.links["flags"]),
        polars.scan_parquet(files),
        polars.scan_parquet(taken.links["flags"]),
    ):
        found = frame.lazy().filter(condition).group_by("code").len().collect()
        assert dict(found.iter_rows()) == breaches


def test_types_come_through_as_they_are(taken: Taken) -> None:
    schema = polars.scan_parquet(f"{taken.folder}/entries/*.parquet").collect_schema()
    assert schema["valid_from"] == polars.Date
    assert schema["recorded_at"] == polars.Datetime("us", "UTC")
    assert isinstance(schema["actor"], polars.Struct)
    with duckdb.connect() as conn:
        asked = f"DESCRIBE FROM '{taken.folder}/flags/*.parquet'"
        found = conn.execute(asked).fetchall()
    types = {name: kind for name, kind, *_ in found}
    assert (types["valid_from"], types["known_from"]) == ("DATE", "BIGINT")
    assert types["because"].endswith("[]")
