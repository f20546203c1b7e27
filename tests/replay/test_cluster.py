"""A replay on a Dask cluster: found by its address, the same to the digest, whoever of it dies."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from projections.follow.runner import Runner
from replay import cluster as clusters
from replay import digest, known_at
from replay.audit import check
from replay.cluster import NoCluster
from replay.engines import Engine, Executor, InProcess, processes, running
from replay.lake import replayed
from replay.suppositions import Suppositions, Whole, carried_out, plan
from tests.projections.chronicle import SUBJECTS, Step, tell
from tests.projections.conftest import RULES, Ledger
from tests.projections.desk import TODAY
from tests.projections.follow.test_runner import steps
from tests.replay.clusters import Cluster, cluster
from tests.replay.lake.lakes import exported

pytestmark = pytest.mark.postgres


@pytest.fixture
def ledger(fresh: Callable[[], Ledger]) -> Ledger:
    made = fresh()
    for seed, uscc in enumerate(SUBJECTS):
        tell(made.story, [step._replace(uscc=uscc) for step in steps(60, seed)])
    tell(made.story, [Step(SUBJECTS[0], "CatalogueAdopted", 0, 0, 0)])
    Runner(made.conninfo, RULES).catch_up()
    return made


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster")) as made:
        yield made


def replays(ledger: Ledger, executor: Executor, folder: Path) -> dict[str, Any]:
    """What a replay, an audit, a what-if and an export come to, all by digest."""
    story, _, conninfo = ledger
    upto = story.position
    parts = list(known_at.parts(conninfo, upto, 5))
    everything = list(known_at.parts(conninfo, upto, 5, tuple(known_at.VIEWS)))
    whole = Whole(conninfo, upto, TODAY, Suppositions(), tables=True)
    made = exported(conninfo, RULES, folder, upto, executor=executor)
    return {
        "replay": digest.together(executor.map(digest.folded, parts)),
        "tables": replayed.together(executor.map(replayed.folded, everything)),
        "audit": check(conninfo, RULES, executor, upto),
        "what-if": list(carried_out(executor, plan(whole, 3))),
        "export": [(each.name, each.rows, each.digest) for each in made.tables],
    }


def test_no_more_parts_are_on_their_way_than_are_soon_wanted(dask: Cluster) -> None:
    asked: list[int] = []

    def jobs() -> Iterator[int]:
        for number in range(30):
            asked.append(number)
            yield number

    with running(RULES, Engine(scheduler=dask.address)) as executor:
        found = executor.map(_itself, jobs())
        assert next(found) == 0
        assert len(asked) <= 2 * executor.workers + 2
        assert list(found) == list(range(1, 30))


def _itself(_: Any, number: int) -> int:
    return number


def test_all_engines_come_to_the_same_digests_also_when_a_worker_is_killed_in_the_middle(
    ledger: Ledger, dask: Cluster, tmp_path: Path
) -> None:
    story, _, conninfo = ledger
    here = replays(ledger, InProcess(RULES), tmp_path / "here")
    assert here["audit"] == []
    assert digest.summary(here["replay"])["flags"]["rows"] > 0
    with processes(RULES, 2) as executor:
        assert replays(ledger, executor, tmp_path / "processes") == here
    with running(RULES, Engine(scheduler=dask.address)) as executor:
        assert executor.workers == 2
        assert replays(ledger, executor, tmp_path / "dask") == here
        # Two more parts than workers are on their way when the first is taken: some are lost with it.
        parts = list(known_at.parts(conninfo, story.position, len(SUBJECTS)))
        found = executor.map(digest.folded, parts)
        first = next(found)
        dask.workers[0].kill()
        assert digest.together([first, *found]) == here["replay"]


def test_whoever_has_no_dask_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(NoCluster) as told,
        running(RULES, Engine(scheduler="tcp://127.0.0.1:1")),
    ):
        pass
    assert "pip install 'dudao[dask]'" in told.value.zh
    assert "pip install 'dudao[dask]'" in told.value.en


def test_a_cluster_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "PATIENCE", 0.2)
    with (
        pytest.raises(NoCluster, match=r"127\.0\.0\.1:1 "),
        running(RULES, Engine(scheduler="tcp://127.0.0.1:1")),
    ):
        pass


def test_a_worker_of_another_release_folds_nothing() -> None:
    with pytest.raises(NoCluster, match="another release"):
        clusters.fold(RULES, "0" * 64, _itself, 1)
    assert clusters.fold(RULES, clusters.sources(), _itself, 1) == 1
