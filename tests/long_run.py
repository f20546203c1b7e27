"""What takes hours: every way to begin, kills by the hundred, properties searched at length.

./run long                  everything; stopped at any moment, the next run goes on where it was
./run long newcomer kills   the steps whose names begin so
./run long --seed 17        the same again: the seed chooses victims, orders and examples
./run long --list           the steps

A step is a command that ends with 0 (passed), 77 (not possible on this machine) or anything else
(failed; the next run does it again). What passed is remembered for this seed and these sources, in
.cache/long, beside what each step printed.
"""

import argparse
import hashlib
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests import installed, mutations, newcomer

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".cache" / "long"
KILLS, KILLS_AT_ONCE = 500, 50
FAULTS, FAULTS_AT_ONCE = 100, 25
SEQUENCES, SEQUENCES_AT_ONCE = 500, 25
BASES, BASES_AT_ONCE = 1_000, 50
OWN, OWN_AT_ONCE = 5_000, 500
NOT_HERE = newcomer.NOT_HERE


class Step(NamedTuple):
    """A command of an hour at most, so that little is lost when it is stopped."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = {}


def newcomers(seed: int) -> Iterator[Step]:
    """Every way to begin with the README."""
    del seed  # nothing is left to chance there
    for name in newcomer.WAYS:
        yield Step(f"newcomer/{name}", (sys.executable, "tests/newcomer.py", name))


def installs(seed: int) -> Iterator[Step]:
    """Every way to have it as a tool of one's own, and a demonstration from there."""
    del seed
    for tool in installed.TOOLS:
        yield Step(f"installed/{tool}", (sys.executable, "-m", "tests.installed", tool))


