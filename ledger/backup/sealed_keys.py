"""The keys of a ledger in a file of their own, sealed under a passphrase, with the day it must go.

Apart from the ledger's backup on purpose: who has one of the two reads no name. Kept for a short time
on purpose: as long as a key lies somewhere, what was erased can be read in an old backup.
"""

import base64
import json
import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from ledger.unready import OtherKeys, Unready
from ledger.vault import keys

FORMAT = "dudao/keys/v1"
KEPT = timedelta(days=30)
"""How long such a file is kept, if nobody says otherwise."""
LEAST_PASSPHRASE = 12
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**17, 8, 1
"""What OWASP asks of scrypt: 128 MiB and a third of a second for each guess."""


class BadKeyFile(Unready):
    """The file holds no keys, was changed, or the passphrase is another one."""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What may be read without the passphrase."""

    format: str = FORMAT
    made_on: date
    keep_until: date
    fingerprints: Mapping[str, str]
    salt: str
    nonce: str
    scrypt: tuple[int, int, int] = (SCRYPT_N, SCRYPT_R, SCRYPT_P)


class _File(msgspec.Struct, frozen=True):
    head: Head
    sealed: str


def seal(clear_keys: Mapping[str, bytes], passphrase: str, made_on: date, kept: timedelta) -> bytes:
    """Return the file's content.

    Raises:
        BadKeyFile: the passphrase is too short.
    """
    if len(passphrase) < LEAST_PASSPHRASE:
        raise BadKeyFile(
            f"口令至少 {LEAST_PASSPHRASE} 个字符",
            f"the passphrase has at least {LEAST_PASSPHRASE} characters",
        )
    head = Head(
        made_on=made_on,
        keep_until=made_on + kept,
        fingerprints={name: keys.fingerprint(name, key).hex() for name, key in clear_keys.items()},
        salt=secrets.token_hex(16),
        nonce=secrets.token_hex(12),
    )
    clear = msgspec.json.encode({name: key.hex() for name, key in clear_keys.items()})
    cipher = AESGCM(_derived(head, passphrase))
    sealed = cipher.encrypt(bytes.fromhex(head.nonce), clear, msgspec.json.encode(head))
    whole = msgspec.json.encode(_File(head, base64.b64encode(sealed).decode()))
    return msgspec.json.format(whole, indent=1) + b"\n"


def look(octets: bytes) -> Head:
    """Return what a file says of itself.

    Raises:
        BadKeyFile: it is none.
    """
    return _read(octets).head


def unseal(octets: bytes, passphrase: str) -> dict[str, bytes]:
    """Return the keys in a file.

    Raises:
        BadKeyFile: it is none, was changed, or the passphrase is another one.
    """
    file = _read(octets)
    try:
        clear = AESGCM(_derived(file.head, passphrase)).decrypt(
            bytes.fromhex(file.head.nonce),
            base64.b64decode(file.sealed, validate=True),
            msgspec.json.encode(file.head),
        )
    except (InvalidTag, ValueError):
        raise BadKeyFile(
            "口令不对，或密钥备份被改动", "another passphrase, or the file was changed"
        ) from None
    clear_keys: dict[str, str] = json.loads(clear)
    return {name: bytes.fromhex(key) for name, key in clear_keys.items()}


def put(folder: Path, clear_keys: Mapping[str, bytes]) -> list[str]:
    """Put keys where they belong; return which were missing there. Keys that are there stay.

    Raises:
        OtherKeys: others are there; nothing was written.
        UnusableKey: a file there is none.
    """
    there = keys.present(folder, clear_keys)
    differing = [f"{name}.key" for name, key in there.items() if key != clear_keys[name]]
    if differing:
        raise OtherKeys(str(folder), differing)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    missing = [name for name in clear_keys if name not in there]
    for name in missing:
        keys.place(keys.path_of(folder, name), clear_keys[name])
    return missing


def _read(octets: bytes) -> _File:
    try:
        file = msgspec.json.decode(octets, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadKeyFile(f"不是密钥备份：{error}", f"this is no backup of keys: {error}") from error
    # Beyond that a forged file could ask for more memory than the machine has.
    if file.head.format != FORMAT or file.head.scrypt != (SCRYPT_N, SCRYPT_R, SCRYPT_P):
        raise BadKeyFile(
            f"密钥备份的格式是 {file.head.format}，本程序只读 {FORMAT}",
            f"the backup of keys has the form {file.head.format} and this program reads {FORMAT}",
        )
    return file


def _derived(head: Head, passphrase: str) -> bytes:
    n, r, p = head.scrypt
    salt = bytes.fromhex(head.salt)
    return Scrypt(salt=salt, length=32, n=n, r=r, p=p).derive(passphrase.encode())
