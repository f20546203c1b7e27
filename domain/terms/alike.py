"""Letters that look alike: whoever writes a name with another script's letter is no other person.

The skeleton of Unicode Technical Standard 39 for what matters where people's names and staff numbers are
written: Latin, Greek and Cyrillic letters of one shape, digits that look like letters, and the kana and signs
that look like Chinese characters. Two texts with one skeleton are one to the eye.
"""

import unicodedata
from collections.abc import Iterator

_GROUPS = (
    "aаαɑ",
    "bьвβ",
    "cсϲ",
    "dԁ",
    "eеҽε",
    "fϝ",
    "gɡ",
    "hһнη",
    "iіıι",
    "l1|ӏ",
    "jјϳ",
    "kкκ",
    "mмμ",
    "nпո",
    "oоοօ0〇○◯零",
    "pрρ",
    "qԛ",
    "rг",
    "sѕ",
    "tтτ",
    "uυս",
    "vѵν",
    "wԝ",
    "xхχ",
    "yуγү",
    "zʐζ",
    "口ロ囗",
    "二ニ",
    "八ハ",
    "工エ",
    "力カ",
    "夕タ",
    "卜ト",
    "三ミ",
    "千チ",
    "一ー—–-‐‑−",
    "'’‘`´ʼ",
    "·•‧∙⋅・․",
)
_TABLE = {ord(letter): group[0] for group in _GROUPS for letter in group[1:]}
LATIN = {letter: latin for letter, latin in _TABLE.items() if latin.isascii() and letter > 127}
"""Letters of other scripts to the Latin one that they look like; digits stay digits."""


def _letters(text: str) -> Iterator[str]:
    """Yield the letters without what stands on or under them."""
    for letter in unicodedata.normalize("NFKD", text):
        if not unicodedata.combining(letter) and not letter.isspace():
            yield letter


def skeleton(text: str) -> str:
    """Return what is one for all texts that look alike."""
    plain = "".join(_letters(text)).casefold()
    return plain.translate(_TABLE)
