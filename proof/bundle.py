"""Evidence bundles: everything about one enterprise, in one file that is verified without anybody.

A ZIP of stored entries as they are hashed, the path of each to the root of one signed checkpoint,
evidence by its digest, and papers for reading. `manifest.json` names every member with its SHA-256,
and its maker has signed that list; what the log proves, it proves without the maker.
"""

import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import IO, Any, NamedTuple, cast

import msgspec

from domain.day import DayClosed
from domain.terms.vocabulary import Standing
from ledger import codec
from ledger.log.entry import SALT_BYTES, Entry
from ledger.log.merkle import leaf_hash, verify_inclusion
from ledger.log.tiles import Read, inclusion_proof
from proof import subjects
from proof.checkpoints import BadCheckpoint, Checkpoint, read_checkpoint
from proof.kept import Kept
from proof.notes import BadKey, BadNote, Kind, Note, PrivateKey, read_note, read_vkey, verified
from proof.policy import BadPolicy, Policy, Trusted, read_policy, trust
from proof.receipts import BadProof, Receipt, read_head
from proof.subjects import BadMap, Shown, positions_digest, read_shown

FORMER, FORMAT = "dudao/bundle/v1", "dudao/bundle/v2"
"""Bundles of both are verified. The first has neither a closed day nor entries around the subject."""
MANIFEST, SIGNATURE, CHECKPOINT = "manifest.json", "manifest.sig", "checkpoint"
POLICY, MAKER = "keys/policy", "keys/maker"
CLOSING, CLOSING_PROOF, PLACE = "closing/entry", "closing/proof", "closing/subject.json"
MOST_BYTES = 4 * 1024**3
"""Of all members together; a bundle with more was made to hurt its reader."""
MOST_MEMBERS = 200_000
MEMBER_IN_MEMORY = 256 * 1024**2


class BadBundle(ValueError):  # noqa: N818 - an answer to the caller, not a fault
    """A file that is no bundle, or one of which something was changed; the message says what."""


class Attachment(NamedTuple):
    """A member beside the entries: evidence, a report, a summary."""

    name: str
    content: Iterable[bytes]


class Bundle(NamedTuple):
    """What goes into a bundle."""

    subject: str
    kept: Kept
    entries: Iterable[Entry]
    missing: list[str]
    """Digests of evidence that entries name and that never arrived."""
    policy: str
    """Keys as the installation states them; a verifier has them from elsewhere."""
    context: Iterable[Entry] = ()
    """Entries about nobody that those of the subject rest on: publications, catalogues."""
    closing: Entry | None = None
    """The entry that closed a day, so that nothing is missing up to then."""
    shown: Shown | None = None
    """What its map says of the subject."""


def maker_name(origin: str) -> str:
    """Return the name of whoever makes bundles out of a log."""
    return f"{origin}/bundle"


def write(
    file: IO[bytes], bundle: Bundle, attachments: Iterable[Attachment], read: Read, seed: bytes
) -> None:
    """Write a bundle. The same content gives the same bytes."""
    checkpoint = bundle.kept.checkpoint
    maker = PrivateKey(maker_name(checkpoint.origin), Kind.ED25519, seed)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        writer = _Writer(archive, bundle.kept.kept_at)
        positions: list[int] = []

        def prove(entry: Entry, name: str, proof: str) -> None:
            writer.add(name, [entry.hashed_bytes()])
            path = inclusion_proof(entry.position - 1, checkpoint.size, read)
            head = Receipt(entry.position - 1, tuple(path), bundle.kept.note).head()
            writer.add(proof, [head])

        for entry in bundle.entries:
            positions.append(entry.position)
            prove(entry, f"entries/{entry.position}", f"proofs/{entry.position}")
        around: list[int] = []
        for entry in bundle.context:
            around.append(entry.position)
            prove(entry, f"context/{entry.position}", f"context-proofs/{entry.position}")
        if bundle.closing is not None and bundle.shown is not None:
            prove(bundle.closing, CLOSING, CLOSING_PROOF)
            said = json.dumps(bundle.shown.shown(), indent=1, sort_keys=True, ensure_ascii=False)
            writer.add(PLACE, [said.encode()])
        writer.add(CHECKPOINT, [bundle.kept.note.written()])
        writer.add(POLICY, [bundle.policy.encode()])
        writer.add(MAKER, [f"{maker.public.vkey}\n".encode()])
        for attachment in attachments:
            writer.add(attachment.name, attachment.content)
        manifest = {
            "format": FORMAT,
            "subject": bundle.subject,
            "origin": checkpoint.origin,
            "size": checkpoint.size,
            "root": checkpoint.root.hex(),
            "entries": positions,
            "context": around,
            "closing": bundle.closing.position if bundle.closing and bundle.shown else 0,
            "content": content_digest(writer.digests),
            "evidence_missing": sorted(bundle.missing),
            "files": writer.digests,
        }
        content = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False).encode()
        text = signed_text(checkpoint.origin, content)
        note = Note(text, (maker.sign(text, 0),))
        writer.add(MANIFEST, [content])
        writer.add(SIGNATURE, [note.written()])


