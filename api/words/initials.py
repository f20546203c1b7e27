"""First letters of the readings of Chinese characters, as people type them to find a name (拼音首字母).

The first 3,755 characters of GB/T 2312 stand in the order of their readings, so that the first
letter follows from the place in the code: no table of readings is needed. A character of another
part of the code has no letter; one with several readings has that of its place.
"""

from bisect import bisect_right
from functools import lru_cache

_STARTS = (
    0xB0A1, 0xB0C5, 0xB2C1, 0xB4EE, 0xB6EA, 0xB7A2, 0xB8C1, 0xB9FE, 0xBBF7, 0xBFA6, 0xC0AC, 0xC2E8,
    0xC4C3, 0xC5B6, 0xC5BE, 0xC6DA, 0xC8BB, 0xC8F6, 0xCBFA, 0xCDDA, 0xCEF4, 0xD1B9, 0xD4D1,
)  # fmt: skip
"""The first code of each letter."""
_LETTERS = "abcdefghjklmnopqrstwxyz"
_END = 0xD7F9
"""The last code of the part that is in the order of readings."""


@lru_cache(maxsize=50_000)
def initials(text: str) -> str:
    """Return the first letters of `text`; letters and digits stand for themselves, all else for nothing."""
    return "".join(map(_letter, text))


def _letter(character: str) -> str:
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    try:
        code = int.from_bytes(character.encode("gb2312"))
    except UnicodeEncodeError:
        return ""
    if not _STARTS[0] <= code <= _END:
        return ""
    return _LETTERS[bisect_right(_STARTS, code) - 1]
