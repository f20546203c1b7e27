"""`docs/architecture.md` is true of the tree: its places exist, its words are those of the code."""

import ast
import re
from collections import Counter
from pathlib import Path

import docs.generate_decisions as decisions
from domain.registry import EVENTS

ROOT = Path(__file__).parents[1]
DOCUMENT = (ROOT / "docs" / "architecture.md").read_text("utf-8")
ROOMS = ("domain", "ledger", "projections", "replay", "proof", "api")
MOST_FILES = 40
"""Files in one folder of `api`, beyond which floors are missing."""
MOST_STOPS = 10
"""From an import line to a page, for a newcomer who walks it."""
ENDINGS = re.compile(
    "Accepted|Adopted|Annual|Answered|Aside|Assigned|Begun|Changed|Closed|Concluded|Confirmed|Corrected|"
    "Covered|Decided|Dispatched|Disputed|Drawn|Erased|Filed|Given|Held|Imposed|Issued|Lifted|Listed|"
    "Ordered|Published|Raised|Received|Recorded|Registered|Reinstated|Reissued|Rejected|Released|Removed|"
    "Renewed|Reported|Requested|Returned|Reviewed|Revised|Revoked|Scored|Set|Stayed|Submitted|Suspended|"
    "Varied|Withdrawn"
)
"""Words of event names that say what was done, or which of a kind."""


def glossary() -> dict[str, str]:
    """Return name in code → English."""
    rows = re.findall(r"^\| [^|]+ \| ([^|]+) \| `(\w+)` \|$", DOCUMENT, re.MULTILINE)
    return {code: english for english, code in rows}


def names_in_use() -> set[str]:
    """Return every identifier, argument and module name of the rooms."""
    found: set[str] = set()
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            found |= {path.stem, *path.relative_to(ROOT).parts[:-1]}
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                match node:
                    case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name):
                        found.add(name)
                    case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                        found.add(name)
                    case _:
                        pass
    return found


def test_every_place_that_the_document_names_exists():
    named = set(
        re.findall(
            r"`((?:api|domain|ledger|projections|replay|proof|tests|docs)/[\w/.]+)`", DOCUMENT
        )
    )
    assert len(named) > 20
    assert {place for place in named if not (ROOT / place).exists()} == set()


def section(title: str) -> str:
    """Return what stands under a heading of the document."""
    return DOCUMENT.split(f"\n## {title}", 1)[1].split("\n## ", 1)[0]


def names_of(path: Path) -> set[str]:
    """Return what a module says by itself: its functions, classes and values."""
    names: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                names.add(name)
            case ast.ClassDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
            case ast.Assign(targets=targets):
                names |= {each.id for each in targets if isinstance(each, ast.Name)}
            case _:
                pass
    return names


def test_every_stop_of_the_way_from_a_line_to_a_page_is_where_the_document_says():
    way = section("From an import line to a page").split("\n**A command**", 1)
    stops = re.split(r"^\d+\. ", way[0], flags=re.MULTILINE)[1:]
    assert 5 < len(stops) <= MOST_STOPS
    places = [re.findall(r"`([\w/]+\.py)::(\w+)`", stop) for stop in [*stops, way[1]]]
    assert all(places), "a stop names a file and the name in it"
    missing = {
        f"{place}::{name}"
        for place, name in (place for at_stop in places for place in at_stop)
        if not (ROOT / place).is_file() or name not in names_of(ROOT / place)
    }
    assert missing == set()


def test_every_home_names_the_tests_that_hold_it_and_they_are_there():
    """A second test of a row may be named without the folder of the one before it."""
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| ([^|]+) \|$", section("One home"), re.MULTILINE)
    assert len(rows) > 20
    unheld = {}
    for what, held_by in rows[1:]:
        folder, tests = Path(), []
        for named in re.findall(r"`([\w/.]+)`", held_by):
            test = ROOT / named if "/" in named else folder / named
            folder = test.parent
            tests.append(test)
        absent = [str(test) for test in tests if not holds_tests(test)]
        if absent or not (tests or "import-linter" in held_by):
            unheld[what] = absent
    assert unheld == {}


