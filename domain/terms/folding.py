"""Texts as they are compared and searched: the stored text stays as it was given.

Width, blanks, invisible characters and case do not make another name or number; Kangxi radicals and
compatibility forms become the characters that they stand for (NFKC), every middle dot becomes one.
"""

import unicodedata
from functools import lru_cache

_SELECTORS = "\u180b\u180c\u180d\u180f" + "".join(map(chr, range(0xFE00, 0xFE10)))
_SUPPLEMENT = range(0xE0100, 0xE01F0)
_UNSEEN = dict.fromkeys(
    [*map(ord, _SELECTORS), *_SUPPLEMENT, 0x034F, 0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0]
)
"""Marks beside the formats of Unicode [Cf] that leave no ink: variation selectors and fillers."""
_DOTS = dict.fromkeys(map(ord, "•‧∙⋅・․・"), "·")


def folded(text: str) -> str:
    """Return `text` as it is compared with another name or number."""
    if text.isascii() and text.isalnum():  # nearly every number
        return text.upper()
    return _folded(text)


@lru_cache(maxsize=16_384)
def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text.translate(_UNSEEN)).upper()
    kept = "".join(c for c in plain if not c.isspace() and unicodedata.category(c) != "Cf")
    # What was taken out may have stood between a letter and its mark.
    return unicodedata.normalize("NFKC", kept).translate(_DOTS)
