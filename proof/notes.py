"""Signed notes (C2SP signed-note) with the signatures of logs and of witnesses (tlog-cosignature).

Three kinds are known: Ed25519 by a log, Ed25519 with a time by a witness, and ML-DSA-44 with a time
by either, which outlasts Ed25519. Signatures by unknown keys are passed over, as the format wants.
"""

import base64
import hmac
import os
import struct
from collections.abc import Iterable
from enum import IntEnum
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import mldsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from proof.checkpoints import Checkpoint, decoded, read_checkpoint

ID_BYTES = 4
SEED_BYTES = 32
MAX_NOTE = 200_000
"""Bytes; 16 signatures of the longest kind are a quarter of it."""
MAX_SIGNATURES = 40
TIME = struct.Struct(">Q")
SECRET = "PRIVATE+KEY+"  # noqa: S105 - how a private key begins, not one


class Kind(IntEnum):
    """What a key signs, and how."""

    ED25519 = 1
    ED25519_COSIGNATURE = 4
    MLDSA44_COSIGNATURE = 6


LENGTHS = {Kind.ED25519: 32, Kind.ED25519_COSIGNATURE: 32, Kind.MLDSA44_COSIGNATURE: 1312}


class BadNote(ValueError):  # noqa: N818 - an answer to the caller, not a fault
    """Bytes that are no note, or a note with a wrong signature of a known key."""


class BadKey(ValueError):  # noqa: N818 - an answer to the caller, not a fault
    """A text that is no key."""


class Signature(NamedTuple):
    """One signature line."""

    name: str
    key_id: bytes
    content: bytes

    def line(self) -> str:
        """Return it as it stands in a note."""
        return f"— {self.name} {base64.b64encode(self.key_id + self.content).decode()}\n"


class Note(NamedTuple):
    """A text and who signed it; nothing is verified yet."""

    text: str
    signatures: tuple[Signature, ...]

    def written(self) -> bytes:
        """Return the note as bytes."""
        return f"{self.text}\n{''.join(each.line() for each in self.signatures)}".encode()


class Signed(NamedTuple):
    """A signature that holds; `at` in seconds since 1970, None where the kind tells no time."""

    key: "PublicKey"
    at: int | None


class PublicKey(NamedTuple):
    """A key to verify with. `name` is part of it: signatures under another name are not its."""

    name: str
    kind: Kind
    material: bytes

    @property
    def key_id(self) -> bytes:
        """What its signatures are found by."""
        content = self.name.encode() + b"\n" + bytes([self.kind]) + self.material
        return sha256(content).digest()[:ID_BYTES]

    @property
    def vkey(self) -> str:
        """The key as a text to hand out."""
        material = base64.b64encode(bytes([self.kind]) + self.material).decode()
        return f"{self.name}+{self.key_id.hex()}+{material}"

    def verify(self, text: str, content: bytes) -> int | None:
        """Return the time that a signature states, None where its kind states none.

        Raises:
            BadNote: it is not this key's signature of the text.
        """
        at: int | None = None
        signature = content
        if self.kind is not Kind.ED25519:
            if len(content) < TIME.size:
                raise BadNote(f"{self.name}: the signature is too short")
            (at,) = TIME.unpack(content[: TIME.size])
            signature = content[TIME.size :]
        try:
            message = _message(self.kind, self.name, text, at or 0)
            if self.kind is Kind.MLDSA44_COSIGNATURE:
                mldsa.MLDSA44PublicKey.from_public_bytes(self.material).verify(signature, message)
            else:
                Ed25519PublicKey.from_public_bytes(self.material).verify(signature, message)
        except (InvalidSignature, ValueError) as error:
            raise BadNote(f"{self.name}: the signature does not hold") from error
        return at


class PrivateKey(NamedTuple):
    """A key to sign with, as its seed."""

    name: str
    kind: Kind
    seed: bytes

    @property
    def public(self) -> PublicKey:
        """The key that its signatures are verified with."""
        if self.kind is Kind.MLDSA44_COSIGNATURE:
            whole = mldsa.MLDSA44PrivateKey.from_seed_bytes(self.seed).public_key()
            return PublicKey(self.name, self.kind, whole.public_bytes_raw())
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key()
        return PublicKey(self.name, self.kind, public.public_bytes_raw())

    def sign(self, text: str, at: int) -> Signature:
        """Return the signature of a text at a time, in seconds since 1970."""
        message = _message(self.kind, self.name, text, at)
        if self.kind is Kind.MLDSA44_COSIGNATURE:
            content = mldsa.MLDSA44PrivateKey.from_seed_bytes(self.seed).sign(message)
        else:
            content = Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)
        time = b"" if self.kind is Kind.ED25519 else TIME.pack(at)
        return Signature(self.name, self.public.key_id, time + content)

    def written(self) -> str:
        """Return the key as the text that its file holds."""
        material = base64.b64encode(bytes([self.kind]) + self.seed).decode()
        return f"{SECRET}{self.name}+{self.public.key_id.hex()}+{material}"


