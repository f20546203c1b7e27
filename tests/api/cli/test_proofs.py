"""Signer, checkpoint and witness as processes."""

import json
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from ledger.connect import app_pool
from ledger.deciding.demonstration import set_by_hand
from ledger.log.postgres_log import PostgresLog
from proof.checkpoints import read_checkpoint
from proof.notes import Kind, read_note, read_vkey, verified
from proof.policy import read_policy, trust
from tests.api.cli.test_cli import Shell
from tests.api.lines import listed, uscc
from tests.postgres import Server
from tests.programs import Program, running
from tests.serving import own_settings

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture
def shell(server: Server, tmp_path: Path) -> Iterator[Shell]:
    settings = own_settings(server, "dudao_cli_proofs", tmp_path / "data")
    assert settings.url is not None
    made = Shell(tmp_path, DUDAO_DATABASE_URL=settings.url, DUDAO_DATA=str(tmp_path / "data"))
    made.load(*listed(uscc(), "4"))
    yield made
    server.drop("dudao_cli_proofs")


def test_a_demonstration_is_signed_in_a_trial_alone(server: Server, tmp_path: Path) -> None:
    settings = own_settings(server, "dudao_cli_signed_demo", tmp_path / "data")
    assert settings.url is not None
    assert settings.owners_url is not None
    with (
        app_pool(settings.url) as pool,
        set_by_hand(settings.owners_url, PostgresLog(pool)) as hand,
    ):
        hand.begin(datetime(2023, 9, 1, tzinfo=UTC))
    shell = Shell(tmp_path, DUDAO_DATABASE_URL=settings.url, DUDAO_DATA=str(tmp_path / "data"))
    for command in (("signer", "--once"), ("checkpoint", "--folder", "keys")):
        assert "demonstration" in shell.run(*command, "--lang", "en", status=2).stderr
    trial = Shell(
        tmp_path,
        DUDAO_DATABASE_URL=settings.url,
        DUDAO_DATA=str(tmp_path / "data"),
        DUDAO_TRIAL="1",
    )
    trial.run("signer", "--once")
    server.drop("dudao_cli_signed_demo")


def test_a_signer_and_two_witnesses_of_three(shell: Shell, server: Server) -> None:
    said = shell.run("signer", "--origin", "ledger.example/log", "--once", "--lang", "en").stderr
    keys = re.findall(r"verifier key: (\S+)", said)
    assert sorted(read_vkey(key).kind for key in keys) == [
        Kind.ED25519,
        Kind.MLDSA44_COSIGNATURE,
    ]
    logs = [argument for key in keys for argument in ("--log", key)]

    def witness(number: int) -> list[str]:
        name = f"w{number}.example/1"
        own = ["--folder", f"w{number}", "--name", name, "--port", "0", "--lang", "en"]
        return ["witness", *own, *logs]

    def beside(*arguments: str) -> AbstractContextManager[Program]:
        return running(shell.command(*arguments), shell.folder, shell.environment)

    with beside(*witness(1)) as one, beside(*witness(2)) as two:
        lines = [f"log {key}" for key in keys]
        for number, program in enumerate((one, two), 1):
            vkey = program.line_with(f"w{number}.example/1+").strip()
            url = re.search(r"http://\S+", program.line_with("listens"))
            assert url is not None
            lines.append(f"witness w{number} {vkey} {url[0]}")
        gone = "w3.example/1"
        vkey = shell.run("witness", "--folder", "w3", "--name", gone, "--show-key").stdout.strip()
        lines.append(f"witness w3 {vkey} http://127.0.0.1:9")
        policy = "\n".join([*lines, "group offices 2 w1 w2 w3", "quorum offices", ""])
        (shell.folder / "policy").write_text(policy)
        with beside("signer", "--policy", "policy", "--every", "1", "--lang", "en") as signer:
            told = signer.line_with("signed up to")
            assert "w1 cosigned" in told
            assert "w2 cosigned" in told
            assert "w3 did not cosign" in told
            note = read_note(shell.run("checkpoint").stdout.encode())
            busy = shell.run("signer", "--once", "--policy", "policy", "--lang", "en")
            assert "signed up to" in busy.stderr
            other = shell.run("signer", "--lang", "en", status=2)
            assert "another signer" in other.stderr
    found = trust(read_policy(policy), note)
    assert found.met
    assert set(found.cosigned) == {"w1", "w2"}


