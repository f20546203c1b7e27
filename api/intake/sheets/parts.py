"""What a workbook says of its cells beside their values, read from its own parts by its own references.

Which cells are formulas, which show an error, which rows and columns are hidden. Where a part lies,
the workbook's relationships say; a cell is named as the cell names itself, never by counting.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import IO, NamedTuple
from xml.parsers import expat

CHUNK = 2**20
MOST_COVERED = 2_000_000
"""Cells that the references of array formulas may cover together."""
_WORTH_A_LOOK = re.compile(rb"""<(?:\w{1,20}:)?f[\s/>]|\shidden\s*=|\st\s*=\s*["']e["']""")
_OVERLAP = 64
_FIELD = re.compile(r"(?:.+!)?([A-Z]{1,3}[0-9]{1,7})(?: .*)?")
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


class Marks(NamedTuple):
    """What stands beside the values of one sheet; cells are (row, column), from 1 and from 0."""

    formulas: frozenset[tuple[int, int]] = frozenset()
    errors: Mapping[tuple[int, int], str] = {}
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


def member_name(name: str) -> str:
    r"""Return the name of a member as it is compared: some programs write `xl\\workbook.xml`."""
    return name.replace("\\", "/").lstrip("/").lower()


def members_of(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the members of an archive by the name under which they are looked for."""
    return {member_name(info.filename): info for info in archive.infolist()}


def with_slashes(archive: zipfile.ZipFile, most: int) -> io.BytesIO:
    """Return the archive with its members' names written with slashes.

    Raises:
        MemoryError: it holds more than `most` bytes.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as target:
        for info in archive.infolist():
            name = info.filename.replace("\\", "/").lstrip("/")
            with archive.open(info) as member:
                content = member.read(most + 1)
            most -= len(content)
            if most < 0:
                raise MemoryError("too-many-rows")
            target.writestr(name, content)
    made.seek(0)
    return made


def sheet_parts(archive: zipfile.ZipFile) -> list[str | None]:
    """Return where each sheet of the workbook lies, in the workbook's order; None: nowhere."""
    members = members_of(archive)
    targets: dict[str, str] = {}
    for tag, attributes in _elements(archive, members, "xl/_rels/workbook.xml.rels"):
        if tag == "Relationship":
            target = attributes.get("Target", "").replace("\\", "/")
            path = target if target.startswith("/") else posixpath.join("xl", target)
            targets[attributes.get("Id", "")] = member_name(posixpath.normpath(path))
    parts: list[str | None] = []
    for tag, attributes in _elements(archive, members, "xl/workbook.xml"):
        if tag == "sheet":
            named = next((v for k, v in attributes.items() if k.rpartition(" ")[2] == "id"), "")
            parts.append(targets.get(named) if targets.get(named) in members else None)
    return parts


def sheet_names(archive: zipfile.ZipFile) -> list[str]:
    """Return the names of the workbook's sheets, in its order."""
    members = members_of(archive)
    elements = _elements(archive, members, "xl/workbook.xml")
    return [attributes.get("name", "") for tag, attributes in elements if tag == "sheet"]


def _elements(
    archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], part: str
) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the elements of a small part with their attributes, names without their namespace."""
    elements: list[tuple[str, dict[str, str]]] = []
    if part not in members:
        return
    parser = new_parser()
    parser.StartElementHandler = lambda name, attributes: elements.append((local(name), attributes))
    with archive.open(members[part]) as member:
        parser.Parse(member.read(16 * CHUNK), True)  # noqa: FBT003 - expat's own order
    yield from elements


def new_parser() -> expat.XMLParserType:
    """Return a parser that knows namespaces and takes no document type: entities can be bombs."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(*_: object) -> None:
    raise ValueError("a workbook has no document type")


def local(name: str) -> str:
    """Return the name of an element without its namespace."""
    return name.rpartition(" ")[2]


def marks_of(archive: zipfile.ZipFile, part: str, most: int) -> Marks:
    """Return the marks of one sheet; no more than `most` bytes are inflated."""
    info = members_of(archive)[part]
    with archive.open(info) as member:
        if not _has_marks(member, most):
            return Marks()
    with archive.open(info) as member:
        return _Scan().read(member, most)


def _has_marks(member: IO[bytes], most: int) -> bool:
    """Return whether there can be any: looking costs a twentieth of reading."""
    tail, read = b"", 0
    while (chunk := member.read(CHUNK)) and read < most:
        read += len(chunk)
        if _WORTH_A_LOOK.search(tail + chunk):
            return True
        tail = chunk[-_OVERLAP:]
    return False


class _Scan:
    """Reads the elements of a sheet in their order."""

    def __init__(self) -> None:
        self._formulas: set[tuple[int, int]] = set()
        self._errors: dict[tuple[int, int], str] = {}
        self._rows: set[int] = set()
        self._columns: set[int] = set()
        self._row, self._column = 0, -1
        self._covered = 0
        self._value: list[str] | None = None
        self._is_error = False

    def read(self, member: IO[bytes], most: int) -> Marks:
        """Return the marks of a sheet's XML."""
        parser = new_parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        read = 0
        while (chunk := member.read(CHUNK)) and read < most:
            read += len(chunk)
            parser.Parse(chunk)
        return Marks(
            frozenset(self._formulas),
            self._errors,
            frozenset(self._rows),
            frozenset(self._columns),
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match local(name):
            case "row":
                # A row or cell without a reference follows the one before it (ECMA-376, 18.3.1).
                self._row = int(attributes.get("r", self._row + 1))
                self._column = -1
                if _is_true(attributes.get("hidden")):
                    self._rows.add(self._row)
            case "c":
                at = place(attributes["r"]) if "r" in attributes else None
                self._row, self._column = at or (self._row, self._column + 1)
                self._is_error = attributes.get("t") == "e"
            case "f":
                self._formula(attributes)
            case "v" if self._is_error:
                self._value = []
            case "col" if _is_true(attributes.get("hidden")):
                first, last = int(attributes["min"]), int(attributes["max"])
                self._columns.update(range(first - 1, min(last, 16_384)))
            case _:
                pass

    def _formula(self, attributes: Mapping[str, str]) -> None:
        self._formulas.add((self._row, self._column))
        # Of an array only the first cell has the formula, and all cells show what it came to.
        if attributes.get("t") not in {"array", "dataTable"}:
            return
        ends = [place(end) for end in attributes.get("ref", "").split(":")]
        if len(ends) == 2 and ends[0] is not None and ends[1] is not None:
            (top, left), (bottom, right) = ends[0], ends[1]
            self._covered += max(0, bottom - top + 1) * max(0, right - left + 1)
            if self._covered > MOST_COVERED:
                raise MemoryError("too-many-rows")
            self._formulas.update(
                (row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)
            )

    def _end(self, name: str) -> None:
        if self._value is not None and local(name) == "v":
            self._errors[self._row, self._column] = "".join(self._value).strip()
            self._value = None

    def _text(self, text: str) -> None:
        if self._value is not None:
            self._value.append(text)


def _is_true(word: str | None) -> bool:
    return word in {"1", "true"}


def place(reference: str) -> tuple[int, int] | None:
    """Return row (from 1) and column (from 0) of a reference like `C7`."""
    match = _ADDRESS.fullmatch(reference)
    if match is None:
        return None
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]), column - 1


def letters(column: int) -> str:
    """Return the name of a column, from 0: `A`, `AA`."""
    name = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def place_in(field: str) -> tuple[int, int] | None:
    """Return the cell that the field of a fault names: `名单!C7 等级`; None where it names none."""
    match = _FIELD.fullmatch(field)
    return place(match[1]) if match else None


def address(row: int, column: int) -> str:
    """Return a cell's address as a spreadsheet says it: `C7` for row 7, column 2."""
    return f"{letters(column)}{row}"
