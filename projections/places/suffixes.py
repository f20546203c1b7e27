"""Second parser: the endings 省, 市, 区, 县 wherever they stand, and what can be true of Beijing.

It holds no list of the country. Beijing has no 省, no other 市 and no 县; a 区 is one of its own
or it is not Beijing's; a few names around the line are never Beijing's. Evidence on both sides,
a district it does not know, or a district that another city has too, leaves it undecided. So does
a farm, a prison or a mine of which only the municipality is named: some lie in other provinces.
Inside a district of its own, 旗, 县 and 地区 are parts of names (西三旗, 漷县镇, 天竺地区).
"""

import re
from collections.abc import Iterator
from enum import Enum, auto

from domain.terms.place import Side

VERSION = "suffixes/2"

_LEAD = re.compile(r"(?:中华人民共和国|中国|地址|位于|邮政?编码?|(?<!\d)\d{6}(?!\d)|\s)+")
_TOKEN = re.compile(
    r"([一-鿿]{1,14}?)(省|特别行政区|自治区|自治州|自治县|市|区|县|旗)(?![场民政属])"
)
_STREET = "(?!园|村|里|坊|[东南西北中]{0,2}(?:路|街|大街|道|大道|巷|胡同|桥|站|高速))"
_NEVER_BEIJING = re.compile(
    "(?:燕郊|北三县|雄安|廊坊|涿州|怀来|涿鹿|固安|永清|霸州|承德|张家口|唐山|迁安|保定|天津|曹妃甸"
    "|迁钢|京唐|宁河|茶淀|甘南|内蒙古?|黑龙江|(?<!房山区)河北(?!镇|村))" + _STREET
)
# Farms, prisons and mines of Beijing's authorities and enterprises lie in several provinces.
_EXCLAVE = re.compile("(?:农|牧|林|劳教)场|监狱|看守所|矿区|矿山|[铁煤金]矿|飞地|清河分局")
_UNIQUE = (
    "东城 西城 丰台 石景山 海淀 门头沟 房山 顺义 昌平 大兴 怀柔 平谷 密云 延庆 崇文 宣武"
    " 北京经济技术开发 北京市经济技术开发"
)
_DISTRICTS = tuple(_UNIQUE.split())
# 朝阳区 is also in 长春, 通州区 also in 南通.
_SHARED = ("朝阳", "通州")
_FORMER_COUNTIES = ("密云", "延庆", "昌平", "顺义", "大兴", "怀柔", "平谷")
_TAIL = "(?![路街湾]|[东南西北中]路|大街|大道|安岭)"
# After 北京 a district needs no 区, and some places are known without their district.
_AFTER_BEIJING = re.compile(
    r"北京市?[\s·•-]*(?:[东西]城|朝阳|丰台|石景山|海淀|门头沟|房山|通州|通县|顺义|昌平|大兴|怀柔|平谷|密云|延庆"
    "|望京|国贸|三里屯|酒仙桥|四惠|大望路|亚运村|奥运村|大山子|中关村|上地|西[二三北]旗|西北旺|五道口|五棵松"
    "|公主坟|清河|学院路|四季青|香山|王府井|东直门|建国门|天安门|朝阳门|安定门|崇文门|和平里|南锣鼓巷|西单"
    "|西直门|阜成门|复兴门|金融街|什刹海|菜市口|广安门|宣武门|德胜门|丽泽|方庄|宋家庄|长辛店|六里桥|回龙观"
    "|天通苑|沙河|北七家|小汤山|亦庄|黄村|旧宫|西红门|良乡|燕山|窦店|雁栖湖|八达岭|马驹桥|宋庄|台湖|漷县"
    "|城市副中心|开发区)" + _TAIL
)
_LANDMARK = re.compile(
    "(?:北京市?)?(?:首钢园|亦庄|首都(?:国际)?机场)|(?:北京(?:[东南西北]|朝阳|丰台)?站(?![前台]?[路街]))"
    + _TAIL
)
# 漷县 is a town, 西三旗 a quarter: their last character names no division.
_OWN_NAMES = re.compile(
    "漷县|旧县|西[二三北]旗|蓝旗营|[厢镶正][红白黄蓝]旗(?=[村营路街]|$)|[东西]?花市|菜市口"
    "|灯市|米市|珠市口|缸瓦市|羊市|瓷器口"
)
# 天竺地区 is an office of 顺义区; seven 地区 of the country are prefectures.
_OFFICE = re.compile("(?<!大兴安岭)(?<!喀什)(?<!和田)(?<!阿里)(?<!塔城)(?<!阿克苏)(?<!阿勒泰)地区")
_OWN_DISTRICT = re.compile(
    "(?:东城|西城|朝阳|丰台|石景山|海淀|门头沟|房山|通州|顺义|昌平|大兴|怀柔|平谷|密云|延庆)区"
)
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
    lead = _LEAD.match(text)
    text = text[lead.end() :] if lead else text
    evidence = set(_evidence(_plain(text)))
    if _LANDMARK.match(text) or _AFTER_BEIJING.match(text):
        evidence.add(_Evidence.BEIJING)
    if _NEVER_BEIJING.search(text):
        evidence.add(_Evidence.ELSEWHERE)
    if _EXCLAVE.search(text) and not _OWN_DISTRICT.search(text):
        evidence.add(_Evidence.STRANGE)
    if _Evidence.ELSEWHERE in evidence:
        return Side.UNDECIDED if _Evidence.BEIJING in evidence else Side.OUTSIDE
    if _Evidence.BEIJING in evidence and _Evidence.STRANGE not in evidence:
        return Side.INSIDE
    return Side.UNDECIDED


def _plain(text: str) -> str:
    """Return `text` without the endings that are parts of names inside Beijing."""
    if not (text.startswith("北京") or _OWN_DISTRICT.search(text)):
        return text
    text = _OWN_NAMES.sub(" ", text)
    own = _OWN_DISTRICT.search(text)
    rest = own.end() if own else len("北京")
    return text[:rest] + _OFFICE.sub(" ", text[rest:])


def _evidence(text: str) -> Iterator[_Evidence]:
    within = False
    for match in _TOKEN.finditer(text):
        body, ending = match[1], match[2]
        if body.startswith("北京"):
            yield _Evidence.BEIJING
        if ending == "区":
            # Behind a district of the city, an unknown 区 is a part of it: 798艺术区.
            yield from (e for e in _of_district(body) if not within or e is not _Evidence.STRANGE)
            within = within or body.endswith((*_DISTRICTS, *_SHARED))
        elif ending == "县" and (
            body in {"通", "北京通", "北京市通"} or body.endswith(_FORMER_COUNTIES)
        ):
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
