"""First parser: names of divisions, longest first, read from the left.

It knows every province, prefecture and county of the country by name, the towns around
Beijing's line whose name is unique, and nothing of how an address is built. A name that several
provinces use leaves all of them open; the next name narrows them. Where Beijing is named but none
of its districts or towns, a name of elsewhere anywhere in the text leaves it undecided: 北京市首钢
京唐曹妃甸 is written by an enterprise of Beijing and is no place in it.
"""

import re
from collections.abc import Iterable, Mapping

from domain.terms.place import Side

VERSION = "gazetteer/2"

_BEIJING = frozenset({"11"})
# A postal code may stand before or between names.
_LEAD = re.compile(r"(?:中华人民共和国|中国|地址|位于|邮政?编码?|[·•-]|(?<!\d)\d{6}(?!\d)|\s)+")
_SHORT_PROVINCE = re.compile(r"(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区)$")
_SHORT_CITY = re.compile(r"(?:市|地区|盟)$")
_SHORT_DISTRICT = re.compile(r"(?:区|县)$")
# 市 and 县 keep their own name as a stem; of 区 only the long ones are not also words of streets.
_SHORT_COUNTY = re.compile(r"(?:市|(?:(?:回|满|蒙古)族)+自治县|县|(?<=[一-鿿]{3})区)$")
_STREET = re.compile("[东南西北中内外前后]{0,2}(?:路|街|大街|道|大道|巷|胡同|桥|里)")
_NOT_LOCAL = re.compile("[东南西北中]?路|街|大街|大道|安岭|湾")

_HOUSE = re.compile("(?:大厦|饭店|宾馆|大?酒店|会馆|[省市]?(?:人民政府)?驻京)")


class Gazetteer:
    """Which provinces a name may mean; short names count only before another name."""

    __slots__ = ("_beijing", "_elsewhere", "_full", "_local", "_longest", "_short")

    def __init__(self, divisions: Iterable[Mapping[str, str]]) -> None:
        full: dict[str, set[str]] = {}
        short: dict[str, set[str]] = {}
        local: set[str] = set()
        beijing: set[str] = set()
        elsewhere: set[str] = set()
        for row in divisions:
            province, name, rank = row["code"][:2], row["name"], row["rank"]
            own = province in _BEIJING
            if rank == "place":
                # Known under this name only where Beijing is named before it.
                local.add(name)
                continue
            full.setdefault(name, set()).add(province)
            if not own:
                elsewhere.update((name, *_stems(name, rank)))
            elif rank != "province":
                # 首钢园 and 北京站 are landmarks: what stands behind one may still be elsewhere.
                if rank in {"county", "town"} or name.endswith(("区", "县")):
                    beijing.add(name)
                if rank == "county" and len(stem := _SHORT_DISTRICT.sub("", name)) >= 2:
                    local.add(stem)
            ending = {"province": _SHORT_PROVINCE, "prefecture": _SHORT_CITY}.get(rank)
            if ending and len(stem := ending.sub("", name)) >= 2 and stem != name:
                short.setdefault(stem, set()).add(province)
        self._full = {name: frozenset(codes) for name, codes in full.items()}
        self._short = {name: frozenset(codes) for name, codes in short.items()}
        self._local, self._beijing = frozenset(local), frozenset(beijing)
        # 永宁 and 延寿 are counties elsewhere and towns here.
        known = (name for name, provinces in full.items() if provinces & _BEIJING)
        here = " ".join((*known, *local))
        self._elsewhere = frozenset(name for name in elsewhere if name not in here)
        self._longest = max(map(len, full), default=0)

    def side(self, text: str, whole: str = "") -> Side:
        """Return the side that the names at the head of `text` agree on, a part of `whole`."""
        open_provinces: frozenset[str] | None = None
        waiting: frozenset[str] | None = None
        within = False
        position = self._skip(text, 0)
        while position < len(text):
            name, provinces, is_full = self._longest_at(text, position)
            if _BEIJING in (waiting, open_provinces) and name not in self._full:
                known = self._local_at(text, position)
                if known:
                    name, provinces, is_full = known, _BEIJING, True
            # 镶黄旗 is a banner of 内蒙古 and a village of 海淀区.
            if provinces is None or (within and name.endswith("旗")):
                break
            within = within or name in self._beijing
            named = provinces if waiting is None else provinces & waiting
            if is_full:
                open_provinces = named if open_provinces is None else open_provinces & named
                waiting = None
            else:
                waiting = named
            position = self._skip(text, position + len(name))
        if not open_provinces:
            return Side.UNDECIDED
        if open_provinces == _BEIJING:
            elsewhere = not within and self._names_elsewhere(whole or text)
            return Side.UNDECIDED if elsewhere else Side.INSIDE
        return Side.UNDECIDED if open_provinces & _BEIJING else Side.OUTSIDE

    def _local_at(self, text: str, position: int) -> str:
        """Return the place of Beijing that is named at the position, unless a street is named so."""
        for length in range(min(8, len(text) - position), 1, -1):
            name = text[position : position + length]
            if name in self._local and not _NOT_LOCAL.match(text, position + length):
                return name
        return ""

    def _names_elsewhere(self, text: str) -> bool:
        """Return whether a place of another province is named anywhere, streets and houses aside."""
        text = _LEAD.sub(" ", text)
        for start in range(len(text) - 1):
            for length in range(2, min(self._longest, len(text) - start) + 1):
                name = text[start : start + length]
                end = start + length
                if name in self._elsewhere and not (
                    _STREET.match(text, end) or _HOUSE.match(text, end)
                ):
                    return True
        return False

    def _longest_at(self, text: str, position: int) -> tuple[str, frozenset[str] | None, bool]:
        for length in range(min(self._longest, len(text) - position), 1, -1):
            name = text[position : position + length]
            if name in self._full:
                return name, self._full[name], True
            if name in self._short:
                return name, self._short[name], False
        return "", None, False

    def _skip(self, text: str, position: int) -> int:
        match = _LEAD.match(text, position)
        return match.end() if match else position


def _stems(name: str, rank: str) -> tuple[str, ...]:
    """Return the short forms under which a place elsewhere may be named in running text."""
    ending = {
        "province": _SHORT_PROVINCE,
        "prefecture": _SHORT_CITY,
        "county": _SHORT_COUNTY,
    }.get(rank)
    stem = ending.sub("", name) if ending else name
    return (stem,) if len(stem) >= 2 else ()
