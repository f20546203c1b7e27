"""Evidence bundles: everything about one enterprise, in one file that is verified without anybody.

A ZIP of stored entries as they are hashed, the path of each to the root of one signed checkpoint,
evidence by its digest, and papers for reading. `manifest.json` names every member with its SHA-256,
and its maker has signed that list; what the log proves, it proves without the maker.
"""

import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import IO, Any, NamedTuple, cast

from ledger.log.entry import Entry
from ledger.log.merkle import leaf_hash, verify_inclusion
from ledger.log.tiles import Read, inclusion_proof
from proof.checkpoints import BadCheckpoint, Checkpoint, read_checkpoint
from proof.kept import Kept
from proof.notes import BadKey, BadNote, Kind, Note, PrivateKey, read_note, read_vkey, verified
from proof.policy import BadPolicy, Policy, Trusted, read_policy, trust
from proof.receipts import BadProof, Receipt, read_head

FORMAT = "dudao/bundle/v1"
MANIFEST, SIGNATURE, CHECKPOINT = "manifest.json", "manifest.sig", "checkpoint"
POLICY, MAKER = "keys/policy", "keys/maker"
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
        for entry in bundle.entries:
            positions.append(entry.position)
            writer.add(f"entries/{entry.position}", [entry.hashed_bytes()])
            path = inclusion_proof(entry.position - 1, checkpoint.size, read)
            proof = Receipt(entry.position - 1, tuple(path), bundle.kept.note).head()
            writer.add(f"proofs/{entry.position}", [proof])
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
            "evidence_missing": sorted(bundle.missing),
            "files": writer.digests,
        }
        content = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False).encode()
        text = signed_text(checkpoint.origin, content)
        note = Note(text, (maker.sign(text, 0),))
        writer.add(MANIFEST, [content])
        writer.add(SIGNATURE, [note.written()])


def signed_text(origin: str, manifest: bytes) -> str:
    """Return what the maker signs."""
    return f"{FORMAT}\n{origin}\n{sha256(manifest).hexdigest()}\n"


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
        self._manifest = _object(self._content)
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
        held = {name.split("/")[1].partition(".")[0] for name in self._under("evidence/")}
        missing = cast("list[str]", manifest["evidence_missing"])
        if named != held | set(missing) or held & set(missing):
            raise BadBundle("the evidence is not what the entries name")
        return Checked(
            manifest["subject"],
            checkpoint,
            manifest["entries"],
            len(held),
            missing,
            trusted,
            self._own_policy,
        )

    def _signature(self) -> None:
        note = read_note(self._read(SIGNATURE))
        origin = str(self._manifest["origin"])
        if self._maker.name != maker_name(origin) or note.text != signed_text(
            origin, self._content
        ):
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
            if name.startswith("evidence/") and not name.startswith(f"evidence/{stated}."):
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
            content = self._read(f"entries/{position}")
            path = read_head(self._read(f"proofs/{position}"))
            at, size = path.leaf_index, checkpoint.size
            held = verify_inclusion(at, size, leaf_hash(content), path.hashes, checkpoint.root)
            if at != position - 1 or not held:
                raise BadBundle(f"entry {position} is not in the tree that was signed")
            lines = content.partition(b"\n\n")[0].decode().split("\n")
            subject = self._manifest["subject"]
            if f"subject {subject}" not in lines:
                raise BadBundle(f"entry {position} is not about {subject}")
            named |= {
                line.removeprefix("tag evidence:")
                for line in lines
                if line.startswith("tag evidence:")
            }
        return named

    def _under(self, folder: str) -> Iterator[str]:
        return (name for name in self._names if name.startswith(folder))

    def _read(self, name: str) -> bytes:
        if self._archive.getinfo(name).file_size > MEMBER_IN_MEMORY:
            raise BadBundle(f"{name}: too large")
        return self._archive.read(name)


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


def _object(content: bytes) -> dict[str, Any]:
    """Return the manifest; a name that stands twice would be read in two ways."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise BadBundle("manifest.json: a name twice")
        return dict(pairs)

    try:
        found = json.loads(content, object_pairs_hook=once)
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadBundle("manifest.json: not JSON") from error
    if not isinstance(found, dict):
        raise BadBundle("manifest.json: not an object")
    manifest = cast("dict[str, Any]", found)
    if set(manifest) != set(KEYS) or manifest["format"] != FORMAT:
        raise BadBundle(f"manifest.json: not of {FORMAT}")
    if any(not isinstance(manifest[name], kind) for name, kind in KEYS.items()):
        raise BadBundle("manifest.json: a member of the wrong kind")
    texts = [*manifest["evidence_missing"], *manifest["files"].values()]
    if not all(isinstance(each, str) for each in texts):
        raise BadBundle("manifest.json: a digest that is no text")
    if not all(type(each) is int for each in manifest["entries"]):
        raise BadBundle("manifest.json: a position that is no number")
    return manifest
