"""Identifiers with their check characters: USCC, resident identity number, certificate number.

Sources: GB 32100-2015 (USCC), GB 11643 (identity number), the published numbering rule for
skill-level certificates, the card number of an external supervisor (京职技鉴发〔2019〕9号).
Text is taken as given: nothing is repaired, upper-cased or converted from full width.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import mul

from domain.terms.folding import folded
from domain.terms.vocabulary import Level

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_USCC_VALUES = {character: value for value, character in enumerate(USCC_ALPHABET)}
_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_IDENTITY = re.compile(r"[0-9]{17}[0-9X]")
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CHECK = "10X98765432"
_CERTIFICATE = re.compile(r"([YS])([0-9]{4})([0-9]{2})([0-9]{6})([0-9]{2})([1-5A-Z])([0-9]{6})")
_CARD = re.compile(r"R[0-9]{2}[0-9]{2}[0-9]{4}")
COMPOUND_SURNAMES = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "宇文",
        "长孙",
        "司徒",
        "夏侯",
        "轩辕",
        "端木",
        "百里",
        "南宫",
        "独孤",
        "呼延",
    ]
)

MUNICIPALITY = "11"
"""Division prefix of Beijing (GB/T 2260) and province part of a certificate number."""


def uscc_check_character(head: str) -> str:
    """Return the check character for the first 17 characters of a USCC (GB 32100-2015)."""
    total = sum(_USCC_VALUES[c] * w for c, w in zip(head, _USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[(31 - total % 31) % 31]


@lru_cache(maxsize=65_536)
def is_uscc(text: str) -> bool:
    """Return whether `text` is a well-formed USCC with the right check character."""
    return _USCC.fullmatch(text) is not None and uscc_check_character(text[:17]) == text[17]


def is_identity_number(text: str) -> bool:
    """Return whether `text` is a resident identity number: form, birth date and check digit."""
    if _IDENTITY.fullmatch(text) is None:
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    # The bytes of the digits are 48 too large, and 48 times the sum of the weights is 4 modulo 11.
    total = sum(map(mul, text[:17].encode(), _IDENTITY_WEIGHTS)) - 4
    return _IDENTITY_CHECK[total % 11] == text[17]


def is_card_number(text: str) -> bool:
    """Return whether `text` has the shape of a supervisor's card number."""
    return _CARD.fullmatch(text) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateNumber:
    """The parts of a certificate number of 22 characters (no check digit)."""

    category: str
    institution: str
    province: str
    serial_of_institution: str
    year: int
    level_mark: str
    serial: str

    @property
    def level(self) -> Level | None:
        """The level that the number names; None where its mark is a letter other than known."""
        return Level(self.level_mark) if self.level_mark in "12345" else None


def certificate_number(text: str) -> CertificateNumber | None:
    """Return the parts of `text`, or None where it follows another pattern."""
    match = _CERTIFICATE.fullmatch(text)
    if match is None:
        return None
    category, institution, province, of_institution, year, level_mark, serial = match.groups()
    return CertificateNumber(
        category=category,
        institution=institution,
        province=province,
        serial_of_institution=of_institution,
        year=int(year),
        level_mark=level_mark,
        serial=serial,
    )


_NO_NAME = frozenset(
    (
        *(
            "无",
            "空",
            "没有",
            "暂无",
            "待定",
            "待补",
            "待填",
            "待核",
            "不详",
            "未知",
            "未填",
            "同上",
            "不明",
            "暂缺",
            "待补充",
        ),
        *("待办", "待办理", "待备案", "办理中", "正在办理", "申请中", "备案中", "未办理", "未备案"),
        *("某某", "某某某", "N/A", "NA", "NULL", "NONE", "NIL", "XX", "XXX", "TBD"),
    )
)


def is_placeholder(text: str) -> bool:
    """Return whether `text` only fills a field where nothing is known: -, /, 无, 待定, 同上, N/A."""
    plain = folded(text)
    return plain in _NO_NAME or not any(character.isalnum() for character in plain)


def is_told(text: str | None) -> bool:
    """Return whether a field that must be filled says something: 无, a dash or 000 says nothing."""
    return text is not None and _says_something(text)


@lru_cache(maxsize=16_384)
def _says_something(text: str) -> bool:
    """The names of examiners stand on every session that they took part in."""
    return not is_placeholder(folded(text).replace("0", ""))


def masked_name(name: str) -> str:
    """Return `name` with everything behind the surname masked: 张*, 欧阳**."""
    surname = 2 if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else 1
    return name[:surname] + "*" * max(1, len(name) - surname)


def flag_key(code: str, position: int) -> str:
    """Return the key of the flag of check `code` on the record entered at `position`."""
    return f"{code}-{position}"


_FLAG_KEY = re.compile(r"(S10|[SGRCTQV][0-9]|P1)-([1-9][0-9]{0,15})(?:-([0-9]{4}))?")


def flag_parts(key: str) -> tuple[str, int] | None:
    """Return check code and position of the judged record, or None where `key` is no flag key."""
    match = _FLAG_KEY.fullmatch(key)
    if match is None or (match[1] == "P1") != (match[3] is not None):
        return None
    return match[1], int(match[2])


def flag_position(key: str) -> int:
    """Return the position of the record that a flag of ours stands on.

    Raises:
        ValueError: `key` is no flag key.
    """
    parts = flag_parts(key)
    if parts is None:
        raise ValueError(f"{key!r} is no key of a flag")
    return parts[1]