def holds_tests(path: Path) -> bool:
    """Tell whether a file holds tests, or a folder such files; what every test passes is no test itself."""
    if path.is_dir():
        return any(map(holds_tests, path.glob("test_*.py")))
    if not path.name.startswith("test_"):
        return path.is_file()
    return path.is_file() and any(name.startswith("test_") for name in names_of(path))


def test_the_schemas_of_the_database_are_those_of_the_document():
    """Their names never change, or lead on: grants, backups and the release of before say them."""
    sources = [ROOT / "ledger" / "migrate.py", *ROOT.glob("*/**/sql/[0-9]*.sql")]
    made = {
        schema
        for source in sources
        for schema in re.findall(
            r"CREATE SCHEMA (?:IF NOT EXISTS )?(\w+)", source.read_text("utf-8")
        )
    }
    listed = DOCUMENT.split("Schemas of the database", 1)[1].split("\n\n", 1)[0]
    named = set(re.findall(r"`(\w+)`", listed))
    assert made == {
        *("ledger", "vault", "projections", "projections_next", "projections_last"),
        *("analysis", "proof", "office"),
    }
    assert made <= named


def test_every_term_of_the_glossary_is_a_name_in_the_code():
    used = names_in_use()
    assert {code for code in glossary() if code not in used} == set()


def test_every_noun_of_an_event_stands_in_the_glossary():
    terms = " ".join([*glossary(), *glossary().values()]).lower()
    nouns = {
        word
        for name in EVENTS
        for word in re.findall(r"[A-Z][a-z]+", name)
        if not ENDINGS.fullmatch(word)
    }
    assert {noun for noun in nouns if noun.lower() not in terms} == set()


def test_every_module_and_floor_of_a_room_stands_in_the_table_of_rooms():
    """The table is read for where a thing is: what it leaves out, nobody finds there."""
    floors = dict(
        re.findall(r"^\| `(\w+)/` \| [^|]+ \| ([^|]+) \|$", section("Rooms"), re.MULTILINE)
    )
    assert set(floors) == set(ROOMS)
    missing = {
        f"{room}/{path.stem}"
        for room in ROOMS
        for path in (ROOT / room).iterdir()
        if path.suffix == ".py" or any(path.rglob("*.py"))
        if path.stem not in {"__init__", *re.findall(r"`(\w+)`", floors[room])}
    }
    assert missing == set()


def test_no_folder_of_the_outside_has_lost_its_floors():
    folders = [path for path in (ROOT / "api").rglob("*") if path.is_dir()]
    crowded = {
        str(folder.relative_to(ROOT)): len(list(folder.glob("*.py")))
        for folder in folders
        if len(list(folder.glob("*.py"))) > MOST_FILES
    }
    assert crowded == {}


def test_a_module_is_told_from_others_of_its_name_by_its_folder():
    modules = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    named = Counter((path.parent.name, path.stem) for path in modules if path.stem != "__init__")
    assert [name for name, number in named.items() if number > 1] == []


def test_the_index_of_decisions_is_written_from_the_decisions():
    assert decisions.TARGET.read_text("utf-8") == decisions.render()


def test_a_decision_that_is_superseded_points_to_one_that_exists():
    numbers = {path.name[:4] for path in decisions.FOLDER.glob("0*.md")}
    pointed = set(re.findall(r"[Ss]uperseded(?: in part)? by (\d{4})", decisions.render()))
    assert pointed <= numbers


def test_a_decision_is_found_by_its_number():
    numbers = [path.name[:4] for path in decisions.FOLDER.glob("0*.md")]
    assert sorted({each for each in numbers if numbers.count(each) > 1}) == []
