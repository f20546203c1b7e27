import errno
import os
from pathlib import Path

import pytest

from api.cli.failures import Failure, explained, require_file
from api.installation.saved_questions import asked
from api.questions.problems import Problem


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
