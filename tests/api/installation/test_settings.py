import os
import re
import tomllib
import traceback
from pathlib import Path

import pytest
from pydantic import SecretStr
from pydantic_core import ValidationError

from api.installation import variables
from api.installation.settings import Settings
from api.installation.variables import Misconfigured, Unknown, explained, unknown, variable
from api.installation.version import VERSION

ROOT = Path(__file__).parents[3]
CHINESE = re.compile("[\u4e00-\u9fff]")
FREE = {"host", "oidc_client_id", "oidc_client_secret", "oidc_claim", "data"}
"""Settings that may be any text."""


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    for name in list(os.environ):
        if name.startswith("DUDAO_"):
            monkeypatch.delenv(name)


def refused(monkeypatch, name: str, value: str) -> tuple[str, str]:
    """What is said of a value; and nowhere, not even in a traceback, is it quoted."""
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as raised:
        Settings()
    assert value not in "".join(traceback.format_exception(raised.value))
    said = explained(Settings, raised.value)
    assert all(name in each for each in said)
    assert not any(value in each for each in said)
    assert CHINESE.search(said[0])
    assert not CHINESE.search(said[1])
    return said


@pytest.mark.parametrize("field", sorted(Settings.model_fields.keys() - FREE))
def test_each_setting_says_what_it_should_be_and_never_what_it_was(monkeypatch, field: str):
    zh, en = refused(monkeypatch, variable(field), "geheim*\u200b")
    assert "请核对" not in zh
    assert "check it" not in en


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("DUDAO_PORT", "70000", "0 to 65535"),
        ("DUDAO_SESSION_HOURS", "99", "1 to 24"),
        ("DUDAO_LANG", "fr-FR", "zh or en"),
        ("DUDAO_PUBLIC_URL", "https://u:geheim@dudao.example", "without user"),
        ("DUDAO_PUBLIC_URL", "http://[", "like https://"),
        ("DUDAO_PUBLIC_URL", "https://dudao.example:port", "like https://"),
        ("DUDAO_TRUSTED_PROXIES", "127.0.0.1,nginx", "networks"),
        ("DUDAO_OIDC_ISSUER", "http://id.example", "https is needed"),
        ("DUDAO_OIDC_ISSUER", "https://id.example", "DUDAO_OIDC_CLIENT_ID"),
        ("DUDAO_DATA", "~no-such-user/data", "home folder"),
    ],
)
def test_what_cannot_be_meant_is_said(monkeypatch, name: str, value: str, part: str):
    assert part in refused(monkeypatch, name, value)[1]


@pytest.mark.parametrize("field", ["database_url", "owner_url", "database_app_url"])
@pytest.mark.parametrize(
    "address",
    [
        "postgresql://u:ge heim@db/x",
        "postgresql://u:geheim%zz@db/x",
        "postgresql://u:ge@heim@db/x",
        "postgresql://u:12/geheim@db/x",
        "postgresql://u:geheim@db:port/x",
        "postgresql://u:geheim@db:70000/x",
        "postgresql://u@db/x?geheim=1",
        "postgresql:/u:geheim@db/x",
        "mysql://u:geheim@db/x",
        "host=db password=ge heim",
        "host=db password='geheim",
        "host=db port=geheim",
        "geheim",
    ],
)
def test_an_address_that_could_be_read_otherwise_is_refused_before_anybody_quotes_it(
    monkeypatch, field: str, address: str
):
    said = refused(monkeypatch, variable(field), address)
    assert not any("heim" in each for each in said)
    assert "%40" in said[0]


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://u:gehe%40im%2F%3A@db.example:5433,db2.example:5432/x?sslmode=verify-full",
        "postgres://u@/x?host=/run/postgresql",
        "postgresql:///x",
        "host=/run/postgresql dbname=x user=u password='ge@heim'",
        "service=dudao",
    ],
)
def test_an_address_that_postgresql_knows_is_taken(monkeypatch, address: str):
    monkeypatch.setenv("DUDAO_DATABASE_URL", address)
    assert Settings().url == address


SECRETS = [name for name, field in Settings.model_fields.items() if variables.is_secret(field)]


def test_the_secret_settings_are_these():
    assert SECRETS == ["database_url", "owner_url", "database_app_url", "oidc_client_secret"]


@pytest.mark.parametrize("field", SECRETS)
def test_a_secret_is_read_from_the_file_that_is_named(monkeypatch, tmp_path: Path, field: str):
    (tmp_path / "secret").write_text("postgresql://u:p@db/x\r\n")
    monkeypatch.setenv(f"{variable(field)}_FILE", str(tmp_path / "secret"))
    assert getattr(Settings(), field) == SecretStr("postgresql://u:p@db/x")


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"one\ntwo\n", b"\xff\xfe", b"a\0b", b"x" * 65_537, None]
)
def test_a_file_that_holds_no_secret_is_named_and_not_quoted(
    monkeypatch, tmp_path: Path, content: bytes | None
):
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("DUDAO_DATABASE_URL_FILE", str(path))
    with pytest.raises(Misconfigured) as raised:
        Settings()
    for said in (raised.value.zh, raised.value.en):
        assert "DUDAO_DATABASE_URL_FILE" in said
        assert str(path) in said
        assert "one" not in said.replace("one line", "")


def test_a_wrong_address_in_a_file_is_said_of_the_file(monkeypatch, tmp_path: Path):
    (tmp_path / "secret").write_text("geheim")
    monkeypatch.setenv("DUDAO_DATABASE_URL_FILE", str(tmp_path / "secret"))
    with pytest.raises(ValidationError) as raised:
        Settings()
    assert "DUDAO_DATABASE_URL_FILE" in explained(Settings, raised.value)[1]


def test_a_secret_is_given_in_one_way_only(monkeypatch, tmp_path: Path):
    monkeypatch.setenv("DUDAO_OIDC_CLIENT_SECRET", "a")
    monkeypatch.setenv("DUDAO_OIDC_CLIENT_SECRET_FILE", str(tmp_path / "secret"))
    with pytest.raises(Misconfigured, match="not both"):
        Settings()


def test_variables_that_are_none_of_ours_are_named_with_the_one_that_is_most_like_them():
    environment = {
        "DUDAO_DATABSE_URL": "x",
        "dudao_port": "1",
        "DUDAO_DATABASE_URL_FILE": "x",
        "DUDAO_PORT_FILE": "x",
        "DUDAO_TEST_POSTGRES": "x",
        "DUDAO_XYZ": "x",
        "PATH": "x",
    }
    assert list(unknown(Settings, environment)) == [
        Unknown("DUDAO_DATABSE_URL", "DUDAO_DATABASE_URL"),
        Unknown("DUDAO_PORT_FILE", "DUDAO_PORT"),
        Unknown("DUDAO_XYZ", None),
    ]


def test_the_release_is_that_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION
