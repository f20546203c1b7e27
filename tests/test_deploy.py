"""What people copy from `deploy/` says what the program understands, and what the tools of its kind accept."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from api.cli.main import app
from api.installation.settings import Settings
from api.installation.variables import known

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
COMPOSE: Any = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
CONTAINER = (DEPLOY / "Containerfile").read_text("utf-8")
UNIT = (DEPLOY / "dudao.service").read_text("utf-8")
PAPERS = ("operation.md", "operation.zh.md", "upgrade.md")


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"needs {name}")
    return found


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(DEPLOY.iterdir()) if path.is_file()]
    + [ROOT / "docs" / name for name in PAPERS]
    + [ROOT / "README.md", ROOT / "README.zh.md"],
    ids=lambda path: path.name,
)
def test_every_variable_that_is_named_is_a_setting(path: Path):
    named = set(re.findall(r"\bDUDAO_[A-Z_]+\b", path.read_text("utf-8")))
    assert named - known(Settings) - {"DUDAO_TRIAL"} == set()


def options(command: str) -> set[str]:
    group: Any = typer.main.get_command(app)
    return {option for each in group.commands[command].params for option in each.opts}


@pytest.mark.parametrize(
    "words",
    [
        re.findall(r"^ExecStart=\S+/dudao (.*)$", UNIT, re.MULTILINE)[0].split(),
        SERVICES["prepare"]["command"],
        SERVICES["dudao"]["command"],
    ],
    ids=["unit", "prepare", "server"],
)
def test_every_command_is_one_of_ours_with_options_that_it_has(words: list[str]):
    command, *rest = words
    assert {word for word in rest if word.startswith("-")} <= options(command)


def test_what_services_use_is_declared():
    secrets, volumes, networks = (set(COMPOSE[n]) for n in ("secrets", "volumes", "networks"))
    for service in SERVICES.values():
        assert set(service.get("secrets", ())) <= secrets
        assert set(service.get("networks", ())) <= networks
        assert set(service.get("depends_on", ())) <= set(SERVICES)
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source in volumes or (DEPLOY / source).is_file()
    used = {secret for service in SERVICES.values() for secret in service.get("secrets", ())}
    assert used == secrets


def test_the_server_knows_nothing_of_the_owner_and_believes_its_own_front_alone():
    server = SERVICES["dudao"]
    assert server["secrets"] == ["serving_url"]
    assert "DUDAO_OWNER_URL_FILE" not in server["environment"]
    (subnet,) = COMPOSE["networks"]["front"]["ipam"]["config"]
    assert server["environment"]["DUDAO_TRUSTED_PROXIES"] == subnet["subnet"]
    assert "front" not in SERVICES["database"]["networks"]


def test_every_image_from_elsewhere_names_its_registry_and_release():
    images = [each["image"] for each in SERVICES.values()] + re.findall(r"^FROM (\S+)", CONTAINER)
    for image in images:
        assert image == "dudao" or re.fullmatch(r"docker\.io/library/\w+:[\w.-]*\d[\w.-]*", image)


def test_the_container_holds_every_package_and_what_it_copies_is_there():
    copied = re.findall(r"^COPY (?:--\S+ )?(\S+) \S+$", CONTAINER, re.MULTILINE)
    packages = {marker.parent.name for marker in ROOT.glob("*/__init__.py")}
    assert packages <= set(copied)
    assert all((ROOT / path).exists() for path in copied)
    assert "--require-hashes" in CONTAINER


def test_the_container_does_not_run_as_root():
    (user,) = re.findall(r"^USER (\S+)$", CONTAINER, re.MULTILINE)
    assert int(user) > 0


def test_the_container_satisfies_its_linter():
    command = [tool("hadolint"), str(DEPLOY / "Containerfile")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - a linter
    assert (done.returncode, done.stdout) == (0, "")


def test_the_unit_is_understood_by_systemd(tmp_path: Path):
    unit = tmp_path / "dudao.service"
    unit.write_text(UNIT.replace("/opt/dudao/bin/dudao", "/bin/true"))
    command = [tool("systemd-analyze"), "verify", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, "dudao.service" in done.stderr) == (0, False), done.stderr


@pytest.mark.parametrize("name", ["dudao", "serving-login.sh"])
def test_scripts_are_ones_of_the_plain_shell(name: str):
    subprocess.run(["/bin/sh", "-n", str(DEPLOY / name)], check=True)  # noqa: S603 - parsed alone