def content_digest(digests: Mapping[str, str]) -> str:
    """Return the digest over what is proved: entries, those around them, and evidence.

    A report that lies beside them can name it, and so can a paper.
    """
    proved = ("entries/", "context/", "evidence/")
    lines = [f"{name} {digests[name]}\n" for name in sorted(digests) if name.startswith(proved)]
    return sha256("".join(lines).encode()).hexdigest()


def signed_text(origin: str, manifest: bytes, form: str = FORMAT) -> str:
    """Return what the maker signs."""
    return f"{form}\n{origin}\n{sha256(manifest).hexdigest()}\n"


class _Writer:
    """Adds members, all of the time of the checkpoint, and remembers their digests."""

    def __init__(self, archive: zipfile.ZipFile, at: datetime) -> None:
        self._archive = archive
        self._at = (at.year, at.month, at.day, at.hour, at.minute, at.second)
        self.digests: dict[str, str] = {}

    def add(self, name: str, content: Iterable[bytes]) -> None:
        member = zipfile.ZipInfo(name, self._at)
        member.compress_type = zipfile.ZIP_DEFLATED
        member.external_attr = 0o644 << 16
        digest = sha256()
        with self._archive.open(member, "w", force_zip64=True) as out:
            for piece in content:
                digest.update(piece)
                out.write(piece)
        self.digests[name] = digest.hexdigest()


class Complete(NamedTuple):
    """Up to where no entry about the subject is missing."""

    day: date
    upto: int
    entries: int
    """About the subject, up to there; 0: there was none."""
    standing: str
    """On that day."""


class Checked(NamedTuple):
    """What a bundle proves."""

    subject: str
    checkpoint: Checkpoint
    positions: list[int]
    evidence: int
    missing: list[str]
    trusted: Trusted
    own_policy: bool
    """Whether the keys came from the bundle itself, so that they prove nothing of who signed."""
    context: list[int]
    complete: Complete | None
    """Up to where nothing is missing; None where the bundle does not show that."""
    content: str
    """The digest over entries and evidence, as papers name it."""