def kills(seed: int) -> Iterator[Step]:
    """Writers, connections and the server die: nothing acknowledged is lost."""
    for part in range(KILLS // KILLS_AT_ONCE):
        environment = {"DUDAO_TEST_KILLS": str(KILLS_AT_ONCE), "DUDAO_TEST_SEED": f"{seed + part}"}
        yield Step(f"kills/{part}", pytest("tests/ledger/log/test_crash.py"), environment)


def faults(seed: int) -> Iterator[Step]:
    """Two servers under load: kills, standstills, a database that goes away; nobody is answered 500."""
    for part in range(FAULTS // FAULTS_AT_ONCE):
        environment = {
            "DUDAO_TEST_FAULTS": str(FAULTS_AT_ONCE),
            "DUDAO_TEST_SEED": f"{seed + part}",
        }
        yield Step(f"faults/{part}", pytest("tests/api/web/test_faults.py"), environment)
    for name in (
        "api/http/test_outages",
        "projections/follow/test_runner",
        "api/web/test_workers",
        "api/web/test_leaving",
        "api/web/test_upgrade",
    ):
        yield Step(f"faults/{name}", pytest(f"tests/{name}.py"))


def properties(seed: int) -> Iterator[Step]:
    """Every file that holds a property, with a thousand examples of each instead of fifty."""
    for path in sorted(ROOT.glob("tests/**/test_*.py")):
        if "hypothesis" in path.read_text(encoding="utf-8"):
            file = path.relative_to(ROOT).as_posix()
            name = file.removeprefix("tests/").removesuffix(".py")
            searched = ("--hypothesis-profile=thorough", f"--hypothesis-seed={seed}")
            yield Step(f"properties/{name}", pytest(file, *searched))


def field(seed: int) -> Iterator[Step]:
    """A phone in every kind of trouble: its records are in the ledger once, or there with the reason."""
    for part in range(SEQUENCES // SEQUENCES_AT_ONCE):
        environment = {
            "DUDAO_TEST_SEQUENCES": str(SEQUENCES_AT_ONCE),
            "DUDAO_TEST_SEED": f"{seed + part * SEQUENCES_AT_ONCE}",
        }
        yield Step(f"field/{part}", pytest("tests/api/web/field/test_field_soak.py"), environment)


def own_tokens(seed: int) -> Iterator[Step]:
    """What enterprises can send about themselves: no breach of the sample year is ended by it."""
    for part in range(OWN // OWN_AT_ONCE):
        environment = {"DUDAO_TEST_OWN": str(OWN_AT_ONCE), "DUDAO_TEST_SEED": f"{seed + part}"}
        yield Step(f"own_tokens/{part}", pytest("tests/examples/test_own_token.py"), environment)
        yield Step(f"own_flags/{part}", pytest("tests/api/http/test_own_flags.py"), environment)
        yield Step(f"one_person/{part}", pytest("tests/examples/test_one_person.py"), environment)


def mutation(seed: int) -> Iterator[Step]:
    """Each protection taken away, one at a time: the tests that hold it have to notice."""
    del seed  # the list is the list
    for name in mutations.MUTATIONS:
        yield Step(f"mutation/{name}", (sys.executable, "-m", "tests.mutations", name))


def bases(seed: int) -> Iterator[Step]:
    """Random histories at random bases: API, tables, SQL and replays on processes and on Dask agree."""
    for part in range(BASES // BASES_AT_ONCE):
        environment = {"DUDAO_TEST_BASES": str(BASES_AT_ONCE), "DUDAO_TEST_SEED": f"{seed + part}"}
        yield Step(f"bases/{part}", pytest("tests/api/http/test_bases.py"), environment)


DUCKDB = "1.5.5"
"""The last release whose extension for PostgreSQL comes as a package."""


def analysts_tools(seed: int) -> Iterator[Step]:
    """What analysts bring along and no lock holds."""
    del seed  # nothing is left to chance there
    packages = (f"duckdb=={DUCKDB}", f"duckdb-extension-postgres-scanner=={DUCKDB}")
    file = "tests/projections/analysis/attached.py"
    command = (sys.executable, "-m", "tests.with_packages", *packages, "--", file)
    yield Step("analysts_tools/duckdb", command)


GENERATOR = ("openapi-python-client==0.29.1", "ruamel.yaml==0.19.1")
"""What makes a client of the description, and what the client is made with."""
CLIENT = ("attrs==26.1.0", "httpx==0.28.1", "httpcore==1.0.9")


def clients(seed: int) -> Iterator[Step]:
    """Clients that other people's programs make of the description of the API."""
    del seed  # nothing is left to chance there
    file = "tests/api/http/generated_client.py"
    command = (sys.executable, "-m", "tests.with_packages", *GENERATOR, *CLIENT, "--", file)
    yield Step("clients/python", command)
    yield Step("clients/typescript", (sys.executable, "-m", "tests.generated_typescript"))


def tour(seed: int) -> Iterator[Step]:
    """The pictures of docs/tour.md, taken anew of the demonstration."""
    del seed  # the way is the way
    yield Step("tour/pictures", pytest("tests/api/web/tour_pictures.py"))


PARTS: Sequence[Callable[[int], Iterable[Step]]] = (
    own_tokens,
    tour,
    newcomers,
    installs,
    kills,
    faults,
    properties,
    field,
    mutation,
    bases,
    analysts_tools,
    clients,
)
"""What makes the steps; whoever has something that takes long adds it here."""


def pytest(*arguments: str) -> Sequence[str]:
    """Return the command of a step that is a file of tests."""
    return (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments)


class Memory:
    """Which steps passed, with this seed and these sources."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / "passed.ndjson"

    def done(self) -> set[str]:
        if not self._file.exists():
            return set()
        lines = self._file.read_text(encoding="utf-8").splitlines()
        return {json.loads(line)["step"] for line in lines if line.endswith("}")}

    def keep(self, step: Step, seconds: float) -> None:
        with self._file.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps({'step': step.name, 'seconds': round(seconds, 1)})}\n")

    def log(self, step: Step) -> Path:
        return self.folder / f"{step.name.replace('/', '.')}.log"


def sources() -> str:
    """Return what names these sources: the commit, and what was changed since."""

    def git(*arguments: str) -> bytes:
        command = ["git", "-C", str(ROOT), *arguments]
        return subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603

    changed = git("diff", "HEAD") + git("ls-files", "--others", "--exclude-standard")
    head = git("rev-parse", "--short=12", "HEAD").decode("ascii").strip()
    return f"{head}-{hashlib.sha256(changed).hexdigest()[:8]}" if changed else head


def memory(kept: Path, seed: int | None) -> tuple[int, Memory]:
    """Return the run of this seed; without one, the run of these sources that was begun last."""
    begun = sources()
    if seed is None:
        earlier = sorted(kept.glob(f"{begun}-seed-*"), key=lambda path: path.stat().st_mtime)
        seed = int(earlier[-1].name.rpartition("-")[2]) if earlier else secrets.randbelow(10**6)
    folder = kept / f"{begun}-seed-{seed}"
    folder.mkdir(parents=True, exist_ok=True)
    return seed, Memory(folder)


def carry_out(steps: Iterable[Step], remembered: Memory) -> int:
    """Do what has not passed yet; return 1 if a step failed."""
    done, failed, skipped = remembered.done(), [], []
    passed = 0
    for step in steps:
        if step.name in done:
            passed += 1
            continue
        _say(f"{step.name} …")
        began = time.monotonic()
        with remembered.log(step).open("wb") as log:
            status = subprocess.run(  # noqa: S603 - our own commands
                step.command,
                cwd=ROOT,
                env={**os.environ, **step.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            ).returncode
        seconds = time.monotonic() - began
        if status == 0:
            passed += 1
            remembered.keep(step, seconds)
        else:
            (skipped if status == NOT_HERE else failed).append(step.name)
        outcome = {0: "passed", NOT_HERE: "not possible here"}.get(
            status, f"FAILED with {status}, see {remembered.log(step)}"
        )
        _say(f"{step.name}: {outcome}, {seconds:.0f} s")
    _say(*(f"failed: {name}" for name in failed), *(f"skipped: {name}" for name in skipped))
    _say(f"long: {passed} passed, {len(failed)} failed, {len(skipped)} skipped")
    return 1 if failed else 0


def _say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Do the steps asked for; return 1 if one failed, 130 where it was stopped."""
    parser = argparse.ArgumentParser(prog="./run long", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("steps", nargs="*", metavar="NAME", help="beginnings of names; all")
    parser.add_argument("--seed", type=int, help="the last one of these sources, else by chance")
    parser.add_argument("--list", action="store_true", help="print the steps")
    parser.add_argument("--kept", type=Path, default=KEPT, help="where results are kept")
    given = parser.parse_args(arguments)
    seed, remembered = memory(given.kept, given.seed)
    wanted = tuple(given.steps) or ("",)
    steps = [step for part in PARTS for step in part(seed) if step.name.startswith(wanted)]
    if given.list:
        done = remembered.done()
        _say(*(f"{'passed' if step.name in done else '      '}  {step.name}" for step in steps))
        return 0
    _say(f"seed {seed}; results in {remembered.folder}")
    try:
        return carry_out(steps, remembered)
    except KeyboardInterrupt:
        _say("stopped; ./run long goes on from here")
        return 130


if __name__ == "__main__":
    sys.exit(main())
