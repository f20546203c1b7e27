"""First parser: names of divisions, longest first, read from the left.

It knows every province, prefecture and county of the country by name, the towns around
Beijing's line whose name is unique, and nothing of how an address is built. A name that several
provinces use leaves all of them open; the next name narrows them.
"""

import re
from collections.abc import Iterable, Mapping

from domain.terms.place import Side

VERSION = "gazetteer/1"

_BEIJING = frozenset({"11"})
_LEAD = re.compile(r"(?:中华人民共和国|中国|地址|位于|\s)+")
_SHORT_PROVINCE = re.compile(r"(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区)$")
_SHORT_CITY = re.compile(r"(?:市|地区|盟)$")


class Gazetteer:
    """Which provinces a name may mean; short names count only before another name."""

    __slots__ = ("_full", "_longest", "_short")

    def __init__(self, divisions: Iterable[Mapping[str, str]]) -> None:
        full: dict[str, set[str]] = {}
        short: dict[str, set[str]] = {}
        for row in divisions:
            province, name = row["code"][:2], row["name"]
            full.setdefault(name, set()).add(province)
            ending = {"province": _SHORT_PROVINCE, "prefecture": _SHORT_CITY}.get(row["rank"])
            if ending and len(stem := ending.sub("", name)) >= 2 and stem != name:
                short.setdefault(stem, set()).add(province)
        self._full = {name: frozenset(found) for name, found in full.items()}
        self._short = {name: frozenset(found) for name, found in short.items()}
        self._longest = max(map(len, full), default=0)

    def side(self, text: str) -> Side:
        """Return the side that the names at the head of `text` agree on."""
        open_provinces: frozenset[str] | None = None
        waiting: frozenset[str] | None = None
        position = self._skip(text, 0)
        while position < len(text):
            name, found, is_full = self._longest_at(text, position)
            if found is None:
                break
            named = found if waiting is None else found & waiting
            if is_full:
                open_provinces = named if open_provinces is None else open_provinces & named
                waiting = None
            else:
                waiting = named
            position = self._skip(text, position + len(name))
        if not open_provinces:
            return Side.UNDECIDED
        if open_provinces == _BEIJING:
            return Side.INSIDE
        return Side.UNDECIDED if open_provinces & _BEIJING else Side.OUTSIDE

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
