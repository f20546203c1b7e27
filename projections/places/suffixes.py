"""Second parser: the endings 省, 市, 区, 县 wherever they stand, and what can be true of Beijing.

It holds no list of the country. Beijing has no 省, no other 市 and no 县; a 区 is one of its own
or it is not Beijing's; a few names around the line are never Beijing's. Evidence on both sides,
a district it does not know, or a district that another city has too, leaves it undecided.
"""

import re
from collections.abc import Iterator
from enum import Enum, auto

from domain.terms.place import Side

VERSION = "suffixes/1"

_TOKEN = re.compile(
    r"([一-鿿]{1,14}?)(省|特别行政区|自治区|自治州|自治县|市|区|县|旗)(?![场民政属])"
)
_STREET = "(?!园|村|里|坊|[东南西北中]{0,2}(?:路|街|大街|道|大道|巷|胡同|桥|站|高速))"
_NEVER_BEIJING = re.compile(
    "(?:燕郊|北三县|雄安|廊坊|涿州|怀来|涿鹿|固安|永清|霸州|承德|张家口|唐山|迁安|保定|天津|河北)"
    + _STREET
)
_UNIQUE = (
    "东城 西城 丰台 石景山 海淀 门头沟 房山 顺义 昌平 大兴 怀柔 平谷 密云 延庆 崇文 宣武"
    " 北京经济技术开发 北京市经济技术开发"
)
_DISTRICTS = tuple(_UNIQUE.split())
# 朝阳区 is also in 长春, 通州区 also in 南通.
_SHARED = ("朝阳", "通州")
_FORMER_COUNTIES = ("密云", "延庆")
_NO_CITY = ("城", "都", "超", "门", "夜", "集", "菜", "早", "股", "全", "本", "我", "该", "外")
_PARTS = (
    "市辖 开发 工业 园 小 社 校 厂 库 示范 产业 商务 住宅 家属 生活 办公 保税 试验 实验 街 新"
    " 景 山 片 院 营 矿 林 自贸 物流 东 西 南 北 中 前 后 一 二 三 四 五 六 七 八 九 十 本 该 全 城"
)
_NO_DISTRICT = tuple(_PARTS.split())


class _Evidence(Enum):
    BEIJING = auto()
    ELSEWHERE = auto()
    SHARED = auto()
    STRANGE = auto()


def side(text: str) -> Side:
    """Return the side that every ending in `text` allows."""
    found = set(_evidence(text))
    if _NEVER_BEIJING.search(text):
        found.add(_Evidence.ELSEWHERE)
    if _Evidence.ELSEWHERE in found:
        return Side.UNDECIDED if _Evidence.BEIJING in found else Side.OUTSIDE
    if _Evidence.BEIJING in found and _Evidence.STRANGE not in found:
        return Side.INSIDE
    return Side.UNDECIDED


def _evidence(text: str) -> Iterator[_Evidence]:
    for match in _TOKEN.finditer(text):
        body, ending = match[1], match[2]
        if body.startswith("北京"):
            yield _Evidence.BEIJING
        if ending == "区":
            yield from _of_district(body)
        elif ending == "县" and body.endswith(_FORMER_COUNTIES):
            yield _Evidence.BEIJING
        elif ending == "市" and (body.endswith("北京") or body.endswith(_NO_CITY)):
            if body.endswith("北京"):
                yield _Evidence.BEIJING
        elif not (len(body) == 1 and body in "全本我该外各"):
            yield _Evidence.ELSEWHERE


def _of_district(body: str) -> Iterator[_Evidence]:
    if body.endswith(_DISTRICTS):
        yield _Evidence.BEIJING
    elif body.endswith(_SHARED):
        yield _Evidence.SHARED
    elif not body.endswith(_NO_DISTRICT):
        yield _Evidence.STRANGE
