"""Browsers in which an account's holder has signed in: a mark in a cookie, and nothing in the database.

The mark proves nothing but that: with it a try is counted apart from those of strangers. It holds a
random number and, for each account, a digest of the two under a key of this installation.
"""

import hmac
import secrets

MOST = 5
"""Accounts that one browser is known to."""
_NUMBER = 16


def _mac(key: bytes, number: str, account: str) -> str:
    return hmac.digest(key, f"{number}\0{account}".encode(), "sha256").hex()[:32]


def known(key: bytes, mark: str, account: str) -> str | None:
    """Return the number of the browser, if the account's holder has signed in there."""
    number, *macs = mark.split(".")
    wanted = _mac(key, number, account)
    matches = any(hmac.compare_digest(each.encode(), wanted.encode()) for each in macs[:MOST])
    return number if matches else None


def marked(key: bytes, mark: str, account: str) -> str:
    """Return the mark of a browser in which the account's holder has signed in now."""
    number, *macs = mark.split(".")
    if len(number) != 2 * _NUMBER or not number.isalnum() or not number.isascii():
        number, macs = secrets.token_hex(_NUMBER), []
    mac = _mac(key, number, account)
    return ".".join([number, mac, *(each for each in macs if each != mac)][: MOST + 1])
