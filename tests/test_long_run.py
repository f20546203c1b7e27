import sys
from pathlib import Path

import pytest

from tests import long_run
from tests.long_run import Memory, Step


@pytest.fixture
def remembered(tmp_path: Path) -> Memory:
    return Memory(tmp_path)


def counting(path: Path, status: int = 0) -> Step:
    """A step that counts how often it is done."""
    source = f"open({str(path)!r}, 'a').write('x'); raise SystemExit({status})"
    return Step(f"counting/{path.name}", (sys.executable, "-c", source))


def times(path: Path) -> int:
    return len(path.read_text(encoding="ascii")) if path.exists() else 0


def test_a_later_run_goes_on_where_the_first_was_stopped(remembered: Memory, tmp_path: Path):
    one, two = tmp_path / "one", tmp_path / "two"
    assert long_run.carry_out([counting(one)], remembered) == 0
    assert long_run.carry_out([counting(one), counting(two)], remembered) == 0
    assert (times(one), times(two)) == (1, 1)


def test_what_failed_is_done_again_and_does_not_keep_the_rest_from_being_done(
    remembered: Memory, tmp_path: Path
):
    bad, good = tmp_path / "bad", tmp_path / "good"
    steps = [counting(bad, status=1), counting(good)]
    assert [long_run.carry_out(steps, remembered) for _ in range(2)] == [1, 1]
    assert (times(bad), times(good)) == (2, 1)


def test_what_this_machine_cannot_show_is_said_and_is_no_failure(
    remembered: Memory, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    steps = [counting(tmp_path / "absent", status=long_run.NOT_HERE)]
    assert long_run.carry_out(steps, remembered) == 0
    assert "skipped: counting/absent" in capsys.readouterr().out


def test_without_a_seed_the_run_that_was_begun_last_goes_on(tmp_path: Path):
    first, _ = long_run.memory(tmp_path, None)
    assert long_run.memory(tmp_path, None)[0] == first
    other, folder = long_run.memory(tmp_path, 17)
    assert (other, folder.folder.name.endswith("-seed-17")) == (17, True)


def test_a_seed_gives_the_same_steps(tmp_path: Path):
    steps = [[step for part in long_run.PARTS for step in part(17)] for _ in range(2)]
    assert steps[0] == steps[1]
    assert len({step.name for step in steps[0]}) == len(steps[0])


def test_every_way_to_begin_is_a_step():
    names = {step.name for step in long_run.newcomers(0)}
    assert {"newcomer/root-uv-plain", "newcomer/other-pip-22.3-read-only"} <= names
