"""`docs/architecture.md` is true of the tree: its places exist, its words are those of the code."""

import ast
import re
from pathlib import Path

import docs.generate_decisions as decisions
from domain.registry import EVENTS

ROOT = Path(__file__).parents[1]
DOCUMENT = (ROOT / "docs" / "architecture.md").read_text("utf-8")
ROOMS = ("domain", "ledger", "projections", "replay", "proof", "api")
MOST_FILES = 40
"""Files in one folder of `api`, beyond which floors are missing."""
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


def test_no_folder_of_the_outside_has_lost_its_floors():
    folders = [path for path in (ROOT / "api").rglob("*") if path.is_dir()]
    crowded = {
        str(folder.relative_to(ROOT)): len(list(folder.glob("*.py")))
        for folder in folders
        if len(list(folder.glob("*.py"))) > MOST_FILES
    }
    assert crowded == {}


def test_the_index_of_decisions_is_written_from_the_decisions():
    assert decisions.TARGET.read_text("utf-8") == decisions.render()


def test_a_decision_that_is_superseded_points_to_one_that_exists():
    numbers = {path.name[:4] for path in decisions.FOLDER.glob("0*.md")}
    pointed = set(re.findall(r"[Ss]uperseded(?: in part)? by (\d{4})", decisions.render()))
    assert pointed <= numbers


def test_a_decision_is_found_by_its_number():
    numbers = [path.name[:4] for path in decisions.FOLDER.glob("0*.md")]
    assert sorted({each for each in numbers if numbers.count(each) > 1}) == []
