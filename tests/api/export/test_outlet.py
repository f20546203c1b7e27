"""What is printed arrives whole, whatever stops the process or the reader on the way, or fails."""

import fcntl
import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.api.lines import registered, uscc

ROOT = Path(__file__).resolve().parents[3]
ROWS = 6_000
# Rows as a list gives them, through the command line's own way out; no database.
PROGRAM = f"""
import sys
from api.cli.failures import reported
from api.cli.output import Format, write
from api.export.files import Origin
from projections.items.shape import plain
from pathlib import Path

rows = [{{"key": f"S1-{{n}}", "message": "认定当日企业已暂停"}} for n in range({ROWS})]
origin = Origin("flags", {{"valid_at": "2026-11-30", "position": 7, "rules": "2020-3/7"}}, {{}})
out = Path(sys.argv[2]) if len(sys.argv) > 2 else None
with reported():
    write([rows], (plain("key", "标识", "key"), plain("message", "说明", "message")), origin, Format(sys.argv[1]), out)
"""


def environment(**more: str) -> dict[str, str]:
    own = {k: v for k, v in os.environ.items() if not k.startswith("DUDAO_")}
    return {**own, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **more}


def printed(*arguments: str) -> Sequence[str]:
    return (sys.executable, "-c", PROGRAM, *arguments)


def interrupted(command: Sequence[str]) -> tuple[bytes, int]:
    """What a command prints into the smallest of pipes while it is stopped and goes on, again and again."""
    reads, writes = os.pipe()
    fcntl.fcntl(writes, fcntl.F_SETPIPE_SZ, 4096)
    process = subprocess.Popen(command, stdout=writes, env=environment())  # noqa: S603 - our own program
    os.close(writes)
    got = [os.read(reads, 100)]
    while piece := os.read(reads, 2_000):
        got.append(piece)
        if len(got) < 100:
            process.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
            process.send_signal(signal.SIGCONT)
            os.waitid(os.P_PID, process.pid, os.WCONTINUED | os.WEXITED | os.WNOWAIT)
    os.close(reads)
    return b"".join(got), process.wait()


def undisturbed(command: Sequence[str]) -> bytes:
    return subprocess.run(command, env=environment(), capture_output=True, check=True).stdout  # noqa: S603


@pytest.mark.parametrize("form", ["csv", "json", "table"])
def test_a_list_arrives_whole_through_a_pipe_that_stops_and_goes_on(form: str) -> None:
    got, status = interrupted(printed(form))
    assert status == 0
    assert got == undisturbed(printed(form))
    assert got.count(b"S1-") == ROWS


def test_a_large_file_is_read_whole_by_a_process_that_stops_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    line = json.dumps(registered(uscc()))
    path.write_text("".join(f"{line}\n" for _ in range(5_000)), encoding="utf-8")
    command = (sys.executable, "-m", "api.intake.imports.reader", str(path))
    got, status = interrupted(command)
    assert status == 0
    assert got == undisturbed(command)


def test_a_reader_that_has_had_enough_leaves_no_success_behind() -> None:
    done = subprocess.run(  # noqa: S603 - our own program
        ["/bin/bash", "-c", '"$@" | head -n 1; exit ${PIPESTATUS[0]}', "-", *printed("csv")],
        env=environment(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 128 + signal.SIGPIPE
    assert done.stdout.count(b"\n") == 1
    assert done.stderr == b""


@pytest.mark.parametrize("form", ["csv", "json", "table"])
@pytest.mark.parametrize("unbuffered", ["1", ""])
def test_a_full_disk_is_a_sentence_and_no_success(form: str, unbuffered: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(  # noqa: S603 - our own program
            printed(form),
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(PYTHONUNBUFFERED=unbuffered, DUDAO_LANG="en"),
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.endswith("cannot use the output: No space left on device\n")
    assert "Traceback" not in done.stderr


def test_an_output_that_is_closed_is_no_success() -> None:
    done = subprocess.run(  # noqa: S603 - our own program
        ["/bin/sh", "-c", '"$@" >&-', "-", *printed("csv")],
        env=environment(DUDAO_LANG="en"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "cannot use the output" in done.stderr


def limited(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run where no file may grow beyond 64 KiB, as on a disk that fills."""
    return subprocess.run(  # noqa: S603 - our own program
        ["/bin/bash", "-c", 'ulimit -f 64; "$@"', "-", *command],
        cwd=folder,
        env=environment(DUDAO_LANG="en"),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("form", ["csv", "json", "table"])
def test_a_file_that_could_not_be_written_whole_leaves_what_was_there(
    form: str, tmp_path: Path
) -> None:
    path = tmp_path / f"flags.{form}"
    path.write_text("of yesterday", encoding="utf-8")
    done = limited(*printed(form, path.name), folder=tmp_path)
    assert done.returncode == 2
    assert f"cannot use {path.name}: File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {
        path.name: "of yesterday"
    }


def test_a_file_keeps_its_mode_and_a_link_its_place(tmp_path: Path) -> None:
    target, link = tmp_path / "real.csv", tmp_path / "link.csv"
    target.touch(mode=0o600)
    link.symlink_to(target)
    undisturbed(printed("csv", str(link)))
    assert link.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o600
    assert target.read_bytes().count(b"S1-") == ROWS


def test_a_named_pipe_is_written_to_as_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(printed("csv", str(pipe)), env=environment()) as process:  # noqa: S603
        got = pipe.read_bytes()
    assert process.returncode == 0
    assert got == undisturbed(printed("csv"))


@pytest.mark.parametrize("target", ["nowhere/flags.csv", "."])
def test_where_nothing_can_be_written_is_said_before_anything_else(
    target: str, tmp_path: Path
) -> None:
    done = limited(*printed("csv", target), folder=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert target.split("/", maxsplit=1)[0] in done.stderr


def test_a_device_that_is_full_is_said_to_be(tmp_path: Path) -> None:
    done = limited(*printed("csv", "/dev/full"), folder=tmp_path)
    assert done.returncode == 2
    assert "cannot use /dev/full: No space left on device" in done.stderr


def test_a_terminal_without_chinese_gets_sentences(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 - our own program
        printed("table"),
        cwd=tmp_path,
        env=environment(PYTHONIOENCODING="ascii"),
        capture_output=True,
        check=True,
    )
    assert f"{ROWS} rows".encode() in done.stderr
    assert done.stdout.isascii()


def test_what_is_compressed_on_the_way_is_the_same(tmp_path: Path) -> None:
    command = ["/bin/bash", "-c", 'set -o pipefail; "$@" | gzip', "-", *printed("csv")]
    assert gzip.decompress(undisturbed(command)) == undisturbed(printed("csv"))
