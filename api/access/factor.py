"""The second factor: a code of six digits that changes every thirty seconds (TOTP, RFC 6238)."""

import base64
import hmac
import io
from datetime import datetime

import segno
from pyotp.totp import TOTP

from api.access.sealing import derived

STEP = 30
"""Seconds for which a code is shown."""
DRIFT = 1
"""Steps by which the clock of a phone may be off, either way."""
SECRET_BYTES = 20
ISSUER = "Dudao"


def proposed(key: bytes, occasion: bytes) -> bytes:
    """Return the secret offered on one occasion (a link, a session): the same however often shown.

    So nothing is stored before the first code has proved that the phone has it.
    """
    return derived(key, f"dudao second factor {occasion.hex()}", SECRET_BYTES)


def text_of(secret: bytes) -> str:
    """Return the secret as it is typed into an authenticator."""
    return base64.b32encode(secret).decode()


def address_of(secret: bytes, account: str) -> str:
    """Return the `otpauth:` address that authenticators read."""
    return TOTP(text_of(secret)).provisioning_uri(name=account, issuer_name=ISSUER)


def picture(secret: bytes, account: str) -> str:
    """Return the address as a QR code: an SVG element to stand in a page, without style."""
    buffer = io.BytesIO()
    segno.make(address_of(secret, account), error="m").save(
        buffer, kind="svg", xmldecl=False, svgns=True, scale=5, border=4, nl=False, omitsize=True
    )
    return buffer.getvalue().decode()


def step_of(secret: bytes, code: str, at: datetime, last: int | None) -> int | None:
    """Return the step whose code this is, later than `last`; None if it is none.

    A code that was used is not good again: whoever looks over a shoulder comes too late.
    """
    digits = code.strip().replace(" ", "")
    if not (digits.isascii() and digits.isdecimal()):
        return None
    generator = TOTP(text_of(secret), interval=STEP)
    current = int(at.timestamp()) // STEP
    matching = None
    for step in range(current - DRIFT, current + DRIFT + 1):
        # Every step is compared, in constant time, whichever of them agrees.
        agrees = hmac.compare_digest(generator.generate_otp(step), digits)
        if agrees and (last is None or step > last):
            matching = step
    return matching
