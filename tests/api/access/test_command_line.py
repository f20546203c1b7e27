"""`dudao users` and the first `dudao serve`: the way in for whoever runs the installation."""

import json
import re
import urllib.request
from collections.abc import Iterator

import psycopg
import pytest

from ledger.connect import Addresses
from tests.api.cli.test_cli import Shell
from tests.postgres import Server
from tests.programs import running

pytestmark = pytest.mark.postgres

LINK = re.compile(r"http://127\.0\.0\.1:\d+/invitations/[\w-]{43}")


@pytest.fixture(scope="module")
def addresses(server: Server) -> Iterator[Addresses]:
    server.drop("dudao_users")
    yield server.create("dudao_users", "template0")
    server.drop("dudao_users")


@pytest.fixture(scope="module")
def database(addresses: Addresses) -> str:
    return addresses.owner


@pytest.fixture(scope="module")
def shell(addresses: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    made = Shell(
        tmp_path_factory.mktemp("users"),
        DUDAO_DATABASE_URL=addresses.app,
        DUDAO_OWNER_URL=addresses.owner,
    )
    made.run("init")
    return made


def served(shell: Shell) -> str:
    """What a server says until it serves, and a little more."""
    serve = shell.command("serve", "--port", "0")
    with running(serve, shell.folder, shell.environment) as program:
        where = re.search(r"http://\S+", program.line_with("serves at"))
        assert where
        # The socket listens already; an answer comes once everything has been said.
        urllib.request.urlopen(f"{where[0]}/healthz", timeout=30).close()  # noqa: S310
        return program.end()


def test_the_first_start_shows_a_link_until_there_are_accounts(shell: Shell, database: str) -> None:
    first, second = LINK.findall(served(shell)), LINK.findall(served(shell))
    assert len(first) == len(second) == 1
    assert first != second
    shell.run("users", "add", "wang", "--role", "security_admin", "--person", "0001")
    assert LINK.findall(served(shell)) == []
    with psycopg.connect(database) as connection:
        stored = connection.execute("SELECT i::text FROM office.invitation i").fetchall()
    secrets = [link.rpartition("/")[2] for link in (*first, *second)]
    assert stored
    assert not [secret for secret in secrets for row in stored if secret in row[0]]


def test_links_are_printed_for_accounts_that_there_are(shell: Shell) -> None:
    shell.run("users", "add", "li", "--role", "analyst")
    assert LINK.fullmatch(shell.run("users", "invite", "li").stdout.strip())
    assert LINK.fullmatch(shell.run("users", "reset", "li", "--ttl", "12h").stdout.strip())
    assert "nobody" in shell.run("users", "invite", "nobody", status=2).stderr
    assert "7" in shell.run("users", "invite", "li", "--ttl", "8d", status=2).stderr
    shell.run("users", "disable", "li")
    assert "停用" in shell.run("users", "reset", "li", status=2).stderr


def test_a_link_names_the_address_by_which_people_come(shell: Shell) -> None:
    shell.run("users", "add", "zhao", "--role", "analyst")
    outside = Shell(shell.folder, **shell.environment, DUDAO_PUBLIC_URL="https://dudao.example/")
    said = outside.run("users", "invite", "zhao").stdout
    assert said.startswith("https://dudao.example/invitations/")


def test_a_person_does_not_hold_roles_that_exclude_each_other(shell: Shell) -> None:
    shell.run("users", "add", "sun", "--role", "bureau_publisher", "--person", "0002")
    refused = shell.run("users", "add", "sun-2", "--role", "expert", "--person", "0002", status=2)
    assert "sun（bureau_publisher）" in refused.stderr
    shell.run("users", "add", "sun-3", "--role", "quality_supervisor", "--person", "0002")


def test_names_that_cannot_be_are_refused(shell: Shell) -> None:
    for name in (" wang", "", "a\tb", "x" * 65):
        shell.run("users", "add", name, "--role", "analyst", status=2)


def test_what_is_done_here_is_remembered(shell: Shell, database: str) -> None:
    shell.run("users", "add", "zhou", "--role", "analyst")
    shell.run("users", "unlock", "zhou")
    shell.run("users", "disable", "zhou")
    with psycopg.connect(database) as connection:
        rows = connection.execute(
            "SELECT account, organisation, action, object FROM office.access_log "
            "WHERE object LIKE 'zhou%' ORDER BY number"
        ).fetchall()
    assert rows == [
        ("dudao users", "command-line", "account-added", "zhou analyst centre"),
        ("dudao users", "command-line", "unlock", "zhou"),
        ("dudao users", "command-line", "account-disabled", "zhou"),
    ]
    listed = json.loads(shell.run("users", "list", "--json").stdout)
    assert "password" not in str(listed)
