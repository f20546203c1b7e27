"""Addresses made ready for parsing: one form of writing, cut into segments, organisations out.

The name of an organisation says where it comes from, not where it is: 北京首钢…迁安分公司 is not
in Beijing, 河北大厦 is. A province or city directly before such a name may be part of it
(北京市自来水集团) and goes with it; a district or a street in between does not.
"""

import re
import unicodedata

LONGEST = 200
"""Longer texts are no addresses."""

_CUTS = re.compile(r"[()\[\]{}<>《》〈〉【】〔〕「」『』,;:、。|/\\\n\r]+")
# Words that hold the last character of a division or street without naming one.
_WORDS = (
    "市政|市场|市属|城市|都市|门市|超市|路桥|路政|道路|公路|铁路|高速路|道桥"
    "|区域|城乡|乡村|村镇|街区"
)
_ENDS = (
    "有限责任公司|有限公司|分公司|子公司|总公司|公司|集团|总厂|分厂|(?<!大)厂(?=$|[^一-鿿]|区|内|院)|车间"
    "|大厦|大楼|饭店|宾馆|酒店|宾舍|招待所|会馆|俱乐部|大学|学院|学校|技校|中学|小学|党校|医院"
    "|研究所|研究院|设计院|科学院|事务所|中心|街道办事处|办事处|联络处|驻京办|驻[一-鿿]{1,3}办"
    "|委员会|管委会|居委会|村委会|人民政府|政府|商会|协会|学会|银行|支行|分行|基地|市场|商场|广场"
    "|项目部|指挥部|管理处|管理局|疗养院|车站|火车站"
)
# 学院路 and 银行街 are streets.
_NO_STREET = (
    "(?!(?:[东南西北中前后内外一二三四五]{0,2}(?:路|街|巷|胡同|道|里|桥)|大街|大道|村|镇|乡))"
)
_BOUND = "省市区县旗盟镇乡村街道路巷号"
_BODY = rf"(?:{_WORDS}|[^\s{_BOUND}])"
_ORGANISATION = re.compile(
    rf"(?:{_BODY}{{1,10}}?(?:省|市|自治区|自治州))?{_BODY}{{0,40}}(?:{_ENDS}){_NO_STREET}"
)

# 北京西站南广场 is a place: what follows a station is no organisation of that name.
_STATION = re.compile(
    "北京市?城市副中心|北京(?:[东南西北]|朝阳|丰台)?站(?=[东南西北]?(?:广场|出站|进站|候车|站房))"
)
# What a place is near to is not where it is.
_NEARBY = re.compile(
    "(?:毗邻|紧邻|邻近|临近|紧靠|靠近|相邻|距离?(?=[^一-鿿]|[一-鿿]{2})|与[^,;]*(?:相望|相邻|相接|接壤))[^,;]*"
)


def written_once(address: str) -> str:
    """Return `address` in one form: half-width, trimmed; empty where it is too long to be one."""
    text = unicodedata.normalize("NFKC", address).strip()
    return text if len(text) <= LONGEST else ""


def segments(text: str) -> tuple[str, ...]:
    """Return the parts of an address between brackets and commas, without organisations."""
    parts = (_place(_NEARBY.sub("", part)) for part in _CUTS.split(text))
    return tuple(part for part in parts if part)


def _place(part: str) -> str:
    station = _STATION.match(part)
    head = station[0] if station else ""
    return (head + _ORGANISATION.sub(" ", part[len(head) :])).strip()