def check(file: IO[bytes], policy: Policy | None = None, maker: str | None = None) -> Checked:
    """Verify all of a bundle.

    `policy` and `maker` (a verifier key) come from elsewhere; without them the bundle's own are taken.

    Raises:
        BadBundle: it is none, something of it was changed, or too few whom one believes have signed.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            return _Checker(archive, policy, maker).checked()
    except (BadNote, BadCheckpoint, BadProof, BadKey, BadPolicy) as error:
        raise BadBundle(str(error)) from error
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        KeyError,
        UnicodeDecodeError,
    ) as e:
        raise BadBundle(f"not a bundle: {e}") from e


class _Checker:
    def __init__(self, archive: zipfile.ZipFile, policy: Policy | None, maker: str | None) -> None:
        self._archive = archive
        self._names = archive.namelist()
        if len(self._names) > MOST_MEMBERS or len(set(self._names)) != len(self._names):
            raise BadBundle("too many members, or two of one name")
        if sum(member.file_size for member in archive.infolist()) > MOST_BYTES:
            raise BadBundle("more content than a bundle has")
        self._content = self._read(MANIFEST)
        self._manifest = _manifest(self._content)
        self._own_policy = policy is None
        self._policy = policy or read_policy(self._read(POLICY).decode())
        self._maker = read_vkey(maker or self._read(MAKER).decode().strip())

    def checked(self) -> Checked:
        manifest = self._manifest
        self._signature()
        self._files()
        note = read_note(self._read(CHECKPOINT))
        checkpoint = read_checkpoint(note.text)
        stated = (manifest["origin"], manifest["size"], manifest["root"])
        if stated != (checkpoint.origin, checkpoint.size, checkpoint.root.hex()):
            raise BadBundle("the checkpoint is not the one that the manifest names")
        trusted = trust(self._policy, note)
        if any(log.key.name != checkpoint.origin for log in trusted.logs) or not trusted.met:
            raise BadBundle("too few of those who are believed have signed the checkpoint")
        named = self._entries(checkpoint)
        self._context(checkpoint)
        complete = self._complete(checkpoint)
        content = content_digest(cast("dict[str, str]", manifest["files"]))
        if manifest["format"] == FORMAT and manifest["content"] != content:
            raise BadBundle("manifest.json: not the digest of what is in the bundle")
        digests = {name.split("/")[1].partition(".")[0] for name in self._under("evidence/")}
        missing = cast("list[str]", manifest["evidence_missing"])
        if named != digests | set(missing) or digests & set(missing):
            raise BadBundle("the evidence is not what the entries name")
        return Checked(
            manifest["subject"],
            checkpoint,
            manifest["entries"],
            len(digests),
            missing,
            trusted,
            self._own_policy,
            manifest.get("context", []),
            complete,
            content,
        )

    def _signature(self) -> None:
        note = read_note(self._read(SIGNATURE))
        origin = str(self._manifest["origin"])
        text = signed_text(origin, self._content, str(self._manifest["format"]))
        if self._maker.name != maker_name(origin) or note.text != text:
            raise BadBundle("manifest.json: not what its maker has signed")
        if not verified(note, [self._maker]):
            raise BadBundle("manifest.json: not signed by its maker")

    def _files(self) -> None:
        files = cast("dict[str, str]", self._manifest["files"])
        if set(files) != set(self._names) - {MANIFEST, SIGNATURE}:
            raise BadBundle("a member is missing, or one too many")
        for name, stated in files.items():
            digest = sha256()
            with self._archive.open(name) as member:
                while piece := member.read(1024 * 1024):
                    digest.update(piece)
            if digest.hexdigest() != stated:
                raise BadBundle(f"{name}: changed")
            folder, _, file = name.partition("/")
            if folder in {"evidence", "catalogues"} and file.partition(".")[0] != stated:
                raise BadBundle(f"{name}: not the content with this SHA-256")

    def _entries(self, checkpoint: Checkpoint) -> set[str]:
        """Verify every entry; return the digests of the evidence that they name."""
        positions = cast("list[int]", self._manifest["entries"])
        names = {f"entries/{position}" for position in positions}
        if names != set(self._under("entries/")) or positions != sorted(set(positions)):
            raise BadBundle("the entries are not those that the manifest names")
        if {f"proofs/{position}" for position in positions} != set(self._under("proofs/")):
            raise BadBundle("there is not one proof for each entry")
        named: set[str] = set()
        for position in positions:
            content = self._proved(
                position, f"entries/{position}", f"proofs/{position}", checkpoint
            )
            lines = _lines(content)
            subject = self._manifest["subject"]
            if f"subject {subject}" not in lines:
                raise BadBundle(f"entry {position} is not about {subject}")
            named |= {
                line.removeprefix("tag evidence:")
                for line in lines
                if line.startswith("tag evidence:")
            }
        return named

    def _proved(self, position: int, name: str, proof: str, checkpoint: Checkpoint) -> bytes:
        content, path = self._read(name), read_head(self._read(proof))
        at, size = path.leaf_index, checkpoint.size
        included = verify_inclusion(at, size, leaf_hash(content), path.hashes, checkpoint.root)
        if at != position - 1 or not included:
            raise BadBundle(f"entry {position} is not in the tree that was signed")
        return content

    def _context(self, checkpoint: Checkpoint) -> None:
        """Verify the entries around those of the subject: they are about nobody, and of these kinds."""
        positions = cast("list[int]", self._manifest.get("context", []))
        for folder in ("context", "context-proofs"):
            if {f"{folder}/{each}" for each in positions} != set(self._under(f"{folder}/")):
                raise BadBundle("the entries around are not those that the manifest names")
        if positions != sorted(set(positions)):
            raise BadBundle("the entries around are out of order")
        for position in positions:
            name, proof = f"context/{position}", f"context-proofs/{position}"
            lines = _lines(self._proved(position, name, proof, checkpoint))
            if not any(line.startswith(CONTEXT) for line in lines):
                raise BadBundle(f"entry {position} is neither a publication nor a catalogue")

    def _complete(self, checkpoint: Checkpoint) -> Complete | None:
        """Verify that nothing of the subject is missing up to the day that was closed."""
        position = int(self._manifest.get("closing", 0))
        members = {CLOSING, CLOSING_PROOF, PLACE}
        if not position:
            if members & set(self._names):
                raise BadBundle("a closed day that the manifest does not name")
            return None
        content = self._proved(position, CLOSING, CLOSING_PROOF, checkpoint)
        event = _closed(content)
        if event.upto >= position:
            raise BadBundle("the day that was closed reaches further than its own entry")
        subject = str(self._manifest["subject"])
        positions = [each for each in self._manifest["entries"] if each <= event.upto]
        try:
            shown = read_shown(_object(self._read(PLACE), PLACE))
            value = subjects.check(shown, subject, event.subjects, event.root)
        except BadMap as error:
            raise BadBundle(str(error)) from error
        if value is None:
            if positions:
                raise BadBundle("the day was closed without the subject, which has entries")
            return Complete(event.day, event.upto, 0, Standing.UNLISTED.value)
        last = self._read(f"entries/{positions[-1]}") if positions else b""
        told = (
            len(positions),
            positions_digest(positions),
            positions[-1] if positions else 0,
            last[-SALT_BYTES:],
        )
        salted = (value.entries, value.positions, value.last)
        if told[:3] != salted or subjects.blind(told[3]) != value.blind:
            raise BadBundle(
                f"up to position {event.upto} there were {value.entries} entries about {subject}: "
                "one is missing, or one is too many"
            )
        return Complete(event.day, event.upto, value.entries, value.standing)

    def _under(self, folder: str) -> Iterator[str]:
        return (name for name in self._names if name.startswith(folder))

    def _read(self, name: str) -> bytes:
        if self._archive.getinfo(name).file_size > MEMBER_IN_MEMORY:
            raise BadBundle(f"{name}: too large")
        return self._archive.read(name)


CONTEXT = ("type roster.roster-published/", "type catalogue.catalogue-adopted/")
"""How the lines begin of entries that may be around those of a subject."""


def _lines(entry: bytes) -> list[str]:
    return entry.partition(b"\n\n")[0].decode().split("\n")


def _closed(entry: bytes) -> DayClosed:
    """Return what the bytes of an entry closed a day with."""
    head, _, rest = entry.partition(b"\n\n")
    stored = [line[5:] for line in head.decode().split("\n") if line.startswith("type ")]
    try:
        event = codec.decode(stored[0], rest[:-SALT_BYTES])
    except (LookupError, ValueError, msgspec.MsgspecError) as error:
        raise BadBundle("the entry closes no day") from error
    if not isinstance(event, DayClosed):
        raise BadBundle("the entry closes no day")
    return event


KEYS: Mapping[str, type] = {
    "format": str,
    "subject": str,
    "origin": str,
    "size": int,
    "root": str,
    "entries": list,
    "evidence_missing": list,
    "files": dict,
}
NEW_KEYS: Mapping[str, type] = {"context": list, "closing": int, "content": str}
"""Of the second form."""


def _object(content: bytes, name: str = MANIFEST) -> dict[str, Any]:
    """Return a JSON object; a name that stands twice would be read in two ways."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise BadBundle(f"{name}: a name twice")
        return dict(pairs)

    try:
        members = json.loads(content, object_pairs_hook=once)
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadBundle(f"{name}: not JSON") from error
    if not isinstance(members, dict):
        raise BadBundle(f"{name}: not an object")
    return cast("dict[str, Any]", members)


def _manifest(content: bytes) -> dict[str, Any]:
    manifest = _object(content)
    keys = KEYS if manifest.get("format") == FORMER else {**KEYS, **NEW_KEYS}
    if set(manifest) != set(keys) or manifest["format"] not in {FORMER, FORMAT}:
        raise BadBundle(f"manifest.json: not of {FORMAT}")
    if any(not isinstance(manifest[name], kind) for name, kind in keys.items()):
        raise BadBundle("manifest.json: a member of the wrong kind")
    texts = [*manifest["evidence_missing"], *manifest["files"].values()]
    if not all(isinstance(each, str) for each in texts):
        raise BadBundle("manifest.json: a digest that is no text")
    numbers = [*manifest["entries"], *manifest.get("context", []), manifest.get("closing", 0)]
    if not all(type(each) is int for each in numbers):
        raise BadBundle("manifest.json: a position that is no number")
    return manifest
