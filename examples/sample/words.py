"""Invented names: enterprises, people and venues that nobody can take for real ones."""

_DIGITS = "〇一二三四五六七八九"
_SURNAMES = (*"赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "欧阳", "司马", "上官", "诸葛")
_MIDDLE = "示例样虚拟"
_LAST = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"

KINDS = ("municipal", "district", "foreign", "private", "central")
_FORMS = {
    "municipal": "集团有限公司",
    "district": "有限责任公司",
    "foreign": "外资有限公司",
    "private": "有限公司",
    "central": "股份有限公司",
}


def chinese(number: int) -> str:
    """Return a number from 1 to 99 in Chinese."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones else "")


def firm_name(number: int, trade: str, kind: str) -> str:
    """Return the name of the enterprise `number`."""
    return f"京示例{chinese(number)}号{trade}{_FORMS[kind]}"


def unit_name(number: int, unit: int) -> str:
    """Return the name of a subsidiary."""
    return f"京示例{chinese(number)}号第{chinese(unit)}分公司"


def person_name(person: int) -> str:
    """Return the name of the invented person `person`: the same person, the same name."""
    rest, last = divmod(person, len(_LAST))
    rest, middle = divmod(rest, len(_MIDDLE))
    return f"{_SURNAMES[rest % len(_SURNAMES)]}{_MIDDLE[middle]}{_LAST[last]}"


NAMES = len(_SURNAMES) * len(_MIDDLE) * len(_LAST)
"""How many different names there are."""
