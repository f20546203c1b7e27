"""The sorted Merkle map of a closed day: what there is about every subject, under one root.

The leaves stand in the order of their subjects, so that two neighbours show that nobody is between
them. A leaf names its subject and hides the rest behind a hash, and the rest has 32 bytes in it that only
those know who may see the subject's last entry: a path tells nothing about the others on it.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple, cast

from ledger.log.merkle import EMPTY_ROOT, inclusion_proof, leaf_hash, root_of, verify_inclusion

FORMAT = "dudao/subject/v1"


class BadMap(ValueError):  # noqa: N818 - an answer to the caller, not a fault
    """What is said of a subject does not follow from the root; the message says why."""


class Value(NamedTuple):
    """What there is about one subject."""

    entries: int
    last: int
    """Position of the last one."""
    positions: str
    """SHA-256, in hexadecimal, over every position in order: decimal, a line each."""
    standing: str
    blind: str

    def written(self) -> bytes:
        """Return the bytes whose hash is in the leaf."""
        return (
            f"entries {self.entries}\nlast {self.last}\npositions {self.positions}\n"
            f"standing {self.standing}\nblind {self.blind}\n"
        ).encode()


def read_value(text: str) -> Value:
    """Return the value that was written.

    Raises:
        BadMap: it is none.
    """
    words = [line.partition(" ") for line in text.split("\n")[:-1]]
    if [word for word, _, _ in words] != list(Value._fields):
        raise BadMap("not what a day was closed with")
    entries, last, *rest = [value for _, _, value in words]
    try:
        value = Value(int(entries), int(last), *rest)
    except ValueError as error:
        raise BadMap("not what a day was closed with") from error
    if value.written() != text.encode():
        raise BadMap("what a day was closed with, in another spelling")
    return value


def blind(salt: bytes) -> str:
    """Return the part that nobody guesses, of the salt of the subject's last entry."""
    return sha256(f"{FORMAT}\0".encode() + salt).hexdigest()


def positions_digest(positions: Sequence[int]) -> str:
    """Return the digest over positions in order."""
    return sha256("".join(f"{position}\n" for position in positions).encode()).hexdigest()


def leaf(subject: str, value_digest: str) -> bytes:
    """Return the hash of a leaf."""
    return leaf_hash(f"{FORMAT}\nsubject {subject}\nvalue {value_digest}\n".encode())


class LeafPlace(NamedTuple):
    """One subject in the map: where, the digest of its value, and the path to the root."""

    subject: str
    number: int
    value: str
    path: tuple[str, ...]

    def shown(self) -> dict[str, Any]:
        """Return it as JSON says it."""
        return {**self._asdict(), "path": list(self.path)}

    def is_in(self, size: int, root: str) -> bool:
        """Return whether it is, in the map of so many subjects with this root."""
        try:
            path, top = [bytes.fromhex(each) for each in self.path], bytes.fromhex(root)
        except ValueError:
            return False
        return verify_inclusion(self.number, size, leaf(self.subject, self.value), path, top)


class Shown(NamedTuple):
    """What is shown of one subject: its place and value, or that there is nobody between two others."""

    place: LeafPlace | None
    value: str | None
    before: LeafPlace | None = None
    after: LeafPlace | None = None

    def shown(self) -> dict[str, Any]:
        """Return it as JSON says it; what there is not is not said."""
        said: dict[str, Any] = {} if self.value is None else {"written": self.value}
        for name in ("place", "before", "after"):
            leaf: LeafPlace | None = getattr(self, name)
            if leaf is not None:
                said[name] = leaf.shown()
        return said


def read_shown(said: Mapping[str, Any]) -> Shown:
    """Return what JSON says.

    Raises:
        BadMap: something is missing or of the wrong kind.
    """
    written = said.get("written")
    if written is not None and not isinstance(written, str):
        raise BadMap("what a day was closed with is no text")
    return Shown(_place(said, "place"), written, _place(said, "before"), _place(said, "after"))


def _place(said: Mapping[str, Any], name: str) -> LeafPlace | None:
    place: Any = said.get(name)
    if place is None:
        return None
    match place:
        case {"subject": str(subject), "number": int(number), "value": str(value), "path": list()}:
            path = cast("list[Any]", place["path"])
            if all(isinstance(each, str) for each in path):
                return LeafPlace(subject, number, value, tuple(path))
        case _:
            pass
    raise BadMap(f"{name}: not a place in the map of a day")


class SubjectMap(NamedTuple):
    """All subjects in order, the digests of their values, and the leaves."""

    subjects: Sequence[str]
    values: Sequence[Value]
    leaves: Sequence[bytes]

    @property
    def root(self) -> str:
        """In hexadecimal."""
        return (root_of(self.leaves) if self.leaves else EMPTY_ROOT).hex()

    def show(self, subject: str) -> Shown:
        """Return what shows how much there is about a subject, or that there is nothing."""
        at = bisect_left(self.subjects, subject)
        if at < len(self.subjects) and self.subjects[at] == subject:
            return Shown(self._at(at), self.values[at].written().decode())
        before = self._at(at - 1) if at else None
        after = self._at(at) if at < len(self.subjects) else None
        return Shown(None, None, before, after)

    def _at(self, index: int) -> LeafPlace:
        digest = sha256(self.values[index].written()).hexdigest()
        path = tuple(each.hex() for each in inclusion_proof(index, self.leaves))
        return LeafPlace(self.subjects[index], index, digest, path)


def check(shown: Shown, subject: str, size: int, root: str) -> Value | None:
    """Return what there is about a subject under a root, None where there is nothing.

    Raises:
        BadMap: neither is shown.
    """
    places = [each for each in (shown.place, shown.before, shown.after) if each is not None]
    if not all(each.is_in(size, root) for each in places):
        raise BadMap("not in the map that the day was closed with")
    if shown.place is not None:
        written = shown.value or ""
        if shown.place.subject != subject or len(places) > 1:
            raise BadMap("the map shows another subject")
        if sha256(written.encode()).hexdigest() != shown.place.value:
            raise BadMap("not what the map says of the subject")
        return read_value(written)
    before, after = shown.before, shown.after
    first = -1 if before is None else before.number
    last = size if after is None else after.number
    empty = size == 0 and root == EMPTY_ROOT.hex()
    if (
        first + 1 != last
        or (before is not None and before.subject >= subject)
        or (after is not None and after.subject <= subject)
        or (size == 0 and not empty)
    ):
        raise BadMap("the map does not show that there is nothing about the subject")
    return None
