import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
UV_LOCK = (ROOT / "uv.lock").read_text(encoding="utf-8")
REQUIREMENTS = (ROOT / "requirements.lock").read_text(encoding="utf-8")
HOSTS = {"https://pypi.org/simple", "https://files.pythonhosted.org"}


def test_both_locks_hold_the_same_files():
    packages = tomllib.loads(UV_LOCK)["package"]
    locked = {
        file["hash"]
        for package in packages
        if "registry" in package["source"]
        for file in [*package.get("wheels", ()), *filter(None, [package.get("sdist")])]
    }
    assert set(re.findall(r"sha256:[0-9a-f]{64}", REQUIREMENTS)) == locked


def test_every_requirement_is_pinned_and_hashed():
    requirements = re.sub(r"\\\n\s*", " ", REQUIREMENTS).splitlines()
    for line in requirements:
        if line and not line.lstrip().startswith("#"):
            assert re.match(r"[a-z0-9-]+(\[[a-z,]+\])?==\S+ .*--hash=sha256:", line), line


def test_the_locks_name_no_host_but_the_package_index():
    found = re.findall(r"(https://pypi\.org/simple|https?://[^/\"]+|file://[^\"]*)", UV_LOCK)
    assert set(found) == HOSTS
    assert "://" not in REQUIREMENTS


def test_what_the_project_asks_for_is_what_was_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    own = next(p for p in tomllib.loads(UV_LOCK)["package"] if p["name"] == "dudao")

    def asked(requirements):
        found = (re.match(r"([\w-]+)(?:\[[\w,]+\])?(.*)", line) for line in requirements)
        return {(match[1].lower(), match[2]) for match in found if match}

    def locked(requirements):
        return {(entry["name"], entry["specifier"]) for entry in requirements}

    metadata = own["metadata"]
    assert asked(project["project"]["dependencies"]) == locked(metadata["requires-dist"])
    groups = project["dependency-groups"]
    assert {name: asked(lines) for name, lines in groups.items()} == {
        name: locked(entries) for name, entries in metadata["requires-dev"].items()
    }
