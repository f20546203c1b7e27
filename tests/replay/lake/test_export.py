"""The tables in files: whole, typed, incremental, and the same as views and replay say."""

import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection

from ledger.log import tiles
from projections.follow.runner import Runner
from projections.items.tables import KINDS, TABLES, Table
from projections.items.typed import writer
from projections.views import cases, certificates, flags, roster, scope, sessions
from projections.views.basis import Basis
from replay import known_at
from replay.lake import manifest as manifests
from replay.lake import replayed
from replay.lake.manifest import Manifest, Unusable
from tests.api.lines import listed, session, uscc
from tests.projections.chronicle import START, Step, chronicles, tell
from tests.projections.conftest import RULES, Ledger
from tests.projections.desk import Desk
from tests.replay.lake.lakes import Row, digest, exported, holding, rows

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
BASES = 20
"""Of each history by chance: 100 in all, and 2,000 where each property is searched at length."""
ALL = 100_000
IN_TWO_TIMES = [name for name, table in TABLES.items() if table.in_two_times]
OF_VIEWS = [name for name, table in TABLES.items() if table.view is not None]

law = settings(
    max_examples=settings().max_examples // 10,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
Folders = Callable[[], Path]


@pytest.fixture
def folders(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    return lambda: tmp_path_factory.mktemp("tables") / "of"


def sums(made: Manifest) -> dict[str, tuple[int, str]]:
    return {table.name: (table.rows, table.digest) for table in made.tables}


def told(ledger: Ledger, steps: list[Step]) -> int:
    tell(ledger.story, steps)
    return Runner(ledger.conninfo, RULES).catch_up()


@law
@given(chronicles(), st.randoms(use_true_random=False))
def test_replay_views_and_files_say_the_same_at_any_basis(
    fresh: Callable[[], Ledger], folders: Folders, steps: list[Step], chance: random.Random
):
    ledger, folder = fresh(), folders()
    position = told(ledger, steps)
    made = exported(ledger.conninfo, RULES, folder, position)
    in_files = {name: rows(folder, name) for name in OF_VIEWS}
    parts = known_at.parts(ledger.conninfo, position, 1, tuple(known_at.VIEWS))
    whole = replayed.together(replayed.folded(RULES, part) for part in parts)
    for name, total in whole.items():
        assert sums(made)[name] == (total.rows, f"{total.digest:032x}"), name
        assert sums(made)[name] == (len(in_files[name]), digest(in_files[name])), name
    for _ in range(BASES):
        basis = Basis(START + timedelta(days=chance.randint(-10, 900)), chance.randint(0, position))
        for name in OF_VIEWS:
            held = holding(in_files[name], basis.valid_at, basis.position)
            shown = {row["key"]: own(TABLES[name], row) for row in held}
            assert len(shown) == len(held)
            assert shown == dict(asked(ledger.conn, basis, name)), (name, basis)


def own(table: Table, row: Row) -> Row:
    """What a row shows beside its rectangle, under the names that the item has."""
    back = {here: field for field, here in table.renamed.items()}
    return {back.get(f.name, f.name): row[f.name] for f in table.fields[7:]}


def asked(conn: Connection[Any], basis: Basis, name: str) -> Iterator[tuple[str, Row]]:
    """What the views answer at a basis, by key, nothing left out by a filter."""
    table = TABLES[name]
    if name == "cases":
        for kind, (column, item) in KINDS.items():
            page = cases.page(conn, basis, cases.Filters(kind=kind), None, ALL)
            for doc in page.items:
                of_kind = {"kind": kind, "stage": doc["stage"], **dict.fromkeys(COLUMNS)}
                yield _case_key(kind, doc), {**of_kind, column: writer(item)(doc)}
        return
    for doc in _PAGES[name](conn, basis):
        shown = writer(table.item)(doc)
        fields = [f.name for f in table.fields[7:]]
        back = {here: field for field, here in table.renamed.items()}
        key = str(doc[_KEYS[name]])
        yield key, {back.get(f, f): shown[back.get(f, f)] for f in fields}


COLUMNS = [column for column, _ in KINDS.values()]
_KEYS = {
    "roster": "uscc",
    "scope": "uscc",
    "flags": "key",
    "assessments": "assessment_id",
    "certificates": "position",
}
_IDS = ("application_id", "inspection_id", "finding_id", "complaint_id")
_PAGES: dict[str, Callable[[Connection[Any], Basis], list[Row]]] = {
    "roster": lambda conn, basis: [
        doc
        for standing in (None, "unlisted")
        for doc in roster.page(conn, basis, roster.Filters(standing=standing), None, ALL).items
    ],
    "scope": lambda conn, basis: scope.page(conn, basis, scope.Filters(), None, ALL).items,
    "flags": lambda conn, basis: [
        doc
        for verdict in (None, "clear")
        for doc in flags.page(conn, basis, flags.Filters(verdict=verdict), None, ALL).items
    ],
    "assessments": lambda conn, basis: (
        sessions.page(conn, basis, sessions.Filters(), None, ALL).items
    ),
    "certificates": lambda conn, basis: (
        certificates.page(conn, basis, certificates.Filters(), None, ALL).items
    ),
}


def _case_key(kind: str, doc: Row) -> str:
    if kind == "plans":
        return f"plans/{doc['uscc']}/{doc['year']}"
    named = next((doc[name] for name in _IDS if name in doc and name[:5] == kind[:5]), doc["uscc"])
    return f"{kind}/{named}"


@law
@given(chronicles(), st.randoms(use_true_random=False))
def test_what_is_added_to_a_folder_makes_what_is_exported_at_once(
    fresh: Callable[[], Ledger], folders: Folders, steps: list[Step], chance: random.Random
):
    ledger, grown, whole, news = fresh(), folders(), folders(), folders()
    at = chance.randint(0, len(steps))
    before = told(ledger, steps[:at])
    exported(ledger.conninfo, RULES, grown, before)
    position = told(ledger, steps[at:])
    added = exported(ledger.conninfo, RULES, grown, position)
    at_once = exported(ledger.conninfo, RULES, whole, position)
    assert sums(added) == sums(at_once)
    since = exported(ledger.conninfo, RULES, news, position, since=before)
    assert (since.since, since.position) == (before, position)
    early = folders()
    exported(ledger.conninfo, RULES, early, before)
    for name in IN_TWO_TIMES:
        assert digest(rows(grown, name)) == digest(rows(whole, name)), name
        merged = {rectangle(row): row for row in (*rows(early, name), *rows(news, name))}
        assert digest(list(merged.values())) == sums(at_once)[name][1], name


def rectangle(row: Row) -> tuple[Any, ...]:
    return row["key"], row["valid_from"], row["known_from"]


@pytest.fixture
def town(desk: Desk) -> Desk:
    """Some enterprises with sessions, one of them outside its scope."""
    for _ in range(3):
        code = uscc()
        desk.load(*listed(code, "4"), session(code), session(code, "3"))
    return desk


def test_nothing_is_written_again_of_what_stayed_the_same(town: Desk, folders: Folders):
    folder = folders()
    first = exported(town.conninfo, town.rules, folder, town.position())
    code = uscc()
    town.load(*listed(code, "4"))
    second = exported(town.conninfo, town.rules, folder, town.position())
    same = {file.path for table in first.tables for file in table.files}
    same &= {file.path for table in second.tables for file in table.files}
    assert {path.partition("/")[0] for path in same} >= {"flags", "roster", "districts"}
    third = exported(town.conninfo, town.rules, folder, town.position())
    assert third == second
    named = {file.path for table in third.tables for file in table.files}
    assert {p.relative_to(folder).as_posix() for p in folder.glob("*/*")} == named


def test_rows_of_another_version_of_the_fold_are_made_anew(town: Desk, folders: Folders):
    folder = folders()
    exported(town.conninfo, town.rules, folder, town.position())
    later = exported(town.conninfo, town.rules, folder, town.position(), fold=99)
    assert later.fold == 99
    assert manifests.read(folder) == later


def test_a_folder_of_another_ledger_or_with_a_gap_is_refused(town: Desk, folders: Folders):
    folder = folders()
    made = exported(town.conninfo, town.rules, folder, town.position())
    manifests.keep(folder, msgspec.structs.replace(made, root="00" * 32))
    with pytest.raises(Unusable, match="another ledger"):
        exported(town.conninfo, town.rules, folder, town.position())
    manifests.keep(folder, msgspec.structs.replace(made, position=2, root=root_at(town, 2)))
    with pytest.raises(Unusable, match="gap"):
        exported(town.conninfo, town.rules, folder, town.position(), since=5)
    strange = folders()
    strange.mkdir()
    (strange / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(Unusable, match=r"notes\.txt"):
        exported(town.conninfo, town.rules, strange, town.position())


def root_at(desk: Desk, position: int) -> str:
    return tiles.root_at(desk.conn, position).hex()


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.replay.lake.lakes import exported
from tests.projections.conftest import RULES
left, real = int(sys.argv[3]), os.fsync

def fsync(descriptor):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    real(descriptor)

os.fsync = fsync
exported(sys.argv[1], RULES, Path(sys.argv[2]), int(sys.argv[4]))
"""


def test_killed_anywhere_the_folder_holds_the_former_tables_or_the_new(
    town: Desk, folders: Folders
):
    folder, whole = folders(), folders()
    first = exported(town.conninfo, town.rules, folder, town.position())
    code = uscc()
    town.load(*listed(code, "4"), session(code, "3"))
    position = town.position()
    killed = 0
    for number in (1, 2, 4, 9, 13, 18, 20, 22, 23, 24, 25, 26, 27, 28, 29, 30, 40):
        command = [sys.executable, "-c", KILLED, town.conninfo, str(folder)]
        done = subprocess.run(  # noqa: S603 - a fixed program
            [*command, str(number), str(position)], check=False, capture_output=True
        )
        assert done.returncode in {0, -signal.SIGKILL}, done.stderr
        killed += done.returncode != 0
        found = manifests.read(folder)
        assert found is not None
        assert found.position in {first.position, position}
        for name in TABLES:
            assert digest(rows(folder, name)) == sums(found)[name][1]
        if done.returncode == 0:
            break
    assert killed > 5
    assert sums(exported(town.conninfo, town.rules, folder, position)) == sums(
        exported(town.conninfo, town.rules, whole, position)
    )
    assert not [*folder.glob("**/*.part")]
