"""Invented numbers that are well formed: USCC, identity numbers, certificate and card numbers.

None of them can belong to anybody: the organisations are of the series `MA0EX` and `MA0EY`, the identity
numbers of the division 119999, which does not exist.
"""

import hashlib
from datetime import date, timedelta

from domain.terms.identifiers import USCC_ALPHABET, uscc_check_character

_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_VALUES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CHECK = "10X98765432"
_NOWHERE = "119999"
_FIRST_BIRTHDAY = date(1970, 1, 1)
PEOPLE_PER_BIRTHDAY = 999
BIRTHDAYS = 11_000
"""Birthdays from 1970-01-01 to 2000-02-12."""


def uscc(serial: str, division: str = "110000", series: str = "MA0EX") -> str:
    """Return the code of the invented organisation `serial` (three characters) registered in `division`."""
    body = series + serial
    total = sum(
        _ORGANISATION_VALUES.index(c) * w for c, w in zip(body, _ORGANISATION_WEIGHTS, strict=True)
    )
    check = 11 - total % 11
    head = f"91{division}{body}{ {10: 'X', 11: '0'}.get(check, str(check)) }"
    return head + uscc_check_character(head)


ORGANISATIONS = len(USCC_ALPHABET) ** 3
"""How many organisations a series has."""


def serial_of(number: int) -> str:
    """Return the three characters of the organisation `number` (below `ORGANISATIONS`)."""
    rest, last = divmod(number, len(USCC_ALPHABET))
    first, middle = divmod(rest, len(USCC_ALPHABET))
    return USCC_ALPHABET[first] + USCC_ALPHABET[middle] + USCC_ALPHABET[last]


def identity_number(person: int) -> str:
    """Return the identity number of the invented person `person` (from 0)."""
    day, serial = divmod(person, PEOPLE_PER_BIRTHDAY)
    head = f"{birthday_head(day)}{serial + 1:03d}"
    return head + _IDENTITY_CHECK[weight(head) % 11]


def birthday_head(day: int) -> str:
    """Return the first 14 digits of everybody born `day` days after the first birthday."""
    born = _FIRST_BIRTHDAY + timedelta(days=day % BIRTHDAYS)
    return f"{_NOWHERE}{born:%Y%m%d}"


def weight(digits: str, start: int = 0) -> int:
    """Return the weighted sum of `digits`, which stand at `start` in an identity number (GB 11643)."""
    return sum(int(c) * w for c, w in zip(digits, _IDENTITY_WEIGHTS[start:], strict=False))


def check_digit(total: int) -> str:
    """Return the check digit of an identity number with the weighted sum `total`."""
    return _IDENTITY_CHECK[total % 11]


def certificate_number(institution: int, issued_on: date, level: str, serial: int) -> str:
    """Return a certificate number of an enterprise; a level without a digit is marked with a letter."""
    mark = {"special": "T", "chief": "S", "apprentice": "X"}.get(level, level)
    return f"Y000011{institution:06d}{issued_on:%y}{mark}{serial:06d}"


def card_number(serial: int) -> str:
    """Return the card number of an external supervisor."""
    return f"R1123{serial:04d}"


def digest(text: str) -> str:
    """Return a digest that stands for the document `text`."""
    return hashlib.sha256(text.encode()).hexdigest()
