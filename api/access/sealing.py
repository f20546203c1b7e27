"""Random secrets that are handed out and kept only as a digest, and keys for one purpose each."""

import hashlib
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

TOKEN_BYTES = 32
NONCE_BYTES = 12


def new_secret() -> str:
    """Return 256 random bits as text for a cookie or an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(secret: str) -> bytes:
    """Return what is stored of a secret: 32 bytes from which it cannot be found."""
    return hashlib.sha256(secret.encode()).digest()


def derived(key: bytes, purpose: str, length: int = 32) -> bytes:
    """Return the key of one purpose, made from the installation's key."""
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=purpose.encode()).derive(key)


def seal(key: bytes, plain: bytes, about: str) -> bytes:
    """Return `plain` encrypted; it opens only together with `about`, what it belongs to."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, about.encode())


def unseal(key: bytes, sealed: bytes, about: str) -> bytes | None:
    """Return what was sealed; None if it was changed, belongs elsewhere, or has another key."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode())
    except (InvalidTag, ValueError):
        return None


def unseal_with(keys: Sequence[bytes], sealed: bytes, about: str) -> bytes | None:
    """Return what was sealed with one of the keys, as above."""
    opened = (unseal(key, sealed, about) for key in keys)
    return next((plain for plain in opened if plain is not None), None)
