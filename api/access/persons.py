"""Who is the same person: what stands with an account, as it is compared.

Offices write a staff number, a name, or both, in whatever width, case and spacing. Where there is a
staff number it decides; two of one name alone are taken for one person, and are told apart by it.
"""

import re
import unicodedata

from domain.terms.alike import LATIN, skeleton

FEWEST_DIGITS = 3
"""Digits of a word from which on it is a staff number and no part of a name."""
_WORD = re.compile(r"[a-z0-9]+")


def staff_number(person: str) -> str | None:
    """Return the staff number that stands in what was written; None where there is none."""
    written = unicodedata.normalize("NFKC", person).casefold().translate(LATIN)
    words = (word for word in _WORD.findall(written))
    numbers = [word for word in words if sum(map(str.isdigit, word)) >= FEWEST_DIGITS]
    return numbers[0] if len(numbers) == 1 else None


def folded(person: str) -> str:
    """Return what was written as it is compared with another: the staff number, else the name.

    A letter of another script that looks the same makes no other person, and no other account.
    """
    return skeleton(staff_number(person) or person)
