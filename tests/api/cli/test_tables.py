"""`dudao export` as an analyst's office runs it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.api.cli.test_cli import ROOT, Shell
from tests.api.lines import Json, certificate, listed, session, uscc
from tests.postgres import Server
from tests.replay.clusters import cluster

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def shell(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    server.drop("dudao_cli_tables")
    addresses = server.create("dudao_cli_tables", "template0")
    made = Shell(
        tmp_path_factory.mktemp("cli"),
        DUDAO_DATABASE_URL=addresses.app,
        DUDAO_OWNER_URL=addresses.owner,
    )
    made.run("init")
    yield made
    server.drop("dudao_cli_tables")


def told(folder: Path) -> Json:
    found: Json = json.loads((folder / "manifest.json").read_bytes())
    return found


def test_tables_are_exported_again_and_since_a_position(shell: Shell) -> None:
    code = uscc()
    held = session(code, "3")
    issued = certificate(code, held["data"]["assessment_id"])
    shell.load(*listed(code, "4"), held, issued)
    said = json.loads(shell.run("export", "tables", "--json").stdout)
    folder = shell.folder / "tables"
    first = told(folder)
    assert (said["position"], said["root"]) == (first["position"], first["root"])
    replayed = json.loads(shell.run("replay", "--tables", "--workers", "1", "--json").stdout)
    of_manifest = {each["name"]: (each["rows"], each["digest"]) for each in first["tables"]}
    for name, each in replayed["tables"].items():
        assert of_manifest[name] == (each["rows"], each["sum"])
    flags = pq.read_table(folder / "flags").to_pylist()
    assert {flag["code"] for flag in flags} >= {"S2"}
    shell.load(session(code, "4"))
    shell.run("export", "tables")
    assert told(folder)["position"] > first["position"]
    shell.run("export", "news", "--since", str(first["position"]))
    news = pq.read_table(shell.folder / "news" / "entries").column("position").to_pylist()
    assert min(news) == first["position"] + 1
    # Nothing in any file says who holds the certificate.
    holder = issued["data"]["holder"]
    for name in ("certificates", "entries", "flags"):
        text = json.dumps(pq.read_table(folder / name).to_pylist(), default=str, ensure_ascii=False)
        assert holder["name"] not in text
        assert holder["id_no"] not in text
        assert "subject_id" not in text
        assert "masked_name" not in text


def test_a_dask_cluster_gives_the_same_by_every_command(shell: Shell) -> None:
    pytest.importorskip("distributed")
    code = uscc()
    shell.load(*listed(code, "4"), session(code, "3"))
    suppose = shell.folder / "suppose.ndjson"
    suppose.write_text(json.dumps(session(code, "3", "2025-04-01")), encoding="utf-8")
    with cluster(shell.folder, 1) as made:

        def on_it(*command: str) -> Json:
            where = ("--engine", "dask", "--scheduler", made.address)
            found: Json = json.loads(shell.run(*command, *where, "--json").stdout)
            return found

        assert on_it("replay", "--check")["differences"] == 0
        written = {each["table"]: each["digest"] for each in on_it("export", "by-dask")["tables"]}
        for name, each in on_it("replay", "--tables")["tables"].items():
            assert written[name] == each["sum"]
        assert on_it("what-if", "--suppose", "suppose.ndjson")["flips"] == 1


def test_where_it_runs_is_asked_for_in_full(shell: Shell) -> None:
    for wrong, word in (
        (("--engine", "dask"), "--scheduler"),
        (("--scheduler", "tcp://127.0.0.1:1"), "--engine dask"),
        (("--engine", "dask", "--scheduler", "tcp://127.0.0.1:1", "--workers", "2"), "--workers"),
    ):
        assert word in shell.run("replay", *wrong, status=2).stderr


def test_a_folder_with_something_else_is_left_alone(shell: Shell) -> None:
    (shell.folder / "mine").mkdir()
    (shell.folder / "mine" / "letter.txt").write_text("x", encoding="utf-8")
    done = shell.run("export", "mine", status=2)
    assert "letter.txt" in done.stderr
    left = {each.name for each in (shell.folder / "mine").iterdir()}
    assert left - {".lock"} == {"letter.txt"}
    done = shell.run("export", "tables", "--since", "99999999", status=2)
    assert "99999999" in done.stderr
    done = shell.run("replay", "--tables", "--check", status=2)
    assert "--tables" in done.stderr


def recompute(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-I",
        str(ROOT / "examples" / "analysts" / "recompute.py"),
        *arguments,
    ]
    return subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - ours


def test_a_stranger_recomputes_root_and_digests_from_the_files_alone(shell: Shell) -> None:
    shell.load(*listed(uscc(), "4"))
    shell.run("export", "whole")
    folder = shell.folder / "whole"
    manifest = told(folder)
    done = recompute(str(folder), manifest["root"])
    assert done.returncode == 0, done.stderr
    assert f"root {manifest['root']} at position {manifest['position']}" in done.stdout
    assert recompute(str(folder), "00" * 32).returncode == 1
    (entries,) = (each for each in manifest["tables"] if each["name"] == "entries")
    path = folder / entries["files"][0]["path"]
    table = pq.read_table(path)
    leaves = table.column("leaf").to_pylist()
    leaves[0] = "00" * 32
    changed = table.set_column(table.schema.names.index("leaf"), "leaf", pa.array(leaves))
    pq.write_table(changed, path)
    done = recompute(str(folder))
    assert done.returncode == 1
    assert {line.partition(": ")[2] for line in done.stderr.splitlines()} == {
        f"{entries['files'][0]['path']}: SHA-256",
        "entries: rows or digest",
        "root",
    }


def test_a_login_is_admitted_with_what_an_administrator_types(shell: Shell) -> None:
    done = shell.run("analysts", "admit", "li-haidian", "--district", "110108")
    assert 'CREATE ROLE "li-haidian" LOGIN' in done.stdout
    assert "statement_timeout" in done.stdout
    assert "110108" in shell.run("analysts", "list").stdout
    assert "110199" in shell.run("analysts", "admit", "x", "--district", "110199", status=2).stderr
    shell.run("analysts", "dismiss", "li-haidian")
    assert "li-haidian" not in shell.run("analysts", "list").stdout
    shell.run("analysts", "dismiss", "li-haidian", status=1)