def _message(kind: Kind, name: str, text: str, at: int) -> bytes:
    """Return what is signed in truth."""
    if kind is Kind.ED25519:
        return text.encode()
    if kind is Kind.ED25519_COSIGNATURE:
        return f"cosignature/v1\ntime {at}\n{text}".encode()
    checkpoint = read_checkpoint(text)
    return b"".join(
        (
            b"subtree/v1\n\0",
            _short(name),
            TIME.pack(at),
            _short(checkpoint.origin),
            TIME.pack(0),
            TIME.pack(checkpoint.size),
            checkpoint.root,
        )
    )


def _short(text: str) -> bytes:
    content = text.encode()
    return bytes([len(content)]) + content  # ValueError above 255, as the format wants


def knows_mldsa() -> bool:
    """Tell whether the installed `cryptography` can sign with ML-DSA-44."""
    try:
        mldsa.MLDSA44PrivateKey.from_seed_bytes(bytes(SEED_BYTES))
    except UnsupportedAlgorithm:
        return False
    return True


def is_name(text: str) -> bool:
    """Tell whether a key can have this name."""
    return bool(text) and "+" not in text and not any(c.isspace() or c < " " for c in text)


def new_key(name: str, kind: Kind) -> PrivateKey:
    """Return a new key.

    Raises:
        BadKey: no key can have this name.
    """
    if not is_name(name):
        raise BadKey(f"{name!r}: a name without spaces and without +")
    return PrivateKey(name, kind, os.urandom(SEED_BYTES))


def read_vkey(text: str) -> PublicKey:
    """Return a public key as handed out.

    Raises:
        BadKey: it is none, of a kind that is not known here, or was changed.
    """
    name, key_id, kind, material = _parts(text)
    if len(material) != LENGTHS[kind]:
        raise BadKey(f"{name}: a key of {len(material)} bytes")
    key = PublicKey(name, kind, material)
    if not hmac.compare_digest(key.key_id.hex(), key_id):
        raise BadKey(f"{name}: the key was changed")
    return key


def read_private_key(text: str) -> PrivateKey:
    """Return a private key as its file holds it.

    Raises:
        BadKey: it is none, of a kind that is not known here, or was changed.
    """
    if not text.startswith(SECRET):
        raise BadKey("not a private key")
    name, key_id, kind, seed = _parts(text.removeprefix(SECRET).strip())
    if len(seed) != SEED_BYTES:
        raise BadKey(f"{name}: a seed of {len(seed)} bytes")
    key = PrivateKey(name, kind, seed)
    if key.public.key_id.hex() != key_id:
        raise BadKey(f"{name}: the key was changed")
    return key


def _parts(text: str) -> tuple[str, str, Kind, bytes]:
    parts = text.split("+", 2)
    try:
        name, key_id, material = parts
        content = decoded(material)
        kind = Kind(content[0])
    except (ValueError, IndexError) as error:
        raise BadKey("not a key that is known here") from error
    if not is_name(name):
        raise BadKey("not a key that is known here")
    return name, key_id, kind, content[1:]


def read_note(content: bytes) -> Note:
    """Return the note that bytes are.

    Raises:
        BadNote: they are none.
    """
    if len(content) > MAX_NOTE:
        raise BadNote("too long for a note")
    try:
        whole = content.decode()
    except UnicodeDecodeError as error:
        raise BadNote("not UTF-8") from error
    if any(character < " " and character != "\n" for character in whole):
        raise BadNote("a control character")
    text, separator, tail = whole.rpartition("\n\n")
    if not separator or not tail.endswith("\n"):
        raise BadNote("no empty line before the signatures, or no line end behind them")
    return Note(text + "\n", read_signatures(tail))


def read_signatures(tail: str) -> tuple[Signature, ...]:
    """Return signature lines.

    Raises:
        BadNote: one of them is none, or they are too many.
    """
    lines = tail.removesuffix("\n").split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise BadNote("too many signatures")
    return tuple(_signature(line) for line in lines)


def _signature(line: str) -> Signature:
    try:
        dash, name, encoded = line.split(" ")
        content = decoded(encoded)
    except ValueError as error:
        raise BadNote("not a signature line") from error
    if dash != "—" or not is_name(name) or len(content) <= ID_BYTES:
        raise BadNote("not a signature line")
    return Signature(name, content[:ID_BYTES], content[ID_BYTES:])


def verified(note: Note, keys: Iterable[PublicKey]) -> list[Signed]:
    """Return the signatures by these keys, in the note's order; none by others.

    Raises:
        BadNote: one of these keys' signatures does not hold.
    """
    known = {(key.name, key.key_id): key for key in keys}
    signed: list[Signed] = []
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is not None:
            signed.append(Signed(key, key.verify(note.text, signature.content)))
    return signed


def sign(checkpoint: Checkpoint, keys: Iterable[PrivateKey], at: int) -> Note:
    """Return a checkpoint signed with every key."""
    text = checkpoint.text()
    return Note(text, tuple(key.sign(text, at) for key in keys))
