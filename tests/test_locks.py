import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import distribution
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker, default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
UV_LOCK = (ROOT / "uv.lock").read_text(encoding="utf-8")
LOCKED = tomllib.loads(UV_LOCK)["package"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNNING, TESTING = "requirements.lock", "requirements-test.lock"
GROUPS = {RUNNING: [], TESTING: ["dev"]}
HOSTS = {"https://pypi.org/simple", "https://files.pythonhosted.org"}


def text(lock: str) -> str:
    return (ROOT / lock).read_text(encoding="utf-8")


@cache
def pinned(lock: str) -> tuple[Requirement, ...]:
    """What a lock installs; where versions of Python part, a package stands there twice."""
    lines = re.sub(r"\\\n\s*", " ", text(lock)).splitlines()
    asked = (line.split(" --hash=")[0] for line in lines if line and line.lstrip()[0] != "#")
    return tuple(map(Requirement, asked))


def names(lock: str) -> set[str]:
    return {canonicalize_name(pin.name) for pin in pinned(lock)}


def machines() -> Iterator[dict[str, str]]:
    """Every kind of machine that ./run takes: what a marker may ask of it."""
    systems = [
        ("linux", "Linux", "posix", "x86_64"),
        ("linux", "Linux", "posix", "aarch64"),
        ("darwin", "Darwin", "posix", "arm64"),
    ]
    for minor, (platform, system, name, machine) in product(range(11, 15), systems):
        yield {
            **{key: str(value) for key, value in default_environment().items()},
            "python_version": f"3.{minor}",
            "python_full_version": f"3.{minor}.2",
            "implementation_version": f"3.{minor}.2",
            "sys_platform": platform,
            "platform_system": system,
            "os_name": name,
            "platform_machine": machine,
            "platform_release": "",
            "platform_version": "",
        }


def holds(marker: Marker | str | None, machine: Mapping[str, str]) -> bool:
    if marker is None:
        return True
    return (Marker(marker) if isinstance(marker, str) else marker).evaluate(dict(machine))


def unmet(
    pins: Iterable[Requirement],
    machine: Mapping[str, str],
    asked: Iterator[tuple[str, Requirement]],
    dependencies: Any,
) -> Iterator[str]:
    """Say which requirement, of the project or of a locked package, the pins do not meet."""
    here = {canonicalize_name(pin.name): pin for pin in pins if holds(pin.marker, machine)}
    waiting, met = list(asked), set()
    while waiting:
        who, wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if (pin := here.get(name)) is None:
            yield f"{who} needs {wanted}, which is not locked"
            continue
        (version,) = (clause.version for clause in pin.specifier)
        if not wanted.specifier.contains(version, prereleases=True):
            yield f"{who} needs {wanted}, and {version} is locked"
        for extra in ("", *wanted.extras):
            if (name, extra) not in met:
                met.add((name, extra))
                waiting += [(name, each) for each in dependencies(name, version, extra, machine)]


def of_the_project(lock: str) -> Iterator[tuple[str, Requirement]]:
    lines = [
        *PROJECT["project"]["dependencies"],
        *(line for group in GROUPS[lock] for line in PROJECT["dependency-groups"][group]),
    ]
    return (("dudao", Requirement(line)) for line in lines)


def as_resolved(
    name: str, version: str, extra: str, machine: Mapping[str, str]
) -> Iterator[Requirement]:
    """What uv read in the package's metadata when it resolved."""
    for package in LOCKED:
        if canonicalize_name(package["name"]) != name or package["version"] != version:
            continue
        listed = package.get("optional-dependencies", {}).get(extra, ()) if extra else ()
        for needed in listed if extra else package.get("dependencies", ()):
            if holds(needed.get("marker"), machine):
                extras = f"[{','.join(needed['extra'])}]" if "extra" in needed else ""
                yield Requirement(f"{needed['name']}{extras}")


def as_installed(
    name: str, version: str, extra: str, machine: Mapping[str, str]
) -> Iterator[Requirement]:
    """What the wheel itself says: every Requires-Dist, under this extra and on this machine."""
    found = distribution(name)
    assert found.version == version, f"{name} {found.version} is installed, not {version}"
    for needed in map(Requirement, found.requires or ()):
        if holds(needed.marker, {**machine, "extra": extra}) and not (
            extra and holds(needed.marker, {**machine, "extra": ""})
        ):
            yield needed


@pytest.mark.parametrize("lock", [RUNNING, TESTING])
def test_a_lock_is_closed_on_every_machine(lock):
    for machine in machines():
        faults = list(unmet(pinned(lock), machine, of_the_project(lock), as_resolved))
        assert not faults, (machine["python_version"], machine["sys_platform"], faults)


@pytest.mark.parametrize("lock", [RUNNING, TESTING])
def test_every_wheel_of_a_lock_finds_in_it_what_it_requires(lock):
    here = {key: str(value) for key, value in default_environment().items()}
    assert not list(unmet(pinned(lock), here, of_the_project(lock), as_installed))


@pytest.mark.parametrize("dependencies", [as_resolved, as_installed])
@pytest.mark.parametrize("missing", ["typing-extensions", "psycopg-binary", "pygments"])
def test_a_lock_with_a_hole_is_not_closed(missing, dependencies):
    here = {key: str(value) for key, value in default_environment().items()}
    pins = [pin for pin in pinned(RUNNING) if pin.name != missing]
    assert any(
        f"needs {missing}" in fault
        for fault in unmet(pins, here, of_the_project(RUNNING), dependencies)
    )


def test_what_runs_and_what_tests_are_of_one_resolution():
    testing = {(pin.name, str(pin.specifier)) for pin in pinned(TESTING)}
    assert {(pin.name, str(pin.specifier)) for pin in pinned(RUNNING)} < testing


def test_running_needs_no_package_of_the_tests():
    of_tests = {canonicalize_name(asked.name) for _, asked in of_the_project(TESTING)}
    assert not names(RUNNING) & (
        of_tests - {canonicalize_name(asked.name) for _, asked in of_the_project(RUNNING)}
    )
    assert {"jsonschema-rs", "playwright", "mypy"} <= names(TESTING) - names(RUNNING)


def test_the_test_lock_holds_the_same_files_as_the_resolution():
    locked = {
        file["hash"]
        for package in LOCKED
        if "registry" in package["source"]
        for file in [*package.get("wheels", ()), *filter(None, [package.get("sdist")])]
    }
    hashes = re.compile(r"sha256:[0-9a-f]{64}").findall
    assert set(hashes(text(TESTING))) == locked
    assert set(hashes(text(RUNNING))) < locked


@pytest.mark.parametrize("lock", [RUNNING, TESTING])
def test_every_requirement_is_pinned_and_hashed(lock):
    for line in re.sub(r"\\\n\s*", " ", text(lock)).splitlines():
        if line and not line.lstrip().startswith("#"):
            assert re.match(r"[a-z0-9-]+(\[[a-z,]+\])?==\S+ .*--hash=sha256:", line), line


def test_the_locks_name_no_host_but_the_package_index():
    found = re.findall(r"(https://pypi\.org/simple|https?://[^/\"]+|file://[^\"]*)", UV_LOCK)
    assert set(found) == HOSTS
    assert "://" not in text(RUNNING) + text(TESTING)


def test_what_the_project_asks_for_is_what_was_locked():
    own = next(package for package in LOCKED if package["name"] == "dudao")

    def asked(requirements):
        found = (re.match(r"([\w-]+)(?:\[[\w,]+\])?(.*)", line) for line in requirements)
        return {(match[1].lower(), match[2]) for match in found if match}

    def locked(requirements):
        return {(entry["name"], entry["specifier"]) for entry in requirements}

    metadata = own["metadata"]
    extras = PROJECT["project"]["optional-dependencies"]
    own = [
        *PROJECT["project"]["dependencies"],
        *(line for some in extras.values() for line in some),
    ]
    assert asked(own) == locked(metadata["requires-dist"])
    groups = PROJECT["dependency-groups"]
    assert {name: asked(lines) for name, lines in groups.items()} == {
        name: locked(entries) for name, entries in metadata["requires-dev"].items()
    }
