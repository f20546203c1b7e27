"""The same answers on the command line, and plain words where something is wrong."""

import json

import pytest

from tests.acceptance.lines import COOK, ELECTRICIAN, item, listed, session, suspended, uscc


def shown(done):
    """The rows that a command printed as JSON."""
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    return found["items"] if isinstance(found, dict) else found


def test_a_file_is_imported_and_asked_for_again(office, tmp_path):
    code = uscc()
    path, reject = tmp_path / "in.ndjson", tmp_path / "reject.ndjson"
    good = [*listed(code, item(ELECTRICIAN, "5")), session(code, COOK, "4", "2025-03-10")]
    lines = [*good, session(uscc(), COOK, "4", "2025-03-10")]
    path.write_text("".join(f"{json.dumps(x)}\n" for x in lines))
    done = office.run("import", str(path), "--reject", str(reject))
    assert done.returncode == 3
    assert str(reject) in done.stdout + done.stderr
    assert [json.loads(x)["line"] for x in reject.read_text().splitlines()] == [len(lines)]
    then = office.position()
    flags = shown(office.run("flags", "--format", "json"))
    assert [flag["code"] for flag in flags if flag["subject"] == code] == ["S1"]
    history = shown(office.run("history", code, "--format", "json"))
    assert history[0]["type"] == "AssessmentHeld"
    office.load(suspended(code, "2024-12-01"))
    for at, expected in ((["--position", str(then)], "listed"), ([], "suspended")):
        asked = ["roster", "--valid-at", "2025-01-01", "--format", "json", *at]
        rows = shown(office.run(*asked))
        assert [row["standing"] for row in rows if row["uscc"] == code] == [expected]


def test_a_list_is_written_to_a_file_in_every_format(office, tmp_path):
    begins = {"csv": b"\xef\xbb\xbf", "parquet": b"PAR1", "json": b""}
    for form, start in begins.items():
        path = tmp_path / f"roster.{form}"
        done = office.run("roster", "--format", form, "-o", str(path))
        assert done.returncode == 0, done.stderr
        assert path.read_bytes().startswith(start)
        other = tmp_path / f"by-name.{form.upper()}"
        done = office.run("roster", "-o", str(other))
        assert done.returncode == 0, done.stderr
        assert other.read_bytes().startswith(start)
        assert (form == "json") == other.read_bytes().startswith(b"{")


def test_differences_and_counts_are_printed(office):
    code = uscc()
    office.load(*listed(code, item(ELECTRICIAN, "4")), suspended(code, "2025-03-10"))
    days = ["--from-valid-at", "2025-03-09", "--to-valid-at", "2025-03-10"]
    changes = shown(office.run("diff", "--of", "roster", *days, "--format", "json"))
    assert [x["change"] for x in changes if code in x["key"]] == ["changed"]
    assert shown(office.run("stats", "--by", "district", "--format", "json"))


def test_the_ledger_is_whole_and_the_views_are_its_fold(office):
    for command in (["verify"], ["replay", "--check"]):
        done = office.run(*command)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["history", "NOPE"],
        ["roster", "--valid-at", "yesterday"],
        ["token", "--role", "emperor"],
        ["import", "no-such-file.ndjson"],
    ],
)
def test_a_mistake_is_answered_in_words(office, arguments):
    done = office.run(*arguments)
    assert done.returncode not in {0, 3}
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_a_token_opens_the_door(office):
    done = office.run("token", "--role", "district_inspector", "--district", "110108")
    assert done.returncode == 0, done.stderr
    bearer = {"Authorization": f"Bearer {done.stdout.strip()}"}
    assert office.ask("/v1/flags", None, bearer).status_code == 200
    assert office.ask("/v1/flags", None).status_code == 401
