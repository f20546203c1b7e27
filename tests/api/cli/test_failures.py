import errno
import os
from pathlib import Path

import pytest

from api.cli.failures import Failure, explained, require_day, require_file
from api.cli.usage import in_chinese
from api.installation.saved_questions import asked
from api.questions.clocks import parse_day, parse_instant
from api.questions.problems import Problem, Unclear
from ledger.gate.days import not_a_day


def failure(number: int, path: Path | None = None):
    given = None if path is None else str(path)
    return explained(OSError(number, os.strerror(number), given))


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.ENOSPC, errno.ENOTDIR])
def test_a_data_folder_that_cannot_be_used_is_named_with_the_way_out(number, monkeypatch, tmp_path):
    monkeypatch.setenv("DUDAO_DATA", str(tmp_path / "data"))
    said = failure(number, tmp_path / "data" / "token.key")
    assert said is not None
    assert str(tmp_path / "data") in said.en
    assert "DUDAO_DATA" in said.en
    assert "DUDAO_DATA" in said.zh


def test_another_file_is_no_reason_to_move_the_data_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("DUDAO_DATA", str(tmp_path / "data"))
    said = failure(errno.EROFS, tmp_path / "flags.csv")
    assert said is not None
    assert "DUDAO_DATA" not in said.en


def test_a_full_disk_is_said_to_be_full_whatever_was_written():
    said = failure(errno.ENOSPC)
    assert said is not None
    assert os.strerror(errno.ENOSPC) in said.en


def test_what_no_file_gives_is_a_fault_of_the_program():
    assert failure(errno.ECONNRESET) is None


def test_what_is_no_file_is_called_what_it_is(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "there").touch()
    require_file(tmp_path / "there")
    for path, said in ((tmp_path, "is a folder"), ("pipe", "is a pipe"), ("gone", "no such file")):
        with pytest.raises(Failure, match=said):
            require_file(tmp_path / path)


def test_of_a_question_that_cannot_be_saved_it_is_said_which_value_is_wrong_and_what_there_is():
    with pytest.raises(Problem) as refused:
        asked("/v1/flags?code=S99")
    said = explained(refused.value)
    assert said is not None
    for words in (said.zh, said.en):
        assert "code" in words
        assert "S10" in words
        assert "S99" not in words


@pytest.mark.parametrize(
    ("typed", "said"), [("2026-02-30", "没有这一天"), ("30.2.2026", "日期应写作 2026-03-01")]
)
def test_a_day_that_does_not_exist_is_told_as_that_wherever_it_is_typed(typed: str, said: str):
    assert not_a_day(typed)[0] == said
    with pytest.raises(Unclear, match=said):
        parse_day(typed)
    with pytest.raises(Failure) as refused:
        require_day(typed)
    assert refused.value.zh == f"{typed}：{said}"


def test_an_instant_that_does_not_exist_is_told_as_that():
    with pytest.raises(Unclear, match="没有这一时刻"):
        parse_instant("2026-02-30T08:00:00+08:00")


@pytest.mark.parametrize(
    ("english", "zh"),
    [
        ("No such command 'help'", "没有命令 help"),
        ("No such command 'flagz'. Did you mean 'flags'?", "没有命令 flagz；相近的有 flags"),
        (
            "No such option: --cod (Possible options: --code, --to)",
            "没有选项 --cod；相近的有 --code、--to",
        ),
        ("Missing argument 'file'", "缺少参数 file"),
        ("Option '--code' requires an argument", "选项 --code 须有值"),
        (
            "Invalid value for '--format': 'pdf' is not one of 'json', 'csv'",
            "--format 应为 json、csv 之一",
        ),
        ("Something new", None),
    ],
)
def test_what_the_parser_says_is_said_in_chinese(english: str, zh: str | None):
    assert in_chinese(english) == zh
