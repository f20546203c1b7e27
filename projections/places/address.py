"""What a written address says about the side: only what two independent parsers both say."""

import re
from collections.abc import Callable, Iterable
from functools import partial

from domain.terms.place import Clue, Side, Step
from projections.places import suffixes
from projections.places.gazetteer import VERSION as GAZETTEER_VERSION
from projections.places.gazetteer import Gazetteer
from projections.places.organisations import segments, written_once

PARSERS = f"{GAZETTEER_VERSION}+{suffixes.VERSION}"

_AIRPORT = re.compile(r"大兴(?:国际)?机场")
# The airport's own name begins with 北京; 北京市 is what an address says of itself.
_AIRPORT_OF_THE_CITY = re.compile(r"(?:中国)?北京市(?:大兴区)?(?:北京)?大兴(?:国际)?机场")
_EXCLAVE = re.compile(
    "(?:清河|双河|兴凯湖|茶淀)(?:农场|监狱|分局|站|车站)|首钢(?:矿业|迁钢|京唐)|官厅水库"
)
_ZH = {Side.INSIDE: "市内", Side.OUTSIDE: "市外", Side.UNDECIDED: "不能确定"}


def address_clue(gazetteer: Gazetteer, address: str) -> Clue | None:
    """Return what `address` says, None where nothing is written."""
    text = written_once(address)
    if not text:
        return (
            _undecided("地址过长，不是地址", "too long for an address") if address.strip() else None
        )
    if _EXCLAVE.search(text) and text.startswith(("北京", "中国北京", "清河", "双河")):
        return _undecided(
            "地址所写的单位在北京市以外有飞地（如天津的清河农场、黑龙江的双河农场），不能据此判定",
            "the address names an exclave that Beijing administers in another province: not decided by it",
        )
    if _AIRPORT.search(text) and not _AIRPORT_OF_THE_CITY.match(text):
        return _undecided(
            "地址在大兴国际机场，机场跨越市界，不能据此判定",
            "the address is at Daxing airport, which straddles the line: not decided by it",
        )
    parts = segments(text)
    by_names = _together(parts, partial(gazetteer.side, whole=text))
    by_endings = _together(parts, suffixes.side)
    if by_names is not by_endings or by_names is Side.UNDECIDED:
        return _undecided(
            "地址不能判定：去除单位名称后，"
            f"按地名表为{_ZH[by_names]}，按行政区划用字为{_ZH[by_endings]}",
            "the address is undecided: without names of organisations, by place names it is"
            f" {by_names.value}, by its endings {by_endings.value}",
        )
    return Clue(
        step=Step.ADDRESS,
        side=by_names,
        zh=f"地址去除单位名称后，两种解析均判为{_ZH[by_names]}",
        en=f"without names of organisations, both parsers read the address as {by_names.value}"
        " Beijing",
    )


def _together(parts: Iterable[str], parser: Callable[[str], Side]) -> Side:
    """Return the one side that the parts name; two places in one address are undecided."""
    sides = {parser(part) for part in parts} - {Side.UNDECIDED}
    return sides.pop() if len(sides) == 1 else Side.UNDECIDED


def _undecided(zh: str, en: str) -> Clue:
    return Clue(step=Step.ADDRESS, side=Side.UNDECIDED, zh=zh, en=en)