def test_a_checkpoint_in_a_trial_is_signed_with_the_trials_key_and_says_so(shell: Shell) -> None:
    shell.environment["DUDAO_TRIAL"] = "true"
    done = shell.run("checkpoint", "--lang", "en")
    note = read_note(done.stdout.encode())
    assert read_checkpoint(note.text).size > 0
    assert "trial's own key" in done.stderr
    warned = "takes the log's name"
    assert warned in done.stderr
    assert warned not in shell.run("checkpoint", "--lang", "en").stderr  # it has it already
    said = json.loads(shell.run("checkpoint", "--format", "json").stdout)
    assert said["note"] == shell.run("checkpoint").stdout
    assert (said["origin"], said["position"]) == read_checkpoint(note.text)[:2]
    shell.run("checkpoint", "-o", "checkpoint.csv")
    assert said["root"] in (shell.folder / "checkpoint.csv").read_text()
    shell.run("checkpoint", "-o", "kept")
    assert (shell.folder / "kept").read_text() == said["note"]


def test_without_a_signer_there_is_no_checkpoint_elsewhere(shell: Shell) -> None:
    done = shell.run("checkpoint", "--lang", "en", status=2)
    assert "dudao signer" in done.stderr


def test_a_signer_stops_with_an_alarm_where_the_ledger_was_rewritten(
    shell: Shell, server: Server
) -> None:
    said = shell.run("signer", "--origin", "ledger.example/log", "--once", "--lang", "en").stderr
    keys = [read_vkey(key) for key in re.findall(r"verifier key: (\S+)", said)]
    conninfo = psycopg.conninfo.make_conninfo(server.superuser, dbname="dudao_cli_proofs")
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("UPDATE ledger.log_state SET frontier[1] = sha256('x')")
    done = shell.run("signer", "--lang", "en", status=1)
    assert "refused to sign" in done.stderr
    last = read_note((shell.folder / "data" / "signer" / "checkpoint").read_bytes())
    assert len(verified(last, keys)) == 2


def test_a_log_that_begins_again_says_what_was_lost(shell: Shell) -> None:
    shell.run("signer", "--origin", "ledger.example/log", "--once")
    shell.load(*listed(uscc(), "4"))
    shell.run("signer", "--once")
    again = ["signer", "--new-origin", "ledger.example/2", "--lang", "en"]
    assert "--reason" in shell.run(*again, status=2).stderr
    said = shell.run(*again, "--reason", "restored from the backup of Monday").stderr
    assert "does not continue the" in said
    assert "signed as ledger.example/log" in said
    assert "restored from the backup of Monday" in said
    assert "signed up to" in shell.run("signer", "--once", "--lang", "en").stderr


def test_a_bundle_is_made_and_verified_where_there_is_no_database(
    shell: Shell, tmp_path: Path
) -> None:
    code = uscc()
    shell.load(*listed(code, "4"))
    shell.environment["DUDAO_TRIAL"] = "true"
    shell.run("bundle", code, "-o", "evidence.zip")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    stranger = Shell(elsewhere, DUDAO_DATABASE_URL="postgresql://nowhere.invalid/x")
    file = tmp_path / "evidence.zip"
    done = stranger.run("verify", "--bundle", str(file), "--lang", "en")
    assert f"entries about {code}" in done.stdout
    assert "keys came from the bundle itself" in done.stderr
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    bad = stranger.run("verify", "--bundle", str(file), "--lang", "en", status=1)
    assert "does not hold" in bad.stderr


def test_a_ledger_that_does_not_continue_a_checkpoint_kept_elsewhere_is_reported(
    shell: Shell,
) -> None:
    shell.environment["DUDAO_TRIAL"] = "true"
    note = shell.run("checkpoint").stdout
    kept = shell.folder / "kept"
    kept.write_text(note)
    del shell.environment["DUDAO_TRIAL"]
    shell.load(*listed(uscc(), "4"))
    assert "whole" in shell.run("verify", "--from-checkpoint", "kept", "--lang", "en").stdout
    size = int(note.split("\n")[1])
    kept.write_text(note.replace(f"\n{size}\n", f"\n{size - 1}\n", 1))
    lines = shell.run("verify", "--from-checkpoint", "kept", "--lang", "en", status=1).stderr
    assert "the checkpoint in kept" in lines
    (shell.folder / "policy").write_text("quorum none\n")
    believed = ["verify", "--from-checkpoint", "kept", "--policy", "policy", "--lang", "en"]
    assert "do not satisfy the policy" in shell.run(*believed, status=1).stderr
