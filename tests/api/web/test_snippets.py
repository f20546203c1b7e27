"""From a number on a page to the same number elsewhere, by copying what the page offers."""

import csv
import html
import io
import re
import shlex

import pytest

from api.web.frame.snippets import snippets
from projections.items.flags import DelayItem
from projections.items.shape import shape_of
from projections.items.tables import TABLES
from tests.api.web.site import ANALYST, INSPECTOR, Site

pytestmark = pytest.mark.postgres
OFFERED = re.compile(r"<dt>(\w+)</dt><dd><code>(.*?)</code></dd>")
AT = {"valid_at": "2025-12-31", "position": "5210"}


def offered(site: Site, path: str) -> dict[str, str]:
    text = site.get(path, ANALYST).text
    return {name: html.unescape(code) for name, code in OFFERED.findall(text)}


def test_what_a_page_offers_gives_the_rows_of_the_page(site: Site) -> None:
    found = offered(site, "/flags?verdict=breach&district=110108")
    assert list(found) == ["curl", "Python", "SQL", "dudao"]
    address = shlex.split(found["curl"])[-1].removeprefix("$DUDAO_URL")
    lines = site.get(address, ANALYST).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(lines)))
    assert rows
    assert {(row["verdict"], row["district"]) for row in rows} == {("breach", "110108")}
    asked: list[object] = []

    class Client:
        def items(self, path: str, **parameters: str) -> list[object]:
            asked.append((path, parameters))
            return []

    eval(found["Python"], {"client": Client()})  # noqa: S307 - what our own page offers
    ((path, parameters),) = asked  # type: ignore[misc]
    assert path == "/v1/flags"
    assert site.get(f"{path}?verdict=breach", ANALYST).status_code == 200
    assert parameters["verdict"] == "breach"
    assert (
        f"analysis.flags_at('{parameters['valid_at']}', {parameters['position']})" in found["SQL"]
    )
    assert "dudao flags --verdict breach" in found["dudao"]


def test_what_is_offered_of_a_list_without_pages_is_answered_too(site: Site) -> None:
    found = offered(site, "/statistics?by=month")
    address = shlex.split(found["curl"])[-1].removeprefix("$DUDAO_URL")
    assert site.get(address, ANALYST).status_code == 200
    assert "dudao stats --by month" in found["dudao"]
    history = offered(site, "/enterprises/91110113MA0EX027XJ/history")
    assert "dudao history 91110113MA0EX027XJ --valid-at" in history["dudao"]


@pytest.mark.parametrize("path", ["/roster", "/assessments", "/issued", "/findings"])
def test_lists_offer_it_and_a_district_has_its_downloads(site: Site, path: str) -> None:
    assert "curl" in offered(site, path)
    assert 'class="asked"' not in site.get(path, INSPECTOR).text


def test_a_filter_without_an_equal_in_sql_offers_no_sql() -> None:
    def names(**filters: str) -> list[str]:
        return [each.name for each in snippets("/v1/flags", {**filters, **AT})]

    assert "SQL" in names(code="S2")
    assert "SQL" not in names(review="none")
    (statement,) = (
        each.text
        for each in snippets("/v1/flags", {"code": "S2' OR '1", "from": "2025-01-01", **AT})
        if each.name == "SQL"
    )
    assert statement == (
        "SELECT * FROM analysis.flags_at('2025-12-31', 5210) WHERE code = 'S2'' OR ''1' AND "
        "valid_at >= '2025-01-01' AND verdict <> 'clear';"
    )


def test_faults_of_supervisors_have_no_delays_in_sql() -> None:
    def statements(**filters: str) -> list[str]:
        made = snippets("/v1/delays", {**filters, **AT})
        return [each.text for each in made if each.name == "SQL"]

    assert statements(code="S2") == [
        "SELECT * FROM analysis.delays_at('2025-12-31', 5210) WHERE code = 'S2';"
    ]
    assert statements(code="Q1") == []


def test_columns_of_a_statement_are_columns_of_the_view() -> None:
    from api.web.frame.snippets import IN_SQL  # noqa: PLC0415 - beside its one use

    columns_of = {name: table.fields for name, table in TABLES.items()}
    columns_of["delays"] = shape_of(DelayItem).fields
    for name, known in IN_SQL.items():
        columns = {field.name for field in columns_of[name]}
        assert {column.strip('"') for column in known.columns.values()} <= columns
        assert known.day is None or known.day in columns
