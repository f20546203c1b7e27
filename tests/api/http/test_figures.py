"""What `/metrics` tells, and that whoever reads `docs/operation.md` finds it there."""

import re
from pathlib import Path

import pytest

from api.installation.version import VERSION
from tests.api.desk import Desk
from tests.api.lines import Json

pytestmark = pytest.mark.postgres

ROOT = Path(__file__).parents[3]
ADMINISTRATOR: Json = {"account": "sys-1", "role": "system_admin", "organisation": "centre"}
PAPERS = ["operation.md", "operation.zh.md"]
NO_FIGURES = {
    "dudao_projections_set_apart_position",  # is there once something was set apart
    *("dudao_app", "dudao_ledger", "dudao_owner"),
}


@pytest.fixture(scope="module")
def figures(desk: Desk) -> dict[str, float]:
    """Every figure with its labels, and its value."""
    desk.get("/v1/roster")
    desk.http.post(
        "/sign-in",
        data={"account": "nobody-77", "password": "wrong"},
        headers={"Origin": desk.base},
    )
    text = desk.get("/metrics", ADMINISTRATOR).text
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


def test_queue_sign_in_vault_pool_disk_and_process_are_told(figures: dict[str, float]):
    assert figures[f'dudao_build_info{{version="{VERSION}"}}'] == 1
    assert figures['dudao_imports{stage="queued"}'] == 0
    assert figures['dudao_sign_in_counted{state="tried"}'] >= 2, "the account and the address"
    assert figures['dudao_sign_in_counted{state="locked"}'] >= 0
    assert figures["dudao_sessions"] >= 0
    assert figures["dudao_vault_persons"] >= 0
    used, free = (figures[f'dudao_pool_connections{{state="{each}"}}'] for each in ("used", "free"))
    assert 1 <= used + free <= figures["dudao_pool_size_max"]
    assert figures["dudao_pool_waiting"] == 0
    assert 0 < figures["dudao_disk_free_bytes"] < figures["dudao_disk_size_bytes"]
    assert figures["dudao_database_bytes"] > 2**20
    assert figures["process_resident_memory_bytes"] > 2**20
    assert figures["process_open_fds"] > 0


@pytest.mark.parametrize("paper", PAPERS)
def test_every_figure_that_is_written_of_is_there_and_every_one_of_ours_is_written_of(
    paper: str, figures: dict[str, float]
):
    text = (ROOT / "docs" / paper).read_text("utf-8")
    named = set(re.findall(r"\b((?:dudao|process)_[a-z_]+[a-z])(?=[`{])", text)) - NO_FIGURES
    names = {name.partition("{")[0] for name in figures}
    told = {re.sub(r"_(bucket|sum|count)$", "", n) for n in names if not n.endswith("_created")}
    assert named - told == set()
    assert {name for name in told if name.startswith("dudao_")} - named == set()
